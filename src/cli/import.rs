//! `nxk import`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE, FINE, NOT_WRITTEN};
use crate::diag::{Code, Diagnostic};
use crate::driver::{Gathered, Timings};
use crate::import::{self, Beside, Imported, Request};
use crate::manifests;
use crate::output::{self, NewFile};
use crate::schema::{Catalogue, Minor};
use crate::source::{SourceMap, Span};

/// Make a configuration of existing manifests, and prove that it makes the same objects
#[derive(Args)]
#[command(
    after_help = "Without -o the configuration goes to stdout.\n\nExamples:\n  nxk import deploy/ -o shop.nxk               files, and all below folders\n  helm template shop ./chart --include-crds | nxk import - -o shop.nxk\n  kubectl get deploy,svc -o yaml | nxk import - -o shop.nxk"
)]
pub(super) struct Import {
    /// Manifests: .yaml, .yml and .json files, folders, `-` for the standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write this file, and definitions of custom resources into `crds` beside it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    /// Make the configuration for this Kubernetes minor instead of the newest
    #[arg(long, value_name = "VERSION")]
    k8s_version: Option<String>,
    #[command(flatten)]
    messages: Messages,
}

impl Import {
    pub(super) fn run(&self) -> u8 {
        let stdin = Path::new(manifests::STDIN);
        if self.files.iter().filter(|file| *file == stdin).count() > 1 {
            say("error: the standard input can be read only once\n");
            return BAD_USAGE;
        }
        let version = match self.version() {
            Ok(version) => version,
            Err(finding) => {
                self.messages.refuse(&finding);
                return BAD_INPUT;
            }
        };
        if let Some(finding) = self.files.iter().find_map(|file| no_manifest(file)) {
            self.messages.refuse(&finding);
            return BAD_INPUT;
        }
        // Better said before the work than behind it.
        if let Some(finding) = self.in_the_way() {
            self.messages.refuse(&finding);
            return NOT_WRITTEN;
        }
        let (mut timings, mut sources) = (Timings::default(), SourceMap::new());
        let read = timings.measure("read", || manifests::read(&self.files, &mut sources));
        let (root, name) = self.place();
        let request = Request { version, root: &root, name: &name, beside: self.output.is_some() };
        let imported = timings.measure("import", || import::import(read, &sources, &request));
        self.finish(imported, sources, &timings)
    }

    fn finish(&self, imported: Imported, sources: SourceMap, timings: &Timings) -> u8 {
        let mut gathered = Gathered::default();
        gathered.take(imported.findings.into_iter().map(as_of_import).collect(), sources);
        // How much was checked is of no interest where nothing came of it.
        let coverage: Vec<_> = imported.coverage.iter().filter(|_| imported.text.is_some()).collect();
        let code = self.messages.finish_all(&gathered, &coverage, &[timings]);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(gathered);
        match (imported.text, &self.output) {
            (Some(text), None) if code == FINE => answer(&text, &self.messages),
            (Some(text), Some(file)) if code == FINE => match self.write(file, &text, &imported.beside) {
                Ok(()) => FINE,
                Err(finding) => {
                    self.messages.refuse(&finding);
                    NOT_WRITTEN
                }
            },
            _ => code.max(BAD_INPUT),
        }
    }

    /// Writes the configuration and what it reads. What is there already as it should be is left alone.
    fn write(&self, file: &Path, text: &str, beside: &[Beside]) -> Result<(), Box<Diagnostic>> {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new("."));
        let (_, name) = self.place();
        let differs = |other: &&Beside| fs::read_to_string(folder.join(&other.name)).ok().as_ref() != Some(&other.text);
        let new: Vec<&Beside> = beside.iter().filter(differs).collect();
        if self.force || new.is_empty() {
            // The configuration comes last: it finds what it reads.
            for other in new {
                output::write_file(&folder.join(&other.name), &other.text)?;
            }
            return Ok(output::write_file(file, text)?);
        }
        if let Some(other) = new.iter().map(|other| folder.join(&other.name)).find(|other| other.exists()) {
            return Err(Box::new(is_there(&other)));
        }
        let new_file =
            |name: &str, text: &str| NewFile { name: name.to_owned(), text: text.to_owned(), private: false };
        let mut files = vec![new_file(&name, text)];
        files.extend(new.iter().map(|other| new_file(&other.name, &other.text)));
        Ok(output::write_new_files(folder, &files)?)
    }

    fn version(&self) -> Result<Option<Minor>, Box<Diagnostic>> {
        let known = |text: &String| Catalogue::embedded().version(text, Span::NONE).map(|version| version.minor());
        self.k8s_version.as_ref().map(known).transpose().map_err(Box::new)
    }

    /// What is not to be written over.
    fn in_the_way(&self) -> Option<Diagnostic> {
        let file = self.output.as_ref()?;
        if file.is_dir() {
            let message = format!("`{}` is a folder", file.display());
            let hint = format!("name a file in it: `-o {}`", file.join("main.nxk").display());
            return Some(Diagnostic::new(Code::OutputNotWritten, Span::NONE, message).hint(hint));
        }
        let same =
            |other: &PathBuf| other.canonicalize().ok().zip(file.canonicalize().ok()).is_some_and(|(a, b)| a == b);
        if self.files.iter().any(same) {
            let message = format!("`{}` would be written over what is imported", file.display());
            let finding = Diagnostic::new(Code::OutputOverSource, Span::NONE, message);
            return Some(finding.hint("name another file with `-o`, such as `main.nxk`"));
        }
        (!self.force && file.exists()).then(|| is_there(file))
    }

    /// The folder in which the configuration can be tried, and its name: the one in which it will lie, if that is there.
    fn place(&self) -> (PathBuf, String) {
        let file = self.output.as_deref().unwrap_or(Path::new("main.nxk"));
        let folder = file.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let name = file.file_name().map_or_else(|| "main.nxk".to_owned(), |name| name.to_string_lossy().into_owned());
        (folder.to_path_buf(), name)
    }
}

fn is_there(file: &Path) -> Diagnostic {
    let message = format!("`{}` is there already", file.display());
    let finding = Diagnostic::new(Code::ForeignOutput, Span::NONE, message);
    finding.hint("name another file with `-o`, or write over this one with `--force`")
}

/// What is wrong with an argument that names no manifests by its name already.
fn no_manifest(file: &Path) -> Option<Diagnostic> {
    let is_configuration = file.is_file() && file.extension().is_some_and(|extension| extension == "nxk");
    is_configuration.then(|| {
        let message = format!("`{}` is a configuration already", file.display());
        let finding = Diagnostic::new(Code::MissingKind, Span::NONE, message);
        finding.hint("name the manifests that one is to be made of: files `.yaml`, `.yml` or `.json`")
    })
}

/// A finding about manifests names the command that is at work.
fn as_of_import(mut finding: Diagnostic) -> Diagnostic {
    if let Some(hint) = &mut finding.hint {
        *hint = hint.replace("check what it makes", "import what it makes").replace("nxk check -", "nxk import -");
        *hint = hint.replace("check what it renders to", "import what it renders to");
        if let Some((files, _)) = hint.split_once(", or a configuration: a folder with") {
            *hint = files.to_owned();
        }
    }
    finding
}
