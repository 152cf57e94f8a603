//! What a schema demands of a value beyond its shape: bounds, patterns, formats, counts, alternatives.
//!
//! Of a value in an object each demand is told by itself ([`Limits::breaches`]). Inside alternatives (`anyOf`, `oneOf`,
//! `not`) demands are conditions: a value meets them or does not ([`Limits::hold`]). Rules in CEL are kept as they
//! are written; nothing here computes them.

use std::sync::OnceLock;

use ecow::EcoString;
use regex::Regex;
use serde_json::Value;

use crate::diag::Code;
use crate::node::{Node, NodeKind};
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

    /// Whether a value meets all of it. What could not be had meets everything.
    pub fn hold(&self, node: &Node) -> bool {
        self.breaches(node).is_empty() && self.inside_holds(node)
    }

    /// Whether what is in a value meets what is demanded of it.
    fn inside_holds(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Map(map) => {
                let there = |name: &str| map.get(name).filter(|value| !matches!(value.kind, NodeKind::Null));
                self.required.iter().all(|name| there(name).is_some())
                    && self.fields.iter().all(|(name, limits)| there(name).is_none_or(|value| limits.hold(value)))
                    && self.each.as_ref().is_none_or(|each| map.fields.iter().all(|field| each.hold(&field.value)))
            }
            NodeKind::List(items) => self.each.as_ref().is_none_or(|each| items.iter().all(|item| each.hold(item))),
            _ => true,
        }
    }

    /// What a value does not meet, by itself.
    pub fn breaches(&self, node: &Node) -> Vec<Breach> {
        let mut breaches = Vec::new();
        match &node.kind {
            NodeKind::Failed => return breaches,
            NodeKind::Int(number) => self.number(*number as f64, &mut breaches),
            NodeKind::Float(number) => self.number(*number, &mut breaches),
            NodeKind::Str(text) => self.text(text, &mut breaches),
            NodeKind::List(items) => self.items.judge(items.len() as u64, "item", &mut breaches),
            NodeKind::Map(map) => self.entries.judge(map.fields.len() as u64, "entry", &mut breaches),
            NodeKind::Null | NodeKind::Bool(_) => {}
        }
        if !self.values.is_empty() && !self.values.iter().any(|value| equal(value, node)) {
            let values: Vec<String> = self.values.iter().map(|value| format!("`{value}`")).collect();
            let list = values.join(", ");
            breaches.push(breach(Code::NotInEnum, format!("must be one of {list}"), format!("write one of {list}")));
        }
        self.alternatives(node, &mut breaches);
        breaches
    }

    fn number(&self, number: f64, breaches: &mut Vec<Breach>) {
        let mut told = |bound: String| {
            let hint = format!("write a number that is {bound}");
            breaches.push(breach(Code::ValueOutOfRange, format!("is {number}, but must be {bound}"), hint));
        };
        match self.least {
            Some(Bound { value, exclusive: true }) if number <= value => told(format!("greater than {value}")),
            Some(Bound { value, exclusive: false }) if number < value => told(format!("at least {value}")),
            _ => {}
        }
        match self.most {
            Some(Bound { value, exclusive: true }) if number >= value => told(format!("less than {value}")),
            Some(Bound { value, exclusive: false }) if number > value => told(format!("at most {value}")),
            _ => {}
        }
        if let Some(step) = self.multiple_of
            && (number / step).fract() != 0.0
        {
            told(format!("a multiple of {step}"));
        }
    }

    fn text(&self, text: &str, breaches: &mut Vec<Breach>) {
        let characters = text.chars().count() as u64;
        self.length.judge(characters, "character", breaches);
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_in(text)) {
            let what = format!("does not have the form `{}`", pattern.source);
            breaches.push(breach(Code::BadFormat, what, "write it in this form".to_owned()));
        }
        if let Some(format) = self.format.filter(|format| !format.fits(text)) {
            let (what, example) = format.words();
            breaches.push(breach(
                Code::BadFormat,
                format!("is not {what}"),
                format!("write {what}, such as {example}"),
            ));
        }
    }

    fn alternatives(&self, node: &Node, breaches: &mut Vec<Breach>) {
        if !self.any_of.is_empty() && !self.any_of.iter().any(|one| one.hold(node)) {
            breaches.push(none_fits(&self.any_of, "at least one"));
        }
        if !self.one_of.is_empty() {
            match self.one_of.iter().filter(|one| one.hold(node)).count() {
                1 => {}
                0 => breaches.push(none_fits(&self.one_of, "exactly one")),
                _ => breaches.push(several_fit(&self.one_of, node)),
            }
        }
        for part in self.all_of.iter().filter(|part| !part.hold(node)) {
            let own = part.breaches(node);
            breaches.extend(if own.is_empty() { vec![none_fits(std::slice::from_ref(part), "all")] } else { own });
        }
        if self.not.as_ref().is_some_and(|not| not.hold(node)) {
            let asked = self.not.as_deref().filter(|not| not.fields.is_empty()).map(|not| not.required.as_slice());
            let (what, hint) = match asked {
                Some([name]) => (format!("must not have `{name}`"), "leave it out"),
                Some(names @ [_, _, ..]) => {
                    (format!("must not have {} together", in_words(names, "and")), "leave one of them out")
                }
                _ => ("has a form that its definition rules out".to_owned(), "choose another value"),
            };
            breaches.push(breach(Code::NotAllowedHere, what, hint.to_owned()));
        }
    }
}

