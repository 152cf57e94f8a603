//! What the names around a place stand for.

use crate::tree::Expr;
use crate::types::{Presence, Ty};

/// Everything that can be said by a name, and by what is selected from it.
#[derive(Clone, Default)]
pub struct Scope(Vec<Known>);

#[derive(Clone)]
struct Known {
    /// The name at the beginning of `expr`.
    base: String,
    expr: Expr,
    /// `None`: bound to something of which nothing is to be used.
    ty: Option<Ty>,
    sort: Sort,
    /// Whether the type is written there, and not found out.
    declared: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Bound,
    /// By `with`.
    Offered,
    /// Bound elsewhere: this says more of it.
    Learned,
}

impl Scope {
    /// Binds a name; `None` hides what it stood for.
    pub fn bind(&mut self, name: &str, ty: Option<Ty>) {
        self.bind_declared(name, ty, false);
    }

    /// Binds a name, perhaps with its type written there.
    pub fn bind_declared(&mut self, name: &str, ty: Option<Ty>, declared: bool) {
        self.0.push(Known { base: name.into(), expr: Expr::word(name), ty, sort: Sort::Bound, declared });
    }

    /// A `with` has the name.
    pub fn offer(&mut self, name: &str, ty: Option<Ty>) {
        self.0.push(Known { base: name.into(), expr: Expr::word(name), ty, sort: Sort::Offered, declared: false });
    }

    /// A condition says more of an expression than was known.
    pub fn learn(&mut self, expr: &Expr, ty: Ty) {
        let base = base(expr).to_string();
        self.0.push(Known { base, expr: expr.clone(), ty: Some(ty), sort: Sort::Learned, declared: false });
    }

    pub fn is_bound(&self, name: &str) -> bool {
        self.0.iter().any(|known| known.base == name)
    }

    /// Whether the type of the expression follows from one that is written.
    pub fn is_declared(&self, expr: &Expr) -> bool {
        self.binding(expr).is_some_and(|known| known.declared)
    }

    fn binding(&self, expr: &Expr) -> Option<&Known> {
        let base = base(expr);
        self.0.iter().rfind(|known| known.base == base && known.sort != Sort::Learned)
    }

    /// Whether conditions can say anything of the expression: its name is not one of a `with`.
    pub fn can_be_learned(&self, expr: &Expr) -> bool {
        self.binding(expr).is_some_and(|known| known.sort == Sort::Bound)
    }

    pub fn mark(&self) -> usize {
        self.0.len()
    }

    /// Forgets what came since.
    pub fn back(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    /// What can be used here, with its type: names, and fields that are surely there.
    pub fn visible(&self) -> Vec<(Expr, Ty)> {
        let mut bound: Vec<&str> = Vec::new();
        let mut seen: Vec<(Expr, Ty)> = Vec::new();
        for known in self.0.iter().rev() {
            if bound.contains(&known.base.as_str()) {
                continue;
            }
            if known.sort != Sort::Learned {
                bound.push(&known.base);
            }
            let Some(ty) = &known.ty else { continue };
            if seen.iter().all(|(expr, _)| *expr != known.expr) {
                seen.push((known.expr.clone(), ty.clone()));
            }
        }
        let mut at = 0;
        while at < seen.len() && seen.len() < MOST {
            for (expr, ty) in fields(&seen[at].0, &seen[at].1) {
                if depth(&expr) <= 3 && seen.iter().all(|(other, _)| *other != expr) {
                    seen.push((expr, ty));
                }
            }
            at += 1;
        }
        seen
    }
}

/// More things are not looked at.
const MOST: usize = 60;

/// The fields of a set that are surely there.
fn fields(expr: &Expr, ty: &Ty) -> Vec<(Expr, Ty)> {
    let Ty::Record { fields, .. } = ty.meaning() else { return Vec::new() };
    let there = fields.into_iter().filter(|field| field.presence != Presence::Optional);
    there.map(|field| (expr.clone().select(field.name), field.ty)).collect()
}

fn base(expr: &Expr) -> &str {
    match expr {
        Expr::Word(name) => name,
        Expr::Select(of, ..) => base(of),
        _ => "",
    }
}

fn depth(expr: &Expr) -> usize {
    match expr {
        Expr::Select(of, ..) => 1 + depth(of),
        _ => 0,
    }
}
