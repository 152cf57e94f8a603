//! Which strings are themselves to every YAML reader without quotes.
//!
//! kubectl and Helm read YAML 1.1, most editors and libraries 1.2, and the two disagree about what an unquoted word
//! is: `no` is a boolean, `1:30` a number and `2001-01-01` a date to one and text to the other. Three things make a word
//! unsafe, and each is judged by itself:
//!
//! - *characters* that end a plain scalar, that readers refuse, or that nobody sees: line ends, controls, `: `, ` #`;
//! - its *beginning*: indicators open something else (`*a`, `- a`, `{`);
//! - its *meaning*: the words for booleans and null, and whatever could be a number, a date or a time. What starts like
//!   a number is text only if it holds proof of that, which is a character that no number and no date of any version
//!   has (`100m`, `25%`, `10.0.0.0/8`), or two points between digits (`1.2.3`).

/// Longer strings are quoted: some readers stop looking for a key's colon after 1,024.
const MAX_PLAIN: usize = 1024;

/// Whether `text` can stand without quotes, as a key or a value outside of `[]` and `{}`.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    if bytes.len() > MAX_PLAIN || last == b' ' {
        return false;
    }
    let seen = bytes.iter().fold(0, |seen, &byte| seen | CLASSES[byte as usize]);
    if seen & NEVER != 0
        || (seen & MARK != 0 && ends_early(bytes))
        || (seen & WIDE != 0 && !text.chars().all(is_visible))
    {
        return false;
    }
    match STARTS[first as usize] {
        Start::Letter => !is_reserved(bytes) && !is_bare_exponent(bytes),
        Start::Text => true,
        Start::Number => is_no_number(bytes, seen & PROOF != 0),
        Start::Indicator => false,
    }
}

/// Whether `text` is plain and made of letters, digits and `_-./` only, with no sign or point in front: such a key needs
/// no quotes within `{}` either.
pub(super) fn is_bare(text: &str) -> bool {
    let inner = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '/');
    !text.starts_with(['-', '.', '/']) && text.chars().all(inner) && is_plain(text)
}

/// Never in a plain scalar.
const NEVER: u8 = 1;
/// Ends the scalar beside a blank.
const MARK: u8 = 2;
/// Part of a character beyond ASCII.
const WIDE: u8 = 4;
/// What no number and no date has, apart from hexadecimal digits after `0x`, and `inf` and `nan`.
const PROOF: u8 = 8;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0..=0x1f | 0x7f => NEVER,
            b':' => MARK,
            b'#' => MARK | PROOF,
            0x80.. => WIDE | PROOF,
            b'0'..=b'9' | b' ' | b'_' | b',' | b'.' | b'+' | b'-' => 0,
            b'b' | b'e' | b'o' | b't' | b'x' | b'z' | b'B' | b'E' | b'O' | b'T' | b'X' | b'Z' => 0,
            _ => PROOF,
        };
        byte += 1;
    }
    table
}

/// What the first byte of a string says of it.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    /// A word, unless it is one of those that mean something.
    Letter,
    /// Text, whatever follows.
    Text,
    /// A number, a date or a document mark, unless something proves the contrary.
    Number,
    /// Something else than a plain scalar, or something that is better told apart by quotes.
    Indicator,
}

const STARTS: [Start; 256] = starts();

const fn starts() -> [Start; 256] {
    let mut table = [Start::Indicator; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Start::Letter,
            b'_' | b'/' | b'$' | b'(' | b'\\' | b'^' | b';' | 0x80.. => Start::Text,
            b'0'..=b'9' | b'.' | b'+' | b'-' => Start::Number,
            _ => Start::Indicator,
        };
        byte += 1;
    }
    table
}

/// Whether a colon or a hash ends the scalar before its end.
fn ends_early(bytes: &[u8]) -> bool {
    bytes.ends_with(b":") || bytes.windows(2).any(|pair| matches!(pair, b": " | b" #"))
}

/// Whether people see `character`, and see it for what it is; the rest is told apart by quotes.
fn is_visible(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{bf}' | '×' | '÷' => true,
        // Dashes, quotation marks, currencies, arrows and signs; punctuation of the Far East; emoji.
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}' | '\u{2190}'..='\u{2bff}' => true,
        '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}' | '\u{1f300}'..='\u{1faff}' => true,
        _ => character.is_alphanumeric(),
    }
}

/// The words that some reader takes for a boolean, null or a number.
fn is_reserved(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 11] = [b"y", b"n", b"no", b"on", b"yes", b"off", b"nan", b"inf", b"true", b"null", b"false"];
    word.len() <= 5 && WORDS.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// `e3`, `E+5`: a float without a mantissa to at least one reader.
