//! What to write instead of something of the wrong type.
//!
//! First what is there is put right: in quotes, out of them, in brackets, in a set of the right shape. Where that
//! cannot be, it is said what would be right.

use super::findings::{Demand, Found, Look};
use super::meant::takes;
use super::{Record, Scalar, Type};
use crate::diag::{closest, either, longer_or_shorter};

/// More words to choose from are not listed: the message has them.
const LISTED: usize = 8;
/// A longer text is not repeated in a hint.
const REPEATED: usize = 40;
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
    choice(&choices, found)
        .or_else(|| choices.iter().find_map(|ty| respelled(demand, ty, found)))
        .or_else(|| quoted(&choices, found))
        .or_else(|| percentage(&choices, found))
        .or_else(|| wrapped(demand, &choices, found))
        .or_else(|| converted(&choices, found))
        .or_else(|| one_of(&choices))
        .unwrap_or_else(|| format!("write a value of type {ty}"))
}

/// The types that there are to choose from, without `null` and the empty string, which stand for nothing.
fn choices(ty: &Type) -> Vec<&Type> {
    let Type::Union(members) = ty.peeled() else { return vec![ty] };
    let all: Vec<&Type> = members.iter().flat_map(|member| choices(member)).collect();
    let is_something = |ty: &&Type| !matches!(ty.peeled(), Type::Null) && word(ty).is_none_or(|word| !word.is_empty());
    let some: Vec<&Type> = all.iter().copied().filter(is_something).collect();
    if some.is_empty() { all } else { some }
}

/// One of a few words.
fn choice(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let words: Vec<&str> = choices.iter().map(|choice| word(choice)).collect::<Option<_>>()?;
    let meant = text(found).and_then(|text| {
        closest(text, words.iter().copied()).or_else(|| longer_or_shorter(text, words.iter().copied()))
    });
    Some(match (meant, words.len()) {
        (Some(word), _) => format!("did you mean `{word:?}`?"),
        (None, ..=LISTED) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word:?}`")).collect();
            format!("write {}", either(&words))
        }
        (None, _) => "write one of these values".to_string(),
    })
}

/// What is there as a value of the type, if it only has to be written differently.
fn respelled(demand: &Demand<'_>, ty: &Type, found: &Found<'_>) -> Option<String> {
    match ty.peeled() {
        Type::Bool => truth(found),
        Type::Int(_) | Type::Float(_) | Type::Number(_) => number(demand, ty.peeled(), found),
        Type::Named(named) if named.integer => number(demand, ty.peeled(), found),
        _ => None,
    }
}

/// What is there in a list or in a set.
fn wrapped(demand: &Demand<'_>, choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let [only] = choices else { return None };
    match only.peeled() {
        Type::List(item) => match record_in(item) {
            Some(record) => Some(listed(demand, record, found)),
            None => takes(item, found.look).then(|| in_brackets(&short(found, "…"))),
        },
        Type::Record(record) => shaped(demand, record, found).map(|shape| format!("write a set: `{shape}`")),
        _ => None,
    }
}

/// A number or a boolean where only strings may be.
fn quoted(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let takes = |ty: &&Type| match ty.peeled() {
        Type::String(_) => true,
        Type::Named(named) => !named.integer && (named.check)(found.source),
        _ => false,
    };
    let is_plain = match found.look {
        Look::Int | Look::Float => found.source.parse::<f64>().is_ok(),
        Look::Bool => matches!(found.source, "true" | "false"),
        _ => return None,
    };
    let holds_other = |ty: &&Type| matches!(ty.peeled(), Type::Int(_) | Type::Number(_) | Type::Float(_) | Type::Bool);
    if !choices.iter().any(takes) || choices.iter().any(holds_other) {
        return None;
    }
    Some(match is_plain {
        true => format!("put it in quotes to make it a string: `\"{}\"`", found.source),
        false if found.look == Look::Bool => "make it a string with `lib.boolToString`".to_string(),
        false => "make it a string with `toString`".to_string(),
    })
}

/// A fraction where an integer or a text such as `"25%"` may be.
fn percentage(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let Some(Scalar::Float(fraction)) = found.scalar else { return None };
    let percent = (fraction * 100.0).round();
    let may_be = choices.iter().any(|ty| matches!(ty.peeled(), Type::String(_)));
    let is_share = fraction > 0.0 && fraction <= 1.0 && (percent - fraction * 100.0).abs() < 1e-9;
    (may_be && is_share).then(|| format!("write it as a percentage: `\"{percent}%\"`"))
}

/// `true` and `false`, and what stands for them in other languages.
fn truth(found: &Found<'_>) -> Option<String> {
    let written = as_written(found);
    match written.unwrap_or(found.source) {
        text @ ("true" | "false") if written.is_some() => Some(format!("remove the quotes: `{text}`")),
        "yes" | "Yes" | "on" | "On" | "True" | "1" => Some("write `true`".to_string()),
        "no" | "No" | "off" | "Off" | "False" | "0" => Some("write `false`".to_string()),
        _ => None,
    }
}

