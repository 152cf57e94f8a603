//! Data formats: JSON, YAML, TOML and XML.

use super::document::Format;
use super::{json, xml};
use crate::eval::Depth;
use crate::source::Span;
use crate::value::{Arguments, Evaluator, Kind, Native, Result, Thunk, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "fromJSON", arity: 1, run: |machine, call| from(machine, call, Format::Json) },
    Native { name: "fromTOML", arity: 1, run: |machine, call| from(machine, call, Format::Toml) },
    Native { name: "fromYAML", arity: 1, run: |machine, call| from(machine, call, Format::Yaml) },
    Native { name: "toJSON", arity: 1, run: to_json },
    Native { name: "toXML", arity: 1, run: to_xml },
    Native { name: "toYAML", arity: 1, run: to_yaml },
];

fn from(machine: &mut Evaluator, call: Arguments, format: Format) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    machine.looks_into(&value);
    match &value.kind {
        Kind::Str(text) => machine.parse_document(format, text, call.span, value.origin),
        _ => Err(machine.bad_argument(&call, 0, "a string", &value)),
    }
}

fn to_json(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    Ok(Value::string(json_text(machine, &call[0], call.span)?, call.span))
}

/// A value as JSON on one line.
///
/// # Errors
/// What is not data, and the first failure met on the way.
pub fn json_text(machine: &mut Evaluator, value: &Thunk, span: Span) -> Result<String> {
    if machine.watch.is_some() {
        let value = machine.force_at(value, span)?;
        if let Some(word) = machine.written_as_data(&value) {
            return Ok(word.into());
        }
    }
    Ok(json::compact(&machine.node(value, Depth::Strict, span)?))
}

/// YAML in its flow style, which is JSON: every reader of YAML takes it, and no string in it can be
/// mistaken for a number or a boolean.
fn to_yaml(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let node = machine.node(&call[0], Depth::Strict, call.span)?;
    Ok(Value::string(json::pretty(&node), call.span))
}

fn to_xml(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    Ok(Value::string(xml::document(machine, &call[0], call.span)?, call.span))
}
