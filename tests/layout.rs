//! Which files an output consists of: the same objects in every form, in the order of installation, wherever they lie.

#[path = "layout/gitops.rs"]
mod gitops;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::compiled::Source;

/// Two namespaces, a Secret, and custom resources of one kind in two groups.
const SHOP: &str = r#"
  framework = {
    project = "shop";
    namespace = "shop";
    opaqueKinds = [ "example.com/v1/Gateway" "example.org/v1/Gateway" "example.com/v1/Weird" ];
  };
  applications.database = { image = "postgres:17"; ports = [ 5432 ]; };
  applications.web = { image = "nginx:1.27"; ports = [ 8080 ]; dependencies = [ "database" ]; };
  configMaps.settings = { namespace = "other"; data.a = "1"; };
  nativeSecrets.password = { data.password = lib.secret.file ./password; };
  resources.one = { apiVersion = "example.com/v1"; kind = "Gateway"; metadata = { name = "main"; namespace = "shop"; }; };
  resources.two = { apiVersion = "example.org/v1"; kind = "Gateway"; metadata = { name = "main"; namespace = "shop"; }; };
"#;

fn shop() -> Source {
    Source::new(SHOP).file("password", "swordfish")
}

fn compile(source: &Source, arguments: &[&str]) -> Output {
    let main = source.written();
    let mut command = support::nxk();
    command.current_dir(source.folder()).arg("compile").arg(main).args(arguments);
    command.output().expect("the built program starts")
}

/// Compiles into the folder `out` beside the configuration.
fn written(source: &Source, arguments: &[&str]) {
    let output = compile(source, &[&["-o", "out"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The paths of all files below a folder, without nxk's own list.
fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(&at).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_string_lossy().into_owned();
                found.extend((name != ".nxk-output").then_some(name));
            }
        }
    }
    found.sort();
    found
}

/// Objects by what they are: `Deployment shop/web`.
fn by_identity(objects: Vec<Value>) -> BTreeMap<String, Value> {
    let count = objects.len();
    let text = |object: &Value, path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let identity = |object: &Value| {
        ["/apiVersion", "/kind", "/metadata/namespace", "/metadata/name"].map(|path| text(object, path)).join(" ")
    };
    let found: BTreeMap<_, _> = objects.into_iter().map(|object| (identity(&object), object)).collect();
    assert_eq!(found.len(), count, "no object is there twice");
    found
}

/// The objects of a YAML stream or a JSON text, as kubectl's own reader understands them; `None` without kubectl.
fn kustomized(folder: &Path) -> Option<Vec<Value>> {
    let kubectl = support::peer("kubectl")?;
    let output = Command::new(kubectl).arg("kustomize").arg(folder).output().expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let documents = serde_yaml::Deserializer::from_slice(&output.stdout);
    let objects = documents.map(|document| serde::Deserialize::deserialize(document).expect("an object"));
    Some(objects.filter(|object: &Value| !object.is_null()).collect())
}

#[test]
fn every_object_has_a_file_of_its_own() {
    let source = shop();
    written(&source, &["--split"]);
    let out = source.folder().join("out");
    let found = names(&out);
    for name in [
        "namespace-shop.yaml",
        "shop/deployment-web.yaml",
        "shop/service-database.yaml",
        "shop/gateway.example.com-main.yaml",
        "shop/gateway.example.org-main.yaml",
        "other/configmap-settings.yaml",
    ] {
        assert!(found.iter().any(|one| one == name), "{name} is among {found:#?}");
    }
    let whole = source.objects().0;
    assert_eq!(found.len(), whole.len());
    let read = |name: &String| -> Value {
        let text = fs::read_to_string(out.join(name)).expect("readable");
        serde_yaml::from_str(&text).expect("one document")
    };
    assert_eq!(by_identity(found.iter().map(read).collect()), by_identity(whole));
}

#[test]
fn json_is_split_alike() {
    let source = shop();
    written(&source, &["--split", "--format", "json"]);
    let out = source.folder().join("out");
    let found = names(&out);
    assert!(found.iter().all(|name| name.ends_with(".json")), "{found:?}");
    let read = |name: &String| serde_json::from_slice(&fs::read(out.join(name)).expect("readable")).expect("JSON");
    assert_eq!(by_identity(found.iter().map(read).collect()), by_identity(source.objects().0));
}

#[test]
fn only_files_with_secrets_are_private() {
    let source = shop();
    let out = source.folder().join("out");
    let mode = |name: &str| fs::metadata(out.join(name)).expect("there").permissions().mode() & 0o077;
    written(&source, &["--split", "--kustomization"]);
    assert_eq!(mode("shop/secret-password.yaml"), 0);
    for open in ["shop/deployment-web.yaml", "kustomization.yaml"] {
        assert_ne!(mode(open), 0, "{open}");
    }
    written(&source, &[]);
    assert_eq!(mode("manifests.yaml"), 0);
}