/// A number that was written as a string.
fn number(demand: &Demand<'_>, ty: &Type, found: &Found<'_>) -> Option<String> {
    let text = as_written(found)?;
    let is_whole = !matches!(ty, Type::Float(_) | Type::Number(_));
    if is_whole && let Some(mode) = octal(text) {
        return Some(format!("write it in decimal: the octal {text} is `{mode}`"));
    }
    if is_whole && let Some(seconds) = seconds(text, demand.name()) {
        return Some(format!("write the number of seconds: `{seconds}`"));
    }
    let fits = if is_whole { text.parse::<i64>().is_ok() } else { text.parse::<f64>().is_ok_and(f64::is_finite) };
    fits.then(|| format!("remove the quotes: `{text}`"))
}

/// The mode of a file: `0400`, `0o644`.
fn octal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('0').filter(|digits| !digits.is_empty())?;
    i64::from_str_radix(digits.strip_prefix(['o', 'O']).unwrap_or(digits), 8).ok().filter(|mode| *mode >= 0)
}

/// `5s`, and where the name says that it is about seconds `5m` and `1h`.
fn seconds(text: &str, name: &str) -> Option<i64> {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    let unit = match &text[number.len()..] {
        "s" => 1,
        "m" if name.ends_with("Seconds") => 60,
        "h" if name.ends_with("Seconds") => 3600,
        _ => return None,
    };
    number.trim_end().parse::<i64>().ok()?.checked_mul(unit)
}

/// A list of sets, of something that is none.
fn listed(demand: &Demand<'_>, record: &Record, found: &Found<'_>) -> String {
    match (found.look, shaped(demand, record, found)) {
        (Look::Set, _) if first_name(found.source).is_some_and(|name| has_field(record, name)) => in_brackets("{ … }"),
        (Look::Set, _) if has_field(record, "name") => {
            "write a list of sets that have their name inside: `[ { name = \"…\"; … } ]`".to_string()
        }
        (_, Some(shape)) => format!("write a list of sets: `[ {shape} ]`"),
        _ => in_brackets("…"),
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
    let value = |name: &str| if holder == Some(name) { short(found, "…") } else { "…".to_string() };
    match fields.len() {
        _ if found.look == Look::List && holders.is_empty() => None,
        0 => Some("{ }".to_string()),
        ..=SHAPED => {
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
        Some(value) => match super::check_scalar(ty.peeled(), value) {
            Some(verdict) => verdict.is_ok(),
            None => takes(ty, found.look),
        },
        None => takes(ty, found.look),
    }
}

/// How what is there becomes a value of one of the types.
fn converted(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let has = |wanted: fn(&Type) -> bool| choices.iter().any(|ty| wanted(ty.peeled()));
    let is_text = has(|ty| matches!(ty, Type::String(_)));
    let is_set = has(|ty| matches!(ty, Type::Record(_) | Type::Map(_)));
    let fixed = match found.look {
        Look::Str if has(|ty| matches!(ty, Type::Bool)) && !is_literal(found.source) => {
            return Some(format!("compare it with something: `{} == …`", short(found, "x")));
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
        let noun = match choice.peeled() {
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
    Some(match ty.peeled() {
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
    match ty.peeled() {
        Type::Literal(Scalar::Str(text)) => Some(text),
        _ => None,
    }
}

fn text<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    match &found.scalar {
        Some(Scalar::Str(text)) => Some(text),
        _ => None,
    }
}

/// The text of a string that stands there as it is.
fn as_written<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    text(found).filter(|text| found.source == format!("\"{text}\""))
}

fn is_literal(source: &str) -> bool {
    source.starts_with(['"', '\''])
}

/// What is there as it is written, if it is short.
fn short(found: &Found<'_>, otherwise: &str) -> String {
    let fits = !found.source.is_empty() && !found.source.contains('\n') && found.source.chars().count() <= REPEATED;
    if fits { found.source.to_string() } else { otherwise.to_string() }
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

fn record_in(ty: &Type) -> Option<&Record> {
    match ty.peeled() {
        Type::Record(record) => Some(record),
        Type::Union(_) => match choices(ty)[..] {
            [only] => record_in(only),
            _ => None,
        },
        _ => None,
    }
}

/// The text with its usual mistakes corrected, if that makes it one that the rule allows.
pub(super) fn repaired(text: &str, rule: fn(&str) -> bool) -> Option<String> {
    let joined: String = text.split_whitespace().collect();
    let dashed = dashed(text);
    let unit = joined.trim_end_matches(['B', 'b']).to_string();
    let words = text.starts_with(|first: char| first.is_ascii_alphabetic()) && !text.contains(':');
    let candidates = if words { [dashed, joined, unit] } else { [joined, unit, dashed] };
    let found = candidates.into_iter().find(|candidate| !candidate.is_empty() && rule(candidate));
    found.map(|found| format!("did you mean `{found:?}`?"))
}

/// The text in the way of names: `WebFrontEnd`, `web_front end` → `web-front-end`.
fn dashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut before = '-';
    for character in text.trim().chars() {
        if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push('-');
        }
        out.push(if matches!(character, '_' | ' ') { '-' } else { character.to_ascii_lowercase() });
        before = character;
    }
    out
}
