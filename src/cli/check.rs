//! `nxk check`

use std::path::PathBuf;

use clap::Args;

use super::FINE;
use super::common::{Input, Messages};
use crate::driver;

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
        let mut session = match self.input.session(file, &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
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
