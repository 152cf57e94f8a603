//! One file, replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::interrupt::Watch;
use super::through::sync_entries;
use super::{Trouble, folder, stage};

/// Keeps other runs out of a folder until it is dropped. See [`hold`].
pub struct Held(#[expect(dead_code, reason = "it is dropped, which is what it is for")] Option<File>);

/// Waits until no other run works on `folder`, and keeps the next one waiting. For files that are read, changed and
/// written: whoever reads in between would lose what the other one wrote.
pub fn hold(folder: &Path) -> Held {
    Held(folder::lock(folder))
}

/// Writes the file `path`, which keeps its permissions, and makes its folder as needed. Behind a link, the file that it
/// leads to is written.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if real.is_dir() {
        return Err(Trouble::Obstacle("a folder stands there".to_owned()));
    }
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let watch = Watch::begin();
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        // Which file exists is not what anybody wants to know: a folder is needed there.
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nxk-new-");
    if let Some(permissions) = stage::usual_file_permissions() {
        builder.permissions(permissions);
    }
    let mut file: NamedTempFile = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(there) = fs::metadata(&real) {
        file.as_file().set_permissions(there.permissions())?;
    }
    file.as_file().sync_all()?;
    watch.check()?;
    file.persist(&real).map_err(|failure| failure.error)?;
    sync_entries(folder);
    Ok(())
}
