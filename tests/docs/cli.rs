//! The reference of the command line, out of its definitions.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::{Arg, Command};

use crate::declared::cell;

const HEAD: &str = "# The command line

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

What `nxk COMMAND --help` and the man pages (`nxk man`) say as well. Results go to stdout, findings and all else to
stderr.

| exit code | means |
| --- | --- |
| 0 | all is fine; warnings are, unless `--deny-warnings` is given |
| 1 | the input has errors |
| 2 | the command line is wrong |
| 3 | the output could not be written |
";

/// `docs/reference/cli.md`
pub fn reference() -> String {
    let mut command = nxk::cli::command().disable_help_subcommand(true);
    command.build();
    let mut page = Page { text: HEAD.to_string(), shared: BTreeMap::new() };
    command.get_subcommands().filter(|inner| !inner.is_hide_set()).for_each(|inner| page.command(inner));
    page.shared_options();
    page.text
}

struct Page {
    text: String,
    /// The rows of the options that stand under a heading of their own, by heading: the same wherever they are.
    shared: BTreeMap<String, Vec<String>>,
}

impl Page {
    fn command(&mut self, command: &Command) {
        let name = command.get_bin_name().expect("the definitions are built");
        let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
        self.line(&format!("\n## `{name}`\n\n{}.", about.trim_end_matches('.')));
        let usage = command.clone().render_usage().to_string();
        self.line(&format!("\n    {}", usage.trim_start_matches("Usage: ").trim()));
        if command.has_subcommands() {
            command.get_subcommands().filter(|inner| !inner.is_hide_set()).for_each(|inner| self.command(inner));
            return;
        }
        self.arguments(command);
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (remarks, examples) = help.split_once("Examples:\n").unwrap_or((&help, ""));
        if !remarks.trim().is_empty() {
            self.line(&format!("\n{}", remarks.trim()));
        }
        if !examples.trim().is_empty() {
            let lines: Vec<String> = examples.lines().map(commented).collect();
            self.line(&format!("\n```sh\n{}\n```", lines.join("\n")));
        }
    }

    /// A table of what is the command's own, and a line for what it has in common with others.
    fn arguments(&mut self, command: &Command) {
        let everywhere = |argument: &&Arg| ["help", "version"].contains(&argument.get_id().as_str());
        let shown = command.get_arguments().filter(|argument| !argument.is_hide_set() && !everywhere(argument));
        let mut own: Vec<String> = Vec::new();
        let mut shared: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for argument in shown {
            match argument.get_help_heading() {
                Some(heading) => shared.entry(heading.to_string()).or_default().push(row(argument)),
                None => own.push(row(argument)),
            }
        }
        if !own.is_empty() {
            self.line(&format!("\n| | |\n| --- | --- |\n{}", own.join("\n")));
        }
        let links: Vec<String> = shared
            .keys()
            .map(|heading| {
                let words = heading.to_lowercase();
                format!("[{words}](#{})", words.replace(' ', "-"))
            })
            .collect();
        if !links.is_empty() {
            self.line(&format!("\nAlso the {}.", links.join(" and ")));
        }
        for (heading, rows) in shared {
            let known = self.shared.entry(heading).or_insert_with(|| rows.clone());
            assert_eq!(*known, rows, "{} words them in its own way", command.get_name());
        }
    }

    fn shared_options(&mut self) {
        for (heading, rows) in std::mem::take(&mut self.shared) {
            self.line(&format!("\n## {heading}\n\n| | |\n| --- | --- |\n{}", rows.join("\n")));
        }
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("strings take everything");
    }
}

/// An example, with the words beside it as a comment of the shell.
fn commented(line: &str) -> String {
    let line = line.trim_start();
    let Some((command, words)) = line.split_once("  ") else { return line.to_string() };
    let column = line.len() - words.trim_start().len();
    format!("{command:column$}# {}", words.trim_start())
}

/// What an argument is called, and what it is for.
fn row(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let takes = argument.get_num_args().is_some_and(|number| number.takes_values());
    let value = if takes { names.join(" ") } else { String::new() };
    let spelt = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("`-{short}`, `{}`", format!("--{long} {value}").trim_end()),
        (None, Some(long)) => format!("`{}`", format!("--{long} {value}").trim_end()),
        (Some(short), None) => format!("`{}`", format!("-{short} {value}").trim_end()),
        (None, None) => format!("`{value}`"),
    };
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    format!("| {} | {}{} |", cell(&spelt), cell(&help), cell(&choices(argument, takes)))
}

/// Which values an argument takes, if they can be listed, and which one it has if it is left out.
fn choices(argument: &Arg, takes: bool) -> String {
    let defaults = argument.get_default_values();
    let is_default = |name: &str| defaults.iter().any(|default| default == name);
    let listed: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| takes && !value.is_hide_set())
        .map(|value| match (is_default(value.get_name()), value.get_help()) {
            (true, Some(help)) => format!("`{}` (the default): {help}", value.get_name()),
            (false, Some(help)) => format!("`{}`: {help}", value.get_name()),
            (true, None) => format!("`{}` (the default)", value.get_name()),
            (false, None) => format!("`{}`", value.get_name()),
        })
        .collect();
    match (listed.is_empty(), defaults.first()) {
        (false, _) => format!("<br>{}", listed.join("<br>")),
        (true, Some(default)) if takes => format!(" (default: `{}`)", default.to_string_lossy()),
        _ => String::new(),
    }
}
