//! The only door to the disk.
//!
//! Reading is confined to the project root: a path that leaves it, by `..` or through a symbolic
//! link, is refused. What was read is remembered with its digest, because the build id covers it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::shared::{Answers, Shared};
use super::unseen::Kept;

/// The largest file that is read: larger ones are never configuration.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// What a compile may see of the machine: the files below one folder.
#[derive(Debug)]
pub struct World {
    root: PathBuf,
    /// The root as it was given, for names in messages.
    typed: PathBuf,
    /// Texts that stand in for files: unsaved editor buffers, and tests.
    overlay: BTreeMap<PathBuf, String>,
    /// Path relative to the root, and SHA-256, of every file read.
    inputs: RefCell<BTreeMap<PathBuf, [u8; 32]>>,
    /// What else was asked of the disk, and what it answered.
    answers: RefCell<BTreeMap<String, String>>,
    /// The contents of secrets that can be read only once.
    pub(super) kept: Kept,
    /// What was read together with another world.
    shared: Option<Arc<Shared>>,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The path as it was asked for.
    pub path: PathBuf,
    /// What went wrong.
    pub kind: ReadErrorKind,
}

/// The ways in which reading fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// There is no such file.
    NotFound,
    /// A folder where a file was wanted.
    IsFolder,
    /// Neither file nor folder (a device, a pipe, a socket).
    NotRegular,
    /// Larger than [`MAX_FILE_BYTES`]; the size in bytes.
    TooLarge(u64),
    /// Not UTF-8; the offset of the first bad byte.
    NotUtf8(usize),
    /// Holds NUL bytes, so it is not text.
    Binary,
    /// Outside the project root.
    OutsideRoot,
    /// Anything else, in the system's words.
    Other(String),
}

impl World {
    /// The world below `root`, which must exist.
    ///
    /// # Errors
    /// When `root` cannot be resolved.
    pub fn new(root: &Path) -> Result<World, ReadError> {
        let typed = root.to_path_buf();
        let root = fs::canonicalize(root).map_err(|error| ReadError::of(root, &error))?;
        Ok(World {
            root,
            typed,
            overlay: BTreeMap::new(),
            inputs: RefCell::default(),
            answers: RefCell::default(),
            kept: Kept::default(),
            shared: None,
        })
    }

    /// A second world, for a run beside this one. Of whatever both look at from now on, both see the same; what each
    /// has looked at, it remembers by itself.
    pub fn twin(&mut self) -> World {
        World {
            root: self.root.clone(),
            typed: self.typed.clone(),
            overlay: self.overlay.clone(),
            inputs: RefCell::default(),
            answers: RefCell::default(),
            kept: Kept::default(),
            shared: Some(self.shared.get_or_insert_default().clone()),
        }
    }

    /// The project root, absolute and free of links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Says what the root is called, where that is not the folder that it is.
    pub fn call_root(&mut self, name: impl Into<PathBuf>) {
        self.typed = name.into();
    }

    /// A path as the user would type it: below the root as the root was given, else as it is.
    pub fn shown(&self, path: &Path) -> String {
        let Ok(inside) = path.strip_prefix(&self.root) else { return path.display().to_string() };
        if inside.as_os_str().is_empty() {
            return self.typed.display().to_string();
        }
        let shown = match self.typed.as_path() {
            typed if typed == Path::new(".") => inside.to_path_buf(),
            // The top of a commit, as git writes it.
            typed if typed.as_os_str().as_encoded_bytes().ends_with(b":") => {
                return format!("{}{}", typed.display(), inside.display());
            }
            typed => typed.join(inside),
        };
        shown.display().to_string()
    }

    /// Lets `text` stand in for the file `path` (absolute, or relative to the root).
    pub fn overlay(&mut self, path: impl AsRef<Path>, text: impl Into<String>) {
        self.overlay.insert(normalize(&self.root.join(path)), text.into());
    }

    /// Reads a text file below the root.
    ///
    /// # Errors
    /// Says why, see [`ReadErrorKind`].
    pub fn read(&self, path: &Path) -> Result<String, ReadError> {
        let path = self.confine(path)?;
        let text = match self.overlay.get(&path) {
            Some(text) => text.clone(),
            None => self.seen(|shared| &shared.texts, &path, || read_text(&path))?,
        };
        let relative = path.strip_prefix(&self.root).unwrap_or(&path).to_path_buf();
        self.inputs.borrow_mut().insert(relative, Sha256::digest(text.as_bytes()).into());
        Ok(text)
    }

