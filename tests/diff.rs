//! `nxk diff`: what changes between configurations and manifests, in the objects and in who can connect to whom.

#[path = "diff/connections.rs"]
mod connections;
#[path = "diff/dangers.rs"]
mod dangers;
#[path = "diff/objects.rs"]
mod objects;
#[path = "diff/sources.rs"]
mod sources;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = support::nxk().current_dir(folder).arg("diff").args(arguments).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// An object of a kind with these fields.
fn object(api: &str, kind: &str, fields: &str) -> String {
    format!("---\napiVersion: {api}\nkind: {kind}\nmetadata: {{ name: a, namespace: shop }}\n{fields}\n")
}

/// What the manifests `old` and `new` differ in, as the program tells programs.
fn difference(old: &str, new: &str) -> Value {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    write(at, "old.yaml", old);
    write(at, "new.yaml", new);
    let (_, told, said) = run(at, &["old.yaml", "new.yaml", "--format", "json"]);
    serde_json::from_str(&told).unwrap_or_else(|_| panic!("{said}"))
}

/// `spec.replicas changed`, for each field of the only object that changes.
fn fields(told: &Value) -> Vec<String> {
    let fields = told["objects"]["changed"][0]["fields"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    fields.iter().map(|field| format!("{} {}", text(&field["path"]), text(&field["change"]))).collect()
}

#[test]
fn pipelines_are_told_by_the_exit_code() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    let deployment = |replicas: &str| object("apps/v1", "Deployment", &format!("spec: {{ replicas: {replicas} }}"));
    write(at, "two.yaml", &deployment("2"));
    write(at, "three.yaml", &deployment("3"));
    write(at, "none.yaml", &deployment("0"));
    for (arguments, code) in [
        (["two.yaml", "two.yaml", "--exit-code"], 0),
        (["two.yaml", "three.yaml", "--exit-code"], 1),
        (["two.yaml", "three.yaml", "--deny-dangerous"], 0),
        (["two.yaml", "none.yaml", "--deny-dangerous"], 1),
        (["two.yaml", "none.yaml", "--quiet"], 0),
    ] {
        assert_eq!(run(at, &arguments).0, code, "{arguments:?}");
    }
    let (_, plain, _) = run(at, &["two.yaml", "none.yaml"]);
    let (_, coloured, _) = run(at, &["two.yaml", "none.yaml", "--color", "always"]);
    assert!(!plain.contains('\x1b') && coloured.contains('\x1b'), "{coloured}");
}

#[test]
fn the_guide_shows_what_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for file in support::files_below("examples/shop", "") {
        let name = file.strip_prefix(support::repository().join("examples/shop")).expect("there").display().to_string();
        let text = support::read(&file);
        write(folder.path(), &format!("base/shop/{name}"), &text);
        let changed = text
            .replace(
                "dependencies = [ \"api\" ];",
                "dependencies = [ \"redis\" { app = \"api\"; ports = [ 8080 ]; } ];",
            )
            .replace("shop/web:1.4.2", "shop/web:1.5.0")
            .replace("size = \"20Gi\"", "size = \"50Gi\"")
            .replace("      egress = [ { cidr = \"198.51.100.0/26\"; ports = [ 443 ]; } ];\n", "");
        write(folder.path(), &format!("shop/{name}"), &changed);
    }
    let guide = support::read("docs/guides/diff.md");
    for format in ["human", "markdown"] {
        let (code, told, said) = run(folder.path(), &["base/shop/main.nxk", "shop/main.nxk", "--format", format]);
        assert_eq!((code, &*said), (0, ""));
        assert!(guide.contains(&format!("text\n{told}```")), "docs/guides/diff.md does not show\n{told}");
    }
}
