//! `configMaps`, `nativeSecrets`, claims, budgets, autoscalers, quotas, ranges and priorities.

use serde_json::json;

use super::cases::{fails, makes};
use crate::support::configuration::{find, objects};

#[test]
fn config_maps() {
    let text = r#"{
      configMaps.a = { data."a.conf" = "x = 1\n"; binaryData.b = "AAE="; immutable = true; };
      resources."ConfigMap/a".data."b.conf" = "y";
    }"#;
    makes(
        text,
        "ConfigMap",
        "a",
        json!({ "data": { "a.conf": "x = 1\n", "b.conf": "y" }, "binaryData": { "b": "AAE=" }, "immutable": true }),
    );
}

#[test]
fn native_secrets_take_secrets_and_nothing_else() {
    let text = r#"{ lib, ... }: {
      nativeSecrets.a = { type = "Opaque"; immutable = true; stringData.url = lib.secret.concat [ "x" (lib.secret.file ./main.nxk) ]; };
    }"#;
    let made = objects(text);
    let secret = find(&made, "Secret", "a");
    assert_eq!((&secret["type"], &secret["immutable"]), (&json!("Opaque"), &json!(true)));
    assert!(secret["stringData"]["url"].is_string());
    fails(r#"{ nativeSecrets.a.stringData.password = "hunter2"; }"#, "E0301", "\"hunter2\"", "");
}

#[test]
fn claims_of_volumes() {
    let text = r#"{
      persistentVolumeClaims.a.size = "1Gi";
      persistentVolumeClaims.b = {
        size = "2Gi"; storageClass = "fast"; accessModes = [ "ReadWriteMany" ]; volumeMode = "Block"; spec.volumeName = "disk";
      };
      resources."PersistentVolumeClaim/a".spec.resources.requests.storage = "3Gi";
    }"#;
    makes(
        text,
        "PersistentVolumeClaim",
        "a",
        json!({ "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "3Gi" } } } }),
    );
    makes(
        text,
        "PersistentVolumeClaim",
        "b",
        json!({ "spec": {
            "accessModes": ["ReadWriteMany"], "storageClassName": "fast", "volumeMode": "Block", "volumeName": "disk",
            "resources": { "requests": { "storage": "2Gi" } },
        } }),
    );
}

/// Three workloads, of which one lives elsewhere.
const TARGETS: &str = r#"
  deployments.webShop.image = "web:1.0";
  statefulSets.db = { image = "db:1.0"; namespace = "data"; };
  daemonSets.log.image = "log:1.0";
"#;

#[test]
fn disruption_budgets() {
    let text = format!(
        r#"{{ {TARGETS}
      podDisruptionBudgets.a.target = "webShop";
      podDisruptionBudgets.b = {{ target = "web-shop"; minAvailable = "50%"; unhealthyPodEvictionPolicy = "AlwaysAllow"; }};
      podDisruptionBudgets.c = {{ target = "db"; maxUnavailable = 2; }};
      podDisruptionBudgets.d = {{ selector.matchLabels."app.kubernetes.io/name" = "log"; spec.maxUnavailable = 3; }};
    }}"#
    );
    let budget = |name: &str, more: serde_json::Value| {
        let mut spec = more;
        spec["selector"] = json!({ "matchLabels": { "app.kubernetes.io/name": name } });
        json!({ "spec": spec })
    };
    makes(&text, "PodDisruptionBudget", "a", budget("web-shop", json!({ "maxUnavailable": 1 })));
    let expected = budget("web-shop", json!({ "minAvailable": "50%", "unhealthyPodEvictionPolicy": "AlwaysAllow" }));
    makes(&text, "PodDisruptionBudget", "b", expected);
    makes(&text, "PodDisruptionBudget", "c", budget("db", json!({ "maxUnavailable": 2 })));
    makes(&text, "PodDisruptionBudget", "d", budget("log", json!({ "maxUnavailable": 3 })));
    let made = objects(&text);
    assert_eq!(find(&made, "PodDisruptionBudget", "c")["metadata"]["namespace"], "data", "where its target lives");
}

