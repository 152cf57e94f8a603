//! Who may do what: roles, bindings, service accounts.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{at_object, is_false, items, text};
use crate::node::Node;

pub(super) const CHECKS: &[Check] = &[
    Check { id: "no-wildcard-rules", title: "roles name what they allow", run: wildcards },
    Check { id: "no-escalation", title: "no role lets its holder grant itself more", run: escalation },
    Check { id: "no-secret-listing", title: "roles that read secrets name them", run: secret_reading },
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
    each_rule(subject, |rule| {
        let field = ["verbs", "resources", "apiGroups"].into_iter().find(|field| has(rule, field, &["*"]))?;
        Some((field, format!("it allows everything in `{field}`"), "name what is needed instead of `*`"))
    })
}

fn escalation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_rule(subject, |rule| {
        let raised = has(rule, "verbs", &["bind", "escalate", "impersonate"]);
        raised.then_some((
            "verbs",
            "its holder can grant itself more".into(),
            "remove `bind`, `escalate` and `impersonate`",
        ))
    })
}

fn secret_reading(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_rule(subject, |rule| {
        let reads = has(rule, "resources", &["secrets", "*"]) && has(rule, "verbs", &["get", "list", "watch", "*"]);
        let named = !items(rule, &["resourceNames"]).is_empty() && !has(rule, "verbs", &["list", "watch", "*"]);
        let message = "it reads secrets that it does not name";
        (reads && !named).then_some((
            "resources",
            message.into(),
            "name them in `resourceNames`, with the verb `get` alone",
        ))
    })
}

fn pod_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let ways = &["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"];
    forbidden(subject, ways, &["create", "get", "update", "patch", "*"], "it opens a shell in other pods")
}

fn node_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    forbidden(
        subject,
        &["nodes/proxy"],
        &["*", "get", "create", "update", "patch", "delete"],
        "it reaches all that runs on a node",
    )
}

fn token_creation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    forbidden(subject, &["serviceaccounts/token"], &["create", "*"], "it makes tokens of any service account")
}

fn admission(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let configurations = &[
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "mutatingadmissionpolicies",
    ];
    forbidden(subject, configurations, CHANGING, "it decides what enters the cluster")
}

fn certificates(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    forbidden(subject, &["certificatesigningrequests/approval"], CHANGING, "it makes certificates of anybody")
}

fn volumes(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    forbidden(subject, &["persistentvolumes"], &["create", "*"], "it makes volumes out of nodes' folders")
}

const CHANGING: &[&str] = &["create", "update", "patch", "delete", "deletecollection", "*"];

/// That no rule allows one of the verbs on one of the resources.
fn forbidden(subject: &Subject<'_>, resources: &[&str], verbs: &[&str], what: &str) -> Outcome {
    each_rule(subject, |rule| {
        let allows = has(rule, "resources", resources) && has(rule, "verbs", verbs);
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
    let message = format!("`{}` makes its subjects administrators of the cluster", subject.object.name());
    at_object(subject, &path, message, "bind a role that names what is needed")
}

fn subjects(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if !is_binding(subject) {
        return Outcome::NotApplicable;
    }
    const BROAD: &[&str] = &["system:masters", "system:anonymous", "system:unauthenticated", "system:authenticated"];
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
    match pod.spec.get("serviceAccountName").and_then(Node::as_str) {
        Some(name) if name != "default" => Outcome::Passed,
        _ => {
            let message = format!("`{}` runs as the service account that its namespace shares", subject.object.name());
            let path = [pod.path, &["serviceAccountName"]].concat();
            at_object(subject, &path, message, "set `serviceAccount` to one of its own")
        }
    }
}

/// A pod whose account is bound to a role of this configuration needs the token.
fn token(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let namespace = subject.object.namespace();
    let account = pod.spec.get("serviceAccountName").and_then(Node::as_str).unwrap_or("default");
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
