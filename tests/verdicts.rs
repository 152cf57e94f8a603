//! How far the check agrees with what a real kube-apiserver says of the same manifests.

mod support;

use std::collections::BTreeMap;
use std::fs;

use nxk::node::{Node, NodeKind};
use nxk::schema::{Catalogue, Target, validate};
use nxk::source::Span;
use serde_json::Value;

/// What the check must reach on every version, in agreements per thousand cases.
const FLOOR: usize = 985;

#[derive(Default)]
struct Score {
    cases: usize,
    agree: usize,
    false_rejects: Vec<String>,
    false_accepts: Vec<String>,
}

#[test]
fn agrees_with_a_real_server() {
    let Some(shared) = support::shared() else {
        support::not_run("no folder with verdicts (set NXK_SHARED)");
        return;
    };
    let cases = fs::read_to_string(shared.join("verdicts/open.jsonl")).expect("the verdicts can be read");
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("each line is one case");
        score(&case, &mut scores);
    }
    let mut base_rejected = Vec::new();
    for (version, score) in &scores {
        println!(
            "{version}: {} of {} agree, {} false rejects, {} false accepts",
            score.agree,
            score.cases,
            score.false_rejects.len(),
            score.false_accepts.len()
        );
        if std::env::var_os("NXK_VERDICTS_DETAIL").is_some() {
            score.false_rejects.iter().for_each(|line| println!("FR {version} {line}"));
            score.false_accepts.iter().for_each(|line| println!("FA {version} {line}"));
        }
        base_rejected.extend(score.false_rejects.iter().filter(|id| id.starts_with("base-")).cloned());
    }
    assert_eq!(base_rejected, Vec::<String>::new(), "valid manifests are refused");
    for (version, score) in &scores {
        let reached = score.agree * 1000 / score.cases;
        assert!(reached >= FLOOR, "{version}: {reached} of 1000 agree, {FLOOR} are wanted");
    }
}

fn score(case: &Value, scores: &mut BTreeMap<String, Score>) {
    let word = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let manifest = support::manifests::from_yaml(&word(case, "manifest"));
    for (version, verdict) in case.get("verdicts").and_then(Value::as_object).into_iter().flatten() {
        let rejected = word(verdict, "verdict") == "reject";
        // A field that the server drops because its gate is off: a checker may well complain.
        if !rejected && word(verdict, "all_gates") == "reject" {
            continue;
        }
        let target = Target::new(Catalogue::embedded().version(version, Span::NONE).expect("a known version"));
        let findings = manifest.as_ref().map(|node| validate(node, &target));
        let first = match &findings {
            Some(findings) => findings.iter().find(|finding| finding.is_error()).map(|finding| {
                format!("{} {}: {}", finding.code.as_str(), finding.path.as_deref().unwrap_or(""), finding.message)
            }),
            None => Some("not YAML".to_owned()),
        };
        let score = scores.entry(version.clone()).or_default();
        score.cases += 1;
        let id = word(case, "id");
        match (rejected, first) {
            (true, None) => {
                score.false_accepts.push(format!("{id} {} {}", word(verdict, "stage"), word(verdict, "message")))
            }
            (false, Some(finding)) => score.false_rejects.push(format!("{id} {finding}")),
            _ => score.agree += 1,
        }
    }
}

#[test]
fn a_value_that_could_not_be_had_causes_no_findings() {
    let Some(shared) = support::shared() else {
        support::not_run("no folder with verdicts (set NXK_SHARED)");
        return;
    };
    let cases = fs::read_to_string(shared.join("verdicts/open.jsonl")).expect("the verdicts can be read");
    let target = Target::new(Catalogue::embedded().version("1.36", Span::NONE).expect("a known version"));
    for case in cases.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is one case")) {
        let manifest = case.get("manifest").and_then(Value::as_str).unwrap_or_default();
        let Some(node) = support::manifests::from_yaml(manifest) else { continue };
        if validate(&node, &target).iter().any(|finding| finding.is_error()) {
            continue;
        }
        for index in 0..count(&node) {
            let mut broken = node.clone();
            fail(&mut broken, &mut index.clone());
            let first = validate(&broken, &target).into_iter().find(|finding| finding.is_error());
            assert_eq!(first, None, "{} with the value {index} failed", case["id"]);
        }
    }
}

/// How many values there are in a value, itself included.
fn count(node: &Node) -> usize {
    let inner: usize = match &node.kind {
        NodeKind::List(items) => items.iter().map(count).sum(),
        NodeKind::Map(map) => map.fields.iter().map(|field| count(&field.value)).sum(),
        _ => 0,
    };
    1 + inner
}

/// Replaces the value with this number by one that could not be had.
fn fail(node: &mut Node, number: &mut usize) {
    if *number == 0 {
        node.kind = NodeKind::Failed;
    }
    *number = number.wrapping_sub(1);
    match &mut node.kind {
        NodeKind::List(items) => items.iter_mut().for_each(|item| fail(item, number)),
        NodeKind::Map(map) => map.fields.iter_mut().for_each(|field| fail(&mut field.value, number)),
        _ => {}
    }
}
