//! What YAML and JSON share: numbers that every reader takes for the same number, and quoted text with what is safer
//! written as an escape.

use std::fmt::Write;

use crate::node::NodeKind;
use crate::secret::HIDDEN;

/// Appends what has the same form in both languages, or says that it is not such a scalar.
///
/// Failed nodes never reach an emitter, since a compile with errors writes nothing; should one do
/// so all the same, `null` keeps the text readable.
pub(super) fn push_plain(out: &mut String, kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Null => out.push_str("null"),
        NodeKind::Bool(true) => out.push_str("true"),
        NodeKind::Bool(false) => out.push_str("false"),
        NodeKind::Int(number) => push_int(out, *number),
        NodeKind::Float(number) => push_float(out, *number),
        // Only who asks for it gets what is in it, and that is a string then.
        NodeKind::Secret(_) => push_quoted(out, HIDDEN),
        NodeKind::Failed => {
            debug_assert!(false, "a failed node reached an emitter");
            out.push_str("null");
        }
        NodeKind::Str(_) | NodeKind::List(_) | NodeKind::Map(_) => return false,
    }
    true
}

/// Appends an integer.
fn push_int(out: &mut String, number: i64) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{number}");
}

/// Appends a float that stays a float and is a number for YAML 1.1 (a point and a signed
/// exponent), YAML 1.2 and JSON alike: `0.5`, `1.0`, `1.0e+21`.
fn push_float(out: &mut String, number: f64) {
    if !number.is_finite() {
        debug_assert!(false, "a float that is not finite reached an emitter");
        out.push_str("null");
        return;
    }
    let start = out.len();
    let _ = write!(out, "{number:?}");
    let Some(exponent) = out[start..].find('e').map(|at| at + start) else { return };
    if !out[exponent + 1..].starts_with('-') {
        out.insert(exponent + 1, '+');
    }
    if !out[start..exponent].contains('.') {
        out.insert_str(exponent, ".0");
    }
}

/// Appends `text` in double quotes. The escapes are those that both languages have.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Appends what stands between double quotes.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| NOTICED[byte as usize]) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            push_character(out, character);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

/// Appends `text` in double quotes, each line on one of its own: the line ends of the form are escaped, those of the text
/// are `\n`. The lines are set off by `indent`, where the closing quotes stand, and one column more, which is where the
/// escape of a leading blank has its place.
pub(super) fn push_folded(out: &mut String, text: &str, indent: usize) {
    out.push_str("\"\\");
    for line in text.split_inclusive('\n') {
        push_line(out, indent);
        out.push(if line.starts_with(' ') { '\\' } else { ' ' });
        push_escaped(out, line);
        out.push('\\');
    }
    push_line(out, indent);
    out.push('"');
}

/// Ends the line and starts one at the column `indent`.
pub(super) fn push_line(out: &mut String, mut indent: usize) {
    const LINE: &str = "\n                                                               ";
    const BLANKS: usize = LINE.len() - 1;
    out.push_str(&LINE[..=indent.min(BLANKS)]);
    while indent > BLANKS {
        indent -= BLANKS;
        out.push_str(&LINE[1..=indent.min(BLANKS)]);
    }
}

/// Whether something in `text`, apart from line feeds and tabs, can only be written as an escape.
pub(super) fn has_escapes(text: &str) -> bool {
    let is_noticed = |byte: &u8| NOTICED[*byte as usize] && !matches!(byte, b'\n' | b'\t' | b'"' | b'\\');
    text.as_bytes().iter().any(is_noticed)
        && text.chars().any(|character| needs_escape(character) && !matches!(character, '\n' | '\t'))
}

/// The bytes with which something begins that may need an escape between double quotes.
const NOTICED: [bool; 256] = noticed();

const fn noticed() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        // The characters beyond ASCII that `needs_escape` names start with these four bytes.
        table[byte] = matches!(byte as u8, 0..=0x1f | b'"' | b'\\' | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
        byte += 1;
    }
    table
}

fn push_character(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if needs_escape(character) => push_unicode(out, character),
        _ => out.push(character),
    }
}

/// `\u` and four digits: all characters that need an escape lie in the first plane.
fn push_unicode(out: &mut String, character: char) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.extend(char::from_digit((character as u32 >> shift) & 0xf, 16));
    }
}

/// Whether `character` goes out as an escape: control characters, the line ends of Unicode, the
/// byte order mark and the two non-characters that YAML readers refuse or lose, and the marks that
/// turn the writing direction and so make a file read otherwise than it is.
fn needs_escape(character: char) -> bool {
    matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::{NOTICED, has_escapes, needs_escape, push_float, push_int, push_quoted};

    fn float(number: f64) -> String {
        let mut out = String::from("e");
        push_float(&mut out, number);
        out.split_off(1)
    }

    #[test]
    fn floats_stay_floats() {
        let cases = [
            (1.0, "1.0"),
            (0.5, "0.5"),
            (-0.0, "-0.0"),
            (1e21, "1.0e+21"),
            (-1.5e300, "-1.5e+300"),
            (1e-7, "1.0e-7"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        ];
        for (number, text) in cases {
            assert_eq!(float(number), text);
            assert_eq!(text.parse::<f64>(), Ok(number));
        }
    }

    #[test]
    fn integers_keep_all_digits() {
        let mut out = String::new();
        push_int(&mut out, i64::MIN);
        assert_eq!(out, "-9223372036854775808");
    }

    #[test]
    fn text_people_write_needs_no_escape() {
        assert!("aü日本 👩‍💻\u{a0}".chars().all(|character| !needs_escape(character)));
        assert!("\u{85}\u{2028}\u{feff}\x1b\u{202e}".chars().all(needs_escape));
    }
    #[test]
    fn every_character_that_needs_an_escape_gets_one() {
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            let mut out = String::new();
            push_quoted(&mut out, &text);
            let escaped = needs_escape(character) || matches!(character, '"' | '\\');
            assert_eq!(out != format!("\"{text}\""), escaped, "{}", character.escape_unicode());
            assert!(!escaped || NOTICED[text.as_bytes()[0] as usize]);
            assert_eq!(has_escapes(&text), needs_escape(character) && !matches!(character, '\n' | '\t'));
        }
    }
}
