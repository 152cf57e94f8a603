//! What is in `k8s`, in a group, and in a version of a group.

use super::{NameFacts, unknown};
use crate::diag::{Diagnostic, closest};
use crate::schema::catalogue::{Kind, Version};
use crate::schema::show::kind_notes;

/// The groups with their versions.
pub(super) fn groups(version: Version<'_>) -> Vec<NameFacts> {
    let mut groups: Vec<NameFacts> = Vec::new();
    for name in version.type_names() {
        let mut parts = name.split('.');
        let (Some(group), Some(api)) = (parts.next(), parts.next()) else { continue };
        match groups.last_mut() {
            Some(last) if last.name == group => {
                if last.notes.rsplit(", ").next() != Some(api) {
                    last.notes = format!("{}, {api}", last.notes);
                }
            }
            _ => groups.push(NameFacts { name: group.to_owned(), notes: api.to_owned() }),
        }
    }
    groups
}

pub(super) fn versions_of(version: Version<'_>, group: &str) -> Result<Vec<NameFacts>, Diagnostic> {
    let known = groups(version);
    let Some(found) = known.iter().find(|known| known.name == group) else {
        // `k8s.deployment` is most likely a kind.
        let near = version.nearest_kind(group).filter(|near| near.eq_ignore_ascii_case(group));
        let near = near.or_else(|| closest(group, known.iter().map(|known| known.name.as_str())));
        let message = format!("Kubernetes {} has no group of types `k8s.{group}`", version.minor());
        return Err(unknown(message, near.map(|near| format!("k8s.{near}"))));
    };
    let types = |api: &str| version.type_names().filter(|name| name.starts_with(&format!("{group}.{api}."))).count();
    let told = |api: &str| NameFacts { name: api.to_owned(), notes: format!("{} types", types(api)) };
    Ok(found.notes.split(", ").map(told).collect())
}

pub(super) fn types_of(version: Version<'_>, group: &str, api: &str) -> Result<Vec<NameFacts>, Diagnostic> {
    let known = versions_of(version, group)?;
    if !known.iter().any(|known| known.name == api) {
        let near = closest(api, known.iter().map(|known| known.name.as_str()))
            .or_else(|| known.first().map(|known| known.name.as_str()));
        let message = format!("Kubernetes {} has no `k8s.{group}.{api}`", version.minor());
        return Err(unknown(message, near.map(|near| format!("k8s.{group}.{near}"))));
    }
    let prefix = format!("{group}.{api}.");
    let told = |name: &str| {
        let kind = version.kinds().iter().find(|kind| kind.type_name.strip_prefix(&prefix) == Some(name));
        NameFacts { name: name.to_owned(), notes: kind.map_or_else(String::new, |kind| notes_of(version, kind)) }
    };
    Ok(version.type_names().filter_map(|name| name.strip_prefix(&prefix)).map(told).collect())
}

fn notes_of(version: Version<'_>, kind: &Kind) -> String {
    let notes = kind_notes(version, kind);
    match notes.is_empty() {
        true => format!("kind, {}", kind.api_version()),
        false => format!("kind, {}, {notes}", kind.api_version()),
    }
}
