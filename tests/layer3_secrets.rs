//! Where secrets come from and how they reach pods: whole files in, objects out, for both API versions of
//! External Secrets.

mod support;

use serde_json::{Value, json};
use support::compiled::{Mistake, Objects, Source, answers_each};

const SHOP: &str = r#"framework = { project = "shop"; namespace = "shop"; };"#;
const VAULT: &str = r#"framework.secrets.store.vault = { server = "https://vault.example.com"; role = "shop"; };"#;

/// Versions of External Secrets, and the API that each has.
const VERSIONS: [(&str, &str); 3] =
    [("0.9", "external-secrets.io/v1beta1"), ("0.17", "external-secrets.io/v1"), ("2.9", "external-secrets.io/v1")];

fn shop(body: &str) -> Source {
    Source::new(&format!("{SHOP}\n{body}"))
}

/// The objects for each version of External Secrets, all of whose kinds have its API version.
fn in_every_version(body: &str) -> Vec<Objects> {
    let compiled = VERSIONS.map(|(version, api)| {
        let objects = shop(&format!(r#"framework.addons.externalSecrets = "{version}"; {body}"#)).objects();
        for kind in ["ExternalSecret", "SecretStore", "ClusterSecretStore"] {
            for object in objects.of(kind) {
                assert_eq!(object["apiVersion"], api, "{version}");
            }
        }
        objects
    });
    Vec::from(compiled)
}

fn container<'a>(objects: &'a Objects, name: &str) -> &'a Value {
    &objects.pod(name)["containers"][0]
}

#[test]
fn a_shared_secret_is_made_once_and_used_by_many() {
    let body = format!(
        r#"{VAULT}
           secrets.database = {{ vaultPath = "shop/database"; secretKey = "password"; }};
           applications.web = {{ image = "web:1.0"; secrets.database.env.DB_PASSWORD = "password"; }};
           applications.api = {{ image = "api:1.0"; secrets.db = {{ from = "database"; mountPath = "/run/db"; }}; }};"#
    );
    for objects in in_every_version(&body) {
        assert_eq!(objects.of("ExternalSecret").len(), 1);
        assert_eq!(
            *objects.spec("ExternalSecret", "database"),
            json!({
                "refreshInterval": "1h",
                "secretStoreRef": { "kind": "SecretStore", "name": "vault" },
                "target": { "name": "database" },
                "data": [{ "secretKey": "password", "remoteRef": { "key": "shop/database", "property": "password" } }],
            })
        );
        assert_eq!(
            container(&objects, "web")["env"],
            json!([{ "name": "DB_PASSWORD", "valueFrom": { "secretKeyRef": { "name": "database", "key": "password" } } }])
        );
        let volumes = json!([{ "name": "secret-db", "secret": { "secretName": "database" } }]);
        assert_eq!(objects.pod("api")["volumes"], volumes);
        let mounts = json!([{ "name": "secret-db", "mountPath": "/run/db", "readOnly": true }]);
        assert_eq!(container(&objects, "api")["volumeMounts"], mounts);
        assert!(objects.of("Secret").is_empty());
    }
}

