//! Finished data: what remains of a value once everything lazy is forced.
//!
//! A [`Node`] is a tree of scalars, lists and maps in which every value and every key knows where
//! it was written. The schema checks nodes, the layers and the graph read them, the emitters write them.

use ecow::EcoString;

use crate::secret::Secret;
use crate::source::Span;

/// One piece of data and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where the value was written; may lie in the standard library.
    pub span: Span,
}

/// The kinds of data.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// Text.
    Str(EcoString),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Map),
    /// What nobody sees before it is written. Finished data holds it in the data of a Secret object, and nowhere else.
    Secret(Secret),
    /// Stands where a value could not be had; the reason has already been reported, so whoever
    /// meets it says nothing more.
    Failed,
}

/// A map in a fixed order. Keys are unique.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Map {
    /// The entries.
    pub fields: Vec<Field>,
}

/// One entry of a [`Map`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key.
    pub key: EcoString,
    /// Where the key was written.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// A node that was written at `span`.
    pub fn new(kind: NodeKind, span: Span) -> Node {
        Node { kind, span }
    }

    /// Text that was written at `span`.
    pub fn string(text: impl Into<EcoString>, span: Span) -> Node {
        Node { kind: NodeKind::Str(text.into()), span }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            NodeKind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The map, if it is one, to change it.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.kind {
            NodeKind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value at `key`, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The value at the end of a chain of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value at a path as findings write it: `spec.ports[0].name`, `metadata.labels["a/b"]`.
    pub fn at_path(&self, path: &str) -> Option<&Node> {
        let (mut node, mut rest) = (self, path);
        while !rest.is_empty() {
            (node, rest) = if let Some(quoted) = rest.strip_prefix("[\"") {
                let (key, rest) = quoted.split_once("\"]")?;
                (node.get(key)?, rest)
            } else if let Some(index) = rest.strip_prefix('[') {
                let (index, rest) = index.split_once(']')?;
                (node.as_list()?.get(index.parse::<usize>().ok()?)?, rest)
            } else {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                let end = name.find(['.', '[']).unwrap_or(name.len());
                (node.get(&name[..end])?, &name[end..])
            };
        }
        Some(node)
    }

    /// The first place for which `wanted` holds: the value's own, or that of something inside it.
    pub fn find_place(&self, wanted: &impl Fn(Span) -> bool) -> Option<Span> {
        if wanted(self.span) {
            return Some(self.span);
        }
        match &self.kind {
            NodeKind::Map(map) => map.fields.iter().find_map(|field| field.value.find_place(wanted)),
            NodeKind::List(items) => items.iter().find_map(|item| item.find_place(wanted)),
            _ => None,
        }
    }

    /// What it is, in the field's words: `a string`, `a list`.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "null",
            NodeKind::Bool(_) => "a boolean",
            NodeKind::Int(_) => "an integer",
            NodeKind::Float(_) => "a float",
            NodeKind::Str(_) => "a string",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a set",
            NodeKind::Secret(_) => "a secret",
            NodeKind::Failed => "a value with errors",
        }
    }
}

impl Map {
    /// The value at `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.field(key).map(|field| &field.value)
    }

    /// The entry at `key`.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The value at `key`, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.fields.iter_mut().find(|field| field.key == key).map(|field| &mut field.value)
    }

    /// Sets `key`, in place where it exists, else at the end.
    pub fn set(&mut self, key: impl Into<EcoString>, key_span: Span, value: Node) {
        let key = key.into();
        match self.get_mut(&key) {
            Some(old) => *old = value,
            None => self.fields.push(Field { key, key_span, value }),
        }
    }
}
