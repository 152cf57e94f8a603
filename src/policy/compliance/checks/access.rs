//! Who may do what: roles, bindings, service accounts.

use super::super::{Check, Context, Failure, Outcome, Pod, Subject};
use super::{at_object, is_false, items, text};
use crate::node::Node;

pub(super) const CHECKS: &[Check] = &[
    Check { id: "no-wildcard-rules", title: "roles name what they allow", run: wildcards },
    Check { id: "no-escalation", title: "no role lets its holder grant itself more", run: escalation },
    Check { id: "no-secret-listing", title: "roles that read secrets name them", run: secret_reading },
    Check { id: "no-pod-creation", title: "no role creates pods past the workloads", run: pod_creation },
    Check { id: "no-pod-access", title: "no role opens a shell in pods", run: pod_access },
    Check { id: "no-node-access", title: "no role reaches through to nodes", run: node_access },
    Check { id: "no-token-creation", title: "no role makes tokens for service accounts", run: token_creation },
    Check { id: "no-admission-control", title: "no role changes who checks what enters the cluster", run: admission },
    Check { id: "no-certificate-approval", title: "no role approves certificates", run: certificates },
    Check { id: "no-volume-creation", title: "no role makes volumes of nodes' folders", run: volumes },
    Check { id: "no-cluster-admin", title: "nobody is bound to cluster-admin", run: cluster_admin },
    Check { id: "no-broad-subjects", title: "no binding is for everybody, or for masters", run: subjects },
    Check { id: "own-service-account", title: "pods run as a service account of their own", run: own_account },
    Check { id: "token-not-mounted", title: "only pods that need it get an API token", run: token },
];

fn wildcards(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    const FIELDS: [&str; 4] = ["verbs", "resources", "apiGroups", "nonResourceURLs"];
    each_rule(subject, |rule| {
        let field = FIELDS.into_iter().find(|field| has(rule, field, &["*"]))?;
        Some((field, format!("it allows everything in `{field}`"), "name what is needed instead of `*`"))
    })
}

/// By the verbs for it, or by all verbs on what they are for.
fn escalation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let roles = Reach { group: "rbac.authorization.k8s.io", resources: &["roles", "clusterroles"] };
    let identities = Reach { group: "", resources: &["users", "groups", "serviceaccounts"] };
    each_rule(subject, |rule| {
        let all = has(rule, "verbs", &["*"]) && (roles.is_in(rule) || identities.is_in(rule));
        let raised = all || has(rule, "verbs", &["bind", "escalate", "impersonate"]);
        let hint = "name the verbs, without `bind`, `escalate` and `impersonate`";
        raised.then(|| ("verbs", "its holder can grant itself more".into(), hint))
    })
}

fn secret_reading(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let secrets = Reach { group: "", resources: &["secrets"] };
    each_rule(subject, |rule| {
        let reads = secrets.is_in(rule) && has(rule, "verbs", &["get", "list", "watch", "*"]);
        let named = !items(rule, &["resourceNames"]).is_empty() && !has(rule, "verbs", &["list", "watch", "*"]);
        let hint = "name them in `resourceNames`, with the verb `get` alone";
        (reads && !named).then(|| ("resources", "it reads secrets that it does not name".into(), hint))
    })
}

fn pod_creation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let pods = Reach { group: "", resources: &["pods"] };
    forbidden(subject, &pods, &["create", "*"], "it creates pods of any service account")
}

fn pod_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let ways = &["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"];
    let pods = Reach { group: "", resources: ways };
    forbidden(subject, &pods, &["create", "get", "update", "patch", "*"], "it opens a shell in other pods")
}

fn node_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let nodes = Reach { group: "", resources: &["nodes/proxy"] };
    let verbs = &["*", "get", "create", "update", "patch", "delete"];
    forbidden(subject, &nodes, verbs, "it reaches all that runs on a node")
}

fn token_creation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let tokens = Reach { group: "", resources: &["serviceaccounts/token"] };
    forbidden(subject, &tokens, &["create", "*"], "it makes tokens of any service account")
}

fn admission(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let resources = &[
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
    ];
    let configurations = Reach { group: "admissionregistration.k8s.io", resources };
    forbidden(subject, &configurations, CHANGING, "it decides what enters the cluster")
}

fn certificates(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let approval = Reach { group: "certificates.k8s.io", resources: &["certificatesigningrequests/approval"] };
    forbidden(subject, &approval, CHANGING, "it makes certificates of anybody")
}

fn volumes(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let volumes = Reach { group: "", resources: &["persistentvolumes"] };
    forbidden(subject, &volumes, &["create", "*"], "it makes volumes out of nodes' folders")
}

const CHANGING: &[&str] = &["create", "update", "patch", "delete", "deletecollection", "*"];

/// Resources of an API group; the core group has no name.
struct Reach {
    group: &'static str,
    resources: &'static [&'static str],
}

