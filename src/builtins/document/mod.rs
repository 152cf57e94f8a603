//! Documents to values: one reader for JSON, YAML and TOML.
//!
//! The formats' own libraries drive a visitor that builds values as it goes, without a tree in
//! between.

mod reader;

use serde::de::DeserializeSeed;

use crate::diag::Code;
use crate::eval::error;
use crate::source::{SourceKind, Span};
use crate::value::{Error, Evaluator, Result, Value};
use reader::Reader;

/// The format of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML; one document.
    Yaml,
    /// TOML.
    Toml,
}

/// Why a document cannot be read.
struct Refusal {
    message: String,
    /// The byte of the text at which it shows, where that is known.
    offset: Option<usize>,
    hint: Option<&'static str>,
}

impl Evaluator {
    /// The value that a document holds. All parts have the origin `span`.
    ///
    /// # Errors
    /// `BadDocument`, with line and column of the document; `text_at` is where the text comes from.
    pub fn parse_document(&mut self, format: Format, text: &str, span: Span, text_at: Span) -> Result<Value> {
        let root = Reader::new(format, span);
        let read = match format {
            Format::Json => json(root, text),
            Format::Yaml => yaml(root, text),
            Format::Toml => toml(root, text),
        };
        read.map_err(|refusal| {
            let place = self.place_in_file(text, refusal.offset);
            bad_document(format, text, refusal, place, (span, text_at))
        })
    }

    /// The place of `offset` in the file that holds just this text, if one was read.
    fn place_in_file(&mut self, text: &str, offset: Option<usize>) -> Option<Span> {
        let path = self.world.input_with(text)?;
        let name = self.shown(&path);
        let source = self.sources.add(name, Some(path), text, SourceKind::User);
        let start = text.floor_char_boundary(offset?);
        let end = text[start..].chars().next().filter(|&c| c != '\n').map_or(start, |c| start + c.len_utf8());
        Some(self.sources.file(source).span(start..end))
    }
}

fn json(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The reader has a bound of its own.
    deserializer.disable_recursion_limit();
    let read = root.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let line_start = lines_before.map(str::len).sum::<usize>();
        Refusal {
            message: in_words(&without_places(&error.to_string())),
            offset: (error.line() > 0).then(|| line_start + error.column().saturating_sub(1)),
            hint: None,
        }
    })
}

fn yaml(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let refusal = |error: serde_yaml::Error| Refusal {
        offset: error.location().map(|location| location.index()),
        message: in_words(&without_places(&error.to_string())),
        hint: None,
    };
    let mut documents = serde_yaml::Deserializer::from_str(text);
    let Some(first) = documents.next() else { return Ok(Value::null(root.span())) };
    let value = root.deserialize(first).map_err(refusal)?;
    match documents.next() {
        None => Ok(value),
        Some(_) => Err(Refusal {
            message: "it holds several documents, but one is expected".to_string(),
            offset: None,
            hint: Some("give each document a file of its own, or split the text at `---`"),
        }),
    }
}

fn toml(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let refusal = |error: toml::de::Error| Refusal {
        message: error.message().lines().collect::<Vec<_>>().join(", "),
        offset: error.span().map(|range| range.start),
        hint: None,
    };
    let deserializer = toml::Deserializer::parse(text).map_err(refusal)?;
    root.deserialize(deserializer).map_err(refusal)
}

/// A library's message without the places inside it, such as ` at line 2 column 1`.
fn without_places(message: &str) -> String {
    let mut pieces = message.split(" at line ");
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        out.push_str(piece.trim_start_matches(|c: char| c.is_ascii_digit() || " column".contains(c)));
    }
    out
}

/// The libraries' terser messages, said for people.
fn in_words(message: &str) -> String {
    match message {
        "expected ident" => "a word other than `null`, `true` and `false`".to_string(),
        "expected value" => "a value is missing".to_string(),
        "trailing characters" => "there is more text behind the value".to_string(),
        "key must be a string" => "a key must be a string in double quotes".to_string(),
        "recursion limit exceeded" => "it is nested too deeply, or contains itself".to_string(),
        "repetition limit exceeded" => "its aliases repeat too much".to_string(),
        "trailing comma" => "a comma stands behind the last item".to_string(),
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "a line break or another control character stands in a string; write it as an escape".to_string()
        }
        _ => match message.strip_prefix("EOF while parsing ") {
            Some(what) => format!("it ends in the middle of {what}"),
            None => message.to_string(),
        },
    }
}

fn bad_document(
    format: Format,
    text: &str,
    refusal: Refusal,
    file: Option<Span>,
    (span, text_at): (Span, Span),
) -> Error {
    let name = match format {
        Format::Json => "JSON",
        Format::Yaml => "YAML",
        Format::Toml => "TOML",
    };
    let mut message = format!("this is not {name} that can be read: {}", refusal.message);
    let mut hint = refusal.hint.map(str::to_string);
    if let Some(place) = file {
        let hint = hint.unwrap_or_else(|| format!("correct the {name} here or just in front"));
        return error(Code::BadDocument, place, message)
            .described(|finding| finding.also(span, "read here").hint(hint));
    }
    if let Some(offset) = refusal.offset {
        let at = text.floor_char_boundary(offset);
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[..at].matches('\n').count() + 1;
        message.push_str(&format!(", at line {line}, column {}", text[start..at].chars().count() + 1));
        let shown: String = text[start..].lines().next().unwrap_or_default().trim().chars().take(60).collect();
        if !shown.is_empty() {
            hint = hint.or(Some(format!("look at line {line} of the text: `{shown}`")));
        }
    }
    let hint = hint.unwrap_or_else(|| format!("write the text as {name}"));
    let text_at = if text_at == span { Span::NONE } else { text_at };
    error(Code::BadDocument, span, message)
        .described(|finding| finding.also(text_at, "the text comes from here").hint(hint))
}
