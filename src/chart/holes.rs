//! Text that is laid out first and filled in later.
//!
//! # The idea
//!
//! The YAML writer knows how data is laid out, and templates and comments are no data. So whoever wants some at a
//! place of a document puts a *hole* there: a word that the data has nowhere else. The writer lays the document out, and
//! [`Holes::fill`] goes once over its text and puts in what belongs into each hole.
//!
//! A hole is one of four things: a whole scalar, a stretch inside of a text, or an entry of a map or a list that becomes lines
//! of its own. What is around holes is text of the data, in which `{{` would open an action where Helm reads it: see [`Around`].

use std::collections::BTreeSet;

use crate::node::{Field, Node, NodeKind};
use crate::source::Span;

/// The holes of one document.
pub(super) struct Holes {
    word: String,
    fills: Vec<Fill>,
}

/// The texts of a document, as far as they look like holes.
#[derive(Default)]
pub(super) struct Seen {
    numbers: BTreeSet<u32>,
}

/// Who reads the text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Around {
    /// A reader of YAML.
    Plain,
    /// The template engine: what looks like an action but is none comes out as it is.
    Template,
}

struct Fill {
    text: String,
    place: Place,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In the line.
    Inside,
    /// Instead of a map's entry, at the margin.
    Field,
    /// Instead of a list's item, at the margin.
    Item,
    /// Instead of a map's entry, every line of it as far from the margin as the entry.
    Comment,
}

/// How every hole starts. Plain in YAML, and without a part that is its own beginning.
const STEM: &str = "Hole";
/// Hexadecimal digits behind it, which make the word one that the data does not have.
const DIGITS: usize = 8;
/// Makes a text one that YAML writes in quotes (or as a block), behind the word: a no-break space, which is never plain and
/// never an escape.
const QUOTES: char = '\u{a0}';
/// Closes the number of a hole.
const END: char = 'z';

impl Seen {
    /// The document has this text, or this key.
    pub(super) fn see(&mut self, text: &str) {
        for (at, _) in text.match_indices(STEM) {
            let digits = text.get(at + STEM.len()..at + STEM.len() + DIGITS);
            self.numbers.extend(digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()));
        }
    }
}

impl Holes {
    /// Holes for a document that has all texts that were seen.
    pub(super) fn beside(seen: &Seen) -> Holes {
        let free = (0..=u32::MAX).find(|number| !seen.numbers.contains(number)).unwrap_or_default();
        Holes { word: format!("{STEM}{free:0DIGITS$x}"), fills: Vec::new() }
    }

    /// A scalar that is `fill`.
    pub(super) fn scalar(&mut self, fill: String) -> Node {
        let number = self.add(fill, Place::Inside);
        Node::string(format!("{}{number}{END}", self.word), Span::NONE)
    }

    /// A stretch of a text. The text will be in quotes, or a block.
    pub(super) fn stretch(&mut self, fill: String) -> String {
        let number = self.add(fill, Place::Inside);
        format!("{}{QUOTES}{number}{END}", self.word)
    }

    /// Lines between the entries of a map.
    pub(super) fn field(&mut self, lines: String) -> Field {
        self.entry(lines, Place::Field)
    }

    /// Comment lines between the entries of a map.
    pub(super) fn comment(&mut self, lines: String) -> Field {
        self.entry(lines, Place::Comment)
    }

    /// Lines between the items of a list.
    pub(super) fn item(&mut self, lines: String) -> Node {
        let number = self.add(lines, Place::Item);
        Node::string(format!("{}{number}{END}", self.word), Span::NONE)
    }

    fn entry(&mut self, lines: String, place: Place) -> Field {
        let number = self.add(lines, place);
        let key = format!("{}{number}{END}", self.word).into();
        Field { key, key_span: Span::NONE, value: Node::new(NodeKind::Null, Span::NONE) }
    }

    fn add(&mut self, text: String, place: Place) -> usize {
        self.fills.push(Fill { text, place });
        self.fills.len() - 1
    }

