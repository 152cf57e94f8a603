//! What is said when something does not have the type that it must have.
//!
//! The static checker knows a text and a type of what is there, the evaluator a value; both find the
//! same mistakes, and say the same about them. So the words are made here, of what both know: the
//! demand ([`Demand`]), and what is there instead ([`Found`]).

use std::borrow::Cow;

use super::meant::nearby;
use super::remedy::remedy;
use super::spelling::repaired;
use super::{Field, ModuleType, Origin, Record, Scalar, Type};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::source::Span;
use crate::symbol::Symbol;

/// A record with more fields is not listed.
const LISTED_FIELDS: usize = 20;
/// As many are named where there are more.
const FIRST_FIELDS: usize = 12;
/// A longer string is not quoted in a message.
const SHOWN_CHARACTERS: usize = 60;

/// That something has a type: who demands it of what.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
    /// What it is demanded of, as a sentence begins: `` `web.ports[0]` `` or `the argument of `scale``.
    pub what: Cow<'a, str>,
    /// Where that is.
    pub place: Span,
    /// Where the type is written.
    pub declared: Span,
    /// Whether the user wrote the type, and could write it differently.
    pub own: bool,
    /// The field of Kubernetes' API that demands it: `k8s 1.31 core/v1 ContainerPort.containerPort`.
    pub origin: Option<Cow<'a, str>>,
}

/// What is there instead.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// What it looks like.
    pub look: Look,
    /// The value, where it is known and plain.
    pub scalar: Option<Scalar>,
    /// How it is written.
    pub source: &'a str,
    /// What it is, where its look does not say it.
    pub words: Option<Cow<'a, str>>,
}

/// What something looks like, from the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing is known of it.
    Unknown,
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// An integer.
    Int,
    /// A float.
    Float,
    /// A string.
    Str,
    /// A path.
    Path,
    /// A list.
    List,
    /// A set.
    Set,
    /// A function.
    Function,
    /// A type.
    Type,
    /// A secret.
    Secret,
}

impl Look {
    /// In words: `a string`.
    pub fn describe(self) -> &'static str {
        match self {
            Look::Unknown => "something else",
            Look::Null => "null",
            Look::Bool => "a boolean",
            Look::Int => "an integer",
            Look::Float => "a float",
            Look::Str => "a string",
            Look::Path => "a path",
            Look::List => "a list",
            Look::Set => "a set",
            Look::Function => "a function",
            Look::Type => "a type",
            Look::Secret => "a secret",
        }
    }

    /// What all values of a type look like.
    pub fn of(ty: &Type) -> Look {
        match ty.peeled() {
            Type::Null | Type::Literal(Scalar::Null) => Look::Null,
            Type::Bool | Type::Literal(Scalar::Bool(_)) => Look::Bool,
            Type::Int(_) | Type::Literal(Scalar::Int(_)) => Look::Int,
            Type::Named(named) if named.integer => Look::Int,
            Type::Float(_) | Type::Literal(Scalar::Float(_)) => Look::Float,
            Type::String(_) | Type::Named(_) | Type::Literal(Scalar::Str(_)) => Look::Str,
            Type::Path => Look::Path,
            Type::Secret => Look::Secret,
            Type::List(_) => Look::List,
            Type::Map(_) | Type::Record(_) | Type::Object => Look::Set,
            Type::Function(..) => Look::Function,
            _ => Look::Unknown,
        }
    }
}

impl<'a> Found<'a> {
    /// A value that looks like this; `scalar` if it is a plain one, `source` as it is written.
    pub fn value(look: Look, scalar: Option<Scalar>, source: &'a str) -> Found<'a> {
        Found { look, scalar, source, words: None }
    }

    /// Some value of a type.
    pub fn typed(ty: &Type, source: &'a str) -> Found<'a> {
        let look = Look::of(ty);
        let scalar = match ty.peeled() {
            Type::Literal(scalar) => Some(scalar.clone()),
            _ => None,
        };
        let words = (look == Look::Unknown).then(|| Cow::Owned(format!("a value of type {ty}")));
        Found { look, scalar, source, words }
    }

    /// `a string`
    fn describe(&self) -> &str {
        self.words.as_deref().unwrap_or_else(|| self.look.describe())
    }

    /// In a few words: a short scalar as it is written.
    fn shown(&self) -> String {
        match &self.scalar {
            None | Some(Scalar::Null) => self.describe().to_string(),
            Some(Scalar::Bool(value)) => value.to_string(),
            Some(Scalar::Str(text)) if text.chars().count() > SHOWN_CHARACTERS => self.describe().to_string(),
            Some(scalar) => format!("the {} {scalar}", self.describe().rsplit(' ').next().unwrap_or_default()),
        }
    }
}

impl Demand<'_> {
    /// The innermost name on the way: `ports` of `` `web.ports[0]` ``.
    pub(super) fn name(&self) -> &str {
        let path = self.what.split('`').nth(1).unwrap_or_default();
        let name = path.trim_end_matches(|end: char| end == ']' || end.is_ascii_digit()).trim_end_matches('[');
        name.rsplit('.').next().unwrap_or_default()
    }

    /// ` (k8s 1.31 core/v1 Container.image)`, to end a sentence.
    fn source(&self) -> String {
        self.origin.as_ref().map(|origin| format!(" ({origin})")).unwrap_or_default()
    }

    /// The type as the demand puts it: that fields of Kubernetes' may be left empty is no news.
    fn wanted<'t>(&self, ty: &'t Type) -> Cow<'t, Type> {
        match ty {
            Type::Union(members) if self.origin.is_some() => {
                let empty = |member: &Type| match member {
                    Type::Null => true,
                    Type::Literal(Scalar::Str(text)) => text.is_empty(),
                    _ => false,
                };
                let mut rest: Vec<_> = members.iter().filter(|member| !empty(member)).collect();
                match rest.len() {
                    0 => Cow::Borrowed(ty),
                    1 => Cow::Owned((**rest.remove(0)).clone()),
                    _ => Cow::Owned(Type::Union(rest.into_iter().cloned().collect())),
                }
            }
            _ => Cow::Borrowed(ty),
        }
    }
}

