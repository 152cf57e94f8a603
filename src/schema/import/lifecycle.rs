//! When each built-in kind came and went.

use serde_json::Value;

use super::super::facts::Lifecycle;
use super::bad;
use super::sources::Document;
use crate::diag::Diagnostic;

/// One entry.
pub type Entry = Lifecycle<String>;

/// Reads the entries, sorted by group, version and kind.
pub fn read(document: &Document) -> Result<Vec<Entry>, Diagnostic> {
    let file = &document.source.file;
    let list = document.json.get("kinds").and_then(Value::as_array).ok_or_else(|| bad(file, "no list `kinds`"))?;
    let mut entries = list
        .iter()
        .map(|item| entry(item).ok_or_else(|| bad(file, format!("an entry without its parts: {item}"))))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|a, b| (&a.group, &a.version, &a.kind).cmp(&(&b.group, &b.version, &b.kind)));
    Ok(entries)
}

fn entry(item: &Value) -> Option<Entry> {
    let word = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    let replacement = match item.get("replacement") {
        Some(other) => Some((word(other, "group")?, word(other, "version")?, word(other, "kind")?)),
        None => None,
    };
    Some(Lifecycle {
        group: word(item, "group")?,
        version: word(item, "version")?,
        kind: word(item, "kind")?,
        introduced: word(item, "introduced")?,
        deprecated: word(item, "deprecated"),
        removed: word(item, "removed"),
        replacement,
    })
}
