//! Evidence as one JSON document.

use serde_json::{Value, json};

use crate::driver::evidence::{ControlEvidence, Evidence, ExceptionEvidence, Verdict};
use crate::source::Location;

/// `{ "project", "environment", "kubernetes", "buildId", "sourceCommit", "date", "objects", "judged", "errors",
/// "frameworks": [{ "key", "title", "controls": [{ "id", "title", "from", "status", "results": [{ "object", "level",
/// "check", "status", "exception", "failures": [{ "path", "message", "hint", "file", "line", "column" }] }] }] }],
/// "exceptions": [{ "control", "object", "reason", "until", "expired", "covers", "file", "line" }] }`
pub fn json(evidence: &Evidence) -> String {
    let frameworks: Vec<Value> = evidence
        .frameworks
        .iter()
        .map(|one| {
            let controls: Vec<Value> = one.controls.iter().map(control).collect();
            json!({ "key": one.framework.key, "title": one.framework.title, "controls": controls })
        })
        .collect();
    let mut document = summary(evidence);
    document["frameworks"] = frameworks.into();
    document["exceptions"] = evidence.exceptions.iter().map(exception).collect();
    format!("{document:#}\n")
}

/// What was judged, when, and how it stands as a whole.
pub(super) fn summary(evidence: &Evidence) -> Value {
    json!({
        "project": evidence.project,
        "environment": Some(&evidence.environment).filter(|name| !name.is_empty()),
        "kubernetes": evidence.kubernetes,
        "buildId": evidence.build_id,
        "sourceCommit": evidence.source_commit,
        "date": evidence.date,
        "objects": evidence.objects,
        "judged": evidence.judged,
        "errors": evidence.errors,
    })
}

fn control(evidence: &ControlEvidence) -> Value {
    json!({
        "id": evidence.control.id,
        "title": evidence.control.title,
        "from": evidence.control.from.name(),
        "status": evidence.status.words(),
        "results": evidence.verdicts.iter().map(verdict).collect::<Vec<_>>(),
    })
}

fn verdict(verdict: &Verdict) -> Value {
    let failures: Vec<Value> = verdict
        .failures
        .iter()
        .map(|failure| {
            let (file, line, column) = place(failure.place.as_ref());
            json!({
                "path": failure.path,
                "message": failure.message,
                "hint": failure.hint,
                "file": file,
                "line": line,
                "column": column,
            })
        })
        .collect();
    json!({
        "object": verdict.object,
        "level": verdict.level.name(),
        "check": verdict.check.id,
        "status": verdict.status.words(),
        "exception": verdict.exception,
        "failures": failures,
    })
}

fn exception(evidence: &ExceptionEvidence) -> Value {
    let (file, line, _) = place(evidence.place.as_ref());
    let exception = &evidence.exception;
    json!({
        "control": exception.control.as_str(),
        "object": exception.object.as_str(),
        "reason": exception.reason.as_str(),
        "until": exception.until.to_string(),
        "expired": evidence.expired,
        "covers": evidence.covers,
        "file": file,
        "line": line,
    })
}

fn place(location: Option<&Location>) -> (Option<&str>, Option<usize>, Option<usize>) {
    match location {
        Some(place) => (Some(place.file.as_str()), Some(place.line), Some(place.column)),
        None => (None, None, None),
    }
}
