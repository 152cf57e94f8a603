//! `Part`, which takes the types of Kubernetes' API apart.

use crate::types::part;
use crate::value::{Arguments, Evaluator, Kind, Native, Result, Value};

/// The functions from types to types.
pub(super) const TYPE_FUNCTIONS: &[Native] = &[Native { name: "Part", arity: 1, run: part_of }];

fn part_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    let ty = machine.type_of_value(&value, call.span)?;
    Ok(Value::new(Kind::Type(part(&ty)), call.span))
}
