//! Two releases of a chart in one namespace: nothing of one means anything of the other.
//!
//! The charts are the objects of the examples, and of `chart/names.yaml`, in which objects refer to each other in the ways
//! that the examples do not use. `chart_release.py` judges, from what Kubernetes makes of references and selectors.

mod support;

use std::path::Path;
use std::process::Command;

use nxk::chart::{Chart, Field, Form, Item, Piece, Template, open_names};
use nxk::manifests;
use nxk::node::{Node, NodeKind};
use nxk::source::SourceMap;
use serde_json::{Map, Value, json};
use support::{nxk, python, read, repository};

/// The examples, and the namespace of each, which is the name of its chart too.
const EXAMPLES: [(&str, &str); 7] = [
    ("batch", "settlement"),
    ("bookshop", "bookshop"),
    ("database", "orders-db"),
    ("own-layer", "websites"),
    ("platform", "platform-system"),
    ("shop", "shop"),
    ("three-tier", "ledger"),
];

/// Who installs it where.
struct Release<'a> {
    name: &'a str,
    namespace: &'a str,
}

fn compiled(example: &str) -> String {
    let mut command = nxk();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let output =
        command.args(["compile", "--quiet", "--source-commit", commit, &format!("examples/{example}/main.nxk")]);
    let output = output.output().expect("the built program starts");
    assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is text")
}

fn form(node: Node) -> Form {
    match node.kind {
        NodeKind::Map(map) if !map.fields.is_empty() => {
            let field = |field: nxk::node::Field| Field { key: field.key, when: Vec::new(), value: form(field.value) };
            Form::Map(map.fields.into_iter().map(field).collect())
        }
        NodeKind::List(items) if !items.is_empty() => {
            Form::List(items.into_iter().map(|item| Item { when: Vec::new(), value: form(item) }).collect())
        }
        _ => Form::Literal(node),
    }
}

/// A chart of which nothing is open but its names.
fn chart(yaml: &str, namespace: &str) -> Chart {
    let read = manifests::read_text("objects.yaml", yaml, &mut SourceMap::new());
    assert!(read.findings.is_empty(), "{:#?}", read.findings);
    let template = |node| Template { key: "object".into(), when: Vec::new(), only_own: false, form: form(node) };
    Chart {
        name: namespace.to_owned(),
        namespace: namespace.to_owned(),
        kubernetes: "1.31".to_owned(),
        templates: read.finished().into_iter().map(|object| template(object.node)).collect(),
        openings: Vec::new(),
        guards: Vec::new(),
        environments: Vec::new(),
        longest_release: 0,
    }
}

/// The objects that a release has, `null` where it has none.
fn rendered(chart: &Chart, release: &Release) -> Vec<Value> {
    let is_own = release.name == chart.name;
    let prefix = if is_own { String::new() } else { format!("{}-", release.name) };
    let object = |template: &Template| match template.only_own && !is_own {
        true => Value::Null,
        false => value(&template.form, &prefix, release.namespace),
    };
    chart.templates.iter().map(object).collect()
}

fn value(form: &Form, prefix: &str, namespace: &str) -> Value {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Prefix => prefix.to_owned(),
        Piece::Namespace => namespace.to_owned(),
        Piece::Value(_) | Piece::Meaning(..) => panic!("nothing is open"),
    };
    match form {
        Form::Literal(node) => plain(node),
        Form::Text(pieces) => Value::String(pieces.iter().map(piece).collect()),
        Form::Map(map) => {
            let fields = map.iter().map(|field| (field.key.to_string(), value(&field.value, prefix, namespace)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Form::List(items) => items.iter().map(|item| value(&item.value, prefix, namespace)).collect(),
        Form::Value(_) => panic!("nothing is open"),
    }
}

fn plain(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Bool(is) => json!(is),
        NodeKind::Int(number) => json!(number),
        NodeKind::Float(number) => json!(number),
        NodeKind::Str(text) => json!(text.as_str()),
        NodeKind::List(items) => items.iter().map(plain).collect(),
        NodeKind::Map(map) => {
            Value::Object(map.fields.iter().map(|field| (field.key.to_string(), plain(&field.value))).collect())
        }
        NodeKind::Secret(_) | NodeKind::Failed => panic!("manifests have none"),
    }
}

/// Every chart, with its namespace.
fn charts() -> Vec<(&'static str, &'static str, String)> {
    let examples = EXAMPLES.map(|(name, namespace)| (name, namespace, compiled(name)));
    let further = ("names.yaml", "market", read("tests/chart/names.yaml"));
    examples.into_iter().chain([further]).collect()
}

#[test]
fn the_release_that_is_called_like_the_chart_has_the_objects_of_yaml_mode() {
    for (name, namespace, yaml) in charts() {
        let mut chart = chart(&yaml, namespace);
        let own = Release { name: namespace, namespace };
        let before = serde_json::to_string(&rendered(&chart, &own)).expect("it is JSON");
        open_names(&mut chart);
        let after = serde_json::to_string(&rendered(&chart, &own)).expect("it is JSON");
        assert_eq!(before, after, "{name}");
        assert!(chart.longest_release >= 20, "{name} takes names of {} letters", chart.longest_release);
    }
}

#[test]
fn two_releases_live_in_one_namespace() {
    let Some(python) = python("yaml") else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut hosts = 0;
    for (name, namespace, yaml) in charts() {
        let mut chart = chart(&yaml, namespace);
        let shared = "qq-shared";
        let before = rendered(&chart, &Release { name: namespace, namespace });
        open_names(&mut chart);
        let as_release = |name, namespace| rendered(&chart, &Release { name, namespace });
        let given = json!({
            "namespace": namespace, "shared": shared, "before": before,
            "own here": as_release(namespace, shared),
            "other": as_release("qq-other", shared), "third": as_release("third", shared),
        });
        let file = folder.path().join("given.json");
        std::fs::write(&file, given.to_string()).expect("written");
        let verdict = judged(&python, &file);
        assert_eq!(verdict["wrong"], json!([]), "{name}: {verdict:#}");
        assert!(verdict["references"].as_u64() > Some(10), "{name} has references: {verdict}");
        hosts += verdict["hosts"].as_u64().unwrap_or_default();
    }
    assert!(hosts >= 10, "the charts have {hosts} hosts in their settings");
}

fn judged(python: &Path, file: &Path) -> Value {
    let judge = repository().join("tests/chart_release.py");
    let output = Command::new(python).arg(judge).arg(file).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a verdict is JSON")
}
