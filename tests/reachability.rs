//! What the policies of random graphs let through is what the graphs declare, no more and no less.
//!
//! The judge is in `tests/network`, in Python, and knows nxk from outside alone: `randoms.py` invents graphs, `graphs.py`
//! writes them down as configurations, `declared.py` says what must be open because of them, `evaluator.py` says what the
//! compiled policies let through, and `reachability.py` compares the two for every workload, direction and peer.
//!
//! `NXK_GRAPH_SEEDS=100..2000` judges other configurations, of 50 graphs each, than those that are always judged.

mod support;

use std::collections::BTreeSet;
use std::env;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{in_parallel, python, repository};

/// The configurations that are always judged, and how many graphs are in one.
const SEEDS: Range<u64> = 0..100;
const GRAPHS_A_FILE: u64 = 50;

/// The configurations of which each graph is changed so many times.
const CHANGED: Range<u64> = 0..6;
const CHANGES: u64 = 6;

/// So many configurations one run of Python judges.
const A_RUN: u64 = 5;

#[test]
fn what_is_open_is_what_is_declared() {
    let Some(python) = python("yaml") else { return };
    let seeds = seeds();
    let graphs = (seeds.end - seeds.start) * GRAPHS_A_FILE;
    let runs: Vec<u64> = seeds.clone().step_by(A_RUN as usize).collect();
    let reports = in_parallel(&runs, |&first| {
        let count = A_RUN.min(seeds.end - first);
        judge(&python, "reachability.py", &[first, count, GRAPHS_A_FILE])
    });
    let differences: Vec<String> = reports.iter().flat_map(differences).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    // The comparison has not become empty: everything was judged, and most of it is closed.
    let total = |key: &str| reports.iter().filter_map(|report| report[key].as_u64()).sum::<u64>();
    assert_eq!(total("graphs"), graphs);
    assert!(total("compared") > 100 * graphs, "{} pairs were compared", total("compared"));
    assert!(total("open") > 10 * graphs, "{} pairs are open", total("open"));
    assert!(total("compared") > 3 * total("open"), "most of {} pairs are closed", total("compared"));
}

#[test]
fn the_proof_finds_every_change_of_what_is_open() {
    let Some(python) = python("yaml") else { return };
    let runs: Vec<u64> = CHANGED.collect();
    let reports = in_parallel(&runs, |&seed| judge(&python, "proof.py", &[seed, 1, GRAPHS_A_FILE, CHANGES]));
    let differences: Vec<String> = reports.iter().flat_map(differences).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    let total = |key: &str| reports.iter().filter_map(|report| report[key].as_u64()).sum::<u64>();
    let (changes, wrong, doors) = (total("changes"), total("wrong"), total("doors"));
    assert!(changes >= 1500, "there were {changes} changes");
    assert!(4 * wrong > 2 * changes && 4 * wrong < 3 * changes, "{wrong} of {changes} changes are to be found");
    // Not only that something is wrong is compared, but with which workload and in which direction.
    assert!(4 * doors > 3 * changes, "{doors} doors were to be found in {changes} changes");
    let sorts: BTreeSet<&String> =
        reports.iter().filter_map(|report| report["sorts"].as_object()).flat_map(|sorts| sorts.keys()).collect();
    assert!(sorts.len() >= 50, "so few sorts of changes there were: {sorts:?}");
}

#[test]
fn the_judge_agrees_with_the_cases_written_by_hand() {
    let Some(python) = python("yaml") else { return };
    let mut command = Command::new(&python);
    command.arg("-B").args(["tests/network/cases.py", "tests/corpus/network"]).current_dir(repository());
    let report = report_of(&mut command);
    let differences = differences(&report);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(report["cases"].as_u64() >= Some(60), "{} cases were judged", report["cases"]);
}

/// `NXK_GRAPH_SEEDS`, or those that are always judged.
fn seeds() -> Range<u64> {
    let Ok(asked) = env::var("NXK_GRAPH_SEEDS") else { return SEEDS };
    let ends = asked.split_once("..").and_then(|(first, end)| Some((first.parse().ok()?, end.parse().ok()?)));
    ends.map_or_else(|| panic!("NXK_GRAPH_SEEDS is `FIRST..END`, and not `{asked}`"), |(first, end)| first..end)
}

/// What a program of `tests/network` says of configurations that it has nxk compile.
fn judge(python: &Path, program: &str, arguments: &[u64]) -> Value {
    let mut command = Command::new(python);
    command.arg("-B").arg(repository().join("tests/network").join(program)).arg(env!("CARGO_BIN_EXE_nxk"));
    report_of(command.args(arguments.iter().map(u64::to_string)))
}

fn report_of(command: &mut Command) -> Value {
    let output = command.output().expect("Python starts");
    assert!(output.status.success(), "the judge fails:\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

/// The differences of a report, each with the seed and the configuration that shows it.
fn differences(report: &Value) -> Vec<String> {
    let shown = |difference: &Value| {
        let words: Vec<&str> = difference["words"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let Some(source) = difference["configuration"].as_str() else { return format!("{difference}") };
        format!("configuration {}, graph {}:\n{}\n{source}", difference["seed"], difference["graph"], words.join("\n"))
    };
    report["differences"].as_array().into_iter().flatten().map(shown).collect()
}
