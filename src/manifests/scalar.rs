//! What a scalar is, as kubectl reads it.
//!
//! kubectl turns YAML into JSON with a library that knows YAML 1.1 and a little of 1.2: `yes`, `on` and `y` are booleans, `017`
//! and `0o17` are fifteen, `1_000` is a thousand, times stay text. What is JSON in the end has no more than 64 bits
//! in an integer and no infinity. A key is read as a value first and becomes text then, so that `on:` is the key `true`.

use ecow::EcoString;

use crate::node::NodeKind;
use crate::schema::formats::decode_base64;

/// Why a scalar cannot be read.
pub(super) type Refusal = String;

/// A plain scalar, which says by its looks what it is.
pub(super) fn plain(text: &str) -> Result<NodeKind, Refusal> {
    if let Some(known) = word(text) {
        return Ok(known);
    }
    if INFINITE.contains(&text) {
        return Err(format!("`{text}` is a number that JSON does not have"));
    }
    match text.bytes().next() {
        Some(b'0'..=b'9' | b'+' | b'-') => Ok(number(text)),
        Some(b'.') => Ok(decimal(text).map_or_else(|| NodeKind::Str(text.into()), float)),
        _ => Ok(NodeKind::Str(text.into())),
    }
}

/// A scalar with one of YAML's own tags: `int` for `!!int`.
pub(super) fn tagged(text: &str, tag: &str) -> Result<NodeKind, Refusal> {
    match tag {
        "binary" => binary(text),
        "null" | "bool" | "int" | "float" => {
            let kind = plain(text)?;
            let fits = match &kind {
                NodeKind::Null => tag == "null",
                NodeKind::Bool(_) => tag == "bool",
                NodeKind::Int(_) => tag == "int" || tag == "float",
                NodeKind::Float(_) => tag == "float",
                _ => false,
            };
            if fits { Ok(kind) } else { Err(format!("{text:?} is not what its tag `!!{tag}` says")) }
        }
        _ => Ok(NodeKind::Str(text.into())),
    }
}

/// The text that a key becomes.
pub(super) fn key(kind: NodeKind) -> Result<EcoString, Refusal> {
    match kind {
        NodeKind::Str(text) => Ok(text),
        NodeKind::Int(number) => Ok(number.to_string().into()),
        NodeKind::Bool(flag) => Ok(if flag { "true" } else { "false" }.into()),
        // kubectl has single precision here.
        NodeKind::Float(number) if number.abs() < 1e15 => Ok((number as f32).to_string().into()),
        NodeKind::Float(_) => Err("a number of this size cannot be a key".into()),
        NodeKind::Null => Err("a key is missing here, or is `null`".into()),
        _ => Err("a key is a text, but this is a list or a map".into()),
    }
}

/// The number as JSON passes it on: whole ones are integers, however they are written.
pub(super) fn float(number: f64) -> NodeKind {
    let whole = number.fract() == 0.0 && number.abs() < MAX_WHOLE;
    if whole { NodeKind::Int(number as i64) } else { NodeKind::Float(number) }
}

/// From here on, a double may not be a 64-bit integer.
const MAX_WHOLE: f64 = 9.2e18;

/// The numbers that a double has and JSON has not.
const INFINITE: [&str; 12] =
    [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"];

/// The words that are no text.
fn word(text: &str) -> Option<NodeKind> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => NodeKind::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => NodeKind::Bool(false),
        _ => return None,
    })
}

/// What begins with a digit or a sign: a number, unless it goes on otherwise.
fn number(text: &str) -> NodeKind {
    let digits: String = text.chars().filter(|&letter| letter != '_').collect();
    let read = integer(&digits).or_else(|| decimal(&digits).map(float));
    read.unwrap_or_else(|| NodeKind::Str(text.into()))
}

