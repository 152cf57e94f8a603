//! The transaction: staged, committed and applied, or not there at all. See [`super`] for the steps.
//!
//! A stage holds `new/`, the files to come, and `old/`, those that they replace or that go. Both
//! are of the target's own file system, so that every step after the staging is a rename.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::TempDir;

use super::folder::{is_own_file, refuse_detour};
use super::interrupt::Watch;
use super::through::{Through, sync_entries};
use super::{Trouble, owned};

/// One difference between the folder and the output.
pub(super) enum Change<'a> {
    /// The file gets this text.
    Write { name: &'a str, text: Cow<'a, str>, private: bool },
    /// The file goes.
    Remove(String),
}

impl Change<'_> {
    /// The path below the folder.
    pub(super) fn name(&self) -> &str {
        match self {
            Change::Write { name, .. } => name,
            Change::Remove(name) => name,
        }
    }
}

/// Everything that is needed to change a folder, written and synced.
pub(super) struct Stage<'a> {
    dir: &'a Path,
    folder: TempDir,
}

const STAGED: &str = ".nxk-new-";
const COMMITTED: &str = ".nxk-commit";
const NEW: &str = "new";
const OLD: &str = "old";

impl<'a> Stage<'a> {
    /// Stages `changes` inside `dir`. When it fails, nothing of it stays.
    pub(super) fn write(dir: &'a Path, changes: &[Change<'_>], watch: &Watch) -> Result<Stage<'a>, Trouble> {
        let folder = temporary_folder(dir, STAGED)?;
        fs::create_dir(folder.path().join(NEW))?;
        fs::create_dir(folder.path().join(OLD))?;
        let through = Through::with(changes.len());
        for change in changes {
            watch.check()?;
            let (place, kept) = (dir.join(change.name()), folder.path().join(OLD).join(change.name()));
            let there = fs::symlink_metadata(&place).ok();
            if there.is_some() {
                keep(&place, &kept)?;
            }
            if let Change::Write { name, text, private } = change {
                let staged = folder.path().join(NEW).join(name);
                write_file(&staged, text, *private, through)?;
                // A file that was closed to others stays so; one that has to be closed is not opened.
                if let Some(there) = there.filter(|there| there.is_file() && (!private || is_private(there))) {
                    fs::set_permissions(&staged, there.permissions())?;
                }
            }
        }
        through.folder(folder.path())?;
        Ok(Stage { dir, folder })
    }

    /// Makes the staged output the one that counts, and puts it in place. When that fails, the
    /// folder is as it was.
    pub(super) fn commit(self) -> Result<(), Trouble> {
        let committed = self.dir.join(COMMITTED);
        fs::rename(self.folder.path(), &committed)?;
        let _ = self.folder.keep();
        sync_entries(self.dir);
        let new = files_below(&committed.join(NEW));
        apply(self.dir).inspect_err(|_| take_back(self.dir, &new))
    }
}

/// Finishes what a killed run left behind: applies a committed stage, drops all others.
pub(super) fn recover(dir: &Path) -> Result<(), Trouble> {
    sweep(dir, STAGED);
    if fs::symlink_metadata(dir.join(COMMITTED)).is_ok_and(|there| there.is_dir()) { apply(dir) } else { Ok(()) }
}

/// Puts a committed stage in place. Every step can be repeated, so it does not matter how often it
/// was begun. The list comes last: until then, it says what may be removed.
fn apply(dir: &Path) -> Result<(), Trouble> {
    let stage = dir.join(COMMITTED);
    let new = stage.join(NEW);
    // A stage that somebody else made has no way out of the folder either.
    let staged = files_below(&new);
    for name in staged.iter().filter(|name| owned::is_safe(name)) {
        refuse_detour(dir, name)?;
        if let Some(parent) = dir.join(name).parent() {
            fs::create_dir_all(parent)?;
        }
        fs::rename(new.join(name), dir.join(name))?;
    }
    if let Some(names) = owned::read(&new).filter(|_| staged.contains(owned::LIST)) {
        let stale = owned::read(dir).unwrap_or_default();
        for name in stale.difference(&names).filter(|name| is_own_file(dir, name)) {
            fs::remove_file(dir.join(name))?;
            remove_empty_folders(dir, name);
        }
        fs::rename(new.join(owned::LIST), dir.join(owned::LIST))?;
    }
    sync_entries(dir);
    // All is in place; a stage that cannot be removed now is empty of meaning for later runs.
    let _ = fs::remove_dir_all(stage);
    Ok(())
}

