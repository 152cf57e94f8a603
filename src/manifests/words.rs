//! What is wrong with a document, in words for people: the scanner's own are about tokens.

use saphyr_parser::ScanError;

use super::text::{Broken, Characters, MAX_DEPTH};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// What to do about the template of a chart.
pub(super) const RENDER: &str =
    "this is the template of a chart; check what it renders to: `helm template CHART | nxk check -`";

/// What the scanner says at the end of its message, and what is said instead, with what to do.
const SAID: &[(&str, &str, &str)] = &[
    ("simple key expect ':'", NO_COLON, "write `key: value`, and indent it as its neighbours"),
    ("simple key expected", NO_COLON, "write `key: value`, and indent it as its neighbours"),
    ("mapping values are not allowed in this context", STRAY_COLON, UNQUOTED_COLON),
    ("illegal placement of ':' indicator", STRAY_COLON, UNQUOTED_COLON),
    (
        "did not find expected key",
        "a key is expected here",
        "indent this line as its neighbours; behind `}`, `]` or a closing quote begins a new line",
    ),
    (
        "did not find expected '-' indicator",
        "an item of the list is expected here",
        "begin it with `- `, or indent the line as the key above the list",
    ),
    (
        "block sequence entries are not allowed in this context",
        "no item of a list can begin here",
        "put the list on lines of its own, or the text in quotes",
    ),
    ("did not find expected ',' or '}'", "a `,` or `}` is expected here", "close what the last `{` opens"),
    ("expected ',' or ']'", "a `,` or `]` is expected here", "close what the last `[` opens"),
    ("did not find expected node content", "a value is expected here", "write one, or close the bracket"),
    ("did not find expected <document start>", "the document has ended here", SEPARATE),
    ("did not find expected <document-start>", "the document has ended here", SEPARATE),
    ("found unexpected end of stream", "this quote is never closed", "close it"),
    ("found unexpected document indicator", "this quote is not closed where the document ends", "close it"),
    (
        "invalid indentation in quoted scalar",
        "this text in quotes goes on too far to the left",
        "close the quote, or indent it",
    ),
    (
        "invalid trailing content after double-quoted scalar",
        "the text in quotes has ended here",
        "write a `\"` inside it as `\\\"`",
    ),
    (
        "invalid indentation in flow construct",
        "this line stands too far to the left inside brackets",
        "close the bracket, or indent it",
    ),
    (
        "found unknown escape character",
        "this escape has no meaning",
        "use single quotes, in which `\\` stands for itself",
    ),
    (
        "found unknown anchor",
        "there is no anchor in front of this alias that it could stand for",
        "put the value in quotes if it is a text",
    ),
    (
        "did not find expected comment or line break",
        "a line break is expected here",
        "put the text on the next line, and indent it",
    ),
    (
        "a byte order mark must not appear inside a document",
        "a byte order mark stands here",
        "remove it: it can only stand at the start of the file",
    ),
];

const NO_COLON: &str = "a `:` is missing behind this key, or the line is indented wrongly";
const STRAY_COLON: &str = "a `:` makes no sense here";
const UNQUOTED_COLON: &str = "put the value in quotes if the `:` belongs to it, or indent the line as its neighbours";
const SEPARATE: &str = "separate documents by a line `---`, and indent this line as its neighbours";

/// What stopped the scanner, in a text that it read from `from` on.
pub(super) fn of_scanner(error: &ScanError, text: &str, from: usize, characters: &Characters) -> Broken {
    let offset = from + characters.byte(&text[from..], error.marker().index());
    let said = error.info();
    // What is missing where the document ends is shown behind its last word.
    let no_colon = said.ends_with("simple key expect ':'");
    let ended = text[offset..].trim_start().is_empty() || text[offset..].starts_with("---");
    let last = text[from..offset].trim_end().char_indices().next_back().map(|(at, _)| from + at);
    let offset = match last {
        // A key without `:` is noticed on the next line.
        Some(last) if no_colon => first_word(text, last),
        Some(last) if ended => last,
        _ => offset,
    };
    if said.contains("recursion limit") {
        return too_deep(offset);
    }
    let (why, hint) = match SAID.iter().find(|(known, ..)| said.ends_with(known)) {
        Some((_, why, hint)) => ((*why).to_owned(), *hint),
        None => unusual(said, &text[offset..]),
    };
    let hint = if text.contains("{{") { RENDER } else { hint };
    Broken { hint, ..Broken::new(offset, why) }
}

/// Where the first word of a line is.
fn first_word(text: &str, offset: usize) -> usize {
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    line + text[line..].find(|letter: char| !letter.is_whitespace()).unwrap_or_default()
}

/// A collection that is open inside too many others.
pub(super) fn too_deep(offset: usize) -> Broken {
    let why = format!("it is nested more than {MAX_DEPTH} levels deep");
    let hint = "look for brackets that are never closed, or for data that holds itself";
    Broken { code: Code::NestingTooDeep, hint, ..Broken::new(offset, why) }
}

fn unusual(said: &str, rest: &str) -> (String, &'static str) {
    if said.contains("tab") || rest.starts_with('\t') {
        return ("a tab cannot indent".to_owned(), "indent with spaces");
    }
    match rest.chars().next() {
        Some(letter) if said.starts_with("unexpected character") => {
            (format!("a text without quotes cannot begin with `{letter}`"), "put it in quotes")
        }
        _ => {
            let said = said.rsplit(", ").next().unwrap_or(said);
            (said.to_owned(), "correct the YAML here or just in front")
        }
    }
}

/// The first character that kubectl takes in no YAML, not in a comment either.
pub(super) fn unprintable(text: &str) -> Option<Broken> {
    let bad = |letter: char| {
        let control = letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{85}');
        control || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    let (offset, letter) = text.char_indices().find(|(_, letter)| bad(*letter))?;
    let why = format!("the character U+{:04X} has no place in YAML", u32::from(letter));
    Some(Broken { hint: "remove it, or write it as an escape in double quotes", ..Broken::new(offset, why) })
}

/// Refuses the escapes that newer YAML has and kubectl's has not. `written` are the words with their quotes, at `offset`.
pub(super) fn escapes(written: &str, offset: usize) -> Result<(), Broken> {
    let mut rest = written.char_indices();
    while let Some((_, letter)) = rest.next() {
        if letter == '\\'
            && let Some((at, '/')) = rest.next()
        {
            let hint = "write `/` as it is";
            return Err(Broken {
                hint,
                ..Broken::new(offset + at - 1, "kubectl does not know the escape `\\/`".to_owned())
            });
        }
    }
    Ok(())
}

/// A key that a map has twice.
pub(super) fn key_twice(key: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::BadDocument, second, format!("the key `{key}` stands twice in the same map"))
        .label("the second one")
        .also(first, "the first one")
        .hint("remove one of the two: of equal keys, one is lost")
}
