//! The structure of an object against its type: fields, types, allowed values, keys of lists.

use rustc_hash::FxHashMap;

use super::cursor::Cursor;
use super::report::Report;
use super::scalars;
use crate::diag::{Code, Severity, closest, did_you_mean};
use crate::node::{Node, NodeKind};
use crate::schema::belongs;
use crate::schema::catalogue::{FieldDef, Kind, Shape, TypeDef, Version};
use crate::schema::crd::Limits;
use crate::schema::facts::Scalar;
use crate::schema::merge::ListMerge;
use crate::schema::required;
use crate::schema::rules::{self, Rules};
use crate::types::findings::Look;

/// Checks an object of this kind.
pub fn check(root: &Cursor<'_>, kind: &Kind, version: Version<'_>, report: &mut Report) {
    if let Some(def) = version.type_def(&kind.type_name) {
        let object_name = root.at(&["metadata", "name"]).and_then(|name| name.str());
        let mut walk = Walk { version, kind, report, in_status: false, object_name, broken: root.contains_failed() };
        walk.record(root, def);
        walk.missing_spec(root, def);
    }
}

/// Lists whose keys the server insists on. The others have keys only for merging; an item that is
/// there twice is stored, and the later one usually wins.
const UNIQUE_BY_KEY: &[(&str, &str)] = &[
    ("core.v1.PodSpec", "containers"),
    ("core.v1.PodSpec", "initContainers"),
    ("core.v1.PodSpec", "ephemeralContainers"),
    ("core.v1.PodSpec", "volumes"),
    ("core.v1.PodSpec", "topologySpreadConstraints"),
    ("core.v1.PodSpec", "resourceClaims"),
    ("core.v1.PodSpec", "schedulingGates"),
    ("core.v1.Container", "volumeMounts"),
    ("core.v1.Container", "volumeDevices"),
    ("core.v1.EphemeralContainer", "volumeMounts"),
    ("core.v1.EphemeralContainer", "volumeDevices"),
    ("core.v1.ServiceSpec", "ports"),
    ("apiextensions.v1.CustomResourceDefinitionSpec", "versions"),
    ("admissionregistration.v1.ValidatingWebhookConfiguration", "webhooks"),
    ("admissionregistration.v1.MutatingWebhookConfiguration", "webhooks"),
    ("storage.v1.CSINodeSpec", "drivers"),
];

/// Kinds that are nothing without a `spec`, although the documents require none.
const NEEDS_SPEC: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "ReplicationController",
    "Service",
    "StatefulSet",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

struct Walk<'a, 'c> {
    version: Version<'c>,
    kind: &'a Kind,
    report: &'a mut Report,
    /// Inside `status`, which the server writes: what is there must fit, but nothing has to be.
    in_status: bool,
    /// The name of the whole object.
    object_name: Option<&'a str>,
    /// Whether any value of it could not be had.
    broken: bool,
}

/// The field that a value is for, and the type that has the field.
#[derive(Clone, Copy)]
struct Place<'a> {
    def: &'a TypeDef,
    field: &'a FieldDef,
    /// What a custom resource demands of the value beyond its shape, then of what is in it, level by level.
    limits: &'a [Limits],
}

impl<'a> Place<'a> {
    fn new(def: &'a TypeDef, field: &'a FieldDef) -> Place<'a> {
        Place { def, field, limits: &[] }
    }

    /// The place of what is in the value.
    fn inside(self) -> Place<'a> {
        Place { limits: self.limits.get(1..).unwrap_or_default(), ..self }
    }
}

