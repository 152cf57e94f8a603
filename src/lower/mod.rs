//! From the evaluated configuration to finished objects.
//!
//! The rules that make the definitions of one layer from the entries of the layer above are modules
//! in `stdlib/layers/`. Evaluating `config.resources` runs them; what is left to do here is to force
//! everything, to leave out what is absent, and to fill in what the schema knows better.

mod secrets;

use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::modules::{Configuration, Finished};
use crate::node::{Field, Map, Node, NodeKind};
use crate::schema::{Target, join_api};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Evaluator, Result};

pub use secrets::{confine_secrets, holds_data, reveal_secret, reveal_secrets, reveal_what_can_be_read};

/// Hands out layer 1: the objects of `resources` that are `wanted`, by key, each before the next one is made.
///
/// Before: `resources` is the merged option, lazy. After: every object is plain data without `null`s,
/// with an `apiVersion` where its kind is known; what could not be computed is in the findings.
///
/// # Errors
/// When `resources` cannot be computed as a whole.
pub fn lower_to_objects(
    machine: &mut Evaluator,
    configuration: &Configuration,
    target: &Target,
    wanted: impl Fn(Symbol) -> bool,
    mut hand_out: impl FnMut(&mut Evaluator, Object),
) -> Result<()> {
    configuration.finish(machine, Symbol::new("resources"), wanted, |machine, finished| {
        if let Some(object) = object(machine, finished, target) {
            hand_out(machine, object);
        }
    })
}

fn object(machine: &mut Evaluator, (key, key_span, mut node): Finished, target: &Target) -> Option<Object> {
    strip_absent(&mut node);
    let entry = user_place(machine, &node, key_span);
    match &node.kind {
        NodeKind::Map(_) => {}
        NodeKind::Failed => return None,
        _ => {
            let message = format!("the object `{key}` must be a set, not {}", node.describe());
            let finding = Diagnostic::new(Code::WrongKind, entry, message);
            machine.findings.push(finding.hint("an object is written `{ kind = …; metadata.name = …; }`"));
            return None;
        }
    }
    complete_api_version(&mut node, target);
    Some(Object { key: key.text(), node, entry })
}

/// The nearest place of the user's: the key itself, else the object's name, else anything inside.
fn user_place(machine: &Evaluator, node: &Node, key: Span) -> Span {
    let name = node.at(&["metadata", "name"]).map_or(Span::NONE, |name| name.span);
    let near = [key, name].into_iter().find(|&span| machine.sources.is_user(span));
    near.or_else(|| node.find_place(&|span| machine.sources.is_user(span))).unwrap_or(key)
}

/// `null` in a map means that the field is absent, and a map that held nothing else is absent as
/// well. An empty map that was written as such stays: `emptyDir = { };` means something.
fn strip_absent(node: &mut Node) {
    match &mut node.kind {
        NodeKind::Map(Map { fields }) => fields.retain_mut(|field| {
            let was_empty = field.value.as_map().is_some_and(|map| map.fields.is_empty());
            strip_absent(&mut field.value);
            let is_empty = field.value.as_map().is_some_and(|map| map.fields.is_empty());
            field.value.kind != NodeKind::Null && (was_empty || !is_empty)
        }),
        NodeKind::List(items) => items.iter_mut().for_each(strip_absent),
        _ => {}
    }
}

/// `apiVersion` may be left out: it is then the preferred one of the target.
fn complete_api_version(node: &mut Node, target: &Target) {
    let Some(kind) = node.get("kind").and_then(Node::as_str) else { return };
    let Some(preferred) = target.version.preferred(kind) else { return };
    let span = node.get("kind").map_or(node.span, |kind| kind.span);
    let api_version = Node::string(join_api(&preferred.group, &preferred.version), span);
    if let Some(map) = node.as_map_mut()
        && map.get("apiVersion").is_none()
    {
        map.fields.insert(0, Field { key: "apiVersion".into(), key_span: span, value: api_version });
    }
}
