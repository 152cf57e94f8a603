//! What of a manifest is no part of what somebody wanted: what the cluster wrote into it, and what nxk did.

use super::compliance::Compliance;
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Field, Node, NodeKind};
use crate::schema::types::SERVER_METADATA;
use crate::source::Span;

/// What the cluster says of an object; nobody else can.
const STATUS: &str = "status";
/// What `kubectl apply` notes for itself.
const OF_KUBECTL: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Takes out of an object what the cluster and what nxk wrote. What is lost by it is told in one finding.
pub(super) fn clean(object: &mut Object, compliance: &Compliance) -> Option<Diagnostic> {
    let mut taken: Vec<(String, Span)> = Vec::new();
    let mut note = |path: &str, field: &Field| {
        if !is_empty(&field.value) {
            taken.push((format!("`{path}{}`", field.key), field.key_span));
        }
    };
    if let Some(map) = object.node.as_map_mut() {
        let is_status = |field: &mut Field| field.key == STATUS;
        map.fields.extract_if(.., is_status).for_each(|field| note("", &field));
        if let Some(metadata) = map.get_mut("metadata").and_then(Node::as_map_mut) {
            let is_told = |field: &mut Field| SERVER_METADATA.contains(&field.key.as_str());
            metadata.fields.extract_if(.., is_told).for_each(|field| note("metadata.", &field));
            if let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_map_mut) {
                let is_noted = |field: &mut Field| field.key == OF_KUBECTL;
                annotations.fields.extract_if(.., is_noted).for_each(|field| note("metadata.annotations.", &field));
            }
        }
    }
    forget_trace(&mut object.node, compliance.found_prefix());
    let (_, first) = taken.first()?;
    let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
    let message = format!("what the cluster wrote is left out: {}", names.join(", "));
    let finding = Diagnostic::new(Code::LeftOut, *first, message).object(object.to_string());
    Some(finding.hint("nothing has to be done: the cluster will write it again"))
}

/// Takes out the annotations that a compile writes itself.
pub(super) fn forget_trace(node: &mut Node, prefix: &str) {
    let Some(metadata) = node.as_map_mut().and_then(|map| map.get_mut("metadata")).and_then(Node::as_map_mut) else {
        return;
    };
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_map_mut) {
        annotations.fields.retain(|field| !is_trace(&field.key, prefix));
        if annotations.fields.is_empty() {
            metadata.fields.retain(|field| field.key != "annotations");
        }
    }
}

fn is_trace(key: &str, prefix: &str) -> bool {
    let name = key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    matches!(name, Some("build-id" | "source-commit"))
}

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Null => true,
        NodeKind::Map(map) => map.fields.iter().all(|field| is_empty(&field.value)),
        NodeKind::List(items) => items.is_empty(),
        _ => false,
    }
}
