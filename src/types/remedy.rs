//! What to write instead of something of the wrong type.
//!
//! First what is there is put right: in quotes, out of them, in brackets, in a set of the right shape. Where that
//! cannot be, it is said what would be right.

use super::findings::{Demand, Found, Look};
use super::meant::{alternatives, takes};
use super::spelling::respelled;
use super::{Record, Scalar, Type, check_scalar};
use crate::diag::{closest, either, longer_or_shorter};

/// More words to choose from are not listed: the message has them.
const LISTED: usize = 8;
/// A longer text is not repeated in a hint.
const REPEATED: usize = 40;
/// What stands for the rest.
const UNTOLD: &str = "…";
/// More fields are not spelled out.
const SHAPED: usize = 3;

/// What to write for something that is to have type `ty`.
pub(super) fn remedy(demand: &Demand<'_>, ty: &Type, found: &Found<'_>) -> String {
    match found.look {
        Look::Function if matches!(ty.peeled(), Type::Function(..)) => {
            return "give it a function of this type".to_string();
        }
        Look::Function => return "is an argument missing in a call?".to_string(),
        Look::Null if demand.own => return "leave it out, or allow it with `| Null` in the type".to_string(),
        Look::Null => return "give it a value, or leave it out".to_string(),
        _ => {}
    }
    let choices = choices(ty);
    if let Some(hint) = secret(&choices, found) {
        return hint;
    }
    choice(&choices, found)
        .or_else(|| respelled(demand, &choices, found))
        .or_else(|| wrapped(demand, &choices, found))
        .or_else(|| converted(&choices, found))
        .or_else(|| one_of(&choices))
        .unwrap_or_else(|| format!("write a value of type {ty}"))
}

/// The types that there are to choose from, without `null` and the empty string, which stand for nothing.
fn choices(ty: &Type) -> Vec<&Type> {
    let mut choices = alternatives(ty);
    let is_something = |ty: &&Type| !matches!(ty, Type::Null) && word(ty).is_none_or(|word| !word.is_empty());
    if choices.iter().any(is_something) {
        choices.retain(is_something);
    }
    choices
}

/// A secret comes from outside.
fn secret(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    if !choices.iter().any(|ty| matches!(ty, Type::Secret)) {
        return None;
    }
    Some(match found.look {
        Look::Str if choices.iter().any(|ty| matches!(ty, Type::Path)) => {
            "a path is written without quotes: `./password`".into()
        }
        Look::Path => format!("the secret in a file is `lib.secret.file {}`", short(found)),
        _ => "keep it out of the source: `lib.secret.file ./password`, or `--set-secret` on the command line".into(),
    })
}

