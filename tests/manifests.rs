//! Manifests as they lie on a disk: what is read, that it is what kubectl reads, and where everything stands.
//!
//! `manifests.py` makes YAML of many styles, which PyYAML and nxk must read alike; kubectl, where the machine has it,
//! judges the scalars.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nxk::diag::Diagnostic;
use nxk::manifests::{self, Manifests};
use nxk::node::{Node, NodeKind};
use nxk::source::{SourceMap, Span};
use proptest::prelude::*;
use serde_json::{Value, json};

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n";

/// What is read of a text, and the texts.
fn read(text: &str) -> (Manifests, SourceMap) {
    let mut sources = SourceMap::new();
    let manifests = manifests::read_text("a.yaml", text, &mut sources);
    (manifests, sources)
}

/// `3:1 E0417 words`
fn told(findings: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let place = |span: Span| sources.location(span).map_or("-".to_owned(), |at| format!("{}:{}", at.line, at.column));
    findings.iter().map(|it| format!("{} {} {}", place(it.primary.span), it.code.as_str(), it.message)).collect()
}

/// What is found in a text, which must be `expected` (a beginning, each).
fn expect(text: &str, expected: &[&str]) -> Manifests {
    let (manifests, sources) = read(text);
    let told = told(&manifests.findings, &sources);
    let same = told.len() == expected.len() && told.iter().zip(expected).all(|(told, wanted)| told.starts_with(wanted));
    assert!(same, "{text:.300}\nfound {told:#?}\nexpected {expected:#?}");
    assert!(manifests.findings.iter().all(|finding| finding.hint.is_some()), "every finding says what to do");
    manifests
}

fn to_json(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Bool(flag) => json!(flag),
        NodeKind::Int(number) => json!(number),
        NodeKind::Float(number) => json!(number),
        NodeKind::Str(text) => json!(text.as_str()),
        NodeKind::List(items) => items.iter().map(to_json).collect(),
        NodeKind::Map(map) => {
            Value::Object(map.fields.iter().map(|it| (it.key.to_string(), to_json(&it.value))).collect())
        }
        _ => Value::Null,
    }
}

/// The data of the ConfigMap that a text is.
fn data(text: &str) -> Value {
    let (manifests, sources) = read(&format!("{HEAD}{text}"));
    let told = told(&manifests.findings, &sources);
    assert!(told.iter().all(|line| line.contains("W1011")), "{told:#?}");
    to_json(manifests.objects[0].node.get("data").expect("there is data"))
}

#[test]
fn collections_anchors_and_merged_maps() {
    let text = "base: &base { a: 1, b: 2 }\nlist: &list [ *base, x ]\ndata:\n  alias: *list\n  behind: { <<: *base, b: 3 }\n\
                \x20 front: { b: 3, <<: *base }\n  two: { <<: [ { a: 1 }, { a: 2, c: 3 } ] }\n  quoted: { '<<': 1 }\n\
                \x20 text: |\n    a\n    b\n  folded: >-\n    a\n    b\n";
    assert_eq!(
        data(text),
        json!({
            "alias": [{ "a": 1, "b": 2 }, "x"], "behind": { "a": 1, "b": 3 }, "front": { "a": 1, "b": 2 },
            "two": { "a": 1, "c": 3 }, "quoted": { "<<": 1 }, "text": "a\nb\n", "folded": "a b",
        })
    );
}

