//! `externalSecrets`, `secretStores`, `serviceMonitors`, `policies`.

use serde_json::json;

use super::cases::{fails, makes};
use crate::support::configuration::{find, objects};

#[test]
fn external_secrets() {
    let text = r#"{
      secretStores.vault.vault = { server = "https://vault.example.com"; auth.tokenSecretRef = { name = "t"; key = "k"; }; };
      secretStores.shared = { cluster = true; aws.region = "eu-west-1"; };
      externalSecrets.db = {
        store = "vault"; type = "kubernetes.io/basic-auth"; secretName = "db-login"; creationPolicy = "Owner"; deletionPolicy = "Delete";
        data = { password = "shop/db"; username = { key = "shop/db"; property = "user"; version = "2"; }; };
        template.metadata.labels.a = "b";
      };
      externalSecrets.all = { store = "shared"; refreshInterval = "5m"; dataFrom = [ "shop/all" { find.name.regexp = "shop-.*"; } ]; };
      externalSecrets.other = { store.name = "platform"; data.a = "b"; spec.refreshInterval = "2h"; };
    }"#;
    makes(
        text,
        "ExternalSecret",
        "db",
        json!({ "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": { "name": "vault", "kind": "SecretStore" },
            "target": {
                "name": "db-login", "creationPolicy": "Owner", "deletionPolicy": "Delete",
                "template": { "type": "kubernetes.io/basic-auth", "metadata": { "labels": { "a": "b" } } },
            },
            "data": [
                { "secretKey": "password", "remoteRef": { "key": "shop/db" } },
                { "secretKey": "username", "remoteRef": { "key": "shop/db", "property": "user", "version": "2" } },
            ],
        } }),
    );
    makes(
        text,
        "ExternalSecret",
        "all",
        json!({ "spec": {
            "refreshInterval": "5m",
            "secretStoreRef": { "name": "shared", "kind": "ClusterSecretStore" },
            "target": { "name": "all" },
            "dataFrom": [{ "extract": { "key": "shop/all" } }, { "find": { "name": { "regexp": "shop-.*" } } }],
        } }),
    );
    let made = objects(text);
    let spec = &find(&made, "ExternalSecret", "other")["spec"];
    assert_eq!(spec["secretStoreRef"], json!({ "name": "platform", "kind": "ClusterSecretStore" }));
    assert_eq!(spec["refreshInterval"], "2h");
}

#[test]
fn stores() {
    let text = r#"{ secretStores = {
      a.vault = { server = "https://vault.example.com"; auth.tokenSecretRef = { name = "t"; key = "k"; }; };
      b.aws = { region = "eu-west-1"; service = "ParameterStore"; };
      c.gcp.projectID = "shop";
      d.azure.vaultUrl = "https://shop.vault.azure.net";
      e.kubernetes.remoteNamespace = "secrets";
      f.spec = { provider.fake.data = [ { key = "a"; value = "b"; } ]; refreshInterval = 60; };
    }; }"#;
    let auth = json!({ "tokenSecretRef": { "name": "t", "key": "k" } });
    for (name, provider) in [
        ("a", json!({ "vault": { "server": "https://vault.example.com", "version": "v2", "auth": auth } })),
        ("b", json!({ "aws": { "region": "eu-west-1", "service": "ParameterStore" } })),
        ("c", json!({ "gcpsm": { "projectID": "shop" } })),
        ("d", json!({ "azurekv": { "vaultUrl": "https://shop.vault.azure.net" } })),
        ("e", json!({ "kubernetes": { "remoteNamespace": "secrets" } })),
    ] {
        makes(text, "SecretStore", name, json!({ "spec": { "provider": provider } }));
    }
    let fake = json!({ "fake": { "data": [{ "key": "a", "value": "b" }] } });
    makes(text, "SecretStore", "f", json!({ "spec": { "provider": fake, "refreshInterval": 60 } }));
}

