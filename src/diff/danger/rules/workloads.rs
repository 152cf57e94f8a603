//! What runs: Deployments, StatefulSets, Jobs, Pods and what is like them.

use super::When::{Changed, If, InItemsOtherThan, Of, OnceSet, OtherThan, To};
use super::{FIXED, Rule, Verdict, is_smaller, items, rule, text, until};
use crate::diff::danger::Effect::{Loss, Outage, Refused};
use crate::diff::danger::amount;
use crate::diff::same::equal;
use crate::node::{Node, NodeKind};

const SETS: &[&str] = &["Deployment.apps", "DaemonSet.apps", "ReplicaSet.apps"];
const SCALED: &[&str] = &["Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "ReplicationController"];
const STATEFUL: &[&str] = &["StatefulSet.apps"];
const JOB: &[&str] = &["Job.batch"];
const POD: &[&str] = &["Pod"];

const NEW_JOB: Verdict = (
    Refused,
    "this part of a Job cannot change: the API server refuses it",
    "delete the old Job first: `kubectl delete {it}`; or let every run have a name of its own, or a CronJob make them",
);
const POD_ITEM: Verdict = (
    Refused,
    "of the containers of a Pod that is there only the images can change: the API server refuses it",
    NEW_POD,
);
const NEW_POD: &str =
    "delete the Pod first, `kubectl delete {it}`; or let a Deployment make it, which replaces its pods";
const ORPHAN: &str = "leave it, or delete the StatefulSet without its pods: `kubectl delete {it} --cascade=orphan`";
const KEEP: &str = "keep `Retain`, unless the data can be had again";

pub(super) const RULES: &[Rule] = &[
    rule(
        SETS,
        &["spec", "selector"],
        Changed,
        (
            Refused,
            "the selector of a workload cannot change: the API server refuses it",
            "keep the old selector; or give the workload a new name, and drop the old one when the new one runs",
        ),
    ),
    rule(
        SCALED,
        &["spec", "replicas"],
        If(to_zero),
        (Outage, "no pod is left running", "if that is not meant, keep at least one replica"),
    ),
    rule(
        SCALED,
        &["spec", "replicas"],
        If(falls_back_to_one),
        (
            Outage,
            "a number of replicas that is taken out is taken for 1: all pods but one go, until an autoscaler brings them back",
            "before this is applied, take `replicas` out of what was applied last as well: `kubectl apply edit-last-applied {it}`",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "replicas"],
        Of(scales_claims_away),
        (
            Loss,
            "by `whenScaled: Delete`, the claims of the pods that are scaled away are deleted, with their data",
            "set `persistentVolumeClaimRetentionPolicy.whenScaled` to `Retain`, unless the data can be had again",
        ),
    ),
    rule(
        STATEFUL,
        &["spec"],
        OtherThan(&[
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
    until(
        33,
        rule(
            STATEFUL,
            &["spec", "revisionHistoryLimit"],
            Changed,
            (
                Refused,
                "before Kubernetes 1.33 this part of a StatefulSet cannot change: the API server refuses it",
                ORPHAN,
            ),
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "volumeClaimTemplates"],
        If(claims_grow),
        (
            Refused,
            "the claims of a StatefulSet cannot change: the API server refuses it",
            "enlarge the claims that are there by hand, then delete the StatefulSet without its pods, `kubectl delete {it} --cascade=orphan`, and apply the new one",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "volumeClaimTemplates"],
        If(claims_shrink),
        (
            Refused,
            "the claims of a StatefulSet cannot change, and no claim can shrink: the API server refuses it",
            "keep the size; or make a StatefulSet with a new name, and copy the data",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "volumeClaimTemplates"],
        If(claims_become_others),
        (
            Refused,
            "the claims of a StatefulSet cannot change: the API server refuses it",
            "leave them; or delete the StatefulSet without its pods, `kubectl delete {it} --cascade=orphan`, and apply the new one: claims that are there stay as they are",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "ordinals", "start"],
        Changed,
        (
            Outage,
            "pods get other numbers, and with them other claims: those of the numbers that go are left behind with their data",
            "keep the number, unless the pods are being moved from one cluster to another",
        ),
    ),
    rule(
        STATEFUL,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
        To("Delete"),
        (Loss, "the claims, and their data, go with the StatefulSet when it is deleted", KEEP),
    ),
    rule(
        STATEFUL,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
        To("Delete"),
        (Loss, "the claims, and their data, of pods that are scaled away are deleted", KEEP),
    ),
    rule(JOB, &["spec", "selector"], Changed, NEW_JOB),
    rule(JOB, &["spec", "template"], Changed, NEW_JOB),
    rule(JOB, &["spec", "completionMode"], Changed, NEW_JOB),
    rule(JOB, &["spec", "podFailurePolicy"], Changed, NEW_JOB),
    rule(JOB, &["spec", "successPolicy"], Changed, NEW_JOB),
    rule(JOB, &["spec", "backoffLimitPerIndex"], Changed, NEW_JOB),
    rule(JOB, &["spec", "managedBy"], Changed, NEW_JOB),
    rule(
        JOB,
        &["spec", "completions"],
        Of(is_not_elastic),
        (
            Refused,
            "the completions of a Job cannot change, unless it is `Indexed` and `parallelism` changes alike: the API server refuses it",
            "delete the old Job first: `kubectl delete {it}`",
        ),
    ),
    rule(
        JOB,
        &["spec", "suspend"],
        If(becomes_true),
        (Outage, "the pods of the Job are ended", "if that is not meant, leave `suspend` out"),
    ),
    rule(
        &["CronJob.batch"],
        &["spec", "suspend"],
        If(becomes_true),
        (Outage, "no run begins any more", "if that is not meant, leave `suspend` out"),
    ),
    rule(
        POD,
        &["spec"],
        OtherThan(&["activeDeadlineSeconds", "containers", "initContainers", "schedulingGates", "tolerations"]),
        (Refused, "of a Pod that is there only the images can change: the API server refuses it", NEW_POD),
    ),
    rule(POD, &["spec", "containers"], InItemsOtherThan(&["image"]), POD_ITEM),
    rule(POD, &["spec", "initContainers"], InItemsOtherThan(&["image"]), POD_ITEM),
    rule(
        POD,
        &["spec", "activeDeadlineSeconds"],
        If(is_put_off),
        (Refused, "the deadline of a Pod that is there can only come nearer: the API server refuses it", NEW_POD),
    ),
    rule(
        POD,
        &["spec", "tolerations"],
        If(loses_an_item),
        (Refused, "a Pod that is there can only tolerate more: the API server refuses it", NEW_POD),
    ),
    rule(
        POD,
        &["spec", "schedulingGates"],
        If(gains_an_item),
        (Refused, "the gates of a Pod that is there can only go: the API server refuses it", NEW_POD),
    ),
    rule(&["ControllerRevision.apps"], &["data"], OnceSet, FIXED),
];

/// The replicas that a workload is to have.
fn replicas(node: Option<&Node>) -> i128 {
    const ONE: i128 = 1_000_000_000;
    if node.is_none() { ONE } else { amount(node).unwrap_or(ONE) }
}

fn to_zero(before: Option<&Node>, after: Option<&Node>) -> bool {
    replicas(after) == 0 && replicas(before) != 0
}

fn falls_back_to_one(before: Option<&Node>, after: Option<&Node>) -> bool {
    after.is_none() && replicas(None) < replicas(before)
}

fn scales_claims_away(old: &Node, new: &Node) -> bool {
    let count = |object: &Node| replicas(object.at(&["spec", "replicas"]));
    let policy = text(new, &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"]);
    policy == "Delete" && count(new) < count(old)
}

/// Of claims that change: whether one shrinks.
fn claims_shrink(before: Option<&Node>, after: Option<&Node>) -> bool {
    fn size(claim: &Node) -> Option<&Node> {
        claim.at(&["spec", "resources", "requests", "storage"])
    }
    let mut claims = pairs(before, after);
    claims.any(|(old, new)| new.is_some_and(|new| is_smaller(size(old), size(new))))
}

/// Whether nothing but their sizes changes, and none shrinks.
fn claims_grow(before: Option<&Node>, after: Option<&Node>) -> bool {
    const KEPT: &[&[&str]] = &[
        &["metadata"],
        &["spec", "accessModes"],
        &["spec", "dataSource"],
        &["spec", "dataSourceRef"],
        &["spec", "selector"],
        &["spec", "storageClassName"],
        &["spec", "volumeAttributesClassName"],
        &["spec", "volumeMode"],
        &["spec", "volumeName"],
    ];
    let is_kept = |old: &Node, new: &Node, path: &[&str]| match (old.at(path), new.at(path)) {
        (Some(old), Some(new)) => equal(old, new),
        (old, new) => old.is_none() && new.is_none(),
    };
    let is_same =
        |(old, new): (&Node, Option<&Node>)| new.is_some_and(|new| KEPT.iter().all(|path| is_kept(old, new, path)));
    items(before).len() == items(after).len() && pairs(before, after).all(is_same) && !claims_shrink(before, after)
}

fn claims_become_others(before: Option<&Node>, after: Option<&Node>) -> bool {
    !claims_shrink(before, after) && !claims_grow(before, after)
}

/// The old claims, each with the new one of its name.
fn pairs<'n>(before: Option<&'n Node>, after: Option<&'n Node>) -> impl Iterator<Item = (&'n Node, Option<&'n Node>)> {
    let name = |claim: &'n Node| text(claim, &["metadata", "name"]);
    items(before).iter().map(move |old| (old, items(after).iter().find(|new| name(new) == name(old))))
}

fn is_not_elastic(_: &Node, new: &Node) -> bool {
    let count = |field| new.at(&["spec", field]).map(|count| &count.kind);
    text(new, &["spec", "completionMode"]) != "Indexed" || count("completions") != count("parallelism")
}

fn becomes_true(_: Option<&Node>, after: Option<&Node>) -> bool {
    after.is_some_and(|after| after.kind == NodeKind::Bool(true))
}

fn is_put_off(before: Option<&Node>, after: Option<&Node>) -> bool {
    before.is_some() && !is_smaller(before, after)
}

fn loses_an_item(before: Option<&Node>, after: Option<&Node>) -> bool {
    items(before).iter().any(|item| !items(after).iter().any(|other| equal(item, other)))
}

fn gains_an_item(before: Option<&Node>, after: Option<&Node>) -> bool {
    loses_an_item(after, before)
}
