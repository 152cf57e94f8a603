//! Whether a type could fit another, without any consequence: this is how a member of a union is chosen.
//!
//! It looks no further than the contract does at run time: at kinds, bounds, names of fields, and fields
//! whose type is a literal.

use super::Checker;
use super::operators::is_text_method;
use super::ty::{Row, Ty, TyRef, VarId};
use crate::types::{Bounds, Text, Type, check_scalar};

/// How well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    /// No value of the one is one of the other.
    No,
    /// Some are, or too little is known.
    Maybe,
    /// All are, as far as is looked at.
    Yes,
}

/// Deeper, everything may fit.
const MAX_DEPTH: u32 = 4;

impl Checker<'_> {
    pub(super) fn fit(&mut self, l: &TyRef, r: &TyRef) -> Fit {
        self.fit_at(l, r, 0)
    }

    fn fit_at(&mut self, l: &TyRef, r: &TyRef, depth: u32) -> Fit {
        if depth > MAX_DEPTH {
            return Fit::Maybe;
        }
        let (l, r) = (self.shape(l), self.shape(r));
        match (&*l, &*r) {
            (_, r) if r.is_any() => Fit::Yes,
            (l, _) if l.is_any() => Fit::Maybe,
            (l, _) if super::store::is_never(l) => Fit::Yes,
            (Ty::Var(a), Ty::Var(b)) if a == b => Fit::Yes,
            (Ty::Var(a), r) if self.is_rigid(*a) && self.is_settled_form(r) => Fit::No,
            (l, Ty::Var(b)) if self.is_rigid(*b) && self.is_settled_form(l) => Fit::No,
            (Ty::Var(a), Ty::Union(..)) if self.is_rigid(*a) => self.fit_choice(&l, &r, depth),
            (Ty::Var(_), _) | (_, Ty::Var(_)) => Fit::Maybe,
            (Ty::Union(members, _), _) => {
                let fits: Vec<Fit> = members.iter().map(|member| self.fit_at(member, &r, depth + 1)).collect();
                match (fits.iter().min(), fits.iter().max()) {
                    (Some(Fit::Yes), _) => Fit::Yes,
                    (_, Some(Fit::No)) => Fit::No,
                    _ => Fit::Maybe,
                }
            }
            (_, Ty::Union(..)) => self.fit_choice(&l, &r, depth),
            (Ty::Definition(inner, _), _) => self.fit_at(inner, &r, depth + 1).min(Fit::Maybe),
            (_, Ty::Definition(inner, extent)) => {
                let inner = self.defined(inner, *extent);
                self.fit_at(&l, &inner, depth + 1)
            }
            (Ty::Row(l), Ty::Row(r)) => self.fit_rows(l, r, depth),
            (Ty::List(l), Ty::List(r)) => self.fit_at(l, r, depth + 1),
            (Ty::Row(row), Ty::Function(..)) if has_functor(row) => Fit::Maybe,
            (Ty::Function(..), Ty::Function(..)) | (Ty::Type(_), Ty::Type(_)) | (Ty::Option(_), Ty::Option(_)) => {
                Fit::Yes
            }
            (Ty::Type(_), Ty::Row(row)) if row.fields.keys().any(|name| is_text_method(*name)) => Fit::No,
            (Ty::Option(_) | Ty::Type(_) | Ty::Space(_), Ty::Row(_)) | (Ty::Row(_), Ty::Option(_)) => Fit::Maybe,
            (_, Ty::Op(op)) => self.fit_operator(&l, op),
            (l, Ty::Value(value)) => fit_known(l, &Type::Literal(value.clone())),
            (l, Ty::Known(r)) => fit_known(l, r),
            (Ty::Known(l), Ty::Row(_)) if matches!(**l, Type::Object) => Fit::Maybe,
            _ => Fit::No,
        }
    }

    /// How well a type fits the one of several that it fits best.
    fn fit_choice(&mut self, l: &TyRef, r: &TyRef, depth: u32) -> Fit {
        let Ty::Union(members, _) = &**r else { return Fit::No };
        members.iter().map(|member| self.fit_at(l, member, depth + 1)).max().unwrap_or(Fit::No)
    }

    /// Whether a variable is one of an annotation, which stands for any one type: only for itself.
    fn is_rigid(&self, id: VarId) -> bool {
        self.store.rigid_name(id).is_some()
    }

    /// Whether a type is what it is, and surely not what somebody's type variable stands for.
    fn is_settled_form(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Var(id) => self.is_rigid(*id),
            _ => !matches!(ty, Ty::Union(..) | Ty::Definition(..) | Ty::Op(_)),
        }
    }

    fn fit_rows(&mut self, l: &Row, r: &Row, depth: u32) -> Fit {
        let mut fit = Fit::Yes;
        for (name, field) in &r.fields {
            match l.fields.get(name) {
                Some(own) => {
                    if self.is_literal(&field.ty) {
                        fit = fit.min(self.fit_at(&own.ty, &field.ty, depth + 1));
                    }
                }
                None if field.presence.may_be_left_out() => {}
                None if l.rest.is_some() => fit = fit.min(Fit::Maybe),
                None => return Fit::No,
            }
        }
        if r.rest.is_none() && l.fields.keys().any(|name| !r.fields.contains_key(name)) {
            return Fit::No;
        }
        if let (Some(l), Some(r)) = (&l.rest, &r.rest) {
            fit = fit.min(self.fit_at(l, r, depth + 1).max(Fit::Maybe));
        }
        fit
    }

    /// Whether the type is one value: such fields tell the members of a union apart.
    pub(super) fn is_literal(&mut self, ty: &TyRef) -> bool {
        match &*self.shape(ty) {
            Ty::Value(_) => true,
            Ty::Known(ty) => matches!(**ty, Type::Literal(_)),
            Ty::Definition(inner, _) => self.is_literal(inner),
            _ => false,
        }
    }
}

