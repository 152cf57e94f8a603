//! `nxk compile`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::common::{Input, Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE, FINE, NOT_WRITTEN};
use crate::chart::{self, File};
use crate::diag::{Code, Diagnostic};
use crate::driver::{self, Ordered, Session};
use crate::node::Node;
use crate::output::layout::{self, Form, Layout};
use crate::output::{self, NewFile, Rules};
use crate::source::Span;

/// Compile a configuration to Kubernetes manifests
#[derive(Args)]
#[command(
    after_help = "Without -o the result goes to stdout. With -o the folder gets it whole or not at all: manifests.yaml, with --split a file for each object, or a chart.\n\nExamples:\n  nxk compile main.nxk                                      YAML on stdout\n  nxk compile main.nxk -o manifests --split                 a file for each object\n  nxk compile main.nxk -o chart --format helm               a Helm chart\n  nxk compile main.nxk --format json                        one List of all objects\n  nxk compile main.nxk --set applications.web.replicas=5    over what the files say"
)]
pub(super) struct Compile {
    /// The entry: a file, or a folder with a default.nxk
    file: PathBuf,
    /// Write into this folder (`-`: to stdout, as without)
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = OutputFormat::Yaml, value_name = "FORMAT")]
    format: OutputFormat,
    /// Write a file for each object
    #[arg(long)]
    split: bool,
    /// Write a kustomization.yaml that lists the files
    #[arg(long)]
    kustomization: bool,
    /// Write nothing but the objects that tell a GitOps tool what to deploy (framework.gitops)
    #[arg(long)]
    gitops: bool,
    /// Write over files that nxk did not make
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// Documents separated by `---`
    Yaml,
    /// The same in braces and quotes, as `kubectl -o kyaml` prints it
    Kyaml,
    /// One `List` of all objects
    Json,
    /// A Helm chart, whose values are what an operator changes
    Helm,
}

/// What is written, and where.
enum Written<'a> {
    /// To stdout.
    Text(String),
    /// Into a folder.
    Files(&'a Path, Vec<NewFile>),
}

impl Compile {
    pub(super) fn run(&self) -> u8 {
        if let Err(why) = self.makes_sense() {
            say(&format!("error: {why}\n"));
            return BAD_USAGE;
        }
        let mut session = match self.input.session(self.file.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        if self.format == OutputFormat::Helm {
            return self.chart(session);
        }
        let mut ordered = driver::compile(&mut session);
        if let Some(ordered) = ordered.as_mut().filter(|_| !session.has_errors()) {
            session.reveal(ordered);
            if self.gitops && ordered.gitops.is_empty() {
                session.machine.findings.push(no_gitops());
            }
        }
        let written =
            ordered.as_ref().filter(|_| !session.has_errors()).map(|ordered| self.emit(&mut session, ordered));
        let code = self.messages.finish(&session, ordered.as_ref().map(|ordered| &ordered.coverage));
        let code = match written {
            Some(written) if code == FINE => self.write(written, &session),
            _ => code.max(BAD_INPUT),
        };
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget((session, ordered));
        code
    }

    /// The folder of the output; `-` is the standard output, as everywhere.
    fn folder(&self) -> Option<&Path> {
        self.output.as_deref().filter(|folder| *folder != Path::new("-"))
    }

    /// Whether the options go together.
    fn makes_sense(&self) -> Result<(), String> {
        if let Some(option) = self.needs_folder() {
            return Err(format!("{option} writes files: name their folder with -o"));
        }
        if let Some(option) = self.means_nothing() {
            return Err(format!("a chart has its own layout: leave out {option}"));
        }
        match self.folder().filter(|folder| is_called_like_a_file(folder)) {
            Some(folder) => {
                let (file, stem) = (folder.display(), folder.with_extension(""));
                let other = stem.display();
                Err(format!(
                    "-o names a folder, and `{file}` is called like a file: -o {other}, or > {file} for one file"
                ))
            }
            None => Ok(()),
        }
    }

    /// The option that means nothing without a folder.
    fn needs_folder(&self) -> Option<&'static str> {
        let helm = self.format == OutputFormat::Helm;
        let options = [("--format helm", helm), ("--split", self.split), ("--kustomization", self.kustomization)];
        let given = options.into_iter().find(|(_, given)| *given && self.folder().is_none());
        given.map(|(option, _)| option)
    }

