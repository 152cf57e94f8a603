//! Groups to trees.
//!
//! Groups are parsed from the inside out, in the order of their numbers. Inside a segment every group is
//! one item, and its finished tree is waiting under the group's number; so the grammar never recurses
//! over brackets, and a mistake spoils one segment. Each segment goes through three steps:
//!
//! 1. The grammar *checks* it: chumsky runs without building anything, with the error type that costs nothing.
//! 2. Where that succeeds, the same grammar runs again and builds; it can't fail now, so it may move
//!    the trees of inner groups into the new tree (a grammar that may still back out could not).
//! 3. Where it fails, the same grammar with chumsky's `Rich` errors says what was expected, and the
//!    segment becomes an `Error` node that holds the trees of the groups in it.
//!
//! Most segments are a single word or bracket, and are built without asking the grammar.
//!
//! One family of constructs, one file: `expr`, `types`, `entries` (sets, `let`, records), `formals`,
//! `strings`; `messages` words the errors; `rules` pairs the parsers with the written grammar.

mod build;
mod entries;
mod expr;
mod formals;
mod messages;
mod rules;
mod strings;
mod types;

pub use rules::RULES;

use chumsky::prelude::*;

use crate::diag::Diagnostic;
use crate::source::Span;

use self::build::{Builder, Tree};
use super::ast::{Expr, ExprKind, TypeExpr, TypeKind};
use super::position::Position;
use super::structure::{GroupKind, Item, Kind, Segment, Structure};
use super::token::{Token, TokenKind};
use super::trivia::Trivia;

/// What the grammar reads.
type Input<'s> = &'s [Item];
/// What it carries along.
type Extra<'s, E> = extra::Full<E, Builder<'s>, ()>;
/// What an action is given.
type Action<'s, 'p, E> = chumsky::input::MapExtra<'s, 'p, Input<'s>, Extra<'s, E>>;
/// A shared part of the grammar.
type Rule<'s, O, E> = Boxed<'s, 's, Input<'s>, O, Extra<'s, E>>;

/// Error types that the grammar works with.
trait Failure<'s>:
    chumsky::error::Error<'s, Input<'s>> + chumsky::label::LabelError<'s, Input<'s>, &'static str> + 's
{
}
impl<'s, E> Failure<'s> for E where
    E: chumsky::error::Error<'s, Input<'s>> + chumsky::label::LabelError<'s, Input<'s>, &'static str> + 's
{
}

/// The ways into the grammar.
struct Grammar<'s, E: Failure<'s>> {
    expr: Rule<'s, Expr, E>,
    list: Rule<'s, Vec<Expr>, E>,
    ty: Rule<'s, TypeExpr, E>,
    inherit: Rule<'s, super::ast::Inherit, E>,
}

impl<'s, E: Failure<'s>> Grammar<'s, E> {
    fn new() -> Grammar<'s, E> {
        let select = expr::select().boxed();
        Grammar {
            expr: expr::expr(select.clone()),
            list: expr::list(select),
            ty: types::ty(),
            inherit: entries::inherit(),
        }
    }
}

/// A finished file.
pub(super) struct Finished {
    pub root: Expr,
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the tree of a file.
pub(super) fn parse(source: Source<'_>, structure: &Structure, positions: Vec<Position>) -> Finished {
    let builder = Builder::new(source, structure, positions);
    let mut parser = Assembler { structure, grammar: Grammar::new(), explaining: None, state: builder };
    for number in 0..structure.groups.len() as u32 {
        let tree = parser.group(number);
        parser.state.trees.push(tree);
    }
    let root = match parser.state.trees.pop() {
        Some(Tree::Expr(root)) => root,
        _ => Expr { kind: ExprKind::Error(Vec::new()), span: Span::NONE },
    };
    Finished { root, diagnostics: std::mem::take(&mut parser.state.diagnostics) }
}

/// The text and tokens of a file.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub text: &'s str,
    pub base: u32,
    pub tokens: &'s [Token],
    pub trivia: &'s Trivia,
}

struct Assembler<'s> {
    structure: &'s Structure,
    grammar: Grammar<'s, EmptyErr>,
    /// The grammar that explains; most files never need it.
    explaining: Option<Grammar<'s, Rich<'s, Item>>>,
    state: Builder<'s>,
}