/// An integer with its base in front of it. One beyond 64 bits and a sign becomes the nearest float.
fn integer(digits: &str) -> Option<NodeKind> {
    let (negative, rest) = match digits.as_bytes().first()? {
        b'-' => (true, &digits[1..]),
        b'+' => (false, &digits[1..]),
        _ => (false, digits),
    };
    let lower = rest.to_ascii_lowercase();
    let (base, rest) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if rest.is_empty() || !rest.bytes().all(|byte| char::from(byte).is_digit(base)) {
        return None;
    }
    let size = u64::from_str_radix(rest, base).ok()?;
    let signed = if negative { -i128::from(size) } else { i128::from(size) };
    Some(i64::try_from(signed).map_or(NodeKind::Float(signed as f64), NodeKind::Int))
}

/// Digits with at most one point and an exponent. What is too large for a double is text.
fn decimal(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = body.split_once(['e', 'E']).unwrap_or((body, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let fine = digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty());
    if !fine || exponent.is_empty() || !digits(exponent) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The text whose base64 this is.
fn binary(text: &str) -> Result<NodeKind, Refusal> {
    let refusal = || "this is not the base64 of a text".to_owned();
    let packed: String = text.split_whitespace().collect();
    let bytes = decode_base64(&packed).ok_or_else(refusal)?;
    let text = String::from_utf8(bytes).map_err(|_| refusal())?;
    Ok(NodeKind::Str(text.into()))
}

#[cfg(test)]
mod tests {
    use super::{key, plain, tagged};
    use crate::node::NodeKind::{self, Bool, Float, Int, Null, Str};

    #[test]
    fn scalars_are_what_kubectl_takes_them_for() {
        let text = |text: &str| Str(text.into());
        let cases: &[(&str, NodeKind)] = &[
            ("", Null),
            ("~", Null),
            ("NULL", Null),
            ("nUll", text("nUll")),
            ("y", Bool(true)),
            ("OFF", Bool(false)),
            ("oN", text("oN")),
            ("017", Int(15)),
            ("0o17", Int(15)),
            ("-017", Int(-15)),
            ("089", Int(89)),
            ("0b11", Int(3)),
            ("0xFF", Int(255)),
            ("0x", text("0x")),
            ("1_000", Int(1000)),
            ("_1", text("_1")),
            ("1_", Int(1)),
            ("+5", Int(5)),
            ("-0", Int(0)),
            ("5.", Int(5)),
            (".5", Float(0.5)),
            (".", text(".")),
            ("-", text("-")),
            ("1e3", Int(1000)),
            ("1e", text("1e")),
            ("1e999", text("1e999")),
            ("1_0.5", Float(10.5)),
            ("1:30:00", text("1:30:00")),
            ("2001-01-01", text("2001-01-01")),
            ("1.2.3", text("1.2.3")),
            ("9223372036854775807", Int(i64::MAX)),
            ("-9223372036854775808", Int(i64::MIN)),
            ("9223372036854775808", Float(9_223_372_036_854_775_808.0)),
        ];
        for (written, read) in cases {
            assert_eq!(plain(written).as_ref(), Ok(read), "{written}");
        }
        assert!([".inf", "-.INF", ".nan"].iter().all(|text| plain(text).is_err()));
    }

    #[test]
    fn tags_and_keys_are_followed() {
        assert_eq!(tagged("12", "str"), Ok(Str("12".into())));
        assert_eq!(tagged("12", "int"), Ok(Int(12)));
        assert_eq!(tagged("yes", "bool"), Ok(Bool(true)));
        assert_eq!(tagged("aGVs\nbG8=", "binary"), Ok(Str("hello".into())));
        assert!(tagged("foo", "int").is_err() && tagged("12", "bool").is_err() && tagged("%", "binary").is_err());
        let keys = [(Int(15), "15"), (Bool(true), "true"), (Float(1.5), "1.5"), (Str("a".into()), "a")];
        for (kind, text) in keys {
            assert_eq!(key(kind).as_deref(), Ok(text));
        }
        assert!(key(Null).is_err());
    }
}
