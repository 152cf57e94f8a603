//! Modules and what they import: from paths, functions and sets to one list.
//!
//! A module function is called once, with `config` still to be made: whatever it uses of it must stay
//! lazy. The list has nixpkgs' order, importers behind what they import, because lists and other
//! order-sensitive options are merged in it.

use std::collections::VecDeque;
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::definitions::Definition;
use super::words::words;
use crate::diag::Code;
use crate::eval::{LIBRARY_ROOT, error};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::ParamTerm;
use crate::value::{Attr, Attrs, AttrsBuilder, Error, Evaluator, Kind, Result, Thunk, Value};

/// What all modules say together.
#[derive(Default)]
pub(super) struct Collected {
    /// The sets of declarations.
    pub(super) options: Vec<(Thunk, Span)>,
    /// The sets of definitions.
    pub(super) config: Vec<Definition>,
    /// The type for what no option is declared for.
    pub(super) freeform: Option<(Thunk, Span)>,
    /// Whether a module could not be read; then nobody complains about what it may have defined.
    pub(super) incomplete: bool,
}

/// What module functions are called with.
pub(super) struct ModuleArguments {
    /// `config`, `options`, `lib` and the special arguments.
    pub(super) given: Attrs,
    /// Where the rest is: `config`, with `_module.args` in it.
    pub(super) config: Thunk,
    /// Arguments that are known to be in `_module.args`.
    pub(super) known: Attrs,
}

/// A module, read.
#[derive(Default)]
struct Module {
    identity: Option<Identity>,
    imports: Vec<usize>,
    options: Option<(Thunk, Span)>,
    config: Vec<Definition>,
    freeform: Option<(Thunk, Span)>,
}

/// What makes two modules the same one.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity {
    File(PathBuf),
    Key(String),
}

/// The walk over all modules.
struct Collector<'a> {
    arguments: &'a ModuleArguments,
    modules: Vec<Module>,
    files: FxHashMap<PathBuf, usize>,
    disabled: Vec<Identity>,
    incomplete: bool,
    /// The modules whose imports are being followed, for those that make further ones without end.
    depth: u32,
    /// Whether there were too many.
    gave_up: bool,
}

/// Modules importing each other deeper than this, or more of them, have lost their way.
const MAX_DEPTH: u32 = 500;
const MAX_MODULES: usize = 100_000;

impl Evaluator {
    /// Reads the modules and all that they import.
    pub(super) fn collect_modules(&mut self, modules: &[Thunk], arguments: &ModuleArguments) -> Collected {
        let mut collector = Collector {
            arguments,
            modules: Vec::new(),
            files: FxHashMap::default(),
            disabled: Vec::new(),
            incomplete: false,
            depth: 0,
            gave_up: false,
        };
        let roots: Vec<usize> = modules.iter().map(|module| collector.add(self, module, Span::NONE)).collect();
        collector.finish(&roots)
    }
}

