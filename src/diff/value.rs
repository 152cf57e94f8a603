//! Data as programs take it, and as people read it.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::draw::words::line;
use crate::emit::{order, yaml};
use crate::node::{self, Node, NodeKind};
use crate::secret::HIDDEN;
use crate::source::Span;

/// Longer values than this are not shown on one line.
const SHORT: usize = 64;

/// A value as JSON.
pub(super) fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null | NodeKind::Failed => Value::Null,
        NodeKind::Bool(value) => Value::Bool(*value),
        NodeKind::Int(value) => Value::from(*value),
        NodeKind::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        NodeKind::Str(text) => Value::String(text.to_string()),
        NodeKind::List(items) => Value::Array(items.iter().map(value).collect()),
        NodeKind::Map(map) => {
            Value::Object(map.fields.iter().map(|field| (field.key.to_string(), value(&field.value))).collect())
        }
        NodeKind::Secret(_) => Value::String(HIDDEN.to_owned()),
    }
}

/// A value on one line, as YAML has it: `2`, `"web:1"`, `{ cpu: "1" }`; `None` where it is too long for that.
pub(super) fn short(value: &Value) -> Option<String> {
    let text = flow(value);
    (text.chars().count() <= SHORT).then_some(text)
}

/// A value on one line, however long.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => format!("{{ {} }}", entries(map).join(", ")),
        scalar => line(&scalar.to_string()).into_owned(),
    }
}

fn entries(map: &Map<String, Value>) -> Vec<String> {
    map.iter().map(|(key, value)| format!("{}: {}", name(key), flow(value))).collect()
}

/// A key, in quotes where it is no plain name.
pub(super) fn name(key: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    match !key.is_empty() && key.chars().all(plain) {
        true => Cow::Borrowed(key),
        false => Cow::Owned(line(&Value::String(key.to_owned()).to_string()).into_owned()),
    }
}

/// A value as the lines of a YAML document.
pub(super) fn block(value: &Value) -> Vec<String> {
    let mut node = node(value);
    order::arrange(&mut node);
    let mut text = String::new();
    yaml::document(&node, &mut text);
    text.lines().filter(|text| *text != "---").map(|text| line(text).into_owned()).collect()
}

fn node(value: &Value) -> Node {
    let kind = match value {
        Value::Null => NodeKind::Null,
        Value::Bool(value) => NodeKind::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(value) => NodeKind::Int(value),
            None => NodeKind::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => NodeKind::Str(text.as_str().into()),
        Value::Array(items) => NodeKind::List(items.iter().map(node).collect()),
        Value::Object(map) => {
            let field = |(key, value): (&String, &Value)| node::Field {
                key: key.as_str().into(),
                key_span: Span::NONE,
                value: node(value),
            };
            NodeKind::Map(node::Map { fields: map.iter().map(field).collect() })
        }
    };
    Node::new(kind, Span::NONE)
}
