//! Every example checks without a finding on every Kubernetes version, and its output is the one that was read and
//! approved. The schema peer accepts it for several versions, and the security peer finds nothing in those that claim
//! the highest level.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{files_below, in_parallel, nxk, python, read, repository};

/// A revision that is the same on every machine.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The folders of `examples/` with a `main.nxk`.
fn examples() -> Vec<PathBuf> {
    let mains = files_below("examples", "/main.nxk");
    assert!(!mains.is_empty(), "there are examples");
    mains
}

fn name_of(entry: &Path) -> String {
    entry.parent().and_then(Path::file_name).expect("it is in a folder").to_string_lossy().into_owned()
}

fn compile(entry: &Path, further: &[&str]) -> String {
    let relative = entry.strip_prefix(repository()).expect("examples are in the repository");
    let output = nxk().args(["compile", "--quiet", "--source-commit", COMMIT]).arg(relative).args(further).output();
    let output = output.expect("the built program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} does not compile:\n{errors}", entry.display());
    String::from_utf8(output.stdout).expect("the output is text")
}

/// The build id that the first object carries.
fn build_id(text: &str) -> Option<&str> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("enterprise.com/build-id: "))?;
    Some(value.trim_matches('"'))
}

#[test]
fn examples_give_the_approved_output() {
    for entry in examples() {
        let name = name_of(&entry);
        // The build id covers the version and every byte of the sources; it has a test of its own.
        let text = compile(&entry, &[]);
        let id = build_id(&text).map(str::to_string);
        let text = id.map_or(text.clone(), |id| text.replace(&id, "<build id>"));
        insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

#[test]
fn examples_compile_to_the_same_bytes_every_time() {
    for entry in examples() {
        assert_eq!(compile(&entry, &[]), compile(&entry, &[]), "{}", entry.display());
    }
}

#[test]
fn examples_check_without_a_finding_on_every_version() {
    let examples = examples();
    let versions = (28..=37).map(|minor| format!("1.{minor}"));
    let runs: Vec<(&PathBuf, String)> =
        versions.flat_map(|version| examples.iter().map(move |entry| (entry, version.clone()))).collect();
    assert!(runs.len() >= 70, "seven examples on ten versions are {} runs", runs.len());
    let findings = in_parallel(&runs, |(entry, version)| {
        let mut command = nxk();
        command.args(["check", "--source-commit", COMMIT, "--k8s-version", version]).arg(entry);
        let output = command.output().expect("the built program starts");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        // A run without a finding says how much was checked, in one line.
        let all =
            words.split_once(" objects, ").is_some_and(|(number, rest)| rest.starts_with(&format!("{number} checked")));
        (!output.status.success() || words.lines().count() != 1 || !all)
            .then(|| format!("{entry:?} {version}:\n{words}"))
    });
    let findings: Vec<String> = findings.into_iter().flatten().collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The API groups of custom resources in the examples, which the schema peer does not know.
const CUSTOM: [&str; 2] = ["external-secrets.io/", "monitoring.coreos.com/"];

/// The documents whose kinds are Kubernetes' own.
fn built_in(text: &str) -> String {
    let is_custom = |document: &&str| CUSTOM.iter().any(|group| document.starts_with(&format!("apiVersion: {group}")));
    let kept: Vec<&str> = text.split("---\n").filter(|document| !is_custom(document)).collect();
    kept.join("---\n")
}

#[test]
fn the_schema_peer_accepts_the_examples() {
    let Some(python) = python("kubernetes_validate") else { return };
    let examples = examples();
    let runs: Vec<(&PathBuf, &str)> = ["1.28", "1.31", "1.37"]
        .into_iter()
        .flat_map(|version| examples.iter().map(move |entry| (entry, version)))
        .collect();
    in_parallel(&runs, |(entry, version)| {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let file = folder.path().join("manifests.yaml");
        std::fs::write(&file, built_in(&compile(entry, &["--k8s-version", version]))).expect("written");
        let mut command = Command::new(python.with_file_name("kubernetes-validate"));
        let output = command.args(["-k", version, "--strict"]).arg(&file).output().expect("the peer starts");
        let words = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{} for {version}:\n{}", entry.display(), String::from_utf8_lossy(&words));
    });
}

/// What the security peer finds and is not wrong: the check, the objects, and why.
const JUSTIFIED: [(&str, &[&str], &str); 1] = [(
    "CKV_K8S_38",
    &["StatefulSet.ledger.prometheus", "StatefulSet.orders-db.postgres"],
    "they ask the API server, which their roles allow for just what they need",
)];

#[test]
fn the_security_peer_finds_nothing_at_the_highest_level() {
    let Some(python) = python("checkov") else { return };
    let restricted: Vec<PathBuf> = examples()
        .into_iter()
        .filter(|entry| compile(entry, &[]).contains("enterprise.com/compliance-level: restricted"))
        .collect();
    assert!(restricted.len() >= 2, "two examples are at the highest level");
    let found: Vec<Vec<(String, String)>> =
        in_parallel(&restricted, |entry| failed_checks(&python, &compile(entry, &[])));
    let found: Vec<(String, String)> = found.into_iter().flatten().collect();
    let expected: Vec<(String, String)> = JUSTIFIED
        .iter()
        .flat_map(|(check, objects, _)| objects.iter().map(|object| (check.to_string(), object.to_string())))
        .collect();
    let sorted = |mut pairs: Vec<(String, String)>| {
        pairs.sort();
        pairs
    };
    assert_eq!(sorted(found), sorted(expected), "checks of checkov that failed, and those that may");
}

/// The checks that checkov says failed, each with its object.
fn failed_checks(python: &Path, manifests: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("manifests.yaml");
    std::fs::write(&file, manifests).expect("written");
    let mut command = Command::new(python.with_file_name("checkov"));
    command.args([
        "--framework",
        "kubernetes",
        "--skip-download",
        "--compact",
        "--quiet",
        "--output",
        "json",
        "--file",
    ]);
    let output = command.arg(&file).output().expect("the peer starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}:\n{}", String::from_utf8_lossy(&output.stderr)));
    let summary = &report["summary"];
    assert!(summary["passed"].as_u64() > Some(100), "the peer has looked: {summary}");
    assert_eq!(summary["parsing_errors"], 0, "the peer can read it");
    let text = |value: &Value| value.as_str().expect("a text").to_string();
    let failed = report["results"]["failed_checks"].as_array().expect("a list");
    failed.iter().map(|check| (text(&check["check_id"]), text(&check["resource"]))).collect()
}

#[test]
fn the_build_id_follows_the_inputs() {
    let id = |text: &str| build_id(text).map(str::to_string);
    let entry = repository().join("examples/shop/main.nxk");
    let plain = id(&compile(&entry, &[])).expect("every object carries the build id");
    assert_eq!(plain.len(), 64);
    let other_version = id(&compile(&entry, &["--k8s-version", "1.30"]));
    let other_setting = id(&compile(&entry, &["--set", "applications.web.replicas=5"]));
    assert_ne!(other_version.as_ref(), Some(&plain));
    assert_ne!(other_setting.as_ref(), Some(&plain));
    assert_ne!(other_setting, other_version);
    // The folder in which the sources lie does not matter.
    let copy = tempfile::tempdir().expect("a scratch folder");
    let elsewhere = copy.path().join("shop");
    std::fs::create_dir(&elsewhere).expect("made");
    for file in ["main.nxk", "stores.nxk"] {
        std::fs::write(elsewhere.join(file), read(format!("examples/shop/{file}"))).expect("written");
    }
    let output =
        nxk().args(["compile", "--quiet"]).arg(elsewhere.join("main.nxk")).output().expect("the built program starts");
    assert_eq!(id(&String::from_utf8_lossy(&output.stdout)), Some(plain));
}

#[test]
fn a_build_tells_what_made_it() {
    let explain = |further: &[&str]| {
        let mut command = nxk();
        command.args(["explain", "examples/shop/main.nxk", "--format", "json", "--build-id"]).args(further);
        let output = command.output().expect("the built program starts");
        let build: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the answer is JSON");
        (output.status.code(), build)
    };
    let (code, build) = explain(&[]);
    assert_eq!(code, Some(0));
    let id = build["buildId"].as_str().expect("it has an id").to_string();
    assert_eq!(Some(id.as_str()), build_id(&compile(&repository().join("examples/shop/main.nxk"), &[])));
    let files: Vec<&str> =
        build["files"].as_array().into_iter().flatten().filter_map(|file| file["path"].as_str()).collect();
    assert!(files.contains(&"main.nxk") && files.contains(&"stores.nxk"), "{files:?}");
    // The first digits are enough; other inputs make another build.
    assert_eq!(explain(&[&id[..8]]).0, Some(0));
    assert_eq!(explain(&[&id[..8], "--set", "applications.web.replicas=5"]).0, Some(1));
    assert_eq!(explain(&["0123456789"]).1["asked"], "0123456789");
}
