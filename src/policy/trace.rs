//! Traceability: from an object in the cluster back to what made it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::map_at;
use crate::layers::Object;
use crate::node::Node;

/// What the objects of one build have in common.
#[derive(Clone, Debug)]
pub struct Trace {
    /// SHA-256, in hexadecimal, over everything that influences the output.
    pub build_id: String,
    /// The commit of the sources, with `-dirty` behind it where they differ from it; `None` outside a repository.
    pub source_commit: Option<String>,
}

impl Trace {
    /// The build id of these inputs: the files read (by path relative to the project), and the
    /// settings that were not in files (target version, `--set`), all with the version of nxk.
    pub fn build_id(files: &BTreeMap<PathBuf, [u8; 32]>, settings: &[(String, String)]) -> String {
        let mut hash = Sha256::new();
        // Every part is preceded by its length, so that no two lists of parts look alike.
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(env!("CARGO_PKG_VERSION").as_bytes());
        part(&(files.len() as u64).to_le_bytes());
        for (path, digest) in files {
            part(path.to_string_lossy().as_bytes());
            part(digest);
        }
        for (name, value) in settings {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Writes the trace into the annotations of every object. Pod templates stay as they are: a build
/// that changes nothing of a workload must not restart its pods.
pub fn annotate(objects: &mut [Object], prefix: &str, trace: &Trace) {
    for object in objects {
        let span = object.entry;
        let Some(annotations) = map_at(&mut object.node, &["metadata", "annotations"], span) else { continue };
        annotations.set(format!("{prefix}/build-id"), span, Node::string(trace.build_id.clone(), span));
        if let Some(commit) = &trace.source_commit {
            annotations.set(format!("{prefix}/source-commit"), span, Node::string(commit.clone(), span));
        }
    }
}
