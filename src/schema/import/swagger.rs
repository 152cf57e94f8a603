//! The types of a minor: OpenAPI definitions to records, without the prose.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::facts::{FieldDef, KindDef, ListMerge, Scalar, Shape, TypeDef};
use super::sources::Document;
use super::{bad, fixups};
use crate::diag::Diagnostic;

/// The record types that `kinds` reach, by name.
pub fn read(document: &Document, kinds: &[KindDef<String>]) -> Result<Vec<TypeDef<String>>, Diagnostic> {
    let definitions = by_short_name(document)?;
    let mut types: BTreeMap<String, TypeDef<String>> = BTreeMap::new();
    let mut wanted: BTreeSet<String> = kinds.iter().map(|kind| kind.type_name.clone()).collect();
    while let Some(name) = wanted.pop_first() {
        if types.contains_key(&name) {
            continue;
        }
        let schema = definitions
            .get(&name)
            .ok_or_else(|| bad(&document.source.file, format!("`{name}` is referred to but not defined")))?;
        let def = read_type(&name, schema);
        wanted.extend(def.fields.iter().flat_map(|field| references(&field.shape)));
        types.insert(name, def);
    }
    Ok(types.into_values().collect())
}

/// The definitions under their short names, which must stay distinct.
pub fn by_short_name(document: &Document) -> Result<BTreeMap<String, &Value>, Diagnostic> {
    let file = &document.source.file;
    let definitions =
        document.json.get("definitions").and_then(Value::as_object).ok_or_else(|| bad(file, "no `definitions`"))?;
    let mut short = BTreeMap::new();
    for (name, schema) in definitions {
        if short.insert(short_name(name), schema).is_some() {
            return Err(bad(file, format!("two definitions share the short name of `{name}`")));
        }
    }
    Ok(short)
}

/// The last three parts of a definition's name, or of a reference to it: `core.v1.Container`.
pub fn short_name(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut parts: Vec<&str> = name.rsplitn(4, '.').take(3).collect();
    parts.reverse();
    parts.join(".")
}

/// All record types in a shape.
fn references(shape: &Shape<String>) -> Vec<String> {
    match shape {
        Shape::Scalar(_) => Vec::new(),
        Shape::Named(name) => vec![name.clone()],
        Shape::List(inner) | Shape::Map(inner) => references(inner),
        Shape::OneOf(shapes) => shapes.iter().flat_map(references).collect(),
    }
}

/// One definition as a record.
pub fn read_type(name: &str, schema: &Value) -> TypeDef<String> {
    let required: BTreeSet<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let no_fields = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&no_fields);
    let mut fields: Vec<_> =
        properties.iter().map(|(field, schema)| read_field(field, schema, required.contains(field.as_str()))).collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    TypeDef { name: name.to_owned(), atomic: is_atomic(schema), fields }
}

fn read_field(name: &str, schema: &Value, required: bool) -> FieldDef<String> {
    let shape = read_shape(schema);
    let list = if matches!(shape, Shape::List(_)) { list_merge(schema) } else { ListMerge::Atomic };
    let merge_key = text(schema, "x-kubernetes-patch-merge-key").map(str::to_owned);
    let atomic = is_atomic(schema);
    FieldDef { name: name.to_owned(), shape, required, atomic, list, merge_key, enums: Vec::new(), default: None }
}

fn is_atomic(schema: &Value) -> bool {
    text(schema, "x-kubernetes-map-type") == Some("atomic")
}

/// What a schema describes. Version 3 wraps a reference with a default in `allOf`.
pub fn read_shape(schema: &Value) -> Shape<String> {
    let wrapped = schema.pointer("/allOf/0/$ref").and_then(Value::as_str);
    if let Some(reference) = text(schema, "$ref").or(wrapped) {
        let name = short_name(reference);
        return fixups::shape_of(&name).unwrap_or(Shape::Named(name));
    }
    let scalar = match (text(schema, "type"), text(schema, "format")) {
        (Some("array"), _) => {
            let item = schema.get("items").map_or(Shape::Scalar(Scalar::Any), read_shape);
            return Shape::List(Box::new(item));
        }
        (Some("object"), _) => match schema.get("additionalProperties") {
            Some(value) => return Shape::Map(Box::new(read_shape(value))),
            None => Scalar::Object,
        },
        (Some("string"), Some("byte")) => Scalar::Bytes,
        (Some("string"), Some("date-time")) => Scalar::DateTime,
        (Some("string"), Some("int-or-string")) => Scalar::IntOrString,
        (Some("string"), _) => Scalar::String,
        (Some("boolean"), _) => Scalar::Boolean,
        (Some("integer"), Some("int32")) => Scalar::Int32,
        (Some("integer"), Some("int64")) => Scalar::Int64,
        (Some("integer"), _) => Scalar::Integer,
        (Some("number"), _) => Scalar::Number,
        _ => Scalar::Any,
    };
    Shape::Scalar(scalar)
}

/// How lists for the field merge. Older documents give only the keys of a strategic merge patch, which
/// the later ones turned into list types with the same keys.
pub fn list_merge(schema: &Value) -> ListMerge<String> {
    let merges =
        text(schema, "x-kubernetes-patch-strategy").is_some_and(|words| words.split(',').any(|w| w == "merge"));
    match (text(schema, "x-kubernetes-list-type"), text(schema, "x-kubernetes-patch-merge-key")) {
        (Some("set"), _) => ListMerge::Set,
        (Some("map"), _) => {
            let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array).into_iter().flatten();
            ListMerge::Keyed(keys.filter_map(Value::as_str).map(str::to_owned).collect())
        }
        (Some(_), _) => ListMerge::Atomic,
        (None, Some(key)) if merges => ListMerge::Keyed(vec![key.to_owned()]),
        (None, None) if merges => ListMerge::Set,
        (None, _) => ListMerge::Atomic,
    }
}

fn text<'a>(schema: &'a Value, key: &str) -> Option<&'a str> {
    schema.get(key)?.as_str()
}
