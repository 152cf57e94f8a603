//! What a schema demands of a value beyond its shape: bounds, patterns, formats, counts, alternatives.
//!
//! Of a value in an object each demand is told by itself ([`Limits::breaches`]). Inside alternatives (`anyOf`, `oneOf`,
//! `not`) demands are conditions: a value meets them or does not ([`Limits::hold`]). Rules in CEL are kept as they
//! are written; nothing here computes them. This file reads the demands of a schema, [`judge`] holds values against them.

mod judge;
mod reduce;

pub(super) use reduce::Reduced;

use std::sync::OnceLock;

use ecow::EcoString;
use regex::Regex;
use serde_json::Value;

use crate::diag::Code;
use crate::schema::formats;

/// What is demanded of a value. The default is nothing.
#[derive(Debug, Default)]
pub struct Limits {
    /// Whether `null` is a value like others.
    pub nullable: bool,
    /// The least number.
    pub least: Option<Bound>,
    /// The greatest number.
    pub most: Option<Bound>,
    multiple_of: Option<f64>,
    /// The number of characters of a text.
    pub length: Count,
    /// What a text has in it.
    pub pattern: Option<Pattern>,
    format: Option<Format>,
    items: Count,
    entries: Count,
    /// The values that there are, where they are not all texts; empty: any.
    values: Vec<Value>,
    required: Vec<EcoString>,
    fields: Vec<(EcoString, Limits)>,
    each: Option<Box<Limits>>,
    all_of: Vec<Limits>,
    any_of: Vec<Limits>,
    one_of: Vec<Limits>,
    not: Option<Box<Limits>>,
    /// The rules in CEL, which are for the server.
    pub rules: Vec<Rule>,
}

/// The end of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The number.
    pub value: f64,
    /// Whether the number itself is outside.
    pub exclusive: bool,
}

/// How many there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// Not fewer.
    pub least: Option<u64>,
    /// Not more.
    pub most: Option<u64>,
}

/// A regular expression, compiled when it is first needed: most never are.
#[derive(Debug)]
pub struct Pattern {
    /// As it is written.
    pub source: EcoString,
    compiled: OnceLock<Option<Regex>>,
}

/// A rule in CEL.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The expression.
    pub expression: EcoString,
    /// What the server says where it does not hold; may be nothing.
    pub message: EcoString,
}

/// The formats whose texts are judged here as the server judges them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Format {
    Ipv4,
    Ipv6,
    Cidr,
    Uuid,
}

/// A demand that a value does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// The kind of finding.
    pub code: Code,
    /// What is wrong, to follow the name of the field: `` is 0, but must be at least 1``.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl Limits {
    /// What `schema` demands of a value beyond its shape.
    pub fn of(schema: &Value) -> Limits {
        let mut limits = Limits::scalar(schema);
        if !is_true(schema, "x-kubernetes-int-or-string") {
            limits.any_of = conditions(schema, "anyOf");
        }
        limits
    }

    /// What it demands as a condition: of its fields and items as well.
    fn condition(schema: &Value) -> Limits {
        let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let mut limits = Limits::scalar(schema);
        limits.any_of = conditions(schema, "anyOf");
        limits.required = list("required").filter_map(Value::as_str).map(EcoString::from).collect();
        limits.fields = fields.map(|(name, schema)| (name.as_str().into(), Limits::condition(schema))).collect();
        let each = schema.get("items").or_else(|| schema.get("additionalProperties")).filter(|each| each.is_object());
        limits.each = each.map(|each| Box::new(Limits::condition(each)));
        limits.values = list("enum").cloned().collect();
        limits
    }

    fn scalar(schema: &Value) -> Limits {
        let count = |least: &str, most: &str| Count {
            least: schema.get(least).and_then(Value::as_u64),
            most: schema.get(most).and_then(Value::as_u64),
        };
        let bound = |key: &str, exclusive: &str| {
            let value = schema.get(key)?.as_f64()?;
            Some(Bound { value, exclusive: is_true(schema, exclusive) })
        };
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let values = schema.get("enum").and_then(Value::as_array).filter(|values| !values.iter().all(Value::is_string));
        Limits {
            nullable: is_true(schema, "nullable"),
            least: bound("minimum", "exclusiveMinimum"),
            most: bound("maximum", "exclusiveMaximum"),
            multiple_of: schema.get("multipleOf").and_then(Value::as_f64).filter(|step| *step > 0.0),
            length: count("minLength", "maxLength"),
            pattern: text("pattern").filter(|source| !source.is_empty()).map(Pattern::new),
            format: text("format").and_then(Format::of),
            items: count("minItems", "maxItems"),
            entries: count("minProperties", "maxProperties"),
            values: values.cloned().unwrap_or_default(),
            all_of: conditions(schema, "allOf"),
            one_of: conditions(schema, "oneOf"),
            not: schema.get("not").map(|not| Box::new(Limits::condition(not))),
            rules: rules(schema),
            ..Limits::default()
        }
    }

    /// Whether nothing is demanded.
    pub fn are_none(&self) -> bool {
        let counts = [self.length, self.items, self.entries];
        let alternatives = [&self.all_of, &self.any_of, &self.one_of];
        !self.nullable
            && [self.least, self.most].iter().all(Option::is_none)
            && counts.iter().all(|count| *count == Count::default())
            && alternatives.iter().all(|list| list.is_empty())
            && (self.multiple_of.is_none() && self.pattern.is_none() && self.format.is_none() && self.not.is_none())
            && (self.values.is_empty() && self.rules.is_empty())
    }
}