impl<'s> Assembler<'s> {
    fn group(&mut self, number: u32) -> Tree {
        let structure = self.structure;
        let group = &structure.groups[number as usize];
        if group.skip {
            return Tree::Nothing;
        }
        let segments = structure.segments_of(group);
        let is_type = self.state.positions[number as usize] == Position::Type;
        match group.kind {
            GroupKind::Root | GroupKind::Interp => Tree::Expr(self.expr_of(segments)),
            GroupKind::Paren if is_type => {
                let inner = self.type_of(segments);
                Tree::Type(TypeExpr { kind: TypeKind::Paren(Box::new(inner)), span: group.span })
            }
            GroupKind::Paren => {
                let inner = self.expr_of(segments);
                Tree::Expr(Expr { kind: ExprKind::Paren(Box::new(inner)), span: group.span })
            }
            GroupKind::List if is_type => {
                let inner = self.type_of(segments);
                Tree::Type(TypeExpr { kind: TypeKind::List(Box::new(inner)), span: group.span })
            }
            GroupKind::List => {
                let kind = ExprKind::List(self.elements(segments));
                Tree::Expr(Expr { kind, span: group.span })
            }
            GroupKind::Refine => self.refinement(segments),
            GroupKind::Str | GroupKind::IndStr | GroupKind::Path => self.string(group),
            GroupKind::Formals => self.formals(group),
            GroupKind::Brace => self.brace(number),
            GroupKind::Let => Tree::Let(self.entries(number), None),
            GroupKind::BrokenLet => self.broken_let(number),
        }
    }

    fn expr_of(&mut self, segments: &'s [Segment]) -> Expr {
        match segments.first() {
            Some(segment) => self.expr(self.structure.items_of(segment), segment),
            None => Expr { kind: ExprKind::Error(Vec::new()), span: Span::NONE },
        }
    }

    fn type_of(&mut self, segments: &'s [Segment]) -> TypeExpr {
        match segments.first() {
            Some(segment) => self.ty(self.structure.items_of(segment), segment),
            None => TypeExpr { kind: TypeKind::Error, span: Span::NONE },
        }
    }

    /// Parses items of a segment that are an expression.
    fn expr(&mut self, items: &'s [Item], segment: &Segment) -> Expr {
        if let [item] = items
            && !segment.too_deep
            && let Some(expr) = self.state.atom(*item)
        {
            return expr;
        }
        match self.run(items, segment, |grammar| &grammar.expr, |grammar| &grammar.expr) {
            Some(expr) => expr,
            None => self.state.salvage(items, segment),
        }
    }

    /// Parses items of a segment that are a type.
    fn ty(&mut self, items: &'s [Item], segment: &Segment) -> TypeExpr {
        match self.run(items, segment, |grammar| &grammar.ty, |grammar| &grammar.ty) {
            Some(ty) => ty,
            None => TypeExpr { kind: TypeKind::Error, span: self.state.span_of(items, segment) },
        }
    }

    /// Parses the elements of a list. Commas between them are reported once and left out.
    fn elements(&mut self, segments: &'s [Segment]) -> Vec<Expr> {
        let Some(segment) = segments.first() else { return Vec::new() };
        let items = self.structure.items_of(segment);
        if !segment.too_deep && items.iter().all(|item| build::is_atom(*item)) {
            return items.iter().filter_map(|item| self.state.atom(*item)).collect();
        }
        let comma = |item: &Item| item.kind == Kind::Token(TokenKind::Comma);
        let Some(first) = items.iter().find(|item| comma(item)) else {
            return self.stretch(items, segment);
        };
        if self.structure.json.is_none() {
            self.state.diagnostics.push(messages::comma_in_list(first.span));
        }
        let stretches = items.split(comma);
        stretches.flat_map(|stretch| self.stretch(stretch, segment)).collect()
    }

    fn stretch(&mut self, items: &'s [Item], segment: &Segment) -> Vec<Expr> {
        match self.run(items, segment, |grammar| &grammar.list, |grammar| &grammar.list) {
            Some(elements) => elements,
            None => vec![self.state.salvage(items, segment)],
        }
    }

    /// Runs one way into the grammar on some items; reports why where it fails.
    fn run<O>(
        &mut self,
        items: &'s [Item],
        segment: &Segment,
        quick: impl for<'g> Fn(&'g Grammar<'s, EmptyErr>) -> &'g Rule<'s, O, EmptyErr>,
        rich: impl for<'g> Fn(&'g Grammar<'s, Rich<'s, Item>>) -> &'g Rule<'s, O, Rich<'s, Item>>,
    ) -> Option<O> {
        if segment.too_deep {
            return None;
        }
        let rule = quick(&self.grammar);
        if !rule.check_with_state(items, &mut self.state).has_errors() {
            return rule.parse_with_state(items, &mut self.state).into_output();
        }
        let grammar = self.explaining.get_or_insert_with(Grammar::new);
        let errors = rich(grammar).check_with_state(items, &mut self.state).into_errors();
        let diagnostic = messages::explain(&self.state, errors.first(), items, segment);
        self.state.diagnostics.extend(diagnostic);
        None
    }
}

/// One word.
fn token<'s, E: Failure<'s>>(kind: TokenKind) -> impl Parser<'s, Input<'s>, Item, Extra<'s, E>> + Clone {
    item(Kind::Token(kind), kind.shown())
}

/// One item, called `shown` in messages.
fn item<'s, E: Failure<'s>>(kind: Kind, shown: &'static str) -> impl Parser<'s, Input<'s>, Item, Extra<'s, E>> + Clone {
    any().filter(move |item: &Item| item.kind == kind).labelled(shown)
}
