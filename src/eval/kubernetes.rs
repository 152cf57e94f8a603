//! Which Kubernetes the types of `k8s` are those of.

use crate::schema::{Catalogue, Version};
use crate::source::Span;
use crate::value::{Evaluator, Kind, Kubernetes, Result};

impl Evaluator {
    /// The target's version. Where that is an option of the configuration, it is computed now.
    ///
    /// # Errors
    /// When it cannot be computed; an unknown version is reported by whoever reads the option.
    pub fn kubernetes(&mut self) -> Result<Version<'static>> {
        let asked = match &self.kubernetes {
            Kubernetes::Known(version) => return Ok(*version),
            Kubernetes::Asked(asked) => asked.clone(),
        };
        let catalogue = Catalogue::embedded();
        let known = match self.force(&asked)?.kind {
            Kind::Str(text) => catalogue.version(&text, Span::NONE).ok(),
            _ => None,
        };
        Ok(known.unwrap_or_else(|| catalogue.newest()))
    }
}
