//! `serviceAccounts`, `roles`, `roleBindings`, `clusterRoles`, `clusterRoleBindings`.

use serde_json::json;

use super::cases::{fails, makes};
use crate::support::configuration::compile_with;

#[test]
fn service_accounts_and_roles() {
    let text = r#"{
      serviceAccounts.ci = { automountServiceAccountToken = false; imagePullSecrets = [ "registry" ]; };
      roles.reader.rules = [
        { resources = [ "pods" "pods/log" ]; verbs = [ "get" "list" ]; }
        { apiGroups = [ "apps" ]; resources = [ "deployments" ]; verbs = [ "patch" ]; resourceNames = [ "web" ]; }
      ];
      clusterRoles.metrics.rules = [ { nonResourceURLs = [ "/metrics" ]; verbs = [ "get" ]; } ];
      clusterRoles.all.aggregationRule.clusterRoleSelectors = [ { matchLabels.a = "b"; } ];
      resources."Role/reader".rules = [ { apiGroups = [ "" ]; resources = [ "secrets" ]; verbs = [ "get" ]; } ];
      roles.kept.rules = [ { resources = [ "pods" ]; verbs = [ "get" ]; } ];
    }"#;
    makes(
        text,
        "ServiceAccount",
        "ci",
        json!({ "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "registry" }] }),
    );
    // Rules have no keys: the user's take the place of the entry's.
    makes(
        text,
        "Role",
        "reader",
        json!({ "rules": [{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }] }),
    );
    makes(text, "Role", "kept", json!({ "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }] }));
    makes(text, "ClusterRole", "metrics", json!({ "rules": [{ "nonResourceURLs": ["/metrics"], "verbs": ["get"] }] }));
    makes(
        text,
        "ClusterRole",
        "all",
        json!({ "aggregationRule": { "clusterRoleSelectors": [{ "matchLabels": { "a": "b" } }] } }),
    );
}

#[test]
fn bindings() {
    let text = r#"{
      framework.namespace = "shop";
      roles.podReader.rules = [ ];
      clusterRoles.nodes.rules = [ ];
      roleBindings.a = { role = "podReader"; subjects = [ "ci" "tools/ci" { name = "more"; } { kind = "Group"; name = "devs"; } ]; };
      roleBindings.b = { clusterRole = "view"; subjects = [ { kind = "User"; name = "ada"; } ]; };
      roleBindings.c = { clusterRole = "nodes"; subjects = [ "ci" ]; };
      clusterRoleBindings.d = { clusterRole = "nodes"; subjects = [ "ci" ]; };
    }"#;
    let account =
        |name: &str, namespace: &str| json!({ "kind": "ServiceAccount", "name": name, "namespace": namespace });
    let other = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "apiGroup": "rbac.authorization.k8s.io" });
    makes(
        text,
        "RoleBinding",
        "a",
        json!({
            "roleRef": other("Role", "pod-reader"),
            "subjects": [account("ci", "shop"), account("ci", "tools"), account("more", "shop"), other("Group", "devs")],
        }),
    );
    makes(
        text,
        "RoleBinding",
        "b",
        json!({ "roleRef": other("ClusterRole", "view"), "subjects": [other("User", "ada")] }),
    );
    for (kind, name) in [("RoleBinding", "c"), ("ClusterRoleBinding", "d")] {
        makes(
            text,
            kind,
            name,
            json!({ "roleRef": other("ClusterRole", "nodes"), "subjects": [account("ci", "shop")] }),
        );
    }
}

#[test]
fn bindings_that_bind_nothing() {
    let with = |entry: &str| {
        format!(r#"{{ roles.reader.rules = [ ]; roleBindings.a = {{ subjects = [ "ci" ]; {entry} }}; }}"#)
    };
    fails(&with(r#"role = "raeder";"#), "E0404", "\"raeder\"", "did you mean `reader`?");
    fails(&with(r#"role = "reader"; namespace = "other";"#), "E0404", "\"reader\"", "");
    fails(&with(r#"role = "reader"; clusterRole = "view";"#), "E0706", "\"view\"", "second binding");
    fails(&with(""), "E0404", r#"{ subjects = [ "ci" ];  }"#, "write `role`");
}

#[test]
fn a_cluster_role_that_is_not_known_is_told_where_it_looks_like_a_slip() {
    let check = |name: &str| {
        let text = format!(r#"{{ roleBindings.a = {{ clusterRole = "{name}"; subjects = [ "ci" ]; }}; }}"#);
        compile_with(&text, &["--deny-warnings"])
    };
    assert!(check("view").is_ok() && check("operator-of-somebody-else").is_ok());
    let found = check("veiw").expect_err("it is told");
    assert_eq!((&found[0]["code"], &found[0]["hint"]), (&json!("W0501"), &json!("did you mean `view`?")));
}
