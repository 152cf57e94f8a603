//! `evalModules`, as the language calls it.

use std::rc::Rc;

use super::{Configuration, Request};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type};
use crate::value::{Arguments, Attrs, AttrsBuilder, Evaluator, Host, Kind, Native, Result, Thunk, Value};

use super::submodule::Submodule;
use super::words::words;

/// The builtins of the module system.
pub const NATIVES: &[Native] = &[Native { name: "evalModules", arity: 1, run: eval_modules }];

/// `evalModules { modules, specialArgs ? { }, prefix ? [ ], class ? null, args ? { } }`
fn eval_modules(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    let request = Request {
        modules: list_at(machine, &given, "modules")?,
        special_args: set_at(machine, &given, "specialArgs")?,
        prefix: names_at(machine, &given, "prefix")?,
        args: set_at(machine, &given, "args")?,
    };
    evaluated(machine, request, call.span)
}

/// `{ config, options, … }`
fn evaluated(machine: &mut Evaluator, request: Request, span: Span) -> Result<Value> {
    let configuration = machine.eval_modules(request)?;
    let submodule = Submodule {
        modules: configuration.request.modules.clone(),
        special_args: configuration.request.special_args.clone(),
        only_config: false,
    };
    let mut set = AttrsBuilder::new();
    set.add(words().mark, span, Value::string("configuration", span));
    set.add("config", span, configuration.config.clone());
    set.add("options", span, configuration.options.clone());
    set.add("class", span, Value::null(span));
    set.add(
        "type",
        span,
        Value::new(Kind::Type(Rc::new(Type::Module(ModuleType::Submodule(Rc::new(submodule))))), span),
    );
    set.add(words().module, span, own_part(&configuration, span));
    let extend = move |machine: &mut Evaluator, more: Thunk, span: Span| {
        let more = machine.force_at(&more, span)?;
        let Kind::Attrs(more) = &more.kind else {
            return Err(machine.wrong_kind(&more, "a set", "the argument of `extendModules`", span));
        };
        let base = &configuration.request;
        let mut modules = base.modules.clone();
        modules.extend(list_at(machine, more, "modules")?);
        let special_args = base.special_args.update(&set_at(machine, more, "specialArgs")?);
        let prefix = match more.named("prefix") {
            Some(_) => names_at(machine, more, "prefix")?,
            None => base.prefix.clone(),
        };
        let request = Request { modules, special_args, prefix, args: base.args.clone() };
        evaluated(machine, request, span)
    };
    let extend = Host { name: "extendModules", run: Box::new(extend) };
    set.add("extendModules", span, Value::new(Kind::Host(Rc::new(extend)), span));
    Ok(Value::attrs(set.build(), span))
}

/// `_module`, which `config` leaves out.
fn own_part(configuration: &Configuration, span: Span) -> Thunk {
    let inner = configuration.inner_config();
    Thunk::defer(move |machine| {
        let config = machine.force_at(&inner, span)?;
        match &config.kind {
            Kind::Attrs(attrs) => match attrs.get(words().module).cloned() {
                Some(own) => machine.force_at(&own.value, span),
                None => Ok(Value::attrs(Attrs::empty(), span)),
            },
            _ => Ok(Value::attrs(Attrs::empty(), span)),
        }
    })
}

fn list_at(machine: &mut Evaluator, given: &Attrs, name: &str) -> Result<Vec<Thunk>> {
    let Some(attr) = given.named(name) else { return Ok(Vec::new()) };
    match machine.force_at(&attr.value, attr.span)? {
        Value { kind: Kind::List(items), .. } => Ok(items.to_vec()),
        other => Err(machine.wrong_kind(&other, "a list", &format!("`{name}`"), attr.span)),
    }
}

fn set_at(machine: &mut Evaluator, given: &Attrs, name: &str) -> Result<Attrs> {
    let Some(attr) = given.named(name) else { return Ok(Attrs::empty()) };
    match machine.force_at(&attr.value, attr.span)? {
        Value { kind: Kind::Attrs(attrs), .. } => Ok(attrs),
        other => Err(machine.wrong_kind(&other, "a set", &format!("`{name}`"), attr.span)),
    }
}

fn names_at(machine: &mut Evaluator, given: &Attrs, name: &str) -> Result<Vec<Symbol>> {
    let mut names = Vec::new();
    for item in list_at(machine, given, name)? {
        match machine.force(&item)? {
            Value { kind: Kind::Str(text), .. } => names.push(Symbol::new(&text)),
            other => return Err(machine.wrong_kind(&other, "a string", "a part of an option's path", other.origin)),
        }
    }
    Ok(names)
}
