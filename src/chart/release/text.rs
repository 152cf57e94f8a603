//! Texts with open places: reading them as they are by default, and opening more of them.

use ecow::{EcoString, eco_format};

use crate::chart::{Chart, Field, Form, Piece};
use crate::node::NodeKind;
use crate::types::Scalar;

/// Puts a piece in the place of a part of a text; an empty part is an insertion.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edit {
    /// Where the part starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What stands there instead.
    pub piece: Piece,
}

impl Edit {
    /// The prefix of the release at `at`.
    pub(super) fn prefix(at: usize) -> Edit {
        Edit { start: at, end: at, piece: Piece::Prefix }
    }

    /// The same further to the right.
    pub(super) fn moved(mut self, by: usize) -> Edit {
        self.start += by;
        self.end += by;
        self
    }
}

/// What open places hold by default.
pub(super) struct Defaults {
    values: Vec<EcoString>,
    is_text: Vec<bool>,
    namespace: EcoString,
}

impl Defaults {
    /// The defaults of a chart.
    pub(super) fn of(chart: &Chart) -> Defaults {
        let value = |scalar: &Scalar| match scalar {
            Scalar::Str(text) => text.clone(),
            Scalar::Int(number) => eco_format!("{number}"),
            _ => EcoString::new(),
        };
        Defaults {
            values: chart.openings.iter().map(|opening| value(&opening.default)).collect(),
            is_text: chart.openings.iter().map(|opening| matches!(opening.default, Scalar::Str(_))).collect(),
            namespace: chart.namespace.as_str().into(),
        }
    }

    /// The text of a form by default, if it is a text.
    pub(super) fn text(&self, form: &Form) -> Option<EcoString> {
        match form {
            Form::Literal(node) => match &node.kind {
                NodeKind::Str(text) => Some(text.clone()),
                _ => None,
            },
            Form::Value(opening) => self.is_text[*opening].then(|| self.values[*opening].clone()),
            Form::Text(pieces) => Some(pieces.iter().map(|piece| self.piece(piece)).collect()),
            Form::Map(_) | Form::List(_) => None,
        }
    }

    /// A whole number in digits.
    pub(super) fn digits(&self, form: &Form) -> Option<EcoString> {
        match form {
            Form::Literal(node) => match node.kind {
                NodeKind::Int(number) => Some(eco_format!("{number}")),
                _ => None,
            },
            Form::Value(opening) => Some(self.values[*opening].clone()),
            _ => None,
        }
    }

    fn piece(&self, piece: &Piece) -> EcoString {
        match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(opening) | Piece::Meaning(opening, _) => self.values[*opening].clone(),
            Piece::Prefix => EcoString::new(),
            Piece::Namespace => self.namespace.clone(),
        }
    }

    /// The text at `key` of a map.
    pub(super) fn text_at(&self, fields: &[Field], key: &str) -> Option<EcoString> {
        self.text(field(fields, key)?)
    }

    /// Every text below a form, such as the items of a list.
    pub(super) fn texts(&self, form: &Form) -> Vec<EcoString> {
        match form {
            Form::List(items) => items.iter().filter_map(|item| self.text(&item.value)).collect(),
            Form::Map(_) => Vec::new(),
            _ => self.text(form).into_iter().collect(),
        }
    }

    /// Opens parts of a text. Where two edits meet in one part, the first is made; what lies across two pieces stays.
    pub(super) fn apply(&self, form: &mut Form, mut edits: Vec<Edit>) {
        if edits.is_empty() {
            return;
        }
        edits.sort_by_key(|edit| (edit.start, edit.end));
        edits.dedup();
        let pieces = match form {
            Form::Literal(node) => match &node.kind {
                NodeKind::Str(text) => vec![Piece::Text(text.clone())],
                _ => return,
            },
            Form::Value(opening) => vec![Piece::Value(*opening)],
            Form::Text(pieces) => std::mem::take(pieces),
            Form::Map(_) | Form::List(_) => return,
        };
        *form = Form::Text(self.edited(pieces, &edits));
    }

    fn edited(&self, pieces: Vec<Piece>, edits: &[Edit]) -> Vec<Piece> {
        let (mut done, mut offset) = (Vec::new(), 0);
        for piece in pieces {
            let text = self.piece(&piece);
            let end = offset + text.len();
            let here = edits.iter().filter(|edit| offset <= edit.start && edit.start < end && edit.end <= end);
            let here: Vec<Edit> =
                here.map(|edit| Edit { start: edit.start - offset, end: edit.end - offset, ..edit.clone() }).collect();
            match piece {
                Piece::Text(text) => split(&text, &here, &mut done),
                Piece::Value(opening) if !here.is_empty() => {
                    let mut inside = Vec::new();
                    split(&text, &here, &mut inside);
                    done.push(Piece::Meaning(opening, inside));
                }
                other => done.push(other),
            }
            offset = end;
        }
        done
    }
}

/// The value at `key`; the first, where conditions choose between several.
pub(super) fn field<'a>(fields: &'a [Field], key: &str) -> Option<&'a Form> {
    fields.iter().find(|field| field.key == key).map(|field| &field.value)
}

/// The fields of a map; none of anything else.
pub(super) fn fields(form: &Form) -> &[Field] {
    match form {
        Form::Map(fields) => fields,
        _ => &[],
    }
}

/// The value at the end of a chain of keys.
pub(super) fn at<'a>(form: &'a Form, keys: &[&str]) -> Option<&'a Form> {
    keys.iter().try_fold(form, |form, key| field(fields(form), key))
}

/// The items of a list; none of anything else.
pub(super) fn items(form: &Form) -> impl Iterator<Item = &Form> {
    let items = match form {
        Form::List(items) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(|item| &item.value)
}

fn split(text: &str, edits: &[Edit], into: &mut Vec<Piece>) {
    let mut done = 0;
    for edit in edits {
        if edit.start < done {
            continue;
        }
        if done < edit.start {
            into.push(Piece::Text(text[done..edit.start].into()));
        }
        into.push(edit.piece.clone());
        done = edit.end;
    }
    if done < text.len() {
        into.push(Piece::Text(text[done..].into()));
    }
}
