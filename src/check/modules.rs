//! Configurations: the entry and what it imports are modules beside the layers.
//!
//! Modules are collected as far as their imports can be told without evaluating anything. Their options
//! together say what `config` is, and what definitions may be. Where a module cannot be told, or declares options by
//! computing them, there may be more options than are known, and names that are not known are nobody's mistake.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::Checker;
use super::need::{Need, Why};
use super::options::Options;
use super::scope::{Env, Slot};
use super::ty::{Extent, Row, Ty, TyRef, VarId};
use crate::schema::Catalogue;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{AttrsTerm, FieldTerm, NameTerm, ParamTerm, Term, TermKind, TermRef};
use crate::types::Path;

/// The names that say something of a module instead of defining an option.
const ABOUT: &[&str] =
    &["_file", "_class", "key", "disabledModules", "imports", "options", "config", "freeformType", "meta"];

/// The modules of a configuration.
#[derive(Default)]
pub(super) struct Modules {
    all: Vec<Module>,
    seen: FxHashSet<usize>,
    /// Whether there are modules, or options of modules, that cannot be told.
    open: bool,
}

/// One module: a set, and where it stands.
struct Module {
    body: TermRef,
    env: Env,
}

impl Checker<'_> {
    /// The entry of a configuration, and everything it imports.
    pub(super) fn configuration(&mut self, at: usize) -> TyRef {
        if let Some(version) = self.named_version(at) {
            self.version = version;
        }
        self.take_in_schemas(at);
        let layers = std::path::Path::new(crate::library::ROOT).join("layers/default.nxk");
        let config = self.store.fresh(1);
        let mut modules = Modules::default();
        if let Ok(opened) = self.files.open(&layers, Span::NONE) {
            let layers = self.enter_file(opened);
            self.collect_file(layers, &config, &mut modules);
        }
        self.collect_file(at, &config, &mut modules);
        let options = self.options_of(&mut modules);
        if let Ty::Var(var) = &*config {
            self.set_config(*var, &options);
        }
        let defined = options.definitions();
        for module in &modules.all {
            if self.looks_at_values(&module.env) {
                self.check_module(module, &defined);
            }
        }
        options.config()
    }

    /// Everything that was asked of `config` before it was known is asked now.
    fn set_config(&mut self, var: VarId, options: &Options) {
        let config = options.config();
        let uppers = self.store.upper(var).to_vec();
        self.store.set_link(var, config.clone());
        for upper in uppers {
            self.flow(&config, Span::NONE, &upper.ty, &upper.need);
        }
    }

    fn collect_file(&mut self, at: usize, config: &TyRef, modules: &mut Modules) {
        if !modules.seen.insert(at) {
            return;
        }
        let term = self.all_files[at].opened.term.clone();
        let env = Env { frame: None, facts: None, asked_for: None, file: at };
        self.collect(&term, &env, config, modules);
    }

    /// Follows a module to its set.
    fn collect(&mut self, term: &TermRef, env: &Env, config: &TyRef, modules: &mut Modules) {
        match &term.kind {
            TermKind::Lambda(lambda) => {
                let inner = match &lambda.param {
                    ParamTerm::Name(_) => self.enter(vec![Slot::Mono(Ty::any())], env),
                    ParamTerm::Formals { formals, open, alias } => {
                        let given = self.module_arguments(config);
                        self.formals(formals, *open, *alias, Some(&given), env, lambda.span).0
                    }
                };
                self.collect(&lambda.body, &inner, config, modules);
            }
            TermKind::Let { values, body } => {
                let slots = values.iter().map(|value| Slot::Fresh(value.clone())).collect();
                let inner = self.enter(slots, env);
                self.collect(body, &inner, config, modules);
                modules.all.push(Module { body: term.clone(), env: inner });
            }
            TermKind::With { scope, body } => {
                let inner = self.with(scope, env);
                self.collect(body, &inner, config, modules);
            }
            TermKind::Assert { condition, body } => {
                let (holds, _) = self.branches(condition, env, "the condition of `assert`");
                self.collect(body, &holds, config, modules);
            }
            TermKind::Attrs(attrs) => {
                self.imports(attrs, env, config, modules);
                modules.all.push(Module { body: term.clone(), env: env.clone() });
            }
            TermKind::Path(_) => match self.path_of(term, env) {
                Some(path) => match self.files.open(&path, term.span) {
                    Ok(opened) => {
                        let at = self.enter_file(opened);
                        self.collect_file(at, config, modules);
                    }
                    Err(finding) => {
                        modules.open = true;
                        self.report(*finding);
                    }
                },
                None => modules.open = true,
            },
            TermKind::Apply { function, arguments } => match self.imported_module(function, arguments, env) {
                Some(at) => self.collect_file(at, config, modules),
                None => {
                    // `mkIf c { … }` and its like define; anything else may be any module.
                    modules.open |= !makes_definitions(function);
                    modules.all.push(Module { body: term.clone(), env: env.clone() });
                }
            },
            _ => {
                modules.open = true;
                modules.all.push(Module { body: term.clone(), env: env.clone() });
            }
        }
    }

    /// `import ./module.nxk`, as a module.
    fn imported_module(&mut self, function: &TermRef, arguments: &[TermRef], env: &Env) -> Option<usize> {
        let ([file], TermKind::Global(name)) = (arguments, &function.kind) else { return None };
        let path = self.path_of(file, env).filter(|_| name.as_str() == "import")?;
        let opened = self.files.open(&path, file.span).ok()?;
        Some(self.enter_file(opened))
    }

    fn imports(&mut self, attrs: &AttrsTerm, env: &Env, config: &TyRef, modules: &mut Modules) {
        modules.open |= !attrs.dynamic.is_empty() || attrs.recursive;
        for field in &attrs.fields {
            match (field.name.as_str(), &field.value.kind) {
                ("imports", TermKind::List(items)) => {
                    for item in items {
                        self.collect(item, env, config, modules);
                    }
                }
                ("imports" | "freeformType" | "disabledModules", _) => modules.open = true,
                _ => {}
            }
        }
    }

    /// What module functions are given.
    fn module_arguments(&mut self, config: &TyRef) -> Row {
        let library = self.library();
        let given = [("config", config.clone()), ("lib", library), ("options", Ty::any())];
        let fields = given.into_iter().map(|(name, ty)| {
            let presence = super::ty::Presence::Required;
            (Symbol::new(name), super::ty::Field { ty, presence, span: Span::NONE, value: Span::NONE })
        });
        Row { fields: fields.collect(), rest: Some(Ty::any()), ..Row::default() }
    }

    fn options_of(&mut self, modules: &mut Modules) -> Options {
        let mut options = Options::default();
        for module in &modules.all {
            let TermKind::Attrs(attrs) = &module.body.kind else { continue };
            if let Some(field) = attrs.fields.iter().find(|field| field.name.as_str() == "options") {
                let ty = self.infer(&field.value, &module.env);
                self.add_options(&mut options, &ty);
            }
        }
        options.open |= modules.open;
        options
    }

    /// The definitions of a module, held to their options.
    fn check_module(&mut self, module: &Module, defined: &TyRef) {
        let need = Need::of(Why::Typed { what: Path::default(), of: None }, module.body.span);
        let need = Rc::new(Need { is_option: true, ..(*need).clone() });
        let wanted: TyRef = Rc::new(Ty::Definition(defined.clone(), Extent::Part));
        let TermKind::Attrs(attrs) = &module.body.kind else {
            return match &module.body.kind {
                TermKind::Let { .. } => self.finish(&module.env),
                TermKind::Apply { function, .. } if makes_definitions(function) => {
                    self.expect(&module.body, &module.env, &wanted, &need);
                }
                _ => {
                    self.infer(&module.body, &module.env);
                }
            };
        };
        let named = |name: &str| attrs.fields.iter().find(|field| field.name.as_str() == name);
        if attrs.recursive {
            self.infer(&module.body, &module.env);
        } else if named("config").is_some() || named("options").is_some() {
            for field in attrs.fields.iter().filter(|field| field.name.as_str() != "options") {
                match field.name.as_str() {
                    "config" => self.expect(&field.value, &module.env, &wanted, &need),
                    "imports" => self.other_imports(&field.value, &module.env),
                    _ => {
                        self.infer(&field.value, &module.env);
                    }
                }
            }
        } else {
            if let Some(imports) = named("imports") {
                self.other_imports(&imports.value, &module.env);
            }
            let body = definitions_alone(attrs, module.body.span);
            self.expect(&body, &module.env, &wanted, &need);
        }
    }

    /// Imports that are not modules by themselves, which are collected, but computed.
    fn other_imports(&mut self, imports: &TermRef, env: &Env) {
        if !matches!(imports.kind, TermKind::List(_)) {
            self.infer(imports, env);
        }
    }

    /// The Kubernetes version that the entry names, where it is written out.
    fn named_version(&mut self, at: usize) -> Option<crate::schema::Version<'static>> {
        if self.version_is_given {
            return None;
        }
        let term = self.all_files[at].opened.term.clone();
        let (text, span) = written(&term, &["framework", "kubernetesVersion"])?;
        Catalogue::embedded().version(&text, span).ok()
    }
}

