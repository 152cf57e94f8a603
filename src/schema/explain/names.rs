//! What is in `k8s`, in a group, and in a version of a group.

use std::collections::BTreeMap;

use super::{NameFacts, unknown};
use crate::diag::{Diagnostic, closest};
use crate::schema::catalogue::{Kind, Version};
use crate::schema::custom_names::{custom_group, custom_members};
use crate::schema::show::kind_notes;
use crate::schema::types::definition_name;
use crate::syntax::quoted_name;

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
    groups.extend(custom_groups(version));
    groups
}

/// The groups of custom resources with their versions.
fn custom_groups(version: Version<'_>) -> Vec<NameFacts> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kind in version.custom_kinds() {
        groups.entry(&kind.group).or_default().push(&kind.version);
    }
    let told = |(group, mut versions): (&str, Vec<&str>)| {
        versions.sort_unstable();
        versions.dedup();
        NameFacts { name: quoted_name(group), notes: versions.join(", ") }
    };
    groups.into_iter().map(told).collect()
}

pub(super) fn versions_of(version: Version<'_>, group: &str) -> Result<Vec<NameFacts>, Diagnostic> {
    let known = groups(version);
    let custom = custom_group(version, group);
    let name = custom.map_or_else(|| group.to_owned(), quoted_name);
    let Some(found) = known.iter().find(|known| known.name == name) else {
        // `k8s.deployment` is most likely a kind.
        let near = version.nearest_kind(group).filter(|near| near.eq_ignore_ascii_case(group));
        let near = near.or_else(|| closest(group, known.iter().map(|known| known.name.as_str())));
        let message = format!("Kubernetes {} has no group of types `k8s.{group}`", version.minor());
        return Err(unknown(message, near.map(|near| format!("k8s.{near}"))));
    };
    let types = |api: &str| match custom {
        Some(group) => custom_members(version, &[group, api]).len(),
        None => version.type_names().filter(|name| name.starts_with(&format!("{group}.{api}."))).count(),
    };
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
    let prefix = definition_name(version, group, api, "");
    let told = |name: &str| {
        let mut kinds = version.served(name);
        let kind = kinds.find(|kind| kind.type_name.strip_prefix(prefix.as_str()) == Some(name));
        NameFacts { name: name.to_owned(), notes: kind.map_or_else(String::new, |kind| notes_of(version, kind)) }
    };
    if custom_group(version, group).is_some() {
        let mut names = custom_members(version, &[group, api]);
        names.sort_unstable();
        return Ok(names.into_iter().map(told).collect());
    }
    let prefix = prefix.as_str();
    Ok(version.type_names().filter_map(|name| name.strip_prefix(prefix)).map(told).collect())
}

fn notes_of(version: Version<'_>, kind: &Kind) -> String {
    let notes = kind_notes(version, kind);
    match notes.is_empty() {
        true => format!("kind, {}", kind.api_version()),
        false => format!("kind, {}, {notes}", kind.api_version()),
    }
}
