//! `genericClosure`: everything that can be reached from a start, each key once.

use std::collections::VecDeque;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Arguments, Attrs, Evaluator, Kind, List, Result, Thunk, Value};

pub(super) fn generic_closure(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 0)?;
    let start = field(machine, &call, &attrs, "startSet")?;
    let operator = field(machine, &call, &attrs, "operator")?;
    let mut waiting: VecDeque<Thunk> = list(machine, &start, "`startSet`")?.iter().cloned().collect();
    let mut seen = Keys::None;
    let mut reached = Vec::new();
    let key_field = Symbol::new("key");
    while let Some(item) = waiting.pop_front() {
        let value = machine.force_at(&item, call.span)?;
        let Kind::Attrs(entry) = &value.kind else {
            return Err(machine.wrong_kind(&value, "a set", "every item given to `genericClosure`", Span::NONE));
        };
        let Some(key) = entry.get(key_field) else {
            return Err(machine.missing_attribute(&value, key_field, value.origin.or(call.span)));
        };
        let key = machine.force_at(&key.value, call.span)?;
        if !seen.insert(machine, key, call.span)? {
            continue;
        }
        reached.push(item.clone());
        let next = machine.apply(&operator, item, call.span)?;
        waiting.extend(list(machine, &next, "the answer of `operator`")?.iter().cloned());
    }
    Ok(Value::list(reached, call.span))
}

fn field(machine: &mut Evaluator, call: &Arguments, attrs: &Attrs, name: &str) -> Result<Value> {
    match attrs.named(name) {
        Some(attr) => machine.force_at(&attr.value, call.span),
        None => {
            let set = machine.value_of(call, 0)?;
            Err(machine.missing_attribute(&set, name.into(), call.span))
        }
    }
}

fn list(machine: &Evaluator, value: &Value, what: &str) -> Result<List> {
    match &value.kind {
        Kind::List(items) => Ok(items.clone()),
        _ => Err(machine.wrong_kind(value, "a list", what, Span::NONE)),
    }
}

/// The keys so far. Strings and integers, the usual ones, are hashed; anything else that has an order
/// is kept sorted by it.
enum Keys {
    None,
    Strings(FxHashSet<EcoString>),
    Ints(FxHashSet<i64>),
    Sorted(Vec<Value>),
}

impl Keys {
    /// Adds a key; says whether it is new.
    fn insert(&mut self, machine: &mut Evaluator, key: Value, span: Span) -> Result<bool> {
        machine.looks_into(&key);
        match (&mut *self, &key.kind) {
            (Keys::None, Kind::Str(text)) => *self = Keys::Strings(FxHashSet::from_iter([text.clone()])),
            (Keys::None, Kind::Int(number)) => *self = Keys::Ints(FxHashSet::from_iter([*number])),
            (Keys::None, _) => {
                // Compared with itself, so that a key without an order is refused even when it is alone.
                machine.less(&key, &key, span)?;
                *self = Keys::Sorted(vec![key]);
            }
            (Keys::Strings(seen), Kind::Str(text)) => return Ok(seen.insert(text.clone())),
            (Keys::Ints(seen), Kind::Int(number)) => return Ok(seen.insert(*number)),
            (Keys::Sorted(seen), _) => {
                let (mut low, mut high) = (0, seen.len());
                while low < high {
                    let middle = low.midpoint(high);
                    if machine.less(&seen[middle], &key, span)? {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                if low < seen.len() && !machine.less(&key, &seen[low], span)? {
                    return Ok(false);
                }
                seen.insert(low, key);
            }
            (Keys::Strings(_) | Keys::Ints(_), _) => {
                self.sort();
                return self.insert(machine, key, span);
            }
        }
        Ok(true)
    }

    /// Gives up the hash: a key of another kind has come.
    fn sort(&mut self) {
        let keys = match std::mem::replace(self, Keys::None) {
            Keys::None => Vec::new(),
            Keys::Strings(seen) => {
                let mut keys: Vec<EcoString> = seen.into_iter().collect();
                keys.sort_unstable();
                keys.into_iter().map(|key| Value::string(key, Span::NONE)).collect()
            }
            Keys::Ints(seen) => {
                let mut keys: Vec<i64> = seen.into_iter().collect();
                keys.sort_unstable();
                keys.into_iter().map(|key| Value::int(key, Span::NONE)).collect()
            }
            Keys::Sorted(keys) => keys,
        };
        *self = Keys::Sorted(keys);
    }
}
