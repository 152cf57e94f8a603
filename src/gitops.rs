//! What is to be said to a GitOps tool on the objects that it deploys: their waves, and which it may never delete.
//!
//! A tool that prunes deletes what the repository holds no longer, and with a claim or a namespace goes its data, by one line
//! that was taken out. So what holds data says that it stays; somebody has to delete it by hand.
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
use crate::node::{Node, NodeKind};
use crate::policy::map_at;

/// The annotation that says the wave to Argo CD.
pub const WAVE: &str = "argocd.argoproj.io/sync-wave";

/// The annotation that says to Argo CD how an object is synced.
pub const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";

/// The annotation that says to Flux whether an object may be deleted.
pub const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";

/// The kinds with which data goes when an object does: `Kind.group` or `Kind`.
pub const DATA_KINDS: &[&str] = &[
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition.apiextensions.k8s.io",
    "VolumeSnapshot.snapshot.storage.k8s.io",
    "VolumeSnapshotContent.snapshot.storage.k8s.io",
    // Operators own the claims of what they run.
    "Cluster.postgresql.cnpg.io",
    "DataVolume.cdi.kubevirt.io",
    "Elasticsearch.elasticsearch.k8s.elastic.co",
    "RabbitmqCluster.rabbitmq.com",
    "postgresql.acid.zalan.do",
];

/// Says to the tool that `gitops`, the option of that name, is about what it has to know of each of the `objects`, but for
/// those under the keys `apart`. What the user wrote stays.
pub fn annotate(objects: &mut [Object], graph: &Graph, gitops: &Node, apart: &FxHashSet<EcoString>) {
    let is_on = |path: &[&str]| gitops.at(path).is_some_and(|value| value.kind == NodeKind::Bool(true));
    let tool = text(gitops, &["tool"]);
    let waves = (tool == "argocd" && is_on(&["argoCd", "syncWaves"])).then(|| Waves::new(objects, graph));
    for object in objects.iter_mut().filter(|object| !apart.contains(&object.key)) {
        if let Some(waves) = &waves {
            let wave = waves.of(object).to_string();
            say(object, WAVE, |own| own.is_none().then_some(wave));
        }
        if is_on(&["keepData"]) && holds_data(object) {
            match tool {
                "argocd" => say(object, SYNC_OPTIONS, |own| Some(never_deleted(own.unwrap_or_default()))),
                "flux" => say(object, PRUNE, |own| own.is_none().then(|| "disabled".to_owned())),
                _ => {}
            }
        }
    }
}

/// Writes the annotation that `words` makes of the one that is there.
fn say(object: &mut Object, annotation: &str, words: impl FnOnce(Option<&str>) -> Option<String>) {
    let span = object.entry;
    let Some(annotations) = map_at(&mut object.node, &["metadata", "annotations"], span) else { return };
    if let Some(words) = words(annotations.get(annotation).and_then(Node::as_str)) {
        annotations.set(annotation, span, Node::string(words, span));
    }
}

fn holds_data(object: &Object) -> bool {
    let (group, _) = object.api_version().split_once('/').unwrap_or_default();
    DATA_KINDS.iter().any(|kind| kind.split_once('.').unwrap_or((kind, "")) == (object.kind(), group))
}

/// The options of Argo CD with those that keep an object when the repository does not hold it any more, and when the whole
/// Application goes.
fn never_deleted(options: &str) -> String {
    let mut options: Vec<&str> = options.split(',').map(str::trim).filter(|option| !option.is_empty()).collect();
    for (name, never) in [("Prune=", "Prune=false"), ("Delete=", "Delete=false")] {
        if !options.iter().any(|option| option.starts_with(name)) {
            options.push(never);
        }
    }
    options.join(",")
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
