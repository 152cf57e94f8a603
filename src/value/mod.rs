//! Values, and the thunks that become them. Data only: forcing and applying is `eval`'s work.
//!
//! A [`Value`] is a kind and an *origin*: the place of the expression that made it. The origin
//! travels with the value through functions, merges and layers, which is how a wrong field deep in
//! a Deployment can be answered at the literal that the user typed.
//!
//! Laziness lives in [`Thunk`]: either a value already, or a shared cell that is suspended, running,
//! done or failed. "Running" met again is infinite recursion; it is a state, not a counter.
//!
//! Everything is reference-counted and nothing is collected: a thunk that has been forced lets go
//! of its environment, and what cycles remain live as long as the compile. Long chains are dropped
//! without recursion (see the private module `reclaim`).

mod attrs;
mod env;
mod error;
mod machine;
mod native;
mod reclaim;
mod thunk;
pub mod watch;

use std::path::PathBuf;
use std::rc::Rc;

use ecow::EcoString;

use crate::secret::Secret;
use crate::source::Span;
use crate::term::Lambda;
use crate::types::TypeRef;

pub use attrs::{Attr, Attrs, AttrsBuilder, Base};
pub use env::Env;
pub use error::{Error, Result};
pub use machine::{Evaluator, ImportState, Kubernetes, Limits, TypeFaces, Understood};
pub use native::{Arguments, Host, Native, NativeFn, Partial};
pub use thunk::{Lazy, List, State, Thunk};

/// What an expression means, and where it was written.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// The expression that made it; [`Span::NONE`] for values that no text made.
    pub origin: Span,
}

/// The kinds of values.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string, without context.
    Str(EcoString),
    /// An absolute path.
    Path(Rc<PathBuf>),
    /// A list.
    List(List),
    /// A set.
    Attrs(Attrs),
    /// A function of the language, with its environment.
    Lambda(Rc<Closure>),
    /// A builtin, perhaps with some arguments already.
    Native(Rc<Partial>),
    /// A function of one argument made by the compiler itself.
    Host(Rc<Host>),
    /// A type.
    Type(TypeRef),
    /// What nobody sees before it is written.
    Secret(Secret),
}

/// A function of the language.
#[derive(Debug)]
pub struct Closure {
    /// Its text.
    pub lambda: Rc<Lambda>,
    /// What its free variables mean.
    pub env: Env,
}

impl Value {
    /// A value made by the expression at `origin`.
    pub fn new(kind: Kind, origin: Span) -> Value {
        Value { kind, origin }
    }

    /// `null`
    pub fn null(origin: Span) -> Value {
        Value::new(Kind::Null, origin)
    }

    /// A boolean.
    pub fn bool(value: bool, origin: Span) -> Value {
        Value::new(Kind::Bool(value), origin)
    }

    /// An integer.
    pub fn int(value: i64, origin: Span) -> Value {
        Value::new(Kind::Int(value), origin)
    }

    /// A string.
    pub fn string(value: impl Into<EcoString>, origin: Span) -> Value {
        Value::new(Kind::Str(value.into()), origin)
    }

    /// A list.
    pub fn list(items: Vec<Thunk>, origin: Span) -> Value {
        Value::new(Kind::List(List::new(items)), origin)
    }

    /// A set.
    pub fn attrs(attrs: Attrs, origin: Span) -> Value {
        Value::new(Kind::Attrs(attrs), origin)
    }

    /// The same value, made elsewhere.
    pub fn at(self, origin: Span) -> Value {
        Value { origin, ..self }
    }

    /// What it is, for a message: `a string`, `a function`.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Int(_) => "an integer",
            Kind::Float(_) => "a float",
            Kind::Str(_) => "a string",
            Kind::Path(_) => "a path",
            Kind::List(_) => "a list",
            Kind::Attrs(_) => "a set",
            Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) => "a function",
            Kind::Type(_) => "a type",
            Kind::Secret(_) => "a secret",
        }
    }

    /// Whether it can be called as it is (a set with `__functor` can too, but only after a look inside).
    pub fn is_function(&self) -> bool {
        matches!(self.kind, Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_))
    }
}
