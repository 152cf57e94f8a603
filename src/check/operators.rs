//! Operators. Their left operand decides what they mean: where it is a number the right one has to be a number,
//! where it is a string the right one has to become one. Either operand may be the argument of a function, and known
//! only later; so an operator is a demand on its left operand ([`Op::Left`]) that, once it is known, makes a demand on
//! the right one ([`Op::Right`]), and that in the end says what comes out.

use std::rc::Rc;

use super::Checker;
use super::fit::Fit;
use super::flow::widened;
use super::need::{Need, Why};
use super::scope::Env;
use super::ty::{Family, Op, Operator, Row, Ty, TyRef, known};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{BinaryOp, TermKind, TermRef, UnaryOp};
use crate::types::findings::{self, Look};
use crate::types::{Bounds, Scalar, Type};

/// What an operand is, as far as the other one has to match it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group {
    Int,
    Float,
    Number,
    Text,
    Path,
    List,
}

impl Checker<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &TermRef, env: &Env) -> TyRef {
        match op {
            UnaryOp::Not => {
                self.condition(operand, env, "the operand of `!`");
                known(Type::Bool)
            }
            UnaryOp::Negate => {
                if let Some(number) = negated(operand) {
                    return Rc::new(Ty::Value(number));
                }
                let ty = self.infer(operand, env);
                let result = self.store.fresh(self.level);
                let waits: TyRef = Rc::new(Ty::Op(Rc::new(Op::Negated { result: result.clone() })));
                self.flow(&ty, operand.span, &waits, &Need::kind("the operand of `-`", "a number", operand.span));
                self.settled(&result, &[ty])
            }
        }
    }

    /// A condition, which has to be a boolean.
    pub(super) fn condition(&mut self, term: &TermRef, env: &Env, what: &str) {
        let need = Need::kind(what, "a boolean", term.span);
        self.expect(term, env, &known(Type::Bool), &need);
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: &TermRef, right: &TermRef, env: &Env, span: Span) -> TyRef {
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Implies => {
                self.condition(left, env, &side("left", op));
                let (holds, fails) = self.facts_of(left, env);
                let inner = if op == BinaryOp::Or { fails } else { holds };
                self.condition(right, &inner, &side("right", op));
                known(Type::Bool)
            }
            BinaryOp::PipeRight => self.application(right, std::slice::from_ref(left), env, span),
            BinaryOp::PipeLeft => self.application(left, std::slice::from_ref(right), env, span),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let (l, r) = (self.infer(left, env), self.infer(right, env));
                self.compared_secret((&l, left.span), (&r, right.span), span);
                known(Type::Bool)
            }
            BinaryOp::Concat => {
                let item = self.store.fresh(self.level);
                let list: TyRef = Rc::new(Ty::List(item));
                self.concatenated(left, right, env, &list, None);
                list
            }
            BinaryOp::Update => {
                let (l, r) = (self.infer(left, env), self.infer(right, env));
                self.update(&l, left.span, &r, right.span)
            }
            BinaryOp::Less | BinaryOp::Greater | BinaryOp::LessEqual | BinaryOp::GreaterEqual => {
                self.operands(Family::Comparison, op, (left, right), env, span);
                known(Type::Bool)
            }
            BinaryOp::Add => self.operands(Family::Plus, op, (left, right), env, span),
            _ => self.operands(Family::Arithmetic, op, (left, right), env, span),
        }
    }

    /// `left ++ right`, both of which are such lists. `need`: who else demands it.
    pub(super) fn concatenated(
        &mut self,
        left: &TermRef,
        right: &TermRef,
        env: &Env,
        list: &TyRef,
        need: Option<&Rc<Need>>,
    ) {
        for (which, term) in [("left", left), ("right", right)] {
            let own = Need::kind(&side(which, BinaryOp::Concat), "a list", term.span);
            self.expect(term, env, list, need.unwrap_or(&own));
        }
    }

    fn operands(
        &mut self,
        family: Family,
        op: BinaryOp,
        (left, right): (&TermRef, &TermRef),
        env: &Env,
        span: Span,
    ) -> TyRef {
        let (l, r) = (self.infer(left, env), self.infer(right, env));
        let result = self.store.fresh(self.level);
        let operator =
            Operator { family, right_need: Need::kind(&side("right", op), family.numeric(), right.span), span };
        let waits = Op::Left { operator, right: r.clone(), place: right.span, result: result.clone() };
        let waits: TyRef = Rc::new(Ty::Op(Rc::new(waits)));
        self.flow(&l, left.span, &waits, &Need::kind(&side("left", op), family.wanted(), left.span));
        self.settled(&result, &[l, r])
    }

    /// The result of an operator whose operands are known: what it is by now. Else it waits.
    fn settled(&mut self, result: &TyRef, operands: &[TyRef]) -> TyRef {
        let waits = operands.iter().any(|operand| {
            let mut found = Vec::new();
            super::store::variables(&self.shape(operand), &mut found);
            !found.is_empty()
        });
        let Ty::Var(id) = &**result else { return result.clone() };
        let lower: Vec<TyRef> = self.store.lower(*id).iter().map(|lower| lower.ty.clone()).collect();
        match waits || lower.is_empty() {
            true => result.clone(),
            false => self.join(lower),
        }
    }

    /// What is surely no right operand, whatever the left one is; or decides what the left one is.
    pub(super) fn flow_operator(&mut self, l: &TyRef, place: Span, op: &Rc<Op>, need: &Rc<Need>) {
        let whole = || -> TyRef { Rc::new(Ty::Op(op.clone())) };
        match &**op {
            Op::Negated { result } => match group(l) {
                Some(Group::Int | Group::Float | Group::Number) => self.flow(&widened(l), place, result, need),
                _ => self.mismatch(l, place, &whole(), need),
            },
            Op::Left { operator, right, place: at, result } => match group_in(l, operator.family) {
                None => self.no_operand(l, place, right, (operator, need)),
                Some(Group::Text | Group::Path) if operator.family == Family::Plus => {
                    let text = self.text();
                    // What a set becomes is computed by itself.
                    self.dynamic |= matches!(&**l, Ty::Row(_));
                    self.flow(right, *at, &text, &Need::of(Why::Text, *at));
                    let made = if group(l) == Some(Group::Path) { Type::Path } else { Type::string() };
                    self.flow(&known(made), operator.span, result, need);
                }
                Some(_) => {
                    let waits =
                        Op::Right { operator: operator.clone(), left: widened(l), place, result: result.clone() };
                    self.flow(right, *at, &(Rc::new(Ty::Op(Rc::new(waits))) as TyRef), &operator.right_need);
                }
            },
            Op::Right { operator, left, place: at, result } => {
                let made = group(left).zip(group_in(l, operator.family)).and_then(|(a, b)| combined(a, b));
                match made {
                    Some(made) => {
                        // Whether their items have an order is seen where two of them differ.
                        self.dynamic |= group(left) == Some(Group::List);
                        self.flow(&made, operator.span, result, need);
                    }
                    None if operator.family == Family::Comparison => {
                        self.not_comparable((left, *at), (l, place), operator.span);
                    }
                    None => self.mismatch(l, place, &whole(), need),
                }
            }
            Op::UpdateLeft { right, place: at, result } => match &**l {
                Ty::Row(left) => {
                    let waits =
                        Rc::new(Ty::Op(Rc::new(Op::UpdateRight { left: left.clone(), result: result.clone() })));
                    self.flow(right, *at, &(waits as TyRef), &Need::kind("the right operand of `//`", "a set", *at));
                }
                Ty::Option(_) | Ty::Space(_) | Ty::Definition(..) => {
                    self.dynamic = true;
                    self.flow(&Ty::any(), place, result, need);
                }
                _ => self.mismatch(l, place, &whole(), need),
            },
            Op::UpdateRight { left, result } => match &**l {
                Ty::Row(right) => {
                    let whole = super::records::updated(left, right);
                    self.flow(&super::ty::row(whole), place, result, need);
                }
                Ty::Option(_) | Ty::Space(_) | Ty::Definition(..) => {
                    self.dynamic = true;
                    self.flow(&Ty::any(), place, result, need);
                }
                _ => self.mismatch(l, place, &whole(), need),
            },
            Op::Or { name, result } => {
                let Ty::Row(row) = &**l else { return };
                match (row.fields.get(name), &row.rest) {
                    (Some(field), _) => self.flow(&field.ty, place, result, need),
                    (None, Some(rest)) => self.flow(rest, place, result, need),
                    (None, None) => {}
                }
            }
        }
    }

    /// A left operand for which the operator has no meaning.
    fn no_operand(&mut self, l: &TyRef, place: Span, right: &TyRef, (operator, need): (&Operator, &Rc<Need>)) {
        if self.look(l) == Look::Secret && operator.family == Family::Plus {
            return self.visible_text(place, need.place);
        }
        if operator.family == Family::Comparison {
            return self.not_comparable((l, place), (right, operator.right_need.place), operator.span);
        }
        // Beside a number, it should have been a number.
        let right = self.shape(right);
        let need = match (operator.family, group(&right)) {
            (Family::Plus, Some(Group::Int | Group::Float | Group::Number)) => {
                Need::kind(&need.to_string(), Family::Arithmetic.wanted(), need.place)
            }
            _ => need.clone(),
        };
        let number = known(Type::Number(Bounds::NONE));
        self.mismatch(l, place, &number, &need);
    }

    /// Two values that have no order.
    fn not_comparable(&mut self, left: (&TyRef, Span), right: (&TyRef, Span), span: Span) {
        if self.compared_secret(left, right, span) {
            return;
        }
        let (a, b) = (self.describe(left.0), self.describe(right.0));
        let place = if self.is_told(span) { span } else { left.1 };
        let finding = Diagnostic::new(Code::NotComparable, place, format!("cannot compare {a} with {b}"))
            .label("compared here")
            .also(left.1, format!("this is {a}"))
            .also(right.1, format!("this is {b}"))
            .hint("only numbers, strings, paths and lists of these have an order");
        self.report(finding);
    }

    /// A secret that is compared with something that it might be, or that has an order.
    fn compared_secret(&mut self, left: (&TyRef, Span), right: (&TyRef, Span), span: Span) -> bool {
        let made = match (self.look(left.0), self.look(right.0)) {
            (Look::Secret, Look::Secret | Look::Str) => left.1,
            (Look::Str, Look::Secret) => right.1,
            _ => return false,
        };
        let place = if self.is_told(span) { span } else { made };
        let finding = Diagnostic::new(Code::VisibleSecret, place, findings::COMPARED_SECRET)
            .label("compared here")
            .also(made, "this is a secret")
            .hint(findings::ASK_SECRET);
        self.report(finding);
        true
    }

    /// Whether an operand could be one of an operator.
    pub(super) fn fit_operator(&mut self, l: &TyRef, op: &Op) -> Fit {
        match op {
            Op::Negated { .. } => yes(matches!(group(l), Some(Group::Int | Group::Float | Group::Number))),
            Op::Left { operator, right, .. } => match group_in(l, operator.family) {
                None => Fit::No,
                Some(Group::Text | Group::Path) if operator.family == Family::Plus => {
                    let text = self.text();
                    self.fit(right, &text)
                }
                Some(left) => self.fit_group(left, right, operator.family),
            },
            Op::Right { operator, left, .. } => match group(left) {
                Some(left) => self.fit_group(left, l, operator.family),
                None => Fit::Maybe,
            },
            Op::UpdateLeft { .. } | Op::UpdateRight { .. } => {
                yes(matches!(&**l, Ty::Row(_) | Ty::Option(_) | Ty::Space(_) | Ty::Definition(..)))
            }
            Op::Or { .. } => Fit::Yes,
        }
    }

    /// Whether a right operand could stand beside a left one.
    fn fit_group(&mut self, left: Group, right: &TyRef, family: Family) -> Fit {
        let shape = self.shape(right);
        match &*shape {
            Ty::Var(_) | Ty::Definition(..) => Fit::Maybe,
            _ if shape.is_any() => Fit::Maybe,
            _ if super::store::is_never(&shape) => Fit::Yes,
            Ty::Union(members, _) => {
                members.iter().map(|member| self.fit_group(left, member, family)).max().unwrap_or(Fit::No)
            }
            _ => yes(group_in(&shape, family).is_some_and(|right| combined(left, right).is_some())),
        }
    }
}

