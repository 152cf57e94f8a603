//! What the API server demands beyond structure.
//!
//! Rules hang on *types*, not on paths: a container is a container in a Pod, a Deployment's template and a CronJob's.
//! The walk through an object's structure calls [`check_record`] for each record it meets. What concerns one
//! field is a line of the table in [`fields`]; what concerns several fields is a function in the file of
//! its topic, named in [`RULES`]. A type goes by group and name, so that a rule holds in every version of
//! its API; where a Kubernetes minor differs, the rule asks for it.
//!
//! A rule must never refuse what a server takes: where the server's answer depends on the cluster or
//! on settings that are off by default, it says nothing.

mod admission;
mod autoscaling;
mod cel;
mod cluster;
mod config;
mod constraint;
mod containers;
mod definitions;
mod fields;
mod format;
mod metadata;
mod network;
mod platform;
mod pod;
mod quotas;
mod rbac;
mod resources;
mod scheduling;
mod security;
mod selectors;
mod storage;
mod volumes;
mod workloads;

pub use config::missing_keys as missing_secret_keys;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::catalogue::{FieldDef, Kind, TypeDef};
use super::minor::Minor;
use super::validate::{Cursor, Report};
use crate::diag::{Code, Diagnostic};

/// What a rule works with.
pub struct Rules<'a> {
    /// The Kubernetes minor.
    pub minor: Minor,
    /// The kind of the whole object.
    pub kind: &'a Kind,
    /// The type of the record.
    pub def: &'a TypeDef,
    /// The name of the whole object, where it is known.
    pub object_name: Option<&'a str>,
    /// Whether any value of the whole object could not be had.
    pub broken: bool,
    /// Where findings go.
    pub report: &'a mut Report,
}

/// A rule about a record of one type.
type Rule = fn(&Cursor<'_>, &mut Rules<'_>);

/// Holds a record against the rules of its type.
pub fn check_record(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let (group, name) = rules.def.group_and_name();
    for (field, constraint) in fields::of(group, name) {
        constraint::check(at, field, constraint, rules);
    }
    if at.is_root() {
        metadata::check_object(at, rules);
    }
    // What several fields have in common cannot be told while one of them could not be had.
    if let Some(rule) = rule_for(group, name).filter(|_| !(rules.broken && at.contains_failed())) {
        rule(at, rules);
    }
}

/// The rule of a type, if it has one.
fn rule_for(group: &str, name: &str) -> Option<Rule> {
    static INDEX: OnceLock<FxHashMap<(&'static str, &'static str), Rule>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let split = |(of, rule): &(&'static str, Rule)| (of.split_once('.').unwrap_or(("", of)), *rule);
        RULES.iter().map(split).collect()
    });
    index.get(&(group, name)).copied()
}

