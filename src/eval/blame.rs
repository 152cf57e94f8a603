//! What is said when a value does not have its type: who demanded it, what is there instead, and what
//! would do.

use std::rc::Rc;

use super::{error, scalar_of};
use crate::diag::{Code, closest, did_you_mean};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Field, Record, Scalar, Type};
use crate::value::{Attr, Error, Evaluator, Kind, Value};

/// A record with more fields is not listed.
const LISTED_FIELDS: usize = 20;
/// A longer string is not quoted in a message.
const SHOWN_CHARACTERS: usize = 60;

/// Who demands the type: a name with the way inside (`web.ports[0]`), and where the type is written.
#[derive(Clone, Debug)]
pub struct Blame {
    /// What is held to the type.
    pub what: Rc<str>,
    /// What that is a part of, in words: "the argument of `scale`".
    pub of: Option<Rc<str>>,
    /// Where the type is written.
    pub declared: Span,
    /// Where the value meets the type, for values without a place of their own.
    pub place: Span,
}

impl Blame {
    /// The demand that `what` has a type.
    pub fn new(what: &str, declared: Span, place: Span) -> Blame {
        Blame { what: what.into(), of: None, declared, place }
    }

    /// The same demand, one step further inside.
    pub(super) fn inside(&self, step: &str, place: Span) -> Blame {
        let step = if self.what.is_empty() { step.trim_start_matches('.') } else { step };
        Blame { what: format!("{}{step}", self.what).into(), place: place.or(self.place), ..self.clone() }
    }

    /// The demand that a record's type makes of a field.
    pub(super) fn field(&self, attr: &Attr, declared: Span) -> Blame {
        let inside = self.inside(&format!(".{}", attr.name), attr.span);
        Blame { declared: declared.or(self.declared), ..inside }
    }

    /// The demand that a function's type makes of its argument or result.
    pub(super) fn part(&self, part: &str) -> Blame {
        Blame { what: "".into(), of: Some(format!("the {part} of {self}").into()), ..self.clone() }
    }
}

impl std::fmt::Display for Blame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.of {
            None => write!(f, "`{}`", self.what),
            Some(of) if self.what.is_empty() => f.write_str(of),
            Some(of) => write!(f, "`{}` in {of}", self.what),
        }
    }
}

impl Evaluator {
    /// A value of the wrong kind.
    pub(super) fn type_mismatch(&self, value: &Value, ty: &Type, blame: &Blame) -> Error {
        let message = format!("{blame} must be {ty}, not {}", shown(value));
        let hint = self.remedy(value, ty.peeled(), ty, blame);
        error(Code::TypeMismatch, value.origin.or(blame.place), message).described(|finding| {
            finding
                .label(format!("this is {}", value.describe()))
                .also(blame.declared, "the type is declared here")
                .hint(hint)
        })
    }

