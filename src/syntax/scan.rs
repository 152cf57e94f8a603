//! How far one word reaches: the lexer's look-ahead, as functions of the bytes alone.

use super::token::TokenKind;

/// Letters, digits, `_ - ' `: what follows the first letter of a name.
pub(super) fn is_name_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'\'')
}

/// What a path's segments are made of.
pub(super) fn is_path_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+')
}

/// What a path is made of.
pub(super) fn is_path_or_slash(byte: u8) -> bool {
    is_path_char(byte) || byte == b'/'
}

/// What stands in front of a URL's colon.
pub(super) fn is_scheme_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// What stands behind a URL's colon.
pub(super) fn is_url_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"%/?:@&=+$,-_.!~*'".contains(&byte)
}

/// The end of the run of such bytes that starts at `at`.
pub(super) fn run_end(bytes: &[u8], at: usize, member: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|&byte| !member(byte)).map_or(bytes.len(), |length| at + length)
}

/// The end of the line that holds `at`, without its line feed.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    run_end(bytes, at, |byte| byte != b'\n')
}

/// The end of the lines from `at` on that are blank or indented deeper than the line that holds `at`.
pub(super) fn outdent(bytes: &[u8], at: usize) -> usize {
    let indentation = |line: usize| run_end(bytes, line, |byte| byte == b' ' || byte == b'\t') - line;
    let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    let own = indentation(start);
    let mut end = line_end(bytes, at);
    while end < bytes.len() {
        let line = end + 1;
        let next = line_end(bytes, line);
        if next > line && indentation(line) <= own {
            break;
        }
        end = next;
    }
    end
}

/// The length of the rest of the line behind `''`, line feed included, if it is blank.
pub(super) fn blank_first_line(bytes: &[u8]) -> usize {
    let blanks = run_end(bytes, 0, |byte| byte == b' ');
    if bytes.get(blanks) == Some(&b'\n') { blanks + 1 } else { 0 }
}

/// A number as Nix reads it: an integer, or a float (`1.`, `1.5e3`, `.5`, `0.5`).
pub(super) fn number(bytes: &[u8]) -> Option<(TokenKind, usize)> {
    let digits = run_end(bytes, 0, |byte| byte.is_ascii_digit());
    if bytes.get(digits) == Some(&b'.') {
        let end = run_end(bytes, digits + 1, |byte| byte.is_ascii_digit());
        let leading = digits > 0 && bytes[0] != b'0';
        let small = end > digits + 1 && (digits == 0 || (digits == 1 && bytes[0] == b'0'));
        if leading || small {
            return Some((TokenKind::Float, exponent(bytes, end)));
        }
    }
    (digits > 0).then_some((TokenKind::Int, digits))
}

fn exponent(bytes: &[u8], at: usize) -> usize {
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return at;
    }
    let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let end = run_end(bytes, (at + 1 + sign).min(bytes.len()), |byte| byte.is_ascii_digit());
    if end > at + 1 + sign { end } else { at }
}

/// The length of `<a/b>`.
pub(super) fn search_path(bytes: &[u8]) -> Option<usize> {
    let end = run_end(bytes, 1, is_path_or_slash);
    let inner = &bytes[1..end];
    let shaped = inner.first().is_some_and(|&byte| byte != b'/') && inner.last() != Some(&b'/');
    (bytes.get(end) == Some(&b'>') && shaped && !inner.windows(2).any(|pair| pair == b"//")).then_some(end + 1)
}

/// The operator or mark at the start: the longest.
pub(super) fn symbol(bytes: &[u8]) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    let three = (bytes.len() >= 3).then(|| &bytes[..3]);
    if three == Some(b"...") {
        return Some((Ellipsis, 3));
    }
    let two = match bytes.get(..2).unwrap_or_default() {
        b"==" => Some(EqEq),
        b"!=" => Some(NotEq),
        b"<=" => Some(LessEq),
        b">=" => Some(GreaterEq),
        b"&&" => Some(AndAnd),
        b"||" => Some(OrOr),
        b"->" => Some(Arrow),
        b"//" => Some(Update),
        b"++" => Some(Concat),
        b"|>" => Some(PipeRight),
        b"<|" => Some(PipeLeft),
        _ => None,
    };
    if let Some(kind) = two {
        return Some((kind, 2));
    }
    let one = match bytes.first()? {
        b'(' => LParen,
        b')' => RParen,
        b'[' => LBracket,
        b']' => RBracket,
        b';' => Semicolon,
        b',' => Comma,
        b':' => Colon,
        b'.' => Dot,
        b'@' => At,
        b'?' => Question,
        b'=' => Assign,
        b'<' => Less,
        b'>' => Greater,
        b'+' => Plus,
        b'-' => Minus,
        b'*' => Star,
        b'/' => Slash,
        b'!' => Not,
        b'|' => Bar,
        b'&' => Ampersand,
        _ => return None,
    };
    Some((one, 1))
}

