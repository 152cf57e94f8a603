//! Documents to values: one reader for JSON, YAML and TOML.
//!
//! The formats' own libraries drive a visitor that builds values as it goes, without a tree in
//! between.

use std::fmt;

use rustc_hash::FxHashSet;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Visitor};

use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, Result, Thunk, Value};

/// Lists and maps inside each other.
const MAX_NESTING: u32 = 1000;

/// The format of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML; one document.
    Yaml,
    /// TOML.
    Toml,
}

/// Why a document cannot be read.
struct Refusal {
    message: String,
    /// The byte of the text at which it shows, where that is known.
    offset: Option<usize>,
    hint: Option<&'static str>,
}

impl Evaluator {
    /// The value that a document holds. All parts have the origin `span`.
    ///
    /// # Errors
    /// `BadDocument`, with line and column of the document; `text_at` is where the text comes from.
    pub fn parse_document(&mut self, format: Format, text: &str, span: Span, text_at: Span) -> Result<Value> {
        // The reader below gives `-0` as a float, which in Nix it is only when written as one.
        let whole_zero = format == Format::Json && !["-0.", "-0e", "-0E"].iter().any(|zero| text.contains(zero));
        let root = Reader { format, span, depth: 0, whole_zero };
        let read = match format {
            Format::Json => json(root, text),
            Format::Yaml => yaml(root, text),
            Format::Toml => toml(root, text),
        };
        read.map_err(|refusal| bad_document(format, text, refusal, span, text_at))
    }
}

fn json(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The reader has a bound of its own.
    deserializer.disable_recursion_limit();
    let read = root.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        Refusal {
            message: message.strip_suffix(&place).unwrap_or(&message).to_string(),
            offset: (error.line() > 0).then(|| line_start + error.column().saturating_sub(1)),
            hint: None,
        }
    })
}

fn yaml(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let refusal = |error: serde_yaml::Error| {
        let offset = error.location().map(|location| location.index());
        let message = error.to_string();
        let message = match message.rfind(" at line ") {
            Some(at) if offset.is_some() && !message[at..].contains(',') => &message[..at],
            _ => &message,
        };
        Refusal { message: message.to_string(), offset, hint: None }
    };
    let mut documents = serde_yaml::Deserializer::from_str(text);
    let Some(first) = documents.next() else { return Ok(Value::null(root.span)) };
    let value = root.deserialize(first).map_err(refusal)?;
    match documents.next() {
        None => Ok(value),
        Some(_) => Err(Refusal {
            message: "it holds several documents, but one is expected".to_string(),
            offset: None,
            hint: Some("give each document a file of its own, or split the text at `---`"),
        }),
    }
}

fn toml(root: Reader, text: &str) -> std::result::Result<Value, Refusal> {
    let refusal = |error: toml::de::Error| Refusal {
        message: error.message().lines().collect::<Vec<_>>().join(", "),
        offset: error.span().map(|range| range.start),
        hint: None,
    };
    let deserializer = toml::Deserializer::parse(text).map_err(refusal)?;
    root.deserialize(deserializer).map_err(refusal)
}

fn bad_document(format: Format, text: &str, refusal: Refusal, span: Span, text_at: Span) -> Error {
    let name = match format {
        Format::Json => "JSON",
        Format::Yaml => "YAML",
        Format::Toml => "TOML",
    };
    let mut message = format!("this is not {name} that can be read: {}", refusal.message);
    let mut hint = refusal.hint.map(str::to_string);
    if let Some(offset) = refusal.offset {
        let mut at = offset.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[..at].matches('\n').count() + 1;
        message.push_str(&format!(", at line {line}, column {}", text[start..at].chars().count() + 1));
        let shown: String = text[start..].lines().next().unwrap_or_default().trim().chars().take(60).collect();
        if !shown.is_empty() {
            hint = hint.or(Some(format!("look at line {line} of the text: `{shown}`")));
        }
    }
    let text_at = if text_at == span { Span::NONE } else { text_at };
    error(Code::BadDocument, span, message)
        .described(|finding| finding.also(text_at, "the text comes from here").maybe_hint(hint))
}

