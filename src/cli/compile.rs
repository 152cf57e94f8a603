//! `nxk compile`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Input, Messages, answer};
use super::{BAD_INPUT, FINE, NOT_WRITTEN};
use crate::driver::{self, Ordered, Session};
use crate::emit::{json, yaml};
use crate::node::Node;
use crate::output::{self, NewFile};

/// Compile a configuration to Kubernetes manifests
#[derive(Args)]
#[command(after_help = "Without -o the result goes to stdout. With -o the folder gets it whole or not at all.")]
pub(super) struct Compile {
    /// The entry: a file, or a folder with a default.nxk
    file: PathBuf,
    /// Write into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = OutputFormat::Yaml, value_name = "FORMAT")]
    format: OutputFormat,
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
    /// One `List` of all objects
    Json,
}

impl Compile {
    pub(super) fn run(&self) -> u8 {
        let mut session = match self.input.session(self.file.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let mut ordered = driver::compile(&mut session);
        if let Some(ordered) = ordered.as_mut().filter(|_| !session.has_errors()) {
            session.reveal(ordered);
        }
        let text = ordered.as_ref().filter(|_| !session.has_errors()).map(|ordered| self.emit(&mut session, ordered));
        let code = self.messages.finish(&session, ordered.as_ref().map(|ordered| &ordered.coverage));
        let code = match text {
            Some(text) if code == FINE => self.write(text, ordered.as_ref().is_some_and(Ordered::holds_secrets)),
            _ => code.max(BAD_INPUT),
        };
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget((session, ordered));
        code
    }

    fn emit(&self, session: &mut Session, ordered: &Ordered) -> String {
        let objects: Vec<&Node> = ordered.objects.iter().collect();
        session.timings.measure("emit", || match self.format {
            OutputFormat::Yaml => yaml::stream(&objects),
            OutputFormat::Json => json::list(&objects),
        })
    }

    fn write(&self, text: String, private: bool) -> u8 {
        let Some(folder) = &self.output else { return answer(&text, &self.messages) };
        let name = match self.format {
            OutputFormat::Yaml => "manifests.yaml",
            OutputFormat::Json => "manifests.json",
        };
        let file = NewFile { name: name.to_string(), text, private };
        match output::write_folder(folder, &[file], self.force) {
            Ok(()) => FINE,
            Err(finding) => {
                self.messages.refuse(&finding);
                NOT_WRITTEN
            }
        }
    }
}
