//! Version numbers and package names.

use std::cmp::Ordering;

use crate::value::{Arguments, AttrsBuilder, Evaluator, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "compareVersions", arity: 2, run: compare_versions },
    Native { name: "parseDrvName", arity: 1, run: parse_drv_name },
    Native { name: "splitVersion", arity: 1, run: split_version },
];

fn compare_versions(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (a, b) = (machine.string_of(&call, 0)?, machine.string_of(&call, 1)?);
    let (mut left, mut right) = (Components(&a), Components(&b));
    loop {
        let ordering = match (left.next(), right.next()) {
            (None, None) => Ordering::Equal,
            (a, b) => match compare(a.unwrap_or_default(), b.unwrap_or_default()) {
                Ordering::Equal => continue,
                ordering => ordering,
            },
        };
        return Ok(Value::int(ordering as i64, call.span));
    }
}

fn split_version(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let version = machine.string_of(&call, 0)?;
    let parts = Components(&version).map(|part| Value::string(part, call.span).into());
    Ok(Value::list(parts.collect(), call.span))
}

/// The version starts behind the first `-` that no letter follows.
fn parse_drv_name(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.string_of(&call, 0)?;
    let starts = |at: usize| text.as_bytes().get(at + 1).is_some_and(|next| !next.is_ascii_alphabetic());
    let (name, version) = match text.match_indices('-').find(|&(at, _)| starts(at)) {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text.as_str(), ""),
    };
    let mut set = AttrsBuilder::new();
    set.add("name", call.span, Value::string(name, call.span));
    set.add("version", call.span, Value::string(version, call.span));
    Ok(Value::attrs(set.build(), call.span))
}

/// The components of a version: runs of digits and runs of anything else, apart from `.` and `-`.
struct Components<'a>(&'a str);

impl<'a> Iterator for Components<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches(['.', '-']);
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let ends = |c: char| c.is_ascii_digit() != digits || c == '.' || c == '-';
        let (component, behind) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        self.0 = behind;
        (!component.is_empty()).then_some(component)
    }
}

/// Numbers by value, `pre` before everything, nothing before numbers, numbers behind other words.
fn compare(a: &str, b: &str) -> Ordering {
    let less = |a: &str, b: &str| match (a.parse::<i32>(), b.parse::<i32>()) {
        (Ok(a), Ok(b)) => a < b,
        (_, Ok(_)) if a.is_empty() => true,
        _ if a == "pre" => b != "pre",
        _ if b == "pre" => false,
        (_, Ok(_)) => true,
        (Ok(_), _) => false,
        _ => a < b,
    };
    match () {
        () if less(a, b) => Ordering::Less,
        () if less(b, a) => Ordering::Greater,
        () => Ordering::Equal,
    }
}
