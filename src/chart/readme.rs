//! `README.md` of a chart: how to use it, and what can be changed.

use super::connection;
use super::model::{Chart, Opening};
use super::values::{explanation, one_line, scalar};
use crate::emit::json;

/// The file's text.
pub(super) fn text(chart: &Chart, name: &str, tests: bool) -> String {
    let mut out = format!(
        "# {name}\n\n\
         This chart was made by nxk. Change the configuration and make it again rather than change its files.\n\n\
         ```sh\n\
         helm install {name} . --namespace {namespace} --create-namespace\n\
         ```\n\n\
         In a release that is called `{name}` the objects have the names of the configuration. In any other they all have \
         the name of the release in front, and so do the references between them, so that several releases can live in one \
         namespace.\n",
        namespace = chart.namespace
    );
    if !chart.environments.is_empty() {
        out.push_str("\n## Environments\n\nWhat is different in an environment is a file of values:\n\n```sh\n");
        for file in super::files::environment_files(chart) {
            out.push_str(&format!("helm install {name} . --values {file}\n"));
        }
        out.push_str("```\n");
    }
    if tests {
        out.push_str(&format!(
            "\n## Test\n\n`helm test {name}` starts a pod (`{}`) that connects to every TCP port of every Service. Where network \
             policies close the namespaces, others let this pod through; they are there only while the test runs.\n",
            connection::IMAGE
        ));
    }
    out.push_str(&values(chart));
    out
}

fn values(chart: &Chart) -> String {
    if chart.openings.is_empty() {
        return "\n## Values\n\nThere are none: everything in this chart is settled.\n".to_string();
    }
    let mut out = String::from(
        "\n## Values\n\n\
         These are what compiling hands on unchanged, so that changing them here does what changing them in the configuration \
         does. A value keeps its kind: give a text that looks like a number with `--set-string`.\n\n\
         | value | default | type | what it is for |\n| --- | --- | --- | --- |\n",
    );
    let is_same_list = |one: &Opening, next: &Opening| next.item.is_some() && one.path == next.path;
    for openings in chart.openings.chunk_by(is_same_list) {
        let opening = &openings[0];
        let of_list = |ty: String| if opening.item.is_some() { format!("[{ty}]") } else { ty };
        let ty = opening.ty.as_ref().map(|ty| code(&of_list(ty.to_string()))).unwrap_or_default();
        let words = cell(&explanation(opening).join(" "));
        out.push_str(&format!("| {} | {} | {ty} | {words} |\n", code(&path(opening)), code(&default(openings))));
    }
    out
}

/// The path as `--set` takes it.
fn path(opening: &Opening) -> String {
    let escaped = |key: &ecow::EcoString| {
        let mut out = String::new();
        for c in key.chars() {
            if matches!(c, '.' | ',' | '=' | '[' | ']' | '\\' | '{' | '}') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    };
    opening.path.iter().map(escaped).collect::<Vec<_>>().join(".")
}

/// The default of an opening, or of the list whose items these are.
fn default(openings: &[Opening]) -> String {
    /// A longer one is cut: `values.yaml` has it whole.
    const MAX_CHARACTERS: usize = 60;
    let mut texts = openings.iter().map(|opening| {
        let mut text = String::new();
        json::document(&scalar(&opening.default), &mut text);
        text.trim_end().to_string()
    });
    let text = match openings[0].item {
        Some(_) => format!("[{}]", texts.collect::<Vec<_>>().join(", ")),
        None => texts.next().unwrap_or_default(),
    };
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The text as code in a cell of a table.
fn code(text: &str) -> String {
    let text = cell(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{fence}{blank}{text}{blank}{fence}") }
}

fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}
