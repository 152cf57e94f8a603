//! Which resources are in namespaces.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::schema::Catalogue;

/// Whether the objects of a resource are in a namespace; of a custom resource nobody knows it here.
pub(super) fn is_namespaced(group: &str, resource: &str) -> Option<bool> {
    static KNOWN: OnceLock<FxHashMap<(&str, &str), bool>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let kinds = Catalogue::embedded().newest().kinds();
        let kinds = kinds.iter().map(|kind| ((kind.group.as_str(), kind.plural.as_str()), kind.namespaced));
        // Roles speak of these as well, and nobody makes them.
        kinds
            .chain([(("", "users"), false), (("", "groups"), false), (("certificates.k8s.io", "signers"), false)])
            .collect()
    });
    let whole = resource.split_once('/').map_or(resource, |(whole, _)| whole);
    known.get(&(group, whole)).copied()
}
