//! Taking a map apart field by field, and putting an entry together: what is taken is said, and what is left has to be
//! said in another way. So no field can be forgotten.

use ecow::EcoString;

use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// What of a map has not been said yet.
#[derive(Debug, Default)]
pub(super) struct Parts(pub Map);

impl Parts {
    /// The fields of a map; `None` if it is something else.
    pub fn of(node: Node) -> Option<Parts> {
        match node.kind {
            NodeKind::Map(map) => Some(Parts(map)),
            _ => None,
        }
    }

    /// Takes a field.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        self.take_if(key, |_| true)
    }

    /// Takes a field for which `holds` is true.
    pub fn take_if(&mut self, key: &str, holds: impl FnOnce(&Node) -> bool) -> Option<Node> {
        let at = self.0.fields.iter().position(|field| field.key == key)?;
        holds(&self.0.fields[at].value).then(|| self.0.fields.remove(at).value)
    }

    /// Takes a field that is a text with something in it.
    pub fn text(&mut self, key: &str) -> Option<EcoString> {
        self.take_if(key, |node| node.as_str().is_some_and(|text| !text.is_empty()))?.as_str().map(EcoString::from)
    }

    /// Takes a field that is a list with something in it.
    pub fn list(&mut self, key: &str) -> Option<Vec<Node>> {
        match self.take_if(key, |node| node.as_list().is_some_and(|items| !items.is_empty()))?.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// Takes a field that is a map, or nothing where it is missing; `None` where it is something else, or empty.
    pub fn map(&mut self, key: &str) -> Option<Parts> {
        match self.take(key) {
            None => Some(Parts::default()),
            Some(node) => Parts::of(node).filter(|parts| !parts.is_empty()),
        }
    }

    /// Whether everything has been taken.
    pub fn is_empty(&self) -> bool {
        self.0.fields.is_empty()
    }

    /// What is left, if anything is.
    pub fn rest(self) -> Option<Node> {
        (!self.is_empty()).then(|| map_node(self.0))
    }
}

/// What an entry says, in the order in which it says it.
#[derive(Debug, Default)]
pub(super) struct Fields(pub Map);

impl Fields {
    /// Says something, if there is something to say.
    pub fn put(&mut self, key: &str, value: impl Into<Option<Node>>) {
        if let Some(value) = value.into() {
            self.0.set(key, Span::NONE, value);
        }
    }

    /// Says a text, if there is one.
    pub fn put_text(&mut self, key: &str, value: Option<EcoString>) {
        self.put(key, value.map(text_node));
    }

    /// Says what is called the same, where it says something.
    pub fn pass(&mut self, parts: &mut Parts, keys: &[&str]) {
        for key in keys {
            self.pass_as(parts, key, key);
        }
    }

    /// Says under a name of its own what says something.
    pub fn pass_as(&mut self, parts: &mut Parts, key: &str, name: &str) {
        self.put(name, parts.take_if(key, says_something));
    }

    /// Says a map, if there is something in it.
    pub fn put_map(&mut self, key: &str, map: Map) {
        self.put(key, Parts(map).rest());
    }
}

/// Whether it is neither `null` nor empty.
pub(super) fn says_something(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Null => false,
        NodeKind::Map(map) => !map.fields.is_empty(),
        NodeKind::List(items) => !items.is_empty(),
        _ => true,
    }
}

/// A text.
pub(super) fn text_node(text: impl Into<EcoString>) -> Node {
    Node::string(text, Span::NONE)
}

/// A number.
pub(super) fn int_node(number: i64) -> Node {
    Node::new(NodeKind::Int(number), Span::NONE)
}

/// A truth.
pub(super) fn bool_node(truth: bool) -> Node {
    Node::new(NodeKind::Bool(truth), Span::NONE)
}

/// A list.
pub(super) fn list_node(items: Vec<Node>) -> Node {
    Node::new(NodeKind::List(items), Span::NONE)
}

/// A map.
pub(super) fn map_node(map: Map) -> Node {
    Node::new(NodeKind::Map(map), Span::NONE)
}

/// `{ key = value; }`
pub(super) fn single(key: &str, value: Node) -> Node {
    let mut fields = Fields::default();
    fields.put(key, value);
    map_node(fields.0)
}

/// The number, if it is one.
pub(super) fn as_int(node: &Node) -> Option<i64> {
    match node.kind {
        NodeKind::Int(number) => Some(number),
        _ => None,
    }
}

/// Whether it is text, a number or a truth.
pub(super) fn is_scalar(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Str(_) | NodeKind::Int(_) | NodeKind::Float(_) | NodeKind::Bool(_))
}

/// What each item becomes; `None` if it is not known of one.
pub(super) fn each(items: &[Node], become_: impl Fn(Parts) -> Option<Node>) -> Option<Node> {
    items.iter().map(|item| become_(Parts::of(item.clone())?)).collect::<Option<Vec<_>>>().map(list_node)
}
