//! What is emitted must come back the same from readers that nxk has no part in: PyYAML (YAML 1.1), `yaml12` and `ruamel`
//! (YAML 1.2), `serde_yaml`, Python's JSON, and kubectl itself; and from the reader of manifests that nxk has.
//!
//! They are given 20,000 documents, the same ones on every run: every string of `emit/strings.rs` in each position that a string
//! can have, and trees rolled from them and from numbers.

#[path = "emit/strings.rs"]
mod strings;
mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use nxk::emit::{json, kyaml, yaml};
use nxk::manifests;
use nxk::node::{Field, Map, Node, NodeKind};
use nxk::source::{SourceMap, Span};
use serde_json::Value;

use strings::{Dice, NASTY, Strings};

const DOCUMENTS: usize = 20_000;

fn string(text: &str) -> Node {
    Node::string(text, Span::NONE)
}

fn list(items: Vec<Node>) -> Node {
    Node::new(NodeKind::List(items), Span::NONE)
}

fn map(fields: impl IntoIterator<Item = (String, Node)>) -> Node {
    let mut map = Map::default();
    for (key, value) in fields {
        if map.get(&key).is_none() {
            map.fields.push(Field { key: key.into(), key_span: Span::NONE, value });
        }
    }
    Node::new(NodeKind::Map(map), Span::NONE)
}

/// `text` in every position that a string can have.
fn everywhere(text: &str) -> Node {
    let nested = list(vec![list(vec![string(text), string(text)]), list(vec![])]);
    let deep = map([(text.to_owned(), map([(text.to_owned(), string(text))]))]);
    map([
        ("value".to_owned(), string(text)),
        ("items".to_owned(), list(vec![string(text), deep.clone(), nested.clone(), string("end")])),
        ("lists".to_owned(), map([(text.to_owned(), nested), ("zz end".to_owned(), string(text))])),
        ("keys".to_owned(), deep),
    ])
}

/// Numbers at the borders, and what else is no string.
const SCALARS: &[NodeKind] = &[
    NodeKind::Int(0),
    NodeKind::Int(-1),
    NodeKind::Int(8080),
    NodeKind::Int(i64::MAX),
    NodeKind::Int(i64::MIN),
    NodeKind::Int(1 << 53),
    NodeKind::Int((1 << 53) + 1),
    NodeKind::Int(i32::MIN as i64),
    NodeKind::Int(u32::MAX as i64),
    NodeKind::Float(0.0),
    NodeKind::Float(-0.0),
    NodeKind::Float(0.5),
    NodeKind::Float(1.0),
    NodeKind::Float(-1.5),
    NodeKind::Float(1e15),
    NodeKind::Float(1e16),
    NodeKind::Float(1e21),
    NodeKind::Float(1.5e-7),
    NodeKind::Float(f64::MAX),
    NodeKind::Float(f64::MIN_POSITIVE),
    NodeKind::Float(5e-324),
    NodeKind::Float(0.1 + 0.2),
    NodeKind::Bool(true),
    NodeKind::Bool(false),
    NodeKind::Null,
];

/// Any data, at most `depth` levels of it.
fn tree(dice: &mut Dice, strings: &Strings, depth: usize) -> Node {
    match dice.roll(if depth == 0 { 6 } else { 10 }) {
        0 => Node::new(dice.pick(SCALARS).clone(), Span::NONE),
        1..=5 => string(&strings.roll(dice)),
        6..=7 => {
            let items = dice.roll(4);
            list((0..items).map(|_| tree(dice, strings, depth - 1)).collect())
        }
        _ => branch(dice, strings, depth - 1),
    }
}

fn branch(dice: &mut Dice, strings: &Strings, depth: usize) -> Node {
    let fields = dice.roll(4);
    map((0..fields).map(|_| (strings.roll(dice), tree(dice, strings, depth))).collect::<Vec<_>>())
}

/// An object that kubectl takes.
fn object(at: usize, data: Node) -> Node {
    map([
        ("apiVersion".to_owned(), string("v1")),
        ("kind".to_owned(), string("ConfigMap")),
        ("metadata".to_owned(), map([("name".to_owned(), string(&format!("d{at}")))])),
        ("data".to_owned(), data),
    ])
}