    /// What to write instead of a value of the wrong kind; `written` is the type as the user knows it.
    fn remedy(&self, value: &Value, ty: &Type, written: &Type, blame: &Blame) -> String {
        let source = self.sources.text(value.origin);
        match (ty, &value.kind) {
            (_, Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_)) => "is an argument missing in a call?".to_string(),
            (Type::Union(members), Kind::Str(text)) if members.iter().all(|member| is_choice(member)) => {
                let words = members.iter().filter_map(|member| word(member));
                match closest(text, words) {
                    Some(word) => format!("did you mean `{word:?}`?"),
                    None => "write one of these values".to_string(),
                }
            }
            (_, Kind::Null) if !self.sources.is_user(blame.declared) => "give it a value, or leave it out".to_string(),
            (_, Kind::Null) => "leave it out, or allow it with `| Null` in the type".to_string(),
            (Type::String(_), Kind::Int(_) | Kind::Float(_)) => match source.parse::<f64>() {
                Ok(_) => format!("put it in quotes to make it a string: `\"{source}\"`"),
                Err(_) => "make it a string with `toString`".to_string(),
            },
            (Type::Int(_) | Type::Float(_) | Type::Number(_) | Type::Bool | Type::Named(_), Kind::Str(text))
                if source == format!("\"{text}\"") && !text.is_empty() && plain(ty, text) =>
            {
                format!("remove the quotes: `{text}`")
            }
            (Type::Bool, _) => "write `true` or `false`".to_string(),
            (Type::Int(_), _) => "write an integer, such as `3`".to_string(),
            (Type::Float(_) | Type::Number(_), _) => "write a number, such as `1.5`".to_string(),
            (Type::String(_), _) => "write a string: `\"…\"`".to_string(),
            (Type::List(_), _) => "put it in brackets to make it a list: `[ … ]`".to_string(),
            (Type::Record(_) | Type::Map(_), Kind::List(_)) => {
                "a set has names for its values: `{ name = value; }`".to_string()
            }
            (Type::Record(_) | Type::Map(_), _) => "write a set: `{ … }`".to_string(),
            (Type::Function(..), _) => "write a function: `x: …`".to_string(),
            _ => format!("write a value of type {written}"),
        }
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

/// A value in a few words: a short scalar as it is written.
fn shown(value: &Value) -> String {
    match scalar_of(value) {
        None | Some(Scalar::Null) => value.describe().to_string(),
        Some(Scalar::Bool(value)) => value.to_string(),
        Some(Scalar::Str(text)) if text.chars().count() > SHOWN_CHARACTERS => value.describe().to_string(),
        Some(scalar) => format!("the {} {scalar}", value.describe().rsplit(' ').next().unwrap_or_default()),
    }
}

/// A value of the right kind that breaks a rule of its type.
pub(super) fn out_of_rule(value: &Value, ty: &Type, rule: &str, blame: &Blame) -> Error {
    let shown = scalar_of(value).map_or_else(String::new, |scalar| format!(", not {scalar}"));
    let message = format!("{blame} must be {rule}{shown}");
    let hint = match (ty.peeled(), &value.kind) {
        (Type::Literal(Scalar::Str(wanted)), Kind::Str(text)) => did_you_mean(text, [wanted.as_str()]),
        (Type::Named(named), Kind::Str(text)) => repaired(text, named.check),
        _ => None,
    };
    let hint = hint.unwrap_or_else(|| "choose another value, or a wider type".to_string());
    error(Code::OutOfRange, value.origin.or(blame.place), message).described(|finding| {
        finding.label("not in the type").also(blame.declared, format!("the type is {ty}")).hint(hint)
    })
}

/// The text with its usual mistakes corrected, if that makes it one that the rule allows.
fn repaired(text: &str, rule: fn(&str) -> bool) -> Option<String> {
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

/// A name that a closed record has no field for.
pub(super) fn unknown_field(attr: &Attr, record: &Record, ty: &Type, blame: &Blame) -> Error {
    let names = record.fields.keys().map(|name| name.as_str());
    let hint = did_you_mean(attr.name.as_str(), names).unwrap_or_else(|| match record.fields.len() {
        0 => "the type has no fields".to_string(),
        1..=LISTED_FIELDS => {
            let names: Vec<String> = record.fields.keys().map(|name| format!("`{name}`")).collect();
            format!("the fields are {}", names.join(", "))
        }
        _ => "remove it, or add it to the type".to_string(),
    });
    let message = format!("{blame} has no field `{}`", attr.name);
    error(Code::UnknownField, attr.span.or(blame.place), message)
        .described(|finding| finding.label("not a field").also(blame.declared, format!("the type is {ty}")).hint(hint))
}

/// A field that a record needs.
pub(super) fn missing_field(name: Symbol, field: &Field, blame: &Blame, origin: Span) -> Error {
    let message = format!("{blame} lacks the field `{name}`");
    error(Code::MissingField, origin.or(blame.place), message).described(|finding| {
        finding
            .label(format!("`{name}` is missing here"))
            .also(field.span, "declared here")
            .hint(format!("add `{name} = …;`, a value of type {}", field.ty))
    })
}
