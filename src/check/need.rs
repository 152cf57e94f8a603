//! Why a value has to have a type: what is said when it has not.

use std::rc::Rc;

use super::ty::Row;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::Path;

/// A demand.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub(super) why: Why,
    /// Where the type is written, or what demands it stands.
    pub(super) declared: Span,
    /// Where the value meets the demand.
    pub(super) place: Span,
    /// Whether it is an option's, so that the way inside is a path in the configuration.
    pub(super) is_option: bool,
}

/// Who demands it.
#[derive(Clone, Debug)]
pub(super) enum Why {
    /// An annotation: a name with the way inside (`web.ports[0]`), and what that is a part of, in words.
    Typed { what: Path, of: Option<Rc<str>> },
    /// An operator or a form of the language: "the left operand of `+`" must be "a number".
    Kind { what: Rc<str>, wanted: &'static str },
    /// A place for a type.
    Type,
    /// A selection of this name.
    Selected(Symbol),
    /// A call.
    Called,
    /// An interpolation, or whatever makes a string of a value.
    Text,
    /// Nobody: types are brought together, and what does not fit is told elsewhere.
    Silent,
}

impl Need {
    /// A demand of the annotation of a name.
    pub(super) fn typed(name: Symbol, declared: Span, place: Span) -> Rc<Need> {
        Need::of(Why::Typed { what: Path::default().field(name, Span::NONE), of: None }, place).declared(declared)
    }

    /// A demand of the type of something that has no name: "the argument of `f`".
    pub(super) fn phrase(of: String, declared: Span, place: Span) -> Rc<Need> {
        Need::of(Why::Typed { what: Path::default(), of: Some(of.into()) }, place).declared(declared)
    }

    /// A demand of the language.
    pub(super) fn kind(what: &str, wanted: &'static str, place: Span) -> Rc<Need> {
        Need::of(Why::Kind { what: what.into(), wanted }, place)
    }

    /// A demand of this kind at a place.
    pub(super) fn of(why: Why, place: Span) -> Rc<Need> {
        Rc::new(Need { why, declared: Span::NONE, place, is_option: false })
    }

    /// Nobody's demand.
    pub(super) fn silent() -> Rc<Need> {
        Need::of(Why::Silent, Span::NONE)
    }

    fn declared(&self, declared: Span) -> Rc<Need> {
        Rc::new(Need { declared, ..self.clone() })
    }

    /// The same demand, made of a field that `row` has; `declared` is where.
    pub(super) fn field(&self, name: Symbol, row: &Row, declared: Span) -> Rc<Need> {
        let why = match &self.why {
            Why::Typed { what, of } => {
                Why::Typed { what: what.field_of(row.origin.as_ref(), name, Span::NONE), of: of.clone() }
            }
            other => other.clone(),
        };
        Rc::new(Need { why, declared: declared.or(self.declared), ..self.clone() })
    }

    /// The same demand, made of an item of a list.
    pub(super) fn item(&self, at: Option<usize>) -> Rc<Need> {
        let why = match &self.why {
            Why::Typed { what, of } => match at {
                Some(at) => Why::Typed { what: what.item(at, Span::NONE), of: of.clone() },
                None => Why::Typed { what: Path::default(), of: Some(format!("an item of {self}").into()) },
            },
            other => other.clone(),
        };
        Rc::new(Need { why, ..self.clone() })
    }

    /// The same demand at another place.
    pub(super) fn at(&self, place: Span) -> Rc<Need> {
        Rc::new(Need { place, ..self.clone() })
    }

    /// The demand that a function's type makes of its argument or result, or a map's of any of its values.
    pub(super) fn part(&self, part: &str) -> Rc<Need> {
        let why = match &self.why {
            Why::Typed { .. } => Why::Typed { what: Path::default(), of: Some(format!("{part} of {self}").into()) },
            other => other.clone(),
        };
        Rc::new(Need { why, ..self.clone() })
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.why {
            Why::Typed { what, of: None } => write!(f, "`{what}`"),
            Why::Typed { what, of: Some(of) } if what.is_empty() => f.write_str(of),
            Why::Typed { what, of: Some(of) } => write!(f, "`{what}` in {of}"),
            Why::Kind { what, .. } => f.write_str(what),
            _ => f.write_str("this"),
        }
    }
}
