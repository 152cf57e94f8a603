//! Objects of add-ons: what the Prometheus operator watches, and what External Secrets fetches.

use ecow::EcoString;

use super::draft::Draft;
use crate::import::parts::{Fields, Parts, list_node, map_node, text_node};
use crate::node::{Map, Node};
use crate::source::Span;

pub(super) fn service_monitor(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    draft.fields.put("selector", spec.take("selector")?);
    let mut endpoints = spec.list("endpoints")?;
    if let Some(first) = endpoints.first().and_then(Node::as_map).and_then(endpoint) {
        draft.fields.0.fields.extend(first.fields);
        endpoints.remove(0);
    }
    draft.fields.put("endpoints", (!endpoints.is_empty()).then(|| list_node(endpoints)));
    draft.raw_spec(spec);
    Some(())
}

/// The port and path of a Service that are asked, if nothing else is said of them.
fn endpoint(map: &Map) -> Option<Map> {
    let mut parts = Parts(map.clone());
    let mut fields = Fields::default();
    let (port, path) = (parts.text("port")?, parts.text("path")?);
    fields.put_text("port", Some(port));
    fields.put_text("path", (path != "/metrics").then_some(path));
    fields.pass(&mut parts, &["interval", "scheme"]);
    parts.is_empty().then_some(fields.0)
}

pub(super) fn external_secret(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let mut store = spec.map("secretStoreRef")?;
    let (name, kind) = (store.text("name")?, store.text("kind")?);
    let mut said = Fields::default();
    said.put_text("name", Some(name));
    said.put_text("kind", (kind != "ClusterSecretStore").then_some(kind));
    draft.fields.put_map("store", said.0);
    let interval = spec.text("refreshInterval")?;
    draft.fields.put_text("refreshInterval", (interval != "1h").then_some(interval));
    let mut target = spec.map("target")?;
    let secret = target.text("name")?;
    draft.fields.put_text("secretName", (secret != draft.name).then_some(secret));
    if let Some(data) = spec.0.get("data").and_then(remote) {
        spec.take("data");
        draft.fields.put("data", data);
    }
    draft.fields.pass(&mut spec, &["dataFrom"]);
    draft.fields.pass(&mut target, &["template", "creationPolicy", "deletionPolicy"]);
    if let Some(target) = target.rest() {
        spec.0.set("target", Span::NONE, target);
    }
    draft.raw_spec(spec);
    store.is_empty().then_some(())
}

/// What each key of a Secret is in the store, if the keys are in the order of a set.
fn remote(node: &Node) -> Option<Node> {
    let mut fields = Fields::default();
    let mut last = EcoString::new();
    for item in node.as_list().filter(|items| !items.is_empty())? {
        let mut item = Parts::of(item.clone())?;
        let (key, mut reference) = (item.text("secretKey")?, item.map("remoteRef")?);
        if !item.is_empty() || key <= last {
            return None;
        }
        let alone = reference.0.fields.len() == 1;
        let whole = if alone { reference.text("key").map(text_node) } else { None };
        fields.put(&key, whole.unwrap_or_else(|| map_node(reference.0)));
        last = key;
    }
    Some(map_node(fields.0))
}
