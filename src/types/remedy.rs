//! What to write instead of something of the wrong type.

use super::findings::{Found, Look};
use super::{Scalar, Type};
use crate::diag::closest;

/// What to write for something of type `ty`; `own` if the user may well change the type instead.
pub(super) fn remedy(ty: &Type, found: &Found<'_>, own: bool) -> String {
    let written = ty;
    let source = found.source;
    match (ty.peeled(), found.look, &found.scalar) {
        (_, Look::Function, _) => "is an argument missing in a call?".to_string(),
        (Type::Union(members), _, Some(Scalar::Str(text))) if members.iter().all(|member| is_choice(member)) => {
            match closest(text, members.iter().filter_map(|member| word(member))) {
                Some(word) => format!("did you mean `{word:?}`?"),
                None => "write one of these values".to_string(),
            }
        }
        (_, Look::Null, _) if !own => "give it a value, or leave it out".to_string(),
        (_, Look::Null, _) => "leave it out, or allow it with `| Null` in the type".to_string(),
        (Type::String(_), Look::Int | Look::Float, _) => match source.parse::<f64>() {
            Ok(_) => format!("put it in quotes to make it a string: `\"{source}\"`"),
            Err(_) => "make it a string with `toString`".to_string(),
        },
        (Type::Int(_) | Type::Float(_) | Type::Number(_) | Type::Bool | Type::Named(_), _, Some(Scalar::Str(text)))
            if source == format!("\"{text}\"") && !text.is_empty() && plain(ty.peeled(), text) =>
        {
            format!("remove the quotes: `{text}`")
        }
        (Type::Bool, ..) => "write `true` or `false`".to_string(),
        (Type::Int(_), ..) => "write an integer, such as `3`".to_string(),
        (Type::Float(_) | Type::Number(_), ..) => "write a number, such as `1.5`".to_string(),
        (Type::String(_), ..) => "write a string: `\"…\"`".to_string(),
        (Type::List(_), ..) => "put it in brackets to make it a list: `[ … ]`".to_string(),
        (Type::Record(_) | Type::Map(_), Look::List, _) => {
            "a set has names for its values: `{ name = value; }`".to_string()
        }
        (Type::Record(_) | Type::Map(_), ..) => "write a set: `{ … }`".to_string(),
        (Type::Function(..), ..) => "write a function: `x: …`".to_string(),
        _ => format!("write a value of type {written}"),
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
