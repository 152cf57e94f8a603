//! The types of Kubernetes' API as the language has them: what is below `k8s`, what has these types, and
//! that they refuse nothing that a real server takes.

mod support;

use std::collections::BTreeSet;
use std::fs;

use nxk::driver::{Request, Session};
use nxk::eval::{Blame, Depth, Path};
use nxk::node::{Node, NodeKind};
use nxk::schema::types::{Member, known_members, member, members, object_type, presence};
use nxk::schema::{Catalogue, Version, belongs};
use nxk::source::Span;
use nxk::symbol::Symbol;
use nxk::types::findings::Look;
use nxk::types::{Record, Type, TypeRef, part};
use nxk::value::{Attr, Attrs, Evaluator, Kind, Thunk, Value};

/// What the server takes and the types do not, and why that is well.
const STRICTER: &[(&str, &str)] = &[
    ("container-list-required-02", "until 1.32 the template of a StatefulSet was stored unread"),
    ("schema-required-statefulset-", "until 1.32 the template of a StatefulSet was stored unread"),
    ("statefulset-claim-templates-unvalidated-", "until 1.32 the templates of a StatefulSet were stored unread"),
    ("security-proc-mount-", "the field is dropped before it is read while its feature is off"),
    ("security-supplemental-groups-policy-", "the field is dropped before it is read while its feature is off"),
    ("volume-image-source-02", "the field is dropped before it is read while its feature is off"),
    ("resources-quantity-syntax-02", "a quantity without a digit is a slip"),
    ("schema-null-networkpolicy-01", "`null` among the items of a list is a slip"),
    ("schema-null-persistentvolume-01", "`null` among the items of a list is a slip"),
    ("volume-projected-empty-source-", "`null` among the items of a list is a slip"),
    ("volume-default-mode-octal-yaml-02", "an octal number is text to the test's reader of YAML"),
    ("yaml-integers-05", "an octal number is text to the test's reader of YAML"),
];

fn version(text: &str) -> Version<'static> {
    Catalogue::embedded().version(text, Span::NONE).expect("a known version")
}

fn type_at(minor: &str, path: &[&str]) -> TypeRef {
    match member(version(minor), path) {
        Some(Member::Type(ty)) => ty,
        other => panic!("k8s {minor} {path:?} is {other:?}"),
    }
}

fn record(ty: &Type) -> &Record {
    match ty.peeled() {
        Type::Record(record) => record,
        Type::Union(members) => members.iter().map(|member| record(member)).next().expect("a union has members"),
        Type::List(item) | Type::Map(item) => record(item),
        other => panic!("{other} is no record"),
    }
}

/// The type of the field at the end of a way through records, lists and maps.
fn field(ty: &TypeRef, path: &[&str]) -> TypeRef {
    path.iter().fold(ty.clone(), |ty, name| {
        let fields = &record(&ty).fields;
        fields.get(&Symbol::new(name)).unwrap_or_else(|| panic!("{ty} has no field {name}")).ty.clone()
    })
}

#[test]
fn names_lead_to_spaces_and_types() {
    let here = version("1.31");
    assert!(matches!(member(here, &[]), Some(Member::Space)));
    assert!(matches!(member(here, &["apps"]), Some(Member::Space)));
    assert!(matches!(member(here, &["apps", "v1"]), Some(Member::Space)));
    for absent in [&["nowhere"][..], &["apps", "v9"], &["apps", "v1", "Nothing"], &["apps", "v1", "Deployment", "x"]] {
        assert!(member(here, absent).is_none(), "{absent:?}");
    }
    let name = |path: &[&str]| type_at("1.31", path).to_string();
    assert_eq!(name(&["apps", "v1", "Deployment"]), "k8s.apps.v1.Deployment");
    assert_eq!(name(&["Deployment"]), "k8s.apps.v1.Deployment");
    assert_eq!(name(&["HorizontalPodAutoscaler"]), "k8s.autoscaling.v2.HorizontalPodAutoscaler");
    assert_eq!(name(&["networking.k8s.io", "v1", "Ingress"]), "k8s.networking.v1.Ingress");
    assert_eq!(name(&["meta", "v1", "ObjectMeta"]), "k8s.meta.v1.ObjectMeta");
}

