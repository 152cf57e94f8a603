//! The module system: options, definitions, and one configuration out of many modules.
//!
//! Modules *declare* options and *define* values for them. A configuration is the fixpoint: every module
//! may read `config`, the merged result, while it contributes to it. What makes this possible is that
//! everything stays lazy, in four steps:
//!
//! 1. `collect` calls the module functions with a `config` that is still to be made, and follows
//!    `imports`. Only the outside of a module is computed.
//! 2. `tree` joins the declarations into a tree of options; what several modules declare is made one
//!    by `declared` and `join`. Definitions are handed down the tree when the first option of a set is
//!    needed; their conditions stay uncomputed.
//! 3. `definitions` decides, at one option, which definitions count: conditions, priorities, order.
//! 4. `merge` makes one value of them by the option's type, one level deep; what is inside are thunks
//!    that merge in turn. `records`, `submodule`, `object` and `loose` are the types with rules of their own,
//!    and `freeform` says what becomes of what nobody declares.
//!
//! A value is merged once and kept. Nothing is computed that is not needed, so `config.a` can be read
//! while `config.b` is being merged; only a true circle is an error. What is wrong is reported and the
//! rest goes on wherever a part can be told from the whole (`check` then finds all of it).

mod api;
mod arguments;
mod assertions;
mod check;
mod collect;
mod declared;
mod definitions;
mod errors;
mod examine;
mod faces;
mod finish;
mod freeform;
mod from_record;
mod instance;
mod introspect;
mod join;
mod loose;
mod merge;
mod natives;
mod object;
mod phrase;
mod records;
mod settle;
mod shown;
mod site;
mod submodule;
mod tree;
mod types;
mod unions;
mod words;
mod wrappers;

use std::rc::Rc;

use crate::eval::Path;
use crate::symbol::Symbol;
use crate::types::TypeRef;
use crate::value::{Attrs, Evaluator, Kind, Result, Thunk, Value};

use instance::{Instance, Start};

pub use definitions::{PLAIN, STRONGEST};
pub use examine::{Author, Examined, Fate, Part, Provenance, Role, Unexamined, Unit};
pub use faces::FACES;
pub use finish::Finished;
pub use natives::NATIVES;
pub use types::types_set;

/// What to evaluate.
#[derive(Clone, Default)]
pub struct Request {
    /// The modules: sets, functions, paths.
    pub modules: Vec<Thunk>,
    /// Arguments of module functions that `imports` may depend on.
    pub special_args: Attrs,
    /// Where in a larger configuration this one is; for messages.
    pub prefix: Vec<Symbol>,
    /// Further arguments, as `_module.args` defines them.
    pub args: Attrs,
    /// What the modules are for; one that says otherwise (`_class`) is refused.
    pub class: Option<ecow::EcoString>,
    /// Whether definitions are let go of once they are merged, unless a module can ask for them. They take
    /// more memory than all else; [`Configuration::examine`] needs them.
    pub forgets: bool,
}

/// A configuration: the fixpoint of its modules.
pub struct Configuration {
    /// The set of merged values, lazy.
    pub config: Thunk,
    /// The set of options with what is known about each, lazy.
    pub options: Thunk,
    instance: Rc<Instance>,
}

impl Evaluator {
    /// Evaluates modules to a lazy fixpoint. What is wrong with single modules is reported; the others count.
    ///
    /// # Errors
    /// When there is nothing to make options of.
    pub fn eval_modules(&mut self, request: Request) -> Result<Rc<Configuration>> {
        self.configured(Start {
            modules: request.modules,
            special_args: request.special_args,
            args: request.args,
            path: Path::of(&request.prefix),
            class: request.class,
            forgets: request.forgets,
            ..Start::default()
        })
    }

    fn configured(&mut self, start: Start) -> Result<Rc<Configuration>> {
        let instance = self.instantiate(Rc::new(start))?;
        let (config, options) = (instance.config.clone(), instance.options.clone());
        Ok(Rc::new(Configuration { config, options, instance }))
    }
}

impl Configuration {
    /// The merged value at `path`.
    ///
    /// # Errors
    /// When it cannot be computed, or nothing is there.
    pub fn get(&self, machine: &mut Evaluator, path: &[Symbol]) -> Result<Value> {
        let mut value = machine.force(&self.config)?;
        for name in path {
            let found = match &value.kind {
                Kind::Attrs(attrs) => attrs.get(*name).cloned(),
                _ => None,
            };
            value = match found {
                Some(attr) => machine.force_at(&attr.value, attr.span)?,
                None => return Err(machine.missing_attribute(&value, *name, value.origin)),
            };
        }
        Ok(value)
    }

    /// The type that values at `path` have, through records, maps and submodules; nothing is computed but types.
    pub fn type_at(&self, machine: &mut Evaluator, path: &[Symbol]) -> Option<TypeRef> {
        machine.type_in_group(&self.instance.root, path)
    }

    /// Computes everything that is declared, and reports all that is wrong: unknown options, conflicts,
    /// wrong types, what is missing. The options `later` are left for [`Configuration::finish`].
    pub fn check(&self, machine: &mut Evaluator, later: &[Symbol]) {
        machine.report_unknown(&self.instance.root);
        machine.check_group(&self.instance.root, later);
    }

    /// This configuration with further modules.
    ///
    /// # Errors
    /// When there is nothing to make options of.
    pub fn with(&self, machine: &mut Evaluator, further: impl IntoIterator<Item = Thunk>) -> Result<Rc<Configuration>> {
        let mut start = Start::clone(&self.instance.start);
        start.modules.extend(further);
        machine.configured(start)
    }
}
