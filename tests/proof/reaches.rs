//! How far the proof reaches: ports by name, objects with other names, policies of other makers, hosts.

use serde_json::{Value, json};

use crate::support::compiled::{Finding, Mistake, Source, answers_each};
use crate::{connections, graph, name, picture, shop};

const BEYOND: &[Mistake] = &[
    // Ports by name, of pods of whom nothing is known.
    (
        r#"networkPolicies.named = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Egress" ]; egress = [ { ports = [ { port = "web"; } ]; } ]; };"#,
        [
            "E0806",
            "ports = [ { port = \"web\"; } ]",
            "any pod elsewhere on whatever port has the name `web`, which nothing declares",
            "`egress`",
        ],
    ),
    (
        r#"networkPolicies.named = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Egress" ]; egress = [ { to = [ { namespaceSelector.matchLabels.team = "blue"; } ]; ports = [ { port = "web"; protocol = "UDP"; } ]; } ]; };"#,
        [
            "E0806",
            "namespaceSelector",
            "`worker` can connect to any pod in a namespace with `team: blue` on whatever port has the name `web`",
            "`egress`",
        ],
    ),
    // Objects that are called otherwise in the end.
    (
        r#"resources."Deployment/worker".metadata.name = lib.mkForce "other"; networkPolicies.open = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Ingress" ]; ingress = [ { } ]; };"#,
        ["E0806", "", "everybody can connect to `worker` on every port, which nothing declares", "`allowFrom`"],
    ),
    (
        r#"resources."Deployment/db".metadata.name = lib.mkForce "other"; networkPolicies.db-ingress = lib.mkForce { podSelector.matchLabels.nothing = "here"; policyTypes = [ "Ingress" ]; };"#,
        ["E0807", "", "but no policy allows that: `db` does not accept it", ""],
    ),
    // Nobody knows where the pods are.
    (
        r#"resources."Deployment/worker" = lib.mkForce { kind = "ConfigMap"; metadata.name = "worker"; };"#,
        ["E0813", "worker", "no object makes the pods of `worker`", "`app.kubernetes.io/name: worker`"],
    ),
    // Several policies in one object, as Cilium has them.
    (
        r#"resources.several = { kind = "CiliumNetworkPolicy"; metadata = { name = "several"; namespace = "shop"; }; specs = [ { endpointSelector.matchLabels."app.kubernetes.io/name" = "db"; ingress = [ { fromEndpoints = [ { matchLabels."app.kubernetes.io/name" = "api"; } ]; toPorts = [ { ports = [ { port = "5432"; protocol = "TCP"; } ]; } ]; } ]; } { endpointSelector.matchLabels."app.kubernetes.io/name" = "worker"; ingress = [ { fromEntities = [ "all" ]; } ]; } ]; };"#,
        ["E0806", "fromEntities", "everybody can connect to `worker` on every port", "`allowFrom`"],
    ),
    // All pods of a namespace are those that are made here as well.
    (
        r#"applications.worker = { ports = [ 80 ]; allowFrom = [ { namespace = "shop"; ports = [ 80 ]; } ]; }; networkPolicies.worker-ingress.ingress = lib.mkForce [ { from = [ { podSelector.matchExpressions = [ { key = "app.kubernetes.io/name"; operator = "NotIn"; values = [ "web" ]; } ]; } ]; ports = [ { port = 80; protocol = "TCP"; } ]; } ];"#,
        ["E0807", "", "`worker` accepts any pod in `shop`, but no policy allows that: `worker` does not accept it", ""],
    ),
    // The hint speaks of somebody who is not declared yet.
    (
        r#"networkPolicies.more = { podSelector.matchLabels."app.kubernetes.io/name" = "db"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { podSelector.matchLabels."app.kubernetes.io/part-of" = "shop"; } ]; ports = [ { port = 5432; endPort = 5433; protocol = "TCP"; } ]; } ]; };"#,
        ["E0806", "", "`db`", "in `web`, as one of its `dependencies`"],
    ),
];

