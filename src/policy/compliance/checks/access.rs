//! Who may do what: roles, bindings, service accounts.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{at_object, is_false, items, text};
use crate::rbac::danger::{Danger, Within, dangers};
use crate::rbac::{self, Broad, Rule, account_of};

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
    without(subject, Danger::Wildcard)
}

fn escalation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Escalation)
}

fn secret_reading(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Secrets)
}

fn pod_creation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Pods)
}

fn pod_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Shells)
}

fn node_access(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Nodes)
}

fn token_creation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Tokens)
}

fn admission(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Admission)
}

fn certificates(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Certificates)
}

fn volumes(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    without(subject, Danger::Volumes)
}

/// That no rule of a role has a danger, whoever is bound to it.
fn without(subject: &Subject<'_>, danger: Danger) -> Outcome {
    let (kind, name) = (subject.object.kind(), subject.object.name());
    if !matches!(kind, "Role" | "ClusterRole") {
        return Outcome::NotApplicable;
    }
    let rules = items(&subject.object.node, &["rules"]).iter().enumerate();
    let failures = rules.filter_map(|(at, rule)| {
        let mut found = dangers(&Rule::read(rule), Within::Cluster).into_iter();
        let field = found.find(|one| one.danger == danger)?.field;
        let span = rule.get(field).unwrap_or(rule).span;
        let words = danger.words();
        let fault = match danger {
            Danger::Wildcard => format!("{} `{field}`", words.fault),
            _ => words.fault.to_string(),
        };
        let message = format!("the {kind} `{name}` is too wide: {fault}");
        Some(Failure { path: format!("rules[{at}].{field}"), span, message, hint: words.narrow.into() })
    });
    Outcome::of(failures.collect())
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
    let bound = items(&subject.object.node, &["subjects"]).iter().enumerate();
    let failures = bound.filter_map(|(at, one)| {
        let broad = rbac::Subject::read(one, None)?;
        broad.broad().filter(|broad| *broad != Broad::AccountsOfNamespace)?;
        Some(Failure {
            path: format!("subjects[{at}].name"),
            span: one.get("name")?.span,
            message: format!("`{}` is for everybody in `{}`", subject.object.name(), broad.name()),
            hint: "name the users, groups or service accounts that need it".into(),
        })
    });
    Outcome::of(failures.collect())
}

fn own_account(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    match account_of(pod.spec) {
        "default" => {
            let message = format!("`{}` runs as the service account that its namespace shares", subject.object.name());
            let path = [pod.path, &["serviceAccountName"]].concat();
            at_object(subject, &path, message, "set `serviceAccount` to one of its own")
        }
        _ => Outcome::Passed,
    }
}

/// A pod whose account is bound to a role of this configuration needs the token.
fn token(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let namespace = subject.object.namespace();
    let account = account_of(pod.spec);
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
