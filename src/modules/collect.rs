//! Modules and what they import: from paths, functions and sets to one list.
//!
//! A module function is called once, with `config` still to be made: whatever it uses of it must stay
//! lazy. The list has nixpkgs' order, importers behind what they import, because lists and other
//! order-sensitive options are merged in it.

use std::collections::VecDeque;
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::arguments::ModuleArguments;
use super::definitions::Definition;
use super::errors;
use super::instance::{Part, Start, own_definition};
use super::words::words;
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, Result, Thunk, Value};

/// What all modules say together.
#[derive(Default)]
pub(super) struct Collected {
    /// The sets of declarations.
    pub(super) options: Vec<(Thunk, Span)>,
    /// The sets of definitions.
    pub(super) config: Vec<Definition>,
    /// Whether a module could not be read; then nobody complains about what it may have defined.
    pub(super) incomplete: bool,
}

/// A module, read.
#[derive(Default)]
struct Module {
    identity: Option<Identity>,
    imports: Vec<usize>,
    options: Option<(Thunk, Span)>,
    config: Vec<Definition>,
}

/// What makes two modules the same one.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity {
    File(PathBuf),
    Key(String),
}

/// The walk over all modules.
struct Collector<'a> {
    start: &'a Start,
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
    pub(super) fn collect_modules(&mut self, start: &Start, arguments: &ModuleArguments) -> Collected {
        let mut collector = Collector {
            start,
            arguments,
            modules: Vec::new(),
            files: FxHashMap::default(),
            disabled: Vec::new(),
            incomplete: false,
            depth: 0,
            gave_up: false,
        };
        let mut roots: Vec<usize> =
            start.modules.iter().map(|module| collector.add(self, module, Span::NONE)).collect();
        roots.extend(start.parts.iter().map(|part| match part {
            Part::Module(module) => collector.add(self, module, Span::NONE),
            Part::Config(definition) => collector.put(Module { config: vec![definition.clone()], ..Module::default() }),
        }));
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
            let argument = self.arguments.of(machine, &content)?;
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
        self.check_class(machine, attrs, imported)?;
        if let Some(attr) = attrs.get(words.freeform) {
            self.modules[at].config.push(own_definition(words.freeform, attr.value.clone(), attr.span));
        }
        self.sort_out(machine, at, attrs, content.origin);
        self.follow(machine, at, attrs)
    }

    /// A module that says what it is for is of no use elsewhere.
    fn check_class(&self, machine: &mut Evaluator, attrs: &Attrs, imported: Option<Span>) -> Result<()> {
        let (Some(wanted), Some(attr)) = (&self.start.class, attrs.get(words().class)) else { return Ok(()) };
        let value = machine.force_at(&attr.value, attr.span)?;
        match &value.kind {
            Kind::Null => Ok(()),
            Kind::Str(class) if class == wanted => Ok(()),
            Kind::Str(class) => Err(errors::wrong_class(class, wanted, value.origin.or(attr.span), imported)),
            _ => Err(machine.wrong_kind(&value, "a string", "`_class`", attr.span)),
        }
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
            self.disable(machine, &value)?;
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

    /// Leaves a module out: by its path, its key, or itself.
    fn disable(&mut self, machine: &mut Evaluator, value: &Value) -> Result<()> {
        match &value.kind {
            Kind::Path(path) => {
                let file = machine.entry_file(path, value.origin)?;
                self.disabled.push(Identity::File(file));
            }
            Kind::Str(name) => {
                self.disabled.push(Identity::Key(name.to_string()));
                // Which of both was meant is known when there is such a file.
                let path = self.base_of(machine, value).join(name.as_str());
                self.disabled.extend(machine.entry_file(&path, value.origin).ok().map(Identity::File));
            }
            Kind::Attrs(attrs) if attrs.get(words().key).is_some() => {
                let attr = &attrs.get(words().key).expect("it was just found").clone();
                let key = machine.force_at(&attr.value, attr.span)?;
                return match key.kind {
                    Kind::Attrs(_) => {
                        Err(machine.wrong_kind(&key, "a path or a string", "the key of a module", attr.span))
                    }
                    _ => self.disable(machine, &key),
                };
            }
            _ => return Err(machine.wrong_kind(value, "a path or a key", "a disabled module", value.origin)),
        }
        Ok(())
    }

    /// What relative names of modules are relative to: `modulesPath` where it is given, else the folder
    /// of the file that names them.
    fn base_of(&self, machine: &mut Evaluator, name: &Value) -> PathBuf {
        let given = self.start.special_args.get(words().modules_path).cloned();
        match given.and_then(|attr| machine.force_at(&attr.value, attr.span).ok()).map(|value| value.kind) {
            Some(Kind::Path(path)) => path.to_path_buf(),
            Some(Kind::Str(path)) => PathBuf::from(path.as_str()),
            _ => {
                let file = machine.sources.find(name.origin).and_then(|file| machine.sources.file(file).path.clone());
                file.and_then(|file| file.parent().map(Into::into)).unwrap_or_default()
            }
        }
    }

    fn list(&mut self, machine: &mut Evaluator, attr: Option<&Attr>) -> Result<Vec<Thunk>> {
        let Some(attr) = attr else { return Ok(Vec::new()) };
        let value = machine.force_at(&attr.value, attr.span)?;
        match &value.kind {
            Kind::List(items) => Ok(items.to_vec()),
            _ => Err(machine.wrong_kind(&value, "a list of modules", &format!("`{}`", attr.name), attr.span)),
        }
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
        }
        collected
    }
}

fn is_callable(value: &Value) -> bool {
    value.is_function() || matches!(&value.kind, Kind::Attrs(attrs) if attrs.get(words().functor).is_some())
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