#[test]
fn nothing_is_out_of_its_reach() {
    answers_each(BEYOND, shop);
}

#[test]
fn ports_by_name_are_let_be_where_all_ports_are_declared() {
    let change = r#"applications.worker.egress = [ { namespace = "blue"; } ];
        networkPolicies.named = { podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Egress" ]; egress = [ { to = [ { namespaceSelector.matchLabels."kubernetes.io/metadata.name" = "blue"; } ]; ports = [ { port = "web"; } ]; } ]; };"#;
    assert!(shop(change).objects().find("NetworkPolicy", "named").is_some());
}

#[test]
fn a_workload_is_who_it_is_whatever_its_object_is_called() {
    let graph = graph(&shop(r#"resources."Deployment/web".metadata.name = lib.mkForce "other";"#), 0);
    let told: Vec<&str> =
        graph["parties"].as_array().expect("parties").iter().filter_map(|it| it["id"].as_str()).collect();
    assert!(told.contains(&"shop/web") && !told.contains(&"shop/other"), "{told:?}");
    assert!(connections(&graph).iter().all(|one| one["state"] == "proved"), "{graph:#}");
}

#[test]
fn what_nobody_judged_is_not_called_proved() {
    let graph = graph(&shop(r#"framework.network.policyMode = "off";"#), 0);
    let states: Vec<&Value> = connections(&graph).iter().map(|one| &one["state"]).collect();
    assert!(states.len() > 5 && states.iter().all(|state| *state == "open"), "{states:?}");
    // What somebody's own policies shut is shut nevertheless.
    let shut = r#"framework.network.policyMode = "off"; networkPolicies.none = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Ingress" ]; };"#;
    let graph = super::graph(&shop(shut), 1);
    assert_eq!(state(&graph, "shop/web", "shop/api"), "closed");
    assert_eq!(state(&graph, "shop/api", "shop/db"), "open");
}

const WEBHOOK: &str = r#"
    applications.gate = { image = "gate:1.0"; ports = [ 8443 ]; };
    resources.gate = { kind = "ValidatingWebhookConfiguration"; metadata.name = "gate"; webhooks = [ {
      name = "gate.example.com"; clientConfig.service = { namespace = "shop"; name = "gate"; port = 8443; };
      admissionReviewVersions = [ "v1" ]; sideEffects = "None"; } ]; };"#;

#[test]
fn webhooks_are_closed_or_open_and_never_proved() {
    let cut_off = graph(&shop(WEBHOOK), 1);
    assert_eq!(state(&cut_off, "api-server", "shop/gate"), "closed");
    let open = format!(r#"{WEBHOOK} applications.gate.allowFrom = [ {{ cidr = "10.0.0.0/28"; ports = [ 8443 ]; }} ];"#);
    let open = graph(&shop(&open), 0);
    assert_eq!(state(&open, "api-server", "shop/gate"), "open");
}

#[test]
fn webhooks_of_manifests_are_closed_or_open_as_well() {
    for (policy, code, expected) in [("policyTypes: [ Egress ]", 0, "open"), ("policyTypes: [ Ingress ]", 1, "closed")]
    {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let file = folder.path().join("all.yaml");
        std::fs::write(&file, GATE.replace("POLICY", policy)).expect("written");
        let graph = picture(&file, code);
        assert_eq!(state(&graph, "api-server", "ops/gate"), expected, "{graph:#}");
    }
}

const GATE: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: gate, namespace: ops }
spec:
  selector: { matchLabels: { app: gate } }
  template:
    metadata: { labels: { app: gate } }
    spec: { containers: [ { name: gate, image: \"gate:1.0\" } ] }
---
apiVersion: v1
kind: Service
metadata: { name: gate, namespace: ops }
spec: { selector: { app: gate }, ports: [ { port: 443, targetPort: 8443 } ] }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: gate }
webhooks:
- name: gate.example.com
  clientConfig: { service: { namespace: ops, name: gate } }
  admissionReviewVersions: [ v1 ]
  sideEffects: None
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: gate, namespace: ops }
spec: { podSelector: {}, POLICY }
";

#[test]
fn whom_policies_cannot_find_is_told_and_not_called_proved() {
    let agent = r#"daemonSets.agent = { image = "agent:1.0"; ports = [ 9100 ]; pod.hostNetwork = true; };
        applications.worker.dependencies = [ "agent" ];"#;
    let told = warnings(&shop(agent), "W0809");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].message.contains("`worker` depends on `agent`, but policies do not find the pods of `agent`")
            && told[0].hint.contains("`egress = [ { cidr")
            && told[0].at.contains("agent"),
        "{told:#?}"
    );
    assert_eq!(state(&graph(&shop(agent), 0), "shop/worker", "shop/agent"), "open");
    // A rule for everybody lets them through.
    let open = format!(
        r#"{agent} networkPolicies.out = {{ podSelector.matchLabels."app.kubernetes.io/name" = "worker"; policyTypes = [ "Egress" ]; egress = [ {{ ports = [ {{ port = 9100; }} ]; }} ]; }};"#
    );
    assert!(shop(&open).findings(1).iter().all(|finding| finding.code != "W0809"));
}

#[test]
fn policies_of_other_makers_are_told() {
    let kinds = [
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
        ("projectcalico.org/v3", "NetworkPolicy"),
        ("projectcalico.org/v3", "GlobalNetworkPolicy"),
        ("crd.projectcalico.org/v1", "GlobalNetworkPolicy"),
    ];
    for (version, kind) in kinds {
        let policy = format!(
            r#"framework.opaqueKinds = [ "{version}/{kind}" ]; resources.other = {{ apiVersion = "{version}"; kind = "{kind}"; metadata.name = "other"; spec = {{ order = 1; }}; }};"#
        );
        let told = warnings(&shop(&policy), "W0812");
        assert_eq!(told.len(), 1, "{version} {kind}: {told:#?}");
        assert!(told[0].message.contains(kind) && told[0].message.contains("is not judged"), "{told:#?}");
        // The same of manifests.
        let folder = tempfile::tempdir().expect("a scratch folder");
        let file = folder.path().join("a.yaml");
        std::fs::write(&file, format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{ name: other }}\n"))
            .expect("written");
        let output = crate::support::nxk().args(["graph", "--message-format", "short"]).arg(&file).output();
        let said = String::from_utf8_lossy(&output.expect("the built program starts").stderr).into_owned();
        assert!(said.contains("W0812") && said.contains(kind), "{said}");
    }
}

#[test]
fn strangers_have_names_that_people_understand() {
    let change = r#"networkPolicies.team = { podSelector.matchLabels."app.kubernetes.io/name" = "api"; policyTypes = [ "Ingress" ]; ingress = [ { from = [ { namespaceSelector.matchLabels.team = "blue"; } ]; } ]; };"#;
    let graph = graph(&shop(change), 1);
    let wrong: Vec<&Value> = connections(&graph).iter().filter(|one| one["state"] == "undeclared").collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert_eq!(name(&graph, &wrong[0]["from"]), "pods a namespace with team: blue/");
    assert_eq!(wrong[0]["ports"], json!(["all"]));
    assert!(!graph.to_string().contains("stranger"), "{graph:#}");
}

fn state(graph: &Value, from: &str, to: &str) -> String {
    let is = |one: &&Value| name(graph, &one["from"]) == from && name(graph, &one["to"]) == to;
    let found = connections(graph).iter().find(is);
    found.and_then(|one| one["state"].as_str()).unwrap_or("not there").to_string()
}

/// The warnings of this code; there is no error.
fn warnings(source: &Source, code: &str) -> Vec<Finding> {
    source.findings(0).into_iter().filter(|finding| finding.code == code).collect()
}
