//! The files of a chart, as real Helm 3 and Helm 4 read them: what they render is what putting the values into the forms
//! gives, for the values of the chart and for others, and what is no value is refused.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;

use nxk::chart::{self, Chart, Condition, Environment, Field, Form, Guard, Item, Opening, Piece, Template};
use nxk::node::{Map, Node, NodeKind};
use nxk::source::Span;
use nxk::types::{Bounds, Scalar, Type, named};
use serde_json::{Value, json};

/// Texts that a reader of templates, of YAML, of formats or of shells takes for something else.
const HOSTILE: &[&str] = &[
    "plain",
    "",
    " ",
    "no",
    "1e3",
    "0o14",
    "null",
    "~",
    "a: b",
    "- a",
    "# a",
    "\"",
    "'",
    "\\",
    "\\n",
    "`",
    "{{",
    "}}",
    "{",
    "{{ .Values.x }}",
    "{{- end }}",
    "{{/* */}}",
    "{{`",
    "%",
    "%s %d %%",
    "$x ${x}",
    "a\nb",
    "a\nb\n",
    "\n\na\n\n",
    "a \nb ",
    " a\nb",
    "{{\n{{- if true }}\n}}",
    "\t",
    "\r\n",
    "\u{1}\u{1b}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "日本 👩‍💻",
    "<&>",
    "Hole00000000",
    "Hole00000000%0z",
    "Hole000000000z: null",
    "---",
    "...\n",
    "x\n---\ny\n",
    "a\n# b\n",
];

fn text(text: &str) -> Form {
    Form::Literal(Node::string(text, Span::NONE))
}

fn literal(kind: NodeKind) -> Form {
    Form::Literal(Node::new(kind, Span::NONE))
}

fn field(key: &str, when: &[Condition], value: Form) -> Field {
    Field { key: key.into(), when: when.to_vec(), value }
}

fn map(fields: &[(&str, Form)]) -> Form {
    Form::Map(fields.iter().map(|(key, value)| field(key, &[], value.clone())).collect())
}

fn item(when: &[Condition], value: Form) -> Item {
    Item { when: when.to_vec(), value }
}

fn list(items: &[Form]) -> Form {
    Form::List(items.iter().map(|value| item(&[], value.clone())).collect())
}

fn within(opening: usize, least: impl Into<Option<i64>>, most: impl Into<Option<i64>>) -> Condition {
    Condition { opening, least: least.into(), most: most.into() }
}

/// A ConfigMap called `name` with `data`.
fn object(name: &str, when: &[Condition], data: Form) -> Template {
    let name = Form::Text(vec![Piece::Prefix, Piece::Text(name.into())]);
    let namespace = Form::Text(vec![Piece::Namespace]);
    let metadata = map(&[("name", name.clone()), ("namespace", namespace)]);
    let form = map(&[("apiVersion", text("v1")), ("kind", text("ConfigMap")), ("metadata", metadata), ("data", data)]);
    Template { key: "ConfigMap/x".into(), when: when.to_vec(), only_own: false, form }
}

fn opening(path: &[&str], default: Scalar, ty: Option<Type>) -> Opening {
    let path = path.iter().map(|key| (*key).into()).collect();
    Opening {
        item: None,
        path,
        default,
        ty: ty.map(Rc::new),
        doc: Some("What it is for: `{{ x }}` | more.".into()),
        contains: vec![],
        differs: vec![],
    }
}

fn chart(templates: Vec<Template>, openings: Vec<Opening>) -> Chart {
    Chart {
        name: "shop".into(),
        namespace: "store".into(),
        kubernetes: "1.31".into(),
        templates,
        openings,
        guards: Vec::new(),
        environments: Vec::new(),
        longest_release: 53,
    }
}

/// What putting `values` into a form gives.
struct Filling<'a> {
    values: &'a [Scalar],
    release: &'a str,
    namespace: &'a str,
}

