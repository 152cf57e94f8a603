//! Values meet demands: `flow(l, r)` says that what has type `l` goes where `r` is needed.
//!
//! The two are taken apart together. A variable keeps what it cannot decide and passes it on: every type
//! that ever flows in meets every demand that ever follows. What surely does not fit is told; what may not fit (an
//! `Int` where `Int(1..9)` is needed, one branch out of two) is the contract's at run time, and makes the
//! program [dynamic](super::Checked::dynamic).

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::findings::{lacking, untold};
use super::fit::{Fit, has_functor};
use super::need::Need;
use super::options::is_object;
use super::store::{Lower, Upper, is_never};
use super::ty::{Extent, Presence, Row, Sort, Ty, TyRef, VarId, known};
use super::{Checker, Via};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Scalar, Type};

/// Deeper inside each other, types are not compared.
const MAX_DEPTH: u32 = 120;
/// So many different values of a kind are remembered of a variable; more are just values of that kind.
const MAX_VALUES: usize = 24;

/// So many different types are remembered of a variable; with more it is anything.
const MAX_LOWER: usize = 64;

/// A mismatch inside a variable, to be told unless something else in the variable fits.
pub(super) struct Doubt {
    pub(super) var: VarId,
    /// What does not fit, and what it would have to be.
    pub(super) lower: TyRef,
    pub(super) upper: TyRef,
    pub(super) finding: crate::diag::Diagnostic,
}

