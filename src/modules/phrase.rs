//! What types are called in documentation that is made from options: a name and a phrase.
//!
//! The names are the ones under which nixpkgs' libraries tell types apart; types that only the
//! language has are called as they are written.

use crate::types::{Bounds, ModuleType, Scalar, Text, Type, TypeRef};

/// A type in words.
pub(super) struct Phrase {
    /// What the type is called.
    pub(super) name: String,
    /// What its values are.
    pub(super) text: String,
    /// How the phrase can be part of a longer one: a `noun` needs no brackets, a `conjunction` does;
    /// empty where nobody said.
    pub(super) class: &'static str,
}

impl Phrase {
    fn noun(name: &str, text: impl Into<String>) -> Phrase {
        Phrase { name: name.into(), text: text.into(), class: "noun" }
    }

    fn composite(name: &str, text: String) -> Phrase {
        Phrase { name: name.into(), text, class: "composite" }
    }

    fn conjunction(name: &str, text: String) -> Phrase {
        Phrase { name: name.into(), text, class: "conjunction" }
    }

    /// As a part of a longer phrase: in brackets, unless it is of one of these classes.
    fn inside(self, plain: &[&str]) -> String {
        if plain.contains(&self.class) { self.text } else { format!("({})", self.text) }
    }
}

/// The type in words.
pub(super) fn phrase(ty: &Type) -> Phrase {
    let part = |ty: &TypeRef| phrase(ty).inside(&["noun", "composite"]);
    match ty.peeled() {
        Type::Any => Phrase::noun("anything", "anything"),
        Type::Bool => Phrase::noun("bool", "boolean"),
        Type::Int(bounds) => integer(bounds),
        Type::Float(Bounds::<f64> { min: None, max: None }) => Phrase::noun("float", "floating point number"),
        Type::Number(bounds) => number(bounds),
        Type::String(text) => string(text),
        Type::Path => Phrase::noun("path", "absolute path"),
        Type::Secret => Phrase::noun("secret", "secret"),
        Type::Literal(value) => values(&[value]),
        Type::List(item) => Phrase::composite("listOf", format!("list of {}", part(item))),
        Type::Map(item) => Phrase::composite("attrsOf", format!("attribute set of {}", part(item))),
        Type::Function(_, to) => {
            Phrase::composite("functionTo", format!("function that evaluates to a(n) {}", part(to)))
        }
        Type::Record(_) => Phrase::noun("record", ty.to_string()),
        Type::Union(members) => union(members),
        Type::Module(module) => module_type(module),
        _ => Phrase::noun(&ty.to_string(), ty.to_string()),
    }
}

fn module_type(module: &ModuleType) -> Phrase {
    let part = |ty: &TypeRef, plain: &[&str]| phrase(ty).inside(plain);
    match module {
        ModuleType::Anything => Phrase::noun("anything", "anything"),
        ModuleType::Raw => Phrase::noun("raw", "raw value"),
        ModuleType::Unspecified => Phrase::noun("unspecified", "unspecified value"),
        ModuleType::Attrs => Phrase::noun("attrs", "attribute set"),
        ModuleType::Joined(between) => {
            Phrase::noun("separatedString", format!("strings concatenated with {:?}", between.as_str()))
        }
        ModuleType::Submodule(opaque) => {
            let description = super::submodule::Submodule::of(opaque).description.clone();
            let text = description.map_or_else(|| "submodule".into(), String::from);
            Phrase { name: "submodule".into(), text, class: "" }
        }
        ModuleType::Unique(inner, _) => Phrase { name: "unique".into(), ..phrase(inner) },
        ModuleType::Checked(inner, _) => phrase(inner),
        ModuleType::Coerced(from, _, to) => {
            let (to, from) = (part(to, &["noun"]), part(from, &["noun"]));
            Phrase { name: "coercedTo".into(), text: format!("{to} or {from} convertible to it"), class: "composite" }
        }
        ModuleType::DeferredModule(_) => Phrase::noun("deferredModule", "module"),
        ModuleType::LazyMap(item) => {
            let text = format!("lazy attribute set of {}", part(item, &["noun", "composite"]));
            Phrase::composite("lazyAttrsOf", text)
        }
        ModuleType::OptionType => Phrase::noun("optionType", "optionType"),
        ModuleType::Custom(custom) => match &custom.base {
            Some(base) => phrase(base),
            None => Phrase { class: "", ..Phrase::noun(&custom.name, custom.name.clone()) },
        },
    }
}