/// The text at a path in a module, where it is written out.
fn written(term: &TermRef, path: &[&str]) -> Option<(ecow::EcoString, Span)> {
    match (&term.kind, path) {
        (TermKind::Str(text), []) => Some((text.clone(), term.span)),
        (TermKind::Lambda(lambda), _) => written(&lambda.body, path),
        (TermKind::Let { body, .. } | TermKind::With { body, .. } | TermKind::Assert { body, .. }, _) => {
            written(body, path)
        }
        (TermKind::Apply { arguments, .. }, _) => written(arguments.last()?, path),
        (TermKind::Attrs(attrs), [first, rest @ ..]) => {
            attrs.fields.iter().find_map(|field| match field.name.as_str() {
                name if name == *first => written(&field.value, rest),
                "config" => written(&field.value, path),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The set of a module without what is not a definition in it.
fn definitions_alone(attrs: &AttrsTerm, span: Span) -> TermRef {
    let fields = attrs.fields.iter().filter(|field| !ABOUT.contains(&field.name.as_str())).map(|field| FieldTerm {
        name: field.name,
        span: field.span,
        value: field.value.clone(),
    });
    let dynamic = attrs.dynamic.clone();
    let attrs = AttrsTerm { recursive: false, fields: fields.collect(), dynamic };
    Term::new(TermKind::Attrs(Box::new(attrs)), span)
}

/// Whether a function is one that makes definitions: `lib.mkIf` and its like.
pub(super) fn makes_definitions(function: &TermRef) -> bool {
    let name = match &function.kind {
        TermKind::Local { name, .. } | TermKind::Scoped { name, .. } | TermKind::Global(name) => *name,
        TermKind::Select { path, .. } => match path.last() {
            Some(NameTerm::Fixed(name, _)) => *name,
            _ => return false,
        },
        TermKind::Apply { function, .. } => return makes_definitions(function),
        _ => return false,
    };
    matches!(name.as_str(), "mkIf" | "mkMerge" | "mkDefault" | "mkForce" | "mkOverride" | "mkLowered" | "mkLayered")
}
