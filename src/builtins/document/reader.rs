//! The visitor that builds values, whatever format drives it.

use std::fmt;
use std::result::Result;

use rustc_hash::FxHashSet;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::Format;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Attr, Attrs, Kind, Thunk, Value};

/// Lists and maps inside each other.
const MAX_NESTING: u32 = 1000;

/// Builds the value at one place of a document.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    format: Format,
    span: Span,
    depth: u32,
}

impl Reader {
    /// For the root of a document, whose parts all have the origin `span`.
    pub(super) fn new(format: Format, span: Span) -> Reader {
        Reader { format, span, depth: 0 }
    }

    /// The origin of what it reads.
    pub(super) fn span(self) -> Span {
        self.span
    }

    fn value<E>(self, kind: Kind) -> Result<Value, E> {
        Ok(Value::new(kind, self.span))
    }

    fn deeper<E: Error>(self) -> Result<Reader, E> {
        match self.depth {
            MAX_NESTING => Err(Error::custom(format!("it is nested more than {MAX_NESTING} levels deep"))),
            depth => Ok(Reader { depth: depth + 1, ..self }),
        }
    }

    fn map<'de, A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        // What YAML's `<<` merges comes first, so that the map's own keys win.
        let (mut entries, mut own) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        while let Some(name) = access.next_key_seed(Key)? {
            if self.format == Format::Toml && name.as_str() == TOML_DATE {
                return Err(Error::custom("dates and times have no counterpart; put the value in quotes"));
            }
            let value = access.next_value_seed(inner)?;
            if self.format == Format::Yaml {
                if name.as_str() == "<<" {
                    merge(&value, &mut entries)?;
                    continue;
                }
                if !seen.insert(name) {
                    return Err(Error::custom(format!("the key `{name}` stands twice in the same map")));
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

/// Adds what `<<: value` merges: the entries of a map, or of a list of maps of which the first wins.
fn merge<E: Error>(value: &Value, entries: &mut Vec<Attr>) -> Result<(), E> {
    match &value.kind {
        Kind::Attrs(attrs) => entries.extend(attrs.iter().cloned()),
        Kind::List(items) => {
            // The last of equal names counts, so the first map comes last.
            for item in items.iter().rev() {
                match item {
                    Thunk::Done(Value { kind: Kind::Attrs(attrs), .. }) => entries.extend(attrs.iter().cloned()),
                    _ => return Err(Error::custom("`<<` merges maps only")),
                }
            }
        }
        _ => return Err(Error::custom("`<<` merges maps only")),
    }
    Ok(())
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("null, a boolean, a number, a string, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        self.value(Kind::Null)
    }

    /// A document without content.
    fn visit_none<E>(self) -> Result<Value, E> {
        self.value(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        self.value(Kind::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        self.value(Kind::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        // What exceeds 64 signed bits becomes the nearest float.
        self.value(i64::try_from(number).map_or(Kind::Float(number as f64), Kind::Int))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Value, E> {
        match self.format {
            Format::Toml => Err(Error::custom(format!("the integer {number} does not fit in 64 bits"))),
            Format::Json | Format::Yaml => self.value(Kind::Float(number as f64)),
        }
    }

    fn visit_u128<E>(self, number: u128) -> Result<Value, E> {
        self.value(Kind::Float(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        match self.format {
            // The library takes the integer `-0` for a float.
            Format::Json if number == 0.0 && number.is_sign_negative() => self.value(Kind::Int(0)),
            _ => self.value(Kind::Float(number)),
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        self.value(Kind::Str(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            items.push(item.into());
        }
        Ok(Value::list(items, self.span))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        self.map(access)
    }

    /// A value with a YAML tag.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (tag, _) = access.variant_seed(Key)?;
        Err(Error::custom(format!("the tag `!{tag}` has no meaning here; remove it, or put the value in quotes")))
    }
}

/// Reads the key of a map; what is not a string becomes its text.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Symbol;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Symbol, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Symbol;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string as the key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Symbol, E> {
        Ok(Symbol::new(text))
    }

    fn visit_unit<E>(self) -> Result<Symbol, E> {
        Ok(Symbol::new("null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Symbol, E> {
        Ok(Symbol::new(&value.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Symbol, E> {
        Ok(Symbol::new(&number.to_string()))
    }
}
