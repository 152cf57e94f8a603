//! The fields of a set that matter: what rules ask of every entry, and so ask natively.

use rustc_hash::FxHashSet;

use crate::value::{Arguments, Attrs, Evaluator, Kind, Result, Value};

/// `lib.filterAttrs`. The whole set is itself again, and costs nothing.
pub(super) fn filter_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let keep = machine.function_of(&call, 0)?;
    let attrs = machine.attrs_of(&call, 1)?;
    let mut dropped = FxHashSet::default();
    for attr in attrs.sorted() {
        let name = Value::string(attr.name.as_str(), call.span);
        if !machine.test(&keep, [name.into(), attr.value.clone()], &call)? {
            dropped.insert(attr.name);
        }
    }
    let kept = if dropped.is_empty() { attrs } else { attrs.filtered(|attr| !dropped.contains(&attr.name)) };
    Ok(Value::attrs(kept, call.span))
}

/// Those of the second set whose names the first has too, and that are neither `null` nor empty.
pub(super) fn said(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (wanted, given) = (machine.attrs_of(&call, 0)?, machine.attrs_of(&call, 1)?);
    let mut entries = Vec::new();
    for attr in wanted.iter().filter_map(|attr| given.get(attr.name)) {
        let says_nothing = match machine.force_at(&attr.value, call.span)?.kind {
            Kind::Null => true,
            Kind::List(items) => items.is_empty(),
            Kind::Attrs(attrs) => attrs.is_empty(),
            _ => false,
        };
        if !says_nothing {
            entries.push(attr.clone());
        }
    }
    Ok(Value::attrs(Attrs::new(entries), call.span))
}

/// `__containsText part text`: what `hasInfix` says, asked so that a chart can ask it as well.
pub(super) fn contains_text(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let part = machine.string_of(&call, 0)?;
    match machine.value_of(&call, 1)? {
        text @ Value { kind: Kind::Str(_), .. } => Ok(Value::bool(machine.contains_text(&text, &part), call.span)),
        other => Err(machine.bad_argument(&call, 1, "a string", &other)),
    }
}