fn is_bare_exponent(bytes: &[u8]) -> bool {
    let [b'e' | b'E', rest @ ..] = bytes else { return false };
    let digits = rest.strip_prefix(b"+").or(rest.strip_prefix(b"-")).unwrap_or(rest);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Whether what starts with a digit, a sign or a point is text to every reader all the same.
fn is_no_number(bytes: &[u8], has_proof: bool) -> bool {
    if bytes.starts_with(b"---") || bytes.starts_with(b"...") {
        return false;
    }
    let signs = bytes.iter().take_while(|byte| matches!(byte, b'+' | b'-' | b'.')).count();
    let rest = &bytes[signs..];
    match rest {
        [] | [b' ', ..] => false,
        _ if is_hexadecimal(rest) => false,
        [first, ..] if first.is_ascii_alphabetic() => !is_no_finite(rest) && !is_bare_exponent(rest),
        _ => has_proof || (signs == 0 && has_two_points(rest)),
    }
}

/// `.inf` and `.nan`, of which a reader more or less takes other spellings.
fn is_no_finite(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"nan")
}

/// `0x…`, between whose characters kubectl overlooks any `_`.
fn is_hexadecimal(bytes: &[u8]) -> bool {
    let mut digits = bytes.iter().filter(|&&byte| byte != b'_');
    matches!((digits.next(), digits.next()), (Some(b'0'), Some(b'x' | b'X')))
}

/// `1.2.3…`: a version or an address.
fn has_two_points(bytes: &[u8]) -> bool {
    let mut groups = bytes.split(|&byte| byte == b'.');
    let mut is_number = || groups.next().is_some_and(|group| !group.is_empty() && group.iter().all(u8::is_ascii_digit));
    is_number() && is_number() && groups.next().is_some_and(|group| group.first().is_some_and(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::{is_bare, is_plain};

    #[test]
    fn what_people_write_without_quotes_has_none() {
        let words = [
            "nginx:1.27",
            "100m",
            "128Mi",
            "5s",
            "30d",
            "25%",
            "1h30m",
            "a b",
            "a  b",
            "e3x",
            "yes sir",
            "1.2.3",
            "v1",
            "10.0.0.1",
            "10.0.0.0/16",
            "0.0.0.0:4317",
            "2001:db8::/32",
            "6cd15bd3",
            "30 21 * * 1-5",
            "8080/tcp",
            "/metrics",
            "./run.sh",
            ".dockerconfigjson",
            "-U",
            "-n",
            "-it",
            "--flag=x",
            "--listen=:8080",
            "+x",
            "a,b",
            "a, b",
            "it's",
            "a[0]",
            "a{b}",
            "x != 'y' && z",
            "say \"a\"",
            "a\\b",
            "a#b",
            "a@b.example",
            "user=%h",
            "$(POD_IP)",
            "(a|b)",
            "^a$",
            "\\d+",
            "_a",
            "_1",
            "http://a:80/b?c=d&e#f",
            "localhost:5432/a?b=c",
            "ü",
            "Grüße – ja",
            "日本語",
            "Preis",
            "5 €",
            "🎈 a",
        ]; // fmt: skip
        for word in words {
            assert!(is_plain(word), "{word}");
        }
    }

    #[test]
    fn what_a_reader_takes_for_something_else_has_quotes() {
        let words = [
            "",
            " ",
            " a",
            "a ",
            "no",
            "Y",
            "n",
            "On",
            "NULL",
            "~",
            "=",
            "<<",
            "1:30",
            "012",
            "0o14",
            "0x1F",
            "-0xf",
            "0_x1F",
            "-_0xF",
            "0b1",
            "1_000",
            "1,000",
            "1e3",
            "e3",
            "-e3",
            ".5",
            "5.",
            "1.5",
            ".inf",
            "-.INF",
            ".NaN",
            "+5",
            "2001-01-01",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43Z",
            "80:8080",
            "12e03",
            "-",
            "--",
            "---",
            "---a",
            "...",
            "- a",
            "?",
            "? a",
            ":",
            ":a",
            "a:",
            "a: b",
            "a #b",
            "#a",
            "!a",
            "&a",
            "*a",
            "*.example.com",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "[a",
            "]",
            "{a",
            "}",
            ",a",
            "'a",
            "\"a",
            "a\tb",
            "a\nb",
            "a\u{85}b",
            "a\u{a0}b",
            "a\u{ad}b",
            "a\u{200b}b",
            "\u{feff}a",
            "e\u{301}",
            "a\u{2028}b",
            "\u{fffe}",
            "1..2.3",
            "1.2.",
            "..",
        ]; // fmt: skip
        for word in words {
            assert!(!is_plain(word), "{word:?}");
        }
        assert!(is_plain(&"a".repeat(1024)) && !is_plain(&"a".repeat(1025)));
    }

    #[test]
    fn keys_within_braces_are_words() {
        assert!(["a", "a-b", "app.kubernetes.io/name", "_a", "1a", "ü"].into_iter().all(is_bare));
        assert!(!["", "n", "-a", ".a", "a:b", "a b", "a,b", "a{", "1e3", "$a"].into_iter().any(is_bare));
    }
}
