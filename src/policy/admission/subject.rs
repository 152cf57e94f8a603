//! What stands at the door: the objects that a policy is about, and the words that its rules have for their parts.

use super::Facts;
use super::cel;

/// Objects of one shape, so that one expression fits all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Pods.
    Pods,
    /// What makes pods out of `spec.template`.
    Templates,
    /// What makes what makes pods.
    CronJobs,
    /// What goes on running.
    Running,
    /// What has a number of replicas.
    Replicated,
    /// Services.
    Services,
    /// Ingresses.
    Ingresses,
    /// Gateways.
    Gateways,
    /// NetworkPolicies.
    NetworkPolicies,
    /// Roles.
    Roles,
    /// Bindings of roles.
    RoleBindings,
    /// Namespaces.
    Namespaces,
    /// What carries the labels of the configuration: what people write, and what controllers make of that.
    Labelled,
    /// What people write and no controller makes.
    Written,
}

/// Resources of one API.
pub struct Resources {
    /// The group; the core group has no name.
    pub group: &'static str,
    /// The version.
    pub version: &'static str,
    /// Names and kinds.
    pub kinds: &'static [(&'static str, &'static str)],
}

impl Subject {
    /// All subjects, in the order in which policies are told.
    pub const ALL: [Subject; 14] = [
        Subject::Labelled,
        Subject::Written,
        Subject::Pods,
        Subject::Templates,
        Subject::CronJobs,
        Subject::Running,
        Subject::Replicated,
        Subject::Services,
        Subject::Ingresses,
        Subject::Gateways,
        Subject::NetworkPolicies,
        Subject::Roles,
        Subject::RoleBindings,
        Subject::Namespaces,
    ];

    /// The end of its policies' names.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Pods => "pods",
            Subject::Templates => "pod-templates",
            Subject::CronJobs => "cron-jobs",
            Subject::Running => "running",
            Subject::Replicated => "replicated",
            Subject::Services => "services",
            Subject::Ingresses => "ingresses",
            Subject::Gateways => "gateways",
            Subject::NetworkPolicies => "network-policies",
            Subject::Roles => "roles",
            Subject::RoleBindings => "role-bindings",
            Subject::Namespaces => "namespaces",
            Subject::Labelled => "labels",
            Subject::Written => "builds",
        }
    }

    /// What it is made of.
    pub fn resources(self) -> &'static [Resources] {
        match self {
            Subject::Pods => &[CORE_PODS],
            Subject::Templates => &[TEMPLATES, JOBS, CONTROLLERS],
            Subject::CronJobs => &[CRON_JOBS],
            Subject::Running => &[RUNNING],
            Subject::Replicated => &[REPLICATED],
            Subject::Services => &[SERVICES],
            Subject::Ingresses => &[INGRESSES],
            Subject::Gateways => &[GATEWAYS],
            Subject::NetworkPolicies => &[NETWORK_POLICIES],
            Subject::Roles => &[ROLES],
            Subject::RoleBindings => &[ROLE_BINDINGS],
            Subject::Namespaces => &[NAMESPACES],
            Subject::Labelled => {
                &[CORE_LABELLED, TEMPLATES, JOBS_AND_CRON_JOBS, NETWORKING, SCALED, BUDGETS, ROLES_AND_BINDINGS]
            }
            Subject::Written => &[SERVICES, RUNNING, CRON_JOBS, NETWORKING, SCALED, BUDGETS, ROLES_AND_BINDINGS],
        }
    }

    /// The kinds that it is made of.
    pub fn kinds(self) -> impl Iterator<Item = &'static str> {
        self.resources().iter().flat_map(|api| api.kinds).map(|(_, kind)| *kind).filter(|kind| !kind.is_empty())
    }

    /// Whether it is pods, or makes some.
    pub fn has_pods(self) -> bool {
        self.pod().is_some()
    }

    /// The words that rules have for its parts: each with what it stands for, which may speak of those before it.
    pub fn variables(self, facts: &Facts<'_>, level: &str, framework: &str) -> Vec<(&'static str, String)> {
        let label = |name: &str, otherwise: &str| {
            let key = cel::text(&format!("{}/{name}", facts.prefix));
            format!("{key} in variables.labels ? variables.labels[{key}] : {}", cel::text(otherwise))
        };
        let mut variables = vec![
            ("labels", "object.metadata.?labels.orValue({})".to_string()),
            ("level", label("compliance-level", level)),
            ("framework", label("regulatory-framework", framework)),
        ];
        if let Some((pod, metadata)) = self.pod() {
            variables.extend([
                ("pod", pod.to_string()),
                ("podLabels", format!("{metadata}.?labels.orValue({{}})")),
                ("annotations", format!("{metadata}.?annotations.orValue({{}})")),
                ("linux", "variables.pod.?os.?name.orValue('') != 'windows'".to_string()),
                ("started", format!("dyn(variables.pod.containers) + {}", list("initContainers"))),
                ("containers", format!("variables.started + {}", list("ephemeralContainers"))),
            ]);
        }
        variables
    }

    /// Where pods and their metadata are.
    fn pod(self) -> Option<(&'static str, &'static str)> {
        match self {
            Subject::Pods => Some(("object.spec", "object.metadata")),
            Subject::Templates | Subject::Running | Subject::Replicated => {
                Some(("object.spec.template.spec", "object.spec.template.?metadata"))
            }
            Subject::CronJobs => {
                Some(("object.spec.jobTemplate.spec.template.spec", "object.spec.jobTemplate.spec.template.?metadata"))
            }
            _ => None,
        }
    }
}

