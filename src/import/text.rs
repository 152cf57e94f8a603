//! The plan as text, as a person would write it.
//!
//! A map with one field becomes a path (`metadata.name = "web";`), a short one stands on its line, and text of several
//! lines stands between `''` where that says exactly the same.

use std::ops::Range;

use super::plan::{Entry, Plan};
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;
use crate::syntax::{quoted, quoted_name};

/// No line gets longer by what is put on it.
const WIDTH: usize = 100;
/// A path that is longer goes on in braces.
const LONG_PATH: usize = 60;
/// A map with more to say does not stand on one line.
const FEW: usize = 6;
/// And at the top an entry with more fields does not.
const AT_THE_TOP: usize = 3;

/// A configuration, and where in it which object is made.
pub(super) struct Written {
    /// The text.
    pub text: String,
    /// The places of the entries, in order, with the objects that they make.
    pub places: Vec<(Range<usize>, usize)>,
}

/// Writes a plan.
pub(super) fn write(plan: &Plan) -> Written {
    let mut writer = Writer { text: String::new(), places: Vec::new() };
    writer.text.push_str(if plan.force_namespaces { "{ lib, ... }:\n{\n" } else { "{\n" });
    let start = writer.text.len();
    if !plan.framework.fields.is_empty() {
        writer.top("framework", &[], &Node::new(NodeKind::Map(plan.framework.clone()), Span::NONE));
    }
    let (namespaces, others): (Vec<&Entry>, Vec<&Entry>) =
        plan.entries.iter().partition(|entry| plan.force_namespaces && entry.collection == "namespaces");
    if plan.force_namespaces {
        writer.gap(start);
        writer.forced(&namespaces);
    }
    let mut last: Option<(&str, bool)> = None;
    for entry in others {
        let begin = writer.text.len();
        writer.top(entry.collection, &[&entry.key], &entry.value);
        let several = writer.text[begin..].lines().count() > 1;
        let apart = last.is_none_or(|(collection, before)| collection != entry.collection || before || several);
        let gap = usize::from(apart && begin > start);
        writer.text.insert_str(begin, &"\n"[..gap]);
        writer.places.push((begin + gap..writer.text.len(), entry.object));
        last = Some((entry.collection, several));
    }
    writer.text.push_str("}\n");
    Written { text: writer.text, places: writer.places }
}

struct Writer {
    text: String,
    places: Vec<(Range<usize>, usize)>,
}

impl Writer {
    fn gap(&mut self, start: usize) {
        if self.text.len() > start {
            self.text.push('\n');
        }
    }

    /// A definition at the top, over several lines as soon as there is more to say than a few things.
    fn top(&mut self, collection: &str, key: &[&str], value: &Node) {
        let mut path = collection.to_owned();
        key.iter().for_each(|key| extend(&mut path, key));
        let several = value.as_map().is_some_and(|map| map.fields.len() > AT_THE_TOP);
        self.text.push_str("  ");
        binding(&mut self.text, 2, path, value, several);
    }

    fn forced(&mut self, namespaces: &[&Entry]) {
        self.text.push_str("  # Those that are not here are made elsewhere.\n  namespaces = lib.mkForce {");
        for entry in namespaces {
            self.text.push_str("\n    ");
            let begin = self.text.len();
            binding(&mut self.text, 4, quoted_name(&entry.key), &entry.value, false);
            self.text.pop();
            self.places.push((begin..self.text.len(), entry.object));
        }
        self.text.push_str(if namespaces.is_empty() { " };\n" } else { "\n  };\n" });
    }
}

fn extend(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(&quoted_name(key));
}

/// `path = value;` and the end of the line. The path goes on for as long as there is one thing to say.
fn binding(out: &mut String, indent: usize, mut path: String, value: &Node, open: bool) {
    let mut value = value;
    while path.len() < LONG_PATH
        && let Some([only]) = value.as_map().map(|map| map.fields.as_slice())
    {
        extend(&mut path, &only.key);
        value = &only.value;
    }
    out.push_str(&path);
    out.push_str(" = ");
    let room = WIDTH.saturating_sub(indent + path.len() + 4);
    expression(out, indent, value, room, open);
    out.push_str(";\n");
}

/// A value whose first line begins where `out` ends; further lines are indented.
fn expression(out: &mut String, indent: usize, value: &Node, room: usize, open: bool) {
    let mut line = String::new();
    let is_scalar = !matches!(value.kind, NodeKind::Map(_) | NodeKind::List(_));
    if (!open || is_scalar) && inline(&mut line, value, room, &mut FEW.clone(), 0) {
        return out.push_str(&line);
    }
    match &value.kind {
        NodeKind::Map(map) => {
            out.push_str("{\n");
            for field in &map.fields {
                pad(out, indent + 2);
                binding(out, indent + 2, quoted_name(&field.key), &field.value, false);
            }
            pad(out, indent);
            out.push('}');
        }
        NodeKind::List(items) => {
            out.push_str("[\n");
            for item in items {
                pad(out, indent + 2);
                let room = WIDTH.saturating_sub(indent + 2);
                in_brackets(out, item, |out| expression(out, indent + 2, item, room, false));
                out.push('\n');
            }
            pad(out, indent);
            out.push(']');
        }
        NodeKind::Str(text) => match paragraph(text) {
            Some(escaped) => {
                out.push_str("''\n");
                for line in escaped.split_inclusive('\n') {
                    if line != "\n" {
                        pad(out, indent + 2);
                    }
                    out.push_str(line);
                }
                if text.ends_with('\n') {
                    pad(out, indent);
                }
                out.push_str("''");
            }
            None => out.push_str(&quoted(text)),
        },
        // Everything else has been written on the line.
        _ => {}
    }
}