/// Builds the value at one place of a document.
#[derive(Clone, Copy)]
struct Reader {
    format: Format,
    span: Span,
    depth: u32,
    /// Whether a negative zero was written without a fraction.
    whole_zero: bool,
}

impl Reader {
    fn value<E>(self, kind: Kind) -> std::result::Result<Value, E> {
        Ok(Value::new(kind, self.span))
    }

    fn deeper<E: serde::de::Error>(self) -> std::result::Result<Reader, E> {
        match self.depth {
            MAX_NESTING => Err(E::custom(format!("it is nested more than {MAX_NESTING} levels deep"))),
            depth => Ok(Reader { depth: depth + 1, ..self }),
        }
    }

    fn map<'de, A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<Value, A::Error> {
        let inner = self.deeper()?;
        // What YAML's `<<` merges comes first, so that the map's own keys win.
        let (mut entries, mut own) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        while let Some(name) = access.next_key_seed(Key)? {
            let value = match access.next_value_seed(inner) {
                Ok(value) => value,
                Err(_) if self.format == Format::Toml && name.as_str() == TOML_DATE => {
                    return Err(A::Error::custom("dates and times have no counterpart; put the value in quotes"));
                }
                Err(error) => return Err(error),
            };
            if self.format == Format::Toml && name.as_str() == TOML_DATE {
                return Err(A::Error::custom("dates and times have no counterpart; put the value in quotes"));
            }
            if self.format == Format::Yaml {
                if name.as_str() == "<<" {
                    merge(&value, &mut entries)?;
                    continue;
                }
                if !seen.insert(name) {
                    return Err(A::Error::custom(format!("the key `{name}` stands twice in the same map")));
                }
            }
            own.push(Attr { name, span: self.span, value: value.into() });
        }
        entries.append(&mut own);
        self.value(Kind::Attrs(Attrs::new(entries)))
    }
}

/// How the TOML library spells a date: a map with this one key.
const TOML_DATE: &str = "$__toml_private_datetime";

/// The entries that `<<: value` adds: those of a map, or of a list of maps of which the first wins.
fn merge<E: serde::de::Error>(value: &Value, entries: &mut Vec<Attr>) -> std::result::Result<(), E> {
    match &value.kind {
        Kind::Attrs(attrs) => {
            entries.extend(attrs.iter().cloned());
            return Ok(());
        }
        Kind::List(items) => {
            let maps = items.iter().rev().map(|item| match item {
                Thunk::Done(value @ Value { kind: Kind::Attrs(_), .. }) => Some(value),
                _ => None,
            });
            for map in maps {
                merge(map.ok_or_else(|| E::custom("`<<` merges maps only"))?, entries)?;
            }
            return Ok(());
        }
        _ => Err(E::custom("`<<` merges maps only")),
    }
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("null, a boolean, a number, a string, a list or a map")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        self.value(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        self.value(Kind::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Value, E> {
        self.value(Kind::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Value, E> {
        // What exceeds 64 signed bits becomes the nearest float.
        self.value(i64::try_from(number).map_or(Kind::Float(number as f64), Kind::Int))
    }

    fn visit_f64<E>(self, number: f64) -> std::result::Result<Value, E> {
        if number == 0.0 && number.is_sign_negative() && self.whole_zero {
            return self.value(Kind::Int(0));
        }
        self.value(Kind::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Value, E> {
        self.value(Kind::Str(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> std::result::Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            items.push(item.into());
        }
        Ok(Value::list(items, self.span))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> std::result::Result<Value, A::Error> {
        self.map(access)
    }

    /// A value with a YAML tag.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> std::result::Result<Value, A::Error> {
        let (tag, _) = access.variant_seed(Key)?;
        Err(A::Error::custom(format!("the tag `!{tag}` has no meaning here; remove it, or put the value in quotes")))
    }
}

/// Reads the key of a map; numbers and booleans become their text.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Symbol;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Symbol, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Symbol;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string as the key")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Symbol, E> {
        Ok(Symbol::new(text))
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Symbol, E> {
        Ok(Symbol::new(&value.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> std::result::Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }
}
