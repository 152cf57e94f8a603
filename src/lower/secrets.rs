//! Secrets in finished objects: where they may stand, and how they are written there.
//!
//! A secret stands in `data` or `stringData` of a `v1` Secret and nowhere else: all other fields are read by people
//! and programs that are to know nothing of it. What stands there stays a recipe through all further checks; the bytes
//! are fetched for the one output that has to hold them.

use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Map, Node, NodeKind};
use crate::schema::types::SECRET_FIELDS;
use crate::secret::base64;
use crate::source::{Span, World};
use crate::syntax::quoted_name;
use crate::types::findings::REFER_TO_SECRET;
use crate::value::Evaluator;

/// Takes secrets out of where they may not stand, and says where that was.
pub fn confine_secrets(machine: &Evaluator, object: &mut Object) -> Vec<Diagnostic> {
    // Nearly all hold none, and their ways need not be written down.
    if !holds_secret(&object.node) {
        return Vec::new();
    }
    let may_hold = is_secret_object(&object.node);
    let mut search =
        Search { machine, is_config_map: object.kind() == "ConfigMap", object: object.to_string(), found: Vec::new() };
    let Some(map) = object.node.as_map_mut() else { return Vec::new() };
    for field in &mut map.fields {
        let path = quoted_name(&field.key);
        match &mut field.value.kind {
            NodeKind::Map(data) if may_hold && SECRET_FIELDS.contains(&field.key.as_str()) => {
                let misplaced = data.fields.iter_mut().filter(|entry| !matches!(entry.value.kind, NodeKind::Secret(_)));
                for entry in misplaced {
                    let path = format!("{path}.{}", quoted_name(&entry.key));
                    search.look(&mut entry.value, &path, entry.key_span);
                }
            }
            _ => search.look(&mut field.value, &path, field.key_span),
        }
    }
    search.found
}

/// Puts the bytes of secrets where these stand: in base 64 into `data`, as text into `stringData`.
/// What cannot be had is in the findings, and fails.
pub fn reveal_secrets(machine: &mut Evaluator, objects: &mut [Node]) {
    for object in objects.iter_mut().filter(|object| is_secret_object(object)) {
        for field in SECRET_FIELDS {
            let data = object.as_map_mut().and_then(|map| map.get_mut(field)).and_then(Node::as_map_mut);
            let Some(Map { fields }) = data else { continue };
            for entry in fields {
                reveal_secret(machine, field, &mut entry.value, entry.key_span);
            }
        }
    }
}

/// Puts the bytes of a secret where it stands, in `data` or `stringData`, under the key that is at `key`.
pub fn reveal_secret(machine: &mut Evaluator, field: &str, node: &mut Node, key: Span) {
    let NodeKind::Secret(secret) = &node.kind else { return };
    let revealed = match field {
        "data" => secret.reveal(&machine.world).map(|bytes| base64(&bytes)),
        _ => secret.reveal_text(&machine.world),
    };
    node.kind = match revealed {
        Ok(text) => NodeKind::Str(text.into()),
        Err(failure) => {
            let failure = machine.unrevealed(&failure, key);
            machine.report(&failure);
            NodeKind::Failed
        }
    };
}

/// Puts the bytes of secrets where these stand, to be compared and not to be seen. What cannot be had stays a recipe.
pub fn reveal_what_can_be_read<'o>(world: &World, objects: impl Iterator<Item = &'o mut Node>) {
    for object in objects.filter(|object| is_secret_object(object)) {
        for field in SECRET_FIELDS {
            let data = object.as_map_mut().and_then(|map| map.get_mut(field)).and_then(Node::as_map_mut);
            for entry in data.into_iter().flat_map(|data| &mut data.fields) {
                let NodeKind::Secret(secret) = &entry.value.kind else { continue };
                let revealed = match field {
                    "data" => secret.reveal(world).map(|bytes| base64(&bytes)),
                    _ => secret.reveal_text(world),
                };
                if let Ok(text) = revealed {
                    entry.value.kind = NodeKind::Str(text.into());
                }
            }
        }
    }
}

/// Whether an object is a Secret with something in it.
pub fn holds_data(object: &Node) -> bool {
    let filled = |field: &&str| object.get(field).and_then(Node::as_map).is_some_and(|map| !map.fields.is_empty());
    is_secret_object(object) && SECRET_FIELDS.iter().any(filled)
}

fn holds_secret(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Secret(_) => true,
        NodeKind::List(items) => items.iter().any(holds_secret),
        NodeKind::Map(Map { fields }) => fields.iter().any(|field| holds_secret(&field.value)),
        _ => false,
    }
}

fn is_secret_object(object: &Node) -> bool {
    let is = |key: &str, wanted: &str| object.get(key).and_then(Node::as_str) == Some(wanted);
    is("apiVersion", "v1") && is("kind", "Secret")
}

/// On the way through an object.
struct Search<'m> {
    machine: &'m Evaluator,
    object: String,
    is_config_map: bool,
    found: Vec<Diagnostic>,
}

impl Search<'_> {
    /// `key`: the innermost key on the way that somebody wrote.
    fn look(&mut self, node: &mut Node, path: &str, key: Span) {
        match &mut node.kind {
            NodeKind::Secret(secret) => {
                let made = secret.made();
                self.tell(path, key, made);
                node.kind = NodeKind::Failed;
            }
            NodeKind::Map(Map { fields }) => {
                for field in fields {
                    let key = if self.machine.sources.is_user(field.key_span) { field.key_span } else { key };
                    self.look(&mut field.value, &format!("{path}.{}", quoted_name(&field.key)), key);
                }
            }
            NodeKind::List(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.look(item, &format!("{path}[{at}]"), key);
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, path: &str, key: Span, made: Span) {
        let is_variable = path.contains(".env[") && path.ends_with("].value");
        let hint = match () {
            () if is_variable => REFER_TO_SECRET,
            () if self.is_config_map && (path.starts_with("data.") || path.starts_with("binaryData.")) => {
                "let it be a Secret instead: `kind = \"Secret\"`"
            }
            () => "a secret may stand in the `data` or `stringData` of a Secret, and nowhere else",
        };
        let place = if self.machine.sources.is_user(key) { key } else { made };
        let made = if place == made { Span::NONE } else { made };
        let message = format!("a secret would become visible in `{path}` of {}", self.object);
        let finding = Diagnostic::new(Code::VisibleSecret, place, message).label("put here");
        self.found.push(finding.also(made, "this is the secret").hint(hint).path(path).object(self.object.clone()));
    }
}