/// Lists of containers differ in their types, and only lists of one type can be joined: `dyn` hides it.
fn list(name: &str) -> String {
    format!("dyn(variables.pod.?{name}.orValue([]))")
}

const CORE_PODS: Resources =
    Resources { group: "", version: "v1", kinds: &[("pods", "Pod"), ("pods/ephemeralcontainers", "")] };
const CORE_LABELLED: Resources =
    Resources { group: "", version: "v1", kinds: &[("pods", "Pod"), ("services", "Service")] };
const CONTROLLERS: Resources =
    Resources { group: "", version: "v1", kinds: &[("replicationcontrollers", "ReplicationController")] };
const TEMPLATES: Resources = Resources {
    group: "apps",
    version: "v1",
    kinds: &[
        ("deployments", "Deployment"),
        ("replicasets", "ReplicaSet"),
        ("statefulsets", "StatefulSet"),
        ("daemonsets", "DaemonSet"),
    ],
};
const RUNNING: Resources = Resources {
    group: "apps",
    version: "v1",
    kinds: &[("deployments", "Deployment"), ("statefulsets", "StatefulSet"), ("daemonsets", "DaemonSet")],
};
const REPLICATED: Resources = Resources {
    group: "apps",
    version: "v1",
    kinds: &[("deployments", "Deployment"), ("statefulsets", "StatefulSet")],
};
const JOBS: Resources = Resources { group: "batch", version: "v1", kinds: &[("jobs", "Job")] };
const CRON_JOBS: Resources = Resources { group: "batch", version: "v1", kinds: &[("cronjobs", "CronJob")] };
const JOBS_AND_CRON_JOBS: Resources =
    Resources { group: "batch", version: "v1", kinds: &[("jobs", "Job"), ("cronjobs", "CronJob")] };
const SERVICES: Resources = Resources { group: "", version: "v1", kinds: &[("services", "Service")] };
const NAMESPACES: Resources = Resources { group: "", version: "v1", kinds: &[("namespaces", "Namespace")] };
const INGRESSES: Resources =
    Resources { group: "networking.k8s.io", version: "v1", kinds: &[("ingresses", "Ingress")] };
const NETWORK_POLICIES: Resources =
    Resources { group: "networking.k8s.io", version: "v1", kinds: &[("networkpolicies", "NetworkPolicy")] };
const NETWORKING: Resources = Resources {
    group: "networking.k8s.io",
    version: "v1",
    kinds: &[("ingresses", "Ingress"), ("networkpolicies", "NetworkPolicy")],
};
const GATEWAYS: Resources =
    Resources { group: "gateway.networking.k8s.io", version: "v1", kinds: &[("gateways", "Gateway")] };
const ROLES: Resources = Resources { group: "rbac.authorization.k8s.io", version: "v1", kinds: &[("roles", "Role")] };
const ROLE_BINDINGS: Resources =
    Resources { group: "rbac.authorization.k8s.io", version: "v1", kinds: &[("rolebindings", "RoleBinding")] };
const ROLES_AND_BINDINGS: Resources = Resources {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kinds: &[("roles", "Role"), ("rolebindings", "RoleBinding")],
};
const SCALED: Resources = Resources {
    group: "autoscaling",
    version: "v2",
    kinds: &[("horizontalpodautoscalers", "HorizontalPodAutoscaler")],
};
const BUDGETS: Resources =
    Resources { group: "policy", version: "v1", kinds: &[("poddisruptionbudgets", "PodDisruptionBudget")] };
