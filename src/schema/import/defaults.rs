//! Defaults: only OpenAPI v3 has them, so the newest minor that has v3 documents speaks for all.
//!
//! A default is taken over where the field exists with the same type. Zero values (`""`, `0`, `false`, `{}`) are
//! left out: the generator writes them for every Go field that is not a pointer, and they say nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::facts::{Facts, Shape};
use super::bad;
use super::sources::{Document, Documents};
use super::swagger::{read_shape, short_name};
use crate::diag::Diagnostic;

/// Defaults by type and field, with the shape of the field they belong to.
type Defaults = BTreeMap<(String, String), (Shape<String>, String)>;

/// Fills in the defaults of every release.
pub fn overlay(documents: &Documents, facts: &mut [Facts]) -> Result<(), Diagnostic> {
    let Some(release) = documents.releases.iter().rev().find(|release| !release.v3.is_empty()) else {
        return Ok(());
    };
    let mut defaults = Defaults::new();
    for document in &release.v3 {
        collect(document, &mut defaults)?;
    }
    for facts in facts {
        for def in &mut facts.types {
            for field in &mut def.fields {
                match defaults.get(&(def.name.clone(), field.name.clone())) {
                    Some((shape, json)) if *shape == field.shape => field.default = Some(json.clone()),
                    _ => {}
                }
            }
        }
        facts.sources.extend(release.v3.iter().filter(|document| has_defaults(document)).map(|d| d.source.clone()));
    }
    Ok(())
}

fn collect(document: &Document, defaults: &mut Defaults) -> Result<(), Diagnostic> {
    for (name, field, schema) in fields(document) {
        let Some(json) = default_of(schema) else { continue };
        if json.contains([' ', '\n']) {
            return Err(bad(&document.source.file, format!("the default of `{name}.{field}` has blanks")));
        }
        defaults.insert((name, field.to_owned()), (read_shape(schema), json));
    }
    Ok(())
}

fn has_defaults(document: &Document) -> bool {
    fields(document).any(|(_, _, schema)| default_of(schema).is_some())
}

fn fields(document: &Document) -> impl Iterator<Item = (String, &str, &Value)> {
    let schemas = document.json.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    schemas.flat_map(|(name, schema)| {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties.map(move |(field, schema)| (short_name(name), field.as_str(), schema))
    })
}

fn default_of(schema: &Value) -> Option<String> {
    let value = schema.get("default")?;
    let says_nothing = match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    };
    (!says_nothing).then(|| value.to_string())
}
