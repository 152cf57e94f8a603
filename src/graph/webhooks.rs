//! Webhooks: pods that the API server calls, which a general deny cuts off without anybody noticing until nothing can be
//! applied any more.

use petgraph::graph::EdgeIndex;
use rustc_hash::FxHashMap;

use super::declared::{Declared, Graph, Whom};
use super::picture::ReasonKind;
use crate::layers::Object;
use crate::network::{Addresses, Cluster, Direction, Labels, NamedPort, Ports, Protocol, Reach};
use crate::node::{Node, NodeKind};
use crate::source::Span;

/// A webhook whose pods the objects make.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The object that declares it, as an index into the objects.
    pub object: usize,
    /// The pods that answer, as indices into those of the cluster.
    pub pods: Vec<usize>,
    /// The port on which they do.
    pub ports: Ports,
    /// Where the Service in front of them is named.
    pub span: Span,
}

/// The webhooks that admission, conversion and aggregation call.
pub fn webhooks(objects: &[Object], cluster: &Cluster) -> Vec<Webhook> {
    let mut services: FxHashMap<(&str, &str), &Node> = FxHashMap::default();
    let mut webhooks = Vec::new();
    for object in objects.iter().filter(|object| object.kind() == "Service" && object.api_version() == "v1") {
        services.insert((namespace_of(object), object.name()), &object.node);
    }
    for (at, object) in objects.iter().enumerate() {
        for reference in references(&object.node) {
            let text = |name: &str| reference.get(name).and_then(Node::as_str).unwrap_or_default();
            let Some(service) = services.get(&(text("namespace"), text("name"))) else { continue };
            let pods = selected(cluster, text("namespace"), service);
            let port = number(reference.get("port")).unwrap_or(443);
            let reached = pods.iter().map(|&pods| target_port(service, port, &cluster.pods[pods].ports));
            let ports = Ports::union_of(&reached.collect::<Vec<_>>());
            webhooks.push(Webhook { object: at, pods, ports, span: reference.span });
        }
    }
    webhooks
}

impl Graph {
    /// Adds the calls of webhooks, so that they are seen; gives those that are cut off. What they may do is judged apart:
    /// nobody knows the addresses of an API server.
    pub fn add_webhooks(&mut self, webhooks: &[Webhook], reach: &Reach<'_>) -> Vec<EdgeIndex> {
        let mut cut_off = Vec::new();
        for webhook in webhooks {
            for &at in &webhook.pods {
                let pods = &reach.cluster().pods[at];
                let whom = Whom::Workload { namespace: pods.namespace.clone(), name: pods.name.clone() };
                let (from, to) = (self.party(Whom::ApiServer, webhook.span), self.party(whom, pods.span));
                let (ports, reason) = (webhook.ports.clone(), ReasonKind::Webhook);
                let edge = self.net.add_edge(from, to, Declared { ports, through: None, reason, span: webhook.span });
                cut_off.extend(webhook.is_cut_off(at, reach).then_some(edge));
            }
        }
        cut_off
    }
}

impl Webhook {
    /// Whether pods that answer accept nothing on its port from any address.
    pub fn is_cut_off(&self, pods: usize, reach: &Reach<'_>) -> bool {
        let open = reach.touches(pods, Direction::Ingress, &Addresses::all());
        !self.ports.is_empty() && self.ports.intersection(&open).is_empty()
    }
}

/// The Services that an object has the API server call.
fn references(object: &Node) -> Vec<&Node> {
    let kind = object.get("kind").and_then(Node::as_str).unwrap_or_default();
    match kind {
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            let hooks = object.get("webhooks").and_then(Node::as_list).unwrap_or_default();
            hooks.iter().filter_map(|hook| hook.at(&["clientConfig", "service"])).collect()
        }
        "CustomResourceDefinition" => {
            object.at(&["spec", "conversion", "webhook", "clientConfig", "service"]).into_iter().collect()
        }
        "APIService" => object.at(&["spec", "service"]).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn namespace_of(object: &Object) -> &str {
    match object.namespace() {
        "" => "default",
        namespace => namespace,
    }
}

fn selected(cluster: &Cluster, namespace: &str, service: &Node) -> Vec<usize> {
    let selector = Labels::read(service.at(&["spec", "selector"]));
    // A Service without a selector is fed by somebody else.
    if selector.iter().len() == 0 {
        return Vec::new();
    }
    let pods = cluster.pods.iter().enumerate().filter(|(_, pods)| {
        // Those that are only spoken of answer nobody.
        pods.object.is_some()
            && pods.namespace == namespace
            && selector.iter().all(|(key, value)| pods.labels.get(key) == Some(value))
    });
    pods.map(|(at, _)| at).collect()
}

/// The container's port behind a port of a Service.
fn target_port(service: &Node, port: u16, named: &[NamedPort]) -> Ports {
    let ports = service.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default();
    let Some(found) = ports.iter().find(|one| number(one.get("port")) == Some(port)) else { return Ports::none() };
    match found.get("targetPort") {
        Some(Node { kind: NodeKind::Str(name), .. }) => {
            let meant = named.iter().filter(|port| port.name == *name);
            Ports::union_of(&meant.map(|port| Ports::one(port.protocol, port.port)).collect::<Vec<_>>())
        }
        target => Ports::one(Protocol::Tcp, number(target).unwrap_or(port)),
    }
}

fn number(node: Option<&Node>) -> Option<u16> {
    match node?.kind {
        NodeKind::Int(number) => u16::try_from(number).ok(),
        _ => None,
    }
}
