//! Custom resources: the definitions that projects publish, and our own with objects good and bad.
//!
//! Every `.nxk` file of `tests/corpus/custom/` is a configuration. Behind its first line, which says what it is
//! about, stands what is expected, in the order of the places:
//!
//! ```text
//! # error: 8:14 E0301 `resources.w.spec.size` must be    found before anything is evaluated, and again said by a whole check
//! # later: 9:15 E0612 must be greater than 0             found by a whole check alone
//! # at widgets.yaml: 2:7 E0617 has no `spec.versions`    the same as `error`, in another file
//! ```
//!
//! What a schema says of an object is held against jsonschema, on objects made by `custom_resources.py`.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nxk::schema::crd::bundled::{ADDONS, Asked};
use nxk::schema::crd::{self, CustomResource, CustomTypes, Limits};
use nxk::schema::types::{self, Member};
use nxk::schema::{Catalogue, Kind, Version};
use nxk::source::Span;
use nxk::types::{Known, Type, TypeRef};
use serde_json::Value;

const CASES: &str = "tests/corpus/custom";

#[test]
fn mistakes_are_found_early_where_they_can_be_and_late_otherwise() {
    let cases: Vec<PathBuf> = support::files_below(CASES, ".nxk").into_iter().filter(|path| is_case(path)).collect();
    assert!(cases.len() >= 7, "only {} cases were found", cases.len());
    let wrong: Vec<String> = support::in_parallel(&cases, |path| problems(path)).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn is_case(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with(CASES))
}

fn problems(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a case is readable");
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let head: Vec<&str> = text.lines().skip(1).map_while(|line| line.strip_prefix("# ")).collect();
    let early: Vec<&&str> = head.iter().filter(|line| !line.starts_with("later: ")).collect();
    let mut problems = Vec::new();
    for (expected, options) in [(early, &["--no-eval"][..]), (head.iter().collect(), &[])] {
        let found = check(path, options);
        let expected: Vec<String> = expected.into_iter().map(|line| in_full(line, &name)).collect();
        let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(found, line)| says(found, line));
        if !same {
            problems.push(format!(
                "{name} {options:?}: expected\n{}\nfound\n{}",
                expected.join("\n"),
                found.join("\n")
            ));
        }
    }
    problems
}

/// `file:line:column code words`
fn in_full(line: &str, own: &str) -> String {
    let (kind, rest) = line.split_once(": ").expect("a line of the head has a colon");
    format!("{}:{rest}", kind.strip_prefix("at ").unwrap_or(own))
}

/// Whether a finding begins as it should and has the words in it.
fn says(found: &str, expected: &str) -> bool {
    let words = |text: &str| text.splitn(3, ' ').map(str::to_owned).collect::<Vec<_>>();
    let (found, expected) = (words(found), words(expected));
    found.len() == 3 && expected.len() == 3 && found[..2] == expected[..2] && found[2].contains(&expected[2])
}

/// What a check finds, one a line.
fn check(path: &Path, options: &[&str]) -> Vec<String> {
    let line = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        let file = Path::new(text("file")).file_name().map(|name| name.to_string_lossy().into_owned());
        let place = format!("{}:{}:{}", file.unwrap_or_default(), finding["line"], finding["column"]);
        assert!(!text("hint").is_empty(), "{place} has no hint: {finding}");
        format!("{place} {} {} [{}]", text("code"), text("message"), text("hint"))
    };
    findings(path, options).iter().map(line).collect()
}

