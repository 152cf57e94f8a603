//! Terms as bytes: the form in which the program carries its library.
//!
//! The build reads the texts of `stdlib/` and packs their terms; a run unpacks those of the files that it needs,
//! which takes a tenth of the time of reading the texts. A file is its names, each once, and then its
//! expression from the outside in: a form is a byte and what it holds. Numbers take as many bytes as
//! they need; a place is told from the beginning of its file, since where that stands differs from run to run.
//!
//! The bytes are those of this very build, so reading them cannot fail.

use std::rc::Rc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{
    Annotations, AttrsTerm, BinaryOp, Desugared, FieldTerm, FieldTypeTerm, FormalTerm, Lambda, Literal, NameTerm,
    OptionTerm, ParamTerm, Refinement, StrTerm, Term, TermKind, TermRef, TypeTerm, UnaryOp,
};
use crate::source::Span;
use crate::symbol::Symbol;

/// The bytes of a file whose first byte stood at position 1.
pub fn pack(file: &Desugared) -> Vec<u8> {
    let mut body = Packer::default();
    file.typed.pack(&mut body);
    file.root.pack(&mut body);
    let mut whole = Packer::default();
    (body.names.len() as u32).pack(&mut whole);
    for name in &body.names {
        whole.text(name.as_str());
    }
    whole.bytes.extend(body.bytes);
    whole.bytes
}

/// The expression of a file whose first byte stands at position `base`, and whether anything in it is not Nix.
pub fn unpack(bytes: &[u8], base: u32) -> (TermRef, bool) {
    let mut from = Unpacker { rest: bytes, base, names: Vec::new() };
    let count = u32::unpack(&mut from);
    from.names = (0..count).map(|_| Symbol::new(from.text())).collect();
    let typed = bool::unpack(&mut from);
    (TermRef::unpack(&mut from), typed)
}

/// Bytes in the making.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    names: Vec<Symbol>,
    numbers: FxHashMap<Symbol, u32>,
}

impl Packer {
    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }
}

/// Bytes on their way back.
struct Unpacker<'b> {
    rest: &'b [u8],
    base: u32,
    names: Vec<Symbol>,
}

impl<'b> Unpacker<'b> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.rest.split_first().expect("the build packed whole terms");
        self.rest = rest;
        *first
    }

    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    fn text(&mut self) -> &'b str {
        let length = self.number() as usize;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).expect("the build packed texts")
    }
}

