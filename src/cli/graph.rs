//! `nxk graph`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::common::{Input, Messages, answer, is_manifests, say};
use super::{BAD_INPUT, BAD_USAGE, FINE};
use crate::draw;
use crate::driver;
use crate::graph::picture::{Picture, State};
use crate::manifests;
use crate::rbac;
use crate::report;
use crate::source::SourceMap;

/// Show who may connect to whom, and whether the policies do what is declared
#[derive(Args)]
#[command(
    after_help = "A connection is told as proved (declared, and open), undeclared, closed (declared, and not open), or open where nothing is declared, as in plain manifests. The exit code is 1 if something is undeclared or closed.\n\nExamples:\n  nxk graph main.nxk                          who connects to whom, in words\n  nxk graph main.nxk --format html > g.html   a page to look around in\n  nxk graph main.nxk --format mermaid         for a README\n  nxk graph manifests/                        of any Kubernetes manifests\n  helm template web | nxk graph -             of what another program writes\n  nxk graph main.nxk --rbac                   who may do what with the cluster's API"
)]
pub(super) struct Graph {
    /// A configuration, or manifests: files, folders, `-` for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = GraphFormat::Text, value_name = "FORMAT")]
    format: GraphFormat,
    /// Show who may do what with the cluster's API instead (text, table, json)
    #[arg(long)]
    rbac: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    /// For people
    Text,
    /// A table in Markdown
    #[value(alias = "markdown")]
    Table,
    /// For Graphviz
    Dot,
    /// For Markdown that knows Mermaid
    Mermaid,
    /// For programs
    Json,
    /// A picture
    Svg,
    /// A page to look around in, whole in one file
    Html,
}

impl Graph {
    pub(super) fn run(&self) -> u8 {
        if self.rbac && !matches!(self.format, GraphFormat::Text | GraphFormat::Table | GraphFormat::Json) {
            say("error: `--rbac` is shown as `text`, `table` or `json`\n");
            return BAD_USAGE;
        }
        match self.files.as_slice() {
            [entry] if !is_manifests(entry) => self.of_configuration(entry),
            files if files.iter().all(|file| is_manifests(file)) => self.of_manifests(files),
            _ => {
                say("error: a graph is of one configuration, or of manifests\n");
                BAD_USAGE
            }
        }
    }

    fn of_configuration(&self, entry: &Path) -> u8 {
        let mut session = match self.input.session(entry.to_path_buf(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let (mut picture, mut report) = (None, None);
        match self.rbac {
            true => report = driver::access(&mut session),
            false => picture = driver::picture(&mut session),
        }
        let code = self.messages.finish(&session, None);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(session);
        match (picture, report) {
            (Some(picture), _) => self.show(&picture, code),
            (_, Some(report)) => self.show_access(&report, code),
            _ => code.max(BAD_INPUT),
        }
    }

    fn of_manifests(&self, files: &[PathBuf]) -> u8 {
        let mut sources = SourceMap::new();
        let mut manifests = manifests::read(files, &mut sources);
        let mut findings = std::mem::take(&mut manifests.findings);
        let title = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" ");
        let objects = manifests.finished();
        if self.rbac {
            self.messages.show(&findings, &sources);
            return self.show_access(&rbac::report::report(&objects, &sources), self.messages.code(&findings));
        }
        let (picture, found) = driver::picture_of_manifests(title, &objects, &sources);
        findings.extend(found);
        self.messages.show(&findings, &sources);
        self.show(&picture, self.messages.code(&findings))
    }

    /// Writes who may do what; gives the exit code.
    fn show_access(&self, access: &rbac::report::Report, code: u8) -> u8 {
        let text = match self.format {
            GraphFormat::Json => report::access::json(access),
            GraphFormat::Table => report::access::markdown(access),
            _ => report::access::human(access),
        };
        code.max(answer(&text, &self.messages))
    }

    /// Writes the picture; gives the exit code.
    fn show(&self, picture: &Picture, code: u8) -> u8 {
        let wrong = |state| matches!(state, State::Undeclared | State::Closed);
        let proved = !picture.connections.iter().any(|connection| wrong(connection.state));
        let written = answer(&self.drawn(picture), &self.messages);
        code.max(if proved { FINE } else { BAD_INPUT }).max(written)
    }

    fn drawn(&self, picture: &Picture) -> String {
        match self.format {
            GraphFormat::Text => draw::text(picture),
            GraphFormat::Table => draw::table(picture),
            GraphFormat::Dot => draw::dot(picture),
            GraphFormat::Mermaid => draw::mermaid(picture),
            GraphFormat::Json => draw::json(picture),
            GraphFormat::Svg => draw::svg(picture),
            GraphFormat::Html => draw::html(picture),
        }
    }
}
