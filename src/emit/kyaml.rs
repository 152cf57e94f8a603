//! KYAML: the YAML that kubectl prints with `-o kyaml`, in which nothing depends on indentation.
//!
//! Everything is in braces and brackets, every string that is a value in double quotes, and every entry ends in a comma.
//! A key has quotes unless it is a word to every reader. All of it is YAML to any reader, and with the line ends of text
//! escaped it can be set off as one likes.

use crate::node::{Map, Node, NodeKind};
use crate::parallel;

use super::plain::is_bare;
use super::scalar::{push_folded, push_line, push_plain, push_quoted};

/// Appends `node` as one document with its header, and a final line feed.
pub fn document(node: &Node, out: &mut String) {
    out.push_str("---\n");
    write_value(out, node, 0);
    out.push('\n');
}

/// All `documents` in one text.
pub fn stream(documents: &[&Node]) -> String {
    let texts = parallel::stretches(documents, |_, documents| {
        let mut out = String::new();
        documents.iter().for_each(|node| document(node, &mut out));
        out
    });
    texts.concat()
}

/// Columns by which each level is set off.
const STEP: usize = 2;
/// Longer keys are written with `? `: some readers stop looking for a key's colon after 1,024, and an escape takes at
/// most six times the room.
const MAX_SIMPLE_KEY: usize = 100;

/// Any value; its lines are set off from `indent`.
fn write_value(out: &mut String, node: &Node, indent: usize) {
    match &node.kind {
        NodeKind::Str(text) if text.as_bytes().contains(&b'\n') => push_folded(out, text, indent + STEP),
        NodeKind::Str(text) => push_quoted(out, text),
        NodeKind::Map(map) => write_map(out, map, indent),
        NodeKind::List(items) => write_list(out, items, indent),
        scalar => {
            push_plain(out, scalar);
        }
    }
}

fn write_map(out: &mut String, map: &Map, indent: usize) {
    out.push('{');
    for field in &map.fields {
        push_line(out, indent + STEP);
        if field.key.len() > MAX_SIMPLE_KEY {
            out.push_str("? ");
            write_key(out, &field.key);
            push_line(out, indent + STEP);
        } else {
            write_key(out, &field.key);
        }
        out.push_str(": ");
        write_value(out, &field.value, indent + STEP);
        out.push(',');
    }
    if !map.fields.is_empty() {
        push_line(out, indent);
    }
    out.push('}');
}

fn write_key(out: &mut String, key: &str) {
    if is_bare(key) {
        out.push_str(key);
    } else {
        push_quoted(out, key);
    }
}

/// Items that have brackets themselves share the lines of the list's own; others have a line each.
fn write_list(out: &mut String, items: &[Node], indent: usize) {
    out.push('[');
    if items.iter().all(|item| matches!(item.kind, NodeKind::Map(_) | NodeKind::List(_))) {
        for (at, item) in items.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { ", " });
            write_value(out, item, indent);
        }
    } else {
        for item in items {
            push_line(out, indent + STEP);
            write_value(out, item, indent + STEP);
            out.push(',');
        }
        push_line(out, indent);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::{document, stream};
    use crate::emit::samples::{list, map, text};

    #[test]
    fn it_looks_as_kubectl_writes_it() {
        let node = map(&[
            ("name", text("no")),
            ("no", map(&[])),
            ("args", list(&[text("a"), text("b")])),
            ("ports", list(&[map(&[("a.b/c", text("http"))]), list(&[]), map(&[])])),
            ("script", text("#!/bin/sh\n  echo \"a\"\n\nend")),
        ]);
        let expected = r#"---
{
  name: "no",
  "no": {},
  args: [
    "a",
    "b",
  ],
  ports: [{
    a.b/c: "http",
  }, [], {}],
  script: "\
     #!/bin/sh\n\
    \  echo \"a\"\n\
     \n\
     end\
    ",
}
"#;
        let mut out = String::new();
        document(&node, &mut out);
        assert_eq!(out, expected);
        assert_eq!(stream(&[&map(&[]), &map(&[])]), "---\n{}\n---\n{}\n");
    }
}