/// What is listed below a path is there, and all definitions and kinds are listed.
#[test]
fn names_that_are_listed_are_there() {
    for here in Catalogue::embedded().versions() {
        let mut definitions = BTreeSet::new();
        for first in members(here, &[]) {
            match member(here, &[&first]).unwrap_or_else(|| panic!("{first} is listed")) {
                Member::Type(_) => assert!(here.preferred(&first).is_some(), "{first}"),
                Member::Space => {
                    for api in members(here, &[&first]) {
                        for name in members(here, &[&first, &api]) {
                            assert!(matches!(member(here, &[&first, &api, &name]), Some(Member::Type(_))));
                            definitions.insert(format!("{first}.{api}.{name}"));
                        }
                    }
                }
            }
        }
        let missing: Vec<_> = here.type_names().filter(|name| !definitions.contains(*name)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", here.minor());
        let known = known_members(&[]);
        // Those of custom resources depend on the target.
        let custom = |name: &str| here.custom_kinds().any(|kind| kind.kind == name || kind.group == name);
        assert!(members(here, &[]).iter().all(|name| known.contains(&name.as_str()) || custom(name)));
    }
}

#[test]
fn types_are_those_of_their_version() {
    let has = |minor: &str, path: &[&str]| member(version(minor), path).is_some();
    assert!(!has("1.30", &["networking", "v1", "IPAddress"]) && has("1.33", &["networking", "v1", "IPAddress"]));
    let since = presence(&["networking", "v1", "IPAddress"]).describe();
    assert_eq!(since.as_deref(), Some("since 1.33"));
    // A field that came between two versions.
    let holder = |minor: &str| type_at(minor, &["core", "v1", "PodSpec"]);
    let came = ["1.28", "1.32"].map(|minor| record(&holder(minor)).fields.contains_key(&Symbol::new("resources")));
    assert_eq!(came, [false, true]);
    let words = |minor: &str| record(&holder(minor)).origin.clone().expect("it has an origin").words.to_string();
    assert_eq!(words("1.28"), "k8s 1.28 core/v1 PodSpec");
    // Made once, and shared.
    assert!(std::rc::Rc::ptr_eq(&holder("1.31"), &holder("1.31")));
}

#[test]
fn shapes_become_types() {
    let pod = type_at("1.31", &["Pod"]);
    for (path, written) in [
        (&["apiVersion"][..], "\"v1\""),
        (&["kind"], "\"Pod\""),
        (&["spec"], "k8s.core.v1.PodSpec | Null"),
        (&["spec", "containers"], "[k8s.core.v1.Container]"),
        (&["spec", "containers", "image"], "String | Null"),
        (&["spec", "containers", "name"], "String"),
        (&["spec", "containers", "ports", "containerPort"], "Int"),
        (&["spec", "containers", "livenessProbe", "httpGet", "port"], "Int | String"),
        (&["spec", "containers", "resources", "limits"], "{ _ : Quantity | Number | Null } | Null"),
        (&["spec", "hostNetwork"], "Bool | Null"),
        (&["spec", "restartPolicy"], "\"Always\" | \"Never\" | \"OnFailure\" | \"\" | Null"),
        (&["metadata", "labels"], "{ _ : String | Null } | Null"),
        (&["metadata", "creationTimestamp"], "String | Null"),
    ] {
        assert_eq!(field(&pod, path).to_string(), written, "{path:?}");
    }
    let fields = &record(&pod).fields;
    let filled_in = |name: &str| fields[&Symbol::new(name)].default.is_some();
    assert!(filled_in("apiVersion") && filled_in("kind") && !filled_in("spec"));
    // Inside another object nothing is filled in.
    let set = type_at("1.31", &["StatefulSet"]);
    let claim = field(&set, &["spec", "volumeClaimTemplates"]);
    assert!(record(&claim).fields[&Symbol::new("kind")].default.is_none());
    // The server fills the service's name in, and insists on the selector.
    let spec = field(&set, &["spec"]);
    let required = |name: &str| !record(&spec).fields[&Symbol::new(name)].optional;
    assert!(!required("serviceName") && required("selector"));
}

#[test]
fn definitions_that_hold_themselves_are_types_too() {
    let props = type_at("1.31", &["apiextensions", "v1", "JSONSchemaProps"]);
    let deep = ["properties", "items", "properties", "not", "allOf", "properties"].repeat(20);
    assert!(field(&props, &deep).to_string().contains("JSONSchemaProps"));
    let partial = part(&props);
    assert!(field(&partial, &deep).to_string().contains("Part k8s.apiextensions.v1.JSONSchemaProps"));
    assert!(format!("{props:?}").len() < 20_000);
}

#[test]
fn parts_require_nothing_and_fill_nothing_in() {
    let whole = type_at("1.31", &["Deployment"]);
    let partial = part(&whole);
    assert_eq!(partial.to_string(), "Part k8s.apps.v1.Deployment");
    for path in [&[][..], &["spec"], &["spec", "template", "spec", "containers"], &["spec", "selector"]] {
        let ty = field(&partial, path);
        let free = record(&ty).fields.values().all(|field| field.optional && field.default.is_none());
        assert!(free, "{path:?}");
        assert_eq!(record(&ty).fields.len(), record(&field(&whole, path)).fields.len());
    }
    assert_eq!(part(&std::rc::Rc::new(Type::string())).to_string(), "String");
}

#[test]
fn misplaced_fields_are_sent_where_they_belong() {
    let here = version("1.31");
    let belongs = |definition: &str, path: &[&str], field: &str, look: Look| {
        belongs::belongs(here, definition, path, field, look).map(|hint| hint.replace('`', ""))
    };
    let template = ["spec", "template", "spec"];
    for (definition, path, field, look, place) in [
        ("apps.v1.Deployment", &[][..], "replicas", Look::Int, "spec"),
        ("apps.v1.Deployment", &[], "containers", Look::List, "spec.template.spec"),
        ("apps.v1.Deployment", &["spec"], "containers", Look::List, "spec.template.spec"),
        ("apps.v1.Deployment", &template, "replicas", Look::Int, "spec"),
        ("apps.v1.Deployment", &["spec", "template"], "labels", Look::Set, "spec.template.metadata"),
        ("apps.v1.Deployment", &["spec"], "matchLabels", Look::Set, "spec.selector"),
        ("core.v1.PodSpec", &[], "image", Look::Str, "containers[]"),
        ("core.v1.Pod", &["spec", "containers"], "containerPort", Look::Int, "spec.containers[].ports[]"),
        ("core.v1.Pod", &["spec", "initContainers"], "containerPort", Look::Int, "spec.initContainers[].ports[]"),
        ("core.v1.Pod", &["spec", "containers"], "nodeSelector", Look::Set, "spec"),
        ("core.v1.Pod", &["spec", "volumes"], "secretName", Look::Str, "spec.volumes[].secret"),
        ("core.v1.Pod", &["spec", "volumes"], "claimName", Look::Str, "spec.volumes[].persistentVolumeClaim"),
        ("core.v1.Probe", &[], "path", Look::Str, "httpGet"),
        ("core.v1.Service", &["spec", "selector"], "ports", Look::List, "spec"),
        ("core.v1.Pod", &["spec"], "kind", Look::Str, "the top of the object"),
    ] {
        let said = belongs(definition, path, field, look);
        assert_eq!(said, Some(format!("{field} belongs to {place}")), "{definition} {path:?}");
    }
    let several = belongs("core.v1.Probe", &[], "port", Look::Int);
    assert_eq!(several.as_deref(), Some("port belongs to grpc, httpGet or tcpSocket"));
    assert_eq!(belongs("core.v1.Pod", &["spec"], "sdfsdf", Look::Str), None);
    assert_eq!(belongs("no.such.Type", &[], "spec", Look::Set), None);
    // What the value looks like decides: a set of resources is no number of replicas.
    assert_eq!(belongs("apps.v1.Deployment", &[], "replicas", Look::Set), None);
}

/// Objects that a server took have the type of their kind, in every version that took them.
#[test]
fn what_a_real_server_took_has_its_type() {
    let Some(shared) = support::shared() else {
        support::not_run("no folder with verdicts (set NXK_SHARED)");
        return;
    };
    let cases = fs::read_to_string(shared.join("verdicts/open.jsonl")).expect("the verdicts can be read");
    let mut machine = machine();
    let (mut taken, mut refused, mut stricter) = (0, Vec::new(), BTreeSet::new());
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("each line is one case");
        let id = case["id"].as_str().expect("a name");
        let Some(object) = support::manifests::from_yaml(case["manifest"].as_str().expect("a manifest")) else {
            continue;
        };
        for (minor, verdict) in case["verdicts"].as_object().expect("verdicts by version") {
            if verdict["verdict"] != "accept" {
                continue;
            }
            taken += 1;
            let Err(why) = has_its_type(&mut machine, &object, version(minor)) else { continue };
            match STRICTER.iter().find(|(known, _)| id.starts_with(known)) {
                Some((known, _)) => drop(stricter.insert(*known)),
                None => refused.push(format!("{minor} {id}: {why}")),
            }
        }
    }
    assert!(taken > 1000, "only {taken} objects were taken");
    assert!(refused.is_empty(), "{} of {taken} have not:\n{}", refused.len(), refused.join("\n"));
    let stale: Vec<_> = STRICTER.iter().filter(|(known, _)| !stricter.contains(known)).collect();
    assert!(stale.is_empty(), "these are no exceptions any more: {stale:?}");
}