/// How a value of another kind becomes what an operator or a builtin wants, if there is a plain way.
pub fn conversion(wanted: &str, found: &Found<'_>) -> Option<String> {
    let text = match &found.scalar {
        Some(Scalar::Str(text)) => Some(text.as_str()),
        _ => None,
    };
    let written = |text: &str| found.source == format!("\"{text}\"");
    Some(match (wanted, found.look, text) {
        (_, Look::Function, _) => "is an argument missing in a call?".to_string(),
        ("a number" | "an integer", Look::Str, Some(text)) if text.parse::<f64>().is_ok() => match written(text) {
            true => format!("remove the quotes to make it a number: `{text}`"),
            false => "read the number from the string with `lib.toInt`".to_string(),
        },
        ("a boolean", Look::Str, Some(text)) if matches!(text, "true" | "false") && written(text) => {
            format!("remove the quotes to make it a boolean: `{text}`")
        }
        ("a boolean", ..) => "write a condition, such as `x != null` or `x == 1`".to_string(),
        ("a string", Look::Int | Look::Float, _) => "make it a string with `toString`".to_string(),
        ("a list", Look::Set, _) => {
            "its values are a list: `builtins.attrValues set`; or put it in brackets: `[ set ]`".to_string()
        }
        ("a list", ..) => "put it in brackets to make it a list: `[ x ]`".to_string(),
        ("a set", Look::List, _) => {
            "a set has names for its values: `{ name = value; }`; or join lists with `++`".to_string()
        }
        ("a set", ..) => "a set is written `{ name = value; }`".to_string(),
        ("a function", ..) => "a function is written `x: …`".to_string(),
        _ => return None,
    })
}

/// How a secret becomes a part of a text.
pub const JOIN_SECRETS: &str =
    "texts and secrets are joined into a secret: `lib.secret.concat [ \"postgres://app:\" password \"@db\" ]`";

/// What is said where a secret is compared, and what to do instead.
pub const COMPARED_SECRET: &str = "to compare a secret would tell something of it";
/// See [`COMPARED_SECRET`].
pub const ASK_SECRET: &str = "only whether it is `null` can be asked";

/// How a program gets a secret.
pub const REFER_TO_SECRET: &str =
    "put it into the `data` of a Secret, and refer to that: `valueFrom.secretKeyRef = { name = …; key = …; };`";

/// Something of the wrong kind.
pub fn mismatch(demand: &Demand<'_>, ty: &Type, found: &Found<'_>) -> Diagnostic {
    let ty = &*demand.wanted(ty);
    if found.look == Look::Secret && takes_text(ty) {
        return visible(demand, ty);
    }
    // What was to be a secret is not repeated.
    let shown = if takes_secrets(ty) { found.describe().to_string() } else { found.shown() };
    let message = format!("{} must be {ty}, not {shown}{}", demand.what, demand.source());
    Diagnostic::new(Code::TypeMismatch, demand.place, message)
        .label(format!("this is {}", found.describe()))
        .also(demand.declared, "the type is declared here")
        .hint(remedy(demand, ty, found))
}

/// A secret where text is wanted.
fn visible(demand: &Demand<'_>, ty: &Type) -> Diagnostic {
    // Of an option or a field it matters what it must be instead; that a builtin takes text is no news.
    let is_path = demand.what.starts_with('`') && demand.what.matches('`').count() == 2;
    let instead = if is_path { format!(", which must be {ty}{}", demand.source()) } else { String::new() };
    let hint = match demand.own {
        false if is_path && is_variable(demand, ty) => REFER_TO_SECRET,
        false if is_path => "put it into the `data` or `stringData` of a Secret, where alone it may stand",
        true => "let the type be `Secret`; or, for a part of a larger text, `lib.secret.concat [ \"…\" secret ]`",
        false => JOIN_SECRETS,
    };
    let message = format!("a secret would become visible in {}{instead}", demand.what);
    Diagnostic::new(Code::VisibleSecret, demand.place, message)
        .label("this is a secret")
        .also(demand.declared, "the type is declared here")
        .hint(hint)
}

