//! What to write instead of something of the wrong type.

use super::findings::{Found, Look};
use super::{Field, Record, Scalar, Type, TypeRef, check_scalar};
use crate::diag::closest;

const NAMES_ITS_VALUES: &str = "a set has names for its values: `{ name = value; }`";

/// What to write for something of type `ty`; `own` if the user may well change the type instead.
pub(super) fn remedy(ty: &Type, found: &Found<'_>, own: bool) -> String {
    match found.look {
        Look::Function if matches!(ty.peeled(), Type::Function(..)) => {
            return "give it a function of this type".to_string();
        }
        Look::Function => return "is an argument missing in a call?".to_string(),
        Look::Null if own => return "leave it out, or allow it with `| Null` in the type".to_string(),
        Look::Null => return "give it a value, or leave it out".to_string(),
        _ => {}
    }
    let wanted = besides_null(ty);
    match (wanted, found.look, &found.scalar) {
        (Type::Union(members), _, Some(Scalar::Str(text))) if members.iter().all(|member| is_choice(member)) => {
            let words: Vec<&str> = members.iter().filter_map(|member| word(member)).collect();
            meant(text, &words).unwrap_or_else(|| "write one of these values".to_string())
        }
        (Type::Union(members), ..) => any_of(members, found).unwrap_or_else(|| of_type(ty)),
        (Type::String(_), Look::Int | Look::Float | Look::Bool, _) => quoted(found),
        (Type::Named(named), Look::Int | Look::Float | Look::Bool, Some(_)) if (named.check)(found.source) => {
            quoted(found)
        }
        (
            number @ (Type::Int(_) | Type::Float(_) | Type::Number(_) | Type::Bool | Type::Named(_)),
            _,
            Some(Scalar::Str(text)),
        ) => unquoted(number, text, found.source).unwrap_or_else(|| plainly(number).unwrap_or_else(|| of_type(ty))),
        (Type::List(item), ..) => list_of(item, found),
        (Type::Record(record), ..) => set_of(record, found),
        (Type::Map(_), Look::List, _) => NAMES_ITS_VALUES.to_string(),
        (wanted, ..) => plainly(wanted).unwrap_or_else(|| of_type(ty)),
    }
}

fn of_type(ty: &Type) -> String {
    format!("write a value of type {ty}")
}

/// How values of the type are written, for the plain types.
fn plainly(ty: &Type) -> Option<String> {
    let hint = match ty {
        Type::Bool => "write `true` or `false`",
        Type::Int(_) => "write an integer, such as `3`",
        Type::Float(_) | Type::Number(_) => "write a number, such as `1.5`",
        Type::String(_) => "write a string: `\"…\"`",
        Type::Map(_) => "write a set: `{ … }`",
        Type::Function(..) => "write a function: `x: …`",
        _ => return None,
    };
    Some(hint.to_string())
}

/// The type, seen through its names; of `T | Null` the `T`.
fn besides_null(ty: &Type) -> &Type {
    match ty.peeled() {
        Type::Union(members) => {
            let mut rest = members.iter().filter(|member| !matches!(member.peeled(), Type::Null));
            match (rest.next(), rest.next()) {
                (Some(only), None) => only.peeled(),
                _ => ty.peeled(),
            }
        }
        peeled => peeled,
    }
}

/// The word that was meant: a near one, or the only one that begins the same way.
fn meant(text: &str, words: &[&str]) -> Option<String> {
    let typed = text.to_lowercase();
    let begins = |word: &&&str| typed.len() >= 3 && word.to_lowercase().starts_with(&typed);
    let mut longer = words.iter().filter(begins);
    let only = longer.next().filter(|_| longer.next().is_none());
    let word = closest(text, words.iter().copied()).or(only.copied())?;
    Some(format!("did you mean `{word:?}`?"))
}

/// Something that is no string as one.
fn quoted(found: &Found<'_>) -> String {
    let source = found.source;
    match (source.parse::<f64>(), source.parse::<bool>(), found.look) {
        (Err(_), Err(_), Look::Bool) => "make it a string with `lib.boolToString`".to_string(),
        (Err(_), Err(_), _) => "make it a string with `toString`".to_string(),
        _ => format!("put it in quotes to make it a string: `\"{source}\"`"),
    }
}

/// A string as the number or boolean that it holds, if it is written as one.
fn unquoted(ty: &Type, text: &str, source: &str) -> Option<String> {
    if source != format!("\"{text}\"") || text.is_empty() {
        return None;
    }
    if matches!(ty, Type::Int(_))
        && text.starts_with('0')
        && let Ok(number @ 8..) = i64::from_str_radix(text, 8)
    {
        return Some(format!("numbers are decimal: write `{number}`"));
    }
    if plain(ty, text) {
        return Some(format!("remove the quotes: `{text}`"));
    }
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
    (matches!(ty, Type::Int(_)) && digits.parse::<i64>().is_ok()).then(|| format!("write the bare number: `{digits}`"))
}

