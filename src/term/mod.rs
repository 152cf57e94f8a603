//! The desugared tree: what is left to evaluate once names are resolved and sugar is gone.
//!
//! Desugaring does three things in one walk over the syntax tree:
//!
//! - **Scope.** Every variable becomes an address: how many frames up and which slot. Names that only
//!   a `with` can supply keep their name and the list of `with` frames to ask, innermost first.
//!   The order is Nix's: lexical names, then the global builtins, then `with`, then nxk's own
//!   additions (type names, `lib`, `k8s`), so that no Nix program changes meaning.
//! - **Sets.** `a.b = 1; a.c = 2;` and `a = { b = 1; }; a.c = 2;` become one nested set.
//! - **Types.** A type is an ordinary term that evaluates to a type; names of types are variables.
//!   In a set bound to `options`, `name : T = d;` becomes an option declaration.
//!
//! A tree with syntax errors is desugared all the same: [`TermKind::Error`] stands where nothing is
//! known, and evaluating it fails silently because the reason has been reported.

mod desugar;
pub mod pack;
mod scope;
mod sets;
mod types;

use std::rc::Rc;

use ecow::EcoString;

use crate::source::Span;
use crate::symbol::Symbol;
pub use crate::syntax::ast::{BinaryOp, Literal, Refinement, UnaryOp};

pub use desugar::{Desugared, desugar};
pub use scope::Globals;

/// Who sees to it that values have their annotated types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Annotations {
    /// The evaluator, wherever a value meets its type.
    Held,
    /// The checker alone. So it is in the standard library, whose files are all checked when it is built; its
    /// annotations cost nothing at run time.
    Trusted,
}

/// A shared term: thunks and closures keep what they need of the tree alive.
pub type TermRef = Rc<Term>;

/// A desugared expression with its place.
#[derive(Debug)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Where it was written.
    pub span: Span,
}

/// The forms of terms.
#[derive(Debug)]
pub enum TermKind {
    /// Could not be understood; already reported.
    Error,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string without interpolation.
    Str(EcoString),
    /// A string with interpolation.
    Interpolated(Vec<StrTerm>),
    /// A path, relative to the folder of the file it stands in.
    Path(Vec<StrTerm>),
    /// A variable: the slot `slot` of the frame `depth` frames up.
    Local {
        /// Frames to go up; 0 is the innermost.
        depth: u32,
        /// Which of the frame's slots.
        slot: u32,
        /// Its name, for messages.
        name: Symbol,
    },
    /// A name that a `with` may supply.
    Scoped {
        /// The name.
        name: Symbol,
        /// The frames of the enclosing `with`s, innermost first, as frames to go up.
        withs: Vec<u32>,
        /// Whether an addition of nxk's stands in when none supplies it.
        global: bool,
    },
    /// A global name: a builtin, a type, `lib`.
    Global(Symbol),
    /// `__curPos`
    Position,
    /// `[ … ]`
    List(Vec<TermRef>),
    /// `{ … }`
    Attrs(Box<AttrsTerm>),
    /// `let … in body`: a frame with a slot for each value.
    Let {
        /// The slots' values, evaluated inside the frame.
        values: Vec<TermRef>,
        /// Evaluated inside the frame.
        body: TermRef,
    },
    /// A function.
    Lambda(Rc<Lambda>),
    /// A call.
    Apply {
        /// What is called.
        function: TermRef,
        /// The arguments, in order; at least one.
        arguments: Vec<TermRef>,
    },
    /// `e.a.b or default`
    Select {
        /// What is selected from.
        subject: TermRef,
        /// The names; at least one.
        path: Vec<NameTerm>,
        /// What stands in when it is missing.
        default: Option<TermRef>,
    },
    /// `e ? a.b`
    HasAttr {
        /// What is asked.
        subject: TermRef,
        /// The names; at least one.
        path: Vec<NameTerm>,
    },
    /// `if`
    If {
        /// The condition.
        condition: TermRef,
        /// When it holds.
        then: TermRef,
        /// When it does not.
        otherwise: TermRef,
    },
    /// `with scope; body`: a frame whose one slot is the set.
    With {
        /// The set, evaluated outside the frame.
        scope: TermRef,
        /// Evaluated inside the frame.
        body: TermRef,
    },
    /// `assert condition; body`
    Assert {
        /// What must hold.
        condition: TermRef,
        /// The value.
        body: TermRef,
    },
    /// `!x`, `-x`
    Unary {
        /// Which.
        op: UnaryOp,
        /// On what.
        operand: TermRef,
    },
    /// An operator between two operands.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left of it.
        left: TermRef,
        /// Right of it.
        right: TermRef,
    },
    /// `name : T = value`: the value, held to its type.
    Annotated {
        /// The name in front of the `:`, for messages.
        name: Symbol,
        /// The value.
        value: TermRef,
        /// The type.
        ty: TermRef,
        /// Who sees to it that the value has the type.
        by: Annotations,
    },
    /// A type.
    Type(Box<TypeTerm>),
    /// An option declaration, `name : T = default` in a set bound to `options`.
    Option(Box<OptionTerm>),
}