/// Puts the folder back to what it was before [`apply`] failed half-way. `new` are the files of the output.
fn take_back(dir: &Path, new: &BTreeSet<String>) {
    let stage = dir.join(COMMITTED);
    let old = files_below(&stage.join(OLD));
    // As far as it goes: what fails here cannot be helped, and the first failure is the one to tell.
    for name in new.difference(&old).filter(|name| !stage.join(NEW).join(name).exists()) {
        let _ = fs::remove_file(dir.join(name));
    }
    for name in &old {
        if let Some(parent) = dir.join(name).parent() {
            let _ = fs::create_dir_all(parent);
        }
        let _ = fs::rename(stage.join(OLD).join(name), dir.join(name));
    }
    let _ = fs::remove_dir_all(stage);
}

fn remove_empty_folders(dir: &Path, name: &str) {
    let mut folder = dir.join(name);
    while folder.pop() && folder != dir && fs::remove_dir(&folder).is_ok() {}
}

/// The paths of all files below `folder`, none when it is not there or a link.
fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let is_real = fs::symlink_metadata(folder).is_ok_and(|there| there.is_dir());
    let mut pending = if is_real { vec![String::new()] } else { Vec::new() };
    while let Some(prefix) = pending.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&prefix)) else { continue };
        for entry in entries.flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                pending.push(format!("{name}/"));
            } else {
                found.insert(name);
            }
        }
    }
    found
}

/// Keeps the file `place` under the name `kept` as well.
fn keep(place: &Path, kept: &Path) -> io::Result<()> {
    if let Some(parent) = kept.parent() {
        fs::create_dir_all(parent)?;
    }
    // Not every file system has second names for files.
    fs::hard_link(place, kept).or_else(|_| fs::copy(place, kept).map(drop))
}

/// A fresh folder in `parent`; it goes when the result is dropped.
pub(super) fn temporary_folder(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    if let Some(permissions) = usual_permissions() {
        builder.permissions(permissions);
    }
    builder.tempdir_in(parent)
}

/// Those that any folder gets, less what the user's mask takes away: temporary folders are private otherwise.
#[cfg(unix)]
fn usual_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o777))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<Permissions> {
    None
}

/// The same for a file.
#[cfg(unix)]
pub(super) fn usual_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
pub(super) fn usual_file_permissions() -> Option<Permissions> {
    None
}

/// Removes the temporary folders of killed runs. The caller holds the lock, so none is in use.
pub(super) fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let is_ours = rest.is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // What cannot be removed now may go next time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether nobody but its owner may read a file.
#[cfg(unix)]
pub(super) fn is_private(file: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
pub(super) fn is_private(_: &Metadata) -> bool {
    true
}

/// Opens a file that is not there yet; at no moment can others read one that is private.
fn create_new(path: &Path, private: bool) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes a new file and its folders.
pub(super) fn write_file(path: &Path, text: &str, private: bool, through: Through) -> io::Result<()> {
    // Most files have a neighbour that was written before, so their folder is there.
    let mut file = create_new(path, private).or_else(|error| match path.parent() {
        Some(parent) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(parent)?;
            create_new(path, private)
        }
        _ => Err(error),
    })?;
    file.write_all(text.as_bytes())?;
    through.file(&file)
}
