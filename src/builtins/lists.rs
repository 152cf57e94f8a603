//! Lists.
//!
//! Everything here loops: the depth of the evaluation never grows with the length of a list.

use super::Later;
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Arguments, AttrsBuilder, Error, Evaluator, Kind, List, Native, Result, Thunk, Value};
use rustc_hash::FxHashMap;

pub(super) const NATIVES: &[Native] = &[
    Native { name: "all", arity: 2, run: all },
    Native { name: "any", arity: 2, run: any },
    Native { name: "concatLists", arity: 1, run: concat_lists },
    Native { name: "concatMap", arity: 2, run: concat_map },
    Native { name: "elem", arity: 2, run: elem },
    Native { name: "elemAt", arity: 2, run: elem_at },
    Native { name: "filter", arity: 2, run: filter },
    Native { name: "foldl'", arity: 3, run: foldl },
    Native { name: "genList", arity: 2, run: gen_list },
    Native { name: "groupBy", arity: 2, run: group_by },
    Native { name: "head", arity: 1, run: head },
    Native { name: "length", arity: 1, run: length },
    Native { name: "map", arity: 2, run: map },
    Native { name: "partition", arity: 2, run: partition },
    Native { name: "sort", arity: 2, run: sort },
    Native { name: "tail", arity: 1, run: tail },
];

/// The longest list that `genList` makes; far beyond any configuration, well within memory.
const MAX_GENERATED: i64 = 10_000_000;

fn length(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    Ok(Value::int(machine.list_of(&call, 0)?.len() as i64, call.span))
}

fn head(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    match machine.list_of(&call, 0)?.first() {
        Some(item) => machine.force_at(item, call.span),
        None => Err(empty_list(&call)),
    }
}

fn tail(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    match machine.list_of(&call, 0)?.split_first() {
        Some((_, rest)) => Ok(Value::list(rest.to_vec(), call.span)),
        None => Err(empty_list(&call)),
    }
}

fn elem_at(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let items = machine.list_of(&call, 0)?;
    let at = machine.int_of(&call, 1)?;
    match usize::try_from(at).ok().and_then(|at| items.get(at)) {
        Some(item) => machine.force_at(item, call.span),
        None => {
            let message = format!("there is no item {at} in a list of {}", items.len());
            Err(error(Code::IndexOutOfRange, call.span, message)
                .described(|finding| finding.hint("items are counted from 0")))
        }
    }
}

fn elem(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let items = machine.list_of(&call, 1)?;
    for item in items.iter() {
        let wanted = machine.value_of(&call, 0)?;
        let item = machine.force_at(item, call.span)?;
        if machine.equal(&wanted, &item, call.span)? {
            return Ok(Value::bool(true, call.span));
        }
    }
    Ok(Value::bool(false, call.span))
}

fn map(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let items = machine.list_of(&call, 1)?;
    let function = Later::new(&call[0], call.span);
    Ok(Value::list(items.iter().map(|item| function.apply([item.clone()])).collect(), call.span))
}

fn gen_list(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let count = machine.int_of(&call, 1)?;
    if count < 0 {
        return Err(machine.refused(&call, format!("a list cannot have {count} items")));
    }
    if count > MAX_GENERATED {
        return Err(machine.refused(&call, format!("a list of {count} items is too long; at most {MAX_GENERATED}")));
    }
    let function = Later::new(&call[0], call.span);
    let item = |at| function.apply([Value::int(at, call.span).into()]);
    Ok(Value::list((0..count).map(item).collect(), call.span))
}

fn filter(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let keep = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    let mut kept = Vec::new();
    for item in items.iter() {
        if machine.test(&keep, [item.clone()], &call)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept, call.span))
}

fn foldl(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let step = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 2)?;
    let mut folded = call[1].clone();
    for item in items.iter() {
        folded = machine.apply_all(&step, [folded, item.clone()], call.span)?.into();
    }
    machine.force_at(&folded, call.span)
}

fn all(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let holds = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    for item in items.iter() {
        if !machine.test(&holds, [item.clone()], &call)? {
            return Ok(Value::bool(false, call.span));
        }
    }
    Ok(Value::bool(true, call.span))
}

