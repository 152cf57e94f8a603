//! Wrappers: the sets that `mkIf` and its like make around the value of a definition.
//!
//! [`Evaluator::step`] takes off one of them; whoever calls it decides what becomes of the conditions.
//! What a wrapper says of priority and order is in the definition's rank then.

use super::definitions::{Definition, Said};
use super::words::words;
use crate::diag::Code;
use crate::eval::error;
use crate::symbol::Symbol;
use crate::term::{BinaryOp, TermKind};
use crate::value::{Error, Evaluator, Kind, Result, State, Thunk, Value};

/// How many wrappers are taken off one option's definitions. Nobody writes as many; a `mkMerge` that
/// holds itself twice has no end.
pub(super) const MAX_WRAPPERS: u32 = 1_000_000;

/// A set that says something about its content.
enum Property {
    If(Thunk, Thunk),
    Merge(Vec<Thunk>),
    Override(i64, Thunk),
    Order(i64, Thunk),
    Layered(i64, Thunk),
    Each(Thunk),
    /// What `mkDefinition` makes: the value, with a file that it is said to be from.
    Definition(Thunk),
}

/// What came of looking at a definition. What a wrapper says of priority and order is in its rank then.
pub(super) enum Step {
    /// Nothing is wrapped around this value.
    Bare(Value),
    /// A condition around the content, which is the definition's value now.
    If(Thunk),
    /// Several definitions in one.
    Merge(Vec<Thunk>),
    /// A definition of every entry of a map: a function of the entry's name.
    Each(Thunk),
    /// Another wrapper is off.
    Taken,
}

impl Evaluator {
    /// Takes off the outermost wrapper.
    pub(super) fn step(&mut self, definition: &mut Definition, fuel: &mut u32) -> Result<Step> {
        let value = self.force_at(&definition.value, definition.key)?;
        let Some(property) = self.property(&value)? else { return Ok(Step::Bare(value)) };
        *fuel = fuel.checked_sub(1).ok_or_else(|| endless(&value))?;
        let (step, content) = match property {
            Property::Merge(contents) => return Ok(Step::Merge(contents)),
            Property::Each(content) => return Ok(Step::Each(content)),
            Property::If(condition, content) => (Step::If(condition), content),
            Property::Override(priority, content) => {
                definition.rank.priority = definition.rank.priority.or(Said::number(priority));
                (Step::Taken, content)
            }
            Property::Order(order, content) => {
                definition.rank.order = definition.rank.order.or(Said::number(order));
                (Step::Taken, content)
            }
            Property::Layered(strength, content) => {
                definition.rank.layered = definition.rank.layered.or(Said::number(strength));
                (Step::Taken, content)
            }
            Property::Definition(content) => (Step::Taken, content),
        };
        definition.value = content;
        Ok(step)
    }

    /// What a value says about its content, if it is a property.
    fn property(&mut self, value: &Value) -> Result<Option<Property>> {
        let words = words();
        let Kind::Attrs(attrs) = &value.kind else { return Ok(None) };
        let Some(mark) = attrs.get(words.mark) else { return Ok(None) };
        let mark = mark.value.clone();
        let Value { kind: Kind::Str(mark), .. } = self.force(&mark)? else { return Ok(None) };
        let part = |name: Symbol| match attrs.get(name) {
            Some(attr) => Ok(attr.value.clone()),
            None => {
                let message = format!("a definition marked `_type = \"{mark}\"` needs `{name}`");
                Err(error(Code::MissingAttribute, value.origin, message)
                    .described(|finding| finding.hint("use the functions of `lib` that make such definitions")))
            }
        };
        Ok(match mark.as_str() {
            "if" => Some(Property::If(part(words.condition)?, part(words.content)?)),
            "override" => Some(Property::Override(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "order" => Some(Property::Order(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "layered" => Some(Property::Layered(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "each" => Some(Property::Each(part(words.content)?)),
            "definition" => Some(Property::Definition(part(words.value)?)),
            "merge" => match self.force(&part(words.contents)?)? {
                Value { kind: Kind::List(contents), .. } => Some(Property::Merge(contents.to_vec())),
                other => return Err(self.wrong_kind(&other, "a list", "the argument of `mkMerge`", other.origin)),
            },
            _ => None,
        })
    }

    fn rank_of(&mut self, priority: &Thunk) -> Result<i64> {
        match self.force(priority)? {
            Value { kind: Kind::Int(number), .. } => Ok(number),
            other => Err(self.wrong_kind(&other, "an integer", "a priority", other.origin)),
        }
    }
}

fn endless(value: &Value) -> Error {
    let message = format!("a definition is wrapped in more than {MAX_WRAPPERS} conditions, priorities and merges");
    error(Code::TooDeep, value.origin, message)
        .described(|finding| finding.hint("this is usually a `mkMerge` or `mkIf` that holds itself"))
}

/// Whether a value can be told to be no property without computing anything.
pub(super) fn is_plain(value: &Thunk) -> bool {
    match value {
        Thunk::Done(value) => is_plain_value(value),
        Thunk::Lazy(lazy) => match &*lazy.0.borrow() {
            State::Done(value) => is_plain_value(value),
            State::Suspended(term, _) => is_plain_term(&term.kind),
            _ => false,
        },
    }
}

/// Whether a term makes no property, by its form alone.
fn is_plain_term(term: &TermKind) -> bool {
    match term {
        TermKind::Attrs(set) => set.dynamic.is_empty() && set.fields.iter().all(|field| field.name != words().mark),
        TermKind::Interpolated(_) | TermKind::List(_) | TermKind::Path(_) | TermKind::Type(_) => true,
        TermKind::Unary { .. } | TermKind::HasAttr { .. } => true,
        TermKind::Binary { op, .. } => !matches!(op, BinaryOp::Update | BinaryOp::PipeLeft | BinaryOp::PipeRight),
        TermKind::If { then, otherwise, .. } => is_plain_term(&then.kind) && is_plain_term(&otherwise.kind),
        TermKind::Let { body, .. } | TermKind::With { body, .. } | TermKind::Assert { body, .. } => {
            is_plain_term(&body.kind)
        }
        TermKind::Null | TermKind::Bool(_) | TermKind::Int(_) | TermKind::Float(_) | TermKind::Str(_) => true,
        _ => false,
    }
}

fn is_plain_value(value: &Value) -> bool {
    match &value.kind {
        Kind::Attrs(attrs) => attrs.get(words().mark).is_none(),
        _ => true,
    }
}
