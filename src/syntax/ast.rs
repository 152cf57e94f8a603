//! The tree of a file as it was written.
//!
//! Everything that a person typed is here, parentheses and documentation comments included; what
//! only the formatter needs (comments, blank lines) is in the trivia of the tokens. Nothing is
//! resolved or merged yet: that is `term`'s work. Where the parser could not make sense of a
//! stretch, the tree holds an `Error` node with whatever could still be read inside it, so that
//! later passes check the rest. The tree's depth is bounded (see `structure`).

use ecow::EcoString;

use crate::source::Span;
use crate::symbol::Symbol;

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, from its first to its last token.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Could not be read; already reported. Holds the bracketed parts that could.
    Error(Vec<Expr>),
    /// `42`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `"…"` or `''…''`; escapes are resolved and indentation is stripped. No part: the empty string.
    Str(Vec<StrPart>),
    /// `./a/${b}.nxk`, `/etc/hosts`: text and interpolations, as written (not yet absolute).
    Path(Vec<StrPart>),
    /// A name in scope.
    Var(Symbol),
    /// `[ a b ]`
    List(Vec<Expr>),
    /// `{ … }`, `rec { … }`
    Attrs(AttrsExpr),
    /// `let … in body`
    Let {
        /// What is bound.
        entries: Vec<Entry>,
        /// Where it is bound.
        body: Box<Expr>,
    },
    /// `let { …; body = …; }`, the ancient form.
    LegacyLet(Vec<Entry>),
    /// `x: body`, `{ a, b ? 1, ... }@args: body`
    Lambda(Box<LambdaExpr>),
    /// `f a b`: all arguments of one application, so that long ones are flat.
    Apply {
        /// What is called.
        function: Box<Expr>,
        /// With what, in order; at least one.
        arguments: Vec<Expr>,
    },
    /// `e.a."b".${c}`, `e.a or default`
    Select {
        /// What is selected from.
        subject: Box<Expr>,
        /// The names; at least one.
        path: Vec<AttrName>,
        /// What stands in when it is missing.
        default: Option<Box<Expr>>,
    },
    /// `e ? a.b`
    HasAttr {
        /// What is asked.
        subject: Box<Expr>,
        /// The names; at least one.
        path: Vec<AttrName>,
    },
    /// `if c then a else b`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// When it holds.
        then: Box<Expr>,
        /// When it does not.
        otherwise: Box<Expr>,
    },
    /// `with e; body`
    With {
        /// The set whose names join the scope.
        scope: Box<Expr>,
        /// Where.
        body: Box<Expr>,
    },
    /// `assert c; body`
    Assert {
        /// What must hold.
        condition: Box<Expr>,
        /// The value.
        body: Box<Expr>,
    },
    /// `-x`, `!x`
    Unary {
        /// Which.
        op: UnaryOp,
        /// On what.
        operand: Box<Expr>,
    },
    /// `a + b` and the other operators
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left of it.
        left: Box<Expr>,
        /// Right of it.
        right: Box<Expr>,
    },
    /// `( e )`
    Paren(Box<Expr>),
    /// A record or map type in the place of an expression: `{ image : String; }`.
    Type(Box<TypeExpr>),
}

/// A piece of a string or path.
#[derive(Clone, Debug, PartialEq)]
pub enum StrPart {
    /// Text, escapes resolved.
    Text(EcoString),
    /// `${ e }`
    Interpolation(Expr),
}

/// One name of an attribute path.
#[derive(Clone, Debug, PartialEq)]
pub struct AttrName {
    /// The name.
    pub kind: AttrNameKind,
    /// Where it stands, quotes and `${}` included.
    pub span: Span,
}

/// The ways to write an attribute's name.
#[derive(Clone, Debug, PartialEq)]
pub enum AttrNameKind {
    /// `a`, or `"a b"` without interpolation.
    Fixed(Symbol),
    /// `"a${b}"` or `${b}`.
    Dynamic(Box<Expr>),
}

/// `{ … }` as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct AttrsExpr {
    /// Whether it is `rec`.
    pub recursive: bool,
    /// What it holds, in the order of the text.
    pub entries: Vec<Entry>,
}

/// One item between `;` of a set or `let`.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `a.b = e;`, `a : T = e;`
    Bind(Binding),
    /// `inherit a b;`, `inherit (e) a b;`
    Inherit(Inherit),
    /// `type Name Param… = T;`
    Type(TypeDecl),
    /// `a : T;`: a declaration without value. Meaningful in a set bound to `options`.
    Declare(Declaration),
    /// Could not be read; already reported. The parts that could be.
    Error(Vec<Expr>),
}

/// `a.b : T = e;`
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The documentation comment in front, its text without the comment marks.
    pub doc: Option<EcoString>,
    /// What is bound; at least one name.
    pub path: Vec<AttrName>,
    /// Its type, where one is given.
    pub annotation: Option<TypeExpr>,
    /// To what.
    pub value: Expr,
    /// From the first name to the value.
    pub span: Span,
}

/// `a.b : T;` in a set of declarations.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The documentation comment in front.
    pub doc: Option<EcoString>,
    /// What is declared; at least one name.
    pub path: Vec<AttrName>,
    /// Its type.
    pub ty: TypeExpr,
    /// The whole.
    pub span: Span,
}