impl Collector<'_> {
    /// Reads a module and what it imports. What is wrong is reported, and the rest goes on.
    fn add(&mut self, machine: &mut Evaluator, module: &Thunk, span: Span) -> usize {
        let result = machine.force_at(module, span).and_then(|value| self.enter(machine, value, span));
        match result {
            Ok(at) => at,
            Err(failure) => {
                self.fail(machine, &failure);
                self.put(Module::default())
            }
        }
    }

    /// Told once; a module that imports itself twice would tell it as often as there are leaves to its tree.
    fn endless(&mut self, span: Span) -> Error {
        if std::mem::replace(&mut self.gave_up, true) {
            return Error::silent();
        }
        let message = "modules import each other without end";
        error(Code::TooDeep, span, message)
            .described(|finding| finding.label("one import too many").hint("a module must not import itself"))
    }

    fn fail(&mut self, machine: &mut Evaluator, failure: &Error) {
        machine.report(failure);
        self.incomplete = true;
    }

    fn put(&mut self, module: Module) -> usize {
        self.modules.push(module);
        self.modules.len() - 1
    }

    fn enter(&mut self, machine: &mut Evaluator, value: Value, span: Span) -> Result<usize> {
        let span = value.origin.or(span);
        if self.depth >= MAX_DEPTH || self.modules.len() >= MAX_MODULES {
            return Err(self.endless(span));
        }
        let path = match &value.kind {
            Kind::Path(path) => path.to_path_buf(),
            Kind::Str(path) if path.starts_with('/') => PathBuf::from(path.as_str()),
            _ => {
                let at = self.put(Module::default());
                self.read(machine, at, value, None)?;
                return Ok(at);
            }
        };
        let path = machine.entry_file(&path, span)?;
        if let Some(&at) = self.files.get(&path) {
            return Ok(at);
        }
        // Entered before it is read, so that files may import each other.
        let identity = Identity::File(path.clone());
        let at = self.put(Module { identity: Some(identity), ..Module::default() });
        self.files.insert(path.clone(), at);
        let content = machine.import(&path, span)?;
        self.read(machine, at, content, Some(span))?;
        Ok(at)
    }

    /// Fills in the module `at` from its value: a set, or a function of the arguments.
    fn read(&mut self, machine: &mut Evaluator, at: usize, value: Value, imported: Option<Span>) -> Result<()> {
        let mut content = value;
        if is_callable(&content) {
            let argument = self.argument(machine, &content)?;
            content = machine.apply(&content, argument, content.origin)?;
        }
        let words = words();
        let Kind::Attrs(attrs) = &content.kind else {
            return Err(not_a_module(&content, imported));
        };
        if attrs.get(words.mark).is_some() {
            // `mkIf c { … }` and its like, as a whole module: definitions and nothing else.
            self.modules[at].config.push(Definition::new(content.clone().into(), content.origin));
            return Ok(());
        }
        if let Some(key) = attrs.get(words.key) {
            let value = machine.force_at(&key.value, key.span)?;
            if let Kind::Str(key) = &value.kind {
                self.modules[at].identity = Some(Identity::Key(key.to_string()));
            }
        }
        self.modules[at].freeform = attrs.get(words.freeform).map(|attr| (attr.value.clone(), attr.span));
        self.sort_out(machine, at, attrs, content.origin);
        self.follow(machine, at, attrs)
    }

    /// Tells declarations from definitions.
    fn sort_out(&mut self, machine: &mut Evaluator, at: usize, attrs: &Attrs, origin: Span) {
        let words = words();
        let about = [words.file, words.class, words.key, words.disabled, words.imports, words.freeform, words.meta];
        if attrs.get(words.config).is_none() && attrs.get(words.options).is_none() {
            let config = attrs.filtered(|attr| !about.contains(&attr.name));
            if !config.is_empty() {
                self.modules[at].config.push(Definition::new(Value::attrs(config, origin).into(), origin));
            }
            return;
        }
        for attr in attrs.sorted() {
            if attr.name == words.config {
                self.modules[at].config.push(Definition::new(attr.value.clone(), attr.span));
            } else if attr.name == words.options {
                self.modules[at].options = Some((attr.value.clone(), attr.span));
            } else if !about.contains(&attr.name) {
                let message = format!("`{}` stands beside `config` or `options`, and so defines nothing", attr.name);
                let stray = error(Code::UnknownOption, attr.span, message)
                    .described(|finding| finding.hint(format!("move it inside: `config.{} = …;`", attr.name)));
                machine.report(&stray);
            }
        }
    }

    fn follow(&mut self, machine: &mut Evaluator, at: usize, attrs: &Attrs) -> Result<()> {
        let words = words();
        for disabled in self.list(machine, attrs.get(words.disabled))? {
            let value = machine.force(&disabled)?;
            self.disabled.push(identity(machine, &value)?);
        }
        let Some(imports) = attrs.get(words.imports) else { return Ok(()) };
        let span = imports.span;
        for module in self.list(machine, Some(imports))? {
            self.depth += 1;
            let import = self.add(machine, &module, span);
            self.depth -= 1;
            self.modules[at].imports.push(import);
        }
        Ok(())
    }

    fn list(&mut self, machine: &mut Evaluator, attr: Option<&Attr>) -> Result<Vec<Thunk>> {
        let Some(attr) = attr else { return Ok(Vec::new()) };
        let value = machine.force_at(&attr.value, attr.span)?;
        match &value.kind {
            Kind::List(items) => Ok(items.to_vec()),
            _ => Err(machine.wrong_kind(&value, "a list of modules", &format!("`{}`", attr.name), attr.span)),
        }
    }

    /// What a module function is called with: what it asks for by name, or everything there is.
    fn argument(&self, machine: &mut Evaluator, function: &Value) -> Result<Thunk> {
        let given = &self.arguments.given;
        let (asked, open) = asked_for(machine, function)?;
        let mut extra = AttrsBuilder::new();
        for (name, span) in asked {
            let known = self.arguments.known.get(name).map(|attr| attr.value.clone());
            match given.get(name) {
                Some(attr) if !open => extra.add(name, attr.span, attr.value.clone()),
                Some(_) => continue,
                None => extra.add(name, span, known.unwrap_or_else(|| self.found_later(name, span))),
            };
        }
        let extra = extra.build();
        let all = if open { given.update(&extra) } else { extra };
        Ok(Value::attrs(all, function.origin).into())
    }

    /// An argument that `_module.args` may define.
    fn found_later(&self, name: Symbol, span: Span) -> Thunk {
        let config = self.arguments.config.clone();
        Thunk::defer(move |machine| {
            let words = words();
            let mut value = machine.force_at(&config, span)?;
            for step in [words.module, words.args, name] {
                let Kind::Attrs(attrs) = &value.kind else { return Err(unknown_argument(name, span)) };
                let Some(attr) = attrs.get(step).cloned() else { return Err(unknown_argument(name, span)) };
                value = machine.force_at(&attr.value, span)?;
            }
            Ok(value)
        })
    }

    /// The modules that are left without the disabled ones, each once, importers last.
    fn finish(mut self, roots: &[usize]) -> Collected {
        let mut order = Vec::new();
        let mut seen: FxHashSet<Identity> = FxHashSet::default();
        let mut visited = vec![false; self.modules.len()];
        let mut queue: VecDeque<usize> = roots.iter().copied().collect();
        while let Some(at) = queue.pop_front() {
            let identity = self.modules[at].identity.clone();
            let again = identity.as_ref().is_some_and(|identity| seen.contains(identity));
            let disabled = identity.as_ref().is_some_and(|identity| self.disabled.contains(identity));
            if std::mem::replace(&mut visited[at], true) || again || disabled {
                continue;
            }
            seen.extend(identity);
            queue.extend(self.modules[at].imports.iter().copied());
            order.push(at);
        }
        let mut collected = Collected { incomplete: self.incomplete, ..Collected::default() };
        for at in order.into_iter().rev() {
            let module = std::mem::take(&mut self.modules[at]);
            collected.options.extend(module.options);
            collected.config.extend(module.config);
            collected.freeform = collected.freeform.or(module.freeform);
        }
        collected
    }
}

