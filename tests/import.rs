//! `nxk import`: what it writes compiles to the very objects that it was made of. An independent reader (PyYAML) compares
//! them: those of all examples, of manifests as people, clusters and charts write them (`tests/import/`), and of what a real
//! server has accepted.
//!
//! What is written for the files of `tests/import/` stands beside them, to be read (`NXK_UPDATE=1` writes it anew).

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nxk::driver::check_manifests;
use nxk::manifests;
use nxk::source::SourceMap;
use serde_json::Value;

/// The version for which the verdicts are asked.
const VERSION: &str = "1.32";

/// What `nxk` says to these arguments in a folder, with this on the standard input.
fn run(arguments: &[&str], folder: &Path, stdin: &str) -> Output {
    let mut command = support::nxk();
    command.current_dir(folder).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("it is piped");
    let text = stdin.to_owned();
    // What is not read may not keep it waiting.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The configuration that is made of a text, and what is said to it.
fn imported(manifests: &str, arguments: &[&str]) -> (Option<String>, String) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let arguments = [&["import", "-", "--message-format", "short"], arguments].concat();
    let output = run(&arguments, folder.path(), manifests);
    (output.status.success().then(|| text(&output.stdout)), text(&output.stderr))
}

/// Imports manifests, compiles what is made, and has the objects compared. Says what is wrong.
fn goes_round(python: &Path, manifests: &str, arguments: &[&str]) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let place = |name: &str| folder.path().join(name);
    fs::write(place("before.yaml"), manifests).expect("written");
    let import = run(&[&["import", "before.yaml", "-o", "main.nxk"], arguments].concat(), folder.path(), "");
    if !import.status.success() {
        return Err(text(&import.stderr));
    }
    let configuration = fs::read_to_string(place("main.nxk")).expect("it was written");
    let compiled = run(&["compile", "main.nxk"], folder.path(), "");
    if !compiled.status.success() {
        return Err(format!("{}\n{configuration}", text(&compiled.stderr)));
    }
    fs::write(place("after.yaml"), compiled.stdout).expect("written");
    let script = support::repository().join("tests/import.py");
    let mut compare = Command::new(python);
    let compared = compare.arg(script).args([place("before.yaml"), place("after.yaml")]).output().expect("it starts");
    match compared.status.success() {
        true => Ok(configuration),
        false => Err(format!("{}\n{configuration}", text(&compared.stderr))),
    }
}

fn python() -> Option<PathBuf> {
    support::python("yaml")
}

/// How many applications of the examples come back as such at least.
const APPLICATIONS: [(&str, usize); 7] =
    [("batch", 5), ("bookshop", 7), ("database", 3), ("own-layer", 6), ("platform", 2), ("shop", 5), ("three-tier", 7)];