    /// The option that means nothing for a chart.
    fn means_nothing(&self) -> Option<&'static str> {
        let options = [("--split", self.split), ("--kustomization", self.kustomization), ("--gitops", self.gitops)];
        let given = options.into_iter().find(|(_, given)| *given && self.format == OutputFormat::Helm);
        given.map(|(option, _)| option)
    }

    /// A chart instead of manifests.
    fn chart(&self, mut session: Session) -> u8 {
        let charted = driver::chart::chart(&mut session);
        let files = charted.as_ref().filter(|_| !session.has_errors()).map(|charted| {
            let files = session.timings.measure("emit", || chart::files(&charted.chart));
            let file = |File { path, text, private }| NewFile { name: path, text, private };
            files.into_iter().map(file).collect()
        });
        let code = self.messages.finish(&session, charted.as_ref().map(|charted| &charted.coverage));
        let code = match (files, self.folder()) {
            (Some(files), Some(folder)) if code == FINE => self.write(Written::Files(folder, files), &session),
            _ => code.max(BAD_INPUT),
        };
        std::mem::forget((session, charted));
        code
    }

    fn emit(&self, session: &mut Session, ordered: &Ordered) -> Written<'_> {
        let form = match self.format {
            OutputFormat::Yaml | OutputFormat::Helm => Form::Yaml,
            OutputFormat::Kyaml => Form::Kyaml,
            OutputFormat::Json => Form::Json,
        };
        let (deployed, gitops) = (&ordered.objects, &ordered.gitops);
        let (objects, apart): (Vec<&Node>, Vec<&Node>) = match self.gitops {
            true => (gitops.iter().collect(), Vec::new()),
            false => (deployed.iter().collect(), gitops.iter().collect()),
        };
        session.timings.measure("emit", || match self.folder() {
            None => Written::Text(form.all(&objects)),
            Some(folder) => {
                let layout = Layout { form, split: self.split, kustomization: self.kustomization };
                Written::Files(folder, layout.files(&objects, &apart))
            }
        })
    }

    fn write(&self, written: Written<'_>, session: &Session) -> u8 {
        let (folder, files) = match written {
            Written::Text(text) => return answer(&text, &self.messages),
            Written::Files(folder, files) => (folder, files),
        };
        if self.gitops && !self.force && output::files_of(folder).iter().any(|name| layout::is_apart(name)) {
            self.messages.refuse(&over_deployed(folder));
            return NOT_WRITTEN;
        }
        let world = &session.machine.world;
        let sources: Vec<PathBuf> = world.inputs().keys().map(|file| world.root().join(file)).collect();
        match output::write_folder(folder, &files, Rules { force: self.force, sources: &sources }) {
            Ok(()) => FINE,
            Err(finding) => {
                self.messages.refuse(&finding);
                NOT_WRITTEN
            }
        }
    }
}

/// Whether somebody who names this folder meant a file. One that is there is what it is.
fn is_called_like_a_file(folder: &Path) -> bool {
    let extension = folder.extension().map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        && !folder.is_dir()
}

fn over_deployed(folder: &Path) -> Diagnostic {
    let message = format!(
        "`{}` holds what is deployed, which the objects of the GitOps tool alone would take the place of",
        folder.display()
    );
    let hint = "name a folder of their own with `-o`; `--force` writes them here, and what is deployed goes";
    Diagnostic::new(Code::GitOpsOverDeployed, Span::NONE, message).hint(hint)
}

fn no_gitops() -> Diagnostic {
    let message = "the configuration names no GitOps tool, so there is nothing to tell one";
    let hint =
        "name one, and where the output is kept: `framework.gitops = { tool = \"argocd\"; repository = \"…\"; };`";
    Diagnostic::new(Code::NoGitOps, Span::NONE, message).hint(hint)
}
