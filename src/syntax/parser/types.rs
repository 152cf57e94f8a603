//! Types.

use chumsky::prelude::*;

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;

use super::super::ast::{Expr, ExprKind, Literal, Refinement, StrPart, TypeExpr, TypeKind};
use super::super::structure::{GroupKind, Item, Kind, Segment};
use super::super::text;
use super::super::token::TokenKind;
use super::build::{Builder, Tree};
use super::{Action, Assembler, Extra, Failure, Input, Rule, item, messages, token};

/// `type`: functions are read as a chain and folded from the right.
pub(super) fn ty<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    union()
        .separated_by(token(TokenKind::Arrow))
        .at_least(1)
        .collect::<Vec<_>>()
        .map(|mut chain| {
            let last = chain.pop().unwrap_or(TypeExpr { kind: TypeKind::Error, span: Span::NONE });
            chain.into_iter().rfold(last, |result, argument| {
                let span = argument.span.to(result.span);
                TypeExpr { kind: TypeKind::Function(Box::new(argument), Box::new(result)), span }
            })
        })
        .boxed()
}

/// `union`; a `|` may also stand in front of the first.
fn union<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    joined()
        .separated_by(token(TokenKind::Bar))
        .allow_leading()
        .at_least(1)
        .collect::<Vec<_>>()
        .map(|mut members| match members.len() {
            1 => members.remove(0),
            _ => {
                let span = members[0].span.to(members[members.len() - 1].span);
                TypeExpr { kind: TypeKind::Union(members), span }
            }
        })
        .boxed()
}

/// `joined_type`
fn joined<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    application()
        .separated_by(token(TokenKind::Ampersand))
        .at_least(1)
        .collect::<Vec<_>>()
        .map(|mut parts| match parts.len() {
            1 => parts.remove(0),
            _ => {
                let span = parts[0].span.to(parts[parts.len() - 1].span);
                TypeExpr { kind: TypeKind::Joined(parts), span }
            }
        })
        .boxed()
}

/// `type_application`: a declared type with its arguments.
fn application<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    let refined = refined();
    refined
        .clone()
        .then(refined.repeated().collect::<Vec<_>>())
        .map(|(head, arguments)| match arguments.last() {
            None => head,
            Some(last) => {
                let span = head.span.to(last.span);
                TypeExpr { kind: TypeKind::Apply { head: Box::new(head), arguments }, span }
            }
        })
        .boxed()
}

/// `refined_type`
fn refined<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    primary()
        .then(item(Kind::Group(GroupKind::Refine), "`(`").or_not())
        .map_with(|(base, group), e| {
            let state: &mut Builder = e.state();
            let Some(group) = group else { return base };
            let span = base.span.to(group.span);
            match state.take(group) {
                Tree::Refinement(by) => TypeExpr { kind: TypeKind::Refined { base: Box::new(base), by }, span },
                _ => TypeExpr { kind: TypeKind::Error, span },
            }
        })
        .boxed()
}

/// `primary_type`
fn primary<'s, E: Failure<'s>>() -> Rule<'s, TypeExpr, E> {
    choice((name(), bracket(), literal(), unknown())).labelled("a type").boxed()
}

fn name<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, TypeExpr, Extra<'s, E>> {
    let part = any().filter(|item: &Item| matches!(item.kind, Kind::Token(TokenKind::Ident) | Kind::Param));
    let quoted = item(Kind::Group(GroupKind::Str), "a name");
    let further = choice((part.labelled("a name").map_with(named), quoted.map_with(quoted_name)));
    part.labelled("a type")
        .map_with(named)
        .then(token(TokenKind::Dot).ignore_then(further).repeated().collect::<Vec<_>>())
        .map(|(first, rest)| {
            let span = first.1.to(rest.last().map_or(first.1, |last| last.1));
            let path: Option<Vec<_>> =
                std::iter::once(first).chain(rest).map(|(name, span)| name.map(|name| (name, span))).collect();
            TypeExpr { kind: path.map_or(TypeKind::Error, TypeKind::Name), span }
        })
}

fn named<'s, E: Failure<'s>>(item: Item, e: &mut Action<'s, '_, E>) -> (Option<Symbol>, Span) {
    let state: &mut Builder = e.state();
    (Some(state.symbol(item)), item.span)
}

/// A name in quotes: `k8s."example.com".v1.Widget`.
fn quoted_name<'s, E: Failure<'s>>(item: Item, e: &mut Action<'s, '_, E>) -> (Option<Symbol>, Span) {
    let state: &mut Builder = e.state();
    let literal = match state.take(item) {
        Tree::Expr(Expr { kind: ExprKind::Str(parts), .. }) => literal_string(state, parts, item.span).kind,
        _ => TypeKind::Error,
    };
    match literal {
        TypeKind::Literal(Literal::Str(text)) => (Some(Symbol::new(&text)), item.span),
        _ => (None, item.span),
    }
}

