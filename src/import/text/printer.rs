//! Values as expressions: on the line where there is room, else over several lines.

use super::paragraph::paragraph;
use super::share::{Known, Shared};
use crate::node::{Field, Map, Node, NodeKind};
use crate::syntax::{quoted, quoted_name};

/// No line gets longer by what is put on it.
pub(super) const WIDTH: usize = 100;
/// A path that is longer goes on in braces.
const LONG_PATH: usize = 60;
/// What has more fields in it does not stand on one line.
const FEW: usize = 6;
/// Nor what has more maps inside each other.
const DEEP: usize = 2;

/// Writes values behind what is written already.
pub(super) struct Printer<'a> {
    /// The text so far.
    pub out: String,
    shared: &'a Shared,
}

/// How much a value on one line may say.
#[derive(Clone, Copy)]
struct Line {
    /// Where the line ends, as a length of the text.
    end: usize,
    /// How many maps and lists are around the value.
    depth: usize,
}

impl Line {
    fn inside(self) -> Line {
        Line { depth: self.depth + 1, ..self }
    }
}

/// Adds a key to a path.
pub(super) fn extend(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(&quoted_name(key));
}

/// Goes on with a path for as long as there is one thing to say. Gives the last key, and what there is to say.
fn follow<'n>(path: &mut String, mut key: &'n str, mut value: &'n Node) -> (&'n str, &'n Node) {
    while path.len() < LONG_PATH
        && let Some([only]) = value.as_map().map(|map| map.fields.as_slice())
    {
        extend(path, &only.key);
        (key, value) = (&only.key, &only.value);
    }
    (key, value)
}

