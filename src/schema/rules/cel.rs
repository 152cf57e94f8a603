//! CEL, as far as it can be told wrong without compiling it: strings and brackets that are never closed, operators
//! without operands, nothing at all. What passes here may still be wrong; what fails here is.

use super::Rules;
use crate::diag::Code;
use crate::schema::validate::Cursor;

/// The expression at `field`, if there is one.
pub fn expression(at: &Cursor<'_>, field: &str, rules: &mut Rules<'_>) {
    let Some(value) = at.get(field) else { return };
    let Some(text) = value.str().filter(|text| !text.is_empty()) else { return };
    if let Some(fault) = fault(text) {
        rules.at(&value, Code::BadFormat, format!("`{field}` is not a CEL expression: {fault}")).hint =
            Some("complete the expression".to_owned());
    }
}

/// The expression of a record that holds it under this name.
pub fn holder(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for field in ["expression", "messageExpression", "valueExpression", "rule"] {
        expression(at, field, rules);
    }
}

/// What is certainly wrong with an expression.
fn fault(text: &str) -> Option<String> {
    let mut open = Vec::new();
    // Whether an operand must come next: at the beginning, behind an operator, behind an opening bracket.
    let mut wants_operand = true;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let token = match next_token(rest) {
            Ok(token) => token,
            Err(fault) => return fault.map(str::to_owned),
        };
        match token.kind {
            Kind::Comment => {}
            Kind::Open(bracket) => open.push(bracket),
            Kind::Close(opening) if open.pop() != Some(opening) => {
                return Some(format!("`{}` closes nothing", &rest[..token.length]));
            }
            _ => {}
        }
        match token.kind {
            Kind::Comment => {}
            Kind::Open(_) | Kind::Operator => wants_operand = true,
            Kind::Close(_) | Kind::Operand => wants_operand = false,
        }
        rest = rest[token.length..].trim_start();
    }
    match open.pop() {
        Some(bracket) => Some(format!("`{bracket}` is never closed")),
        None if wants_operand && text.trim().is_empty() => Some("it is empty".to_owned()),
        None if wants_operand => Some("something is missing behind the last operator".to_owned()),
        None => None,
    }
}

struct Token {
    kind: Kind,
    length: usize,
}

enum Kind {
    Comment,
    Open(char),
    /// A closing bracket, by the one that it closes.
    Close(char),
    Operator,
    Operand,
}

/// The token at the beginning of a text. An error without words says that what follows cannot be judged.
fn next_token(text: &str) -> Result<Token, Option<&'static str>> {
    let token = |kind, length| Ok(Token { kind, length });
    let first = text.chars().next().unwrap_or(' ');
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    match first {
        '/' if text.starts_with("//") => token(Kind::Comment, text.find('\n').unwrap_or(text.len())),
        '(' | '[' | '{' => token(Kind::Open(first), 1),
        ')' => token(Kind::Close('('), 1),
        ']' => token(Kind::Close('['), 1),
        '}' => token(Kind::Close('{'), 1),
        '"' | '\'' => token(Kind::Operand, string_length(text).ok_or(Some("a string is never closed"))?),
        // Raw strings have an end of their own.
        _ if word > 0 && text[word..].starts_with(['"', '\'']) => Err(None),
        _ if word > 0 => token(Kind::Operand, word),
        _ => {
            token(Kind::Operator, if OPERATORS.iter().any(|two| text.starts_with(two)) { 2 } else { first.len_utf8() })
        }
    }
}

/// The operators of two characters.
const OPERATORS: [&str; 6] = ["==", "!=", "<=", ">=", "&&", "||"];

/// The length of the string at the beginning of a text; `None` when it is never closed.
fn string_length(text: &str) -> Option<usize> {
    let quote = text.get(..1)?;
    let triple = quote.repeat(3);
    let (start, end) = if text.starts_with(&triple) { (3, triple.as_str()) } else { (1, quote) };
    let mut at = start;
    while at < text.len() {
        if text[at..].starts_with(end) {
            return Some(at + end.len());
        }
        let escaped = usize::from(text[at..].starts_with('\\'));
        at += text[at..].chars().take(1 + escaped).map(char::len_utf8).sum::<usize>();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn only_what_is_certainly_wrong_is_told() {
        let good = [
            "true",
            "self.replicas <= 5 && has(self.x)",
            "object.metadata.name.matches('^a(b$')",
            "[1, 2].all(x, x > 0) ? 'a' : \"b\"",
            "{'a': 1}.size() == 1",
            "!(a in [1,2,])",
            "-1 < x // trailing",
            "'it\\'s'",
            "\"\"\"many \" quotes\"\"\" == x",
            "a.?b.orValue(1)",
            "x.matches(r'\\') && 'b'",
        ];
        good.iter().for_each(|text| assert_eq!(fault(text), None, "{text:?}"));
        for bad in ["1 +", "device.driver ==", "(a", "a)", "[1, 2", "a &&", "!", "(a]", " ", "a.", "'a", "x == \"a"] {
            assert!(fault(bad).is_some(), "{bad:?}");
        }
    }
}
