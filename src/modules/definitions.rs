//! Definitions and what their wrappers say: conditions, priorities, order.
//!
//! A definition is a value, often wrapped in *properties*, sets that `mkIf` and its like make. Two
//! moves take them off:
//!
//! - [`Evaluator::open`] pushes the properties of a set down to its attributes without computing any
//!   condition. This is what lets `config = mkIf config.a { b = 1; }` define `b` while `a` is computed.
//! - [`Evaluator::settle`] decides at one option: it drops what its condition drops, keeps what has the
//!   strongest priority, and orders it. What loses is never computed.
//!
//! A *lowered* definition was made by a layer. On its way down to the leaves it merges with whatever
//! else is there, as if it had no priority; at a leaf it counts as `mkDefault`. So a user's word about
//! one field of a made object overrides just this field. A priority stronger than a plain definition
//! on the way (`mkForce { … }`) still replaces the whole.

use std::rc::Rc;

use super::words::words;
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{BinaryOp, TermKind};
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, Result, State, Thunk, Value};

/// What an option's own default counts as. Of two priorities the lower number is the stronger.
pub(super) const OPTION_DEFAULT: i64 = 1500;
/// What a lowered definition counts as at a leaf, and `mkDefault` everywhere.
const DEFAULT: i64 = 1000;
/// What a plain definition counts as.
pub(super) const PLAIN: i64 = 100;
/// Where a plain definition stands among those with `mkOrder`.
const MIDDLE: i64 = 1000;

/// A definition, not yet computed.
#[derive(Clone)]
pub(super) struct Definition {
    /// What is defined.
    pub(super) value: Thunk,
    /// Where its key was written.
    pub(super) key: Span,
    /// What the wrappers seen so far say.
    pub(super) rank: Rank,
    /// What must hold for it to count.
    pub(super) condition: Option<Rc<Condition>>,
}

/// Priority and order.
#[derive(Clone, Copy, Default)]
pub(super) struct Rank {
    /// As `mkOverride` says; the outermost counts.
    pub(super) priority: Option<i64>,
    /// As `mkOrder` says; the outermost counts.
    pub(super) order: Option<i64>,
    /// Whether a layer made it.
    pub(super) lowered: bool,
}

/// A condition that is still to be computed, with those further out.
pub(super) struct Condition {
    holds: Thunk,
    outer: Option<Rc<Condition>>,
}

/// A definition that counts, its value computed.
#[derive(Clone)]
pub(super) struct Settled {
    pub(super) value: Value,
    pub(super) key: Span,
    pub(super) rank: Rank,
}

/// The definitions that are left at an option.
#[derive(Default)]
pub(super) struct Winners {
    /// Those of the strongest priority, in order.
    pub(super) definitions: Vec<Settled>,
    /// Lowered ones that are weaker, but merge with the others where these are sets.
    pub(super) lowered: Vec<Settled>,
    /// The strongest priority.
    pub(super) priority: i64,
}

/// The definitions of one name: nearly always a single one, which then needs no list.
#[derive(Clone)]
pub(super) enum Definitions {
    One(Definition),
    Many(Vec<Definition>),
}

/// A set that says something about its content.
enum Property {
    If(Thunk, Thunk),
    Merge(Vec<Thunk>),
    Override(i64, Thunk),
    Order(i64, Thunk),
    Lowered(Thunk),
}

/// A set of definitions whose wrappers have been pushed down.
pub(super) struct Opened {
    pub(super) attrs: Attrs,
    pub(super) rank: Rank,
    pub(super) condition: Option<Rc<Condition>>,
}

impl Rank {
    /// The priority that counts.
    pub(super) fn strength(self) -> i64 {
        self.priority.unwrap_or(if self.lowered { DEFAULT } else { PLAIN })
    }

    /// What reaches the attributes of a set that is merged: priorities and order end here.
    pub(super) fn inside(self) -> Rank {
        Rank { lowered: self.lowered, ..Rank::default() }
    }
}

impl Definition {
    /// A definition without wrappers.
    pub(super) fn new(value: Thunk, key: Span) -> Definition {
        Definition { value, key, rank: Rank::default(), condition: None }
    }

    /// An option's default.
    pub(super) fn default(value: Thunk, key: Span) -> Definition {
        let rank = Rank { priority: Some(OPTION_DEFAULT), ..Rank::default() };
        Definition { value, key, rank, condition: None }
    }
}

impl Definitions {
    /// One after the other.
    pub(super) fn as_slice(&self) -> &[Definition] {
        match self {
            Definitions::One(definition) => std::slice::from_ref(definition),
            Definitions::Many(definitions) => definitions,
        }
    }
}

impl Settled {
    /// The attribute's definition inside this set.
    pub(super) fn inside(&self, value: Thunk, key: Span) -> Definition {
        Definition { value, key, rank: self.rank.inside(), condition: None }
    }

    /// The set that it is, if it is one.
    pub(super) fn attrs(&self) -> Option<&Attrs> {
        match &self.value.kind {
            Kind::Attrs(attrs) => Some(attrs),
            _ => None,
        }
    }
}