/// Everything on which readers of YAML disagree.
const SCALARS: &str = "data:\n  m: { a: 1, <<: { a: 2, c: 3 } }\n  m1: { <<: [ { a: 1 }, { a: 2, b: 2 } ], b: 3 }\n  n: 0o17\n  o: 017\n\
    \x20 o8: 089\n  p: 0b11\n  h: 0xFF\n  u: 1_000\n  f: 1e3\n  f2: .5\n  f3: 5.\n  f4: 1_0.5\n  t: 2001-01-01\n\
    \x20 t2: 2001-12-14t21:59:43.10-05:00\n  s60: 1:30:00\n  y1: y\n  y2: Y\n  yes: Yes\n  of: OFF\n  oN: oN\n  nul: NULL\n\
    \x20 nul2: ~\n  nul3:\n  tr: TRUE\n  tr2: tRUE\n  neg: -017\n  plus: +5\n  dec: -1.5E+3\n  str: !!str 12\n\
    \x20 int: !!int \"12\"\n  fl: !!float 3\n  cu: !foo 12\n  bang: ! 12\n  bin: !!binary aGVsbG8=\n  m0: -0\n  tag2: !!bool \"yes\"\n\
    \x20 us: _1\n  us2: 1_\n  pt: .\n  e: 1e\n  x0: 0x\n  1: a\n  1.5: b\n  0x10: c\n  1e3: d\n  2001-01-01: z\n  big: 1e999\n\
    \x20 eq: =\n  tabbed: a\tb\n  v: 1.2.3\n  semver: 1.10\n  sha: 12e4567\n  win: \"C:\\\\x\"\n";

#[test]
fn scalars_are_what_kubectl_reads() {
    let ours = data(SCALARS);
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, format!("{HEAD}{SCALARS}")).expect("written");
    let run = Command::new("kubectl").args(["label", "--local", "-o", "json", "x=y", "-f"]).arg(&file).output();
    let Ok(output) = run else { return support::not_run("kubectl is not installed") };
    let Ok(theirs) = serde_json::from_slice::<Value>(&output.stdout) else {
        return support::not_run(&format!("kubectl does not work: {}", String::from_utf8_lossy(&output.stderr)));
    };
    let theirs = theirs["data"].as_object().expect("kubectl gives the data").clone();
    assert_eq!(ours, Value::Object(theirs));
}

#[test]
fn what_kubectl_refuses_is_refused() {
    let cases = [
        ("? [ a ]\n: 1\n", "4:3", "a key is a text"),
        ("~: 1\n", "4:1", "a key is missing"),
        ("k: .inf\n", "4:4", "`.inf` is a number that JSON does not have"),
        ("k: !!int foo\n", "4:10", "\"foo\" is not what its tag `!!int` says"),
        ("k: &a [ *a ]\n", "4:9", "what this alias stands for contains itself"),
        ("k: *zz\n", "4:4", "there is no anchor"),
        ("<<: 1\n", "4:5", "`<<` takes a map"),
        ("a: @x\n", "4:4", "a text without quotes cannot begin with `@`"),
        ("a: \"\\/\"\n", "4:5", "kubectl does not know the escape"),
        ("a:\n\tb: 1\n", "5:2", "a tab cannot indent"),
        ("a: b: c\n", "4:5", "a `:` makes no sense here"),
        ("a: \"b\n", "4:4", "this quote is not closed"),
        ("a: \"b\nc: d\n", "4:4", "this quote is not closed"),
        ("a: [ 1, 2\n", "4:4", "this `[` is never closed"),
        ("a\nb: 1\n", "4:1", "a `:` is missing behind this key"),
        (" a: 1\n", "4:2", "a key is expected here"),
        ("a: { {{ .Values.x }} }\n", "4:6", "a key is a text"),
        ("a: \u{7}\n", "4:4", "the character U+0007"),
    ];
    let mut wrong = Vec::new();
    for (text, place, words) in cases {
        let text = format!("{HEAD}{text}");
        let (manifests, sources) = read(&text);
        let told = told(&manifests.findings, &sources);
        let expected = format!("{place} E0417 this document cannot be read: {words}");
        if told.len() != 1 || !told[0].starts_with(&expected) {
            wrong.push(format!("{text}\nexpected {expected}\nfound {told:#?}"));
        }
        kubectl_refuses(&text);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The API server refuses what kubectl passes on.
    expect(&format!("{HEAD}data:\n  a: x\n  b: y\n  a: z\n"), &["7:3 E0417 the key `a` stands twice in the same map"]);
}

#[test]
fn what_kubectl_takes_is_taken() {
    for (text, value) in [
        ("a: [\n  x\n]\n", json!(["x"])),
        ("a: [\nx,\nz\n]\n", json!(["x", "z"])),
        ("a: {\n  b: 'c'\n}\n", json!({ "b": "c" })),
        ("a:\n- b: [\n    'x'\n  ]\n", json!([{ "b": ["x"] }])),
        ("a:\n- b\n", json!(["b"])),
        ("a: \"x\n  y\"\n", json!("x y")),
        ("a:\tb\t# comment\n", json!("b")),
        ("a: {\"b\":1}\n", json!({ "b": 1 })),
        ("a: http://x:80/\n", json!("http://x:80/")),
        ("\"a\" : b\n", json!("b")),
        ("a: !!str\n", json!("")),
        ("a: >-\n  b\n\n  c\n", json!("b\nc")),
        ("a: |2\n   b\n", json!(" b\n")),
    ] {
        let text = format!("{HEAD}{text}");
        let manifests = expect(&text, &[]);
        assert_eq!(to_json(manifests.objects[0].node.get("a").expect("there")), value, "{text}");
    }
}

#[test]
fn keys_that_are_read_otherwise_are_told() {
    expect(&format!("{HEAD}data:\n  on: a\n  80: b\n  \"y\": c\n"), &["5:3 W1011 the key `on` is read as `true`"]);
    expect(
        &format!("{HEAD}data: {{ 1.10: a, 0x10: b }}\n"),
        &["4:9 W1011", "4:18 W1011 the key `0x10` is read as `16`"],
    );
    let both = format!("{HEAD}data:\n  y: a\n  yes: b\n");
    expect(&both, &["5:3 W1011", "6:3 W1011", "6:3 E0417 the key `true` stands twice in the same map"]);
}

fn kubectl_refuses(text: &str) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, text).expect("written");
    if let Ok(output) =
        Command::new("kubectl").args(["label", "--local", "-o", "json", "x=y", "-f"]).arg(&file).output()
    {
        assert!(!output.status.success(), "kubectl takes\n{text}");
    }
}

