//! What a term is: one match over its forms, and the small ones among them.

use std::rc::Rc;

use super::Checker;
use super::flow::widened;
use super::need::{Need, Why};
use super::scope::{Env, Frame, FrameId, Slot, Subject};
use super::ty::{Extent, Presence, Sort, Ty, TyRef, known};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{StrTerm, Term, TermKind, TermRef};
use crate::types::{Scalar, Type};

impl Checker<'_> {
    /// The type of a term.
    pub(super) fn infer(&mut self, term: &TermRef, env: &Env) -> TyRef {
        let value = |scalar: Scalar| Rc::new(Ty::Value(scalar));
        match &term.kind {
            TermKind::Error => Ty::any(),
            TermKind::Null => value(Scalar::Null),
            TermKind::Bool(boolean) => value(Scalar::Bool(*boolean)),
            TermKind::Int(number) => value(Scalar::Int(*number)),
            TermKind::Float(number) => value(Scalar::Float(*number)),
            TermKind::Str(text) => value(Scalar::Str(text.clone())),
            TermKind::Interpolated(parts) => {
                self.parts(parts, env);
                known(Type::string())
            }
            TermKind::Path(parts) => {
                self.parts(parts, env);
                known(Type::Path)
            }
            TermKind::Local { .. } | TermKind::Scoped { .. } | TermKind::Global(_) => self.name(term, env),
            TermKind::Position => self.unknown(),
            TermKind::List(items) => {
                let items: Vec<TyRef> = items.iter().map(|item| self.infer(item, env)).collect();
                Rc::new(Ty::List(self.join(items)))
            }
            TermKind::Attrs(attrs) => self.attrs(attrs, env, term.span),
            TermKind::Let { values, body } => {
                let inner = self.enter(values.iter().map(|value| Slot::Fresh(value.clone())).collect(), env);
                let ty = self.infer(body, &inner);
                self.finish(&inner);
                ty
            }
            TermKind::Lambda(lambda) => self.lambda(lambda, env),
            TermKind::Apply { function, arguments } => self.application(function, arguments, env, term.span),
            TermKind::Select { subject, path, default } => {
                let found = self.selection(subject, path, default.is_some(), env, term.span);
                match default {
                    None => found,
                    Some(default) => {
                        let otherwise = self.infer(default, env);
                        self.join(vec![found, otherwise])
                    }
                }
            }
            TermKind::HasAttr { subject, path } => {
                self.infer(subject, env);
                self.dynamic_names(path, env);
                known(Type::Bool)
            }
            TermKind::If { condition, then, otherwise } => {
                let (yes, no) = self.branches(condition, env, "the condition of `if`");
                let branches = vec![self.infer(then, &yes), self.infer(otherwise, &no)];
                self.join(branches)
            }
            TermKind::With { scope, body } => {
                let inner = self.with(scope, env);
                self.infer(body, &inner)
            }
            TermKind::Assert { condition, body } => {
                let (holds, _) = self.branches(condition, env, "the condition of `assert`");
                self.infer(body, &holds)
            }
            TermKind::Unary { op, operand } => self.unary(*op, operand, env),
            TermKind::Binary { op, left, right, .. } => self.binary(*op, left, right, env, term.span),
            TermKind::Annotated { name, value, ty, .. } => self.annotated(*name, value, ty, env),
            TermKind::Type(_) => Rc::new(Ty::Type(self.type_of(term, env))),
            TermKind::Option(option) => {
                let ty = self.type_of(&option.ty, env);
                if let Some(default) = &option.default {
                    let need = Need::phrase("the default".to_string(), option.ty.span, default.span);
                    let wanted: TyRef = Rc::new(Ty::Definition(ty.clone(), Extent::Part));
                    self.expect(default, env, &wanted, &need);
                }
                Rc::new(Ty::Option(ty))
            }
        }
    }

    /// Something that cannot be known before it is computed.
    pub(super) fn unknown(&mut self) -> TyRef {
        self.dynamic = true;
        Ty::any()
    }

    /// One of several, for all that is known; each kind of plain value once.
    pub(super) fn join(&mut self, members: Vec<TyRef>) -> TyRef {
        let mut kept: Vec<TyRef> = Vec::new();
        for member in members {
            let many = kept.len() > MANY;
            let member = if many { widened(&member) } else { member };
            if member.is_any() {
                return member;
            }
            if !kept
                .iter()
                .rev()
                .take(MANY)
                .any(|other| Rc::ptr_eq(other, &member) || super::flow::same_plain(other, &member))
            {
                kept.push(member);
            }
        }
        kept.retain(|member| !super::store::is_never(member));
        Ty::union(kept, Sort::Inferred)
    }

    /// The frame of a `let`, a recursive set or a call.
    pub(super) fn enter(&mut self, slots: Vec<Slot>, env: &Env) -> Env {
        let frame = FrameId::try_from(self.frames.len()).expect("fewer than four billion frames");
        let inner = Env { frame: Some(frame), ..env.clone() };
        self.frames.push(Frame { up: env.frame, level: self.level, slots, env: inner.clone() });
        inner
    }

    /// Looks at every binding that nobody has asked for: what is wrong in it is wrong all the same.
    pub(super) fn finish(&mut self, env: &Env) {
        let Some(frame) = env.frame.filter(|_| self.looks_at_values(env)) else { return };
        for slot in 0..self.frames[frame as usize].slots.len() {
            self.slot(frame, slot as u32);
        }
    }

    fn parts(&mut self, parts: &[StrTerm], env: &Env) {
        for part in parts {
            if let StrTerm::Interpolation(term) = part {
                let need = Need::of(Why::Text, term.span);
                let text = self.text();
                self.expect(term, env, &text, &need);
            }
        }
    }

    pub(super) fn with(&mut self, scope: &TermRef, env: &Env) -> Env {
        let ty = self.infer(scope, env);
        self.require_set(&ty, scope.span, "the set behind `with`");
        self.enter(vec![Slot::Mono(ty)], env)
    }

    /// A name: what conditions say of it, or else what it is bound to.
    fn name(&mut self, term: &Term, env: &Env) -> TyRef {
        match &term.kind {
            TermKind::Local { depth, slot, .. } => {
                let Some(frame) = self.up(env, *depth) else { return self.unknown() };
                let subject = Subject { frame, slot: *slot, path: Vec::new() };
                env.fact(&subject).unwrap_or_else(|| self.slot(frame, *slot))
            }
            TermKind::Scoped { name, withs, global } => self.scoped(*name, withs, *global, env, term.span),
            TermKind::Global(name) => self.global(*name),
            _ => unreachable!("`infer` sends only names here"),
        }
    }

    /// The frame so many frames up.
    pub(super) fn up(&self, env: &Env, depth: u32) -> Option<FrameId> {
        let mut frame = env.frame?;
        for _ in 0..depth {
            frame = self.frames[frame as usize].up?;
        }
        Some(frame)
    }

    /// A name that a `with` may supply: of the innermost one that has it.
    fn scoped(&mut self, name: Symbol, withs: &[u32], global: bool, env: &Env, span: Span) -> TyRef {
        for depth in withs {
            let Some(frame) = self.up(env, *depth) else { return self.unknown() };
            let scope = self.slot(frame, 0);
            match &*self.shape(&scope) {
                Ty::Row(row) => match row.fields.get(&name) {
                    Some(field) if !field.presence.may_be_absent() => return field.ty.clone(),
                    Some(field) if field.presence == Presence::Optional && !global && withs.last() == Some(depth) => {
                        self.may_be_absent(name, field.span, span, &Need::of(Why::Selected(name), span));
                        return field.ty.clone();
                    }
                    Some(_) => return self.unknown(),
                    None if row.rest.is_some() => return self.unknown(),
                    None => {}
                },
                _ => return self.unknown(),
            }
        }
        if global { self.global(name) } else { self.undefined(name, withs, env, span) }
    }

    fn annotated(&mut self, name: Symbol, value: &TermRef, ty: &TermRef, env: &Env) -> TyRef {
        let wanted = self.annotation(ty, env);
        let need = Need::typed(name, ty.span, value.span);
        self.expect(value, env, &wanted, &need);
        self.given(&wanted, value)
    }
}

/// More values of one kind are just values of that kind.
const MANY: usize = 32;
