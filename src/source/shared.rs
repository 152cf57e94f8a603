//! What two runs beside each other ask of the disk, asked once: whatever changes meanwhile, both see the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::world::ReadError;

/// All that was asked so far, and the answers.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The texts of files.
    pub(super) texts: Answers<Result<String, ReadError>>,
    /// What is in folders: names and kinds.
    pub(super) listings: Answers<Result<Vec<(String, &'static str)>, ReadError>>,
    /// Whether something is there.
    pub(super) there: Answers<bool>,
    /// Whether it is a folder.
    pub(super) folders: Answers<bool>,
}

/// The answers to one question, by path.
#[derive(Debug)]
pub(super) struct Answers<T>(Mutex<BTreeMap<PathBuf, T>>);

impl<T> Default for Answers<T> {
    fn default() -> Answers<T> {
        Answers(Mutex::default())
    }
}

impl<T: Clone> Answers<T> {
    /// The first answer that was given for `path`; who asks at the same time waits for it.
    pub(super) fn of(&self, path: &Path, ask: impl FnOnce() -> T) -> T {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.entry(path.to_path_buf()).or_insert_with(ask).clone()
    }
}
