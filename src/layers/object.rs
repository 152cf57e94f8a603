//! Layer 1: a finished Kubernetes object and where it comes from.

use std::fmt;

use ecow::EcoString;

use crate::node::Node;
use crate::source::Span;

/// A Kubernetes object. Invariant once lowering has made it: the node is a map, and everything
/// absent is absent (no `null` in a map).
#[derive(Clone, Debug)]
pub struct Object {
    /// Its key in `resources`.
    pub key: EcoString,
    /// The whole object.
    pub node: Node,
    /// The user's entry that it was made from, or its own key: where to point when nothing nearer is known.
    pub entry: Span,
}

/// What makes an object the same object: no two of a configuration share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The API group; empty for the core group. The version does not count.
    pub group: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// The namespace; empty when there is none.
    pub namespace: EcoString,
    /// The name.
    pub name: EcoString,
}

impl Object {
    /// `apiVersion`, or nothing.
    pub fn api_version(&self) -> &str {
        self.text(&["apiVersion"])
    }

    /// `kind`, or nothing.
    pub fn kind(&self) -> &str {
        self.text(&["kind"])
    }

    /// `metadata.name`, or nothing.
    pub fn name(&self) -> &str {
        self.text(&["metadata", "name"])
    }

    /// `metadata.namespace`, or nothing.
    pub fn namespace(&self) -> &str {
        self.text(&["metadata", "namespace"])
    }

    /// What makes it the same object as another.
    pub fn identity(&self) -> Identity {
        let group = self.api_version().split_once('/').map_or("", |(group, _)| group);
        Identity {
            group: group.into(),
            kind: self.kind().into(),
            namespace: self.namespace().into(),
            name: self.name().into(),
        }
    }

    fn text(&self, path: &[&str]) -> &str {
        self.node.at(path).and_then(Node::as_str).unwrap_or_default()
    }
}

/// The path of the pod specification in objects of a kind, if they have one.
pub fn pod_spec_path(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Pod" => Some(&["spec"]),
        "PodTemplate" => Some(&["template", "spec"]),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            Some(&["spec", "template", "spec"])
        }
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

/// `Deployment shop/web`
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace() {
            "" => write!(f, "{} {}", self.kind(), self.name()),
            namespace => write!(f, "{} {namespace}/{}", self.kind(), self.name()),
        }
    }
}
