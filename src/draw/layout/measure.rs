//! How wide text is, without a font: an estimate on the wide side, since the font is the reader's.

use std::borrow::Cow;

use super::super::words::{about, line};
use crate::graph::picture::Party;

/// The size of names.
pub(in crate::draw) const NAME_SIZE: f64 = 13.0;
/// The size of what stands below them, and of ports.
pub(in crate::draw) const SMALL_SIZE: f64 = 11.0;
/// On both sides of the text of a party.
pub(in crate::draw) const PARTY_PAD: f64 = 12.0;
/// The marks of a party need as much at its right.
const MARKS: f64 = 46.0;

const NARROWEST_PARTY: f64 = 112.0;
const WIDEST_PARTY: f64 = 236.0;

/// How wide a party wants to be.
pub(in crate::draw) fn party_width(party: &Party) -> f64 {
    let name = width(&line(&party.name), NAME_SIZE) * BOLD;
    let about = width(&about(party), SMALL_SIZE) + MARKS;
    (name.max(about) + 2.0 * PARTY_PAD).clamp(NARROWEST_PARTY, WIDEST_PARTY).ceil()
}

/// Bold text is wider.
pub(in crate::draw) const BOLD: f64 = 1.06;

/// How wide a text is at most likely.
pub(in crate::draw) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// `text` with as much taken from its middle as does not fit: what tells names apart is often at their end.
pub(in crate::draw) fn shortened(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    // Nobody reads more of a name in a box, and measuring has to end.
    if text.len() < 400 && width(text, size) <= room {
        return Cow::Borrowed(text);
    }
    let room = room - em('…') * size;
    let head = fitting(text.chars(), size, room * 0.6);
    let tail = fitting(text.chars().rev(), size, room * 0.4);
    let (head, tail): (String, String) =
        (text.chars().take(head).collect(), text.chars().skip(text.chars().count() - tail).collect());
    Cow::Owned(format!("{}…{}", head.trim_end(), tail.trim_start()))
}

/// How many characters fit.
fn fitting(characters: impl Iterator<Item = char>, size: f64, room: f64) -> usize {
    let mut used = 0.0;
    characters
        .take_while(|character| {
            used += em(*character) * size;
            used <= room
        })
        .count()
}

/// The width of a character in a wide sans-serif font of size 1.
fn em(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' | '!' | '.' | ',' | ':' | ';' | ' ' => 0.32,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '\\' | '-' | '"' | 'I' | '`' => 0.41,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '+' | '=' | '<' | '>' | '~' | '#' | '…' | '_' => 0.92,
        'A'..='Z' | '&' | '$' | '{' | '}' => 0.72,
        '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' => 0.0,
        '\u{1100}'.. => 1.1,
        _ => 0.62,
    }
}
