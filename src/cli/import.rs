//! `nxk import`

use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE, FINE, NOT_WRITTEN};
use crate::diag::{Code, Diagnostic};
use crate::driver::{Gathered, Timings};
use crate::import::{self, Imported, Request};
use crate::manifests;
use crate::output;
use crate::schema::{Catalogue, Minor};
use crate::source::{SourceMap, Span};

/// Make a configuration of existing manifests, and prove that it makes the same objects
#[derive(Args)]
#[command(
    after_help = "Without -o the configuration goes to stdout.\n\nExamples:\n  nxk import deploy/ -o shop.nxk               files, and all below folders\n  helm template shop ./chart | nxk import -    what another tool makes\n  kubectl get deploy,svc -o yaml | nxk import - -o shop.nxk"
)]
pub(super) struct Import {
    /// Manifests: .yaml, .yml and .json files, folders, `-` for the standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write this file
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
        // Better said before the work than behind it.
        if let Some(finding) = self.in_the_way() {
            self.messages.refuse(&finding);
            return NOT_WRITTEN;
        }
        let (mut timings, mut sources) = (Timings::default(), SourceMap::new());
        let read = timings.measure("read", || manifests::read(&self.files, &mut sources));
        let (root, name) = self.place();
        let request = Request { version, root: &root, name: &name };
        let imported = timings.measure("import", || import::import(read, &sources, &request));
        self.finish(imported, sources, &timings)
    }

    fn finish(&self, imported: Imported, sources: SourceMap, timings: &Timings) -> u8 {
        let mut gathered = Gathered::default();
        gathered.take(imported.findings, sources);
        let coverage: Vec<_> = imported.coverage.iter().collect();
        let code = self.messages.finish_all(&gathered, &coverage, &[timings]);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(gathered);
        match (imported.text, &self.output) {
            (Some(text), None) if code == FINE => answer(&text, &self.messages),
            (Some(text), Some(file)) if code == FINE => match output::write_file(file, &text) {
                Ok(()) => FINE,
                Err(finding) => {
                    self.messages.refuse(&finding);
                    NOT_WRITTEN
                }
            },
            _ => code.max(BAD_INPUT),
        }
    }

    fn version(&self) -> Result<Option<Minor>, Box<Diagnostic>> {
        let known = |text: &String| Catalogue::embedded().version(text, Span::NONE).map(|version| version.minor());
        self.k8s_version.as_ref().map(known).transpose().map_err(Box::new)
    }

    /// A file that is not to be written over.
    fn in_the_way(&self) -> Option<Diagnostic> {
        let file = self.output.as_ref().filter(|file| !self.force && file.exists())?;
        let message = format!("`{}` is there already", file.display());
        let finding = Diagnostic::new(Code::ForeignOutput, Span::NONE, message);
        Some(finding.hint("name another file with `-o`, or write over this one with `--force`"))
    }

    /// The folder in which the configuration will lie, and its name.
    fn place(&self) -> (PathBuf, String) {
        let file = self.output.as_deref().unwrap_or(Path::new("main.nxk"));
        let folder = file.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let name = file.file_name().map_or_else(|| "main.nxk".to_owned(), |name| name.to_string_lossy().into_owned());
        (folder.to_path_buf(), name)
    }
}
