//! What the cluster goes by: rights, definitions, webhooks, configuration, classes and quotas.

use super::When::{Changed, If, Of, OnceSet, OtherThan};
use super::{FIXED, Rule, Verdict, items, rule, text};
use crate::diff::danger::Effect::{Outage, Refused};
use crate::node::{Node, NodeKind};

const BINDINGS: &[&str] = &["RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"];
const DATA: &[&str] = &["ConfigMap", "Secret"];
const DEFINITION: &[&str] = &["CustomResourceDefinition.apiextensions.k8s.io"];
const WEBHOOKS: &[&str] = &[
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
];
const PRIORITY: &[&str] = &["PriorityClass.scheduling.k8s.io"];
const NODE: &[&str] = &["Node"];
const SLICE: &[&str] = &["ResourceSlice.resource.k8s.io"];

const FROZEN: Verdict = (
    Refused,
    "it is `immutable`: the API server refuses to change it",
    "give the new content a new name, and let the workloads refer to that",
);
const FIXED_DEFINITION: Verdict = (
    Refused,
    "this part of a CustomResourceDefinition cannot change: the API server refuses it",
    "make a definition of another name; deleting this one deletes all objects of its kind",
);

pub(super) const RULES: &[Rule] = &[
    rule(
        BINDINGS,
        &["roleRef"],
        Changed,
        (
            Refused,
            "the role of a binding cannot change: the API server refuses it",
            "give the binding a new name; or delete the old one first, `kubectl delete {it}`, and nobody has the rights in between",
        ),
    ),
    rule(DATA, &["immutable"], Of(is_frozen), FROZEN),
    rule(DATA, &["data"], Of(is_frozen), FROZEN),
    rule(DATA, &["binaryData"], Of(is_frozen), FROZEN),
    rule(DATA, &["stringData"], Of(is_frozen), FROZEN),
    rule(
        &["Secret"],
        &["type"],
        Changed,
        (
            Refused,
            "the type of a Secret cannot change: the API server refuses it",
            "give the Secret a new name, and let the workloads refer to that",
        ),
    ),
    rule(DEFINITION, &["spec", "group"], Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "scope"], Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "names", "plural"], Changed, FIXED_DEFINITION),
    rule(DEFINITION, &["spec", "names", "kind"], Changed, FIXED_DEFINITION),
    rule(
        DEFINITION,
        &["spec", "versions"],
        If(loses_a_version),
        (
            Refused,
            "a version goes: the API server refuses it while objects may be stored in it, and clients that use it break",
            "keep it with `served: false`, store all objects in another version, take it out of `status.storedVersions`, and then drop it",
        ),
    ),
    rule(
        DEFINITION,
        &["spec", "versions"],
        If(stops_serving),
        (
            Outage,
            "a version is no longer served: clients and manifests that use it are refused",
            "make sure that nobody uses it any more, before this is applied",
        ),
    ),
    rule(
        WEBHOOKS,
        &["webhooks"],
        If(becomes_strict),
        (
            Outage,
            "whatever the webhook is asked about is refused while it does not answer, from now on",
            "make sure that it runs on several nodes, and that its rules leave out its own namespace and `kube-system`",
        ),
    ),
    rule(PRIORITY, &["value"], Changed, FIXED),
    rule(PRIORITY, &["preemptionPolicy"], Changed, FIXED),
    rule(&["RuntimeClass.node.k8s.io"], &["handler"], Changed, FIXED),
    rule(&["ResourceQuota"], &["spec", "scopes"], Changed, FIXED),
    rule(&["CertificateSigningRequest.certificates.k8s.io"], &["spec"], Changed, FIXED),
    rule(&["ClusterTrustBundle.certificates.k8s.io"], &["spec", "signerName"], Changed, FIXED),
    rule(&["ResourceClaim.resource.k8s.io", "ResourceClaimTemplate.resource.k8s.io"], &["spec"], Changed, FIXED),
    rule(SLICE, &["spec", "driver"], Changed, FIXED),
    rule(SLICE, &["spec", "nodeName"], Changed, FIXED),
    rule(SLICE, &["spec", "pool", "name"], Changed, FIXED),
    rule(&["StorageVersionMigration.storagemigration.k8s.io"], &["spec", "resource"], Changed, FIXED),
    rule(
        NODE,
        &["spec"],
        OtherThan(&["configSource", "podCIDR", "podCIDRs", "providerID", "taints", "unschedulable"]),
        FIXED,
    ),
    rule(NODE, &["spec", "podCIDR"], OnceSet, FIXED),
    rule(NODE, &["spec", "podCIDRs"], OnceSet, FIXED),
    rule(NODE, &["spec", "providerID"], OnceSet, FIXED),
];

fn is_frozen(old: &Node, _: &Node) -> bool {
    old.get("immutable").is_some_and(|value| value.kind == NodeKind::Bool(true))
}

/// The item of the same name.
fn namesake<'n>(item: &Node, list: Option<&'n Node>) -> Option<&'n Node> {
    items(list).iter().find(|other| text(other, &["name"]) == text(item, &["name"]))
}

fn loses_a_version(before: Option<&Node>, after: Option<&Node>) -> bool {
    items(before).iter().any(|version| namesake(version, after).is_none())
}

fn stops_serving(before: Option<&Node>, after: Option<&Node>) -> bool {
    let is_served = |version: &Node| version.get("served").is_some_and(|served| served.kind == NodeKind::Bool(true));
    let mut versions = items(before).iter();
    versions.any(|version| is_served(version) && namesake(version, after).is_some_and(|after| !is_served(after)))
}

/// What is said of nothing is `Fail`.
fn becomes_strict(before: Option<&Node>, after: Option<&Node>) -> bool {
    let is_lenient = |webhook: &Node| text(webhook, &["failurePolicy"]) == "Ignore";
    let mut webhooks = items(before).iter();
    webhooks.any(|webhook| is_lenient(webhook) && namesake(webhook, after).is_some_and(|after| !is_lenient(after)))
}
