//! The variables and what is known of each: what flows into it, and what it flows into.
//!
//! A variable stands for a type that is not known yet. It never becomes one type by guessing; it
//! collects *lower* bounds (the types of values that reach it) and *upper* bounds (what its uses demand), and every
//! lower bound is held against every upper one as they come ([`super::flow`]). A variable that is a type's own name for
//! itself, or the argument of a type function, is *linked*: it is that type.
//!
//! Variables have levels. Those above the level of a `let` belong to one of its bindings alone; every use
//! of the binding gets copies of them ([`Store::instantiate`]), bounds and all. A type that flows into a variable
//! of a lower level takes its own variables down with it.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::need::Need;
use super::ty::{Field, Ground, Op, Row, Ty, TyRef, VarId};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::Type;

/// All variables.
#[derive(Default)]
pub(super) struct Store {
    vars: Vec<Var>,
}

struct Var {
    level: u32,
    link: Option<TyRef>,
    lower: Vec<Lower>,
    upper: Vec<Upper>,
    /// The name of a type variable of an annotation: it stands for any one type, and so is never bounded.
    rigid: Option<Symbol>,
}

/// A type that flows into a variable.
#[derive(Clone)]
pub(super) struct Lower {
    pub(super) ty: TyRef,
    /// Where the value was written.
    pub(super) place: Span,
}

/// What a use of a variable demands.
#[derive(Clone)]
pub(super) struct Upper {
    pub(super) ty: TyRef,
    pub(super) need: Rc<Need>,
}

/// A type has at most so many parts when it is copied; beyond, it is not worth knowing exactly.
const MAX_COPIED: usize = 5_000;

impl Store {
    /// A new variable.
    pub(super) fn fresh(&mut self, level: u32) -> TyRef {
        self.add(level, None)
    }

    /// A type variable of an annotation.
    pub(super) fn rigid(&mut self, level: u32, name: Symbol) -> TyRef {
        self.add(level, Some(name))
    }

    fn add(&mut self, level: u32, rigid: Option<Symbol>) -> TyRef {
        let id = VarId(u32::try_from(self.vars.len()).expect("fewer than four billion variables"));
        self.vars.push(Var { level, link: None, lower: Vec::new(), upper: Vec::new(), rigid });
        Rc::new(Ty::Var(id))
    }

    /// The name, if it is a type variable of an annotation.
    pub(super) fn rigid_name(&self, id: VarId) -> Option<Symbol> {
        self.vars[id.0 as usize].rigid
    }

    pub(super) fn lower(&self, id: VarId) -> &[Lower] {
        &self.vars[id.0 as usize].lower
    }

    pub(super) fn upper(&self, id: VarId) -> &[Upper] {
        &self.vars[id.0 as usize].upper
    }

    pub(super) fn level(&self, id: VarId) -> u32 {
        self.vars[id.0 as usize].level
    }

    /// What a variable has turned out to be.
    pub(super) fn link(&self, id: VarId) -> Option<&TyRef> {
        self.vars[id.0 as usize].link.as_ref()
    }

    /// The variable is this type from now on. Its bounds are the caller's to check.
    pub(super) fn set_link(&mut self, id: VarId, ty: TyRef) {
        let level = self.level(id);
        self.sink(&ty, level);
        self.vars[id.0 as usize].link = Some(ty);
    }

    pub(super) fn add_lower(&mut self, id: VarId, lower: Lower) {
        self.sink(&lower.ty, self.level(id));
        self.vars[id.0 as usize].lower.push(lower);
    }

    pub(super) fn add_upper(&mut self, id: VarId, upper: Upper) {
        self.sink(&upper.ty, self.level(id));
        self.vars[id.0 as usize].upper.push(upper);
    }

    /// Takes the variables of a type down to a level.
    fn sink(&mut self, ty: &TyRef, level: u32) {
        let mut found = Vec::new();
        variables(ty, &mut found);
        while let Some(id) = found.pop() {
            let var = &mut self.vars[id.0 as usize];
            if var.level <= level {
                continue;
            }
            var.level = level;
            let bounds = var.lower.iter().map(|lower| &lower.ty).chain(var.upper.iter().map(|upper| &upper.ty));
            for ty in bounds.chain(&var.link) {
                variables(ty, &mut found);
            }
        }
    }

    /// The variable by which a type is nothing but itself, or one of several of which one is itself.
    pub(super) fn own_name(&self, ty: &Ty) -> Option<VarId> {
        self.own_name_in(ty, &mut Vec::new(), &mut FxHashSet::default())
    }

    /// `way`: the variables on the way here. `done`: the types that lead to nothing of the kind.
    fn own_name_in(&self, ty: &Ty, way: &mut Vec<VarId>, done: &mut FxHashSet<*const Ty>) -> Option<VarId> {
        let found = match ty {
            _ if done.contains(&std::ptr::from_ref(ty)) => None,
            Ty::Type(inner) | Ty::Declared(_, inner, _) => self.own_name_in(inner, way, done),
            Ty::Union(members, _) => members.iter().find_map(|member| self.own_name_in(member, way, done)),
            Ty::Var(id) if way.contains(id) => Some(*id),
            Ty::Var(id) => {
                way.push(*id);
                let found = self.link(*id).and_then(|link| self.own_name_in(link, way, done));
                way.pop();
                found
            }
            _ => None,
        };
        if found.is_none() {
            done.insert(std::ptr::from_ref(ty));
        }
        found
    }

