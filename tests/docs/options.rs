//! The reference of the options: every option of every layer, out of the evaluated declarations.
//!
//! The layers are evaluated as for an empty configuration, and `options`, which modules see as well, is listed: so
//! what is in the page is what there is, wherever it was declared and of whatever it was put together. Only the
//! texts of defaults are taken from the source, for these are what was meant.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use nxk::eval::STACK_BYTES;
use nxk::library;
use nxk::modules::Request;
use nxk::schema::Catalogue;
use nxk::source::Span;
use nxk::symbol::Symbol;
use nxk::types::{Field, Type, TypeRef};
use nxk::value::{Attrs, AttrsBuilder, Evaluator, Kind, Kubernetes, State, Thunk, Value};

use crate::declared::{Source, cell, code, in_words, sentence};
use crate::library::machine;

/// The files that declare options, in the order of the page, with what is told above them.
const LAYERS: &[(&str, &str)] = &[
    ("layers/framework.nxk", "For the whole configuration"),
    ("layers/applications/default.nxk", "Layer 3: applications"),
    ("layers/applications/secrets.nxk", "Layer 3: secrets"),
    ("layers/workloads.nxk", "Layer 2: what runs"),
    ("layers/networking.nxk", "Layer 2: how pods are reached"),
    ("layers/routing.nxk", "Layer 2: what comes in from outside"),
    ("layers/configuration.nxk", "Layer 2: namespaces and configuration"),
    ("layers/access.nxk", "Layer 2: who may do what"),
    ("layers/sealed-secrets.nxk", "Layer 2: sealed secrets"),
    ("layers/storage.nxk", "Layer 2: what outlives pods"),
    ("layers/scaling.nxk", "Layer 2: how many pods there are"),
    ("layers/quotas.nxk", "Layer 2: how much may be used"),
    ("layers/addons.nxk", "Layer 2: objects of add-ons"),
    ("layers/objects.nxk", "Layer 1: the objects themselves"),
    ("layers/checks.nxk", "Assertions and warnings"),
];

/// How the types of patches are called.
const PART: &str = "Part ";

const HEAD: &str = "# Options

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

