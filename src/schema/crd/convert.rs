//! Schemas to record types.
//!
//! A schema is a tree without references, so every record in it is used in one place. Each gets a name of its
//! own, which is made of the kind's and of the fields' on the way, and which no kind of the same group and version has.

use ecow::{EcoString, eco_format};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use super::limits::is_true;
use super::{CustomResource, CustomType, Limits, definition_name};
use crate::schema::catalogue::{FieldDef, Kind, Shape, TypeDef};
use crate::schema::facts::{ListMerge, Scalar};
use crate::schema::import::list_merge;

/// Records inside each other, at most; what is deeper may be anything. No reader gets that far.
const MAX_DEPTH: usize = 200;

/// What is kept of the demands of a schema beyond the shape of the value.
pub(super) trait Demands: Default {
    /// The demands of this schema.
    fn of(schema: &Value) -> Self;
    /// Whether there are none.
    fn are_none(&self) -> bool;
}

impl Demands for Limits {
    fn of(schema: &Value) -> Limits {
        Limits::of(schema)
    }

    fn are_none(&self) -> bool {
        self.are_none()
    }
}

/// The kinds of definitions and their types.
#[derive(Debug)]
pub(super) struct Converted<D> {
    /// The kinds in the order of their files; of one kind the version meant first.
    pub kinds: Vec<Kind>,
    /// What is said of the kinds' types, if they are deprecated.
    pub deprecated: FxHashMap<EcoString, EcoString>,
    /// The types by name.
    pub types: FxHashMap<EcoString, CustomType<D>>,
}

/// The types of these kinds.
pub(super) fn all<D: Demands>(resources: &[CustomResource]) -> Converted<D> {
    let mut all = Converted { kinds: Vec::new(), deprecated: FxHashMap::default(), types: FxHashMap::default() };
    let mut seen = FxHashSet::default();
    let resources: Vec<&CustomResource> =
        resources.iter().filter(|resource| seen.insert((&resource.group, &resource.kind))).collect();
    let mut taken: FxHashSet<EcoString> = FxHashSet::default();
    for resource in &resources {
        taken.extend(resource.versions.iter().map(|of| definition_name(&resource.group, &of.name, &resource.kind)));
    }
    for resource in resources {
        for version in &resource.versions {
            let type_name = definition_name(&resource.group, &version.name, &resource.kind);
            let mut converter =
                Converter { group: &resource.group, version: &version.name, taken: &mut taken, types: &mut all.types };
            converter.object(&type_name, &resource.kind, &version.schema);
            if let Some(warning) = &version.deprecated {
                all.deprecated.insert(type_name.clone(), warning.clone());
            }
            all.kinds.push(Kind {
                group: resource.group.clone(),
                version: version.name.clone(),
                kind: resource.kind.clone(),
                plural: resource.plural.clone(),
                type_name,
                namespaced: resource.namespaced,
                preferred: false,
                optional: false,
            });
        }
    }
    all
}

/// What turns the schema of one version into types.
struct Converter<'a, D> {
    group: &'a str,
    version: &'a str,
    /// The names that are given.
    taken: &'a mut FxHashSet<EcoString>,
    types: &'a mut FxHashMap<EcoString, CustomType<D>>,
}