#[test]
fn everything_has_its_place() {
    let text = "# a comment\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"wéb\"\n  empty:\ndata: { k: 'v', 'ü': w }\n\
                list:\n- first\n-   - inner\n    - *nothing\nblock: |\n  text\n"
        .replace("*nothing", "last");
    for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let (manifests, sources) = read(&text);
        assert_eq!(told(&manifests.findings, &sources), [""; 0]);
        let object = &manifests.objects[0];
        let place = |span: Span| {
            let at = sources.location(span).expect("in the text");
            (
                at.line,
                at.column - usize::from(at.line == 1 && text.starts_with('\u{feff}')),
                sources.text(span).to_owned(),
            )
        };
        assert_eq!(place(object.entry), (3, 1, "apiVersion: v1".into()));
        for (path, line, column, words) in [
            ("apiVersion", 3, 13, "v1"),
            ("metadata", 6, 3, "name: \"wéb\""),
            ("metadata.name", 6, 9, "\"wéb\""),
            ("metadata.empty", 7, 3, "empty"),
            ("data", 8, 7, "{ k: 'v', 'ü': w }"),
            ("data.k", 8, 12, "'v'"),
            ("data.ü", 8, 22, "w"),
            ("list[0]", 10, 3, "first"),
            ("list[1][0]", 11, 7, "inner"),
            ("list[1][1]", 12, 7, "last"),
            ("block", 14, 3, "text"),
        ] {
            let node = object.node.at_path(path).expect(path);
            assert_eq!(place(node.span), (line, column, words.to_owned()), "{path}");
        }
        let key = object.node.get("data").and_then(Node::as_map).expect("a map").fields[1].key_span;
        assert_eq!(place(key), (8, 17, "'ü'".into()));
    }
}

#[test]
fn an_alias_is_shown_where_it_is_used_and_its_parts_where_they_are_written() {
    let (manifests, sources) = read(&format!("{HEAD}a: &a {{ k: v }}\nb: *a\n"));
    let node = &manifests.objects[0].node;
    let lines = |path: &str| sources.location(node.at_path(path).expect(path).span).expect("a place").line;
    assert_eq!((lines("b"), lines("b.k")), (5, 4));
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    let text = format!("{HEAD}---\na: b: c\n---\n{HEAD}---\nkind: [\n---\n{HEAD}");
    let manifests = expect(&text, &["5:5 E0417", "11:7 E0417"]);
    let keys: Vec<&str> = manifests.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["a.yaml#1", "a.yaml#2", "a.yaml#3"]);
}

