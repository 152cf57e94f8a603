//! Stores of External Secrets: from the provider of a SecretStore to its short form in `framework.secrets.store`.

use crate::import::parts::{Fields, Parts, map_node};
use crate::node::Node;

/// Says in short what a provider has.
type Short = fn(&mut Parts) -> Option<Fields>;

/// What providers are called in a SecretStore, and in the short form.
const PROVIDERS: [(&str, &str, Short); 5] = [
    ("vault", "vault", vault),
    ("aws", "aws", aws),
    ("gcpsm", "gcp", gcp),
    ("azurekv", "azure", azure),
    ("kubernetes", "kubernetes", kubernetes),
];

/// The provider, and what is said of it; `None` where it says something that has no short form.
pub(super) fn provider(store: &Node) -> Option<(&'static str, Node)> {
    let mut spec = Parts::of(store.get("spec")?.clone())?;
    let mut all = spec.map("provider")?;
    let said = PROVIDERS.into_iter().find_map(|(key, name, short)| {
        let mut given = Parts::of(all.take(key)?)?;
        let fields = short(&mut given)?;
        given.is_empty().then(|| (name, map_node(fields.0)))
    });
    said.filter(|_| all.is_empty() && spec.is_empty())
}

fn vault(it: &mut Parts) -> Option<Fields> {
    let mut fields = Fields::default();
    fields.pass(it, &["server"]);
    unless_usual(&mut fields, it, "path", "secret");
    unless_usual(&mut fields, it, "version", "v2");
    fields.pass(it, &["namespace"]);
    let mut auth = it.map("auth")?;
    match auth.take("tokenSecretRef") {
        Some(token) => fields.put("token", token),
        None => {
            let mut login = auth.map("kubernetes")?;
            fields.pass(&mut login, &["role"]);
            unless_usual(&mut fields, &mut login, "mountPath", "kubernetes");
            account(&mut fields, &mut login, "serviceAccountRef");
            login.is_empty().then_some(())?;
        }
    }
    fields.pass(it, &["caBundle"]);
    auth.is_empty().then_some(fields)
}

fn aws(it: &mut Parts) -> Option<Fields> {
    let mut fields = Fields::default();
    unless_usual(&mut fields, it, "service", "SecretsManager");
    fields.pass(it, &["region", "role"]);
    let mut auth = it.map("auth")?;
    let mut token = auth.map("jwt")?;
    account(&mut fields, &mut token, "serviceAccountRef");
    let mut keys = auth.map("secretRef")?;
    pair(&mut fields, "accessKey", &mut keys, ["accessKeyIDSecretRef", "secretAccessKeySecretRef"]);
    (auth.is_empty() && token.is_empty() && keys.is_empty()).then_some(fields)
}

fn gcp(it: &mut Parts) -> Option<Fields> {
    let mut fields = Fields::default();
    fields.pass_as(it, "projectID", "project");
    let mut auth = it.map("auth")?;
    let mut identity = auth.map("workloadIdentity")?;
    account(&mut fields, &mut identity, "serviceAccountRef");
    fields.pass(&mut identity, &["clusterName", "clusterLocation"]);
    let mut keys = auth.map("secretRef")?;
    fields.pass_as(&mut keys, "secretAccessKeySecretRef", "credentials");
    (auth.is_empty() && identity.is_empty() && keys.is_empty()).then_some(fields)
}

fn azure(it: &mut Parts) -> Option<Fields> {
    let mut fields = Fields::default();
    fields.pass(it, &["vaultUrl", "tenantId", "identityId"]);
    let kind = it.text("authType")?;
    match kind.as_str() {
        "ServicePrincipal" => {
            let mut keys = it.map("authSecretRef")?;
            pair(&mut fields, "clientSecret", &mut keys, ["clientId", "clientSecret"]);
            keys.is_empty().then_some(())?;
        }
        "WorkloadIdentity" => account(&mut fields, it, "serviceAccountRef"),
        _ => {}
    }
    Some(fields)
}

fn kubernetes(it: &mut Parts) -> Option<Fields> {
    let mut fields = Fields::default();
    fields.pass_as(it, "remoteNamespace", "namespace");
    let mut auth = it.map("auth")?;
    account(&mut fields, &mut auth, "serviceAccount");
    let mut server = it.map("server")?;
    fields.pass_as(&mut server, "url", "server");
    fields.pass(&mut server, &["caBundle"]);
    // That of every namespace is meant where none is named.
    server.take("caProvider");
    (auth.is_empty() && server.is_empty()).then_some(fields)
}

fn unless_usual(fields: &mut Fields, parts: &mut Parts, key: &str, usual: &str) {
    fields.put(key, parts.take(key).filter(|value| value.as_str() != Some(usual)));
}

/// A service account by its name alone, if it has no more.
fn account(fields: &mut Fields, parts: &mut Parts, key: &str) {
    let Some(given) = parts.take(key) else { return };
    let alone = given.as_map().is_some_and(|map| map.fields.len() == 1);
    let name = given.get("name").filter(|_| alone).cloned();
    fields.put("serviceAccount", name.unwrap_or(given));
}

/// Two keys of Secrets, which belong together.
fn pair(fields: &mut Fields, option: &str, parts: &mut Parts, keys: [&str; 2]) {
    let mut both = Fields::default();
    both.pass_as(parts, keys[0], "id");
    both.pass_as(parts, keys[1], "secret");
    fields.put_map(option, both.0);
}
