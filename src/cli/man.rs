//! `nxk man`: a page for each command, made from its definition.
//!
//! clap_mangen writes what it knows of: names, options, subcommands. What stands behind the options of a help text it
//! would fill into paragraphs; here remarks stay remarks, and examples stay one to a line.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::Resettable;
use clap_mangen::Man as Page;

use super::common::{Messages, answer};
use super::{FINE, NOT_WRITTEN};
use crate::output;

/// Write the man pages
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk man | man -l -                       the page of nxk itself\n  nxk man -o ~/.local/share/man/man1       one page for each command: then `man nxk-compile`"
)]
pub(super) struct Man {
    /// Write a page for each command into this folder, instead of the first one to stdout
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    messages: Messages,
}

/// What stands above the examples in a help text.
const EXAMPLES: &str = "Examples:\n";

impl Man {
    pub(super) fn run(&self) -> u8 {
        let mut command = super::command().disable_help_subcommand(true);
        command.build();
        match &self.output {
            None => answer(&page(&command), &self.messages),
            Some(folder) => self.write(&command, folder),
        }
    }

    /// Writes the pages of a command and of those below it. Each is whole; there is no state in which some are wrong.
    fn write(&self, command: &clap::Command, folder: &Path) -> u8 {
        let path = folder.join(Page::new(command.clone()).get_filename());
        if let Err(finding) = output::write_file(&path, &page(command)) {
            self.messages.refuse(&finding);
            return NOT_WRITTEN;
        }
        let below = command.get_subcommands().filter(|command| !command.is_hide_set());
        below.map(|command| self.write(command, folder)).find(|code| *code != FINE).unwrap_or(FINE)
    }
}

/// The page of a command. Nothing in it depends on when or where it is made.
fn page(command: &clap::Command) -> String {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let page = Page::new(command.clone().after_help(Resettable::Reset));
    let mut text = Vec::new();
    let source = format!("nxk {}", env!("CARGO_PKG_VERSION"));
    page.source(source).manual("nxk").render(&mut text).expect("memory takes everything");
    // An empty date is left out, and then the version would be taken for one.
    let text = String::from_utf8_lossy(&text).replacen(" 1  ", " 1 \"\" ", 1);
    text + &behind(&help)
}

/// What stands behind the options in a help text: remarks, then examples.
fn behind(help: &str) -> String {
    let (remarks, examples) = help.split_once(EXAMPLES).unwrap_or((help, ""));
    let mut text = String::new();
    if !remarks.trim().is_empty() {
        text.push_str(".SH NOTES\n");
        remarks.trim().lines().for_each(|line| text.push_str(&escaped(line)));
    }
    if !examples.trim().is_empty() {
        text.push_str(".SH EXAMPLES\n.nf\n");
        examples.lines().for_each(|line| text.push_str(&escaped(line.trim_start())));
        text.push_str(".fi\n");
    }
    text
}

/// A line of text in which roff finds nothing to obey. An empty one ends a paragraph.
fn escaped(line: &str) -> String {
    if line.is_empty() {
        return ".PP\n".to_string();
    }
    // A hyphen would become one that no shell understands, and a quote a curly one.
    let text = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    let guard = if text.starts_with('.') { "\\&" } else { "" };
    format!("{guard}{text}\n")
}
