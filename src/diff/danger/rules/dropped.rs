//! What is dropped with an object.

use super::{Dropped, Verdict, text};
use crate::diff::danger::Effect::{Loss, Outage};
use crate::node::Node;

pub(in crate::diff::danger) const DROPPED: &[Dropped] = &[
    dropped(
        &["PersistentVolumeClaim"],
        always,
        (
            Loss,
            "the claim goes, and with it the data, unless the volume is kept by `Retain`",
            "back the data up, or set the volume's `persistentVolumeReclaimPolicy` to `Retain` before this is applied",
        ),
    ),
    dropped(
        &["PersistentVolume"],
        always,
        (
            Loss,
            "the volume goes; with the reclaim policy `Delete` its data goes as well",
            "back the data up, or set `persistentVolumeReclaimPolicy` to `Retain` before this is applied",
        ),
    ),
    dropped(
        &["VolumeSnapshot.snapshot.storage.k8s.io", "VolumeSnapshotContent.snapshot.storage.k8s.io"],
        always,
        (
            Loss,
            "the snapshot goes, unless it is kept by `deletionPolicy: Retain`",
            "copy it, or set the `deletionPolicy` of its VolumeSnapshotContent to `Retain` before this is applied",
        ),
    ),
    dropped(
        &["Namespace"],
        always,
        (
            Loss,
            "everything in the namespace is deleted with it, claims and what others made there too",
            "look at what is in it, `kubectl get all,pvc,secret,configmap -n {name}`, before this is applied",
        ),
    ),
    dropped(
        &["StatefulSet.apps"],
        deletes_claims,
        (
            Loss,
            "the StatefulSet goes, and by its `whenDeleted: Delete` its claims with their data",
            "set `persistentVolumeClaimRetentionPolicy.whenDeleted` to `Retain` in a step before",
        ),
    ),
    dropped(
        &["StatefulSet.apps"],
        always,
        (
            Outage,
            "the StatefulSet and its pods go; its claims stay, and nobody uses them",
            "if it only got another name, copy the data, as the pods of the new one look for claims of their own name; else delete the claims when the data is no longer needed",
        ),
    ),
    dropped(
        &["CustomResourceDefinition.apiextensions.k8s.io"],
        always,
        (
            Loss,
            "all objects of its kind, in every namespace, are deleted with it",
            "save them first: `kubectl get {name} -A -o yaml`",
        ),
    ),
    dropped(STORES, always, STORE_GOES),
    dropped(
        &["Service"],
        is_load_balancer,
        (
            Outage,
            "the load balancer goes, and with it the address that clients and DNS know",
            "move the clients first; a new one gets another address, unless it is reserved",
        ),
    ),
];

/// What is said of an object that goes to another namespace.
pub(in crate::diff::danger) const MOVED: Verdict = (
    Outage,
    "it moves to another namespace: it is deleted and made anew, without the data and the address that it had",
    "apply the new one first, move data and clients, and then drop the old one",
);

/// Kinds of operators that own the claims of what they run.
const STORES: &[&str] = &[
    "Cluster.postgresql.cnpg.io",
    "DataVolume.cdi.kubevirt.io",
    "Elasticsearch.elasticsearch.k8s.elastic.co",
    "RabbitmqCluster.rabbitmq.com",
    "postgresql.acid.zalan.do",
];
const STORE_GOES: Verdict = (
    Loss,
    "its operator deletes what it runs, and its claims with their data",
    "back the data up, or tell the operator to keep the claims, before this is applied",
);

const fn dropped(kinds: &'static [&'static str], when: fn(&Node) -> bool, verdict: Verdict) -> Dropped {
    Dropped { kinds, when, verdict }
}

fn always(_: &Node) -> bool {
    true
}

fn deletes_claims(object: &Node) -> bool {
    text(object, &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) == "Delete"
}

fn is_load_balancer(object: &Node) -> bool {
    text(object, &["spec", "type"]) == "LoadBalancer"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{DROPPED, Loss};
    use crate::gitops::DATA_KINDS;

    /// What loses data is what a tool is told to keep. The claims of a StatefulSet are the controller's to delete.
    #[test]
    fn what_loses_data_is_what_is_never_pruned() {
        let losses = DROPPED.iter().filter(|dropped| dropped.verdict.0 == Loss).flat_map(|dropped| dropped.kinds);
        let losses: BTreeSet<_> = losses.filter(|kind| **kind != "StatefulSet.apps").collect();
        assert_eq!(losses, DATA_KINDS.iter().collect());
    }
}
