//! What is emitted must come back the same from readers that nxk has no part in: PyYAML (YAML 1.1),
//! `serde_yaml` (YAML 1.2), `serde_json`, and kubectl itself.
//!
//! A reader that is not on the machine is reported as not run.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use nxk::emit::{json, yaml};
use nxk::node::{Field, Map, Node, NodeKind};
use nxk::source::Span;
use serde_json::Value;

/// Strings that some reader somewhere takes for something else.
const NASTY: &[&str] = &[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "y",
    "Y",
    "n",
    "N",
    "yes",
    "Yes",
    "NO",
    "no",
    "on",
    "On",
    "OFF",
    "off",
    "true",
    "True",
    "TRUE",
    "false",
    "null",
    "Null",
    "NULL",
    "~",
    "nan",
    "NaN",
    ".nan",
    ".NaN",
    "inf",
    ".inf",
    "-.inf",
    "+.INF",
    "Infinity",
    "0",
    "-0",
    "+0",
    "00",
    "012",
    "0o14",
    "0O14",
    "0x1F",
    "0X1F",
    "0b101",
    "0B101",
    "1_000",
    "+1_000",
    "1_",
    "_1",
    "0_",
    "0b1_0",
    "0_x1F",
    "1:30",
    "22:22",
    "190:20:30",
    "12:34:56",
    "-1:30",
    "190:20:30.15",
    "1e3",
    "1E3",
    "1e+3",
    "1e_3",
    "e3",
    "E3",
    "e+3",
    "E-3",
    "e",
    "1.",
    ".5",
    "1.0",
    "1.5e21",
    "-1.5",
    "+.5",
    "1.2.3",
    "1,000",
    "2001-01-01",
    "2001-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10 -5",
    "2001-12-15 2:59:43.10",
    "2001-01-01T00:00:00Z",
    "=",
    "<<",
    "<",
    ">",
    "|",
    "|-",
    ">-",
    "-",
    "--",
    "---",
    "...",
    "- a",
    "-a",
    "?",
    "? a",
    ":",
    ":a",
    "a:",
    "a: b",
    "a:b",
    "a :b",
    "a : b",
    "#",
    "# a",
    "a #b",
    "a#b",
    "a # b",
    "!",
    "!!str a",
    "&a",
    "*a",
    "a&b",
    "%",
    "%YAML 1.1",
    "@a",
    "`a`",
    "a@b",
    "[",
    "]",
    "[]",
    "[a]",
    "{",
    "}",
    "{}",
    "{a: b}",
    ",",
    "a,b",
    "\"",
    "'",
    "\"a\"",
    "'a'",
    "it's",
    "say \"a\"",
    "\\",
    "a\\b",
    "\\n",
    "a ",
    " a",
    "a\t",
    "\ta",
    "a\tb",
    "a\n",
    "a\nb",
    "a\nb\n",
    "a\n\nb",
    "a\n\n",
    "\na",
    " a\nb",
    "\ta\nb",
    "a\n\tb",
    "a\n b\n  c\n",
    "a \nb",
    "a\t\nb",
    "a\n \nb",
    "#a\nb",
    "a\n#b\n",
    "---\na",
    "a\n---\nb",
    "a\n...\nb",
    "a: b\nc: d\n",
    "- a\n- b\n",
    "a\r\nb",
    "a\rb",
    "#!/bin/sh\nset -eu\n\nif true; then\n\techo \"yes\"\nfi\n",
    "\0",
    "a\0b",
    "\x01",
    "\x07",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1b[31m",
    "\x7f",
    "\u{80}",
    "\u{85}",
    "a\u{85}b",
    "a\u{85}\nb",
    "\u{9f}",
    "\u{a0}",
    "a\u{a0}",
    "\u{ad}",
    "\u{2028}",
    "a\u{2028}b\nc",
    "\u{2029}",
    "\u{200b}",
    "\u{202e}abc",
    "\u{feff}",
    "a\u{feff}b\nc",
    "\u{feff}a\nb",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{1f600}",
    "\u{1f469}\u{200d}\u{1f4bb}",
    "ü",
    "日本語",
    "日本語\nです\n",
    "é",
    "e\u{301}",
    "100m",
    "128Mi",
    "1Gi",
    "5s",
    "30d",
    "1h30m",
    "10n",
    "1n",
    "2p",
    "0x1p4",
    "1i",
    "10.0.0.0/8",
    "10.0.0.1",
    "8080",
    "80:8080",
    "nginx:1.27",
    "nginx@sha256:00ff",
    "a=b",
    "$(A)",
    "${A}",
    "/",
    "/a b",
    "a;b",
    "a/b",
    "(a)",
    "_",
    "__",
    "_a",
    "~a",
    "a~",
    "a^b",
    "<a",
    "a<b",
    "a<<b",
    "^a$",
    "key",
    "name",
    "3y",
    "1y",
    "0y1",
    "12e03",
    "12e03k",
    "685_230.15",
    "0.1_0",
    "0o7k",
    "0b2",
    "09",
    "08:30",
    "1 2",
    "1 y",
    "2001-01-01 y",
];

/// A generator that gives the same strings on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn string(&mut self, alphabet: &[char], longest: usize) -> String {
        (0..=self.roll(longest)).map(|_| alphabet[self.roll(alphabet.len())]).collect()
    }
}

