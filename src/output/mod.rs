//! Results to the disk and to the pipe: whole or not at all.
//!
//! A folder that nxk writes holds a list of the files that are nxk's (`.nxk-output`). Those it replaces
//! and removes as it needs; everything else in the folder is the user's and stays untouched.
//!
//! # How a folder changes as a whole
//!
//! *A folder that is not there yet* is filled under a temporary name beside its place and gets its
//! name by one rename: it appears complete.
//!
//! *A folder that is there* keeps its identity, since shells stand in it, containers mount it and
//! a `.git` may live in it; so its files change one by one, as a transaction:
//!
//! 1. **Stage.** The changed files are written to `.nxk-new-…` inside the folder, synced, and the
//!    present ones are kept beside them. Whatever goes wrong here leaves the folder as it was.
//! 2. **Commit.** The stage is renamed to `.nxk-commit`. From this instant the new output counts.
//! 3. **Apply.** Each file is renamed to its place, stale ones are removed, the list comes last,
//!    the stage goes. Should a rename fail, everything is taken back.
//!
//! Runs into one folder wait for each other. A run that finds the stage of a killed one drops it,
//! or, past the commit, applies it before it does anything else.
//!
//! What this leaves open: a process killed (or a machine stopped) *within* step 3 leaves some files
//! old and some new until the next run repairs it. That takes a rename for each changed file, no
//! writing: well under a millisecond for a few files, and an output that is one file, such as
//! `manifests.yaml`, is always either the old or the new one.

#![expect(clippy::result_large_err, reason = "an output is written once a run, and a finding is what a run ends with")]

mod file;
mod folder;
mod fresh;
mod interrupt;
pub mod layout;
mod owned;
mod stage;
mod through;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

pub use file::{Held, hold};

/// A file of an output.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its path below the folder.
    pub name: String,
    /// Its content.
    pub text: String,
    /// Whether nobody but its owner may read it.
    pub private: bool,
}

/// What may be written over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Whether files may be replaced that nxk did not make.
    pub force: bool,
    /// The files that the output was made from. They are never written over, nor removed.
    pub sources: &'a [PathBuf],
}

/// Writes `files` as the content of the folder `dir`, whole or not at all.
///
/// The folder and its parents are made as needed. Files of a former output that are not among
/// `files` are removed; files that nxk did not make stay.
///
/// # Errors
/// [`Code::ForeignOutput`] when `dir` holds files but none of nxk's, or a file of the user's stands
/// where one should go; `force` overrules both. [`Code::OutputOverSource`] when one would take the place of a source, or
/// `dir` is where the program itself lies. [`Code::OutputNotWritten`] in the system's words
/// when something else is in the way; the folder is then as it was.
pub fn write_folder(dir: &Path, files: &[NewFile], rules: Rules<'_>) -> Result<(), Diagnostic> {
    folder::write(dir, files, rules).map_err(|trouble| trouble.report(&format!("`{}`", dir.display())))
}

/// The files of nxk's in the folder `dir`, by their paths in it.
pub fn files_of(dir: &Path) -> BTreeSet<String> {
    owned::read(dir).unwrap_or_default()
}

/// Writes `files` into the folder `dir` as the user's own, all of them or none. What is there stays as it is, and
/// nothing says afterwards that nxk made them, so that it never takes them for its output.
///
/// # Errors
/// [`Code::FileInTheWay`] when one of them is there already. [`Code::OutputNotWritten`] in the system's words when
/// something else is in the way. The folder is then as it was.
pub fn write_new_files(dir: &Path, files: &[NewFile]) -> Result<(), Diagnostic> {
    fresh::write(dir, files).map_err(|trouble| match trouble {
        Trouble::Foreign(names) => {
            let message = format!("`{}` holds {names} already", dir.display());
            Diagnostic::new(Code::FileInTheWay, Span::NONE, message)
                .hint("name another folder, or move what is there out of the way: nothing is written over")
        }
        other => other.report_with(
            &format!("`{}`", dir.display()),
            "name a folder that may be written to, or one that is not there yet",
        ),
    })
}