impl Checker<'_> {
    /// What has type `l` and was written at `place` goes where `r` is needed.
    pub(super) fn flow(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) {
        if Rc::ptr_eq(l, r) || !self.spend() {
            return;
        }
        self.depth += 1;
        self.flow_into(l, place, r, need);
        self.depth -= 1;
    }

    /// Whether there is anything left to spend on comparing types.
    fn spend(&mut self) -> bool {
        let spent = self.depth > MAX_DEPTH || self.fuel == 0;
        self.dynamic |= spent;
        self.fuel = self.fuel.saturating_sub(1);
        !spent
    }

    fn flow_into(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) {
        let (l, r) = (self.linked(l), self.linked(r));
        match (&*l, &*r) {
            (Ty::Var(a), Ty::Var(b)) if a == b => {}
            (_, right) if right.is_any() => {}
            (Ty::Var(a), _) if self.store.rigid_name(*a).is_none() => self.variable_flows(*a, &r, need),
            (_, Ty::Var(b)) if self.store.rigid_name(*b).is_none() => self.flows_to_variable(*b, &l, place),
            (Ty::Declared(a, inner, _), Ty::Declared(b, outer, _)) if a == b && Rc::ptr_eq(inner, outer) => {}
            (left, right) if is_declared(left) || is_declared(right) => self.flow_declared(&l, place, &r, need),
            _ => self.flow_shapes(&l, place, &r, need),
        }
    }

    /// Types that mention themselves meet again and again: once they have met and nothing was wrong, or while they
    /// are being compared, that is enough.
    fn flow_declared(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) {
        let key = (Rc::as_ptr(l) as usize, Rc::as_ptr(r) as usize);
        if self.met.contains_key(&key) {
            return;
        }
        let told = |checker: &Self| checker.findings.len() + checker.doubts.len();
        let (before, pairs) = (told(self), self.met.len());
        // The types are kept, so that their addresses stay theirs.
        self.met.insert(key, (l.clone(), r.clone()));
        let outermost = !std::mem::replace(&mut self.is_meeting, true);
        self.flow_shapes(l, place, r, need);
        if outermost {
            self.is_meeting = false;
            // Where they meet again, what is wrong is wrong again.
            if told(self) > before {
                self.met.truncate(pairs);
            }
        }
    }

    fn variable_flows(&mut self, var: VarId, r: &TyRef, need: &Rc<Need>) {
        if self.store.upper(var).iter().any(|upper| Rc::ptr_eq(&upper.ty, r)) {
            return;
        }
        self.store.add_upper(var, Upper { ty: r.clone(), need: need.clone() });
        for lower in self.store.lower(var).to_vec() {
            self.through(var, &lower, &Upper { ty: r.clone(), need: need.clone() });
        }
    }

    fn flows_to_variable(&mut self, var: VarId, l: &TyRef, place: Span) {
        let known = self.store.lower(var);
        if known.iter().any(|lower| Rc::ptr_eq(&lower.ty, l) || same_plain(&lower.ty, l)) {
            return;
        }
        let values = known.iter().filter(|lower| matches!(*lower.ty, Ty::Value(_))).count();
        let l = if values > MAX_VALUES { widened(l) } else { l.clone() };
        if values > MAX_VALUES && self.store.lower(var).iter().any(|lower| same_plain(&lower.ty, &l)) {
            return;
        }
        let l = if self.store.lower(var).len() >= MAX_LOWER { self.unknown() } else { l };
        if l.is_any() && self.store.lower(var).iter().any(|lower| lower.ty.is_any()) {
            return;
        }
        let lower = Lower { ty: l, place };
        self.store.add_lower(var, lower.clone());
        for upper in self.store.upper(var).to_vec() {
            self.through(var, &lower, &upper);
        }
    }

    /// A type that is in a variable meets a demand on it.
    fn through(&mut self, var: VarId, lower: &Lower, upper: &Upper) {
        let via = Via { var, lower: lower.ty.clone(), upper: upper.ty.clone() };
        let outer = self.via.replace(via);
        self.flow(&lower.ty, lower.place, &upper.ty, &upper.need);
        self.via = outer;
    }

    fn flow_shapes(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) {
        let (ls, rs) = (self.shape(l), self.shape(r));
        match (&*ls, &*rs) {
            (_, right) if right.is_any() => {}
            (Ty::Var(_), _) | (_, Ty::Var(_)) if !self.is_settled(&ls, &rs) => self.flow_into(&ls, place, &rs, need),
            (left, _) if left.is_any() => self.spread_any(&rs),
            // A module may be a function.
            (Ty::Known(ty), Ty::Function(..)) if matches!(**ty, Type::Module(_)) => self.spread_any(&rs),
            (left, _) if is_never(left) => {}
            (Ty::Union(members, sort), _) => self.flow_union(members, *sort, place, (r, &rs), need),
            (_, Ty::Definition(inner, extent)) => self.flow_definition(&ls, place, (inner, *extent), need),
            (Ty::Definition(..), _) => self.dynamic = true,
            (_, Ty::Union(members, _)) => self.flow_choice(l, place, (r, members), need),
            (_, Ty::Op(op)) => self.flow_operator(&ls, place, op, need),
            (Ty::List(a), Ty::List(b)) => self.flow(a, place, b, &need.item(None)),
            (Ty::Row(a), Ty::Row(b)) => self.flow_rows(a, b, place, r, need),
            (Ty::Row(a), object) if is_object(object) => {
                if let Some(ty) = self.object_type(&a.fields, need) {
                    self.flow(&ls, place, &ty, need);
                }
            }
            (Ty::Function(a, b), Ty::Function(from, to)) if self.refuses(from, a) || self.refuses(b, to) => {
                self.mismatch(l, place, r, need);
            }
            (Ty::Function(a, b), Ty::Function(from, to)) => {
                self.flow(from, place, a, &need.part("the argument"));
                self.flow(b, place, to, &need.part("the result"));
            }
            (Ty::Row(row), Ty::Function(from, to)) if has_functor(row) => self.flow_functor(row, place, from, to, need),
            (Ty::Type(a), Ty::Type(b)) | (Ty::Option(a), Ty::Option(b)) => self.unify(a, b, place, need),
            _ => match self.fit(&ls, &rs) {
                Fit::Yes => {}
                Fit::Maybe => self.dynamic = true,
                Fit::No => self.mismatch(l, place, r, need),
            },
        }
    }

    /// Whether a type plainly does not go where another is needed.
    fn refuses(&mut self, l: &TyRef, r: &TyRef) -> bool {
        match &*self.shape(l) {
            Ty::Union(members, Sort::Declared) => members.iter().any(|member| self.fit(member, r) == Fit::No),
            _ => self.fit(l, r) == Fit::No,
        }
    }

    /// Whether variables are only type variables of annotations, which take themselves and nothing else.
    fn is_settled(&mut self, l: &TyRef, r: &TyRef) -> bool {
        let flexible = |ty: &TyRef| matches!(&**ty, Ty::Var(id) if self.store.rigid_name(*id).is_none());
        !flexible(l) && !flexible(r)
    }

    /// `Any` goes everywhere; what comes out there is `Any`.
    fn spread_any(&mut self, r: &TyRef) {
        self.dynamic = true;
        let need = Need::silent();
        let mut found = Vec::new();
        super::store::variables(r, &mut found);
        for id in found {
            if self.store.rigid_name(id).is_none() && self.store.link(id).is_none() {
                self.flows_to_variable(id, &Ty::any(), need.place);
            }
        }
    }

    fn flow_union(&mut self, members: &[TyRef], sort: Sort, place: Span, r: (&TyRef, &TyRef), need: &Rc<Need>) {
        let fits: Vec<Fit> = members.iter().map(|member| self.fit(member, r.1)).collect();
        let misfit = fits.iter().position(|fit| *fit == Fit::No);
        match misfit {
            Some(at) if sort == Sort::Declared || fits.iter().all(|fit| *fit == Fit::No) => {
                self.mismatch(&members[at], place, r.0, need);
            }
            Some(_) => self.dynamic = true,
            None => {}
        }
        for (member, fit) in members.iter().zip(fits) {
            if fit != Fit::No {
                self.flow(member, place, r.0, need);
            }
        }
    }

    /// The member that the value belongs to; if none takes it for sure, what is left over goes to a variable.
    fn flow_choice(&mut self, l: &TyRef, place: Span, r: (&TyRef, &[TyRef]), need: &Rc<Need>) {
        let (mut best, mut open) = (None, None);
        for member in r.1 {
            let shape = self.shape(member);
            if matches!(&*shape, Ty::Var(id) if self.store.rigid_name(*id).is_none()) {
                open = open.or(Some(member));
                continue;
            }
            let fit = self.fit(l, member);
            if fit != Fit::No && best.as_ref().is_none_or(|(known, _)| fit > *known) {
                best = Some((fit, member));
            }
        }
        match (best, open) {
            (Some((_, member)), None) | (Some((Fit::Yes, member)), _) => self.flow(l, place, member, need),
            (_, Some(open)) => self.flow(l, place, open, need),
            (None, None) => match self.nearest(l, r.1) {
                Some(member) => self.flow(l, place, &member, need),
                None => self.mismatch(l, place, r.0, need),
            },
        }
    }

    /// The one member of a union that a value was most likely meant for: of the same kind as no other, with the tag that
    /// it has, or with more of its names than any other.
    pub(super) fn nearest(&mut self, l: &TyRef, members: &[TyRef]) -> Option<TyRef> {
        let shape = self.shape(l);
        let mut near: Vec<((bool, usize), TyRef)> = Vec::new();
        for member in members {
            let member_shape = self.shape(member);
            match (&*shape, &*member_shape) {
                (Ty::Row(a), Ty::Row(b)) => {
                    let shared = a.fields.keys().filter(|name| b.fields.contains_key(*name)).count();
                    near.push(((self.has_tags_of(a, b), shared), member.clone()));
                }
                (Ty::List(_), Ty::List(_)) | (Ty::Function(..), Ty::Function(..)) => {
                    near.push(((false, 0), member.clone()))
                }
                (Ty::Value(value), Ty::Known(ty)) if of_kind(value, ty) => near.push(((false, 0), member.clone())),
                (_, Ty::Union(inner, _)) => near.extend(self.nearest(l, inner).map(|member| ((false, 0), member))),
                _ => {}
            }
        }
        let most = near.iter().map(|(shared, _)| *shared).max()?;
        let mut best = near.into_iter().filter(|(shared, _)| *shared == most);
        match (best.next(), best.next()) {
            (Some((_, member)), None) => Some(member),
            _ => None,
        }
    }

    /// Whether a set says by a field with a fixed value which type it is meant for.
    fn has_tags_of(&mut self, l: &Row, r: &Row) -> bool {
        let mut tagged = false;
        for (name, field) in &r.fields {
            if let Some(own) = l.fields.get(name).filter(|_| self.is_literal(&field.ty)) {
                tagged = self.fit(&own.ty, &field.ty) == Fit::Yes;
                if !tagged {
                    return false;
                }
            }
        }
        tagged
    }

    fn flow_definition(&mut self, l: &TyRef, place: Span, (inner, extent): (&TyRef, Extent), need: &Rc<Need>) {
        let content = match &**l {
            Ty::Definition(content, _) => content.clone(),
            // `{ _type = "override"; … }`, written out.
            Ty::Row(row) if row.fields.keys().any(|name| name.as_str() == "_type") => return self.dynamic = true,
            _ => l.clone(),
        };
        let inner = self.defined(inner, extent);
        match &*inner {
            Ty::Var(_) => self.flow(&content, place, &inner, need),
            _ if matches!(**l, Ty::Definition(..)) => {
                let wrapped = Rc::new(Ty::Definition(inner.clone(), extent));
                match &*self.shape(&content) {
                    // What the definition holds is not known yet: it will have to be one as well.
                    Ty::Var(_) => self.flow(&content, place, &(wrapped as TyRef), need),
                    _ => self.flow(&content, place, &inner, need),
                }
            }
            _ => self.flow(&content, place, &inner, need),
        }
    }

    fn flow_rows(&mut self, l: &Rc<Row>, r: &Rc<Row>, place: Span, whole: &TyRef, need: &Rc<Need>) {
        for (name, field) in &r.fields {
            match l.fields.get(name) {
                Some(own) => {
                    if own.presence == Presence::Optional && !field.presence.may_be_left_out() {
                        self.may_be_absent(*name, own.span, place, need);
                    }
                    self.dynamic |= own.presence == Presence::Sometimes || makes_text(*name);
                    let inside = need.field(*name, r, field.span);
                    self.flow(&own.ty, own.value.or(place), &field.ty, &inside);
                }
                None => {
                    if let Some(rest) = l.rest.clone() {
                        self.dynamic = true;
                        let inside = need.field(*name, r, field.span);
                        self.flow(&rest, place, &field.ty, &inside);
                    }
                }
            }
        }
        self.flow_missing(l, r, place, need);
        for (name, own) in &l.fields {
            if r.fields.contains_key(name) {
                continue;
            }
            match &r.rest {
                Some(rest) if !rest.is_any() => {
                    let rest = rest.clone();
                    let inside = need.field(*name, r, Span::NONE);
                    self.flow(&own.ty, own.value.or(place), &rest, &inside);
                }
                Some(_) => {}
                None => self.unknown_field(*name, own.span, r, whole, need),
            }
        }
        match (&l.rest, &r.rest) {
            (Some(own), Some(rest)) => {
                let (own, rest) = (own.clone(), rest.clone());
                self.flow(&own, place, &rest, &need.part("a value"));
            }
            (Some(_), None) => self.dynamic = true,
            _ => {}
        }
    }

    /// The fields that are missing altogether.
    fn flow_missing(&mut self, l: &Rc<Row>, r: &Rc<Row>, place: Span, need: &Rc<Need>) {
        if l.rest.is_some() {
            return;
        }
        let missing = lacking(r, |name| l.fields.contains_key(&name));
        let unknown = l.fields.keys().filter(|name| r.rest.is_none() && !r.fields.contains_key(*name));
        for name in untold(&missing, unknown.count()) {
            self.missing_field(*name, (l, r), place, need);
        }
    }

    fn flow_functor(&mut self, row: &Rc<Row>, place: Span, from: &TyRef, to: &TyRef, need: &Rc<Need>) {
        let Some((_, functor)) = row.fields.iter().find(|(name, _)| name.as_str() == "__functor") else { return };
        let own: TyRef = Rc::new(Ty::Row(row.clone()));
        let method = Ty::function(own, Ty::function(from.clone(), to.clone()));
        self.flow(&functor.ty, place, &method, need);
    }

    /// The two are one type.
    pub(super) fn unify(&mut self, a: &TyRef, b: &TyRef, place: Span, need: &Rc<Need>) {
        let (a, b) = (self.linked(a), self.linked(b));
        match (&*a, &*b) {
            (Ty::Var(x), Ty::Var(y)) if x == y => {}
            (Ty::Var(x), _) if self.store.rigid_name(*x).is_none() => self.link(*x, &b, place, need),
            (_, Ty::Var(y)) if self.store.rigid_name(*y).is_none() => self.link(*y, &a, place, need),
            // `t : Type a` is how people say that it is a type.
            (Ty::Var(_), _) | (_, Ty::Var(_)) => self.dynamic = true,
            _ if a.is_any() || b.is_any() => self.dynamic = true,
            // What a type takes matters to those who define, so here one direction will do.
            _ => self.flow(&a, place, &b, need),
        }
    }

    /// Whether a variable is a part of a type.
    fn mentions(&self, ty: &TyRef, var: VarId) -> bool {
        let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
        super::store::variables(ty, &mut found);
        while let Some(id) = found.pop() {
            if id == var {
                return true;
            }
            if let Some(link) = self.store.link(id).filter(|_| seen.insert(id)) {
                super::store::variables(link, &mut found);
            }
        }
        false
    }

    fn link(&mut self, var: VarId, ty: &TyRef, place: Span, need: &Rc<Need>) {
        let (lower, upper) = (self.store.lower(var).to_vec(), self.store.upper(var).to_vec());
        // A type may mention itself by its name; what else would be inside itself cannot be told.
        let endless = !is_declared(ty) && self.mentions(ty, var);
        let ty = &if endless { self.unknown() } else { ty.clone() };
        self.store.set_link(var, ty.clone());
        for lower in lower {
            self.flow(&lower.ty, lower.place, ty, need);
        }
        for upper in upper {
            self.flow(ty, place, &upper.ty, &upper.need);
        }
    }
}

