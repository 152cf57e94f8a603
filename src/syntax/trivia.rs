//! What stands between the tokens: comments and blank lines.
//!
//! The parser needs of it only the documentation comments; a formatter needs all.

use crate::source::Span;

/// Comments and blank lines in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trivia {
    /// Sorted by place, and so by `before`.
    pub pieces: Vec<TriviaPiece>,
}

/// One comment, or one run of blank lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriviaPiece {
    /// The index of the token it stands in front of; the number of tokens at the end of the file.
    pub before: u32,
    /// What it is.
    pub kind: TriviaKind,
    /// Where it stands, comment marks included.
    pub span: Span,
    /// Whether it stands on the line on which the token in front of it ends.
    pub trailing: bool,
}

/// The kinds of trivia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriviaKind {
    /// `# …`
    Line,
    /// `/* … */`
    Block,
    /// `/** … */`
    Doc,
    /// One or more lines with nothing in them.
    BlankLines,
}

impl Trivia {
    /// What stands directly in front of a token.
    pub fn before(&self, token: u32) -> &[TriviaPiece] {
        let start = self.pieces.partition_point(|piece| piece.before < token);
        let length = self.pieces[start..].iter().take_while(|piece| piece.before == token).count();
        &self.pieces[start..start + length]
    }

    /// The documentation comment in front of a token: the last one, should there be several.
    pub(super) fn doc(&self, token: u32) -> Option<Span> {
        self.before(token).iter().rev().find(|piece| piece.kind == TriviaKind::Doc).map(|piece| piece.span)
    }
}