#[test]
fn a_form_takes_the_place_of_the_former() {
    let source = shop();
    let out = source.folder().join("out");
    written(&source, &["--split", "--kustomization"]);
    fs::write(out.join("shop/notes"), "mine").expect("written");
    let forms: [(&[&str], &[&str]); 4] = [
        (&[], &["manifests.yaml", "shop/notes"]),
        (&["--format", "json"], &["manifests.json", "shop/notes"]),
        (&["--kustomization"], &["kustomization.yaml", "manifests.yaml", "shop/notes"]),
        (&["--format", "json", "--kustomization"], &["kustomization.yaml", "manifests.json", "shop/notes"]),
    ];
    for (arguments, files) in forms {
        written(&source, arguments);
        assert_eq!(names(&out), files, "{arguments:?}");
    }
    written(&source, &["--split"]);
    assert!(!out.join("manifests.json").exists() && out.join("shop/deployment-web.yaml").exists());
    assert_eq!(fs::read_to_string(out.join("shop/notes")).expect("still there"), "mine");
}

#[test]
fn kustomize_gives_the_same_objects_in_the_same_order() {
    let source = shop();
    let whole = source.objects().0;
    for arguments in [&["--split"] as &[&str], &[], &["--format", "json"], &["--split", "--format", "json"]] {
        written(&source, &[&["--kustomization"], arguments].concat());
        let Some(found) = kustomized(&source.folder().join("out")) else { return };
        assert_eq!(found, whole, "{arguments:?}");
    }
}

#[test]
fn kustomize_takes_an_output_without_objects() {
    let source = Source::new("");
    assert!(source.objects().0.is_empty());
    written(&source, &["--kustomization"]);
    let Some(found) = kustomized(&source.folder().join("out")) else { return };
    assert!(found.is_empty());
}

#[test]
fn an_output_is_read_back_whole() {
    let source = shop();
    written(&source, &["--split", "--kustomization"]);
    let check = || support::nxk().current_dir(source.folder()).args(["check", "out"]).output().expect("started");
    let said = check();
    let count = format!("{} objects", source.objects().0.len());
    let text = String::from_utf8_lossy(&said.stderr);
    assert!(!text.contains("tells kustomize") && text.contains(&count), "{text}");
    // Somebody else's kustomization may make anything of the files.
    fs::remove_file(source.folder().join("out/.nxk-output")).expect("removed");
    let text = String::from_utf8_lossy(&check().stderr).into_owned();
    assert!(text.contains("tells kustomize what to make"), "{text}");
}

#[test]
fn hostile_names_stay_in_the_folder() {
    let hostile = ["../../../etc/passwd", "/etc/passwd", "..", ".nxk-output", "A/b", "a/B", "con", "a\\\\b", "Ä"];
    let objects = hostile.iter().enumerate().map(|(at, name)| {
        format!("resources.h{at} = {{ apiVersion = \"example.com/v1\"; kind = \"Weird\"; metadata = {{ name = \"{name}\"; namespace = \"{name}\"; }}; }};\n")
    });
    let long = "x".repeat(1_000);
    let long = format!(
        "resources.long = {{ apiVersion = \"example.com/v1\"; kind = \"Weird\"; metadata.name = \"{long}\"; }};"
    );
    let source = Source::new(&format!("{SHOP}{}{long}", objects.collect::<String>())).file("password", "swordfish");
    let before = names(source.folder());
    let output = compile(&source, &["--split", "-o", "out", "--kustomization"]);
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        // Where the schema refuses such names already, nothing may have been written.
        assert!(!source.folder().join("out").exists(), "{said}");
        panic!("{said}");
    }
    let after: Vec<String> = names(source.folder()).into_iter().filter(|name| !name.starts_with("out/")).collect();
    assert_eq!(
        after.iter().filter(|name| *name != "main.nxk").collect::<Vec<_>>(),
        before.iter().filter(|name| *name != "main.nxk").collect::<Vec<_>>()
    );
    let out = names(&source.folder().join("out"));
    assert_eq!(out.len(), source.objects().0.len() + 1);
    let mut lower: Vec<String> = out.iter().map(|name| name.to_lowercase()).collect();
    lower.dedup();
    assert_eq!(lower, out, "no two files differ by capitals alone");
    let Some(found) = kustomized(&source.folder().join("out")) else { return };
    assert_eq!(found.len(), source.objects().0.len());
}

#[test]
fn files_need_a_folder() {
    let source = shop();
    for option in ["--split", "--kustomization"] {
        let output = compile(&source, &[option]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(option) && said.contains("-o"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_guide_shows_what_is_written() {
    let guide = support::read("docs/guides/output.md");
    let block = |language: &str| {
        let (_, rest) = guide.split_once(&format!("\n```{language}\n")).expect("the guide has such a block");
        rest.split_once("\n```").expect("it ends").0
    };
    let source = Source::new("");
    fs::write(source.written(), block("nxk")).expect("written");
    let mut command = support::nxk();
    command.current_dir(source.folder()).args(["compile", "main.nxk", "-o", "out", "--split", "--kustomization"]);
    assert!(command.status().expect("started").success());
    assert_eq!(names(&source.folder().join("out")).join("\n"), block("files"));
    let text = fs::read_to_string(source.folder().join("out/deployment-web.yaml")).expect("there");
    assert!(text.contains(block("yaml")), "{text}");
}
