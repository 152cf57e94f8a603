//! From the published OpenAPI documents to the text facts of `specs/`.
//!
//! Everything that the compiler needs to know of a Kubernetes minor is structural: types, fields, keys,
//! allowed values. The importer keeps that, drops the prose, lays the sources over each other (a minor's
//! own document; allowed values from the documents that have them; defaults from the newest OpenAPI v3)
//! and mends the named holes of the documents (`fixups`). The result is a pure function of the input,
//! so a new minor is a new folder and another run. The definitions that add-ons publish are distilled in the same
//! spirit ([`import_addons`]).

mod addons;
mod defaults;
mod enums;
mod fixups;
mod kinds;
mod lifecycle;
mod sources;
mod swagger;

pub use addons::import as import_addons;

use std::path::{Path, PathBuf};

use super::facts::{self, Facts};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use sources::{Documents, Release};
pub(super) use swagger::list_merge;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Each version with its numbers of kinds and types, oldest first; of an add-on with its name.
    pub versions: Vec<(String, usize, usize)>,
    /// The files written.
    pub files: Vec<PathBuf>,
}

/// Distils the documents below `swagger_dir` (a folder per minor, and `lifecycle.json`) into `out_dir`.
pub fn import(swagger_dir: &Path, out_dir: &Path) -> Result<Summary, Diagnostic> {
    let documents = Documents::open(swagger_dir)?;
    let lifecycle = lifecycle::read(&documents.lifecycle)?;
    let mut releases = Vec::new();
    for release in &documents.releases {
        releases.push(distil(release, &lifecycle)?);
    }
    enums::overlay(&documents.releases, &mut releases)?;
    defaults::overlay(&documents, &mut releases)?;

    let mut summary = Summary { versions: Vec::new(), files: Vec::new() };
    for facts in &releases {
        summary.versions.push((facts.version.clone(), facts.kinds.len(), facts.types.len()));
        let path = out_dir.join(format!("{}.facts", facts.version));
        summary.files.push(sources::save(path, &facts::write(facts))?);
    }
    let text = facts::write_lifecycle(&documents.lifecycle.source, &lifecycle);
    summary.files.push(sources::save(out_dir.join("lifecycle.facts"), &text)?);
    Ok(summary)
}

/// The facts of one minor by its own structural document alone.
fn distil(release: &Release, lifecycle: &[lifecycle::Entry]) -> Result<Facts, Diagnostic> {
    let kinds = kinds::read(&release.swagger, lifecycle)?;
    let types = swagger::read(&release.swagger, &kinds)?;
    let mut facts =
        Facts { version: release.version.clone(), sources: vec![release.swagger.source.clone()], kinds, types };
    fixups::apply(&mut facts);
    Ok(facts)
}

/// A finding about a document.
fn bad(file: &str, what: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new(Code::BadSpecification, Span::NONE, format!("`{file}`: {what}"))
        .hint("the importer reads OpenAPI documents as Kubernetes publishes them; fetch the file again")
}
