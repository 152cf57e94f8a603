//! A state as a commit holds it: `main:shop/main.nxk`, as git itself writes it.
//!
//! git gives out what the commit has in a folder, into a scratch folder; neither the work tree nor the index is touched, and nothing
//! is fetched. What is read there is called by the commit's name.

use std::path::{Component, Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What a commit has in a folder.
pub(super) struct Commit {
    _scratch: TempDir,
    /// The folder that it was given out into. It has the name of the commit's, as projects are called after it.
    root: PathBuf,
    /// How the folder is called: `main:shop`.
    pub(super) name: String,
    /// The path in the folder that is meant.
    inside: PathBuf,
    /// The commit's full name.
    pub(super) id: String,
}

/// The revision and the path that an argument names; nothing where it is a file, or no revision.
pub(super) fn named(argument: &Path) -> Option<(&str, &str)> {
    let (revision, path) = argument.to_str()?.split_once(':')?;
    // A drive letter of Windows is no revision.
    let is_revision = revision.len() > 1 && !revision.starts_with('-') && !argument.exists();
    is_revision.then_some((revision, path))
}

impl Commit {
    /// Gives out the folder of `path`, or `root` where reading is confined to that.
    ///
    /// # Errors
    /// In words, when there is no such commit or path, or no git.
    pub(super) fn of((revision, path): (&str, &str), root: Option<&Path>) -> Result<Commit, String> {
        let scratch = tempfile::tempdir().map_err(|error| format!("there is no place for a copy: {error}"))?;
        let top = git(&scratch, &["rev-parse", "--show-toplevel"])
            .map_err(|why| format!("`{revision}:{path}` is neither a file nor in a repository of git: {why}"))?;
        let here = git(&scratch, &["rev-parse", "--show-prefix"])?;
        let id =
            git(&scratch, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
                .map_err(|_| format!("there is no commit `{revision}` in `{top}`"))?;
        // As git has it: from the top, unless it says that it is relative to here.
        let relative = path.starts_with("./") || path.starts_with("../");
        let wanted = inside(if relative { &here } else { "" }, Path::new(path));
        let wanted = wanted.ok_or_else(|| format!("`{path}` leaves the repository"))?;
        let is_folder = match git(&scratch, &["cat-file", "-t", &format!("{id}:{wanted}")]).as_deref() {
            Ok("tree") => true,
            Ok("blob") => false,
            _ => {
                let near = inside(&here, Path::new(path)).filter(|near| !relative && *near != wanted);
                let is_near =
                    near.is_some_and(|near| git(&scratch, &["cat-file", "-e", &format!("{id}:{near}")]).is_ok());
                let hint = if is_near { format!("; did you mean `{revision}:./{path}`?") } else { String::new() };
                return Err(format!("the commit `{revision}` has no `{wanted}`{hint}"));
            }
        };
        let folder = match root {
            Some(root) => inside(&here, root).ok_or_else(|| format!("`{}` leaves the repository", root.display()))?,
            None if is_folder => wanted.clone(),
            None => wanted.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()),
        };
        let inside =
            Path::new(&wanted).strip_prefix(&folder).map_err(|_| format!("`{wanted}` is not in `{folder}`"))?.into();
        let called = Path::new(&top).join(&folder).file_name().map_or("tree".into(), PathBuf::from);
        let root = scratch.path().join("tree").join(called);
        let prefix = format!("--prefix={}/", root.display());
        git(&scratch, &["-C", &top, "read-tree", &format!("{id}:{folder}")])?;
        git(&scratch, &["-C", &top, "checkout-index", "--all", "--quiet", &prefix])?;
        Ok(Commit { _scratch: scratch, root, name: format!("{revision}:{folder}"), inside, id })
    }

    /// The folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What is meant in it.
    pub(super) fn entry(&self) -> PathBuf {
        match self.inside.as_os_str().is_empty() {
            true => self.root.clone(),
            false => self.root.join(&self.inside),
        }
    }

    /// A text in which paths in the folder are called as they are in the commit.
    pub(super) fn called(&self, text: &str) -> String {
        let root = self.root.display();
        text.replace(&format!("{root}/"), &self.shown(Path::new(""))).replace(&root.to_string(), &self.name)
    }

    /// How a path in the folder is called.
    pub(super) fn shown(&self, inside: &Path) -> String {
        let gap = if self.name.ends_with(':') { "" } else { "/" };
        format!("{}{gap}{}", self.name, inside.display())
    }
}

/// What git answers. It has an index of its own in the scratch folder.
fn git(scratch: &TempDir, arguments: &[&str]) -> Result<String, String> {
    let quiet = [("GIT_NO_LAZY_FETCH", "1"), ("GIT_LFS_SKIP_SMUDGE", "1"), ("GIT_TERMINAL_PROMPT", "0")];
    let mut command = Command::new("git");
    command.args(arguments).envs(quiet).env("GIT_INDEX_FILE", scratch.path().join("index"));
    let output = command.output().map_err(|error| format!("git does not start: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches(['\r', '\n']).to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// A path below the top of the repository, without `.` and `..`; nothing where it leaves it.
fn inside(here: &str, path: &Path) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for component in Path::new(here).components().chain(path.components()) {
        match component {
            Component::Normal(name) => names.push(name.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(names.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(names.join("/"))
}