/// Writes a value on the line, if there is room and it does not say too much for that. What has been written is of no use
/// otherwise. Numbers and short texts are always written.
fn inline(out: &mut String, value: &Node, room: usize, few: &mut usize, depth: usize) -> bool {
    match &value.kind {
        NodeKind::Null | NodeKind::Failed | NodeKind::Secret(_) => out.push_str("null"),
        NodeKind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        // The literal would be too large before its sign is looked at.
        NodeKind::Int(i64::MIN) => out.push_str("(-9223372036854775807 - 1)"),
        NodeKind::Int(number) => out.push_str(&number.to_string()),
        NodeKind::Float(number) => out.push_str(&float(*number)),
        NodeKind::Str(text) if depth > 0 && text.len() > room || paragraph(text).is_some() => return false,
        NodeKind::Str(text) => out.push_str(&quoted(text)),
        NodeKind::List(items) if items.is_empty() => out.push_str("[ ]"),
        NodeKind::List(items) => {
            out.push_str("[ ");
            for item in items {
                // A list of scalars may be as long as the line.
                let mut uncounted = usize::MAX;
                let few = if item.as_map().is_some() { &mut *few } else { &mut uncounted };
                if !in_brackets(out, item, |out| inline(out, item, room, few, depth + 1)) || out.len() + 2 > room {
                    return false;
                }
                out.push(' ');
            }
            out.push(']');
        }
        NodeKind::Map(map) if map.fields.is_empty() => out.push_str("{ }"),
        NodeKind::Map(map) => return inline_map(out, map, room, few, depth),
    }
    depth == 0 || out.len() <= room
}

fn inline_map(out: &mut String, map: &Map, room: usize, few: &mut usize, depth: usize) -> bool {
    if depth > 2 {
        return false;
    }
    out.push_str("{ ");
    for field in &map.fields {
        let mut path = quoted_name(&field.key);
        let mut value = &field.value;
        while path.len() < LONG_PATH
            && let Some([only]) = value.as_map().map(|map| map.fields.as_slice())
        {
            extend(&mut path, &only.key);
            value = &only.value;
        }
        out.push_str(&path);
        out.push_str(" = ");
        let Some(fewer) = few.checked_sub(1) else { return false };
        *few = fewer;
        if !inline(out, value, room, few, depth + 1) {
            return false;
        }
        out.push_str("; ");
    }
    out.push('}');
    out.len() <= room
}

/// Writes an item of a list; a minus would be one between two items.
fn in_brackets<R>(out: &mut String, item: &Node, write: impl FnOnce(&mut String) -> R) -> R {
    let negative = match item.kind {
        NodeKind::Int(number) => number < 0 && number != i64::MIN,
        NodeKind::Float(number) => number.is_sign_negative(),
        _ => false,
    };
    out.push_str(if negative { "(" } else { "" });
    let written = write(out);
    out.push_str(if negative { ")" } else { "" });
    written
}

/// Floats have a point in the language.
fn float(number: f64) -> String {
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}

/// The text between `''`, escaped, if it has several lines and means exactly itself there.
fn paragraph(text: &str) -> Option<String> {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let strange = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !lines.contains('\n') || text.contains(strange) || text.contains("'${") || text.ends_with('\'') {
        return None;
    }
    let mut least = usize::MAX;
    for line in lines.split('\n').filter(|line| !line.is_empty()) {
        let written = line.trim_start_matches(' ');
        if written.is_empty() {
            return None;
        }
        least = least.min(line.len() - written.len());
    }
    // What all lines have in front would be taken for indentation.
    (least == 0).then(|| text.replace("''", "'''").replace("${", "''${"))
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::{expression, float, paragraph};
    use crate::node::Node;
    use crate::source::Span;

    fn written(text: &str) -> String {
        let mut out = String::new();
        expression(&mut out, 2, &Node::string(text, Span::NONE), 80, false);
        out
    }

    #[test]
    fn text_of_several_lines_is_a_paragraph() {
        assert_eq!(written("a\n  b\n\nc\n"), "''\n    a\n      b\n\n    c\n  ''");
        assert_eq!(written("a\nb"), "''\n    a\n    b''");
        assert_eq!(written("x ''y'' ${z}\nb\n"), "''\n    x '''y''' ''${z}\n    b\n  ''");
    }

    #[test]
    fn what_a_paragraph_cannot_say_is_quoted() {
        for text in ["a\n", "  a\n  b\n", "a\n   \nb\n", "a\r\nb\n", "a\nb'", "a'${b}\nc\n", "\n\n", "\u{1}\na\n"] {
            assert_eq!(paragraph(text), None, "{text:?}");
            assert!(written(text).starts_with('"'), "{text:?}");
        }
    }

    #[test]
    fn floats_have_a_point() {
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(1e30), "1.0e30");
        assert_eq!(float(2.5e-9), "2.5e-9");
        assert_eq!(float(-0.5), "-0.5");
    }
}