#[test]
fn autoscalers() {
    let text = format!(
        r#"{{ {TARGETS}
      horizontalPodAutoscalers.a = {{ target = "webShop"; max = 3; }};
      horizontalPodAutoscalers.b = {{
        target = "db"; min = 2; max = 5; cpu = 70; memory = "500Mi"; behavior.scaleDown.stabilizationWindowSeconds = 60;
        metrics = [ {{ type = "Pods"; pods = {{ metric.name = "queue"; target = {{ type = "AverageValue"; averageValue = "10"; }}; }}; }} ];
      }};
      horizontalPodAutoscalers.c = {{
        target = {{ apiVersion = "argoproj.io/v1alpha1"; kind = "Rollout"; name = "web"; }}; max = 3; memory = "80%"; spec.minReplicas = 2;
      }};
      resources."HorizontalPodAutoscaler/a".spec.maxReplicas = 9;
    }}"#
    );
    let share = |name: &str, percent: u32| json!({ "type": "Resource", "resource": { "name": name, "target": { "type": "Utilization", "averageUtilization": percent } } });
    let target = |kind: &str, name: &str| json!({ "apiVersion": "apps/v1", "kind": kind, "name": name });
    makes(
        &text,
        "HorizontalPodAutoscaler",
        "a",
        json!({ "spec": {
            "scaleTargetRef": target("Deployment", "web-shop"), "minReplicas": 1, "maxReplicas": 9, "metrics": [share("cpu", 80)],
        } }),
    );
    makes(
        &text,
        "HorizontalPodAutoscaler",
        "b",
        json!({ "spec": {
            "scaleTargetRef": target("StatefulSet", "db"), "minReplicas": 2, "maxReplicas": 5,
            "behavior": { "scaleDown": { "stabilizationWindowSeconds": 60 } },
            "metrics": [
                share("cpu", 70),
                { "type": "Resource", "resource": { "name": "memory", "target": { "type": "AverageValue", "averageValue": "500Mi" } } },
                { "type": "Pods", "pods": { "metric": { "name": "queue" }, "target": { "type": "AverageValue", "averageValue": "10" } } },
            ],
        } }),
    );
    let rollout = json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web" });
    makes(
        &text,
        "HorizontalPodAutoscaler",
        "c",
        json!({ "spec": { "scaleTargetRef": rollout, "minReplicas": 2, "maxReplicas": 3, "metrics": [share("memory", 80)] } }),
    );
}

#[test]
fn budgets_and_autoscalers_that_cannot_hold() {
    let with = |entry: &str| format!("{{ {TARGETS} {entry} }}");
    let budget = |entry: &str| with(&format!("podDisruptionBudgets.a = {{ {entry} }};"));
    let autoscaler = |entry: &str| with(&format!("horizontalPodAutoscalers.a = {{ {entry} }};"));
    fails(&budget(r#"target = "web-shpo";"#), "E0404", "\"web-shpo\"", "did you mean `webShop`?");
    fails(&budget(r#"target = "webShop"; minAvailable = 1; maxUnavailable = 2;"#), "E0706", "2", "one of the two");
    let both = r#"target = "log"; selector.matchLabels."app.kubernetes.io/name" = "log";"#;
    fails(&budget(both), "E0706", "selector", "`target`");
    fails(&budget("minAvailable = 1;"), "E0404", "{ minAvailable = 1; }", "write `target`");
    fails(
        &autoscaler(r#"target = "log"; max = 3;"#),
        "E0404",
        "\"log\"",
        "declare `deployments.log` or `statefulSets.log`",
    );
    fails(&autoscaler(r#"target = "db"; min = 4; max = 3;"#), "E0706", "4", "raise `max`");
    fails(&autoscaler(r#"target = "db";"#), "E0303", "a", "max");
}

#[test]
fn quotas_ranges_and_priorities() {
    let text = r#"{
      resourceQuotas.a = { hard = { pods = 10; "requests.cpu" = "4"; }; scopes = [ "NotTerminating" ]; };
      resourceQuotas.b = { hard.pods = 1; scopeSelector.matchExpressions = [ { scopeName = "PriorityClass"; operator = "In"; values = [ "high" ]; } ]; };
      limitRanges.a = {
        container = { default.cpu = "1"; defaultRequest.cpu = "100m"; max.memory = "1Gi"; };
        pod.max.cpu = "4"; persistentVolumeClaim.min.storage = "1Gi";
        limits = [ { type = "openshift.io/Image"; max.storage = "1Gi"; } ];
      };
      priorityClasses.high = { value = 1000; globalDefault = false; preemptionPolicy = "Never"; description = "for what matters"; };
      resources."ResourceQuota/a".spec.hard."limits.cpu" = 5;
    }"#;
    makes(
        text,
        "ResourceQuota",
        "a",
        json!({ "spec": { "hard": { "pods": 10, "requests.cpu": "4", "limits.cpu": 5 }, "scopes": ["NotTerminating"] } }),
    );
    let scope = json!({ "matchExpressions": [{ "scopeName": "PriorityClass", "operator": "In", "values": ["high"] }] });
    makes(text, "ResourceQuota", "b", json!({ "spec": { "hard": { "pods": 1 }, "scopeSelector": scope } }));
    makes(
        text,
        "LimitRange",
        "a",
        json!({ "spec": { "limits": [
            { "type": "Container", "default": { "cpu": "1" }, "defaultRequest": { "cpu": "100m" }, "max": { "memory": "1Gi" } },
            { "type": "PersistentVolumeClaim", "min": { "storage": "1Gi" } },
            { "type": "Pod", "max": { "cpu": "4" } },
            { "type": "openshift.io/Image", "max": { "storage": "1Gi" } },
        ] } }),
    );
    makes(
        text,
        "PriorityClass",
        "high",
        json!({ "value": 1000, "globalDefault": false, "preemptionPolicy": "Never", "description": "for what matters" }),
    );
}
