//! Types as people write them.

use std::fmt::{self, Display, Formatter, Write};

use super::{Bounds, ModuleType, Record, Scalar, Text, Type};

/// Records with more fields are cut short: a type in a message is a reminder, not a listing.
const SHOWN_FIELDS: usize = 4;

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any | Type::Module(ModuleType::Anything | ModuleType::Raw | ModuleType::Unspecified) => {
                f.write_str("Any")
            }
            Type::Never => f.write_str("Never"),
            Type::Null => f.write_str("Null"),
            Type::Bool => f.write_str("Bool"),
            // The bounds of Kubernetes' integers are no news.
            Type::Int(bounds) if *bounds == Bounds::INT32 => f.write_str("Int"),
            Type::Int(bounds) => bounded(f, "Int", bounds),
            Type::Float(bounds) => bounded(f, "Float", bounds),
            Type::Number(bounds) => bounded(f, "Number", bounds),
            Type::String(text) => string(f, text),
            Type::Named(named) => f.write_str(named.name),
            Type::Path => f.write_str("Path"),
            Type::Secret => f.write_str("Secret"),
            Type::Literal(scalar) => write!(f, "{scalar}"),
            Type::List(item) => write!(f, "[{item}]"),
            Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => write!(f, "{{ _ : {item} }}"),
            Type::Record(record) => show_record(f, record),
            Type::Function(from, to) if matches!(**from, Type::Function(..)) => write!(f, "({from}) -> {to}"),
            Type::Function(from, to) => write!(f, "{from} -> {to}"),
            Type::Union(members) => {
                for (at, member) in members.iter().enumerate() {
                    let between = if at == 0 { "" } else { " | " };
                    write!(f, "{between}{member}")?;
                }
                Ok(())
            }
            Type::Declared(name, _) => write!(f, "{name}"),
            Type::Deferred(deferred) => write!(f, "{}", deferred.name),
            Type::Object => f.write_str("Object"),
            Type::Module(ModuleType::Attrs) => f.write_str("{ _ : Any }"),
            Type::Module(ModuleType::Joined(_)) => f.write_str("String"),
            Type::Module(ModuleType::Submodule(_)) => f.write_str("a submodule"),
            Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => write!(f, "{inner}"),
            Type::Module(ModuleType::Coerced(from, _, to)) => write!(f, "{from} | {to}"),
            Type::Module(ModuleType::DeferredModule(_)) => f.write_str("a module"),
            Type::Module(ModuleType::OptionType) => f.write_str("a type"),
            Type::Module(ModuleType::Custom(custom)) => f.write_str(&custom.name),
        }
    }
}

impl Display for Scalar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => f.write_str("null"),
            Scalar::Bool(value) => write!(f, "{value}"),
            Scalar::Int(value) => write!(f, "{value}"),
            Scalar::Float(value) => write!(f, "{value}"),
            Scalar::Str(text) => write!(f, "{:?}", text.as_str()),
        }
    }
}

fn bounded<T: Display>(f: &mut Formatter<'_>, name: &str, bounds: &Bounds<T>) -> fmt::Result {
    f.write_str(name)?;
    if bounds.min.is_none() && bounds.max.is_none() {
        return Ok(());
    }
    f.write_char('(')?;
    if let Some(min) = &bounds.min {
        write!(f, "{min}")?;
    }
    f.write_str("..")?;
    if let Some(max) = &bounds.max {
        write!(f, "{max}")?;
    }
    f.write_char(')')
}

fn string(f: &mut Formatter<'_>, text: &Text) -> fmt::Result {
    match (&text.pattern, &text.length) {
        (Some(pattern), _) => write!(f, "String(/{}/)", pattern.source),
        (None, Some(length)) => bounded(f, "String", length),
        (None, None) => f.write_str("String"),
    }
}

fn show_record(f: &mut Formatter<'_>, record: &Record) -> fmt::Result {
    if let Some(origin) = &record.origin {
        return write!(f, "k8s.{}", origin.definition);
    }
    f.write_str("{ ")?;
    for (name, field) in record.fields.iter().take(SHOWN_FIELDS) {
        let mark = if field.optional { "?" } else { "" };
        write!(f, "{name}{mark} : {}; ", field.ty)?;
    }
    if record.fields.len() > SHOWN_FIELDS {
        f.write_str("… ")?;
    } else if record.open {
        f.write_str("... ")?;
    }
    f.write_char('}')
}
