//! Values that are evaluations of modules of their own.

use std::cell::OnceCell;
use std::rc::Rc;

use ecow::EcoString;

use super::definitions::{Definition, Settled, Winners};
use super::errors;
use super::instance::{Instance, Part, Start};
use super::site::Site;
use super::tree::Group;
use super::words::words;
use crate::eval::Path;
use crate::source::Span;
use crate::types::{Opaque, TypeRef};
use crate::value::{Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// No path that means something is longer. A submodule that has itself as a part has no end.
const MAX_LENGTH: usize = 200;

/// The modules of a submodule type.
#[derive(Clone, Default)]
pub(super) struct Submodule {
    /// The modules, lazily.
    pub(super) modules: Vec<Thunk>,
    /// Further arguments that imports may depend on.
    pub(super) special_args: Attrs,
    /// Whether a set as definition is only `config`, rather than a module with `options` and `imports`.
    pub(super) only_config: bool,
    /// What its modules are for.
    pub(super) class: Option<EcoString>,
    /// What documentation says instead of "submodule".
    pub(super) description: Option<EcoString>,
    /// Its options without any definitions, once somebody has looked at them.
    pub(super) bare: OnceCell<Rc<Group>>,
}

impl Submodule {
    /// What a submodule type holds.
    pub(super) fn of(opaque: &Opaque) -> Rc<Submodule> {
        opaque.clone().downcast().expect("the module system put it there")
    }

    /// What all its evaluations have in common.
    fn start(&self, path: Path) -> Start {
        Start {
            modules: self.modules.clone(),
            special_args: self.special_args.clone(),
            class: self.class.clone(),
            path,
            ..Start::default()
        }
    }
}

impl Evaluator {
    /// The value of a submodule type: an evaluation of its own, with the definitions as further modules.
    pub(super) fn merge_submodule(
        &mut self,
        ty: &TypeRef,
        submodule: &Submodule,
        winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        if site.path.length() > MAX_LENGTH {
            return Err(errors::endless_submodule(self, site));
        }
        let parts = winners.merging();
        let origin = self.origin_of(&parts);
        for settled in parts.iter().filter(|settled| !is_module(&settled.value)) {
            self.all_sets(ty, std::slice::from_ref(settled), site)?;
        }
        let instance = self.submodule_instance(submodule, &parts, site)?;
        Ok(self.force(&instance.config)?.at(origin))
    }

    /// The evaluation of a submodule's value: with the definitions that are modules as further ones.
    pub(super) fn submodule_instance(
        &mut self,
        submodule: &Submodule,
        parts: &[Settled],
        site: &Site,
    ) -> Result<Rc<Instance>> {
        let mut start = submodule.start(site.path.clone());
        for settled in parts.iter().filter(|settled| is_module(&settled.value)) {
            match settled.attrs() {
                Some(_) if submodule.only_config => start.parts.push(Part::Config(as_definition(settled))),
                _ => start.parts.push(Part::Module(settled.value.clone().into())),
            }
        }
        start.args = named(site.name().as_str(), site.path.key());
        self.instantiate(Rc::new(start))
    }

    /// The options of a submodule type without any definitions, to look into.
    pub(super) fn bare_options(&mut self, submodule: &Submodule) -> Result<Rc<Group>> {
        if let Some(group) = submodule.bare.get() {
            return Ok(group.clone());
        }
        let group = self.options_below(submodule, Path::default())?;
        Ok(submodule.bare.get_or_init(|| group).clone())
    }

    /// The same, for the place that `path` says.
    pub(super) fn options_below(&mut self, submodule: &Submodule, path: Path) -> Result<Rc<Group>> {
        let mut start = submodule.start(path);
        start.args = named("<name>", Span::NONE);
        Ok(self.instantiate(Rc::new(start))?.root.clone())
    }
}

/// Whether a value can be a module of a submodule.
fn is_module(value: &Value) -> bool {
    matches!(value.kind, Kind::Attrs(_) | Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Path(_))
}

fn as_definition(settled: &Settled) -> Definition {
    Definition { value: settled.value.clone().into(), key: settled.key, rank: settled.rank.inside(), condition: None }
}

/// `{ name = …; }`, an argument of the modules.
fn named(name: &str, key: Span) -> Attrs {
    let mut args = AttrsBuilder::new();
    args.add(words().name, key, Value::string(name, key));
    args.build()
}
