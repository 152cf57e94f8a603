//! The custom resources that manifests bring along: objects of the kind CustomResourceDefinition.

use serde_json::Value;

use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::schema::crd::{self, CustomResource};

/// The custom kinds that these objects define, and what is wrong with definitions that cannot be used.
pub fn definitions(objects: &[Object]) -> (Vec<CustomResource>, Vec<Diagnostic>) {
    let (mut resources, mut findings) = (Vec::new(), Vec::new());
    for object in objects {
        if object.kind() != "CustomResourceDefinition" || !object.api_version().starts_with("apiextensions.k8s.io/") {
            continue;
        }
        match crd::definition(&to_json(&object.node)) {
            Ok(resource) => resources.push(resource),
            Err((message, hint)) => {
                let finding = Diagnostic::new(Code::BadDefinition, object.entry, message);
                findings.push(finding.hint(hint).object(object.to_string()));
            }
        }
    }
    (resources, findings)
}

fn to_json(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null | NodeKind::Secret(_) | NodeKind::Failed => Value::Null,
        NodeKind::Bool(flag) => Value::Bool(*flag),
        NodeKind::Int(number) => Value::from(*number),
        NodeKind::Float(number) => Value::from(*number),
        NodeKind::Str(text) => Value::from(text.as_str()),
        NodeKind::List(items) => items.iter().map(to_json).collect(),
        NodeKind::Map(map) => {
            let fields = map.fields.iter();
            fields.map(|field| (field.key.to_string(), to_json(&field.value))).collect::<serde_json::Map<_, _>>().into()
        }
    }
}
