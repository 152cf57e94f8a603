//! The pages about the builtins, `lib` and the named types.

use std::collections::{BTreeMap, BTreeSet};

use nxk::library;
use nxk::source::World;
use nxk::symbol::Symbol;
use nxk::syntax::ast::{AttrName, AttrNameKind, Binding, Entry, ExprKind, FieldType, Inherit};
use nxk::types::NAMED;
use nxk::value::Evaluator;

use crate::declared::{Source, cell, code, doc_of, in_words, sentence};

const BUILTINS_HEAD: &str = "# Builtins

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

Every pure builtin of Nix, under its name and with its meaning, and `fromYAML` and `toYAML` besides. They are in the
set `builtins`. In scope without it are
{unqualified}.
Each of the others also has a name with two underscores in front: `__add` is `builtins.add`. What is left out on
purpose is listed in the [overview](README.md#left-out).

The types are those of [types.md](types.md); a single small letter stands for any one type, the same throughout. They
say what a builtin takes and gives; a builtin holds its arguments to more than its type where the words say so. A set
with `outPath` or `__toString` can stand for a text wherever Nix takes one.
";

const LIB_HEAD: &str = "# The standard library

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

`lib` is in scope in every file, and modules are given it as an argument. Its names and their meaning are those of
nixpkgs' `lib`; `lib.kubernetes`, `lib.secret`, `lib.mkLowered`, `lib.mkLayered` and `lib.mkEach` are its own additions.
It is written in nxk, in [`stdlib/lib/`](../../stdlib/lib/), apart from the types, secrets and `evalModules`, which are
native. A topic is read when something of it is used.

Names marked with ° are also at the top: `lib.length` is `lib.lists.length`. Types are those of [types.md](types.md),
where the names of [`lib.types`](types.md#libtypes) are told as well; a single small letter stands for any one type, the
same throughout a line. Some topics have names for types that they speak of often: these stand above the table. Where
no type is shown, none could say what is taken: what compares takes whatever can be compared.
";

/// What only the library calls.
const INTERNAL: &str = "builtins/internal.nxk";

/// A longer line is broken.
const LINE: usize = 119;

/// An evaluator with all that the language offers.
pub fn machine() -> Evaluator {
    let mut machine = Evaluator::new(World::new(std::path::Path::new(".")).expect("a folder"));
    machine.install(&[nxk::layers::NATIVES, nxk::graph::NATIVES]);
    machine
}

/// `docs/language/builtins.md`
pub fn builtins() -> String {
    let machine = machine();
    let topics = || library::paths().filter(|path| path.starts_with("builtins/") && *path != INTERNAL);
    let mut unqualified = BTreeSet::new();
    let mut body = String::new();
    for path in topics() {
        let source = Source::read(path);
        let about = source.opening();
        let about = about.split(" The bod").next().and_then(|about| about.split(" They are made").next());
        body.push_str(&format!("\n## {}\n\n", about.unwrap_or_default().trim_end_matches('.')));
        body.push_str("| name | type | |\n| --- | --- | --- |\n");
        let mut fields: Vec<_> = source.record().fields.iter().collect();
        fields.sort_by_key(|field| field.name.as_str());
        for field in fields {
            let name = field.name.as_str();
            if machine.names.builtin.contains(&Symbol::new(name)) {
                unqualified.insert(format!("`{name}`"));
            }
            body.push_str(&format!(
                "| `{name}` | {} | {} |\n",
                code(&source.text(field.ty.span)),
                cell(&doc_of(field))
            ));
        }
    }
    let unqualified = unqualified.into_iter().collect::<Vec<_>>().join(", ");
    format!("{}{body}", BUILTINS_HEAD.replace("{unqualified}", &wrapped(&unqualified)))
}

/// `docs/language/lib.md`
pub fn lib() -> String {
    let at_top = names_at_the_top();
    let of_builtins = of_builtins();
    let mut body = String::new();
    for path in library::paths().filter(|path| path.starts_with("lib/") && !path.ends_with("/default.nxk")) {
        let source = Source::read(path);
        let topic = topic_of(path);
        body.push_str(&format!("\n## `lib.{topic}`\n\n{}\n\n", source.opening()));
        body.push_str(&declared_types(&source));
        body.push_str("| name | type | |\n| --- | --- | --- |\n");
        for (name, about) in names(&source, &of_builtins) {
            let is_at_top = at_top.get(&name).is_some_and(|of| of.as_ref().is_none_or(|of| *of == topic));
            let mark = if is_at_top { " °" } else { "" };
            let ty = about.ty.map_or_else(String::new, |ty| code(&ty));
            body.push_str(&format!("| `{name}`{mark} | {ty} | {} |\n", cell(&about.doc)));
        }
    }
    format!("{LIB_HEAD}{body}")
}

/// The table of the named scalar types.
pub fn named_types() -> String {
    let mut table = "| name | of | takes |\n| --- | --- | --- |\n".to_string();
    for named in NAMED {
        let of = if named.integer { "integers" } else { "strings" };
        table.push_str(&format!("| `{}` | {of} | {} |\n", named.name, cell(named.rule)));
    }
    table
}

/// The table of Nix's features that are left out, by their reason.
pub fn left_out() -> String {
    let machine = machine();
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, reason) in &machine.names.refused {
        if !name.as_str().starts_with("__") {
            by_reason.entry(reason).or_default().push(name.as_str());
        }
    }
    let mut rows: Vec<(Vec<&str>, &str)> = by_reason.into_iter().map(|(reason, names)| (names, reason)).collect();
    rows.iter_mut().for_each(|(names, _)| names.sort_unstable());
    rows.sort();
    let mut table = "| left out | instead, or why |\n| --- | --- |\n".to_string();
    for (names, reason) in rows {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        table.push_str(&format!("| {} | {} |\n", names.join(" "), cell(reason)));
    }
    table
}

/// `fixed-points.nxk` is `lib.fixedPoints`.
fn topic_of(path: &str) -> String {
    let stem = path.trim_start_matches("lib/").trim_end_matches(".nxk");
    let mut words = stem.split('-');
    let first = words.next().unwrap_or_default().to_string();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

/// What is told of a name.
#[derive(Clone, Default)]
struct About {
    ty: Option<String>,
    doc: String,
}

impl About {
    fn binding(binding: &Binding, source: &Source) -> About {
        let ty = binding.annotation.as_ref().map(|ty| source.text(ty.span));
        About { ty, doc: sentence(binding.doc.as_deref()) }
    }
}

/// The types that a topic declares to speak of its functions, as a list.
fn declared_types(source: &Source) -> String {
    let (_, outer) = source.entries();
    let line = |entry: &&Entry| match entry {
        Entry::Type(decl) => {
            let declaration = format!("- {} {}", in_words(&source.text(decl.span)), sentence(decl.doc.as_deref()));
            Some(format!("{}\n", declaration.trim_end()))
        }
        _ => None,
    };
    let list: String = outer.iter().filter_map(line).collect();
    if list.is_empty() { list } else { list + "\n" }
}

/// The names of a topic and what is told of them, by name.
fn names(source: &Source, of_builtins: &BTreeMap<String, About>) -> BTreeMap<String, About> {
    let (inner, outer) = source.entries();
    let local = |name: &str| {
        outer.iter().find_map(|entry| match entry {
            Entry::Bind(binding) if fixed(&binding.path).as_deref() == Some(name) => {
                Some(About::binding(binding, source))
            }
            _ => None,
        })
    };
    let mut names = BTreeMap::new();
    for entry in &inner {
        match entry {
            Entry::Bind(binding) => {
                let name = fixed(&binding.path).expect("the names of the library are written out");
                names.insert(name, About::binding(binding, source));
            }
            Entry::Inherit(inherit) => {
                for name in inherited(inherit) {
                    let about = match &inherit.from {
                        None => local(&name).unwrap_or_default(),
                        Some(_) => of_builtins.get(&name).cloned().unwrap_or_default(),
                    };
                    names.insert(name, about);
                }
            }
            _ => panic!("the library binds and inherits, nothing else"),
        }
    }
    names
}

/// The names that `lib` itself inherits, each with the topic that it is of; with none from the builtins.
fn names_at_the_top() -> BTreeMap<String, Option<String>> {
    let source = Source::read("lib/default.nxk");
    let ExprKind::Let { entries, .. } = &source.root.kind else { panic!("the library's entry is a `let`") };
    let layout = entries.iter().find_map(|entry| match entry {
        Entry::Bind(binding) if fixed(&binding.path).as_deref() == Some("layout") => Some(&binding.value),
        _ => None,
    });
    let ExprKind::Lambda(layout) = &layout.expect("the layout is there").kind else {
        panic!("the layout is a function")
    };
    let ExprKind::Attrs(set) = &layout.body.kind else { panic!("the layout makes a set") };
    let names = |entry: &Entry| match entry {
        Entry::Inherit(inherit) => {
            let of = inherit.from.as_ref().and_then(|from| {
                source.text(from.span).trim_matches(['(', ')']).strip_prefix("lib.").map(str::to_string)
            });
            inherited(inherit).into_iter().map(|name| (name, of.clone())).collect()
        }
        _ => Vec::new(),
    };
    set.entries.iter().flat_map(names).collect()
}

fn of_builtins() -> BTreeMap<String, About> {
    let files = library::paths().filter(|path| path.starts_with("builtins/"));
    let of_file = |path| {
        let source = Source::read(path);
        let about = |field: &FieldType| About { ty: Some(source.text(field.ty.span)), doc: doc_of(field) };
        let fields = source.record().fields.iter();
        fields.map(|field| (field.name.as_str().to_string(), about(field))).collect::<Vec<_>>()
    };
    files.flat_map(of_file).collect()
}

fn inherited(inherit: &Inherit) -> Vec<String> {
    inherit.names.iter().filter_map(|name| fixed(std::slice::from_ref(name))).collect()
}

fn fixed(path: &[AttrName]) -> Option<String> {
    match path {
        [AttrName { kind: AttrNameKind::Fixed(name), .. }] => Some(name.as_str().to_string()),
        _ => None,
    }
}

/// Words on lines of a bearable length.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is a line");
        if last.len() + word.len() >= LINE {
            lines.push(word.to_string());
        } else {
            let between = if last.is_empty() { "" } else { " " };
            last.push_str(&format!("{between}{word}"));
        }
    }
    lines.join("\n")
}