#[test]
fn secrets_from_nowhere() {
    let with = |entry: &str| format!(r#"{{ secretStores.vault.vault.server = "https://v.example.com"; {entry} }}"#);
    fails(
        &with(r#"externalSecrets.a = { store = "vualt"; data.a = "b"; };"#),
        "E0404",
        "\"vualt\"",
        "did you mean `vault`?",
    );
    fails(&with(r#"externalSecrets.a = { store = "vault"; };"#), "E0404", r#"{ store = "vault"; }"#, "write `data`");
    fails(&with(r#"secretStores.vault.aws.region = "eu-west-1";"#), "E0706", "aws", "a store of each");
    fails(&with("secretStores.b = { };"), "E0404", "{ }", "write `vault`");
}

#[test]
fn service_monitors() {
    let text = r#"{
      deployments.web = { image = "web:1.0"; namespace = "shop"; };
      services.web = {
        namespace = "shop"; ports = [ 80 { name = "metrics"; port = 9090; } ]; selector."app.kubernetes.io/name" = "web";
        labels = { "app.kubernetes.io/name" = "web"; tier = "front"; };
      };
      serviceMonitors.web = { service = "web"; port = 9090; interval = "30s"; scheme = "https"; };
      serviceMonitors.all = { selector.matchLabels.tier = "front"; port = "metrics"; path = "/m"; spec.jobLabel = "tier"; };
    }"#;
    makes(
        text,
        "ServiceMonitor",
        "web",
        json!({ "spec": {
            "selector": { "matchLabels": { "app.kubernetes.io/name": "web" } },
            "endpoints": [{ "port": "metrics", "path": "/metrics", "interval": "30s", "scheme": "https" }],
        } }),
    );
    makes(
        text,
        "ServiceMonitor",
        "all",
        json!({ "spec": {
            "selector": { "matchLabels": { "tier": "front" } }, "endpoints": [{ "port": "metrics", "path": "/m" }], "jobLabel": "tier",
        } }),
    );
    assert_eq!(
        find(&objects(text), "ServiceMonitor", "web")["metadata"]["namespace"],
        "shop",
        "where its Service lives"
    );
    fails(
        &text.replace(r#"service = "web"; port = 9090"#, r#"service = "web"; port = 9091"#),
        "E0404",
        "9091",
        "9090 (`metrics`)",
    );
    fails(&text.replace(r#"service = "web";"#, r#"service = "wbe";"#), "E0404", "\"wbe\"", "did you mean `web`?");
}

#[test]
fn policies_of_kyverno() {
    let text = r#"{
      policies.labels.spec.rules = [
        { name = "a"; match.any = [ { resources.kinds = [ "Pod" ]; } ]; validate = { message = "m"; pattern.metadata.labels.team = "?*"; }; }
      ];
      policies.local = {
        kind = "Policy"; namespace = "shop";
        spec.rules = [ { name = "a"; match.any = [ { resources.kinds = [ "Pod" ]; } ]; validate = { message = "m"; deny = { }; }; } ];
      };
      policies.cel = {
        kind = "ValidatingPolicy";
        spec = {
          matchConstraints.resourceRules = [ { apiGroups = [ "" ]; apiVersions = [ "v1" ]; resources = [ "pods" ]; operations = [ "CREATE" ]; } ];
          validations = [ { expression = "true"; } ];
        };
      };
    }"#;
    let made = objects(text);
    assert_eq!(
        find(&made, "ClusterPolicy", "labels")["spec"]["rules"][0]["validate"]["pattern"]["metadata"]["labels"]["team"],
        "?*"
    );
    assert_eq!(find(&made, "Policy", "local")["metadata"]["namespace"], "shop");
    let cel = find(&made, "ValidatingPolicy", "cel");
    assert_eq!(
        (&cel["apiVersion"], &cel["spec"]["validations"]),
        (&json!("policies.kyverno.io/v1"), &json!([{ "expression": "true" }]))
    );
}
