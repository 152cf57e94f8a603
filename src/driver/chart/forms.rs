//! From objects that were made under watch to forms, and back.

use ecow::EcoString;
use indexmap::IndexMap;

use crate::chart::{Condition, Field, Form, Item, Piece};
use crate::node::{Node, NodeKind};
use crate::schema::types::SECRET_FIELDS;
use crate::source::Span;
use crate::types::Scalar;
use crate::value::watch::{Fragment, Watch};

/// What watching made of an object.
pub(super) struct Made {
    /// The object, with what is open in it.
    pub(super) form: Form,
    /// Candidates that came out where nothing can be opened: in a key, or cut off.
    pub(super) refused: Vec<usize>,
}

/// The form of an object. `candidates`: what the values under watch are.
pub(super) fn form(object: Node, watch: &Watch, candidates: &[usize]) -> Made {
    let mut reader = Reader { watch, candidates, refused: Vec::new() };
    let form = reader.form(object);
    Made { form, refused: reader.refused }
}

struct Reader<'a> {
    watch: &'a Watch,
    candidates: &'a [usize],
    refused: Vec<usize>,
}

impl Reader<'_> {
    fn form(&mut self, node: Node) -> Form {
        let open = self.watch.at(node.span);
        match node.kind {
            NodeKind::Map(map) if !map.fields.is_empty() => {
                let field = |field: crate::node::Field| {
                    self.refuse_words(&field.key);
                    Field { key: field.key, when: Vec::new(), value: self.form(field.value) }
                };
                Form::Map(map.fields.into_iter().map(field).collect())
            }
            NodeKind::List(items) if !items.is_empty() => {
                let item = |item: Node| Item { when: Vec::new(), value: self.form(item) };
                Form::List(items.into_iter().map(item).collect())
            }
            NodeKind::Int(number) => match open.filter(|&at| self.watch.values()[at].real == Scalar::Int(number)) {
                Some(at) => Form::Value(self.candidates[at]),
                None => literal(NodeKind::Int(number)),
            },
            NodeKind::Bool(value) => match open.filter(|&at| self.watch.values()[at].real == Scalar::Bool(value)) {
                Some(at) => Form::Value(self.candidates[at]),
                None => literal(NodeKind::Bool(value)),
            },
            NodeKind::Str(text) => {
                let whole = |&at: &usize| {
                    let value = &self.watch.values()[at];
                    !value.by_word && value.real == Scalar::Str(text.clone())
                };
                match open.filter(whole) {
                    Some(at) => Form::Value(self.candidates[at]),
                    None => self.text(text),
                }
            }
            kind => literal(kind),
        }
    }

    /// A text, with the words in it.
    fn text(&mut self, text: EcoString) -> Form {
        if !self.watch.may_be_in(&text) {
            return literal(NodeKind::Str(text));
        }
        let mut pieces = Vec::new();
        for fragment in self.watch.fragments(&text) {
            match fragment {
                Fragment::Text(text) => pieces.push(Piece::Text(text.into())),
                Fragment::Word(at) => pieces.push(Piece::Value(self.candidates[at])),
                Fragment::Torn => self.refuse_all(),
            }
        }
        match pieces[..] {
            [Piece::Value(at)] if self.is_text(at) => Form::Value(at),
            _ => Form::Text(pieces),
        }
    }

    fn is_text(&self, candidate: usize) -> bool {
        let at = self.candidates.binary_search(&candidate);
        at.is_ok_and(|at| matches!(self.watch.values()[at].real, Scalar::Str(_)))
    }

    fn refuse_words(&mut self, key: &str) {
        if self.watch.may_be_in(key) {
            for fragment in self.watch.fragments(key) {
                match fragment {
                    Fragment::Text(_) => {}
                    Fragment::Word(at) => self.refused.push(self.candidates[at]),
                    Fragment::Torn => self.refuse_all(),
                }
            }
        }
    }

    /// Which word was cut off, nobody knows.
    fn refuse_all(&mut self) {
        self.refused.extend_from_slice(self.candidates);
    }
}

/// The form of an object in which nothing is open.
pub(super) fn literally(node: &Node) -> Form {
    match &node.kind {
        NodeKind::Map(map) if !map.fields.is_empty() => {
            let field = |field: &crate::node::Field| Field {
                key: field.key.clone(),
                when: Vec::new(),
                value: literally(&field.value),
            };
            Form::Map(map.fields.iter().map(field).collect())
        }
        NodeKind::List(items) if !items.is_empty() => {
            Form::List(items.iter().map(|item| Item { when: Vec::new(), value: literally(item) }).collect())
        }
        kind => literal(kind.clone()),
    }
}

/// The text at the end of a chain of keys, if nothing is open there.
pub(super) fn text_at<'a>(form: &'a Form, path: &[&str]) -> Option<&'a EcoString> {
    match (form, path) {
        (Form::Literal(Node { kind: NodeKind::Str(text), .. }), []) => Some(text),
        (Form::Map(fields), [key, rest @ ..]) => text_at(&fields.iter().find(|field| field.key == *key)?.value, rest),
        _ => None,
    }
}

/// Nothing but data, wherever it was written.
fn literal(kind: NodeKind) -> Form {
    Form::Literal(Node::new(kind, Span::NONE))
}

