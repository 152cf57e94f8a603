//! `nxk check` on manifests: those that nxk makes pass, broken ones are told at their line, and a matrix of versions
//! tells each thing once.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nxk::driver::check_manifests;
use nxk::manifests;
use nxk::source::SourceMap;
use serde_json::Value;

/// What the check must reach on every version, in agreements with a real server per thousand cases.
const FLOOR: usize = 985;

struct Said {
    code: i32,
    text: String,
}

/// What `nxk check` says of these arguments, with this on the standard input.
fn check_with(arguments: &[&str], folder: &Path, stdin: &str) -> Said {
    let mut command = support::nxk();
    command.current_dir(folder).arg("check").args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
    child.stdin.take().expect("piped").write_all(stdin.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stdout.is_empty(), "nothing goes to stdout");
    Said { code: output.status.code().unwrap_or(-1), text: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// The lines of `--message-format short` for these files.
fn check(files: &[(&str, &str)], arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    check_with(&[&["--message-format", "short"], arguments].concat(), folder.path(), "")
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path
}

fn compiled(example: &str) -> String {
    let output = support::run_nxk(["compile", example]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn what_nxk_compiles_passes() {
    let examples: Vec<PathBuf> = support::files_below("examples", "main.nxk");
    assert!(examples.len() > 2, "{examples:?}");
    for example in examples {
        let text = compiled(&example.display().to_string());
        let said = check_with(&["--deny-warnings", "-"], support::repository(), &text);
        let objects = text.lines().filter(|line| line.starts_with("kind:")).count();
        assert_eq!(said.code, 0, "{}\n{}", example.display(), said.text);
        let covered = format!("{objects} objects, {objects} checked against");
        assert!(said.text.starts_with(&covered), "{}: {}", example.display(), said.text);
    }
}

#[test]
fn mistakes_in_what_nxk_compiles_are_told_at_their_line() {
    let good = compiled("examples/shop/main.nxk");
    for (from, to, code) in [
        ("  replicas: ", "  replicas: x", "E0604"),
        ("containerPort: ", "containerPort: 99999", "E0612"),
        ("containerPort: ", "containerPorts: 80", "E0602"),
        ("apiVersion: apps/v1", "apiVersion: apps/v1beta1", "E0609"),
        ("kind: Deployment", "kind: Deploymnt", "E0601"),
        ("image: ", "image: a: b", "E0417"),
    ] {
        let at = good
            .lines()
            .position(|line| line.starts_with(from) || line.trim_start_matches([' ', '-']).starts_with(from));
        let at = at.unwrap_or_else(|| panic!("there is `{from}` in\n{good}"));
        let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
        let start = lines[at].find(from.trim_start()).expect("found there");
        lines[at].replace_range(start.., to.trim_start());
        let said = check(&[("a.yaml", &lines.join("\n"))], &["a.yaml"]);
        let expected = format!("a.yaml:{}:", at + 1);
        let told = said.text.lines().any(|line| line.starts_with(&expected) && line.contains(code));
        assert!(told && said.code == 1, "{to}: expected {expected} {code}\n{}", said.text);
    }
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec:\n  selector: { app: web }\n\
                       \x20 ports: [ { port: 80 } ]\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop, labels: { app: api } }\nspec:\n\
                   \x20 containers: [ { name: web, image: \"nginx:1.27\" } ]\n";

#[test]
fn objects_are_held_against_each_other() {
    let said = check(&[("d/a.yaml", SERVICE), ("d/b.yaml", SERVICE)], &["d"]);
    assert!(
        said.text.starts_with("d/b.yaml:1:1: error[E0703]: `d/a.yaml` and `d/b.yaml` are the same object"),
        "{}",
        said.text
    );
    let said = check(&[("a.yaml", SERVICE), ("b.yaml", POD)], &["a.yaml", "b.yaml"]);
    assert!(said.text.contains("a.yaml:5:20: warning[W0705]") && said.code == 0, "{}", said.text);
    assert!(said.text.contains("selects no pod of the manifests"), "{}", said.text);
    let said = check(&[("a.yaml", SERVICE), ("b.yaml", POD)], &["a.yaml", "b.yaml", "--deny-warnings"]);
    assert_eq!(said.code, 1);
    let said = check(&[("a.yaml", SERVICE)], &["a.yaml"]);
    assert!(said.text.starts_with("1 object, 1 checked against 1."), "{}", said.text);
}

const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\n\
    spec:\n  group: example.com\n  scope: Namespaced\n  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }\n\
    \x20 versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n\
    \x20       properties:\n          spec: { type: object, properties: { size: { type: integer, maximum: 5 } } }\n";
const WIDGET: &str = "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec:\n  size: 9\n";

#[test]
fn definitions_among_the_manifests_count() {
    let said = check(&[("crd.yaml", DEFINITION), ("w.yaml", WIDGET)], &["w.yaml", "crd.yaml"]);
    assert!(said.text.starts_with("w.yaml:5:9: error[E0612]"), "{}", said.text);
    let said = check(&[("w.yaml", WIDGET)], &["w.yaml"]);
    assert!(said.text.starts_with("w.yaml:2:7: error[E0601]") && said.text.contains("--opaque-kind"), "{}", said.text);
    let said = check(&[("w.yaml", WIDGET)], &["w.yaml", "--opaque-kind", "example.com/v1/Widget"]);
    assert!(said.text.starts_with("1 object, 0 checked against") && said.code == 0, "{}", said.text);
    let broken = DEFINITION.replace("group: example.com", "group: example");
    let said = check(&[("crd.yaml", &broken)], &["crd.yaml"]);
    assert!(said.code == 1 && said.text.contains("crd.yaml:5:10: error[E0701]"), "{}", said.text);
}

#[test]
fn a_matrix_tells_each_thing_once() {
    let job = "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: a }\nspec:\n  schedule: x\n  jobTemplate: { spec: { template: { spec: {\n\
               \x20   restartPolicy: Never, containers: [ { name: a, image: \"a:1\" } ] } } } }\n---\n\
               apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: { name: b }\n\
               spec: { priorityLevelConfiguration: { name: c } }\n";
    let said = check(&[("a.yaml", job)], &["a.yaml", "--k8s-versions", "1.28..1.37"]);
    let lines: Vec<&str> = said.text.lines().filter(|line| line.contains("error[")).collect();
    assert_eq!(lines.len(), 2, "{}", said.text);
    assert!(lines[0].starts_with("a.yaml:5:13: error[E0606]") && !lines[0].contains("1.37"), "{}", lines[0]);
    assert!(lines[1].starts_with("a.yaml:9:13: error[E0609]: Kubernetes 1.37 has no"), "{}", lines[1]);
    assert!(lines[1].contains("(the same in 1.32 to 1.36)"), "{}", lines[1]);
    assert!(
        said.text.contains("warning[W0601]") && said.text.contains("checked against 1.28 to 1.31"),
        "{}",
        said.text
    );
    let one = check(&[("a.yaml", job)], &["a.yaml", "--k8s-version", "1.28"]);
    assert_eq!(one.text.lines().filter(|line| line.contains("error[")).count(), 1, "{}", one.text);
    for wrong in ["1.37..1.28", "1.1", ""] {
        let said = check(&[("a.yaml", SERVICE)], &["a.yaml", "--k8s-versions", wrong]);
        assert!(said.code == 1 && said.text.contains("E0608"), "{wrong}: {}", said.text);
    }
    assert_eq!(check(&[("a.yaml", SERVICE)], &["a.yaml", "--k8s-versions", "1.30", "--k8s-version", "1.30"]).code, 2);
    let one = check(&[("a.yaml", SERVICE)], &["a.yaml", "--k8s-version", "1.30..1.31"]);
    assert!(one.code == 1 && one.text.contains("E0608"), "{}", one.text);
}

#[test]
fn a_matrix_of_a_configuration_tells_each_thing_once() {
    let main = "{ ... }:\n{\n  framework.project = \"p\";\n  resources.a = {\n    apiVersion = \"v1\"; kind = \"Pod\"; metadata.name = \"a\";\n\
                \x20   spec.containers = [ { name = \"a\"; image = \"a:1\"; ports = [ { containerPort = 99999; } ]; } ];\n  };\n\
                \x20 resources.b = {\n    apiVersion = \"flowcontrol.apiserver.k8s.io/v1beta3\"; kind = \"FlowSchema\"; metadata.name = \"b\";\n\
                \x20   spec.priorityLevelConfiguration.name = \"c\";\n  };\n}\n";
    let said = check(&[("main.nxk", main)], &["main.nxk", "--k8s-versions", "1.30..1.34"]);
    let of = |words: &str| said.text.lines().filter(|line| line.contains(words)).collect::<Vec<_>>();
    assert_eq!(of("99999").len(), 1, "{}", said.text);
    assert!(!of("99999")[0].contains("(in "), "{}", said.text);
    assert_eq!(of("error[E0609]").len(), 1, "{}", said.text);
    assert!(of("error[E0609]")[0].contains("1.34") && of("error[E0609]")[0].contains("1.32, 1.33"), "{}", said.text);
    let said = check_with(&["examples/shop/main.nxk", "--k8s-versions", "1.31..1.33"], support::repository(), "");
    assert!(said.code == 0 && said.text.trim_end().ends_with("checked against 1.31 to 1.33"), "{}", said.text);
}

#[test]
fn everything_can_be_mixed() {
    let files = [
        ("main.nxk", "{ ... }: { applications = 1; }\n"),
        ("m/a.yaml", "kind: x: y\n"),
        ("b.json", "{\"kind\": \"Pod\"}"),
        ("c.yml", POD),
    ];
    let arguments = ["c.yml", "main.nxk", "m", "b.json"];
    let said = check(&files, &arguments);
    let places: Vec<&str> = said.text.lines().filter_map(|line| line.split(": ").next()).collect();
    assert!(places.iter().any(|place| place.starts_with("main.nxk:1:")), "{}", said.text);
    assert!(places.contains(&"m/a.yaml:1:8") && places.contains(&"b.json:1:2"), "{}", said.text);
    assert_eq!(said.code, 1);
    let json = check(&files, &["--message-format", "json", "c.yml", "main.nxk", "m", "b.json"]);
    assert_eq!(json.code, 2, "a format is given once");
}

#[test]
fn every_format_is_one_document() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    write(folder.path(), "a.yaml", "kind: x: y\n");
    write(folder.path(), "main.nxk", "{ ... }: { applications = 1; }\n");
    let run = |format: &str| check_with(&["a.yaml", "main.nxk", "--message-format", format], folder.path(), "");
    let lines: Vec<Value> =
        run("json").text.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    assert!(
        lines.iter().any(|line| line["file"] == "a.yaml" && line["line"] == 1 && line["column"] == 8),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line["file"] == "main.nxk"));
    let sarif: Value = serde_json::from_str(&run("sarif").text).expect("one document");
    assert!(sarif["runs"][0]["results"].as_array().is_some_and(|results| results.len() >= 2), "{sarif:#}");
    assert!(run("github").text.contains("::error file=a.yaml,line=1"));
    assert!(run("human").text.contains("a.yaml:1:8"));
}

#[test]
fn the_standard_input_is_read() {
    let said = check_with(&["-", "--message-format", "short"], support::repository(), "apiVersion: v1\nkind: Podd\n");
    assert!(
        said.text.starts_with("<stdin>:2:7: error[E0601]") && said.text.contains("did you mean `Pod`"),
        "{}",
        said.text
    );
    let said = check_with(&["-"], support::repository(), "");
    assert!(said.code == 0 && said.text.starts_with("0 objects"), "{}", said.text);
}

#[test]
fn hints_speak_yaml() {
    let text = SERVICE.replace("  ports: [ { port: 80 } ]", "  ports: [ { port: 80, nodePort: 30000 } ]");
    let said = check(&[("a.yaml", &text)], &["a.yaml"]);
    assert!(said.text.contains("`type: NodePort`") && !said.text.contains(" = "), "{}", said.text);
}

#[test]
fn verdicts_of_a_real_server_are_met() {
    let Some(shared) = support::shared() else {
        support::not_run("no folder with verdicts (set NXK_SHARED)");
        return;
    };
    let cases = fs::read_to_string(shared.join("verdicts/open.jsonl")).expect("the verdicts can be read");
    let cases: Vec<Value> =
        cases.lines().map(|line| serde_json::from_str(line).expect("each line is one case")).collect();
    let mut scores: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for judged in support::in_parallel(&cases, judge) {
        for (version, disagreement) in judged {
            let (count, wrong) = scores.entry(version).or_default();
            *count += 1;
            wrong.extend(disagreement);
        }
    }
    for (version, (count, wrong)) in &scores {
        let reached = (count - wrong.len()) * 1000 / count;
        println!("{version}: {reached} of 1000 agree\n{}", wrong.join("\n"));
        assert!(reached >= FLOOR, "{version}: {reached} of 1000 agree, {FLOOR} are wanted");
    }
}

/// Versions, and what we say against the server.
fn judge(case: &Value) -> Vec<(String, Option<String>)> {
    let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut sources = SourceMap::new();
    let read = manifests::read_text("a.yaml", &word(case, "manifest"), &mut sources);
    let mut judged = Vec::new();
    for (version, verdict) in case["verdicts"].as_object().into_iter().flatten() {
        let rejected = word(verdict, "verdict") == "reject";
        // A field that the server drops because its gate is off: a checker may well complain.
        if !rejected && word(verdict, "all_gates") == "reject" {
            continue;
        }
        let minor = version.parse().expect("a version");
        let (findings, _) = check_manifests(&read, &sources, &[minor], &[]);
        let first = read.findings.iter().chain(&findings).find(|finding| finding.is_error());
        let disagreement = match (rejected, first) {
            (true, None) => Some(format!("{} is taken: {}", word(case, "id"), word(verdict, "message"))),
            (false, Some(finding)) => Some(format!("{} is refused: {}", word(case, "id"), finding.message)),
            _ => None,
        };
        judged.push((version.clone(), disagreement));
    }
    judged
}
