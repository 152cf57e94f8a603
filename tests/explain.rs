//! `nxk explain`: what it says of small configurations, as people and as programs read it.
//!
//! That it says the truth about where values go is held against what a compile does: a field that an
//! option is said to go to changes when the option is set to something else, and no other field takes on
//! the new value.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

const SHOP: &str = "examples/shop/main.nxk";

/// Two modules that disagree about many things.
const MAIN: &str = r#"{ config, lib, ... }:
let three = 3; in
{
  imports = [ ./other.nxk ];
  options = {
    /** How many of everything. */
    size : Int = 2;
    words : [String] = [ ];
    debug : Bool = false;
    owner : { name : String; mail? : String; } = { name = "nobody"; };
    sites = lib.mkOption {
      type = lib.types.attrsOf (lib.types.submodule ({ name, ... }: {
        options.host = lib.mkOption { type = lib.types.str; default = "${name}.example.com"; description = "The host."; };
        options.port = lib.mkOption { type = lib.types.port; default = 80; };
      }));
      default = { };
    };
    bag = lib.mkOption { type = lib.types.attrs; default = { }; };
    make : Any -> Any = x: x;
  };
  config = {
    size = three;
    words = [ "a" "b" ];
    sites.shop.port = lib.mkDefault 81;
    bag = { a = 1; };
    applications.web = {
      image = "web:1";
      replicas = config.size;
      ports = [ 80 ];
      env.A = lib.mkForce "forced";
    };
    applications.api = lib.mkMerge [
      { image = "api:1"; replicas = three; }
      (lib.mkIf config.debug { env.DEBUG = "1"; replicas = lib.mkForce 1; })
      (lib.mkIf (config.size == 3) { labels.big = "yes"; })
    ];
    resources."Deployment/web".spec.template.spec.containers = [ { name = "web"; image = lib.mkForce "web:2"; } ];
    resources."Deployment/api".spec.replicas = 7;
    resources."Deployment/api".spec.paused = null;
  };
}
"#;

const OTHER: &str = r#"{ lib, ... }:
{
  applications.web = { env = { A = "plain"; B = "b"; }; replicas = lib.mkDefault 9; };
  words = lib.mkBefore [ "c" ];
  sites.shop = { port = 8080; };
  bag = { a = 2; b = 2; };
  configMaps = lib.mkForce { x.data.k = "v"; };
  resources."Deployment/api".spec.paused = true;
}
"#;

/// A snapshot that does not mind where in the standard library something is.
macro_rules! steady {
    ($said:expr) => {
        insta::with_settings!({ filters => vec![(r"(<nxk>/[a-z/-]+\.nxk):\d+:\d+", "$1")] }, {
            insta::assert_snapshot!($said);
        })
    };
}

