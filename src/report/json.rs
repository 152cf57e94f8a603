//! One JSON object a line, for programs.

use serde::Serialize;

use crate::diag::{Diagnostic, Label};
use crate::source::{SourceMap, Span};

/// One object for each finding, on a line of its own.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Ok(line) = serde_json::to_string(&Finding::of(diagnostic, sources)) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    #[serde(flatten)]
    place: Place,
    path: Option<&'a str>,
    object: Option<&'a str>,
    related: Vec<Related<'a>>,
}

/// A place, or only nulls where there is none. Lines and columns count from 1, columns in characters.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Place {
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    place: Place,
    message: &'a str,
}

impl<'a> Finding<'a> {
    fn of(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Finding<'a> {
        let related = |label: &'a Label| Related { place: Place::of(label.span, sources), message: &label.text };
        Finding {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity.as_str(),
            message: &diagnostic.message,
            hint: diagnostic.hint.as_deref(),
            place: Place::of(diagnostic.primary.span, sources),
            path: diagnostic.path.as_deref(),
            object: diagnostic.object.as_deref(),
            related: diagnostic.secondary.iter().map(related).collect(),
        }
    }
}

impl Place {
    fn of(span: Span, sources: &SourceMap) -> Place {
        sources.location(span).map_or_else(Place::default, |place| Place {
            file: Some(place.file),
            line: Some(place.line),
            column: Some(place.column),
            end_line: Some(place.end_line),
            end_column: Some(place.end_column),
        })
    }
}
