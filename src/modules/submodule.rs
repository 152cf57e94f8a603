//! One evaluation of modules: the knot between `config` and the modules that make it. The root of a
//! configuration is one, and so is every value of a submodule type.

use std::cell::OnceCell;
use std::rc::Rc;

use super::collect::ModuleArguments;
use super::definitions::{Definition, Settled, Winners};
use super::errors;
use super::site::Site;
use super::tree::{Group, Node};
use super::words::words;
use crate::diag::Code;
use crate::eval::{Path, error};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// The modules of a submodule type.
pub(super) struct Submodule {
    /// The modules, lazily.
    pub(super) modules: Vec<Thunk>,
    /// Further arguments that imports may depend on.
    pub(super) special_args: Attrs,
    /// Whether a set as definition is only `config`, rather than a module with `options` and `imports`.
    pub(super) only_config: bool,
}

/// What an evaluation of modules starts from.
pub(super) struct Start<'a> {
    pub(super) modules: &'a [Thunk],
    /// Definitions that are in no module.
    pub(super) definitions: Vec<Definition>,
    pub(super) special_args: &'a Attrs,
    /// Definitions of `_module.args`.
    pub(super) args: Attrs,
    pub(super) path: Path,
}

/// An evaluation of modules, as far as it is needed.
pub(super) struct Instance {
    /// The options.
    pub(super) root: Rc<Group>,
    /// What `config` is to the modules, `_module` included.
    pub(super) inner_config: Thunk,
    /// What `config` is from outside.
    pub(super) config: Thunk,
    /// What can be known of the options.
    pub(super) options: Thunk,
}

/// The options, once the modules have been read.
type Knot = Rc<OnceCell<Rc<Group>>>;

impl Evaluator {
    /// Reads the modules and ties the knot. No option is computed yet.
    pub(super) fn instantiate(&mut self, start: Start) -> Result<Rc<Instance>> {
        let knot: Knot = Rc::default();
        let (inner_config, options) = (config_of(&knot), options_of(&knot));
        let arguments = self.module_arguments(&start, &inner_config, &options);
        let collected = self.collect_modules(start.modules, &arguments);
        let mut declared = vec![self.own_options()];
        let mut incomplete = collected.incomplete;
        for (options, span) in &collected.options {
            match self.declarations(options, *span) {
                Ok(set) => declared.push(set),
                Err(failure) => {
                    self.report(&failure);
                    incomplete = true;
                }
            }
        }
        let freeform = match &collected.freeform {
            Some((ty, span)) => {
                let value = self.force_at(ty, *span)?;
                Some(self.type_of_value(&value, value.origin.or(*span))?)
            }
            None => None,
        };
        let mut definitions = collected.config;
        definitions.extend(start.definitions);
        if !start.args.is_empty() {
            definitions.push(args_definition(&start.args));
        }
        let root = Rc::new(Group::root(start.path, &declared, definitions, freeform));
        if incomplete {
            root.mark_incomplete();
        }
        let root = knot.get_or_init(|| root).clone();
        let config = outer_config(&root);
        Ok(Rc::new(Instance { root, inner_config, config, options }))
    }

    fn declarations(&mut self, options: &Thunk, span: Span) -> Result<Attrs> {
        let value = self.force_at(options, span)?;
        match value.kind {
            Kind::Attrs(set) => Ok(set),
            _ => Err(self.wrong_kind(&value, "a set of option declarations", "`options`", span)),
        }
    }

    fn module_arguments(&mut self, start: &Start, config: &Thunk, options: &Thunk) -> ModuleArguments {
        let words = words();
        let mut given = AttrsBuilder::new();
        if let Some(lib) = self.globals.get(&words.lib) {
            given.add(words.lib, Span::NONE, lib.clone());
        }
        given.add(words.config, Span::NONE, config.clone()).add(words.options, Span::NONE, options.clone());
        let given = given.build().update(start.special_args);
        ModuleArguments { given, config: config.clone(), known: start.args.clone() }
    }

    /// The options that every evaluation has: `_module.args` and `_module.check`.
    fn own_options(&mut self) -> Attrs {
        let words = words();
        let mut set = AttrsBuilder::new();
        let own = Thunk::defer(move |_| {
            let option = |ty: Type, default: Option<Value>| {
                let mut set = AttrsBuilder::new();
                set.add(words.mark, Span::NONE, Value::string("option", Span::NONE));
                set.add(words.ty, Span::NONE, Value::new(Kind::Type(Rc::new(ty)), Span::NONE));
                set.add(words.internal, Span::NONE, Value::bool(true, Span::NONE));
                if let Some(default) = default {
                    set.add(words.default, Span::NONE, default);
                }
                Value::attrs(set.build(), Span::NONE)
            };
            let raw = Rc::new(Type::Module(ModuleType::Raw));
            let args = Type::Module(ModuleType::LazyMap(raw));
            let mut own = AttrsBuilder::new();
            own.add(words.args, Span::NONE, option(args, Some(Value::attrs(Attrs::empty(), Span::NONE))));
            own.add(words.check, Span::NONE, option(Type::Bool, Some(Value::bool(true, Span::NONE))));
            Ok(Value::attrs(own.build(), Span::NONE))
        });
        set.add(words.module, Span::NONE, own);
        set.build()
    }