    /// Whether a type has variables above a level.
    pub(super) fn is_general(&self, ty: &TyRef, level: u32) -> bool {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        variables(ty, &mut found);
        while let Some(id) = found.pop() {
            if !seen.insert(id) {
                continue;
            }
            let var = &self.vars[id.0 as usize];
            if let Some(link) = &var.link {
                variables(link, &mut found);
            } else if var.level > level {
                return true;
            }
        }
        false
    }

    /// A copy whose variables above `above` are new ones at `level`.
    pub(super) fn instantiate(&mut self, ty: &TyRef, above: u32, level: u32) -> TyRef {
        let mut copy = Copy {
            store: self,
            above,
            level,
            vars: FxHashMap::default(),
            copies: FxHashMap::default(),
            left: MAX_COPIED,
        };
        copy.ty(ty)
    }
}

/// A copy in the making.
struct Copy<'s> {
    store: &'s mut Store,
    above: u32,
    level: u32,
    vars: FxHashMap<VarId, TyRef>,
    /// The copies of larger parts, which may be shared.
    copies: FxHashMap<*const Ty, TyRef>,
    left: usize,
}

impl Copy<'_> {
    fn ty(&mut self, ty: &TyRef) -> TyRef {
        if is_ground(ty) {
            return ty.clone();
        }
        if let Ty::Var(id) = &**ty {
            return self.var(*id, ty);
        }
        if let Some(copy) = self.copies.get(&Rc::as_ptr(ty)) {
            return copy.clone();
        }
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return Ty::any();
        }
        let copy = self.parts(ty);
        self.copies.insert(Rc::as_ptr(ty), copy.clone());
        copy
    }

    fn parts(&mut self, ty: &TyRef) -> TyRef {
        match &**ty {
            Ty::Known(_) | Ty::Value(_) | Ty::Space(_) | Ty::Lazy(_) => ty.clone(),
            Ty::List(item) => Rc::new(Ty::List(self.ty(item))),
            Ty::Row(row) => self.row(row, ty),
            Ty::Function(from, to) => Ty::function(self.ty(from), self.ty(to)),
            Ty::Union(members, sort) => {
                Rc::new(Ty::Union(members.iter().map(|member| self.ty(member)).collect(), *sort))
            }
            Ty::Declared(name, inner, _) => {
                let copy = self.ty(inner);
                if Rc::ptr_eq(&copy, inner) {
                    ty.clone()
                } else {
                    Rc::new(Ty::Declared(*name, copy, Ground::default()))
                }
            }
            Ty::Var(id) => self.var(*id, ty),
            Ty::Type(inner) => Rc::new(Ty::Type(self.ty(inner))),
            Ty::Option(inner) => Rc::new(Ty::Option(self.ty(inner))),
            Ty::Definition(inner, extent) => Rc::new(Ty::Definition(self.ty(inner), *extent)),
            Ty::Part(inner) => Rc::new(Ty::Part(self.ty(inner))),
            Ty::Op(op) => Rc::new(Ty::Op(Rc::new(self.op(op)))),
        }
    }

    fn row(&mut self, row: &Rc<Row>, ty: &TyRef) -> TyRef {
        let fields = row.fields.iter().map(|(name, field)| (*name, Field { ty: self.ty(&field.ty), ..field.clone() }));
        let fields: indexmap::IndexMap<_, _> = fields.collect();
        let rest = row.rest.as_ref().map(|rest| self.ty(rest));
        let same = fields.iter().zip(&row.fields).all(|((_, a), (_, b))| Rc::ptr_eq(&a.ty, &b.ty));
        let same_rest = match (&rest, &row.rest) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            _ => true,
        };
        if same && same_rest {
            return ty.clone();
        }
        let copy = Row {
            fields,
            rest,
            origin: row.origin.clone(),
            name: row.name,
            is_formals: row.is_formals,
            is_options: row.is_options,
            shown: row.shown.clone(),
            made: row.made,
            ..Row::default()
        };
        Rc::new(Ty::Row(Rc::new(copy)))
    }

    fn var(&mut self, id: VarId, ty: &TyRef) -> TyRef {
        if let Some(copy) = self.vars.get(&id) {
            return copy.clone();
        }
        let var = &self.store.vars[id.0 as usize];
        if var.link.is_none() && var.level <= self.above {
            return ty.clone();
        }
        if let Some(link) = var.link.clone()
            && !self.store.is_general(&link, self.above)
        {
            return link;
        }
        let (lower, upper, link) = (var.lower.clone(), var.upper.clone(), var.link.clone());
        let copy = self.store.fresh(self.level);
        let Ty::Var(new) = *copy else { unreachable!("a fresh variable is one") };
        // Known before its bounds are copied, as they may mention it.
        self.vars.insert(id, copy.clone());
        let lower = lower.into_iter().map(|lower| Lower { ty: self.ty(&lower.ty), ..lower }).collect();
        let upper = upper.into_iter().map(|upper| Upper { ty: self.ty(&upper.ty), ..upper }).collect();
        let link = link.map(|link| self.ty(&link));
        let var = &mut self.store.vars[new.0 as usize];
        (var.lower, var.upper, var.link) = (lower, upper, link);
        copy
    }

    fn op(&mut self, op: &Op) -> Op {
        match op {
            Op::Negated { result } => Op::Negated { result: self.ty(result) },
            Op::Left { operator, right, place, result } => {
                Op::Left { operator: operator.clone(), right: self.ty(right), place: *place, result: self.ty(result) }
            }
            Op::Right { operator, left, place, result } => {
                Op::Right { operator: operator.clone(), left: self.ty(left), place: *place, result: self.ty(result) }
            }
            Op::UpdateLeft { right, place, result } => {
                Op::UpdateLeft { right: self.ty(right), place: *place, result: self.ty(result) }
            }
            Op::UpdateRight { left, result } => {
                let whole = Rc::new(Ty::Row(left.clone()));
                let copied = self.row(left, &whole);
                let left = match &*copied {
                    Ty::Row(row) => row.clone(),
                    _ => left.clone(),
                };
                Op::UpdateRight { left, result: self.ty(result) }
            }
            Op::Or { name, result } => Op::Or { name: *name, result: self.ty(result) },
        }
    }
}

