//! Traceability: from an object in the cluster back to what made it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ecow::EcoString;
use sha2::{Digest, Sha256};

use super::map_at;
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::source::Span;

/// What the objects of one build have in common.
#[derive(Clone, Debug)]
pub struct Trace {
    /// [`Inputs::build_id`]
    pub build_id: String,
    /// The commit of the sources, with `-dirty` behind it where they differ from it; `None` outside a repository.
    pub source_commit: Option<String>,
}

/// Everything that influences the output of a build. Secrets do not: what is in them is nobody's to guess.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The version of nxk, and with it of the library, the layers and all schemas.
    pub version: &'static str,
    /// The files that were read, relative to the project, with the SHA-256 of their content.
    pub files: BTreeMap<PathBuf, [u8; 32]>,
    /// What else was asked of the file system, and the answers: what is in a folder, whether something is there.
    pub answers: BTreeMap<String, String>,
    /// What was not in files: settings from the command line, and what is taken from the surroundings.
    pub settings: Vec<(String, String)>,
}

impl Inputs {
    /// SHA-256 over all of it, in hexadecimal.
    pub fn build_id(&self) -> String {
        let mut hash = Sha256::new();
        // Every part is preceded by its length, and every list by its number, so that no two inputs look alike.
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(self.version.as_bytes());
        part(&(self.files.len() as u64).to_le_bytes());
        for (path, digest) in &self.files {
            part(path.to_string_lossy().as_bytes());
            part(digest);
        }
        part(&(self.answers.len() as u64).to_le_bytes());
        for (question, answer) in &self.answers {
            part(question.as_bytes());
            part(answer.as_bytes());
        }
        for (name, value) in &self.settings {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        hexadecimal(&hash.finalize())
    }
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the trace into the annotations of every object; one that was written by hand stays there, and is an error.
/// Pod templates stay as they are: a build that changes nothing of a workload must not restart its pods.
pub fn annotate(objects: &mut [Object], prefix: &str, trace: &Trace) -> Vec<Diagnostic> {
    let key = |name: &str| EcoString::from(format!("{prefix}/{name}"));
    let origin = [
        (key("build-id"), Some(EcoString::from(trace.build_id.as_str()))),
        (key("source-commit"), trace.source_commit.as_deref().map(EcoString::from)),
    ];
    let mut findings: Vec<Diagnostic> = Vec::new();
    for object in objects {
        let span = object.entry;
        let shown = object.to_string();
        let Some(annotations) = map_at(&mut object.node, &["metadata", "annotations"], span) else { continue };
        for (key, value) in &origin {
            match (annotations.field(key), value) {
                // One word of the user's may be in several objects.
                (Some(field), _) if findings.iter().any(|finding| finding.primary.span == field.key_span) => {}
                (Some(field), _) => findings.push(written_by_hand(key, field.key_span, shown.clone())),
                (None, Some(value)) => annotations.set(key.clone(), span, Node::string(value.clone(), span)),
                (None, None) => {}
            }
        }
    }
    findings
}

fn written_by_hand(key: &str, place: Span, object: String) -> Diagnostic {
    Diagnostic::new(Code::MandatoryLabel, place, format!("the annotation `{key}` cannot be overridden"))
        .object(object)
        .path("metadata.annotations")
        .hint("remove it, nxk writes it; `--source-commit` names the commit where there is no repository")
}
