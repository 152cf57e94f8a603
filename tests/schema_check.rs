//! What the check of objects says: codes, places, words and hints.

mod support;

use nxk::diag::{Diagnostic, Severity};
use nxk::node::{Node, NodeKind};
use nxk::schema::{Catalogue, ListMerge, Target, list, show, validate};
use nxk::source::Span;

fn check(version: &str, manifest: &str) -> Vec<Diagnostic> {
    let version = Catalogue::embedded().version(version, Span::NONE).expect("a known version");
    validate(&support::manifests::from_yaml(manifest).expect("YAML"), &Target::new(version))
}

/// One line a finding: code, path, message, hint.
fn lines(findings: &[Diagnostic]) -> String {
    let line = |finding: &Diagnostic| {
        let path = finding.path.as_deref().unwrap_or("-");
        format!("{} {path}: {} [{}]\n", finding.code.as_str(), finding.message, finding.hint.as_deref().unwrap_or(""))
    };
    findings.iter().map(line).collect()
}

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: app
        image: nginx:1.27
        ports: [ { containerPort: 8080, name: http } ]
        resources: { requests: { cpu: 100m, memory: 64Mi } }
";

#[test]
fn a_good_deployment_is_silent_in_every_version() {
    for version in Catalogue::embedded().versions() {
        let node = support::manifests::from_yaml(DEPLOYMENT).expect("YAML");
        assert_eq!(lines(&validate(&node, &Target::new(version))), "", "{}", version.minor());
    }
}

#[test]
fn all_findings_come_at_once_in_document_order() {
    insta::assert_snapshot!(lines(&check(
        "1.31",
        "
apiVersion: apps/v1
kind: Deployment
metadata: { name: Web_1, replicas: 2 }
spec:
  replicas: '3'
  image: nginx
  strategy: { type: Rolling }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
      - image: nginx
        imagePullPolicy: always
        env: [ { name: PORT, value: 8080 } ]
        prots: []
        resources: { limits: { memory: 1Gib } }
        volumeMounts: [ { name: dta, mountPath: /data } ]
      volumes: [ { name: data, emptyDir: {} } ]
"
    )));
}