#[test]
fn documents_that_are_no_objects_are_told() {
    expect("", &[]);
    expect("---\n# nothing\n---\n---\n", &[]);
    expect("- a\n", &["1:1 E0604 a Kubernetes object is a map with a `kind`, but this is a list"]);
    expect("just words\n", &["1:1 E0604"]);
    expect("replicaCount: 3\n", &["1:1 E0610 this is no Kubernetes object"]);
    expect("apiVersion: v1\nmetadata: {}\n", &["1:1 E0610 this object has no `kind`"]);
    let manifests = expect("kind: Deployment\n", &["1:1 E0603 this Deployment has no `apiVersion`"]);
    assert_eq!(manifests.findings[0].hint.as_deref(), Some("add `apiVersion: apps/v1`"));
    expect("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", &["1:1 E0601 this tells kustomize"]);
    assert_eq!(expect("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n", &[]).objects.len(), 1);
}

#[test]
fn lists_are_taken_apart() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- apiVersion: apps/v1\n  kind: DeploymentList\n\
                \x20 items:\n  - metadata: { name: a }\n  - metadata: { name: b }\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n";
    let manifests = expect(text, &[]);
    let names: Vec<String> =
        manifests.objects.iter().map(|it| format!("{} {} {}", it.key, it.api_version(), it)).collect();
    assert_eq!(
        names,
        [
            "a.yaml#1 v1 Pod ",
            "a.yaml#2 apps/v1 Deployment a",
            "a.yaml#3 apps/v1 Deployment b",
            "a.yaml#4 v1 ConfigMapList "
        ]
    );
}

#[test]
fn json_is_read_as_json() {
    let text = "{\"apiVersion\": \"v1\",\n\t\"kind\": \"ConfigMap\", \"data\": {\"a\": \"\\ud83d\\ude00\\/\", \"n\": 3.0, \"y\": \"y\"}}\n\
                {\"apiVersion\": \"v1\", \"kind\": \"Pod\"}\n";
    let manifests = expect(text, &[]);
    let objects: Vec<Value> = manifests.objects.iter().map(|object| to_json(&object.node)).collect();
    assert_eq!(objects[0]["data"], json!({ "a": "😀/", "n": 3, "y": "y" }));
    assert_eq!(objects[1]["kind"], "Pod");
    // Flow YAML begins like JSON.
    assert_eq!(expect("{ apiVersion: v1, kind: Pod }\n", &[]).objects.len(), 1);
    let mut sources = SourceMap::new();
    for (text, expected) in [
        ("{\"a\": 1,}", "1:9 E0417 this document cannot be read: a comma stands behind the last entry"),
        ("{\"a\": }", "1:7 E0417 this document cannot be read: this is no value"),
        ("{\"a\" 1}", "1:6 E0417 this document cannot be read: a `:` is expected behind the key"),
        ("{a: 1}", "1:2 E0417 this document cannot be read: a key in double quotes is expected here"),
        ("{\"a\": \"\n\"}", "1:7 E0417 this document cannot be read: a line break"),
        ("{\"a\": \"", "1:7 E0417 this document cannot be read: this quote is never closed"),
        ("{\"a\": 01}", "1:7 E0417 this document cannot be read: this is no value"),
        ("{\"a\": 1 \"b\": 2}", "1:9 E0417 this document cannot be read: a `,` or `}` is expected here"),
        ("{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"kind\": 2}", "1:37 E0417 the key `kind` stands twice"),
        ("{", "1:2 E0417 this document cannot be read: a key in double quotes"),
        ("{\"a\": [", "1:8 E0417 this document cannot be read: it ends where a value is expected"),
    ] {
        let manifests = manifests::read_text("a.json", text, &mut sources);
        let told = told(&manifests.findings, &sources);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{text}: {told:?}");
    }
}

