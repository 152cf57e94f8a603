//! The module system on small configurations.
//!
//! A case in `tests/corpus/modules/*.cases` is a title, a list of modules, and what comes of them:
//!
//! ```text
//! ## a plain definition overrides mkDefault
//! [ { options = { a : Int; }; } { a = lib.mkDefault 1; } { a = 2; } ]
//! => { a = 2; }
//! ```
//!
//! or, for each finding in order, `=> CODE line:column message`, the line counted from the case's first
//! line; the message may be cut short with `…`. What follows `=> hint:` is the hint of the finding above.
//! The entries of options `assertions` and `warnings` are findings, too.
//! Where a case is plain Nix, the expectation is what nixpkgs documents.

mod support;

use std::fmt::Write;
use std::rc::Rc;

use nxk::eval::{STACK_BYTES, print};
use nxk::modules::{Author, Configuration, Fate, Part, Request};
use nxk::source::{SourceKind, Span, World};
use nxk::symbol::Symbol;
use nxk::types::{ListKey, ListRule, ObjectSchema, Scalar, Shape};
use nxk::value::{Env, Evaluator, Kind, Thunk};

/// One case of the corpus.
struct Case {
    /// `file:line`, for messages.
    place: String,
    title: String,
    program: String,
    expected: Vec<String>,
}

#[test]
fn the_corpus_means_what_it_says() {
    with_a_deep_stack(|| {
        let mut failures = String::new();
        let mut count = 0;
        let folder = folder();
        for path in support::files_below("tests/corpus/modules", ".cases") {
            for case in cases(&path) {
                count += 1;
                let got = outcome(&case.program, &folder);
                if !agrees(&case.expected, &got) {
                    let (expected, got) = (case.expected.join("\n   "), got.join("\n   "));
                    writeln!(failures, "{} {}\n   {expected}\n  but got\n   {got}\n", case.place, case.title)
                        .expect("strings take everything");
                }
            }
        }
        assert!(count >= 220, "only {count} cases were found");
        assert!(failures.is_empty(), "\n{failures}");
    });
}

