//! Routes of the Gateway API.

use ecow::{EcoString, eco_format};

use super::draft::Draft;
use crate::import::parts::{Fields, Parts, each, list_node, map_node, says_something, text_node};
use crate::node::Node;

pub(super) fn http_route(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    if let Some(gateways) = spec.0.get("parentRefs").and_then(gateways) {
        spec.take("parentRefs");
        draft.fields.put("gateways", gateways);
    }
    draft.fields.pass(&mut spec, &["hostnames"]);
    match spec.0.get("rules").and_then(|rules| each(rules.as_list()?, route)) {
        Some(rules) => {
            spec.take("rules");
            draft.fields.put("rules", rules);
        }
        // One that takes everything would be made.
        None if spec.0.get("rules").is_none() => return None,
        None => {}
    }
    draft.raw_spec(spec);
    Some(())
}

/// Gateways by their names, or as sets where one of their listeners is meant.
fn gateways(node: &Node) -> Option<Node> {
    each(node.as_list().filter(|items| !items.is_empty())?, |mut item| {
        let (name, namespace) = (item.text("name")?, item.text("namespace"));
        let mut fields = Fields::default();
        fields.pass(&mut item, &["sectionName", "port"]);
        match (item.is_empty(), fields.0.fields.is_empty(), namespace) {
            (false, ..) => None,
            (true, true, None) => Some(text_node(name)),
            (true, true, Some(namespace)) => Some(text_node(eco_format!("{namespace}/{name}"))),
            (true, false, namespace) => {
                let mut named = Fields::default();
                named.put_text("name", Some(name));
                named.put_text("namespace", namespace);
                named.0.fields.extend(fields.0.fields);
                Some(map_node(named.0))
            }
        }
    })
}

/// A rule that takes requests of one sort.
fn route(mut rule: Parts) -> Option<Node> {
    let mut fields = Fields::default();
    let [only] = <[Node; 1]>::try_from(rule.list("matches")?).ok()?;
    let mut taken = Parts::of(only)?;
    let mut path = taken.map("path")?;
    let (kind, value) = (path.text("type")?, path.text("value")?);
    fields.put_text("path", (value != "/").then_some(value));
    fields.put_text("pathType", (kind != "PathPrefix").then_some(kind));
    fields.pass(&mut taken, &["method"]);
    if let Some(headers) = taken.list("headers") {
        fields.put("headers", exact(&headers)?);
    }
    let mut backends =
        rule.list("backendRefs").unwrap_or_default().into_iter().map(backend).collect::<Option<Vec<_>>>()?;
    match backends.as_mut_slice() {
        [Backend { service, port, weight: None }] => {
            fields.put_text("service", Some(std::mem::take(service)));
            fields.put("port", port.take());
        }
        [] => {}
        _ => fields.put("backends", list_node(backends.into_iter().map(Backend::said).collect())),
    }
    fields.pass(&mut rule, &["filters"]);
    let mut timeouts = rule.map("timeouts")?;
    fields.put_text("timeout", timeouts.text("request"));
    (rule.is_empty() && taken.is_empty() && path.is_empty() && timeouts.is_empty()).then(|| map_node(fields.0))
}

/// Headers by name, if that is their order and they are compared as they are.
fn exact(headers: &[Node]) -> Option<Node> {
    let mut fields = Fields::default();
    let mut last = EcoString::new();
    for header in headers {
        let mut header = Parts::of(header.clone())?;
        let (name, value) = (header.text("name")?, header.text("value")?);
        if !header.is_empty() || name <= last {
            return None;
        }
        fields.put_text(&name, Some(value));
        last = name;
    }
    Some(map_node(fields.0))
}

/// A Service that requests go to.
struct Backend {
    service: EcoString,
    port: Option<Node>,
    weight: Option<Node>,
}

fn backend(node: Node) -> Option<Backend> {
    let mut parts = Parts::of(node)?;
    let service = parts.text("name")?;
    let backend = Backend { service, port: parts.take("port"), weight: parts.take_if("weight", says_something) };
    parts.is_empty().then_some(backend)
}

impl Backend {
    fn said(self) -> Node {
        let mut fields = Fields::default();
        fields.put_text("service", Some(self.service));
        fields.put("port", self.port);
        fields.put("weight", self.weight);
        map_node(fields.0)
    }
}
