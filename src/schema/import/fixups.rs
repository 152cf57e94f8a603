//! The named holes of the published documents, and what stands there instead. The whole list is here.

use super::super::facts::{Facts, ListMerge, Scalar, Shape};

/// Definitions that are not records. The documents give most of them as a bare `object`, `string` or
/// nothing at all; what the server reads there is known from the API conventions.
pub fn shape_of(name: &str) -> Option<Shape<String>> {
    let schema = || Shape::Named("apiextensions.v1.JSONSchemaProps".to_owned());
    let scalar = |scalar| Some(Shape::Scalar(scalar));
    match name {
        "api.resource.Quantity" => scalar(Scalar::Quantity),
        "util.intstr.IntOrString" => scalar(Scalar::IntOrString),
        "meta.v1.Time" | "meta.v1.MicroTime" => scalar(Scalar::DateTime),
        // A whole object of another kind, or a plug-in's own settings.
        "pkg.runtime.RawExtension" | "meta.v1.FieldsV1" | "meta.v1.Patch" => scalar(Scalar::Object),
        "apiextensions.v1.JSON" => scalar(Scalar::Any),
        // JSON Schema lets these be one of two things; the documents leave them empty.
        "apiextensions.v1.JSONSchemaPropsOrArray" => {
            Some(Shape::OneOf(vec![schema(), Shape::List(Box::new(schema()))]))
        }
        "apiextensions.v1.JSONSchemaPropsOrBool" => Some(Shape::OneOf(vec![schema(), Shape::Scalar(Scalar::Boolean)])),
        "apiextensions.v1.JSONSchemaPropsOrStringArray" => {
            Some(Shape::OneOf(vec![schema(), Shape::List(Box::new(Shape::Scalar(Scalar::String)))]))
        }
        _ => None,
    }
}

/// Lists that merge by key in every minor, in case a document says nothing about them.
const KEYED_LISTS: [(&str, &str, &[&str]); 14] = [
    ("core.v1.PodSpec", "containers", &["name"]),
    ("core.v1.PodSpec", "initContainers", &["name"]),
    ("core.v1.PodSpec", "ephemeralContainers", &["name"]),
    ("core.v1.PodSpec", "volumes", &["name"]),
    ("core.v1.PodSpec", "imagePullSecrets", &["name"]),
    ("core.v1.PodSpec", "hostAliases", &["ip"]),
    ("core.v1.PodSpec", "topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("core.v1.Container", "env", &["name"]),
    ("core.v1.Container", "ports", &["containerPort", "protocol"]),
    ("core.v1.Container", "volumeMounts", &["mountPath"]),
    ("core.v1.Container", "volumeDevices", &["devicePath"]),
    ("core.v1.EphemeralContainer", "env", &["name"]),
    ("core.v1.EphemeralContainer", "volumeMounts", &["mountPath"]),
    ("core.v1.ServiceSpec", "ports", &["port", "protocol"]),
];

/// Mends the facts of one minor.
pub fn apply(facts: &mut Facts) {
    for def in &mut facts.types {
        for field in &mut def.fields {
            let hole = KEYED_LISTS.iter().find(|(name, list, _)| *name == def.name && *list == field.name);
            if let (Some((_, _, keys)), ListMerge::Atomic) = (hole, &field.list) {
                field.list = ListMerge::Keyed(keys.iter().map(|key| (*key).to_owned()).collect());
            }
        }
    }
}
