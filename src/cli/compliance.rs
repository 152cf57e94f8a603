//! `nxk compliance`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Input, Messages, answer};
use super::{BAD_INPUT, FINE};
use crate::diag::Code;
use crate::driver::evidence::{Evidence, evidence};
use crate::report;

/// Show what holds of each control: the evidence for an audit
#[derive(Args)]
#[command(
    after_help = "The exit code is 1 if a control is not met and no exception covers it.\n\nExamples:\n  nxk compliance main.nxk                          what failed, control by control\n  nxk compliance main.nxk --all                    what is met as well, object by object\n  nxk compliance main.nxk --format html > e.html   one page for an auditor\n  nxk compliance main.nxk --date 2027-01-01        with the exceptions that hold then"
)]
pub(super) struct Compliance {
    /// The entry: a file, or a folder with a default.nxk
    file: PathBuf,
    /// The form of the evidence
    #[arg(long, value_enum, default_value_t = EvidenceFormat::Table, value_name = "FORMAT")]
    format: EvidenceFormat,
    /// List what is met as well (the other formats always do)
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EvidenceFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanners
    Sarif,
    /// One page for an auditor
    Html,
}

impl Compliance {
    pub(super) fn run(&self) -> u8 {
        let mut session = match self.input.session(self.file.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let evidence = evidence(&mut session);
        // What controls say is the result, told there.
        let told = [Code::ControlFailed, Code::ControlExempted, Code::MutableTagWarning, Code::MissingDigest];
        session.machine.findings.retain(|finding| !told.contains(&finding.code));
        let code = self.messages.finish(&session, None);
        let Some(evidence) = evidence else { return code.max(BAD_INPUT) };
        let failed = if evidence.has_failed() { BAD_INPUT } else { FINE };
        let written = answer(&self.written(&evidence, code.max(failed)), &self.messages);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(session);
        code.max(failed).max(written)
    }

    fn written(&self, evidence: &Evidence, exit_code: u8) -> String {
        match self.format {
            EvidenceFormat::Table => report::evidence::table(evidence, self.all),
            EvidenceFormat::Json => report::evidence::json(evidence),
            EvidenceFormat::Sarif => report::evidence::sarif(evidence, exit_code),
            EvidenceFormat::Html => report::evidence::html(evidence),
        }
    }
}
