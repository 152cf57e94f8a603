//! The commit that the sources are of, read from the repository's own files: git itself need not be
//! installed, and starting it would take longer than a compile.
//!
//! "Dirty" means: a file that was read differs from the index or is not in it, or the index holds
//! changes that are not committed (its cached tree has been invalidated, as `git add` does). An index
//! that was moved to another commit as a whole (`git reset --soft`) is not noticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

/// The commit of the repository around `root`, with `-dirty` behind it where the sources differ
/// from it; `None` outside a repository, or before the first commit. `files` are relative to `root`.
pub fn source_commit<'a>(root: &Path, files: impl Iterator<Item = &'a Path>) -> Option<String> {
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let git = git_folder(&top.join(".git"))?;
    let commit = head(&git)?;
    let index = fs::read(git.join("index")).ok().and_then(|bytes| Index::read(&bytes));
    let prefix = root.strip_prefix(top).ok()?;
    let clean = index.is_some_and(|index| {
        !index.staged && files.into_iter().all(|file| index.matches(&prefix.join(file), &root.join(file)))
    });
    Some(if clean { commit } else { format!("{commit}-dirty") })
}

/// The folder that `.git` is or, in a linked work tree, names.
fn git_folder(dot_git: &Path) -> Option<PathBuf> {
    if dot_git.is_dir() {
        return Some(dot_git.to_path_buf());
    }
    let text = fs::read_to_string(dot_git).ok()?;
    Some(dot_git.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}

/// The commit that `HEAD` leads to.
fn head(git: &Path) -> Option<String> {
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref: ") else { return commit_id(&head) };
    // A linked work tree keeps its branches in the main repository.
    let common =
        fs::read_to_string(git.join("commondir")).map_or_else(|_| git.to_path_buf(), |path| git.join(path.trim()));
    let loose = [git, &common].into_iter().find_map(|folder| fs::read_to_string(folder.join(name)).ok());
    if let Some(text) = loose {
        return commit_id(&text);
    }
    let packed = fs::read_to_string(common.join("packed-refs")).ok()?;
    let line = packed.lines().find(|line| line.split_once(' ').is_some_and(|(_, reference)| reference == name))?;
    commit_id(line.split(' ').next()?)
}

fn commit_id(text: &str) -> Option<String> {
    let id = text.trim();
    (id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_string())
}

/// What the index says of the files, and whether it differs from the commit.
struct Index {
    blobs: BTreeMap<Vec<u8>, [u8; 20]>,
    staged: bool,
}

impl Index {
    /// Reads an index of version 2, 3 or 4; `None` for anything else.
    fn read(bytes: &[u8]) -> Option<Index> {
        let version = word(bytes, 4)?;
        if bytes.get(..4)? != b"DIRC" || !(2..=4).contains(&version) {
            return None;
        }
        let count = word(bytes, 8)?;
        let mut blobs = BTreeMap::new();
        let mut at = 12;
        let mut path: Vec<u8> = Vec::new();
        for _ in 0..count {
            let id: [u8; 20] = bytes.get(at + 40..at + 60)?.try_into().ok()?;
            let flags = u16::from_be_bytes(bytes.get(at + 60..at + 62)?.try_into().ok()?);
            let extended = version >= 3 && flags & 0x4000 != 0;
            let mut name = at + if extended { 64 } else { 62 };
            if version == 4 {
                let (strip, length) = varint(bytes.get(name..)?)?;
                path.truncate(path.len().checked_sub(strip)?);
                name += length;
            } else {
                path.clear();
            }
            let end = name + bytes.get(name..)?.iter().position(|&byte| byte == 0)?;
            path.extend_from_slice(&bytes[name..end]);
            blobs.insert(path.clone(), id);
            at = if version == 4 { end + 1 } else { at + (end - at + 8) / 8 * 8 };
        }
        Some(Index { blobs, staged: has_staged(bytes, at) })
    }

    /// Whether the file on disk is what the index holds under `name`.
    fn matches(&self, name: &Path, file: &Path) -> bool {
        let name = name.to_string_lossy().replace('\\', "/");
        let Some(id) = self.blobs.get(name.as_bytes()) else { return false };
        fs::read(file).is_ok_and(|content| blob_id(&content) == *id)
    }
}

/// Whether the cached tree of the index is invalid at its root. `at` is where the extensions begin.
fn has_staged(bytes: &[u8], mut at: usize) -> bool {
    while let (Some(name), Some(length)) = (bytes.get(at..at + 4), word(bytes, at + 4)) {
        if name == b"TREE" {
            // The root comes first: an empty path, a zero byte, and the number of entries or -1.
            return bytes.get(at + 8..at + 11) == Some(b"\0-1");
        }
        at += 8 + length as usize;
    }
    false
}

fn blob_id(content: &[u8]) -> [u8; 20] {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()));
    hash.update(content);
    hash.finalize().into()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// git's variable-length number: the value and how many bytes it took.
fn varint(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = usize::from(bytes.first()? & 0x7f);
    let mut length = 1;
    while bytes[length - 1] & 0x80 != 0 {
        let byte = *bytes.get(length)?;
        value = (value.checked_add(1)? << 7) | usize::from(byte & 0x7f);
        length += 1;
    }
    Some((value, length))
}