/// The openings in a form, conditions included, as often as they occur.
pub(super) fn openings(form: &Form, found: &mut impl FnMut(usize)) {
    match form {
        Form::Literal(_) => {}
        Form::Value(at) => found(*at),
        Form::Text(pieces) => {
            for piece in pieces {
                if let Piece::Value(at) = piece {
                    found(*at);
                }
            }
        }
        Form::Map(fields) => {
            for field in fields {
                field.when.iter().for_each(|condition| found(condition.opening));
                openings(&field.value, found);
            }
        }
        Form::List(items) => {
            for item in items {
                item.when.iter().for_each(|condition| found(condition.opening));
                openings(&item.value, found);
            }
        }
    }
}

/// Gives the openings in a form other numbers.
pub(super) fn renumber(form: &mut Form, numbers: &IndexMap<usize, usize>) {
    let conditions = |when: &mut Vec<Condition>| {
        when.iter_mut().for_each(|condition| condition.opening = numbers[&condition.opening]);
    };
    match form {
        Form::Literal(_) => {}
        Form::Value(at) => *at = numbers[&*at],
        Form::Text(pieces) => {
            for piece in pieces {
                if let Piece::Value(at) = piece {
                    *at = numbers[&*at];
                }
            }
        }
        Form::Map(fields) => {
            for field in fields {
                conditions(&mut field.when);
                renumber(&mut field.value, numbers);
            }
        }
        Form::List(items) => {
            for item in items {
                conditions(&mut item.when);
                renumber(&mut item.value, numbers);
            }
        }
    }
}

/// The literals of an object that are secrets, each with the field that it is in: they are nowhere else.
pub(super) fn secrets(form: &mut Form) -> Vec<(&'static str, &mut Node)> {
    let Form::Map(fields) = form else { return Vec::new() };
    let mut found = Vec::new();
    for field in fields {
        let Some(name) = SECRET_FIELDS.into_iter().find(|name| *name == field.key) else { continue };
        let Form::Map(entries) = &mut field.value else { continue };
        found.extend(entries.iter_mut().filter_map(|entry| match &mut entry.value {
            Form::Literal(node) if matches!(node.kind, NodeKind::Secret(_)) => Some((name, node)),
            _ => None,
        }));
    }
    found
}

/// What there is of a form with these numbers: without conditions, and with the numbers that are `changed` in their places.
pub(super) fn with_numbers(
    form: &Form,
    number: &impl Fn(usize) -> i64,
    changed: &impl Fn(usize) -> Option<Scalar>,
) -> Form {
    let holds = |when: &[Condition]| when.iter().all(|condition| condition.holds(number(condition.opening)));
    match form {
        Form::Value(at) => match changed(*at) {
            Some(Scalar::Int(number)) => literal(NodeKind::Int(number)),
            Some(Scalar::Bool(truth)) => literal(NodeKind::Bool(truth)),
            _ => Form::Value(*at),
        },
        Form::Map(fields) => {
            let there = fields.iter().filter(|field| holds(&field.when));
            let field = |field: &Field| Field {
                key: field.key.clone(),
                when: Vec::new(),
                value: with_numbers(&field.value, number, changed),
            };
            Form::Map(there.map(field).collect())
        }
        Form::List(items) if items.iter().all(|item| !holds(&item.when)) => literal(NodeKind::List(Vec::new())),
        Form::List(items) => {
            let there = items.iter().filter(|item| holds(&item.when));
            let item = |item: &Item| Item { when: Vec::new(), value: with_numbers(&item.value, number, changed) };
            Form::List(there.map(item).collect())
        }
        other => other.clone(),
    }
}

/// Whether all conditions hold with these values.
pub(super) fn are_met<'a>(when: &[Condition], value: &impl Fn(usize) -> &'a Scalar) -> bool {
    when.iter().all(|condition| match value(condition.opening) {
        Scalar::Int(number) => condition.holds(*number),
        Scalar::Bool(truth) => condition.holds(i64::from(*truth)),
        _ => false,
    })
}

/// Whether a form gives this object, with these values of its openings.
pub(super) fn agrees<'a>(form: &Form, node: &Node, value: &impl Fn(usize) -> &'a Scalar) -> bool {
    match (form, &node.kind) {
        (Form::Literal(literal), kind) => literal.kind == *kind,
        (Form::Value(at), NodeKind::Int(number)) => *value(*at) == Scalar::Int(*number),
        (Form::Value(at), NodeKind::Bool(truth)) => *value(*at) == Scalar::Bool(*truth),
        (Form::Value(at), NodeKind::Str(text)) => *value(*at) == Scalar::Str(text.clone()),
        (Form::Text(pieces), NodeKind::Str(text)) => joined(pieces, value) == *text,
        (Form::Map(fields), NodeKind::Map(map)) => {
            let mut fields = fields.iter().filter(|field| are_met(&field.when, value));
            let same = |field: &Field, wanted: &crate::node::Field| {
                field.key == wanted.key && agrees(&field.value, &wanted.value, value)
            };
            map.fields.iter().all(|wanted| fields.next().is_some_and(|field| same(field, wanted)))
                && fields.next().is_none()
        }
        (Form::List(items), NodeKind::List(list)) => {
            let mut items = items.iter().filter(|item| are_met(&item.when, value));
            list.iter().all(|wanted| items.next().is_some_and(|item| agrees(&item.value, wanted, value)))
                && items.next().is_none()
        }
        _ => false,
    }
}

fn joined<'a>(pieces: &[Piece], value: &impl Fn(usize) -> &'a Scalar) -> EcoString {
    let mut text = EcoString::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Value(at) => match value(*at) {
                Scalar::Str(value) => text.push_str(value),
                other => text.push_str(&ecow::eco_format!("{other}")),
            },
            // Names are opened only once all else is.
            Piece::Prefix | Piece::Namespace | Piece::Meaning(..) => {}
        }
    }
    text
}
