//! Text to tree. [`parse`] never fails: whatever the text, it returns a tree and all diagnostics.
//!
//! Four passes, each linear in the text, also where the text is broken:
//!
//! ```text
//! text ──lexer──▶ tokens ──structure──▶ groups, segments ──position──▶ what each bracket means
//!                                                  └────────parser────▶ tree
//! ```
//!
//! `lexer` cuts the text into words; `structure` pairs brackets, cuts groups into entries and bounds the
//! depth; `position` tells types from expressions; `parser` runs the grammar on one entry at a time.
//! Why so: a grammar with recovery inside would be quadratic on unclosed brackets and would overflow
//! the stack on deep ones. Here it sees neither: brackets are paired before, and depth is bounded.

pub mod ast;
mod brackets;
mod lexer;
mod parser;
mod position;
pub mod printer;
mod quote;
mod scan;
mod segment;
mod structure;
mod text;
mod token;
mod trivia;

pub use parser::RULES;
pub use quote::{quoted, quoted_name};
pub use token::{Token, TokenKind};
pub use trivia::{Trivia, TriviaKind, TriviaPiece};

use crate::diag::{Code, Diagnostic};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; an `Error` node where nothing could be read.
    pub root: ast::Expr,
    /// All words, in order.
    pub tokens: Vec<Token>,
    /// What stands between the words.
    pub trivia: Trivia,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// So many findings are kept of one file: a hundred thousand `(` are one mistake to a person.
const MAX_DIAGNOSTICS: usize = 1_000;

/// Reads a text whose first byte stands at position `base`.
pub fn parse(text: &str, base: u32) -> Parsed {
    let lexed = lexer::lex(text, base);
    let structure = structure::structure(text, base, &lexed.tokens);
    let positions = position::positions(text, base, &structure);
    let source = parser::Source { text, base, tokens: &lexed.tokens, trivia: &lexed.trivia };
    let finished = parser::parse(source, &structure, positions);
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(structure.diagnostics);
    diagnostics.extend(finished.diagnostics);
    forget_swallowed(&mut diagnostics, lexed.cut);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    let mut root = finished.root;
    if diagnostics.iter().any(|diagnostic| diagnostic.code == Code::NestingTooDeep) {
        // What is left of such a file means nothing: its names are worth checking, its value is not, and
        // that some of the thousand brackets are not closed is no news.
        diagnostics.retain(|diagnostic| {
            !matches!(diagnostic.code, Code::UnclosedDelimiter | Code::UnterminatedString | Code::LetWithoutIn)
        });
        root = ast::Expr { span: root.span, kind: ast::ExprKind::Error(vec![root]) };
    }
    Parsed { root, tokens: lexed.tokens, trivia: lexed.trivia, diagnostics }
}

/// A comment that is never closed swallows the rest of the file: what is missing behind it is no mistake of
/// its own. Nor is a `;` that is missing where a string that is never closed was cut off.
fn forget_swallowed(diagnostics: &mut Vec<Diagnostic>, cut: Option<u32>) {
    let comment = diagnostics.iter().find(|diagnostic| diagnostic.code == Code::UnterminatedComment);
    let comment = comment.map_or(u32::MAX, |comment| comment.primary.span.lo);
    diagnostics.retain(|diagnostic| match diagnostic.code {
        Code::UnclosedDelimiter | Code::UnterminatedString | Code::LetWithoutIn => comment == u32::MAX,
        Code::MissingSemicolon => cut != Some(diagnostic.primary.span.lo),
        Code::UnterminatedComment => true,
        _ => diagnostic.primary.span.lo < comment,
    });
}
