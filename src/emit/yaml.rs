//! YAML that every reader reads back as what it was.
//!
//! kubectl and Helm read YAML 1.1, most editors and libraries 1.2, and the two disagree about what
//! an unquoted word is: `no` is a boolean, `1:30` a number and `2001-01-01` a date to one and text
//! to the other. A string is therefore written
//!
//! - *plain* only if it looks like a word to all of them: a short white list of characters, a
//!   first character that starts no number and no indicator, and not one of the words that mean
//!   something. A leading digit is let through if a letter follows that no number and no date has
//!   (`100m`, `128Mi`);
//! - as a *literal block* (`|`) if it has several lines and nothing that a block cannot carry;
//! - in *double quotes* otherwise, with everything invisible as an escape.
//!
//! Lists stand at the indentation of their key, as kubectl writes them.

use crate::node::{Map, Node, NodeKind};
use crate::parallel;

use super::scalar::{needs_escape, push_plain, push_quoted};

/// Appends `node` as one document, with a final line feed.
pub fn document(node: &Node, out: &mut String) {
    match &node.kind {
        NodeKind::Map(map) if !map.fields.is_empty() => write_map(out, map, 0, Start::NewLine),
        NodeKind::List(items) if !items.is_empty() => write_list(out, items, 0, Start::NewLine),
        _ => {
            write_leaf(out, node, 0);
            out.push('\n');
        }
    }
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
/// Longer plain scalars are quoted: some readers stop looking for a key's colon after 1,024.
const MAX_PLAIN: usize = 1024;
/// Longer keys are written with `? `, for the same reason; an escape takes at most six times the room.
const MAX_SIMPLE_KEY: usize = 100;

/// Where the first entry of a collection stands.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    /// On a line of its own.
    NewLine,
    /// Behind the `- ` of the list item that it is.
    BehindDash,
}

fn write_map(out: &mut String, map: &Map, indent: usize, mut start: Start) {
    for field in &map.fields {
        if start == Start::NewLine {
            push_indent(out, indent);
        }
        start = Start::NewLine;
        if field.key.len() > MAX_SIMPLE_KEY {
            out.push_str("? ");
            write_key(out, &field.key);
            out.push('\n');
            push_indent(out, indent);
            out.push(':');
            write_value(out, &field.value, indent, indent + STEP);
        } else {
            write_key(out, &field.key);
            out.push(':');
            write_value(out, &field.value, indent, indent);
        }
    }
}

/// What stands behind `key:`, with the line feed. `list_indent` is where the dashes of a list stand.
fn write_value(out: &mut String, node: &Node, indent: usize, list_indent: usize) {
    match &node.kind {
        NodeKind::Map(map) if !map.fields.is_empty() => {
            out.push('\n');
            write_map(out, map, indent + STEP, Start::NewLine);
        }
        NodeKind::List(items) if !items.is_empty() => {
            out.push('\n');
            write_list(out, items, list_indent, Start::NewLine);
        }
        _ => {
            out.push(' ');
            write_leaf(out, node, indent);
            out.push('\n');
        }
    }
}

fn write_list(out: &mut String, items: &[Node], indent: usize, mut start: Start) {
    for item in items {
        if start == Start::NewLine {
            push_indent(out, indent);
        }
        start = Start::NewLine;
        out.push_str("- ");
        match &item.kind {
            NodeKind::Map(map) if !map.fields.is_empty() => write_map(out, map, indent + STEP, Start::BehindDash),
            NodeKind::List(items) if !items.is_empty() => write_list(out, items, indent + STEP, Start::BehindDash),
            _ => {
                write_leaf(out, item, indent);
                out.push('\n');
            }
        }
    }
}

/// A scalar or an empty collection, without the final line feed. The lines of a block are set off
/// from `indent`.
fn write_leaf(out: &mut String, node: &Node, indent: usize) {
    match &node.kind {
        NodeKind::Str(text) if is_plain(text) => out.push_str(text),
        NodeKind::Str(text) if is_block(text) => write_block(out, text, indent + STEP),
        NodeKind::Str(text) => push_quoted(out, text),
        NodeKind::List(_) => out.push_str("[]"),
        NodeKind::Map(_) => out.push_str("{}"),
        scalar => {
            push_plain(out, scalar);
        }
    }
}

fn write_key(out: &mut String, key: &str) {
    if is_plain(key) {
        out.push_str(key);
    } else {
        push_quoted(out, key);
    }
}

/// A literal block, without its last line feed: the caller ends the line.
fn write_block(out: &mut String, text: &str, indent: usize) {
    let (body, header) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    out.push_str(header);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            push_indent(out, indent);
            out.push_str(line);
        }
    }
}