fn integer(bounds: &Bounds<i64>) -> Phrase {
    let sized = |min: i64, max: i64| {
        let widths = [8u32, 16, 32].into_iter();
        let unsigned =
            widths.clone().find(|&bits| (min, max) == (0, (1i64 << bits) - 1)).map(|bits| (bits, "unsigned"));
        unsigned.or_else(|| {
            let signed = widths.clone().find(|&bits| (min, max) == (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1));
            signed.map(|bits| (bits, "signed"))
        })
    };
    match (bounds.min, bounds.max) {
        (None, None) => Phrase::noun("int", "signed integer"),
        (Some(0), None) => {
            Phrase { class: "nonRestrictiveClause", ..Phrase::noun("unsignedInt", "unsigned integer, meaning >=0") }
        }
        (Some(1), None) => {
            Phrase { class: "nonRestrictiveClause", ..Phrase::noun("positiveInt", "positive integer, meaning >0") }
        }
        (Some(min), Some(max)) => match sized(min, max) {
            Some((bits, sign)) => Phrase::noun(
                &format!("{sign}Int{bits}"),
                format!("{bits} bit {sign} integer; between {min} and {max} (both inclusive)"),
            ),
            None => Phrase::noun("intBetween", format!("integer between {min} and {max} (both inclusive)")),
        },
        (Some(min), None) => Phrase::noun("intFrom", format!("integer, at least {min}")),
        (None, Some(max)) => Phrase::noun("intUpTo", format!("integer, at most {max}")),
    }
}

fn number(bounds: &Bounds<f64>) -> Phrase {
    match (bounds.min, bounds.max) {
        (None, None) => Phrase::conjunction("either", "signed integer or floating point number".into()),
        (Some(min), Some(max)) => Phrase::noun(
            "numberBetween",
            format!("integer or floating point number between {min} and {max} (both inclusive)"),
        ),
        _ => Phrase::noun("number", Type::Number(*bounds).to_string()),
    }
}

fn string(text: &Text) -> Phrase {
    match (text.pattern.as_ref().map(|pattern| pattern.source.as_str()), text.length) {
        (None, None) => Phrase::noun("str", "string"),
        (Some(super::types::NOT_EMPTY), Some(_)) => Phrase::noun("nonEmptyStr", "non-empty string"),
        (Some(super::types::SINGLE_LINE), _) => {
            Phrase::noun("singleLineStr", "(optionally newline-terminated) single-line string")
        }
        (Some(pattern), _) => {
            let name = format!("strMatching {}", crate::eval::quoted(pattern));
            Phrase::noun(&name, format!("string matching the pattern {pattern}"))
        }
        (None, Some(_)) => Phrase::noun("str", Type::String(text.clone()).to_string()),
    }
}

fn union(members: &[TypeRef]) -> Phrase {
    let literals: Option<Vec<&Scalar>> = members
        .iter()
        .map(|member| match member.peeled() {
            Type::Literal(value) => Some(value),
            Type::Null => Some(&Scalar::Null),
            _ => None,
        })
        .collect();
    if let Some(literals) = literals {
        return values(&literals);
    }
    match members {
        [path, _] if matches!(path.peeled(), Type::Path) => phrase(path),
        [inner, null] if matches!(null.peeled(), Type::Null) => {
            let inner = phrase(inner).inside(&["noun", "conjunction"]);
            Phrase::conjunction("nullOr", format!("null or {inner}"))
        }
        _ => {
            let parts = members.iter().enumerate().map(|(at, member)| {
                let plain: &[&str] =
                    if at == 0 { &["noun", "conjunction"] } else { &["noun", "conjunction", "composite"] };
                phrase(member).inside(plain)
            });
            Phrase::conjunction("either", parts.collect::<Vec<_>>().join(" or "))
        }
    }
}

/// The values of `enum`.
fn values(literals: &[&Scalar]) -> Phrase {
    let shown: Vec<String> = literals.iter().map(|value| value.to_string()).collect();
    match shown.as_slice() {
        [] => Phrase::noun("enum", "impossible (empty enum)"),
        [only] => Phrase::noun("enum", format!("value {only} (singular enum)")),
        _ => Phrase::conjunction("enum", format!("one of {}", shown.join(", "))),
    }
}
