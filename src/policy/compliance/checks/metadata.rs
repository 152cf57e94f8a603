//! Where objects belong, and what can be told of them.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{at_object, text};
use crate::node::Node;

pub(super) const CHECKS: &[Check] = &[
    Check { id: "owner", title: "every object names the team that answers for it", run: owner },
    Check { id: "data-classification", title: "every object says how sensitive its data is", run: classification },
    Check { id: "audit-label", title: "every object says whether access is audited", run: audit },
    Check { id: "application-label", title: "pods name the software that they run", run: application },
    Check { id: "traceable", title: "every object names the build and the commit that made it", run: traceable },
    Check { id: "committed-source", title: "what is regulated is built from a commit", run: committed },
    Check { id: "own-namespace", title: "nothing lives in the namespace `default`", run: own_namespace },
    Check { id: "pod-security-admission", title: "namespaces admit only pods of their level", run: admission },
];

fn owner(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let hint = "set `framework.compliance.owner = \"payments\";`, or `compliance.owner` on the entry";
    labelled(subject, "owner-team", "no owner", hint)
}

fn classification(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let hint = "set `framework.compliance.dataClassification = \"internal\";`, or `compliance.dataClassification` on the entry";
    labelled(subject, "data-classification", "no data classification", hint)
}

fn audit(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let hint = "set `framework.compliance.auditRequired = true;`, or `compliance.auditRequired` on the entry";
    labelled(subject, "audit-required", "no word on audit", hint)
}

/// What is missing is missing where the level is said that demands it: by the framework for all, or by the entry.
fn labelled(subject: &Subject<'_>, label: &str, missing: &str, hint: &str) -> Outcome {
    let key = format!("{}/{label}", subject.prefix);
    match text(&subject.object.node, &["metadata", "labels", &key]) {
        Some(value) if !value.is_empty() => Outcome::Passed,
        _ => {
            let message = format!("{} `{}` has {missing}", subject.object.kind(), subject.object.name());
            let level = format!("{}/compliance-level", subject.prefix);
            let said = subject.at(&["metadata", "labels", &level]).map_or(subject.object.entry, |level| level.span);
            let path = format!("metadata.labels.\"{key}\"");
            Outcome::Failed(vec![Failure { path, span: said, message, hint: hint.into() }])
        }
    }
}

fn application(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let named = pod.metadata.and_then(|metadata| text(metadata, &["labels", "app.kubernetes.io/name"]));
    if named.is_some_and(|name| !name.is_empty()) {
        return Outcome::Passed;
    }
    let message = format!("{} `{}` does not say which software it runs", subject.object.kind(), subject.object.name());
    let above = &pod.path[..pod.path.len() - 1];
    let path = [above, &["metadata", "labels"]].concat();
    at_object(subject, &path, message, "label its pods with `\"app.kubernetes.io/name\"`")
}

fn traceable(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let said = |annotation: &str, origin: Option<&str>, what: &str| {
        let key = format!("{}/{annotation}", subject.prefix);
        let field = subject.at(&["metadata", "annotations"]).and_then(Node::as_map).and_then(|map| map.field(&key));
        (field.and_then(|field| field.value.as_str()) != origin).then(|| Failure {
            path: format!("metadata.annotations.\"{key}\""),
            span: field.map_or(subject.object.entry, |field| field.key_span),
            message: format!("{} `{}` does not name the {what}", subject.object.kind(), subject.object.name()),
            hint: "leave the annotation to nxk".into(),
        })
    };
    let build = said("build-id", Some(&subject.trace.build_id), "build that made it");
    let commit = said("source-commit", subject.trace.source_commit.as_deref(), "commit that it was made from");
    Outcome::of(build.into_iter().chain(commit).collect())
}

/// What all objects lack together is missing where the environment is said that demands it.
fn committed(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.environment != "regulated" {
        return Outcome::NotApplicable;
    }
    let (found, hint) = match subject.trace.source_commit.as_deref() {
        Some(commit) if !commit.ends_with("-dirty") => return Outcome::Passed,
        Some(_) => ("is built from files that are not committed", "commit the sources first"),
        None => ("is built from no commit", "keep the sources in git, or give `--source-commit`"),
    };
    Outcome::Failed(vec![Failure {
        path: format!("metadata.annotations.\"{}/source-commit\"", subject.prefix),
        span: subject.environment_span,
        message: format!("{} `{}` {found}", subject.object.kind(), subject.object.name()),
        hint: hint.into(),
    }])
}

fn own_namespace(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.pod.is_none() {
        return Outcome::NotApplicable;
    }
    match subject.object.namespace() {
        "" | "default" => {
            let message =
                format!("{} `{}` lives in the namespace `default`", subject.object.kind(), subject.object.name());
            at_object(subject, &["metadata", "namespace"], message, "set `framework.namespace`")
        }
        _ => Outcome::Passed,
    }
}

fn admission(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Namespace" {
        return Outcome::NotApplicable;
    }
    let path = ["metadata", "labels", "pod-security.kubernetes.io/enforce"];
    match text(&subject.object.node, &path) {
        Some("baseline" | "restricted") => Outcome::Passed,
        _ => {
            let message = format!("the namespace `{}` admits pods of any kind", subject.object.name());
            let hint = "label it `pod-security.kubernetes.io/enforce = \"restricted\"` in `namespaces.<name>.labels`";
            at_object(subject, &path, message, hint)
        }
    }
}
