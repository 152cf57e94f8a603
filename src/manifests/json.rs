//! JSON to nodes that know their places.
//!
//! kubectl reads a text that begins with `{` as JSON, any number of objects one behind the other. JSON is
//! nearly YAML, but for its escapes and for tabs, and what is wrong with it is better said in its own words.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::text::{Broken, MAX_DEPTH, Read, Text};
use super::{scalar, words};
use crate::node::{Field, Map, Node, NodeKind};

type Result<T> = std::result::Result<T, Box<Broken>>;

/// Reads all objects of a text.
pub(super) fn read(text: &Text<'_>) -> (Read, Option<Broken>) {
    let mut reader = Reader { text, at: 0, depth: 0, read: Read::default() };
    let broken = reader.documents().err().map(|broken| *broken);
    (reader.read, broken)
}

struct Reader<'t> {
    text: &'t Text<'t>,
    at: usize,
    depth: usize,
    read: Read,
}

impl<'t> Reader<'t> {
    fn documents(&mut self) -> Result<()> {
        while self.peek().is_some() {
            let document = self.value()?;
            self.read.documents.push(document);
        }
        Ok(())
    }

    /// The next sign that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.text.as_bytes()[self.at..];
        let space = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += space;
        rest.get(space).copied()
    }

    fn value(&mut self) -> Result<Node> {
        let start = match self.peek() {
            None => return Err(self.broken("it ends where a value is expected", "complete it")),
            Some(b'{') => return self.map(),
            Some(b'[') => return self.list(),
            Some(_) => self.at,
        };
        let kind = if self.rest().starts_with('"') { NodeKind::Str(self.string()?) } else { self.word()? };
        Ok(Node::new(kind, self.text.span(start, self.at)))
    }

    fn map(&mut self) -> Result<Node> {
        let start = self.enter()?;
        let mut map = Map::default();
        let mut known: FxHashMap<EcoString, usize> = FxHashMap::default();
        while !self.ends(b'}', map.fields.is_empty())? {
            if self.peek() != Some(b'"') {
                return Err(self.broken("a key in double quotes is expected here", "write `\"key\": value`"));
            }
            let from = self.at;
            let key = self.string()?;
            let key_span = self.text.span(from, self.at);
            if self.peek() != Some(b':') {
                return Err(self.broken("a `:` is expected behind the key", "write `\"key\": value`"));
            }
            self.at += 1;
            let value = self.value()?;
            match known.get(&key) {
                Some(first) => {
                    let first = map.fields[*first].key_span;
                    self.read.findings.push(words::key_twice(&key, first, key_span));
                }
                None => {
                    known.insert(key.clone(), map.fields.len());
                    map.fields.push(Field { key, key_span, value });
                }
            }
        }
        Ok(self.leave(NodeKind::Map(map), start))
    }

    fn list(&mut self) -> Result<Node> {
        let start = self.enter()?;
        let mut items = Vec::new();
        while !self.ends(b']', items.is_empty())? {
            items.push(self.value()?);
        }
        Ok(self.leave(NodeKind::List(items), start))
    }

    fn enter(&mut self) -> Result<usize> {
        if self.depth == MAX_DEPTH {
            return Err(Box::new(words::too_deep(self.at)));
        }
        self.depth += 1;
        self.at += 1;
        Ok(self.at - 1)
    }

    fn leave(&mut self, kind: NodeKind, start: usize) -> Node {
        self.depth -= 1;
        Node::new(kind, self.text.span(start, self.at))
    }

    /// Whether the collection ends here; else what separates its entries has been read.
    fn ends(&mut self, close: u8, empty: bool) -> Result<bool> {
        let sign = self.peek();
        if sign == Some(close) {
            self.at += 1;
            return Ok(true);
        }
        if empty {
            return Ok(false);
        }
        let close = char::from(close);
        if sign != Some(b',') {
            return Err(self.broken(&format!("a `,` or `{close}` is expected here"), "separate entries with a comma"));
        }
        self.at += 1;
        match self.peek() {
            Some(next) if char::from(next) == close => {
                Err(self.broken("a comma stands behind the last entry", "remove the comma in front"))
            }
            _ => Ok(false),
        }
    }

    /// A text in double quotes.
    fn string(&mut self) -> Result<EcoString> {
        let start = self.at;
        let bytes = self.text.text.as_bytes();
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|byte| *byte != b'"') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= bytes.len() {
            return Err(self.broken("this quote is never closed", "close it"));
        }
        self.at = end + 1;
        serde_json::from_str(&self.text.text[start..=end]).map(|text: String| text.into()).map_err(|_| {
            let why = "a line break, another control character, or an escape that has no meaning stands in this text";
            let hint = "write control characters as `\\n`, `\\t` or `\\u0001`, and a backslash as `\\\\`";
            Box::new(Broken { hint, ..Broken::new(start, why.to_owned()) })
        })
    }

    /// A number, or one of the three words.
    fn word(&mut self) -> Result<NodeKind> {
        let rest = self.rest();
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        let word = &rest[..rest.bytes().take_while(is_part).count()];
        let kind = match word {
            "null" => NodeKind::Null,
            "true" => NodeKind::Bool(true),
            "false" => NodeKind::Bool(false),
            _ => {
                let number: Option<serde_json::Number> = serde_json::from_str(word).ok();
                let number = number.and_then(|number| match number.as_i64() {
                    Some(whole) => Some(NodeKind::Int(whole)),
                    None => number.as_f64().filter(|number| number.is_finite()).map(scalar::float),
                });
                let hint = "write text in double quotes; JSON has no other words than `null`, `true` and `false`";
                number.ok_or_else(|| self.broken("this is no value", hint))?
            }
        };
        self.at += word.len();
        Ok(kind)
    }

    fn rest(&self) -> &'t str {
        &self.text.text[self.at..]
    }

    fn broken(&self, why: &str, hint: &'static str) -> Box<Broken> {
        Box::new(Broken { hint, ..Broken::new(self.at, why.to_owned()) })
    }
}
