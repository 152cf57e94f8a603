//! Data as JSON text.

use std::fmt::Write;

use crate::node::{Node, NodeKind};
use crate::secret::HIDDEN;

/// On one line, without blanks.
pub(super) fn compact(node: &Node) -> String {
    let mut writer = Writer { text: String::new(), indent: None };
    writer.node(node);
    writer.text
}

/// Over several lines, with a newline at the end.
pub(super) fn pretty(node: &Node) -> String {
    let mut writer = Writer { text: String::new(), indent: Some(0) };
    writer.node(node);
    writer.text.push('\n');
    writer.text
}

struct Writer {
    text: String,
    /// The current indentation; `None` when everything goes on one line.
    indent: Option<usize>,
}

impl Writer {
    fn node(&mut self, node: &Node) {
        match &node.kind {
            // A failed value never reaches a text: the strict conversion ends at the failure.
            NodeKind::Null | NodeKind::Failed => self.text.push_str("null"),
            // Neither does a secret, which the conversion refuses.
            NodeKind::Secret(_) => self.string(HIDDEN),
            NodeKind::Bool(value) => self.put(value),
            NodeKind::Int(number) => self.put(number),
            NodeKind::Float(number) => self.text.push_str(&float(*number)),
            NodeKind::Str(text) => self.string(text),
            NodeKind::List(items) => {
                self.text.push('[');
                self.enclosed(items.len(), ']', |writer, at| writer.node(&items[at]));
            }
            NodeKind::Map(map) => {
                self.text.push('{');
                self.enclosed(map.fields.len(), '}', |writer, at| {
                    writer.string(&map.fields[at].key);
                    writer.text.push_str(if writer.indent.is_some() { ": " } else { ":" });
                    writer.node(&map.fields[at].value);
                });
            }
        }
    }

    fn enclosed(&mut self, count: usize, close: char, mut item: impl FnMut(&mut Writer, usize)) {
        let outer = self.indent;
        self.indent = outer.map(|indent| indent + 2);
        for at in 0..count {
            if at > 0 {
                self.text.push(',');
            }
            self.newline();
            item(self, at);
        }
        self.indent = outer;
        if count > 0 {
            self.newline();
        }
        self.text.push(close);
    }

    fn newline(&mut self) {
        if let Some(indent) = self.indent {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if c < ' ' || self.indent.is_some() && hidden(c) => self.put(format_args!("\\u{:04x}", c as u32)),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn put(&mut self, value: impl std::fmt::Display) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "{value}");
    }
}

/// Characters that nobody sees and that YAML readers refuse or lose; where people read, they are escaped.
fn hidden(c: char) -> bool {
    matches!(c, '\x7f'..='\u{9f}' | '\u{2028}'..='\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A float as Nix writes it: six digits where these are the whole number (`1.0` is `1`), else as
/// many as it takes to read the same number back. Nix itself would round there, and lose data.
pub(super) fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    if digits <= 6 && !(-4..6).contains(&exponent) || !(-4..17).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let plain = number.to_string();
    if digits <= 6 || plain.contains('.') { plain } else { format!("{plain}.0") }
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn floats_are_short_and_exact() {
        for (number, text) in [
            (1.0, "1"),
            (1.5, "1.5"),
            (-0.25, "-0.25"),
            (100_000.0, "100000"),
            (1_000_000.0, "1e+06"),
            (1e100, "1e+100"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (123_456_789_012.0, "123456789012.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.234_567_89e-7, "1.23456789e-07"),
        ] {
            assert_eq!(float(number), text);
            assert_eq!(text.parse::<f64>().ok(), Some(number));
        }
    }
}
