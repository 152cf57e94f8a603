//! What is wrong with a document, in words for people: the scanner's own are about tokens.

use granit_parser::ErrorKind;

use super::scalar;
use super::text::{Broken, MAX_DEPTH};
use crate::diag::{Code, Diagnostic};
use crate::node::NodeKind;
use crate::source::Span;

/// What to do about the template of a chart.
pub(super) const RENDER: &str =
    "this is the template of a chart; check what it renders to: `helm template CHART | nxk check -`";

/// What stopped the scanner at a byte of the text.
pub(super) fn of_scanner(kind: &ErrorKind, text: &str, offset: usize) -> Broken {
    if *kind == ErrorKind::RecursionLimitExceeded {
        return too_deep(offset);
    }
    let offset = text.floor_char_boundary(offset);
    // What is missing where the document ends is shown behind its last word.
    let ended = text[offset..].trim_start().is_empty() || text[offset..].starts_with("---");
    let last = text[..offset].trim_end().char_indices().next_back().map(|(at, _)| at);
    let offset = match last {
        // What is not closed is shown where it is opened.
        _ if *kind == ErrorKind::InvalidQuotedScalarIndent => text[..offset].rfind(['"', '\'']).unwrap_or(offset),
        // A key without `:` is noticed on the next line.
        Some(last) if *kind == ErrorKind::InvalidSimpleKey => first_word(text, last),
        Some(last) if ended && *kind != ErrorKind::UnclosedQuotedScalar => last,
        _ => offset,
    };
    let (why, hint) = said(kind, &text[offset..]);
    let hint = if text.contains("{{") { RENDER } else { hint };
    Broken { hint, ..Broken::new(offset, why) }
}

/// What is said of a mistake, and what to do.
fn said(kind: &ErrorKind, rest: &str) -> (String, &'static str) {
    let (why, hint) = match kind {
        ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => ("a tab cannot indent", "indent with spaces"),
        _ if rest.starts_with('\t') => ("a tab cannot indent", "indent with spaces"),
        ErrorKind::UnexpectedCharacter { character } => {
            return (format!("a text without quotes cannot begin with `{character}`"), "put it in quotes");
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("this `{open}` is never closed"), "close it");
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("this `{close}` does not close the `{open}` in front"), "correct one of the two");
        }
        kind => match SAID.iter().find(|(kinds, ..)| kinds.contains(kind)) {
            Some((_, why, hint)) => (*why, *hint),
            None => return (kind.to_string(), "correct the YAML here or just in front"),
        },
    };
    (why.to_owned(), hint)
}

/// What the scanner tells apart, what is said of it, and what to do.
const SAID: &[(&[ErrorKind], &str, &str)] = &[
    (
        &[ErrorKind::InvalidSimpleKey, ErrorKind::SimpleKeyExpected],
        "a `:` is missing behind this key, or the line is indented wrongly",
        "write `key: value`, and indent it as its neighbours",
    ),
    (
        &[
            ErrorKind::MappingValueNotAllowed,
            ErrorKind::InvalidColonPlacement,
            ErrorKind::InvalidMappingValueWhitespace,
        ],
        "a `:` makes no sense here",
        "put the value in quotes if the `:` belongs to it, or indent the line as its neighbours",
    ),
    (
        &[ErrorKind::ExpectedBlockMappingKey, ErrorKind::InvalidIndentation],
        "a key is expected here",
        "indent this line as its neighbours; behind `}`, `]` or a closing quote begins a new line",
    ),
    (
        &[ErrorKind::ExpectedBlockSequenceEntry],
        "an item of the list is expected here",
        "begin it with `- `, or indent the line as the key above the list",
    ),
    (
        &[
            ErrorKind::BlockSequenceEntryNotAllowed,
            ErrorKind::InvalidBlockEntryWhitespace,
            ErrorKind::BlockEntryInFlowCollection,
            ErrorKind::PlainScalarStartsWithDashFlowIndicator,
        ],
        "no item of a list can begin here",
        "put the list on lines of its own, or the text in quotes",
    ),
    (
        &[ErrorKind::ExpectedFlowMappingSeparator, ErrorKind::UnexpectedEofFlowMapping],
        "a `,` or `}` is expected here",
        "close what the last `{` opens",
    ),
    (
        &[ErrorKind::ExpectedFlowSequenceSeparator, ErrorKind::UnexpectedEofFlowSequence],
        "a `,` or `]` is expected here",
        "close what the last `[` opens",
    ),
    (&[ErrorKind::MisplacedFlowCollectionEnd], "nothing is open that this bracket could close", "remove it"),
    (&[ErrorKind::ExpectedNodeContent], "a value is expected here", "write one, or close the bracket"),
    (
        &[ErrorKind::ExpectedDocumentStart, ErrorKind::InvalidDocumentEnd],
        "the document has ended here",
        "separate documents by a line `---`, and indent this line as its neighbours",
    ),
    (&[ErrorKind::UnclosedQuotedScalar], "this quote is never closed", "close it"),
    (&[ErrorKind::DocumentIndicatorInQuotedScalar], "a quote is not closed where the document ends", "close it"),
    (
        &[ErrorKind::InvalidQuotedScalarIndent, ErrorKind::InvalidFlowScalarIndent],
        "this quote is not closed, and the next lines are not indented",
        "close it, or indent the lines that belong to it",
    ),
    (
        &[ErrorKind::InvalidTrailingDoubleQuotedScalar, ErrorKind::InvalidTrailingSingleQuotedScalar],
        "a text in quotes has ended here",
        "put all of the value in quotes; a quote inside is `\\\"` in double ones, `''` in single ones",
    ),
    (
        &[
            ErrorKind::UnknownQuotedScalarEscape,
            ErrorKind::InvalidUnicodeEscape,
            ErrorKind::InvalidQuotedScalarHexEscape,
        ],
        "this escape has no meaning",
        "use single quotes, in which `\\` stands for itself",
    ),
    (
        &[ErrorKind::UnknownAnchor, ErrorKind::MissingAnchorOrAliasName],
        "there is no anchor in front of this alias that it could stand for",
        "an anchor holds for its own document only; put the value in quotes if it is a text",
    ),
    (
        &[ErrorKind::InvalidBlockScalarHeader, ErrorKind::CommentNotSeparated],
        "a line break is expected here",
        "put the text on the next line, and indent it",
    ),
    (
        &[ErrorKind::BomInsideDocument],
        "a byte order mark stands here",
        "remove it: it can only stand at the start of the file",
    ),
];

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

/// A key that is no text, and becomes another one than is written.
pub(super) fn key_otherwise(written: &str, kind: &NodeKind, at: Span) -> Option<Diagnostic> {
    let read = match kind {
        NodeKind::Str(_) => return None,
        kind => scalar::key(kind.clone()).ok().filter(|read| read != written)?,
    };
    let finding = Diagnostic::new(Code::KeyReadOtherwise, at, format!("the key `{written}` is read as `{read}`"));
    Some(finding.hint(format!("put it in quotes: `\"{written}\"`")))
}
