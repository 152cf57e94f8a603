//! What the forms share: text that cannot harm a terminal, and places in words.

use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::diag::Diagnostic;

/// `error[E0101]`
pub(super) fn head(diagnostic: &Diagnostic) -> String {
    format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code.as_str())
}

/// Writes text into a page or a picture, where nothing of it is to be markup.
pub fn write_escaped(out: &mut impl Write, text: &str) -> fmt::Result {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return out.write_str(text);
    }
    for character in text.chars() {
        match character {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            _ => out.write_char(character),
        }?;
    }
    Ok(())
}

/// `text` with what could steer a terminal written as `\u{1b}`, and cut off where nobody reads on.
/// Line feeds stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    if end == text.len() && !text.chars().any(|character| character != '\n' && steers(character)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(end + 8);
    for character in text[..end].chars() {
        match character {
            '\t' => out.push_str("    "),
            '\n' => out.push('\n'),
            _ if steers(character) => out.extend(character.escape_unicode()),
            _ => out.push(character),
        }
    }
    if end < text.len() {
        out.push('…');
    }
    Cow::Owned(out)
}

/// Whether a text of this name is a file of the user's; others are called `<command line>`, or `<nxk>/…` in the library.
pub(super) fn names_file(name: &str) -> bool {
    !(name.starts_with('<') && (name.ends_with('>') || name.starts_with("<nxk>/")))
}

/// `text` on one line: line feeds become blanks.
pub(super) fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    printable(&lines.join(" ")).into_owned()
}

/// More characters than these of one text are for programs: a value that a message quotes can be large.
const LONGEST_TEXT: usize = 2000;

/// Whether `character` moves the cursor, ends a line or turns the writing direction.
pub(super) fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
