//! Findings as text: for people, for one-line tools, for programs and for code scanners.
//!
//! Every form shows the same findings in the same order: by file, then place, then code, each once.

pub mod access;
pub mod evidence;
mod excerpt;
mod github;
mod human;
mod json;
mod sarif;
mod short;
mod words;

pub use words::{printable, write_escaped};

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::source::{SourceMap, Span};

/// The forms in which findings are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For people: with excerpts of the source, and a count at the end.
    #[default]
    Human,
    /// One line each: `file:line:column: error[E0101]: message (hint)`.
    Short,
    /// One JSON object a line.
    Json,
    /// One SARIF document, for code scanners.
    Sarif,
    /// Annotations of GitHub's workflows.
    Github,
}

/// All `diagnostics` as text, each line ended; empty when there are none. Only the human form has colours.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format, color: bool) -> String {
    let sorted = in_order(diagnostics);
    match format {
        Format::Human => human::render(&sorted, sources, color),
        Format::Short => short::render(&sorted, sources),
        Format::Json => json::render(&sorted, sources),
        Format::Sarif => sarif::render(&sorted, sources, &[]),
        Format::Github => github::render(&sorted, sources),
    }
}

/// The same, with what else the program has to say (traces, timings): in front, or inside where the form is one document.
pub fn render_with_remarks(
    remarks: &[String],
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    format: Format,
    color: bool,
) -> String {
    let mut text: String = match format {
        Format::Sarif => return sarif::render(&in_order(diagnostics), sources, remarks),
        Format::Github => remarks.iter().map(|remark| github::remark(remark)).collect(),
        Format::Human | Format::Short | Format::Json => remarks.iter().map(|remark| format!("{remark}\n")).collect(),
    };
    text.push_str(&render(diagnostics, sources, format, color));
    text
}

/// The findings in the order of the texts, which is the order of their positions; those without a
/// place at the end. Of several that say the same of one place the first stays.
fn in_order(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut seen: FxHashMap<_, Vec<&Diagnostic>> = FxHashMap::default();
    let mut kept: Vec<&Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        // One mistake may show in many objects that are made from one place; it is still one mistake.
        let placed = !diagnostic.primary.span.is_none();
        let subject = if placed { None } else { Some((&diagnostic.object, &diagnostic.path)) };
        let key = (diagnostic.primary.span, diagnostic.code, &diagnostic.message, subject);
        let alike = seen.entry(key).or_default();
        if !alike.iter().any(|other| placed || *other == diagnostic) {
            alike.push(diagnostic);
            kept.push(diagnostic);
        }
    }
    let place = |span: Span| (span.is_none(), span.lo, span.hi);
    kept.sort_by_key(|diagnostic| (place(diagnostic.primary.span), diagnostic.code));
    kept
}
