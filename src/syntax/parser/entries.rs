//! What stands between braces and in a `let`: bindings, declarations, fields, `inherit`, `type`.
//!
//! A segment is cut at its `=` and `:` by hand: the name is then safe from mistakes in the value, and
//! each part goes through the grammar by itself. All entries are read alike ([`Part`]); what the braces
//! are (a set, a record type, a map type) follows from all of them and the place they stand in.

use chumsky::prelude::*;
use ecow::EcoString;

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;

use super::super::ast::{
    AttrName, AttrNameKind, Binding, Declaration, Entry, Expr, ExprKind, FieldType, Inherit, RecordType, TypeDecl,
    TypeExpr, TypeKind,
};
use super::super::position::{Form, Position, form};
use super::super::segment::{self, is_attr_name};
use super::super::structure::{GroupKind, Item, Kind, Segment};
use super::super::token::TokenKind;
use super::build::{Builder, Tree};
use super::expr::attr_name;
use super::{Assembler, Failure, Rule, item, messages, token};

/// `inherit`
pub(super) fn inherit<'s, E: Failure<'s>>() -> Rule<'s, Inherit, E> {
    token(TokenKind::Inherit)
        .then(item(Kind::Group(GroupKind::Paren), "`(`").or_not())
        .then(attr_name().repeated().collect::<Vec<_>>())
        .map_with(|((word, from), names), e| {
            let state: &mut Builder = e.state();
            let from = from.and_then(|group| state.atom(group)).map(|paren| match paren.kind {
                ExprKind::Paren(inner) => *inner,
                _ => paren,
            });
            let mut span = word.span;
            span = span.to(from.as_ref().map_or(span, |from| from.span));
            span = span.to(names.last().map_or(span, |name| name.span));
            Inherit { from, names, span }
        })
        .boxed()
}

/// An entry before it is known what the braces are.
enum Part {
    /// Fits only into a set or `let`.
    Entry(Entry),
    /// `a.b : T = e` or parts of it.
    Annotated(Annotated),
    /// `...`
    Open(Span),
}

/// `a.b : T = e`, `a.b : T`, `a? : T`
struct Annotated {
    doc: Option<EcoString>,
    path: Vec<AttrName>,
    optional: bool,
    ty: TypeExpr,
    value: Option<Expr>,
    span: Span,
}

impl Annotated {
    fn is_map(&self) -> bool {
        self.value.is_none()
            && !self.optional
            && matches!(self.path.as_slice(), [AttrName { kind: AttrNameKind::Fixed(name), .. }] if name.as_str() == "_")
    }
}

impl<'s> Assembler<'s> {
    /// The tree of braces that hold entries.
    pub(super) fn brace(&mut self, number: u32) -> Tree {
        let position = self.state.positions[number as usize];
        let span = self.structure.groups[number as usize].span;
        let parts = self.parts(number, position == Position::Type);
        if position == Position::Type || is_type(&parts, position) {
            Tree::Type(TypeExpr { kind: self.record(parts), span })
        } else {
            Tree::Set(self.set(parts))
        }
    }

    /// The entries of a `let`.
    pub(super) fn entries(&mut self, number: u32) -> Vec<Entry> {
        let parts = self.parts(number, false);
        self.set(parts)
    }

    /// A `let` without `in`: an expression among its entries is the body.
    pub(super) fn broken_let(&mut self, number: u32) -> Tree {
        let structure = self.structure;
        let segments = structure.segments_of(&structure.groups[number as usize]);
        let is_body = |segment: &Segment| {
            let first = structure.items_of(segment).first().map(|item| item.kind);
            Builder::place(segment.assign.min(segment.colon)).is_none()
                && first.is_some_and(|kind| kind != Kind::Token(TokenKind::Inherit))
        };
        let body = segments.iter().position(is_body);
        let others = segments.iter().enumerate().filter(|(index, _)| Some(*index) != body);
        // Where the `let` ends is unknown, so a last entry without `;` is no mistake of its own.
        let parts = others.filter_map(|(_, segment)| self.part(segment, true)).collect();
        let body = body.map(|index| self.expr(structure.items_of(&segments[index]), &segments[index]));
        Tree::Let(self.set(parts), body)
    }