fn has_its_type(machine: &mut Evaluator, object: &Node, version: Version<'static>) -> Result<(), String> {
    let word = |key: &str| object.get(key).and_then(Node::as_str);
    let kind = word("kind").ok_or("it has no kind")?;
    let ty = object_type(version, word("apiVersion"), kind).ok_or("there is no such type")?;
    let blame = Blame::new(Path::of(&[Symbol::new("object")]), Span::NONE, Span::NONE);
    let held = machine.hold(value_of(object), &ty, &blame);
    // With everything in it.
    let whole = held.and_then(|value| machine.node(&value.into(), Depth::Strict, Span::NONE));
    whole.map(|_| ()).map_err(|failure| failure.diagnostic().map(|finding| finding.message).unwrap_or_default())
}

fn value_of(node: &Node) -> Value {
    let kind = match &node.kind {
        NodeKind::Null | NodeKind::Failed => Kind::Null,
        NodeKind::Bool(value) => Kind::Bool(*value),
        NodeKind::Int(number) => Kind::Int(*number),
        // To JSON `1.0` is `1`.
        NodeKind::Float(number) if number.fract() == 0.0 => Kind::Int(*number as i64),
        NodeKind::Float(number) => Kind::Float(*number),
        NodeKind::Str(text) => Kind::Str(text.clone()),
        NodeKind::Secret(secret) => Kind::Secret(secret.clone()),
        NodeKind::List(items) => {
            let items = items.iter().map(|item| Thunk::from(value_of(item))).collect();
            return Value::list(items, Span::NONE);
        }
        NodeKind::Map(map) => {
            let attr = |field: &nxk::node::Field| Attr {
                name: Symbol::new(&field.key),
                span: Span::NONE,
                value: value_of(&field.value).into(),
            };
            Kind::Attrs(Attrs::new(map.fields.iter().map(attr).collect()))
        }
    };
    Value::new(kind, Span::NONE)
}

fn machine() -> Evaluator {
    Session::new(Request { entry: ".".into(), ..Request::default() }).expect("the folder is there").machine
}