fn is_callable(value: &Value) -> bool {
    value.is_function() || matches!(&value.kind, Kind::Attrs(attrs) if attrs.get(words().functor).is_some())
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

fn identity(machine: &mut Evaluator, value: &Value) -> Result<Identity> {
    match &value.kind {
        Kind::Path(path) if path.starts_with(LIBRARY_ROOT) => Ok(Identity::File(path.to_path_buf())),
        Kind::Path(path) => Ok(Identity::File(machine.entry_file(path, value.origin)?)),
        Kind::Str(key) => Ok(Identity::Key(key.to_string())),
        Kind::Attrs(attrs) => match attrs.get(words().key).cloned() {
            Some(attr) => {
                let key = machine.force_at(&attr.value, attr.span)?;
                identity(machine, &key)
            }
            None => Err(machine.wrong_kind(value, "a path or a key", "a disabled module", value.origin)),
        },
        _ => Err(machine.wrong_kind(value, "a path or a key", "a disabled module", value.origin)),
    }
}

fn not_a_module(value: &Value, imported: Option<Span>) -> Error {
    let message = format!("a module must be a set or a function that makes one, not {}", value.describe());
    error(Code::NotAModule, value.origin.or(imported.unwrap_or_default()), message).described(|finding| {
        finding
            .label(format!("this is {}", value.describe()))
            .also(imported.unwrap_or_default(), "imported as a module here")
            .hint("write `{ … }`, or `{ config, lib, ... }: { … }`")
    })
}

fn unknown_argument(name: Symbol, span: Span) -> Error {
    let message = format!("the module asks for an argument `{name}`, which nothing provides");
    error(Code::MissingArgument, span, message).described(|finding| {
        finding.label("asked for here").hint(format!(
            "modules are given `config`, `options`, `lib`, the special arguments, and what `_module.args.{name}` defines"
        ))
    })
}
