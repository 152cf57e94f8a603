//! The list of the files in a folder that are nxk's, and the names that such files may have.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{NewFile, Trouble};

/// The file that holds the list.
pub(super) const LIST: &str = ".nxk-output";
/// What the folders of a transaction start with; no output may.
pub(super) const RESERVED: &str = ".nxk-";

const FIRST_LINE: &str = "nxk output 1: nxk writes, replaces and removes the files below";

/// The text of the list of `names`.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from(FIRST_LINE);
    for name in names {
        text.push('\n');
        text.push_str(name);
    }
    text.push('\n');
    text
}

/// The files of nxk's in `folder`; `None` when the folder is not nxk's, or a form of nxk's that is
/// not known. Names that no output could have are passed over: the list may have been tampered with.
pub(super) fn read(folder: &Path) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(folder.join(LIST)).ok()?;
    let mut lines = text.lines();
    (lines.next()? == FIRST_LINE).then(|| lines.filter(|name| is_safe(name)).map(str::to_owned).collect())
}

/// Refuses names that leave the folder, meet each other or are kept for nxk itself.
pub(super) fn check(files: &[NewFile]) -> Result<(), Trouble> {
    let mut seen = BTreeSet::new();
    for NewFile { name, .. } in files {
        if !is_safe(name) {
            return Err(Trouble::Obstacle(format!("`{}` cannot be the name of a file in it", name.escape_debug())));
        }
        if !seen.insert(name.as_str()) {
            return Err(Trouble::Obstacle(format!("two files would be called `{name}`")));
        }
    }
    let folders = |name: &'_ str| name.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
    for NewFile { name, .. } in files {
        if let Some(at) = folders(name).into_iter().find(|&at| seen.contains(&name[..at])) {
            return Err(Trouble::Obstacle(format!("`{}` would be a file and a folder", &name[..at])));
        }
    }
    Ok(())
}

/// Whether `name` is a plain path below a folder: `a/b.yaml`.
pub(super) fn is_safe(name: &str) -> bool {
    !name.starts_with(RESERVED)
        && !name.contains(|character: char| character.is_control() || character == '\\')
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::{NewFile, check, is_safe, list, read};

    #[test]
    fn names_stay_in_the_folder() {
        let bad = [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "../a",
            "a/../b",
            "./a",
            "a\\b",
            "a\nb",
            "a\0",
            ".nxk-output",
            ".nxk-commit/a",
        ];
        assert!(bad.iter().all(|name| !is_safe(name)));
        assert!(["a", "a/b.yaml", ".helmignore", "a/..b", "日本"].iter().all(|name| is_safe(name)));
    }

    #[test]
    fn names_do_not_meet() {
        let file = |name: &&str| NewFile { name: (*name).to_owned(), text: String::new(), private: false };
        let files = |names: &[&str]| names.iter().map(file).collect::<Vec<_>>();
        assert!(check(&files(&["a", "b/a", "b/c"])).is_ok());
        assert!(check(&files(&["a", "b", "a"])).is_err());
        assert!(check(&files(&["a/b/c", "a"])).is_err());
    }

    #[test]
    fn a_list_that_was_tampered_with_names_nothing_outside() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        assert_eq!(read(folder.path()), None);
        std::fs::write(folder.path().join(".nxk-output"), list(["a", "../b", "/c"].into_iter())).expect("written");
        assert_eq!(read(folder.path()).map(Vec::from_iter), Some(vec!["a".to_owned()]));
        std::fs::write(folder.path().join(".nxk-output"), "nxk output 2\na\n").expect("written");
        assert_eq!(read(folder.path()), None);
    }
}
