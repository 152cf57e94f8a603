//! From the spelling of a string, comment or pattern to what it says.

use ecow::EcoString;

/// The value of the text between `"`: escapes resolved, every line end a line feed.
pub(super) fn unescape(raw: &str) -> EcoString {
    if !raw.bytes().any(|byte| byte == b'\\' || byte == b'\r') {
        return raw.into();
    }
    let mut value = EcoString::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(other) => value.push(other),
                None => {}
            },
            '\r' => {
                value.push('\n');
                chars.next_if_eq(&'\n');
            }
            other => value.push(other),
        }
    }
    value
}

/// The value of an escape between `''`, which may also be a lone `$` or `'`.
pub(super) fn unescape_indented(raw: &str) -> EcoString {
    match raw {
        "'''" => "''".into(),
        "''$" => "$".into(),
        _ => raw.strip_prefix("''").map_or_else(|| raw.into(), unescape),
    }
}

/// A piece of an indented string before its indentation is taken away.
pub(super) enum Piece<T> {
    /// Text as written.
    Text(EcoString),
    /// Text that came out of an escape: it never counts as indentation.
    Escape(EcoString),
    /// An interpolation.
    Value(T),
}

/// Takes the common indentation away, as Nix does it: only blanks count, lines of nothing but blanks
/// don't, and of a last line of nothing but blanks only its line feed stays.
pub(super) fn strip_indentation<T>(pieces: Vec<Piece<T>>) -> Vec<Piece<T>> {
    let indentation = common_indentation(&pieces);
    let last = pieces.len().saturating_sub(1);
    let mut stripper = Stripper { indentation, at_start: true, dropped: 0 };
    pieces
        .into_iter()
        .enumerate()
        .map(|(index, piece)| match piece {
            Piece::Text(text) | Piece::Escape(text) => Piece::Text(stripper.strip(&text, index == last)),
            Piece::Value(value) => {
                stripper.at_start = false;
                stripper.dropped = 0;
                Piece::Value(value)
            }
        })
        .collect()
}

fn common_indentation<T>(pieces: &[Piece<T>]) -> usize {
    let mut common = usize::MAX;
    let mut current = 0;
    let mut at_start = true;
    for piece in pieces {
        let Piece::Text(text) = piece else {
            if at_start {
                at_start = false;
                common = common.min(current);
            }
            continue;
        };
        for byte in text.bytes() {
            match byte {
                b'\n' => {
                    at_start = true;
                    current = 0;
                }
                b' ' if at_start => current += 1,
                _ if at_start => {
                    at_start = false;
                    common = common.min(current);
                }
                _ => {}
            }
        }
    }
    common
}

/// Where in a line the text stands while its indentation is taken away.
struct Stripper {
    indentation: usize,
    at_start: bool,
    dropped: usize,
}

impl Stripper {
    fn strip(&mut self, text: &str, is_last: bool) -> EcoString {
        let mut stripped = EcoString::with_capacity(text.len());
        for char in text.chars() {
            if self.at_start {
                match char {
                    ' ' => {
                        self.dropped += 1;
                        if self.dropped <= self.indentation {
                            continue;
                        }
                    }
                    '\n' => self.dropped = 0,
                    _ => {
                        self.at_start = false;
                        self.dropped = 0;
                    }
                }
            } else if char == '\n' {
                self.at_start = true;
                self.dropped = 0;
            }
            stripped.push(char);
        }
        if is_last
            && let Some(line_feed) = stripped.rfind('\n')
            && stripped[line_feed + 1..].bytes().all(|byte| byte == b' ')
        {
            stripped.truncate(line_feed + 1);
        }
        stripped
    }
}

/// The text of a `/** … */` comment without its marks, its common indentation and a column of stars.
pub(super) fn doc_text(raw: &str) -> EcoString {
    let inner = raw.strip_prefix("/**").unwrap_or(raw);
    let inner = inner.strip_suffix("*/").unwrap_or(inner);
    let lines: Vec<&str> = inner.lines().collect();
    let starred = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('*');
    let all_starred = lines.len() > 1 && lines[1..].iter().all(starred);
    let bodies: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| if index > 0 && all_starred { line.trim_start().trim_start_matches('*') } else { line })
        .collect();
    let indentation = bodies
        .iter()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut text = String::with_capacity(inner.len());
    for (index, line) in bodies.iter().enumerate() {
        let line = if index == 0 { line.trim_start() } else { line.get(indentation..).unwrap_or("") };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.trim().into()
}

/// The pattern between the slashes: `\/` stands for `/`, all else is the regular expression's own.
pub(super) fn pattern_text(raw: &str) -> EcoString {
    raw.replace("\\/", "/").into()
}
