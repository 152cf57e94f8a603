//! Schemas without what is no demand: what [`Limits::of`](super::Limits::of) reads, and nothing else.
//!
//! Prose goes: descriptions, and the messages of rules. So does what is told by the structure around a value:
//! its type, its fields, the words to choose from.

use serde_json::{Map, Value};

use super::is_true;
use crate::schema::crd::convert::Demands;

/// The demands of a schema, as a schema.
#[derive(Debug, Default, PartialEq)]
pub(in crate::schema::crd) struct Reduced(pub Map<String, Value>);

impl Demands for Reduced {
    fn of(schema: &Value) -> Reduced {
        let mut kept = scalar(schema);
        if !is_true(schema, INT_OR_STRING) {
            keep_conditions(schema, "anyOf", &mut kept);
        }
        let values = schema.get("enum").filter(|values| !is_words(values));
        kept.extend(values.map(|values| ("enum".to_owned(), values.clone())));
        if let Some(rules) = schema.get(RULES).and_then(Value::as_array).filter(|rules| !rules.is_empty()) {
            let bare = |rule: &Value| {
                let expression = rule.get("rule").cloned().unwrap_or_default();
                Value::Object(Map::from_iter([("rule".to_owned(), expression)]))
            };
            kept.insert(RULES.to_owned(), rules.iter().map(bare).collect());
        }
        Reduced(kept)
    }

    fn are_none(&self) -> bool {
        self.0.is_empty()
    }
}

const INT_OR_STRING: &str = "x-kubernetes-int-or-string";
const RULES: &str = "x-kubernetes-validations";

/// What is kept as it is. `false`, and a format that nothing is known of, demand nothing.
const KEPT: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
];
const FORMATS: &[&str] = &["ipv4", "ipv6", "cidr", "uuid"];

fn scalar(schema: &Value) -> Map<String, Value> {
    let there = |key: &str| schema.get(key).filter(|value| **value != Value::Bool(false)).cloned();
    let mut kept: Map<String, Value> = KEPT.iter().filter_map(|key| Some(((*key).to_owned(), there(key)?))).collect();
    let format = there("format").filter(|format| format.as_str().is_some_and(|word| FORMATS.contains(&word)));
    kept.extend(format.map(|format| ("format".to_owned(), format)));
    keep_conditions(schema, "allOf", &mut kept);
    keep_conditions(schema, "oneOf", &mut kept);
    if let Some(not) = schema.get("not") {
        kept.insert("not".to_owned(), condition(not));
    }
    kept
}

/// What a schema demands as a condition: of its fields and items as well.
fn condition(schema: &Value) -> Value {
    let mut kept = scalar(schema);
    keep_conditions(schema, "anyOf", &mut kept);
    let as_it_is = ["required", "enum"].into_iter().filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone())));
    kept.extend(as_it_is);
    if let Some(fields) = schema.get("properties").and_then(Value::as_object) {
        let fields = fields.iter().map(|(name, schema)| (name.clone(), condition(schema))).collect();
        kept.insert("properties".to_owned(), Value::Object(fields));
    }
    for key in ["items", "additionalProperties"] {
        kept.extend(schema.get(key).filter(|each| each.is_object()).map(|each| (key.to_owned(), condition(each))));
    }
    Value::Object(kept)
}

fn keep_conditions(schema: &Value, key: &str, kept: &mut Map<String, Value>) {
    if let Some(list) = schema.get(key).and_then(Value::as_array).filter(|list| !list.is_empty()) {
        kept.insert(key.to_owned(), list.iter().map(condition).collect());
    }
}

/// Whether a list of values is one of texts, which are a part of the structure.
fn is_words(values: &Value) -> bool {
    values.as_array().is_none_or(|values| values.iter().all(Value::is_string))
}
