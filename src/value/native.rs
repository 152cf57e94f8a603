//! Functions whose body is Rust.

use std::fmt;

use super::{Evaluator, Result, Thunk, Value};
use crate::source::Span;

/// A builtin. Its type and documentation are declared in `stdlib/builtins/*.nxk`; a test pairs both lists.
#[derive(Debug)]
pub struct Native {
    /// Its name in `builtins`.
    pub name: &'static str,
    /// How many arguments it takes before its body runs; at least one.
    pub arity: usize,
    /// Its body.
    pub run: NativeFn,
}

/// The body of a builtin.
pub type NativeFn = fn(&mut Evaluator, Arguments<'_>) -> Result<Value>;

/// What a builtin is called with.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    /// The arguments, exactly as many as the arity.
    pub values: &'a [Thunk],
    /// The whole call: the origin of the result, and the place of errors without a better one.
    pub span: Span,
    /// The builtin's name, for messages.
    pub name: &'static str,
}

/// A builtin with fewer arguments than it takes.
#[derive(Debug)]
pub struct Partial {
    /// The builtin.
    pub native: &'static Native,
    /// The arguments so far.
    pub arguments: Vec<Thunk>,
}

/// A function of one argument made by the compiler itself: a function held to its type, for one.
pub struct Host {
    /// What it is called in messages.
    pub name: &'static str,
    /// The function that it stands for, if it stands for one: what that takes by name, this does too.
    pub of: Option<Value>,
    /// What it does.
    #[expect(clippy::type_complexity, reason = "the one place where this type is written")]
    pub run: Box<dyn Fn(&mut Evaluator, Thunk, Span) -> Result<Value>>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl std::ops::Index<usize> for Arguments<'_> {
    type Output = Thunk;

    fn index(&self, at: usize) -> &Thunk {
        &self.values[at]
    }
}
