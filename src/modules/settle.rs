//! Which definitions count.
//!
//! Two moves take the wrappers off definitions (`wrappers` has the single step of both):
//!
//! - [`Evaluator::open`] pushes the wrappers of a set down to its attributes without computing any
//!   condition. This is what lets `config = mkIf config.a { b = 1; }` define `b` while `a` is computed.
//! - [`Evaluator::settle`] decides at one option: it drops what its condition drops, keeps what has the
//!   strongest priority, and orders it. What loses is never computed.
//!
//! A *layered* definition (`mkLowered`, `mkLayered`) has no priority on its way down: it merges with
//! whatever else is there, and only at a leaf it counts as strong as it says. So a user's word about one
//! field of a made object overrides just this field, and a layer's word above a plain definition leaves the
//! other fields alone. Only a priority stronger than a plain definition on the way (`mkForce { … }`)
//! replaces the weaker ones as a whole. [`Election`] is this rule.

use std::rc::Rc;

use super::definitions::{Condition, Definition, Each, MIDDLE, Opened, PLAIN, Rank, Settled, Winners};
use super::wrappers::{MAX_WRAPPERS, Step, is_plain};
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::value::{Error, Evaluator, Kind, Result, Thunk, Value};

/// Who takes part at a place: the strongest of those with a priority, and the layered ones beside them.
#[derive(Clone, Copy, Default)]
pub(super) struct Election {
    ranked: Option<i64>,
    layered: Option<i64>,
}

impl Election {
    /// Between definitions of these ranks; of each it says, too, whether its value has parts that could merge.
    pub(super) fn between(candidates: impl Iterator<Item = (Rank, bool)> + Clone) -> Election {
        let ranked = candidates.clone().filter(|(rank, _)| !rank.is_layered()).map(|(rank, _)| rank.strength()).min();
        let survives = |rank: &Rank| ranked.is_none_or(|ranked| ranked >= PLAIN || rank.strength() <= ranked);
        let layered = candidates.filter(|(rank, _)| rank.is_layered() && survives(rank));
        let strongest = layered.min_by_key(|(rank, _)| rank.strength());
        let Some((rank, has_parts)) = strongest else { return Election { ranked, layered: None } };
        let layered = rank.strength();
        // A leaf has lost against whatever is stronger. A set gives way as a whole where it is no more than a default.
        let beaten = |ranked: i64| layered < ranked && !(has_parts && ranked <= layered.max(Rank::LOWERED));
        Election { ranked: ranked.filter(|&ranked| !beaten(ranked)), layered: Some(layered) }
    }

    /// The strongest priority, if anybody takes part.
    pub(super) fn strongest(self) -> Option<i64> {
        self.ranked.into_iter().chain(self.layered).min()
    }

    /// Whether a definition of this rank takes part.
    pub(super) fn elects(self, rank: Rank) -> bool {
        match rank.is_layered() {
            false => self.ranked == Some(rank.strength()),
            true => self.ranked.is_none_or(|ranked| ranked >= PLAIN || rank.strength() <= ranked),
        }
    }
}

/// Definitions on their way out of their wrappers.
struct Unwrapping<T> {
    out: Vec<T>,
    each: Vec<Each>,
    fuel: u32,
}

impl<T> Unwrapping<T> {
    fn new(capacity: usize) -> Unwrapping<T> {
        Unwrapping { out: Vec::with_capacity(capacity), each: Vec::new(), fuel: MAX_WRAPPERS }
    }
}

impl Evaluator {
    /// The definitions that count at an option.
    pub(super) fn settle(&mut self, definitions: &[Definition]) -> Result<Winners> {
        if let [only] = definitions
            && self.watch.as_ref().is_none_or(|watch| !watch.is_name(only.key))
            && let Some(winners) = self.settle_one(only)?
        {
            return Ok(winners);
        }
        let mut waiting = Unwrapping::new(definitions.len());
        for definition in definitions {
            if self.holds(definition.condition.as_ref())? {
                self.weigh(definition.clone(), &mut waiting)?;
            }
        }
        self.elect(waiting)
    }