    fn parts(&mut self, number: u32, is_type: bool) -> Vec<Part> {
        let structure = self.structure;
        let segments = structure.segments_of(&structure.groups[number as usize]);
        let mut parts = Vec::with_capacity(segments.len());
        for segment in segments {
            let part = self.part(segment, is_type);
            parts.extend(part);
        }
        parts
    }

    fn part(&mut self, segment: &'s Segment, is_type: bool) -> Option<Part> {
        let structure = self.structure;
        let items = structure.items_of(segment);
        let (Some(first), Some(last)) = (items.first(), items.last()) else {
            let span = self.state.end_span(segment);
            self.state.diagnostics.push(messages::empty_entry(span));
            return None;
        };
        let state = &self.state;
        let form = form(|span| state.text(span), items);
        let valued = Builder::place(segment.assign).is_some() || form == Form::Inherit;
        // Where the brackets were never closed, that is what was reported.
        let closed = matches!(self.state.end_kind(segment), Some(TokenKind::RBrace | TokenKind::In))
            && last.kind != Kind::Group(GroupKind::BrokenLet);
        if !segment.terminated && valued && !is_type && closed {
            self.state.diagnostics.push(segment::missing_semicolon(last.span));
        }
        let span = first.span.to(last.span);
        Some(match form {
            Form::Open if items.len() == 1 => Part::Open(span),
            Form::Inherit => {
                let parsed = self.run(items, segment, |grammar| &grammar.inherit, |grammar| &grammar.inherit);
                Part::Entry(match parsed {
                    Some(inherit) => Entry::Inherit(inherit),
                    None => Entry::Error(self.state.inner(items)),
                })
            }
            Form::TypeDeclaration(assign) => Part::Entry(self.type_declaration(items, assign as usize, segment)),
            _ => self.entry(items, segment, is_type),
        })
    }

    fn type_declaration(&mut self, items: &'s [Item], assign: usize, segment: &Segment) -> Entry {
        let doc = self.state.doc(items[0]);
        let names: Vec<(Symbol, Span)> =
            items[1..assign].iter().map(|item| (self.state.symbol(*item), item.span)).collect();
        let (name, name_span) = names[0];
        let ty = self.ty(&items[assign + 1..], segment);
        let span = self.state.span_of(items, segment);
        Entry::Type(TypeDecl { doc, name, name_span, params: names[1..].to_vec(), ty, span })
    }

    /// `a.b = e`, `a.b : T = e`, `a.b : T`, `a? : T`
    fn entry(&mut self, items: &'s [Item], segment: &Segment, is_type: bool) -> Part {
        let colon = Builder::place(segment.colon);
        let assign = Builder::place(segment.assign);
        let head_end = colon.or(assign).unwrap_or(items.len());
        let path_end = segment::path_end(items, 0);
        let optional = colon == Some(path_end + 1) && path_end > 0;
        if path_end == 0 || (path_end != head_end && !optional) || (colon.or(assign)).is_none() {
            return Part::Entry(self.unreadable(items, (path_end, head_end), segment, is_type));
        }
        let doc = self.state.doc(items[0]);
        let names = items[..path_end].iter().filter(|item| is_attr_name(item.kind));
        let path: Vec<AttrName> = names.map(|name| self.state.attr_name(*name)).collect();
        let ty = colon.map(|colon| self.annotation(items, colon, segment));
        let value = assign.map(|assign| self.expr(&items[assign + 1..], segment));
        let span = self.state.span_of(items, segment);
        match (ty, value) {
            (Some(ty), value) => Part::Annotated(Annotated { doc, path, optional, ty, value, span }),
            (None, Some(value)) => Part::Entry(Entry::Bind(Binding { doc, path, annotation: None, value, span })),
            (None, None) => Part::Entry(Entry::Error(Vec::new())),
        }
    }

