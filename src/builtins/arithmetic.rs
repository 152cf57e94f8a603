//! Numbers.

use crate::diag::Code;
use crate::eval::error;
use crate::term::BinaryOp;
use crate::value::{Arguments, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "add", arity: 2, run: |machine, call| operate(machine, call, BinaryOp::Add) },
    Native { name: "bitAnd", arity: 2, run: |machine, call| bits(machine, call, |a, b| a & b) },
    Native { name: "bitOr", arity: 2, run: |machine, call| bits(machine, call, |a, b| a | b) },
    Native { name: "bitXor", arity: 2, run: |machine, call| bits(machine, call, |a, b| a ^ b) },
    Native { name: "ceil", arity: 1, run: |machine, call| round(machine, call, f64::ceil) },
    Native { name: "div", arity: 2, run: |machine, call| operate(machine, call, BinaryOp::Divide) },
    Native { name: "floor", arity: 1, run: |machine, call| round(machine, call, f64::floor) },
    Native { name: "lessThan", arity: 2, run: less_than },
    Native { name: "mul", arity: 2, run: |machine, call| operate(machine, call, BinaryOp::Multiply) },
    Native { name: "sub", arity: 2, run: |machine, call| operate(machine, call, BinaryOp::Subtract) },
];

fn operate(machine: &mut Evaluator, call: Arguments, op: BinaryOp) -> Result<Value> {
    let (a, b) = (machine.value_of(&call, 0)?, machine.value_of(&call, 1)?);
    for (at, value) in [&a, &b].into_iter().enumerate() {
        if !matches!(value.kind, Kind::Int(_) | Kind::Float(_)) {
            return Err(machine.bad_argument(&call, at, "a number", value));
        }
    }
    Ok(Value::new(machine.arithmetic(op, &a, &b, (call.span, call.span), call.span)?, call.span))
}

fn bits(machine: &mut Evaluator, call: Arguments, op: fn(i64, i64) -> i64) -> Result<Value> {
    let (a, b) = (machine.int_of(&call, 0)?, machine.int_of(&call, 1)?);
    Ok(Value::int(op(a, b), call.span))
}

fn round(machine: &mut Evaluator, call: Arguments, rounding: fn(f64) -> f64) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    let number = match value.kind {
        Kind::Int(number) => return Ok(Value::int(number, call.span)),
        Kind::Float(number) => rounding(number),
        _ => return Err(machine.bad_argument(&call, 0, "a number", &value)),
    };
    // The bounds are exact: 2^63 is a float, and the largest float below it fits.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        return Ok(Value::int(number as i64, call.span));
    }
    let message = format!("`{}`: {number:e} does not fit in 64 bits", call.name);
    Err(error(Code::Overflow, call.span, message)
        .described(|finding| finding.hint("integers end at 9223372036854775807; keep larger numbers as floats")))
}

fn less_than(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (a, b) = (machine.value_of(&call, 0)?, machine.value_of(&call, 1)?);
    Ok(Value::bool(machine.less(&a, &b, call.span)?, call.span))
}