#[test]
fn what_the_store_calls_a_secret_may_be_said_in_many_ways() {
    let body = r#"framework.secrets.store = { name = "team"; kind = "ClusterSecretStore"; };
        framework.secrets.refreshInterval = "15m";
        secrets = {
          alone = { secretKey = "prod/db/password"; };
          renamed = { secretKey = "prod/db/password"; key = "DB_PASSWORD"; };
          whole = { vaultPath = "shop/all"; };
          several = { vaultPath = "shop/db"; keys = { user = "username"; password = { property = "pass"; version = "3"; }; other = { key = "shop/other"; decodingStrategy = "Base64"; }; }; };
          direct = { keys.token = "prod/token"; refreshInterval = "5m"; type = "kubernetes.io/basic-auth"; };
          elsewhere = { secretKey = "x"; secretStore = "other"; };
          local = { secretKey = "x"; secretStore = { name = "mine"; kind = "SecretStore"; }; };
        };"#;
    for objects in in_every_version(body) {
        let spec = |name: &str| objects.spec("ExternalSecret", name);
        let entry = |key: &str, remote: Value| json!({ "secretKey": key, "remoteRef": remote });
        assert_eq!(spec("alone")["data"], json!([entry("password", json!({ "key": "prod/db/password" }))]));
        assert_eq!(spec("alone")["secretStoreRef"], json!({ "kind": "ClusterSecretStore", "name": "team" }));
        assert_eq!(spec("alone")["refreshInterval"], "15m");
        assert_eq!(spec("renamed")["data"], json!([entry("DB_PASSWORD", json!({ "key": "prod/db/password" }))]));
        assert_eq!(spec("whole")["dataFrom"], json!([{ "extract": { "key": "shop/all" } }]));
        assert!(spec("whole").get("data").is_none());
        assert_eq!(
            spec("several")["data"],
            json!([
                entry("other", json!({ "key": "shop/other", "decodingStrategy": "Base64" })),
                entry("password", json!({ "key": "shop/db", "property": "pass", "version": "3" })),
                entry("user", json!({ "key": "shop/db", "property": "username" })),
            ])
        );
        assert_eq!(spec("direct")["data"], json!([entry("token", json!({ "key": "prod/token" }))]));
        assert_eq!(spec("direct")["refreshInterval"], "5m");
        assert_eq!(spec("direct")["target"]["template"], json!({ "type": "kubernetes.io/basic-auth" }));
        assert_eq!(spec("elsewhere")["secretStoreRef"]["name"], "other");
        assert_eq!(spec("local")["secretStoreRef"], json!({ "kind": "SecretStore", "name": "mine" }));
        assert!(objects.of("SecretStore").is_empty() && objects.of("ClusterSecretStore").is_empty());
    }
}

#[test]
fn an_application_has_secrets_of_its_own_and_those_of_the_cluster() {
    let body = format!(
        r#"{VAULT}
           applications.webShop = {{
             image = "web:1.0";
             secrets = {{
               apiKey = {{ vaultPath = "shop/keys"; env = true; envPrefix = "KEY_"; }};
               tls = {{ existing = "web-cert"; mountPath = "/tls"; optional = true; }};
             }};
           }};
           applications.job = {{ kind = "job"; image = "job:1.0"; secrets.token = {{ secretKey = "token"; mountPath = "/run/token"; }}; }};"#
    );
    for objects in in_every_version(&body) {
        let names: Vec<_> = objects.of("ExternalSecret").iter().map(|it| it["metadata"]["name"].clone()).collect();
        assert_eq!(names, ["job-token", "web-shop-api-key"]);
        assert_eq!(
            container(&objects, "web-shop")["envFrom"],
            json!([{ "secretRef": { "name": "web-shop-api-key" }, "prefix": "KEY_" }])
        );
        assert_eq!(
            objects.pod("web-shop")["volumes"],
            json!([{ "name": "secret-tls", "secret": { "secretName": "web-cert", "optional": true } }])
        );
        assert_eq!(objects.spec("Job", "job")["template"]["spec"]["volumes"][0]["secret"]["secretName"], "job-token");
    }
}