/// Evaluation nests deeply, so it has a thread with a stack of its own, as the program does.
fn with_a_deep_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn cases(path: &std::path::Path) -> Vec<Case> {
    let text = support::read(path);
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix("## ") {
            let place = format!("{name}:{}", number + 1);
            cases.push(Case { place, title: title.into(), program: String::new(), expected: Vec::new() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        match line.strip_prefix("=> ") {
            Some(expected) => case.expected.push(expected.into()),
            None if case.expected.is_empty() => {
                case.program.push_str(line);
                case.program.push('\n');
            }
            None => assert!(line.is_empty(), "{name}:{}: text behind the expectation", number + 1),
        }
    }
    cases
}

/// The findings, or else the configuration.
fn outcome(program: &str, folder: &tempfile::TempDir) -> Vec<String> {
    let mut machine = machine(folder);
    let modules = modules_of(&mut machine, program);
    let result = machine.eval_modules(Request { modules, ..Request::default() });
    let mut value = None;
    match result {
        Ok(configuration) => {
            configuration.check(&mut machine, &[]);
            say_what_modules_say(&mut machine, &configuration);
            if machine.findings.is_empty() {
                match print(&mut machine, &configuration.config) {
                    Ok(text) => value = Some(text),
                    Err(failure) => machine.report(&failure),
                }
            }
        }
        Err(failure) => machine.report(&failure),
    }
    if machine.findings.is_empty() {
        return value.into_iter().collect();
    }
    let mut lines = Vec::new();
    for finding in &machine.findings {
        let place = machine.sources.location(finding.primary.span);
        let place = place.map_or_else(|| "nowhere".to_string(), |place| format!("{}:{}", place.line, place.column));
        lines.push(format!("{} {place} {}", finding.code.as_str(), finding.message));
        lines.extend(finding.hint.iter().map(|hint| format!("hint: {hint}")));
    }
    lines
}

/// Configurations that declare `assertions` and `warnings` have them heard, as the program does.
fn say_what_modules_say(machine: &mut Evaluator, configuration: &Configuration) {
    let Ok(config) = configuration.get(machine, &[]) else { return };
    let Kind::Attrs(config) = &config.kind else { return };
    if let Some(assertions) = config.named("assertions") {
        machine.check_assertions(&assertions.value);
    }
    if let Some(warnings) = config.named("warnings") {
        machine.check_warnings(&warnings.value);
    }
}

fn machine(folder: &tempfile::TempDir) -> Evaluator {
    let world = World::new(folder.path()).expect("the folder is there");
    let mut machine = Evaluator::new(world);
    machine.install(&[]);
    machine.objects = Some(Rc::new(Pods));
    machine
}

/// A folder with the files that cases may import.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (path, text) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

/// Files that cases may import.
const FILES: &[(&str, &str)] = &[
    ("modules/a.nxk", "{ lib, ... }: { options = { a : Int = 1; }; config.seen = [ \"a\" ]; }"),
    ("modules/loop.nxk", "{ imports = [ ./other.nxk ]; options = { x : Int = 1; }; }"),
    ("modules/other.nxk", "{ imports = [ ./loop.nxk ]; options = { y : Int = 2; }; }"),
    ("modules/dir/default.nxk", "{ options = { d : Int = 4; }; }"),
    ("modules/number.nxk", "42"),
    (
        "modules/seen.nxk",
        "{ lib, ... }: { options.seen = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; }; config.seen = [ \"seen\" ]; }",
    ),
    ("modules/twice.nxk", "{ imports = [ ./seen.nxk ]; seen = [ \"twice\" ]; }"),
    ("modules/without.nxk", "{ disabledModules = [ \"twice.nxk\" ]; }"),
    ("modules/keyed.nxk", "{ key = \"the-key\"; config.seen = [ \"keyed\" ]; }"),
];

fn modules_of(machine: &mut Evaluator, program: &str) -> Vec<Thunk> {
    let path = machine.world.root().join("case.nxk");
    let source = machine.sources.add("case", Some(path), program, SourceKind::User);
    let term = machine.understand(source);
    let value = Thunk::suspend(term, Env::empty());
    match machine.force(&value).map(|value| value.kind) {
        Ok(Kind::List(items)) => items.to_vec(),
        _ => vec![value],
    }
}

/// Whether every finding is as expected. Hints are compared where they are written down.
fn agrees(expected: &[String], got: &[String]) -> bool {
    let mut got = got.iter().peekable();
    for expected in expected {
        if !expected.starts_with("hint: ") {
            while got.next_if(|line| line.starts_with("hint: ")).is_some() {}
        }
        let matches = |line: &String| match expected.strip_suffix('…') {
            Some(start) => line.starts_with(start),
            None => line == expected,
        };
        if !got.next().is_some_and(matches) {
            return false;
        }
    }
    got.all(|line| line.starts_with("hint: "))
}

/// A schema with a few fields of a pod.
struct Pods;

const POD: u32 = 0;
const SPEC: u32 = 1;
const CONTAINERS: u32 = 2;
const CONTAINER: u32 = 3;
const PORTS: u32 = 4;
const PORT: u32 = 5;
const FINALIZERS: u32 = 6;

impl ObjectSchema for Pods {
    fn root(&self, _: Option<&str>, kind: &str) -> Option<Shape> {
        (kind == "Pod").then_some(Shape(POD))
    }

    fn field(&self, shape: Shape, name: Symbol) -> Option<Shape> {
        match (shape.0, name.as_str()) {
            (POD, "spec") => Some(Shape(SPEC)),
            (SPEC, "containers") => Some(Shape(CONTAINERS)),
            (SPEC, "finalizers") => Some(Shape(FINALIZERS)),
            (CONTAINER, "ports") => Some(Shape(PORTS)),
            _ => None,
        }
    }

    fn item(&self, shape: Shape) -> Option<Shape> {
        match shape.0 {
            CONTAINERS => Some(Shape(CONTAINER)),
            PORTS => Some(Shape(PORT)),
            _ => None,
        }
    }

    fn list(&self, shape: Shape) -> ListRule {
        let key = |name: &str, default: Option<&str>| ListKey {
            name: Symbol::new(name),
            default: default.map(|text| Scalar::Str(text.into())),
        };
        match shape.0 {
            CONTAINERS => ListRule::Keyed(vec![key("name", None)]),
            PORTS => ListRule::Keyed(vec![key("containerPort", None), key("protocol", Some("TCP"))]),
            FINALIZERS => ListRule::Set,
            _ => ListRule::Atomic,
        }
    }
}

#[test]
fn types_are_found_through_maps_records_and_submodules() {
    with_a_deep_stack(|| {
        let program = r#"{
          options = { apps : { _ : { replicas : Int(0..) = 1; env : { _ : String } = { }; expose : { host : String; } | Null = null; } } = { };
                      deep.inner : String | Null = null; };
          imports = [ { options.subs = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options = { port : Port = 80; }; }); default = { }; }; } ];
        }"#;
        let folder = folder();
        let mut machine = machine(&folder);
        let modules = modules_of(&mut machine, program);
        let configuration = machine.eval_modules(Request { modules, ..Request::default() }).expect("modules");
        for (path, ty) in [
            ("apps.web.replicas", Some("Int(0..)")),
            ("apps.web.env.A", Some("String")),
            ("apps.web.expose.host", Some("String")),
            ("deep.inner", Some("String | Null")),
            ("subs.x.port", Some("Port")),
            ("apps.web.nothing", None),
            ("nothing", None),
        ] {
            let path: Vec<Symbol> = path.split('.').map(Symbol::new).collect();
            let found = configuration.type_at(&mut machine, &path).map(|ty| ty.to_string());
            assert_eq!(found.as_deref(), ty, "{path:?}");
        }
        assert_eq!(machine.findings, []);
    });
}

