//! Values to finished data: everything lazy is forced, and what is not data is refused.

use rustc_hash::FxHashSet;

use super::error;
use crate::diag::Code;
use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;
use crate::value::{Error, Evaluator, Kind, Result, Thunk, Value};

/// How much of a value is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// The first failure ends it: `toJSON`, `deepSeq`.
    Strict,
    /// Every failure is reported, and a [`NodeKind::Failed`] stands in its place: output, so that
    /// one run shows all that is wrong.
    Everything,
    /// As [`Depth::Everything`], and a secret stays one, for whoever shows or writes it as such.
    Shown,
}

impl Evaluator {
    /// The data of a value. Sets come out by name; those with `__toString` or `outPath` as strings
    /// (as in `toJSON`).
    ///
    /// # Errors
    /// With [`Depth::Strict`] the first failure. Otherwise none: failures are in `findings`.
    pub fn node(&mut self, thunk: &Thunk, depth: Depth, span: Span) -> Result<Node> {
        let result = self.force_at(thunk, span).and_then(|value| self.node_of(&value, depth, span));
        match (result, depth) {
            (Err(error), Depth::Everything | Depth::Shown) => {
                self.report(&error);
                Ok(Node::new(NodeKind::Failed, span))
            }
            (result, _) => result,
        }
    }

    /// Keeps a failure for the end of the run, once.
    pub fn report(&mut self, error: &Error) {
        self.findings.extend(error.to_report());
    }

    fn node_of(&mut self, value: &Value, depth: Depth, needed: Span) -> Result<Node> {
        let span = value.origin.or(needed);
        // What is made of all the data at once is a digest of it, or a text with other rules.
        if depth == Depth::Strict {
            self.looks_into(value);
        }
        let kind = self.deeper(span, |machine| {
            Ok(match &value.kind {
                Kind::Null => NodeKind::Null,
                Kind::Bool(value) => NodeKind::Bool(*value),
                Kind::Int(number) => NodeKind::Int(*number),
                Kind::Float(number) if number.is_finite() => NodeKind::Float(*number),
                Kind::Float(_) => {
                    return Err(error(Code::NotData, span, "infinity and not-a-number cannot be written as data")
                        .described(|finding| finding.hint("ask whether the number is finite before it is written")));
                }
                Kind::Str(text) => NodeKind::Str(text.clone()),
                Kind::Path(path) => NodeKind::Str(path.display().to_string().into()),
                Kind::List(items) => {
                    NodeKind::List(items.iter().map(|item| machine.node(item, depth, span)).collect::<Result<_>>()?)
                }
                Kind::Attrs(attrs) => {
                    if attrs.named("__toString").is_some() {
                        NodeKind::Str(machine.coerce(value, super::Coercion::Path, span)?)
                    } else if let Some(path) = attrs.named("outPath") {
                        return machine.node(&path.value, depth, span).map(|node| node.kind);
                    } else {
                        let mut fields = Vec::with_capacity(attrs.len());
                        for attr in attrs.sorted() {
                            let node = machine.node(&attr.value, depth, attr.span)?;
                            fields.push(Field { key: attr.name.text(), key_span: attr.span, value: node });
                        }
                        NodeKind::Map(Map { fields })
                    }
                }
                Kind::Secret(secret) if depth == Depth::Shown => NodeKind::Secret(secret.clone()),
                Kind::Secret(secret) => return Err(machine.visible(secret, needed, "data")),
                Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Type(_) => {
                    let message = format!("{} cannot be written as data", value.describe());
                    return Err(error(Code::NotData, span, message).described(|finding| {
                        finding.hint("only null, booleans, numbers, strings, lists and sets are data; was an argument forgotten?")
                    }));
                }
            })
        })?;
        Ok(Node::new(kind, span))
    }

    /// Forces everything in a value, functions apart, so that its failures show. A value may contain
    /// itself, and may contain another one many times: each list and set is visited once.
    pub fn force_deep(&mut self, thunk: &Thunk, span: Span) -> Result<Value> {
        let value = self.force_at(thunk, span)?;
        self.force_inside(&value, span, &mut FxHashSet::default())?;
        Ok(value)
    }

    fn force_inside(&mut self, value: &Value, span: Span, seen: &mut FxHashSet<usize>) -> Result<()> {
        // Nothing visited is dropped before the end, so an address stands for one value.
        let new = match &value.kind {
            Kind::List(items) => seen.insert(items.address()),
            Kind::Attrs(attrs) => seen.insert(attrs.address()),
            _ => return Ok(()),
        };
        if !new {
            return Ok(());
        }
        self.deeper(span, |machine| {
            let mut inside = |thunk: &Thunk, span| {
                let value = machine.force_at(thunk, span)?;
                machine.force_inside(&value, span, seen)
            };
            match &value.kind {
                Kind::List(items) => items.iter().try_for_each(|item| inside(item, span)),
                Kind::Attrs(attrs) => {
                    attrs.sorted().into_iter().try_for_each(|attr| inside(&attr.value, attr.span.or(span)))
                }
                _ => Ok(()),
            }
        })
    }
}
