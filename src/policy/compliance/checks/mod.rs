//! The checks, a file a topic.

mod access;
mod availability;
mod hardening;
mod images;
mod metadata;
mod network;
mod pod_security;
mod resources;

use super::{Check, Container, Failure, Outcome, Pod, Subject};
use crate::node::{Node, NodeKind};

/// The topics in the order in which their checks are told.
pub(super) const TOPICS: &[&[Check]] = &[
    pod_security::BASELINE,
    pod_security::RESTRICTED,
    hardening::CHECKS,
    images::CHECKS,
    resources::CHECKS,
    availability::CHECKS,
    network::CHECKS,
    access::CHECKS,
    metadata::CHECKS,
];

/// What `look` finds wrong with each container of the object's pods.
fn each_container<'a>(subject: &Subject<'a>, look: impl Fn(&Container<'a>) -> Option<Failure>) -> Outcome {
    match subject.pod {
        Some(pod) => Outcome::of(pod.containers().filter_map(|container| look(&container)).collect()),
        None => Outcome::NotApplicable,
    }
}

/// A failure of a container, at the first of the places that is there, else at the container itself.
fn of_container(
    container: &Container<'_>,
    field: &str,
    places: [Option<&Node>; 2],
    (message, hint): (String, &str),
) -> Failure {
    let place = places.into_iter().flatten().next().unwrap_or(container.node);
    Failure { path: format!("{}.{field}", container.path()), span: place.span, message, hint: hint.to_string() }
}

/// A failure of the object as a whole, at a path of it, or at its entry where nothing is there.
fn at_object(subject: &Subject<'_>, path: &[&str], message: String, hint: &str) -> Outcome {
    let quoted =
        path.iter().map(|part| if part.contains(['.', '/']) { format!("\"{part}\"") } else { part.to_string() });
    let span = subject.at(path).map_or(subject.object.entry, |node| node.span);
    let path = quoted.collect::<Vec<_>>().join(".");
    Outcome::Failed(vec![Failure { path, span, message, hint: hint.to_string() }])
}

/// Whether the pod says that it is one of Windows.
fn is_for_windows(pod: Pod<'_>) -> bool {
    text(pod.spec, &["os", "name"]) == Some("windows")
}

/// Whether it is written `true`.
fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.kind == NodeKind::Bool(true))
}

/// Whether it is written `false`.
fn is_false(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.kind == NodeKind::Bool(false))
}

/// The items of a list at a path; none where there is no list.
fn items<'a>(node: &'a Node, path: &[&str]) -> &'a [Node] {
    node.at(path).and_then(Node::as_list).unwrap_or_default()
}

/// The text at a path.
fn text<'a>(node: &'a Node, path: &[&str]) -> Option<&'a str> {
    node.at(path).and_then(Node::as_str)
}