    fn elect(&mut self, waiting: Unwrapping<Definition>) -> Result<Winners> {
        let Unwrapping { out: mut waiting, each, fuel } = waiting;
        let mut parts = Unwrapping { out: Vec::with_capacity(waiting.len()), each, fuel };
        loop {
            let candidates = waiting.iter().map(|definition| (definition.rank, has_parts(definition)));
            let election = Election::between(candidates);
            let Some(strongest) = election.strongest() else { break };
            for definition in waiting.iter().filter(|definition| election.elects(definition.rank)) {
                self.unwrap(definition.clone(), &mut parts)?;
            }
            if election.ranked.is_none() || parts.out.iter().any(|settled| !settled.rank.is_layered()) {
                self.note_beaten(&parts.out, waiting, election);
                return Ok(Winners::of(parts.out, parts.each, strongest));
            }
            // A priority around conditions that do not hold says nothing, so the next one has its turn.
            parts.out.clear();
            waiting.retain(|definition| definition.rank.is_layered() || !election.elects(definition.rank));
        }
        Ok(Winners { each: parts.each, ..Winners::default() })
    }

    /// Keeps aside what a watched value took the place of.
    fn note_beaten(&mut self, winners: &[Settled], mut definitions: Vec<Definition>, election: Election) {
        let Some(watch) = &self.watch else { return };
        let [winner] = winners else { return };
        // A watched value may have been handed on to here as well.
        let Some(at) = watch.at(winner.value.origin).filter(|_| watch.is_name(winner.key)) else { return };
        definitions.retain(|definition| !election.elects(definition.rank));
        let settled = Thunk::defer(move |machine| {
            let values = machine.settle(&definitions)?.definitions.into_iter().map(|settled| settled.value.into());
            Ok(Value::list(values.collect(), Span::NONE))
        });
        self.beaten.push((at, settled));
    }