impl<'a> Printer<'a> {
    /// Nothing yet. Maps that are shared are called by their names.
    pub fn new(shared: &'a Shared) -> Printer<'a> {
        Printer { out: String::new(), shared }
    }

    /// What the names stand for: `let … in`, if there are any.
    pub fn names(&mut self) {
        if self.shared.is_empty() {
            return;
        }
        self.out.push_str("let\n");
        for (name, of, value) in self.shared.names() {
            self.out.push_str(&format!("  {name} = "));
            self.sum(2, of, &value);
            self.out.push_str(";\n");
        }
        self.out.push_str("in\n");
    }

    /// `path = value;` and the end of the line. What is `open` stands on lines of its own if it is a map.
    pub fn binding(&mut self, indent: usize, mut path: String, value: &Node, open: bool) {
        let (key, value) = follow(&mut path, "", value);
        self.assign(indent, &path, key, value, open);
    }

    fn field(&mut self, indent: usize, field: &Field) {
        let mut path = quoted_name(&field.key);
        let (key, value) = follow(&mut path, &field.key, &field.value);
        self.assign(indent, &path, key, value, false);
    }

    /// `path = value;`, where `key` is the last one of the path.
    fn assign(&mut self, indent: usize, path: &str, key: &str, value: &Node, open: bool) {
        self.out.push_str(path);
        self.out.push_str(" = ");
        match self.shared.find(key, value) {
            Some(Known { name, rest: None }) => self.out.push_str(name),
            Some(Known { name, rest: Some(rest) }) => self.sum(indent, Some(name), &rest),
            None => self.expression(indent, value, 1, open),
        }
        self.out.push_str(&remark(key, value));
        self.out.push_str(";\n");
    }

    /// A map on top of one that has a name.
    fn sum(&mut self, indent: usize, of: Option<&str>, value: &Node) {
        if let Some(of) = of {
            self.out.push_str(of);
            self.out.push_str(" // ");
        }
        self.expression(indent, value, 1, false);
    }

    /// A value whose first line begins where the text ends; further lines are indented. So many characters come `behind`.
    fn expression(&mut self, indent: usize, value: &Node, behind: usize, open: bool) {
        let start = self.out.len();
        let column = start - self.out.rfind('\n').map_or(0, |newline| newline + 1);
        let is_scalar = !matches!(value.kind, NodeKind::Map(_) | NodeKind::List(_));
        let line = Line { end: start + (WIDTH - behind).saturating_sub(column), depth: 0 };
        if (!open || is_scalar) && self.inline(value, line, &mut FEW.clone()) {
            return;
        }
        self.out.truncate(start);
        match &value.kind {
            NodeKind::Map(map) => {
                self.out.push_str("{\n");
                for field in &map.fields {
                    self.pad(indent + 2);
                    self.field(indent + 2, field);
                }
                self.pad(indent);
                self.out.push('}');
            }
            NodeKind::List(items) => {
                self.out.push_str("[\n");
                for item in items {
                    self.pad(indent + 2);
                    self.in_brackets(item, |printer| printer.expression(indent + 2, item, 0, false));
                    self.out.push('\n');
                }
                self.pad(indent);
                self.out.push(']');
            }
            NodeKind::Str(text) => self.text(indent, text),
            // Everything else has been written on the line.
            _ => {}
        }
    }

    fn text(&mut self, indent: usize, text: &str) {
        let Some(lines) = paragraph(text) else { return self.out.push_str(&quoted(text)) };
        self.out.push_str("''\n");
        for line in lines.split_inclusive('\n') {
            if line != "\n" {
                self.pad(indent + 2);
            }
            self.out.push_str(line);
        }
        if lines.ends_with('\n') {
            self.pad(indent);
        }
        self.out.push_str("''");
    }

    /// Writes a value on the line, if there is room and it does not say too much for that. What has been written is of no
    /// use otherwise. Numbers and short texts are always written.
    fn inline(&mut self, value: &Node, line: Line, few: &mut usize) -> bool {
        match &value.kind {
            NodeKind::Null | NodeKind::Failed | NodeKind::Secret(_) => self.out.push_str("null"),
            NodeKind::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            // The literal would be too large before its sign is looked at.
            NodeKind::Int(i64::MIN) => self.out.push_str("(-9223372036854775807 - 1)"),
            NodeKind::Int(number) => self.out.push_str(&number.to_string()),
            NodeKind::Float(number) => self.out.push_str(&float(*number)),
            NodeKind::Str(text) if paragraph(text).is_some() => return false,
            NodeKind::Str(text) => self.out.push_str(&quoted(text)),
            NodeKind::List(items) => return self.inline_list(items, line, few),
            NodeKind::Map(map) => return self.inline_map(map, line, few),
        }
        line.depth == 0 || self.out.len() <= line.end
    }

    fn inline_list(&mut self, items: &[Node], line: Line, few: &mut usize) -> bool {
        self.out.push_str("[ ");
        for item in items {
            // A list of scalars may be as long as the line.
            let mut uncounted = usize::MAX;
            let few = if item.as_map().is_some() { &mut *few } else { &mut uncounted };
            if !self.in_brackets(item, |printer| printer.inline(item, line.inside(), few))
                || self.out.len() + 2 > line.end
            {
                return false;
            }
            self.out.push(' ');
        }
        self.out.push(']');
        line.depth == 0 && items.is_empty() || self.out.len() <= line.end
    }

    fn inline_map(&mut self, map: &Map, line: Line, few: &mut usize) -> bool {
        if line.depth > DEEP && !map.fields.is_empty() {
            return false;
        }
        self.out.push_str("{ ");
        for field in &map.fields {
            let mut path = quoted_name(&field.key);
            let (key, value) = follow(&mut path, &field.key, &field.value);
            self.out.push_str(&path);
            self.out.push_str(" = ");
            let Some(fewer) = few.checked_sub(1) else { return false };
            *few = fewer;
            let written = match self.shared.find(key, value) {
                Some(Known { name, rest }) => {
                    self.out.push_str(name);
                    rest.is_none_or(|rest| {
                        self.out.push_str(" // ");
                        self.inline(&rest, line.inside(), few)
                    })
                }
                None => self.inline(value, line.inside(), few),
            };
            if !written {
                return false;
            }
            self.out.push_str(&remark(key, value));
            self.out.push_str("; ");
        }
        self.out.push('}');
        line.depth == 0 && map.fields.is_empty() || self.out.len() <= line.end
    }

    /// Writes an item of a list; a minus would be one between two items.
    fn in_brackets<R>(&mut self, item: &Node, write: impl FnOnce(&mut Printer<'a>) -> R) -> R {
        let negative = match item.kind {
            NodeKind::Int(number) => number < 0 && number != i64::MIN,
            NodeKind::Float(number) => number.is_sign_negative(),
            _ => false,
        };
        self.out.push_str(if negative { "(" } else { "" });
        let written = write(self);
        self.out.push_str(if negative { ")" } else { "" });
        written
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Permissions are read in octal digits, which the language does not have.
fn remark(key: &str, value: &Node) -> String {
    match value.kind {
        NodeKind::Int(mode @ 0o100..=0o7777) if matches!(key, "defaultMode" | "mode") => format!(" /* {mode:04o} */"),
        _ => String::new(),
    }
}

/// Floats have a point in the language.
fn float(number: f64) -> String {
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::share::Shared;
    use super::{Printer, float};
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    fn written(path: &str, value: &Node) -> String {
        let shared = Shared::default();
        let mut printer = Printer::new(&shared);
        printer.binding(0, path.to_owned(), value, false);
        printer.out
    }

    fn map(key: &str, value: Node) -> Node {
        let mut map = Map::default();
        map.set(key, Span::NONE, value);
        Node::new(NodeKind::Map(map), Span::NONE)
    }

    #[test]
    fn text_of_several_lines_stands_on_them() {
        let text = |text: &str| written("a", &Node::string(text, Span::NONE));
        assert_eq!(text("a\n  b\n\nc\n"), "a = ''\n  a\n    b\n\n  c\n'';\n");
        assert_eq!(text("a\nb"), "a = ''\n  a\n  b'';\n");
        assert_eq!(text("a\n"), "a = \"a\\n\";\n");
    }

    #[test]
    fn permissions_are_told_in_octal_digits() {
        let volume = map("configMap", map("defaultMode", Node::new(NodeKind::Int(0o755), Span::NONE)));
        assert_eq!(written("volume", &volume), "volume.configMap.defaultMode = 493 /* 0755 */;\n");
        let level = map("mode", Node::new(NodeKind::Int(3), Span::NONE));
        assert_eq!(written("a", &level), "a.mode = 3;\n");
    }

    #[test]
    fn floats_have_a_point() {
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(1e30), "1.0e30");
        assert_eq!(float(2.5e-9), "2.5e-9");
        assert_eq!(float(-0.5), "-0.5");
    }
}
