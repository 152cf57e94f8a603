//! A chart commutes with the compiler: what real Helm 3 and Helm 4 render of it, with any values, is what nxk compiles
//! with the same settings, object for object.
//!
//! `chart/commutes.py` judges, on the examples and on configurations that `chart/configurations.py` makes, with the values that
//! `chart/assignments.py` draws. What the charts of the examples open is held by a snapshot.

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use support::{files_below, python, repository};

/// How many configurations are made: every theme, some of them twice, and applications with nothing but what was drawn.
const GENERATED: usize = 36;

/// The names of the examples.
fn examples() -> Vec<String> {
    let name = |main: PathBuf| Some(main.parent()?.file_name()?.to_str()?.to_owned());
    files_below("examples", "/main.nxk").into_iter().filter_map(name).collect()
}

/// What came of all charts, judged once for all tests.
fn verdict() -> Option<&'static Value> {
    static VERDICT: OnceLock<Option<Value>> = OnceLock::new();
    VERDICT.get_or_init(judged).as_ref()
}

fn judged() -> Option<Value> {
    let helms: Vec<PathBuf> = [3, 4].into_iter().filter_map(support::helm).collect();
    let python = python("yaml")?;
    if helms.is_empty() {
        return None;
    }
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let given = json!({
        "nxk": env!("CARGO_BIN_EXE_nxk"), "helms": helms, "repository": repository(), "examples": examples(),
        "generated": GENERATED, "scratch": scratch.path(),
    });
    let file = scratch.path().join("given.json");
    std::fs::write(&file, given.to_string()).expect("written");
    Some(run(&python, &file))
}

fn run(python: &Path, given: &Path) -> Value {
    let judge = repository().join("tests/chart/commutes.py");
    // Its neighbours are imported, and need not be kept compiled.
    let output = Command::new(python).arg("-B").arg(judge).arg(given).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a verdict is JSON")
}

fn lines(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn charts_render_what_compiling_with_the_same_settings_gives() {
    let Some(verdict) = verdict() else { return };
    let wrong = lines(&verdict["wrong"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let counts = &verdict["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap_or_default();
    let charts = (examples().len() + GENERATED) as u64;
    assert!(charts >= 32 && count("defaults") >= charts, "{counts}");
    assert!(count("objects") >= 500 && count("released") >= 1000, "{counts}");
    assert!(count("assigned") >= 10 * charts, "{counts}");
    assert!(count("accepted") * 10 >= count("assigned") * 6, "most values are values: {counts}");
}

#[test]
fn values_of_every_sort_are_changed() {
    let Some(verdict) = verdict() else { return };
    assert_eq!(verdict["unseen"], json!([]), "these were refused wherever they were tried");
    let sorts = lines(&verdict["sorts"]);
    for sort in ["amount", "class", "host", "image", "most", "replicas", "schedule", "share", "size", "text"] {
        assert!(sorts.contains(&sort), "{sort} is changed somewhere: {sorts:?}");
    }
}

/// What of the examples is open, and which fields of their workloads no value changes, though operators would like to: an
/// option that is settled from one day to the next shows here.
#[test]
fn examples_open_what_operators_change() {
    let Some(verdict) = verdict() else { return };
    let never = lines(&verdict["never all at once"]);
    let mut text = String::new();
    for example in examples() {
        assert!(!never.contains(&example.as_str()), "{example} is never judged with all values changed");
        for (what, fields) in [("open", &verdict["open"][&example]), ("settled", &verdict["settled"][&example])] {
            for field in lines(fields) {
                writeln!(text, "{example}: {what}: {field}").expect("strings take all");
            }
        }
    }
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("chart-openings", text);
    });
}