fn nasty_strings() -> Vec<String> {
    let alphabets = [
        "0123456789_.:-+eExXoObBaAfFtTzZ yYnN",
        "abkmGi0123456789._-:/",
        "-?:,[]{}#&*!|>'\"%@`=<~\\ a1\n",
        " \t\n\r\u{85}\u{a0}\u{2028}\u{2029}\u{feff}\u{fffe}\0\x1b\x7f\u{9b}aé日\u{1f600}",
        "ab \n\t#-:",
    ];
    let mut all: Vec<String> = NASTY.iter().map(|text| (*text).to_owned()).collect();
    let mut dice = Dice(7);
    for alphabet in alphabets {
        let alphabet: Vec<char> = alphabet.chars().collect();
        all.extend((0..800).map(|_| dice.string(&alphabet, 9)));
    }
    for length in [99, 100, 101, 1023, 1024, 1025, 70_000] {
        for unit in ["a", "b c ", "é", "\u{1b}", "x\ny"] {
            all.push(unit.repeat(length / unit.len() + 1));
        }
    }
    all
}

fn string(text: &str) -> Node {
    Node::string(text, Span::NONE)
}

fn list(items: Vec<Node>) -> Node {
    Node::new(NodeKind::List(items), Span::NONE)
}

fn map(fields: impl IntoIterator<Item = (String, Node)>) -> Node {
    let fields =
        fields.into_iter().map(|(key, value)| Field { key: key.into(), key_span: Span::NONE, value }).collect();
    Node::new(NodeKind::Map(Map { fields }), Span::NONE)
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

fn document(node: &Node) -> String {
    let mut out = String::new();
    yaml::document(node, &mut out);
    out
}

/// All strings alone, as whole documents, and in every position.
fn nodes() -> Vec<Node> {
    nasty_strings().iter().flat_map(|text| [string(text), everywhere(text)]).chain([scalars()]).collect()
}

fn scalars() -> Node {
    let floats = [0.0, -0.0, 0.5, 1.0, -1.5, 1e15, 1e16, 1e21, 1.5e-7, f64::MAX, f64::MIN_POSITIVE, 5e-324];
    let ints = [0, 1, -1, 8080, i64::MAX, i64::MIN];
    let kinds = floats.map(NodeKind::Float).into_iter().chain(ints.map(NodeKind::Int));
    let kinds =
        kinds.chain([NodeKind::Null, NodeKind::Bool(true), NodeKind::Bool(false), NodeKind::Map(Map::default())]);
    list(kinds.map(|kind| Node::new(kind, Span::NONE)).collect())
}

/// Runs `program` with `input` on its standard input; `None` when it cannot be started.
fn run(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    output.status.success().then(|| String::from_utf8(output.stdout).expect("text"))
}

/// A Python that has PyYAML.
fn python() -> Option<String> {
    let local = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python").to_owned();
    let named = std::env::var("NXK_PYTHON").ok();
    [named, Some(local), Some("python3".to_owned())].into_iter().flatten().find(|python| {
        run(python, &["-c", "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit(0)\nprint(1)"], "")
            .is_some_and(|said| !said.is_empty())
    })
}

fn assert_all_same(reader: &str, nodes: &[Node], read: &[Value]) {
    assert_eq!(nodes.len(), read.len(), "{reader}: documents got lost");
    for (node, value) in nodes.iter().zip(read) {
        assert_eq!(value, &expected(node), "{reader} read another value from:\n{}", document(node));
    }
}

#[test]
fn yaml_1_1_reads_it_back() {
    let Some(python) = python() else {
        println!("not run: PyYAML is not installed");
        return;
    };
    // Python's JSON writes lone surrogates and huge integers like everyone else; what is neither
    // text nor number (a date, bytes) is marked, so that it cannot pass for text.
    const DRIVER: &str = "
import json, sys, yaml
texts = json.load(sys.stdin)
def read(loader, texts):
    return [strict(yaml.load(text, loader)) for text in texts]
def strict(value):
    if isinstance(value, dict):
        return {k if isinstance(k, str) else 'not a string: %r' % (k,): strict(v) for k, v in value.items()}
    return [strict(v) for v in value] if isinstance(value, list) else value
# The reader in Python is slow: where the one in C is there, it sees only the picked strings.
both = yaml.__with_libyaml__
values = [read(yaml.SafeLoader, texts[:600] if both else texts)] + ([read(yaml.CSafeLoader, texts)] if both else [])
json.dump(values, sys.stdout, default=lambda value: {'not JSON': repr(value)})
";
    let nodes = nodes();
    let texts: Vec<String> = nodes.iter().map(document).collect();
    let input = serde_json::to_string(&texts).expect("JSON");
    let output = run(&python, &["-c", DRIVER], &input).expect("PyYAML reads every document");
    let read: Vec<Vec<Value>> = serde_json::from_str(&output).expect("JSON");
    assert_eq!(read.last().map(Vec::len), Some(nodes.len()));
    for read in read {
        assert_all_same("PyYAML", &nodes[..read.len()], &read);
    }
}

#[test]
fn yaml_1_2_reads_it_back() {
    let nodes = nodes();
    let read: Vec<Value> = nodes
        .iter()
        .map(|node| {
            serde_yaml::from_str(&document(node)).unwrap_or_else(|error| panic!("{error}:\n{}", document(node)))
        })
        .collect();
    assert_all_same("serde_yaml", &nodes, &read);
}

#[test]
fn a_stream_is_read_back_document_by_document() {
    use serde::Deserialize as _;
    let nodes = nodes();
    let text = yaml::stream(&nodes.iter().collect::<Vec<_>>());
    let read: Vec<Value> =
        serde_yaml::Deserializer::from_str(&text).map(|one| Value::deserialize(one).expect("YAML")).collect();
    assert_all_same("serde_yaml", &nodes, &read);
}

#[test]
fn json_is_read_back() {
    let nodes = nodes();
    let text = json::list(&nodes.iter().collect::<Vec<_>>());
    let read: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&read["apiVersion"], &read["kind"]), (&"v1".into(), &"List".into()));
    assert_all_same("serde_json", &nodes, read["items"].as_array().expect("items"));
}

