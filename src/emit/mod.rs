//! Data to text: YAML, KYAML and JSON, byte for byte the same on every machine.
//!
//! The emitters take finished [`Node`](crate::node::Node)s and write what they are given; which
//! objects there are, and in which order their keys and they themselves come, is settled before
//! ([`order`]).

pub mod json;
pub mod kyaml;
pub mod order;
mod plain;
mod scalar;
pub mod yaml;

/// Data for the tests of the writers, in few words.
#[cfg(test)]
mod samples {
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    pub(super) fn text(text: &str) -> Node {
        Node::string(text, Span::NONE)
    }

    pub(super) fn list(items: &[Node]) -> Node {
        Node::new(NodeKind::List(items.to_vec()), Span::NONE)
    }

    pub(super) fn map(fields: &[(&str, Node)]) -> Node {
        let mut map = Map::default();
        fields.iter().for_each(|(key, value)| map.set(*key, Span::NONE, value.clone()));
        Node::new(NodeKind::Map(map), Span::NONE)
    }
}
