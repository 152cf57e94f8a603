//! What module functions are called with.
//!
//! A function that names what it takes gets just that. What is not among the arguments that are always
//! there is looked up in `config._module.args` when it is used, and no sooner.

use std::cell::Cell;
use std::rc::Rc;

use super::errors;
use super::instance::{Knot, Start};
use super::natives::extend_modules;
use super::tree::Group;
use super::words::words;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::ParamTerm;
use crate::value::{Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// What module functions are called with.
pub(super) struct ModuleArguments {
    /// `config`, `options`, `lib` and the special arguments.
    pub(super) given: Attrs,
    /// What the evaluation starts from.
    pub(super) start: Rc<Start>,
    /// The options, once the modules have been read.
    pub(super) knot: Knot,
    /// Whether a function can have seen `options`, and so may ask for definitions at any time.
    pub(super) shows_options: Cell<bool>,
}

impl ModuleArguments {
    /// What this function is called with: what it asks for by name, or everything there is.
    pub(super) fn of(&self, machine: &mut Evaluator, function: &Value) -> Result<Thunk> {
        let (asked, open) = asked_for(machine, function)?;
        if takes_the_whole(function) || asked.iter().any(|(name, _)| *name == words().options) {
            self.shows_options.set(true);
        }
        let mut extra = AttrsBuilder::new();
        for (name, span) in asked {
            match self.given.get(name) {
                Some(attr) if !open => extra.add(name, attr.span, attr.value.clone()),
                Some(_) => continue,
                None => extra.add(name, span, self.found_later(name, span)),
            };
        }
        let extra = extra.build();
        let all = if open { self.given.update(&extra) } else { extra };
        Ok(Value::attrs(all, function.origin).into())
    }

    /// An argument that `_module.args` may define.
    fn found_later(&self, name: Symbol, span: Span) -> Thunk {
        let known = self.start.args.get(name).map(|attr| attr.value.clone());
        let (knot, start) = (self.knot.clone(), self.start.clone());
        Thunk::defer(move |machine| {
            let Some(root) = knot.get().cloned() else {
                return known
                    .map_or_else(|| Err(errors::config_too_early("config")), |known| machine.force_at(&known, span));
            };
            // What is known need not be looked for, unless a module has something to say about it.
            if let Some(known) = &known
                && machine.arguments_defined(&root).is_none_or(|count| count <= 1)
            {
                return machine.force_at(known, span);
            }
            if let Some(attr) = machine.defined_argument(&root, name, span)? {
                return machine.force_at(&attr, span);
            }
            match name {
                name if name == words().extend_modules => Ok(extend_modules(start)),
                name if name == words().module_type => Ok(start.module_type(span)),
                _ => Err(errors::unknown_argument(name, span)),
            }
        })
    }
}

impl Evaluator {
    /// How many definitions speak of `_module`; nothing while definitions are being handed out.
    fn arguments_defined(&mut self, root: &Rc<Group>) -> Option<usize> {
        let at = root.find(words().module)?;
        if root.is_being_opened() {
            return None;
        }
        Some(self.opened(root).ok()?.by_child[at].borrow().len())
    }

    fn defined_argument(&mut self, root: &Rc<Group>, name: Symbol, span: Span) -> Result<Option<Thunk>> {
        let args = self.own_value(root, words().args)?;
        let Kind::Attrs(attrs) = &args.kind else { return Err(errors::unknown_argument(name, span)) };
        Ok(attrs.get(name).map(|attr| attr.value.clone()))
    }
}

/// Whether a function may look at all of its argument, and not only at what it names.
fn takes_the_whole(function: &Value) -> bool {
    match &function.kind {
        Kind::Lambda(closure) => !matches!(closure.lambda.param, ParamTerm::Formals { alias: false, .. }),
        _ => true,
    }
}

/// The names that a function asks for, and whether it takes further ones.
fn asked_for(machine: &mut Evaluator, function: &Value) -> Result<(Vec<(Symbol, Span)>, bool)> {
    match &function.kind {
        Kind::Lambda(closure) => Ok(match &closure.lambda.param {
            ParamTerm::Name(_) => (Vec::new(), true),
            ParamTerm::Formals { formals, open, .. } => {
                (formals.iter().map(|formal| (formal.name, formal.span)).collect(), *open)
            }
        }),
        Kind::Attrs(attrs) => {
            let Some(names) = attrs.get(words().function_args) else { return Ok((Vec::new(), true)) };
            let names = machine.force_at(&names.value, names.span)?;
            let Kind::Attrs(names) = &names.kind else { return Ok((Vec::new(), true)) };
            Ok((names.sorted().into_iter().map(|attr| (attr.name, attr.span)).collect(), true))
        }
        _ => Ok((Vec::new(), true)),
    }
}