/// Whether a type is known to have no variables.
fn is_ground(ty: &Ty) -> bool {
    match ty {
        Ty::Known(_) | Ty::Value(_) | Ty::Space(_) | Ty::Lazy(_) => true,
        Ty::Declared(_, _, ground) => ground.0.get(),
        Ty::Row(row) => row.ground.0.get(),
        _ => false,
    }
}

/// The variables of a type, not of their bounds.
pub(super) fn variables(ty: &Ty, found: &mut Vec<VarId>) {
    Search { found, seen: FxHashMap::default(), visits: 0 }.ty(ty);
}

/// So many parts of a type are just looked at; of further ones it is remembered, as they may be shared.
const FEW: u32 = 64;

/// A search for variables.
struct Search<'f> {
    found: &'f mut Vec<VarId>,
    /// Whether there are any in the parts that have been looked at.
    seen: FxHashMap<*const Ty, bool>,
    visits: u32,
}

impl Search<'_> {
    /// Whether there are any.
    fn ty(&mut self, ty: &Ty) -> bool {
        if is_ground(ty) {
            return false;
        }
        self.visits += 1;
        if self.visits <= FEW {
            return self.parts(ty);
        }
        let part = std::ptr::from_ref(ty);
        if let Some(known) = self.seen.get(&part) {
            return *known;
        }
        let any = self.parts(ty);
        self.seen.insert(part, any);
        any
    }

    fn parts(&mut self, ty: &Ty) -> bool {
        match ty {
            Ty::Known(_) | Ty::Value(_) | Ty::Space(_) | Ty::Lazy(_) => false,
            Ty::Var(id) => {
                self.found.push(*id);
                true
            }
            Ty::Declared(_, inner, ground) => {
                let any = self.ty(inner);
                ground.0.set(!any);
                any
            }
            Ty::List(inner) | Ty::Type(inner) | Ty::Option(inner) | Ty::Definition(inner, _) | Ty::Part(inner) => {
                self.ty(inner)
            }
            Ty::Function(from, to) => self.both(from, to),
            Ty::Union(members, _) => self.any(members),
            Ty::Row(row) => self.row(row),
            Ty::Op(op) => match &**op {
                Op::Negated { result } | Op::Or { result, .. } => self.ty(result),
                Op::Left { right: other, result, .. }
                | Op::Right { left: other, result, .. }
                | Op::UpdateLeft { right: other, result, .. } => self.both(other, result),
                Op::UpdateRight { left, result } => {
                    let any = self.row(left);
                    self.ty(result) || any
                }
            },
        }
    }

    /// Whether any of several has one; all of them are looked at.
    fn any<'t>(&mut self, types: impl IntoIterator<Item = &'t TyRef>) -> bool {
        let mut any = false;
        for ty in types {
            any |= self.ty(ty);
        }
        any
    }

    fn both(&mut self, one: &Ty, other: &Ty) -> bool {
        let any = self.ty(one);
        self.ty(other) || any
    }

    fn row(&mut self, row: &Row) -> bool {
        let any = self.any(row.fields.values().map(|field| &field.ty).chain(&row.rest));
        row.ground.0.set(!any);
        any
    }
}

/// Whether a type is `Never`.
pub(super) fn is_never(ty: &Ty) -> bool {
    matches!(ty, Ty::Known(ty) if matches!(**ty, Type::Never))
}
