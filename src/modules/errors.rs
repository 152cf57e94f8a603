//! What can be wrong with modules, in words.

use std::rc::Rc;

use super::definitions::{Definition, Settled};
use super::join::say_the_same;
use super::records::PlannedField;
use super::site::Site;
use super::tree::{Group, Node};
use super::words::words;
use crate::diag::{Code, did_you_mean};
use crate::eval::{Path, error, look_of_thunk, quoted};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::meant::nearby;
use crate::types::{ModuleType, Origin, Record, Type, TypeRef};
use crate::value::{Error, Evaluator, Kind, Value};

/// A value in a message is a reminder, not a listing.
const SHOWN_CHARACTERS: usize = 40;
/// How deep a misplaced option is looked for.
const SEARCH_DEPTH: usize = 4;

/// Two definitions that cannot both hold. At least two are given; the later one is the place.
pub(super) fn conflict(machine: &mut Evaluator, settled: &[Settled], site: &Site) -> Error {
    let (first, second) = two_that_differ(machine, settled);
    let (one, other) = (show(&first.value), show(&second.value));
    let values = if one == other { String::new() } else { format!(": {one} and {other}") };
    let message = format!("`{}` has definitions that contradict each other{values}", site.path);
    let place = |settled: &Settled| place_of(machine, settled, site);
    let (primary, secondary) = (place(second), place(first));
    error(Code::ConflictingDefinitions, primary, message).described(|finding| {
        finding
            .label(format!("here it is {other}"))
            .also(if secondary == primary { Span::NONE } else { secondary }, format!("here it is {one}"))
            .path(site.path.to_string())
            .hint("remove one of the two, or rank them with `lib.mkForce` or `lib.mkDefault`")
    })
}

/// The two to show: the later one in the text, and the first that says something else.
fn two_that_differ<'a>(machine: &mut Evaluator, settled: &'a [Settled]) -> (&'a Settled, &'a Settled) {
    let mut order: Vec<&Settled> = settled.iter().collect();
    // Layers' own definitions come first, so that the place is one of the user's.
    order.sort_by_key(|settled| {
        let place = settled.value.origin;
        (machine.sources.is_user(place), place)
    });
    let last = order[order.len() - 1];
    let other = order.iter().rev().find(|other| !machine.agree(&other.value, &last.value, Span::NONE).unwrap_or(false));
    (other.copied().unwrap_or(order[0]), last)
}

/// More definitions than the type takes.
pub(super) fn several(machine: &Evaluator, settled: &[Settled], site: &Site, words: &str) -> Error {
    let mut places: Vec<Span> = settled.iter().map(|settled| place_of(machine, settled, site)).collect();
    places.sort();
    let message = format!("`{}` takes one definition, but has {}", site.path, places.len());
    let hint = if words.is_empty() { "remove all but one" } else { words };
    error(Code::ConflictingDefinitions, places[places.len() - 1], message).described(|finding| {
        finding.label("defined again").also(places[0], "first defined here").path(site.path.to_string()).hint(hint)
    })
}

/// A read-only option with more than its one value. The value that it has is the default, if there is one.
pub(super) fn read_only(machine: &Evaluator, site: &Site, default: Option<Span>, places: &[Span]) -> Error {
    let users = || places.iter().copied().filter(|&place| machine.sources.is_user(place));
    let place = users().max().or(places.last().copied()).unwrap_or_default();
    let first = default.or_else(|| users().min()).filter(|&first| first != place).unwrap_or_default();
    let message = format!("`{}` is read-only and already has its value", site.path);
    error(Code::ConflictingDefinitions, place, message).described(|finding| {
        finding
            .label("defined again")
            .also(first, "its value comes from here")
            .path(site.path.to_string())
            .hint("remove this definition")
    })
}

/// An option that is needed and has no definition.
pub(super) fn undefined(machine: &Evaluator, site: &Site, ty: &TypeRef) -> Error {
    let place = site.path.place(&machine.sources);
    let message = format!("`{}` has no definition and no default", site.path);
    error(Code::MissingDefinition, place.or(site.declared), message).described(|finding| {
        finding
            .also(if place.is_none() { Span::NONE } else { site.declared }, "declared here")
            .path(site.path.to_string())
            .hint(match ty.peeled() {
                Type::Secret => format!(
                    "define it: `{0} = lib.secret.file ./…;`, or on the command line: `--set-secret {0}=FILE`",
                    site.path
                ),
                _ => format!("define it: `{} = …;`, a value of type {ty}", site.path),
            })
    })
}

