//! Every option of an application comes back: a configuration that uses it is compiled, the output is imported, and the
//! configuration that this makes says the same. What cannot come back the same way comes back in another, and the case
//! tells why.
//!
//! The cases are in `tests/layer3_import/`:
//!
//! ```text
//! == Workload.kind Workload.schedule       the options, by their types in the standard library
//! kind = "cronjob";                        what is said of `applications.web`, or a whole configuration between { }
//! -- why it comes back in another way
//! kind = "cronjob"; schedule = "…";        what comes back
//! ```

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

/// Options that no case can have, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("Source.backend", "who keeps a secret is told by the object that fetches it; the others are the next two"),
    (
        "Source.values",
        "of a SealedSecret only who can open it knows them; those of a Secret stay in layer 1, with a warning",
    ),
    ("Source.scope", "of a SealedSecret that stays in layer 1"),
    ("Secrets.backend", "that of the secrets that come back is the usual one"),
];

struct Case {
    options: Vec<String>,
    said: String,
    again: String,
}

impl Case {
    fn of(text: &str) -> Case {
        let (options, body) = text.split_once('\n').expect("a case has options and a body");
        let (said, again) = body.split_once("\n-- ").map_or((body, None), |(said, rest)| (said, rest.split_once('\n')));
        Case {
            options: options.split_whitespace().map(str::to_owned).collect(),
            said: whole(said),
            again: whole(again.map_or(said, |(_, again)| again)),
        }
    }
}

fn cases() -> Vec<Case> {
    let texts = support::files_below("tests/layer3_import", ".txt").into_iter().map(support::read);
    texts.flat_map(|text| format!("\n{text}").split("\n== ").skip(1).map(Case::of).collect::<Vec<_>>()).collect()
}

/// How the configuration of a single application begins.
const START: &str = "{ framework = { project = \"shop\"; namespace = \"shop\"; };\n";
/// And how it ends.
const END: &str = "# the end\n}\n";

/// The configuration around what is said of one application.
fn whole(said: &str) -> String {
    if said.trim_start().starts_with('{') {
        return said.to_owned();
    }
    format!("{START}applications.web = {{\n{said}\n}};\n{END}")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    support::nxk().current_dir(folder).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The value of a configuration that is nothing but data.
fn data(folder: &Path, name: &str) -> Result<Value, String> {
    let output = run(folder, &["eval", "--json", name]);
    serde_json::from_slice(&output.stdout).map_err(|_| text(&output.stderr))
}

/// Compiles, imports and compares. Says what is wrong.
fn comes_back(case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("written");
    write("said.nxk", case.said.as_bytes());
    write("again.nxk", case.again.as_bytes());
    let compiled = run(folder.path(), &["compile", "said.nxk", "--source-commit", &"0".repeat(40)]);
    if !compiled.status.success() {
        return Err(text(&compiled.stderr));
    }
    write("objects.yaml", &compiled.stdout);
    let version = case.said.split_once("kubernetesVersion = \"").and_then(|(_, rest)| rest.split_once('"'));
    let version = version.map_or(Vec::new(), |(version, _)| vec!["--k8s-version", version]);
    let imported = run(folder.path(), &[&["import", "objects.yaml", "-o", "imported.nxk"], &version[..]].concat());
    if !imported.status.success() {
        return Err(text(&imported.stderr));
    }
    match data(folder.path(), "imported.nxk")? == data(folder.path(), "again.nxk")? {
        true => Ok(()),
        false => Err(support::read(folder.path().join("imported.nxk"))),
    }
}

#[test]
fn what_options_say_comes_back() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    let wrong = support::in_parallel(&cases, |case| {
        comes_back(case).err().map(|why| format!("{:?}\n{}\n{why}", case.options, case.again))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// All of them in one configuration, where what is said of one may not be taken for what holds for all.
#[test]
fn what_options_say_together_comes_back() {
    let alone = cases().into_iter().filter(|case| case.said.starts_with(START));
    let entry = |(at, case): (usize, Case)| {
        let named = case
            .said
            .replace("\"app.kubernetes.io/name\" = \"web\"", &format!("\"app.kubernetes.io/name\" = \"a{at}\""));
        named[START.len()..].replacen("applications.web", &format!("applications.a{at}"), 1).replace(END, "")
    };
    let entries: Vec<String> = alone.enumerate().map(entry).collect();
    assert!(entries.len() > 60, "{}", entries.len());
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("written");
    for further in
        ["", "observability.enabled = true; environment = \"staging\";", "network.policyMode = \"allow-defined\";"]
    {
        let framework = START.replace(" }", &format!(" {further} }}"));
        write("main.nxk", format!("{framework}{}{END}", entries.concat()).as_bytes());
        let compiled = run(folder.path(), &["compile", "main.nxk"]);
        assert!(compiled.status.success(), "{}", text(&compiled.stderr));
        write("objects.yaml", &compiled.stdout);
        let imported = text(&run(folder.path(), &["import", "objects.yaml"]).stdout);
        let lost: Vec<&String> = entries
            .iter()
            .enumerate()
            .filter(|(at, _)| [' ', '.'].iter().all(|end| !imported.contains(&format!("\n  applications.a{at}{end}"))))
            .map(|(_, entry)| entry)
            .collect();
        assert!(lost.is_empty() && !imported.contains("\n  resources."), "{further} {lost:?}\n{imported}");
    }
}

/// What only the framework could say, and cannot, is left to the layers below; the applications stay.
#[test]
fn what_the_framework_cannot_say_costs_no_application() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write(
        "main.nxk",
        r#"{
          framework = { project = "shop"; namespace = "shop"; secrets.store.aws.region = "eu-central-1"; };
          secrets.database.secretKey = "database";
          applications.web = { image = "shop/web:1.4.2"; secrets.database.mountPath = "/run/db"; };
        }"#,
    );
    let compiled = run(folder.path(), &["compile", "main.nxk"]);
    write("objects.yaml", &text(&compiled.stdout).replace("eu-central-1", "nowhere"));
    let imported = text(&run(folder.path(), &["import", "objects.yaml"]).stdout);
    assert!(imported.contains("applications.web") && imported.contains("resources.\"SecretStore/aws\""), "{imported}");
    assert!(imported.contains("secrets.store = { name = \"aws\"; kind = \"SecretStore\"; };"), "{imported}");
}

/// In production an application has two pods. One that somebody has scaled down is still an application, of a configuration
/// that does not say that it is for production.
#[test]
fn what_an_environment_forbids_costs_no_application() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write(
        "main.nxk",
        r#"{
          framework = {
            project = "shop";
            namespace = "shop";
            environment = "production";
            compliance = { framework = "SOC2"; level = "high"; owner = "shop"; dataClassification = "internal"; auditRequired = true; };
            observability.tracing = true;
          };
          applications.web = {
            image = "shop/web:1.4.2";
            replicas = 2;
            ports = [ 8080 ];
            livenessProbe = "/live";
            readinessProbe = "/ready";
          };
        }"#,
    );
    let compiled = run(folder.path(), &["compile", "main.nxk", "--format", "json"]).stdout;
    let mut list: Value = serde_json::from_slice(&compiled).expect("a list of objects");
    let imported = |list: &Value| {
        write("objects.json", &list.to_string());
        text(&run(folder.path(), &["import", "objects.json"]).stdout)
    };
    let as_it_was = imported(&list);
    let objects = list["items"].as_array_mut().expect("objects");
    objects.retain(|object| object["kind"] != "PodDisruptionBudget");
    let deployment = objects.iter_mut().find(|object| object["kind"] == "Deployment").expect("it is there");
    deployment["spec"]["replicas"] = 1.into();
    deployment["spec"]["template"]["spec"]["topologySpreadConstraints"].take();
    let scaled = imported(&list);
    assert!(as_it_was.contains("environment = \"production\";"), "{as_it_was}");
    assert!(scaled.contains("applications.web") && !scaled.contains("environment = "), "{scaled}");
}

