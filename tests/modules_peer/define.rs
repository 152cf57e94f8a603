//! Random definitions of options: values of their types, in wrappers.

use super::declare::{Content, Entry, Type};
use super::random::Random;

/// How many wrappers are around each other.
const WRAPPERS: u32 = 3;
/// One in so many values is of the wrong type.
const WRONG: u64 = 40;

/// What may be used in an expression.
#[derive(Clone, Copy, PartialEq)]
pub enum Scope {
    /// The configuration as `config`, with its options `on` and `level`.
    Outside,
    /// The `name` of a submodule.
    Inside,
    /// Nothing that is computed.
    Nothing,
}

/// Definitions of some of these options, as a set.
pub fn set(random: &mut Random, options: &[Entry], scope: Scope) -> String {
    let mut text = String::from("{ ");
    for entry in options {
        if random.once_in(3) {
            continue;
        }
        let mut content = |random: &mut Random| match &entry.content {
            Content::Group(inner) => set(random, inner, scope),
            Content::Option { ty, .. } => value(random, ty, scope),
        };
        text += &format!("{} = {}; ", entry.name, wrapped(random, scope, WRAPPERS, &mut content));
    }
    text + "}"
}

/// What `make` makes, often in wrappers, and then perhaps several of it.
pub fn wrapped(random: &mut Random, scope: Scope, depth: u32, make: &mut dyn FnMut(&mut Random) -> String) -> String {
    if depth == 0 || random.once_in(2) {
        return make(random);
    }
    let mut inner = |random: &mut Random| wrapped(random, scope, depth - 1, make);
    match random.below(6) {
        0 | 1 => format!("(mkIf {} {})", condition(random, scope), inner(random)),
        2 => {
            let parts: Vec<String> = (0..random.below(4)).map(|_| inner(random)).collect();
            format!("(mkMerge [ {} ])", parts.join(" "))
        }
        3 => {
            let order = random.pick(&["mkBefore", "mkAfter", "mkOrder 1", "mkOrder 1000", "mkOrder 2000"]);
            format!("({order} {})", inner(random))
        }
        _ => {
            let priority = ["mkForce", "mkDefault", "mkDefault", "mkOverride 100", "mkOverride 10", "mkOverride 1500"];
            format!("({} {})", random.pick(&priority), inner(random))
        }
    }
}

fn condition(random: &mut Random, scope: Scope) -> &'static str {
    match scope {
        Scope::Outside => random.pick(&["true", "false", "config.on", "(!config.on)", "(config.level > 1)"]),
        Scope::Inside => random.pick(&["true", "false", "(name == \"x\")", "(name != \"x\")"]),
        Scope::Nothing => random.pick(&["true", "false"]),
    }
}

/// A value of a type, or, now and then, of another one.
pub fn value(random: &mut Random, ty: &Type, scope: Scope) -> String {
    if !matches!(ty, Type::Unique(_)) && random.once_in(WRONG) {
        return random.pick(&["\"wrong\"", "7", "null", "[ ]", "{ }", "1.5", "true"]).to_string();
    }
    right(random, ty, scope)
}

/// A value of a type; its parts may still be wrong.
fn right(random: &mut Random, ty: &Type, scope: Scope) -> String {
    let number = if scope == Scope::Outside { "config.level" } else { "1" };
    // In a list the name of a submodule says where it stands, which nobody should depend on.
    let string = if scope == Scope::Inside { "(if name == \"x\" then name else \"y\")" } else { "\"x\"" };
    match ty {
        Type::Bool | Type::BoolByOr => random.pick(&["true", "false"]).to_string(),
        Type::Int => random.pick(&["0", "1", "1", number]).to_string(),
        Type::Small => random.pick(&["0", "1", "2", number]).to_string(),
        Type::Str => random.pick(&["\"x\"", "\"y\"", string]).to_string(),
        Type::Lines => random.pick(&["\"one\"", "\"two\"", "\"three\"", "\"four\"", "\"\"", string]).to_string(),
        Type::Enum => random.pick(&["\"x\"", "\"x\"", "1", "null", "\"z\""]).to_string(),
        Type::IntOrStr | Type::Coerced => random.pick(&["1", "\"1\"", "2", number]).to_string(),
        Type::Untyped => random.pick(&["1", "\"x\"", "[ 1 ]", "[ 2 ]", "{ x = 1; }", "{ x = 2; y = 3; }"]).to_string(),
        Type::Attrs => random.pick(&["{ }", "{ x = 1; }", "{ x = 2; y = { z = 1; }; }", "{ y = 3; }"]).to_string(),
        Type::Anything => anything(random, scope, 0),
        Type::Unique(inner) => right(random, inner, scope),
        Type::NullOr(_) if random.once_in(4) => "null".into(),
        Type::NullOr(inner) => value(random, inner, scope),
        Type::List(item) => list(random, item, scope),
        Type::Map(item) | Type::LazyMap(item) => entries(random, &mut |random| part(random, item, scope)),
        Type::Submodule { options, free, .. } => submodule(random, options, *free, scope),
    }
}

/// Of lists of numbers the order is seen best, if these differ.
fn list(random: &mut Random, item: &Type, scope: Scope) -> String {
    let one = |random: &mut Random| match item {
        Type::Int => wrapped(random, scope, 2, &mut |random| random.below(100).to_string()),
        item => part(random, item, scope),
    };
    let items: Vec<String> = (0..random.below(3)).map(|_| one(random)).collect();
    format!("[ {} ]", items.join(" "))
}

/// A part of a list or a map, which may be in wrappers of its own.
fn part(random: &mut Random, ty: &Type, scope: Scope) -> String {
    wrapped(random, scope, 2, &mut |random| value(random, ty, scope))
}

fn entries(random: &mut Random, value: &mut dyn FnMut(&mut Random) -> String) -> String {
    let mut text = String::from("{ ");
    for name in ["x", "y"] {
        if !random.once_in(3) {
            text += &format!("{name} = {}; ", value(random));
        }
    }
    text + "}"
}

fn anything(random: &mut Random, scope: Scope, depth: u32) -> String {
    match random.below(if depth < 2 { 5 } else { 3 }) {
        0 | 1 => random.pick(&["1", "1", "\"x\"", "null"]).to_string(),
        2 => "[ 1 ]".into(),
        _ => {
            let mut inner = |random: &mut Random| anything(random, scope, depth + 1);
            entries(random, &mut |random| wrapped(random, scope, 2, &mut inner))
        }
    }
}

/// The definition of a submodule: a set, or now and then a function.
fn submodule(random: &mut Random, options: &[Entry], free: bool, scope: Scope) -> String {
    let is_function = random.once_in(5);
    let scope = if is_function { Scope::Inside } else { scope };
    let mut text = set(random, options, scope);
    if free && random.once_in(2) {
        // The names in `config` depend on the conditions of what is free, and `name` comes from there.
        let outside = if is_function { Scope::Nothing } else { scope };
        text = format!("({text} // {{ z = {}; }})", part(random, &Type::Int, outside));
    }
    if is_function { format!("({{ name, ... }}: {text})") } else { text }
}
