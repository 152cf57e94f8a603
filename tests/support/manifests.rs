//! Manifests for the tests: YAML and JSON as nodes without places.

use nxk::node::{Field, Map, Node, NodeKind};
use nxk::source::Span;
use serde_yaml::Value;

/// A YAML document as a node; `None` when it cannot be read.
pub fn from_yaml(text: &str) -> Option<Node> {
    Some(node(&serde_yaml::from_str(text).ok()?))
}

fn node(value: &Value) -> Node {
    let kind = match value {
        Value::Null => NodeKind::Null,
        Value::Bool(flag) => NodeKind::Bool(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => NodeKind::Int(whole),
            (None, number) => NodeKind::Float(number.unwrap_or_default()),
        },
        Value::String(text) => NodeKind::Str(text.into()),
        Value::Sequence(items) => NodeKind::List(items.iter().map(node).collect()),
        Value::Mapping(fields) => {
            NodeKind::Map(Map { fields: fields.iter().map(|(key, value)| field(key, value)).collect() })
        }
        Value::Tagged(tagged) => return node(&tagged.value),
    };
    Node::new(kind, Span::NONE)
}

fn field(key: &Value, value: &Value) -> Field {
    let key = match key {
        Value::String(text) => text.clone(),
        other => serde_yaml::to_string(other).unwrap_or_default().trim().to_owned(),
    };
    Field { key: key.into(), key_span: Span::NONE, value: node(value) }
}
