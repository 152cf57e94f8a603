//! Choosing entries by what they say.

use crate::value::{Arguments, Evaluator, Kind, Result, Value};

/// `__select holds entries`: the entries for which `holds` is true. One of which it cannot be told is reported and left
/// out, so that what is wrong with it hides nothing of the others.
pub(super) fn select(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let holds = machine.function_of(&call, 0)?;
    let entries = machine.attrs_of(&call, 1)?;
    let mut chosen = Vec::new();
    for attr in entries.iter() {
        let answer = machine.apply(&holds, attr.value.clone(), call.span);
        answer.iter().for_each(|answer| machine.decides(answer));
        match answer {
            Ok(Value { kind: Kind::Bool(true), .. }) => chosen.push(attr.name),
            Ok(_) => {}
            Err(error) => machine.report(&error),
        }
    }
    if chosen.len() == entries.len() {
        return machine.value_of(&call, 1);
    }
    let mut chosen = chosen.into_iter().peekable();
    Ok(Value::attrs(entries.filtered(|attr| chosen.next_if_eq(&attr.name).is_some()), call.span))
}
