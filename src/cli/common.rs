//! What the commands share: their common options, and how findings are shown.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{BAD_INPUT, BAD_USAGE, FINE};
use crate::diag::{Diagnostic, Severity};
use crate::driver::{Coverage, Gathered, Request, SecretSetting, Session, Setting, Timings};
use crate::manifests;
use crate::output;
use crate::report::{self, Format};
use crate::schema::Minor;
use crate::source::SourceMap;

/// Options that shape the configuration.
#[derive(Args, Clone)]
#[command(next_help_heading = "Configuration options")]
pub(super) struct Input {
    /// Compile for this Kubernetes minor, whatever the configuration says
    #[arg(long, value_name = "VERSION")]
    k8s_version: Option<String>,
    /// Define an option, over all definitions in files; read as its type says
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = Setting::parse)]
    settings: Vec<Setting>,
    /// Define an option as the content of a file
    #[arg(long = "set-file", value_name = "PATH=FILE", value_parser = Setting::parse)]
    file_settings: Vec<Setting>,
    /// Define an option as a secret: the content of a file, of the standard input (`-`), or of a variable (`env:NAME`)
    #[arg(long = "set-secret", value_name = "PATH=SOURCE")]
    secrets: Vec<String>,
    /// Confine reading to this folder instead of the entry's own
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Write this commit into the objects instead of the repository's
    #[arg(long, value_name = "REVISION")]
    source_commit: Option<String>,
    /// Judge exceptions and the age of secrets as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<jiff::civil::Date>,
}

/// Options that shape what is shown.
#[derive(Args, Clone)]
#[command(next_help_heading = "Message options")]
pub(super) struct Messages {
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    message_format: MessageFormat,
    /// Whether findings are coloured
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Take warnings for errors
    #[arg(long)]
    deny_warnings: bool,
    /// Say nothing but findings
    #[arg(short, long)]
    quiet: bool,
    /// Say how long each stage took
    #[arg(long)]
    timings: bool,
}

/// What is said behind the findings.
struct Behind {
    coverage: Vec<String>,
    timings: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// For people, with excerpts of the source
    Human,
    /// One line each
    Short,
    /// One JSON object a line
    Json,
    /// One SARIF 2.1.0 document, for code scanners
    Sarif,
    /// Annotations of GitHub's workflows
    Github,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

impl Input {
    /// A session for this entry; the exit code where there can be none, the reason having been told.
    pub(super) fn session(&self, entry: PathBuf, messages: &Messages) -> Result<Session, u8> {
        let request = self.request(entry).map_err(|message| {
            say(&format!("error: {message}\n"));
            BAD_USAGE
        })?;
        Session::new(request).map_err(|finding| {
            messages.refuse(&finding);
            BAD_INPUT
        })
    }

    /// The same for another version of Kubernetes.
    pub(super) fn at_version(&self, version: Minor) -> Input {
        Input { k8s_version: Some(version.to_string()), ..self.clone() }
    }

    /// The same for a copy of a commit, which is confined to a folder of its own.
    pub(super) fn of_commit(&self, root: PathBuf, commit: &str) -> Input {
        Input { root: Some(root), source_commit: Some(commit.to_owned()), ..self.clone() }
    }

    /// The folder that reading is confined to, if one was named.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The Kubernetes version that was asked for.
    pub(super) fn kubernetes_version(&self) -> Option<&str> {
        self.k8s_version.as_deref()
    }

    /// The request for this entry.
    fn request(&self, entry: PathBuf) -> Result<Request, String> {
        let mut settings = self.settings.clone();
        for setting in &self.file_settings {
            let text = std::fs::read_to_string(&setting.value)
                .map_err(|error| format!("--set-file: `{}` cannot be read: {error}", setting.value))?;
            settings.push(Setting { path: setting.path.clone(), value: text });
        }
        let secret = |text: &String| SecretSetting::parse(text).map_err(|why| format!("--set-secret: {why}"));
        let secrets = self.secrets.iter().map(secret).collect::<Result<_, _>>()?;
        Ok(Request {
            entry,
            root: self.root.clone(),
            kubernetes_version: self.k8s_version.clone(),
            settings,
            secrets,
            source_commit: self.source_commit.clone(),
            date: self.date,
        })
    }
}

impl Messages {
    /// Shows the session's findings, its traces and, where asked for, its timings. Gives the exit code that they mean.
    pub(super) fn finish(&self, session: &Session, coverage: Option<&Coverage>) -> u8 {
        let machine = &session.machine;
        let behind = self.behind(coverage.as_slice(), &[&session.timings]);
        self.conclude(&machine.findings, &machine.sources, machine.traces.clone(), behind)
    }