impl Winners {
    /// All that merge into one set: the strongest and the lowered ones. What was lowered and is no set has lost.
    pub(super) fn merging(self) -> Vec<Settled> {
        let mut all = self.definitions;
        all.extend(self.lowered.into_iter().filter(|settled| settled.attrs().is_some()));
        all
    }

    /// Whether the strongest are all sets.
    pub(super) fn are_sets(&self) -> bool {
        self.definitions.iter().all(|settled| settled.attrs().is_some())
    }
}

impl Evaluator {
    /// The definitions that count at an option.
    pub(super) fn settle(&mut self, definitions: &[Definition]) -> Result<Winners> {
        let mut waiting = Vec::with_capacity(definitions.len());
        for definition in definitions {
            if self.holds(definition.condition.as_ref())? {
                self.weigh(definition.value.clone(), definition.key, definition.rank, &mut waiting)?;
            }
        }
        // A priority around conditions that do not hold says nothing, so the next one has its turn.
        while let Some(strongest) = waiting.iter().map(|definition| definition.rank.strength()).min() {
            let mut winners = Winners { priority: strongest, ..Winners::default() };
            let mut rest = Vec::new();
            for definition in std::mem::take(&mut waiting) {
                if definition.rank.strength() == strongest {
                    self.unwrap(definition, &mut winners.definitions)?;
                } else {
                    rest.push(definition);
                }
            }
            if winners.definitions.is_empty() {
                waiting = rest;
                continue;
            }
            for definition in rest {
                if definition.rank.lowered && definition.rank.priority.is_none() && strongest >= PLAIN {
                    self.unwrap(definition, &mut winners.lowered)?;
                }
            }
            if winners.definitions.iter().any(|settled| settled.rank.order.is_some()) {
                winners.definitions.sort_by_key(|settled| settled.rank.order.unwrap_or(MIDDLE));
            }
            return Ok(winners);
        }
        Ok(Winners::default())
    }

    /// Takes off wrappers until the priority is known; what is behind a priority is not computed.
    fn weigh(&mut self, value: Thunk, key: Span, mut rank: Rank, out: &mut Vec<Definition>) -> Result<()> {
        let mut value = value;
        loop {
            let known = match rank.priority {
                Some(_) => None,
                None => {
                    let computed = self.force_at(&value, key)?;
                    let property = self.property(&computed)?;
                    if property.is_none() {
                        value = Thunk::Done(computed);
                    }
                    property
                }
            };
            match known {
                None => break,
                Some(Property::If(condition, content)) => {
                    if !self.condition_of(&condition)? {
                        return Ok(());
                    }
                    value = content;
                }
                Some(Property::Merge(contents)) => {
                    return contents.into_iter().try_for_each(|content| self.weigh(content, key, rank, out));
                }
                Some(Property::Override(priority, content)) => {
                    rank.priority = Some(priority);
                    value = content;
                }
                Some(Property::Order(order, content)) => {
                    rank.order = rank.order.or(Some(order));
                    value = content;
                }
                Some(Property::Lowered(content)) => {
                    rank.lowered = true;
                    value = content;
                }
            }
        }
        out.push(Definition { value, key, rank, condition: None });
        Ok(())
    }

    /// The values of a definition that counts.
    fn unwrap(&mut self, definition: Definition, out: &mut Vec<Settled>) -> Result<()> {
        let Definition { mut value, key, mut rank, .. } = definition;
        loop {
            let computed = self.force_at(&value, key)?;
            match self.property(&computed)? {
                None => {
                    out.push(Settled { value: computed, key, rank });
                    return Ok(());
                }
                Some(Property::If(condition, content)) => {
                    if !self.condition_of(&condition)? {
                        return Ok(());
                    }
                    value = content;
                }
                Some(Property::Merge(contents)) => {
                    return contents
                        .into_iter()
                        .try_for_each(|value| self.unwrap(Definition { value, key, rank, condition: None }, out));
                }
                Some(Property::Override(_, content)) => value = content,
                Some(Property::Order(order, content)) => {
                    rank.order = rank.order.or(Some(order));
                    value = content;
                }
                Some(Property::Lowered(content)) => {
                    rank.lowered = true;
                    value = content;
                }
            }
        }
    }

