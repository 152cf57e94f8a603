//! Forms: what they say, how they are made, and what becomes of them with the values of the configuration.

use ecow::EcoString;

use crate::node::{self, Map, Node, NodeKind};
use crate::source::Span;
use crate::types::Scalar;

use super::model::{Chart, Condition, Field, Form, Item, Piece};
use super::values::scalar;

impl Form {
    /// What is at the end of a chain of keys; under a key that is there twice, what comes first.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Form> {
        keys.iter().try_fold(self, |form, key| match form {
            Form::Map(fields) => fields.iter().find(|field| field.key == *key).map(|field| &field.value),
            _ => None,
        })
    }

    /// The items, if it is a list.
    pub(super) fn items(&self) -> &[Item] {
        match self {
            Form::List(items) => items,
            _ => &[],
        }
    }

    /// The text that no value changes, if it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Form::Literal(node) => node.as_str(),
            _ => None,
        }
    }

    /// The scalar as pieces of a text.
    pub(super) fn pieces(&self) -> Option<Vec<Piece>> {
        match self {
            Form::Value(opening) => Some(vec![Piece::Value(*opening)]),
            Form::Text(pieces) => Some(pieces.clone()),
            Form::Literal(node) => match &node.kind {
                NodeKind::Str(text) => Some(vec![Piece::Text(text.clone())]),
                NodeKind::Int(number) => Some(vec![Piece::Text(number.to_string().into())]),
                _ => None,
            },
            Form::Map(_) | Form::List(_) => None,
        }
    }

    /// A text that no value changes.
    pub(super) fn text(text: impl Into<EcoString>) -> Form {
        Form::Literal(Node::string(text, Span::NONE))
    }

    /// A scalar that no value changes.
    pub(super) fn scalar(kind: NodeKind) -> Form {
        Form::Literal(Node::new(kind, Span::NONE))
    }

    /// A map that is always there as it is.
    pub(super) fn map<const N: usize>(fields: [(&str, Form); N]) -> Form {
        let field = |(key, value): (&str, Form)| Field { key: key.into(), when: Vec::new(), value };
        Form::Map(fields.into_iter().map(field).collect())
    }

    /// A list that is always there as it is.
    pub(super) fn list(items: impl IntoIterator<Item = Form>) -> Form {
        Form::List(items.into_iter().map(|value| Item { when: Vec::new(), value }).collect())
    }
}

/// The data with the values of the configuration, as a release with the chart's own name has it.
pub(super) fn settled(form: &Form, chart: &Chart) -> Node {
    let kind = match form {
        Form::Literal(node) => return node.clone(),
        Form::Value(opening) => return scalar(&chart.openings[*opening].default),
        Form::Text(pieces) => NodeKind::Str(pieces.iter().map(|piece| settled_piece(piece, chart)).collect()),
        Form::Map(fields) => {
            let there = fields.iter().filter(|field| holds(&field.when, chart));
            let field = |field: &Field| node::Field {
                key: field.key.clone(),
                key_span: Span::NONE,
                value: settled(&field.value, chart),
            };
            NodeKind::Map(Map { fields: there.map(field).collect() })
        }
        Form::List(items) => {
            let there = items.iter().filter(|item| holds(&item.when, chart));
            NodeKind::List(there.map(|item| settled(&item.value, chart)).collect())
        }
    };
    Node::new(kind, Span::NONE)
}

fn settled_piece(piece: &Piece, chart: &Chart) -> EcoString {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Prefix => EcoString::new(),
        Piece::Namespace => chart.namespace.as_str().into(),
        Piece::Value(opening) | Piece::Meaning(opening, _) => match &chart.openings[*opening].default {
            Scalar::Str(text) => text.clone(),
            other => other.to_string().into(),
        },
    }
}

/// Whether all of these hold for the values of the configuration.
pub(super) fn holds(all: &[Condition], chart: &Chart) -> bool {
    all.iter().all(|condition| match chart.openings[condition.opening].default {
        Scalar::Int(number) => {
            condition.least.is_none_or(|least| number >= least) && condition.most.is_none_or(|most| number <= most)
        }
        _ => true,
    })
}