/// What can be packed.
trait Packed: Sized {
    fn pack(&self, out: &mut Packer);
    fn unpack(from: &mut Unpacker<'_>) -> Self;
}

impl Packed for u32 {
    fn pack(&self, out: &mut Packer) {
        out.number(u64::from(*self));
    }
    fn unpack(from: &mut Unpacker<'_>) -> u32 {
        from.number() as u32
    }
}

impl Packed for bool {
    fn pack(&self, out: &mut Packer) {
        out.bytes.push(u8::from(*self));
    }
    fn unpack(from: &mut Unpacker<'_>) -> bool {
        from.byte() != 0
    }
}

impl Packed for i64 {
    fn pack(&self, out: &mut Packer) {
        // The sign goes to the lowest bit, so that small negative numbers are short too.
        out.number(((self << 1) ^ (self >> 63)) as u64);
    }
    fn unpack(from: &mut Unpacker<'_>) -> i64 {
        let number = from.number();
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }
}

impl Packed for f64 {
    fn pack(&self, out: &mut Packer) {
        out.number(self.to_bits());
    }
    fn unpack(from: &mut Unpacker<'_>) -> f64 {
        f64::from_bits(from.number())
    }
}

impl Packed for EcoString {
    fn pack(&self, out: &mut Packer) {
        out.text(self);
    }
    fn unpack(from: &mut Unpacker<'_>) -> EcoString {
        from.text().into()
    }
}

impl Packed for Symbol {
    fn pack(&self, out: &mut Packer) {
        let number = *out.numbers.entry(*self).or_insert_with(|| {
            out.names.push(*self);
            out.names.len() as u32 - 1
        });
        number.pack(out);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Symbol {
        let number = u32::unpack(from);
        from.names[number as usize]
    }
}

impl Packed for Span {
    fn pack(&self, out: &mut Packer) {
        self.lo.pack(out);
        if !self.is_none() {
            (self.hi - self.lo).pack(out);
        }
    }
    fn unpack(from: &mut Unpacker<'_>) -> Span {
        match u32::unpack(from) {
            0 => Span::NONE,
            place => {
                let lo = place - 1 + from.base;
                Span { lo, hi: lo + u32::unpack(from) }
            }
        }
    }
}

impl<T: Packed> Packed for Rc<T> {
    fn pack(&self, out: &mut Packer) {
        (**self).pack(out);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Rc<T> {
        Rc::new(T::unpack(from))
    }
}

impl<T: Packed> Packed for Box<T> {
    fn pack(&self, out: &mut Packer) {
        (**self).pack(out);
    }
    fn unpack(from: &mut Unpacker<'_>) -> Box<T> {
        Box::new(T::unpack(from))
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, out: &mut Packer) {
        (self.len() as u32).pack(out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Unpacker<'_>) -> Vec<T> {
        (0..u32::unpack(from)).map(|_| T::unpack(from)).collect()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, out: &mut Packer) {
        self.is_some().pack(out);
        self.iter().for_each(|inner| inner.pack(out));
    }
    fn unpack(from: &mut Unpacker<'_>) -> Option<T> {
        bool::unpack(from).then(|| T::unpack(from))
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, out: &mut Packer) {
        self.0.pack(out);
        self.1.pack(out);
    }
    fn unpack(from: &mut Unpacker<'_>) -> (A, B) {
        (A::unpack(from), B::unpack(from))
    }
}

/// A record: its fields, one after the other.
macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        impl Packed for $name {
            fn pack(&self, out: &mut Packer) {
                let $name { $($field),* } = self;
                $( $field.pack(out); )*
            }
            fn unpack(from: &mut Unpacker<'_>) -> $name {
                $( let $field = Packed::unpack(from); )*
                $name { $($field),* }
            }
        }
    };
}

/// Forms: a byte that says which, and what the form holds.
macro_rules! forms {
    ($name:ident { $( $tag:literal = $form:ident $( ( $($part:ident),* ) )? $( { $($field:ident),* } )? ),* $(,)? }) => {
        impl Packed for $name {
            fn pack(&self, out: &mut Packer) {
                match self {
                    $( $name::$form $( ( $($part),* ) )? $( { $($field),* } )? => {
                        out.bytes.push($tag);
                        $( $( $part.pack(out); )* )?
                        $( $( $field.pack(out); )* )?
                    } )*
                }
            }
            fn unpack(from: &mut Unpacker<'_>) -> $name {
                match from.byte() {
                    $( $tag => {
                        $( $( let $part = Packed::unpack(from); )* )?
                        $( $( let $field = Packed::unpack(from); )* )?
                        $name::$form $( ( $($part),* ) )? $( { $($field),* } )?
                    } )*
                    form => unreachable!("the build packed no form {form}"),
                }
            }
        }
    };
}

record!(Term { span, kind });
record!(AttrsTerm { recursive, fields, dynamic });
record!(FieldTerm { name, span, value });
record!(Lambda { param, body, span });
record!(FormalTerm { name, span, default, ty, by });
record!(FieldTypeTerm { name, span, optional, ty, default, doc });
record!(OptionTerm { ty, default, doc });

forms!(TermKind {
    0 = Error,
    1 = Null,
    2 = Bool(value),
    3 = Int(number),
    4 = Float(number),
    5 = Str(text),
    6 = Interpolated(parts),
    7 = Path(parts),
    8 = Local { depth, slot, name },
    9 = Scoped { name, withs, global },
    10 = Global(name),
    11 = Position,
    12 = List(items),
    13 = Attrs(set),
    14 = Let { values, body },
    15 = Lambda(lambda),
    16 = Apply { function, arguments },
    17 = Select { subject, path, default },
    18 = HasAttr { subject, path },
    19 = If { condition, then, otherwise },
    20 = With { scope, body },
    21 = Assert { condition, body },
    22 = Unary { op, operand },
    23 = Binary { op, op_span, left, right },
    24 = Annotated { name, value, ty, by },
    25 = Type(ty),
    26 = Option(option),
});

forms!(StrTerm { 0 = Text(text), 1 = Interpolation(term) });
forms!(NameTerm { 0 = Fixed(name, span), 1 = Dynamic(term) });
forms!(ParamTerm { 0 = Name(name), 1 = Formals { formals, open, alias } });
forms!(Annotations { 0 = Held, 1 = Trusted });
forms!(Literal { 0 = Str(text), 1 = Int(number), 2 = Float(number) });
forms!(Refinement { 0 = Range { min, max }, 1 = Pattern(source) });
forms!(UnaryOp { 0 = Negate, 1 = Not });

forms!(TypeTerm {
    0 = Declared(name, ty),
    1 = Literal(literal),
    2 = Variable(name),
    3 = List(item),
    4 = Map(item),
    5 = Record { fields, open },
    6 = Function(from_ty, to),
    7 = Union(members),
    8 = Joined(members),
    9 = Refined(base, by),
});

forms!(BinaryOp {
    0 = Concat,
    1 = Multiply,
    2 = Divide,
    3 = Add,
    4 = Subtract,
    5 = Update,
    6 = Less,
    7 = LessEqual,
    8 = Greater,
    9 = GreaterEqual,
    10 = Equal,
    11 = NotEqual,
    12 = And,
    13 = Or,
    14 = Implies,
    15 = PipeRight,
    16 = PipeLeft,
});
