//! Texts that the command line names, wherever they lie: manifests are data, so nothing confines where they are read.
//!
//! Whoever names them may read them, so they may be anything that has an end, a pipe too. The bound on their size is that
//! of every file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::world::{MAX_FILE_BYTES, ReadError, ReadErrorKind, text_of};

/// Folders inside each other, at most: who is deeper has a loop of mounts.
const MAX_DEPTH: usize = 64;

/// The text of a file.
///
/// # Errors
/// Says why, see [`ReadErrorKind`].
pub fn read_given(path: &Path) -> Result<String, ReadError> {
    let io = |error: io::Error| ReadError::of(path, &error);
    let meta = fs::metadata(path).map_err(io)?;
    let fail = |kind| ReadError { path: path.to_path_buf(), kind };
    if meta.is_dir() {
        return Err(fail(ReadErrorKind::IsFolder));
    }
    if meta.len() > MAX_FILE_BYTES {
        return Err(fail(ReadErrorKind::TooLarge(meta.len())));
    }
    text(File::open(path).map_err(io)?, path)
}

/// The text on the standard input.
///
/// # Errors
/// Says why, see [`ReadErrorKind`].
pub fn read_stdin() -> Result<String, ReadError> {
    text(io::stdin().lock(), Path::new("-"))
}

/// The files below a folder that are `wanted`, by path. What is hidden is left out, and links to folders are not followed.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files_below(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, ReadError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let io = |error: io::Error| ReadError::of(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(io)?);
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth < MAX_DEPTH {
                folders.push((path, depth + 1));
            } else if !kind.is_dir() && wanted(&path) && path.metadata().is_ok_and(|meta| meta.is_file()) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// All of a text, if it is one.
fn text(source: impl Read, path: &Path) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| ReadError::of(path, &error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ReadError { path: path.to_path_buf(), kind: ReadErrorKind::TooLarge(bytes.len() as u64) });
    }
    text_of(bytes, path)
}
