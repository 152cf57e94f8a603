//! Who demands a type of a value, and what is said when it does not have it: the words are those of
//! [`findings`], made of the value.

use std::rc::Rc;

use super::scalar_of;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::findings::{self, Demand, Found, Look};
use crate::types::{Record, Type};
use crate::value::{Attr, Error, Evaluator, Kind, Value};

/// Who demands the type: a name with the way inside (`web.ports[0]`), and where the type is written.
#[derive(Clone, Debug)]
pub struct Blame {
    /// What is held to the type.
    pub what: Rc<str>,
    /// What that is a part of, in words: "the argument of `scale`".
    pub of: Option<Rc<str>>,
    /// Where the type is written.
    pub declared: Span,
    /// Where the value meets the type, for values without a place of their own.
    pub place: Span,
}

impl Blame {
    /// The demand that `what` has a type.
    pub fn new(what: &str, declared: Span, place: Span) -> Blame {
        Blame { what: what.into(), of: None, declared, place }
    }

    /// The same demand, one step further inside.
    pub(super) fn inside(&self, step: &str, place: Span) -> Blame {
        let step = if self.what.is_empty() { step.trim_start_matches('.') } else { step };
        Blame { what: format!("{}{step}", self.what).into(), place: place.or(self.place), ..self.clone() }
    }

    /// The demand that a record's type makes of a field.
    pub(super) fn field(&self, attr: &Attr, declared: Span) -> Blame {
        let inside = self.inside(&format!(".{}", attr.name), attr.span);
        Blame { declared: declared.or(self.declared), ..inside }
    }

    /// The demand that a function's type makes of its argument or result.
    pub(super) fn part(&self, part: &str) -> Blame {
        Blame { what: "".into(), of: Some(format!("the {part} of {self}").into()), ..self.clone() }
    }
}

impl std::fmt::Display for Blame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.of {
            None => write!(f, "`{}`", self.what),
            Some(of) if self.what.is_empty() => f.write_str(of),
            Some(of) => write!(f, "`{}` in {of}", self.what),
        }
    }
}

impl Evaluator {
    /// A value of the wrong kind.
    pub(super) fn type_mismatch(&self, value: &Value, ty: &Type, blame: &Blame) -> Error {
        findings::mismatch(&self.demand(blame, value.origin), ty, &self.found(value)).into()
    }

    /// A value of the right kind that breaks a rule of its type.
    pub(super) fn out_of_rule(&self, value: &Value, ty: &Type, rule: &str, blame: &Blame) -> Error {
        findings::out_of_rule(&self.demand(blame, value.origin), ty, rule, &self.found(value)).into()
    }

    /// A name that a closed record has no field for.
    pub(super) fn unknown_field(&self, attr: &Attr, record: &Record, ty: &Type, blame: &Blame) -> Error {
        findings::unknown_field(&self.demand(blame, attr.span), attr.name, record, ty, None).into()
    }

    /// A field that a record needs.
    pub(super) fn missing_field(&self, name: Symbol, record: &Record, blame: &Blame, origin: Span) -> Error {
        findings::missing_field(&self.demand(blame, origin), name, &record.fields[&name], record).into()
    }

    fn demand(&self, blame: &Blame, place: Span) -> Demand<'static> {
        Demand {
            what: blame.to_string().into(),
            place: place.or(blame.place),
            declared: blame.declared,
            own: self.sources.is_user(blame.declared),
            origin: None,
        }
    }

    fn found(&self, value: &Value) -> Found<'_> {
        Found::value(look_of(value), scalar_of(value), self.sources.text(value.origin))
    }
}

fn look_of(value: &Value) -> Look {
    match &value.kind {
        Kind::Null => Look::Null,
        Kind::Bool(_) => Look::Bool,
        Kind::Int(_) => Look::Int,
        Kind::Float(_) => Look::Float,
        Kind::Str(_) => Look::Str,
        Kind::Path(_) => Look::Path,
        Kind::List(_) => Look::List,
        Kind::Attrs(_) => Look::Set,
        Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) => Look::Function,
        Kind::Type(_) => Look::Type,
    }
}
