//! Random options: their names, types and defaults, and how they are declared.

use super::define::{self, Scope};
use super::random::Random;

/// How deep types and groups are nested.
const DEPTH: u32 = 3;

/// A name among options.
pub struct Entry {
    pub name: &'static str,
    pub content: Content,
}

pub enum Content {
    Group(Vec<Entry>),
    Option {
        ty: Type,
        /// What else the declaration says: `// { … }`, or nothing.
        more: String,
        /// Whether a second module declares it, too.
        twice: bool,
    },
}

/// A type of `lib.types`.
pub enum Type {
    Untyped,
    Bool,
    BoolByOr,
    Int,
    Small,
    Str,
    Lines,
    Enum,
    IntOrStr,
    Coerced,
    Attrs,
    Anything,
    Unique(Box<Type>),
    NullOr(Box<Type>),
    List(Box<Type>),
    Map(Box<Type>),
    LazyMap(Box<Type>),
    Submodule {
        options: Vec<Entry>,
        /// Whether it takes further integers.
        free: bool,
        /// What it defines itself.
        own: String,
    },
}

/// Options at the top of a configuration.
pub fn options(random: &mut Random) -> Vec<Entry> {
    group(random, 4, 1)
}

fn group(random: &mut Random, size: u64, depth: u32) -> Vec<Entry> {
    let names = ["a", "b", "c", "d"];
    let count = 1 + random.below(size) as usize;
    names[..count].iter().map(|&name| entry(random, name, depth)).collect()
}

fn entry(random: &mut Random, name: &'static str, depth: u32) -> Entry {
    if depth < DEPTH && random.once_in(6) {
        return Entry { name, content: Content::Group(group(random, 2, depth + 1)) };
    }
    let ty = ty(random, depth);
    let mut more = String::new();
    if random.once_in(2) {
        more += &format!("default = {}; ", define::value(random, &ty, Scope::Nothing));
    }
    match random.below(16) {
        0 => more += "apply = value: { applied = value; }; ",
        1 => more += "readOnly = true; ",
        _ => {}
    }
    Entry { name, content: Content::Option { ty, more, twice: random.once_in(8) } }
}

fn ty(random: &mut Random, depth: u32) -> Type {
    let inner = |random: &mut Random| Box::new(ty(random, depth + 1));
    match random.below(if depth < DEPTH { 24 } else { 12 }) {
        0 => Type::Untyped,
        1 => Type::Bool,
        2 => Type::BoolByOr,
        3 => Type::Int,
        4 => Type::Small,
        5 => Type::Str,
        6 => Type::Lines,
        7 => Type::Enum,
        8 => Type::IntOrStr,
        9 => Type::Coerced,
        10 => Type::Attrs,
        11 => Type::Anything,
        12 => Type::Unique(Box::new(unique(random))),
        13 => Type::NullOr(inner(random)),
        14..17 => Type::List(inner(random)),
        17..19 => Type::Map(inner(random)),
        19 => Type::LazyMap(Box::new(lazy(random))),
        _ => {
            let options = group(random, 3, depth + 1);
            let free = random.once_in(3);
            let own = if random.once_in(2) { define::set(random, &options, Scope::Inside) } else { "{ }".into() };
            Type::Submodule { options, free, own }
        }
    }
}

/// A type of which one definition is taken. Its values are never wrong from outside: of two mistakes at once
/// either may be told.
fn unique(random: &mut Random) -> Type {
    match random.below(3) {
        0 => Type::Bool,
        1 => Type::Str,
        _ => Type::Map(Box::new(Type::Small)),
    }
}

/// A type for a lazy map. What such a map has for a name without definitions is decided by the type; with
/// `enum` and `submodule` nixpkgs' versions and nxk differ in it, and nobody depends on it.
fn lazy(random: &mut Random) -> Type {
    match random.below(6) {
        0 => Type::Int,
        1 => Type::Lines,
        2 => Type::Anything,
        3 => Type::NullOr(Box::new(Type::Str)),
        4 => Type::List(Box::new(Type::Int)),
        _ => Type::Map(Box::new(Type::Small)),
    }
}

/// The declarations as a set; those of the second module, where there are two.
pub fn declared(entries: &[Entry], second: bool) -> String {
    let one = |entry: &Entry| match &entry.content {
        Content::Group(inner) => format!("{} = {}; ", entry.name, declared(inner, second)),
        Content::Option { twice: false, .. } if second => String::new(),
        Content::Option { ty, .. } if second => format!("{} = declare {} {{ }}; ", entry.name, shown(ty)),
        Content::Option { ty, more, .. } => format!("{} = declare {} {{ {more}}}; ", entry.name, shown(ty)),
    };
    format!("{{ {}}}", entries.iter().map(one).collect::<String>())
}

/// The type as an expression.
fn shown(ty: &Type) -> String {
    match ty {
        Type::Untyped => "unspecified".into(),
        Type::Bool => "bool".into(),
        Type::BoolByOr => "boolByOr".into(),
        Type::Int => "int".into(),
        Type::Small => "(ints.between 0 1)".into(),
        Type::Str => "str".into(),
        Type::Lines => "lines".into(),
        Type::Enum => "(enum [ \"x\" 1 null ])".into(),
        Type::IntOrStr => "(either int str)".into(),
        Type::Coerced => "(coercedTo int toString str)".into(),
        Type::Attrs => "attrs".into(),
        Type::Anything => "anything".into(),
        Type::Unique(inner) => format!("(uniq {})", shown(inner)),
        Type::NullOr(inner) => format!("(nullOr {})", shown(inner)),
        Type::List(item) => format!("(listOf {})", shown(item)),
        Type::Map(item) => format!("(attrsOf {})", shown(item)),
        Type::LazyMap(item) => format!("(lazyAttrsOf {})", shown(item)),
        Type::Submodule { options, free, own } => {
            let free = if *free { "freeformType = attrsOf int; " } else { "" };
            let options = declared(options, false);
            format!("(submodule ({{ name, config, ... }}: {{ {free}options = {options}; config = {own}; }}))")
        }
    }
}
