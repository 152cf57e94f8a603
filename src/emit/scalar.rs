//! What YAML and JSON share: numbers that every reader takes for the same number, and the
//! characters that are safer written as escapes.

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
    let mut copied = 0;
    for (at, character) in text.char_indices() {
        if !matches!(character, '"' | '\\') && !needs_escape(character) {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + character.len_utf8();
        out.push('\\');
        match character {
            '"' | '\\' => out.push(character),
            '\n' => out.push('n'),
            '\r' => out.push('r'),
            '\t' => out.push('t'),
            _ => push_unicode(out, character),
        }
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

/// `u` and four digits: all characters that need an escape lie in the first plane.
fn push_unicode(out: &mut String, character: char) {
    out.push('u');
    for shift in [12, 8, 4, 0] {
        out.extend(char::from_digit((character as u32 >> shift) & 0xf, 16));
    }
}

/// Whether `character` goes out as an escape: control characters, the line ends of Unicode, the
/// byte order mark and the two non-characters that YAML readers refuse or lose, and the marks that
/// turn the writing direction and so make a file read otherwise than it is.
pub(super) fn needs_escape(character: char) -> bool {
    matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::{needs_escape, push_float, push_int};

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
}