    /// The same for what several runs found.
    pub(super) fn finish_all(&self, gathered: &Gathered, coverage: &[&Coverage], timings: &[&Timings]) -> u8 {
        let behind = self.behind(coverage, timings);
        self.conclude(&gathered.findings, &gathered.sources, gathered.remarks.clone(), behind)
    }

    /// What is said behind the findings.
    fn behind(&self, coverage: &[&Coverage], timings: &[&Timings]) -> Behind {
        let silent = self.quiet || matches!(self.message_format, MessageFormat::Json | MessageFormat::Sarif);
        let coverage = coverage.iter().filter(|_| !silent).map(|coverage| format!("{coverage}\n")).collect();
        let timings = timings.iter().filter(|_| self.timings).map(|timings| timings.table()).collect();
        Behind { coverage, timings }
    }

    fn conclude(
        &self,
        findings: &[Diagnostic],
        sources: &SourceMap,
        mut remarks: Vec<String>,
        Behind { coverage, timings }: Behind,
    ) -> u8 {
        // Nothing may stand beside the document.
        let inside = self.message_format == MessageFormat::Sarif;
        let behind: Vec<String> =
            coverage.into_iter().chain(if inside { Vec::new() } else { timings.clone() }).collect();
        if inside {
            remarks.extend(timings);
        }
        let mut text = self.render(&remarks, findings, sources);
        text.push_str(&behind.concat());
        say(&text);
        self.code(findings)
    }

    /// Whether nothing but findings is to be said.
    pub(super) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Shows one finding that arose outside a session.
    pub(super) fn refuse(&self, finding: &Diagnostic) {
        self.show(std::slice::from_ref(finding), &SourceMap::new());
    }

    /// Shows findings about texts outside a session.
    pub(super) fn show(&self, findings: &[Diagnostic], sources: &SourceMap) {
        say(&self.render(&[], findings, sources));
    }

    fn render(&self, remarks: &[String], findings: &[Diagnostic], sources: &SourceMap) -> String {
        let format = match self.message_format {
            MessageFormat::Human => Format::Human,
            MessageFormat::Short => Format::Short,
            MessageFormat::Json => Format::Json,
            MessageFormat::Sarif => Format::Sarif,
            MessageFormat::Github => Format::Github,
        };
        let color = self.is_coloured(std::io::stderr().is_terminal());
        report::render_with_remarks(remarks, findings, sources, format, color)
    }

    /// Whether text is coloured that goes to a terminal, or not.
    pub(super) fn is_coloured(&self, terminal: bool) -> bool {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Auto => !plain && terminal,
            Color::Always => true,
            Color::Never => false,
        }
    }

    /// The exit code that these findings mean.
    pub(super) fn code(&self, findings: &[Diagnostic]) -> u8 {
        let bad = |finding: &Diagnostic| finding.severity == Severity::Error || self.deny_warnings;
        if findings.iter().any(bad) { BAD_INPUT } else { FINE }
    }
}

/// Whether an argument names manifests rather than a configuration.
pub(super) fn is_manifests(file: &Path) -> bool {
    let is_folder = file.is_dir() && !file.join("default.nxk").is_file();
    file == Path::new(manifests::STDIN) || manifests::is_manifest(file) || is_folder
}

/// Writes to stderr; where that is closed there is nobody to tell.
pub(super) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Writes a result to stdout; gives the exit code.
pub(super) fn answer(text: &str, messages: &Messages) -> u8 {
    match output::write_stdout(text) {
        Ok(()) => FINE,
        Err(finding) => {
            messages.refuse(&finding);
            super::NOT_WRITTEN
        }
    }
}
