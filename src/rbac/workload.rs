//! What runs as which service account.

use super::namespace_of;
use super::subject::Subject;
use crate::layers::{Object, pod_spec_path};
use crate::node::{Node, NodeKind};

/// Pods that run as a service account.
#[derive(Debug)]
pub struct Workload<'a> {
    /// The object that makes them.
    pub object: &'a Object,
    /// Whether they get the account's token.
    pub token: bool,
}

/// The pods that an object makes, with whom they run as; `token_of` knows what accounts say of their tokens.
pub(super) fn workload<'a>(
    object: &'a Object,
    token_of: impl Fn(&Subject) -> Option<bool>,
) -> Option<(Subject, Workload<'a>)> {
    let spec = object.node.at(pod_spec_path(object.kind())?)?;
    let subject = Subject::account(namespace_of(object), account_of(spec));
    let token = token_wish(spec).or_else(|| token_of(&subject)).unwrap_or(true);
    Some((subject, Workload { object, token }))
}

/// The service account that pods run as; `serviceAccount` is the old name of the field.
pub fn account_of(pod: &Node) -> &str {
    let given = ["serviceAccountName", "serviceAccount"].iter().filter_map(|field| pod.get(field)?.as_str());
    given.into_iter().find(|name| !name.is_empty()).unwrap_or("default")
}

/// What a pod or an account says of the token.
pub(super) fn token_wish(node: &Node) -> Option<bool> {
    match node.get("automountServiceAccountToken")?.kind {
        NodeKind::Bool(wish) => Some(wish),
        _ => None,
    }
}