    /// The document `laid_out`, filled in.
    pub(super) fn fill(&self, laid_out: &str, around: Around) -> String {
        let mut out =
            String::with_capacity(laid_out.len() + self.fills.iter().map(|fill| fill.text.len()).sum::<usize>());
        let mut rest = laid_out;
        while let Some(at) = rest.find(&self.word) {
            around.push(&mut out, &rest[..at]);
            let hole = &rest[at + self.word.len()..];
            let hole = hole.strip_prefix(QUOTES).unwrap_or(hole);
            let end = hole.find(END).expect("every hole is closed");
            let number: usize = hole[..end].parse().expect("every hole has a number");
            rest = self.fills[number].push(&mut out, &hole[end + END.len_utf8()..], around);
        }
        around.push(&mut out, rest);
        out
    }
}

impl Fill {
    /// Appends it; gives what follows the hole.
    fn push<'a>(&self, out: &mut String, behind: &'a str, around: Around) -> &'a str {
        match self.place {
            Place::Inside => {
                // `{` and `{{` would open the action one sign too early.
                if around == Around::Template && out.ends_with('{') {
                    out.pop();
                    out.push_str(r#"{{ "{" }}"#);
                }
                out.push_str(&self.text);
                return behind;
            }
            Place::Comment => {
                let line = out.rfind('\n').map_or(0, |at| at + 1);
                let indent = out.split_off(line);
                for text in self.text.lines() {
                    out.push_str(if text.is_empty() { "" } else { &indent });
                    out.push_str(text);
                    out.push('\n');
                }
                return behind.strip_prefix(": null\n").unwrap_or(behind);
            }
            Place::Item => out.truncate(out.len() - "- ".len()),
            Place::Field => {}
        }
        leave_dashes(out);
        out.push_str(&self.text);
        out.push('\n');
        let behind = behind.strip_prefix(": null").unwrap_or(behind);
        behind.strip_prefix('\n').unwrap_or(behind)
    }
}

/// Ends the line behind the dashes of the items that start in it; one without is taken back.
fn leave_dashes(out: &mut String) {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    let dashes = out[line..].trim_end().len();
    out.truncate(line + dashes);
    if dashes > 0 {
        out.push('\n');
    }
}

impl Around {
    /// Appends text of the data.
    pub(super) fn push(self, out: &mut String, text: &str) {
        if self == Around::Plain {
            return out.push_str(text);
        }
        let mut parts = text.split("{{");
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            out.push_str(r#"{{ "{{" }}"#);
            out.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::yaml;
    use crate::node::Map;

    fn filled(make: impl FnOnce(&mut Holes) -> Map) -> String {
        let mut seen = Seen::default();
        seen.see("Hole00000000 and Hole00000002");
        let mut holes = Holes::beside(&seen);
        let map = make(&mut holes);
        let mut laid_out = String::new();
        yaml::document(&Node::new(NodeKind::Map(map), Span::NONE), &mut laid_out);
        holes.fill(&laid_out, Around::Template)
    }

    fn list(items: Vec<Node>) -> Node {
        Node::new(NodeKind::List(items), Span::NONE)
    }

    fn map(fields: Vec<Field>) -> Node {
        Node::new(NodeKind::Map(Map { fields }), Span::NONE)
    }

    #[test]
    fn lines_stand_at_the_margin_wherever_their_entry_is() {
        let text = filled(|holes| {
            let mut top = Map::default();
            let first = map(vec![
                holes.field("IF".into()),
                Field { key: "a".into(), key_span: Span::NONE, value: holes.scalar("{{ A }}".into()) },
                holes.field("END".into()),
            ]);
            let nested = list(vec![list(vec![
                holes.item("IF".into()),
                Node::string("b", Span::NONE),
                holes.item("END".into()),
            ])]);
            top.set("maps", Span::NONE, list(vec![first]));
            top.set("lists", Span::NONE, nested);
            top
        });
        assert_eq!(text, "maps:\n-\nIF\n  a: {{ A }}\nEND\nlists:\n-\nIF\n  - b\nEND\n");
    }

    #[test]
    fn what_the_data_says_is_no_hole_and_no_action() {
        let text = filled(|holes| {
            let mut top = Map::default();
            let text = format!("Hole000000000z {{{}}} {{{{{{ x }}}}}}", holes.stretch("{{ A }}".into()));
            top.set(format!("Hole00000002{QUOTES}0z"), Span::NONE, Node::string(text, Span::NONE));
            top
        });
        let literal = r#""Hole000000000z {{ "{" }}{{ A }}} {{ "{{" }}{ x }}}""#;
        assert_eq!(text, format!("\"Hole00000002{QUOTES}0z\": {literal}\n"));
    }
}
