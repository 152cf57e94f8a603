//! Evaluating once more, with values under watch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use ecow::EcoString;

use super::candidates::{Candidate, together};
use crate::driver::evaluate::{SETTING_PRIORITY, overriding};
use crate::driver::{Evaluated, Session};
use crate::eval::scalar_of;
use crate::layers::Object;
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::types::{Scalar, scalar_fits};
use crate::value::watch::{Watch, Watched};
use crate::value::{AttrsBuilder, Evaluator, Kind, Thunk, Value};

/// An evaluation that is asked for. Plain data, so that anybody can do it.
#[derive(Clone, PartialEq)]
pub(super) struct Job {
    /// The candidates that are not watched.
    pub(super) settled: BTreeSet<usize>,
    /// Numbers in the places of some candidates' own.
    pub(super) instead: BTreeMap<usize, i64>,
    /// How the words begin that stand for values.
    pub(super) word: EcoString,
    /// Which objects are made.
    pub(super) share: Share,
}

/// Some of the objects, by the second parts of their keys: what an application was lowered to is mostly together.
#[derive(Clone, PartialEq)]
pub(super) enum Share {
    /// All.
    Whole,
    /// Those before this name.
    Before(EcoString),
    /// This name, and those behind it.
    From(EcoString),
}

/// What came of an evaluation. Plain data as well.
pub(super) struct Seen {
    /// What was seen of the values.
    pub(super) watch: Watch,
    /// Which candidates they are the values of.
    pub(super) candidates: Vec<usize>,
    /// The objects, by key.
    pub(super) objects: Vec<Object>,
    /// Candidates that depend on others.
    pub(super) dependent: Vec<usize>,
    /// Candidates at which an error points.
    pub(super) blamed: Vec<usize>,
}

/// Whoever does jobs.
pub(super) struct Watcher<'a> {
    pub(super) session: &'a mut Session,
    pub(super) evaluated: &'a Evaluated,
    pub(super) candidates: &'a [Candidate],
    /// Set when nobody waits any longer: then no further objects are made.
    pub(super) enough: &'a AtomicBool,
}

impl Job {
    /// What a chart begins with.
    pub(super) fn first() -> Job {
        Job { settled: BTreeSet::new(), instead: BTreeMap::new(), word: "nxkzq".into(), share: Share::Whole }
    }
}

impl Share {
    /// What of an object's key decides.
    pub(super) fn name(key: &str) -> &str {
        key.split_once('/').map_or(key, |(_, name)| name)
    }

    fn has(&self, key: &str) -> bool {
        match self {
            Share::Whole => true,
            Share::Before(end) => Share::name(key) < end.as_str(),
            Share::From(start) => Share::name(key) >= start.as_str(),
        }
    }
}

