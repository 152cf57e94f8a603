//! The builtins where Nix is no judge: files, YAML, what nxk leaves out, failures and their words, and size.
//!
//! Everything else is compared with Nix itself over the expressions of `tests/corpus/eval`.

use std::path::Path;

use nxk::diag::{Code, Diagnostic};
use nxk::eval::{STACK_BYTES, print};
use nxk::source::{SourceKind, World};
use nxk::value::{Env, Evaluator, Thunk};

/// What an expression gives in a project with these files: its value as text, or why there is none.
struct Run {
    result: Result<String, Diagnostic>,
    traces: Vec<String>,
}

fn run_in(files: &[(&str, &str)], expression: &str) -> Run {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("has one")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let (root, expression) = (folder.path().to_path_buf(), expression.to_string());
    let run = move || evaluate(&root, &expression);
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread");
    thread.join().expect("no panic")
}

fn evaluate(root: &Path, expression: &str) -> Run {
    let mut machine = Evaluator::new(World::new(root).expect("a root"));
    machine.install(&[]);
    let path = machine.world.root().join("case.nxk");
    let source = machine.sources.add("case.nxk", Some(path), expression, SourceKind::User);
    let term = machine.understand(source);
    let result = match machine.findings.first() {
        Some(finding) => Err(finding.clone()),
        None => print(&mut machine, &Thunk::suspend(term, Env::empty()))
            .map_err(|error| error.diagnostic().or(machine.findings.first().cloned()).expect("a reason")),
    };
    Run { result, traces: machine.traces }
}

#[track_caller]
fn gives(files: &[(&str, &str)], expression: &str, expected: &str) {
    assert_eq!(run_in(files, expression).result.as_deref(), Ok(expected), "{expression}");
}

#[track_caller]
fn fails(files: &[(&str, &str)], expression: &str, code: Code, words: &str) {
    let finding = run_in(files, expression).result.expect_err(expression);
    assert_eq!(finding.code, code, "{expression}: {}", finding.message);
    let told = format!("{} ({})", finding.message, finding.hint.as_deref().unwrap_or_default());
    assert!(told.contains(words), "{expression}: {told:?} says {words:?}");
}

#[test]
fn a_typed_function_tells_what_it_takes_by_name() {
    let function = "f : { a : Int; b? : Int; } -> Int = { a, b ? 1 }: a;";
    gives(&[], &format!("let {function} in builtins.functionArgs f"), "{ a = false; b = true; }");
    gives(&[], "let id : Any -> Any = x: x; in builtins.functionArgs id", "{ }");
}

