//! Taking the wrappers off definitions.
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

use super::definitions::{Condition, Definition, MIDDLE, Opened, PLAIN, Settled, Winners};
use super::words::words;
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
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
    Lowered(Thunk),
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
    /// Another wrapper is off.
    Taken,
}

impl Evaluator {
    /// The definitions that count at an option.
    pub(super) fn settle(&mut self, definitions: &[Definition]) -> Result<Winners> {
        let mut fuel = MAX_WRAPPERS;
        if let [only] = definitions
            && let Some(winners) = self.settle_one(only, &mut fuel)?
        {
            return Ok(winners);
        }
        let mut waiting = Vec::with_capacity(definitions.len());
        for definition in definitions {
            if self.holds(definition.condition.as_ref())? {
                self.weigh(definition.clone(), &mut waiting, &mut fuel)?;
            }
        }
        // A priority around conditions that do not hold says nothing, so the next one has its turn.
        while let Some(strongest) = waiting.iter().map(|definition| definition.rank.strength()).min() {
            let mut winners = Winners { priority: strongest, ..Winners::default() };
            let mut rest = Vec::new();
            for definition in std::mem::take(&mut waiting) {
                if definition.rank.strength() == strongest {
                    self.unwrap(definition, &mut winners.definitions, &mut fuel)?;
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
                    self.unwrap(definition, &mut winners.lowered, &mut fuel)?;
                }
            }
            if winners.definitions.iter().any(|settled| settled.rank.order.is_some()) {
                winners.definitions.sort_by_key(|settled| settled.rank.order.unwrap_or(MIDDLE));
            }
            return Ok(winners);
        }
        Ok(Winners::default())
    }

