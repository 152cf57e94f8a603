//! YAML that every reader reads back as what it was, written as people write it.
//!
//! A string is written
//!
//! - *plain* if every reader takes it for itself (`plain::is_plain`);
//! - as a *literal block* (`|`) if it has several lines and nothing that a block cannot carry, or that editors and
//!   templates take away, which are blanks at line ends and empty lines at the end;
//! - in *quotes* otherwise: in single ones where that saves escapes, in double ones where something invisible is an
//!   escape. Quoted text of several lines keeps a line for each, with its line end escaped.
//!
//! Lists stand at the indentation of their key, as kubectl writes them. Every writer here begins where the text ends
//! and leaves the last line open; who goes on starts the next one.

use crate::node::{Map, Node, NodeKind};
use crate::parallel;

use super::plain::is_plain;
use super::scalar::{has_escapes, push_folded, push_line, push_plain, push_quoted};

/// Appends `node` as one document, with a final line feed.
pub fn document(node: &Node, out: &mut String) {
    match &node.kind {
        // How far a block is set off from the document itself is a matter on which readers differ.
        NodeKind::Str(text) if Block::of(text).is_some_and(|block| block.is_indicated) => push_quoted(out, text),
        _ => write_value(out, node, 0),
    }
    out.push('\n');
}

/// All `documents` in one text, with `---` between them.
pub fn stream(documents: &[&Node]) -> String {
    let texts = parallel::stretches(documents, |from, documents| {
        let mut out = String::new();
        for (at, node) in documents.iter().enumerate() {
            if from + at > 0 {
                out.push_str("---\n");
            }
            document(node, &mut out);
        }
        out
    });
    let mut texts = texts.into_iter();
    let first = texts.next().unwrap_or_default();
    texts.fold(first, |whole, text| whole + &text)
}

/// Columns by which each level is set off.
const STEP: usize = 2;
/// Longer keys are written with `? `: some readers stop looking for a key's colon after 1,024, and an escape takes at
/// most six times the room.
const MAX_SIMPLE_KEY: usize = 100;

/// The fields, the first one right here, where the column is `indent`.
fn write_map(out: &mut String, map: &Map, indent: usize) {
    for (at, field) in map.fields.iter().enumerate() {
        if at > 0 {
            push_line(out, indent);
        }
        if field.key.len() > MAX_SIMPLE_KEY {
            out.push_str("? ");
            write_key(out, &field.key);
            push_line(out, indent);
            out.push(':');
            write_behind_colon(out, &field.value, indent, indent + STEP);
        } else {
            write_key(out, &field.key);
            out.push(':');
            write_behind_colon(out, &field.value, indent, indent);
        }
    }
}

/// The value of a key at `indent`. The dashes of a list stand at `list_indent`.
fn write_behind_colon(out: &mut String, node: &Node, indent: usize, list_indent: usize) {
    match &node.kind {
        NodeKind::Str(text) => {
            out.push(' ');
            write_text(out, text, indent);
        }
        NodeKind::Map(map) if !map.fields.is_empty() => {
            push_line(out, indent + STEP);
            write_map(out, map, indent + STEP);
        }
        NodeKind::List(items) if !items.is_empty() => {
            push_line(out, list_indent);
            write_list(out, items, list_indent);
        }
        _ => {
            out.push(' ');
            write_value(out, node, indent);
        }
    }
}

/// The items, the first one right here, where the column is `indent`.
fn write_list(out: &mut String, items: &[Node], indent: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            push_line(out, indent);
        }
        out.push_str("- ");
        match &item.kind {
            // The lines of a text are set off from the dash.
            NodeKind::Str(text) => write_text(out, text, indent),
            _ => write_value(out, item, indent + STEP),
        }
    }
}

/// Any value right here, where the column is `indent`.
fn write_value(out: &mut String, node: &Node, indent: usize) {
    match &node.kind {
        NodeKind::Str(text) => write_text(out, text, indent),
        NodeKind::Map(map) if !map.fields.is_empty() => write_map(out, map, indent),
        NodeKind::List(items) if !items.is_empty() => write_list(out, items, indent),
        NodeKind::Map(_) => out.push_str("{}"),
        NodeKind::List(_) => out.push_str("[]"),
        scalar => {
            push_plain(out, scalar);
        }
    }
}

/// A string; if it has several lines, they are set off from `indent`.
fn write_text(out: &mut String, text: &str, indent: usize) {
    if is_plain(text) {
        out.push_str(text);
    } else if !text.as_bytes().contains(&b'\n') {
        write_quoted(out, text);
    } else if let Some(block) = Block::of(text) {
        block.write(out, indent + STEP);
    } else if text.strip_suffix('\n').unwrap_or(text).contains('\n') {
        push_folded(out, text, indent + STEP);
    } else {
        push_quoted(out, text);
    }
}

fn write_key(out: &mut String, key: &str) {
    if is_plain(key) {
        out.push_str(key);
    } else {
        write_quoted(out, key);
    }
}

