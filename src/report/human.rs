//! For people: the finding, an excerpt with its places drawn in, and what to do.
//!
//! ```text
//! error[E0604]: `replicas` must be an integer, this is a string
//!    ╭─[ web.nxk:3:14 ]
//!    │
//!  3 │   replicas = "two";
//!    │              ──┬──
//!    │                ╰──── a string
//!    │
//!    │ in Deployment shop/web, spec.replicas
//!    │ help: write a number
//! ───╯
//! ```

use std::fmt::Write;

use crate::diag::{Diagnostic, Label, Severity};
use crate::source::{SourceKind, SourceMap};

use super::excerpt::Excerpts;
use super::words::{head, one_line, printable};

/// More findings than these are only counted: nobody reads them.
const MOST_REPORTS: usize = 100;

/// The findings with a blank line between them, and their number.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &SourceMap, color: bool) -> String {
    let mut out = String::new();
    if diagnostics.is_empty() {
        return out;
    }
    let mut excerpts = Excerpts::new(sources, color);
    for diagnostic in diagnostics.iter().take(MOST_REPORTS) {
        write_report(&mut out, diagnostic, sources, &mut excerpts, Paint { color });
        out.push('\n');
    }
    if diagnostics.len() > MOST_REPORTS {
        let _ = writeln!(out, "… and {} more\n", diagnostics.len() - MOST_REPORTS);
    }
    out.push_str(&count(diagnostics));
    out.push('\n');
    out
}

/// `2 errors, 1 warning`
fn count(diagnostics: &[&Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let part = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{number} {word}s")),
    };
    let parts = [part(errors, "error"), part(diagnostics.len() - errors, "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn write_report(
    out: &mut String,
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    excerpts: &mut Excerpts<'_>,
    paint: Paint,
) {
    let strong = if diagnostic.severity == Severity::Error { RED } else { YELLOW };
    let message = printable(diagnostic.message.trim_end()).replace('\n', "\n    ");
    let _ = writeln!(out, "{}{}", paint.with(strong, &head(diagnostic)), paint.with(BOLD, &format!(": {message}")));
    let excerpt = excerpts.draw(diagnostic);
    out.push_str(&excerpt.body);
    let notes = notes(diagnostic, &excerpt.untold, sources, paint);
    if excerpt.body.is_empty() {
        notes.iter().for_each(|note| write_note(out, note, "  "));
        return;
    }
    let rule = format!("{}{}", " ".repeat(excerpt.gutter), paint.with(GRAY, "│"));
    if !notes.is_empty() {
        let _ = writeln!(out, "{rule}");
    }
    notes.iter().for_each(|note| write_note(out, note, &format!("{rule} ")));
    let _ = writeln!(out, "{}", paint.with(GRAY, &format!("{}╯", "─".repeat(excerpt.gutter))));
}

/// What is told in words below the excerpt, each with the columns by which further lines are set in.
fn notes(diagnostic: &Diagnostic, untold: &[&Label], sources: &SourceMap, paint: Paint) -> Vec<(String, usize)> {
    let mut notes: Vec<(String, usize)> = subject(diagnostic).into_iter().map(|note| (note, 0)).collect();
    notes.extend(untold.iter().filter_map(|label| Some((elsewhere(label, sources)?, 0))));
    if let Some(hint) = &diagnostic.hint {
        notes.push((format!("{} {}", paint.with(CYAN, "help:"), printable(hint.trim_end())), "help: ".len()));
    }
    notes
}

/// `in Deployment shop/web, spec.replicas`
fn subject(diagnostic: &Diagnostic) -> Option<String> {
    match (&diagnostic.object, &diagnostic.path) {
        (None, None) => None,
        (Some(object), None) => Some(format!("in {}", one_line(object))),
        (Some(object), Some(path)) => Some(format!("in {}, {}", one_line(object), one_line(path))),
        (None, Some(path)) => Some(format!("at {}", one_line(path))),
    }
}

/// A place that is not drawn: `in the standard library: lib/web.nxk:3 (declared here)`.
fn elsewhere(label: &Label, sources: &SourceMap) -> Option<String> {
    let place = sources.location(label.span)?;
    let file = sources.file(sources.find(label.span)?);
    let mut note = match file.kind {
        SourceKind::Library => format!("in the standard library: {}:{}", one_line(&place.file), place.line),
        SourceKind::User => format!("see also: {}:{}:{}", one_line(&place.file), place.line, place.column),
    };
    if !label.text.is_empty() {
        let _ = write!(note, " ({})", one_line(&label.text));
    }
    Some(note)
}

fn write_note(out: &mut String, (text, inset): &(String, usize), margin: &str) {
    for (at, line) in text.lines().enumerate() {
        let inset = if at == 0 { 0 } else { *inset };
        let line = format!("{margin}{:inset$}{line}", "");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const BOLD: &str = "1";
const CYAN: &str = "36";
/// The colour of the rules that the excerpt draws.
const GRAY: &str = "38;5;246";

/// Colours text, or leaves it alone.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn with(self, style: &str, text: &str) -> String {
        if self.color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
