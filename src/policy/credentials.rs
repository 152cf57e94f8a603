//! Credentials that stand in the source in plain text.
//!
//! Three things give a text away: a form that only credentials have (a private key, a token with its issuer's
//! prefix, a URL with a password in it), a name that says so (`DB_PASSWORD`), and, under a name that might say so
//! (`SIGNING_KEY`), a text as random as only keys are. What merely *names* a credential (`DB_PASSWORD_FILE`,
//! `TOKEN_URL`), refers to one (`$(DB_PASSWORD)`, `/run/secrets/db`) or stands in for one (`<password>`) is none.

use crate::layers::Object;
use crate::node::{Field, Node};
use crate::policy::compliance::Pod;
use crate::source::Span;

/// A credential in an object.
pub struct Found {
    /// Where in the object.
    pub path: String,
    /// Where it was written.
    pub span: Span,
    /// What it looks like, in words: "an AWS access key". Never the text itself.
    pub what: String,
}

/// The credentials that an object carries in plain text: in environment variables, commands and arguments, in
/// ConfigMaps and annotations, and in Secrets, where whatever is written out is one.
pub fn find(object: &Object) -> Vec<Found> {
    let mut found = Vec::new();
    match object.kind() {
        "Secret" if object.api_version() == "v1" => in_secret(object, &mut found),
        "ConfigMap" => {
            for (field, path) in fields(&object.node, "data") {
                in_file(field, path, &mut found);
            }
        }
        _ => {}
    }
    for (field, path) in object.node.get("metadata").into_iter().flat_map(|metadata| fields(metadata, "annotations")) {
        note(&field.key, &field.value, || format!("metadata.{path}"), &mut found);
    }
    for container in Pod::of(object).into_iter().flat_map(Pod::containers) {
        let list = |key: &str| container.node.get(key).and_then(Node::as_list).unwrap_or_default();
        for (at, variable) in list("env").iter().enumerate() {
            let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) else { continue };
            let path = || format!("{}.env[{at}].value", container.path());
            note(name.as_str().unwrap_or_default(), value, path, &mut found);
        }
        for key in ["command", "args"] {
            in_arguments(list(key), |at| format!("{}.{key}[{at}]", container.path()), &mut found);
        }
    }
    found
}

/// Whether a text under this name is a credential, and what it looks like.
pub fn suspicion(name: &str, value: &str) -> Option<String> {
    if let Some(form) = known_form(value) {
        return Some(form.to_string());
    }
    let value = value.trim();
    if value.is_empty() || is_reference(value) {
        return None;
    }
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    if DESCRIBES.contains(&last) {
        return None;
    }
    if says_secret(&words) && !is_plain_word(value) {
        return Some(format!("a value for `{name}`"));
    }
    let might = words.iter().any(|word| MIGHT_SAY.contains(&word.as_str()));
    (might && is_random(value)).then(|| format!("a key for `{name}`"))
}

/// Everything that is written out in a Secret, apart from what is public: certificates, who one is and where the other
/// side is. Of a URL that is kept in base 64, it cannot be told whether there is a password in it.
fn in_secret(object: &Object, found: &mut Vec<Found>) {
    const PUBLIC: &[&str] = &["username", "user", "email", "host", "hostname", "port", "database", "region"];
    for part in ["data", "stringData"] {
        for (field, path) in fields(&object.node, part) {
            let name = field.key.to_ascii_lowercase();
            let is_address = part == "stringData" && matches!(name.as_str(), "url" | "uri" | "endpoint");
            let is_public = |text: &str| {
                let named = name.ends_with(".crt") || PUBLIC.contains(&name.as_str()) || is_address;
                named && known_form(text).is_none()
            };
            if field.value.as_str().is_some_and(|text| !text.is_empty() && !is_public(text)) {
                let what = format!("a value for `{}`", field.key);
                found.push(Found { path, span: field.value.span, what });
            }
        }
    }
}

/// A file of a ConfigMap: as a whole under its name, or one of its lines `name = value` or `name: value`.
fn in_file(field: &Field, path: String, found: &mut Vec<Found>) {
    let Some(text) = field.value.as_str() else { return };
    if !text.contains('\n') && !text.contains(['=', ':']) {
        return note(&field.key, &field.value, || path, found);
    }
    let of_line = |line: &str| {
        let line = line.trim();
        if line.starts_with(['#', ';']) || line.starts_with("//") {
            return None;
        }
        let (name, value) = line.split_once(['=', ':']).unwrap_or(("", line));
        let bare = |text: &str| text.trim().trim_end_matches(',').trim_matches(['"', '\'', ' ']).to_string();
        suspicion(&bare(name), &bare(value)).or_else(|| known_form(line).map(str::to_string))
    };
    if let Some(what) = text.lines().find_map(of_line) {
        found.push(Found { path, span: field.value.span, what });
    }
}