#[test]
fn hostile_texts_are_refused() {
    let deep = |open: &str| format!("{HEAD}a: {}", open.repeat(100_000));
    expect(&deep("["), &["4:254 E0109"]);
    expect(&deep("{ a: "), &["4:1249 E0109"]);
    expect(&format!("{HEAD}a:\n  {}", "- ".repeat(100_000)), &["5:501 E0109"]);
    let mut json_deep = String::from("{\"a\":");
    json_deep.push_str(&"[".repeat(100_000));
    expect(&json_deep, &["1:255 E0109"]);
    // Ten times ten times ten …
    let mut bomb = format!("{HEAD}a0: &a0 [ x, x, x, x, x, x, x, x, x, x ]\n");
    (1..9).for_each(|level| {
        let all = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [ {all} ]\n"));
    });
    expect(&bomb, &["9:16 E0417 this document cannot be read: its aliases stand for more than"]);
    // A chain that grows deeper than any text.
    let mut chain = format!("{HEAD}c0: &c0 [ x ]\n");
    (1..300).for_each(|link| chain.push_str(&format!("c{link}: &c{link} [ *c{} ]\n", link - 1)));
    expect(&chain, &["253:15 E0109"]);
    // Broken all the way: somebody has named a file of another kind.
    let (manifests, _) = read(&"a: b: c\n---\n".repeat(1000));
    assert_eq!(manifests.findings.len(), 21);
    assert!(manifests.findings[20].message.contains("20 documents in front of it"));
    // As many keys as fit into a second.
    let keys: String = (0..50_000).map(|key| format!("  k{key}: v\n")).collect();
    expect(&format!("{HEAD}data:\n{keys}"), &[]);
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, content).expect("written");
    path
}

/// What is read of paths: keys of objects below `folder`, and findings.
fn read_paths(folder: &Path, paths: &[PathBuf]) -> (Vec<String>, Vec<String>) {
    let mut sources = SourceMap::new();
    let manifests = manifests::read(paths, &mut sources);
    let short = |text: &str| text.replace(&format!("{}/", folder.display()), "");
    let keys = manifests.objects.iter().map(|object| short(&object.key)).collect();
    let findings = manifests.findings.iter().map(|it| short(&format!("{} {}", it.code.as_str(), it.message))).collect();
    (keys, findings)
}

#[test]
fn folders_are_read_in_order() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    for name in ["b.yml", "a.yaml", "sub/z.json", "sub/.hidden.yaml", ".git/c.yaml", "notes.txt", "Makefile"] {
        let text = if name.ends_with("json") { "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}" } else { HEAD };
        write(at, name, text);
    }
    std::os::unix::fs::symlink(at, at.join("sub/loop")).expect("linked");
    std::os::unix::fs::symlink(at.join("a.yaml"), at.join("sub/link.yaml")).expect("linked");
    let (keys, findings) = read_paths(at, &[at.to_path_buf()]);
    assert_eq!(keys, ["a.yaml", "b.yml", "sub/link.yaml", "sub/z.json"]);
    assert_eq!(findings, [""; 0]);
}

