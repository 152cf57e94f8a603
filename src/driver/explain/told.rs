//! From what was found out to what is told.

use serde_json::Value as Json;

use super::data::{Child, Declared, Definition, Place, Verdict};
use super::{Question, node_at, quietly, written};
use crate::modules::{Author, Examined, Fate, Part, Provenance, Role};
use crate::node::{Field, Node, NodeKind};
use crate::secret::HIDDEN;
use crate::source::Span;
use crate::value::Kind;

/// Of a longer list only the first items are told one by one.
const MOST_ITEMS: usize = 100;

impl Question<'_> {
    pub(super) fn declared(&mut self, place: &Examined) -> Option<Declared> {
        let default = place.default.clone().map(|default| self.node(default));
        Some(Declared {
            ty: Some(place.ty.as_ref()?.to_string()),
            doc: place.doc.as_ref().map(|doc| doc.trim().to_string()),
            default: default.as_ref().and_then(data),
            place: self.place_of(place.declared),
        })
    }

    /// Where a value was written; of a set or a list that merging made, nothing.
    pub(super) fn written_at(&self, node: &Node) -> Option<Place> {
        match node.kind {
            NodeKind::Map(_) | NodeKind::List(_) | NodeKind::Failed => None,
            _ => self.place_of(node.span),
        }
    }

    pub(super) fn definition(&mut self, one: &Provenance, place: &Examined) -> Definition {
        let counting = place.definitions.iter().filter(|other| other.fate == Fate::Counts).count();
        let (verdict, reason) = verdict(one, counting, &place.path);
        let stands = self.place_of(one.key);
        let origin = one.value.as_ref().map_or(Span::NONE, |value| value.origin);
        let written = self.place_of(origin);
        let same = matches!((&stands, &written), (Some(a), Some(b)) if (&a.file, a.line) == (&b.file, b.line));
        let value = one.value.clone().map(|value| self.node(value.into()));
        let condition = match one.fate {
            Fate::Unmet(made) => self.place_of(made),
            _ => None,
        };
        Definition {
            by: self.by(one),
            place: stands.clone().or_else(|| written.clone()),
            written: written.filter(|_| !same && stands.is_some()),
            value: value.as_ref().and_then(data),
            priority: one.priority,
            order: one.order,
            verdict,
            reason,
            condition,
            items: one.items.clone(),
        }
    }

    /// What gave a definition its priority.
    fn by(&self, one: &Provenance) -> String {
        let sources = &self.session.machine.sources;
        let from_command_line = sources.location(one.key).is_some_and(|place| place.file == "<command line>");
        let option = if sources.text(one.key).contains('=') { "--set" } else { "--k8s-version" };
        match (one.author, one.priority) {
            (Author::Declaration, _) => "default".to_string(),
            (Author::Layer, 1000) => "layer".to_string(),
            (Author::Layer, strength) => format!("mkLayered {strength}"),
            (_, 10) => "mkVMOverride".to_string(),
            (_, 40) if from_command_line => option.to_string(),
            (_, 50) => "mkForce".to_string(),
            (_, 60) => "mkImageMediaOverride".to_string(),
            (_, 100) => "plain".to_string(),
            (_, 1000) => "mkDefault".to_string(),
            (_, 1500) => "mkOptionDefault".to_string(),
            (_, priority) => format!("mkOverride {priority}"),
        }
    }

    fn place_of(&self, span: Span) -> Option<Place> {
        let sources = &self.session.machine.sources;
        let (id, range) = sources.range(span)?;
        let file = sources.file(id);
        let (line, column) = file.line_column(range.start);
        let before = file.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let whole = file.text[before..].lines().next().unwrap_or_default();
        let indent = whole.chars().take_while(|c| c.is_whitespace()).count();
        let at = (column - 1).saturating_sub(indent);
        Some(Place { file: file.name.clone(), line, column, text: whole.trim().to_string(), at })
    }

    /// What is inside, each with who defined it; options that nobody defined behind the others.
    pub(super) fn children(&mut self, place: &Examined, node: Option<&Node>) -> Vec<Child> {
        let parts: Vec<Part> = match node.map(|node| &node.kind) {
            Some(NodeKind::List(items)) => (0..items.len().min(MOST_ITEMS)).map(Part::Item).collect(),
            _ => place.inside.iter().copied().map(Part::Name).collect(),
        };
        let inside = parts.into_iter().filter_map(|part| {
            let path: Vec<Part> = place.path.iter().copied().chain([part]).collect();
            let evaluated = self.evaluated;
            let examined =
                quietly(self.session, |session| evaluated.configuration.examine(&mut session.machine, &path).ok())?;
            let value = node.and_then(|node| node_at(node, &[part]));
            let mut child = self.child(part, &examined, value);
            child.incomplete |= matches!(node, Some(Node { kind: NodeKind::Failed, .. }));
            Some(child)
        });
        let mut children: Vec<Child> = inside.collect();
        if place.role != Role::Group {
            children.sort_by_key(|child| child.definitions == 0);
        }
        children
    }

    fn child(&mut self, part: Part, place: &Examined, value: Option<&Node>) -> Child {
        let own: Vec<&Provenance> = place.definitions.iter().filter(|one| one.author != Author::Declaration).collect();
        let strongest = own.iter().find(|one| one.fate == Fate::Counts);
        let key = strongest.map_or(Span::NONE, |one| one.key);
        Child {
            name: match part {
                Part::Name(name) => name.to_string(),
                Part::Item(at) => at.to_string(),
            },
            ty: place.ty.as_ref().filter(|_| place.role == Role::Option).map(|ty| ty.to_string()),
            doc: place.doc.as_ref().map(|doc| doc.trim().to_string()),
            value: value.and_then(data),
            incomplete: value.is_some_and(is_incomplete),
            place: self.place_of(key),
            definitions: own.len(),
        }
    }
}