/// One line in the quotes that need fewer escapes, double ones if it is all the same.
fn write_quoted(out: &mut String, text: &str) {
    let mut escapes = 0_isize;
    for &byte in text.as_bytes() {
        match byte {
            b'"' | b'\\' => escapes += 1,
            b'\'' => escapes -= 1,
            b'\t' | b'\n' => return push_quoted(out, text),
            _ => {}
        }
    }
    if escapes <= 0 || has_escapes(text) {
        return push_quoted(out, text);
    }
    out.push('\'');
    for (at, part) in text.split('\'').enumerate() {
        if at > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

/// Text as a literal block.
struct Block<'t> {
    /// The text without its last line feed.
    body: &'t str,
    /// Whether the header says how far the lines are set off, since the first one starts with blanks of its own.
    is_indicated: bool,
    /// Whether the text ends in a line feed.
    is_ended: bool,
}

impl Block<'_> {
    /// The block, if every reader gets `text` back from it.
    fn of(text: &str) -> Option<Block<'_>> {
        let body = text.strip_suffix('\n').unwrap_or(text);
        let first = *body.trim_start_matches('\n').as_bytes().first()?;
        let is_cut = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'\n']);
        let is_carried = text.as_bytes().contains(&b'\n')
            && !body.ends_with([' ', '\t', '\n'])
            && !body.as_bytes().windows(2).any(is_cut)
            && !has_escapes(text);
        let is_indicated = matches!(first, b' ' | b'\t');
        is_carried.then_some(Block { body, is_indicated, is_ended: body.len() < text.len() })
    }

    fn write(&self, out: &mut String, indent: usize) {
        out.push('|');
        if self.is_indicated {
            out.push('2');
        }
        if !self.is_ended {
            out.push('-');
        }
        for line in self.body.split('\n') {
            push_line(out, if line.is_empty() { 0 } else { indent });
            out.push_str(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{document, stream};
    use crate::emit::samples::{list, map, text};
    use crate::node::Node;

    fn written(node: &Node) -> String {
        let mut out = String::new();
        document(node, &mut out);
        out
    }

    #[test]
    fn a_line_has_the_quotes_that_need_fewer_escapes() {
        let cases = [
            ("nginx:1.27", "nginx:1.27"),
            ("no", "\"no\""),
            ("", "\"\""),
            ("'a' b", "\"'a' b\""),
            ("{\"a\": 1}", "'{\"a\": 1}'"),
            ("*\\d", "'*\\d'"),
            ("\"it's\" ", "'\"it''s\" '"),
            ("\\'", "\\'"),
            ("'\\", "\"'\\\\\""),
            ("\"\x1b\"", "\"\\\"\\u001b\\\"\""),
            ("\"\t\"", "\"\\\"\\t\\\"\""),
            ("\x1b\u{2028}\"\\\r", "\"\\u001b\\u2028\\\"\\\\\\r\""),
        ];
        for (word, expected) in cases {
            assert_eq!(written(&text(word)), format!("{expected}\n"));
        }
    }

    #[test]
    fn several_lines_are_a_block_if_they_can_be() {
        let cases = [
            ("a\nb", "|-\n  a\n  b\n"),
            ("a\nb\n", "|\n  a\n  b\n"),
            ("a\n\n", "\"\\\n   a\\n\\\n   \\n\\\n  \"\n"),
            ("\na\n", "|\n\n  a\n"),
            ("  a\nb\n", "|2\n    a\n  b\n"),
            ("\n\ta", "|2-\n\n  \ta\n"),
            ("a\n  b\n\tc", "|-\n  a\n    b\n  \tc\n"),
            ("a \n  b\n", "\"\\\n   a \\n\\\n  \\  b\\n\\\n  \"\n"),
            ("a\r\nb", "\"\\\n   a\\r\\n\\\n   b\\\n  \"\n"),
            ("\n", "\"\\n\"\n"),
            ("a \n", "\"a \\n\"\n"),
        ];
        for (lines, expected) in cases {
            assert_eq!(written(&map(&[("k", text(lines))])), format!("k: {expected}"));
        }
        assert_eq!(written(&text(" a\nb")), "\" a\\nb\"\n");
    }

    #[test]
    fn collections_look_as_kubectl_writes_them() {
        let node = map(&[
            ("ports", list(&[map(&[("name", text("http")), ("tags", list(&[text("a"), text("b")]))]), map(&[])])),
            ("matrix", list(&[list(&[text("a"), list(&[])]), list(&[map(&[("x", text("y"))])])])),
            ("on", map(&[("script", text("#!/bin/sh\n\necho\n")), ("tail", text("a\nb"))])),
            ("lines", list(&[text("a\nb\n"), map(&[("k", text("c\nd"))])])),
        ]);
        let expected = "\
ports:
- name: http
  tags:
  - a
  - b
- {}
matrix:
- - a
  - []
- - x: \"y\"
\"on\":
  script: |
    #!/bin/sh

    echo
  tail: |-
    a
    b
lines:
- |
  a
  b
- k: |-
    c
    d
";
        assert_eq!(written(&node), expected);
    }

    #[test]
    fn long_keys_are_explicit() {
        let key = "k".repeat(101);
        let node = list(&[map(&[(&key, list(&[text("a")])), ("b", text("c"))])]);
        assert_eq!(written(&node), format!("- ? {key}\n  :\n    - a\n  b: c\n"));
    }

    #[test]
    fn documents_are_parted() {
        assert_eq!(stream(&[&text("a"), &map(&[])]), "a\n---\n{}\n");
        assert_eq!(stream(&[]), "");
    }
}