fn is_declared(ty: &Ty) -> bool {
    matches!(ty, Ty::Declared(..))
}

/// Whether a field of this name makes a string of its set. What is in it is looked at where the string is made.
pub(super) fn makes_text(name: Symbol) -> bool {
    matches!(name.as_str(), "outPath" | "__toString")
}

/// Whether two types are the same plain one, so that one of them is enough.
pub(super) fn same_plain(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Value(a), Ty::Value(b)) => a == b,
        (Ty::Row(a), Ty::Row(b)) => same_row(a, b),
        (Ty::Known(a), Ty::Known(b)) => {
            Rc::ptr_eq(a, b)
                || match (&**a, &**b) {
                    (Type::Int(a), Type::Int(b)) => a == b,
                    (Type::String(a), Type::String(b)) => {
                        a.length == b.length && a.pattern.is_none() && b.pattern.is_none()
                    }
                    (Type::Any | Type::Null | Type::Bool | Type::Path | Type::Secret, other) => {
                        std::mem::discriminant(&**a) == std::mem::discriminant(other)
                    }
                    _ => false,
                }
        }
        _ => false,
    }
}

/// Whether two sets have the same fields, of the very same types: so they come out of `//` again and again.
fn same_row(a: &Row, b: &Row) -> bool {
    let same = |a: &TyRef, b: &TyRef| Rc::ptr_eq(a, b) || (!matches!(**a, Ty::Row(_)) && same_plain(a, b));
    let rests = match (&a.rest, &b.rest) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    };
    let field = |(name, own): (&Symbol, &super::ty::Field)| {
        b.fields.get(name).is_some_and(|other| other.presence == own.presence && same(&own.ty, &other.ty))
    };
    rests && a.fields.len() == b.fields.len() && a.fields.iter().all(field)
}