fn documents() -> &'static [Node] {
    static ALL: OnceLock<Vec<Node>> = OnceLock::new();
    ALL.get_or_init(|| {
        let strings = Strings::new();
        let mut dice = Dice(7);
        let mut data: Vec<Node> = NASTY.iter().map(|text| everywhere(text)).collect();
        data.extend(strings::long().iter().map(|text| everywhere(text)));
        data.push(map([("long".to_owned(), list(vec![string(&"a ".repeat(35_000)), string(&"é\n".repeat(35_000))]))]));
        data.push(map([(
            "scalars".to_owned(),
            list(SCALARS.iter().map(|it| Node::new(it.clone(), Span::NONE)).collect()),
        )]));
        data.extend((0..3_000).map(|_| everywhere(&strings.roll(&mut dice))));
        while data.len() < DOCUMENTS {
            data.push(branch(&mut dice, &strings, 3));
        }
        data.into_iter().enumerate().map(|(at, data)| object(at, data)).collect()
    })
}

/// The value that a reader must give back, made without any emitter.
fn expected(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null | NodeKind::Failed => Value::Null,
        NodeKind::Bool(value) => (*value).into(),
        NodeKind::Int(value) => (*value).into(),
        NodeKind::Float(value) => (*value).into(),
        NodeKind::Str(text) => text.as_str().into(),
        NodeKind::Secret(_) => nxk::secret::HIDDEN.into(),
        NodeKind::List(items) => items.iter().map(expected).collect(),
        NodeKind::Map(map) => map
            .fields
            .iter()
            .map(|field| (field.key.to_string(), expected(&field.value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// A form of output: its name, one document, and all of them.
struct Form {
    name: &'static str,
    one: fn(&Node, &mut String),
    all: fn(&[&Node]) -> String,
}

const YAML: Form = Form { name: "YAML", one: yaml::document, all: yaml::stream };
const KYAML: Form = Form { name: "KYAML", one: kyaml::document, all: kyaml::stream };
const JSON: Form = Form { name: "JSON", one: json::document, all: json::list };

impl Form {
    fn document(&self, node: &Node) -> String {
        let mut out = String::new();
        (self.one)(node, &mut out);
        out
    }

    fn stream(&self) -> String {
        (self.all)(&documents().iter().collect::<Vec<_>>())
    }

    fn assert_all_same(&self, reader: &str, read: &[Value], same: impl Fn(&Value, &Value) -> bool) {
        assert_eq!(documents().len(), read.len(), "{reader}: documents of {} got lost", self.name);
        for (node, value) in documents().iter().zip(read) {
            let wanted = expected(node);
            assert!(same(value, &wanted), "{reader} read\n{value}\ninstead of\n{wanted}\nfrom {}", self.document(node));
        }
    }
}

/// Has the readers of `judges.py`, one in `every` documents for each, read a form; `module` is what Python must have.
fn judge(module: &str, form: &Form, readers: &[(&str, usize)]) {
    let Some(python) = support::python(module) else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = |name: &str, text: String| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let written = file("documents", form.stream());
    let wanted = file("expected.json", Value::from_iter(documents().iter().map(expected)).to_string());
    for (reader, every) in readers {
        let judges = support::repository().join("tests/emit/judges.py");
        let output =
            Command::new(&python).arg(judges).arg(reader).args([&written, &wanted]).arg(every.to_string()).output();
        let output = output.expect("Python starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said:.4000}", form.name);
        let compared: usize = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
        assert_eq!(compared, documents().len().div_ceil(*every));
    }
}

#[test]
fn yaml_1_1_reads_yaml_back() {
    judge("yaml", &YAML, &[("PyYAML-C", 1), ("PyYAML", 10)]);
}

#[test]
fn yaml_1_1_reads_kyaml_back() {
    judge("yaml", &KYAML, &[("PyYAML-C", 1), ("PyYAML", 20)]);
}

#[test]
fn yaml_1_2_reads_yaml_back() {
    judge("yaml12", &YAML, &[("yaml12", 1)]);
    judge("ruamel.yaml", &YAML, &[("ruamel", 20)]);
}

#[test]
fn yaml_1_2_reads_kyaml_back() {
    judge("yaml12", &KYAML, &[("yaml12", 1)]);
    judge("ruamel.yaml", &KYAML, &[("ruamel", 40)]);
}

#[test]
fn python_reads_json_back() {
    judge("json", &JSON, &[("json", 1)]);
}

#[test]
fn serde_reads_everything_back() {
    use serde::Deserialize as _;
    for form in [&YAML, &KYAML] {
        let text = form.stream();
        let read: Vec<Value> =
            serde_yaml::Deserializer::from_str(&text).map(|one| Value::deserialize(one).expect("YAML")).collect();
        form.assert_all_same("serde_yaml", &read, Value::eq);
    }
    let read: Value = serde_json::from_str(&JSON.stream()).expect("JSON");
    assert_eq!((&read["apiVersion"], &read["kind"]), (&"v1".into(), &"List".into()));
    JSON.assert_all_same("serde_json", read["items"].as_array().expect("items"), Value::eq);
}

#[test]
fn nxk_reads_everything_back() {
    for form in [&YAML, &KYAML] {
        let mut sources = SourceMap::new();
        let (read, findings) = manifests::documents("manifests.yaml", &form.stream(), &mut sources);
        assert!(findings.is_empty(), "{}: {}", form.name, findings[0].message);
        form.assert_all_same("nxk", &read.iter().map(expected).collect::<Vec<_>>(), same_numbers);
    }
}

#[test]
fn kubectl_reads_yaml_back() {
    kubectl_reads(&YAML);
}

#[test]
fn kubectl_reads_kyaml_back() {
    kubectl_reads(&KYAML);
}

#[test]
fn kubectl_reads_json_back() {
    kubectl_reads(&JSON);
}

/// Has kubectl read everything, and print it as JSON with something added.
fn kubectl_reads(form: &Form) {
    let Some(kubectl) = support::peer("kubectl") else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("documents.yaml");
    fs::write(&file, form.stream()).expect("written");
    let arguments = ["label", "--local", "-o", "json", "read=back", "-f"];
    let output = Command::new(kubectl).args(arguments).arg(&file).output().expect("kubectl starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said:.2000}", form.name);
    let read = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let read: Vec<Value> = read.map(|object| without_label(object.expect("JSON"))).collect();
    form.assert_all_same("kubectl", &read, same_numbers);
}

fn without_label(mut object: Value) -> Value {
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    assert_eq!(metadata.remove("labels"), Some(serde_json::json!({ "read": "back" })));
    object
}

/// Equal, where `1.0` may have become `1`, as it does in JSON that Go writes, and with nxk, which reads as kubectl does.
fn same_numbers(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || (b.is_f64() && a.as_f64() == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_numbers(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_numbers(a, b)))
        }
        (a, b) => a == b,
    }
}

/// A string can be a document by itself, with `nxk eval --yaml`.
#[test]
fn strings_alone_are_read_back() {
    let mut texts: Vec<String> = NASTY.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(strings::long());
    for text in texts {
        let written = YAML.document(&string(&text));
        assert_eq!(serde_yaml::from_str::<Value>(&written).ok(), Some(text.as_str().into()), "{text:?} as\n{written}");
        let (read, _) = manifests::documents("text.yaml", &written, &mut SourceMap::new());
        assert_eq!(read.first().and_then(Node::as_str), Some(text.as_str()), "{written}");
    }
}

#[test]
fn a_thousand_levels_are_written() {
    let mut node = string("end");
    for level in 0..1000 {
        node = if level % 2 == 0 { list(vec![node]) } else { map([("a".to_owned(), node)]) };
    }
    let text = YAML.document(&node);
    assert!(text.ends_with("- end\n"));
    assert_eq!(text.lines().count(), 501);
    assert_eq!(JSON.document(&node).lines().count(), 2001);
    assert!(KYAML.document(&node).contains("[\n"));
}
