//! What builds is admitted: all objects of all examples, what controllers make of them, through the doors of all back ends.

use std::path::PathBuf;

use serde_json::Value;

use crate::door::{Backend, Door};
use crate::support::{files_below, in_parallel, nxk};
use crate::{made, types};

const BACKENDS: [(&str, Backend); 3] =
    [("vap", Backend::Kubernetes), ("kyverno", Backend::Kyverno), ("kyverno-cel", Backend::KyvernoCel)];

/// The objects of an example with policies for all back ends.
fn compile(entry: &PathBuf, version: &str) -> Vec<Value> {
    let mut command = nxk();
    command.args(["compile", "--format", "json", "--quiet", "--k8s-version", version]);
    command.args(["--source-commit", "0123456789abcdef0123456789abcdef01234567"]);
    command.args(["--set", "framework.policies.backends=[\"vap\",\"kyverno\",\"kyverno-cel\"]"]);
    command.args(["--set", "framework.addons.kyverno=1.19"]);
    let output = command.arg(entry).output().expect("the built program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} does not compile for {version}:\n{said}", entry.display());
    let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    list["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn everything_that_is_built_is_admitted() {
    let examples = files_below("examples", "/main.nxk");
    assert!(examples.len() >= 6);
    let runs: Vec<(&PathBuf, &str)> =
        examples.iter().flat_map(|entry| ["1.30", "1.37"].map(|version| (entry, version))).collect();
    let found = in_parallel(&runs, |(entry, version)| {
        let objects = compile(entry, version);
        let made: Vec<Value> = objects.iter().flat_map(made::by_controllers).collect();
        let mut all: Vec<Value> = objects.iter().chain(&made).cloned().collect();
        all.iter_mut().for_each(made::by_server);
        let mut asked = 0;
        let mut refused = Vec::new();
        for (name, backend) in BACKENDS {
            let door = Door::of(backend, &objects);
            assert!(!door.policies.is_empty(), "{} has policies for {name}", entry.display());
            for object in &all {
                asked += door.policies.iter().filter(|policy| policy.matches(object)).count();
                let refusals = door.judge(object);
                if !refusals.is_empty() {
                    let metadata = &object["metadata"]["name"];
                    refused.push(format!(
                        "{} {version} {name}: {} {metadata}: {refusals:?}",
                        entry.display(),
                        object["kind"]
                    ));
                }
            }
        }
        (asked, refused)
    });
    let asked: usize = found.iter().map(|(asked, _)| asked).sum();
    let refused: Vec<String> = found.into_iter().flat_map(|(_, refused)| refused).collect();
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(asked > 2000, "policies were asked {asked} times");
}

#[test]
fn all_back_ends_ask_the_same() {
    let mut asked = 0;
    for entry in files_below("examples", "/main.nxk") {
        let objects = compile(&entry, "1.37");
        let rules = |backend| {
            let door = Door::of(backend, &objects);
            let mut rules: Vec<String> = Vec::new();
            for policy in &door.policies {
                for kind in &policy.kinds {
                    let each = policy.rules.iter().map(|rule| {
                        format!(
                            "{kind:?} {:?} {} {} {}",
                            policy.namespaces, policy.action, rule.message, rule.expression
                        )
                    });
                    rules.extend(each);
                }
            }
            rules.sort();
            rules
        };
        let kubernetes = rules(Backend::Kubernetes);
        asked += kubernetes.len();
        assert_eq!(kubernetes, rules(Backend::Kyverno), "{}", entry.display());
        assert_eq!(kubernetes, rules(Backend::KyvernoCel), "{}", entry.display());
    }
    assert!(asked > 1000, "{asked} rules");
}

#[test]
fn every_expression_has_its_types() {
    let examples = files_below("examples", "/main.nxk");
    let runs: Vec<(&PathBuf, &str)> =
        examples.iter().flat_map(|entry| ["1.30", "1.33", "1.37"].map(|version| (entry, version))).collect();
    let found = in_parallel(&runs, |(entry, version)| types::problems(&compile(entry, version), version));
    let seen: usize = found.iter().map(|(seen, _)| seen).sum();
    let wrong: Vec<String> = found.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 2000, "{seen} expressions, each with each kind that its policy matches");
}
