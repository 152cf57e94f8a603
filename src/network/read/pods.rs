//! The pods that objects make: their labels, the names of their ports, and whether they are on their host's network.

use super::{Reader, given, text};
use crate::network::cluster::{NamedPort, Pods};
use crate::network::{Labels, Protocol};
use crate::node::{Node, NodeKind};

impl Reader {
    /// Takes in the pods of an object, if it makes any.
    pub(super) fn read_pods(&mut self, object: &Node) {
        let kind = text(object, "kind");
        let Some(template) = template(object, kind) else { return };
        let metadata = given(object, "metadata");
        let name = metadata.map(|metadata| text(metadata, "name")).unwrap_or_default();
        let mut labels = Labels::read(template.at(&["metadata", "labels"]));
        if kind == "Job" && !name.is_empty() {
            // Kubernetes gives them to the pods of every job.
            labels.set("batch.kubernetes.io/job-name", name);
            labels.set("job-name", name);
        }
        let spec = given(template, "spec");
        let pods = Pods {
            object: Some(self.object),
            kind: kind.into(),
            name: name.into(),
            namespace: self.namespace_of(object),
            labels,
            ports: spec.map(named_ports).unwrap_or_default(),
            any_port: false,
            host_network: spec.and_then(|spec| spec.get("hostNetwork")).is_some_and(is_true),
            span: object.span,
        };
        self.cluster.pods.push(pods);
    }
}

/// What the pods of an object are made from. A kind that is not known makes pods if it has a template with containers.
fn template<'a>(object: &'a Node, kind: &str) -> Option<&'a Node> {
    let template = match kind {
        "Pod" => object,
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            object.at(&["spec", "template"])?
        }
        "CronJob" => object.at(&["spec", "jobTemplate", "spec", "template"])?,
        _ => object.at(&["spec", "template"]).filter(|template| has_containers(template))?,
    };
    template.as_map().is_some().then_some(template)
}

fn has_containers(template: &Node) -> bool {
    template.at(&["spec", "containers"]).is_some_and(|containers| containers.as_list().is_some())
}

/// The ports with names of everything that runs as long as the pod does: its containers and its sidecars.
fn named_ports(spec: &Node) -> Vec<NamedPort> {
    let items = |key: &str| spec.get(key).and_then(Node::as_list).unwrap_or_default();
    let sidecars = items("initContainers").iter().filter(|container| text(container, "restartPolicy") == "Always");
    let containers = items("containers").iter().chain(sidecars);
    let ports = containers.flat_map(|container| container.get("ports").and_then(Node::as_list).unwrap_or_default());
    ports.filter_map(named_port).collect()
}

fn named_port(node: &Node) -> Option<NamedPort> {
    let name = given(node, "name")?.as_str().filter(|name| !name.is_empty())?;
    let protocol = match given(node, "protocol") {
        Some(protocol) => Protocol::named(protocol.as_str()?)?,
        None => Protocol::Tcp,
    };
    let NodeKind::Int(port) = node.get("containerPort")?.kind else { return None };
    let port = u16::try_from(port).ok().filter(|&port| port > 0)?;
    Some(NamedPort { name: name.into(), protocol, port })
}

fn is_true(node: &Node) -> bool {
    node.kind == NodeKind::Bool(true)
}
