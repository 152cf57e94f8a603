//! The proof of every compile: what the policies allow is what is declared, whoever wrote or changed them.
//!
//! Thousands of random changes are judged in `tests/reachability.rs`; here is what people do by hand, with the words that
//! they are answered with.

#[path = "proof/reaches.rs"]
mod reaches;
mod support;

use std::fs;

use serde_json::{Value, json};
use support::compiled::{Mistake, Source, answers_each};

/// A shop, to which something is done.
fn shop(change: &str) -> Source {
    Source::new(&format!(
        r#"
        framework = {{ project = "shop"; namespace = "shop"; }};
        applications = {{
          web = {{ image = "web:1.0"; ports = [ 8080 ]; dependencies = [ "api" ]; expose.host = "shop.example.com"; }};
          api = {{ image = "api:1.0"; ports = [ 9090 ]; dependencies = [ "db" ]; egress = [ {{ cidr = "198.51.100.0/24"; ports = [ 443 ]; }} ]; }};
          db = {{ image = "db:1.0"; ports = [ 5432 ]; monitoring.postgres_exporter = true; }};
          worker = {{ image = "worker:1.0"; }};
        }};
        {change}"#
    ))
}

const FORCED: &[Mistake] = &[
    // A rule for the whole namespace.
    (
        r#"resources."NetworkPolicy/db-ingress".spec.ingress = lib.mkForce [ { from = [ { podSelector = { }; } ]; ports = [ { port = 5432; protocol = "TCP"; } { port = 9187; protocol = "TCP"; } ]; } { from = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "monitoring"; podSelector.matchLabels."app.kubernetes.io/name" = "prometheus"; } ]; ports = [ { port = 9187; protocol = "TCP"; } ]; } ];"#,
        [
            "E0806",
            "{ from = [ { podSelector = { }; } ]",
            "can connect to `db` on TCP 5432 and TCP 9187, which nothing declares",
            "dependencies",
        ],
    ),
    // A rule without peers.
    (
        r#"networkPolicies.open = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Ingress" ]; ingress = [ { ports = [ { port = 80; protocol = "TCP"; } ]; } ]; };"#,
        ["E0806", "", "everybody can connect to `worker` on TCP 80, which nothing declares", "`allowFrom`"],
    ),
    // Namespaces by a label that nobody here has.
    (
        r#"networkPolicies.team = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { namespaceSelector.matchLabels.team = "blue"; } ]; ports = [ { port = 9090; protocol = "TCP"; } ]; } ]; };"#,
        [
            "E0806",
            "",
            "any pod in a namespace with `team: blue` can connect to `api` on TCP 9090, which nothing declares",
            "`allowFrom`",
        ],
    ),
    // The same of a namespace that has a name, too.
    (
        r#"networkPolicies.team = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { namespaceSelector.matchLabels = { "kubernetes.io/metadata.name" = "partner"; team = "blue"; }; } ]; ports = [ { port = 9090; protocol = "TCP"; } ]; } ]; };"#,
        ["E0806", "", "any pod in `partner` can connect to `api` on TCP 9090, which nothing declares", "`allowFrom`"],
    ),
    // A network that is wider than the declared one.
    (
        r#"networkPolicies.wide = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Egress" ]; egress = [ { to = [ { ipBlock.cidr = "198.51.100.0/23"; } ]; ports = [ { port = 443; protocol = "TCP"; } ]; } ]; };"#,
        ["E0806", "ipBlock", "`api` can connect to `198.51.101.0/24` on TCP 443, which nothing declares", "`egress`"],
    ),
    // One port more.
    (
        r#"networkPolicies.more = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { podSelector.matchLabels."app.kubernetes.io/name" = "web"; } ]; ports = [ { port = 9090; endPort = 9092; protocol = "TCP"; } ]; } ]; };"#,
        [
            "E0806",
            "",
            "`web` can connect to `api` on TCP 9091-9092, which nothing declares",
            "in `web`, as one of its `dependencies`",
        ],
    ),
    // Two peers where one was meant.
    (
        r#"networkPolicies.two = { podSelector.matchLabels."app.kubernetes.io/name" = "web"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "ingress-nginx"; } { podSelector.matchLabels."app.kubernetes.io/name" = "ingress-nginx"; } ]; ports = [ { port = 8080; protocol = "TCP"; } ]; } ]; };"#,
        ["E0806", "", "any pod in `ingress-nginx`", "`allowFrom`"],
    ),
    // The general deny is gone for one direction.
    (
        r#"resources."NetworkPolicy/default-deny".spec.policyTypes = lib.mkForce [ "Egress" ];"#,
        [
            "E0806",
            "worker",
            "everybody can connect to `worker`: no policy is about connections to its pods",
            "general deny",
        ],
    ),
    // Pods that policies do not find.
    (
        r#"resources."Deployment/worker".spec = { selector.matchLabels."app.kubernetes.io/name" = lib.mkForce "other"; template.metadata.labels."app.kubernetes.io/name" = lib.mkForce "other"; };
           framework.network.defaultDenyEgress = false;
           networkPolicies.default-deny.podSelector = lib.mkForce { matchExpressions = [ { key = "app.kubernetes.io/name"; operator = "NotIn"; values = [ "other" ]; } ]; };"#,
        ["E0806", "worker", "everybody can connect to `worker`", "`app.kubernetes.io/name: worker`"],
    ),
    // Somebody else has the label of an application.
    (
        r#"cronJobs.report = { image = "report:1.0"; schedule = "0 3 * * *"; podLabels."app.kubernetes.io/name" = lib.mkForce "web"; };"#,
        ["E0806", "", "`report`", ""],
    ),
    // Pods that no policy can tell from those of an application.
    (
        r#"statefulSets.db = { image = "db:1.0"; ports = [ 5432 ]; };"#,
        ["E0702", "db", "StatefulSet shop/db have one name", "another name"],
    ),
    // A dependency that is cut.
    (
        r#"resources."NetworkPolicy/web-egress".spec.egress = lib.mkForce [ { to = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "kube-system"; podSelector.matchLabels.k8s-app = "kube-dns"; } ]; ports = [ { port = 53; protocol = "UDP"; } { port = 53; protocol = "TCP"; } ]; } ];"#,
        [
            "E0807",
            "\"api\"",
            "`web` depends on `api`, but no policy allows that: `web` may not make it on TCP 9090",
            "let the change allow it too",
        ],
    ),
    // DNS, which is never written and always needed.
    (
        r#"resources."NetworkPolicy/web-egress".spec.egress = lib.mkForce [ { to = [ { podSelector.matchLabels."app.kubernetes.io/name" = "api"; } ]; ports = [ { port = 9090; protocol = "TCP"; } ]; } { to = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "kube-system"; podSelector.matchLabels.k8s-app = "kube-dns"; } ]; ports = [ { port = 53; protocol = "UDP"; } ]; } ];"#,
        [
            "E0807",
            "web",
            "`web` asks the DNS servers for names, but no policy allows that: `web` may not make it on TCP 53",
            "",
        ],
    ),
    // A policy that somebody leaves out.
    (
        r#"networkPolicies.db-ingress = lib.mkForce { podSelector.matchLabels.nothing = "here"; policyTypes = [ "Ingress" ]; };"#,
        ["E0807", "", "but no policy allows that: `db` does not accept it", ""],
    ),
];

