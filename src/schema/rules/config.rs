//! ConfigMaps and Secrets.

use super::Rules;
use super::constraint::Format;
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// A ConfigMap: keys that can be file names, each once.
pub fn config_map(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    keys(at, &["data", "binaryData"], rules);
    size(at, rules);
    let binary = at.get("binaryData");
    for (key, value) in at.entries_of("data") {
        if binary.as_ref().is_some_and(|binary| binary.map().is_some_and(|map| map.get(key).is_some())) {
            rules
                .report
                .at_key(&value, Code::DuplicateListKey, format!("{key:?} is in both `data` and `binaryData`"))
                .hint = Some("keep it in one of them".to_owned());
        }
    }
}

/// The most bytes that the data of a ConfigMap or Secret may take together.
const MOST_BYTES: usize = 1024 * 1024;

fn size(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let text = |map: &str| at.entries_of(map).iter().filter_map(|(_, value)| Some(value.str()?.len())).sum::<usize>();
    // Base 64 takes four bytes for three.
    let (plain, encoded) = if rules.kind.kind == "Secret" { ("stringData", "data") } else { ("data", "binaryData") };
    let bytes = text(plain) + text(encoded) / 4 * 3;
    if let (true, Some(data)) = (bytes > MOST_BYTES, at.get(plain).or_else(|| at.get(encoded))) {
        rules
            .at(
                &data,
                Code::ValueOutOfRange,
                format!("the data has about {bytes} bytes, and at most {MOST_BYTES} are allowed"),
            )
            .hint = Some("split it up, or keep it in a volume".to_owned());
    }
}

/// A Secret: keys that can be file names, and those that its type promises.
pub fn secret(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    keys(at, &["data", "stringData"], rules);
    size(at, rules);
    let token = at.str_of("type") == Some("kubernetes.io/service-account-token");
    let account =
        at.at(&["metadata", "annotations"]).is_some_and(|map| !map.is_empty_at("kubernetes.io/service-account.name"));
    if token && !account {
        rules.report.missing(
            at,
            "metadata.annotations",
            "a token is of the account in the annotation `kubernetes.io/service-account.name`",
        );
    }
    let has = |key: &str| {
        ["data", "stringData"]
            .iter()
            .any(|map| at.get(map).is_some_and(|map| map.map().is_none_or(|map| map.get(key).is_some())))
    };
    let kind = at.str_of("type").unwrap_or_default();
    if kind == "kubernetes.io/dockerconfigjson" {
        docker_config(at, rules);
    }
    for key in missing_keys(kind, has) {
        rules.report.missing(at, key, format!("a secret of the type `{kind}` has the key `{key}`"));
    }
}

/// The keys that a Secret of this type needs, and does not have.
pub fn missing_keys(kind: &str, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let needed: &[&str] = match kind {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        // One of the two is enough.
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => &["username"],
        _ => &[],
    };
    needed.iter().copied().filter(|key| !has(key)).collect()
}

/// The configuration of a registry's client is JSON. Nothing of it is repeated in the message.
fn docker_config(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let plain = at.at(&["stringData", ".dockerconfigjson"]);
    let Some(value) = plain.clone().or_else(|| at.at(&["data", ".dockerconfigjson"])) else { return };
    let bytes = match value.str() {
        Some(text) if plain.is_some() => Some(text.as_bytes().to_vec()),
        Some(text) => formats::decode_base64(text),
        None => None,
    };
    if bytes.is_some_and(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_err()) {
        rules.at(&value, Code::BadFormat, "`.dockerconfigjson` is not JSON").hint =
            Some("give the text of a `config.json` of Docker".to_owned());
    }
}

fn keys(at: &Cursor<'_>, maps: &[&str], rules: &mut Rules<'_>) {
    for (key, value) in maps.iter().flat_map(|map| at.entries_of(map)) {
        if !Format::ConfigKey.fits(key) {
            rules.report.at_key(&value, Code::BadName, format!("{key:?} cannot be a key")).hint =
                Some("write letters, digits, `-`, `_` and `.`".to_owned());
        }
    }
}
