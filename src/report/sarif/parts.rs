//! What all SARIF documents share: the frame, places, and marks by which a result is known again.

use std::fmt::Write;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::report::words::{names_file, printable};
use crate::source::Location;

/// What relative paths are relative to. Its own place is left to whoever reads the document, so that it is the same on
/// every machine.
const ROOT: &str = "%SRCROOT%";

/// A document with one run. `run` has what is special about it; the rest is the same in all.
pub(in crate::report) fn document(mut run: Value) -> String {
    run["columnKind"] = json!("unicodeCodePoints");
    run["originalUriBaseIds"] = json!({ ROOT: { "description": { "text": "the folder that nxk was started in" } } });
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{document:#}\n")
}

/// The part of a run that says what made it.
pub(in crate::report) fn driver(rules: Vec<Value>) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({ "name": "nxk", "version": version, "semanticVersion": version, "rules": rules })
}

/// Text of a message. What would be read as a link is none: values of the configuration stand in messages.
pub(in crate::report) fn message(text: &str) -> Value {
    json!({ "text": printable(text).replace("](", "] (") })
}

/// A place with the object and the path that it is about; nothing if none of them is known.
pub(in crate::report) fn location(place: Option<&Location>, object: Option<&str>, path: Option<&str>) -> Option<Value> {
    let mut location = json!({});
    if let Some(physical) = place.and_then(physical) {
        location["physicalLocation"] = physical;
    }
    let mut logical = Vec::new();
    if let Some(object) = object {
        logical.push(json!({ "name": object, "fullyQualifiedName": object, "kind": "object" }));
    }
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        let whole = object.map_or_else(|| path.to_string(), |object| format!("{object} {path}"));
        logical.push(json!({ "name": path, "fullyQualifiedName": whole, "kind": "member" }));
    }
    if !logical.is_empty() {
        location["logicalLocations"] = Value::Array(logical);
    }
    (location != json!({})).then_some(location)
}

/// A stretch of a file; nothing for what is in no file, such as the text of `-E`.
fn physical(place: &Location) -> Option<Value> {
    let mut artifact = json!({ "uri": uri(&place.file)? });
    if !place.file.starts_with('/') {
        artifact["uriBaseId"] = json!(ROOT);
    }
    let region = json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    });
    Some(json!({ "artifactLocation": artifact, "region": region }))
}

/// A path as a URI: relative if the path is; nothing for the name of what is no file.
fn uri(path: &str) -> Option<String> {
    if !names_file(path) {
        return None;
    }
    let path = path.trim_start_matches("./");
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // Writing to a `String` cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    Some(uri)
}

/// Marks by which results are known again in later runs, wherever their lines have gone.
#[derive(Default)]
pub(in crate::report) struct Fingerprints(FxHashMap<String, usize>);

impl Fingerprints {
    /// The mark of what these parts tell apart; of several that they do not, each has its own.
    pub(in crate::report) fn of(&mut self, parts: &[&str]) -> Value {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let count = self.0.entry(digest.clone()).or_default();
        *count += 1;
        json!({ "nxk/v1": format!("{digest}:{count}") })
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("main.nxk", Some("main.nxk")),
            ("./a/b.nxk", Some("a/b.nxk")),
            ("../b.nxk", Some("../b.nxk")),
            ("a b#c?d%.nxk", Some("a%20b%23c%3Fd%25.nxk")),
            ("a:b.nxk", Some("a%3Ab.nxk")),
            ("é.nxk", Some("%C3%A9.nxk")),
            ("/srv/main.nxk", Some("file:///srv/main.nxk")),
            ("<command line>", None),
            ("<nxk>/layers/default.nxk", None),
        ] {
            assert_eq!(uri(path).as_deref(), expected, "{path}");
        }
    }
}
