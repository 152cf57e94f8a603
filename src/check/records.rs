//! Sets, selection, and `//`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::Checker;
use super::need::{Need, Why};
use super::scope::{Env, Slot, Subject};
use super::ty::{Field, Lazy, Op, Presence, Row, Sort, Ty, TyRef, known, row};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{AttrsTerm, NameTerm, TermKind, TermRef};
use crate::types::Type;
use crate::types::findings::Look;

impl Checker<'_> {
    pub(super) fn attrs(&mut self, attrs: &AttrsTerm, env: &Env, span: Span) -> TyRef {
        let inner = match attrs.recursive {
            true => self.enter(attrs.fields.iter().map(|field| Slot::Fresh(field.value.clone())).collect(), env),
            false => env.clone(),
        };
        let lazy = !self.looks_at_values(env);
        let mut fields = IndexMap::with_capacity(attrs.fields.len());
        for (at, field) in attrs.fields.iter().enumerate() {
            let ty = match (attrs.recursive, lazy) {
                (_, true) => Lazy::later(field.value.clone(), inner.clone(), false),
                (true, false) => self.slot(inner.frame.unwrap_or_default(), at as u32),
                (false, false) => self.infer(&field.value, env),
            };
            fields.insert(
                field.name,
                Field { ty, presence: Presence::Required, span: field.span, value: field.value.span },
            );
        }
        let mut others = Vec::new();
        for (name, value) in &attrs.dynamic {
            self.attribute_name(name, &inner);
            others.push(self.infer(value, &inner));
        }
        let rest = if others.is_empty() { None } else { Some(self.join(others)) };
        row(Row { fields, rest, made: span, ..Row::default() })
    }

    /// A computed name: a string, or `null` for no attribute at all.
    pub(super) fn attribute_name(&mut self, name: &TermRef, env: &Env) {
        let wanted = Ty::union(vec![known(Type::string()), known(Type::Null)], Sort::Declared);
        self.expect(name, env, &wanted, &Need::kind("the name of an attribute", "a string", name.span));
    }

    /// The computed names of a path.
    pub(super) fn dynamic_names(&mut self, path: &[NameTerm], env: &Env) {
        for name in path {
            if let NameTerm::Dynamic(term) = name {
                let need = Need::kind("the name of an attribute", "a string", term.span);
                self.expect(term, env, &known(Type::string()), &need);
            }
        }
    }

    /// `e.a.b`, or what is left of `e.a or d` without `d`: the attribute, where it is there.
    pub(super) fn selection(
        &mut self,
        subject: &TermRef,
        path: &[NameTerm],
        has_default: bool,
        env: &Env,
        span: Span,
    ) -> TyRef {
        let mut ty = self.infer(subject, env);
        let mut known_path = self.subject(subject, &[], env);
        for name in path {
            ty = match name {
                NameTerm::Fixed(name, at) => {
                    let fact = known_path.as_mut().and_then(|subject| {
                        subject.path.push(*name);
                        env.fact(subject)
                    });
                    match fact {
                        Some(fact) => fact,
                        None if has_default => self.select_or(&ty, *name),
                        None => self.select(&ty, *name, *at, span),
                    }
                }
                NameTerm::Dynamic(term) => {
                    known_path = None;
                    self.dynamic_names(path, env);
                    self.select_computed(&ty, term.span)
                }
            };
        }
        ty
    }

    /// What a term is, as something that conditions can speak of: a name, and what is selected from it.
    pub(super) fn subject(&self, term: &TermRef, path: &[NameTerm], env: &Env) -> Option<Subject> {
        let mut subject = match &term.kind {
            TermKind::Local { depth, slot, .. } => {
                Subject { frame: self.up(env, *depth)?, slot: *slot, path: Vec::new() }
            }
            TermKind::Select { subject, path, default: None } => self.subject(subject, path, env)?,
            _ => return None,
        };
        for name in path {
            match name {
                NameTerm::Fixed(name, _) => subject.path.push(*name),
                NameTerm::Dynamic(_) => return None,
            }
        }
        Some(subject)
    }

    /// The attribute `name`, selected at `at`.
    pub(super) fn select(&mut self, ty: &TyRef, name: Symbol, at: Span, span: Span) -> TyRef {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Row(row) => match (row.fields.get(&name), &row.rest) {
                (Some(field), _) if row.origin.is_some() => {
                    // Objects are seldom asked whether they have what they always have.
                    self.dynamic |= field.presence != Presence::Required;
                    self.besides_null(&field.ty)
                }
                (Some(field), _) => {
                    if field.presence == Presence::Optional {
                        let need = Need::of(Why::Selected(name), at);
                        self.may_be_absent(name, field.span, at, &need);
                    }
                    self.dynamic |= field.presence == Presence::Sometimes;
                    field.ty.clone()
                }
                (None, Some(rest)) => {
                    self.dynamic = true;
                    rest.clone()
                }
                (None, None) => {
                    self.missing_attribute(row, name, at);
                    Ty::any()
                }
            },
            Ty::Union(members, sort) => self.select_of_union(members, *sort, name, at, span),
            Ty::Space(path) => self.kubernetes_member(path, name, at),
            Ty::Var(id) if self.store.rigid_name(*id).is_none() => {
                let field = self.store.fresh(self.level);
                let wanted = with_field(name, field.clone(), Presence::Required, at);
                let need = Rc::new(Need { declared: span, ..(*Need::of(Why::Selected(name), at)).clone() });
                self.flow(&shape, Span::NONE, &wanted, &need);
                field
            }
            Ty::Type(_) | Ty::Option(_) | Ty::Definition(..) => self.unknown(),
            Ty::Known(inner) if matches!(**inner, Type::Any | Type::Object | Type::Module(_)) => self.unknown(),
            Ty::Known(inner) if matches!(**inner, Type::Never) => shape,
            _ => {
                self.not_a_set(ty, name, span);
                Ty::any()
            }
        }
    }

    /// The type without `null`.
    fn besides_null(&mut self, ty: &TyRef) -> TyRef {
        let shape = self.shape(ty);
        let Ty::Union(members, _) = &*shape else { return ty.clone() };
        let rest: Vec<TyRef> = members.iter().filter(|member| self.look(member) != Look::Null).cloned().collect();
        if rest.len() == members.len() { ty.clone() } else { Ty::union(rest, Sort::Inferred) }
    }

    fn select_of_union(&mut self, members: &[TyRef], sort: Sort, name: Symbol, at: Span, span: Span) -> TyRef {
        let (mut found, mut misfit, mut lacking) = (Vec::new(), None, None);
        for member in members {
            let shape = self.shape(member);
            match &*shape {
                Ty::Row(row) if row.fields.contains_key(&name) || row.rest.is_some() => {
                    found.push(self.select(member, name, at, span));
                }
                Ty::Row(row) => lacking = lacking.or(Some(row.clone())),
                Ty::Var(_) | Ty::Union(..) => found.push(self.select(member, name, at, span)),
                Ty::Known(inner) if matches!(**inner, Type::Any) => found.push(self.unknown()),
                Ty::Type(_) | Ty::Option(_) | Ty::Definition(..) | Ty::Space(_) => found.push(self.unknown()),
                _ => misfit = misfit.or(Some(member.clone())),
            }
        }
        self.dynamic |= misfit.is_some() || lacking.is_some();
        match (found.is_empty(), &misfit, &lacking) {
            (_, Some(misfit), _) if sort == Sort::Declared => self.not_a_set(misfit, name, span),
            (true, Some(misfit), None) => self.not_a_set(misfit, name, span),
            (true, _, Some(row)) => self.missing_attribute(row, name, at),
            (false, _, Some(row)) if sort == Sort::Declared => self.missing_in_some(row, name, at),
            _ => {}
        }
        if found.is_empty() { Ty::any() } else { self.join(found) }
    }

    /// The attribute `name`, where it is there.
    pub(super) fn select_or(&mut self, ty: &TyRef, name: Symbol) -> TyRef {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Row(row) => match (row.fields.get(&name), &row.rest) {
                (Some(field), _) => field.ty.clone(),
                (None, Some(rest)) => rest.clone(),
                (None, None) => known(Type::Never),
            },
            Ty::Union(members, _) => {
                let found = members.iter().map(|member| self.select_or(member, name)).collect();
                self.join(found)
            }
            Ty::Var(id) if self.store.rigid_name(*id).is_none() => {
                let result = self.store.fresh(self.level);
                let waits: TyRef = Rc::new(Ty::Op(Rc::new(Op::Or { name, result: result.clone() })));
                self.flow(&shape, Span::NONE, &waits, &Need::silent());
                result
            }
            Ty::Space(_) | Ty::Type(_) | Ty::Option(_) | Ty::Definition(..) => self.unknown(),
            Ty::Known(inner) if matches!(**inner, Type::Any | Type::Object | Type::Module(_)) => self.unknown(),
            _ => known(Type::Never),
        }
    }

    /// An attribute whose name is computed.
    fn select_computed(&mut self, ty: &TyRef, span: Span) -> TyRef {
        self.dynamic = true;
        match &*self.shape(ty) {
            Ty::Row(row) => {
                let all = row.fields.values().map(|field| field.ty.clone()).chain(row.rest.clone()).collect();
                self.join(all)
            }
            _ => {
                self.require_set(ty, span, "what an attribute is selected from");
                Ty::any()
            }
        }
    }

    /// Whatever needs a set.
    pub(super) fn require_set(&mut self, ty: &TyRef, span: Span, what: &str) {
        let set = super::ty::map_of(Ty::any());
        self.flow(ty, span, &set, &Need::kind(what, "a set", span));
    }

    /// `l // r`
    pub(super) fn update(&mut self, l: &TyRef, at_left: Span, r: &TyRef, at_right: Span) -> TyRef {
        let (ls, rs) = (self.shape(l), self.shape(r));
        if let (Ty::Row(left), Ty::Row(right)) = (&*ls, &*rs) {
            return row(updated(left, right));
        }
        let result = self.store.fresh(self.level);
        let waits = Op::UpdateLeft { right: r.clone(), place: at_right, result: result.clone() };
        let waits: TyRef = Rc::new(Ty::Op(Rc::new(waits)));
        self.flow(l, at_left, &waits, &Need::kind("the left operand of `//`", "a set", at_left));
        // The right one must be a set, whatever the left one turns out to be.
        if !matches!(&*rs, Ty::Var(_)) && matches!(&*ls, Ty::Var(_)) {
            self.require_set(r, at_right, "the right operand of `//`");
        }
        if ls.is_any() || rs.is_any() {
            self.flow(&Ty::any(), at_left, &result, &Need::of(Why::Silent, at_left));
        }
        result
    }
}