/// A number with a minus in front is as well known as without.
fn negated(operand: &TermRef) -> Option<Scalar> {
    match &operand.kind {
        TermKind::Int(number) => number.checked_neg().map(Scalar::Int),
        TermKind::Float(number) => Some(Scalar::Float(0.0 - number)),
        _ => None,
    }
}

fn yes(yes: bool) -> Fit {
    if yes { Fit::Yes } else { Fit::No }
}

/// `the left operand of `+``
fn side(which: &str, op: BinaryOp) -> String {
    format!("the {which} operand of `{}`", op.symbol())
}

impl Family {
    /// What the left operand must be, in words.
    fn wanted(self) -> &'static str {
        match self {
            Family::Arithmetic => "a number",
            Family::Plus => "a number, a string or a path",
            Family::Comparison => "a number, a string, a path or a list",
        }
    }

    /// What the right operand of a number must be.
    fn numeric(self) -> &'static str {
        "a number"
    }
}

/// What an operator makes of operands of these groups, if they go together.
fn combined(left: Group, right: Group) -> Option<TyRef> {
    Some(match (left, right) {
        (Group::Int, Group::Int) => known(Type::int()),
        (Group::Float, Group::Int | Group::Float | Group::Number) | (Group::Int | Group::Number, Group::Float) => {
            known(Type::Float(Bounds::NONE))
        }
        (Group::Int | Group::Number, Group::Int | Group::Number) => known(Type::Number(Bounds::NONE)),
        (Group::Text, Group::Text) | (Group::Path, Group::Path) | (Group::List, Group::List) => known(Type::Bool),
        _ => return None,
    })
}

