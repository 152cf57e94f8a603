//! Values in the language's own syntax.

use std::fmt::Write;

use crate::secret::HIDDEN;
use crate::syntax::{quoted, quoted_name};
use crate::value::{Evaluator, Kind, Result, Thunk, Value};

/// The value in the language's own syntax, strict all the way down; functions as `«lambda»`.
///
/// # Errors
/// The first failure met on the way.
pub fn print(machine: &mut Evaluator, thunk: &Thunk) -> Result<String> {
    let mut text = String::new();
    write_value(machine, thunk, &mut text)?;
    Ok(text)
}

/// As much of the value as is known already, without computing anything: `…` stands for the rest.
/// Short enough for a line, also when the value is endless.
pub fn glance(value: &Value) -> String {
    const LEVELS: u32 = 8;
    const LENGTH: usize = 1000;
    fn item(thunk: &Thunk, text: &mut String, levels: u32) {
        match thunk.peek() {
            Some(value) if levels > 0 && text.len() < LENGTH => write(&value, text, levels - 1),
            _ => text.push('…'),
        }
    }
    fn write(value: &Value, text: &mut String, levels: u32) {
        match &value.kind {
            Kind::List(items) => {
                text.push_str("[ ");
                for thunk in items.iter().take(LENGTH) {
                    item(thunk, text, levels);
                    text.push(' ');
                }
                text.push(']');
            }
            Kind::Attrs(attrs) => {
                text.push_str("{ ");
                for attr in attrs.sorted().into_iter().take(LENGTH) {
                    text.push_str(&quoted_name(attr.name.as_str()));
                    text.push_str(" = ");
                    item(&attr.value, text, levels);
                    text.push_str("; ");
                }
                text.push('}');
            }
            _ => write_plain(value, text),
        }
    }
    let mut text = String::new();
    write(value, &mut text, LEVELS);
    text
}

fn write_value(machine: &mut Evaluator, thunk: &Thunk, text: &mut String) -> Result<()> {
    let value = machine.force(thunk)?;
    machine.deeper(value.origin, |machine| {
        match &value.kind {
            Kind::List(items) => {
                text.push_str("[ ");
                for item in items.iter() {
                    write_value(machine, item, text)?;
                    text.push(' ');
                }
                text.push(']');
            }
            Kind::Attrs(attrs) => {
                text.push_str("{ ");
                for attr in attrs.sorted() {
                    text.push_str(&quoted_name(attr.name.as_str()));
                    text.push_str(" = ");
                    write_value(machine, &attr.value, text)?;
                    text.push_str("; ");
                }
                text.push('}');
            }
            _ => write_plain(&value, text),
        }
        Ok(())
    })
}

/// What holds no other values.
fn write_plain(value: &Value, text: &mut String) {
    match &value.kind {
        Kind::Null => text.push_str("null"),
        Kind::Bool(value) => put(text, value),
        Kind::Int(number) => put(text, number),
        Kind::Float(number) => text.push_str(&float(*number)),
        Kind::Str(string) => text.push_str(&quoted(string)),
        Kind::Path(path) => put(text, path.display()),
        Kind::Secret(_) => text.push_str(HIDDEN),
        Kind::Native(partial) => put(text, format_args!("«builtin {}»", partial.native.name)),
        Kind::Type(ty) => put(text, format_args!("«type {ty}»")),
        Kind::Lambda(_) | Kind::Host(_) => text.push_str("«lambda»"),
        // The callers walk these themselves.
        Kind::List(_) | Kind::Attrs(_) => text.push('…'),
    }
}

fn put(text: &mut String, value: impl std::fmt::Display) {
    // Writing to a `String` cannot fail.
    let _ = write!(text, "{value}");
}

/// A float that reads back as a float.
fn float(number: f64) -> String {
    let text = number.to_string();
    if text.contains(['.', 'e', 'N', 'i']) { text } else { format!("{text}.0") }
}