    /// The usual case: one definition, whatever its priority. Nothing if it turns out to be several.
    fn settle_one(&mut self, definition: &Definition, fuel: &mut u32) -> Result<Option<Winners>> {
        if !self.holds(definition.condition.as_ref())? {
            return Ok(Some(Winners::default()));
        }
        let mut definition = definition.clone();
        loop {
            match self.step(&mut definition, fuel)? {
                Step::Bare(value) => {
                    let Definition { key, rank, .. } = definition;
                    let priority = rank.strength();
                    let definitions = vec![Settled { value, key, rank }];
                    return Ok(Some(Winners { definitions, lowered: Vec::new(), priority }));
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(Some(Winners::default())),
                Step::Merge(_) => return Ok(None),
                Step::If(_) | Step::Taken => {}
            }
        }
    }

    /// Takes off wrappers until the priority is known; what is behind a priority is not computed.
    fn weigh(&mut self, mut definition: Definition, out: &mut Vec<Definition>, fuel: &mut u32) -> Result<()> {
        while definition.rank.priority.is_none() {
            match self.step(&mut definition, fuel)? {
                Step::Bare(value) => {
                    definition.value = Thunk::Done(value);
                    break;
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(()),
                Step::Merge(contents) => {
                    return self.each(&definition, contents, |machine, part| machine.weigh(part, out, fuel));
                }
                Step::If(_) | Step::Taken => {}
            }
        }
        out.push(definition);
        Ok(())
    }

    /// The values of a definition that counts.
    fn unwrap(&mut self, mut definition: Definition, out: &mut Vec<Settled>, fuel: &mut u32) -> Result<()> {
        loop {
            match self.step(&mut definition, fuel)? {
                Step::Bare(value) => {
                    out.push(Settled { value, key: definition.key, rank: definition.rank });
                    return Ok(());
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(()),
                Step::Merge(contents) => {
                    return self.each(&definition, contents, |machine, part| machine.unwrap(part, out, fuel));
                }
                Step::If(_) | Step::Taken => {}
            }
        }
    }

    /// The sets of definitions in a definition, their wrappers pushed down to be decided at each option.
    pub(super) fn open(&mut self, definition: &Definition, out: &mut Vec<Opened>) -> Result<()> {
        self.open_all(definition.clone(), out, &mut MAX_WRAPPERS.clone())
    }

    fn open_all(&mut self, mut definition: Definition, out: &mut Vec<Opened>, fuel: &mut u32) -> Result<()> {
        loop {
            match self.step(&mut definition, fuel)? {
                Step::Bare(Value { kind: Kind::Attrs(attrs), .. }) => {
                    out.push(Opened { attrs, rank: definition.rank, condition: definition.condition });
                    return Ok(());
                }
                Step::Bare(other) => return Err(not_a_set_of_definitions(&other, definition.key)),
                Step::If(holds) => {
                    let outer = definition.condition.take();
                    definition.condition = Some(Rc::new(Condition { holds, outer }));
                }
                Step::Merge(contents) => {
                    return self.each(&definition, contents, |machine, part| machine.open_all(part, out, fuel));
                }
                Step::Taken => {}
            }
        }
    }

    /// Whether anything is left of a definition once conditions are computed. Needed where a name is
    /// there only if it is defined. A failure counts as something: whoever needs the value meets it.
    pub(super) fn is_present(&mut self, definition: &Definition) -> bool {
        let plainly = definition.condition.is_none() && is_plain(&definition.value);
        plainly || self.presence(definition.clone(), &mut MAX_WRAPPERS.clone()).unwrap_or(true)
    }

    fn presence(&mut self, mut definition: Definition, fuel: &mut u32) -> Result<bool> {
        if !self.holds(definition.condition.as_ref())? {
            return Ok(false);
        }
        loop {
            match self.step(&mut definition, fuel)? {
                Step::Bare(_) => return Ok(true),
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(false),
                Step::Merge(contents) => {
                    let mut any = false;
                    self.each(&definition, contents, |machine, part| {
                        any = any || machine.presence(part, fuel)?;
                        Ok(())
                    })?;
                    return Ok(any);
                }
                Step::Taken if definition.rank.priority.is_some() => return Ok(true),
                Step::If(_) | Step::Taken => {}
            }
        }
    }

    /// The parts of a definition that is several, one after the other.
    fn each(
        &mut self,
        whole: &Definition,
        contents: Vec<Thunk>,
        mut work: impl FnMut(&mut Evaluator, Definition) -> Result<()>,
    ) -> Result<()> {
        self.deeper(whole.key, |machine| {
            contents.into_iter().try_for_each(|value| work(machine, Definition { value, ..whole.clone() }))
        })
    }

    /// Takes off the outermost wrapper.
    pub(super) fn step(&mut self, definition: &mut Definition, fuel: &mut u32) -> Result<Step> {
        let value = self.force_at(&definition.value, definition.key)?;
        let Some(property) = self.property(&value)? else { return Ok(Step::Bare(value)) };
        *fuel = fuel.checked_sub(1).ok_or_else(|| endless(&value))?;
        let (step, content) = match property {
            Property::Merge(contents) => return Ok(Step::Merge(contents)),
            Property::If(condition, content) => (Step::If(condition), content),
            Property::Override(priority, content) => {
                definition.rank.priority = definition.rank.priority.or(Some(priority));
                (Step::Taken, content)
            }
            Property::Order(order, content) => {
                definition.rank.order = definition.rank.order.or(Some(order));
                (Step::Taken, content)
            }
            Property::Lowered(content) => {
                definition.rank.lowered = true;
                (Step::Taken, content)
            }
            Property::Definition(content) => (Step::Taken, content),
        };
        definition.value = content;
        Ok(step)
    }

    fn holds(&mut self, condition: Option<&Rc<Condition>>) -> Result<bool> {
        // From the outside in: an inner condition may rely on the outer ones.
        let Some(condition) = condition else { return Ok(true) };
        Ok(self.holds(condition.outer.as_ref())? && self.condition_of(&condition.holds)?)
    }

    fn condition_of(&mut self, condition: &Thunk) -> Result<bool> {
        match self.force(condition)? {
            Value { kind: Kind::Bool(holds), .. } => Ok(holds),
            other => {
                let failure = self.wrong_kind(&other, "a boolean", "the condition of `mkIf`", other.origin);
                Err(failure.described(|finding| finding.hint("compare it, as in `x != null` or `x == \"…\"`")))
            }
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
                Err(error(Code::MissingAttribute, value.origin, message)
                    .described(|finding| finding.hint("use the functions of `lib` that make such definitions")))
            }
        };
        Ok(match mark.as_str() {
            "if" => Some(Property::If(part(words.condition)?, part(words.content)?)),
            "override" => Some(Property::Override(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "order" => Some(Property::Order(self.rank_of(&part(words.priority)?)?, part(words.content)?)),
            "lowered" => Some(Property::Lowered(part(words.content)?)),
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

fn not_a_set_of_definitions(value: &Value, key: Span) -> Error {
    let message = format!("a set of options is defined here, so the value must be a set, not {}", value.describe());
    error(Code::WrongDefinition, value.origin.or(key), message).described(|finding| {
        finding.label(format!("this is {}", value.describe())).also(key, "defined here").hint("write a set: `{ … }`")
    })
}

fn endless(value: &Value) -> Error {
    let message = format!("a definition is wrapped in more than {MAX_WRAPPERS} conditions, priorities and merges");
    error(Code::TooDeep, value.origin, message)
        .described(|finding| finding.hint("this is usually a `mkMerge` or `mkIf` that holds itself"))
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
