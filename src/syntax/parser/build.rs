//! What the grammar's actions use: the text, the finished trees of groups, and the reports.

use chumsky::input::{Checkpoint, Cursor, Input};
use chumsky::inspector::Inspector;
use ecow::EcoString;

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;

use super::super::ast::{
    AttrName, AttrNameKind, AttrsExpr, Entry, Expr, ExprKind, Formals, Refinement, StrPart, TypeExpr, TypeKind,
};
use super::super::position::Position;
use super::super::structure::{GroupKind, Item, Kind, NONE, Segment, Structure};
use super::super::text;
use super::super::token::TokenKind;
use super::Source;

/// The finished tree of a group, until the segment around it takes it.
pub(super) enum Tree {
    /// Taken, or never made.
    Nothing,
    /// Brackets with a value.
    Expr(Expr),
    /// Brackets with a type.
    Type(TypeExpr),
    /// Braces with entries.
    Set(Vec<Entry>),
    /// The arguments of a function.
    Formals(Formals),
    /// `let … in`, and the body where the `in` is missing.
    Let(Vec<Entry>, Option<Expr>),
    /// A range or a pattern.
    Refinement(Refinement),
}

/// Whether an item is an operand by itself.
pub(super) fn is_atom(item: Item) -> bool {
    use TokenKind::{Float, Ident, Int, Path, SearchPath, Unknown, Url};
    matches!(
        item.kind,
        Kind::Token(Ident | Int | Float | Path | Url | SearchPath | Unknown)
            | Kind::Group(
                GroupKind::Paren
                    | GroupKind::List
                    | GroupKind::Brace
                    | GroupKind::Str
                    | GroupKind::IndStr
                    | GroupKind::Path
                    | GroupKind::BrokenLet
                    | GroupKind::Refine
            )
    )
}

/// The state of the grammar.
pub(super) struct Builder<'s> {
    pub source: Source<'s>,
    pub structure: &'s Structure,
    pub positions: Vec<Position>,
    pub trees: Vec<Tree>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The grammar never looks back over a group it took, so nothing has to be undone.
impl<'s, I: Input<'s>> Inspector<'s, I> for Builder<'_> {
    type Checkpoint = ();
    fn on_token(&mut self, _: &I::Token) {}
    fn on_save<'parse>(&self, _: &Cursor<'s, 'parse, I>) {}
    fn on_rewind<'parse>(&mut self, _: &Checkpoint<'s, 'parse, I, ()>) {}
}