impl<'c> Walk<'_, 'c> {
    fn record(&mut self, at: &Cursor<'_>, def: &'c TypeDef) {
        self.missing_fields(at, def);
        let custom = self.version.custom_type(def);
        for (name, value) in at.entries() {
            match def.field(name) {
                Some(field) => {
                    let limits = custom.map_or(&[][..], |custom| custom.limits_of(name));
                    self.field(at, &value, Place { def, field, limits });
                }
                // What could not be had was reported, under the name that it has there.
                None if value.failed() || custom.is_some_and(|custom| custom.open) => {}
                None => self.unknown_field(name, &value, def),
            }
        }
        // After the structure, so that of two findings about one value the one that names its type is kept.
        if !self.in_status {
            rules::check_record(at, &mut self.rules(def));
            if let Some(custom) = custom {
                self.limits(at, &custom.limits, &self.kind.kind, &self.version.words(def));
            }
        }
    }

    /// What a custom resource demands of a value beyond its shape.
    fn limits(&mut self, at: &Cursor<'_>, limits: &Limits, name: &str, origin: &str) {
        for breach in limits.breaches(at.node()) {
            let message = format!("`{name}` {} ({origin})", breach.what);
            self.report.at(at, breach.code, message).hint = Some(breach.hint);
        }
    }

    /// What the server misses is what would stand in the `spec`.
    fn missing_spec(&mut self, root: &Cursor<'_>, def: &TypeDef) {
        let own = !def.is_custom();
        let needed = own && NEEDS_SPEC.contains(&self.kind.kind.as_str());
        if let (true, false, Some(field)) = (needed, root.has("spec"), def.field("spec")) {
            let message = format!("the object has no `spec` ({})", self.origin(Place::new(def, field)));
            self.report.missing(root, "spec", message);
        }
    }

    fn field(&mut self, at: &Cursor<'_>, value: &Cursor<'_>, place: Place<'c>) {
        let in_status = self.in_status || (place.field.name == "status" && at.is_root());
        let outside = std::mem::replace(&mut self.in_status, in_status);
        let before = self.report.soften(rules::is_unchecked(place.def, place.field, self.version.minor()));
        self.value(value, &place.field.shape, place);
        self.report.restore(before);
        self.in_status = outside;
    }

    fn rules<'r>(&'r mut self, def: &'r TypeDef) -> Rules<'r> {
        let minor = self.version.minor();
        Rules { minor, kind: self.kind, def, object_name: self.object_name, broken: self.broken, report: self.report }
    }

    fn missing_fields(&mut self, at: &Cursor<'_>, def: &TypeDef) {
        if self.in_status {
            return;
        }
        let missing = |field: &&FieldDef| field.required && !at.has(&field.name) && required::of_users(def, field);
        for field in def.fields.iter().filter(missing) {
            let origin = self.origin(Place::new(def, field));
            let message = format!(
                "the required field `{}` is missing ({origin}: {})",
                field.name,
                self.shape_words(&field.shape)
            );
            self.report.missing(at, &field.name, message);
        }
    }

    fn unknown_field(&mut self, name: &str, value: &Cursor<'_>, def: &TypeDef) {
        let minor = self.version.minor();
        let history = self.version.catalogue().field_history(&def.name, name);
        if history.known {
            let when = history.describe().unwrap_or_default();
            let message = format!("k8s {minor} {} has no field `{name}` ({when})", def.origin());
            self.report.unreadable_key(value, Code::NotInThisVersion, message).hint =
                Some(format!("leave `{name}` out, or target a version that has it"));
            return;
        }
        let message = format!("{} has no field `{name}`", self.version.words(def));
        let keys = value.keys();
        let (_, way) = keys.split_last().expect("the field's own name is its last key");
        let hint = belongs::hint(self.version, &self.kind.type_name, way, name, look_of(value.node()))
            .or_else(|| did_you_mean(name, def.fields.iter().map(|field| field.name.as_str())))
            .unwrap_or_else(|| "remove it".to_owned());
        self.report.unreadable_key(value, Code::UnknownObjectField, message).hint = Some(hint);
    }

    fn value(&mut self, at: &Cursor<'_>, shape: &'c Shape, place: Place<'c>) {
        if let (Some(limits), false) = (place.limits.first(), self.in_status) {
            self.limits(at, limits, at.field_name(), &self.origin(place));
        }
        match (shape, &at.node().kind) {
            (_, NodeKind::Failed | NodeKind::Null) => {}
            (Shape::Scalar(scalar), _) => self.scalar(at, *scalar, place),
            (Shape::Named(name), NodeKind::Map(_)) => {
                if let Some(def) = self.version.type_def(name) {
                    self.record(at, def);
                }
            }
            (Shape::Map(inner), NodeKind::Map(_)) => {
                for (_, value) in at.entries() {
                    self.value(&value, inner, place.inside());
                }
            }
            (Shape::List(inner), NodeKind::List(_)) => self.list(at, inner, place),
            (Shape::OneOf(shapes), _) => match shapes.iter().find(|shape| holds(shape, &at.node().kind)) {
                Some(shape) => self.value(at, shape, Place { limits: &[], ..place }),
                None => self.wrong_type(at, shape, place),
            },
            _ => self.wrong_type(at, shape, place),
        }
    }

    fn list(&mut self, at: &Cursor<'_>, inner: &'c Shape, place: Place<'c>) {
        let items = at.items();
        for item in &items {
            // A `null` item is an empty one to the server, so that it lacks what an empty one lacks.
            match &item.node().kind {
                NodeKind::Null
                    if inner.named().is_some() && !place.limits.get(1).is_some_and(|limits| limits.nullable) =>
                {
                    self.value(&item.emptied(), inner, place.inside());
                }
                _ => self.value(item, inner, place.inside()),
            }
        }
        if !self.in_status {
            self.duplicates(&items, place);
        }
    }

    fn scalar(&mut self, at: &Cursor<'_>, scalar: Scalar, place: Place<'_>) {
        match scalars::check(scalar, &at.node().kind) {
            scalars::Verdict::Fits => self.allowed_value(at, place),
            scalars::Verdict::WrongType => self.wrong_type(at, &Shape::Scalar(scalar), place),
            scalars::Verdict::BadFormat { what, hint } => {
                let message = format!("`{}` {what} ({})", at.field_name(), self.origin(place));
                self.report.unreadable(at, Code::BadFormat, message).hint = Some(hint.to_owned());
            }
        }
    }

    /// An empty string is a field left empty; whether that will do is not a question of the list, but in custom resources.
    fn allowed_value(&mut self, at: &Cursor<'_>, place: Place<'_>) {
        let Place { def, field, .. } = place;
        let custom = def.is_custom();
        let Some(text) = at.str().filter(|text| !text.is_empty() || custom) else { return };
        if field.enums.is_empty() || field.enums.iter().any(|value| value == text) {
            return;
        }
        let allowed: Vec<String> = field.enums.iter().map(|value| format!("`{value}`")).collect();
        let message = format!(
            "{text:?} is not an allowed value of `{}` ({}): {}",
            field.name,
            self.origin(place),
            allowed.join(", ")
        );
        let near = closest(text, field.enums.iter().map(|value| value.as_str()));
        self.report.at(at, Code::NotInEnum, message).hint = Some(match near {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("write one of {}", allowed.join(", ")),
        });
    }

    fn wrong_type(&mut self, at: &Cursor<'_>, shape: &Shape, place: Place<'_>) {
        let wanted = self.shape_words(shape);
        let found = at.node().describe();
        let message = format!("`{}` takes {wanted}, but this is {found} ({})", at.field_name(), self.origin(place));
        let hint = scalars::conversion_hint(shape, at.node());
        self.report.unreadable(at, Code::WrongFieldType, message).hint =
            Some(hint.unwrap_or(format!("write {wanted}")));
    }

    /// Items of a keyed list or a set that are the same one.
    fn duplicates(&mut self, items: &[Cursor<'_>], place: Place<'_>) {
        let keys = match self.version.list_keys(place.field) {
            ListMerge::Atomic => return,
            ListMerge::Set => Vec::new(),
            ListMerge::Keyed(keys) => keys,
        };
        let custom = place.def.is_custom();
        let insisted = custom || UNIQUE_BY_KEY.contains(&(place.def.name.as_str(), place.field.name.as_str()));
        let mut seen: FxHashMap<String, &Cursor<'_>> = FxHashMap::default();
        for item in items {
            let Some(identity) = identity(item, &keys) else { continue };
            let Some(first) = seen.get(&identity) else {
                seen.insert(identity, item);
                continue;
            };
            let message = format!("`{}` has two items with {identity}", place.field.name);
            let (first_span, first_path) = (first.span(), first.path());
            let finding = self.report.at(item, Code::DuplicateListKey, message);
            finding.hint =
                Some(format!("`{first_path}` is the same item; keep one of them, or give them different keys"));
            *finding = finding.clone().also(first_span, "the first one");
            if !insisted {
                finding.severity = Severity::Warning;
            }
        }
    }

    /// `k8s 1.31 core/v1 Container.name`
    fn origin(&self, Place { def, field, .. }: Place<'_>) -> String {
        format!("{}.{}", self.version.words(def), field.name)
    }

    /// What a shape is, in words: `a list of core/v1 Container`.
    fn shape_words(&self, shape: &Shape) -> String {
        match shape {
            Shape::Scalar(scalar) => scalars::words(*scalar).to_owned(),
            Shape::Named(name) => match self.version.type_def(name) {
                Some(def) => format!("a set ({})", def.origin()),
                None => "a set".to_owned(),
            },
            Shape::List(inner) => format!("a list of {}", plural_words(inner)),
            Shape::Map(inner) => format!("a set of {}", plural_words(inner)),
            Shape::OneOf(shapes) => {
                let words: Vec<String> = shapes.iter().map(|shape| self.shape_words(shape)).collect();
                words.join(" or ")
            }
        }
    }
}