/// Writes the file `path`, whole or not at all.
///
/// # Errors
/// [`Code::OutputNotWritten`] in the system's words; the file is then as it was.
pub fn write_file(path: &Path, text: &str) -> Result<(), Diagnostic> {
    file::write(path, text).map_err(|trouble| {
        trouble.report_with(&format!("`{}`", path.display()), "make sure that the file and its folder may be written")
    })
}

/// Writes `text` to the standard output. A reader that has seen enough and closed the pipe is no error.
///
/// # Errors
/// [`Code::OutputNotWritten`] in the system's words, when the disk behind it is full for example.
pub fn write_stdout(text: &str) -> Result<(), Diagnostic> {
    write_to(&mut io::stdout().lock(), text)
}

fn write_to(out: &mut impl Write, text: &str) -> Result<(), Diagnostic> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::System(error).report("the standard output"))
        }
        _ => Ok(()),
    }
}

/// Why an output was not written.
#[derive(Debug)]
enum Trouble {
    /// The system refused.
    System(io::Error),
    /// Something of the user's is in the way; its path in the folder.
    Foreign(String),
    /// What the output was made from is in the way; its path in the folder.
    Source(String),
    /// The output itself or something else cannot be as it is; in words.
    Obstacle(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::System(error)
    }
}

impl Trouble {
    /// The same with another hint, unless it is plain what is to be done.
    fn report_with(&self, target: &str, hint: &'static str) -> Diagnostic {
        let finding = self.report(target);
        match self {
            Trouble::System(error) if room(error.kind()).is_some() => finding,
            _ => finding.hint(hint),
        }
    }

    fn report(&self, target: &str) -> Diagnostic {
        let (code, message, hint) = match self {
            Trouble::System(error) => {
                let message = format!("the output could not be written to {target}: {}", words(error));
                (Code::OutputNotWritten, message, hint(error.kind()))
            }
            Trouble::Foreign(name) => {
                let message = format!("{target} holds files that nxk did not make, such as `{name}`");
                let hint = "name another folder with `-o`, or write into this one with `--force`";
                (Code::ForeignOutput, message, hint)
            }
            Trouble::Source(name) => {
                let message = format!("{target} holds a source of the output, `{name}`, which is not written over");
                (Code::OutputOverSource, message, "give the output a folder of its own, such as `-o out`")
            }
            Trouble::Obstacle(obstacle) => {
                let message = format!("the output could not be written to {target}: {obstacle}");
                (Code::OutputNotWritten, message, "move it out of the way, or name another folder with `-o`")
            }
        };
        Diagnostic::new(code, Span::NONE, message).hint(hint)
    }
}

/// The system's words, in this program's voice: without its number and its capital.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn hint(kind: io::ErrorKind) -> &'static str {
    room(kind).unwrap_or(match kind {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "name a folder with `-o` that you may write to"
        }
        _ => "name another folder with `-o`",
    })
}

/// What to do where there is too little room, wherever that is.
fn room(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("free some space, or write to another disk"),
        io::ErrorKind::FileTooLarge => Some("let files be larger (`ulimit -f`), or write smaller ones with `--split`"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{self, Write};

    use super::write_to;
    use crate::diag::Code;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_fine_and_a_full_disk_is_not() {
        assert_eq!(write_to(&mut Failing(io::ErrorKind::BrokenPipe), "a"), Ok(()));
        let Ok(mut full) = File::create("/dev/full") else {
            println!("not run: there is no /dev/full");
            return;
        };
        let finding = write_to(&mut full, "a").expect_err("the disk is full");
        assert_eq!(finding.code, Code::OutputNotWritten);
        assert_eq!(finding.message, "the output could not be written to the standard output: no space left on device");
    }
}
