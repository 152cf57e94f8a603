//! What was defined at a place of the configuration, and what became of each definition.
//!
//! Merging asks what counts, and drops the rest unseen. Explaining needs the rest: the definition that a
//! stronger one beat, the one whose condition does not hold, the one that went down with the set around
//! it. So this goes the way that merging goes, through groups, records, maps, submodules, objects and
//! lists, and takes along what has lost, with the reason (`pieces` is `settle` with nothing left out).
//! It computes what merging would not; what fails in that is no finding.

mod lists;
mod pieces;
mod units;
mod walk;

pub use units::Unit;

use ecow::EcoString;

use super::Configuration;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::TypeRef;
use crate::value::{Error, Evaluator, Thunk, Value};

/// A step of a way through the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// Into a set, by name. Into a list it is an item's number, or the value of the field that tells items apart.
    Name(Symbol),
    /// Into a list.
    Item(usize),
}

/// What is known about a place of the configuration.
pub struct Examined {
    /// What kind of place it is.
    pub role: Role,
    /// The way there; list items by their number.
    pub path: Vec<Part>,
    /// The type of what can stand there, where there is one.
    pub ty: Option<TypeRef>,
    /// Its documentation.
    pub doc: Option<EcoString>,
    /// Where it was declared.
    pub declared: Span,
    /// What stands in where nothing is defined.
    pub default: Option<Thunk>,
    /// The names inside: those that are declared, then those that are only defined.
    pub inside: Vec<Symbol>,
    /// All definitions: first those that count, then those that lost; the strongest first.
    pub definitions: Vec<Provenance>,
}

/// What kind of place it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A set of options.
    Group,
    /// An option, or a field of a record.
    Option,
    /// A part of a value that no declaration names.
    Part,
}

/// One definition, and what became of it.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// Where its key was written; the value has its own origin.
    pub key: Span,
    /// Its value; missing where it cannot be computed.
    pub value: Option<Value>,
    /// Its priority; the lowest number counts.
    pub priority: i64,
    /// Where it stands among those that are merged, if it says so.
    pub order: Option<i64>,
    /// Who made it.
    pub author: Author,
    /// What became of it.
    pub fate: Fate,
    /// If it is a list: the items of the merged list that come from it.
    pub items: Vec<usize>,
}

/// Who made a definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Author {
    /// A module.
    Module,
    /// A layer, by `mkLowered` or `mkLayered`.
    Layer,
    /// The declaration: it is the default.
    Declaration,
}

/// What became of a definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is the value, or part of it.
    Counts,
    /// A stronger one was there.
    Weaker {
        /// The priority that counted.
        than: i64,
        /// How many steps of the way lead to the place where this was decided.
        at: usize,
    },
    /// Its condition does not hold; where the `false` comes from.
    Unmet(Span),
    /// It says that the field is absent, and another one says otherwise.
    Absent,
    /// The type takes each name from one definition only, and it was another one.
    Shadowed,
}

/// Why a place cannot be examined.
#[derive(Debug)]
pub enum Unexamined {
    /// Nothing is there.
    Unknown {
        /// As far as the way leads; list items by their number.
        way: Vec<Part>,
        /// The names that are there.
        known: Vec<Symbol>,
    },
    /// It cannot be computed.
    Failed(Error),
}

impl From<Error> for Unexamined {
    fn from(failure: Error) -> Unexamined {
        Unexamined::Failed(failure)
    }
}

impl Configuration {
    /// All that is known about the place at `path`.
    ///
    /// # Errors
    /// When nothing is there, or it cannot be computed.
    pub fn examine(&self, machine: &mut Evaluator, path: &[Part]) -> Result<Examined, Unexamined> {
        machine.examine_below(&self.instance.root, path)
    }
}
