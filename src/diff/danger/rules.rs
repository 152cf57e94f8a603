//! The facts: which changes are dangerous, and what to do instead.
//!
//! What the API server refuses is what its validation of updates compares field by field, in all versions from 1.28 on; a
//! fact that holds only up to a version says so.

use super::Effect::{self, Loss, Outage, Refused};
use crate::node::Node;

/// A field that may not change, or not in every way.
pub(super) struct Rule {
    /// `StatefulSet.apps`, `Service`
    pub(super) kinds: &'static [&'static str],
    pub(super) path: &'static [&'static str],
    pub(super) when: When,
    pub(super) effect: Effect,
    pub(super) fact: &'static str,
    pub(super) remedy: &'static str,
}

/// Which changes of a field a rule is about.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// All.
    Changed,
    /// Those of all fields in it but these.
    OtherThan(&'static [&'static str]),
    /// Those of all fields of the items in it but these, and items that come or go.
    InItemsOtherThan(&'static [&'static str]),
    /// All, if there was a value.
    OnceSet,
    /// All that give it a value.
    Set,
    /// Those to this text.
    To(&'static str),
    /// To a smaller amount.
    Smaller,
    /// To 0 from anything else.
    ToZero,
    /// All, if the old object is `immutable`.
    Frozen,
    /// Where this holds of both values.
    If(fn(Option<&Node>, Option<&Node>) -> bool),
}

/// A kind of which an object should not just go.
pub(super) struct Dropped {
    pub(super) kind: &'static str,
    pub(super) when: fn(&Node) -> bool,
    pub(super) effect: Effect,
    pub(super) fact: &'static str,
    pub(super) remedy: &'static str,
}

const fn rule(
    kinds: &'static [&'static str],
    path: &'static [&'static str],
    when: When,
    (effect, fact, remedy): (Effect, &'static str, &'static str),
) -> Rule {
    Rule { kinds, path, when, effect, fact, remedy }
}

