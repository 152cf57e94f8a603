//! The check of one finished object: what a strict API server would say of it.
//!
//! Two steps, all of whose findings are given at once and in document order: which kind it is
//! ([`header`]), and whether its structure is that of its type ([`structure`]). On the way through the structure each record
//! is also held against the [`rules`](super::rules) of its type. A value that could not be computed
//! ([`NodeKind::Failed`](crate::node::NodeKind)) has been reported already, so nothing is said of it.

mod cursor;
mod header;
mod report;
mod scalars;
mod structure;
mod yaml;

pub use cursor::Cursor;
pub use report::Report;

use super::catalogue::{Kind, Version};
use crate::diag::{Code, Diagnostic};
use crate::node::{Node, NodeKind};

/// How deep an object may be nested.
const DEEPEST: usize = 250;

/// What objects are checked against.
#[derive(Clone, Copy)]
pub struct Target<'c> {
    /// The Kubernetes version.
    pub version: Version<'c>,
    /// Whether the cluster also serves the APIs that are off by default (alpha, and beta since 1.24).
    pub optional_apis: bool,
    /// Whether the objects are written in YAML, so that hints have to be.
    pub yaml: bool,
}

impl<'c> Target<'c> {
    /// A cluster of this version with default settings.
    pub fn new(version: Version<'c>) -> Target<'c> {
        Target { version, optional_apis: false, yaml: false }
    }

    /// The same, for objects that are written in YAML.
    pub fn of_yaml(version: Version<'c>) -> Target<'c> {
        Target { yaml: true, ..Target::new(version) }
    }
}

/// What the check of one object gave.
pub struct Checked<'c> {
    /// The kind that it was checked as; `None` when it could not be told.
    pub kind: Option<&'c Kind>,
    /// What was found, in document order.
    pub findings: Vec<Diagnostic>,
}

/// Checks one object. See [`Checked`].
pub fn check<'c>(object: &Node, target: &Target<'c>) -> Checked<'c> {
    let root = Cursor::root(object);
    let mut report = Report::new(header::object_name(&root));
    if is_too_deep(object) {
        report.at(&root, Code::NestingTooDeep, format!("this object is nested more than {DEEPEST} deep")).hint =
            Some("look for a value that holds itself".to_owned());
        return Checked { kind: None, findings: report.finish() };
    }
    let kind = header::resolve(&root, target, &mut report);
    if let Some(kind) = kind {
        structure::check(&root, kind, target.version, &mut report);
    }
    let mut findings = report.finish();
    if target.yaml {
        findings.iter_mut().filter_map(|finding| finding.hint.as_mut()).for_each(yaml::spell);
    }
    Checked { kind, findings }
}

/// Whether an object is too deep to walk through. No manifest of use is, and what follows may then recur.
fn is_too_deep(object: &Node) -> bool {
    let mut rest = vec![(object, 0)];
    while let Some((node, depth)) = rest.pop() {
        if depth > DEEPEST {
            return true;
        }
        match &node.kind {
            NodeKind::List(items) => rest.extend(items.iter().map(|item| (item, depth + 1))),
            NodeKind::Map(map) => rest.extend(map.fields.iter().map(|field| (&field.value, depth + 1))),
            _ => {}
        }
    }
    false
}

/// Everything that is wrong with one object, in document order.
pub fn validate(object: &Node, target: &Target<'_>) -> Vec<Diagnostic> {
    check(object, target).findings
}
