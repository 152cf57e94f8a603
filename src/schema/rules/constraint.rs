//! What a single field can be held to.

use super::Rules;
pub use super::format::Format;
use crate::diag::{Code, closest};
use crate::node::NodeKind;
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// A demand on one field.
pub enum Constraint {
    /// There, and not empty.
    Needed,
    /// There, be it empty.
    Present,
    /// Not empty if it is there.
    Filled,
    /// A whole number between these, both included.
    Range(i64, i64),
    /// Text of this format. Also said of each item of a list. Empty text is a field left empty.
    Is(Format),
    /// One of these words. Empty text is a field left empty.
    OneOf(&'static [&'static str]),
    /// A map from label keys to label values.
    Labels,
    /// A quantity that is not below zero.
    NotBelowZero,
    /// The demand is the server's from this minor on; before, its breach is worth a warning.
    Since(u32, &'static Constraint),
    /// The demand is the server's in pods alone; in a template its breach shows when the pods are made, and is worth a warning.
    InPods(&'static Constraint),
}

/// Holds `at`'s field to the constraint.
pub fn check(at: &Cursor<'_>, field: &str, constraint: &Constraint, rules: &mut Rules<'_>) {
    match constraint {
        Constraint::Needed => return rules.require(at, field),
        Constraint::Filled if at.has(field) => return rules.require(at, field),
        Constraint::Present if !at.has(field) => return rules.require(at, field),
        Constraint::Since(minor, inner) => return weighed(at, field, inner, rules.minor >= Minor(*minor), rules),
        Constraint::InPods(inner) => return weighed(at, field, inner, rules.kind.kind == "Pod", rules),
        _ => {}
    }
    let Some(value) = at.get(field) else { return };
    match constraint {
        Constraint::Needed
        | Constraint::Present
        | Constraint::Filled
        | Constraint::Since(..)
        | Constraint::InPods(_) => {}
        Constraint::Range(least, most) => range(&value, *least, *most, rules),
        Constraint::Is(format) => {
            if value.node().as_list().is_some() {
                value.items().iter().for_each(|item| is(item, field, *format, rules));
            } else {
                is(&value, field, *format, rules);
            }
        }
        Constraint::OneOf(words) => one_of(&value, words, rules),
        Constraint::Labels => labels(&value, rules),
        Constraint::NotBelowZero => not_below_zero(&value, rules),
    }
}

/// Holds the field to the constraint, strictly or with a warning.
fn weighed(at: &Cursor<'_>, field: &str, inner: &Constraint, strict: bool, rules: &mut Rules<'_>) {
    let before = rules.report.soften(!strict);
    check(at, field, inner, rules);
    rules.report.restore(before);
}

/// A whole number between these, both included.
pub fn range(value: &Cursor<'_>, least: i64, most: i64, rules: &mut Rules<'_>) {
    let Some(number) = value.int().filter(|number| !(least..=most).contains(number)) else { return };
    let name = value.field_name();
    let bound = match (number < least, most) {
        (_, i64::MAX) => format!("must be at least {least}"),
        _ => format!("must be from {least} to {most}"),
    };
    rules.at(value, Code::ValueOutOfRange, format!("`{name}` is {number}, but {bound}")).hint =
        Some(format!("write a number that is {}", bound.trim_start_matches("must be ")));
}

/// Text of a format, unless it is empty.
pub fn is(value: &Cursor<'_>, field: &str, format: Format, rules: &mut Rules<'_>) {
    if let (Format::Port | Format::TargetPort, Some(_)) = (format, value.int()) {
        return range(value, 1, 65535, rules);
    }
    let Some(text) = value.str().filter(|text| !text.is_empty() || format == Format::Port) else { return };
    if format.fits(text) {
        return;
    }
    let (code, what, hint) = format.words();
    rules.at(value, code, format!("`{field}` {text:?} {what}")).hint = Some(hint.to_owned());
}

/// One of a closed set of words, unless it is empty.
pub fn one_of(value: &Cursor<'_>, words: &[&str], rules: &mut Rules<'_>) {
    for item in value.items().iter().chain([value]) {
        let Some(text) = item.str().filter(|text| !text.is_empty() && !words.contains(text)) else { continue };
        let list = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let message = format!("{text:?} is not an allowed value of `{}`: {list}", item.field_name());
        let near = closest(text, words.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        rules.at(item, Code::NotInEnum, message).hint = Some(near.unwrap_or(format!("write one of {list}")));
    }
}

/// A map from label keys to label values.
pub fn labels(map: &Cursor<'_>, rules: &mut Rules<'_>) {
    for (key, value) in map.entries() {
        label_key(&value, key, rules);
        label_value(&value, rules);
    }
}

/// The key of a label or annotation, which stands at `at`.
pub fn label_key(at: &Cursor<'_>, key: &str, rules: &mut Rules<'_>) {
    if !formats::is_qualified_name(key) {
        let message = format!("{key:?} cannot be the key of a label or annotation");
        rules.report.at_key(at, Code::BadLabel, message).hint = Some(
            "write at most 63 letters, digits, `-`, `_` and `.`, with an optional DNS name and `/` before".to_owned(),
        );
    }
}

/// The value of a label.
pub fn label_value(value: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(text) = value.str().filter(|text| !formats::is_label_value(text)) else { return };
    rules.at(value, Code::BadLabel, format!("{text:?} cannot be the value of a label")).hint =
        Some("write at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned());
}

/// The amount of a quantity that reads as one.
pub fn amount(value: &Cursor<'_>) -> Option<f64> {
    match &value.node().kind {
        NodeKind::Int(number) => Some(*number as f64),
        NodeKind::Float(number) => Some(*number),
        NodeKind::Str(text) => formats::quantity_value(text.trim()),
        _ => None,
    }
}

/// A quantity that is not below zero.
pub fn not_below_zero(value: &Cursor<'_>, rules: &mut Rules<'_>) {
    if amount(value).is_some_and(|amount| amount < 0.0) {
        let name = value.field_name();
        rules.at(value, Code::ValueOutOfRange, format!("`{name}` is below zero")).hint =
            Some("write 0 or more".to_owned());
    }
}
