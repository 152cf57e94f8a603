//! JSON for people: two columns a level, keys in the order of the node.
//!
//! Invisible characters are written as escapes, as in YAML, so that the text is good YAML as well.

use crate::node::{Map, Node, NodeKind};

use super::scalar::{push_plain, push_quoted};

/// Appends `node` as one document, with a final line feed.
pub fn document(node: &Node, out: &mut String) {
    write_value(out, node, 0);
    out.push('\n');
}

/// The `objects` as one `v1` List, the form in which kubectl takes several objects in one JSON text.
pub fn list(objects: &[&Node]) -> String {
    let mut out = String::from("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": ");
    write_all(&mut out, ['[', ']'], 1, objects, |out, object| write_value(out, object, 2));
    out.push_str("\n}\n");
    out
}

fn write_value(out: &mut String, node: &Node, level: usize) {
    match &node.kind {
        NodeKind::Str(text) => push_quoted(out, text),
        NodeKind::List(items) => {
            write_all(out, ['[', ']'], level, items, |out, item| write_value(out, item, level + 1))
        }
        NodeKind::Map(Map { fields }) => write_all(out, ['{', '}'], level, fields, |out, field| {
            push_quoted(out, &field.key);
            out.push_str(": ");
            write_value(out, &field.value, level + 1);
        }),
        scalar => {
            push_plain(out, scalar);
        }
    }
}

/// The entries of a collection that itself stands at `level`, one a line.
fn write_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    level: usize,
    entries: &[T],
    mut write: impl FnMut(&mut String, &T),
) {
    out.push(open);
    for (at, entry) in entries.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        push_levels(out, level + 1);
        write(out, entry);
    }
    if !entries.is_empty() {
        out.push('\n');
        push_levels(out, level);
    }
    out.push(close);
}

fn push_levels(out: &mut String, levels: usize) {
    (0..levels).for_each(|_| out.push_str("  "));
}

#[cfg(test)]
mod tests {
    use super::{document, list};
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    #[test]
    fn two_columns_a_level() {
        let mut map = Map::default();
        map.set("a", Span::NONE, Node::new(NodeKind::List(vec![Node::string("x\u{2028}\"", Span::NONE)]), Span::NONE));
        map.set("b", Span::NONE, Node::new(NodeKind::Map(Map::default()), Span::NONE));
        let node = Node::new(NodeKind::Map(map), Span::NONE);
        let mut out = String::new();
        document(&node, &mut out);
        assert_eq!(out, "{\n  \"a\": [\n    \"x\\u2028\\\"\"\n  ],\n  \"b\": {}\n}\n");
        assert_eq!(list(&[]), "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": []\n}\n");
    }
}