/// A field that a record needs and nobody defines.
pub(super) fn missing_field(machine: &Evaluator, field: &PlannedField, origin: Option<&Origin>, outer: &Site) -> Error {
    let PlannedField { name, ty, declared, .. } = field;
    let (name, declared) = (*name, *declared);
    let place = outer.path.place(&machine.sources).or(declared);
    let source = origin.map(|origin| format!(" ({})", origin.field(name))).unwrap_or_default();
    let message = format!("`{}` lacks the field `{name}`{source}", outer.path);
    error(Code::MissingField, place, message).described(|finding| {
        finding
            .label(format!("`{name}` is missing here"))
            .also(if place == declared { Span::NONE } else { declared }, "the field is declared here")
            .path(outer.path.field(name, Span::NONE).to_string())
            .hint(format!("add `{name} = …;`, a value of type {ty}"))
    })
}

/// A name that a record has no field for.
pub(super) fn unknown_field(
    machine: &mut Evaluator,
    (name, definition): (Symbol, &Definition),
    record: &Record,
    ty: &TypeRef,
    site: &Site,
) -> Error {
    let key = definition.key;
    let place = if machine.sources.is_user(key) { key } else { site.path.place(&machine.sources).or(key) };
    let origin = record.origin.as_deref();
    let source = origin.map(|origin| format!(" ({})", origin.words)).unwrap_or_default();
    let message = format!("`{}` has no field `{name}`{source}", site.path);
    let look = look_of_thunk(&definition.value);
    resolve_fields(machine, record);
    let hint = origin
        .and_then(|origin| crate::eval::field_elsewhere(&site.path, origin, name, look))
        .or_else(|| nearby(record, name.as_str(), look))
        .unwrap_or_else(|| listing("field", record.fields.keys()));
    error(Code::UnknownField, place, message).described(|finding| {
        finding
            .label("not a field")
            .also(site.declared, format!("the type is {ty}"))
            .path(site.path.field(name, key).to_string())
            .hint(hint)
    })
}

/// Finds out the types of the fields, as far as they can be: what they hold may be what was meant.
fn resolve_fields(machine: &mut Evaluator, record: &Record) {
    for field in record.fields.values() {
        if let Ok(ty) = machine.resolve(&field.ty)
            && let Type::Union(members) = ty.peeled()
        {
            // One that cannot be found out has nothing to tell.
            members.iter().for_each(|member| drop(machine.resolve(member)));
        }
    }
}

/// A name that no option is declared for.
pub(super) fn unknown_option(machine: &mut Evaluator, name: Symbol, key: Span, group: &Rc<Group>) -> Error {
    let path = group.path.field(name, key);
    let place = path.place(&machine.sources);
    let shown = || group.children.iter().map(|child| child.name).filter(|&name| name != words().module);
    let root = group.outermost();
    let hint = did_you_mean(name.as_str(), shown().map(Symbol::as_str))
        .or_else(|| option_elsewhere(machine, name, &root))
        .unwrap_or_else(|| {
            let mut names: Vec<Symbol> = shown().collect();
            names.sort_by_key(|name| name.as_str());
            listing("option", names.iter())
        });
    error(Code::UnknownOption, place, format!("there is no option `{path}`"))
        .described(|finding| finding.label("not an option").path(path.to_string()).hint(hint))
}

/// The option or field of this very name somewhere else.
fn option_elsewhere(machine: &mut Evaluator, name: Symbol, root: &Rc<Group>) -> Option<String> {
    let found = in_group(machine, name, root, "", SEARCH_DEPTH)?;
    Some(format!("`{name}` is an option of `{found}`"))
}

