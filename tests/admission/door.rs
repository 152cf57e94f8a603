//! The door of a cluster with the policies of a configuration: which objects they let in.
//!
//! The policies of each back end are read from the objects that nxk writes, and from nothing else, and come down to the
//! same: what a policy matches, under which conditions, and what its rules ask.

use serde_json::Value;

use crate::cel::{self, Variables};

/// A back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Kubernetes,
    Kyverno,
    KyvernoCel,
}

/// The policies of one back end.
pub struct Door {
    pub policies: Vec<Policy>,
}

/// A policy that judges.
pub struct Policy {
    pub name: String,
    /// The kinds that it matches, each with its API group.
    pub kinds: Vec<(String, String)>,
    /// Where it holds.
    pub namespaces: Vec<String>,
    pub conditions: Vec<String>,
    pub variables: Vec<(String, String)>,
    pub rules: Vec<Rule>,
    /// `Deny`, `Warn` or `Audit`.
    pub action: String,
}

/// What a policy asks.
pub struct Rule {
    pub expression: String,
    pub message: String,
}

/// That an object does not pass a rule.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Refusal {
    pub policy: String,
    /// The rule's name, out of its message.
    pub rule: String,
    pub action: String,
}

impl Door {
    /// The policies of a back end among the objects of a configuration.
    pub fn of(backend: Backend, objects: &[Value]) -> Door {
        let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
        let policies = match backend {
            Backend::Kubernetes => of_kind("ValidatingAdmissionPolicy")
                .map(|policy| {
                    let name = &policy["metadata"]["name"];
                    let mut bindings = of_kind("ValidatingAdmissionPolicyBinding")
                        .filter(|binding| binding["spec"]["policyName"] == *name);
                    let binding = bindings.next().unwrap_or_else(|| panic!("nothing binds {name}"));
                    assert!(bindings.next().is_none(), "{name} is bound once");
                    let mut read = with_constraints(policy);
                    read.namespaces = namespaces(&binding["spec"]["matchResources"]);
                    read.action = text(&binding["spec"]["validationActions"][0]);
                    read
                })
                .collect(),
            Backend::KyvernoCel => of_kind("ValidatingPolicy")
                .map(|policy| {
                    let mut read = with_constraints(policy);
                    read.namespaces = namespaces(&policy["spec"]["matchConstraints"]);
                    assert_eq!(policy["spec"]["autogen"]["podControllers"]["controllers"], serde_json::json!([]));
                    read.action = text(&policy["spec"]["validationActions"][0]);
                    read
                })
                .collect(),
            Backend::Kyverno => of_kind("ClusterPolicy").flat_map(cluster_policy).collect(),
        };
        Door { policies }
    }

    /// The rules that an object does not pass.
    pub fn judge(&self, object: &Value) -> Vec<Refusal> {
        let matching = self.policies.iter().filter(|policy| policy.matches(object));
        matching.flat_map(|policy| policy.judge(object)).collect()
    }
}

impl Policy {
    /// Whether it is about an object.
    pub fn matches(&self, object: &Value) -> bool {
        let group = text(&object["apiVersion"]);
        let group = group.rsplit_once('/').map_or("", |(group, _)| group);
        let named = |field: &str| object["metadata"][field].as_str().unwrap_or("default").to_string();
        let place = if object["kind"] == "Namespace" { named("name") } else { named("namespace") };
        self.kinds.iter().any(|(of, kind)| of == group && object["kind"] == kind.as_str())
            && self.namespaces.contains(&place)
    }

    /// The rules of a policy that matches it, that an object does not pass.
    pub fn judge(&self, object: &Value) -> Vec<Refusal> {
        let holds = |expression: &str, variables: &Variables| match cel::evaluate(expression, object, variables) {
            Ok(Value::Bool(value)) => value,
            other => panic!("{}: {other:?} of\n{expression}\n{object:#}", self.name),
        };
        if !self.conditions.iter().all(|condition| holds(condition, &Vec::new())) {
            return Vec::new();
        }
        let variables = self.values(object);
        let failed = self.rules.iter().filter(|rule| !holds(&rule.expression, &variables));
        failed
            .map(|rule| Refusal { policy: self.name.clone(), rule: rule.name(), action: self.action.clone() })
            .collect()
    }

    fn values(&self, object: &Value) -> Variables {
        let mut values = Variables::new();
        for (name, expression) in &self.variables {
            let value = cel::evaluate(expression, object, &values)
                .unwrap_or_else(|error| panic!("{}: the variable {name}: {error}\n{object:#}", self.name));
            values.push((name.clone(), value));
        }
        values
    }
}

impl Rule {
    /// Out of `no container may run as root (run-as-non-root; PCI-DSS 2.2.1)`.
    pub fn name(&self) -> String {
        let (_, inside) = self.message.rsplit_once(" (").unwrap_or_else(|| panic!("no name in {}", self.message));
        inside.trim_end_matches(')').split(';').next().unwrap_or_default().to_string()
    }
}