fn verdict(one: &Provenance, counting: usize, path: &[Part]) -> (Verdict, Option<String>) {
    match one.fate {
        Fate::Counts if counting == 1 => (Verdict::Counts, None),
        Fate::Counts => (Verdict::Merged, Some(merged(one))),
        Fate::Weaker { than, at } if at == path.len() => {
            (Verdict::Lost, Some(format!("weaker: priority {} against {than}", one.priority)))
        }
        Fate::Weaker { than, at } => {
            let around = written(&path[..at]);
            (Verdict::Lost, Some(format!("all that it says of `{around}` lost against priority {than}")))
        }
        Fate::Unmet(_) => (Verdict::Lost, Some("its condition does not hold".to_string())),
        Fate::Absent => (Verdict::Lost, Some("it says that the field is absent, and another one gives it".to_string())),
        Fate::Shadowed => (Verdict::Lost, Some("this type takes each name from one definition".to_string())),
    }
}

/// What a definition is to those that it is merged with.
fn merged(one: &Provenance) -> String {
    match one.value.as_ref().map(|value| &value.kind) {
        Some(Kind::List(_)) => match (one.items.first(), one.items.last()) {
            (Some(first), Some(last)) if first == last => format!("gives item {first}"),
            (Some(first), Some(last)) if last - first + 1 == one.items.len() => {
                format!("gives items {first} to {last}")
            }
            (Some(_), Some(_)) => {
                let items: Vec<String> = one.items.iter().map(ToString::to_string).collect();
                format!("gives items {}", items.join(", "))
            }
            _ => "gives no item".to_string(),
        },
        Some(Kind::Attrs(_)) => "merged with the others, name by name".to_string(),
        Some(Kind::Str(_)) => "joined with the others, or the same".to_string(),
        _ => "says the same as the others".to_string(),
    }
}

/// A finished node as JSON. What failed inside is `null`.
pub(super) fn data(node: &Node) -> Option<Json> {
    Some(match &node.kind {
        NodeKind::Null => Json::Null,
        NodeKind::Bool(value) => Json::Bool(*value),
        NodeKind::Int(number) => Json::from(*number),
        NodeKind::Float(number) => Json::from(*number),
        NodeKind::Str(text) => Json::from(text.as_str()),
        NodeKind::List(items) => Json::Array(items.iter().map(|item| data(item).unwrap_or_default()).collect()),
        NodeKind::Map(map) => {
            let field = |field: &Field| (field.key.to_string(), data(&field.value).unwrap_or_default());
            Json::Object(map.fields.iter().map(field).collect())
        }
        NodeKind::Secret(_) => Json::from(HIDDEN),
        NodeKind::Failed => return None,
    })
}

/// Whether anything in it failed.
pub(super) fn is_incomplete(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Failed => true,
        NodeKind::List(items) => items.iter().any(is_incomplete),
        NodeKind::Map(map) => map.fields.iter().any(|field| is_incomplete(&field.value)),
        _ => false,
    }
}