/// `--password=…`, `--password …`, and whatever has a known form.
fn in_arguments(list: &[Node], path: impl Fn(usize) -> String, found: &mut Vec<Found>) {
    for (at, argument) in list.iter().enumerate() {
        let Some(text) = argument.as_str() else { continue };
        let flag = |text: &str| text.trim_start_matches('-').to_string();
        let what = match text.split_once('=').filter(|(name, _)| name.starts_with('-')) {
            Some((name, value)) => suspicion(&flag(name), value),
            None => {
                let before = at.checked_sub(1).and_then(|before| list[before].as_str());
                let named = before.filter(|before| before.starts_with("--") && !before.contains('='));
                let named = named.filter(|_| !text.starts_with('-'));
                named.and_then(|name| suspicion(&flag(name), text)).or_else(|| known_form(text).map(str::to_string))
            }
        };
        found.extend(what.map(|what| Found { path: path(at), span: argument.span, what }));
    }
}

fn note(name: &str, value: &Node, path: impl FnOnce() -> String, found: &mut Vec<Found>) {
    if let Some(what) = value.as_str().and_then(|text| suspicion(name, text)) {
        found.push(Found { path: path(), span: value.span, what });
    }
}

fn fields<'a>(node: &'a Node, part: &'a str) -> impl Iterator<Item = (&'a Field, String)> {
    let map = node.get(part).and_then(Node::as_map);
    map.map(|map| map.fields.as_slice()).unwrap_or_default().iter().map(move |field| {
        let key = if field.key.contains(['.', '/']) { format!("\"{}\"", field.key) } else { field.key.to_string() };
        (field, format!("{part}.{key}"))
    })
}

/// Tokens with their issuer's prefix: what is in front, how many characters follow at least, what it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghu_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("ghr_", 36, "a GitHub token"),
    ("github_pat_", 50, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("xoxa-", 20, "a Slack token"),
    ("sk_live_", 20, "a Stripe key"),
    ("rk_live_", 20, "a Stripe key"),
    ("AIza", 35, "a Google API key"),
    ("SG.", 40, "a SendGrid key"),
    ("npm_", 36, "an npm token"),
    ("pypi-AgEI", 40, "a PyPI token"),
    ("dop_v1_", 60, "a DigitalOcean token"),
    ("hvs.", 24, "a Vault token"),
    ("AccountKey=", 60, "an Azure storage key"),
];

/// What only credentials look like.
fn known_form(text: &str) -> Option<&'static str> {
    if text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+=".contains(byte);
    // Most texts are too short for any of them.
    let mut fitting = TOKENS.iter().filter(|(prefix, least, _)| text.len() >= prefix.len() + least);
    let token = fitting.find(|(prefix, least, _)| {
        text.match_indices(prefix).any(|(at, _)| {
            let begins = !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
            let rest = &text.as_bytes()[at + prefix.len()..];
            begins && rest.iter().take_while(|byte| is_part(byte)).count() >= *least
        })
    });
    if let Some((_, _, what)) = token {
        return Some(what);
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 && text.len() > 60 {
        return Some("a JSON web token");
    }
    password_in_url(text).then_some("a URL with a password in it")
}

/// `scheme://user:password@host`, where the password is not a reference.
fn password_in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = &rest[..rest.find(['/', '?', ' ', '"', '\'', '\n']).unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { return false };
        user.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !is_reference(password))
    })
}

