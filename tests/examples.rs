//! Every example compiles, its output is the one that was read and approved, and the schema peer
//! accepts it for several Kubernetes versions.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{files_below, nxk, python, read, repository};

/// A revision that is the same on every machine.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The folders of `examples/` with a `main.nxk`.
fn examples() -> Vec<PathBuf> {
    let mains = files_below("examples", "/main.nxk");
    assert!(!mains.is_empty(), "there are examples");
    mains
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
        let name = entry.parent().and_then(Path::file_name).expect("it is in a folder").to_string_lossy().into_owned();
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
fn the_schema_peer_accepts_the_examples() {
    let Some(python) = python("kubernetes_validate") else { return };
    for entry in examples() {
        for version in ["1.28", "1.31", "1.37"] {
            let folder = tempfile::tempdir().expect("a scratch folder");
            let file = folder.path().join("manifests.yaml");
            std::fs::write(&file, compile(&entry, &["--k8s-version", version])).expect("written");
            let mut command = Command::new(python.with_file_name("kubernetes-validate"));
            let output = command.args(["-k", version, "--strict"]).arg(&file).output().expect("the peer starts");
            let words = [output.stdout, output.stderr].concat();
            assert!(output.status.success(), "{} for {version}:\n{}", entry.display(), String::from_utf8_lossy(&words));
        }
    }
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