/// The rules about several fields of a type, by its group and name.
const RULES: &[(&str, Rule)] = &[
    ("meta.ObjectMeta", metadata::check_metadata),
    ("meta.LabelSelector", selectors::label_selector),
    ("meta.LabelSelectorRequirement", selectors::label_requirement),
    ("core.NodeSelectorRequirement", selectors::node_requirement),
    ("core.PodSpec", pod::pod_spec),
    ("core.Container", containers::container),
    ("core.EphemeralContainer", containers::container),
    ("core.EnvVar", containers::env_var),
    ("core.EnvFromSource", containers::env_from),
    ("core.EnvVarSource", containers::env_source),
    ("core.Probe", containers::probe),
    ("core.LifecycleHandler", containers::lifecycle_handler),
    ("core.VolumeMount", volumes::volume_mount),
    ("core.Volume", volumes::volume),
    ("core.DownwardAPIVolumeFile", volumes::downward_file),
    ("core.ISCSIVolumeSource", volumes::iscsi),
    ("core.Toleration", scheduling::toleration),
    ("core.TopologySpreadConstraint", scheduling::spread),
    ("core.PodAffinityTerm", scheduling::pod_affinity_term),
    ("core.ReplicationControllerSpec", workloads::replication_controller),
    ("apps.DeploymentSpec", workloads::deployment),
    ("apps.ReplicaSetSpec", workloads::always_running),
    ("apps.StatefulSetSpec", workloads::always_running),
    ("apps.DaemonSetSpec", workloads::daemon_set),
    ("batch.JobSpec", workloads::job),
    ("batch.PodFailurePolicyOnExitCodesRequirement", workloads::exit_codes),
    ("batch.CronJobSpec", workloads::cron_job),
    ("core.ServiceSpec", network::service),
    ("networking.IngressSpec", network::ingress),
    ("networking.HTTPIngressPath", network::ingress_path),
    ("networking.IngressBackend", network::ingress_backend),
    ("networking.NetworkPolicyPeer", network::policy_peer),
    ("networking.NetworkPolicyPort", network::policy_port),
    ("networking.NetworkPolicySpec", network::policy),
    ("networking.IPBlock", network::ip_block),
    ("core.ConfigMap", config::config_map),
    ("core.Secret", config::secret),
    ("core.PersistentVolumeClaimSpec", storage::claim),
    ("rbac.RoleBinding", rbac::binding),
    ("rbac.ClusterRoleBinding", rbac::binding),
    ("rbac.Subject", rbac::subject),
    ("rbac.Role", rbac::role),
    ("rbac.PolicyRule", rbac::policy_rule),
    ("autoscaling.HorizontalPodAutoscalerSpec", autoscaling::autoscaler),
    ("autoscaling.MetricSpec", autoscaling::metric),
    ("autoscaling.MetricTarget", autoscaling::target),
    ("policy.PodDisruptionBudgetSpec", workloads::disruption_budget),
    ("admissionregistration.RuleWithOperations", admission::rule),
    ("admissionregistration.NamedRuleWithOperations", admission::rule),
    ("admissionregistration.ValidatingWebhook", admission::webhook),
    ("admissionregistration.MutatingWebhook", admission::webhook),
    ("admissionregistration.Validation", cel::holder),
    ("admissionregistration.MatchCondition", cel::holder),
    ("admissionregistration.AuditAnnotation", cel::holder),
    ("resource.CELDeviceSelector", cel::holder),
    ("admissionregistration.WebhookClientConfig", definitions::client_config),
    ("admissionregistration.ValidatingAdmissionPolicySpec", admission::policy),
    ("admissionregistration.ValidatingAdmissionPolicyBindingSpec", admission::policy_binding),
    ("admissionregistration.Variable", admission::variable),
    ("apiextensions.CustomResourceDefinition", definitions::definition),
    ("apiextensions.CustomResourceConversion", definitions::conversion),
    ("apiextensions.WebhookClientConfig", definitions::client_config),
    ("apiextensions.CustomResourceSubresourceScale", definitions::scale),
    ("apiextensions.ValidationRule", definitions::validation_rule),
    ("apiregistration.APIService", cluster::api_service),
    ("flowcontrol.PriorityLevelConfiguration", cluster::priority_level),
    ("certificates.CertificateSigningRequestSpec", cluster::signing_request),
    ("core.Event", cluster::event),
    ("discovery.EndpointSlice", cluster::endpoint_slice),
    ("resource.DeviceClaim", cluster::device_claim),
    ("resource.DeviceRequest", resources::device_request),
    ("networking.ServiceCIDRSpec", cluster::service_cidr),
    ("networking.IPAddress", cluster::ip_address),
    ("networking.IngressRule", network::ingress_rule),
    ("core.LimitRangeSpec", quotas::limit_range),
    ("core.LimitRangeItem", quotas::limit),
    ("core.ResourceQuotaSpec", quotas::quota),
    ("core.PodTemplateSpec", pod::template),
    ("core.Pod", pod::annotations),
    ("core.PersistentVolumeSpec", storage::volume),
    ("core.TopologySelectorTerm", storage::topology),
    ("node.Overhead", resources::overhead),
    ("storage.StorageClass", storage::class),
    ("storage.VolumeAttributesClass", storage::class),
    ("storage.CSIDriverSpec", storage::driver),
    ("storage.VolumeAttachmentSource", storage::attachment),
    ("batch.JobTemplateSpec", workloads::job_template),
];

