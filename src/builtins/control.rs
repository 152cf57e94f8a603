//! Control: when something is computed, what happens when it fails, and what it says meanwhile.

use super::closure::generic_closure;
use super::files::path_of;
use crate::diag::Code;
use crate::eval::{Coercion, error, glance};
use crate::value::{Arguments, AttrsBuilder, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "abort", arity: 1, run: |machine, call| fail(machine, call, Code::Aborted) },
    Native { name: "addErrorContext", arity: 2, run: add_error_context },
    Native { name: "break", arity: 1, run: |machine, call| machine.value_of(&call, 0) },
    Native { name: "deepSeq", arity: 2, run: deep_seq },
    Native { name: "genericClosure", arity: 1, run: generic_closure },
    Native { name: "getEnv", arity: 1, run: get_env },
    Native { name: "import", arity: 1, run: import },
    Native { name: "scopedImport", arity: 2, run: scoped_import },
    Native { name: "seq", arity: 2, run: seq },
    Native { name: "throw", arity: 1, run: |machine, call| fail(machine, call, Code::Thrown) },
    Native { name: "trace", arity: 2, run: trace },
    Native { name: "traceVerbose", arity: 2, run: |machine, call| machine.value_of(&call, 1) },
    Native { name: "tryEval", arity: 1, run: try_eval },
    Native { name: "warn", arity: 2, run: warn },
];

fn seq(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.value_of(&call, 0)?;
    machine.value_of(&call, 1)
}

fn deep_seq(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.force_deep(&call[0], call.span)?;
    machine.value_of(&call, 1)
}

/// The message is the user's own text.
fn fail(machine: &mut Evaluator, call: Arguments, code: Code) -> Result<Value> {
    let text = machine.text_of(&call, 0, Coercion::Interpolation)?;
    Err(error(code, call.span, if text.is_empty() { code.title() } else { text.as_str() }))
}

/// Catches `throw` and `assert`, and nothing else.
fn try_eval(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (success, value) = match machine.value_of(&call, 0) {
        Ok(value) => (true, value),
        Err(error) if error.is_catchable() => (false, Value::bool(false, call.span)),
        Err(error) => return Err(error),
    };
    let mut set = AttrsBuilder::new();
    set.add("success", call.span, Value::bool(success, call.span));
    set.add("value", call.span, value);
    Ok(Value::attrs(set.build(), call.span))
}

fn add_error_context(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.value_of(&call, 1).inspect_err(|error| {
        // A context that fails itself has nothing to add to the failure at hand.
        if let Ok(context) = machine.text_of(&call, 0, Coercion::Interpolation) {
            error.within(call.span, &context);
        }
    })
}

fn trace(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let line = match machine.value_of(&call, 0)? {
        Value { kind: Kind::Str(text), .. } => format!("trace: {text}"),
        value => format!("trace: {}", glance(&value)),
    };
    machine.traces.push(line);
    machine.value_of(&call, 1)
}

fn warn(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.string_of(&call, 0)?;
    machine.traces.push(format!("warning: {text}"));
    machine.value_of(&call, 1)
}

/// A compile does not see the environment.
fn get_env(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.string_of(&call, 0)?;
    Ok(Value::string("", call.span))
}

fn import(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    machine.import(&path, call.span)
}

fn scoped_import(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let scope = machine.attrs_of(&call, 0)?;
    let path = path_of(machine, &call, 1)?;
    machine.import_with(&scope, &path, call.span)
}
