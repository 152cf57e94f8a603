//! The kinds of a minor: whatever the document's paths let one create.

use serde_json::Value;

use super::super::facts::KindDef;
use super::bad;
use super::lifecycle::Entry;
use super::sources::Document;
use super::swagger::short_name;
use crate::diag::Diagnostic;

/// Reads the kinds off the paths, sorted, and marks the preferred one of each name.
pub fn read(document: &Document, lifecycle: &[Entry]) -> Result<Vec<KindDef<String>>, Diagnostic> {
    let file = &document.source.file;
    let paths = document.json.get("paths").and_then(Value::as_object).ok_or_else(|| bad(file, "no `paths`"))?;
    let mut kinds: Vec<KindDef<String>> = Vec::new();
    for (path, operations) in paths {
        let Some(post) = operations.get("post") else { continue };
        // `…/{name}/…` are subresources: they act on an object that exists.
        if path.contains("{name}") || post.get("x-kubernetes-action").and_then(Value::as_str) != Some("post") {
            continue;
        }
        let kind = read_kind(path, post).ok_or_else(|| bad(file, format!("`post {path}` names no kind or type")))?;
        kinds.push(kind);
    }
    for kind in &mut kinds {
        kind.optional = is_optional(kind, lifecycle);
    }
    kinds.sort_by(|a, b| (&a.kind, rank(a)).cmp(&(&b.kind, rank(b))));
    kinds.dedup_by(|a, b| a.kind == b.kind && a.group == b.group && a.version == b.version);
    for index in 0..kinds.len() {
        kinds[index].preferred = index == 0 || kinds[index - 1].kind != kinds[index].kind;
    }
    Ok(kinds)
}

fn read_kind(path: &str, post: &Value) -> Option<KindDef<String>> {
    let gvk = post.get("x-kubernetes-group-version-kind")?;
    let word = |key: &str| gvk.get(key)?.as_str().map(str::to_owned);
    let reference = post.get("parameters")?.as_array()?.iter().find_map(|parameter| {
        // Bodies are written in place or refer to a shared parameter; the answer names the type in either case.
        parameter.get("schema")?.get("$ref")?.as_str()
    });
    let answer = || post.pointer("/responses/201/schema/$ref").or(post.pointer("/responses/200/schema/$ref"))?.as_str();
    Some(KindDef {
        group: word("group")?,
        version: word("version")?,
        kind: word("kind")?,
        plural: path.rsplit('/').next()?.to_owned(),
        type_name: short_name(reference.or_else(answer)?),
        namespaced: path.contains("/namespaces/{namespace}/"),
        preferred: false,
        optional: false,
    })
}

/// What orders the versions of a kind, the one that is meant first: stable before beta before alpha, newer
/// before older, and the core group before others.
fn rank(kind: &KindDef<String>) -> (u8, i64, i64, bool, String) {
    let (stability, major, step) = parse_version(&kind.version);
    (stability, -major, -step, !kind.group.is_empty(), kind.group.clone())
}

/// `v1beta2` as stability (0 stable, 1 beta, 2 alpha), major version and step.
fn parse_version(version: &str) -> (u8, i64, i64) {
    let digits = version.trim_start_matches('v');
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (major, rest) = digits.split_at(end);
    let (stability, step) = match (rest.strip_prefix("beta"), rest.strip_prefix("alpha")) {
        (Some(step), _) => (1, step),
        (_, Some(step)) => (2, step),
        _ => (0, "0"),
    };
    (stability, major.parse().unwrap_or(0), step.parse().unwrap_or(0))
}

/// The beta groups that stayed on by default because an earlier beta of theirs already was.
const BETAS_ON_BY_DEFAULT: [(&str, &str); 2] =
    [("flowcontrol.apiserver.k8s.io", "v1beta2"), ("flowcontrol.apiserver.k8s.io", "v1beta3")];

/// Whether a server with default settings leaves the API out: alpha always, beta since 1.24.
fn is_optional(kind: &KindDef<String>, lifecycle: &[Entry]) -> bool {
    match parse_version(&kind.version).0 {
        0 => false,
        1 if BETAS_ON_BY_DEFAULT.contains(&(&kind.group, &kind.version)) => false,
        1 => {
            let introduced = lifecycle
                .iter()
                .find(|entry| entry.group == kind.group && entry.version == kind.version && entry.kind == kind.kind)
                .and_then(|entry| entry.introduced.strip_prefix("1.")?.parse::<u32>().ok());
            introduced.is_none_or(|minor| minor >= 24)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn stable_versions_come_first_and_newer_ones_before_older() {
        let mut versions = ["v1alpha1", "v2beta1", "v1", "v2beta2", "v2", "v1beta1"];
        versions.sort_by_key(|version| {
            let (stability, major, step) = parse_version(version);
            (stability, -major, -step)
        });
        assert_eq!(versions, ["v2", "v1", "v2beta2", "v2beta1", "v1beta1", "v1alpha1"]);
    }
}