/// What an operand is, if it is one for such operators.
fn group_in(ty: &Ty, family: Family) -> Option<Group> {
    let fits = |group: &Group| match group {
        Group::Int | Group::Float | Group::Number => true,
        Group::Text | Group::Path => family != Family::Arithmetic,
        Group::List => family == Family::Comparison,
    };
    match ty {
        Ty::Row(row) => (family == Family::Plus && is_text(row)).then_some(Group::Text),
        _ => group(ty).filter(fits),
    }
}

fn group(ty: &Ty) -> Option<Group> {
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Int(_) => Some(Group::Int),
        Scalar::Float(_) => Some(Group::Float),
        Scalar::Str(_) => Some(Group::Text),
        Scalar::Null | Scalar::Bool(_) => None,
    };
    match ty {
        Ty::Value(value) => scalar(value),
        Ty::List(_) => Some(Group::List),
        Ty::Row(row) => is_text(row).then_some(Group::Text),
        Ty::Known(ty) => match &**ty {
            Type::Literal(value) => scalar(value),
            Type::Int(_) => Some(Group::Int),
            Type::Named(named) if named.integer => Some(Group::Int),
            Type::Float(_) => Some(Group::Float),
            Type::Number(_) => Some(Group::Number),
            Type::String(_) | Type::Named(_) => Some(Group::Text),
            Type::Path => Some(Group::Path),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a set can become a string.
fn is_text(row: &Row) -> bool {
    row.rest.is_some() || row.fields.keys().any(|name| is_text_method(*name))
}

/// Whether an attribute of this name makes a string of its set.
pub(super) fn is_text_method(name: Symbol) -> bool {
    matches!(name.as_str(), "outPath" | "__toString")
}