fn in_group(machine: &mut Evaluator, name: Symbol, group: &Rc<Group>, path: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    for at in group.sorted() {
        let child = &group.children[at];
        if child.name == words().module {
            continue;
        }
        if child.name == name && !path.is_empty() {
            return Some(path.to_string());
        }
        let inner = joined(path, child.name.as_str());
        let found = match machine.node_at(group, at) {
            Ok(Node::Group(group)) => in_group(machine, name, &group, &inner, depth),
            Ok(Node::Leaf(leaf)) => leaf.ty(machine).ok().and_then(|ty| in_type(machine, name, &ty, &inner, depth)),
            Err(_) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn in_type(machine: &mut Evaluator, name: Symbol, ty: &TypeRef, path: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let ty = machine.resolve(ty).ok()?;
    match ty.peeled() {
        Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => {
            in_type(machine, name, item, &joined(path, "<name>"), depth)
        }
        Type::Record(record) if record.fields.contains_key(&name) => Some(path.to_string()),
        Type::Record(record) => {
            let mut fields = record.fields.iter();
            fields.find_map(|(field, declared)| {
                in_type(machine, name, &declared.ty, &joined(path, field.as_str()), depth)
            })
        }
        Type::Union(members) => members.iter().find_map(|member| in_type(machine, name, member, path, depth)),
        _ => None,
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

/// What there is to choose from; of many names the first ones.
fn listing<'a>(what: &str, names: impl Iterator<Item = &'a Symbol>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => format!("there are no {what}s here"),
        1 => format!("the only {what} is {}", names[0]),
        2..=SHOWN => format!("the {what}s are {}", names.join(", ")),
        count => format!("the {what}s are {} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}

/// What is said of every entry, where there are none.
pub(super) fn no_entries(ty: &TypeRef, key: Span, site: &Site) -> Error {
    let message = format!("`lib.mkEach` defines the entries of a map, but `{}` is {ty}", site.path);
    error(Code::WrongDefinition, key, message).described(|finding| {
        finding
            .label("there are no entries here")
            .path(site.path.to_string())
            .hint("write it as the definition of the map: `applications = lib.mkEach (name: { … })`")
    })
}

/// An option declared twice, with types that are not one.
pub(super) fn types_differ(site: &Site, one: (&TypeRef, Span), other: (&TypeRef, Span)) -> Error {
    let ((first, first_place), (second, second_place)) = if one.1 <= other.1 { (one, other) } else { (other, one) };
    if let Some(field) = two_defaults(first, second, SEARCH_DEPTH) {
        return said_twice_of_field(site, field, (first_place, second_place));
    }
    let message = format!("the option `{}` is declared twice, as {first} and as {second}", site.path);
    error(Code::ConflictingDeclarations, second_place, message).described(|finding| {
        finding
            .label(format!("here it is {second}"))
            .also(first_place, format!("here it is {first}"))
            .hint("remove one of the declarations, or give both the same type")
    })
}

/// The field to which two types, otherwise the same, give different defaults.
fn two_defaults(one: &TypeRef, other: &TypeRef, depth: usize) -> Option<Symbol> {
    let depth = depth.checked_sub(1).filter(|_| one.to_string() == other.to_string())?;
    match (one.peeled(), other.peeled()) {
        (Type::Map(one), Type::Map(other)) | (Type::List(one), Type::List(other)) => two_defaults(one, other, depth),
        (Type::Record(one), Type::Record(other)) => {
            let shared = one.fields.iter().filter_map(|(name, field)| Some((*name, field, other.fields.get(name)?)));
            shared.into_iter().find_map(|(name, field, further)| match say_the_same(field, further) {
                true => two_defaults(&field.ty, &further.ty, depth),
                false => Some(name),
            })
        }
        _ => None,
    }
}

fn said_twice_of_field(site: &Site, field: Symbol, (first, second): (Span, Span)) -> Error {
    let message = format!("the option `{}` is declared twice, both times with a default of `{field}`", site.path);
    error(Code::ConflictingDeclarations, second, message).described(|finding| {
        finding
            .label("declared again")
            .also(first, "first declared here")
            .hint(format!("remove one of the declarations, or its default of `{field}`"))
    })
}

/// Two declarations of an option that both give what there can be one of.
pub(super) fn said_twice(site: &Site, what: Symbol, one: Span, other: Span) -> Error {
    let (first, second) = (one.min(other), one.max(other));
    let message = format!("the option `{}` is declared twice, both times with `{what}`", site.path);
    error(Code::ConflictingDeclarations, second, message).described(|finding| {
        finding
            .label("declared again")
            .also(first, "first declared here")
            .hint(format!("remove one of the declarations, or its `{what}`"))
    })
}

/// A name that is declared as an option and as a set of options.
pub(super) fn option_and_group(site: &Site, option: Span, inner: Span) -> Error {
    let message = format!("`{}` is declared as an option and as a set of options", site.path);
    error(Code::ConflictingDeclarations, inner, message).described(|finding| {
        finding
            .label("options inside it are declared here")
            .also(option, "the option is declared here")
            .hint("rename one of the two")
    })
}

/// Something among the options that declares nothing.
pub(super) fn not_a_declaration(value: &Value, site: &Site) -> Error {
    let message = format!("`{}` must declare an option, not be {}", site.path, value.describe());
    error(Code::NotAType, value.origin.or(site.declared), message).described(|finding| {
        finding
            .label(format!("this is {}", value.describe()))
            .hint(format!("declare it as `{} : T = …;` or with `lib.mkOption`; values belong into `config`", site.path))
    })
}

/// The definitions of a group need the definitions of this very group.
pub(super) fn circular(path: &Path) -> Error {
    let shown = path.to_string();
    let what = if shown.is_empty() { "the configuration".to_string() } else { format!("`{shown}`") };
    let message = format!("which options of {what} are defined depends on one of them");
    error(Code::InfiniteRecursion, Span::NONE, message).described(|finding| {
        finding
            .label("needed here")
            .hint("the names of a definition must not depend on `config`; use `lib.mkIf` rather than `if`")
    })
}

/// An option is needed while it is being computed.
pub(super) fn needs_itself(site: &Site, defined: Span) -> Error {
    let message = format!("`{}` depends on itself", site.path);
    error(Code::InfiniteRecursion, Span::NONE, message).described(|finding| {
        finding
            .label("needed here while it is being computed")
            .also(defined, "defined here")
            .path(site.path.to_string())
            .hint(format!("break the circle: its definitions, and their conditions, must not need `{}`", site.path))
    })
}

/// `config` is needed before the modules are known.
pub(super) fn config_too_early(what: &str) -> Error {
    let message = format!("which modules there are depends on `{what}`, which is made of them");
    error(Code::InfiniteRecursion, Span::NONE, message).described(|finding| {
        finding.label("needed here").hint(format!(
            "`imports` and the outside of a module must not depend on `{what}`; put the condition inside, with `lib.mkIf`"
        ))
    })
}

/// A submodule far inside itself.
pub(super) fn endless_submodule(machine: &Evaluator, site: &Site) -> Error {
    let message = "submodules are nested without end";
    error(Code::TooDeep, site.path.place(&machine.sources), message).described(|finding| {
        finding
            .label("defined again in each of them")
            .hint("a module that defines a value of its own submodule type must not be a part of this type")
    })
}

/// A module that is for another kind of configuration.
pub(super) fn wrong_class(class: &str, wanted: &str, place: Span, imported: Option<Span>) -> Error {
    let message = format!("a module for {} is part of a configuration of {}", quoted(class), quoted(wanted));
    error(Code::WrongClass, place, message).described(|finding| {
        finding
            .label("the module says so here")
            .also(imported.unwrap_or_default(), "imported here")
            .hint("import a module that is meant for this kind of configuration, or one without `_class`")
    })
}

/// A module function that asks for what nothing provides.
pub(super) fn unknown_argument(name: Symbol, span: Span) -> Error {
    let message = format!("the module asks for an argument `{name}`, which nothing provides");
    error(Code::MissingArgument, span, message).described(|finding| {
        finding.label("asked for here").hint(format!(
            "modules are given `config`, `options`, `lib`, the special arguments, and what `_module.args.{name}` defines"
        ))
    })
}

/// Where a definition was written: its value, else its key, else the nearest key around it.
fn place_of(machine: &Evaluator, settled: &Settled, site: &Site) -> Span {
    let around = site.path.place(&machine.sources);
    let places = [settled.value.origin, settled.key, around];
    let user = places.into_iter().find(|&place| machine.sources.is_user(place));
    user.unwrap_or(settled.value.origin.or(settled.key))
}

/// A value in a few characters.
fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Float(number) => format!("{number:?}"),
        Kind::Str(text) if text.chars().count() > SHOWN_CHARACTERS => {
            format!("{}…", quoted(&text.chars().take(SHOWN_CHARACTERS).collect::<String>()))
        }
        Kind::Str(text) => quoted(text),
        Kind::Path(path) => path.display().to_string(),
        _ => value.describe().to_string(),
    }
}
