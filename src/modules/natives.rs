//! `evalModules` and its like, as the language calls them.

use std::rc::Rc;

use ecow::EcoString;

use super::instance::{Instance, Start};
use super::words::words;
use crate::eval::Path;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Arguments, Attrs, AttrsBuilder, Evaluator, Host, Kind, Native, Result, Thunk, Value};

/// The builtins of the module system; declared in `stdlib/builtins/modules.nxk`.
pub const NATIVES: &[Native] = &[
    Native { name: "evalModules", arity: 1, run: eval_modules },
    Native { name: "placedAt", arity: 2, run: placed_at },
];

/// `evalModules { modules, specialArgs ? { }, prefix ? [ ], class ? null, args ? { }, check ? true }`
fn eval_modules(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    let mut start = Start {
        modules: machine.list_in(&given, "modules")?,
        special_args: machine.set_in(&given, "specialArgs")?,
        path: prefix_in(machine, &given)?,
        args: machine.set_in(&given, "args")?,
        class: machine.text_in(&given, "class")?,
        ..Start::default()
    };
    if let Some(check) = given.get(words().check) {
        start.definitions.push(super::instance::own_definition(words().check, check.value.clone(), check.span));
    }
    evaluated(machine, start, call.span)
}

/// `placedAt definitions value`: the value, with the place of the first of these definitions that the user wrote.
fn placed_at(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let mut places = Vec::new();
    for definition in machine.list_of(&call, 0)?.iter() {
        let definition = machine.force_at(definition, call.span)?;
        let Kind::Attrs(set) = &definition.kind else {
            return Err(machine.wrong_kind(&definition, "a set", "each definition given to `placedAt`", call.span));
        };
        let key = set.get(words().value).map_or(Span::NONE, |attr| attr.span);
        places.extend([key, definition.origin].into_iter().find(|&place| machine.sources.is_user(place)));
    }
    let value = machine.value_of(&call, 1)?;
    Ok(match places.into_iter().min() {
        Some(place) => value.at(place),
        None => value,
    })
}

/// `{ config, options, … }`
fn evaluated(machine: &mut Evaluator, start: Start, span: Span) -> Result<Value> {
    let instance = machine.instantiate(Rc::new(start))?;
    let start = &instance.start;
    let class = start.class.clone().map_or(Value::null(span), |class| Value::string(class, span));
    let mut set = AttrsBuilder::new();
    set.add(words().mark, span, Value::string("configuration", span));
    set.add(words().config, span, instance.config.clone());
    set.add(words().options, span, instance.options.clone());
    set.add("class", span, class);
    set.add(words().ty, span, start.module_type(span));
    set.add(words().module, span, own_part(&instance, span));
    set.add(words().extend_modules, span, extend_modules(start.clone()));
    Ok(Value::attrs(set.build(), span))
}

/// `extendModules { modules ? [ ], specialArgs ? { }, prefix }`: the same evaluation with more modules.
pub(super) fn extend_modules(base: Rc<Start>) -> Value {
    let extend = move |machine: &mut Evaluator, more: Thunk, span: Span| {
        let more = machine.force_at(&more, span)?;
        let Kind::Attrs(more) = &more.kind else {
            return Err(machine.wrong_kind(&more, "a set", "the argument of `extendModules`", span));
        };
        let mut start = (*base).clone();
        start.modules.extend(machine.list_in(more, "modules")?);
        start.special_args = base.special_args.update(&machine.set_in(more, "specialArgs")?);
        if more.named("prefix").is_some() {
            start.path = prefix_in(machine, more)?;
        }
        evaluated(machine, start, span)
    };
    Value::new(Kind::Host(Rc::new(Host { name: "extendModules", of: None, run: Box::new(extend) })), Span::NONE)
}

/// `_module`, which `config` leaves out.
fn own_part(instance: &Instance, span: Span) -> Thunk {
    let inner = instance.inner_config.clone();
    Thunk::defer(move |machine| {
        let config = machine.force_at(&inner, span)?;
        let own = match &config.kind {
            Kind::Attrs(attrs) => attrs.get(words().module).cloned(),
            _ => None,
        };
        own.map_or_else(|| Ok(Value::attrs(Attrs::empty(), span)), |own| machine.force_at(&own.value, span))
    })
}

fn prefix_in(machine: &mut Evaluator, given: &Attrs) -> Result<Path> {
    let mut names = Vec::new();
    for item in machine.list_in(given, "prefix")? {
        match machine.force(&item)? {
            Value { kind: Kind::Str(text), .. } => names.push(Symbol::new(&text)),
            other => return Err(machine.wrong_kind(&other, "a string", "a part of an option's path", other.origin)),
        }
    }
    Ok(Path::of(&names))
}

impl Evaluator {
    /// The list in a set of named arguments; none where it is left out.
    pub(super) fn list_in(&mut self, given: &Attrs, name: &str) -> Result<Vec<Thunk>> {
        let Some(attr) = given.named(name) else { return Ok(Vec::new()) };
        match self.force_at(&attr.value, attr.span)? {
            Value { kind: Kind::List(items), .. } => Ok(items.to_vec()),
            other => Err(self.wrong_kind(&other, "a list", &format!("`{name}`"), attr.span)),
        }
    }

    /// The set in a set of named arguments; an empty one where it is left out.
    pub(super) fn set_in(&mut self, given: &Attrs, name: &str) -> Result<Attrs> {
        let Some(attr) = given.named(name) else { return Ok(Attrs::empty()) };
        match self.force_at(&attr.value, attr.span)? {
            Value { kind: Kind::Attrs(attrs), .. } => Ok(attrs),
            other => Err(self.wrong_kind(&other, "a set", &format!("`{name}`"), attr.span)),
        }
    }

    /// The text in a set of named arguments; nothing where it is left out or `null`.
    pub(super) fn text_in(&mut self, given: &Attrs, name: &str) -> Result<Option<EcoString>> {
        let Some(attr) = given.named(name) else { return Ok(None) };
        match self.force_at(&attr.value, attr.span)? {
            Value { kind: Kind::Str(text), .. } => Ok(Some(text)),
            Value { kind: Kind::Null, .. } => Ok(None),
            other => Err(self.wrong_kind(&other, "a string", &format!("`{name}`"), attr.span)),
        }
    }
}
