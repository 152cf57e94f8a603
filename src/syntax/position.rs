//! What a bracket means where it stands.
//!
//! `[ a ]` is a list, or the type of lists; `{ a : T; }` is a set, a type, or a set of options. Groups
//! are parsed from the inside out, so what they are must be known before: it comes from the outside
//! in, and only the place of `:` and `=` in the segment around a group matters.

use crate::source::Span;

use super::segment;
use super::structure::{GroupKind, Item, Kind, NONE, Segment, Structure};
use super::token::TokenKind;

/// What the surroundings of a group want it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// An expression.
    Value,
    /// The value of a binding named `options`: declarations without values are entries.
    Options,
    /// A type.
    Type,
}

/// What a segment of a set or `let` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `inherit …`
    Inherit,
    /// `type Name Param… = T`; the place of its `=`.
    TypeDeclaration(u32),
    /// `...`
    Open,
    /// `a.b : T = e` or parts of it.
    Entry,
}

/// The form of an entry; `text` is the source text of a place.
pub(super) fn form<'s>(text: impl Fn(Span) -> &'s str, items: &[Item]) -> Form {
    match items.first().map(|item| item.kind) {
        Some(Kind::Token(TokenKind::Inherit)) => Form::Inherit,
        Some(Kind::Token(TokenKind::Ellipsis)) => Form::Open,
        Some(Kind::Token(TokenKind::Ident)) if items.len() > 2 => {
            match segment::type_declaration(items, 0, |span| text(span) == "type") {
                Some(assign) => Form::TypeDeclaration(assign as u32),
                None => Form::Entry,
            }
        }
        _ => Form::Entry,
    }
}

/// The position of every group, by number.
pub(super) fn positions(text: &str, base: u32, structure: &Structure) -> Vec<Position> {
    let source = |span: Span| &text[(span.lo - base) as usize..(span.hi - base) as usize];
    let mut positions = vec![Position::Value; structure.groups.len()];
    for number in (0..structure.groups.len()).rev() {
        let group = &structure.groups[number];
        if group.skip {
            continue;
        }
        let own = positions[number];
        for segment in structure.segments_of(group) {
            let items = structure.items_of(segment);
            let mut mark = |from: usize, to: usize, position: Position| {
                for item in &items[from.min(to)..to] {
                    if let Kind::Group(_) = item.kind {
                        positions[item.index as usize] = position;
                    }
                }
            };
            match group.kind {
                GroupKind::Brace | GroupKind::Let | GroupKind::BrokenLet | GroupKind::Formals => {
                    let (from, to) = type_part(source, group.kind, segment, items);
                    mark(from, to, Position::Type);
                    if own != Position::Type && is_options(source, own, segment, items) {
                        mark(items.len() - 1, items.len(), Position::Options);
                    }
                }
                GroupKind::Paren | GroupKind::List | GroupKind::Refine if own == Position::Type => {
                    mark(0, items.len(), Position::Type);
                }
                GroupKind::Paren if own == Position::Options && items.len() == 1 => mark(0, 1, Position::Options),
                _ => {}
            }
        }
    }
    positions
}

/// The items of a segment that are a type.
fn type_part<'s>(
    source: impl Fn(Span) -> &'s str,
    kind: GroupKind,
    segment: &Segment,
    items: &[Item],
) -> (usize, usize) {
    if kind != GroupKind::Formals
        && let Form::TypeDeclaration(assign) = form(source, items)
    {
        return (assign as usize + 1, items.len());
    }
    if segment.colon == NONE {
        return (0, 0);
    }
    let end = if segment.assign == NONE { items.len() } else { segment.assign as usize };
    (segment.colon as usize + 1, end)
}

/// Whether it is `options = { … }`, `options.a = { … }`, or nested in one.
fn is_options<'s>(source: impl Fn(Span) -> &'s str, own: Position, segment: &Segment, items: &[Item]) -> bool {
    let assign = segment.assign as usize;
    let value = items.get(assign.saturating_add(1)).map(|item| item.kind);
    let single = segment.assign != NONE && assign + 2 == items.len();
    if !single || !matches!(value, Some(Kind::Group(GroupKind::Brace | GroupKind::Paren))) {
        return false;
    }
    let path = &items[..segment::path_end(items, 0)];
    let named = |item: Option<&Item>| item.is_some_and(|item| source(item.span) == "options");
    own == Position::Options || named(path.first()) || named(path.last())
}
