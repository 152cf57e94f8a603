//! Single values: does a value fit a scalar type, and if not, how would it be written.

use crate::node::{Node, NodeKind};
use crate::schema::catalogue::Shape;
use crate::schema::facts::Scalar;
use crate::schema::formats;

/// What a scalar type says of a value.
pub enum Verdict {
    /// It is of the type.
    Fits,
    /// It is something else altogether.
    WrongType,
    /// It is of the right type, but does not read as one.
    BadFormat {
        /// What is wrong, to follow the field's name.
        what: String,
        /// How it should be.
        hint: &'static str,
    },
}

/// Whether a value fits a scalar type.
pub fn check(scalar: Scalar, kind: &NodeKind) -> Verdict {
    match (scalar, kind) {
        (Scalar::Any, _) | (Scalar::Object, NodeKind::Map(_)) => Verdict::Fits,
        (Scalar::String, NodeKind::Str(_)) | (Scalar::Boolean, NodeKind::Bool(_)) => Verdict::Fits,
        // It is written as what the field holds.
        (Scalar::String | Scalar::Bytes, NodeKind::Secret(_)) => Verdict::Fits,
        (Scalar::Number, NodeKind::Int(_) | NodeKind::Float(_)) => Verdict::Fits,
        (Scalar::Int32, _) => integer(kind, i32::MIN.into(), i32::MAX.into(), "32"),
        (Scalar::Integer | Scalar::Int64, _) => integer(kind, i64::MIN, i64::MAX, "64"),
        (Scalar::IntOrString, NodeKind::Str(_)) => Verdict::Fits,
        (Scalar::IntOrString, _) => integer(kind, i32::MIN.into(), i32::MAX.into(), "32"),
        (Scalar::Quantity, NodeKind::Int(_) | NodeKind::Float(_)) => Verdict::Fits,
        (Scalar::Quantity, NodeKind::Str(text)) => {
            let hint = "write a number with an optional suffix: `100m`, `2`, `512Mi`, `1.5Gi`";
            format(formats::is_quantity(text.trim()), text, "is not a quantity", hint)
        }
        (Scalar::Bytes, NodeKind::Str(text)) => {
            // The text may be a secret, so it is not repeated.
            let hint = "encode the bytes (`base64 -w0`), or use a field that takes plain text, such as `stringData`";
            if formats::is_base64(text) { Verdict::Fits } else { bad_format("is not base 64".to_owned(), hint) }
        }
        (Scalar::DateTime, NodeKind::Str(text)) => {
            format(formats::is_date_time(text), text, "is not a point in time", "write it as `2026-01-31T08:30:00Z`")
        }
        _ => Verdict::WrongType,
    }
}

fn integer(kind: &NodeKind, least: i64, most: i64, bits: &str) -> Verdict {
    let fits = match kind {
        NodeKind::Int(number) => (least..=most).contains(number),
        // YAML and JSON do not tell `1.0` from `1`.
        NodeKind::Float(number) if number.fract() == 0.0 => *number >= least as f64 && *number <= most as f64,
        _ => return Verdict::WrongType,
    };
    if fits {
        return Verdict::Fits;
    }
    bad_format(format!("does not fit in {bits} bits"), "use a smaller number")
}

fn format(good: bool, text: &str, what: &str, hint: &'static str) -> Verdict {
    if good { Verdict::Fits } else { bad_format(format!("{what}: {text:?}"), hint) }
}

fn bad_format(what: String, hint: &'static str) -> Verdict {
    Verdict::BadFormat { what, hint }
}

/// What a scalar type takes, in words.
pub fn words(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "a string",
        Scalar::Boolean => "a boolean",
        Scalar::Integer | Scalar::Int32 | Scalar::Int64 => "an integer",
        Scalar::Number => "a number",
        Scalar::Bytes => "a string (base 64)",
        Scalar::DateTime => "a string (a point in time)",
        Scalar::IntOrString => "an integer or a string",
        Scalar::Quantity => "a quantity",
        Scalar::Object => "a set",
        Scalar::Any => "any value",
    }
}

/// The same for several.
pub fn plural(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "strings",
        Scalar::Boolean => "booleans",
        Scalar::Integer | Scalar::Int32 | Scalar::Int64 => "integers",
        Scalar::Number => "numbers",
        Scalar::Bytes => "strings (base 64)",
        Scalar::DateTime => "strings (points in time)",
        Scalar::IntOrString => "integers or strings",
        Scalar::Quantity => "quantities",
        Scalar::Object => "sets",
        Scalar::Any => "any values",
    }
}

/// How a value of the wrong type would be written as the right one.
pub fn conversion_hint(shape: &Shape, node: &Node) -> Option<String> {
    let hint = match (shape, &node.kind) {
        (Shape::Scalar(Scalar::String), NodeKind::Int(number)) => format!("write \"{number}\" in quotes"),
        (Shape::Scalar(Scalar::String), NodeKind::Float(number)) => format!("write \"{number}\" in quotes"),
        (Shape::Scalar(Scalar::String), NodeKind::Bool(flag)) => format!("write \"{flag}\" in quotes"),
        (Shape::Scalar(Scalar::Boolean), NodeKind::Str(text)) => match text.as_str() {
            "true" | "yes" | "on" | "1" => "write `true`, without quotes".to_owned(),
            "false" | "no" | "off" | "0" => "write `false`, without quotes".to_owned(),
            _ => "write `true` or `false`".to_owned(),
        },
        (Shape::Scalar(Scalar::Boolean), NodeKind::Int(_)) => "write `true` or `false`".to_owned(),
        (Shape::Scalar(Scalar::Integer | Scalar::Int32 | Scalar::Int64 | Scalar::Number), NodeKind::Str(text)) => {
            let number = text.trim().parse::<i64>().ok()?;
            format!("write {number}, without quotes")
        }
        (Shape::List(inner), kind) if !matches!(kind, NodeKind::Map(_)) || matches!(**inner, Shape::Named(_)) => {
            "put it in brackets: a list of one".to_owned()
        }
        (Shape::Named(_), NodeKind::List(_)) => "it holds one, so leave the brackets out".to_owned(),
        _ => return None,
    };
    Some(hint)
}
