//! The documents on disk: which there are, their bytes, their checksums.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::facts::Source;
use super::bad;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// Every document of one run.
pub struct Documents {
    /// The minors, oldest first.
    pub releases: Vec<Release>,
    /// `lifecycle.json`
    pub lifecycle: Document,
}

/// The documents of one minor.
pub struct Release {
    /// `1.31`
    pub version: String,
    /// The OpenAPI v2 document that the structure is taken from.
    pub swagger: Document,
    /// The same document with allowed values, if there is one.
    pub enums: Option<Document>,
    /// The OpenAPI v3 documents, by name; usually none.
    pub v3: Vec<Document>,
}

/// One document.
pub struct Document {
    /// Where it came from.
    pub source: Source,
    /// What it says.
    pub json: Value,
}

impl Documents {
    /// Reads everything below `dir`.
    pub fn open(dir: &Path) -> Result<Documents, Diagnostic> {
        let mut minors: Vec<u32> =
            names(dir)?.iter().filter_map(|name| name.strip_prefix("1.")?.parse().ok()).collect();
        minors.sort_unstable();
        if minors.is_empty() {
            return Err(bad(&dir.display().to_string(), "no folder is named like a Kubernetes minor (`1.31`)"));
        }
        let releases =
            minors.iter().map(|minor| Release::open(dir, &format!("1.{minor}"))).collect::<Result<_, _>>()?;
        Ok(Documents { releases, lifecycle: Document::open(dir, "lifecycle.json")? })
    }
}

impl Release {
    fn open(dir: &Path, version: &str) -> Result<Release, Diagnostic> {
        let optional = |name: String| match dir.join(&name).is_file() {
            true => Document::open(dir, &name).map(Some),
            false => Ok(None),
        };
        // A running server's own lists are those of the binary that enforces them.
        let enums = match optional(format!("{version}/live-enum.json"))? {
            Some(document) => Some(document),
            None => optional(format!("{version}/swagger-enum.json"))?,
        };
        let v3_dir = dir.join(version).join("openapi-v3");
        let mut v3 = Vec::new();
        if v3_dir.is_dir() {
            for name in names(&v3_dir)? {
                v3.push(Document::open(dir, &format!("{version}/openapi-v3/{name}"))?);
            }
        }
        let swagger = Document::open(dir, &format!("{version}/swagger.json"))?;
        Ok(Release { version: version.to_owned(), swagger, enums, v3 })
    }
}

impl Document {
    fn open(dir: &Path, name: &str) -> Result<Document, Diagnostic> {
        let bytes = fs::read(dir.join(name)).map_err(|error| unreadable(&dir.join(name), &error))?;
        let json = serde_json::from_slice(&bytes).map_err(|error| bad(name, error))?;
        Ok(Document { source: source(format!("kubernetes/{name}"), &bytes), json })
    }
}

/// A document with its checksum.
pub fn source(file: String, bytes: &[u8]) -> Source {
    Source { file, sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect() }
}

/// The names in a folder, sorted.
pub fn names(dir: &Path) -> Result<Vec<String>, Diagnostic> {
    let entries = fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

/// Writes one file of facts.
pub fn save(path: PathBuf, text: &str) -> Result<PathBuf, Diagnostic> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
    match written {
        Ok(()) => Ok(path),
        Err(error) => Err(Diagnostic::new(
            Code::OutputNotWritten,
            Span::NONE,
            format!("cannot write `{}`: {error}", path.display()),
        )),
    }
}

pub fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::FileNotReadable, Span::NONE, format!("cannot read `{}`: {error}", path.display()))
        .hint("give the folder that holds one folder for each Kubernetes minor, and `lifecycle.json`; of add-ons, one for each of them")
}
