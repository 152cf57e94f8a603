//! What is to be done so that a folder becomes an output.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::interrupt::Watch;
use super::stage::{self, Change, Stage};
use super::through::{Through, sync_entries};
use super::{NewFile, Rules, Trouble, owned};

/// Makes `files` the content of `dir`.
pub(super) fn write(dir: &Path, files: &[NewFile], rules: Rules<'_>) -> Result<(), Trouble> {
    owned::check(files)?;
    loop {
        if let Some(real) = real(dir)? {
            return update(&real, files, rules);
        }
        let list = owned::list(files.iter().map(|file| file.name.as_str()).collect::<BTreeSet<_>>().into_iter());
        if create(&std::path::absolute(dir)?, files, Some(&list))? {
            return Ok(());
        }
    }
}

/// The real path of the folder `dir`; `None` when nothing is there yet.
pub(super) fn real(dir: &Path) -> io::Result<Option<PathBuf>> {
    match fs::canonicalize(dir) {
        Ok(real) if real.is_dir() => Ok(Some(real)),
        // What the system made without a path of its own, such as the pipe behind `/dev/stdout`, is there as well.
        Err(error) if error.kind() == io::ErrorKind::NotFound && (dir.is_dir() || !dir.exists()) => Ok(None),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Err(io::ErrorKind::NotADirectory.into()),
    }
}

/// Makes the folder `dir`, complete from the first moment, with the list of what is nxk's in it unless it is the user's.
/// `false` when another run was faster.
pub(super) fn create(dir: &Path, files: &[NewFile], list: Option<&str>) -> Result<bool, Trouble> {
    let (Some(parent), Some(name)) = (dir.parent(), dir.file_name()) else {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    };
    let parents = Made::with_parents(parent)?;
    let lock = lock(parent);
    let watch = Watch::begin();
    // Those that were made go before the watch ends the program.
    let parents = parents;
    let prefix = format!(".{}.nxk-new-", shortened(&name.to_string_lossy()));
    stage::sweep(parent, &prefix);
    if dir.exists() {
        return Ok(false);
    }
    let staged = stage::temporary_folder(parent, &prefix)?;
    let through = Through::with(files.len());
    for file in files {
        watch.check()?;
        stage::write_file(&staged.path().join(&file.name), &file.text, file.private, through)?;
    }
    if let Some(list) = list {
        stage::write_file(&staged.path().join(owned::LIST), list, false, through)?;
    }
    through.folder(staged.path())?;
    watch.check()?;
    match fs::rename(staged.path(), dir) {
        Ok(()) => {
            // The name is free for others now, so nothing may be removed under it.
            let _ = staged.keep();
            parents.keep();
            sync_entries(parent);
            drop(lock);
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// As much of a name as leaves room for more beside it, since a file system takes no more than 255 bytes. Several names
/// may come to the same; whoever holds the lock is alone with all of them.
fn shortened(name: &str) -> &str {
    &name[..name.floor_char_boundary(200)]
}

/// Changes the folder `dir`, which is there, as a transaction.
fn update(dir: &Path, files: &[NewFile], rules: Rules<'_>) -> Result<(), Trouble> {
    let sources = sources_below(dir, rules.sources)?;
    let _lock = lock(dir);
    // Whoever waits may be ended.
    let watch = Watch::begin();
    stage::recover(dir)?;
    let owned = owned::read(dir);
    if owned.is_none() && !rules.force {
        refuse_foreign(dir)?;
    }
    let there = There { dir, owned: owned.unwrap_or_default(), sources };
    let changes = there.plan(files, rules.force)?;
    if changes.is_empty() {
        return Ok(());
    }
    let mut folders = Made::default();
    let stage = Stage::write(dir, &changes, &watch)?;
    for change in &changes {
        if let Some(parent) = dir.join(change.name()).parent() {
            folders.make(parent)?;
        }
    }
    watch.check()?;
    stage.commit()?;
    folders.keep();
    Ok(())
}

/// Refuses a folder that holds anything.
fn refuse_foreign(dir: &Path) -> Result<(), Trouble> {
    let names: Vec<_> = fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    // A list that cannot be read says nothing of who made it.
    match names.iter().filter(|name| *name != owned::LIST).min() {
        Some(name) => Err(Trouble::Foreign(name.to_string_lossy().into_owned())),
        None => Ok(()),
    }
}

/// The names in `dir` of the files that the output was made from. One that holds a program is no place for an output.
fn sources_below(dir: &Path, sources: &[PathBuf]) -> Result<BTreeSet<String>, Trouble> {
    let mut names = BTreeSet::new();
    for source in sources {
        let real = fs::canonicalize(source).unwrap_or_else(|_| source.clone());
        let Ok(name) = real.strip_prefix(dir) else { continue };
        let name = name.to_string_lossy().into_owned();
        if name.ends_with(".nxk") && !name.contains('/') {
            return Err(Trouble::Source(name));
        }
        names.insert(name);
    }
    Ok(names)
}

/// A folder as it is.
struct There<'a> {
    dir: &'a Path,
    /// The files that are nxk's.
    owned: BTreeSet<String>,
    /// The files that the output was made from.
    sources: BTreeSet<String>,
}

impl There<'_> {
    /// What differs between the folder and the output. Empty when nothing does.
    fn plan<'f>(&self, files: &'f [NewFile], force: bool) -> Result<Vec<Change<'f>>, Trouble> {
        let mut changes = Vec::new();
        for file in files {
            if !self.has(file, force)? {
                let NewFile { name, text, private } = file;
                changes.push(Change::Write { name, text: text.as_str().into(), private: *private });
            }
        }
        // A former file that is read by now stays on the list, and goes when it is read no more.
        let kept = self.owned.intersection(&self.sources).map(String::as_str);
        let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).chain(kept).collect();
        let stale = self.owned.iter().filter(|name| !names.contains(name.as_str()));
        changes.extend(stale.filter(|name| is_own_file(self.dir, name)).map(|name| Change::Remove(name.clone())));
        let list = owned::list(names.into_iter());
        if fs::read_to_string(self.dir.join(owned::LIST)).ok().as_deref() != Some(&list) {
            changes.push(Change::Write { name: owned::LIST, text: list.into(), private: false });
        }
        Ok(changes)
    }

    /// Whether the file is there as it should be. Refuses it where something stands in its way.
    fn has(&self, NewFile { name, text, private }: &NewFile, force: bool) -> Result<bool, Trouble> {
        refuse_detour(self.dir, name)?;
        if self.sources.contains(name) {
            return Err(Trouble::Source(name.clone()));
        }
        let place = self.dir.join(name);
        let Ok(there) = fs::symlink_metadata(&place) else { return Ok(false) };
        if there.is_dir() {
            return Err(Trouble::Obstacle(format!("a folder stands where `{name}` should go")));
        }
        if !self.owned.contains(name) && !force {
            return Err(Trouble::Foreign(name.clone()));
        }
        let fits = there.is_file() && there.len() == text.len() as u64 && (!private || stage::is_private(&there));
        Ok(fits && fs::read(place).is_ok_and(|bytes| bytes == text.as_bytes()))
    }
}

