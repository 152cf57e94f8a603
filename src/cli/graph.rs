//! `nxk graph`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Input, Messages, answer};
use super::{BAD_INPUT, FINE};
use crate::draw;
use crate::driver;
use crate::graph::picture::{Picture, State};

/// Show who may connect to whom, and whether the policies do what is declared
#[derive(Args)]
#[command(
    after_help = "A connection is told as proved (declared, and open), undeclared, closed (declared, and not open), or open where\nnothing is declared, as in plain manifests. The exit code is 1 if something is undeclared or closed.\n\nExamples:\n  nxk graph main.nxk                        who connects to whom, in words\n  nxk graph main.nxk --format mermaid       for a README"
)]
pub(super) struct Graph {
    /// The entry: a file, or a folder with a default.nxk
    file: PathBuf,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = GraphFormat::Text, value_name = "FORMAT")]
    format: GraphFormat,
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
    Table,
    /// For Graphviz
    Dot,
    /// For Markdown that knows Mermaid
    Mermaid,
    /// For programs
    Json,
}

impl Graph {
    pub(super) fn run(&self) -> u8 {
        let mut session = match self.input.session(self.file.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let picture = driver::picture(&mut session);
        let code = self.messages.finish(&session, None);
        let Some(picture) = picture else { return code.max(BAD_INPUT) };
        let wrong = |state| matches!(state, State::Undeclared | State::Closed);
        let proved = !picture.connections.iter().any(|connection| wrong(connection.state));
        let written = answer(&self.drawn(&picture), &self.messages);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(session);
        code.max(if proved { FINE } else { BAD_INPUT }).max(written)
    }

    fn drawn(&self, picture: &Picture) -> String {
        match self.format {
            GraphFormat::Text => draw::text(picture),
            GraphFormat::Table => draw::table(picture),
            GraphFormat::Dot => draw::dot(picture),
            GraphFormat::Mermaid => draw::mermaid(picture),
            GraphFormat::Json => draw::json(picture),
        }
    }
}