#[test]
fn kinds_and_versions_are_explained() {
    let header =
        |version, api: &str, kind: &str| lines(&check(version, &format!("{api}\n{kind}\nmetadata: {{ name: x }}")));
    let all = [
        header("1.31", "apiVersion: v1", ""),
        header("1.31", "", "kind: Deploymnet"),
        header("1.31", "apiVersion: extensions/v1beta1", "kind: Ingress"),
        header("1.31", "apiVersion: v1", "kind: Ingress"),
        header("1.31", "apiVersion: example.com/v1", "kind: Widget"),
        header("1.28", "apiVersion: flowcontrol.apiserver.k8s.io/v1", "kind: FlowSchema"),
        header("1.30", "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3", "kind: FlowSchema"),
        header("1.32", "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3", "kind: FlowSchema"),
        header("1.31", "apiVersion: networking.k8s.io/v1beta1", "kind: ServiceCIDR"),
        header("1.31", "kind: 3", "apiVersion: v1"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_field_of_another_version_is_not_just_unknown() {
    let pod = "
apiVersion: v1
kind: Pod
metadata: { name: x }
spec:
  hostnameOverride: y
  containers: [ { name: a, image: b } ]
";
    insta::assert_snapshot!(lines(&check("1.30", pod)));
}

#[test]
fn failed_values_and_nulls_are_silent() {
    let mut node = support::manifests::from_yaml(DEPLOYMENT).expect("YAML");
    for path in
        [&["spec", "selector"][..], &["spec", "template", "spec", "containers"], &["metadata", "name"], &["spec"]]
    {
        let mut at = &mut node;
        for key in path {
            at = at.as_map_mut().and_then(|map| map.get_mut(key)).expect("the path exists");
        }
        at.kind = NodeKind::Failed;
        let version = Catalogue::embedded().newest();
        assert_eq!(lines(&validate(&node, &Target::new(version))), "", "{path:?}");
    }
    let nulls = DEPLOYMENT.replace("replicas: 2", "replicas: null\n  strategy: null");
    assert_eq!(lines(&check("1.31", &nulls)), "");
    let failed = Node::new(NodeKind::Failed, Span::NONE);
    assert!(validate(&failed, &Target::new(Catalogue::embedded().newest())).is_empty());
}

#[test]
fn missing_places_fall_back_to_what_surrounds_them() {
    let mut node =
        support::manifests::from_yaml(DEPLOYMENT.replace("replicas: 2", "replicas: x").as_str()).expect("YAML");
    node.span = Span::new(7, 9);
    let findings = validate(&node, &Target::new(Catalogue::embedded().newest()));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].primary.span, Span::new(7, 9));
    assert_eq!(findings[0].object.as_deref(), Some("Deployment shop/web"));
}

#[test]
fn versions_are_found_by_the_spellings_people_use() {
    let catalogue = Catalogue::embedded();
    for text in ["1.31", "v1.31", "1.31.4"] {
        assert_eq!(
            catalogue.version(text, Span::NONE).map(|version| version.minor().to_string()),
            Ok("1.31".to_owned())
        );
    }
    for text in ["1.2", "1.99", "latest", ""] {
        let error = catalogue.version(text, Span::NONE).map(|_| ()).expect_err("not a known version");
        assert!(error.hint.is_some_and(|hint| hint.contains("`1.28`")), "{text}");
    }
}

#[test]
fn the_api_that_people_mean_is_preferred() {
    let version = Catalogue::embedded().version("1.31", Span::NONE).expect("known");
    for (kind, api) in [
        ("Deployment", "apps/v1"),
        ("Ingress", "networking.k8s.io/v1"),
        ("Event", "v1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2"),
        ("CronJob", "batch/v1"),
        ("ServiceCIDR", "networking.k8s.io/v1beta1"),
    ] {
        assert_eq!(version.preferred(kind).map(|kind| kind.api_version().to_string()).as_deref(), Some(api), "{kind}");
    }
}

#[test]
fn lists_merge_by_their_keys_in_every_version() {
    let merge = |kind: &str, path: &[&str]| {
        let mut all: Vec<ListMerge> = Catalogue::embedded()
            .versions()
            .map(|version| version.list_keys_at(version.preferred(kind).expect("a kind"), path))
            .collect();
        all.dedup();
        assert_eq!(all.len(), 1, "{kind} {path:?} is the same in all versions");
        all.remove(0)
    };
    let key = |name: &str, default: Option<&str>| (name.into(), default.map(Into::into));
    let containers = ["spec", "template", "spec", "containers"];
    assert_eq!(merge("Deployment", &containers), ListMerge::Keyed(vec![key("name", None)]));
    let ports = [&containers[..], &["ports"]].concat();
    assert_eq!(
        merge("Deployment", &ports),
        ListMerge::Keyed(vec![key("containerPort", None), key("protocol", Some("\"TCP\""))])
    );
    assert_eq!(
        merge("Service", &["spec", "ports"]),
        ListMerge::Keyed(vec![key("port", None), key("protocol", Some("\"TCP\""))])
    );
    assert_eq!(merge("Pod", &["spec", "containers", "volumeMounts"]), ListMerge::Keyed(vec![key("mountPath", None)]));
    assert_eq!(merge("Pod", &["metadata", "finalizers"]), ListMerge::Set);
    assert_eq!(merge("Pod", &["spec", "containers", "args"]), ListMerge::Atomic);
    assert_eq!(merge("Pod", &["spec", "nonsense"]), ListMerge::Atomic);
}

#[test]
fn keyed_lists_without_the_servers_insistence_only_warn() {
    let pod = "
apiVersion: v1
kind: Pod
metadata: { name: x }
spec:
  containers:
  - name: a
    image: b
    ports: [ { containerPort: 80 }, { containerPort: 80, protocol: TCP }, { containerPort: 80, protocol: UDP } ]
";
    let findings = check("1.31", pod);
    assert_eq!(
        findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(),
        [Severity::Warning],
        "{findings:?}"
    );
}

#[test]
fn a_kind_is_shown_one_level_at_a_time() {
    let version = Catalogue::embedded().version("1.31", Span::NONE).expect("known");
    insta::assert_snapshot!(
        show(version, "Deployment", Some("spec.template.spec.containers[].ports")).expect("a path")
    );
    insta::assert_snapshot!(
        show(version, "Service", Some("spec.prots")).map_err(|error| lines(&[error])).expect_err("no such field")
    );
    assert!(show(version, "Deploymnet", None).is_err());
    assert!(list(version).lines().any(|line| line.trim_start().starts_with("apps/v1") && line.contains("Deployment")));
}

#[test]
fn hostile_objects_are_survived() {
    let version = Catalogue::embedded().newest();
    let deep = (0..2000)
        .fold(Node::new(NodeKind::Null, Span::NONE), |inner, _| Node::new(NodeKind::List(vec![inner]), Span::NONE));
    let mut object = support::manifests::from_yaml(
        "{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: x } }",
    )
    .expect("YAML");
    object.as_map_mut().expect("a map").set("spec", Span::NONE, deep);
    assert!(!validate(&object, &Target::new(version)).is_empty());
    let mut schema = Node::new(NodeKind::Null, Span::NONE);
    for _ in 0..3000 {
        let mut outer = nxk::node::Map::default();
        outer.set("items", Span::NONE, schema);
        schema = Node::new(NodeKind::Map(outer), Span::NONE);
    }
    let crd = "{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, spec: { versions: [ { schema: {} } ] } }";
    let mut object = support::manifests::from_yaml(crd).expect("YAML");
    let versions = object.as_map_mut().and_then(|map| map.get_mut("spec")?.as_map_mut()?.get_mut("versions"));
    if let Some(NodeKind::List(versions)) = versions.map(|versions| &mut versions.kind) {
        let holder = versions[0].as_map_mut().and_then(|map| map.get_mut("schema")?.as_map_mut()).expect("a map");
        holder.set("openAPIV3Schema", Span::NONE, schema);
    }
    assert_eq!(validate(&object, &Target::new(version)).len(), 1);
    let names = ["", "\u{0}", "a/b", &"x".repeat(100_000)];
    for name in names {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name:?} }}\nspec: []\n");
        if let Some(node) = support::manifests::from_yaml(&text) {
            assert!(!validate(&node, &Target::new(version)).is_empty(), "{:?}", name.get(..10));
        }
    }
}