/// `[T]`, `( T )`, `{ a : T; }`, `"literal"`
fn bracket<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, TypeExpr, Extra<'s, E>> {
    use GroupKind::{Brace, List, Paren, Str};
    any()
        .filter(|item: &Item| matches!(item.kind, Kind::Group(Paren | List | Brace | Str)))
        .labelled("a type")
        .map_with(|item: Item, e| {
            let state: &mut Builder = e.state();
            match state.take(item) {
                Tree::Type(ty) => TypeExpr { span: item.span, ..ty },
                Tree::Expr(expr) => match expr.kind {
                    ExprKind::Str(parts) => literal_string(state, parts, item.span),
                    _ => TypeExpr { kind: TypeKind::Error, span: item.span },
                },
                _ => TypeExpr { kind: TypeKind::Error, span: item.span },
            }
        })
}

fn literal_string(state: &mut Builder, parts: Vec<StrPart>, span: Span) -> TypeExpr {
    let kind = match parts.as_slice() {
        [] => TypeKind::Literal(Literal::Str("".into())),
        [StrPart::Text(text)] => TypeKind::Literal(Literal::Str(text.clone())),
        _ => {
            let message = "a string in a type cannot hold `${…}`";
            let hint = "write the string out, or use `String`";
            state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint));
            TypeKind::Error
        }
    };
    TypeExpr { kind, span }
}

/// Already reported.
fn unknown<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, TypeExpr, Extra<'s, E>> {
    any()
        .filter(|item: &Item| matches!(item.kind, Kind::Token(TokenKind::Unknown | TokenKind::Url)))
        .map(|item: Item| TypeExpr { kind: TypeKind::Error, span: item.span })
}

/// `1`, `-1`, `1.5`
fn literal<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, TypeExpr, Extra<'s, E>> {
    token(TokenKind::Minus)
        .or_not()
        .then(any().filter(|item: &Item| matches!(item.kind, Kind::Token(TokenKind::Int | TokenKind::Float))))
        .map_with(|(minus, number): (Option<Item>, Item), e| {
            let state: &mut Builder = e.state();
            let span = minus.map_or(number.span, |minus| minus.span.to(number.span));
            let kind = number_literal(state, minus.is_some(), number).map_or(TypeKind::Error, TypeKind::Literal);
            TypeExpr { kind, span }
        })
}

/// `None`: already reported by the lexer.
fn number_literal(state: &Builder, negative: bool, number: Item) -> Option<Literal> {
    let text = state.text(number.span);
    match number.kind {
        Kind::Token(TokenKind::Float) => {
            let value: f64 = text.parse().ok()?;
            Some(Literal::Float(if negative { -value } else { value }))
        }
        _ => {
            let value: i64 = text.parse().ok()?;
            Some(Literal::Int(if negative { -value } else { value }))
        }
    }
}

impl<'s> Assembler<'s> {
    /// `( 1..5 )`, `( /…/ )`
    pub(super) fn refinement(&mut self, segments: &'s [Segment]) -> Tree {
        let Some(segment) = segments.first() else { return Tree::Nothing };
        let items = self.structure.items_of(segment);
        match items {
            [pattern] if pattern.kind == Kind::Token(TokenKind::Regex) => {
                let raw = self.state.text(pattern.span);
                let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
                Tree::Refinement(Refinement::Pattern(text::pattern_text(inner)))
            }
            _ => self.range(items, segment),
        }
    }

    fn range(&mut self, items: &'s [Item], segment: &Segment) -> Tree {
        let dots = items.iter().position(|item| item.kind == Kind::Token(TokenKind::DotDot));
        let (before, after) = match dots {
            Some(dots) => (&items[..dots], &items[dots + 1..]),
            None => (items, items),
        };
        match (self.bound(before), self.bound(after)) {
            (Some(min), Some(max)) if dots.is_some() => Tree::Refinement(Refinement::Range { min, max }),
            _ => {
                let span = self.state.span_of(items, segment);
                self.state.diagnostics.push(messages::bad_refinement(span));
                Tree::Nothing
            }
        }
    }

    /// The outer `None`: neither a number nor nothing.
    fn bound(&mut self, items: &[Item]) -> Option<Option<Literal>> {
        let (negative, number) = match items {
            [] => return Some(None),
            [number] => (false, number),
            [minus, number] if minus.kind == Kind::Token(TokenKind::Minus) => (true, number),
            _ => return None,
        };
        let numeric = matches!(number.kind, Kind::Token(TokenKind::Int | TokenKind::Float));
        numeric.then(|| number_literal(&self.state, negative, *number))
    }
}