/// What a union of plain types takes, in words.
fn any_of(members: &[TypeRef], found: &Found<'_>) -> Option<String> {
    let whole = |member: &TypeRef| matches!(member.peeled(), Type::Int(_));
    let text = |member: &TypeRef| matches!(member.peeled(), Type::String(_));
    if let Some(Scalar::Float(share)) = &found.scalar
        && (0.0..=1.0).contains(share)
        && members.iter().any(whole)
        && members.iter().any(text)
    {
        return Some(format!("write a whole number, or a share in quotes: `\"{}%\"`", (share * 100.0).round()));
    }
    let mut words: Vec<&str> = Vec::new();
    for member in members {
        let word = match (member.peeled(), Look::of(member)) {
            (Type::Null, _) => continue,
            (Type::Named(named), _) => named.rule,
            (Type::Number(_), _) => "a number",
            (_, Look::Unknown | Look::Set | Look::List | Look::Function) | (Type::Literal(_), _) => return None,
            (_, look) => look.describe(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let rules = members.iter().filter(|member| matches!(member.peeled(), Type::Named(_))).count();
    (words.len() == 2 && rules < 2).then(|| format!("write {}", words.join(", or ")))
}

/// Something else as a list.
fn list_of(item: &Type, found: &Found<'_>) -> String {
    let set = match item.peeled() {
        Type::Record(record) if found.look == Look::Set => {
            record.fields.keys().any(|name| name.as_str() == "name").then(|| "{ name = …; … }".to_string())
        }
        Type::Record(record) => set_around(record, found),
        _ => None,
    };
    format!("put it in brackets to make it a list: `[ {} ]`", set.as_deref().unwrap_or("…"))
}

/// Something else as a set with certain fields.
fn set_of(record: &Record, found: &Found<'_>) -> String {
    let needs_nothing = record.fields.values().all(|field| field.optional || field.default.is_some());
    match (set_around(record, found), found.look) {
        (Some(set), _) => format!("write a set: `{set}`"),
        (None, Look::List) => NAMES_ITS_VALUES.to_string(),
        (None, Look::Bool) if needs_nothing => "write a set, `{ }` for what is usual".to_string(),
        (None, _) => "write a set: `{ … }`".to_string(),
    }
}

/// `{ port = 80; }`: the value in the one field of the record that is meant for it.
fn set_around(record: &Record, found: &Found<'_>) -> Option<String> {
    let takes = |field: &Field| match &found.scalar {
        Some(scalar) => takes(&field.ty, scalar),
        None => found.look == Look::List && matches!(besides_null(&field.ty), Type::List(_)),
    };
    let fields: Vec<_> = record.fields.iter().filter(|(_, field)| takes(field)).collect();
    let only = |fields: Vec<&'static str>| (fields.len() == 1).then(|| fields[0]);
    let names = |required: bool| {
        let chosen = fields.iter().filter(|(_, field)| !required || !field.optional && field.default.is_none());
        chosen.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    let name = only(names(true))
        .or_else(|| only(names(false)))
        .or_else(|| names(false).into_iter().find(|name| *name == "name"));
    let value = found.scalar.as_ref().map_or("[ … ]".to_string(), |scalar| scalar.to_string());
    Some(format!("{{ {} = {value}; }}", name?))
}

fn takes(ty: &Type, scalar: &Scalar) -> bool {
    match besides_null(ty) {
        Type::Union(members) => members.iter().any(|member| takes(member, scalar)),
        ty => matches!(check_scalar(ty, scalar), Some(Ok(()))),
    }
}

/// Whether the text, without its quotes, is a literal that the type may take.
fn plain(ty: &Type, text: &str) -> bool {
    match ty {
        Type::Bool => matches!(text, "true" | "false"),
        Type::Named(named) => named.integer && text.parse::<i64>().is_ok(),
        Type::Int(_) => text.parse::<i64>().is_ok(),
        _ => text.parse::<f64>().is_ok(),
    }
}

fn word(ty: &Type) -> Option<&str> {
    match ty.peeled() {
        Type::Literal(Scalar::Str(text)) => Some(text),
        _ => None,
    }
}

/// Whether the type is a word to choose, or `null` for none.
fn is_choice(ty: &Type) -> bool {
    word(ty).is_some() || matches!(ty.peeled(), Type::Null)
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
