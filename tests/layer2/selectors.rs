//! Selectors that match no pod.

use serde_json::Value;

use crate::support::configuration::{compile_with, pointed};

/// The warnings of a text, each with the words it points at and its hint.
fn warnings(text: &str) -> Vec<(String, String)> {
    let Err(found) = compile_with(text, &["--deny-warnings"]) else { return Vec::new() };
    let word = |value: &Value| value.as_str().unwrap_or_default().to_string();
    assert!(found.iter().all(|finding| finding["code"] == "W0705"), "{found:#?}");
    found.iter().map(|finding| (pointed(text, finding).to_string(), word(&finding["hint"]))).collect()
}

const PODS: &str = r#"
  deployments.web = { image = "web:1.0"; podLabels.tier = "front"; };
  cronJobs.night = { image = "night:1.0"; schedule = "@daily"; namespace = "batch"; };
"#;

#[test]
fn what_matches_is_not_told() {
    let entries = [
        r#"services.a = { ports = [ 80 ]; selector.tier = "front"; };"#,
        r#"services.a = { ports = [ 80 ]; };"#,
        r#"services.a = { namespace = "batch"; ports = [ 80 ]; selector."app.kubernetes.io/name" = "night"; };"#,
        r#"networkPolicies.a = { namespace = "empty"; policyTypes = [ "Ingress" ]; };"#,
        r#"networkPolicies.a = { podSelector.matchExpressions = [ { key = "tier"; operator = "In"; values = [ "front" "back" ]; } ]; };"#,
        r#"resources.pod = { kind = "Pod"; metadata = { name = "a"; labels.x = "y"; }; spec.containers = [ { name = "a"; image = "a:1.0"; } ]; };
           podDisruptionBudgets.a.selector.matchLabels.x = "y";"#,
        // Kinds that are not Kubernetes' own make pods as well.
        r#"framework.opaqueKinds = [ "example.com/v1/Rollout" ];
           resources.roll = {
             apiVersion = "example.com/v1"; kind = "Rollout"; metadata.name = "a";
             spec.template = { metadata.labels.x = "y"; spec.containers = [ { name = "a"; image = "a:1.0"; } ]; };
           };
           services.a = { ports = [ 80 ]; selector.x = "y"; };"#,
    ];
    for entry in entries {
        assert_eq!(warnings(&format!("{{ {PODS} {entry} }}")), [], "{entry}");
    }
}

#[test]
fn what_matches_nothing_is_told_with_what_may_have_been_meant() {
    let name = r#""app.kubernetes.io/name""#;
    let cases = [
        (format!(r#"services.a = {{ ports = [ 80 ]; selector.{name} = "wbe"; }};"#), r#""wbe""#, "`app.kubernetes.io/name: web`, as the pods of Deployment web have?"),
        (r#"services.a = { ports = [ 80 ]; selector.teir = "front"; };"#.into(), r#""front""#, "did you mean the label `tier`?"),
        (format!(r#"services.a = {{ ports = [ 80 ]; selector.{name} = "night"; }};"#), r#""night""#, "the pods of CronJob batch/night match"),
        (r#"services.a = { namespace = "none"; ports = [ 80 ]; selector.x = "y"; };"#.into(), r#""y""#, "no pods are made in the namespace `none`"),
        (
            r#"podDisruptionBudgets.a.selector.matchLabels = { tier = "front"; size = "xl"; };"#.into(),
            r#""xl""#,
            "have `app.kubernetes.io/name: web`, `tier: front`",
        ),
        (
            r#"networkPolicies.a.podSelector = { matchExpressions = [ { key = "tier"; operator = "DoesNotExist"; } ]; };"#.into(),
            r#"{ matchExpressions = [ { key = "tier"; operator = "DoesNotExist"; } ]; }"#,
            "the pods of CronJob batch/night match",
        ),
    ];
    for (entry, place, hint) in cases {
        let found = warnings(&format!("{{ {PODS} {entry} }}"));
        let [(at, help)] = found.as_slice() else { panic!("{entry}\nhas not one warning: {found:#?}") };
        assert_eq!(at, place, "{entry}");
        assert!(help.contains(hint), "{entry}\nhelps with {help:?}");
    }
}
