//! Expressions: everything but what stands inside brackets.
//!
//! The grammar looks at one item to know where it is and never takes a step back over a group. Functions,
//! `with`, `assert`, `let` and `if … else` are heads in front of an operator expression, read in a loop and
//! folded from the right, so that a long chain of them needs no deep stack here.

use chumsky::pratt::{infix, left, none, postfix, prefix, right};
use chumsky::prelude::*;

use crate::source::Span;

use super::super::ast::{AttrName, AttrsExpr, BinaryOp, Entry, Expr, ExprKind, Formals, LambdaExpr, Param, UnaryOp};
use super::super::segment::is_attr_name;
use super::super::structure::{GroupKind, Item, Kind};
use super::super::token::TokenKind;
use super::build::{Builder, Tree, is_atom};
use super::{Action, Extra, Failure, Input, Rule, item, messages, token};

/// `expr`
pub(super) fn expr<'s, E: Failure<'s>>(select: Rule<'s, Expr, E>) -> Rule<'s, Expr, E> {
    recursive(|expr| {
        let pipe = pipe(operators(apply(select)));
        heads(expr.boxed())
            .repeated()
            .collect::<Vec<_>>()
            .then(pipe)
            .map(|(heads, body)| heads.into_iter().rfold(body, |body, head| head.onto(body)))
    })
    .boxed()
}

/// `list`: elements are selections, so a call in a list needs parentheses.
pub(super) fn list<'s, E: Failure<'s>>(select: Rule<'s, Expr, E>) -> Rule<'s, Vec<Expr>, E> {
    select.repeated().collect().boxed()
}

/// What may stand in front of a body.
enum Head {
    Lambda(Param, Span),
    With(Expr, Span),
    Assert(Expr, Span),
    Let(Vec<Entry>, Span),
    If(Expr, Expr, Span),
}

impl Head {
    fn onto(self, body: Expr) -> Expr {
        let end = body.span;
        let (kind, start) = match self {
            Head::Lambda(param, span) => (ExprKind::Lambda(Box::new(LambdaExpr { param, body })), span),
            Head::With(scope, span) => (ExprKind::With { scope: Box::new(scope), body: Box::new(body) }, span),
            Head::Assert(condition, span) => {
                (ExprKind::Assert { condition: Box::new(condition), body: Box::new(body) }, span)
            }
            Head::Let(entries, span) => (ExprKind::Let { entries, body: Box::new(body) }, span),
            Head::If(condition, then, span) => {
                let (condition, then) = (Box::new(condition), Box::new(then));
                (ExprKind::If { condition, then, otherwise: Box::new(body) }, span)
            }
        };
        Expr { kind, span: start.to(end) }
    }
}

fn heads<'s, E: Failure<'s>>(expr: Rule<'s, Expr, E>) -> Rule<'s, Head, E> {
    choice((lambda_head(), keyword_head(expr))).labelled("an expression").boxed()
}

/// `x:`, `{ a }:`, `{ a }@x:`, `x@{ a }:`
fn lambda_head<'s, E: Failure<'s>>() -> Rule<'s, Head, E> {
    let colon = || token(TokenKind::Colon);
    let at = || token(TokenKind::At);
    let name = || item(Kind::Param, "a name");
    let formals = || item(Kind::Group(GroupKind::Formals), "`{`");
    choice((
        name().then_ignore(colon()).map_with(|name, e| {
            let state: &mut Builder = e.state();
            Head::Lambda(Param::Name(state.symbol(name), name.span), name.span)
        }),
        formals()
            .then(at().ignore_then(name()).or_not())
            .then_ignore(colon())
            .map_with(|(group, alias), e| lambda(e.state(), group, alias)),
        item(Kind::Alias, "a name")
            .then_ignore(at())
            .then(formals())
            .then_ignore(colon())
            .map_with(|(alias, group), e| lambda(e.state(), group, Some(alias))),
    ))
    .boxed()
}

/// `let … in`, `if … then … else`, `with …;`, `assert …;`
fn keyword_head<'s, E: Failure<'s>>(expr: Rule<'s, Expr, E>) -> Rule<'s, Head, E> {
    choice((
        item(Kind::Group(GroupKind::Let), "`let`").map_with(|group, e| {
            let state: &mut Builder = e.state();
            match state.take(group) {
                Tree::Let(entries, _) => Head::Let(entries, group.span),
                _ => Head::Let(Vec::new(), group.span),
            }
        }),
        token(TokenKind::If)
            .then(expr.clone())
            .then_ignore(token(TokenKind::Then))
            .then(expr.clone())
            .then_ignore(token(TokenKind::Else))
            .map(|((word, condition), then)| Head::If(condition, then, word.span)),
        token(TokenKind::With)
            .then(expr.clone())
            .then_ignore(token(TokenKind::Semicolon))
            .map(|(word, scope)| Head::With(scope, word.span)),
        token(TokenKind::Assert)
            .then(expr)
            .then_ignore(token(TokenKind::Semicolon))
            .map(|(word, condition)| Head::Assert(condition, word.span)),
    ))
    .boxed()
}

fn lambda(state: &mut Builder, group: Item, alias: Option<Item>) -> Head {
    let alias_of = alias.map(|item| (state.symbol(item), item.span));
    let formals = match state.take(group) {
        Tree::Formals(formals) => Formals { alias: alias_of, ..formals },
        _ => Formals { formals: Vec::new(), open: true, alias: alias_of, span: group.span },
    };
    let start = alias.map_or(group.span, |item| item.span.to(group.span));
    Head::Lambda(Param::Formals(formals), start)
}

/// `pipe`: either arrow chains with itself, not with the other.
fn pipe<'s, E: Failure<'s>>(operand: Rule<'s, Expr, E>) -> Rule<'s, Expr, E> {
    let tail = |arrow: TokenKind| token(arrow).then(operand.clone()).repeated().at_least(1).collect::<Vec<_>>();
    operand
        .clone()
        .then(choice((tail(TokenKind::PipeRight), tail(TokenKind::PipeLeft))).or_not())
        .map(|(first, tail)| match tail {
            None => first,
            Some(tail) if tail[0].0.kind == Kind::Token(TokenKind::PipeRight) => tail
                .into_iter()
                .fold(first, |left, (arrow, right)| binary(BinaryOp::PipeRight, left, arrow.span, right)),
            Some(tail) => pipe_left(first, tail),
        })
        .boxed()
}

/// `a <| b <| c` is `a <| (b <| c)`.
fn pipe_left(first: Expr, tail: Vec<(Item, Expr)>) -> Expr {
    let mut arrows = Vec::with_capacity(tail.len());
    let mut operands = vec![first];
    for (arrow, operand) in tail {
        arrows.push(arrow.span);
        operands.push(operand);
    }
    let last = operands.pop();
    let folded = operands
        .into_iter()
        .zip(arrows)
        .rev()
        .fold(last, |right, (left, arrow)| right.map(|right| binary(BinaryOp::PipeLeft, left, arrow, right)));
    folded.unwrap_or(Expr { kind: ExprKind::Error(Vec::new()), span: Span::NONE })
}

/// `operators`, from loose to tight. An operator that is an argument of `none` can't be chained.
fn operators<'s, E: Failure<'s>>(operand: Rule<'s, Expr, E>) -> Rule<'s, Expr, E> {
    use BinaryOp::*;
    let ops = |table: &'static [(TokenKind, BinaryOp)]| {
        select! { item if operator(table, item).is_some() => item }
            .map(move |item: Item| (item.span, operator(table, item).unwrap_or(Add)))
            .labelled("an operator")
            .boxed()
    };
    let has = token(TokenKind::Question).labelled("an operator").ignore_then(path()).boxed();
    operand
        .pratt((
            infix(right(1), ops(&[(TokenKind::Arrow, Implies)]), fold_binary),
            infix(left(2), ops(&[(TokenKind::OrOr, Or)]), fold_binary),
            infix(left(3), ops(&[(TokenKind::AndAnd, And)]), fold_binary),
            infix(none(4), ops(&[(TokenKind::EqEq, Equal), (TokenKind::NotEq, NotEqual)]), fold_binary),
            infix(
                none(5),
                ops(&[
                    (TokenKind::Less, Less),
                    (TokenKind::LessEq, LessEqual),
                    (TokenKind::Greater, Greater),
                    (TokenKind::GreaterEq, GreaterEqual),
                ]),
                fold_binary,
            ),
            infix(right(6), ops(&[(TokenKind::Update, Update)]), fold_binary),
            prefix(7, token(TokenKind::Not).labelled("an expression"), fold_not),
            infix(left(8), ops(&[(TokenKind::Plus, Add), (TokenKind::Minus, Subtract)]), fold_binary),
            infix(left(9), ops(&[(TokenKind::Star, Multiply), (TokenKind::Slash, Divide)]), fold_binary),
            infix(right(10), ops(&[(TokenKind::Concat, Concat)]), fold_binary),
            postfix(11, has, fold_has_attr),
            prefix(12, token(TokenKind::Minus).labelled("an expression"), fold_negate),
        ))
        .boxed()
}

fn operator(table: &[(TokenKind, BinaryOp)], item: Item) -> Option<BinaryOp> {
    table.iter().find(|(kind, _)| item.kind == Kind::Token(*kind)).map(|(_, op)| *op)
}

fn binary(op: BinaryOp, left: Expr, op_span: Span, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, op_span, left: Box::new(left), right: Box::new(right) }, span }
}

fn unary(op: UnaryOp, word: Item, operand: Expr) -> Expr {
    let span = word.span.to(operand.span);
    Expr { kind: ExprKind::Unary { op, operand: Box::new(operand) }, span }
}

fn fold_binary<'s, E: Failure<'s>>(
    left: Expr,
    (at, op): (Span, BinaryOp),
    right: Expr,
    _: &mut Action<'s, '_, E>,
) -> Expr {
    binary(op, left, at, right)
}

fn fold_not<'s, E: Failure<'s>>(word: Item, operand: Expr, _: &mut Action<'s, '_, E>) -> Expr {
    unary(UnaryOp::Not, word, operand)
}

fn fold_negate<'s, E: Failure<'s>>(word: Item, operand: Expr, _: &mut Action<'s, '_, E>) -> Expr {
    unary(UnaryOp::Negate, word, operand)
}

fn fold_has_attr<'s, E: Failure<'s>>(subject: Expr, path: Vec<AttrName>, _: &mut Action<'s, '_, E>) -> Expr {
    let span = subject.span.to(path.last().map_or(subject.span, |name| name.span));
    Expr { kind: ExprKind::HasAttr { subject: Box::new(subject), path }, span }
}

/// `apply`: a call with all its arguments.
fn apply<'s, E: Failure<'s>>(select: Rule<'s, Expr, E>) -> Rule<'s, Expr, E> {
    select
        .clone()
        .then(select.repeated().collect::<Vec<_>>())
        .map(|(function, arguments)| match arguments.last() {
            None => function,
            Some(last) => {
                let span = function.span.to(last.span);
                Expr { kind: ExprKind::Apply { function: Box::new(function), arguments }, span }
            }
        })
        .boxed()
}

/// `select`: `a.b`, `a.b or c.d or e`, and the odd `f or`, which calls `f` with a value named `or`.
pub(super) fn select<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, Expr, Extra<'s, E>> {
    let or_name = token(TokenKind::Or).map_with(|item: Item, e| {
        let state: &mut Builder = e.state();
        Tail::Or(Expr { kind: ExprKind::Var(state.symbol(item)), span: item.span })
    });
    let tail = token(TokenKind::Dot).ignore_then(path()).map(Tail::Path).or(or_name).or_not();
    let part = simple().then(tail).map(|(subject, tail)| match tail {
        None => subject,
        Some(Tail::Path(path)) => {
            let span = subject.span.to(path.last().map_or(subject.span, |name| name.span));
            Expr { kind: ExprKind::Select { subject: Box::new(subject), path, default: None }, span }
        }
        Some(Tail::Or(or)) => {
            let span = subject.span.to(or.span);
            Expr { kind: ExprKind::Apply { function: Box::new(subject), arguments: vec![or] }, span }
        }
    });
    let part = part.boxed();
    part.clone().then(item(Kind::OrDefault, "`or`").ignore_then(part).repeated().collect::<Vec<_>>()).map(
        |(first, mut defaults)| match defaults.pop() {
            None => first,
            Some(last) => {
                let folded = defaults.into_iter().rev().fold(last, with_default);
                with_default(folded, first)
            }
        },
    )
}

enum Tail {
    Path(Vec<AttrName>),
    Or(Expr),
}

fn with_default(fallback: Expr, select: Expr) -> Expr {
    let span = select.span.to(fallback.span);
    match select.kind {
        ExprKind::Select { subject, path, default: None } => {
            Expr { kind: ExprKind::Select { subject, path, default: Some(Box::new(fallback)) }, span }
        }
        // Structure lets an `or` take a default only behind a selection.
        _ => Expr { kind: ExprKind::Error(vec![select, fallback]), span },
    }
}

/// `path`: `a."b".${c}`
pub(super) fn path<'s, E: Failure<'s>>() -> Rule<'s, Vec<AttrName>, E> {
    attr_name().separated_by(token(TokenKind::Dot)).at_least(1).collect().boxed()
}

/// `name`
pub(super) fn attr_name<'s, E: Failure<'s>>() -> impl Parser<'s, Input<'s>, AttrName, Extra<'s, E>> + Clone {
    any()
        .filter(|item: &Item| is_attr_name(item.kind))
        .map_with(|item: Item, e| {
            let state: &mut Builder = e.state();
            state.attr_name(item)
        })
        .labelled("a name")
}

