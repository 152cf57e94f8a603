//! Manifests as they lie on a disk: YAML and JSON files of any origin, read into objects that know their places.
//!
//! What a manifest says is what kubectl takes it for, since that is who will read it: which words are booleans
//! (`scalar`), what a merged map holds (`yaml`), when a text is JSON (`json`). Every value and every key has
//! a place in the file, so that whatever is found later is shown at its line. A text that is no YAML, a document that is
//! no object and a file that cannot be read are findings, and the rest is read all the same.
//!
//! Nothing in a text can cost more than the text is long: files have a largest size, collections a greatest depth,
//! and aliases a bound on what they stand for.

mod definitions;
mod files;
mod json;
mod objects;
mod scalar;
mod text;
mod words;
mod yaml;

use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::parallel;
use crate::source::{SourceId, SourceKind, SourceMap};

pub use definitions::definitions;
pub use files::{STDIN, is_manifest};

use objects::Taker;
use text::{Read, Text};

/// What was read.
#[derive(Debug, Default)]
pub struct Manifests {
    /// The objects in the order of the files and of their documents. A `null` that is written is still there.
    pub objects: Vec<Object>,
    /// What is wrong with the texts.
    pub findings: Vec<Diagnostic>,
}

/// Reads files, all files of manifests below folders, and the standard input (`-`). The texts join the sources.
pub fn read(paths: &[PathBuf], sources: &mut SourceMap) -> Manifests {
    let (texts, findings) = files::texts(paths, sources);
    let mut manifests = Manifests { objects: Vec::new(), findings };
    manifests.take_in(&texts, sources);
    manifests
}

/// Reads a text that is no file. It joins the sources under this name.
pub fn read_text(name: &str, text: &str, sources: &mut SourceMap) -> Manifests {
    let source = sources.add(name, None, text, SourceKind::User);
    let mut manifests = Manifests::default();
    manifests.take_in(&[source], sources);
    manifests
}

/// Reads the documents of a text, whatever they are. It joins the sources under this name.
pub fn documents(name: &str, text: &str, sources: &mut SourceMap) -> (Vec<Node>, Vec<Diagnostic>) {
    let source = sources.add(name, None, text, SourceKind::User);
    let file = sources.file(source);
    let read = read_documents(name, &Text { text: &file.text, base: file.base });
    (read.documents, read.findings)
}

impl Manifests {
    fn take_in(&mut self, texts: &[SourceId], sources: &SourceMap) {
        let texts: Vec<(&str, Text<'_>)> = texts
            .iter()
            .map(|id| sources.file(*id))
            .map(|file| (file.name.as_str(), Text { text: &file.text, base: file.base }))
            .collect();
        // Threads are worth it only for many files; one file is read in one go.
        for Taker { objects, findings, .. } in parallel::each(&texts, |(name, text)| take(name, text)) {
            self.objects.extend(objects);
            self.findings.extend(findings);
        }
    }

    /// The objects as other modules take them: what is `null` is not there.
    pub fn finished(mut self) -> Vec<Object> {
        self.objects.iter_mut().for_each(|object| forget_nulls(&mut object.node));
        self.objects
    }
}

/// The objects of one text.
fn take<'r>(name: &'r str, text: &Text<'_>) -> Taker<'r> {
    let Read { documents, findings } = read_documents(name, text);
    let several = documents.iter().filter(|document| !matches!(document.kind, NodeKind::Null)).count() > 1;
    let mut taker = Taker { file: name, several, objects: Vec::new(), findings };
    documents.into_iter().for_each(|document| taker.document(document));
    taker
}

/// The documents of one text: JSON if it begins like that, else YAML.
fn read_documents(name: &str, text: &Text<'_>) -> Read {
    // A byte order mark is no part of the text. It has three bytes.
    let mark = if text.text.starts_with('\u{feff}') { 3 } else { 0 };
    let text = &Text { text: &text.text[mark..], base: text.base + mark as u32 };
    if !text.text.trim_start().starts_with('{') {
        return yaml::read(text);
    }
    let (mut json, broken) = json::read(text);
    let Some(mut broken) = broken else { return json };
    if Path::new(name).extension().is_some_and(|extension| extension == "json") {
        if broken.code == Code::BadDocument && broken.hint.contains("YAML") {
            broken.hint = "correct the JSON here or just in front";
        }
        json.findings.push(text.finding(broken));
        return json;
    }
    yaml::read(text)
}

/// Removes the entries of maps that are `null`: to a cluster they are not there.
fn forget_nulls(node: &mut Node) {
    match &mut node.kind {
        NodeKind::Map(map) => {
            map.fields.retain(|field| !matches!(field.value.kind, NodeKind::Null));
            map.fields.iter_mut().for_each(|field| forget_nulls(&mut field.value));
        }
        NodeKind::List(items) => items.iter_mut().for_each(forget_nulls),
        _ => {}
    }
}
