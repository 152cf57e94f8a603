//! What custom resources go by below `k8s`: their groups, by the full name or its first label, and the names in them.

use super::catalogue::{Kind, TypeDef, Version};
use super::crd;
use super::types::is_type_name;

/// The names of custom resources directly below a path.
pub(super) fn custom_members<'c>(version: Version<'c>, path: &[&str]) -> Vec<&'c str> {
    let group = path.first().and_then(|name| custom_group(version, name));
    match (path, group) {
        ([], _) => {
            let groups = version.custom_kinds().map(|kind| kind.group.as_str());
            // A name that several groups have leads nowhere.
            let kinds = version.custom_kinds().map(|kind| kind.kind.as_str());
            groups.chain(kinds.filter(|kind| version.preferred(kind).is_some())).collect()
        }
        ([_], Some(group)) => kinds_of(version, group).map(|kind| kind.version.as_str()).collect(),
        ([_, api], Some(group)) => {
            let own = version.catalogue().custom().names().iter().filter_map(|name| crd::name_parts(name));
            let own = own.filter(|(of, version, _)| *of == group && version == api).map(|(.., name)| name);
            let mut names: Vec<&str> = own.collect();
            version.addons().type_names(group, api).for_each(|name| names.push(name));
            names
        }
        _ => Vec::new(),
    }
}

/// The kinds of a custom group.
pub(super) fn kinds_of<'c>(version: Version<'c>, group: &str) -> impl Iterator<Item = &'c Kind> {
    version.custom_kinds().filter(move |kind| kind.group == group)
}

/// The custom group that goes by this name, which is none of Kubernetes' own. The groups of the configuration come
/// before those of add-ons.
pub(super) fn custom_group<'c>(version: Version<'c>, name: &str) -> Option<&'c str> {
    let catalogue = version.catalogue();
    let own = || {
        catalogue.type_names_below(&format!("{name}.")).next().is_some()
            || catalogue.group_names().any(|group| group == name)
    };
    if is_type_name(name) || own() {
        return None;
    }
    let defined = crd::group_named(catalogue.custom().kinds().iter(), name);
    defined.or_else(|| crd::group_named(version.addons().kinds().iter(), name))
}

/// The part of a custom kind that goes by a name of its own: `HTTPRouteSpec`, in the version that is meant where only the
/// kind is written.
pub(super) fn custom_part<'c>(version: Version<'c>, name: &str) -> Option<&'c TypeDef> {
    let around = |kind: &&Kind| name.len() > kind.kind.len() && name.starts_with(kind.kind.as_str());
    let mut kinds: Vec<&Kind> = version.custom_kinds().filter(around).collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.kind.len()));
    kinds.into_iter().find_map(|kind| {
        let meant = version.preferred(&kind.kind).filter(|meant| meant.type_name == kind.type_name)?;
        version.type_def(&crd::definition_name(&meant.group, &meant.version, name))
    })
}
