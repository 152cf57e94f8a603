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

/// The annotations that tell every object's origin. One that was written by hand stays there, and is an error.
pub struct OriginAnnotations {
    /// The keys, and what is to stand there; nothing where nothing is known.
    entries: [(EcoString, Option<EcoString>); 2],
    /// What is wrong with the annotations of the objects so far.
    pub findings: Vec<Diagnostic>,
}

impl OriginAnnotations {
    /// Those of this trace; `prefix` is their domain.
    pub fn new(trace: &Trace, prefix: &str) -> OriginAnnotations {
        let key = |name: &str| EcoString::from(format!("{prefix}/{name}"));
        let entries = [
            (key("build-id"), Some(trace.build_id.as_str().into())),
            (key("source-commit"), trace.source_commit.as_deref().map(EcoString::from)),
        ];
        OriginAnnotations { entries, findings: Vec::new() }
    }

    /// Writes them into an object. Pod templates stay as they are: a build that changes nothing of a workload must not
    /// restart its pods.
    pub fn put_on(&mut self, object: &mut Object) {
        let span = object.entry;
        for (key, value) in &self.entries {
            let Some(annotations) = map_at(&mut object.node, PLACE, span) else { return };
            match (annotations.field(key).map(|field| field.key_span), value) {
                // One word of the user's may be in several objects.
                (Some(place), _) if self.findings.iter().any(|finding| finding.primary.span == place) => {}
                (Some(place), _) => self.findings.push(written_by_hand(key, place, object.to_string())),
                (None, Some(value)) => annotations.set(key.clone(), span, Node::string(value.clone(), span)),
                (None, None) => {}
            }
        }
    }

    /// Writes them over those of an earlier trace.
    pub fn put_over(&self, earlier: &OriginAnnotations, object: &mut Object) {
        let Some(annotations) = map_at(&mut object.node, PLACE, object.entry) else { return };
        for ((key, before), (_, value)) in earlier.entries.iter().zip(&self.entries) {
            if let (Some(before), Some(value), Some(node)) = (before, value, annotations.get_mut(key))
                && node.as_str() == Some(before)
            {
                *node = Node::string(value.clone(), node.span);
            }
        }
    }
}

const PLACE: &[&str] = &["metadata", "annotations"];

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written_by_hand(key: &str, place: Span, object: String) -> Diagnostic {
    Diagnostic::new(Code::MandatoryLabel, place, format!("the annotation `{key}` cannot be overridden"))
        .object(object)
        .path("metadata.annotations")
        .hint("remove it, nxk writes it; `--source-commit` names the commit where there is no repository")
}