/// A set that has at least this field.
pub(super) fn with_field(name: Symbol, ty: TyRef, presence: Presence, span: Span) -> TyRef {
    let field = Field { ty, presence, span, value: Span::NONE };
    row(Row { fields: IndexMap::from_iter([(name, field)]), rest: Some(Ty::any()), made: span, ..Row::default() })
}

/// The fields of `l // r`.
pub(super) fn updated(l: &Row, r: &Row) -> Row {
    let mut fields = l.fields.clone();
    if let Some(rest) = &r.rest {
        // Any of the left ones may be replaced.
        for field in fields.values_mut() {
            field.ty = Ty::union(vec![field.ty.clone(), rest.clone()], Sort::Inferred);
        }
    }
    for (name, field) in &r.fields {
        let own = match fields.get(name) {
            Some(below) if field.presence.may_be_absent() => Field {
                ty: Ty::union(vec![below.ty.clone(), field.ty.clone()], Sort::Inferred),
                presence: below.presence,
                ..field.clone()
            },
            _ => field.clone(),
        };
        fields.insert(*name, own);
    }
    let rest = match (&l.rest, &r.rest) {
        (Some(l), Some(r)) => Some(Ty::union(vec![l.clone(), r.clone()], Sort::Inferred)),
        (l, r) => l.clone().or(r.clone()),
    };
    Row { fields, rest, made: l.made, ..Row::default() }
}
