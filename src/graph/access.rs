//! What roles speak of: the resources of the target's API, by the names that roles have for them.

use crate::diag::closest;
use crate::layers::names::record;
use crate::value::{Arguments, Evaluator, Result, Value};

/// `__resource name`: what the target knows of a resource by its plural, as
/// `{ known, group, namespaced, nearest }`; of an unknown one, `nearest` is the resource that was
/// probably meant, or `null`.
pub(super) fn resource(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = machine.string_of(&call, 0)?;
    let version = machine.kubernetes()?;
    let all = || version.kinds().iter().chain(version.custom_kinds());
    let found =
        all().find(|kind| kind.plural == name && kind.preferred).or_else(|| all().find(|kind| kind.plural == name));
    let nearest = match found {
        Some(_) => None,
        // People write the kind, or the singular.
        None => all()
            .find(|kind| kind.kind.eq_ignore_ascii_case(&name) || kind.plural.eq_ignore_ascii_case(&name))
            .map(|kind| kind.plural.as_str())
            .or_else(|| closest(&name, all().map(|kind| kind.plural.as_str()))),
    };
    let span = call.span;
    let fields = [
        ("known", Value::bool(found.is_some(), span)),
        ("group", Value::string(found.map_or("", |kind| kind.group.as_str()), span)),
        ("namespaced", Value::bool(found.is_none_or(|kind| kind.namespaced), span)),
        ("nearest", nearest.map_or_else(|| Value::null(span), |nearest| Value::string(nearest, span))),
    ];
    Ok(record(fields, span))
}