    /// The value of a submodule type: an evaluation of its own, with the definitions as further modules.
    pub(super) fn merge_submodule(
        &mut self,
        ty: &TypeRef,
        module: &ModuleType,
        winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        let ModuleType::Submodule(opaque) = module else { return Err(crate::value::Error::silent()) };
        let submodule = opaque.clone().downcast::<Submodule>().expect("the module system put it there");
        let (mut modules, mut definitions) = (submodule.modules.clone(), Vec::new());
        let parts = winners.merging();
        let origin = self.origin_of(&parts);
        for settled in parts {
            match &settled.value.kind {
                Kind::Attrs(_) if submodule.only_config => definitions.push(as_definition(&settled)),
                Kind::Attrs(_) | Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Path(_) => {
                    modules.push(settled.value.clone().into());
                }
                _ => {
                    self.all_sets(ty, &[settled], site)?;
                }
            }
        }
        let name = site.path.last().unwrap_or_else(|| Symbol::new(""));
        let mut args = AttrsBuilder::new();
        args.add(words().name, site.path.key(), Value::string(name.as_str(), site.path.key()));
        let instance = self.instantiate(Start {
            modules: &modules,
            definitions,
            special_args: &submodule.special_args,
            args: args.build(),
            path: site.path.clone(),
        })?;
        Ok(self.force(&instance.config)?.at(origin))
    }

    /// The options of a submodule type without any definitions, to look into.
    pub(super) fn submodule_options(&mut self, submodule: &Submodule, path: Path) -> Result<Rc<Group>> {
        let mut args = AttrsBuilder::new();
        args.add(words().name, Span::NONE, Value::string("<name>", Span::NONE));
        let instance = self.instantiate(Start {
            modules: &submodule.modules,
            definitions: Vec::new(),
            special_args: &submodule.special_args,
            args: args.build(),
            path,
        })?;
        Ok(instance.root.clone())
    }

    /// Reports definitions of what is not declared, in the whole tree, once.
    pub(super) fn report_unknown(&mut self, group: &Rc<Group>) {
        if group.reported.replace(true) {
            return;
        }
        let content = match self.opened(group) {
            Ok(content) => content,
            Err(failure) => return self.report(&failure),
        };
        if group.freeform.is_none() && !content.unknown.is_empty() && self.is_checked(group) {
            for (name, definition) in &content.unknown {
                let finding = errors::unknown_option(self, *name, definition.key, group);
                self.report(&finding);
            }
        }
        for at in group.sorted() {
            if let Ok(Node::Group(inner)) = self.node_at(group, at) {
                self.report_unknown(&inner);
            }
        }
    }

    /// Whether `_module.check` is on.
    fn is_checked(&mut self, group: &Rc<Group>) -> bool {
        let root = group.outermost();
        let words = words();
        let Some(at) = root.find(words.module) else { return true };
        let Ok(Node::Group(own)) = self.node_at(&root, at) else { return true };
        let Some(at) = own.find(words.check) else { return true };
        match self.node_at(&own, at) {
            Ok(Node::Leaf(leaf)) => !matches!(self.force(&leaf.value), Ok(Value { kind: Kind::Bool(false), .. })),
            _ => true,
        }
    }
}

/// `config` as the modules see it.
fn config_of(knot: &Knot) -> Thunk {
    let knot = knot.clone();
    Thunk::defer(move |machine| match knot.get() {
        Some(root) => machine.group_config(&root.clone()),
        None => Err(errors::config_too_early("config")),
    })
}

/// `options` as the modules see them.
fn options_of(knot: &Knot) -> Thunk {
    let knot = knot.clone();
    Thunk::defer(move |machine| match knot.get() {
        Some(root) => Ok(machine.group_options(&root.clone())),
        None => Err(errors::config_too_early("options")),
    })
}

/// `config` from outside: without `_module`, and with everything in it declared.
fn outer_config(root: &Rc<Group>) -> Thunk {
    let root = root.clone();
    Thunk::defer(move |machine| {
        machine.report_unknown(&root);
        let config = machine.group_config(&root)?;
        match &config.kind {
            Kind::Attrs(attrs) => {
                let outside = attrs.filtered(|attr| attr.name != words().module);
                Ok(Value::attrs(outside, config.origin))
            }
            _ => Err(error(Code::NotAModule, config.origin, "a configuration must be a set")),
        }
    })
}

fn as_definition(settled: &Settled) -> Definition {
    Definition { value: settled.value.clone().into(), key: settled.key, rank: settled.rank.inside(), condition: None }
}

/// `{ _module.args = args; }`
fn args_definition(args: &Attrs) -> Definition {
    let words = words();
    let mut inner = AttrsBuilder::new();
    inner.add(words.args, Span::NONE, Value::attrs(args.clone(), Span::NONE));
    let mut outer = AttrsBuilder::new();
    outer.add(words.module, Span::NONE, Value::attrs(inner.build(), Span::NONE));
    Definition::new(Value::attrs(outer.build(), Span::NONE).into(), Span::NONE)
}
