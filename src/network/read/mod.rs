//! From objects to a [`Cluster`]: pods, namespaces and policies, whatever else is there.
//!
//! Objects come from anywhere, so nothing is taken for granted. What is not as Kubernetes wants it matches nothing and is kept
//! as a [`Fault`]; `null` is the same as nothing written, as it is for the API server.

mod cilium;
mod kubernetes;
mod pods;

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::cluster::{Cluster, Direction, Fault, NAME_LABEL, Opaque, PodsWanted, Policy, PolicyKind, Unjudged};
use super::labels::Labels;
use crate::node::{Node, NodeKind};

/// The field of a map, if something is written there.
pub(super) fn given<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|value| value.kind != NodeKind::Null)
}

impl Cluster {
    /// Takes namespaces, pods and policies out of objects, also those in a `List`.
    pub fn read(objects: &[&Node]) -> Cluster {
        let mut reader = Reader::default();
        for (at, object) in objects.iter().enumerate() {
            reader.object = at;
            reader.read(object);
        }
        reader.cluster
    }
}

/// A cluster in the making, and where its reader is.
#[derive(Default)]
struct Reader {
    cluster: Cluster,
    /// All pods that are meant by somebody, once each.
    wanted: FxHashSet<Arc<PodsWanted>>,
    /// The object that is read.
    object: usize,
    /// The policy that is read; it is added when all of it is there.
    policy: Option<usize>,
    direction: Option<Direction>,
    rule: Option<usize>,
    /// What is not understood of the policy.
    opaque: Vec<Opaque>,
}

impl Reader {
    fn read(&mut self, object: &Node) {
        // Lists may hold lists; a worklist does not care how deep.
        let mut open = vec![object];
        while let Some(object) = open.pop() {
            match items(object) {
                Some(items) => open.extend(items.iter().rev()),
                None => self.read_one(object),
            }
        }
    }

    fn read_one(&mut self, object: &Node) {
        match (group(object), text(object, "kind")) {
            ("", "Namespace") => self.read_namespace(object),
            ("networking.k8s.io", "NetworkPolicy") => self.read_policy(|reader| reader.kubernetes_policy(object)),
            ("cilium.io", "CiliumNetworkPolicy") => self.read_cilium(object, PolicyKind::Cilium),
            ("cilium.io", "CiliumClusterwideNetworkPolicy") => self.read_cilium(object, PolicyKind::CiliumClusterwide),
            (_, kind) if is_policy(kind) => {
                self.cluster.unjudged.push(Unjudged { object: self.object, span: object.span });
            }
            _ => self.read_pods(object),
        }
    }

    /// Takes in a policy, as `read` makes it.
    fn read_policy(&mut self, read: impl FnOnce(&mut Reader) -> Policy) {
        self.policy = Some(self.cluster.policies.len());
        let policy = read(self);
        self.cluster.policies.push(policy);
        self.policy = None;
    }

    fn read_namespace(&mut self, object: &Node) {
        let Some(metadata) = given(object, "metadata") else { return };
        let at = self.cluster.namespace_at(text(metadata, "name"));
        let namespace = &mut self.cluster.namespaces[at];
        namespace.object = Some(self.object);
        namespace.labels = Labels::read(metadata.get("labels"));
        namespace.labels.set(NAME_LABEL, &namespace.name);
    }

    /// The namespace of an object, which is known from now on.
    fn namespace_of(&mut self, object: &Node) -> EcoString {
        self.cluster.namespace(object.at(&["metadata", "namespace"]).and_then(Node::as_str).unwrap_or_default())
    }

    /// The one of all equal wishes.
    fn wanted(&mut self, wanted: PodsWanted) -> Arc<PodsWanted> {
        if let Some(known) = self.wanted.get(&wanted) {
            return known.clone();
        }
        let wanted = Arc::new(wanted);
        self.wanted.insert(wanted.clone());
        wanted
    }

    /// Keeps what has no meaning. A value that failed has been reported already.
    fn fault(&mut self, node: &Node, words: String) {
        if node.kind == NodeKind::Failed {
            return;
        }
        let Reader { object, policy, direction, rule, .. } = *self;
        self.cluster.faults.push(Fault { object, policy, direction, rule, span: node.span, words });
    }

    /// The items of a field that has to be a list; `None` for something else, which is a fault.
    fn list<'a>(&mut self, node: &'a Node, key: &str) -> Option<&'a [Node]> {
        let Some(value) = given(node, key) else { return Some(&[]) };
        let items = value.as_list();
        if items.is_none() {
            self.fault(value, format!("`{key}` is a list, not {}", value.describe()));
        }
        items
    }
}

/// The items of a `List`, or of a list of one kind such as `PodList`.
fn items(object: &Node) -> Option<&[Node]> {
    text(object, "kind").ends_with("List").then(|| object.get("items").and_then(Node::as_list))?
}

/// Whether a kind that is not understood is one of policies for the network: all that there are end alike. Calico's staged
/// ones are only tried.
fn is_policy(kind: &str) -> bool {
    kind.ends_with("NetworkPolicy") && !kind.starts_with("Staged")
}

/// The API group of an object; empty for the core group.
fn group(object: &Node) -> &str {
    text(object, "apiVersion").split_once('/').map_or("", |(group, _)| group)
}

/// A text of a map; empty if there is none.
fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}