#[test]
fn every_provider_has_a_short_form() {
    let vault = json!({
        "server": "https://vault.example.com", "path": "kv", "version": "v2", "namespace": "team",
        "auth": { "kubernetes": { "mountPath": "kubernetes", "role": "shop", "serviceAccountRef": { "name": "shop" } } },
    });
    let token = json!({
        "server": "https://vault.example.com", "path": "secret", "version": "v1",
        "auth": { "tokenSecretRef": { "name": "vault", "key": "token" } },
    });
    let aws = json!({
        "service": "ParameterStore", "region": "eu-central-1", "role": "arn:aws:iam::1:role/shop",
        "auth": { "jwt": { "serviceAccountRef": { "name": "shop" } } },
    });
    let keys = json!({
        "service": "SecretsManager", "region": "eu-central-1",
        "auth": { "secretRef": {
            "accessKeyIDSecretRef": { "name": "aws", "key": "id" },
            "secretAccessKeySecretRef": { "name": "aws", "key": "secret" },
        } },
    });
    let gcp = json!({
        "projectID": "shop-1",
        "auth": { "workloadIdentity": {
            "clusterLocation": "europe-west3", "clusterName": "main", "serviceAccountRef": { "name": "shop" },
        } },
    });
    let azure = json!({
        "vaultUrl": "https://shop.vault.azure.net", "tenantId": "t-1", "authType": "WorkloadIdentity",
        "serviceAccountRef": { "name": "shop" },
    });
    let principal = json!({
        "vaultUrl": "https://shop.vault.azure.net", "tenantId": "t-1", "authType": "ServicePrincipal",
        "authSecretRef": { "clientId": { "name": "azure", "key": "id" }, "clientSecret": { "name": "azure", "key": "secret" } },
    });
    let kubernetes = json!({
        "remoteNamespace": "vaulted", "auth": { "serviceAccount": { "name": "reader" } },
        "server": { "caProvider": { "type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt" } },
    });
    let server = r#"server = "https://vault.example.com";"#;
    let cases: [(&str, String, &str, Value); 8] = [
        ("vault", format!(r#"{server} path = "kv"; namespace = "team"; role = "shop"; serviceAccount = "shop";"#), "vault", vault),
        ("vault", format!(r#"{server} version = "v1"; token = {{ name = "vault"; key = "token"; }};"#), "vault", token),
        (
            "aws",
            r#"service = "ParameterStore"; region = "eu-central-1"; role = "arn:aws:iam::1:role/shop"; serviceAccount = "shop";"#.into(),
            "aws",
            aws,
        ),
        (
            "aws",
            r#"region = "eu-central-1"; accessKey = { id = { name = "aws"; key = "id"; }; secret = { name = "aws"; key = "secret"; }; };"#.into(),
            "aws",
            keys,
        ),
        (
            "gcp",
            r#"project = "shop-1"; serviceAccount = "shop"; clusterName = "main"; clusterLocation = "europe-west3";"#.into(),
            "gcpsm",
            gcp,
        ),
        (
            "azure",
            r#"vaultUrl = "https://shop.vault.azure.net"; tenantId = "t-1"; serviceAccount = "shop";"#.into(),
            "azurekv",
            azure,
        ),
        (
            "azure",
            r#"vaultUrl = "https://shop.vault.azure.net"; tenantId = "t-1"; clientSecret = { id = { name = "azure"; key = "id"; }; secret = { name = "azure"; key = "secret"; }; };"#.into(),
            "azurekv",
            principal,
        ),
        ("kubernetes", r#"namespace = "vaulted"; serviceAccount = "reader";"#.into(), "kubernetes", kubernetes),
    ];
    for (option, said, provider, expected) in cases {
        let body = format!(r#"framework.secrets.store.{option} = {{ {said} }}; secrets.a.secretKey = "a";"#);
        for objects in in_every_version(&body) {
            assert_eq!(objects.spec("SecretStore", option)["provider"][provider], expected, "{said}");
        }
    }
}

#[test]
fn a_store_is_made_where_secrets_come_from_it() {
    let body = format!(
        r#"{VAULT}
           secrets.a = {{ secretKey = "a"; }};
           secrets.b = {{ secretKey = "b"; namespace = "data"; }};
           applications.c = {{ namespace = "jobs"; image = "c:1.0"; secrets.c = {{ secretKey = "c"; env = true; }}; }};"#
    );
    let objects = shop(&body).objects();
    let places: Vec<_> = objects.of("SecretStore").iter().map(|it| it["metadata"]["namespace"].clone()).collect();
    assert_eq!(places, ["data", "jobs", "shop"]);
    assert!(objects.of("SecretStore").iter().all(|it| it["metadata"]["name"] == "vault"));

    let objects = shop(&format!(r#"{body} framework.secrets.store.kind = "ClusterSecretStore";"#)).objects();
    assert_eq!(objects.of("ClusterSecretStore").len(), 1);
    assert!(objects.get("ClusterSecretStore", "vault")["metadata"].get("namespace").is_none());
    assert_eq!(objects.spec("ExternalSecret", "b")["secretStoreRef"]["kind"], "ClusterSecretStore");

    let unused = shop(VAULT).objects();
    assert!(unused.of("SecretStore").is_empty(), "nobody asks it");

    let own = shop(
        r#"secretStores.bank = { vault = { server = "https://bank.example.com"; auth.tokenSecretRef = { name = "t"; key = "t"; }; }; };
           secrets.a = { secretKey = "a"; secretStore = "bank"; };"#,
    );
    assert_eq!(
        own.objects().spec("ExternalSecret", "a")["secretStoreRef"],
        json!({ "kind": "SecretStore", "name": "bank" })
    );
}

#[test]
fn a_native_secret_holds_what_its_files_hold() {
    let objects = shop(
        r#"framework.secrets.backend = "native";
           secrets.database.values = { password = lib.secret.line ./password; };
           applications.web = { image = "web:1.0"; secrets.database.env.DB_PASSWORD = "password"; };"#,
    )
    .file("password", "s3cr3t\n")
    .objects();
    let secret = objects.get("Secret", "database");
    let written = &secret["stringData"]["password"];
    assert!(written == "s3cr3t" || secret["data"]["password"] == "czNjcjN0", "{secret}");
    assert!(objects.of("ExternalSecret").is_empty());
}

#[test]
fn options_of_layer_2_override_what_is_made() {
    let objects = shop(&format!(
        r#"{VAULT}
           secrets.database = {{ vaultPath = "shop/database"; secretKey = "password"; }};
           externalSecrets.database.creationPolicy = "Merge";
           externalSecrets.database.refreshInterval = "1m";"#
    ))
    .objects();
    let spec = objects.spec("ExternalSecret", "database");
    assert_eq!([&spec["target"]["creationPolicy"], &spec["refreshInterval"]], ["Merge", "1m"]);
}

/// Mistakes, each with its code, the words it points at, words of the message, and words of the hint.
const MISTAKES: &[Mistake] = &[
    (
        r#"applications.web = { image = "web:1.0"; secrets.databse.env = true; };"#,
        ["E0805", "databse", "the secret `databse`, which is not declared", "did you mean `database`?"],
    ),
    (
        r#"applications.web = { image = "web:1.0"; secrets.db = { from = "payments"; env = true; }; };"#,
        ["E0805", "\"payments\"", "the secret `payments`", "existing = \"payments\""],
    ),
    (
        r#"applications.web = { image = "web:1.0"; secrets.database.env.DB_PASSWORD = "pasword"; };"#,
        ["E0805", "\"pasword\"", "no key `pasword`", "did you mean `password`?"],
    ),
    (
        r#"applications.web = { image = "web:1.0"; secrets.database.from = "database"; };"#,
        ["E0706", "database", "neither as files nor", "mountPath"],
    ),
    (
        r#"applications.web = { image = "web:1.0"; secrets.database = { existing = "a"; secretKey = "b"; env = true; }; };"#,
        ["E0706", "\"a\"", "`existing` and values of its own", "keep one"],
    ),
    (
        r#"applications.web = { namespace = "elsewhere"; image = "web:1.0"; secrets.database.env = true; };"#,
        [
            "E0706",
            "database",
            "lives in `elsewhere`, and the secret `database` in `shop`",
            "where the secret comes from",
        ],
    ),
    (r#"secrets.lost = { };"#, ["E0706", "{ }", "does not say what the store calls it", "vaultPath"]),
    (
        r#"secrets.mixed = { values.a = lib.secret.file ./a; };"#,
        ["E0706", "values", "which asks a store", "sealed-secret"],
    ),
    (
        r#"secrets.mixed = { backend = "native"; secretKey = "a"; };"#,
        ["E0706", "\"a\"", "its backend is `native`", "external-secret"],
    ),
    (r#"secrets.empty.backend = "native";"#, ["E0706", "empty", "has no values", "lib.secret.file"]),
    (r#"secrets.odd.secretKey = "projects/a b";"#, ["E0706", "\"projects/a b\"", "cannot be a key", "key ="]),
    (r#"secrets.odd.keys.a.property = "x";"#, ["E0706", "a", "does not say what the store calls it", "`key`"]),
    (
        r#"secrets.open = { backend = "native"; values.a = lib.secret.file ./a; compliance = { level = "high"; owner = "a"; framework = "SOC2"; }; };"#,
        ["E0914", "\"native\"", "which the level `high` does not allow", "sealed-secret"],
    ),
    (r#"framework.secrets.store.aws.region = "eu-central-1";"#, ["E0706", "", "`aws`, `vault`", "keep one"]),
];

#[test]
fn each_mistake_is_answered_with_its_place_and_what_to_do() {
    let database = r#"secrets.database = { vaultPath = "shop/database"; secretKey = "password"; };"#;
    answers_each(MISTAKES, |body| shop(&format!("{VAULT}\n{database}\n{body}")));
}

#[test]
fn a_store_has_to_be_named_and_told_who_asks() {
    let error = shop(r#"secrets.a.secretKey = "a";"#).error();
    assert!(error.message.contains("comes from a store, and none is named"), "{error:?}");
    assert!(error.hint.contains("secretStore"), "{error:?}");

    let error =
        shop(r#"framework.secrets.store.vault.server = "https://vault.example.com"; secrets.a.secretKey = "a";"#)
            .error();
    assert!(error.message.contains("told who asks") && error.hint.contains("`role`"), "{error:?}");
}