#[test]
fn definitions_tell_what_counts_and_what_lost() {
    with_a_deep_stack(|| {
        let program = "[ { options = { a : { _ : Int } = { }; }; } { a.x = lib.mkDefault 1; } { a.x = 2; } ]";
        let found = definitions_at(program, &["a", "x"]);
        assert_eq!(found, [(100, Author::Module, Fate::Counts), (1000, Author::Module, weaker(100, 2))]);
    });
}

#[test]
fn definitions_of_every_entry_are_told_at_the_entry() {
    with_a_deep_stack(|| {
        let program = "[ { options = { a : { _ : { x : Int = 0; y : Int = 0; } } = { }; }; } { a.web = { x = 2; y = 2; }; }
            { a = lib.mkEach (_: lib.mkLayered 1400 { x = 1; }); } { a = lib.mkEach (_: lib.mkLayered 75 { y = 3; }); } ]";
        let declared = |than| (1500, Author::Declaration, weaker(than, 3));
        let weaker = [(100, Author::Module, Fate::Counts), (1400, Author::Layer, weaker(100, 3)), declared(100)];
        assert_eq!(definitions_at(program, &["a", "web", "x"]), weaker);
        let stronger = [(75, Author::Layer, Fate::Counts), (100, Author::Module, self::weaker(75, 3)), declared(75)];
        assert_eq!(definitions_at(program, &["a", "web", "y"]), stronger);
        let whole = [(75, Author::Layer), (100, Author::Module), (1400, Author::Layer)];
        assert_eq!(definitions_at(program, &["a", "web"]), whole.map(|(priority, by)| (priority, by, Fate::Counts)));
        let map = definitions_at(program, &["a"]);
        assert_eq!(map, [(100, Author::Module, Fate::Counts), (1500, Author::Declaration, self::weaker(100, 1))]);
    });
}

fn weaker(than: i64, at: usize) -> Fate {
    Fate::Weaker { than, at }
}

/// The priority, the author and the fate of all definitions at a place, each of which was written somewhere.
fn definitions_at(program: &str, path: &[&str]) -> Vec<(i64, Author, Fate)> {
    let folder = folder();
    let mut machine = machine(&folder);
    let modules = modules_of(&mut machine, program);
    let configuration = machine.eval_modules(Request { modules, ..Request::default() }).expect("modules");
    let path: Vec<Part> = path.iter().map(|name| Part::Name(Symbol::new(name))).collect();
    let found = configuration.examine(&mut machine, &path).expect("it is there").definitions;
    assert!(found.iter().all(|definition| definition.key != Span::NONE));
    found.iter().map(|definition| (definition.priority, definition.author, definition.fate)).collect()
}