fn push_indent(out: &mut String, mut columns: usize) {
    const BLANKS: &str = "                                                                ";
    while columns > BLANKS.len() {
        out.push_str(BLANKS);
        columns -= BLANKS.len();
    }
    out.push_str(&BLANKS[..columns]);
}

/// What a byte may be in a plain scalar.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Never plain.
    Forbidden,
    /// Anywhere but at the start.
    Inner,
    /// A digit.
    Digit,
    /// A letter that numbers or dates have as well, or a sign that opens neither.
    Opener,
    /// A letter that no number and no date of any YAML version has.
    Wordy,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Forbidden; 256];
    set(&mut table, b" .@+=();$^<>~:-", Class::Inner);
    set(&mut table, b"0123456789", Class::Digit);
    set(&mut table, b"_/abcdefnoptxzABCDEFNOPTXZ", Class::Opener);
    set(&mut table, b"ghijklmqrsuvwyGHIJKLMQRSUVWY", Class::Wordy);
    table
}

const fn set(table: &mut [Class; 256], bytes: &[u8], class: Class) {
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = class;
        at += 1;
    }
}

/// Whether `text` is the same string to every reader when written as it is.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    if bytes.len() > MAX_PLAIN || matches!(last, b':' | b' ') {
        return false;
    }
    let mut word = match CLASSES[first as usize] {
        Class::Opener | Class::Wordy => true,
        Class::Digit => false,
        Class::Inner | Class::Forbidden => return false,
    };
    let mut before = first;
    for &byte in bytes {
        match CLASSES[byte as usize] {
            Class::Forbidden => return false,
            Class::Wordy => word = true,
            Class::Inner if byte == b' ' && before == b':' => return false,
            Class::Inner | Class::Digit | Class::Opener => {}
        }
        before = byte;
    }
    word && !is_reserved(text) && !is_bare_exponent(bytes)
}

/// The words that some reader takes for a boolean, null or a number.
fn is_reserved(text: &str) -> bool {
    const WORDS: [&str; 11] = ["y", "n", "no", "on", "yes", "off", "nan", "inf", "true", "null", "false"];
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// `e3`, `E+5`: a float without a mantissa to at least one reader.
fn is_bare_exponent(bytes: &[u8]) -> bool {
    let [b'e' | b'E', rest @ ..] = bytes else { return false };
    let digits = rest.strip_prefix(b"+").or(rest.strip_prefix(b"-")).unwrap_or(rest);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Whether `text` can be written as a literal block and come back the same from every reader.
///
/// The first line fixes the indentation, so it must be there and start with neither blank nor tab.
/// Blanks at line ends survive, but editors strip them; further line feeds at the end would need
/// an indicator that not every reader gets right.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !body.starts_with(['\n', ' ', '\t'])
        && !body.is_empty()
        && !body.ends_with('\n')
        && !body.split('\n').any(|line| line.ends_with([' ', '\t']))
        && !text.chars().any(|character| needs_escape(character) && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::{document, stream};
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    fn text(text: &str) -> Node {
        Node::string(text, Span::NONE)
    }

    fn list(items: &[Node]) -> Node {
        Node::new(NodeKind::List(items.to_vec()), Span::NONE)
    }

    fn map(fields: &[(&str, Node)]) -> Node {
        let mut map = Map::default();
        fields.iter().for_each(|(key, value)| map.set(*key, Span::NONE, value.clone()));
        Node::new(NodeKind::Map(map), Span::NONE)
    }

    fn written(node: &Node) -> String {
        let mut out = String::new();
        document(node, &mut out);
        out
    }

    #[test]
    fn words_are_plain_and_what_could_be_misread_is_quoted() {
        let plain = ["nginx:1.27", "100m", "128Mi", "5s", "a b", "/etc/x", "_a", "e3x", "yes sir"];
        for word in plain {
            assert_eq!(written(&text(word)), format!("{word}\n"));
        }
        let quoted = [
            "no",
            "Y",
            "1:30",
            "012",
            "0x1F",
            "1e3",
            "e3",
            "~",
            "2001-01-01",
            "=",
            "<<",
            "10.0.0.1",
            "a: b",
            "a:",
            "ü",
            "",
        ];
        for word in quoted {
            assert_eq!(written(&text(word)), format!("\"{word}\"\n"));
        }
        assert_eq!(written(&text("\x1b\u{2028}\"\\\r")), "\"\\u001b\\u2028\\\"\\\\\\r\"\n");
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
