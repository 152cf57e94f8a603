//! The template of an object: its data as YAML, with actions where the data is open.
//!
//! What is there under a condition stands between lines of its own, `{{- if … }}` and `{{- end }}`. The dash takes the line feed
//! before it away, so that such a line leaves nothing behind. It takes away no more than that: whatever stands before it is
//! YAML as we write it, which has no blanks at the ends of lines.

use crate::emit::yaml;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

use super::expression::Speller;
use super::holes::{Around, Holes, Seen};
use super::model::{Condition, Field, Form, Item, Piece, Template};

/// The text of a template file.
pub(super) fn text(template: &Template, speller: &Speller) -> String {
    let mut seen = Seen::default();
    see_texts(&template.form, &mut seen);
    let mut writer = Writer { speller, holes: Holes::beside(&seen) };
    let node = writer.node(&template.form);
    let mut laid_out = String::new();
    yaml::document(&node, &mut laid_out);
    let text = writer.holes.fill(&laid_out, Around::Template);
    match condition(template, speller) {
        Some(condition) => format!("{{{{- if {condition} }}}}\n{text}{{{{- end }}}}\n"),
        None => text,
    }
}

/// When the object is there; nothing if it always is.
fn condition(template: &Template, speller: &Speller) -> Option<String> {
    let own = template.only_own.then(|| "eq .Release.Name .Chart.Name".to_string());
    // Helm keeps its record of a release in the namespace, so whoever installs has it, or lets Helm make it: a cluster
    // tells kinds among its versions. Whoever only renders gets it with all the others.
    let name = template.form.at(&["metadata", "name"]).and_then(Form::pieces);
    let namespace = name.is_some_and(|name| *name == [Piece::Namespace])
        && template.form.at(&["kind"]).and_then(Form::as_str) == Some("Namespace");
    let rendered = namespace.then(|| "not (.Capabilities.APIVersions.Has \"v1/Namespace\")".to_string());
    let mut all: Vec<String> = own.into_iter().chain(rendered).chain(speller.condition(&template.when)).collect();
    match all.len() {
        0 | 1 => all.pop(),
        _ => Some(format!("and ({})", all.join(") ("))),
    }
}

struct Writer<'a> {
    speller: &'a Speller,
    holes: Holes,
}