    /// The sets of definitions in a definition, their wrappers pushed down to be decided at each option.
    pub(super) fn open(&mut self, definition: &Definition, out: &mut Vec<Opened>) -> Result<()> {
        let Definition { value, key, mut rank, mut condition } = definition.clone();
        let mut value = value;
        loop {
            let computed = self.force_at(&value, key)?;
            match self.property(&computed)? {
                None => match computed.kind {
                    Kind::Attrs(attrs) => {
                        out.push(Opened { attrs, rank, condition });
                        return Ok(());
                    }
                    _ => return Err(self.not_a_set_of_definitions(&computed, key)),
                },
                Some(Property::If(holds, content)) => {
                    condition = Some(Rc::new(Condition { holds, outer: condition }));
                    value = content;
                }
                Some(Property::Merge(contents)) => {
                    return contents.into_iter().try_for_each(|value| {
                        self.open(&Definition { value, key, rank, condition: condition.clone() }, out)
                    });
                }
                Some(Property::Override(priority, content)) => {
                    rank.priority = rank.priority.or(Some(priority));
                    value = content;
                }
                Some(Property::Order(order, content)) => {
                    rank.order = rank.order.or(Some(order));
                    value = content;
                }
                Some(Property::Lowered(content)) => {
                    rank.lowered = true;
                    value = content;
                }
            }
        }
    }

    /// Whether anything is left of a definition once conditions are computed. Needed where a name is
    /// there only if it is defined. A failure counts as something: whoever needs the value meets it.
    pub(super) fn is_present(&mut self, definition: &Definition) -> bool {
        let plainly = definition.condition.is_none() && is_plain(&definition.value);
        plainly || self.presence(definition).unwrap_or(true)
    }

    fn presence(&mut self, definition: &Definition) -> Result<bool> {
        if !self.holds(definition.condition.as_ref())? {
            return Ok(false);
        }
        let mut value = definition.value.clone();
        loop {
            let computed = self.force_at(&value, definition.key)?;
            value = match self.property(&computed)? {
                None | Some(Property::Override(..)) => return Ok(true),
                Some(Property::If(condition, content)) => {
                    if !self.condition_of(&condition)? {
                        return Ok(false);
                    }
                    content
                }
                Some(Property::Merge(contents)) => {
                    for value in contents {
                        if self.presence(&Definition { value, ..definition.clone() })? {
                            return Ok(true);
                        }
                    }
                    return Ok(false);
                }
                Some(Property::Order(_, content) | Property::Lowered(content)) => content,
            };
        }
    }

    fn holds(&mut self, condition: Option<&Rc<Condition>>) -> Result<bool> {
        // From the outside in: an inner condition may rely on the outer ones.
        let Some(condition) = condition else { return Ok(true) };
        Ok(self.holds(condition.outer.as_ref())? && self.condition_of(&condition.holds)?)
    }

    fn not_a_set_of_definitions(&self, value: &Value, key: Span) -> Error {
        let message = format!("a set of options is defined here, so the value must be a set, not {}", value.describe());
        error(Code::WrongDefinition, value.origin.or(key), message)
            .described(|finding| finding.label(format!("this is {}", value.describe())).also(key, "defined here"))
    }

    fn condition_of(&mut self, condition: &Thunk) -> Result<bool> {
        match self.force(condition)? {
            Value { kind: Kind::Bool(holds), .. } => Ok(holds),
            other => Err(self.wrong_kind(&other, "a boolean", "the condition of `mkIf`", other.origin)),
        }
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
                Err(error(Code::MissingAttribute, value.origin, message))
            }
        };
        Ok(match mark.as_str() {
            "if" => Some(Property::If(part(words.condition)?, part(words.content)?)),
            "override" => Some(Property::Override(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "order" => Some(Property::Order(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "lowered" => Some(Property::Lowered(part(words.content)?)),
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

/// Whether a value can be told to be no property without computing anything.
fn is_plain(value: &Thunk) -> bool {
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

/// The definitions of the attributes of sets, by name. Of several, in the order of the sets.
pub(super) fn by_name(sets: &[Settled]) -> Vec<(Symbol, Definitions)> {
    if let [only] = sets {
        let Some(attrs) = only.attrs() else { return Vec::new() };
        let one = |attr: &Attr| (attr.name, Definitions::One(only.inside(attr.value.clone(), attr.span)));
        return attrs.iter().map(one).collect();
    }
    let mut all: Vec<(Symbol, Definition)> = Vec::new();
    for set in sets {
        let Some(attrs) = set.attrs() else { continue };
        all.extend(attrs.iter().map(|attr| (attr.name, set.inside(attr.value.clone(), attr.span))));
    }
    // The sort is stable, so the order of the sets stays.
    all.sort_by_key(|(name, _)| *name);
    let mut grouped: Vec<(Symbol, Definitions)> = Vec::with_capacity(all.len());
    for (name, definition) in all {
        match grouped.last_mut() {
            Some((last, definitions)) if *last == name => definitions.push(definition),
            _ => grouped.push((name, Definitions::One(definition))),
        }
    }
    grouped
}

impl From<Vec<Definition>> for Definitions {
    fn from(definitions: Vec<Definition>) -> Definitions {
        Definitions::Many(definitions)
    }
}

impl From<Definition> for Definitions {
    fn from(definition: Definition) -> Definitions {
        Definitions::One(definition)
    }
}

impl Definitions {
    fn push(&mut self, definition: Definition) {
        match self {
            Definitions::Many(definitions) => definitions.push(definition),
            Definitions::One(first) => *self = Definitions::Many(vec![first.clone(), definition]),
        }
    }
}
