//! `nxk init`: a small configuration to start from.

mod name;

use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Messages, answer};
use super::{FINE, NOT_WRITTEN};
use crate::output::{self, NewFile};

/// Start a project: a small configuration that compiles, and what to do with it
#[derive(Args)]
#[command(
    after_help = "Writes main.nxk, and README.md where there is none. What is there already is never written over.\n\nExamples:\n  nxk init shop              in a new folder\n  nxk init                   in this folder, beside what is in it\n  nxk init --name shop k8s   for a project that is not called as its folder is"
)]
pub(super) struct Init {
    /// The folder to write to; it is made if need be
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// What the project and its namespace are called, instead of what the folder's name makes
    #[arg(long, value_name = "NAME", value_parser = name::parse)]
    name: Option<String>,
    #[command(flatten)]
    messages: Messages,
}

/// The files, in which `@name@` stands for the name of the project.
const FILES: [(&str, &str); 2] = [("main.nxk", include_str!("main.nxk")), (README, include_str!("README.md"))];
const README: &str = "README.md";

impl Init {
    pub(super) fn run(&self) -> u8 {
        let name = self.name.clone().unwrap_or_else(|| name::of(&self.folder));
        let file = |(file, text): (&str, &str)| NewFile {
            name: file.to_string(),
            text: text.replace("@name@", &name),
            private: false,
        };
        // Most repositories begin with a README of their own, which is no reason not to start.
        let has_readme = self.folder.join(README).symlink_metadata().is_ok();
        let files = FILES.into_iter().filter(|(name, _)| *name != README || !has_readme);
        match output::write_new_files(&self.folder, &files.map(file).collect::<Vec<_>>()) {
            Ok(()) if self.messages.quiet() => FINE,
            Ok(()) => answer(&told(&self.folder, &name, has_readme), &self.messages),
            Err(finding) => {
                self.messages.refuse(&finding);
                NOT_WRITTEN
            }
        }
    }
}

/// What was made, and what to type next.
fn told(folder: &Path, name: &str, has_readme: bool) -> String {
    let here = folder == Path::new(".");
    let place = if here { "this folder".to_string() } else { format!("`{}`", folder.display()) };
    let cd = if here { String::new() } else { change_to(folder) };
    let files =
        if has_readme { "main.nxk, beside your README.md" } else { "main.nxk, and README.md, which tells more" };
    format!(
        "the project `{name}` is in {place}: {files}\n\nnext:\n\
         {cd}  nxk check main.nxk\n  nxk compile main.nxk -o manifests\n"
    )
}

/// The line that takes a shell into the folder; none where it could not be typed.
fn change_to(folder: &Path) -> String {
    let Some(text) = folder.to_str().filter(|text| !text.contains(char::is_control)) else { return String::new() };
    // What begins with a hyphen would be an option.
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_string() };
    let plain = |c: char| c.is_alphanumeric() || "_./-".contains(c);
    match text.chars().all(plain) {
        true => format!("  cd {text}\n"),
        false => format!("  cd '{}'\n", text.replace('\'', r"'\''")),
    }
}
