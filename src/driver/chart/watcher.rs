//! Evaluating once more, with values under watch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use ecow::EcoString;

use super::candidates::Candidate;
use crate::driver::evaluate::{SETTING_PRIORITY, nested, overriding};
use crate::driver::{Evaluated, Session};
use crate::eval::scalar_of;
use crate::layers::Object;
use crate::modules::PLAIN;
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::types::{Scalar, scalar_fits};
use crate::value::watch::{Watch, Watched};
use crate::value::{Evaluator, Kind, Thunk, Value};

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
        let units: Vec<(&[Symbol], Value)> = candidates
            .iter()
            .enumerate()
            .map(|(number, &at)| {
                // The names on the way are written nowhere: only values have places under watch.
                let value = overriding(watch.value(number), SETTING_PRIORITY, Span::NONE);
                (self.candidates[at].path.as_slice(), value)
            })
            .collect();
        let module = nested(&units, 0, &mut |_| PLAIN);
        let (objects, watch, dependent) = self.objects_with(module, watch, (&candidates, &job.share));
        Seen { watch, candidates, objects, dependent }
    }

    fn watch_over(&mut self, candidates: &[usize], job: &Job) -> Watch {
        let sources = &mut self.session.machine.sources;
        let source = sources.add("<values>", None, " ".repeat(candidates.len()), SourceKind::User);
        let first = sources.file(source).base;
        // As long as any.
        let word = Scalar::Str(ecow::eco_format!("{}{}x", job.word, candidates.len()));
        let watched = |&at: &usize| {
            let Candidate { real, ty, .. } = &self.candidates[at];
            let by_word = matches!(real, Scalar::Str(_)) && ty.as_ref().is_none_or(|ty| scalar_fits(ty, &word));
            let real = job.instead.get(&at).map_or_else(|| real.clone(), |number| Scalar::Int(*number));
            Watched { real, by_word, looks: Vec::new() }
        };
        Watch::new(first, job.word.clone(), candidates.iter().map(watched).collect())
    }

    /// The objects of the configuration with one more module, under watch, and which candidates depend on others.
    fn objects_with(
        &mut self,
        module: Value,
        watch: Watch,
        (candidates, share): (&[usize], &Share),
    ) -> (Vec<Object>, Watch, Vec<usize>) {
        let machine = &mut self.session.machine;
        let (findings, traces) = (machine.findings.len(), machine.traces.len());
        machine.watch = Some(Box::new(watch));
        let objects = match self.evaluated.configuration.with(machine, [module.into()]) {
            Ok(configuration) => {
                let wanted = |key: Symbol| share.has(key.as_str()) && !self.enough.load(Ordering::Relaxed);
                self.session.lower_unexamined(self.evaluated, &configuration, wanted)
            }
            Err(_) => Vec::new(),
        };
        let dependent = self.dependent(candidates);
        let machine = &mut self.session.machine;
        machine.findings.truncate(findings);
        machine.traces.truncate(traces);
        (objects, *machine.watch.take().expect("nobody else takes it"), dependent)
    }

    /// Candidates that would have another value in this run if they were not under watch: whoever changes what they are
    /// made of changes them too, unless they are given a value of their own.
    fn dependent(&mut self, candidates: &[usize]) -> Vec<usize> {
        let beaten = std::mem::take(&mut self.session.machine.beaten);
        let machine = &mut self.session.machine;
        let beaten = beaten.into_iter().map(|(at, definitions)| (candidates[at], definitions));
        beaten
            .filter(|(at, definitions)| !is_always(machine, &self.candidates[*at].real, definitions))
            .map(|(at, _)| at)
            .collect()
    }
}

/// Whether these definitions give this value, and nothing under watch is in it.
fn is_always(machine: &mut Evaluator, real: &Scalar, definitions: &Thunk) -> bool {
    let Ok(Value { kind: Kind::List(values), .. }) = machine.force(definitions) else { return false };
    values.iter().all(|value| {
        let Ok(value) = machine.force(value) else { return false };
        let watched = machine.watch.as_ref().is_some_and(|watch| watch.is_in(&value));
        !watched && scalar_of(&value).as_ref() == Some(real)
    })
}
