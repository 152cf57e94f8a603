//! Through to the disk: what counts has to outlive a power cut.
//!
//! A file is written through by itself, which takes a disk some milliseconds. For an output of thousands of files those add up to
//! minutes, so many are written through at one go, together with whatever else the file system still holds back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// How files get through to the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Through {
    /// Each when it is written.
    Each,
    /// All at one go.
    Together,
}

/// More files than this are written through at one go, where the system can do that.
const MANY: usize = 64;

impl Through {
    /// The way for this many files.
    pub(super) fn with(files: usize) -> Through {
        if files > MANY && cfg!(target_os = "linux") { Through::Together } else { Through::Each }
    }

    /// Behind each file that was written.
    pub(super) fn file(self, file: &File) -> io::Result<()> {
        if self == Through::Each { file.sync_all() } else { Ok(()) }
    }

    /// Behind the last one; `folder` holds them all.
    pub(super) fn folder(self, folder: &Path) -> io::Result<()> {
        if self == Through::Together {
            return sync_file_system(&File::open(folder)?);
        }
        let mut pending: Vec<PathBuf> = vec![folder.to_path_buf()];
        while let Some(folder) = pending.pop() {
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            pending.extend(folders.map(|entry| entry.path()));
            sync_entries(&folder);
        }
        Ok(())
    }
}

/// Writes the entries of `folder` through to the disk, where the system can do that.
pub(super) fn sync_entries(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(target_os = "linux")]
fn sync_file_system(inside: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(inside)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_: &File) -> io::Result<()> {
    Ok(())
}
