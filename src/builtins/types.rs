//! What a value is, and the types whose values the module system works with.

use std::rc::Rc;

use crate::types::{ModuleType, Type};
use crate::value::{Arguments, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "isAttrs", arity: 1, run: |machine, call| is(machine, call, "set") },
    Native { name: "isBool", arity: 1, run: |machine, call| is(machine, call, "bool") },
    Native { name: "isFloat", arity: 1, run: |machine, call| is(machine, call, "float") },
    Native { name: "isFunction", arity: 1, run: |machine, call| is(machine, call, "lambda") },
    Native { name: "isInt", arity: 1, run: |machine, call| is(machine, call, "int") },
    Native { name: "isList", arity: 1, run: |machine, call| is(machine, call, "list") },
    Native { name: "isNull", arity: 1, run: |machine, call| is(machine, call, "null") },
    Native { name: "isPath", arity: 1, run: |machine, call| is(machine, call, "path") },
    Native { name: "isSecret", arity: 1, run: |machine, call| is(machine, call, "secret") },
    Native { name: "isString", arity: 1, run: |machine, call| is(machine, call, "string") },
    Native { name: "typeOf", arity: 1, run: type_of },
];

/// The types that say something of another type. They are names of their own, as `String` is: `Type a` is a type as
/// a value, `Option a` a declared option for values of `a`, `Definition a` a value of `a` or what `mkIf` and its like
/// make of one. The checker knows more of them than a value can be asked for.
pub(super) const TYPE_FUNCTIONS: &[Native] = &[
    Native { name: "Type", arity: 1, run: |machine, call| of_type(machine, call, ModuleType::OptionType) },
    Native { name: "Option", arity: 1, run: |machine, call| of_type(machine, call, ModuleType::Attrs) },
    Native { name: "Definition", arity: 1, run: |machine, call| of_type(machine, call, ModuleType::Raw) },
];

fn of_type(machine: &mut Evaluator, call: Arguments, is: ModuleType) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    machine.type_of_value(&value, call.span)?;
    Ok(Value::new(Kind::Type(Rc::new(Type::Module(is))), call.span))
}

fn is(machine: &mut Evaluator, call: Arguments, kind: &str) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    Ok(Value::bool(kind_of(&value) == kind, call.span))
}

fn type_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    Ok(Value::string(kind_of(&value), call.span))
}

/// The name of a value's kind in the language.
fn kind_of(value: &Value) -> &'static str {
    match value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "bool",
        Kind::Int(_) => "int",
        Kind::Float(_) => "float",
        Kind::Str(_) => "string",
        Kind::Path(_) => "path",
        Kind::List(_) => "list",
        Kind::Attrs(_) => "set",
        Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) => "lambda",
        Kind::Type(_) => "type",
        Kind::Secret(_) => "secret",
    }
}