/// A piece of an interpolated string or path.
#[derive(Debug)]
pub enum StrTerm {
    /// Text.
    Text(EcoString),
    /// `${ e }`
    Interpolation(TermRef),
}

/// A set.
#[derive(Debug)]
pub struct AttrsTerm {
    /// Whether the fixed fields are a frame that all values are evaluated in. The frame's slots
    /// are the fields in their order.
    pub recursive: bool,
    /// The fields with fixed names; no name twice.
    pub fields: Vec<FieldTerm>,
    /// The fields with computed names, in the order of the text. A `null` name drops its field.
    pub dynamic: Vec<(TermRef, TermRef)>,
}

/// A field with a fixed name.
#[derive(Debug)]
pub struct FieldTerm {
    /// Its name.
    pub name: Symbol,
    /// Where the name was written.
    pub span: Span,
    /// Its value.
    pub value: TermRef,
}

/// One name of a selection.
#[derive(Clone, Debug)]
pub enum NameTerm {
    /// A fixed name and its place.
    Fixed(Symbol, Span),
    /// A computed one.
    Dynamic(TermRef),
}

/// A function.
#[derive(Debug)]
pub struct Lambda {
    /// What it takes. A call makes one frame with a slot for each name.
    pub param: ParamTerm,
    /// Evaluated inside the frame.
    pub body: TermRef,
    /// Where the function stands.
    pub span: Span,
}

/// What a function takes.
#[derive(Debug)]
pub enum ParamTerm {
    /// One name: the frame has one slot.
    Name(Symbol),
    /// A set. The frame's slots are the formals in their order, then the alias if there is one.
    Formals {
        /// The named arguments.
        formals: Vec<FormalTerm>,
        /// Whether further ones are allowed.
        open: bool,
        /// Whether the whole argument has a name (the last slot).
        alias: bool,
    },
}

/// One named argument. Default and type are evaluated inside the call's frame.
#[derive(Debug)]
pub struct FormalTerm {
    /// Its name.
    pub name: Symbol,
    /// Where the name stands.
    pub span: Span,
    /// What stands in when it is left out.
    pub default: Option<TermRef>,
    /// Its type.
    pub ty: Option<TermRef>,
    /// Who sees to it that the argument has the type.
    pub by: Annotations,
}

/// The forms of types that are not just names. Parts are terms that must evaluate to types.
#[derive(Debug)]
pub enum TypeTerm {
    /// `type Name = T`: `T` under its name.
    Declared(Symbol, TermRef),
    /// The type of one value.
    Literal(Literal),
    /// `a`: any one type, the same throughout the annotation.
    Variable(Symbol),
    /// `[T]`
    List(TermRef),
    /// `{ _ : T }`
    Map(TermRef),
    /// `{ a : T; ... }`
    Record {
        /// The fields in the order of the text.
        fields: Vec<FieldTypeTerm>,
        /// Whether further fields are allowed.
        open: bool,
    },
    /// `A -> B`
    Function(TermRef, TermRef),
    /// `A | B`
    Union(Vec<TermRef>),
    /// `A & B`
    Joined(Vec<TermRef>),
    /// `Int(1..)`
    Refined(TermRef, Refinement),
}

/// One field of a record type.
#[derive(Debug)]
pub struct FieldTypeTerm {
    /// Its name.
    pub name: Symbol,
    /// Where the name stands.
    pub span: Span,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: TermRef,
    /// What stands in when it is left out.
    pub default: Option<TermRef>,
    /// Its documentation.
    pub doc: Option<EcoString>,
}

/// An option declaration.
#[derive(Debug)]
pub struct OptionTerm {
    /// Its type.
    pub ty: TermRef,
    /// Its default.
    pub default: Option<TermRef>,
    /// Its documentation.
    pub doc: Option<EcoString>,
}

impl Term {
    /// A shared term.
    pub fn new(kind: TermKind, span: Span) -> TermRef {
        Rc::new(Term { kind, span })
    }
}
