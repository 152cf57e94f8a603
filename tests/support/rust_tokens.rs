//! The words of a Rust file, without comments and literals: enough to see what a file refers to.

/// A word or sign of a Rust file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token<'a> {
    /// As written; a literal is the empty text.
    pub text: &'a str,
    /// Its line, from 1.
    pub line: usize,
}

/// Names, numbers and signs (`::` is one) in order; a literal is one empty token, a comment is none.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let length = comment(rest).or_else(|| literal(rest));
        let (length, text) = match length {
            Some(length) if rest.starts_with('/') => (length, None),
            Some(length) => (length, Some("")),
            None if first.is_whitespace() => (first.len_utf8(), None),
            None if is_word(first) => (word(rest), Some(&rest[..word(rest)])),
            None if rest.starts_with("::") => (2, Some("::")),
            None => (first.len_utf8(), Some(&rest[..first.len_utf8()])),
        };
        tokens.extend(text.map(|text| Token { text, line }));
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(rest: &str) -> usize {
    rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

/// The length of the comment that `rest` starts with. Block comments nest.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    Some(at)
}

/// The length of the string or character literal that `rest` starts with.
fn literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix).unwrap_or("x").trim_start_matches('#');
        after.starts_with('"') || (*prefix == "b" && after.starts_with('\''))
    });
    match prefix {
        Some(prefix) if prefix.ends_with('r') => {
            let hashes = rest[prefix.len()..].bytes().take_while(|&b| b == b'#').count();
            let start = prefix.len() + hashes + 1;
            let end = format!("\"{}", "#".repeat(hashes));
            Some(rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len()))
        }
        Some(prefix) if !rest[prefix.len()..].starts_with('#') => Some(prefix.len() + quoted(&rest[prefix.len()..])),
        _ => character(rest),
    }
}

/// `'x'` and `'\n'`, but not the lifetime `'x`.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    let first = body.chars().next()?;
    (first == '\\' || body[first.len_utf8()..].starts_with('\'')).then(|| quoted(rest))
}

/// The length up to and with the quote that closes the one at the start.
fn quoted(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let mut at = 1;
    while at < rest.len() && rest.as_bytes()[at] != quote {
        at += if rest.as_bytes()[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}
