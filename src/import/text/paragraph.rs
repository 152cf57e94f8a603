//! Text of several lines between `''`, which says exactly the same.
//!
//! What all lines have in front is taken for indentation there, so a text whose lines are all indented gets a mark in
//! front of its first one: `${""}`, which says nothing and is no space.

/// The lines as they are written between `''`, without their indentation; `None` where there is one line only, or where
/// something is in them that is better seen in quotes.
pub(super) fn paragraph(text: &str) -> Option<String> {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    // Spaces in front of the end would be taken for those of the `''`.
    let lost = lines.len() == text.len() && is_blank(last_line(text));
    if !lines.contains('\n') || lost || text.contains(strange) || text.trim_matches(['\n', ' ']).is_empty() {
        return None;
    }
    let mut written = escaped(text);
    let mut indented = written.split('\n').filter(|line| !is_blank(line)).map(|line| line.starts_with(' '));
    if indented.all(|indented| indented) {
        let at = written.len() - written.trim_start_matches(['\n', ' ']).len();
        let line = written[..at].rfind('\n').map_or(0, |newline| newline + 1);
        written.insert_str(line, "${\"\"}");
    }
    Some(written)
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ')
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}

/// The text with its quotes, interpolations and carriage returns escaped. A quote that would run together with an escape
/// behind it is one itself.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (escape, taken) = match first {
            '\'' if rest.starts_with("''") => ("'''", 2),
            '\'' if rest.len() == 1 || rest.starts_with("'${") || rest.starts_with("'\r") => ("''\\'", 1),
            '$' if rest.starts_with("${") => ("''${", 2),
            '\r' => ("''\\r", 1),
            _ => (&rest[..first.len_utf8()], first.len_utf8()),
        };
        written.push_str(escape);
        rest = &rest[taken..];
    }
    written
}

#[cfg(test)]
mod tests {
    use super::paragraph;

    #[test]
    fn text_is_escaped_where_it_has_to_be() {
        for (text, written) in [
            ("a\n  b\n\nc\n", "a\n  b\n\nc\n"),
            ("x ''y'' ${z}\nb\n", "x '''y''' ''${z}\nb\n"),
            ("a\nb = 'c'", "a\nb = 'c''\\'"),
            ("a'${b}\nc\n", "a''\\'''${b}\nc\n"),
            ("a\r\nb'\r\n", "a''\\r\nb''\\'''\\r\n"),
            ("a\n   \nb\n", "a\n   \nb\n"),
            ("\n  a\n   b\n", "\n${\"\"}  a\n   b\n"),
        ] {
            assert_eq!(paragraph(text).as_deref(), Some(written), "{text:?}");
        }
    }

    #[test]
    fn what_a_paragraph_cannot_say_is_quoted() {
        for text in ["a", "a\n", "a\n  ", "\n\n", "\n  \n", "\u{1}\na\n"] {
            assert_eq!(paragraph(text), None, "{text:?}");
        }
    }
}
