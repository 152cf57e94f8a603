//! Bytes that may be read but not told: the contents of secrets.
//!
//! They are no inputs of the build, so that its id says nothing of them, and whatever holds them shows
//! nothing of them. A file that the source names stays below the root, as every file does; what the
//! command line names was named by whoever may read it, so that may be anything, a pipe too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::world::{ReadError, ReadErrorKind, World};

/// More bytes do not go into a Secret: the API server's own bound for all of its data together.
pub const MAX_SECRET_BYTES: u64 = 1024 * 1024;

/// What can be read only once is kept: pipes, and the standard input.
#[derive(Default)]
pub(super) struct Kept(RefCell<BTreeMap<PathBuf, Vec<u8>>>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<secret>")
    }
}

impl World {
    /// The bytes of a secret's file below the root. The build id does not cover them.
    ///
    /// # Errors
    /// Says why, see [`ReadErrorKind`].
    pub fn read_unseen(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let path = self.confine(path)?;
        if let Some(text) = self.overlaid(&path) {
            return bounded(text.as_bytes(), &path);
        }
        let meta = std::fs::metadata(&path).map_err(|error| ReadError::of(&path, &error))?;
        if !meta.is_dir() && !meta.is_file() {
            return Err(ReadError { path, kind: ReadErrorKind::NotRegular });
        }
        let file = File::open(&path).map_err(|error| ReadError::of(&path, &error))?;
        bounded(file, &path)
    }

    /// The bytes of a secret's file that the command line names, wherever it is.
    ///
    /// # Errors
    /// Says why, see [`ReadErrorKind`].
    pub fn read_given(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        self.once(path, || bounded(File::open(path).map_err(|error| ReadError::of(path, &error))?, path))
    }

    /// The bytes of the standard input, which is read once.
    ///
    /// # Errors
    /// Says why, see [`ReadErrorKind`].
    pub fn read_stdin(&self) -> Result<Vec<u8>, ReadError> {
        let path = Path::new("-");
        self.once(path, || bounded(io::stdin().lock(), path))
    }

    /// The bytes of an environment variable that the command line names.
    pub fn variable(&self, name: &str) -> Option<Vec<u8>> {
        std::env::var_os(name).map(|value| value.into_encoded_bytes())
    }

    fn once(&self, path: &Path, read: impl FnOnce() -> Result<Vec<u8>, ReadError>) -> Result<Vec<u8>, ReadError> {
        if let Some(known) = self.kept.0.borrow().get(path) {
            return Ok(known.clone());
        }
        let bytes = read()?;
        self.kept.0.borrow_mut().insert(path.to_path_buf(), bytes.clone());
        Ok(bytes)
    }
}

/// All bytes, unless there are too many.
fn bounded(source: impl Read, path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    source.take(MAX_SECRET_BYTES + 1).read_to_end(&mut bytes).map_err(|error| ReadError::of(path, &error))?;
    match bytes.len() as u64 {
        length if length > MAX_SECRET_BYTES => {
            Err(ReadError { path: path.to_path_buf(), kind: ReadErrorKind::TooLarge(length) })
        }
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SECRET_BYTES, ReadErrorKind, World};
    use std::path::Path;

    #[test]
    fn what_is_secret_is_neither_told_nor_an_input() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let root = folder.path().join("in");
        std::fs::create_dir(&root).expect("made");
        std::fs::write(root.join("key"), b"\0\xffhunter2\n").expect("written");
        std::fs::write(folder.path().join("outside"), "hunter2").expect("written");
        let world = World::new(&root).expect("a root");
        assert_eq!(world.read_unseen(Path::new("key")).as_deref(), Ok(&b"\0\xffhunter2\n"[..]), "byte for byte");
        let outside = world.read_unseen(Path::new("../outside")).expect_err("refused");
        assert_eq!(outside.kind, ReadErrorKind::OutsideRoot);
        assert_eq!(world.read_given(&folder.path().join("outside")).as_deref(), Ok(&b"hunter2"[..]), "it was named");
        assert!(world.inputs().is_empty());
        assert!(!format!("{world:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_is_as_large_as_kubernetes_takes_it() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let full = vec![b'x'; MAX_SECRET_BYTES as usize];
        std::fs::write(folder.path().join("full"), &full).expect("written");
        std::fs::write(folder.path().join("more"), [&full[..], b"x"].concat()).expect("written");
        let world = World::new(folder.path()).expect("a root");
        assert_eq!(world.read_unseen(Path::new("full")).map(|bytes| bytes.len()), Ok(full.len()));
        let kind = |name: &str| world.read_unseen(Path::new(name)).expect_err("refused").kind;
        assert!(matches!(kind("more"), ReadErrorKind::TooLarge(_)));
        assert_eq!(kind("none"), ReadErrorKind::NotFound);
        assert_eq!(kind("."), ReadErrorKind::IsFolder);
    }
}
