//! Evidence as SARIF 2.1.0: what failed, for code scanners.
//!
//! Rules are checks, because a check is what one mends; regulations are taxonomies and their controls taxa, and each rule
//! says which of them ask for it. A result is one failure of one object, however many controls ask for the check. What an
//! exception covers is a suppressed result.

use rustc_hash::FxHashSet;
use serde_json::{Value, json};

use super::json::summary;
use crate::driver::evidence::{Evidence, ExceptionEvidence, Failing, Status, Verdict};
use crate::policy::compliance::{Check, Control, Framework, all_checks};
use crate::report::sarif::{Fingerprints, document, driver, location, message};

/// One document with one run; `exit_code` is the one that the program ends with.
pub fn sarif(evidence: &Evidence, exit_code: u8) -> String {
    let frameworks: Vec<&Framework> = evidence.frameworks.iter().map(|one| one.framework).collect();
    let asks = |check: &Check| frameworks.iter().any(|framework| asking(framework, check).next().is_some());
    let checks: Vec<&Check> = all_checks().filter(|check| asks(check)).collect();
    let mut driver = driver(checks.iter().map(|check| rule(check, &frameworks)).collect());
    let taxonomy = |(index, framework): (usize, &&Framework)| json!({ "name": framework.key, "index": index });
    driver["supportedTaxonomies"] = frameworks.iter().enumerate().map(taxonomy).collect();
    document(json!({
        "automationDetails": { "id": format!("nxk-compliance/{}/{}/", evidence.project, evidence.environment) },
        "tool": { "driver": driver },
        "taxonomies": frameworks.iter().map(|framework| taxa(framework)).collect::<Vec<_>>(),
        "invocations": [{
            "executionSuccessful": true,
            "exitCode": exit_code,
            "exitCodeDescription": match exit_code {
                0 => "every control that binds is met or excepted",
                _ => "a control is not met, or the configuration has other errors",
            },
        }],
        "results": results(evidence, &checks),
        "properties": summary(evidence),
    }))
}

/// The controls of a regulation that ask for a check.
fn asking(framework: &Framework, check: &Check) -> impl Iterator<Item = &'static Control> {
    framework.controls().filter(move |control| control.checks.contains(&check.id))
}

fn rule(check: &Check, frameworks: &[&Framework]) -> Value {
    let mut tags = vec!["compliance".to_string()];
    let (mut lines, mut marked, mut relationships) = (Vec::new(), Vec::new(), Vec::new());
    for (index, framework) in frameworks.iter().enumerate() {
        for control in asking(framework, check) {
            let name = format!("{} {}", framework.key, control.id);
            lines.push(format!("{name}: {}, from level {}", control.title, control.from));
            marked.push(format!("- **{name}**: {}, from level `{}`", control.title, control.from));
            relationships.push(json!({
                "target": { "id": control.id, "toolComponent": { "name": framework.key, "index": index } },
                "kinds": ["relevant"],
            }));
            tags.push(name);
        }
    }
    json!({
        "id": check.id,
        "shortDescription": { "text": check.title },
        "fullDescription": { "text": format!("Passes where {}.", check.title) },
        "help": {
            "text": format!("Asked for by\n{}", lines.join("\n")),
            "markdown": format!("Asked for by\n\n{}", marked.join("\n")),
        },
        "defaultConfiguration": { "level": "error" },
        "relationships": relationships,
        "properties": { "tags": tags, "precision": "very-high" },
    })
}

fn taxa(framework: &Framework) -> Value {
    let taxon = |control: &Control| {
        json!({
            "id": control.id,
            "shortDescription": { "text": control.title },
            "properties": { "from": control.from.name() },
        })
    };
    json!({
        "name": framework.key,
        "shortDescription": { "text": framework.title },
        "taxa": framework.controls().map(taxon).collect::<Vec<_>>(),
    })
}

/// What failed, object by object and check by check, each once, in the order in which the controls tell it.
fn results(evidence: &Evidence, checks: &[&Check]) -> Vec<Value> {
    let mut told: FxHashSet<(&str, &str)> = FxHashSet::default();
    let mut fingerprints = Fingerprints::default();
    let mut results = Vec::new();
    let verdicts = evidence.controls().flat_map(|control| &control.verdicts);
    for verdict in verdicts.filter(|verdict| verdict.status != Status::Met) {
        if !told.insert((verdict.object.as_str(), verdict.check.id)) {
            continue;
        }
        let exception = verdict.exception.map(|at| &evidence.exceptions[at]);
        for failure in &verdict.failures {
            let mut result = result(verdict, failure);
            result["ruleIndex"] = json!(checks.iter().position(|check| check.id == verdict.check.id));
            result["partialFingerprints"] = fingerprints.of(&[verdict.check.id, &verdict.object, &failure.path]);
            if let Some(exception) = exception.filter(|_| verdict.status == Status::Excepted) {
                result["suppressions"] = json!([suppression(exception)]);
            }
            results.push(result);
        }
    }
    results
}

fn result(verdict: &Verdict, failure: &Failing) -> Value {
    let text = format!("{}: {}\n{}", verdict.object, failure.message, failure.hint);
    let place = location(failure.place.as_ref(), Some(&verdict.object), Some(&failure.path));
    json!({
        "ruleId": verdict.check.id,
        "kind": "fail",
        "level": "error",
        "message": message(&text),
        "locations": place.into_iter().collect::<Vec<_>>(),
        "properties": { "level": verdict.level.name() },
    })
}

fn suppression(evidence: &ExceptionEvidence) -> Value {
    let exception = &evidence.exception;
    let mut suppression = json!({
        "kind": "external",
        "status": "accepted",
        "justification": format!("{} (until {})", exception.reason, exception.until),
        "properties": { "control": exception.control.as_str(), "until": exception.until.to_string() },
    });
    if let Some(place) = location(evidence.place.as_ref(), None, None) {
        suppression["location"] = place;
    }
    suppression
}
