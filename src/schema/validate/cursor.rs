//! A value inside an object, together with the way to it.
//!
//! Checks ask a [`Cursor`] as they would ask a [`Node`], and whatever they find is reported *at* the cursor: it knows
//! the path as people write it, the nearest place in a source file, and where it stands in the document.
//! `null` counts as absent, as it does for the API server.

use std::fmt::Write;
use std::rc::Rc;

use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// A value and the way to it.
#[derive(Clone)]
pub struct Cursor<'n> {
    node: &'n Node,
    step: Rc<Step<'n>>,
}

/// The last step of the way.
struct Step<'n> {
    parent: Option<Rc<Step<'n>>>,
    key: Key<'n>,
    /// Which entry of the parent it is: orders findings as the document is.
    ordinal: u32,
    /// The value's own span, or that of the nearest thing around it that has one.
    span: Span,
    key_span: Span,
}

#[derive(Clone, Copy)]
enum Key<'n> {
    Root,
    Field(&'n str),
    Item(usize),
}

/// Where in a document something stands; compares in document order.
pub type Address = Vec<u32>;

impl<'n> Cursor<'n> {
    /// The whole object.
    pub fn root(node: &'n Node) -> Cursor<'n> {
        let step = Step { parent: None, key: Key::Root, ordinal: 0, span: node.span, key_span: node.span };
        Cursor { node, step: Rc::new(step) }
    }

    /// The value itself.
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// The same place with an empty map in it.
    pub fn emptied(&self) -> Cursor<'n> {
        static EMPTY: Node = Node { kind: NodeKind::Map(Map { fields: Vec::new() }), span: Span::NONE };
        Cursor { node: &EMPTY, step: self.step.clone() }
    }

    /// Whether it is the whole object.
    pub fn is_root(&self) -> bool {
        self.step.parent.is_none()
    }