/// Whether what a field holds is stored without being looked at: until 1.33 the server did not check the pods and
/// claims of a StatefulSet, and found the faults only when it came to create them.
pub fn is_unchecked(def: &TypeDef, field: &FieldDef, minor: Minor) -> bool {
    let (group, name) = def.group_and_name();
    minor < Minor(33)
        && (group, name) == ("apps", "StatefulSetSpec")
        && matches!(field.name.as_str(), "template" | "volumeClaimTemplates")
}

/// The vocabulary that the rules are written in.
impl Rules<'_> {
    /// The fields that are set, of those that the type has.
    pub fn set_fields<'n>(&self, at: &Cursor<'n>) -> Vec<&'n str> {
        let keys = at.entries().into_iter().map(|(key, _)| key);
        keys.filter(|key| self.def.field(key).is_some() && at.has(key)).collect()
    }

    /// A finding about a value.
    pub fn at(&mut self, at: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        self.report.at(at, code, message)
    }

    /// A setting that the server does not allow here.
    pub fn forbid(&mut self, at: &Cursor<'_>, message: impl Into<String>, hint: &str) {
        self.report.at(at, Code::NotAllowedHere, message).hint = Some(hint.to_owned());
    }

    /// A field that must have a value that is not empty.
    pub fn require(&mut self, at: &Cursor<'_>, field: &str) {
        if at.map().is_none() || !at.is_empty_at(field) {
            return;
        }
        match at.get(field) {
            Some(empty) => {
                self.report.at(&empty, Code::MissingObjectField, format!("`{field}` must not be empty")).hint =
                    Some(format!("give `{field}` a value"));
            }
            None => self.report.missing(at, field, format!("the required field `{field}` is missing")),
        }
    }

    /// At most one of these fields may be set, and at least one if `needed`.
    pub fn one_of(&mut self, at: &Cursor<'_>, fields: &[&str], needed: bool) {
        let set: Vec<&str> = fields.iter().copied().filter(|field| at.has(field)).collect();
        let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if set.len() > 1 {
            let message = format!("only one of {} can be set", list(&set));
            self.report.at(at, Code::ExactlyOneOf, message).hint = Some(format!("keep one of {}", list(&set)));
        } else if set.is_empty() && needed && at.map().is_some() && !self.report.misspells(at) {
            let message = format!("one of {} must be set", list(fields));
            self.report.at(at, Code::ExactlyOneOf, message).hint = Some(format!("add one of {}", list(fields)));
        }
    }

    /// Items whose text at `field` must differ.
    pub fn unique(&mut self, items: &[Cursor<'_>], field: &str, what: &str) {
        let mut seen: Vec<(&str, &Cursor<'_>)> = Vec::new();
        for item in items {
            let Some(name) = item.str_of(field).filter(|name| !name.is_empty()) else { continue };
            match seen.iter().find(|(other, _)| *other == name) {
                Some((_, first)) => {
                    let (span, path) = (first.span(), first.path());
                    // Of the items of one keyed list the schema says it already.
                    if self.report.has(item, Code::DuplicateListKey) {
                        continue;
                    }
                    let finding =
                        self.report.at(item, Code::DuplicateListKey, format!("two {what} are called {name:?}"));
                    finding.hint = Some(format!("`{path}` has the same name; rename one of them"));
                    *finding = finding.clone().also(span, "the first one");
                }
                None => seen.push((name, item)),
            }
        }
    }
}
