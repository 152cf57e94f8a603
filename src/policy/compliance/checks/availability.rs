//! Whether applications stay there: probes, replicas, budgets, spread.

use super::super::{Check, Container, ContainerKind, Context, Failure, Outcome, Subject};
use super::{each_container, items, of_container};
use crate::network::selects;
use crate::node::{Node, NodeKind};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "readiness-probe", title: "what serves says when it is ready", run: readiness },
    Check { id: "liveness-probe", title: "what serves is restarted when it hangs", run: liveness },
    Check { id: "disruption-budget", title: "several replicas do not go away at once", run: budget },
    Check { id: "several-replicas", title: "in production, what serves has more than one replica", run: replicas },
    Check { id: "spread", title: "several replicas run on several nodes", run: spread },
];

fn readiness(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    probe(
        subject,
        "readinessProbe",
        "set `readinessProbe`, such as `{ httpGet = { path = \"/ready\"; port = 8080; }; }`",
    )
}

fn liveness(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    probe(subject, "livenessProbe", "set `livenessProbe`, such as `{ httpGet = { path = \"/live\"; port = 8080; }; }`")
}

/// Of the main containers with ports, of workloads that go on running.
fn probe(subject: &Subject<'_>, field: &str, hint: &str) -> Outcome {
    if !is_served(subject) {
        return Outcome::NotApplicable;
    }
    each_container(subject, |container: &Container<'_>| {
        let serves = container.kind == ContainerKind::Main && !items(container.node, &["ports"]).is_empty();
        (serves && container.at(&[field]).is_none()).then(|| {
            let message = format!("the container `{}` has no `{field}`", container.name());
            of_container(container, field, [None, None], (message, hint))
        })
    })
}

fn budget(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    if !is_replicated(subject) || replica_count(subject, context) < 2 {
        return Outcome::NotApplicable;
    }
    let labels = subject.pod.and_then(|pod| pod.metadata?.get("labels"));
    let mut budgets = context.selecting("PodDisruptionBudget", subject.object.namespace(), labels);
    let covers = |budget: &crate::layers::Object| {
        budget.node.at(&["spec", "selector"]).is_some_and(|selector| selects(selector, labels))
    };
    match budgets.any(covers) {
        true => Outcome::Passed,
        false => failed(
            subject,
            &["spec", "replicas"],
            "has no disruption budget",
            "set `disruptionBudget`, or `podDisruptionBudgets`",
        ),
    }
}

fn replicas(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    let production = matches!(subject.environment, "production" | "regulated");
    let serves =
        subject.pod.is_some_and(|pod| pod.containers().any(|container| !items(container.node, &["ports"]).is_empty()));
    if !production || subject.object.kind() != "Deployment" || !serves {
        return Outcome::NotApplicable;
    }
    match replica_count(subject, context) {
        2.. => Outcome::Passed,
        _ => failed(
            subject,
            &["spec", "replicas"],
            "has a single replica",
            "set `replicas = 2;` or more, or `autoscaling`",
        ),
    }
}

fn spread(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod.filter(|_| is_replicated(subject)) else { return Outcome::NotApplicable };
    if replica_count(subject, context) < 2 {
        return Outcome::NotApplicable;
    }
    let constrained = !items(pod.spec, &["topologySpreadConstraints"]).is_empty();
    match constrained || pod.spec.at(&["affinity", "podAntiAffinity"]).is_some() {
        true => Outcome::Passed,
        false => failed(
            subject,
            &["spec", "replicas"],
            "may run all its replicas on one node",
            "leave `spread` as it is by default, or set `affinity.podAntiAffinity`",
        ),
    }
}

fn is_replicated(subject: &Subject<'_>) -> bool {
    matches!(subject.object.kind(), "Deployment" | "StatefulSet")
}

fn is_served(subject: &Subject<'_>) -> bool {
    matches!(subject.object.kind(), "Deployment" | "StatefulSet" | "DaemonSet")
}

/// Left out, it is one, unless an autoscaler decides: then there may be several.
fn replica_count(subject: &Subject<'_>, context: &Context<'_>) -> i64 {
    match subject.at(&["spec", "replicas"]).map(|node| &node.kind) {
        Some(NodeKind::Int(count)) => *count,
        _ if context.is_scaled(subject.object) => 2,
        _ => 1,
    }
}

fn failed(subject: &Subject<'_>, path: &[&str], what: &str, hint: &str) -> Outcome {
    let place = subject.at(path).map_or(subject.object.entry, |node: &Node| node.span);
    let message = format!("{} `{}` {what}", subject.object.kind(), subject.object.name());
    Outcome::Failed(vec![Failure { path: path.join("."), span: place, message, hint: hint.into() }])
}