    /// The type between the `:` at `colon` and the segment's `=` (or `?`), or its end.
    pub(super) fn annotation(&mut self, items: &'s [Item], colon: usize, segment: &Segment) -> TypeExpr {
        match Builder::place(segment.assign) {
            Some(assign) => self.ty(&items[colon + 1..assign], &Segment { end: items[assign].index, ..*segment }),
            None => self.ty(&items[colon + 1..], segment),
        }
    }

    /// An entry whose name can't be read, or that is only a name.
    fn unreadable(&mut self, items: &'s [Item], ends: (usize, usize), segment: &Segment, is_type: bool) -> Entry {
        if !items[..items.len().min(ends.0 + 1)].iter().any(messages::is_reported) {
            let diagnostic = match is_type && ends.0 == items.len() {
                true => messages::field_without_type(&self.state, items, segment),
                false => messages::bad_entry(&self.state, items, ends, segment),
            };
            self.state.diagnostics.push(diagnostic);
        }
        Entry::Error(self.state.inner(items))
    }

    /// Makes the entries of a set or `let`.
    fn set(&mut self, parts: Vec<Part>) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Part::Entry(entry) => entries.push(entry),
                Part::Open(span) => self.state.diagnostics.push(messages::dots_in_set(span)),
                Part::Annotated(Annotated { doc, path, optional, ty, value, span }) => {
                    if optional {
                        self.state.diagnostics.push(messages::optional_in_set(span));
                    }
                    entries.push(match value {
                        Some(value) => Entry::Bind(Binding { doc, path, annotation: Some(ty), value, span }),
                        None => Entry::Declare(Declaration { doc, path, ty, span }),
                    });
                }
            }
        }
        entries
    }

    /// Makes a record or map type.
    fn record(&mut self, parts: Vec<Part>) -> TypeKind {
        let mut record = RecordType { fields: Vec::with_capacity(parts.len()), open: false };
        let mut map = None;
        let count = parts.len();
        for part in parts {
            match part {
                Part::Open(_) => record.open = true,
                Part::Annotated(entry) if entry.is_map() => map = Some((entry.span, entry.ty)),
                Part::Annotated(entry) => record.fields.extend(self.field(entry)),
                Part::Entry(Entry::Error(_)) => {}
                Part::Entry(entry) => self.state.diagnostics.push(messages::not_a_field(&entry)),
            }
        }
        match map {
            Some((_, ty)) if count == 1 => TypeKind::Map(Box::new(ty)),
            Some((span, _)) => {
                self.state.diagnostics.push(messages::mixed_map(span));
                TypeKind::Record(record)
            }
            None => TypeKind::Record(record),
        }
    }

    fn field(&mut self, entry: Annotated) -> Option<FieldType> {
        let Annotated { doc, path, optional, ty, value: default, .. } = entry;
        match path.as_slice() {
            [AttrName { kind: AttrNameKind::Fixed(name), span }] => {
                Some(FieldType { doc, name: *name, name_span: *span, optional, ty, default })
            }
            _ => {
                let span = path.iter().fold(Span::NONE, |span, name| span.to(name.span));
                let message = "a field of a record type has one plain name";
                let hint = "nest the record type instead: `a : { b : T; };`";
                self.state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint));
                None
            }
        }
    }
}

/// Whether braces in the place of an expression are a type: they have what only types have, or hold
/// declarations without values and nothing that only sets have.
fn is_type(parts: &[Part], position: Position) -> bool {
    let marked = parts.iter().any(|part| match part {
        Part::Open(_) => true,
        Part::Annotated(entry) => entry.optional || entry.is_map(),
        Part::Entry(_) => false,
    });
    let declares = parts.iter().any(|part| matches!(part, Part::Annotated(entry) if entry.value.is_none()));
    let only_annotated = parts.iter().all(|part| matches!(part, Part::Annotated(_)));
    let binds = parts.iter().any(|part| matches!(part, Part::Entry(Entry::Bind(_))));
    // Bindings and not a single field: a set that something of a type strayed into.
    let marked = marked && (declares || !binds);
    marked || (position == Position::Value && declares && only_annotated)
}
