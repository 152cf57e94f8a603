//! Writing CEL.

use regex::Regex;

/// A text as a literal.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Texts as a list literal.
pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let items: Vec<String> = texts.into_iter().map(text).collect();
    format!("[{}]", items.join(", "))
}

/// `condition`, where `unless` does not hold.
pub(super) fn unless(condition: &str, unless: &[String]) -> String {
    match unless {
        [] => condition.to_string(),
        unless => {
            let all: Vec<String> = unless.iter().map(|one| grouped(one)).collect();
            format!("{} || {}", all.join(" || "), grouped(condition))
        }
    }
}

/// An expression that can stand beside `||`, `&&` and `!`.
pub(super) fn grouped(expression: &str) -> String {
    let joined = [" || ", " && ", " ? "].iter().any(|sign| expression.contains(sign));
    if joined { format!("({expression})") } else { expression.to_string() }
}

/// What holds if the text of an expression is what the pattern says, in which `*` is any text.
pub(super) fn is_like(value: &str, pattern: &str) -> String {
    match pattern.contains('*') {
        true => format!("{value}.matches({})", text(&format!("^{}$", any_text(pattern, ".*")))),
        false => format!("{value} == {}", text(pattern)),
    }
}

/// Whether a text is what the pattern says.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("^{}$", any_text(pattern, ".*"))).is_ok_and(|regex| regex.is_match(text))
}

/// A pattern as a regular expression, with this for each `*`.
pub(super) fn any_text(pattern: &str, star: &str) -> String {
    let pieces: Vec<String> = pattern.split('*').map(regex::escape).collect();
    pieces.join(star)
}

#[cfg(test)]
mod tests {
    use super::{is_like, text, unless};

    #[test]
    fn texts_are_quoted() {
        assert_eq!(text("a'b\"c\\d\ne\u{1}"), r#"'a\'b"c\\d\ne\u0001'"#);
    }

    #[test]
    fn conditions_keep_together() {
        assert_eq!(unless("a && b", &["c".into(), "d && e".into()]), "c || (d && e) || (a && b)");
    }

    #[test]
    fn patterns_become_expressions() {
        assert_eq!(is_like("x", "a.b"), "x == 'a.b'");
        assert_eq!(is_like("x", "a.*"), r"x.matches('^a\\..*$')");
    }
}