impl Watcher<'_> {
    /// Evaluates once more, with all candidates under watch that are not settled.
    pub(super) fn watch(&mut self, job: &Job) -> Seen {
        let candidates: Vec<usize> = (0..self.candidates.len()).filter(|at| !job.settled.contains(at)).collect();
        let watch = self.watch_over(&candidates, job);
        let module = self.module(&candidates, &watch);
        self.objects_with(module, watch, candidates, &job.share)
    }

    /// What gives the candidates the values that are watched.
    fn module(&self, candidates: &[usize], watch: &Watch) -> Value {
        let mut units: Vec<(&[Symbol], (Value, Span))> = Vec::new();
        let mut number = 0;
        for options in candidates.chunk_by(|&a, &b| self.candidates[a].is_beside(&self.candidates[b])) {
            let first = &self.candidates[options[0]];
            let mut values = (number..number + options.len()).map(|number| watch.value(number));
            let value = match first.item {
                // A list is found where its first item is, when somebody asks what it took the place of.
                Some(_) => Value::list(values.map(Thunk::from).collect(), watch.place(number)),
                None => values.next().expect("an option that is no list stands alone"),
            };
            // What nobody speaks of is there by our word.
            let name = if first.is_said { watch.names() } else { watch.own_names() };
            units.push((&first.path, (overriding(value, SETTING_PRIORITY, Span::NONE), name)));
            number += options.len();
        }
        nested(&units, 0, watch.names())
    }

    fn watch_over(&mut self, candidates: &[usize], job: &Job) -> Watch {
        let sources = &mut self.session.machine.sources;
        let source = sources.add("<values>", None, " ".repeat(candidates.len() + 2), SourceKind::User);
        let first = sources.file(source).base;
        // As long as any.
        let word = Scalar::Str(ecow::eco_format!("{}{}x", job.word, candidates.len()));
        let watched = |&at: &usize| {
            let Candidate { real, ty, .. } = &self.candidates[at];
            let by_word = matches!(real, Scalar::Str(_)) && ty.as_ref().is_none_or(|ty| scalar_fits(ty, &word));
            let real = job.instead.get(&at).map_or_else(|| real.clone(), |number| self.candidates[at].sort()(*number));
            Watched { real, by_word, looks: Vec::new() }
        };
        Watch::new(first, job.word.clone(), candidates.iter().map(watched).collect())
    }

    /// The objects of the configuration with one more module, under watch.
    fn objects_with(&mut self, module: Value, watch: Watch, candidates: Vec<usize>, share: &Share) -> Seen {
        let machine = &mut self.session.machine;
        let (findings, traces) = (machine.findings.len(), machine.traces.len());
        machine.watch = Some(Box::new(watch));
        machine.beaten.clear();
        let objects = match self.evaluated.configuration.with(machine, [module.into()]) {
            Ok(configuration) => {
                let wanted = |key: Symbol| share.has(key.as_str()) && !self.enough.load(Ordering::Relaxed);
                self.session.lower_unexamined(self.evaluated, &configuration, wanted)
            }
            Err(_) => Vec::new(),
        };
        let dependent = self.dependent(&candidates);
        let machine = &mut self.session.machine;
        let watch = *machine.watch.take().expect("nobody else takes it");
        let errors = machine.findings[findings..].iter().filter(|finding| finding.is_error());
        let labels = errors.flat_map(|error| std::iter::once(&error.primary).chain(&error.secondary));
        let blamed = labels.filter_map(|label| watch.at(label.span)).map(|at| candidates[at]).collect();
        machine.findings.truncate(findings);
        machine.traces.truncate(traces);
        Seen { watch, candidates, objects, dependent, blamed }
    }

    /// Candidates that would have another value in this run if they were not under watch: whoever changes what they are
    /// made of changes them too, unless they are given a value of their own.
    fn dependent(&mut self, candidates: &[usize]) -> Vec<usize> {
        let beaten = std::mem::take(&mut self.session.machine.beaten);
        let (machine, all) = (&mut self.session.machine, self.candidates);
        let beaten = beaten.into_iter().map(|(at, definitions)| (candidates[at], definitions));
        beaten
            .filter(|(at, definitions)| !is_always(machine, &all[together(all, *at)], definitions))
            .map(|(at, _)| at)
            .collect()
    }
}

/// One set of definitions with paths, those of a set next to each other, of which the first `depth` names are the same. Each comes
/// with the place of its last name; `names`: that of all others.
fn nested(units: &[(&[Symbol], (Value, Span))], depth: usize, names: Span) -> Value {
    let mut set = AttrsBuilder::new();
    for inside in units.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]) {
        match inside {
            [(path, (value, name))] if path.len() == depth + 1 => set.add(path[depth], *name, value.clone()),
            _ => set.add(inside[0].0[depth], names, nested(inside, depth + 1, names)),
        };
    }
    Value::attrs(set.build(), Span::NONE)
}

/// Whether these definitions give an option its value, or its items, and nothing under watch is in it.
fn is_always(machine: &mut Evaluator, option: &[Candidate], definitions: &Thunk) -> bool {
    let Ok(Value { kind: Kind::List(values), .. }) = machine.force(definitions) else { return false };
    if values.is_empty() {
        return !option[0].is_said;
    }
    if option[0].item.is_none() {
        return values.iter().all(|value| is_real(machine, value, &option[0].real));
    }
    // Several definitions of a list are one after the other.
    let mut items = Vec::new();
    for value in values.iter() {
        let Ok(Value { kind: Kind::List(more), .. }) = machine.force(value) else { return false };
        items.extend(more.iter().cloned());
    }
    items.len() == option.len() && items.iter().zip(option).all(|(item, option)| is_real(machine, item, &option.real))
}

fn is_real(machine: &mut Evaluator, value: &Thunk, real: &Scalar) -> bool {
    let Ok(value) = machine.force(value) else { return false };
    let watched = machine.watch.as_ref().is_some_and(|watch| watch.is_in(&value));
    !watched && scalar_of(&value).as_ref() == Some(real)
}
