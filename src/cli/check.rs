//! `nxk check`

use std::path::PathBuf;

use clap::Args;

use super::common::{Input, Messages, say};
use super::{BAD_INPUT, BAD_USAGE, FINE};
use crate::driver::{self, Session};

/// Check configurations: everything but the output
#[derive(Args)]
pub(super) struct Check {
    /// The entries: files, or folders with a default.nxk
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Stop after the checks that need no evaluation
    #[arg(long)]
    no_eval: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

impl Check {
    pub(super) fn run(&self) -> u8 {
        self.files.iter().map(|file| self.check(file.clone())).max().unwrap_or(FINE)
    }

    fn check(&self, file: PathBuf) -> u8 {
        let request = match self.input.request(file) {
            Ok(request) => request,
            Err(message) => {
                say(&format!("error: {message}\n"));
                return BAD_USAGE;
            }
        };
        let mut session = match Session::new(request) {
            Ok(session) => session,
            Err(finding) => {
                self.messages.refuse(&finding);
                return BAD_INPUT;
            }
        };
        let coverage = if self.no_eval {
            if let Some(parsed) = session.parse() {
                session.check(parsed);
            }
            None
        } else {
            driver::compile(&mut session).map(|ordered| ordered.coverage)
        };
        let code = self.messages.finish(&session, coverage.as_deref());
        std::mem::forget(session);
        code
    }
}
