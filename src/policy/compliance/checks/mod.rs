//! The checks, a file a topic.

mod pod_security;

use super::{Check, Container, Failure, Outcome, Subject};
use crate::node::{Node, NodeKind};

/// The topics in the order in which their checks are told.
pub(super) const TOPICS: &[&[Check]] = &[pod_security::BASELINE, pod_security::RESTRICTED];

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