/// One of a few words.
fn choice(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let words: Vec<&str> = choices.iter().map(|choice| word(choice)).collect::<Option<_>>()?;
    let meant = match &found.scalar {
        Some(Scalar::Str(text)) => {
            closest(text, words.iter().copied()).or_else(|| longer_or_shorter(text, words.iter().copied()))
        }
        _ => None,
    };
    Some(match (meant, words.len()) {
        (Some(word), _) => format!("did you mean `{word:?}`?"),
        (None, ..=LISTED) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word:?}`")).collect();
            format!("write {}", either(&words))
        }
        (None, _) => "write one of these values".to_string(),
    })
}

/// What is there in a list or in a set.
fn wrapped(demand: &Demand<'_>, choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let [only] = choices else { return None };
    match only {
        Type::List(item) => match record_in(item) {
            Some(record) => Some(listed(demand, record, found)),
            None => takes(item, found.look).then(|| in_brackets(if is_item(found) { short(found) } else { UNTOLD })),
        },
        Type::Record(record) => shaped(demand, record, found).map(|shape| format!("write a set: `{shape}`")),
        _ => None,
    }
}

/// A list of sets, of something that is none.
fn listed(demand: &Demand<'_>, record: &Record, found: &Found<'_>) -> String {
    match (found.look, shaped(demand, record, found)) {
        (Look::Set, _) if first_name(found.source).is_some_and(|name| has_field(record, name)) => in_brackets("{ … }"),
        (Look::Set, _) if has_field(record, "name") => {
            "write a list of sets that have their name inside: `[ { name = \"…\"; … } ]`".to_string()
        }
        (_, Some(shape)) => format!("write a list of sets: `[ {shape} ]`"),
        _ => in_brackets(UNTOLD),
    }
}

fn in_brackets(inner: &str) -> String {
    format!("put it in brackets to make it a list: `[ {inner} ]`")
}

/// A set that the record takes, made of something that is no set: `{ containerPort = 80; }`.
fn shaped(demand: &Demand<'_>, record: &Record, found: &Found<'_>) -> Option<String> {
    if found.look == Look::Set {
        return None;
    }
    // What begins with `_` is nothing that people write.
    let all =
        || record.fields.iter().map(|(name, field)| (name.as_str(), field)).filter(|(name, _)| !name.starts_with('_'));
    let needed = all().filter(|(_, field)| !field.optional && field.default.is_none());
    let mut fields: Vec<&str> = needed.map(|(name, _)| name).collect();
    let is_open = |name: &str| fields.is_empty() || fields.contains(&name);
    let holders: Vec<&str> =
        all().filter(|(name, field)| is_open(name) && takes_value(&field.ty, found)).map(|(name, _)| name).collect();
    let holder = meant_by(demand, &holders);
    if fields.is_empty() {
        fields = holder.map_or_else(|| holders.clone(), |holder| vec![holder]);
    }
    let value = |name: &str| if holder == Some(name) { short(found) } else { UNTOLD };
    match fields.len() {
        _ if found.look == Look::List && holders.is_empty() => None,
        0 => Some("{ }".to_string()),
        1..=SHAPED => {
            let inner: String = fields.iter().map(|name| format!("{name} = {}; ", value(name))).collect();
            Some(format!("{{ {inner}}}"))
        }
        _ => Some("{ … }".to_string()),
    }
}

/// Of the fields that may hold what is there the one that does, if it is plain which: the only one, the one that gives
/// a list its name, or the name.
fn meant_by<'a>(demand: &Demand<'_>, holders: &[&'a str]) -> Option<&'a str> {
    let named = |wanted: &str| holders.iter().copied().find(|name| *name == wanted);
    match holders {
        [only] => Some(only),
        _ => demand.name().strip_suffix('s').and_then(named).or_else(|| named("name")),
    }
}

fn takes_value(ty: &Type, found: &Found<'_>) -> bool {
    match &found.scalar {
        _ if found.look == Look::Unknown => false,
        Some(value) => match check_scalar(ty.peeled(), value) {
            Some(verdict) => verdict.is_ok(),
            None => takes(ty, found.look),
        },
        None => takes(ty, found.look),
    }
}

/// How what is there becomes a value of one of the types.
fn converted(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let has = |wanted: fn(&Type) -> bool| choices.iter().any(|ty| wanted(ty));
    let is_text = has(|ty| matches!(ty, Type::String(_)));
    let is_set = has(|ty| matches!(ty, Type::Record(_) | Type::Map(_)));
    let fixed = match found.look {
        Look::Str if has(|ty| matches!(ty, Type::Bool)) && !is_literal(found.source) => {
            return Some(format!("compare it with something: `{} == …`", short(found)));
        }
        Look::Float if has(|ty| matches!(ty, Type::Int(_))) => {
            return Some(match &found.scalar {
                Some(Scalar::Float(value)) if value.abs() < 1e9 => {
                    format!("write an integer, such as `{}`", value.ceil())
                }
                _ => "round it with `builtins.floor` or `builtins.ceil`".to_string(),
            });
        }
        Look::Path if is_text => "read the file with `builtins.readFile`, or put the path in quotes",
        Look::List if is_text => "join the items with `builtins.concatStringsSep`",
        Look::List if is_set => return Some(names_for_values(choices)),
        Look::Set if is_text && choices.len() == 1 => {
            "write it as text with `builtins.toJSON`, or select one of its attributes"
        }
        _ => return None,
    };
    Some(fixed.to_string())
}

/// A set instead of a list.
fn names_for_values(choices: &[&Type]) -> String {
    let names: Vec<String> = match choices.iter().find_map(|choice| record_in(choice)) {
        Some(record) => record.fields.keys().map(|name| format!("`{name}`")).collect(),
        None => Vec::new(),
    };
    match names.len() {
        1..=LISTED => format!("write a set: the fields are {}", names.join(", ")),
        _ => "a set has names for its values: `{ name = value; }`".to_string(),
    }
}

/// `write an integer or a string`
fn one_of(choices: &[&Type]) -> Option<String> {
    if let [only] = choices {
        return noun(only).map(|noun| format!("write {noun}"));
    }
    let mut nouns: Vec<String> = Vec::new();
    for choice in choices {
        let noun = match choice {
            Type::Int(_) => "an integer".to_string(),
            Type::Float(_) | Type::Number(_) => "a number".to_string(),
            Type::String(_) => "a string".to_string(),
            Type::List(_) => "a list".to_string(),
            Type::Record(_) | Type::Map(_) => "a set".to_string(),
            _ => noun(choice)?,
        };
        if !nouns.contains(&noun) {
            nouns.push(noun);
        }
    }
    if nouns.iter().any(|noun| noun == "a number") {
        nouns.retain(|noun| noun != "an integer");
    }
    let is_long = nouns.iter().any(|noun| noun.contains(','));
    (nouns.len() <= LISTED).then(|| format!("write {}", if is_long { nouns.join(", or ") } else { either(&nouns) }))
}

/// What a value of the type is called, with an example.
fn noun(ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "`true` or `false`".to_string(),
        Type::Int(_) => "an integer, such as `3`".to_string(),
        Type::Float(_) | Type::Number(_) => "a number, such as `1.5`".to_string(),
        Type::String(_) => "a string: `\"…\"`".to_string(),
        Type::Named(named) => named.rule.to_string(),
        Type::Literal(value) => format!("`{value}`"),
        Type::List(_) => "a list: `[ … ]`".to_string(),
        Type::Record(_) | Type::Map(_) => "a set: `{ … }`".to_string(),
        Type::Function(..) => "a function: `x: …`".to_string(),
        _ => return None,
    })
}