impl Filling<'_> {
    fn holds(&self, all: &[Condition]) -> bool {
        all.iter().all(|Condition { opening, least, most }| {
            let number = match self.values[*opening] {
                Scalar::Int(number) => number,
                Scalar::Bool(truth) => i64::from(truth),
                _ => panic!("conditions are about integers and booleans"),
            };
            (least.unwrap_or(i64::MIN)..=most.unwrap_or(i64::MAX)).contains(&number)
        })
    }

    fn fill(&self, form: &Form) -> Value {
        match form {
            Form::Literal(node) => plain(node),
            Form::Value(opening) => scalar(&self.values[*opening]),
            Form::Text(pieces) => pieces.iter().map(|piece| self.piece(piece)).collect::<String>().into(),
            Form::Map(fields) => {
                let there = fields.iter().filter(|field| self.holds(&field.when));
                Value::Object(there.map(|field| (field.key.to_string(), self.fill(&field.value))).collect())
            }
            Form::List(items) => {
                items.iter().filter(|item| self.holds(&item.when)).map(|item| self.fill(&item.value)).collect()
            }
        }
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Prefix if self.release == "shop" => String::new(),
            Piece::Prefix => format!("{}-", self.release),
            Piece::Namespace => self.namespace.to_string(),
            Piece::Meaning(..) => panic!("the pass over names makes these, and is tested by itself"),
            Piece::Value(opening) => match &self.values[*opening] {
                Scalar::Str(text) => text.to_string(),
                Scalar::Int(number) => number.to_string(),
                Scalar::Bool(truth) => truth.to_string(),
                other => panic!("{other} is no piece of a text"),
            },
        }
    }

    fn objects(&self, chart: &Chart) -> Vec<Value> {
        let there = chart.templates.iter().filter(|template| self.holds(&template.when));
        sorted(there.map(|template| self.fill(&template.form)).collect())
    }
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => json!(value),
        Scalar::Int(number) => json!(number),
        // Whether a whole number has a point is nothing that JSON knows.
        Scalar::Float(number) if number.fract() == 0.0 => json!(*number as i64),
        Scalar::Float(number) => json!(number),
        Scalar::Str(text) => json!(text.as_str()),
    }
}

fn plain(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Bool(value) => json!(value),
        NodeKind::Int(number) => json!(number),
        NodeKind::Float(number) => json!(number),
        NodeKind::Str(text) => json!(text.as_str()),
        NodeKind::List(items) => items.iter().map(plain).collect(),
        NodeKind::Map(Map { fields }) => {
            Value::Object(fields.iter().map(|field| (field.key.to_string(), plain(&field.value))).collect())
        }
        NodeKind::Secret(_) | NodeKind::Failed => panic!("no data of these tests"),
    }
}

fn sorted(mut objects: Vec<Value>) -> Vec<Value> {
    objects.sort_by_key(|object| format!("{} {}", object["kind"], object["metadata"]["name"]));
    objects
}

/// A chart in a folder, and the Helms that read it.
struct Written {
    scratch: tempfile::TempDir,
    helms: Vec<PathBuf>,
    python: PathBuf,
}

