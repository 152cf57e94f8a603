//! The smallest part of a program that still shows what the whole one shows.

use std::ops::Range;

use crate::tree::{Entry, Expr, Param};

/// Takes away from the program whatever it can do without. `well_typed`: what is well-typed stays so.
pub fn shrunk(program: &Expr, well_typed: bool, shows: &mut dyn FnMut(&Expr) -> bool) -> Expr {
    let mut best = program.clone();
    // Every change makes it smaller, so this ends.
    while let Some(smaller) = step(&best, well_typed, shows) {
        best = smaller;
    }
    best
}

fn step(program: &Expr, well_typed: bool, shows: &mut dyn FnMut(&Expr) -> bool) -> Option<Expr> {
    let mut kept = Vec::new();
    if well_typed {
        conditions(&mut program.clone(), 0, &mut kept);
    }
    for place in (0..program.clone().size()).filter(|place| !kept.iter().any(|range| range.contains(place))) {
        let smaller = if well_typed { of_its_type } else { smaller };
        let own = program.clone().at(place)?.clone();
        for smaller in smaller(&own) {
            let mut changed = program.clone();
            *changed.at(place)? = smaller;
            if weight(&changed) < weight(program) && shows(&changed) {
                return Some(changed);
            }
        }
    }
    None
}

/// The places of what others may rely on: conditions, and what is on the left of `&&` and its like.
fn conditions(expr: &mut Expr, place: usize, found: &mut Vec<Range<usize>>) {
    let relied_on = matches!(expr, Expr::If(_) | Expr::Binary("&&" | "||" | "->", _));
    let mut at = place + 1;
    for (number, inner) in expr.inside().into_iter().enumerate() {
        let size = inner.size();
        if relied_on && number == 0 {
            found.push(at..at + size);
        } else {
            conditions(inner, at, found);
        }
        at += size;
    }
}

fn weight(program: &Expr) -> (usize, usize) {
    (program.clone().size(), program.print(true).len())
}

/// What may stand in the place of an expression whatever its type: `throw` has every one.
fn of_its_type(expr: &Expr) -> Vec<Expr> {
    let mut found = vec![Expr::word("(throw \"\")")];
    match expr {
        Expr::Let(entries, body) => {
            found.push((**body).clone());
            found.extend(fewer(entries).into_iter().map(|entries| Expr::Let(entries, body.clone())));
        }
        Expr::With(parts) | Expr::Assert(parts) => found.push(parts[1].clone()),
        Expr::Select(_, _, Some(default)) => found.push((**default).clone()),
        Expr::List(items) => found.extend((0..items.len()).map(|at| Expr::List(without(items, at)))),
        _ => {}
    }
    found
}

/// What may stand in the place of an expression.
fn smaller(expr: &Expr) -> Vec<Expr> {
    let mut found: Vec<Expr> = expr.clone().inside().into_iter().map(|inner| inner.clone()).collect();
    found.extend(["1", "\"\"", "null", "true", "[ ]", "{ }"].map(Expr::word));
    match expr {
        Expr::Let(entries, body) => {
            found.extend(fewer(entries).into_iter().map(|entries| Expr::Let(entries, body.clone())));
        }
        Expr::Set { recursive, entries } => {
            let set = |entries| Expr::Set { recursive: *recursive, entries };
            found.extend(fewer(entries).into_iter().map(set));
        }
        Expr::List(items) => found.extend((0..items.len()).map(|at| Expr::List(without(items, at)))),
        Expr::Text(parts) => found.extend((0..parts.len()).map(|at| Expr::Text(without(parts, at)))),
        Expr::Call(function, arguments) => {
            let call = |at| Expr::Call(function.clone(), without(arguments, at));
            found.extend((0..arguments.len()).filter(|_| arguments.len() > 1).map(call));
        }
        Expr::Select(of, name, Some(_)) => found.push(Expr::Select(of.clone(), name.clone(), None)),
        Expr::Lambda(Param::Formals { formals, open, alias }, body) => {
            let lambda = |formals: Vec<_>, alias: Option<String>| {
                Expr::Lambda(Param::Formals { formals, open: *open, alias }, body.clone())
            };
            for at in 0..formals.len() {
                found.push(lambda(without(formals, at), alias.clone()));
                let mut untyped = formals.clone();
                untyped[at].ty = None;
                found.push(lambda(untyped, alias.clone()));
            }
            found.push(lambda(formals.clone(), None));
        }
        _ => {}
    }
    found
}

/// The entries without one of them, and with one type less.
fn fewer(entries: &[Entry]) -> Vec<Vec<Entry>> {
    let mut found: Vec<Vec<Entry>> = (0..entries.len()).map(|at| without(entries, at)).collect();
    for (at, entry) in entries.iter().enumerate() {
        if let Entry::Bind { name, ty: Some(_), value } = entry {
            let mut untyped = entries.to_vec();
            untyped[at] = Entry::Bind { name: name.clone(), ty: None, value: value.clone() };
            found.push(untyped);
        }
    }
    found
}

fn without<T: Clone>(items: &[T], at: usize) -> Vec<T> {
    let others = items.iter().enumerate().filter(|(other, _)| *other != at);
    others.map(|(_, item)| item.clone()).collect()
}
