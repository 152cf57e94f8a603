//! Files that are the user's own from the moment that they are written.
//!
//! They come to be as an output does, whole or not at all, but no list is kept of them.

use std::fs;
use std::path::Path;

use super::interrupt::Watch;
use super::stage::{self, Change, Stage};
use super::{NewFile, Trouble, folder, owned};

/// Adds `files` to `dir`, which is made if need be. [`Trouble::Foreign`] holds the names of those that are there.
pub(super) fn write(dir: &Path, files: &[NewFile]) -> Result<(), Trouble> {
    owned::check(files)?;
    loop {
        if let Some(real) = folder::real(dir)? {
            return add(&real, files);
        }
        if folder::create(&std::path::absolute(dir)?, files, None)? {
            return Ok(());
        }
    }
}

fn add(dir: &Path, files: &[NewFile]) -> Result<(), Trouble> {
    let _lock = folder::lock(dir);
    let watch = Watch::begin();
    stage::recover(dir)?;
    // A link that leads nowhere is in the way as well.
    let is_there = |file: &&NewFile| fs::symlink_metadata(dir.join(&file.name)).is_ok();
    let there: Vec<String> = files.iter().filter(is_there).map(|file| format!("`{}`", file.name)).collect();
    if !there.is_empty() {
        return Err(Trouble::Foreign(there.join(" and ")));
    }
    let mut changes = Vec::new();
    for NewFile { name, text, private } in files {
        changes.push(Change::Write { name, text: text.as_str().into(), private: *private });
    }
    Stage::write(dir, &changes, &watch)?.commit()
}