impl Writer<'_> {
    fn node(&mut self, form: &Form) -> Node {
        let kind = match form {
            Form::Literal(node) => return node.clone(),
            Form::Value(opening) => return self.holes.scalar(self.speller.value(*opening)),
            Form::Text(pieces) => return self.text(pieces),
            Form::Map(fields) => NodeKind::Map(self.map(fields)),
            Form::List(items) => NodeKind::List(self.list(items)),
        };
        Node::new(kind, Span::NONE)
    }

    fn text(&mut self, pieces: &[Piece]) -> Node {
        if !self.speller.can_inline(pieces) {
            return self.holes.scalar(self.speller.text(pieces));
        }
        let mut text = String::new();
        for piece in pieces {
            match (piece, self.speller.piece(piece)) {
                (_, Some(action)) => text.push_str(&self.holes.stretch(action)),
                (Piece::Text(literal), None) => text.push_str(literal),
                (_, None) => {}
            }
        }
        Node::string(text, Span::NONE)
    }

    fn map(&mut self, fields: &[Field]) -> Map {
        let mut map = Map::default();
        for (at, group) in groups(fields, |field| &field.when).into_iter().enumerate() {
            let lines = self.opening_line(&group, at);
            map.fields.extend(lines.map(|lines| self.holes.field(lines)));
            for Field { key, value, .. } in group.entries {
                let value = self.node(value);
                map.fields.push(crate::node::Field { key: key.clone(), key_span: Span::NONE, value });
            }
            map.fields.extend(group.ends.then(|| self.holes.field("{{- end }}".to_string())));
        }
        map
    }

    fn list(&mut self, items: &[Item]) -> Vec<Node> {
        let groups = groups(items, |item| &item.when);
        let last = groups.len().saturating_sub(1);
        let empty = self.when_empty(&groups);
        let mut list = Vec::new();
        for (at, group) in groups.into_iter().enumerate() {
            let lines = self.opening_line(&group, at);
            list.extend(lines.map(|lines| self.holes.item(lines)));
            list.extend(group.entries.iter().map(|item| self.node(&item.value)));
            let end = match &empty {
                Some(Empty::Else) if at == last => Some("{{- else }} []\n{{- end }}".to_string()),
                Some(Empty::Unless(any)) if at == last => {
                    Some(format!("{{{{- end }}}}\n{{{{- if not ({any}) }}}} []\n{{{{- end }}}}"))
                }
                _ => group.ends.then(|| "{{- end }}".to_string()),
            };
            list.extend(end.map(|lines| self.holes.item(lines)));
        }
        list
    }

    /// The line before a group under a condition.
    fn opening_line<T>(&self, group: &Group<'_, T>, at: usize) -> Option<String> {
        if at > 0 && group.otherwise {
            return Some("{{- else }}".to_string());
        }
        self.speller.condition(group.when).map(|condition| format!("{{{{- if {condition} }}}}"))
    }

    /// How a list says that it is empty, if it can be: without its items it would be `null`.
    fn when_empty<T>(&self, groups: &[Group<'_, T>]) -> Option<Empty> {
        let conditions: Option<Vec<String>> =
            groups.iter().map(|group| self.speller.condition(group.when).filter(|_| !group.otherwise)).collect();
        let conditions = conditions?;
        match &conditions[..] {
            [] => None,
            [_] => Some(Empty::Else),
            several => Some(Empty::Unless(format!("or ({})", several.join(") (")))),
        }
    }
}

enum Empty {
    Else,
    /// Where none of these holds.
    Unless(String),
}

/// Entries one after the other that are there under the same condition.
struct Group<'a, T> {
    when: &'a [Condition],
    entries: &'a [T],
    /// Whether it is there exactly when the group before it is not.
    otherwise: bool,
    /// Whether its condition is closed behind it.
    ends: bool,
}

fn groups<T>(entries: &[T], when: fn(&T) -> &Vec<Condition>) -> Vec<Group<'_, T>> {
    let mut groups: Vec<Group<'_, T>> = Vec::new();
    for entries in entries.chunk_by(|one, next| when(one) == when(next)) {
        let when = when(&entries[0]);
        let before = groups.last_mut().filter(|before| !before.otherwise && exclude(before.when, when));
        let otherwise = before.is_some();
        if let Some(before) = before {
            before.ends = false;
        }
        let ends = when.iter().any(|condition| condition.least.or(condition.most).is_some());
        groups.push(Group { when, entries, otherwise, ends });
    }
    groups
}

/// Whether always exactly one of the two holds.
fn exclude(one: &[Condition], other: &[Condition]) -> bool {
    let meet = |below: &Condition, above: &Condition| {
        below.opening == above.opening
            && below.least.is_none()
            && above.most.is_none()
            && below.most.and_then(|most| most.checked_add(1)).is_some_and(|next| above.least == Some(next))
    };
    matches!((one, other), ([one], [other]) if meet(one, other) || meet(other, one))
}

/// Every text of the form, keys included, as it will stand in the file.
fn see_texts(form: &Form, seen: &mut Seen) {
    match form {
        Form::Literal(node) => seen.see(node.as_str().unwrap_or_default()),
        Form::Value(_) => {}
        Form::Text(pieces) => {
            // Pieces next to each other are one text.
            let mut whole = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(text) => whole.push_str(text),
                    _ => whole.push('\n'),
                }
            }
            seen.see(&whole);
        }
        Form::Map(fields) => fields.iter().for_each(|field| {
            seen.see(&field.key);
            see_texts(&field.value, seen);
        }),
        Form::List(items) => items.iter().for_each(|item| see_texts(&item.value, seen)),
    }
}