/// The end of the text between `"` that starts at `at`.
pub(super) fn string_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += match (byte, bytes.get(at + 1)) {
            (b'"', _) | (b'$', Some(b'{')) => return at,
            (b'\\', Some(_)) => 1 + character(bytes, at + 1),
            // The `$` goes with the next character, unless that has a meaning of its own.
            (b'$', Some(next)) if !matches!(next, b'"' | b'\\') => 1 + character(bytes, at + 1),
            _ => 1,
        };
    }
    at
}

/// The end of the text between `''` that starts at `at`; `at` itself in front of anything else.
pub(super) fn indented_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += match (byte, bytes.get(at + 1)) {
            (b'$', None | Some(b'{' | b'\'')) | (b'\'', None | Some(b'\'' | b'$')) => return at,
            (b'$' | b'\'', Some(_)) => 1 + character(bytes, at + 1),
            _ => 1,
        };
    }
    at
}

/// The length of the character that starts at `at`.
fn character(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// How far behind the first possible end another one outside `[…]` is looked for. A bound keeps the work
/// linear where one line holds very many patterns.
const CLASS_LOOK_AHEAD: usize = 200;

/// The end of the `/…/` at `at`: the first `/` outside `[…]` with only blanks between it and a `)` on the
/// same line; failing that, the first such `/` wherever. `Err`: up to here there is none.
pub(super) fn regex(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let first = regex_end(bytes, at, bytes.len(), false)?;
    Ok(regex_end(bytes, at, (first + CLASS_LOOK_AHEAD).min(bytes.len()), true).unwrap_or(first))
}

fn regex_end(bytes: &[u8], at: usize, limit: usize, heed_classes: bool) -> Result<usize, usize> {
    let (mut index, mut in_class) = (at + 1, false);
    while index < limit && bytes[index] != b'\n' {
        match bytes[index] {
            // An escape takes the next character with it.
            b'\\' if bytes.get(index + 1).is_some_and(|&next| next != b'\n') => index += 1,
            b'[' => in_class = heed_classes,
            b']' => in_class = false,
            b'/' if !in_class && closes(bytes, index) => return Ok(index + 1),
            _ => {}
        }
        index += 1;
    }
    Err(index)
}

/// Whether only blanks stand between the `/` and a `)`.
fn closes(bytes: &[u8], slash: usize) -> bool {
    let behind = run_end(bytes, slash + 1, |byte| byte == b' ' || byte == b'\t');
    bytes.get(behind) == Some(&b')')
}

/// One token of a range: its kind, start and end.
type RangeToken = (TokenKind, usize, usize);

/// The tokens of `-5..5`, `0..`, `..1.5`, if just that stands between `at` and a `)`.
pub(super) fn range(bytes: &[u8], at: usize) -> Option<Vec<RangeToken>> {
    let mut tokens = Vec::new();
    let mut at = bound(bytes, blanks(bytes, at), &mut tokens);
    let before = tokens.len();
    at = blanks(bytes, at);
    if !bytes[at..].starts_with(b"..") || bytes.get(at + 2) == Some(&b'.') {
        return None;
    }
    tokens.push((TokenKind::DotDot, at, at + 2));
    at = blanks(bytes, bound(bytes, blanks(bytes, at + 2), &mut tokens));
    let bounded = before > 0 || tokens.len() > 1;
    (bounded && bytes.get(at) == Some(&b')')).then_some(tokens)
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    run_end(bytes, at, |byte| byte.is_ascii_whitespace())
}

fn bound(bytes: &[u8], start: usize, tokens: &mut Vec<RangeToken>) -> usize {
    let digit = |byte: u8| byte.is_ascii_digit();
    let negative = bytes.get(start) == Some(&b'-');
    let first = blanks(bytes, start + usize::from(negative));
    let mut end = run_end(bytes, first, digit);
    if end == first {
        return start;
    }
    if negative {
        tokens.push((TokenKind::Minus, start, start + 1));
    }
    let mut kind = TokenKind::Int;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(|&byte| digit(byte)) {
        kind = TokenKind::Float;
        end = exponent(bytes, run_end(bytes, end + 1, digit));
    }
    tokens.push((kind, first, end));
    end
}

/// A string between the wrong marks is looked for no further than this.
const LONGEST_FOREIGN: usize = 200;

/// The content and the end of `'…'`, `“…”` and the like at `at`, on one line.
pub(super) fn foreign_quotes(text: &str, at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let mut characters = text[at..].char_indices();
    let (_, open) = characters.next()?;
    let closing: &[char] = match open {
        '\'' => &['\''],
        '`' => &['`'],
        '“' | '„' => &['”', '“'],
        '‘' | '‚' => &['’', '‘'],
        '«' => &['»'],
        _ => return None,
    };
    let line = characters.take_while(|(_, character)| *character != '\n').take(LONGEST_FOREIGN);
    let (length, close) = line.into_iter().find(|(_, character)| closing.contains(character))?;
    Some((at + open.len_utf8()..at + length, at + length + close.len_utf8()))
}

/// Characters that look like a blank, or like nothing.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A character as it is, or its number where it can't be seen.
pub(super) fn shown(character: char) -> impl Iterator<Item = char> {
    let hidden = character.is_control() || is_blank(character);
    let escaped = hidden.then(|| character.escape_unicode()).into_iter().flatten();
    escaped.chain((!hidden).then_some(character))
}
