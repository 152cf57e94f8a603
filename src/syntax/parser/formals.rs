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
            match items {
                [dots] if dots.kind == Kind::Token(TokenKind::Ellipsis) => {
                    let last = index + 1 == segments.len();
                    if !formals.open && (segment.terminated || !last) {
                        self.behind_dots(*dots, last);
                    }
                    formals.open = true;
                }
                _ => self.formal(items, segment, &mut formals.formals),
            }
        }
        Tree::Formals(formals)
    }

    fn behind_dots(&mut self, dots: Item, last: bool) {
        let (span, message, hint) = match last {
            true => {
                (dots.span.end(), "`...` comes last among the arguments, without a `,` behind it", "remove this `,`")
            }
            false => (dots.span, "`...` comes last among the arguments", "move it behind the other arguments"),
        };
        self.state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint));
    }

    /// `a`, `a : T`, `a ? e`, `a : T ? e`
    fn formal(&mut self, items: &'s [Item], segment: &Segment, formals: &mut Vec<Formal>) {
        let colon = Builder::place(segment.colon);
        let question = Builder::place(segment.assign);
        let head = &items[..colon.or(question).unwrap_or(items.len())];
        let name = match head {
            [name] if is_argument(name) => *name,
            _ => {
                self.bad_name(head, items, segment);
                // What was meant is bound all the same, so that its uses are not reported too.
                let names = head.iter().take_while(|item| is_argument(item)).map(|name| self.plain(*name));
                return formals.extend(names.collect::<Vec<_>>());
            }
        };
        let annotation = colon.map(|colon| self.annotation(items, colon, segment));
        let default = question.map(|question| self.expr(&items[question + 1..], segment));
        let doc = self.state.doc(name);
        formals.push(Formal { annotation, default, doc, ..self.plain(name) });
    }

    fn plain(&self, name: Item) -> Formal {
        let symbol = self.state.symbol(name);
        Formal { name: symbol, name_span: name.span, annotation: None, default: None, doc: None }
    }

    fn bad_name(&mut self, head: &[Item], items: &[Item], segment: &Segment) {
        let (span, message, hint) = match head {
            [] if items.is_empty() => {
                (self.state.end_span(segment), "expected the name of an argument, found `,`", "remove this `,`")
            }
            [first, second, ..] if is_argument(first) && is_argument(second) => {
                (first.span.end(), "expected `,` between two arguments", "add `,` here")
            }
            [first, second, ..] if is_argument(first) && second.kind == Kind::Token(TokenKind::Assign) => {
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

/// Whether an argument can be called so.
fn is_argument(item: &Item) -> bool {
    matches!(item.kind, Kind::Token(TokenKind::Ident) | Kind::Param | Kind::Alias)
}