fn word(ty: &Type) -> Option<&str> {
    match ty {
        Type::Literal(Scalar::Str(text)) => Some(text),
        _ => None,
    }
}

/// Whether it can be an item of a list as it is written.
fn is_item(found: &Found<'_>) -> bool {
    found.scalar.is_some() && is_literal(found.source) || !found.source.contains(char::is_whitespace)
}

fn is_literal(source: &str) -> bool {
    source.starts_with(['"', '\''])
}

/// What is there as it is written, if it is short.
fn short<'a>(found: &Found<'a>) -> &'a str {
    let fits = !found.source.is_empty() && !found.source.contains('\n') && found.source.chars().count() <= REPEATED;
    if fits { found.source } else { UNTOLD }
}

/// The first name in the text of a set.
fn first_name(source: &str) -> Option<&str> {
    let inner = source.strip_prefix('{')?.trim_start();
    let end = inner.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'))?;
    Some(&inner[..end])
}

fn has_field(record: &Record, name: &str) -> bool {
    record.fields.keys().any(|field| field.as_str() == name)
}

/// The record that the type is about, if it is about just one.
fn record_in(ty: &Type) -> Option<&Record> {
    match choices(ty)[..] {
        [Type::Record(record)] => Some(record),
        _ => None,
    }
}