/// `inherit (from) a b;`
#[derive(Clone, Debug, PartialEq)]
pub struct Inherit {
    /// The set to take from; the scope when missing.
    pub from: Option<Expr>,
    /// The names.
    pub names: Vec<AttrName>,
    /// The whole.
    pub span: Span,
}

/// `type Name Param… = T;`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// The documentation comment in front.
    pub doc: Option<EcoString>,
    /// The type's name.
    pub name: Symbol,
    /// Where the name stands.
    pub name_span: Span,
    /// Its parameters.
    pub params: Vec<(Symbol, Span)>,
    /// What it stands for.
    pub ty: TypeExpr,
    /// The whole.
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaExpr {
    /// What it takes.
    pub param: Param,
    /// What it gives.
    pub body: Expr,
}

/// What a function takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// `x:`
    Name(Symbol, Span),
    /// `{ a, b ? 1, ... }:`, with `@args` before or behind.
    Formals(Formals),
}

/// `{ a : T ? e, ... }@name`
#[derive(Clone, Debug, PartialEq)]
pub struct Formals {
    /// The named arguments in the order of the text.
    pub formals: Vec<Formal>,
    /// Whether `...` allows further ones.
    pub open: bool,
    /// The name for the whole argument.
    pub alias: Option<(Symbol, Span)>,
    /// The braces and what is between them.
    pub span: Span,
}

/// One named argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Formal {
    /// Its name.
    pub name: Symbol,
    /// Where the name stands.
    pub name_span: Span,
    /// Its type, where one is given.
    pub annotation: Option<TypeExpr>,
    /// What stands in when it is left out.
    pub default: Option<Expr>,
    /// The documentation comment in front.
    pub doc: Option<EcoString>,
}

/// `-`, `!`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-x`
    Negate,
    /// `!x`
    Not,
}

/// The operators between two operands, in Nix's precedence (`?`, application and selection apart).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `++`, right
    Concat,
    /// `*`, left
    Multiply,
    /// `/`, left
    Divide,
    /// `+`, left
    Add,
    /// `-`, left
    Subtract,
    /// `//`, right
    Update,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`, none
    Equal,
    /// `!=`, none
    NotEqual,
    /// `&&`, left
    And,
    /// `||`, left
    Or,
    /// `->`, right
    Implies,
    /// `|>`, left
    PipeRight,
    /// `<|`, right
    PipeLeft,
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Concat => "++",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Update => "//",
            BinaryOp::Less => "<",
            BinaryOp::LessEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterEqual => ">=",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::And => "&&",
            BinaryOp::Or => "||",
            BinaryOp::Implies => "->",
            BinaryOp::PipeRight => "|>",
            BinaryOp::PipeLeft => "<|",
        }
    }
}

/// A type with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// Could not be read; already reported.
    Error,
    /// `Port`, `k8s.core.v1.Pod`, `lib.types.str`: an ordinary name in scope, with selections.
    Name(Vec<(Symbol, Span)>),
    /// `Env String`: a declared type with arguments.
    Apply {
        /// The declared type.
        head: Box<TypeExpr>,
        /// Its arguments; at least one.
        arguments: Vec<TypeExpr>,
    },
    /// `"low"`, `1`, `-1`, `1.5`: the type of just this value. (`true`, `false` and `null` are names.)
    Literal(Literal),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `{ _ : T }`
    Map(Box<TypeExpr>),
    /// `{ a : T; b? : T; c : T = e; ... }`
    Record(RecordType),
    /// `A -> B`
    Function(Box<TypeExpr>, Box<TypeExpr>),
    /// `A | B | C`, flat; at least two.
    Union(Vec<TypeExpr>),
    /// `A & B & C`, flat; at least two: a record with the fields of all.
    Joined(Vec<TypeExpr>),
    /// `Int(1..65535)`, `String(/…/)`
    Refined {
        /// What is refined.
        base: Box<TypeExpr>,
        /// By what.
        by: Refinement,
    },
    /// `( T )`
    Paren(Box<TypeExpr>),
}

/// A literal as a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `"low"`
    Str(EcoString),
    /// `1`
    Int(i64),
    /// `1.5`
    Float(f64),
}

/// `{ a : T; ... }`
#[derive(Clone, Debug, PartialEq)]
pub struct RecordType {
    /// The fields in the order of the text.
    pub fields: Vec<FieldType>,
    /// Whether `...` allows further fields.
    pub open: bool,
}

/// One field of a record type.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldType {
    /// The documentation comment in front.
    pub doc: Option<EcoString>,
    /// Its name.
    pub name: Symbol,
    /// Where the name stands.
    pub name_span: Span,
    /// `a? : T`: it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: TypeExpr,
    /// `= e`: what stands in when it is left out.
    pub default: Option<Expr>,
}

/// What narrows a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Refinement {
    /// `(1..65535)`, `(0..)`, `(..10)`: bounds, both inclusive. Of a number its value, of a string its length.
    Range {
        /// Not below.
        min: Option<Literal>,
        /// Not above.
        max: Option<Literal>,
    },
    /// `(/…/)`: the whole string matches; the text between the slashes, `\/` resolved.
    Pattern(EcoString),
}