impl Bound {
    /// The least integer that is not below it.
    pub fn least_integer(self) -> i64 {
        if self.exclusive { (self.value.floor() as i64).saturating_add(1) } else { self.value.ceil() as i64 }
    }

    /// The greatest integer that is not above it.
    pub fn greatest_integer(self) -> i64 {
        if self.exclusive { (self.value.ceil() as i64).saturating_sub(1) } else { self.value.floor() as i64 }
    }
}

impl Pattern {
    fn new(source: &str) -> Pattern {
        Pattern { source: source.into(), compiled: OnceLock::new() }
    }

    /// Whether the pattern is somewhere in `text`. One that cannot be read is left to the server.
    pub fn is_in(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.source).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

impl Format {
    fn of(word: &str) -> Option<Format> {
        Some(match word {
            "ipv4" => Format::Ipv4,
            "ipv6" => Format::Ipv6,
            "cidr" => Format::Cidr,
            "uuid" => Format::Uuid,
            _ => return None,
        })
    }

    fn fits(self, text: &str) -> bool {
        match self {
            Format::Ipv4 => formats::parse_ip(text).is_some_and(|address| address.is_ipv4()),
            Format::Ipv6 => formats::parse_ip(text).is_some_and(|address| address.is_ipv6()),
            Format::Cidr => formats::parse_cidr(text).is_some(),
            Format::Uuid => {
                let digits = text.bytes().filter(|byte| *byte != b'-');
                digits.clone().count() == 32 && digits.clone().all(|byte| byte.is_ascii_hexdigit())
            }
        }
    }

    /// What a text must be, and an example.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Format::Ipv4 => ("an IPv4 address", "`10.0.0.1`"),
            Format::Ipv6 => ("an IPv6 address", "`fd00::1`"),
            Format::Cidr => ("a network", "`10.0.0.0/8`"),
            Format::Uuid => ("a UUID", "`0b5c6d4e-2f6a-4c1b-9d57-6f3f4a2b1c0d`"),
        }
    }
}

fn conditions(schema: &Value, key: &str) -> Vec<Limits> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten().map(Limits::condition).collect()
}

fn rules(schema: &Value) -> Vec<Rule> {
    let listed = schema.get("x-kubernetes-validations").and_then(Value::as_array).into_iter().flatten();
    let text = |rule: &Value, key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default().into();
    listed.map(|rule| Rule { expression: text(rule, "rule"), message: text(rule, "message") }).collect()
}

/// Whether a schema says `true` at `key`.
pub(super) fn is_true(schema: &Value, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}