/// Refuses a name whose folders are not real folders here: a link would lead the output elsewhere.
pub(super) fn refuse_detour(dir: &Path, name: &str) -> Result<(), Trouble> {
    for (at, _) in name.match_indices('/') {
        match fs::symlink_metadata(dir.join(&name[..at])) {
            Ok(there) if !there.is_dir() => {
                return Err(Trouble::Obstacle(format!("`{}` in it is not a folder", &name[..at])));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a file (not a folder) is there, not behind a link.
pub(super) fn is_own_file(dir: &Path, name: &str) -> bool {
    refuse_detour(dir, name).is_ok() && fs::symlink_metadata(dir.join(name)).is_ok_and(|there| !there.is_dir())
}

/// Makes other runs wait until the result is dropped. Where the system has no locks for folders,
/// nothing does, and the transaction alone has to do.
pub(super) fn lock(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Folders that were made on the way and go again unless the output is written.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    fn with_parents(folder: &Path) -> Result<Made, Trouble> {
        let mut made = Made::default();
        made.make(folder)?;
        Ok(made)
    }

    fn make(&mut self, folder: &Path) -> Result<(), Trouble> {
        let missing = folder.ancestors().take_while(|folder| !folder.exists()).collect::<Vec<_>>();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.0.push(folder.to_path_buf()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // What is not empty is in use by someone else by now.
        self.0.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}