/// What `ValidatingAdmissionPolicy` and `ValidatingPolicy` have in common.
fn with_constraints(policy: &Value) -> Policy {
    let spec = &policy["spec"];
    let rules = list(&spec["matchConstraints"]["resourceRules"]);
    let kinds = rules.iter().flat_map(|rule| {
        assert_eq!(rule["operations"], serde_json::json!(["CREATE", "UPDATE"]));
        let group = text(&rule["apiGroups"][0]);
        let resources = list(&rule["resources"]).iter().map(text).filter(|resource| !resource.contains('/'));
        resources.map(move |resource| (group.clone(), kind_of(&resource))).collect::<Vec<_>>()
    });
    Policy {
        name: text(&policy["metadata"]["name"]),
        kinds: kinds.collect(),
        namespaces: Vec::new(),
        conditions: list(&spec["matchConditions"]).iter().map(|one| text(&one["expression"])).collect(),
        variables: pairs(&spec["variables"]),
        rules: validations(&spec["validations"]),
        action: String::new(),
    }
}

/// A rule of a ClusterPolicy matches for itself.
fn cluster_policy(policy: &Value) -> Vec<Policy> {
    let rules = list(&policy["spec"]["rules"]).iter().filter(|rule| rule["validate"].is_object());
    rules.map(|rule| cluster_rule(policy, rule)).collect()
}

fn cluster_rule(policy: &Value, rule: &Value) -> Policy {
    let spec = &policy["spec"];
    let matched = list(&rule["match"]["any"]);
    let kinds = matched.iter().flat_map(|one| list(&one["resources"]["kinds"])).map(|kind| {
        let kind = text(kind);
        let parts: Vec<&str> = kind.split('/').collect();
        match parts[..] {
            [group, _, kind] => (group.to_string(), kind.to_string()),
            [_, kind] => (String::new(), kind.to_string()),
            _ => panic!("`{kind}` says its version"),
        }
    });
    // A Namespace is chosen by its own name.
    let places = matched.iter().flat_map(|one| ["namespaces", "names"].map(|field| &one["resources"][field]));
    let places = places.flat_map(|names| list(names).iter().map(text));
    let none = &policy["metadata"]["annotations"]["pod-policies.kyverno.io/autogen-controllers"];
    assert_eq!(none, "none", "nothing is derived that is written out");
    let cel = &rule["validate"]["cel"];
    let newer = &rule["validate"]["failureAction"];
    let action = if newer.is_string() { newer } else { &spec["validationFailureAction"] };
    let action = match (action.as_str(), spec["emitWarning"].as_bool().unwrap_or_default()) {
        (Some("Enforce"), _) => "Deny",
        (Some("Audit"), true) => "Warn",
        (Some("Audit"), false) => "Audit",
        other => panic!("no action: {other:?}"),
    };
    Policy {
        name: text(&policy["metadata"]["name"]),
        kinds: kinds.collect(),
        namespaces: places.collect(),
        conditions: list(&rule["celPreconditions"]).iter().map(|one| text(&one["expression"])).collect(),
        variables: pairs(&cel["variables"]),
        rules: validations(&cel["expressions"]),
        action: action.to_string(),
    }
}

/// The namespaces of a selector by name.
fn namespaces(matching: &Value) -> Vec<String> {
    let expression = &matching["namespaceSelector"]["matchExpressions"][0];
    assert_eq!(expression["key"], "kubernetes.io/metadata.name");
    assert_eq!(expression["operator"], "In");
    list(&expression["values"]).iter().map(text).collect()
}

fn pairs(list_of: &Value) -> Vec<(String, String)> {
    list(list_of).iter().map(|pair| (text(&pair["name"]), text(&pair["expression"]))).collect()
}

fn validations(list_of: &Value) -> Vec<Rule> {
    let read = |one: &Value| Rule { expression: text(&one["expression"]), message: text(&one["message"]) };
    list(list_of).iter().map(read).collect()
}

/// The kind of a resource: for once by hand, as what is tested has a table of its own.
pub fn kind_of(resource: &str) -> String {
    let kind = match resource {
        "pods" => "Pod",
        "services" => "Service",
        "namespaces" => "Namespace",
        "replicationcontrollers" => "ReplicationController",
        "deployments" => "Deployment",
        "replicasets" => "ReplicaSet",
        "statefulsets" => "StatefulSet",
        "daemonsets" => "DaemonSet",
        "jobs" => "Job",
        "cronjobs" => "CronJob",
        "ingresses" => "Ingress",
        "networkpolicies" => "NetworkPolicy",
        "gateways" => "Gateway",
        "roles" => "Role",
        "rolebindings" => "RoleBinding",
        "horizontalpodautoscalers" => "HorizontalPodAutoscaler",
        "poddisruptionbudgets" => "PodDisruptionBudget",
        other => panic!("the resource `{other}` is not known here"),
    };
    kind.to_string()
}

/// The items of a list; none where there is nothing.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text; empty where there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}