impl<'s> Builder<'s> {
    pub fn new(source: Source<'s>, structure: &'s Structure, positions: Vec<Position>) -> Builder<'s> {
        let trees = Vec::with_capacity(structure.groups.len());
        Builder { source, structure, positions, trees, diagnostics: Vec::new() }
    }

    /// The source text at a place.
    pub fn text(&self, span: Span) -> &'s str {
        let base = self.source.base;
        &self.source.text[(span.lo - base) as usize..(span.hi - base) as usize]
    }

    pub fn symbol(&self, item: Item) -> Symbol {
        Symbol::new(self.text(item.span))
    }

    /// Takes the tree of a group.
    pub fn take(&mut self, item: Item) -> Tree {
        match item.kind {
            Kind::Group(_) => std::mem::replace(&mut self.trees[item.index as usize], Tree::Nothing),
            _ => Tree::Nothing,
        }
    }

    /// The documentation comment in front of an item.
    pub fn doc(&self, item: Item) -> Option<EcoString> {
        let token = match item.kind {
            Kind::Group(_) => self.structure.groups[item.index as usize].open,
            _ => item.index,
        };
        self.source.trivia.doc(token).map(|span| text::doc_text(self.text(span)))
    }

    /// The operand that an item is by itself.
    pub fn atom(&mut self, item: Item) -> Option<Expr> {
        if !is_atom(item) {
            return None;
        }
        let span = item.span;
        let kind = match item.kind {
            Kind::Token(TokenKind::Ident) => ExprKind::Var(self.symbol(item)),
            Kind::Token(TokenKind::Int) => match self.text(span).parse() {
                Ok(value) => ExprKind::Int(value),
                Err(_) => ExprKind::Error(Vec::new()),
            },
            Kind::Token(TokenKind::Float) => match self.text(span).parse() {
                Ok(value) => ExprKind::Float(value),
                Err(_) => ExprKind::Error(Vec::new()),
            },
            Kind::Token(TokenKind::Path) => ExprKind::Path(vec![StrPart::Text(self.text(span).into())]),
            Kind::Group(GroupKind::Brace) => match self.take(item) {
                Tree::Set(entries) => ExprKind::Attrs(AttrsExpr { recursive: false, entries }),
                Tree::Type(ty) => ExprKind::Type(Box::new(ty)),
                _ => ExprKind::Error(Vec::new()),
            },
            Kind::Group(GroupKind::BrokenLet) => match self.take(item) {
                Tree::Let(entries, body) => {
                    let missing = Expr { kind: ExprKind::Error(Vec::new()), span: span.end() };
                    ExprKind::Let { entries, body: Box::new(body.unwrap_or(missing)) }
                }
                _ => ExprKind::Error(Vec::new()),
            },
            Kind::Group(GroupKind::Refine) => {
                let message = "a range or a pattern narrows a type, and this is an expression";
                self.diagnostics.push(
                    Diagnostic::new(Code::UnexpectedToken, span, message)
                        .hint("annotate a name with it: `port : Int(1..65535) = …;`"),
                );
                ExprKind::Error(Vec::new())
            }
            Kind::Group(_) => match self.take(item) {
                Tree::Expr(expr) => return Some(Expr { span, ..expr }),
                _ => ExprKind::Error(Vec::new()),
            },
            _ => ExprKind::Error(Vec::new()),
        };
        Some(Expr { kind, span })
    }

    /// The attribute name that an item is.
    pub fn attr_name(&mut self, item: Item) -> AttrName {
        let kind = match (item.kind, self.take(item)) {
            (Kind::Group(_), Tree::Expr(expr)) => match expr.kind {
                ExprKind::Str(parts) if item.kind == Kind::Group(GroupKind::Str) => match parts.as_slice() {
                    [] => AttrNameKind::Fixed(Symbol::new("")),
                    [StrPart::Text(text)] => AttrNameKind::Fixed(Symbol::new(text)),
                    _ => AttrNameKind::Dynamic(Box::new(Expr { kind: ExprKind::Str(parts), span: expr.span })),
                },
                kind => AttrNameKind::Dynamic(Box::new(Expr { kind, span: expr.span })),
            },
            (Kind::Group(_), _) => {
                AttrNameKind::Dynamic(Box::new(Expr { kind: ExprKind::Error(Vec::new()), span: item.span }))
            }
            _ => AttrNameKind::Fixed(self.symbol(item)),
        };
        AttrName { kind, span: item.span }
    }

    /// From the first to the last item; where there is none, the place behind the token in front.
    pub fn span_of(&self, items: &[Item], segment: &Segment) -> Span {
        match (items.first(), items.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => match self.source.tokens.get((segment.end as usize).wrapping_sub(1)) {
                Some(before) => before.span.end(),
                None => Span::new(self.source.base, self.source.base),
            },
        }
    }

    /// The token that ends a segment; the empty end of the file behind the last.
    pub fn end_span(&self, segment: &Segment) -> Span {
        match self.source.tokens.get(segment.end as usize) {
            Some(token) => token.span,
            None => {
                let end = self.source.base + self.source.text.len() as u32;
                Span::new(end, end)
            }
        }
    }

    /// What ends a segment; nothing at the end of the file.
    pub fn end_kind(&self, segment: &Segment) -> Option<TokenKind> {
        self.source.tokens.get(segment.end as usize).map(|token| token.kind)
    }

    /// An `Error` node that keeps the trees of the groups among some items.
    pub fn salvage(&mut self, items: &[Item], segment: &Segment) -> Expr {
        let span = self.span_of(items, segment);
        Expr { kind: ExprKind::Error(self.inner(items)), span }
    }

    /// The trees of the groups among some items, as expressions.
    pub fn inner(&mut self, items: &[Item]) -> Vec<Expr> {
        items.iter().filter_map(|item| self.salvaged(*item)).collect()
    }

    fn salvaged(&mut self, item: Item) -> Option<Expr> {
        let kind = match self.take(item) {
            Tree::Expr(expr) => return Some(expr),
            Tree::Set(entries) => ExprKind::Attrs(AttrsExpr { recursive: false, entries }),
            Tree::Type(ty) if ty.kind != TypeKind::Error => ExprKind::Type(Box::new(ty)),
            Tree::Let(entries, body) => {
                let missing = Expr { kind: ExprKind::Error(Vec::new()), span: item.span.end() };
                ExprKind::Let { entries, body: Box::new(body.unwrap_or(missing)) }
            }
            _ => return None,
        };
        Some(Expr { kind, span: item.span })
    }

    /// A place in a segment, if it is there.
    pub fn place(index: u32) -> Option<usize> {
        (index != NONE).then_some(index as usize)
    }
}
