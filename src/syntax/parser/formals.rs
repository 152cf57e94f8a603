//! The arguments of a function: `{ a, b : T ? e, ... }`.

use crate::diag::{Code, Diagnostic};

use super::super::ast::{Formal, Formals};
use super::super::structure::{Group, Item, Kind, Segment};
use super::super::token::TokenKind;
use super::Assembler;
use super::build::{Builder, Tree};

impl<'s> Assembler<'s> {
    /// The tree of the braces in front of a function's `:`.
    pub(super) fn formals(&mut self, group: &'s Group) -> Tree {
        let structure = self.structure;
        let mut formals = Formals { formals: Vec::new(), open: false, alias: None, span: group.span };
        let segments = structure.segments_of(group);
        for (index, segment) in segments.iter().enumerate() {
            let items = structure.items_of(segment);
            if formals.open {
                let span = self.state.span_of(items, segment);
                let message = "`...` comes last among the arguments";
                let hint = "move the other arguments in front of `...`, and remove a `,` behind it";
                self.state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint));
                break;
            }
            match items {
                [dots] if dots.kind == Kind::Token(TokenKind::Ellipsis) => {
                    formals.open = true;
                    if segment.terminated && index + 1 == segments.len() {
                        self.behind_dots(*dots);
                    }
                }
                _ => formals.formals.extend(self.formal(items, segment)),
            }
        }
        Tree::Formals(formals)
    }

    fn behind_dots(&mut self, dots: Item) {
        let message = "`...` comes last among the arguments, without a `,` behind it";
        let diagnostic = Diagnostic::new(Code::UnexpectedToken, dots.span.end(), message);
        self.state.diagnostics.push(diagnostic.hint("remove the `,`, or move the other arguments in front of `...`"));
    }

    /// `a`, `a : T`, `a ? e`, `a : T ? e`
    fn formal(&mut self, items: &'s [Item], segment: &Segment) -> Option<Formal> {
        let colon = Builder::place(segment.colon);
        let question = Builder::place(segment.assign);
        let head = &items[..colon.or(question).unwrap_or(items.len())];
        let name = match head {
            [name] if matches!(name.kind, Kind::Token(TokenKind::Ident) | Kind::Param | Kind::Alias) => *name,
            _ => {
                self.bad_name(head, items, segment);
                return None;
            }
        };
        let annotation = colon.map(|colon| self.annotation(items, colon, segment));
        let default = question.map(|question| self.expr(&items[question + 1..], segment));
        let doc = self.state.doc(name);
        Some(Formal { name: self.state.symbol(name), name_span: name.span, annotation, default, doc })
    }

    fn bad_name(&mut self, head: &[Item], items: &[Item], segment: &Segment) {
        let is_name = |item: &Item| matches!(item.kind, Kind::Token(TokenKind::Ident) | Kind::Param);
        let (span, message, hint) = match head {
            [] if items.is_empty() => {
                (self.state.end_span(segment), "expected the name of an argument, found `,`", "remove this `,`")
            }
            [first, second, ..] if is_name(first) && is_name(second) => {
                (first.span.end(), "expected `,` between two arguments", "add `,` here")
            }
            [first, second, ..] if is_name(first) && second.kind == Kind::Token(TokenKind::Assign) => {
                (second.span, "expected `?` in front of an argument's default, found `=`", "write `name ? default`")
            }
            _ => (
                self.state.span_of(items, segment),
                "expected the name of an argument",
                "arguments are written `{ a, b ? 1, ... }:`",
            ),
        };
        self.state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint));
    }
}
