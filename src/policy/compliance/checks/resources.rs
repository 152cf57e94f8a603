//! What containers ask for and get, and what namespaces allow.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{each_container, of_container};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "cpu-request", title: "containers say how much processor time they need", run: cpu_request },
    Check { id: "memory-request", title: "containers say how much memory they need", run: memory_request },
    Check { id: "cpu-limit", title: "containers are bounded in processor time", run: cpu_limit },
    Check { id: "memory-limit", title: "containers are bounded in memory", run: memory_limit },
    Check { id: "namespace-quota", title: "namespaces have a quota", run: quota },
    Check { id: "namespace-limits", title: "namespaces have limits for containers that name none", run: limit_range },
];

fn cpu_request(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    named(subject, "requests", "cpu", "set `resources.requests.cpu`, such as `\"100m\"`")
}

fn memory_request(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    named(subject, "requests", "memory", "set `resources.requests.memory`, such as `\"128Mi\"`")
}

fn cpu_limit(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    named(subject, "limits", "cpu", "set `resources.limits.cpu`, such as `\"500m\"`")
}

fn memory_limit(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    named(subject, "limits", "memory", "set `resources.limits.memory`, such as `\"512Mi\"`")
}

fn named(subject: &Subject<'_>, part: &str, resource: &str, hint: &str) -> Outcome {
    each_container(subject, |container| {
        let limits = container.at(&["resources", "limits", resource]);
        let given = container.at(&["resources", part, resource]);
        // A limit without a request is the request as well.
        (given.or(limits.filter(|_| part == "requests")).is_none()).then(|| {
            let kind = if part == "requests" { "request" } else { "limit" };
            let message = format!("the container `{}` has no {kind} of {resource}", container.name());
            let places = [container.at(&["resources", part]), container.at(&["resources"])];
            of_container(container, &format!("resources.{part}.{resource}"), places, (message, hint))
        })
    })
}

fn quota(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    beside_namespace(subject, context, "ResourceQuota", "set `resourceQuotas` for it")
}

fn limit_range(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    beside_namespace(subject, context, "LimitRange", "set `limitRanges` for it")
}

/// That a namespace has an object of this kind in it.
fn beside_namespace(subject: &Subject<'_>, context: &Context<'_>, kind: &str, hint: &str) -> Outcome {
    if subject.object.kind() != "Namespace" {
        return Outcome::NotApplicable;
    }
    let name = subject.object.name();
    if !context.of_kind(kind, name).is_empty() {
        return Outcome::Passed;
    }
    Outcome::Failed(vec![Failure {
        path: "metadata.name".into(),
        span: subject.object.entry,
        message: format!("the namespace `{name}` has no {kind}"),
        hint: hint.into(),
    }])
}