/// What an example compiles to. What is not committed is no mistake of the example.
fn compiled(example: &Path) -> String {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let arguments = ["compile", "--source-commit", "0123456789abcdef0123456789abcdef01234567"];
    let place = example.canonicalize().expect("it is there");
    let output = run(&[&arguments[..], &[&place.to_string_lossy()]].concat(), folder.path(), "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn what_examples_compile_to_goes_round() {
    let Some(python) = python() else { return };
    let examples = support::files_below("examples", "main.nxk");
    assert!(examples.len() > 5, "{examples:?}");
    let wrong = support::in_parallel(&examples, |example| {
        let made = goes_round(&python, &compiled(example), &[]);
        let name = example.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let least =
            APPLICATIONS.iter().find(|(known, _)| name.as_deref() == Some(known)).map_or(0, |(_, least)| *least);
        let why = match made {
            Ok(made) if made.matches("\n  applications.").count() < least => format!("{least} applications in\n{made}"),
            Ok(_) => return None,
            Err(why) => why,
        };
        Some(format!("{}: {why}", example.display()))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn manifests_of_people_go_round() {
    let Some(python) = python() else { return };
    let files = support::files_below("tests/import", ".yaml");
    assert!(files.len() > 3, "{files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let golden = file.with_extension("nxk");
        match goes_round(&python, &support::read(&file), &[]) {
            Err(why) => wrong.push(format!("{}: {why}", file.display())),
            Ok(made) if std::env::var_os("NXK_UPDATE").is_some_and(|value| value == "1") => {
                fs::write(&golden, made).expect("written");
            }
            Ok(made) if made != fs::read_to_string(&golden).unwrap_or_default() => {
                wrong.push(format!("{} differs (NXK_UPDATE=1, then read the change):\n{made}", golden.display()));
            }
            Ok(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_a_server_accepts_goes_round() {
    let Some(python) = python() else { return };
    let Some(shared) = support::shared() else {
        support::not_run("no folder with verdicts (set NXK_SHARED)");
        return;
    };
    let cases = fs::read_to_string(shared.join("verdicts/open.jsonl")).expect("the verdicts can be read");
    let cases: Vec<Value> =
        cases.lines().map(|line| serde_json::from_str(line).expect("each line is one case")).collect();
    let accepted = cases.iter().filter(|case| case["verdicts"][VERSION]["verdict"] == "accept");
    let accepted: Vec<&str> = accepted.filter_map(|case| case["manifest"].as_str()).filter(is_taken).collect();
    assert!(accepted.len() > 300, "{}", accepted.len());
    let batches = batches(&accepted);
    let goes = |text: &str| goes_round(&python, text, &["--k8s-version", VERSION]).err();
    let bad = support::in_parallel(&batches, |batch| goes(&batch.concat()).map(|_| batch.clone()));
    // A single one spoils all that are imported with it, so those are tried alone.
    let suspects: Vec<String> = bad.into_iter().flatten().flatten().collect();
    let wrong: Vec<String> = support::in_parallel(&suspects, |manifest| goes(manifest)).into_iter().flatten().collect();
    let (told, lost): (Vec<&String>, Vec<&String>) = wrong.iter().partition(|why| why.contains("error[E1030]"));
    println!("{} manifests in {} runs, {} refused", accepted.len(), batches.len(), told.len());
    assert!(lost.is_empty(), "{} are not the same:\n{}", lost.len(), lost.into_iter().cloned().collect::<String>());
    // What a server takes and the language has no type for, such as `null` among the items of a list.
    assert!(told.len() * 50 < accepted.len(), "{}", told.into_iter().cloned().collect::<String>());
}

/// Whether nxk finds no fault with a manifest.
fn is_taken(manifest: &&str) -> bool {
    let mut sources = SourceMap::new();
    let read = manifests::read_text("a.yaml", manifest, &mut sources);
    let (findings, _) = check_manifests(&read, &sources, &[VERSION.parse().expect("a version")], &[]);
    !read.findings.iter().chain(&findings).any(|finding| finding.is_error())
}

/// The manifests in as few texts as can be, with no object twice in one.
fn batches(manifests: &[&str]) -> Vec<Vec<String>> {
    let mut batches: Vec<(BTreeSet<String>, Vec<String>)> = Vec::new();
    for manifest in manifests {
        let mut sources = SourceMap::new();
        let read = manifests::read_text("a.yaml", manifest, &mut sources);
        let names: BTreeSet<String> = read.objects.iter().map(ToString::to_string).collect();
        let free = batches.iter().position(|(taken, _)| taken.is_disjoint(&names)).unwrap_or(batches.len());
        if free == batches.len() {
            batches.push(Default::default());
        }
        let (taken, texts) = &mut batches[free];
        taken.extend(names);
        texts.push(format!("---\n{manifest}\n"));
    }
    batches.into_iter().map(|(_, texts)| texts).collect()
}

#[test]
fn what_cannot_be_said_is_told_at_its_place() {
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec:\n  shape: { _type: override, priority: 5, content: 1 }\n";
    let (made, said) = imported(widget, &[]);
    assert!(made.is_none(), "{made:?}");
    assert!(said.starts_with("<stdin>:5:10: error[E1030]") && said.contains("`spec.shape`"), "{said}");
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec:\n  selector: { app: web }\n\
                       \x20 ports: [ { port: 80 } ]\n";

#[test]
fn mistakes_are_those_of_the_check() {
    for (manifests, code) in [
        (format!("{SERVICE}---\n{SERVICE}"), "E0703"),
        (SERVICE.replace("ports", "portz"), "E0602"),
        ("kind: x: y\n".to_owned(), "E0417"),
        (SERVICE.replace("kind: Service", "kind: Servise"), "E0601"),
        ("apiVersion: v1\nkind: Pod\nspec: { containers: [".to_owned(), "E0417"),
    ] {
        let (made, said) = imported(&manifests, &[]);
        let told = said.lines().any(|line| line.starts_with("<stdin>:") && line.contains("error["));
        assert!(made.is_none() && told, "{manifests}: {said}");
        assert!(said.contains(code), "{said}");
    }
}

/// What is said ends with what is wrong: how much was checked is of no interest where nothing came of it.
#[test]
fn what_is_no_manifest_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: &str| {
        let place = folder.path().join(name);
        fs::create_dir_all(place.parent().expect("it is in a folder")).expect("made");
        fs::write(place, text).expect("written");
    };
    write("words.yaml", "just words\n");
    write("notes.yaml", "NOTES:\n  url: http://127.0.0.1:8080\n");
    write("values.yaml", "replicas: 3\n");
    write("name.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"x\" . }}\n");
    write("if.yaml", "{{- if .Values.on }}\napiVersion: v1\nkind: ConfigMap\n{{- end }}\n");
    write("new.yaml", "apiVersion: apps/v3\nkind: Deployment\nmetadata: { name: a }\n");
    write("old.yaml", "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: a }\n");
    write("latin.yaml", "");
    fs::write(folder.path().join("latin.yaml"), b"kind: \xe9\n").expect("written");
    write("main.nxk", "{ }\n");
    write("bare/readme.txt", "nothing\n");
    write("charts/demo/Chart.yaml", "name: demo\n");
    write("charts/demo/templates/a.yaml", "{{ nothing }}\n");
    write("lists.yaml", "apiVersion: v1\nkind: List\nitems: []\n");
    for (argument, code, parts) in [
        ("words.yaml", "E0604", &["this is a string"][..]),
        ("notes.yaml", "E0610", &["neither `apiVersion` nor `kind`"]),
        ("values.yaml", "E0610", &["`helm template . | nxk import -`"]),
        ("name.yaml", "E0417", &["`helm template CHART | nxk import -`"]),
        ("if.yaml", "E0417", &["`helm template CHART | nxk import -`"]),
        ("new.yaml", "E0601", &["`Deployment` is in `apps/v1`"]),
        ("old.yaml", "E0609", &["removed in 1.22"]),
        ("latin.yaml", "E1003", &["byte 7"]),
        ("main.nxk", "E0610", &["is a configuration already"]),
        ("bare", "E1001", &["no manifest in the folder `bare`", "name a folder with files `.yaml`, `.yml` or `.json`"]),
        ("charts", "E0610", &["import what it makes: `helm template charts/demo | nxk import -`"]),
        ("lists.yaml", "E1030", &["there is no object here"]),
        ("-", "E1030", &["there is no object here"]),
        ("nowhere.yaml", "E1001", &["there is no file `nowhere.yaml`"]),
    ] {
        let output = run(&["import", argument], folder.path(), "# nothing\n---\n");
        let (made, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!((output.status.code(), made.as_str()), (Some(1), ""), "{argument}: {said}");
        assert!(said.starts_with(&format!("error[{code}]")) && said.ends_with("1 error\n"), "{argument}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{argument}: {said}");
        assert!(!said.contains("nxk check") && !said.contains("default.nxk"), "{argument}: {said}");
    }
}

#[test]
fn the_output_is_no_source_and_no_folder() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("a.yaml"), SERVICE).expect("written");
    fs::create_dir(folder.path().join("out")).expect("made");
    for (output, code, hint) in [("a.yaml", "E1012", "such as `main.nxk`"), ("out", "E1007", "`-o out/main.nxk`")] {
        let refused = run(&["import", "a.yaml", "-o", output, "--force"], folder.path(), "");
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{said}");
        assert!(said.starts_with(&format!("error[{code}]")) && said.contains(hint), "{said}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).expect("it is there"), SERVICE);
}

#[test]
fn secrets_are_told() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata:\n  password: aHVudGVyMg==\n";
    let (made, said) = imported(secret, &[]);
    assert!(made.expect("it is made").contains("password = \"aHVudGVyMg==\";"), "{said}");
    assert!(said.starts_with("<stdin>:5:13: warning[W0910]"), "{said}");
}

#[test]
fn custom_resources_are_taken_as_they_are() {
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { size: 3, none: ~ }\n";
    let (made, said) = imported(widget, &[]);
    let made = made.expect("it is made");
    assert!(made.contains("opaqueKinds = [ \"example.com/v1/Widget\" ];"), "{made}");
    assert!(said.contains("warning[W1031]: `spec.none`"), "{said}");
}

/// A definition and an object of its kind, of this size.
fn widgets(size: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{ name: widgets.example.com }}
spec:
  group: example.com
  names: {{ kind: Widget, plural: widgets }}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {{ spec: {{ type: object, properties: {{ size: {{ type: integer, maximum: 9 }} }} }} }}
---
apiVersion: example.com/v1
kind: Widget
metadata: {{ name: a }}
spec: {{ size: {size} }}
"
    )
}

#[test]
fn definitions_check_their_custom_resources() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let import = |arguments: &[&str]| {
        run(&[&["import", "-", "-o", "main.nxk"], arguments].concat(), folder.path(), &widgets("3"))
    };
    let done = import(&[]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let place = |name: &str| folder.path().join(name);
    let (main, definition) = (place("main.nxk"), place("crds/widgets.example.com.yaml"));
    let made = fs::read_to_string(&main).expect("it was written");
    assert!(made.contains("  schemas = [ ./crds/widgets.example.com.yaml ];\n"), "{made}");
    assert!(made.contains("lib.importYAML ./crds/widgets.example.com.yaml;\n"), "{made}");
    assert!(
        made.contains("resources.\"Widget/a\" = { kind = \"Widget\"; metadata.name = \"a\"; spec.size = 3; };"),
        "{made}"
    );
    assert!(fs::read_to_string(&definition).expect("it was written").contains("maximum: 9"));
    let compiled = run(&["compile", "main.nxk"], folder.path(), "");
    assert!(text(&compiled.stderr).ends_with("2 objects, 2 checked against 1.37\n"), "{}", text(&compiled.stderr));
    fs::write(&main, made.replace("size = 3", "size = 30")).expect("written");
    let refused = run(&["check", "main.nxk"], folder.path(), "");
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    // A definition that is there already is not written over, unless it is the same one.
    fs::remove_file(&main).expect("it is there");
    assert!(import(&[]).status.success());
    fs::remove_file(&main).expect("it is there");
    fs::write(&definition, "mine: true\n").expect("written");
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(
        text(&refused.stderr).contains("`./crds/widgets.example.com.yaml` is there already"),
        "{}",
        text(&refused.stderr)
    );
    assert!(!main.exists() && fs::read_to_string(&definition).expect("it is there") == "mine: true\n");
    assert!(import(&["--force"]).status.success() && main.exists());
    let apart = run(&["import", "-", "-o", "new/folder/main.nxk"], folder.path(), &widgets("3"));
    assert!(apart.status.success(), "{}", text(&apart.stderr));
    assert!(run(&["check", "new/folder/main.nxk"], folder.path(), "").status.success());
    assert!(fs::read_to_string(&definition).expect("it was written").contains("maximum: 9"));
}

#[test]
fn definitions_need_a_place() {
    let (made, said) = imported(&widgets("3"), &[]);
    let made = made.expect("it is made");
    assert!(made.contains("opaqueKinds = [ \"example.com/v1/Widget\" ];") && !made.contains("schemas"), "{made}");
    assert!(said.contains("<stdin>:1:1: warning[W1031]") && said.contains("`-o`"), "{said}");
    let (made, said) = imported(&widgets("30"), &[]);
    assert!(made.is_none() && said.contains("error["), "{said}");
}

/// What real Helm makes of the chart that it gives people to start from, with all that the chart can do switched on.
#[test]
fn charts_of_others_go_round() {
    let Some(python) = python() else { return };
    const ON: &str = "ingress.enabled=true,ingress.className=nginx,ingress.tls[0].secretName=tls,ingress.tls[0].hosts[0]=chart-example.local,\
                      autoscaling.enabled=true,autoscaling.targetMemoryUtilizationPercentage=70,httpRoute.enabled=true,\
                      resources.limits.cpu=100m,nodeSelector.disk=ssd,podAnnotations.note=b,volumes[0].name=x,\
                      volumes[0].secret.secretName=y,volumeMounts[0].name=x,volumeMounts[0].mountPath=/x";
    for helm in [3, 4].into_iter().filter_map(support::helm) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let helm = |arguments: &[&str]| {
            let output = Command::new(&helm).current_dir(folder.path()).args(arguments).output().expect("it starts");
            assert!(output.status.success(), "{}", text(&output.stderr));
            text(&output.stdout)
        };
        helm(&["create", "demo"]);
        let plain = goes_round(&python, &helm(&["template", "rel", "demo"]), &[]).unwrap_or_else(|why| panic!("{why}"));
        let full = helm(&["template", "rel", "demo", "--namespace", "shop", "--set", ON]);
        let full = goes_round(&python, &full, &[]).unwrap_or_else(|why| panic!("{why}"));
        for made in [&plain, &full] {
            for said in ["deployments.rel-demo = {", "services.rel-demo = {", "labels = commonLabels;"] {
                assert!(made.contains(said), "{said}: {made}");
            }
        }
        for said in ["ingresses.rel-demo = {", "horizontalPodAutoscalers.rel-demo = {", "tls = \"tls\";"] {
            assert!(full.contains(said), "{said}: {full}");
        }
        // The chart of Helm 3 has no route; in the other one it is an entry.
        assert!(!full.contains("\"HTTPRoute"), "{full}");
    }
}

#[test]
fn the_version_is_kept() {
    let (made, said) = imported(SERVICE, &["--k8s-version", "1.30"]);
    assert!(made.expect("it is made").contains("kubernetesVersion = \"1.30\";"), "{said}");
    assert!(said.ends_with("checked against 1.30\n"), "{said}");
    let (made, said) = imported(SERVICE, &["--k8s-version", "9.9"]);
    assert!(made.is_none() && said.contains("E0608"), "{said}");
}

#[test]
fn files_of_others_stay() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("main.nxk"), "{ }").expect("written");
    let refused = run(&["import", "-", "-o", "main.nxk"], folder.path(), SERVICE);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("E1008"), "{}", text(&refused.stderr));
    let forced = run(&["import", "-", "-o", "main.nxk", "--force"], folder.path(), SERVICE);
    assert!(forced.status.success(), "{}", text(&forced.stderr));
    let made = fs::read_to_string(folder.path().join("main.nxk")).expect("it is there");
    assert!(made.contains("services.web"), "{made}");
    assert_eq!(run(&["import", "-", "-"], folder.path(), SERVICE).status.code(), Some(2));
}

#[test]
fn labels_of_compliance_are_said_or_kept() {
    let map = |name: &str, owner: &str| {
        let labels = format!("{{ enterprise.com/owner-team: {owner}, tier: x }}");
        format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, labels: {labels} }}\n")
    };
    let maps = format!("{}{}{}", map("a", "shop"), map("b", "shop"), map("c", "ops"));
    let said = "framework.compliance.owner = \"shop\";";
    let (made, told) = imported(&maps, &[]);
    let made = made.unwrap_or_else(|| panic!("{told}"));
    assert!(made.contains(said) && made.contains("compliance.owner = \"ops\";"), "{made}");
    // Layer 1 has no words for another owner, so the labels have to be plain ones.
    let mixed = format!("{maps}{}", map("d", "ops").replace("ConfigMap", "Secret"));
    let (made, told) = imported(&mixed, &[]);
    let made = made.unwrap_or_else(|| panic!("{told}"));
    assert!(!made.contains(said) && made.contains("labelPrefix = \"nxk.build\";"), "{made}");
    let Some(python) = python() else { return };
    for manifests in [maps, mixed] {
        goes_round(&python, &manifests, &[]).unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Objects of all sorts with one odd one in each hundred: the work has to stay in proportion.
#[test]
fn many_objects_are_no_trouble() {
    let mut manifests = String::new();
    for at in 0..1000 {
        let labels = if at % 100 == 7 { "labels: { }, " } else { "" };
        manifests.push_str(&format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ {labels}name: c{at}, namespace: n{} }}\ndata: {{ at: \"{at}\" }}\n",
            at % 7
        ));
    }
    let (made, said) = imported(&manifests, &[]);
    let made = made.unwrap_or_else(|| panic!("{said}"));
    assert_eq!(made.matches("  configMaps.").count(), 990, "{said}");
    assert_eq!(made.matches("  resources.\"ConfigMap/").count(), 10, "{said}");
}

/// Text of the letters that mean something between quotes, at the ends of lines and in front of them.
#[test]
fn every_text_is_kept() {
    const LETTERS: [&str; 14] = [" ", "  ", "\n", "\n", "'", "''", "$", "{", "${", "\\", "\"", "a", "\r", "\t"];
    let Some(python) = python() else { return };
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut data = serde_json::Map::new();
    for at in 0..1500 {
        let text: String = (0..=next(12)).map(|_| LETTERS[next(LETTERS.len())]).collect();
        data.insert(format!("t{at}"), Value::from(text));
    }
    let manifest =
        serde_json::json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": data });
    let made = goes_round(&python, &manifest.to_string(), &[]).unwrap_or_else(|why| panic!("{why}"));
    assert!(made.contains("configMaps.a.data = {") && made.matches("= ''\n").count() > 500, "{made}");
}

#[test]
fn deep_objects_are_kept() {
    let depth = 200;
    let deep = format!("{}1{}", "{ a: [ ".repeat(depth / 2), " ] }".repeat(depth / 2));
    let manifest =
        format!("apiVersion: example.com/v1\nkind: Deep\nmetadata: {{ name: a }}\nspec: {{ deep: {deep} }}\n");
    let (made, said) = imported(&manifest, &[]);
    assert!(made.is_some_and(|made| made.matches("a = [").count() == depth / 2), "{said}");
}
