//! Where objects belong, and what can be told of them.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{at_object, text};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "owner", title: "every object names the team that answers for it", run: owner },
    Check { id: "data-classification", title: "every object says how sensitive its data is", run: classification },
    Check { id: "audit-label", title: "every object says whether access is audited", run: audit },
    Check { id: "traceable", title: "every object names the build that made it", run: traceable },
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

fn traceable(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let key = format!("{}/build-id", subject.prefix);
    match text(&subject.object.node, &["metadata", "annotations", &key]) {
        Some(_) => Outcome::Passed,
        None => {
            let message = format!("{} `{}` does not name its build", subject.object.kind(), subject.object.name());
            at_object(subject, &["metadata", "annotations"], message, "let nxk write the annotation")
        }
    }
}

fn committed(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.environment != "regulated" {
        return Outcome::NotApplicable;
    }
    let key = format!("{}/source-commit", subject.prefix);
    match text(&subject.object.node, &["metadata", "annotations", &key]) {
        Some(commit) if !commit.ends_with("-dirty") => Outcome::Passed,
        Some(_) => {
            let message = format!(
                "{} `{}` is built from files that are not committed",
                subject.object.kind(),
                subject.object.name()
            );
            at_object(subject, &["metadata", "annotations", &key], message, "commit the sources first")
        }
        None => {
            let message = format!("{} `{}` names no commit", subject.object.kind(), subject.object.name());
            at_object(
                subject,
                &["metadata", "annotations"],
                message,
                "keep the sources in git, or give `--source-commit`",
            )
        }
    }
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
