//! Words for brackets that do not match.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::token::{Token, TokenKind};

/// An opening bracket whose end never comes.
pub(super) fn unclosed(span: Span, opener: &str, closer: &str) -> Diagnostic {
    Diagnostic::new(Code::UnclosedDelimiter, span, format!("this `{opener}` is never closed"))
        .hint(format!("add `{closer}` where it should end"))
}

/// A closing bracket where nothing is open.
pub(super) fn stray(kind: TokenKind, span: Span) -> Diagnostic {
    let (message, hint) = match kind {
        TokenKind::In => ("this `in` has no `let`".to_owned(), "remove it, or add `let` in front of the definitions"),
        _ => (format!("this {} closes nothing", kind.shown()), "remove it, or add the bracket that it should close"),
    };
    Diagnostic::new(Code::StrayDelimiter, span, message).hint(hint)
}

/// A closing bracket of the wrong kind.
pub(super) fn mistyped(closer: Token, opener: Token) -> Diagnostic {
    let wanted = match opener.kind {
        TokenKind::LBracket => "]",
        TokenKind::LParen => ")",
        _ => "}",
    };
    let message = format!("{} cannot close this {}", closer.kind.shown(), opener.kind.shown());
    Diagnostic::new(Code::StrayDelimiter, closer.span, message)
        .label("found here")
        .also(opener.span, "opened here")
        .hint(format!("write `{wanted}` here"))
}
