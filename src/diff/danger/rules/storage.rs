//! Where data lies: claims, volumes, classes, drivers.

use super::When::{Changed, If, OnceSet, OtherThan, To};
use super::{FIXED, Rule, Verdict, is_smaller, rule, until};
use crate::diff::danger::Effect::{Loss, Refused};

const CLAIM: &[&str] = &["PersistentVolumeClaim"];
const VOLUME: &[&str] = &["PersistentVolume"];
const CLASS: &[&str] = &["StorageClass.storage.k8s.io"];
const ATTRIBUTES: &[&str] = &["VolumeAttributesClass.storage.k8s.io"];
const DRIVER: &[&str] = &["CSIDriver.storage.k8s.io"];
const CAPACITY: &[&str] = &["CSIStorageCapacity.storage.k8s.io"];

const OTHER_CLAIM: &str = "make a claim with a new name, copy the data, and let the workload use that";
const OTHER_CLASS: Verdict = (
    Refused,
    "a StorageClass cannot change in this: the API server refuses it",
    "make a class with a new name beside it; claims that use the old one stay as they are",
);
const KEEP: &str = "keep `Retain`, unless the data can be had again";

pub(super) const RULES: &[Rule] = &[
    rule(
        CLAIM,
        &["spec"],
        OtherThan(&["resources", "volumeAttributesClassName", "volumeName", "storageClassName"]),
        (Refused, "a claim can only grow: the API server refuses every other change", OTHER_CLAIM),
    ),
    rule(
        CLAIM,
        &["spec", "resources"],
        OtherThan(&["requests"]),
        (Refused, "a claim can only grow: the API server refuses every other change", OTHER_CLAIM),
    ),
    rule(
        CLAIM,
        &["spec", "storageClassName"],
        Changed,
        (
            Refused,
            "the storage class of a claim cannot change: the API server refuses it",
            "make a claim of the new class with a new name, copy the data, and let the workload use that; deleting this one can delete the data",
        ),
    ),
    rule(
        CLAIM,
        &["spec", "volumeName"],
        OnceSet,
        (
            Refused,
            "a claim stays with its volume: the API server refuses the change",
            "make a claim with a new name for the other volume",
        ),
    ),
    rule(
        CLAIM,
        &["spec", "resources", "requests", "storage"],
        If(is_smaller),
        (
            Refused,
            "a claim can grow and never shrink: the API server refuses it",
            "keep the size; or make a smaller claim with a new name, and copy the data",
        ),
    ),
    rule(
        VOLUME,
        &["spec"],
        OtherThan(&[
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
        OnceSet,
        (Refused, "the nodes of a volume cannot change: the API server refuses it", "make a volume with a new name"),
    ),
    rule(
        VOLUME,
        &["spec", "persistentVolumeReclaimPolicy"],
        To("Delete"),
        (Loss, "the data is deleted together with the claim", KEEP),
    ),
    rule(
        &["VolumeSnapshotContent.snapshot.storage.k8s.io"],
        &["spec", "deletionPolicy"],
        To("Delete"),
        (Loss, "the snapshot is deleted together with the VolumeSnapshot", KEEP),
    ),
    rule(CLASS, &["parameters"], Changed, OTHER_CLASS),
    rule(CLASS, &["provisioner"], Changed, OTHER_CLASS),
    rule(CLASS, &["reclaimPolicy"], Changed, OTHER_CLASS),
    rule(CLASS, &["volumeBindingMode"], Changed, OTHER_CLASS),
    rule(ATTRIBUTES, &["driverName"], Changed, FIXED),
    rule(ATTRIBUTES, &["parameters"], Changed, FIXED),
    rule(DRIVER, &["spec", "attachRequired"], Changed, FIXED),
    rule(DRIVER, &["spec", "volumeLifecycleModes"], Changed, FIXED),
    until(29, rule(DRIVER, &["spec", "fsGroupPolicy"], Changed, BEFORE_29)),
    until(29, rule(DRIVER, &["spec", "podInfoOnMount"], Changed, BEFORE_29)),
    rule(CAPACITY, &["nodeTopology"], Changed, FIXED),
    rule(CAPACITY, &["storageClassName"], Changed, FIXED),
    rule(&["VolumeAttachment.storage.k8s.io"], &["spec"], Changed, FIXED),
];

const BEFORE_29: Verdict = (
    Refused,
    "before Kubernetes 1.29 this cannot change: the API server refuses it",
    "delete the old one first: `kubectl delete {it}`",
);