pub(super) fn has_functor(row: &Row) -> bool {
    row.fields.keys().any(|name| name.as_str() == "__functor")
}

fn fit_known(l: &Ty, r: &Type) -> Fit {
    let yes = |yes: bool| if yes { Fit::Yes } else { Fit::No };
    match (l, r) {
        (Ty::Value(value), r) => yes(matches!(check_scalar(r, value), Some(Ok(())))),
        (Ty::Known(l), r) => fit_scalars(l, r),
        (Ty::Row(_), Type::Object) => Fit::Yes,
        (Ty::Row(_) | Ty::Function(..), Type::Module(_)) => Fit::Yes,
        _ => Fit::No,
    }
}

/// How one scalar type fits another.
pub(super) fn fit_scalars(l: &Type, r: &Type) -> Fit {
    match (l, r) {
        (Type::Never, _) | (Type::Null, Type::Null) | (Type::Bool, Type::Bool) | (Type::Path, Type::Path) => Fit::Yes,
        (Type::Secret, Type::Secret) => Fit::Yes,
        (Type::Object, Type::Object) | (Type::Path, Type::Module(_)) | (Type::Module(_), Type::Module(_)) => Fit::Yes,
        (Type::String(_), Type::Module(_)) => Fit::Maybe,
        (Type::Literal(value), r) => match check_scalar(r, value) {
            Some(Ok(())) => Fit::Yes,
            _ => Fit::No,
        },
        (l, Type::Literal(value)) => match check_scalar(l, value) {
            Some(Ok(())) => Fit::Maybe,
            _ => Fit::No,
        },
        (Type::Int(a), Type::Int(b)) => within(a, b),
        (Type::Int(a), Type::Number(b)) => within(&real(a), b),
        (Type::Float(a), Type::Float(b) | Type::Number(b)) | (Type::Number(a), Type::Number(b)) => within(a, b),
        (Type::Number(_), Type::Int(_) | Type::Float(_)) => Fit::Maybe,
        (Type::String(a), Type::String(b)) => texts(a, b),
        (Type::Named(a), Type::Named(b)) if a.name == b.name => Fit::Yes,
        (Type::Named(a), Type::Named(b)) if a.integer == b.integer => Fit::Maybe,
        (Type::Named(named), Type::String(text)) if !named.integer => texts(&Text::default(), text),
        (Type::String(_), Type::Named(named)) if !named.integer => Fit::Maybe,
        (Type::Named(named), Type::Int(bounds)) if named.integer => within(&PORTS, bounds),
        (Type::Named(named), Type::Number(bounds)) if named.integer => within(&real(&PORTS), bounds),
        (Type::Int(bounds), Type::Named(named)) if named.integer => within(bounds, &PORTS).min(Fit::Maybe),
        _ => Fit::No,
    }
}

/// The only named integers.
const PORTS: Bounds<i64> = Bounds { min: Some(1), max: Some(65535) };

fn real(bounds: &Bounds<i64>) -> Bounds<f64> {
    Bounds { min: bounds.min.map(|min| min as f64), max: bounds.max.map(|max| max as f64) }
}

fn within<T: PartialOrd + Copy>(a: &Bounds<T>, b: &Bounds<T>) -> Fit {
    let below = matches!((a.max, b.min), (Some(max), Some(min)) if max < min);
    let above = matches!((a.min, b.max), (Some(min), Some(max)) if min > max);
    if below || above {
        return Fit::No;
    }
    let low = b.min.is_none_or(|min| a.min.is_some_and(|own| own >= min));
    let high = b.max.is_none_or(|max| a.max.is_some_and(|own| own <= max));
    if low && high { Fit::Yes } else { Fit::Maybe }
}

fn texts(a: &Text, b: &Text) -> Fit {
    let pattern = |text: &Text| text.pattern.as_ref().map(|pattern| pattern.source.clone());
    let free = b.length.is_none() && b.pattern.is_none();
    if free || (a.length == b.length && pattern(a) == pattern(b)) { Fit::Yes } else { Fit::Maybe }
}