    /// What the disk answers; what it answered first, where another world asks as well.
    fn seen<T: Clone>(&self, of: impl Fn(&Shared) -> &Answers<T>, path: &Path, ask: impl FnOnce() -> T) -> T {
        match &self.shared {
            Some(shared) => of(shared).of(path, ask),
            None => ask(),
        }
    }

    fn remember(&self, question: &str, path: &Path, answer: String) {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        self.answers.borrow_mut().insert(format!("{question} {}", relative.display()), answer);
    }

    /// The text that stands in for a file, if one does.
    pub(super) fn overlaid(&self, path: &Path) -> Option<&str> {
        self.overlay.get(path).map(String::as_str)
    }

    /// Whether something is there that could be read.
    pub fn exists(&self, path: &Path) -> bool {
        let on_disk = |path: &Path| self.seen(|shared| &shared.there, path, || path.exists());
        let there = self.confine(path).is_ok_and(|path| self.overlay.contains_key(&path) || on_disk(&path));
        self.remember("whether there is", path, there.to_string());
        there
    }

    /// Whether `path` is a folder below the root.
    pub fn is_folder(&self, path: &Path) -> bool {
        let on_disk = |path: &Path| self.seen(|shared| &shared.folders, path, || path.is_dir());
        self.confine(path).is_ok_and(|path| !self.overlay.contains_key(&path) && on_disk(&path))
    }

    /// The entries of a folder with their kinds, by name.
    ///
    /// # Errors
    /// Says why, see [`ReadErrorKind`].
    pub fn read_folder(&self, path: &Path) -> Result<Vec<(String, &'static str)>, ReadError> {
        let path = self.confine(path)?;
        let entries = self.seen(|shared| &shared.listings, &path, || list(&path))?;
        let listing: String = entries.iter().map(|(name, kind)| format!("{kind} {name}\n")).collect();
        let digest = Sha256::digest(listing.as_bytes());
        self.remember("what is in", &path, digest.iter().map(|byte| format!("{byte:02x}")).collect());
        Ok(entries)
    }

    /// The path in the form under which files are known: absolute, without `..`, links followed.
    ///
    /// # Errors
    /// [`ReadErrorKind::OutsideRoot`] when it leaves the root.
    pub fn confine(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let lexical = normalize(&self.root.join(path));
        if self.overlay.contains_key(&lexical) {
            return Ok(lexical);
        }
        // What does not exist is judged by its name alone; reading it will say that it is missing.
        let real = fs::canonicalize(&lexical).unwrap_or(lexical);
        if real.starts_with(&self.root) {
            Ok(real)
        } else {
            Err(ReadError { path: path.to_path_buf(), kind: ReadErrorKind::OutsideRoot })
        }
    }

    /// A file read so far that holds just this text.
    pub fn input_with(&self, text: &str) -> Option<PathBuf> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let inputs = self.inputs.borrow();
        inputs.iter().find(|(_, known)| **known == digest).map(|(path, _)| self.root.join(path))
    }

    /// Every file read so far: path relative to the root and SHA-256, by path.
    pub fn inputs(&self) -> BTreeMap<PathBuf, [u8; 32]> {
        self.inputs.borrow().clone()
    }

    /// What else was asked: questions (`what is in data`, `whether there is data/a.txt`), and the answers, listings as
    /// SHA-256. With the inputs it is all that the disk has to do with the result.
    pub fn answers(&self) -> BTreeMap<String, String> {
        self.answers.borrow().clone()
    }
}

impl ReadError {
    pub(super) fn of(path: &Path, error: &std::io::Error) -> ReadError {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadErrorKind::NotFound,
            std::io::ErrorKind::IsADirectory => ReadErrorKind::IsFolder,
            _ => ReadErrorKind::Other(error.to_string()),
        };
        ReadError { path: path.to_path_buf(), kind }
    }
}

