//! `k8s`, the types of Kubernetes' API, and `Part`.
//!
//! The set has the names of all known versions, and is the same for every target: asking whether a name is
//! there must not depend on the target, which is itself an option of the configuration. What a name means
//! is the target's type of that name. Before the target is known that is a type for later.

use std::rc::Rc;

use crate::schema::types::{Member, absent, known_members, member};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Deferred, Pending, Type, part};
use crate::value::{Arguments, AttrsBuilder, Evaluator, Kind, Kubernetes, Native, Result, Thunk, Value};

/// The functions from types to types.
pub(super) const TYPE_FUNCTIONS: &[Native] = &[Native { name: "Part", arity: 1, run: part_of }];

/// `k8s` and everything below it, made where it is looked at.
pub(super) fn namespace(path: Vec<&'static str>) -> Thunk {
    Thunk::defer(move |_| {
        let mut set = AttrsBuilder::new();
        for name in known_members(&path) {
            let mut inner = path.clone();
            inner.push(name);
            let is_kind = name.starts_with(|first: char| first.is_ascii_uppercase());
            set.add(name, Span::NONE, if is_kind { type_at(inner) } else { namespace(inner) });
        }
        Ok(Value::attrs(set.build(), Span::NONE))
    })
}

/// The type at a path, as soon as the target is known.
fn type_at(path: Vec<&'static str>) -> Thunk {
    Thunk::defer(move |machine| match machine.kubernetes {
        Kubernetes::Known(_) => target_type(machine, &path),
        Kubernetes::Asked(_) => {
            let name = Symbol::new(&written(&path));
            let later = Thunk::defer(move |machine| target_type(machine, &path));
            let deferred = Deferred::new(name, Pending::Evaluated(Rc::new(later)));
            Ok(Value::new(Kind::Type(Rc::new(Type::Deferred(Rc::new(deferred)))), Span::NONE))
        }
    })
}

fn target_type(machine: &mut Evaluator, path: &[&'static str]) -> Result<Value> {
    let version = machine.kubernetes()?;
    match member(version, path) {
        Some(Member::Type(ty)) => Ok(Value::new(Kind::Type(ty), Span::NONE)),
        _ => Err(absent(version, path, Span::NONE).into()),
    }
}

fn written(path: &[&str]) -> String {
    format!("k8s.{}", path.join("."))
}

fn part_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    let ty = machine.type_of_value(&value, call.span)?;
    Ok(Value::new(Kind::Type(part(&ty)), call.span))
}