    /// The value at `key`, unless it is absent or `null`.
    pub fn get(&self, key: &str) -> Option<Cursor<'n>> {
        let (index, field) = self.map()?.fields.iter().enumerate().find(|(_, field)| field.key == key)?;
        let present = !matches!(field.value.kind, NodeKind::Null);
        present.then(|| self.child(Key::Field(&field.key), index, &field.value, field.key_span))
    }

    /// The value at the end of a chain of keys.
    pub fn at(&self, keys: &[&str]) -> Option<Cursor<'n>> {
        keys.iter().try_fold(self.clone(), |cursor, key| cursor.get(key))
    }

    /// The items of the list at `key`; none if there is no such list.
    pub fn items_of(&self, key: &str) -> Vec<Cursor<'n>> {
        self.get(key).map_or_else(Vec::new, |list| list.items())
    }

    /// The items, if this is a list.
    pub fn items(&self) -> Vec<Cursor<'n>> {
        let items = self.node.as_list().unwrap_or_default();
        items.iter().enumerate().map(|(index, item)| self.child(Key::Item(index), index, item, Span::NONE)).collect()
    }

    /// The entries, if this is a map. `null` values are among them.
    pub fn entries(&self) -> Vec<(&'n str, Cursor<'n>)> {
        let fields = self.map().map_or(&[][..], |map| &map.fields);
        let entry = |(index, field): (usize, &'n crate::node::Field)| {
            (field.key.as_str(), self.child(Key::Field(&field.key), index, &field.value, field.key_span))
        };
        fields.iter().enumerate().map(entry).collect()
    }

    /// The entries of the map at `key`.
    pub fn entries_of(&self, key: &str) -> Vec<(&'n str, Cursor<'n>)> {
        self.get(key).map_or_else(Vec::new, |map| map.entries())
    }

    /// Whether there is something at `key`.
    pub fn has(&self, key: &str) -> bool {
        self.map().and_then(|map| map.get(key)).is_some_and(|node| !matches!(node.kind, NodeKind::Null))
    }

    /// The map, if it is one.
    pub fn map(&self) -> Option<&'n Map> {
        self.node.as_map()
    }

    /// The text, if it is a string.
    pub fn str(&self) -> Option<&'n str> {
        self.node.as_str()
    }

    /// The text at `key`, if there is a string.
    pub fn str_of(&self, key: &str) -> Option<&'n str> {
        self.map()?.get(key)?.as_str()
    }

    /// The number, if it is a whole one.
    pub fn int(&self) -> Option<i64> {
        match self.node.kind {
            NodeKind::Int(number) => Some(number),
            NodeKind::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
            _ => None,
        }
    }

    /// The number at `key`, if there is a whole one.
    pub fn int_of(&self, key: &str) -> Option<i64> {
        self.get(key)?.int()
    }

    /// Whether `true` stands at `key`.
    pub fn is_true(&self, key: &str) -> bool {
        self.map().and_then(|map| map.get(key)).is_some_and(|node| node.kind == NodeKind::Bool(true))
    }

    /// Whether the value stands for one that could not be had.
    pub fn failed(&self) -> bool {
        matches!(self.node.kind, NodeKind::Failed)
    }

    /// Whether any value in it stands for one that could not be had.
    pub fn contains_failed(&self) -> bool {
        contains_failed(self.node)
    }

    /// Whether the map or list is absent or has nothing in it. A failed value is never empty.
    pub fn is_empty_at(&self, key: &str) -> bool {
        match self.get(key) {
            None => true,
            Some(value) => match &value.node.kind {
                NodeKind::Map(map) => map.fields.is_empty(),
                NodeKind::List(items) => items.is_empty(),
                NodeKind::Str(text) => text.is_empty(),
                _ => false,
            },
        }
    }

    /// The place of the value, or of the nearest thing around it that has one.
    pub fn span(&self) -> Span {
        self.step.span
    }

    /// The place of the key, or of the value.
    pub fn key_span(&self) -> Span {
        self.step.key_span.or(self.step.span)
    }

    /// The way to it, as people write it: `spec.containers[0].image`. Empty for the whole object.
    pub fn path(&self) -> String {
        let mut path = String::new();
        self.step.write(&mut path);
        path
    }

    /// The keys on the way to it; items of lists have none.
    pub fn keys(&self) -> Vec<&'n str> {
        let mut keys = Vec::new();
        let mut step = Some(&self.step);
        while let Some(current) = step {
            if let Key::Field(name) = current.key {
                keys.push(name);
            }
            step = current.parent.as_ref();
        }
        keys.reverse();
        keys
    }

    /// Where in the document it stands.
    pub fn address(&self) -> Address {
        let mut address = Vec::new();
        let mut step = Some(&self.step);
        while let Some(current) = step {
            address.push(current.ordinal);
            step = current.parent.as_ref();
        }
        address.reverse();
        address
    }

    /// The last key on the way, without the items of lists: the field that it belongs to.
    pub fn field_name(&self) -> &'n str {
        let mut step = Some(&self.step);
        while let Some(current) = step {
            if let Key::Field(name) = current.key {
                return name;
            }
            step = current.parent.as_ref();
        }
        ""
    }

    fn child(&self, key: Key<'n>, index: usize, node: &'n Node, key_span: Span) -> Cursor<'n> {
        let ordinal = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let span = node.span.or(key_span).or(self.step.span);
        let step = Step { parent: Some(self.step.clone()), key, ordinal, span, key_span };
        Cursor { node, step: Rc::new(step) }
    }
}

fn contains_failed(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Failed => true,
        NodeKind::List(items) => items.iter().any(contains_failed),
        NodeKind::Map(map) => map.fields.iter().any(|field| contains_failed(&field.value)),
        _ => false,
    }
}

impl Step<'_> {
    fn write(&self, path: &mut String) {
        if let Some(parent) = &self.parent {
            parent.write(path);
        }
        // Writing to a `String` cannot fail.
        let _ = match self.key {
            Key::Root => Ok(()),
            Key::Item(index) => write!(path, "[{index}]"),
            Key::Field(name) => {
                push_key(path, name);
                Ok(())
            }
        };
    }
}

/// Appends a key to a path, in brackets where it would not read as one word.
pub fn push_key(path: &mut String, key: &str) {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-$".contains(&byte));
    if !plain {
        let _ = write!(path, "[{key:?}]");
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}