/// The entries of a folder with their kinds, by name.
fn list(path: &Path) -> Result<Vec<(String, &'static str)>, ReadError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| ReadError::of(path, &error))? {
        let entry = entry.map_err(|error| ReadError::of(path, &error))?;
        let kind = entry.file_type().map_err(|error| ReadError::of(path, &error))?;
        let kind = match () {
            () if kind.is_file() => "regular",
            () if kind.is_dir() => "directory",
            () if kind.is_symlink() => "symlink",
            () => "unknown",
        };
        entries.push((entry.file_name().to_string_lossy().into_owned(), kind));
    }
    entries.sort();
    Ok(entries)
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    let fail = |kind| ReadError { path: path.to_path_buf(), kind };
    let io = |error: std::io::Error| ReadError::of(path, &error);
    let meta = fs::metadata(path).map_err(io)?;
    if meta.is_dir() {
        return Err(fail(ReadErrorKind::IsFolder));
    }
    if !meta.is_file() {
        return Err(fail(ReadErrorKind::NotRegular));
    }
    if meta.len() > MAX_FILE_BYTES {
        return Err(fail(ReadErrorKind::TooLarge(meta.len())));
    }
    // The file may grow while it is read, so the size is bounded here as well.
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    let file = fs::File::open(path).map_err(io)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(fail(ReadErrorKind::TooLarge(bytes.len() as u64)));
    }
    text_of(bytes, path)
}

/// The text that these bytes of a file are.
pub(super) fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String, ReadError> {
    let fail = |kind| ReadError { path: path.to_path_buf(), kind };
    if bytes.contains(&0) {
        return Err(fail(ReadErrorKind::Binary));
    }
    String::from_utf8(bytes).map_err(|error| fail(ReadErrorKind::NotUtf8(error.utf8_error().valid_up_to())))
}

/// Removes `.` and `..` by name, without asking the disk.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{ReadErrorKind, World};
    use std::path::Path;

    #[test]
    fn reading_stays_below_the_root() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::create_dir(folder.path().join("in")).expect("made");
        std::fs::write(folder.path().join("secret"), "x").expect("written");
        std::fs::write(folder.path().join("in/a.nxk"), "1").expect("written");
        std::os::unix::fs::symlink(folder.path().join("secret"), folder.path().join("in/link")).expect("linked");
        let world = World::new(&folder.path().join("in")).expect("a root");
        assert_eq!(world.read(Path::new("a.nxk")).as_deref(), Ok("1"));
        for outside in ["../secret", "link", "/etc/passwd"] {
            let error = world.read(Path::new(outside)).expect_err("refused");
            assert_eq!(error.kind, ReadErrorKind::OutsideRoot, "{outside}");
        }
        assert_eq!(world.inputs().len(), 1);
    }

    #[test]
    fn two_worlds_see_the_same_whatever_changes_meanwhile() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let write = |text: &str| std::fs::write(folder.path().join("a.nxk"), text).expect("written");
        let mut one = World::new(folder.path()).expect("a root");
        let other = one.twin();
        assert!(!one.exists(Path::new("a.nxk")));
        write("1");
        assert!(!other.exists(Path::new("a.nxk")), "as the first one was told");
        assert_eq!(other.read(Path::new("a.nxk")).as_deref(), Ok("1"));
        assert_eq!(other.read_folder(Path::new(".")).map(|all| all.len()), Ok(1));
        assert!(one.inputs().is_empty(), "each remembers what it has looked at itself");
        write("2");
        std::fs::write(folder.path().join("b.nxk"), "").expect("written");
        assert_eq!(one.read(Path::new("a.nxk")).as_deref(), Ok("1"));
        assert_eq!(one.read_folder(Path::new(".")).map(|all| all.len()), Ok(1));
        assert_eq!(one.inputs(), other.inputs());
        let alone = World::new(folder.path()).expect("a root");
        assert_eq!(alone.read(Path::new("a.nxk")).as_deref(), Ok("2"));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("bin"), b"a\0b").expect("written");
        std::fs::write(folder.path().join("latin1"), b"caf\xe9").expect("written");
        let world = World::new(folder.path()).expect("a root");
        let kind = |name: &str| world.read(Path::new(name)).expect_err("refused").kind;
        assert_eq!(kind("bin"), ReadErrorKind::Binary);
        assert_eq!(kind("latin1"), ReadErrorKind::NotUtf8(3));
        assert_eq!(kind("missing"), ReadErrorKind::NotFound);
        assert_eq!(kind("."), ReadErrorKind::IsFolder);
    }
}