fn folder() -> TempDir {
    let folder = TempDir::new().expect("made");
    fs::write(folder.path().join("main.nxk"), MAIN).expect("written");
    fs::write(folder.path().join("other.nxk"), OTHER).expect("written");
    folder
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    support::nxk().current_dir(folder.path()).args(arguments).output().expect("the built program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What is said of each path, one behind the other.
fn said(paths: &[&str], further: &[&str]) -> String {
    let folder = folder();
    let say = |path: &&str| {
        let output = run(&folder, &[&["explain", "main.nxk", path], further].concat());
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{path}");
        format!("$ nxk explain main.nxk {path}\n{}", text(&output.stdout))
    };
    paths.iter().map(say).collect::<Vec<_>>().join("\n")
}

/// What programs read.
fn told(arguments: &[&str]) -> Value {
    let output = support::run_nxk([&["explain", "--format", "json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn priorities_conditions_and_modules() {
    steady!(said(
        &["applications.web.replicas", "applications.api.replicas", "applications.web.env.A", "size", "debug"],
        &[]
    ));
}

#[test]
fn what_holds_other_values() {
    steady!(said(
        &["applications.web.env", "words", "words[1]", "sites.shop", "sites.shop.port", "sites.shop.host", "owner"],
        &[]
    ));
}

#[test]
fn fields_of_objects() {
    steady!(said(
        &[
            "Deployment/web.spec.replicas",
            "Deployment/api.spec.replicas",
            "Deployment/api.spec.paused",
            "Deployment/api.spec.minReadySeconds",
            "Deployment/web.spec.template.spec.containers.web.image",
            "Deployment/web.spec.template.spec.containers[0].resources.limits.cpu",
            "Deployment/web.spec.template.spec.containers",
            "resources.\"Deployment/web\".kind",
        ],
        &[]
    ));
}

#[test]
fn types_with_rules_of_their_own() {
    steady!(said(&["bag.a", "make", "applications.api.env.DEBUG", "configMaps.x.data.k", "owner.name"], &[]));
}

#[test]
fn the_command_line_has_the_last_word() {
    steady!(said(
        &["applications.web.replicas", "framework.kubernetesVersion"],
        &["--set", "applications.web.replicas=12", "--k8s-version", "1.30"]
    ));
}

#[test]
fn a_configuration_begins_with_its_options() {
    steady!(said(&["framework.network"], &[]));
    let output = support::run_nxk(["explain", SHOP]);
    steady!(text(&output.stdout));
}

#[test]
fn types_with_the_versions_that_have_them() {
    let say = |arguments: &[&str]| {
        let output = support::run_nxk([&["explain"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        format!("$ nxk explain {}\n{}", arguments.join(" "), text(&output.stdout))
    };
    let all = [
        say(&["k8s"]),
        say(&["k8s.policy.v1", "--k8s-version", "1.31"]),
        say(&["k8s.Deployment", "--k8s-version", "1.31"]),
        say(&["k8s.Deployment.spec.strategy", "--k8s-version", "1.31"]),
        say(&["k8s.apps.v1.Deployment.spec.template.spec.containers[0].ports", "--k8s-version", "1.31"]),
        say(&["k8s.core.v1.Container.imagePullPolicy", "--k8s-version", "1.31"]),
        say(&["k8s.core.v1.PodResourceClaim", "--k8s-version", "1.31"]),
        say(&["k8s.ConfigMap.metadata.labels", "--k8s-version", "1.31"]),
    ];
    steady!(all.join("\n"));
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let folder = folder();
    let short = |arguments: &[&str]| {
        let output = run(&folder, &[&["explain", "--message-format", "short"], arguments].concat());
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{arguments:?}");
        text(&output.stderr)
    };
    let all = [
        short(&["main.nxk", "aplications.web"]),
        short(&["main.nxk", "applications.wbe"]),
        short(&["main.nxk", "applications.web.replcas"]),
        short(&["main.nxk", "applications.web.replicas.more"]),
        short(&["main.nxk", "words[7]"]),
        short(&["main.nxk", "Deployment/wbe.spec"]),
        short(&["main.nxk", "Deployment/web.spec.replcas"]),
        short(&["main.nxk", "Deployment/web.spec.template.spec.containers.sidecar"]),
        short(&["nothere.nxk", "a"]),
        short(&["k8s.Deploymnet"]),
        short(&["k8s.deployment"]),
        short(&["k8s.Container"]),
        short(&["k8s.aps.v1"]),
        short(&["k8s.apps.v2"]),
        short(&["k8s.core.v1.Containr"]),
        short(&["k8s.Deployment.spec.stratgy"]),
        short(&["k8s.Deployment.spec.replicas.more"]),
        short(&["k8s.Pod.spec.resources", "--k8s-version", "1.30"]),
        short(&["k8s.Pod", "--k8s-version", "9.9"]),
    ];
    steady!(all.concat());
}

#[test]
fn wrong_usage_is_told_apart() {
    let folder = folder();
    for usage in [
        &["explain"][..],
        &["explain", "main.nxk", "a..b"],
        &["explain", "main.nxk", ""],
        &["explain", "main.nxk", "a.\"b"],
        &["explain", "main.nxk", "a", "b"],
        &["explain", "k8s.Deployment", "spec"],
        &["explain", "main.nxk", "size", "--format", "xml"],
    ] {
        let output = run(&folder, usage);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "nxk {usage:?}");
    }
    // A file is a file, whatever it is called.
    fs::write(folder.path().join("k8s.nxk"), "{ applications.web.image = \"web:1\"; }").expect("written");
    assert_eq!(run(&folder, &["explain", "k8s.nxk", "applications.web.image"]).status.code(), Some(0));
}

#[test]
fn errors_elsewhere_do_not_keep_an_answer_back() {
    let folder = TempDir::new().expect("made");
    let broken = r#"{ lib, config, ... }: {
      applications.web = { image = "web:1"; replicas = "three"; env.A = throw "no"; };
      applications.loop = { image = "loop:1"; replicas = config.applications.loop.replicas; };
      applications.good = { image = "good:1"; replicas = 2; labels.a = lib.mkIf (throw "never") "x"; };
      resources.x = { kind = "Deployment"; metadata.name = "x"; spec.foo = 2; };
    }"#;
    fs::write(folder.path().join("main.nxk"), broken).expect("written");
    let mut all = String::new();
    for path in [
        "applications.good.replicas",
        "applications.good.labels.a",
        "applications.web.replicas",
        "applications.web.env",
        "applications.loop.replicas",
        "Deployment/web.spec.replicas",
        "Deployment/x.spec.foo",
    ] {
        let output = run(&folder, &["explain", "main.nxk", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert!(text(&output.stderr).contains("error[E0301]"), "{}", text(&output.stderr));
        all.push_str(&format!("$ nxk explain main.nxk {path}\n{}\n", text(&output.stdout)));
    }
    steady!(all);
    // What explaining computes beyond that is no finding: each command finds the same.
    let checked = run(&folder, &["check", "main.nxk", "-q"]).stderr;
    assert_eq!(text(&run(&folder, &["explain", "main.nxk", "applications", "-q"]).stderr), text(&checked));
}

#[test]
fn endless_and_huge_values_end() {
    let folder = TempDir::new().expect("made");
    let endless = r#"{ lib, ... }: {
      options.endless = lib.mkOption { type = lib.types.raw; };
      options.huge : [Int] = [ ];
      config.endless = let x = { y = x; z = [ x x ]; }; in x;
      config.huge = builtins.genList (x: x) 20000;
      config.applications.web = { image = "web:1"; replicas = 3; };
    }"#;
    fs::write(folder.path().join("main.nxk"), endless).expect("written");
    for (path, word) in [
        ("endless", "cannot be told"),
        ("endless.z[1].y", "cannot be told"),
        ("huge", "… and 76 more"),
        ("huge[19999]", "value  19999"),
        ("applications.web.replicas", "Deployment/web  spec.replicas"),
    ] {
        for format in ["human", "json"] {
            let output = run(&folder, &["explain", "main.nxk", path, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            assert!(format == "json" || text(&output.stdout).contains(word), "{path}: {}", text(&output.stdout));
        }
    }
}

#[test]
fn programs_and_people_are_told_the_same() {
    let replicas = told(&[SHOP, "applications.web.replicas"]);
    let expected = serde_json::json!({
        "path": "applications.web.replicas", "layer": 3, "value": 3, "incomplete": false,
        "written": { "file": SHOP, "line": 23, "column": 18, "text": "replicas = 3;" },
        "comesFrom": [], "goesThrough": [{ "layer": 2, "path": "deployments.web.replicas" }],
        "goesTo": [{ "object": "Deployment/web", "key": "Deployment/web", "path": "spec.replicas" }], "children": [], "found": null
    });
    for (name, value) in expected.as_object().expect("a map") {
        assert_eq!(&replicas[name], value, "{name}");
    }
    assert_eq!(replicas["option"]["type"], "Int(0..)");
    assert_eq!(replicas["option"]["default"], 1);
    let first = &replicas["definitions"][0];
    assert_eq!((&first["by"], &first["priority"], &first["verdict"]), (&"plain".into(), &100.into(), &"counts".into()));
    let facts = told(&["k8s.Pod.spec.resources", "--k8s-version", "1.33"]);
    assert_eq!(facts["field"]["versions"], serde_json::json!({ "first": "1.32", "last": "1.37", "all": false }));

    for path in ["applications.api.env", "Deployment/redis.spec.template.spec", "framework", "configMaps.apiSettings"] {
        let told = told(&[SHOP, path]);
        let human = text(&support::run_nxk(["explain", SHOP, path]).stdout);
        for definition in told["definitions"].as_array().expect("a list") {
            let place = &definition["place"];
            let place = format!("{}:{}:{}", place["file"].as_str().expect("a name"), place["line"], place["column"]);
            assert!(human.contains(&place), "{path}: {place} is missing in\n{human}");
            assert!(human.contains(&format!("priority {}", definition["priority"])), "{path}\n{human}");
        }
        for child in told["children"].as_array().expect("a list") {
            assert!(human.contains(child["name"].as_str().expect("a name")), "{path}: {child} is missing in\n{human}");
        }
    }
}

/// All scalars of the objects by `<object> <field>`, from a compile.
fn compiled(further: &[&str]) -> BTreeMap<String, Value> {
    let output = support::run_nxk([&["compile", SHOP, "--format", "json", "-q"], further].concat());
    assert_eq!(output.status.code(), Some(0), "{further:?}: {}", text(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut fields = BTreeMap::new();
    for object in list["items"].as_array().expect("a list") {
        let name = |value: &Value| value.as_str().expect("a name").to_string();
        flatten(object, &format!("{}/{} ", name(&object["kind"]), name(&object["metadata"]["name"])), &mut fields);
    }
    fields
}

fn flatten(value: &Value, path: &str, out: &mut BTreeMap<String, Value>) {
    let dot = if path.ends_with(' ') { "" } else { "." };
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| flatten(item, &format!("{path}[{at}]"), out));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            let name = if plain { name.clone() } else { format!("{name:?}") };
            flatten(field, &format!("{path}{dot}{name}"), out);
        }),
        scalar => {
            out.insert(path.to_string(), scalar.clone());
        }
    }
}

fn fields_of(told: &Value) -> Vec<String> {
    let field = |field: &Value| {
        format!("{} {}", field["object"].as_str().expect("a key"), field["path"].as_str().expect("a path"))
    };
    told["goesTo"].as_array().expect("a list").iter().map(field).collect()
}

#[test]
fn values_go_where_it_is_said() {
    let before = compiled(&[]);
    for (option, new) in [
        ("applications.web.replicas", Value::from(17)),
        ("applications.api.image", "shop/api:9.9.9".into()),
        ("applications.web.env.FEATURE_CHECKOUT", "seventeen".into()),
        ("applications.web.readinessProbe.httpGet.path", "/seventeen".into()),
        ("applications.redis.readinessProbe.tcpSocket.port", Value::from(1717)),
        ("applications.orderWorker.env.CACHE_HOST", "seventeen".into()),
        ("applications.api.resources.requests.cpu", "17m".into()),
        ("framework.namespace", "seventeen".into()),
        ("framework.compliance.owner", "seventeen".into()),
        ("framework.network.dns.namespace", "seventeen".into()),
        ("configMaps.apiSettings.data.LOG_LEVEL", "seventeen".into()),
        ("deployments.web.replicas", Value::from(17)),
        ("services.web.labels.app", "seventeen".into()),
    ] {
        let said = fields_of(&told(&[SHOP, option]));
        let setting = format!("{option}={}", new.as_str().map_or_else(|| new.to_string(), str::to_string));
        let after = compiled(&["--set", &setting]);
        assert!(!said.is_empty(), "{option} goes nowhere");
        // Namespaces and policies are named by values, so objects come and go; fields are compared where they stay.
        for field in said.iter().filter(|field| after.contains_key(*field)) {
            assert_eq!(after[field], new, "{option} is said to go to {field}");
        }
        let taken =
            after.iter().filter(|(field, value)| **value == new && before.get(*field).is_some_and(|old| old != &new));
        for (field, _) in taken {
            assert!(said.contains(field), "{option} goes to {field}, too; only {said:?} was said");
        }
    }
}

#[test]
fn every_field_can_be_explained() {
    let fields = compiled(&[]);
    let sample: Vec<&String> = fields.keys().step_by(37).collect();
    assert!(sample.len() > 12, "{} fields", fields.len());
    for field in sample {
        let (object, path) = field.split_once(' ').expect("an object and a path");
        let told = told(&[SHOP, &format!("{object}.{path}")]);
        assert_eq!(told["value"], fields[field], "{field}");
        assert_eq!(told["found"]["set"], true, "{field}");
        assert!(!told["found"]["type"].is_null(), "{field} has no type");
        let defined = told["definitions"].as_array().is_some_and(|all| !all.is_empty());
        let counting = told["definitions"].as_array().into_iter().flatten().filter(|one| one["verdict"] != "lost");
        counting.for_each(|one| assert_eq!(one["value"], told["value"], "{field}: {one}"));
        let added = path.contains("enterprise.com/") || path == "apiVersion";
        assert!(defined || added, "nobody defined {field}");
    }
}
