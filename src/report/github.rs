//! Commands of GitHub's workflows: each finding is an annotation at its line.
//!
//! The runner reads commands from whatever a step prints, so a value that a message quotes could be one as well. None
//! can: all that is printed is escaped and stands behind the `::` of our own command.

use std::fmt::Write;

use crate::diag::Diagnostic;
use crate::source::SourceMap;

use super::words::{names_file, one_line, printable};

/// `::error file=main.nxk,line=3,endLine=3,col=5,endColumn=9,title=E0604 …::message` for each finding.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        // Writing to a string cannot fail.
        let _ = write!(out, "::{} ", diagnostic.severity.as_str());
        let place = sources.location(diagnostic.primary.span);
        if let Some(place) = place.filter(|place| names_file(&place.file)) {
            let _ = write!(out, "file={},line={},endLine={},", property(&place.file), place.line, place.end_line);
            // Columns of several lines are refused.
            if place.line == place.end_line {
                let _ = write!(out, "col={},endColumn={},", place.column, place.end_column);
            }
        }
        let title = format!("{} {}", diagnostic.code.as_str(), diagnostic.code.title());
        let _ = writeln!(out, "title={}::{}", property(&title), data(&words(diagnostic, sources)));
    }
    out
}

/// What is no finding, such as a trace: a notice without a place.
pub(super) fn remark(text: &str) -> String {
    format!("::notice::{}\n", data(text))
}

/// The message, its subject, the other places and the hint, on lines of their own.
fn words(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut words = diagnostic.message.trim_end().to_string();
    if let Some(object) = &diagnostic.object {
        let path = diagnostic.path.iter().map(|path| format!(", {}", one_line(path))).collect::<String>();
        let _ = write!(words, "\nin {}{path}", one_line(object));
    }
    for label in &diagnostic.secondary {
        if let Some(place) = sources.location(label.span) {
            let _ = write!(words, "\nsee also {}:{}:{}", place.file, place.line, place.column);
            if !label.text.is_empty() {
                let _ = write!(words, " ({})", one_line(&label.text));
            }
        }
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = write!(words, "\nhelp: {}", hint.trim_end());
    }
    words
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