#[test]
fn every_option_has_a_case() {
    let declared = declared();
    assert!(declared.len() > 150, "{}", declared.len());
    let cases = cases();
    let tried: BTreeSet<&String> = cases.iter().flat_map(|case| &case.options).collect();
    let elsewhere: BTreeSet<String> = ELSEWHERE.iter().map(|(option, _)| (*option).to_owned()).collect();
    let needless: Vec<&String> = elsewhere.iter().filter(|it| tried.contains(it) || !declared.contains(*it)).collect();
    assert!(needless.is_empty(), "{needless:?}");
    let missing: Vec<&String> =
        declared.iter().filter(|option| !tried.contains(option) && !elsewhere.contains(*option)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let unknown: Vec<&&String> = tried.iter().filter(|option| !declared.contains(**option)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for case in &cases {
        let lacks = |option: &&String| !case.said.contains(option.rsplit('.').next().unwrap_or_default());
        let absent: Vec<&String> = case.options.iter().filter(lacks).collect();
        assert!(absent.is_empty(), "{absent:?} in\n{}", case.said);
    }
}

/// The fields of all types of applications, `Type.field`; those of types without a name count for the type around them.
fn declared() -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for file in support::files_below("stdlib/layers/applications/types", ".nxk") {
        let mut current = String::new();
        let mut comment = false;
        for line in support::read(file).lines().map(str::trim) {
            comment |= line.starts_with("/**");
            if comment {
                comment = !line.ends_with("*/");
                continue;
            }
            let named = line.strip_prefix("type ").and_then(|rest| rest.split_once(" ="));
            if let Some((name, _)) = named.filter(|(name, _)| name.starts_with(char::is_uppercase)) {
                name.clone_into(&mut current);
            }
            let field = line.split_once(" : ").map(|(field, _)| field).filter(|field| is_word(field));
            declared.extend(field.map(|field| format!("{current}.{field}")));
        }
    }
    declared
}

fn is_word(text: &str) -> bool {
    text != "_" && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