#[test]
fn what_is_changed_by_hand_is_held_against_what_is_declared() {
    answers_each(FORCED, shop);
}

#[test]
fn a_port_that_is_another_is_wrong_twice() {
    let change = r#"networkPolicies.api-ingress.ingress = lib.mkForce [ { from = [ { podSelector.matchLabels."app.kubernetes.io/name" = "web"; } ]; ports = [ { port = 9090; protocol = "UDP"; } ]; } ];"#;
    let codes: Vec<String> = shop(change).errors().into_iter().map(|error| error.code).collect();
    assert_eq!(codes, ["E0807", "E0806"]);
}

#[test]
fn changes_that_open_and_close_nothing_are_let_be() {
    let fine = [
        "",
        // A network of which nothing is left.
        r#"applications.db.egress = [ { cidr = "10.0.0.0/31"; except = [ "10.0.0.0/32" "10.0.0.1/32" ]; } ];"#,
        // The same in other words.
        r#"resources."NetworkPolicy/api-ingress".spec.ingress = lib.mkForce [ { from = [ { podSelector.matchExpressions = [ { key = "app.kubernetes.io/name"; operator = "In"; values = [ "web" ]; } ]; } ]; ports = [ { port = 9090; protocol = "TCP"; } ]; } ];"#,
        // A part of what is open already.
        r#"networkPolicies.again = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Egress" ]; egress = [ { to = [ { ipBlock.cidr = "198.51.100.128/25"; } ]; ports = [ { port = 443; protocol = "TCP"; } ]; } ]; };"#,
        // A network in two halves.
        r#"networkPolicies.api-egress.egress = lib.mkForce [ { to = [ { podSelector.matchLabels."app.kubernetes.io/name" = "db"; } ]; ports = [ { port = 5432; protocol = "TCP"; } ]; } { to = [ { ipBlock.cidr = "198.51.100.0/25"; } { ipBlock.cidr = "198.51.100.128/25"; } ]; ports = [ { port = 443; protocol = "TCP"; } ]; } { to = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "kube-system"; podSelector.matchLabels.k8s-app = "kube-dns"; } ]; ports = [ { port = 53; protocol = "UDP"; } { port = 53; protocol = "TCP"; } ]; } ];"#,
        // Whoever wants no policies is not asked for any.
        r#"framework.network.policyMode = "off"; networkPolicies.open = { podSelector = { }; policyTypes = [ "Ingress" ]; ingress = [ { } ]; };"#,
        // Workloads of layer 2 have policies of their own.
        r#"deployments.a = { image = "a:1.0"; ports = [ 80 ]; namespace = "else"; }; deployments.b = { image = "b:1.0"; namespace = "else"; }; networkPolicies.a = { namespace = "else"; podSelector.matchLabels."app.kubernetes.io/name" = "a"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { podSelector = { }; } ]; } ]; };"#,
    ];
    for change in fine {
        let objects = shop(change).objects();
        assert!(objects.find("Deployment", "web").is_some());
    }
}