/// What refers to a value, or stands in for one.
fn is_reference(value: &str) -> bool {
    let wrapped = [("$(", ")"), ("${", "}"), ("{{", "}}"), ("<", ">"), ("%", "%")];
    wrapped.iter().any(|(open, close)| value.starts_with(open) && value.ends_with(close))
        || value.starts_with('$')
        || value.starts_with(['/', '.', '~'])
        || ["file:", "vault:", "ref:", "ref+", "secretref:", "arn:", "http://", "https://"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
        || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-'))
}

/// Settings *about* credentials: switches, kinds, numbers.
fn is_plain_word(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "none",
        "null",
        "auto",
        "enabled",
        "disabled",
        "required",
        "optional",
        "always",
        "never",
        "default",
        "jwt",
        "oauth2",
        "oidc",
        "bearer",
        "basic",
        "plain",
        "scram-sha-256",
        "md5",
        "sha256",
    ];
    WORDS.contains(&value.to_ascii_lowercase().as_str())
        || value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Names that end so tell something about a credential.
const DESCRIBES: &[&str] = &[
    "file",
    "path",
    "dir",
    "name",
    "names",
    "ref",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "ttl",
    "timeout",
    "length",
    "size",
    "expiry",
    "expiration",
    "age",
    "policy",
    "enabled",
    "required",
    "type",
    "kind",
    "algorithm",
    "alg",
    "header",
    "issuer",
    "audience",
    "id",
    "count",
    "limit",
    "interval",
    "rotation",
    "store",
    "manager",
    "provider",
    "prefix",
    "mode",
    "method",
    "field",
    "format",
    "version",
    "hash",
    "public",
    "min",
    "max",
    "days",
    "hours",
    "seconds",
    "class",
    "account",
];

/// Names with these words might be about a credential.
const MIGHT_SAY: &[&str] = &["key", "auth", "salt", "signature", "signing", "cookie", "session", "seed", "pin", "dsn"];

/// `DB_PASSWORD`, `apiKey`, `access-token`.
fn says_secret(words: &[String]) -> bool {
    const ALONE: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "pass",
        "secret",
        "secrets",
        "token",
        "credential",
        "credentials",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
    ];
    let before_key = ["api", "access", "secret", "private", "encryption", "master", "account"];
    words.iter().any(|word| ALONE.contains(&word.as_str()))
        || words.windows(2).any(|pair| before_key.contains(&pair[0].as_str()) && pair[1] == "key")
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let splits = !c.is_alphanumeric() || c.is_uppercase() && small;
        if splits && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
        small = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// As random as keys are: long, of several kinds of characters, none much more often than the others. Digests, which are
/// random too but no secret, are told by their length in hexadecimal.
fn is_random(value: &str) -> bool {
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let wordless = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte));
    let mixed = value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    wordless && mixed && value.len() >= 20 && (!hexadecimal || value.len() == 32) && entropy(value) > 3.5
}

/// Bits a character, after Shannon.
fn entropy(text: &str) -> f64 {
    let mut counts = [0usize; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let all = text.len() as f64;
    let share = |count: usize| count as f64 / all;
    counts.into_iter().filter(|&count| count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::suspicion;

    #[test]
    fn credentials_are_found() {
        let random = "q8Zk3vP1xN7bT5mW2cR9dL4s";
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("dbPassword", "correct horse battery"),
            ("API_KEY", "abc-123-def"),
            ("apiKey", "0123456789abcdef0123456789abcdef"),
            ("AUTH_TOKEN", "s3cr3t"),
            ("SIGNING_KEY", random),
            ("GREETING", concat!("AK", "IAIOSFODNN7EXAMPLE")),
            ("URL", "postgres://app:hunter2@db:5432/shop"),
            ("KEY", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
            ("client-secret", "changeme"),
            ("X", concat!("gh", "p_0123456789abcdefghijABCDEFGHIJ012345")),
        ] {
            assert!(suspicion(name, value).is_some(), "{name}");
        }
    }

    #[test]
    fn what_only_speaks_of_credentials_is_none() {
        for (name, value) in [
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("DB_PASSWORD", "$(DB_PASSWORD)"),
            ("DB_PASSWORD", "${DB_PASSWORD}"),
            ("DB_PASSWORD", "<password>"),
            ("DB_PASSWORD", ""),
            ("TOKEN_URL", "https://login.example.com/token"),
            ("TOKEN_TTL", "3600"),
            ("PASSWORD_MIN_LENGTH", "12"),
            ("SECRET_NAME", "db"),
            ("REQUIRE_PASSWORD", "true"),
            ("AUTH", "oauth2"),
            ("SORT_KEY", "created_at"),
            ("PARTITION_KEY", "customer-and-order-number"),
            ("IMAGE", "ghcr.io/shop/web@sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"),
            ("URL", "postgres://app:$(PASSWORD)@db:5432/shop"),
            ("URL", "https://shop.example.com:8443/a@b"),
            ("PASSENGER_COUNT", "twelve"),
            ("COMPASS", "north-west"),
            ("REVISION", "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad6"),
        ] {
            assert_eq!(suspicion(name, value), None, "{name} = {value}");
        }
    }
}