/// Whether it is about an environment variable, whose value may stand elsewhere.
fn is_variable(demand: &Demand<'_>, ty: &Type) -> bool {
    let refers = |member: &Type| matches!(member.peeled(), Type::Record(record) if record.fields.contains_key(&Symbol::new("valueFrom")));
    match ty.peeled() {
        Type::Union(members) if members.iter().any(|member| refers(member)) => true,
        _ => demand.origin.as_ref().is_some_and(|origin| origin.ends_with("EnvVar.value")),
    }
}

/// Whether secrets have the type.
fn takes_secrets(ty: &Type) -> bool {
    match ty.peeled() {
        Type::Union(members) => members.iter().any(|member| takes_secrets(member)),
        ty => matches!(ty, Type::Secret),
    }
}

/// Whether strings, or some of them, have the type.
fn takes_text(ty: &Type) -> bool {
    match ty.peeled() {
        Type::Union(members) => members.iter().any(|member| takes_text(member)),
        Type::Module(ModuleType::Joined(_)) => true,
        ty => Look::of(ty) == Look::Str,
    }
}

/// Something of the right kind that breaks a rule of its type.
pub fn out_of_rule(demand: &Demand<'_>, ty: &Type, rule: &str, found: &Found<'_>) -> Diagnostic {
    let ty = &*demand.wanted(ty);
    let shown = found.scalar.as_ref().map_or_else(String::new, |scalar| format!(", not {scalar}"));
    let message = format!("{} must be {rule}{shown}{}", demand.what, demand.source());
    let hint = match (ty.peeled(), &found.scalar) {
        (Type::Literal(Scalar::Str(wanted)), Some(Scalar::Str(text))) => did_you_mean(text, [wanted.as_str()]),
        (Type::Named(named), Some(Scalar::Str(text))) => repaired(text, named.check),
        _ => None,
    };
    let otherwise =
        if demand.origin.is_some() { "choose another value" } else { "choose another value, or a wider type" };
    Diagnostic::new(Code::OutOfRange, demand.place, message)
        .label("not in the type")
        .also(demand.declared, format!("the type is {ty}"))
        .hint(hint.unwrap_or_else(|| otherwise.to_string()))
}

/// A name that a closed record has no field for. `elsewhere`: where it would be right, if anybody knows.
pub fn unknown_field(
    demand: &Demand<'_>,
    name: Symbol,
    record: &Record,
    ty: &Type,
    elsewhere: Option<String>,
) -> Diagnostic {
    let nearby = || nearby(record, name.as_str(), Look::Unknown);
    let hint = elsewhere.or_else(nearby).unwrap_or_else(|| fields_of(record));
    let source = record.origin.as_ref().map(|origin| format!(" ({})", origin.words)).unwrap_or_default();
    Diagnostic::new(Code::UnknownField, demand.place, format!("{} has no field `{name}`{source}", demand.what))
        .label("not a field")
        .also(demand.declared, format!("the type is {ty}"))
        .hint(hint)
}

/// The fields there are, as a hint.
fn fields_of(record: &Record) -> String {
    match record.fields.len() {
        0 => "the type has no fields".to_string(),
        1..=LISTED_FIELDS => {
            let names: Vec<String> = record.fields.keys().map(|name| format!("`{name}`")).collect();
            format!("the fields are {}", names.join(", "))
        }
        _ if record.origin.is_some() => "remove it".to_string(),
        many => {
            let names: Vec<String> = record.fields.keys().take(FIRST_FIELDS).map(|name| format!("`{name}`")).collect();
            format!("remove it; the fields are {} and {} more", names.join(", "), many - FIRST_FIELDS)
        }
    }
}

/// `A & B` where one of them is no record.
pub fn join_of_no_record(shown: &dyn std::fmt::Display, place: Span) -> Diagnostic {
    let message = format!("`&` joins the fields of record types, and {shown} has none");
    Diagnostic::new(Code::NotAType, place, message).hint("a value that has one of several types is written with `|`")
}

/// `A & B` where both have a field of this name, declared at the two places.
pub fn join_with_common_field(name: Symbol, place: Span, (first, second): (Span, Span)) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateAttribute,
        place,
        format!("the field `{name}` is in both of the types that `&` joins"),
    )
    .also(first, "declared here")
    .also(second, "and here")
    .hint("leave it out of one of the two types")
}

/// A field that a record needs.
pub fn missing_field(demand: &Demand<'_>, name: Symbol, field: &Field, record: &Record) -> Diagnostic {
    let source = record.origin.as_ref().map(|origin| format!(" ({})", origin.field(name))).unwrap_or_default();
    Diagnostic::new(Code::MissingField, demand.place, format!("{} lacks the field `{name}`{source}", demand.what))
        .label(format!("`{name}` is missing here"))
        .also(field.span, "declared here")
        .hint(format!("add `{name} = …;`, a value of type {}", field.ty))
}

impl Origin {
    /// A field of the definition in words: `k8s 1.31 core/v1 ContainerPort.containerPort`.
    pub fn field(&self, name: Symbol) -> String {
        format!("{}.{name}", self.words)
    }
}