fn look_of(node: &Node) -> Look {
    match node.kind {
        NodeKind::Failed => Look::Unknown,
        NodeKind::Null => Look::Null,
        NodeKind::Bool(_) => Look::Bool,
        NodeKind::Int(_) => Look::Int,
        NodeKind::Float(_) => Look::Float,
        NodeKind::Str(_) => Look::Str,
        NodeKind::List(_) => Look::List,
        NodeKind::Map(_) => Look::Set,
        NodeKind::Secret(_) => Look::Secret,
    }
}

/// What the items of a list are, in words: `strings`.
fn plural_words(shape: &Shape) -> String {
    match shape {
        Shape::Scalar(scalar) => scalars::plural(*scalar).to_owned(),
        Shape::Named(name) => name.rsplit('.').next().unwrap_or(name).to_owned(),
        Shape::List(inner) => format!("lists of {}", plural_words(inner)),
        Shape::Map(inner) => format!("sets of {}", plural_words(inner)),
        Shape::OneOf(_) => "values".to_owned(),
    }
}

/// Whether a value is of the kind that a shape holds, looking no further than its outermost layer.
fn holds(shape: &Shape, kind: &NodeKind) -> bool {
    match shape {
        Shape::Scalar(scalar) => !matches!(scalars::check(*scalar, kind), scalars::Verdict::WrongType),
        Shape::Named(_) | Shape::Map(_) => matches!(kind, NodeKind::Map(_)),
        Shape::List(_) => matches!(kind, NodeKind::List(_)),
        Shape::OneOf(shapes) => shapes.iter().any(|shape| holds(shape, kind)),
    }
}

/// What makes an item the one it is: its values at the keys, or the item itself in a set. `None` when that can't be told.
fn identity(item: &Cursor<'_>, keys: &[(ecow::EcoString, Option<ecow::EcoString>)]) -> Option<String> {
    if keys.is_empty() {
        return item.str().map(|text| format!("the value {text:?}"));
    }
    item.map()?;
    let mut words = Vec::new();
    for (key, default) in keys {
        let value = match item.get(key) {
            Some(value) => match &value.node().kind {
                NodeKind::Str(text) => format!("{text:?}"),
                NodeKind::Int(number) => number.to_string(),
                NodeKind::Bool(flag) => flag.to_string(),
                _ => return None,
            },
            None => default.as_deref()?.to_owned(),
        };
        words.push(format!("`{key}` {value}"));
    }
    Some(words.join(" and "))
}