/// The kind of a written value, for those who compute with it.
pub(super) fn widened(ty: &TyRef) -> TyRef {
    let of = |scalar: &Scalar| match scalar {
        Scalar::Null => known(Type::Null),
        Scalar::Bool(_) => known(Type::Bool),
        Scalar::Int(_) => known(Type::int()),
        Scalar::Float(_) => known(Type::Float(crate::types::Bounds::NONE)),
        Scalar::Str(_) => known(Type::string()),
    };
    match &**ty {
        Ty::Value(scalar) => of(scalar),
        Ty::Known(inner) => match &**inner {
            Type::Literal(scalar) => of(scalar),
            Type::Int(_) => known(Type::int()),
            Type::Float(_) => known(Type::Float(crate::types::Bounds::NONE)),
            Type::Number(_) => known(Type::Number(crate::types::Bounds::NONE)),
            Type::Named(named) if named.integer => known(Type::int()),
            Type::String(_) | Type::Named(_) => known(Type::string()),
            _ => ty.clone(),
        },
        _ => ty.clone(),
    }
}

/// Whether a written value is of the kind of a type, if perhaps against its rule.
fn of_kind(value: &Scalar, ty: &Type) -> bool {
    use crate::types::{Mismatch, check_scalar};
    !matches!(check_scalar(ty, value), None | Some(Err(Mismatch::Kind)))
}
