//! Services, Ingresses and NetworkPolicies.

use super::draft::Draft;
use crate::import::parts::{Fields, Parts, as_int, bool_node, each, int_node, list_node, map_node, text_node};
use crate::node::Node;

pub(super) fn service(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    draft.fields.pass(&mut spec, &["type"]);
    let headless = spec.take_if("clusterIP", |ip| ip.as_str() == Some("None")).is_some();
    draft.fields.put("headless", headless.then(|| bool_node(true)));
    draft.fields.pass(&mut spec, &["selector"]);
    if let Some(ports) = spec.0.get("ports").and_then(service_ports) {
        spec.take("ports");
        draft.fields.put("ports", ports);
    }
    let fields = [
        "publishNotReadyAddresses",
        "externalName",
        "externalTrafficPolicy",
        "internalTrafficPolicy",
        "sessionAffinity",
        "loadBalancerClass",
        "loadBalancerSourceRanges",
    ];
    draft.fields.pass(&mut spec, &fields);
    draft.raw_spec(spec);
    Some(())
}

/// Ports that say all that an entry says of them. Others have to be written as they are.
fn service_ports(node: &Node) -> Option<Node> {
    let items = node.as_list().filter(|items| !items.is_empty())?;
    each(items, |mut item| {
        let port = as_int(&item.take("port")?)?;
        let name = item.text("name")?;
        let target = item.take("targetPort")?;
        let (usual_target, protocol) = (as_int(&target) == Some(port), item.text("protocol"));
        if item.is_empty() && protocol.is_none() {
            return (usual_target && name == format!("port-{port}")).then(|| int_node(port));
        }
        let protocol = protocol?;
        let mut fields = Fields::default();
        fields.put_text("name", Some(name));
        fields.put("port", int_node(port));
        fields.put("targetPort", (!usual_target).then_some(target));
        fields.put_text("protocol", (protocol != "TCP").then_some(protocol));
        fields.pass(&mut item, &["nodePort", "appProtocol"]);
        item.is_empty().then(|| map_node(fields.0))
    })
}

pub(super) fn network_policy(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let selector = spec.take("podSelector")?;
    let all = selector.as_map().is_some_and(|map| map.fields.is_empty());
    draft.fields.put("podSelector", (!all).then_some(selector));
    draft.fields.put("policyTypes", list_node(spec.list("policyTypes")?));
    for direction in ["ingress", "egress"] {
        draft.fields.put(direction, spec.take(direction));
    }
    draft.raw_spec(spec);
    Some(())
}

/// A Service and the port that requests go to.
type Backend = (Node, Node);

pub(super) fn ingress(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    draft.fields.pass_as(&mut spec, "ingressClassName", "className");
    let rules = spec.list("rules").map(|rules| rules.into_iter().map(rule).collect::<Option<Vec<_>>>());
    let mut all: Vec<Node> = Vec::new();
    if let Some(rules) = rules {
        let rules = rules?;
        for host in rules.iter().filter_map(|(host, _)| host.as_ref()) {
            if !all.contains(host) {
                all.push(host.clone());
            }
        }
        say_hosts(draft, rules);
    }
    if let Some(default) = spec.take("defaultBackend") {
        let (service, port) = backend(Parts::of(default)?)?;
        let mut fields = Fields::default();
        fields.put("service", service);
        fields.put("port", port);
        draft.fields.put("defaultBackend", map_node(fields.0));
    }
    if let Some(tls) = spec.0.get("tls").and_then(|tls| certificates(tls, &all, &draft.name)) {
        spec.take("tls");
        draft.fields.put("tls", tls);
    }
    draft.raw_spec(spec);
    Some(())
}

struct Path {
    path: Option<Node>,
    kind: Option<Node>,
    to: Backend,
}

/// A host and its paths.
fn rule(node: Node) -> Option<(Option<Node>, Vec<Path>)> {
    let mut rule = Parts::of(node)?;
    let host = rule.text("host").map(text_node);
    let mut http = rule.map("http")?;
    let paths = http.list("paths")?.into_iter().map(path).collect::<Option<Vec<_>>>()?;
    (rule.is_empty() && http.is_empty()).then_some((host, paths))
}

fn path(node: Node) -> Option<Path> {
    let mut path = Parts::of(node)?;
    let to = backend(path.map("backend")?)?;
    let kind = path.text("pathType")?;
    let place = path.text("path")?;
    let unless = |text: ecow::EcoString, usual: &str| (text != usual).then(|| text_node(text));
    path.is_empty().then(|| Path { path: unless(place, "/"), kind: unless(kind, "Prefix"), to })
}

fn backend(mut backend: Parts) -> Option<Backend> {
    let mut service = backend.map("service")?;
    let name = service.text("name")?;
    let mut port = service.map("port")?;
    let said = port.take("number").or_else(|| port.take("name"))?;
    (backend.is_empty() && service.is_empty() && port.is_empty()).then(|| (text_node(name), said))
}

/// Where all requests go to one port of one Service, that is said once.
fn say_hosts(draft: &mut Draft<'_>, rules: Vec<(Option<Node>, Vec<Path>)>) {
    let first = rules.first().and_then(|(_, paths)| paths.first()).map(|path| path.to.clone());
    let together = first.filter(|first| rules.iter().all(|(_, paths)| paths.iter().all(|path| path.to == *first)));
    let hosts = rules.into_iter().map(|(host, paths)| {
        let plain = paths.len() == 1 && paths[0].path.is_none() && paths[0].kind.is_none() && together.is_some();
        if plain && let Some(host) = host {
            return host;
        }
        let mut fields = Fields::default();
        fields.put("host", host);
        let paths = paths.into_iter().map(|path| {
            let mut fields = Fields::default();
            fields.put("path", path.path);
            fields.put("pathType", path.kind);
            if together.is_none() {
                fields.put("service", path.to.0);
                fields.put("port", path.to.1);
            }
            map_node(fields.0)
        });
        fields.put("paths", list_node(paths.collect()));
        map_node(fields.0)
    });
    draft.fields.put("hosts", list_node(hosts.collect()));
    if let Some((service, port)) = together {
        draft.fields.put("service", service);
        draft.fields.put("port", port);
    }
}

/// Certificates: of all hosts by the name of the Secret, or of some.
fn certificates(tls: &Node, all: &[Node], name: &str) -> Option<Node> {
    let items = tls.as_list().filter(|items| !items.is_empty())?;
    if let [only] = items
        && only.get("hosts").and_then(Node::as_list).unwrap_or_default() == all
    {
        let mut only = Parts::of(only.clone())?;
        only.take("hosts");
        let secret = only.text("secretName")?;
        let usual = secret == format!("{name}-tls");
        return only.is_empty().then(|| if usual { bool_node(true) } else { text_node(secret) });
    }
    each(items, |mut item| {
        let mut fields = Fields::default();
        fields.put_text("secretName", Some(item.text("secretName")?));
        fields.put("hosts", list_node(item.list("hosts")?));
        item.is_empty().then(|| map_node(fields.0))
    })
}
