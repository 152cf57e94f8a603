//! What the checker knows of a value.
//!
//! The types of the floor below are what people write; [`Ty`] is what can be known before anything is
//! computed. It has more forms: variables, values known exactly, types as values, and operators that
//! wait for their operands. Where nothing more is to be said, it holds a type of the floor below as it is.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use indexmap::IndexMap;

use super::need::Need;
use super::scope::Env;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::TermRef;
use crate::types::{Origin, Scalar, Type, TypeRef};

/// A shared type.
pub(super) type TyRef = Rc<Ty>;

/// A variable, by its place in the store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct VarId(pub(super) u32);

/// What is known of a value.
#[derive(Debug)]
pub(super) enum Ty {
    /// As the floor below has it: all scalars, `Any`, and the Kubernetes types.
    Known(TypeRef),
    /// Just this value, because it is written there.
    Value(Scalar),
    /// A list.
    List(TyRef),
    /// A set.
    Row(Rc<Row>),
    /// A function.
    Function(TyRef, TyRef),
    /// One of several.
    Union(Vec<TyRef>, Sort),
    /// A declared type under its name.
    Declared(Symbol, TyRef, Ground),
    /// Not known yet, or any.
    Var(VarId),
    /// A type as a value.
    Type(TyRef),
    /// A declared option.
    Option(TyRef),
    /// A definition of an option: a value, or what `mkIf` and its like make of one.
    Definition(TyRef, Extent),
    /// The type with nothing required, however deep.
    Part(TyRef),
    /// An operator that waits for its operand; only ever above a variable.
    Op(Rc<Op>),
    /// A part of the tree of Kubernetes types, by its path.
    Space(Vec<Symbol>),
    /// Of something in the standard library, found out when it is asked for.
    Lazy(Lazy),
}

/// Why a type is a union.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// Somebody wrote it: every member must fit.
    Declared,
    /// Branches came together: which one it is may be known elsewhere, so one member that fits is enough.
    Inferred,
}

/// That there is no variable anywhere in a type, once somebody has looked: types share their parts, so that
/// looking everywhere again and again would never end.
#[derive(Default)]
pub(super) struct Ground(pub(super) Cell<bool>);

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("")
    }
}

/// How much of a value one definition has to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// What it leaves out, other definitions may add; but not to the items of its lists.
    Part,
    /// As a part, and so are the items of its lists, which other definitions hold under the same keys.
    Patch,
    /// All that is required.
    Whole,
}

/// The fields of a set.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The known ones, in the order of the text.
    pub(super) fields: IndexMap<Symbol, Field>,
    /// What all others are; `None`: there are none.
    pub(super) rest: Option<TyRef>,
    /// The Kubernetes type it is.
    pub(super) origin: Option<Rc<Origin>>,
    /// The name of the declared type it is.
    pub(super) name: Option<Symbol>,
    /// Whether it is what a function takes by name.
    pub(super) is_formals: bool,
    /// Whether it is a set of options.
    pub(super) is_options: bool,
    /// The type as people know it, where this one is made of it.
    pub(super) shown: Option<TyRef>,
    /// Whether there is no variable in it.
    pub(super) ground: Ground,
    /// Where the set or the type was written.
    pub(super) made: Span,
    /// The same as definitions, and with nothing required; made when asked for.
    pub(super) defined: [OnceCell<TyRef>; 3],
    pub(super) part: OnceCell<TyRef>,
}

/// A field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) ty: TyRef,
    pub(super) presence: Presence,
    /// Where its name was written or declared.
    pub(super) span: Span,
    /// Where its value was written; nowhere in a type.
    pub(super) value: Span,
}

/// Whether a field is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Presence {
    /// It is, and has to be.
    Required,
    /// It may be left out, and is there all the same.
    Default,
    /// It may be left out, somebody said so.
    Optional,
    /// It is there in some of the branches that came together.
    Sometimes,
}

/// An operator whose result depends on what its operand turns out to be.
#[derive(Debug)]
pub(super) enum Op {
    /// The operand of `-`.
    Negated { result: TyRef },
    /// The left operand of an operator.
    Left { operator: Operator, right: TyRef, place: Span, result: TyRef },
    /// The right one, beside a number, or whatever is compared with it.
    Right { operator: Operator, left: TyRef, place: Span, result: TyRef },
    /// The left of `//`.
    UpdateLeft { right: TyRef, place: Span, result: TyRef },
    /// The right of `//`.
    UpdateRight { left: Rc<Row>, result: TyRef },
    /// `… .name or …`: the field, where there is one.
    Or { name: Symbol, result: TyRef },
}

/// An operator with two operands.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub(super) family: Family,
    /// What is said of a right operand that is no number beside one that is.
    pub(super) right_need: Rc<Need>,
    /// The whole expression.
    pub(super) span: Span,
}

/// What operators have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    /// Two numbers, or a text and what can become one.
    Plus,
    /// Two numbers.
    Arithmetic,
    /// Two numbers, two strings, two paths or two lists.
    Comparison,
}

/// A term of the standard library whose type nobody has needed yet.
pub(super) struct Lazy {
    pub(super) term: TermRef,
    pub(super) env: Env,
    /// Whether the term is itself the type, as in the declarations of the builtins.
    pub(super) declared: bool,
    /// The type, general: every use gets a copy of its own.
    pub(super) done: OnceCell<TyRef>,
    /// Whether it is being found out.
    pub(super) running: Cell<bool>,
}

impl Lazy {
    /// The type of this term, for later.
    pub(super) fn later(term: TermRef, env: Env, declared: bool) -> TyRef {
        Rc::new(Ty::Lazy(Lazy { term, env, declared, done: OnceCell::new(), running: Cell::new(false) }))
    }
}

impl std::fmt::Debug for Lazy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lazy")
    }
}

impl Ty {
    pub(super) fn any() -> TyRef {
        known(Type::Any)
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self, Ty::Known(ty) if matches!(**ty, Type::Any))
    }

    /// A union of these; of none nothing, of one itself.
    pub(super) fn union(members: Vec<TyRef>, sort: Sort) -> TyRef {
        let mut flat: Vec<TyRef> = Vec::with_capacity(members.len());
        for member in members {
            match &*member {
                Ty::Union(inner, _) => flat.extend(inner.iter().cloned()),
                _ => flat.push(member),
            }
        }
        match flat.len() {
            0 => known(Type::Never),
            1 => flat.remove(0),
            _ => Rc::new(Ty::Union(flat, sort)),
        }
    }

    pub(super) fn function(from: TyRef, to: TyRef) -> TyRef {
        Rc::new(Ty::Function(from, to))
    }
}

/// A type of the floor below.
pub(super) fn known(ty: Type) -> TyRef {
    Rc::new(Ty::Known(Rc::new(ty)))
}

pub(super) fn row(row: Row) -> TyRef {
    Rc::new(Ty::Row(Rc::new(row)))
}

/// Sets whose values all are `item`.
pub(super) fn map_of(item: TyRef) -> TyRef {
    row(Row { rest: Some(item), ..Row::default() })
}

impl Presence {
    /// Whether a value may do without.
    pub(super) fn may_be_left_out(self) -> bool {
        self != Presence::Required
    }

    /// Whether a value that has the type may turn out to be without it.
    pub(super) fn may_be_absent(self) -> bool {
        matches!(self, Presence::Optional | Presence::Sometimes)
    }
}
