//! Small changes that make most programs wrong: the slips that people make.

use crate::declare::NAMES;
use crate::random::Random;
use crate::tree::{Entry, Expr, Param};

const LITERALS: [&str; 9] = ["1", "\"a\"", "null", "true", "[ ]", "{ }", "1.5", "[ 1 ]", "{ kind = \"box\"; }"];

/// The program with one or two changes.
pub fn mutated(program: &Expr, random: &mut Random) -> Expr {
    let mut program = program.clone();
    for _ in 0..=random.below(2) {
        // Not every place can be changed in every way.
        for _ in 0..20 {
            if change(&mut program, random) {
                break;
            }
        }
    }
    program
}

fn change(program: &mut Expr, random: &mut Random) -> bool {
    let size = program.size();
    let place = 1 + random.below(size.max(2) - 1);
    let other = program.at(random.below(size)).cloned();
    let Some(expr) = program.at(place) else { return false };
    match random.below(12) {
        0 | 1 => *expr = Expr::word(*random.pick(&LITERALS)),
        // Something from elsewhere in the program, if it is not too much.
        2 => match other {
            Some(mut other) => {
                if other.size() > 12 {
                    return false;
                }
                *expr = other;
            }
            None => return false,
        },
        3 => *expr = Expr::List(vec![expr.clone()]),
        4 => *expr = Expr::Unary("!", Box::new(expr.clone())),
        5 => {
            let parts = expr.inside();
            let Some(part) = (!parts.is_empty()).then(|| random.below(parts.len())) else { return false };
            *expr = expr.inside()[part].clone();
        }
        _ => return slip(expr, random),
    }
    true
}

/// A change that depends on what there is.
fn slip(expr: &mut Expr, random: &mut Random) -> bool {
    match expr {
        Expr::Word(word) if word.starts_with(|first: char| first.is_ascii_digit()) => *word = format!("\"{word}\""),
        Expr::Text(parts) if !parts.is_empty() => drop(parts.remove(random.below(parts.len()))),
        Expr::List(items) if !items.is_empty() => drop(items.remove(random.below(items.len()))),
        Expr::Set { entries, .. } | Expr::Let(entries, _) if !entries.is_empty() => {
            let at = random.below(entries.len());
            entry(entries, at, random);
        }
        Expr::Lambda(param, _) => return change_param(param, random),
        Expr::Call(_, arguments) if arguments.len() > 1 && random.percent(50) => random.shuffle(arguments),
        Expr::Call(_, arguments) if arguments.len() > 1 => drop(arguments.remove(random.below(arguments.len()))),
        Expr::Call(_, arguments) => arguments.push(Expr::word(*random.pick(&LITERALS))),
        Expr::Select(_, _, default @ Some(_)) if random.percent(50) => *default = None,
        Expr::Select(_, name, _) | Expr::Has(_, name) => *name = (*random.pick(&NAMES)).into(),
        Expr::If(parts) => {
            let [condition, then, otherwise] = &mut **parts;
            match random.percent(50) {
                true => std::mem::swap(then, otherwise),
                false => *condition = Expr::word("true"),
            }
        }
        Expr::With(parts) | Expr::Assert(parts) => parts.swap(0, 1),
        Expr::Unary(_, operand) => *expr = (**operand).clone(),
        Expr::Binary(operator, parts) => match random.percent(40) {
            true => parts.swap(0, 1),
            false => *operator = *random.pick::<&str>(&["+", "-", "++", "//", "==", "!=", "&&", "||", "<"]),
        },
        _ => return false,
    }
    true
}

fn entry(entries: &mut Vec<Entry>, at: usize, random: &mut Random) {
    match &mut entries[at] {
        Entry::Bind { ty, .. } if ty.is_some() && random.percent(50) => *ty = None,
        Entry::Bind { name, .. } if NAMES.contains(&name.as_str()) && random.percent(50) => {
            *name = (*random.pick(&NAMES)).into();
        }
        _ if random.percent(60) => drop(entries.remove(at)),
        _ => {
            // Another entry's type.
            let types: Vec<String> = entries.iter().filter_map(annotation).cloned().collect();
            if let (Entry::Bind { ty, .. }, false) = (&mut entries[at], types.is_empty()) {
                *ty = Some(random.pick(&types).clone());
            }
        }
    }
}

fn annotation(entry: &Entry) -> Option<&String> {
    match entry {
        Entry::Bind { ty, .. } => ty.as_ref(),
        _ => None,
    }
}

fn change_param(param: &mut Param, random: &mut Random) -> bool {
    let Param::Formals { formals, open, .. } = param else { return false };
    match random.below(3) {
        0 => *open = !*open,
        1 if !formals.is_empty() => {
            let at = random.below(formals.len());
            formals[at].default = match formals[at].default {
                Some(_) => None,
                None => Some(Expr::word(*random.pick(&LITERALS))),
            };
        }
        _ if !formals.is_empty() => {
            let at = random.below(formals.len());
            formals[at].ty = None;
        }
        _ => return false,
    }
    true
}
