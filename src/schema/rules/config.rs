//! ConfigMaps and Secrets.

use super::Rules;
use super::constraint::Format;
use crate::diag::Code;
use crate::schema::validate::Cursor;

/// A ConfigMap: keys that can be file names, each once.
pub fn config_map(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    keys(at, &["data", "binaryData"], rules);
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

/// A Secret: keys that can be file names, and those that its type promises.
pub fn secret(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    keys(at, &["data"], rules);
    let has = |key: &str| {
        ["data", "stringData"]
            .iter()
            .any(|map| at.get(map).is_some_and(|map| map.map().is_none_or(|map| map.get(key).is_some())))
    };
    let needed: &[&str] = match at.str_of("type").unwrap_or("Opaque") {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        // One of the two is enough.
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => &["username"],
        _ => &[],
    };
    let kind = at.str_of("type").unwrap_or_default();
    for key in needed.iter().filter(|key| !has(key)) {
        rules.report.missing(at, key, format!("a secret of the type `{kind}` has the key `{key}`"));
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
