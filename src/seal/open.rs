//! The lock file of a project: read through the door that all inputs come through, or told why not.

use std::path::Path;

use super::{Lock, Malformed};
use crate::diag::{Code, Diagnostic};
use crate::source::{ReadErrorKind, SourceKind, Span};
use crate::value::{Evaluator, Result};

impl Lock {
    /// The lock file at `path`, which becomes an input of the build; nothing where there is none.
    ///
    /// # Errors
    /// When it cannot be read; [`Code::BadLockFile`] when it is not of its form.
    pub fn open(machine: &mut Evaluator, path: &Path) -> Result<Option<Lock>> {
        let text = match machine.world.read(path) {
            Ok(text) => text,
            Err(failure) if failure.kind == ReadErrorKind::NotFound => return Ok(None),
            Err(failure) => return Err(machine.unreadable(&failure, Span::NONE)),
        };
        match Lock::read(&text) {
            Ok(lock) => Ok(Some(lock)),
            Err(malformed) => Err(bad_lock(machine, path, &text, malformed).into()),
        }
    }
}

/// The finding about a lock file that is not of its form, at its line.
fn bad_lock(machine: &mut Evaluator, path: &Path, text: &str, malformed: Malformed) -> Diagnostic {
    let name = machine.shown(path);
    let start: usize = text.split_inclusive('\n').take(malformed.line - 1).map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or_default();
    let (from, until) = (start + line.len() - line.trim_start().len(), start + line.trim_end().len());
    let source = machine.sources.add(name, Some(path.to_path_buf()), text, SourceKind::User);
    let span = machine.sources.file(source).span(from.min(until)..until);
    Diagnostic::new(Code::BadLockFile, span, format!("the lock file cannot be read: {}", malformed.message))
        .hint(malformed.hint)
}