    /// The usual case: one definition, whatever its priority. Nothing if it turns out to be several.
    fn settle_one(&mut self, definition: &Definition) -> Result<Option<Winners>> {
        if !self.holds(definition.condition.as_ref())? {
            return Ok(Some(Winners::default()));
        }
        let mut definition = definition.clone();
        let mut fuel = MAX_WRAPPERS;
        loop {
            match self.step(&mut definition, &mut fuel)? {
                Step::Bare(value) => {
                    let Definition { key, rank, .. } = definition;
                    let definitions = vec![Settled { value, key, rank }];
                    return Ok(Some(Winners { definitions, priority: rank.strength(), ..Winners::default() }));
                }
                Step::Each(content) => {
                    let each = vec![Each::of(&definition, content)];
                    return Ok(Some(Winners { each, ..Winners::default() }));
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(Some(Winners::default())),
                Step::Merge(_) => return Ok(None),
                Step::If(_) | Step::Taken => {}
            }
        }
    }

    /// Takes off wrappers until the priority is known; what is behind a priority is not computed.
    fn weigh(&mut self, mut definition: Definition, to: &mut Unwrapping<Definition>) -> Result<()> {
        while definition.rank.priority.get().is_none() {
            match self.step(&mut definition, &mut to.fuel)? {
                Step::Bare(value) => {
                    definition.value = Thunk::Done(value);
                    break;
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(()),
                Step::Merge(contents) => {
                    return self.parts_of(&definition, contents, |machine, part| machine.weigh(part, to));
                }
                Step::Each(content) => {
                    to.each.push(Each::of(&definition, content));
                    return Ok(());
                }
                Step::If(_) | Step::Taken => {}
            }
        }
        to.out.push(definition);
        Ok(())
    }

    /// The values of a definition that counts.
    fn unwrap(&mut self, mut definition: Definition, to: &mut Unwrapping<Settled>) -> Result<()> {
        loop {
            match self.step(&mut definition, &mut to.fuel)? {
                Step::Bare(value) => {
                    to.out.push(Settled { value, key: definition.key, rank: definition.rank });
                    return Ok(());
                }
                Step::If(condition) if !self.condition_of(&condition)? => return Ok(()),
                Step::Merge(contents) => {
                    return self.parts_of(&definition, contents, |machine, part| machine.unwrap(part, to));
                }
                Step::Each(content) => {
                    to.each.push(Each::of(&definition, content));
                    return Ok(());
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
                    return self.parts_of(&definition, contents, |machine, part| machine.open_all(part, out, fuel));
                }
                Step::Each(_) => return Err(each_of_options(definition.key)),
                Step::Taken => {}
            }
        }
    }

    /// Whether anything is left of the definitions of a name once conditions are computed. Needed where a name is
    /// there only if it is defined. A failure counts as something: whoever needs the value meets it.
    pub(super) fn is_present(&mut self, definitions: &[Definition]) -> bool {
        if let Some(names) = self.watch.as_ref().map(|watch| watch.names())
            && definitions.iter().any(|definition| definition.key == names)
        {
            // What is watched is there as long as somebody else says that it is.
            let others: Vec<Definition> = definitions.iter().filter(|one| one.key != names).cloned().collect();
            return !others.is_empty() && self.is_present(&others);
        }
        definitions.iter().any(|definition| definition.condition.is_none() && is_plain(&definition.value))
            || self.settle(definitions).map_or(true, |winners| !winners.definitions.is_empty())
    }

    /// The parts of a definition that is several, one after the other.
    fn parts_of(
        &mut self,
        whole: &Definition,
        contents: Vec<Thunk>,
        mut work: impl FnMut(&mut Evaluator, Definition) -> Result<()>,
    ) -> Result<()> {
        self.deeper(whole.key, |machine| {
            contents.into_iter().try_for_each(|value| work(machine, Definition { value, ..whole.clone() }))
        })
    }

    fn holds(&mut self, condition: Option<&Rc<Condition>>) -> Result<bool> {
        // From the outside in: an inner condition may rely on the outer ones.
        let Some(condition) = condition else { return Ok(true) };
        Ok(self.holds(condition.outer.as_ref())? && self.condition_of(&condition.holds)?)
    }

    fn condition_of(&mut self, condition: &Thunk) -> Result<bool> {
        let value = self.force(condition)?;
        self.decides(&value);
        match value {
            Value { kind: Kind::Bool(holds), .. } => Ok(holds),
            other => {
                let failure = self.wrong_kind(&other, "a boolean", "the condition of `mkIf`", other.origin);
                Err(failure.described(|finding| finding.hint("compare it, as in `x != null` or `x == \"…\"`")))
            }
        }
    }
}

impl Winners {
    /// Those of the strongest priority in order, and the others beneath them.
    fn of(parts: Vec<Settled>, each: Vec<Each>, priority: i64) -> Winners {
        let strongest = |settled: &Settled| settled.rank.strength() == priority;
        let (mut definitions, beneath) = match parts.iter().all(strongest) {
            true => (parts, Vec::new()),
            false => parts.into_iter().partition(strongest),
        };
        if definitions.iter().any(|settled| settled.rank.order.get().is_some()) {
            definitions.sort_by_key(|settled: &Settled| settled.rank.order.get().unwrap_or(MIDDLE));
        }
        Winners { definitions, beneath, each, priority }
    }
}

/// Whether a layered definition, whose value is there already, has parts that merge with those of others.
fn has_parts(definition: &Definition) -> bool {
    matches!(&definition.value, Thunk::Done(Value { kind: Kind::Attrs(_) | Kind::List(_), .. }))
}

fn not_a_set_of_definitions(value: &Value, key: Span) -> Error {
    let message = format!("a set of options is defined here, so the value must be a set, not {}", value.describe());
    error(Code::WrongDefinition, value.origin.or(key), message).described(|finding| {
        finding.label(format!("this is {}", value.describe())).also(key, "defined here").hint("write a set: `{ … }`")
    })
}

fn each_of_options(key: Span) -> Error {
    let message = "`lib.mkEach` defines the entries of a map, and this is a set of options";
    error(Code::WrongDefinition, key, message).described(|finding| {
        finding.label("there are no entries here").hint("write it as the definition of a map option")
    })
}
