//! One evaluation of modules: the knot between `config` and the modules that make it. The root of a
//! configuration is one, and so is every value of a submodule type.
//!
//! Modules are called with a `config` that reads the tree of options, which is made of what the
//! modules say. The tree stands in a cell that is empty while modules are read; whoever looks into it
//! then has asked too early.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use ecow::EcoString;

use super::arguments::ModuleArguments;
use super::collect::Collected;
use super::definitions::Definition;
use super::errors;
use super::site::path_value;
use super::submodule::Submodule;
use super::tree::{Group, Node};
use super::words::words;
use crate::diag::Code;
use crate::eval::Path;
use crate::eval::error;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type};
use crate::value::{Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// What an evaluation of modules starts from.
#[derive(Clone, Default)]
pub(super) struct Start {
    pub(super) modules: Vec<Thunk>,
    /// What is said of a value of a submodule type, behind its modules.
    pub(super) parts: Vec<Part>,
    /// Definitions that are in no module.
    pub(super) definitions: Vec<Definition>,
    /// Arguments of module functions that `imports` may depend on.
    pub(super) special_args: Attrs,
    /// Definitions of `_module.args`.
    pub(super) args: Attrs,
    /// Where in a larger configuration it is.
    pub(super) path: Path,
    /// What its modules are for; those that say otherwise are refused.
    pub(super) class: Option<EcoString>,
    /// Whether definitions are let go of once they are merged.
    pub(super) forgets: bool,
}

/// One definition of a submodule's value.
#[derive(Clone)]
pub(super) enum Part {
    /// A function, a path, or a set that is a module.
    Module(Thunk),
    /// A set that is no more than definitions.
    Config(Definition),
}

/// An evaluation of modules, as far as it is needed.
pub(super) struct Instance {
    pub(super) start: Rc<Start>,
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
pub(super) type Knot = Rc<OnceCell<Rc<Group>>>;

impl Evaluator {
    /// Reads the modules and ties the knot. No option is computed yet.
    pub(super) fn instantiate(&mut self, start: Rc<Start>) -> Result<Rc<Instance>> {
        let knot: Knot = Rc::default();
        let (inner_config, options) = (config_of(&knot), options_of(&knot));
        let arguments = self.module_arguments(&start, &inner_config, &options, &knot);
        let mut collected = self.collect_modules(&start, &arguments);
        let declared = self.declarations(&mut collected);
        let mut definitions = collected.config;
        definitions.extend(start.definitions.iter().cloned());
        if !start.args.is_empty() {
            definitions.push(own_definition(
                words().args,
                Value::attrs(start.args.clone(), Span::NONE).into(),
                Span::NONE,
            ));
        }
        let root = Rc::new(Group::root(start.path.clone(), &declared, definitions));
        if collected.incomplete {
            root.mark_incomplete();
        }
        if start.forgets && !arguments.shows_options.get() {
            root.forget_what_is_merged();
        }
        let root = knot.get_or_init(|| root).clone();
        let config = outer_config(&root);
        Ok(Rc::new(Instance { start, root, inner_config, config, options }))
    }

    /// The sets of declarations, those that every evaluation has first.
    fn declarations(&mut self, collected: &mut Collected) -> Vec<Attrs> {
        let mut declared = vec![own_options()];
        for (options, span) in &collected.options {
            let set = self.force_at(options, *span).and_then(|value| match value.kind {
                Kind::Attrs(set) => Ok(set),
                _ => Err(self.wrong_kind(&value, "a set of option declarations", "`options`", *span)),
            });
            match set {
                Ok(set) => declared.push(set),
                Err(failure) => {
                    self.report(&failure);
                    collected.incomplete = true;
                }
            }
        }
        declared
    }

    fn module_arguments(&mut self, start: &Rc<Start>, config: &Thunk, options: &Thunk, knot: &Knot) -> ModuleArguments {
        let words = words();
        let mut given = AttrsBuilder::new();
        if let Some(lib) = self.globals.get(&words.lib) {
            given.add(words.lib, Span::NONE, lib.clone());
        }
        given.add(words.config, Span::NONE, config.clone()).add(words.options, Span::NONE, options.clone());
        let class = start.class.clone().map_or(Value::null(Span::NONE), |class| Value::string(class, Span::NONE));
        let special_args = Value::attrs(start.special_args.clone(), Span::NONE);
        given.add(words.class, Span::NONE, class).add(words.special_args, Span::NONE, special_args);
        let path = start.path.clone();
        given.add(words.own_prefix, Span::NONE, Thunk::defer(move |_| Ok(path_value(&path))));
        let given = given.build().update(&start.special_args);
        ModuleArguments { given, start: start.clone(), knot: knot.clone(), shows_options: Cell::new(false) }
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
        if !content.unknown.is_empty() && matches!(self.freeform_of(group), Ok(None)) && self.is_checked(group) {
            let places = content.unknown.iter().map(|(name, definition)| (*name, self.place_of_definition(definition)));
            let mut unknown: Vec<(Symbol, Span)> = places.collect();
            unknown.sort_by_key(|(name, key)| (*key, name.as_str()));
            for (name, key) in unknown {
                let finding = errors::unknown_option(self, name, key, group);
                self.report(&finding);
            }
        }
        for at in group.sorted() {
            if let Ok(Node::Group(inner)) = self.node_at(group, at) {
                self.report_unknown(&inner);
            }
        }
    }

    /// The key of a definition, or the value where the key is none of the user's, as that of a renamed option.
    fn place_of_definition(&mut self, definition: &Definition) -> Span {
        if self.sources.is_user(definition.key) {
            return definition.key;
        }
        let values = self.settle(std::slice::from_ref(definition)).map(|winners| winners.definitions);
        let origins = values.into_iter().flatten().map(|settled| settled.value.origin);
        origins.into_iter().find(|&origin| self.sources.is_user(origin)).unwrap_or(definition.key)
    }

    /// Whether `_module.check` is on.
    fn is_checked(&mut self, group: &Rc<Group>) -> bool {
        let check = self.own_value(&group.outermost(), words().check);
        !matches!(check, Ok(Value { kind: Kind::Bool(false), .. }))
    }

    /// The value of an option of `_module`.
    pub(super) fn own_value(&mut self, root: &Rc<Group>, name: Symbol) -> Result<Value> {
        let none = Ok(Value::null(Span::NONE));
        let Some(at) = root.find(words().module) else { return none };
        let Node::Group(own) = self.node_at(root, at)? else { return none };
        let Some(at) = own.find(name) else { return none };
        match self.node_at(&own, at)? {
            Node::Leaf(leaf) => self.force(&leaf.value),
            Node::Group(_) => none,
        }
    }
}

impl Start {
    /// The type whose values are evaluations of these modules.
    pub(super) fn module_type(&self, span: Span) -> Value {
        let submodule = Submodule {
            modules: self.modules.clone(),
            special_args: self.special_args.clone(),
            class: self.class.clone(),
            ..Submodule::default()
        };
        Value::new(Kind::Type(Rc::new(Type::Module(ModuleType::Submodule(Rc::new(submodule))))), span)
    }
}

/// The options that every evaluation has: those in `_module`.
fn own_options() -> Attrs {
    let words = words();
    let own = Thunk::defer(move |_| {
        let option = |ty: Type, default: Value| {
            let mut set = AttrsBuilder::new();
            set.add(words.mark, Span::NONE, Value::string("option", Span::NONE));
            set.add(words.ty, Span::NONE, Value::new(Kind::Type(Rc::new(ty)), Span::NONE));
            set.add(words.internal, Span::NONE, Value::bool(true, Span::NONE));
            set.add(words.default, Span::NONE, default);
            Value::attrs(set.build(), Span::NONE)
        };
        let raw = Rc::new(Type::Module(ModuleType::Raw));
        let args = Type::Module(ModuleType::LazyMap(raw));
        let freeform = Type::Union(vec![Rc::new(Type::Module(ModuleType::OptionType)), Rc::new(Type::Null)]);
        let mut own = AttrsBuilder::new();
        own.add(words.args, Span::NONE, option(args, Value::attrs(Attrs::empty(), Span::NONE)));
        own.add(words.check, Span::NONE, option(Type::Bool, Value::bool(true, Span::NONE)));
        own.add(words.freeform, Span::NONE, option(freeform, Value::null(Span::NONE)));
        Ok(Value::attrs(own.build(), Span::NONE))
    });
    let mut set = AttrsBuilder::new();
    set.add(words.module, Span::NONE, own);
    set.build()
}

/// `{ _module.name = value; }`
pub(super) fn own_definition(name: Symbol, value: Thunk, key: Span) -> Definition {
    let mut inner = AttrsBuilder::new();
    inner.add(name, key, value);
    let mut outer = AttrsBuilder::new();
    outer.add(words().module, key, Value::attrs(inner.build(), key));
    Definition::new(Value::attrs(outer.build(), key).into(), key)
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
