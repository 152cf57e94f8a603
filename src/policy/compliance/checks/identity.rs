//! As whom containers run.

use super::super::{Check, Context, Failure, Outcome, Subject};
use crate::node::{Node, NodeKind};

pub(super) const CHECKS: &[Check] =
    &[Check { id: "run-as-non-root", title: "no container runs as root", run: run_as_non_root }];

/// Pod Security Standards, restricted: `runAsNonRoot` is true for every container, by itself or by its pod.
fn run_as_non_root(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let is_true = |node: Option<&Node>| node.is_some_and(|node| node.kind == NodeKind::Bool(true));
    let general = pod.spec.at(&["securityContext", "runAsNonRoot"]);
    let fails = |own: Option<&Node>| match own {
        Some(_) => !is_true(own),
        None => !is_true(general),
    };
    let failures = pod.containers().filter_map(|container| {
        let own = container.at(&["securityContext", "runAsNonRoot"]);
        fails(own).then(|| Failure {
            span: own.or(general).unwrap_or(container.node).span,
            message: format!("the container `{}` may run as root", container.name()),
            hint: "set `securityContext.runAsNonRoot = true;`, and build the image for a user with a number above 0"
                .into(),
            path: format!("{}.securityContext.runAsNonRoot", container.path),
        })
    });
    Outcome::of(failures.collect())
}