#[test]
fn files_are_read_within_the_project() {
    let files = &[("a.txt", "one\n"), ("sub/b.txt", "two"), ("sub/inner/c", "")][..];
    gives(files, "builtins.readFile ./a.txt", r#""one\n""#);
    gives(files, "builtins.readFile (toString ./sub + \"/b.txt\")", r#""two""#);
    gives(files, "builtins.readDir ./sub", r#"{ "b.txt" = "regular"; inner = "directory"; }"#);
    gives(files, "map builtins.readFileType [ ./a.txt ./sub ./. ]", r#"[ "regular" "directory" "directory" ]"#);
    gives(
        files,
        "map builtins.pathExists [ ./a.txt ./sub ./none ../.. /etc/passwd ]",
        "[ true true false false false ]",
    );
    // The digest that sha256sum prints for the same bytes.
    let digest = "\"2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806\"";
    gives(files, "builtins.hashFile \"sha256\" ./a.txt", digest);
    fails(files, "builtins.readFile ./none", Code::FileNotFound, "none");
    fails(files, "builtins.readFile ./sub", Code::FileNotReadable, "folder");
    fails(files, "builtins.readFile /etc/passwd", Code::OutsideRoot, "outside the project");
    fails(files, "builtins.readFile \"a.txt\"", Code::BadArgument, "without quotes");
    fails(files, "builtins.readDir ../.", Code::OutsideRoot, "--root");
    fails(files, "builtins.readFileType ./none", Code::FileNotFound, "none");
    gives(files, "baseNameOf (builtins.path { path = ./a.txt; name = \"x\"; })", "\"a.txt\"");
    fails(files, "builtins.path { path = ./.; filter = p: t: true; }", Code::NotInLanguage, "readDir");
}

#[test]
fn files_are_imported_once_and_scoped_ones_anew() {
    let files = &[
        ("one.nix", "builtins.trace \"read\" { n = 1; }"),
        ("folder/default.nxk", "{ here = true; }"),
        ("free.nix", "base + offset"),
        ("shadow.nix", "map 1"),
    ][..];
    let twice = run_in(files, "[ (import ./one.nix).n (import ./one.nix).n ]");
    assert_eq!((twice.result.as_deref(), twice.traces.len()), (Ok("[ 1 1 ]"), 1));
    gives(files, "(import ./folder).here", "true");
    gives(files, "import { outPath = ./folder; }", "{ here = true; }");
    gives(files, "map (base: builtins.scopedImport { inherit base; offset = 2; } ./free.nix) [ 1 5 ]", "[ 3 7 ]");
    gives(files, "builtins.scopedImport { map = x: x; } ./shadow.nix", "1");
    fails(files, "import ./free.nix", Code::UndefinedVariable, "base");
    fails(files, "import ./none.nix", Code::FileNotFound, "none.nix");
}

#[test]
fn what_is_left_out_says_why() {
    fails(&[], "builtins.currentTime", Code::NotInLanguage, "inputs alone");
    fails(&[], "builtins.derivation { }", Code::NotInLanguage, "no packages");
    fails(&[], "fetchTarball \"x\"", Code::NotInLanguage, "network");
    fails(&[], "builtins.filterSource (p: t: true) ./.", Code::NotInLanguage, "no store");
    fails(&[], "builtins.lenght [ ]", Code::MissingAttribute, "`length`");
    fails(&[], "{ typeOf = 1; }.currentTime", Code::MissingAttribute, "it has `typeOf`");
    gives(
        &[],
        "[ (builtins ? currentTime) (builtins.currentTime or 0) (builtins.getEnv \"HOME\") ]",
        "[ false 0 \"\" ]",
    );
}

#[test]
fn traces_show_what_is_known_and_compute_nothing() {
    let trace = |expression: &str| run_in(&[], expression).traces;
    assert_eq!(
        trace("builtins.trace \"a\" (builtins.trace [ 1 (1 + 1) { b = x: x; } ] 0)"),
        ["trace: a", "trace: [ 1 … … ]"]
    );
    assert_eq!(trace("let s = { a = s; }; in builtins.deepSeq s (builtins.trace s 1)").len(), 1);
    assert_eq!(trace("builtins.warn \"old\" (builtins.traceVerbose \"no\" 1)"), ["warning: old"]);
    // Many times the same part: the line stays short all the same.
    let huge = "let d = builtins.foldl' (a: _: [ a a ]) [ ] (builtins.genList (n: n) 200); in builtins.deepSeq d (builtins.trace d 1)";
    assert!(trace(huge)[0].len() < 10_000);
}

#[test]
fn yaml_is_read_as_kubernetes_users_write_it() {
    let yaml = |text: &str| format!("builtins.fromYAML {}", quoted(text));
    let read = |text: &str, expected: &str| gives(&[], &yaml(text), expected);
    read("", "null");
    read("a: 1\nb: [x, 1.5, true, null]\n8080: web\n", "{ \"8080\" = \"web\"; a = 1; b = [ \"x\" 1.5 true null ]; }");
    read("text: |\n  one\n  two\n", r#"{ text = "one\ntwo\n"; }"#);
    read("base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\n", "{ base = { x = 1; y = 2; }; own = { x = 1; y = 3; }; }");
    read("a: {<<: [{x: 1}, {x: 2, y: 2}]}", "{ a = { x = 1; y = 2; }; }");
    read("on: yes", "{ on = \"yes\"; }");
    let refused = |text: &str, words: &str| fails(&[], &yaml(text), Code::BadDocument, words);
    refused("a: 1\n---\nb: 2\n", "several documents");
    refused("a: 1\na: 2\n", "`a` stands twice");
    refused("a: !Secret x", "`!Secret`");
    refused("a: [1", "line 1");
    refused("a: &x [*x]", "");
    let laughs: String = (1..40).fold("a0: &a0 [x]\n".to_string(), |text, n| {
        let last = format!("*a{}", n - 1);
        text + &format!("a{n}: &a{n} [{}]\n", [last.as_str(); 9].join(", "))
    });
    refused(&laughs, "");
}

#[test]
fn documents_that_cannot_be_read_say_where() {
    let json = |text: &str| format!("builtins.fromJSON {}", quoted(text));
    fails(&[], &json("{\n  \"a\": 1,\n  \"b\" 2\n}"), Code::BadDocument, "at line 3, column 7");
    fails(&[], &json("[1, 2"), Code::BadDocument, "ends in the middle of a list");
    fails(&[], &json("{\"a\": nul}"), Code::BadDocument, "`{\"a\": nul}`");
    fails(&[], &json("é x"), Code::BadDocument, "column 1");
    fails(&[], &json(&"[".repeat(100_000)), Code::BadDocument, "nested more than 1000 levels");
    fails(&[], "builtins.fromTOML \"a = 1\\nb = 2024-01-01\"", Code::BadDocument, "line 2");
    fails(&[], "builtins.fromTOML \"a =\"", Code::BadDocument, "TOML");
    gives(
        &[],
        "builtins.fromJSON \"[9223372036854775807, 9223372036854775808]\"",
        "[ 9223372036854775807 9223372036854776000.0 ]",
    );
}

#[test]
fn yaml_is_written_so_that_it_reads_back() {
    let value = r##"{ a = [ ]; b = { }; c = [ "yes" "1" "a\nb" "#" { n = null; } 1.5 ]; d = "x: 'y' \"z\" \\ é😀"; }"##;
    gives(&[], &format!("let v = {value}; in builtins.fromYAML (builtins.toYAML v) == v"), "true");
    gives(&[], "builtins.toYAML { a = [ 1 ]; }", r#""{\n  \"a\": [\n    1\n  ]\n}\n""#);
}

#[test]
fn failures_are_told_in_the_users_words() {
    fails(&[], "throw \"the port is taken\"", Code::Thrown, "the port is taken");
    fails(&[], "abort \"no\"", Code::Aborted, "no");
    fails(&[], "builtins.split \"a{2\" \"x\"", Code::BadRegex, "`{` is never closed");
    fails(&[], "builtins.match \"\\\\d+\" \"1\"", Code::BadRegex, "`\\d`");
    fails(&[], "builtins.elemAt [ 1 ] 3", Code::IndexOutOfRange, "no item 3 in a list of 1");
    fails(&[], "builtins.head [ ]", Code::IndexOutOfRange, "empty list");
    fails(&[], "builtins.ceil 1.0e30", Code::Overflow, "64 bits");
    fails(&[], "builtins.add 9223372036854775807 1", Code::Overflow, "64 bits");
    fails(&[], "builtins.genList (x: x) 100000000000", Code::BadArgument, "too long");
    fails(&[], "builtins.getAttr \"imge\" { image = 1; }", Code::MissingAttribute, "`image`");
    fails(&[], "builtins.hashString \"crc\" \"\"", Code::BadArgument, "sha256");
    let context = run_in(&[], "builtins.addErrorContext \"while making the app\" (throw \"x\")").result;
    let secondary = context.expect_err("it throws").secondary;
    assert!(secondary.iter().any(|label| label.text == "while making the app"), "{secondary:?}");
}

#[test]
fn positions_are_those_of_the_text() {
    gives(
        &[],
        "builtins.unsafeGetAttrPos \"b\" {\n  a = 1;\n  b = 2;\n}",
        "{ column = 3; file = \"case.nxk\"; line = 3; }",
    );
    gives(&[], "builtins.unsafeGetAttrPos \"c\" { }", "null");
}

#[test]
fn characters_are_never_cut() {
    let pieces = "let s = \"aé€😀z\"; in builtins.concatStringsSep \"\" (builtins.genList (at: builtins.substring at 1 s) (builtins.stringLength s)) == s";
    gives(&[], pieces, "true");
    gives(
        &[],
        "[ (builtins.match \"a(.)b\" \"aéb\") (builtins.split \"\" \"é\") ]",
        r#"[ [ "é" ] [ "" [ ] "é" [ ] "" ] ]"#,
    );
}

#[test]
fn long_lists_need_no_depth() {
    for (expression, expected) in [
        ("builtins.foldl' (a: b: a + b) 0 (builtins.genList (n: n) 100000)", "4999950000"),
        ("builtins.length (builtins.filter (n: n > 5) (builtins.genList (n: n) 100000))", "99994"),
        ("builtins.elemAt (builtins.sort (a: b: a > b) (builtins.genList (n: n) 20000)) 0", "19999"),
        ("builtins.length (builtins.concatMap (n: [ n n ]) (builtins.genList (n: n) 50000))", "100000"),
        (
            "builtins.length (builtins.genericClosure { startSet = [ { key = 0; } ]; operator = e: if e.key < 20000 then [ { key = e.key + 1; } ] else [ ]; })",
            "20001",
        ),
        (
            "builtins.stringLength (builtins.concatStringsSep \",\" (map toString (builtins.genList (n: n) 50000)))",
            "288889",
        ),
        (
            "builtins.length (builtins.split \"a\" (builtins.concatStringsSep \"a\" (builtins.genList (n: \"b\") 5000)))",
            "9999",
        ),
    ] {
        gives(&[], expression, expected);
    }
    // The comparison contradicts itself: some order comes out, and no panic.
    gives(&[], "builtins.length (builtins.sort (a: b: true) (builtins.genList (n: n) 1000))", "1000");
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