#[test]
fn kubectl_reads_it_back() {
    if run("kubectl", &["version", "--client"], "").is_none() {
        println!("not run: kubectl is not installed");
        return;
    }
    let values = NASTY.iter().enumerate().map(|(at, text)| (format!("key{at}"), string(text)));
    let keys = NASTY.iter().map(|text| ((*text).to_owned(), string(text)));
    let object = map([
        ("apiVersion".to_owned(), string("v1")),
        ("kind".to_owned(), string("ConfigMap")),
        ("metadata".to_owned(), map([("name".to_owned(), string("nasty"))])),
        ("data".to_owned(), map(values.chain(keys))),
    ]);
    for text in [document(&object), json::list(&[&object])] {
        let output = run("kubectl", &["annotate", "--local", "-f", "-", "-o", "json", "read=back"], &text);
        let read: Value = serde_json::from_str(&output.expect("kubectl reads it")).expect("JSON");
        assert_eq!(read["data"], expected(&object)["data"]);
    }
}

#[test]
fn a_thousand_levels_are_written() {
    let mut node = string("end");
    for level in 0..1000 {
        node = if level % 2 == 0 { list(vec![node]) } else { map([("a".to_owned(), node)]) };
    }
    let text = document(&node);
    assert!(text.ends_with("- end\n"));
    assert_eq!(text.lines().count(), 501);
    let mut out = String::new();
    json::document(&node, &mut out);
    assert_eq!(out.lines().count(), 2001);
}

/// Prints how fast both emitters are: `cargo test --release --test emit -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let container = map([
        ("name".to_owned(), string("web")),
        ("image".to_owned(), string("registry.example.com/shop/web:1.27.3")),
        ("args".to_owned(), list(vec![string("--listen=:8080"), string("--verbose"), string("a,b")])),
        (
            "ports".to_owned(),
            list(vec![map([("containerPort".to_owned(), Node::new(NodeKind::Int(8080), Span::NONE))])]),
        ),
        ("resources".to_owned(), map([("limits".to_owned(), map([("memory".to_owned(), string("128Mi"))]))])),
    ]);
    let object = |at: usize| {
        let mut name = String::from("web-");
        let _ = write!(name, "{at}");
        map([
            ("apiVersion".to_owned(), string("apps/v1")),
            ("kind".to_owned(), string("Deployment")),
            (
                "metadata".to_owned(),
                map([("name".to_owned(), string(&name)), ("namespace".to_owned(), string("shop"))]),
            ),
            (
                "spec".to_owned(),
                map([("template".to_owned(), map([("containers".to_owned(), list(vec![container.clone()]))]))]),
            ),
        ])
    };
    let objects: Vec<Node> = (0..50_000).map(object).collect();
    let objects: Vec<&Node> = objects.iter().collect();
    for (name, write) in [("YAML", yaml::stream as fn(&[&Node]) -> String), ("JSON", json::list)] {
        let best = (0..5).map(|_| {
            let start = std::time::Instant::now();
            let bytes = write(&objects).len();
            bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
        });
        println!("{name}: {:.0} MB/s", best.fold(0.0, f64::max));
    }
}
