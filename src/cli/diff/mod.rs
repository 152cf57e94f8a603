//! `nxk diff`

mod commit;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use commit::Commit;

use super::common::{Input, Messages, answer, is_manifests, say};
use super::progress::Progress;
use super::{BAD_INPUT, BAD_USAGE, FINE};
use crate::diag::{Diagnostic, Severity};
use crate::diff::{self, Difference};
use crate::driver::{self, Gathered, Snapshot};
use crate::manifests;
use crate::report::printable;
use crate::source::SourceMap;

/// Show what changes between two states: objects, fields, what of it is dangerous, and who can connect to whom
#[derive(Args)]
#[command(
    after_help = "Objects are compared field by field; connections by what the finished policies open. Secrets are never shown. The exit\ncode is 0 whether or not something changes, unless --exit-code or --deny-dangerous is given.\n\nExamples:\n  nxk diff manifests/ main.nxk                    what was deployed, and what would be\n  nxk diff ../base/main.nxk main.nxk              two states of a configuration\n  nxk diff origin/main:shop/main.nxk shop/main.nxk   what a branch changes\n  nxk diff old.yaml main.nxk --format markdown    the comment to a pull request\n  nxk diff old.yaml main.nxk --deny-dangerous     stop before data is lost or the API server refuses"
)]
pub(super) struct Diff {
    /// The old state: a configuration, or manifests (a file, a folder, `-` for the standard input); `REV:PATH` is that of a commit
    old: PathBuf,
    /// The new state: the same
    new: PathBuf,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = DiffFormat::Human, value_name = "FORMAT")]
    format: DiffFormat,
    /// Exit with 1 if something changes
    #[arg(long)]
    exit_code: bool,
    /// Exit with 1 if a change is dangerous: refused by the API server, or one that loses data or stops something
    #[arg(long)]
    deny_dangerous: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For a terminal
    Human,
    /// For a comment to a pull request
    Markdown,
    /// For programs
    Json,
}

impl Diff {
    pub(super) fn run(&self) -> u8 {
        let stdin = Path::new(manifests::STDIN);
        if self.old == stdin && self.new == stdin {
            say("error: only one of the two can come from the standard input\n");
            return BAD_USAGE;
        }
        let mut gathered = Gathered::default();
        let progress = Progress::new(!self.messages.quiet());
        let states = [&self.old, &self.new].map(|argument| {
            progress.say(&format!("reading {}", argument.display()), None);
            self.state(argument, &mut gathered)
        });
        drop(progress);
        let [old, new] = match states {
            [Ok(old), Ok(new)] => [old, new],
            [Err(code), _] | [_, Err(code)] => return code,
        };
        // Warnings are for who checks the configurations one by one.
        gathered.findings.retain(|finding| finding.severity == Severity::Error);
        let code = self.messages.finish_all(&gathered, &[], &[]);
        match (old, new) {
            (Some(old), Some(new)) if code == FINE => self.show(&Difference::between(&old, &new)),
            _ => code.max(BAD_INPUT),
        }
    }

    /// What an argument names: a file or a folder, or one that a commit holds.
    fn state(&self, argument: &Path, gathered: &mut Gathered) -> Result<Option<Snapshot>, u8> {
        let commit = match commit::named(argument).map(|named| Commit::of(named, self.input.root())) {
            Some(Err(message)) => {
                say(&format!("error: {}\n", printable(&message)));
                return Err(BAD_USAGE);
            }
            Some(Ok(commit)) => Some(commit),
            None => None,
        };
        let path = commit.as_ref().map_or_else(|| argument.to_path_buf(), Commit::entry);
        let title = argument.display().to_string();
        match is_manifests(&path) {
            true => Ok(Some(of_manifests(title, &path, commit.as_ref(), gathered))),
            false => self.of_configuration(title, path, commit.as_ref(), gathered),
        }
    }

    fn of_configuration(
        &self,
        title: String,
        entry: PathBuf,
        commit: Option<&Commit>,
        gathered: &mut Gathered,
    ) -> Result<Option<Snapshot>, u8> {
        let mut session = match commit {
            Some(commit) => {
                self.input.of_commit(commit.root().to_path_buf(), &commit.id).session(entry, &self.messages)?
            }
            None => self.input.session(entry, &self.messages)?,
        };
        if let Some(commit) = commit {
            session.machine.world.call_root(&commit.name);
        }
        let snapshot = driver::snapshot(title, &mut session);
        let machine = &mut session.machine;
        let findings: Vec<Diagnostic> = std::mem::take(&mut machine.findings);
        let moved = gathered.moved(findings, snapshot.as_ref().map_or(&machine.sources, |snapshot| &snapshot.sources));
        gathered.findings.extend(moved);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(session);
        Ok(snapshot)
    }

    fn show(&self, difference: &Difference) -> u8 {
        let text = match self.format {
            DiffFormat::Human => diff::text(difference, self.messages.is_coloured(std::io::stdout().is_terminal())),
            DiffFormat::Markdown => diff::markdown(difference),
            DiffFormat::Json => diff::json(difference),
        };
        let written = answer(&text, &self.messages);
        let changed = self.exit_code && !difference.is_empty();
        let dangerous = self.deny_dangerous && !difference.dangers.is_empty();
        written.max(if changed || dangerous { BAD_INPUT } else { FINE })
    }
}

fn of_manifests(title: String, path: &Path, commit: Option<&Commit>, gathered: &mut Gathered) -> Snapshot {
    let mut sources = SourceMap::new();
    let mut read = manifests::read(&[path.to_path_buf()], &mut sources);
    if let Some(commit) = commit {
        sources.rename(commit.root(), |inside| commit.shown(inside));
        for finding in &mut read.findings {
            finding.message = commit.called(&finding.message);
            finding.hint = finding.hint.as_deref().map(|hint| commit.called(hint));
        }
    }
    let findings = gathered.moved(std::mem::take(&mut read.findings), &sources);
    gathered.findings.extend(findings);
    driver::snapshot_of_manifests(title, read.finished(), sources)
}
