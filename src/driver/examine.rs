//! What can be said of each object by itself: whether its schema takes it, what its images are, and whether a
//! credential stands in it. It is said on all cores, of objects before the next ones are made, and told later
//! (`prove`), in the order of the objects.

use super::Evaluated;
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::policy::check_images;
use crate::policy::credentials::{self, Found};
use crate::policy::level::Level;
use crate::schema::{self, Target};

/// What objects are held against.
pub(super) struct Examiner<'a> {
    target: Target<'static>,
    /// The kinds that the configuration takes without a schema, as `apiVersion/Kind`.
    opaque: Vec<&'a str>,
    /// The label that an object's level stands in.
    level: String,
    environment: &'a str,
}

/// What was found in an object.
pub(super) struct Examined {
    /// Whether there was a schema to check it against.
    pub(super) has_schema: bool,
    /// What its schema does not take.
    pub(super) misfits: Vec<Diagnostic>,
    /// What is wrong with its images, and which credentials can be read in it.
    pub(super) contents: Vec<Diagnostic>,
}

impl Examiner<'_> {
    /// For the objects of this configuration.
    pub(super) fn new(evaluated: &Evaluated) -> Examiner<'_> {
        let opaque = evaluated.framework.get("opaqueKinds").and_then(Node::as_list).unwrap_or_default();
        Examiner {
            target: evaluated.target,
            opaque: opaque.iter().filter_map(Node::as_str).collect(),
            level: format!("{}/compliance-level", evaluated.compliance().prefix),
            environment: evaluated.environment(),
        }
    }

    pub(super) fn examine(&self, object: &Object) -> Examined {
        let level = object.node.at(&["metadata", "labels", &self.level]).and_then(Node::as_str);
        let level = level.unwrap_or("unrestricted");
        let mut contents = check_images(object, level, self.environment);
        contents.extend(credentials::find(object).into_iter().map(|found| plaintext(found, level, object)));
        if self.is_opaque(object) {
            return Examined { has_schema: false, misfits: Vec::new(), contents };
        }
        let checked = schema::check(&object.node, &self.target);
        Examined { has_schema: checked.kind.is_some(), misfits: checked.findings, contents }
    }

    fn is_opaque(&self, object: &Object) -> bool {
        let is_named = |name: &&str| name.rsplit_once('/') == Some((object.api_version(), object.kind()));
        self.opaque.iter().any(is_named)
    }
}

/// A credential in plain text: an error from the level `high` on, a warning below. What it is stays unsaid.
fn plaintext(found: Found, level: &str, object: &Object) -> Diagnostic {
    let code = match Level::named(level).unwrap_or_default() {
        Level::High | Level::Restricted => Code::PlaintextCredential,
        _ => Code::PlaintextCredentialWarning,
    };
    Diagnostic::new(code, found.span, format!("{} stands here in plain text", found.what))
        .object(object.to_string())
        .path(found.path)
        .hint("keep it outside of the source: declare it under `secrets`, and refer to it")
}