/// Nothing of what is possible is there.
fn none_fits(alternatives: &[Limits], how_many: &str) -> Breach {
    match fields_asked(alternatives) {
        Some(names) => breach(
            Code::ExactlyOneOf,
            format!("needs {how_many} of {}", in_words(&names, "or")),
            format!("set {how_many} of them"),
        ),
        None => breach(
            Code::NotAllowedHere,
            format!("fits none of the {} forms that its definition allows", alternatives.len()),
            "hold it against the alternatives in the definition".to_owned(),
        ),
    }
}

/// More is there than is possible.
fn several_fit(alternatives: &[Limits], node: &Node) -> Breach {
    let fitting: Vec<&Limits> = alternatives.iter().filter(|one| one.hold(node)).collect();
    match fields_asked(alternatives) {
        Some(_) => {
            let mut names: Vec<EcoString> = fitting.iter().flat_map(|one| one.required.iter().cloned()).collect();
            names.dedup();
            let hint = format!("keep one of {}", in_words(&names, "or"));
            breach(Code::ExactlyOneOf, format!("can have only one of {}", in_words(&names, "and")), hint)
        }
        None => breach(
            Code::NotAllowedHere,
            format!("fits {} of the forms that its definition allows, but must fit one", fitting.len()),
            "hold it against the alternatives in the definition".to_owned(),
        ),
    }
}

/// The fields that alternatives ask for, if all ask for fields.
fn fields_asked(alternatives: &[Limits]) -> Option<Vec<EcoString>> {
    let mut names: Vec<EcoString> = Vec::new();
    for alternative in alternatives.iter().filter(|one| one.not.is_none()) {
        let [name] = alternative.required.as_slice() else { return None };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    (names.len() > 1).then_some(names)
}

/// `` `a`, `b` or `c` ``
fn in_words(names: &[EcoString], last: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

fn breach(code: Code, what: String, hint: String) -> Breach {
    Breach { code, what, hint }
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

impl Count {
    fn judge(self, number: u64, what: &str, breaches: &mut Vec<Breach>) {
        let bound = match self {
            Count { least: Some(least), .. } if number < least => format!("at least {least}"),
            Count { most: Some(most), .. } if number > most => format!("at most {most}"),
            _ => return,
        };
        let (code, word) = match what {
            "character" => (Code::BadFormat, "characters"),
            "entry" => (Code::ValueOutOfRange, "entries"),
            _ => (Code::ValueOutOfRange, "items"),
        };
        let word = if bound.ends_with(" 1") { what } else { word };
        breaches.push(breach(
            code,
            format!("has {number}, but must have {bound} {word}"),
            format!("give it {bound} {word}"),
        ));
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

/// Whether a value is the one that a schema names.
fn equal(value: &Value, node: &Node) -> bool {
    match (value, &node.kind) {
        (_, NodeKind::Failed) | (Value::Null, NodeKind::Null) => true,
        (Value::Bool(value), NodeKind::Bool(flag)) => value == flag,
        (Value::Number(value), NodeKind::Int(number)) => value.as_f64() == Some(*number as f64),
        (Value::Number(value), NodeKind::Float(number)) => value.as_f64() == Some(*number),
        (Value::String(value), NodeKind::Str(text)) => value == text.as_str(),
        (Value::Array(values), NodeKind::List(items)) => {
            values.len() == items.len() && values.iter().zip(items).all(|(value, item)| equal(value, item))
        }
        (Value::Object(values), NodeKind::Map(map)) => {
            values.len() == map.fields.len()
                && values.iter().all(|(key, value)| map.get(key).is_some_and(|node| equal(value, node)))
        }
        _ => false,
    }
}