fn findings(path: &Path, options: &[&str]) -> Vec<Value> {
    let mut command = support::nxk();
    let output = command.args(["check", "--message-format", "json"]).args(options).arg(path).output();
    let output = output.expect("the built program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "ended with {:?}\n{said}", output.status.code());
    said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn definitions_merge_by_the_keys_of_their_lists() {
    let output = support::run_nxk(["compile", "--format", "json", "tests/corpus/custom/good.nxk"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let items = list["items"].as_array().expect("objects");
    let named = |name: &str| items.iter().find(|item| item["metadata"]["name"] == name).expect("the object is there");
    let parts = serde_json::json!([{"name": "a", "side": "left", "weight": 1}, {"name": "a", "side": "right"}]);
    assert_eq!(named("merged")["spec"]["parts"], parts);
    assert_eq!(named("merged")["apiVersion"], "acme.example.com/v1");
    assert_eq!(named("f")["apiVersion"], "acme.example.com/v2");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("5 objects, 5 checked against"), "{said}");
}

#[test]
fn objects_of_add_ons_are_of_the_versions_in_force() {
    let compile = |options: &[&str]| -> Vec<Value> {
        let case = ["compile", "--format", "json", "tests/corpus/custom/addons-good.nxk"];
        let output = support::run_nxk(case.into_iter().chain(options.iter().copied()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("14 objects, 14 checked against"), "{options:?}: {said}");
        let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
        list["items"].as_array().expect("objects").clone()
    };
    let of_kind = |items: &[Value], kind: &str| items.iter().find(|item| item["kind"] == kind).cloned().expect("there");
    let items = compile(&[]);
    let listeners = serde_json::json!([
        {"name": "http", "hostname": "example.com", "port": 80, "protocol": "HTTP"},
        {"name": "tls", "port": 443, "protocol": "HTTPS"},
    ]);
    assert_eq!(of_kind(&items, "Gateway")["spec"]["listeners"], listeners);
    assert_eq!(of_kind(&items, "ExternalSecret")["apiVersion"], "external-secrets.io/v1");
    let items = compile(&["--set", "framework.addons.externalSecrets=0.9"]);
    assert_eq!(of_kind(&items, "ExternalSecret")["apiVersion"], "external-secrets.io/v1beta1");
    let items = compile(&["--k8s-version", "1.29", "--set", "framework.addons.kyverno=1.19"]);
    assert_eq!(of_kind(&items, "ExternalSecret")["apiVersion"], "external-secrets.io/v1beta1");
}

#[test]
fn add_ons_are_listed_shown_and_explained() {
    let said = |arguments: &[&str]| {
        let output = support::run_nxk(arguments.iter().copied());
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let list = said(&["schema", "list"]);
    for words in
        ["external-secrets.io/v1 ", "Kyverno 1.19, kyverno.io/v2 is preferred, deprecated", "Sealed Secrets 0.36"]
    {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(said(&["schema", "list", "--k8s-version", "1.28"]).contains("Kyverno 1.12"));
    let shown = said(&["schema", "show", "gateway.networking.k8s.io/v1/HTTPRoute.spec.rules.matches"]);
    assert!(shown.contains("queryParams  [HTTPRouteSpecRulesItemMatchesItemQueryParamsItem]"), "{shown}");
    assert!(said(&["schema", "show", "PolicyException"]).contains("E0618"));
    for path in
        ["k8s.HTTPRoute.spec.hostnames", "k8s.HTTPRouteSpec.hostnames", "k8s.gateway.v1.HTTPRouteSpec.hostnames"]
    {
        assert!(said(&["explain", path]).contains("hostnames : [string]"), "{path}: {}", said(&["explain", path]));
    }
    assert!(said(&["explain", "k8s.cert-manager"]).contains("v1"));
    assert!(said(&["explain", "k8s.PolicyException"]).contains("E0618"));
    assert!(said(&["explain", "k8s"]).contains("\"cert-manager.io\""));
}

#[test]
fn what_a_file_defines_is_told() {
    let output = support::run_nxk(["schema", "add", "tests/corpus/custom/widgets.yaml"]);
    assert!(output.status.success());
    let expected = "  acme.example.com/v1       Widget   namespaced  46 fields  1 rule is the server's to judge\n  \
                    acme.example.com/v1beta1  Widget   namespaced  3 fields   deprecated\n  \
                    acme.example.com/v2       Factory  cluster     5 fields\n\n\
                    schemas = [ ./tests/corpus/custom/widgets.yaml ];\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    for (file, code) in [("broken.yaml", "E0617"), ("template.yaml", "E0417"), ("missing.yaml", "E1001")] {
        let output = support::run_nxk(["schema", "add", &format!("{CASES}/{file}")]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && output.stdout.is_empty() && said.contains(code), "{file}: {said}");
    }
}

/// The definitions that projects publish, if this machine has them.
fn published() -> Vec<PathBuf> {
    let Some(folder) = support::shared().map(|shared| shared.join("specs/crds")).filter(|folder| folder.is_dir())
    else {
        support::not_run("no folder with custom resource definitions (set NXK_SHARED)");
        return Vec::new();
    };
    let files = support::files_below(&folder.to_string_lossy(), ".yaml");
    assert!(files.len() > 100, "only {} files below {}", files.len(), folder.display());
    files
}

#[test]
fn all_published_definitions_become_types() {
    let mut folders: BTreeMap<PathBuf, Vec<CustomResource>> = BTreeMap::new();
    for file in published() {
        let text = fs::read_to_string(&file).expect("a definition is readable");
        let read = crd::read(&text);
        assert!(read.problems.is_empty(), "{}: {:?}", file.display(), read.problems);
        // Kinds of several releases of one add-on are different kinds of the same name.
        folders.entry(file.parent().expect("a folder").to_path_buf()).or_default().extend(read.resources);
    }
    for resources in folders.values() {
        let version = Catalogue::extended(CustomTypes::of(resources), Asked::default()).newest();
        for resource in resources {
            for served in &resource.versions {
                all_is_made(version, &resource.group, &served.name, &resource.kind);
            }
        }
    }
}

/// The published definitions by add-on and version, in the order of the files.
fn releases() -> BTreeMap<(String, String), Vec<CustomResource>> {
    let mut releases: BTreeMap<(String, String), Vec<CustomResource>> = BTreeMap::new();
    for file in published() {
        let text = fs::read_to_string(&file).expect("a definition is readable");
        releases.entry(release_of(&file)).or_default().extend(crd::read(&text).resources);
    }
    releases
}

/// The add-on and the version that a published definition is of: `…/kyverno/v1.19.0/….yaml`.
fn release_of(file: &Path) -> (String, String) {
    let mut folders = file.ancestors().skip(1).map(|folder| folder.file_name().expect("a folder").to_string_lossy());
    let version = folders.next().expect("a version").into_owned();
    (folders.next().expect("an add-on").into_owned(), version)
}

/// What is bundled was distilled and shared, and is unfolded again; what comes out is what a configuration that names
/// the published files gets.
#[test]
fn bundled_types_are_those_of_the_published_definitions() {
    for ((name, release), resources) in releases() {
        let addon = ADDONS.iter().find(|addon| addon.name == name).expect("an option for the add-on");
        let mut asked = Asked::default();
        asked.ask(addon, &release, Span::NONE).expect("a version");
        let version = Catalogue::extended(CustomTypes::default(), asked).newest();
        let published = CustomTypes::of(&resources);
        for kind in published.kinds() {
            let found = version.find(&kind.group, &kind.version, &kind.kind).expect("the kind is bundled");
            assert_eq!(Kind { preferred: false, ..found.clone() }, *kind);
            let deprecated = published.deprecation(&kind.type_name).is_some();
            assert_eq!(version.deprecation(&kind.type_name).is_some(), deprecated, "{}", kind.type_name);
        }
        for name in published.names() {
            let theirs = published.get(name).expect("it has its types");
            let def = version.type_def(name).unwrap_or_else(|| panic!("{name} is not bundled"));
            assert_eq!(*def, theirs.def, "{name}");
            let ours = version.custom_type(def).expect("it is a custom resource's");
            assert_eq!(ours.open, theirs.open, "{name}");
            assert_eq!(demands(std::slice::from_ref(&ours.limits)), demands(std::slice::from_ref(&theirs.limits)));
            for field in &def.fields {
                let both = (ours.limits_of(&field.name), theirs.limits_of(&field.name));
                assert_eq!(demands(both.0), demands(both.1), "{name}.{}", field.name);
            }
        }
        for kind in published.kinds() {
            let types = published.names().iter().filter_map(|name| crd::name_parts(name));
            let types = types.filter(|(group, api, _)| *group == kind.group && *api == kind.version).count();
            assert_eq!(version.addons().type_names(&kind.group, &kind.version).count(), types);
        }
    }
}

/// Demands as text, without the messages of rules, which are not bundled, and without empty levels at the end.
fn demands(limits: &[Limits]) -> Vec<String> {
    let end = limits.iter().rposition(|level| !level.are_none()).map_or(0, |last| last + 1);
    let message = regex::Regex::new(r#", message: "(\\.|[^"\\])*""#).expect("a pattern");
    limits[..end].iter().map(|level| message.replace_all(&format!("{level:?}"), "").into_owned()).collect()
}

/// Looks at everything in the type of a kind, and its name both ways.
fn all_is_made(version: Version<'static>, group: &str, api: &str, kind: &str) {
    let found = version.find(group, api, kind).unwrap_or_else(|| panic!("{group}/{api} {kind} is not there"));
    let member = types::member(version, &[group, api, kind]);
    let Some(Member::Type(ty)) = member else { panic!("k8s.{group:?}.{api}.{kind} is no type") };
    assert!(types::members(version, &[group, api]).contains(&kind.to_owned()));
    assert!(matches!(types::member(version, &[kind]), Some(Member::Type(_))), "k8s.{kind}");
    let mut rest: Vec<TypeRef> = vec![ty];
    let mut definitions = 0;
    while let Some(ty) = rest.pop() {
        match &*ty {
            Type::Declared(_, inner) | Type::List(inner) | Type::Map(inner) => rest.push(inner.clone()),
            Type::Union(members) => rest.extend(members.iter().cloned()),
            Type::Deferred(deferred) if deferred.name.as_str().starts_with("k8s.\"") => rest.push(ty.as_known()),
            Type::Record(record) => {
                definitions += 1;
                rest.extend(record.fields.values().map(|field| field.ty.clone()));
            }
            _ => {}
        }
    }
    assert!(definitions > 0, "{} has no definitions", found.type_name);
}

#[test]
fn objects_are_judged_as_jsonschema_judges_them() {
    let Some(python) = support::python("jsonschema") else { return };
    let mut files = published();
    let own = support::repository().join(CASES).join("widgets.yaml");
    // Ours is small, so it is tried more often.
    files.extend(std::iter::repeat_n(own, 20));
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let script = support::repository().join("tests/custom_resources.py");
    let made = Command::new(python).arg(script).arg(scratch.path()).args(["1", "4"]).args(&files).output();
    let made = made.expect("Python starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let folders = (0..files.len()).map(|number| scratch.path().join(number.to_string()));
    let mut cases: Vec<PathBuf> = folders.map(|folder| folder.join("main.nxk")).collect();
    cases.extend(files.iter().zip(cases.clone()).filter_map(|(file, case)| bundled(file, &case)));
    let (mut good, mut bad, mut wrong) = (0, 0, Vec::new());
    for (verdicts, findings) in support::in_parallel(&cases, |case| judged(case)) {
        for (name, theirs) in verdicts {
            let ours = findings.get(&name).cloned().unwrap_or_default();
            *(if theirs.is_empty() { &mut good } else { &mut bad }) += 1;
            if theirs.is_empty() != ours.is_empty() {
                wrong.push(format!("{name}: jsonschema says {theirs:?}, and we say {ours:?}"));
            }
        }
    }
    assert!(good > 3 && bad > 3, "{good} good and {bad} bad objects are too few");
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), good + bad, wrong.join("\n"));
}

/// The same objects with what is bundled, instead of the definition beside them.
fn bundled(file: &Path, case: &Path) -> Option<PathBuf> {
    let (name, version) = release_of(file);
    let addon = ADDONS.iter().find(|addon| addon.name == name)?;
    let text = fs::read_to_string(case).expect("the objects");
    let asked = format!("framework.addons.{} = {version:?};", addon.option);
    let case = case.with_file_name("bundled.nxk");
    fs::write(&case, text.replace("schemas = [ ./crd.yaml ];", &asked)).expect("a scratch folder can be written to");
    Some(case)
}

type Verdicts = BTreeMap<String, Vec<String>>;

/// What the peer says of the objects in a case, and what we say.
fn judged(case: &Path) -> (Verdicts, Verdicts) {
    let text = fs::read_to_string(case.with_file_name("verdicts.json")).expect("the peer's verdicts");
    let theirs: Verdicts = serde_json::from_str(&text).expect("the verdicts are JSON");
    let mut ours = Verdicts::new();
    for finding in findings(case, &[]) {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        if text("severity") == "error" {
            // A finding names the object, or says the way to it from the root of the configuration.
            let named = text("object").rsplit(' ').next().filter(|name| !name.is_empty());
            let way =
                text("message").split_once("`resources.").map(|(_, way)| way.split(['.', '`']).next().unwrap_or(way));
            let name = named.or(way).unwrap_or("a file").to_owned();
            ours.entry(name).or_default().push(text("message").to_owned());
        }
    }
    assert!(ours.keys().all(|name| theirs.contains_key(name)), "findings about something else: {ours:?}");
    (theirs, ours)
}
