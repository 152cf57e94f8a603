//! The Pod Security Standards, one check a control: baseline, and what restricted adds to it.
//!
//! All fields of the standards are looked at, of the pod and of its initial, main and ephemeral containers, for
//! the version that the objects are for. Where a pod says that it runs on Windows, what only Linux knows
//! does not bind, as from Kubernetes 1.25 on.

mod baseline;
mod restricted;

use super::super::{Check, Container, Failure, Pod};
use crate::node::Node;

pub(super) const BASELINE: &[Check] = baseline::CHECKS;
pub(super) const RESTRICTED: &[Check] = restricted::CHECKS;

/// The value of a security field with its path, for the pod and for each container; only those that are set.
fn set_values<'a>(pod: Pod<'a>, field: &'a [&'a str]) -> Vec<(&'a Node, String)> {
    let whole: Vec<&str> = std::iter::once("securityContext").chain(field.iter().copied()).collect();
    let written = whole.join(".");
    let general = pod.spec.at(&whole).map(|node| (node, format!("{}.{written}", pod.path.join("."))));
    let own = pod.containers().filter_map(|container: Container<'a>| {
        container.node.at(&whole).map(|node| (node, format!("{}.{written}", container.path())))
    });
    general.into_iter().chain(own).collect()
}

/// A failure at a value.
fn at_value(value: &Node, path: String, message: String, hint: &str) -> Failure {
    Failure { path, span: value.span, message, hint: hint.to_string() }
}