/// `simple`: one word or bracket, `rec { … }`, `let { … }`.
fn simple<'s, E: Failure<'s>>() -> Rule<'s, Expr, E> {
    let set = || item(Kind::Group(GroupKind::Brace), "`{`");
    let atom = any().filter(|item: &Item| is_atom(*item));
    choice((
        atom.map_with(|item: Item, e| {
            let state: &mut Builder = e.state();
            state.atom(item).unwrap_or(Expr { kind: ExprKind::Error(Vec::new()), span: item.span })
        }),
        token(TokenKind::Rec).then(set()).map_with(|(word, group), e| {
            let state: &mut Builder = e.state();
            let span = word.span.to(group.span);
            match state.take(group) {
                Tree::Set(entries) => Expr { kind: ExprKind::Attrs(AttrsExpr { recursive: true, entries }), span },
                tree => messages::rec_type(state, tree, word.span, span),
            }
        }),
        token(TokenKind::Let).then(set()).map_with(|(word, group), e| {
            let state: &mut Builder = e.state();
            let span = word.span.to(group.span);
            match state.take(group) {
                Tree::Set(entries) => Expr { kind: ExprKind::LegacyLet(entries), span },
                tree => messages::rec_type(state, tree, word.span, span),
            }
        }),
    ))
    .labelled("an expression")
    .boxed()
}
