//! What was probably meant by a field that a type does not have.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::diag::closest;
use crate::node::{Node, NodeKind};
use crate::schema::catalogue::{Kind, Shape, TypeDef, Version};
use crate::schema::facts::Scalar;

/// How deep below the object's root a field is looked for.
const DEPTH: usize = 8;

/// The hint for the unknown field `name` with this value, in `def`, somewhere in an object of `kind`.
pub fn for_unknown_field(name: &str, value: &Node, def: &TypeDef, kind: &Kind, version: Version<'_>) -> Option<String> {
    let near = closest(name, def.fields.iter().map(|field| field.name.as_str()));
    let same_but_case = near.filter(|near| near.eq_ignore_ascii_case(name));
    if let Some(near) = same_but_case {
        return Some(format!("did you mean `{near}`?"));
    }
    if let Some(place) = place_of(name, value, kind, version) {
        return Some(match place.as_str() {
            "" => format!("`{name}` belongs to the top of the object"),
            place => format!("`{name}` belongs to `{place}`"),
        });
    }
    near.map(|near| format!("did you mean `{near}`?"))
}

/// The nearest place to the root of a `kind` that has a field of this name which takes such a value.
fn place_of(name: &str, value: &Node, kind: &Kind, version: Version<'_>) -> Option<String> {
    let mut seen = FxHashSet::default();
    let mut queue = VecDeque::from([(version.type_def(&kind.type_name)?, String::new(), 0)]);
    while let Some((def, path, depth)) = queue.pop_front() {
        if !seen.insert(&def.name) {
            continue;
        }
        if def.field(name).is_some_and(|field| takes(&field.shape, value)) {
            return Some(path);
        }
        // What the server writes is no place for people's fields.
        let fields =
            def.fields.iter().filter(|field| depth < DEPTH && field.name != "status" && field.name != "managedFields");
        for field in fields {
            let Some(inner) = field.shape.named().and_then(|name| version.type_def(name)) else { continue };
            let dot = if path.is_empty() { "" } else { "." };
            let brackets = if matches!(field.shape, Shape::List(_)) { "[]" } else { "" };
            queue.push_back((inner, format!("{path}{dot}{}{brackets}", field.name), depth + 1));
        }
    }
    None
}

/// Whether a value looks like what a shape holds.
fn takes(shape: &Shape, value: &Node) -> bool {
    match (shape, &value.kind) {
        (_, NodeKind::Failed | NodeKind::Null) => true,
        (Shape::Scalar(Scalar::Any), _) => true,
        (Shape::Scalar(Scalar::Object) | Shape::Named(_) | Shape::Map(_), NodeKind::Map(_)) => true,
        (Shape::List(_), NodeKind::List(_)) => true,
        (Shape::OneOf(shapes), _) => shapes.iter().any(|shape| takes(shape, value)),
        (Shape::Scalar(scalar), kind) => scalar_takes(*scalar, kind),
        _ => false,
    }
}

fn scalar_takes(scalar: Scalar, kind: &NodeKind) -> bool {
    match scalar {
        Scalar::String | Scalar::Bytes | Scalar::DateTime => matches!(kind, NodeKind::Str(_)),
        Scalar::Boolean => matches!(kind, NodeKind::Bool(_)),
        Scalar::Integer | Scalar::Int32 | Scalar::Int64 => matches!(kind, NodeKind::Int(_)),
        Scalar::Number => matches!(kind, NodeKind::Int(_) | NodeKind::Float(_)),
        Scalar::IntOrString => matches!(kind, NodeKind::Int(_) | NodeKind::Str(_)),
        Scalar::Quantity => matches!(kind, NodeKind::Int(_) | NodeKind::Float(_) | NodeKind::Str(_)),
        Scalar::Object => matches!(kind, NodeKind::Map(_)),
        Scalar::Any => true,
    }
}