#[test]
fn charts_and_kustomizations_are_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    write(at, "app.yaml", HEAD);
    write(at, "chart/Chart.yaml", "apiVersion: v2\nname: x\n");
    write(at, "chart/values.yaml", "a: 1\n");
    write(at, "chart/templates/x.yaml", "{{ if .x }}\n");
    write(at, "chart/charts/sub/Chart.yaml", "apiVersion: v2\nname: y\n");
    write(at, "base/kustomization.yaml", "resources: [ app.yaml ]\n");
    let values = write(at, "values-prod.yaml", "a: 1\n");
    let chart = at.join("chart/Chart.yaml");
    let template = at.join("chart/templates/x.yaml");
    let (keys, findings) = read_paths(at, &[at.to_path_buf()]);
    assert_eq!(keys, ["app.yaml"]);
    assert_eq!(
        findings,
        [
            "E0610 the folder `chart` is a Helm chart, and holds no objects",
            "E0601 this tells kustomize what to make, and is no object itself",
            "E0610 these are values for a Helm chart, and no object: there is no `kind`",
        ]
    );
    let (_, findings) = read_paths(at, &[values, chart, template]);
    assert_eq!(findings.len(), 3, "{findings:?}");
    assert_eq!(findings[1], "E0610 this describes a Helm chart, and is no object itself");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    let utf16: Vec<u8> = "\u{feff}kind: Pod".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let paths = [
        write(at, "latin1.yaml", b"a: caf\xe9"),
        write(at, "utf16.yaml", utf16),
        at.join("missing.yaml"),
        write(at, "good.yaml", HEAD),
    ];
    fs::create_dir(at.join("empty")).expect("made");
    let large = fs::File::create(at.join("large.yaml")).expect("made");
    large.set_len(nxk::source::MAX_FILE_BYTES + 1).expect("sized");
    let paths = [&paths[..], &[at.join("empty"), at.join("large.yaml")]].concat();
    let (keys, findings) = read_paths(at, &paths);
    assert_eq!(keys, ["good.yaml"]);
    let codes: Vec<&str> = findings.iter().map(|finding| &finding[..5]).collect();
    assert_eq!(codes, ["E1003", "E1003", "E1001", "E1001", "E1004"], "{findings:#?}");
}

#[test]
fn what_is_null_can_be_left_out() {
    let (manifests, _) = read(&format!("{HEAD}spec:\na: [ null, {{ b: ~, c: 1 }} ]\n"));
    let objects = manifests.finished();
    assert_eq!(to_json(objects[0].node.get("a").expect("there")), json!([null, { "c": 1 }]));
    assert!(objects[0].node.get("spec").is_none());
}

#[test]
fn yaml_is_read_as_pyyaml_reads_it() {
    let Some(python) = support::python("yaml") else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let script = support::repository().join("tests/manifests.py");
    let seed = std::env::var("NXK_SEED").unwrap_or_else(|_| "7".to_owned());
    let run =
        Command::new(python).arg(script).arg(folder.path()).args([&seed, "1500"]).output().expect("python starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    for number in 0..1500 {
        let text = fs::read_to_string(folder.path().join(format!("{number}.yaml"))).expect("made");
        let theirs = fs::read_to_string(folder.path().join(format!("{number}.json"))).expect("made");
        let theirs: Value = serde_json::from_str(&theirs).expect("JSON");
        assert_eq!(documents(&text), theirs, "seed {seed}, number {number}:\n{text}");
    }
}

/// The documents of a text that are no objects: they are packed into a list of objects first.
fn documents(text: &str) -> Value {
    let mut sources = SourceMap::new();
    let (documents, findings) = manifests::documents("a.yaml", text, &mut sources);
    assert_eq!(told(&findings, &sources), [""; 0], "{text}");
    documents.iter().map(to_json).collect()
}

/// Pieces of which texts are made that are nearly YAML.
const PIECES: &[&str] = &[
    "a",
    "kind: Pod\n",
    "- ",
    ": ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&a ",
    "*a ",
    "!!int ",
    "!x ",
    "|\n",
    ">-\n",
    "'",
    "\"",
    "\\",
    "#",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "? ",
    "\t",
    "\r\n",
    "ü",
    "\u{feff}",
    "\u{2028}",
    "12",
    "<<: ",
    "~",
    "\"\\u12\"",
    "@",
    "{{ x }}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_is_too_strange(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let text: String = pieces.concat();
        let (manifests, sources) = read(&text);
        for object in &manifests.objects {
            assert_inside(&object.node, &sources);
        }
        for finding in &manifests.findings {
            prop_assert!(sources.find(finding.primary.span).is_some());
        }
    }
}

fn assert_inside(node: &Node, sources: &SourceMap) {
    assert!(sources.find(node.span).is_some(), "{node:?} has a place");
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| assert_inside(item, sources)),
        NodeKind::Map(map) => map.fields.iter().for_each(|field| assert_inside(&field.value, sources)),
        _ => {}
    }
}