#[test]
fn selectors_of_services_are_repeated_where_the_network_needs_it() {
    let source = shop(
        r#"
        framework.network.cni = "aws-vpc";
        services.api-fast = { selector.app = "api"; ports = [ 9090 ]; };
        "#,
    );
    let objects = source.objects();
    let first = &objects.spec("NetworkPolicy", "web-egress")["egress"][0];
    let expected = json!([
        { "podSelector": { "matchLabels": { "app.kubernetes.io/name": "api" } } },
        { "podSelector": { "matchLabels": { "app": "api" } } },
    ]);
    assert_eq!(first["to"], expected);
}

#[test]
fn the_graph_is_told_with_its_proof() {
    let graph = graph(&shop(""), 0);
    let states: Vec<&str> = connections(&graph).iter().filter_map(|one| one["state"].as_str()).collect();
    assert!(states.iter().all(|state| *state == "proved"), "{states:?}");
    let told: Vec<(String, String, Value)> = connections(&graph)
        .iter()
        .map(|one| (name(&graph, &one["from"]), name(&graph, &one["to"]), one["ports"].clone()))
        .collect();
    for (from, to, ports) in [
        ("shop/web", "shop/api", json!(["TCP 9090"])),
        ("shop/api", "shop/db", json!(["TCP 5432"])),
        ("shop/api", "network 198.51.100.0/24", json!(["TCP 443"])),
    ] {
        let found = told.iter().find(|(a, b, _)| a == from && b == to);
        assert_eq!(found.map(|(_, _, ports)| ports), Some(&ports), "{from} to {to}: {told:#?}");
    }
    assert_eq!(told.len(), 7, "{told:#?}");
}

#[test]
fn what_is_wrong_is_in_the_graph() {
    let change = r#"networkPolicies.open = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Ingress" ]; ingress = [ { } ]; };"#;
    let graph = graph(&shop(change), 1);
    let wrong: Vec<_> = connections(&graph).iter().filter(|one| one["state"] == "undeclared").cloned().collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert_eq!(
        (name(&graph, &wrong[0]["from"]), name(&graph, &wrong[0]["to"])),
        ("everybody".into(), "shop/worker".into())
    );
    assert_eq!(wrong[0]["policies"], json!(["shop/open"]));
}

#[test]
fn manifests_have_a_graph_as_well() {
    let manifests = support::nxk()
        .args(["compile", "-q", "--source-commit", "abc"])
        .arg(support::repository().join("examples/bookshop/main.nxk"))
        .output();
    let manifests = manifests.expect("the built program starts").stdout;
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("all.yaml");
    fs::write(&file, manifests).expect("written");
    let declared = picture(&support::repository().join("examples/bookshop/main.nxk"), 0);
    let found = picture(&file, 0);
    // The ports between workloads are the same, whoever tells them.
    let between = |graph: &Value| -> Vec<(String, String, Value)> {
        let all = connections(graph)
            .iter()
            .map(|one| (name(graph, &one["from"]), name(graph, &one["to"]), one["ports"].clone()));
        let mut inside: Vec<_> =
            all.filter(|(from, to, _)| from.starts_with("bookshop") && to.starts_with("bookshop")).collect();
        inside.sort_by_key(|(from, to, _)| (from.clone(), to.clone()));
        inside
    };
    assert_eq!(between(&declared), between(&found));
    assert_eq!(between(&found).len(), 7);
    assert_eq!(connections(&declared).len(), connections(&found).len());
}

/// `nxk graph --format json` of a configuration.
fn graph(source: &Source, code: i32) -> Value {
    picture(&source.written(), code)
}

fn picture(file: &std::path::Path, code: i32) -> Value {
    let output =
        support::nxk().args(["graph", "--format", "json"]).arg(file).output().expect("the built program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    serde_json::from_slice(&output.stdout).expect("the output is JSON")
}

fn connections(graph: &Value) -> &[Value] {
    graph["connections"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn name(graph: &Value, index: &Value) -> String {
    let at = index.as_u64().expect("an index") as usize;
    graph["parties"][at]["id"].as_str().expect("a name").to_string()
}
