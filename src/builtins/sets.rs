//! Sets.

use rustc_hash::FxHashSet;

use super::Later;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::ParamTerm;
use crate::value::{Arguments, Attr, Attrs, AttrsBuilder, Evaluator, Kind, Native, Result, Thunk, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "attrNames", arity: 1, run: attr_names },
    Native { name: "attrValues", arity: 1, run: attr_values },
    Native { name: "catAttrs", arity: 2, run: cat_attrs },
    Native { name: "functionArgs", arity: 1, run: function_args },
    Native { name: "getAttr", arity: 2, run: get_attr },
    Native { name: "hasAttr", arity: 2, run: has_attr },
    Native { name: "intersectAttrs", arity: 2, run: intersect_attrs },
    Native { name: "listToAttrs", arity: 1, run: list_to_attrs },
    Native { name: "mapAttrs", arity: 2, run: map_attrs },
    Native { name: "removeAttrs", arity: 2, run: remove_attrs },
    Native { name: "unsafeGetAttrPos", arity: 2, run: unsafe_get_attr_pos },
    Native { name: "zipAttrsWith", arity: 2, run: zip_attrs_with },
];

fn attr_names(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 0)?;
    let names = attrs.sorted().into_iter().map(|attr| Value::string(attr.name.as_str(), call.span).into());
    Ok(Value::list(names.collect(), call.span))
}

fn attr_values(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 0)?;
    Ok(Value::list(attrs.sorted().into_iter().map(|attr| attr.value.clone()).collect(), call.span))
}

fn get_attr(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = Symbol::new(&machine.string_of(&call, 0)?);
    let attrs = machine.attrs_of(&call, 1)?;
    match attrs.get(name) {
        Some(attr) => machine.force_at(&attr.value, call.span),
        None => {
            let set = machine.value_of(&call, 1)?;
            Err(machine.missing_attribute(&set, name, call.span))
        }
    }
}

fn has_attr(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = Symbol::new(&machine.string_of(&call, 0)?);
    let attrs = machine.attrs_of(&call, 1)?;
    Ok(Value::bool(attrs.get(name).is_some(), call.span))
}

fn remove_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 0)?;
    let list = machine.list_of(&call, 1)?;
    let mut names = FxHashSet::default();
    for item in list.iter() {
        let value = machine.force_at(item, call.span)?;
        machine.looks_into(&value);
        match &value.kind {
            Kind::Str(name) => names.insert(Symbol::new(name)),
            _ => return Err(machine.wrong_kind(&value, "a string", "every name given to `removeAttrs`", Span::NONE)),
        };
    }
    Ok(Value::attrs(attrs.filtered(|attr| !names.contains(&attr.name)), call.span))
}

fn intersect_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (wanted, given) = (machine.attrs_of(&call, 0)?, machine.attrs_of(&call, 1)?);
    // Walks the smaller one: `functionArgs` of a function against a set of thousands is the usual case.
    let common = if wanted.len() < given.len() {
        Attrs::new(wanted.iter().filter_map(|attr| given.get(attr.name).cloned()).collect())
    } else {
        given.filtered(|attr| wanted.get(attr.name).is_some())
    };
    Ok(Value::attrs(common, call.span))
}

fn map_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 1)?;
    let function = Later::new(&call[0], call.span);
    let mapped = attrs.mapped(|attr| {
        let name = Value::string(attr.name.as_str(), attr.span.or(call.span));
        function.apply([name.into(), attr.value.clone()])
    });
    Ok(Value::attrs(mapped, call.span))
}

fn cat_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = Symbol::new(&machine.string_of(&call, 0)?);
    let list = machine.list_of(&call, 1)?;
    let mut values = Vec::new();
    for item in list.iter() {
        let set = set_in_list(machine, &call, item)?;
        values.extend(set.get(name).map(|attr| attr.value.clone()));
    }
    Ok(Value::list(values, call.span))
}

/// Of equal names the first counts.
fn list_to_attrs(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let list = machine.list_of(&call, 0)?;
    let (name_field, value_field) = (Symbol::new("name"), Symbol::new("value"));
    let mut entries = Vec::with_capacity(list.len());
    for item in list.iter() {
        let pair = machine.force_at(item, call.span)?;
        let Kind::Attrs(set) = &pair.kind else {
            return Err(machine.wrong_kind(&pair, "a set", "every item given to `listToAttrs`", Span::NONE));
        };
        let Some(name) = set.get(name_field) else {
            return Err(machine.missing_attribute(&pair, name_field, call.span));
        };
        let name = machine.force_at(&name.value, call.span)?;
        machine.looks_into(&name);
        let Kind::Str(text) = &name.kind else {
            return Err(machine.wrong_kind(&name, "a string", "the name of an attribute", Span::NONE));
        };
        let Some(value) = set.get(value_field) else {
            return Err(machine.missing_attribute(&pair, value_field, call.span));
        };
        entries.push(Attr { name: Symbol::new(text), span: value.span, value: value.value.clone() });
    }
    // A set built from equal names keeps the last one.
    entries.reverse();
    Ok(Value::attrs(Attrs::new(entries), call.span))
}

fn zip_attrs_with(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.function_of(&call, 0)?;
    let list = machine.list_of(&call, 1)?;
    let mut entries: Vec<Attr> = Vec::new();
    for item in list.iter() {
        entries.extend(set_in_list(machine, &call, item)?.iter().cloned());
    }
    // Stable, so the values of a name stay in the order of the list.
    entries.sort_by_key(|attr| attr.name);
    let function = Later::new(&call[0], call.span);
    let mut zipped = AttrsBuilder::new();
    for group in entries.chunk_by(|a, b| a.name == b.name) {
        let values: Vec<Thunk> = group.iter().map(|attr| attr.value.clone()).collect();
        let name = Value::string(group[0].name.as_str(), call.span);
        let value = function.apply([name.into(), Value::list(values, call.span).into()]);
        zipped.add(group[0].name, group[0].span, value);
    }
    Ok(Value::attrs(zipped.build(), call.span))
}

fn set_in_list(machine: &mut Evaluator, call: &Arguments, item: &Thunk) -> Result<Attrs> {
    let value = machine.force_at(item, call.span)?;
    match value.kind {
        Kind::Attrs(attrs) => Ok(attrs),
        _ => {
            let what = format!("every item given to `{}`", call.name);
            Err(machine.wrong_kind(&value, "a set", &what, Span::NONE))
        }
    }
}

fn function_args(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let function = machine.value_of(&call, 0)?;
    if !function.is_function() {
        return Err(machine.bad_argument(&call, 0, "a function", &function));
    }
    let mut own = &function;
    while let Kind::Host(host) = &own.kind
        && let Some(of) = &host.of
    {
        own = of;
    }
    let mut set = AttrsBuilder::new();
    if let Kind::Lambda(closure) = &own.kind
        && let ParamTerm::Formals { formals, .. } = &closure.lambda.param
    {
        for formal in formals {
            set.add(formal.name, formal.span, Value::bool(formal.default.is_some(), formal.span));
        }
    }
    Ok(Value::attrs(set.build(), call.span))
}

fn unsafe_get_attr_pos(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = Symbol::new(&machine.string_of(&call, 0)?);
    let attrs = machine.attrs_of(&call, 1)?;
    let position = attrs.get(name).map(|attr| machine.position(attr.span)).filter(|position| !position.is_empty());
    Ok(position.map_or_else(|| Value::null(call.span), |position| Value::attrs(position, call.span)))
}