const BINDINGS: &[&str] = &["RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"];
const SETS: &[&str] = &["Deployment.apps", "DaemonSet.apps", "ReplicaSet.apps"];
const SCALED: &[&str] = &["Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "ReplicationController"];
const STATEFUL: &[&str] = &["StatefulSet.apps"];
const JOB: &[&str] = &["Job.batch"];
const SERVICE: &[&str] = &["Service"];
const CLAIM: &[&str] = &["PersistentVolumeClaim"];
const VOLUME: &[&str] = &["PersistentVolume"];
const STORAGE_CLASS: &[&str] = &["StorageClass.storage.k8s.io"];
const DEFINITION: &[&str] = &["CustomResourceDefinition.apiextensions.k8s.io"];
const POD: &[&str] = &["Pod"];
const DATA: &[&str] = &["ConfigMap", "Secret"];

const RECREATE: &str = "give it a new name, or delete the old one first: `kubectl delete {it}`";
const NEW_JOB: (Effect, &str, &str) = (
    Refused,
    "this part of a Job cannot change: the API server refuses it",
    "delete the old Job first: `kubectl delete {it}`; or let every run have a name of its own, or a CronJob make them",
);
const CLASS: (Effect, &str, &str) = (
    Refused,
    "a StorageClass cannot change in this: the API server refuses it",
    "make a class with a new name beside it; claims that use the old one stay as they are",
);
const FROZEN: (Effect, &str, &str) = (
    Refused,
    "it is `immutable`: the API server refuses to change it",
    "give the new content a new name, and let the workloads refer to that",
);
const FIXED: (Effect, &str, &str) = (Refused, "this cannot change: the API server refuses it", RECREATE);

/// What differs between two states of an object.
pub(super) const RULES: &[Rule] = &[
    rule(
        SETS,
        &["spec", "selector"],
        When::Changed,
        (
            Refused,
            "the selector of a workload cannot change: the API server refuses it",
            "keep the old selector; or give the workload a new name, and drop the old one when the new one runs",
        ),
    ),
    rule(
        STATEFUL,
        &["spec"],
        When::OtherThan(&[
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
            "volumeClaimTemplates",
            "revisionHistoryLimit",
        ]),
        (
            Refused,
            "this part of a StatefulSet cannot change: the API server refuses it",
            "delete it without its pods and claims, `kubectl delete {it} --cascade=orphan`; the new one takes them over if the selector is the same",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "revisionHistoryLimit"],
        When::Changed,
        (
            Refused,
            "before Kubernetes 1.33 this part of a StatefulSet cannot change: the API server refuses it",
            "leave it, or delete the StatefulSet without its pods: `kubectl delete {it} --cascade=orphan`",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "volumeClaimTemplates"],
        When::Changed,
        (
            Refused,
            "the claims of a StatefulSet cannot change: the API server refuses it",
            "enlarge the claims that are there by hand, then delete the StatefulSet without its pods, `kubectl delete {it} --cascade=orphan`, and apply the new one",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
        When::To("Delete"),
        (
            Loss,
            "the claims, and their data, go with the StatefulSet when it is deleted",
            "keep `Retain`, unless the data can be had again",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
        When::To("Delete"),
        (
            Loss,
            "the claims, and their data, of pods that are scaled away are deleted",
            "keep `Retain`, unless the data can be had again",
        ),
    ),
    rule(
        SCALED,
        &["spec", "replicas"],
        When::ToZero,
        (Outage, "no pod is left running", "if that is not meant, keep at least one replica"),
    ),
    rule(JOB, &["spec", "selector"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "template"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "completionMode"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "podFailurePolicy"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "successPolicy"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "backoffLimitPerIndex"], When::Changed, NEW_JOB),
    rule(JOB, &["spec", "managedBy"], When::Changed, NEW_JOB),
    rule(
        JOB,
        &["spec", "completions"],
        When::Changed,
        (
            Refused,
            "the completions of a Job cannot change, unless it is `Indexed` and `parallelism` changes alike: the API server refuses it",
            "delete the old Job first: `kubectl delete {it}`",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "clusterIP"],
        When::Set,
        (Refused, "the address of a Service cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "loadBalancerClass"],
        When::OnceSet,
        (Refused, "the class of a load balancer cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "type"],
        When::Changed,
        (
            Outage,
            "another type of Service: addresses, node ports or the load balancer that clients use can go",
            "make a second Service of the new type, move the clients, and then drop this one",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "selector"],
        When::Changed,
        (
            Outage,
            "the traffic goes to other pods from the moment that it is applied",
            "make sure that pods with these labels are ready before, or change labels and selector in two steps",
        ),
    ),
    rule(
        CLAIM,
        &["spec"],
        When::OtherThan(&["resources", "volumeAttributesClassName", "volumeName", "storageClassName"]),
        (
            Refused,
            "a claim can only grow: the API server refuses every other change",
            "make a claim with a new name, copy the data, and let the workload use that",
        ),
    ),
    rule(
        CLAIM,
        &["spec", "storageClassName"],
        When::Changed,
        (
            Refused,
            "the storage class of a claim cannot change: the API server refuses it",
            "make a claim of the new class with a new name, copy the data, and let the workload use that; deleting this one can delete the data",
        ),
    ),
    rule(
        CLAIM,
        &["spec", "volumeName"],
        When::OnceSet,
        (
            Refused,
            "a claim stays with its volume: the API server refuses the change",
            "make a claim with a new name for the other volume",
        ),
    ),
    rule(
        CLAIM,
        &["spec", "resources", "requests", "storage"],
        When::Smaller,
        (
            Refused,
            "a claim can grow and never shrink: the API server refuses it",
            "keep the size; or make a smaller claim with a new name, and copy the data",
        ),
    ),
    rule(
        VOLUME,
        &["spec"],
        When::OtherThan(&[
            "accessModes",
            "capacity",
            "claimRef",
            "mountOptions",
            "nodeAffinity",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "volumeAttributesClassName",
        ]),
        (
            Refused,
            "a volume stays what it is: the API server refuses the change",
            "make a volume with a new name; the data of this one stays where it is",
        ),
    ),
    rule(
        VOLUME,
        &["spec", "nodeAffinity"],
        When::OnceSet,
        (Refused, "the nodes of a volume cannot change: the API server refuses it", "make a volume with a new name"),
    ),
    rule(
        VOLUME,
        &["spec", "persistentVolumeReclaimPolicy"],
        When::To("Delete"),
        (Loss, "the data is deleted together with the claim", "keep `Retain`, unless the data can be had again"),
    ),
    rule(STORAGE_CLASS, &["parameters"], When::Changed, CLASS),
    rule(STORAGE_CLASS, &["provisioner"], When::Changed, CLASS),
    rule(STORAGE_CLASS, &["reclaimPolicy"], When::Changed, CLASS),
    rule(STORAGE_CLASS, &["volumeBindingMode"], When::Changed, CLASS),
    rule(
        BINDINGS,
        &["roleRef"],
        When::Changed,
        (
            Refused,
            "the role of a binding cannot change: the API server refuses it",
            "give the binding a new name; or delete the old one first, `kubectl delete {it}`, and nobody has the rights in between",
        ),
    ),
    rule(DATA, &["immutable"], When::Frozen, FROZEN),
    rule(DATA, &["data"], When::Frozen, FROZEN),
    rule(DATA, &["binaryData"], When::Frozen, FROZEN),
    rule(DATA, &["stringData"], When::Frozen, FROZEN),
    rule(
        &["Secret"],
        &["type"],
        When::Changed,
        (
            Refused,
            "the type of a Secret cannot change: the API server refuses it",
            "give the Secret a new name, and let the workloads refer to that",
        ),
    ),
    rule(&["IngressClass.networking.k8s.io"], &["spec", "controller"], When::Changed, FIXED),
    rule(&["PriorityClass.scheduling.k8s.io"], &["value"], When::Changed, FIXED),
    rule(&["PriorityClass.scheduling.k8s.io"], &["preemptionPolicy"], When::Changed, FIXED),
    rule(&["RuntimeClass.node.k8s.io"], &["handler"], When::Changed, FIXED),
    rule(&["CSIDriver.storage.k8s.io"], &["spec", "attachRequired"], When::Changed, FIXED),
    rule(&["CSIDriver.storage.k8s.io"], &["spec", "volumeLifecycleModes"], When::Changed, FIXED),
    rule(&["VolumeAttributesClass.storage.k8s.io"], &["driverName"], When::Changed, FIXED),
    rule(&["VolumeAttributesClass.storage.k8s.io"], &["parameters"], When::Changed, FIXED),
    rule(
        &[
            "VolumeAttachment.storage.k8s.io",
            "CertificateSigningRequest.certificates.k8s.io",
            "ResourceClaim.resource.k8s.io",
        ],
        &["spec"],
        When::Changed,
        FIXED,
    ),
    rule(&["EndpointSlice.discovery.k8s.io"], &["addressType"], When::Changed, FIXED),
    rule(&["ControllerRevision.apps"], &["data"], When::Changed, FIXED),
    rule(&["ResourceQuota"], &["spec", "scopes"], When::Changed, FIXED),
    rule(
        POD,
        &["spec"],
        When::OtherThan(&[
            "activeDeadlineSeconds",
            "containers",
            "initContainers",
            "schedulingGates",
            "terminationGracePeriodSeconds",
            "tolerations",
        ]),
        (
            Refused,
            "of a Pod that is there only the images can change: the API server refuses it",
            "delete the Pod first, `kubectl delete {it}`; or let a Deployment make it, which replaces its pods",
        ),
    ),
    rule(POD, &["spec", "containers"], When::InItemsOtherThan(&["image"]), POD_ITEM),
    rule(POD, &["spec", "initContainers"], When::InItemsOtherThan(&["image"]), POD_ITEM),
    rule(DEFINITION, &["spec", "group"], When::Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "scope"], When::Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "names", "plural"], When::Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "names", "kind"], When::Changed, FIXED_DEFINITION),
    rule(
        DEFINITION,
        &["spec", "versions"],
        When::If(loses_a_version),
        (
            Refused,
            "a version goes: the API server refuses it while objects may be stored in it, and clients that use it break",
            "keep it with `served: false`, store all objects in another version, take it out of `status.storedVersions`, and then drop it",
        ),
    ),
];

const POD_ITEM: (Effect, &str, &str) = (
    Refused,
    "of the containers of a Pod that is there only the images can change: the API server refuses it",
    "delete the Pod first, `kubectl delete {it}`; or let a Deployment make it, which replaces its pods",
);
const FIXED_DEFINITION: (Effect, &str, &str) = (
    Refused,
    "this part of a CustomResourceDefinition cannot change: the API server refuses it",
    "make a definition of another name; deleting this one deletes all objects of its kind",
);

/// What is dropped with an object.
pub(super) const DROPPED: &[Dropped] = &[
    Dropped {
        kind: "PersistentVolumeClaim",
        when: always,
        effect: Loss,
        fact: "the claim goes, and with it the data, unless the volume is kept by `Retain`",
        remedy: "back the data up, or set the volume's `persistentVolumeReclaimPolicy` to `Retain` before this is applied",
    },
    Dropped {
        kind: "PersistentVolume",
        when: always,
        effect: Loss,
        fact: "the volume goes; with the reclaim policy `Delete` its data goes as well",
        remedy: "back the data up, or set `persistentVolumeReclaimPolicy` to `Retain` before this is applied",
    },
    Dropped {
        kind: "Namespace",
        when: always,
        effect: Loss,
        fact: "everything in the namespace is deleted with it, claims and what others made there too",
        remedy: "look at what is in it, `kubectl get all,pvc,secret,configmap -n {name}`, before this is applied",
    },
    Dropped {
        kind: "StatefulSet.apps",
        when: deletes_claims,
        effect: Loss,
        fact: "the StatefulSet goes, and by its `whenDeleted: Delete` its claims with their data",
        remedy: "set `persistentVolumeClaimRetentionPolicy.whenDeleted` to `Retain` in a step before",
    },
    Dropped {
        kind: "StatefulSet.apps",
        when: always,
        effect: Outage,
        fact: "the StatefulSet and its pods go; its claims stay, and nobody uses them",
        remedy: "if it only got another name, copy the data, as the pods of the new one look for claims of their own name; else delete the claims when the data is no longer needed",
    },
    Dropped {
        kind: "CustomResourceDefinition.apiextensions.k8s.io",
        when: always,
        effect: Loss,
        fact: "all objects of its kind, in every namespace, are deleted with it",
        remedy: "save them first: `kubectl get {name} -A -o yaml`",
    },
];

/// What is said of an object that goes to another namespace.
pub(super) const MOVED: &str =
    "it moves to another namespace: it is deleted and made anew, without the data and the address that it had";
/// What is to be done about it.
pub(super) const MOVED_REMEDY: &str = "apply the new one first, move data and clients, and then drop the old one";

/// What the server fills in, of fields that cannot change.
pub(super) const DEFAULTS: &[(&str, &str)] = &[
    ("completionMode", "NonIndexed"),
    ("podManagementPolicy", "OrderedReady"),
    ("preemptionPolicy", "PreemptLowerPriority"),
    ("reclaimPolicy", "Delete"),
    ("type", "ClusterIP"),
    ("type", "Opaque"),
    ("volumeBindingMode", "Immediate"),
    ("volumeMode", "Filesystem"),
];

fn always(_: &Node) -> bool {
    true
}

fn deletes_claims(object: &Node) -> bool {
    let policy = object.at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]);
    policy.and_then(Node::as_str) == Some("Delete")
}

fn loses_a_version(before: Option<&Node>, after: Option<&Node>) -> bool {
    fn names(versions: Option<&Node>) -> Vec<&str> {
        let versions = versions.and_then(Node::as_list).unwrap_or_default();
        versions.iter().filter_map(|version| version.get("name")?.as_str()).collect()
    }
    let after = names(after);
    names(before).into_iter().any(|name| !after.contains(&name))
}
