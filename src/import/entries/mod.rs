//! Layer 2: from an object to the entry that makes it.
//!
//! Each rule is the mirror of a rule in `stdlib/layers/`. It takes from the object what an option says, with the option's
//! default in mind; what is left over goes to the entry's `spec` and `metadata`, and where there is none, the rule gives up.
//! A rule need not be sure: whether the entry makes the object is tried out (`proof`), and one that does not is given up.

mod access;
mod addons;
mod cluster;
mod draft;
pub(super) mod pods;
mod reach;
mod routes;
pub(super) mod scaling;
pub(super) mod workloads;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::compliance::Compliance;
use crate::layers::Object;
use crate::node::{Map, Node};

use draft::Draft;

/// What rules ask of the objects as a whole.
pub(super) struct Surroundings<'a> {
    /// `framework.namespace`
    pub namespace: Option<&'a str>,
    /// What labels say of compliance.
    pub compliance: &'a Compliance,
    /// Whether sidecars are init containers.
    pub native_sidecars: bool,
    /// The selectors of the workloads that entries make, by kind, namespace and name.
    pub workloads: Workloads,
}

/// The workloads that references can mean.
#[derive(Default)]
pub(super) struct Workloads {
    by_name: FxHashMap<[EcoString; 3], ()>,
    /// By namespace and selector; nothing where several share it.
    by_selector: FxHashMap<(EcoString, String), Option<EcoString>>,
}

/// An entry that should make an object.
pub(super) struct Made {
    /// The collection.
    pub collection: &'static str,
    /// What it says.
    pub fields: Map,
}

type Rule = fn(&mut Draft<'_>) -> Option<()>;

/// The rule for a kind, and the collection that it is for.
fn rule(api_version: &str, kind: &str) -> Option<(&'static str, Rule)> {
    Some(match (api_version, kind) {
        ("v1", "Namespace") => ("namespaces", cluster::namespace),
        ("apps/v1", "Deployment") => ("deployments", workloads::deployment),
        ("apps/v1", "StatefulSet") => ("statefulSets", workloads::stateful_set),
        ("apps/v1", "DaemonSet") => ("daemonSets", workloads::daemon_set),
        ("batch/v1", "Job") => ("jobs", workloads::job),
        ("batch/v1", "CronJob") => ("cronJobs", workloads::cron_job),
        ("v1", "Service") => ("services", reach::service),
        ("networking.k8s.io/v1", "Ingress") => ("ingresses", reach::ingress),
        ("gateway.networking.k8s.io/v1", "HTTPRoute") => ("httpRoutes", routes::http_route),
        ("monitoring.coreos.com/v1", "ServiceMonitor") => ("serviceMonitors", addons::service_monitor),
        ("external-secrets.io/v1", "ExternalSecret") => ("externalSecrets", addons::external_secret),
        ("networking.k8s.io/v1", "NetworkPolicy") => ("networkPolicies", reach::network_policy),
        ("v1", "ConfigMap") => ("configMaps", cluster::config_map),
        ("v1", "ServiceAccount") => ("serviceAccounts", access::service_account),
        ("rbac.authorization.k8s.io/v1", "Role") => ("roles", access::role),
        ("rbac.authorization.k8s.io/v1", "RoleBinding") => ("roleBindings", access::role_binding),
        ("rbac.authorization.k8s.io/v1", "ClusterRole") => ("clusterRoles", access::cluster_role),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding") => ("clusterRoleBindings", access::cluster_role_binding),
        ("v1", "PersistentVolumeClaim") => ("persistentVolumeClaims", cluster::volume_claim),
        ("policy/v1", "PodDisruptionBudget") => ("podDisruptionBudgets", scaling::budget),
        ("autoscaling/v2", "HorizontalPodAutoscaler") => ("horizontalPodAutoscalers", scaling::autoscaler),
        ("v1", "ResourceQuota") => ("resourceQuotas", cluster::quota),
        ("v1", "LimitRange") => ("limitRanges", cluster::limit_range),
        ("scheduling.k8s.io/v1", "PriorityClass") => ("priorityClasses", cluster::priority_class),
        _ => return None,
    })
}

/// Whether an entry makes such an object in the framework's namespace if nothing else is said.
pub(super) fn names_namespace(object: &Object) -> bool {
    const OF_CLUSTER: &[&str] = &["namespaces", "clusterRoles", "clusterRoleBindings", "priorityClasses"];
    rule(object.api_version(), object.kind()).is_some_and(|(collection, _)| !OF_CLUSTER.contains(&collection))
}

/// The collection whose entries make such objects.
pub(super) fn collection(object: &Object) -> Option<&'static str> {
    rule(object.api_version(), object.kind()).map(|(collection, _)| collection)
}

/// The entry that should make the object; `None` where layer 2 has no words for it.
pub(super) fn entry(object: &Object, around: &Surroundings<'_>) -> Option<Made> {
    let (collection, rule) = rule(object.api_version(), object.kind())?;
    let mut draft = Draft::of(object, around)?;
    rule(&mut draft)?;
    Some(Made { collection, fields: draft.finish()? })
}

impl Workloads {
    /// Takes in a workload that an entry makes.
    pub fn add(&mut self, object: &Object) {
        if !matches!(object.kind(), "Deployment" | "StatefulSet" | "DaemonSet") {
            return;
        }
        let name: EcoString = object.name().into();
        self.by_name.insert([object.kind().into(), object.namespace().into(), name.clone()], ());
        if let Some(labels) = object.node.at(&["spec", "selector", "matchLabels"]).and_then(Node::as_map) {
            let place = (object.namespace().into(), written(labels));
            self.by_selector.entry(place).and_modify(|known| *known = None).or_insert(Some(name));
        }
    }

    /// Whether there is one that can be scaled.
    fn has(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.by_name.contains_key(&[kind.into(), namespace.into(), name.into()])
    }

    /// The one whose pods have these labels.
    fn selected(&self, namespace: &str, labels: &Map) -> Option<&EcoString> {
        self.by_selector.get(&(namespace.into(), written(labels)))?.as_ref()
    }
}

/// Labels as a key to look up: sorted.
fn written(labels: &Map) -> String {
    let mut labels: Vec<(&str, &str)> =
        labels.fields.iter().map(|field| (field.key.as_str(), field.value.as_str().unwrap_or_default())).collect();
    labels.sort_unstable();
    format!("{labels:?}")
}