fn any(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let holds = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    for item in items.iter() {
        if machine.test(&holds, [item.clone()], &call)? {
            return Ok(Value::bool(true, call.span));
        }
    }
    Ok(Value::bool(false, call.span))
}

fn concat_lists(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let lists = machine.list_of(&call, 0)?;
    let mut all = Vec::new();
    for list in lists.iter() {
        let value = machine.force_at(list, call.span)?;
        match &value.kind {
            Kind::List(items) => all.extend_from_slice(items),
            _ => return Err(machine.wrong_kind(&value, "a list", "every item given to `concatLists`", Span::NONE)),
        }
    }
    Ok(Value::list(all, call.span))
}

fn concat_map(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let function = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    let mut all = Vec::new();
    for item in items.iter() {
        let value = machine.apply(&function, item.clone(), call.span)?;
        match &value.kind {
            Kind::List(items) => all.extend_from_slice(items),
            _ => {
                let what = "the answer of the function given to `concatMap`";
                return Err(machine.wrong_kind(&value, "a list", what, Span::NONE));
            }
        }
    }
    Ok(Value::list(all, call.span))
}

fn partition(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let holds = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for item in items.iter() {
        let side = if machine.test(&holds, [item.clone()], &call)? { &mut right } else { &mut wrong };
        side.push(item.clone());
    }
    let mut set = AttrsBuilder::new();
    set.add("right", call.span, Value::list(right, call.span));
    set.add("wrong", call.span, Value::list(wrong, call.span));
    Ok(Value::attrs(set.build(), call.span))
}

fn group_by(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let function = machine.function_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    let mut groups: FxHashMap<Symbol, Vec<Thunk>> = FxHashMap::default();
    for item in items.iter() {
        let key = machine.apply(&function, item.clone(), call.span)?;
        machine.looks_into(&key);
        let Kind::Str(name) = &key.kind else {
            let what = "the answer of the function given to `groupBy`";
            return Err(machine.wrong_kind(&key, "a string", what, Span::NONE));
        };
        groups.entry(Symbol::new(name)).or_default().push(item.clone());
    }
    let mut set = AttrsBuilder::new();
    for (name, items) in groups {
        set.add(name, call.span, Value::list(items, call.span));
    }
    Ok(Value::attrs(set.build(), call.span))
}

/// A stable merge sort of our own: the comparison may fail, and it may contradict itself, which the
/// sorts of the standard library answer with a panic.
fn sort(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let before = machine.function_of(&call, 0)?;
    let list = machine.list_of(&call, 1)?;
    let mut items = Vec::with_capacity(list.len());
    for item in list.iter() {
        items.push(machine.force_at(item, call.span)?);
    }
    let plain = matches!(&before.kind, Kind::Native(partial)
        if partial.native.name == "lessThan" && partial.arguments.is_empty());
    let mut less = |a: &Value, b: &Value| {
        if plain {
            return machine.less(a, b, call.span);
        }
        machine.test(&before, [a.clone().into(), b.clone().into()], &call)
    };
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &mut merged, &mut less)?;
        }
        items = merged;
        width *= 2;
    }
    Ok(Value::new(Kind::List(List::new(items.into_iter().map(Thunk::from).collect())), call.span))
}

/// Appends the items of two sorted stretches in order; of equal ones those of `left` come first.
fn merge(
    mut left: &[Value],
    mut right: &[Value],
    merged: &mut Vec<Value>,
    less: &mut impl FnMut(&Value, &Value) -> Result<bool>,
) -> Result<()> {
    while let ([a, behind_a @ ..], [b, behind_b @ ..]) = (left, right) {
        if less(b, a)? {
            merged.push(b.clone());
            right = behind_b;
        } else {
            merged.push(a.clone());
            left = behind_a;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}

fn empty_list(call: &Arguments) -> Error {
    let message = format!("`{}` of an empty list", call.name);
    error(Code::IndexOutOfRange, call.span, message)
        .described(|finding| finding.hint("ask first: `if list == [ ] then … else …`"))
}
