//! Where a field is written, and how it is called.

use super::fields::Step;
use super::value::name;
use crate::graph::picture::Place;
use crate::layers::Object;
use crate::node::NodeKind;
use crate::source::{SourceMap, Span};

/// The texts of a state, to be asked for places in them.
pub(super) struct Places<'a> {
    sources: &'a SourceMap,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Places<'a> {
        Places { sources }
    }

    /// Where an object is written.
    pub(super) fn of(&self, object: &Object) -> Option<Place> {
        self.place(object.entry)
    }

    /// Where a field is written: its value, something in it, its key, or what it is in; where a layer made all of that, what
    /// the object was made from. `side` says which of the places of an item is meant.
    pub(super) fn of_field(
        &self,
        object: &Object,
        path: &[Step<'_>],
        side: impl Fn((Option<usize>, Option<usize>)) -> Option<usize>,
    ) -> Option<Place> {
        let is_user = |span: Span| self.sources.is_user(span);
        let mut node = &object.node;
        let (mut nearest, mut item_around) = (object.entry, None);
        for step in path {
            match (step, &node.kind) {
                (Step::Key(key), NodeKind::Map(map)) => {
                    let Some(field) = map.field(key) else { break };
                    nearest =
                        [field.value.span, field.key_span].into_iter().find(|span| is_user(*span)).unwrap_or(nearest);
                    node = &field.value;
                }
                (Step::Item { old, new, .. }, NodeKind::List(items)) => {
                    let Some(item) = side((*old, *new)).and_then(|at| items.get(at)) else { break };
                    nearest = Some(item.span).filter(|span| is_user(*span)).unwrap_or(nearest);
                    item_around = Some(item);
                    node = item;
                }
                _ => break,
            }
        }
        // The value of a variable that a layer has put into words still stands beside its name.
        let around = || item_around.and_then(|item| item.find_place(&is_user));
        self.place(node.find_place(&is_user).or_else(around).unwrap_or(nearest))
    }

    fn place(&self, span: Span) -> Option<Place> {
        let location = self.sources.location(span).filter(|_| self.sources.is_user(span))?;
        Some(Place { file: location.file, line: location.line, column: location.column })
    }
}

/// `spec.template.spec.containers[name=web].image`, `metadata.labels["a b"]`
pub(super) fn shown(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                let name = name(key);
                // A name with a dot in it would look like several.
                match name.contains(['.', '/', '"']) {
                    true => text.push_str(&format!("[\"{}\"]", name.trim_matches('"'))),
                    false if text.is_empty() => text.push_str(&name),
                    false => text.push_str(&format!(".{name}")),
                }
            }
            Step::Item { label, .. } => text.push_str(&format!("[{label}]")),
        }
    }
    text
}

/// The path as a JSON pointer into one of the states.
pub(super) fn pointer(
    path: &[Step<'_>],
    side: impl Fn((Option<usize>, Option<usize>)) -> Option<usize>,
) -> Option<String> {
    let mut text = String::new();
    for step in path {
        text.push('/');
        match step {
            Step::Key(key) => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Step::Item { old, new, .. } => text.push_str(&side((*old, *new))?.to_string()),
        }
    }
    Some(text)
}
