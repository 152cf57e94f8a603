//! Lists.

use crate::value::{Arguments, Evaluator, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[Native { name: "length", arity: 1, run: length }];

fn length(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    Ok(Value::int(machine.list_of(&call, 0)?.len() as i64, call.span))
}
