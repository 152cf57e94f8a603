//! What all entries have: names, namespaces, labels, compliance, and the ways past them.

use serde_json::json;

use super::cases::{fails, makes, metadata};
use crate::support::configuration::{names, objects};

#[test]
fn names_come_from_keys_and_namespaces_from_the_framework() {
    let text = r#"{ framework.namespace = "shop"; configMaps.appSettings.data.a = "b"; }"#;
    assert_eq!(metadata(text, "ConfigMap", "app-settings"), json!({ "name": "app-settings", "namespace": "shop" }));
    let text = r#"{ configMaps.a = { name = "other"; namespace = "back"; data.a = "b"; }; }"#;
    assert_eq!(metadata(text, "ConfigMap", "other"), json!({ "name": "other", "namespace": "back" }));
}

#[test]
fn namespaces_that_entries_live_in_are_made_once() {
    let text = r#"{
      framework.namespace = "shop";
      namespaces.back.labels.tier = "back";
      configMaps = { a = { namespace = "back"; data.a = "b"; }; b = { namespace = "default"; data.a = "b"; }; };
      jobs.c = { namespace = "batch"; image = "c:1.0"; };
      roles.d = { namespace = "back"; rules = [ ]; };
    }"#;
    let namespaces: Vec<String> =
        names(&objects(text)).into_iter().filter(|name| name.starts_with("Namespace/")).collect();
    assert_eq!(namespaces, ["Namespace/back", "Namespace/batch", "Namespace/shop"]);
    assert_eq!(metadata(text, "Namespace", "back")["labels"], json!({ "tier": "back" }));
}

#[test]
fn objects_of_the_cluster_have_no_namespace() {
    let text = r#"{
      framework.namespace = "shop";
      clusterRoles.a.rules = [ { resources = [ "nodes" ]; verbs = [ "get" ]; } ];
      clusterRoleBindings.a = { clusterRole = "a"; subjects = [ "b" ]; };
      priorityClasses.a.value = 1;
      secretStores.a = { cluster = true; vault.server = "https://vault.example.com"; };
      policies.a.spec.rules = [ { name = "a"; match.any = [ { resources.kinds = [ "Pod" ]; } ]; validate = { message = "m"; deny = { }; }; } ];
    }"#;
    for kind in ["ClusterRole", "ClusterRoleBinding", "PriorityClass", "ClusterSecretStore", "ClusterPolicy"] {
        assert_eq!(metadata(text, kind, "a"), json!({ "name": "a" }), "{kind}");
    }
}

#[test]
fn metadata_reaches_what_has_no_option() {
    let text = r#"{
      configMaps.a = { data.a = "b"; labels.x = "1"; annotations.y = "2"; metadata = { labels.x = "3"; finalizers = [ "example.com/hold" ]; }; };
    }"#;
    let expected =
        json!({ "name": "a", "labels": { "x": "3" }, "annotations": { "y": "2" }, "finalizers": ["example.com/hold"] });
    assert_eq!(metadata(text, "ConfigMap", "a"), expected);
}

#[test]
fn compliance_of_an_entry_is_on_its_object_and_its_pods() {
    let text = r#"{
      framework.compliance.owner = "platform";
      roles.a = { rules = [ ]; compliance = { framework = "SOC2"; level = "low"; }; };
      cronJobs.b = {
        image = "b:1.0"; schedule = "@daily"; compliance = { framework = "SOC2"; level = "low"; owner = "batch"; };
        resources = { requests = { cpu = "1"; memory = "1Gi"; }; limits.memory = "1Gi"; };
      };
    }"#;
    let labels = json!({
        "enterprise.com/compliance-level": "low",
        "enterprise.com/regulatory-framework": "SOC2",
        "enterprise.com/owner-team": "platform",
    });
    assert_eq!(metadata(text, "Role", "a")["labels"], labels);
    let objects = objects(text);
    let cron = crate::support::configuration::find(&objects, "CronJob", "b");
    let template = &cron["spec"]["jobTemplate"];
    for labels in [&cron["metadata"], &template["metadata"], &template["spec"]["template"]["metadata"]] {
        assert_eq!(labels["labels"]["enterprise.com/owner-team"], "batch");
    }
}

#[test]
fn compliance_is_demanded_of_every_collection() {
    fails(
        r#"{ roles.a = { rules = [ ]; compliance = { framework = "SOC2"; level = "low"; }; }; }"#,
        "E0901",
        "a",
        "owner",
    );
}

#[test]
fn what_an_entry_says_gives_way_to_layer_1_and_not_to_the_layer() {
    let text = r#"{
      networkPolicies.a = { policyTypes = [ "Ingress" ]; spec.policyTypes = [ "Ingress" "Egress" ]; };
      resources."NetworkPolicy/a".spec.podSelector.matchLabels.tier = "web";
      deployments.web = { image = "web:1.0"; podLabels.tier = "web"; spec.replicas = 4; };
      resources."Deployment/web".spec.replicas = 5;
    }"#;
    let spec = json!({ "podSelector": { "matchLabels": { "tier": "web" } }, "policyTypes": ["Ingress", "Egress"] });
    makes(text, "NetworkPolicy", "a", json!({ "spec": spec }));
    let made = objects(text);
    assert_eq!(crate::support::configuration::find(&made, "Deployment", "web")["spec"]["replicas"], 5);
}
