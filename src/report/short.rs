//! One line a finding, in the form that editors and `grep` know.

use std::fmt::Write;

use crate::diag::Diagnostic;
use crate::source::SourceMap;

use super::words::{head, one_line};

/// `file:line:column: error[E0101]: message (hint)` for each finding.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        // Writing to a string cannot fail.
        if let Some(place) = sources.location(diagnostic.primary.span) {
            let _ = write!(out, "{}:{}:{}: ", one_line(&place.file), place.line, place.column);
        }
        let _ = write!(out, "{}: {}", head(diagnostic), one_line(&diagnostic.message));
        if let Some(hint) = &diagnostic.hint {
            let _ = write!(out, " ({})", one_line(hint));
        }
        out.push('\n');
    }
    out
}