impl<D: Demands> Converter<'_, D> {
    /// A whole object. What every object has is Kubernetes' to define.
    fn object(&mut self, type_name: &EcoString, kind: &str, schema: &Value) {
        let mut record = self.record(type_name, kind, schema, 0);
        let fields = &mut record.def.fields;
        fields.retain(|field| !is_header(&field.name));
        fields.extend(header(false));
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        record.limits = D::of(schema);
        for name in ["apiVersion", "kind", "metadata"] {
            record.field_limits.remove(name);
        }
        self.types.insert(type_name.clone(), record);
    }

    fn record(&mut self, type_name: &EcoString, path: &str, schema: &Value, depth: usize) -> CustomType<D> {
        let no_fields = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&no_fields);
        let required: FxHashSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let whole = depth == 0 || is_true(schema, "x-kubernetes-embedded-resource");
        let mut fields = Vec::with_capacity(properties.len());
        let mut field_limits = FxHashMap::default();
        for (name, schema) in properties {
            let path = path_to_field(path, name);
            let mut limits = Vec::new();
            let shape = match whole && is_header(name) {
                // Kubernetes' to define, and replaced by that.
                true => {
                    limits.push(D::of(schema));
                    Shape::Scalar(Scalar::Any)
                }
                false => self.shape(&path, schema, depth + 1, &mut limits),
            };
            if limits.iter().any(|level| !level.are_none()) {
                field_limits.insert(name.as_str().into(), limits);
            }
            fields.push(field(name, shape, schema, required.contains(name.as_str())));
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        CustomType {
            def: TypeDef { name: type_name.clone(), atomic: is_atomic(schema), fields },
            open: is_true(schema, "x-kubernetes-preserve-unknown-fields"),
            limits: D::default(),
            field_limits,
        }
    }

    /// The shape of a value. What is demanded beyond it, of the value and level by level of what is in it, goes to `limits`.
    fn shape(&mut self, path: &str, schema: &Value, depth: usize, limits: &mut Vec<D>) -> Shape {
        limits.push(D::of(schema));
        let open = is_true(schema, "x-kubernetes-preserve-unknown-fields");
        if is_true(schema, "x-kubernetes-int-or-string") {
            return Shape::OneOf(vec![Shape::Scalar(Scalar::Int64), Shape::Scalar(Scalar::String)]);
        }
        let format = schema.get("format").and_then(Value::as_str);
        let scalar = match (schema.get("type").and_then(Value::as_str), format) {
            _ if depth > MAX_DEPTH => Scalar::Any,
            (Some("array"), _) => {
                return match schema.get("items") {
                    Some(items) => Shape::List(Box::new(self.shape(&path_to_item(path), items, depth + 1, limits))),
                    None => Shape::List(Box::new(Shape::Scalar(Scalar::Any))),
                };
            }
            (Some("object"), _) => return self.set(path, schema, depth, limits),
            (Some("string"), Some("byte")) => Scalar::Bytes,
            (Some("string"), Some("date-time" | "datetime")) => Scalar::DateTime,
            (Some("string"), _) => Scalar::String,
            (Some("boolean"), _) => Scalar::Boolean,
            (Some("integer"), Some("int32")) => Scalar::Int32,
            (Some("integer"), _) => Scalar::Int64,
            (Some("number"), _) => Scalar::Number,
            (None, _) if !open && schema.get("properties").is_some() => return self.set(path, schema, depth, limits),
            _ => Scalar::Any,
        };
        Shape::Scalar(scalar)
    }

    /// A map, a record, or a set with whatever is in it.
    fn set(&mut self, path: &str, schema: &Value, depth: usize, limits: &mut Vec<D>) -> Shape {
        let embedded = is_true(schema, "x-kubernetes-embedded-resource");
        let has_fields = schema.get("properties").and_then(Value::as_object).is_some_and(|fields| !fields.is_empty());
        match schema.get("additionalProperties") {
            Some(Value::Object(value)) if !has_fields && !embedded => {
                let value = Value::Object(value.clone());
                return Shape::Map(Box::new(self.shape(&path_to_value(path), &value, depth + 1, limits)));
            }
            Some(Value::Bool(true)) if !has_fields && !embedded => return Shape::Scalar(Scalar::Object),
            _ => {}
        }
        if is_true(schema, "x-kubernetes-preserve-unknown-fields") && !has_fields && !embedded {
            return Shape::Scalar(Scalar::Object);
        }
        let name = self.name(path);
        let mut record = self.record(&name, path, schema, depth);
        if embedded {
            embed(&mut record);
        }
        self.types.insert(name.clone(), record);
        Shape::Named(name)
    }

    /// A name that nothing else has.
    fn name(&mut self, path: &str) -> EcoString {
        let numbered = |number: u32| match number {
            1 => definition_name(self.group, self.version, path),
            number => definition_name(self.group, self.version, &format!("{path}{number}")),
        };
        let name = (1..).map(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

/// What an object inside an object has as well.
fn embed<D>(record: &mut CustomType<D>) {
    record.def.fields.retain(|field| !is_header(&field.name));
    record.def.fields.extend(header(true));
    record.def.fields.sort_by(|a, b| a.name.cmp(&b.name));
}

fn is_header(field: &str) -> bool {
    matches!(field, "apiVersion" | "kind" | "metadata")
}

/// The fields that every object has; inside another one it has to say what it is.
fn header(required: bool) -> [FieldDef; 3] {
    let text = || Shape::Scalar(Scalar::String);
    let metadata = Shape::Named("meta.v1.ObjectMeta".into());
    [("apiVersion", text(), required), ("kind", text(), required), ("metadata", metadata, false)].map(
        |(name, shape, required)| FieldDef {
            name: name.into(),
            shape,
            required,
            atomic: false,
            list: ListMerge::Atomic,
            merge_key: None,
            enums: Vec::new(),
            default: None,
        },
    )
}

fn field(name: &str, shape: Shape, schema: &Value, required: bool) -> FieldDef {
    let list = match &shape {
        Shape::List(_) => eco_keys(list_merge(schema)),
        _ => ListMerge::Atomic,
    };
    let default = schema.get("default").map(|default| eco_format!("{default}"));
    FieldDef {
        name: name.into(),
        shape,
        // The server fills in defaults before it looks for what is missing.
        required: required && default.is_none(),
        atomic: is_atomic(schema),
        list,
        merge_key: None,
        enums: words(schema),
        default,
    }
}

fn eco_keys(list: ListMerge<String>) -> ListMerge<EcoString> {
    match list {
        ListMerge::Atomic => ListMerge::Atomic,
        ListMerge::Set => ListMerge::Set,
        ListMerge::Keyed(keys) => ListMerge::Keyed(keys.into_iter().map(EcoString::from).collect()),
    }
}

/// The texts that the innermost value may be.
fn words(schema: &Value) -> Vec<EcoString> {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let words: Option<Vec<EcoString>> = values.iter().map(|value| value.as_str().map(EcoString::from)).collect();
        return words.unwrap_or_default();
    }
    let inner = schema.get("items").or_else(|| schema.get("additionalProperties").filter(|inner| inner.is_object()));
    inner.map(words).unwrap_or_default()
}

fn is_atomic(schema: &Value) -> bool {
    schema.get("x-kubernetes-map-type").and_then(Value::as_str) == Some("atomic")
}

/// The way to what is in a field, as a part of a type's name.
pub(super) fn path_to_field(path: &str, field: &str) -> String {
    format!("{path}{}", capitalized(field))
}

/// The same to the items of a list.
pub(super) fn path_to_item(path: &str) -> String {
    format!("{path}Item")
}

/// The same to the values of a map.
pub(super) fn path_to_value(path: &str) -> String {
    format!("{path}Value")
}

/// A field's name as a part of a type's: letters and digits, the first of each word large.
fn capitalized(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut start = true;
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            start = true;
        } else if std::mem::take(&mut start) {
            text.push(letter.to_ascii_uppercase());
        } else {
            text.push(letter);
        }
    }
    text
}
