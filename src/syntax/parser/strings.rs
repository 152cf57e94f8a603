//! Strings and paths with interpolations: their parts are the group's items, no grammar is needed.

use super::super::ast::{Expr, ExprKind, StrPart};
use super::super::structure::{Group, GroupKind, Item, Kind};
use super::super::text::{self, Piece};
use super::super::token::TokenKind;
use super::Assembler;
use super::build::Tree;

impl<'s> Assembler<'s> {
    /// The tree of a string or path.
    pub(super) fn string(&mut self, group: &'s Group) -> Tree {
        let structure = self.structure;
        let segments = structure.segments_of(group);
        if segments.iter().any(|segment| segment.too_deep) {
            return Tree::Expr(Expr { kind: ExprKind::Error(Vec::new()), span: group.span });
        }
        let items = segments.iter().flat_map(|segment| structure.items_of(segment));
        let pieces: Vec<Piece<Expr>> = items.map(|item| self.piece(*item)).collect();
        let kind = match group.kind {
            GroupKind::IndStr => ExprKind::Str(parts(text::strip_indentation(pieces))),
            GroupKind::Path => ExprKind::Path(parts(pieces)),
            _ => ExprKind::Str(parts(pieces)),
        };
        Tree::Expr(Expr { kind, span: group.span })
    }

    fn piece(&mut self, item: Item) -> Piece<Expr> {
        let raw = self.state.text(item.span);
        match item.kind {
            Kind::Token(TokenKind::StrText) => Piece::Text(text::unescape(raw)),
            Kind::Token(TokenKind::IndEscape) => Piece::Escape(text::unescape_indented(raw)),
            Kind::Token(_) => Piece::Text(raw.into()),
            _ => Piece::Value(match self.state.take(item) {
                Tree::Expr(expr) => expr,
                _ => Expr { kind: ExprKind::Error(Vec::new()), span: item.span },
            }),
        }
    }
}

/// Joins neighbouring texts and leaves empty ones out.
fn parts(pieces: Vec<Piece<Expr>>) -> Vec<StrPart> {
    let mut parts: Vec<StrPart> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Value(expr) => parts.push(StrPart::Interpolation(expr)),
            Piece::Text(text) | Piece::Escape(text) => match parts.last_mut() {
                _ if text.is_empty() => {}
                Some(StrPart::Text(before)) => before.push_str(&text),
                _ => parts.push(StrPart::Text(text)),
            },
        }
    }
    parts
}
