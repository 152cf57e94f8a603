//! What is to be said to a GitOps tool on the objects that it deploys: their waves.
//!
//! Argo CD applies objects wave by wave, and begins one when everything in the former is healthy. That gives the
//! declared graph its start-up order, as long as no wave waits for what only a later one can make healthy:
//!
//! - what others cannot be without comes first: namespaces and definitions, then policies, then all that nobody waits for;
//! - an application comes after those that it depends on, from wave 0 on, together with all that is its own: its claim
//!   is only bound when its pod is there;
//! - what speaks of a workload without being its own (a claim, an autoscaler) comes with it;
//! - what is healthy only when somebody answers behind it (an Ingress, a webhook) comes last.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::declared::{Graph, Whom};
use crate::layers::{Object, pod_spec_path};
use crate::node::Node;
use crate::policy::map_at;

/// The annotation that says the wave to Argo CD.
pub const WAVE: &str = "argocd.argoproj.io/sync-wave";

/// Says its wave on each of the `objects`, but for those under the keys `apart`. One that the user wrote stays.
pub fn put_waves(objects: &mut [Object], graph: &Graph, apart: &FxHashSet<EcoString>) {
    let waves = Waves::new(objects, graph);
    for object in objects.iter_mut().filter(|object| !apart.contains(&object.key)) {
        let (wave, span) = (waves.of(object), object.entry);
        let Some(annotations) = map_at(&mut object.node, &["metadata", "annotations"], span) else { continue };
        if annotations.get(WAVE).is_none() {
            annotations.set(WAVE, span, Node::string(wave.to_string(), span));
        }
    }
}

/// What all else lives in, is made of, or is ranked by.
const GROUND: i64 = -3;
/// What says what the others may do.
const POLICIES: i64 = -2;
/// What workloads find when they start.
const SUPPORT: i64 = -1;

const GROUND_KINDS: &[&str] =
    &["Namespace", "CustomResourceDefinition", "PriorityClass", "RuntimeClass", "StorageClass"];

const POLICY_KINDS: &[&str] = &[
    "NetworkPolicy",
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "ClusterPolicy",
    "Policy",
    "PolicyException",
    "ValidatingPolicy",
    "MutatingPolicy",
    "GeneratingPolicy",
    "DeletingPolicy",
    "ImageValidatingPolicy",
    "NamespacedValidatingPolicy",
    "NamespacedMutatingPolicy",
];

/// What somebody has to answer behind.
const FRONT_KINDS: &[&str] = &[
    "Ingress",
    "HTTPRoute",
    "GRPCRoute",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// The kinds that workloads are, in the graph or not.
const WORKLOAD_KINDS: &[&str] =
    &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet", "ReplicationController"];

/// A name in a namespace.
type Named = (EcoString, EcoString);

struct Waves {
    /// Of each workload, by its namespace and the name of its objects.
    workloads: FxHashMap<Named, i64>,
    /// Of each claim that a pod mounts: that of the first pod.
    claims: FxHashMap<Named, i64>,
    /// When all workloads are there.
    last: i64,
}

impl Waves {
    fn new(objects: &[Object], graph: &Graph) -> Waves {
        let given = graph.waves();
        let number = |wave: usize| i64::try_from(wave).unwrap_or(i64::MAX);
        // Those that wait for each other have to start together, after all others.
        let after = given.iter().flatten().max().map_or(0, |&last| number(last) + 1);
        let mut workloads = FxHashMap::default();
        for (party, wave) in graph.net.node_weights().zip(given) {
            if let Whom::Workload { namespace, name } = &party.whom {
                workloads.insert((namespace.clone(), name.clone()), wave.map_or(after, number));
            }
        }
        let last = workloads.values().copied().max().unwrap_or(0);
        let mut waves = Waves { workloads, claims: FxHashMap::default(), last };
        for object in objects {
            let wave = waves.of(object);
            for claim in claims(object) {
                let first = waves.claims.entry((namespace(object), claim.into())).or_insert(wave);
                *first = wave.min(*first);
            }
        }
        waves
    }

    fn of(&self, object: &Object) -> i64 {
        let kind = object.kind();
        if GROUND_KINDS.contains(&kind) {
            return GROUND;
        }
        if POLICY_KINDS.contains(&kind) {
            return POLICIES;
        }
        let workload = |name: &str| self.workloads.get(&(namespace(object), name.into())).copied();
        if WORKLOAD_KINDS.contains(&kind) {
            return workload(object.name()).or_else(|| workload(owner(object))).unwrap_or(0);
        }
        if let Some(wave) = workload(owner(object)) {
            return wave;
        }
        match kind {
            // Bound when a pod wants it; where none does, nobody may wait for it.
            "PersistentVolumeClaim" => {
                let claimed = self.claims.get(&(namespace(object), object.name().into()));
                claimed.copied().unwrap_or(self.last)
            }
            "HorizontalPodAutoscaler" => {
                workload(text(&object.node, &["spec", "scaleTargetRef", "name"])).unwrap_or(self.last)
            }
            _ if FRONT_KINDS.contains(&kind) => self.last,
            _ => SUPPORT,
        }
    }
}

/// The workload whose own an object is, by the label that says so.
fn owner(object: &Object) -> &str {
    text(&object.node, &["metadata", "labels", "app.kubernetes.io/name"])
}

/// The claims that the pods of a workload mount.
fn claims(object: &Object) -> impl Iterator<Item = &str> {
    let volumes = pod_spec_path(object.kind()).and_then(|path| object.node.at(path)?.get("volumes")?.as_list());
    let claim = |volume| text(volume, &["persistentVolumeClaim", "claimName"]);
    volumes.into_iter().flatten().map(claim).filter(|name| !name.is_empty())
}

fn namespace(object: &Object) -> EcoString {
    match object.namespace() {
        "" => "default".into(),
        namespace => namespace.into(),
    }
}

fn text<'a>(node: &'a Node, path: &[&str]) -> &'a str {
    node.at(path).and_then(Node::as_str).unwrap_or_default()
}