Every option of a configuration, and every field inside, with its type, its default and what it means. `<name>` is a
name of yours, `[]` an item of a list. *Required* means that an entry is wrong without it, *absent* that there is nothing
where nothing is said, and `…` that the default is worked out. What types mean is told in
[types.md](../language/types.md): a `Part …` has the fields of the whole, none of them required. Those with a name that
stand for something else than fields are [at the end](#types), and the fields of a `k8s.…` type are listed by
`nxk explain`. How the layers work together is told in [layers.md](../guides/layers.md), and where the value of an option
comes from by [`nxk explain FILE PATH`](../guides/explain.md).
";

/// `docs/reference/options.md`
pub fn reference() -> String {
    // The layers are evaluated, which takes the stack that the program has.
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(|| Page::new().written());
    thread.expect("a thread").join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

struct Page {
    machine: Evaluator,
    text: String,
    /// The declared types that rows speak of and do not list the fields of, by name.
    named: BTreeMap<&'static str, TypeRef>,
    /// The declared types around, which are not listed again inside of themselves.
    around: Vec<Symbol>,
}

/// A declared option.
struct Declared {
    path: String,
    says: Attrs,
    place: Span,
}

impl Page {
    fn new() -> Page {
        let mut machine = machine();
        machine.kubernetes = Kubernetes::Known(Catalogue::embedded().newest());
        Page { machine, text: HEAD.to_string(), named: BTreeMap::new(), around: Vec::new() }
    }

    fn written(mut self) -> String {
        let options = self.options();
        let file = |option: &Declared| {
            let (id, _) = self.machine.sources.range(option.place).expect("options are declared in files");
            self.machine.sources.file(id).name.trim_start_matches("<nxk>/").to_string()
        };
        let mut by_file: BTreeMap<String, Vec<Declared>> = BTreeMap::new();
        options.into_iter().for_each(|option| by_file.entry(file(&option)).or_default().push(option));
        for (file, title) in LAYERS {
            let mut options = by_file.remove(*file).unwrap_or_else(|| panic!("{file} declares no options"));
            options.sort_by_key(|option| option.place.lo);
            self.line(&format!("\n## {title}"));
            options.iter().for_each(|option| self.option(option));
        }
        let without_title: Vec<_> = by_file.keys().collect();
        assert!(without_title.is_empty(), "these files declare options and have no title here: {without_title:?}");
        self.types();
        self.text
    }

    fn options(&mut self) -> Vec<Declared> {
        let layers = Path::new(library::ROOT).join("layers/default.nxk");
        let layers = Thunk::defer(move |machine| machine.import(&layers, Span::NONE));
        let mut args = AttrsBuilder::new();
        // Defaults that are worked out read these; none of them is looked at.
        args.add("defaults", Span::NONE, Value::attrs(Attrs::empty(), Span::NONE));
        let request = Request { modules: vec![layers], special_args: args.build(), ..Request::default() };
        let configuration = self.machine.eval_modules(request).expect("the layers are modules");
        let mut found = Vec::new();
        let options = configuration.options.clone();
        self.collect("", &options, &mut found);
        found
    }

    fn collect(&mut self, path: &str, options: &Thunk, found: &mut Vec<Declared>) {
        let set = self.set(options);
        let is_option = set.get(Symbol::new("_type")).is_some();
        // What the layers tell each other is no one's to set.
        if set.get(Symbol::new("internal")).is_some() {
            return;
        }
        if is_option {
            let place = set.get(Symbol::new("type")).expect("options have types").span;
            found.push(Declared { path: path.to_string(), says: set, place });
            return;
        }
        for entry in set.iter().filter(|entry| entry.name.as_str() != "_module") {
            let dot = if path.is_empty() { "" } else { "." };
            self.collect(&format!("{path}{dot}{}", entry.name), &entry.value, found);
        }
    }

    fn set(&mut self, thunk: &Thunk) -> Attrs {
        match self.machine.force(thunk).expect("the options can be computed").kind {
            Kind::Attrs(set) => set,
            _ => panic!("options are sets"),
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A part of the page for each option: what it is, and a table of what is inside.
    fn option(&mut self, option: &Declared) {
        let says = |name: &str| option.says.get(Symbol::new(name)).map(|attr| attr.value.clone());
        let Kind::Type(ty) = self.machine.force(&says("type").expect("it has a type")).expect("it is one").kind else {
            panic!("the type of {} is none", option.path)
        };
        let doc = match says("description").map(|text| self.machine.force(&text)) {
            Some(Ok(Value { kind: Kind::Str(text), .. })) => sentence(Some(&text)),
            _ => String::new(),
        };
        let default = says("default").map_or("*required*".to_string(), |default| self.default_text(&default));
        self.line(&format!("\n### `{}`\n", option.path));
        if !doc.is_empty() {
            self.line(&format!("{doc}\n"));
        }
        let shown = in_words(&self.shown(&ty));
        self.line(&format!("Type {shown}, default {default}."));
        let before = self.text.len();
        self.inside(&option.path, &ty);
        if self.text.len() > before {
            self.text.insert_str(before, "\n| option | type | default | |\n| --- | --- | --- | --- |\n");
        }
    }

    /// The rows of what a value of the type holds.
    fn inside(&mut self, path: &str, ty: &TypeRef) {
        let ty = self.machine.resolve(ty).expect("the layers' types are types");
        match &*ty {
            // What is a part of something has the fields of that, which are listed where it is whole.
            Type::Declared(name, _) if self.around.contains(name) || name.as_str().starts_with(PART) => {}
            Type::Declared(name, inner) => {
                self.around.push(*name);
                self.inside(path, inner);
                self.around.pop();
            }
            Type::Map(item) => self.inside(&format!("{path}.<name>"), item),
            Type::List(item) => self.inside(&format!("{path}[]"), item),
            Type::Union(members) => members.iter().for_each(|member| self.inside(path, member)),
            // What Kubernetes declares is listed elsewhere.
            Type::Record(record) if record.origin.is_none() => {
                record.fields.iter().for_each(|(name, field)| self.field(&format!("{path}.{name}"), field));
            }
            _ => {}
        }
    }

    fn field(&mut self, path: &str, field: &Field) {
        let ty = self.machine.resolve(&field.ty).expect("the layers' types are types");
        // A record that is written out inside another is only a way to what it holds.
        if !matches!(&*ty, Type::Record(record) if record.origin.is_none()) {
            let default = match field.default.as_ref().and_then(|default| default.downcast_ref::<Thunk>()) {
                Some(default) => cell(&self.default_text(default)),
                None if field.optional => "absent".to_string(),
                None => "*required*".to_string(),
            };
            let doc = sentence(field.doc.as_deref());
            assert!(!doc.is_empty(), "{path} has no documentation in stdlib/layers");
            let anchor = path.replace(['<', '>'], "").replace("[]", "");
            let ty = code(&self.shown(&ty));
            let doc = cell(&doc);
            self.line(&format!("| <a id=\"{anchor}\"></a>`{path}` | {ty} | {default} | {doc} |"));
        }
        self.inside(path, &ty);
    }

    /// A type as people write it. What it names and is not listed as fields gets a part of its own.
    fn shown(&mut self, ty: &TypeRef) -> String {
        let ty = self.machine.resolve(ty).expect("the layers' types are types");
        match &*ty {
            Type::Declared(name, inner) => {
                let inner = self.machine.resolve(inner).expect("the layers' types are types");
                let whole = !name.as_str().starts_with(PART);
                if whole && !matches!(*inner, Type::Record(_)) && !self.named.contains_key(name.as_str()) {
                    self.named.insert(name.as_str(), inner.clone());
                    self.shown(&inner);
                }
                name.to_string()
            }
            Type::List(item) => format!("[{}]", self.shown(item)),
            Type::Map(item) => format!("{{ _ : {} }}", self.shown(item)),
            Type::Union(members) => {
                let members: Vec<String> = members.iter().map(|member| self.shown(member)).collect();
                members.join(" | ")
            }
            other => other.to_string(),
        }
    }

    /// A default as it is written. What is worked out is told by the words beside it.
    fn default_text(&self, default: &Thunk) -> String {
        let span = match default {
            Thunk::Done(value) => value.origin,
            Thunk::Lazy(lazy) => match &*lazy.0.borrow() {
                State::Suspended(term, _) => term.span,
                State::Done(value) => value.origin,
                _ => Span::NONE,
            },
        };
        let text = self.machine.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!text.is_empty(), "a default stands nowhere");
        if text.starts_with("defaults.") { "`…`".to_string() } else { format!("`{text}`") }
    }

    fn types(&mut self) {
        self.line("\n## Types");
        let files: Vec<Source> =
            library::paths().filter(|path| path.starts_with("layers/")).map(Source::read).collect();
        for (name, ty) in std::mem::take(&mut self.named) {
            // `Part T` is `T` with nothing required, and told of as such.
            let whole = name.strip_prefix("Part ").unwrap_or(name);
            let declared = files.iter().find_map(|file| file.type_named(whole));
            let doc = sentence(declared.and_then(|declared| declared.doc.as_deref()));
            assert!(!doc.is_empty(), "the type {name} has no documentation in stdlib/layers");
            let shown = in_words(&self.shown(&ty));
            write!(self.text, "\n### {name}\n\n{doc}\n\n{shown}\n").expect("strings take everything");
        }
    }
}