impl Written {
    fn new(chart: &Chart) -> Option<Written> {
        let helms: Vec<PathBuf> = [3, 4].into_iter().filter_map(support::helm).collect();
        let python = support::python("yaml")?;
        if helms.is_empty() {
            return None;
        }
        let scratch = tempfile::tempdir().expect("a scratch folder");
        for chart::File { path, text, .. } in chart::files(chart) {
            let path = scratch.path().join("shop").join(path);
            fs::create_dir_all(path.parent().expect("is in a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        Some(Written { scratch, helms, python })
    }

    fn folder(&self) -> &Path {
        self.scratch.path()
    }

    fn run(&self, helm: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(helm);
        for variable in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(variable, self.folder().join(variable));
        }
        command.current_dir(self.folder()).args(arguments).stdin(Stdio::null()).output().expect("Helm starts")
    }

    /// What the first Helm that refuses the values says, or that all take them.
    fn rejection(&self, arguments: &[&str]) -> Option<String> {
        let words = [&["template", "shop", "shop", "--namespace", "store"], arguments].concat();
        let refused = |helm: &PathBuf| {
            let output = self.run(helm, &words);
            (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let told: Vec<Option<String>> = self.helms.iter().map(refused).collect();
        assert!(told.iter().all(Option::is_some) || told.iter().all(Option::is_none), "the Helms agree: {told:#?}");
        told.into_iter().flatten().next()
    }

    /// That every Helm renders the chart with `values` to what filling its forms gives.
    fn renders(&self, chart: &Chart, filling: &Filling<'_>, arguments: &[&str]) {
        let words =
            [&["template", filling.release, "shop", "--skip-tests", "--namespace", filling.namespace], arguments]
                .concat();
        for helm in &self.helms {
            let output = self.run(helm, &words);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {told}", helm.display());
            let rendered = sorted(self.parsed(&output.stdout));
            let expected = filling.objects(chart);
            for (rendered, expected) in rendered.iter().zip(&expected) {
                assert_eq!(rendered, expected, "{}", helm.display());
            }
            assert_eq!(rendered.len(), expected.len());
        }
    }

    /// The documents, as PyYAML reads them.
    fn parsed(&self, yaml: &[u8]) -> Vec<Value> {
        let file = self.folder().join("rendered.yaml");
        fs::write(&file, yaml).expect("written");
        let program = "import sys, json, yaml\n\
             text = open(sys.argv[1], encoding='utf-8', newline='').read()\n\
             print(json.dumps([it for it in yaml.load_all(text, Loader=yaml.CSafeLoader) if it is not None]))";
        let output = Command::new(&self.python).args(["-c", program]).arg(&file).output().expect("Python starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(yaml));
        serde_json::from_slice(&output.stdout).expect("is JSON")
    }

    /// Writes values as an operator would, in a file of its own.
    fn values_file(&self, chart: &Chart, values: &[Scalar]) -> String {
        let mut root = json!({});
        for (opening, value) in chart.openings.iter().zip(values) {
            let mut place = &mut root;
            for key in &opening.path {
                place = &mut place[key.as_str()];
            }
            match (opening.item, place.as_array_mut()) {
                (None, _) => *place = scalar(value),
                (Some(_), None) => *place = json!([scalar(value)]),
                (Some(_), Some(items)) => items.push(scalar(value)),
            }
        }
        // JSON has signs as they are that end lines in YAML, as which Helm reads it.
        let text = root.to_string().replace('\u{2028}', "\\u2028").replace('\u{feff}', "\\ufeff");
        fs::write(self.folder().join("values.json"), text).expect("written");
        "values.json".to_string()
    }

    /// Renders with the chart's own values, and with these; under the chart's name, and under another.
    fn commutes(&self, chart: &Chart, others: &[Vec<Scalar>]) {
        let defaults: Vec<Scalar> = chart.openings.iter().map(|opening| opening.default.clone()).collect();
        self.renders(chart, &Filling { values: &defaults, release: "shop", namespace: "store" }, &[]);
        for values in others {
            let file = self.values_file(chart, values);
            let filling = Filling { values, release: "green-2", namespace: "elsewhere" };
            self.renders(chart, &filling, &["--values", &file]);
        }
    }
}

fn named_type(name: &str) -> Option<Type> {
    named(name).map(Type::Named)
}

/// All hostile texts: in literals, keys, values, and around the pieces of texts.
#[test]
fn hostile_texts_come_out_as_they_are() {
    let mut openings = vec![opening(&["port"], Scalar::Int(80), named_type("Port"))];
    openings.push(opening(&["label"], Scalar::Str("web".into()), named_type("DnsLabel")));
    let mut templates = Vec::new();
    for (at, hostile) in HOSTILE.iter().enumerate() {
        let value = openings.len();
        openings.push(opening(
            &["texts", &format!("{at} {hostile}")],
            Scalar::Str((*hostile).into()),
            Some(Type::string()),
        ));
        let piece = || Piece::Text((*hostile).into());
        let texts = [
            text(hostile),
            Form::Value(value),
            Form::Text(vec![piece(), Piece::Value(value), piece()]),
            Form::Text(vec![Piece::Value(value)]),
            Form::Text(vec![Piece::Prefix, piece(), Piece::Value(0), piece(), Piece::Value(1)]),
            Form::Text(vec![
                Piece::Text("{".into()),
                Piece::Value(0),
                Piece::Text("}\nlisten ".into()),
                Piece::Value(1),
            ]),
            Form::Text(vec![piece(), Piece::Prefix]),
            Form::Text(vec![Piece::Text("Hole0000".into()), Piece::Text("0000".into()), Piece::Value(0)]),
            map(&[(hostile, list(&[text(hostile), Form::Value(value)]))]),
        ];
        let never = within(0, 81, 90);
        let fields = [
            field("first", &[never], text(hostile)),
            field("texts", &[], list(&texts)),
            field(&format!("k{hostile}"), &[], text(hostile)),
            field("last", &[never], text(hostile)),
        ];
        templates.push(object(&format!("t{at}"), &[], Form::Map(fields.to_vec())));
    }
    let chart = chart(templates, openings);
    let Some(written) = Written::new(&chart) else { return };
    let rotated: Vec<Scalar> = (0..chart.openings.len())
        .map(|at| match at {
            0 => Scalar::Int(85),
            1 => Scalar::Str("x-1".into()),
            at => Scalar::Str(HOSTILE[(at + 7) % HOSTILE.len()].into()),
        })
        .collect();
    written.commutes(&chart, &[rotated]);
}

#[test]
fn numbers_and_booleans_keep_their_value_from_every_source() {
    const MOST: i64 = (1 << 53) - 1;
    let int = || Some(Type::Int(Bounds::NONE));
    let openings = vec![
        opening(&["a", "int"], Scalar::Int(1_000_000), int()),
        opening(&["a", "most"], Scalar::Int(MOST), int()),
        opening(&["a", "least"], Scalar::Int(-MOST), int()),
        opening(&["a-b", "float"], Scalar::Float(0.5), Some(Type::Float(Bounds::NONE))),
        opening(&["a-b", "bool"], Scalar::Bool(true), Some(Type::Bool)),
    ];
    let ints =
        |opening| list(&[Form::Value(opening), Form::Text(vec![Piece::Value(opening), Piece::Text("\"".into())])]);
    let data = map(&[
        ("ints", list(&[ints(0), ints(1), ints(2)])),
        ("float", Form::Value(3)),
        ("bool", Form::Value(4)),
        ("empty", list(&[list(&[]), literal(NodeKind::Map(Map::default())), literal(NodeKind::Null)])),
    ]);
    let chart = chart(vec![object("numbers", &[], data)], openings);
    let Some(written) = Written::new(&chart) else { return };
    let others = vec![Scalar::Int(0), Scalar::Int(-1), Scalar::Int(MOST), Scalar::Float(-2.25e10), Scalar::Bool(false)];
    written.commutes(&chart, std::slice::from_ref(&others));
    let set = format!("a.int=0,a.least={MOST},a-b.float=-22500000000.0,a-b.bool=false,a.most=-1");
    let filling = Filling { values: &others, release: "shop", namespace: "store" };
    written.renders(&chart, &filling, &["--set", &set.replace("=-22500000000.0", "=-22500000000")]);
}

#[test]
fn conditions_decide_at_their_borders() {
    let openings = vec![
        opening(&["replicas"], Scalar::Int(3), Some(Type::Int(Bounds { min: Some(0), max: Some(100) }))),
        opening(&["spare"], Scalar::Int(0), Some(Type::Int(Bounds::INT32))),
    ];
    let (few, many) = (within(0, None, 1), within(0, 2, None));
    let spare = within(1, 1, None);
    let deep = |when: &[Condition]| Form::List(vec![item(when, Form::List(vec![item(when, text("x"))]))]);
    let fields = vec![
        field("strategy", &[few], text("Recreate\n---\n")),
        field("strategy", &[many], map(&[("rolling", Form::Value(0))])),
        field("block", &[], text("a\nb\n")),
        field(
            "one",
            &[within(0, 2, 2), spare],
            Form::Map(vec![field("a", &[spare], text("b")), field("c", &[], text("d"))]),
        ),
        field("some", &[], Form::List(vec![item(&[many], text("many")), item(&[few], text("few"))])),
        field("maybe", &[], Form::List(vec![item(&[spare], text("spare")), item(&[spare], text("more"))])),
        field(
            "either",
            &[],
            Form::List(vec![
                item(&[spare], text("a\nb")),
                item(&[many], Form::Value(0)),
                item(&[within(0, 3, 7)], text("c")),
            ]),
        ),
        field(
            "nested",
            &[],
            list(&[deep(&[spare]), deep(&[many]), Form::List(vec![item(&[few], map(&[("a", text("b"))]))])]),
        ),
        field(
            "maps",
            &[],
            list(&[Form::Map(vec![
                field("a", &[few], text("b")),
                field("c", &[], text("d")),
                field("e", &[spare], list(&[text("f")])),
            ])]),
        ),
        field(&"k".repeat(120), &[spare], Form::List(vec![item(&[few], text("x")), item(&[], text("y"))])),
        field("end", &[many], text("z\n")),
    ];
    let templates =
        vec![object("always", &[], Form::Map(fields)), object("sometimes", &[many, spare], map(&[("a", text("b"))]))];
    let chart = chart(templates, openings);
    let Some(written) = Written::new(&chart) else { return };
    let pairs = [(0, 0), (1, 1), (2, 0), (2, 1), (2, 5), (7, -1), (8, 1), (100, 2147483647)];
    let others: Vec<Vec<Scalar>> = pairs.map(|(a, b)| vec![Scalar::Int(a), Scalar::Int(b)]).to_vec();
    written.commutes(&chart, &others);
}

#[test]
fn booleans_decide_and_are_words() {
    let openings = vec![
        opening(&["a", "on"], Scalar::Bool(false), Some(Type::Bool)),
        opening(&["a", "x-y"], Scalar::Bool(true), Some(Type::Bool)),
    ];
    let is = |opening: usize| Condition { opening, least: Some(1), most: None };
    let is_not = |opening: usize| Condition { opening, least: None, most: Some(0) };
    let field = |key: &str, when: &[Condition], value: Form| Field { key: key.into(), when: when.to_vec(), value };
    let fields = vec![
        field("value", &[], Form::Value(0)),
        field("text", &[], Form::Text(vec![Piece::Value(1)])),
        field(
            "within",
            &[],
            Form::Text(vec![Piece::Text("{\"on\": ".into()), Piece::Value(0), Piece::Text("}\n".into())]),
        ),
        field("a", &[is(0)], text("yes")),
        field("a", &[is_not(0)], text("no")),
        field("b", &[is_not(1)], text("only if not")),
    ];
    let templates = vec![
        object("always", &[], Form::Map(fields)),
        object("sometimes", &[is(0), is_not(1)], map(&[("a", text("b"))])),
    ];
    let chart = chart(templates, openings);
    let Some(written) = Written::new(&chart) else { return };
    let others = [(false, false), (false, true), (true, false), (true, true)];
    written.commutes(&chart, &others.map(|(a, b)| vec![Scalar::Bool(a), Scalar::Bool(b)]));
}

#[test]
fn what_is_no_value_is_refused() {
    let text_of = |text: &str| Scalar::Str(text.into());
    let mut openings = vec![
        opening(
            &["applications", "web", "replicas"],
            Scalar::Int(3),
            Some(Type::Int(Bounds { min: Some(1), max: Some(9) })),
        ),
        opening(&["applications", "web", "port"], Scalar::Int(80), named_type("Port")),
        opening(&["applications", "web", "memory"], text_of("128Mi"), named_type("Quantity")),
        opening(&["applications", "web", "schedule"], text_of("@daily"), named_type("CronSchedule")),
        opening(&["applications", "web", "address"], text_of("::1"), named_type("IpAddress")),
        opening(&["applications", "web", "image"], text_of("nginx:1.27"), named_type("ImageRef")),
        opening(&["applications", "web", "url"], text_of("https://x"), named_type("Url")),
        opening(
            &["applications", "web", "policy"],
            text_of("Always"),
            Some(Type::Union(vec![
                Rc::new(Type::Literal(text_of("Always"))),
                Rc::new(Type::Literal(text_of("Never"))),
                Rc::new(Type::Null),
            ])),
        ),
        opening(&["applications", "web", "debug"], Scalar::Bool(false), Some(Type::Bool)),
        opening(&["applications", "web", "host"], text_of("a.example.com"), Some(Type::string())),
    ];
    openings[9].contains = vec![(".example.".into(), true), ("*".into(), false)];
    let data = (0..openings.len()).map(Form::Value).collect::<Vec<_>>();
    let chart = chart(vec![object("x", &[], list(&data))], openings);
    let Some(written) = Written::new(&chart) else { return };
    for good in [
        "replicas=9",
        "port=65535",
        "memory=1.5Gi",
        "schedule=*/5 * * * *",
        "address=10.0.0.1",
        "image=r.io:5000/a/b@sha256:0123456789abcdef0123456789abcdef",
        "url=ftp://y",
        "policy=Never",
        "debug=true",
        "host=b.example.org",
    ] {
        assert_eq!(written.rejection(&["--set", &format!("applications.web.{good}")]), None, "{good}");
    }
    assert_eq!(written.rejection(&["--set", "global.region=eu"]), None);
    for bad in [
        "replicas=0",
        "replicas=10",
        "replicas=two",
        "replicas=1.5",
        "replicas=null",
        "replica=3",
        "port=0",
        "port=65536",
        "memory=1KB",
        "memory=12",
        "schedule=often",
        "address=1.2.3.256",
        "address=1::2::3",
        "image=a b",
        "url=x",
        "policy=Sometimes",
        "policy=null",
        "debug=yes",
        "host=a.example",
        "host=*.example.com",
        "host=a.example.\u{7f}",
    ] {
        let told = written.rejection(&["--set", &format!("applications.web.{bad}")]);
        assert!(
            told.is_some_and(|told| told.contains("values don't meet the specifications")),
            "{bad} is refused by the schema"
        );
    }
    assert!(written.rejection(&["--set", "aplications.web.replicas=3"]).is_some());
    assert!(written.rejection(&["--set", "applications.api.replicas=3"]).is_some());
}

#[test]
fn what_must_hold_between_values_is_checked() {
    let amount = |path: &[&str], text: &str| opening(path, Scalar::Str(text.into()), named_type("Quantity"));
    let openings = vec![
        opening(&["least"], Scalar::Int(2), Some(Type::Int(Bounds::NONE))),
        opening(&["most"], Scalar::Int(5), Some(Type::Int(Bounds::NONE))),
        amount(&["requests", "memory"], "64Mi"),
        amount(&["limits", "memory"], "128Mi"),
    ];
    let mut chart = chart(vec![object("x", &[], map(&[("a", Form::Value(0))]))], openings);
    chart.guards = vec![Guard::Order { lesser: 0, greater: 1, strict: true }, Guard::Amounts { lesser: 2, greater: 3 }];
    let Some(written) = Written::new(&chart) else { return };
    let other = ["4", "5", "1e3", "1k"].map(|text| text.parse().map_or(Scalar::Str(text.into()), Scalar::Int));
    written.commutes(&chart, &[other.to_vec()]);
    for (requests, limits) in [
        ("128Mi", "134217728"),
        ("700m", ".7"),
        ("1", "1"),
        ("102.4Mi", "0.1Gi"),
        ("+1E", "1e18"),
        ("999n", "1u"),
        ("5.", "5Ei"),
    ] {
        let set = |one: &str, other: &str| format!("requests.memory={one},limits.memory={other}");
        assert_eq!(written.rejection(&["--set-string", &set(requests, limits)]), None, "{requests} {limits}");
        let more = format!("1{}", limits.trim_start_matches(['+', '.', '0']));
        let told = written.rejection(&["--set-string", &set(&more, limits)]).unwrap_or_default();
        assert!(told.contains("requests.memory must not be greater than limits.memory"), "{more} {limits}: {told}");
    }
    let told = written.rejection(&["--set", "least=5"]).unwrap_or_default();
    assert!(told.contains("least has to be less than most"), "{told}");
}

#[test]
fn texts_that_decide_are_kept_apart() {
    let text_of = |text: &str| Scalar::Str(text.into());
    let mut openings =
        vec![opening(&["a"], text_of("x"), Some(Type::string())), opening(&["b"], text_of("y"), Some(Type::string()))];
    openings[0].differs = vec!["no \"z\"".into(), "{{".into()];
    let mut chart = chart(vec![object("x", &[], list(&[Form::Value(0), Form::Value(1)]))], openings);
    chart.guards = vec![Guard::Differ { one: 0, other: 1 }];
    let Some(written) = Written::new(&chart) else { return };
    written.commutes(&chart, &[vec![text_of("y"), text_of("x")]]);
    let told = written.rejection(&["--set", "a=y"]).unwrap_or_default();
    assert!(told.contains("a and b must not be the same"), "{told}");
    for known in ["a=no \"z\"", "a=\\{{"] {
        let told = written.rejection(&["--set-string", known]).unwrap_or_default();
        assert!(told.contains("values don't meet the specifications"), "{known}: {told}");
    }
}

#[test]
fn what_follows_is_given_together_with_what_it_follows() {
    let text_of = |text: &str| Scalar::Str(text.into());
    let mut openings = Vec::new();
    for (limit, request) in [(text_of("50m"), text_of("50m")), (Scalar::Int(2), Scalar::Int(2))] {
        for (part, value) in [("limit", limit), ("request", request)] {
            openings.push(opening(&[&format!("{part}{}", openings.len() / 2)], value, None));
        }
    }
    let mut chart = chart(vec![object("x", &[], list(&[0, 1, 2, 3].map(Form::Value)))], openings);
    chart.guards = vec![
        Guard::Follows { follower: 1, leader: 0 },
        Guard::Follows { follower: 3, leader: 2 },
        Guard::Amounts { lesser: 3, greater: 2 },
    ];
    let Some(written) = Written::new(&chart) else { return };
    let values = |texts: [&str; 2], numbers: [i64; 2]| {
        texts.map(text_of).into_iter().chain(numbers.map(Scalar::Int)).collect::<Vec<_>>()
    };
    written.commutes(&chart, &[values(["1", "2"], [5, 3]), values(["50m", "40m"], [2, 1])]);
    for (set, leader) in [("limit0=60m", "limit0"), ("limit0=0.05", "limit0"), ("limit1=3", "limit1")] {
        let told = written.rejection(&["--set", set]).unwrap_or_default();
        assert!(told.contains(&format!("is what {leader} is")), "{set}: {told}");
    }
}

#[test]
fn lists_are_given_whole() {
    let text_of = |text: &str| Scalar::Str(text.into());
    let item = |path: &[&str], item: usize, default: Scalar, ty: Option<Type>| Opening {
        item: Some(item),
        ..opening(path, default, ty)
    };
    let host = |at: usize, host: &str| item(&["web", "hosts"], at, text_of(host), named_type("DnsSubdomain"));
    let mut openings = vec![host(0, "a.example.com"), host(1, "b.example.com")];
    openings.push(item(&["x-y", "args"], 0, text_of("a: {{ b }}"), Some(Type::string())));
    openings.push(item(&["x-y", "args"], 1, Scalar::Int(3), Some(Type::Int(Bounds::NONE))));
    let form = list(&[
        Form::Value(1),
        Form::Value(2),
        Form::Text(vec![Piece::Text("https://".into()), Piece::Value(0), Piece::Text(":".into()), Piece::Value(3)]),
    ]);
    let chart = chart(vec![object("x", &[], form)], openings);
    let Some(written) = Written::new(&chart) else { return };
    let values = |one: &str, other: &str, text: &str, number: i64| {
        vec![text_of(one), text_of(other), text_of(text), Scalar::Int(number)]
    };
    let hostile = HOSTILE.iter().map(|text| values("x.y", "z", text, -7));
    written.commutes(&chart, &hostile.collect::<Vec<_>>());
    assert_eq!(written.rejection(&["--set", "web.hosts={c.d,e}"]), None);
    for bad in [
        "web.hosts={c}",
        "web.hosts={c,d,e}",
        "web.hosts[0]=c",
        "web.hosts[1]=c",
        "web.hosts={c,D}",
        "web.hosts=c",
        "web.hosts=null",
    ] {
        let told = written.rejection(&["--set", bad]).unwrap_or_default();
        assert!(told.contains("values don't meet the specifications"), "{bad} is refused by the schema: {told}");
    }
}

/// A chart with all that the other files are about.
fn shop(services: [&str; 3]) -> Chart {
    let service = |name: &str, port: Form| {
        let name = Form::Text(vec![Piece::Prefix, Piece::Text(name.into())]);
        let namespace = Form::Text(vec![Piece::Namespace]);
        let metadata = map(&[("name", name.clone()), ("namespace", namespace)]);
        let ports = list(&[map(&[("port", port), ("protocol", text("TCP"))])]);
        let spec = map(&[("selector", map(&[("app.kubernetes.io/name", name)])), ("ports", ports)]);
        let form =
            map(&[("apiVersion", text("v1")), ("kind", text("Service")), ("metadata", metadata), ("spec", spec)]);
        Template { key: "Service/x".into(), when: Vec::new(), only_own: false, form }
    };
    let ingress = map(&[
        ("apiVersion", text("networking.k8s.io/v1")),
        ("kind", text("Ingress")),
        ("metadata", map(&[("name", text("web")), ("namespace", Form::Text(vec![Piece::Namespace]))])),
        (
            "spec",
            map(&[
                ("tls", list(&[map(&[("hosts", list(&[Form::Value(1)]))])])),
                ("rules", list(&[map(&[("host", Form::Value(1))])])),
            ]),
        ),
    ]);
    let policy = map(&[
        ("apiVersion", text("networking.k8s.io/v1")),
        ("kind", text("NetworkPolicy")),
        ("metadata", map(&[("name", text("default-deny")), ("namespace", Form::Text(vec![Piece::Namespace]))])),
        ("spec", map(&[("podSelector", literal(NodeKind::Map(Map::default())))])),
    ]);
    let definition = map(&[
        ("apiVersion", text("apiextensions.k8s.io/v1")),
        ("kind", text("CustomResourceDefinition")),
        (
            "metadata",
            map(&[("name", text("shops.example.com")), ("annotations", map(&[("about", text("{{ literally }}"))]))]),
        ),
        (
            "spec",
            map(&[
                ("group", text("example.com")),
                ("scope", text("Namespaced")),
                ("names", map(&[("kind", text("Shop")), ("plural", text("shops"))])),
                ("versions", list(&[])),
            ]),
        ),
    ]);
    let template = |key: &str, form| Template { key: key.into(), when: Vec::new(), only_own: false, form };
    let templates = vec![
        template("CustomResourceDefinition/shops", definition),
        template("NetworkPolicy/default-deny", policy),
        service(services[0], Form::Value(0)),
        service(services[1], literal(NodeKind::Int(5432))),
        service(services[2], literal(NodeKind::Int(53))),
        template("Ingress/web", ingress),
    ];
    let openings = vec![
        opening(&["applications", "web", "port"], Scalar::Int(80), named_type("Port")),
        opening(&["applications", "web", "host"], Scalar::Str("shop.example.com".into()), named_type("DnsSubdomain")),
    ];
    let mut chart = chart(templates, openings);
    let production = vec![(1, Scalar::Str("example.com".into()))];
    chart.environments = vec![Environment { name: "Prod/EU".into(), values: production }];
    chart
}

#[test]
fn files_stay_in_their_folder_and_apart() {
    let paths: Vec<String> =
        chart::files(&shop(["web", "WEB", "../../etc/Web"])).into_iter().map(|file| file.path).collect();
    let expected = [
        "Chart.yaml",
        ".helmignore",
        "README.md",
        "values.yaml",
        "values.schema.json",
        "values-prod-eu.yaml",
        "templates/_helpers.tpl",
        "templates/NOTES.txt",
        "templates/networkpolicy-default-deny.yaml",
        "templates/service-web.yaml",
        "templates/service-web-2.yaml",
        "templates/service-..-..-etc-web.yaml",
        "templates/ingress-web.yaml",
        "crds/customresourcedefinition-shops.example.com.yaml",
        "templates/tests/connection.yaml",
        "templates/tests/egress.yaml",
        "templates/tests/ingress.yaml",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn helm_finds_nothing_to_blame_and_packs_it() {
    let chart = shop(["web", "api", "db"]);
    let Some(written) = Written::new(&chart) else { return };
    for helm in &written.helms {
        for arguments in [
            &["lint", "--strict", "shop"][..],
            &["lint", "--strict", "shop", "--values", "shop/values-prod-eu.yaml"],
            &["package", "shop"],
        ] {
            let output = written.run(helm, arguments);
            let told =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success() && !told.contains("[WARNING]"), "{} {arguments:?}: {told}", helm.display());
        }
    }
}

#[test]
fn definitions_are_apart_and_literal() {
    let chart = shop(["web", "api", "db"]);
    let Some(written) = Written::new(&chart) else { return };
    for helm in &written.helms {
        let output = written.run(helm, &["show", "crds", "shop"]);
        let definitions = written.parsed(&output.stdout);
        assert_eq!(definitions[0]["metadata"]["annotations"]["about"], "{{ literally }}", "{}", helm.display());
    }
}

#[test]
fn the_test_is_a_pod_that_restricted_namespaces_take() {
    let chart = shop(["web", "api", "db"]);
    let Some(written) = Written::new(&chart) else { return };
    for helm in &written.helms {
        let output = written
            .run(helm, &["template", "blue", "shop", "--namespace", "elsewhere", "--set", "applications.web.port=81"]);
        let objects = written.parsed(&output.stdout);
        let hooks: Vec<&Value> =
            objects.iter().filter(|object| object["metadata"]["annotations"]["helm.sh/hook"] == "test").collect();
        assert_eq!(hooks.len(), 3, "{}", String::from_utf8_lossy(&output.stderr));
        let pod = hooks.iter().find(|hook| hook["kind"] == "Pod").expect("a pod");
        assert_eq!(pod["metadata"]["name"], "blue-shop-connection-test");
        assert_eq!(pod["metadata"]["namespace"], "elsewhere");
        let container = &pod["spec"]["containers"][0];
        assert_eq!(container["args"], json!(["blue-web:81", "blue-api:5432", "blue-db:53"]));
        assert_eq!(container["securityContext"]["capabilities"]["drop"], json!(["ALL"]));
        assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
        assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["spec"]["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    }
}

#[test]
fn notes_name_the_hosts_as_they_are_set() {
    let chart = shop(["web", "api", "db"]);
    let Some(written) = Written::new(&chart) else { return };
    // Helm shows notes only to those who have a cluster.
    let told = r#"told: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}"#;
    fs::write(written.folder().join("shop/templates/told.yaml"), told).expect("written");
    let show = ["template", "blue", "shop", "--show-only", "templates/told.yaml"];
    let arguments = [&show[..], &["--set", "applications.web.host=new.example.com"]].concat();
    for helm in &written.helms {
        let output = written.run(helm, &arguments);
        let told = written.parsed(&output.stdout);
        let told = told[0]["told"].as_str().unwrap_or_default();
        assert!(told.contains("\n  https://new.example.com\n"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        assert!(told.contains("kubectl --namespace default get service,ingress\n"), "{told}");
        assert!(told.contains("helm --namespace default test blue\n"), "{told}");
    }
}
