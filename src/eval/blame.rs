//! Who demands a type of a value, and what is said when it does not have it: the words are those of
//! [`findings`], made of the value.

use std::rc::Rc;

use super::{Path, scalar_of};
use crate::schema::{belongs, version_of};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::TermKind;
use crate::types::findings::{self, Demand, Found, Look};
use crate::types::{Origin, Record, Type};
use crate::value::{Attr, Error, Evaluator, Kind, State, Thunk, Value};

/// Who demands the type: a name with the way inside (`web.ports[0]`), and where the type is written.
#[derive(Clone, Debug)]
pub struct Blame {
    /// What is held to the type.
    pub what: Path,
    /// What that is a part of, in words: "the argument of `scale`".
    pub of: Option<Rc<str>>,
    /// Where the type is written.
    pub declared: Span,
    /// Where the value meets the type, for values without a place of their own.
    pub place: Span,
}

impl Blame {
    /// The demand that `what` has a type.
    pub fn new(what: Path, declared: Span, place: Span) -> Blame {
        Blame { what, of: None, declared, place }
    }

    /// The same demand of an item of a list.
    pub(super) fn item(&self, at: usize, place: Span) -> Blame {
        Blame { what: self.what.item(at, place), place: place.or(self.place), ..self.clone() }
    }

    /// The same demand of an entry of a map.
    pub(super) fn entry(&self, attr: &Attr) -> Blame {
        Blame { what: self.what.field(attr.name, attr.span), place: attr.span.or(self.place), ..self.clone() }
    }

    /// The demand that a record's type makes of a field.
    pub(super) fn field(&self, attr: &Attr, record: &Record, declared: Span) -> Blame {
        let what = self.what.field_of(record.origin.as_ref(), attr.name, attr.span);
        Blame { what, declared: declared.or(self.declared), place: attr.span.or(self.place), ..self.clone() }
    }

    /// The demand that a function's type makes of its argument or result.
    pub(super) fn part(&self, part: &str) -> Blame {
        Blame { what: Path::default(), of: Some(format!("the {part} of {self}").into()), ..self.clone() }
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

/// The hint about the unknown field `name` at `path`, in a record that Kubernetes' API defines.
pub(crate) fn field_elsewhere(path: &Path, origin: &Origin, name: Symbol, look: Look) -> Option<String> {
    let version = version_of(origin)?;
    match path.inside_api() {
        Some((root, names)) => belongs::hint(version, &root.definition, &names, name.as_str(), look),
        None => belongs::hint(version, &origin.definition, &[], name.as_str(), look),
    }
}

impl Evaluator {
    /// A value of the wrong kind.
    pub(super) fn type_mismatch(&self, value: &Value, ty: &Type, blame: &Blame) -> Error {
        let mismatch = |place| findings::mismatch(&self.demand(blame, place), ty, &self.found(value));
        match &value.kind {
            // What matters is where a secret is put, not where it comes from.
            Kind::Secret(secret) if self.sources.is_user(blame.place) && blame.place != secret.made() => {
                mismatch(blame.place).label("put here").also(secret.made(), "this is the secret").into()
            }
            _ => mismatch(value.origin).into(),
        }
    }

    /// A value of the right kind that breaks a rule of its type.
    pub(super) fn out_of_rule(&self, value: &Value, ty: &Type, rule: &str, blame: &Blame) -> Error {
        findings::out_of_rule(&self.demand(blame, value.origin), ty, rule, &self.found(value)).into()
    }

    /// A name that a closed record has no field for.
    pub(super) fn unknown_field(&self, attr: &Attr, record: &Record, ty: &Type, blame: &Blame) -> Error {
        let origin = record.origin.as_ref();
        let elsewhere =
            origin.and_then(|origin| field_elsewhere(&blame.what, origin, attr.name, look_of_thunk(&attr.value)));
        findings::unknown_field(&self.demand(blame, attr.span), attr.name, record, ty, elsewhere).into()
    }

    /// A field that a record needs.
    pub(super) fn missing_field(&self, name: Symbol, record: &Record, blame: &Blame, origin: Span) -> Error {
        findings::missing_field(&self.demand(blame, origin), name, &record.fields[&name], record).into()
    }

    fn demand(&self, blame: &Blame, place: Span) -> Demand<'static> {
        let origin = blame.what.api_field();
        Demand {
            what: blame.to_string().into(),
            place: place.or(blame.place),
            declared: blame.declared,
            own: origin.is_none() && self.sources.is_user(blame.declared),
            origin: origin.map(Into::into),
        }
    }

    pub(super) fn found(&self, value: &Value) -> Found<'_> {
        Found::value(look_of(value), scalar_of(value), self.sources.text(value.origin))
    }
}

/// What a value looks like, as far as can be told without computing it.
pub(crate) fn look_of_thunk(thunk: &Thunk) -> Look {
    match thunk {
        Thunk::Done(value) => look_of(value),
        Thunk::Lazy(lazy) => match &*lazy.0.borrow() {
            State::Done(value) => look_of(value),
            State::Suspended(term, _) => match term.kind {
                TermKind::Attrs(_) => Look::Set,
                TermKind::List(_) => Look::List,
                TermKind::Interpolated(_) => Look::Str,
                _ => Look::Unknown,
            },
            _ => Look::Unknown,
        },
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
        Kind::Secret(_) => Look::Secret,
    }
}