impl Reach {
    /// Whether a rule speaks of one of them, by its name or with `*`, `pods/*` or `*/exec`.
    fn is_in(&self, rule: &Node) -> bool {
        let spoken = |resource: &str| match resource.split_once('/') {
            Some((whole, part)) => {
                has(rule, "resources", &[resource, "*", &format!("{whole}/*"), &format!("*/{part}")])
            }
            None => has(rule, "resources", &[resource, "*"]),
        };
        has(rule, "apiGroups", &[self.group, "*"]) && self.resources.iter().any(|resource| spoken(resource))
    }
}

/// That no rule allows one of the verbs on one of the resources.
fn forbidden(subject: &Subject<'_>, reach: &Reach, verbs: &[&str], what: &str) -> Outcome {
    each_rule(subject, |rule| {
        let allows = reach.is_in(rule) && has(rule, "verbs", verbs);
        allows.then(|| ("resources", what.to_string(), "leave this to the cluster's administrators"))
    })
}

fn each_rule(subject: &Subject<'_>, look: impl Fn(&Node) -> Option<(&'static str, String, &'static str)>) -> Outcome {
    let (kind, name) = (subject.object.kind(), subject.object.name());
    if !matches!(kind, "Role" | "ClusterRole") {
        return Outcome::NotApplicable;
    }
    let rules = items(&subject.object.node, &["rules"]).iter().enumerate();
    let failures = rules.filter_map(|(at, rule)| {
        let (field, what, hint) = look(rule)?;
        let span = rule.get(field).unwrap_or(rule).span;
        let message = format!("the {kind} `{name}` is too wide: {what}");
        Some(Failure { path: format!("rules[{at}].{field}"), span, message, hint: hint.into() })
    });
    Outcome::of(failures.collect())
}

fn has(rule: &Node, field: &str, any: &[&str]) -> bool {
    items(rule, &[field]).iter().filter_map(Node::as_str).any(|value| any.contains(&value))
}

fn is_binding(subject: &Subject<'_>) -> bool {
    matches!(subject.object.kind(), "RoleBinding" | "ClusterRoleBinding")
}

fn cluster_admin(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if !is_binding(subject) {
        return Outcome::NotApplicable;
    }
    let path = ["roleRef", "name"];
    if text(&subject.object.node, &["roleRef", "kind"]) != Some("ClusterRole")
        || text(&subject.object.node, &path) != Some("cluster-admin")
    {
        return Outcome::Passed;
    }
    let (name, namespace) = (subject.object.name(), subject.object.namespace());
    let of = match (subject.object.kind(), namespace) {
        ("ClusterRoleBinding", _) => "the cluster".to_string(),
        (_, "") => "the namespace `default`".to_string(),
        _ => format!("the namespace `{namespace}`"),
    };
    let message = format!("`{name}` makes its subjects administrators of {of}");
    at_object(subject, &path, message, "bind a role that names what is needed")
}

fn subjects(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if !is_binding(subject) {
        return Outcome::NotApplicable;
    }
    const BROAD: &[&str] = &[
        "system:masters",
        "system:anonymous",
        "system:unauthenticated",
        "system:authenticated",
        "system:serviceaccounts",
    ];
    let bound = items(&subject.object.node, &["subjects"]).iter().enumerate();
    let failures = bound.filter_map(|(at, one)| {
        let name = one.get("name")?;
        let broad = name.as_str().filter(|name| BROAD.contains(name))?;
        Some(Failure {
            path: format!("subjects[{at}].name"),
            span: name.span,
            message: format!("`{}` is for everybody in `{broad}`", subject.object.name()),
            hint: "name the users, groups or service accounts that need it".into(),
        })
    });
    Outcome::of(failures.collect())
}

fn own_account(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    match account_of(pod) {
        "default" => {
            let message = format!("`{}` runs as the service account that its namespace shares", subject.object.name());
            let path = [pod.path, &["serviceAccountName"]].concat();
            at_object(subject, &path, message, "set `serviceAccount` to one of its own")
        }
        _ => Outcome::Passed,
    }
}

/// The service account that the pods run as; `serviceAccount` is the old name of the field.
fn account_of(pod: Pod<'_>) -> &str {
    let given = ["serviceAccountName", "serviceAccount"].iter().filter_map(|field| text(pod.spec, &[field]));
    given.into_iter().find(|name| !name.is_empty()).unwrap_or("default")
}

/// A pod whose account is bound to a role of this configuration needs the token.
fn token(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let namespace = subject.object.namespace();
    let account = account_of(pod);
    let own = pod.spec.get("automountServiceAccountToken");
    let of_account =
        context.account(namespace, account).and_then(|account| account.node.get("automountServiceAccountToken"));
    if is_false(own.or(of_account)) || context.is_bound(namespace, account) {
        return Outcome::Passed;
    }
    let message = format!("`{}` gets an API token that nothing says it needs", subject.object.name());
    let path = [pod.path, &["automountServiceAccountToken"]].concat();
    at_object(subject, &path, message, "set `automountServiceAccountToken = false;`, or say in `rbac` what it does")
}
