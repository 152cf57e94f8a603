//! Evaluating once more, with values under watch.

use std::time::Instant;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::candidates::Candidate;
use super::forms::{self, Made};
use super::{Charter, Run};
use crate::driver::evaluate::{SETTING_PRIORITY, nested, overriding};
use crate::emit::order;
use crate::eval::scalar_of;
use crate::layers::Object;
use crate::modules::PLAIN;
use crate::node::{Node, NodeKind};
use crate::parallel;
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::types::{Scalar, scalar_fits};
use crate::value::watch::{Look, Watch, Watched};
use crate::value::{Evaluator, Kind, Thunk, Value};

impl Charter<'_> {
    /// Evaluates once more, with all candidates under watch that are not settled, some with other numbers than their own.
    /// What cannot be open is refused.
    pub(super) fn watch(&mut self, instead: &FxHashMap<usize, i64>) -> Result<Run, Vec<usize>> {
        let start = Instant::now();
        let candidates: Vec<usize> = (0..self.candidates.len()).filter(|at| !self.settled.contains(at)).collect();
        let watch = self.watch_over(&candidates, instead);
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
        let (objects, watch, mut refused) = self.objects_with(module, watch, &candidates);
        let form = |mut object: Object| {
            order::arrange(&mut object.node);
            (object.key, forms::form(object.node, &watch, &candidates))
        };
        let ((), made) = parallel::alongside(form, |hand_out| objects.into_iter().for_each(hand_out));
        refused.extend(self.note(&watch, &candidates));
        let mut forms = IndexMap::with_capacity(made.len());
        for (key, Made { form, refused: in_keys }) in made {
            refused.extend(in_keys);
            forms.insert(key, form);
        }
        self.session.timings.add("watch", start.elapsed());
        if refused.is_empty() { Ok(Run { watch, candidates, forms }) } else { Err(refused) }
    }

    fn watch_over(&mut self, candidates: &[usize], instead: &FxHashMap<usize, i64>) -> Watch {
        let sources = &mut self.session.machine.sources;
        let source = sources.add("<values>", None, " ".repeat(candidates.len()), SourceKind::User);
        let first = sources.file(source).base;
        let prefix = self.unlikely();
        let watched = |&at: &usize| {
            let Candidate { real, ty, .. } = &self.candidates[at];
            // As long as any.
            let word = Scalar::Str(ecow::eco_format!("{prefix}{}x", candidates.len()));
            let by_word = matches!(real, Scalar::Str(_)) && ty.as_ref().is_none_or(|ty| scalar_fits(ty, &word));
            let real = instead.get(&at).map_or_else(|| real.clone(), |number| Scalar::Int(*number));
            Watched { real, by_word, looks: Vec::new() }
        };
        Watch::new(first, prefix.clone(), candidates.iter().map(watched).collect())
    }

    /// Letters that are nowhere in the objects.
    fn unlikely(&self) -> EcoString {
        let mut word = EcoString::from("nxkzq");
        while self.objects.iter().any(|object| holds_text(&object.node, &word)) {
            word.push_str("zq");
        }
        word
    }

    /// The objects of the configuration with one more module, under watch, and which candidates depend on others.
    fn objects_with(&mut self, module: Value, watch: Watch, candidates: &[usize]) -> (Vec<Object>, Watch, Vec<usize>) {
        let machine = &mut self.session.machine;
        let (findings, traces) = (machine.findings.len(), machine.traces.len());
        machine.watch = Some(Box::new(watch));
        let objects = match self.evaluated.configuration.with(machine, [module.into()]) {
            Ok(configuration) => self.session.lower_unexamined(self.evaluated, &configuration),
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

    /// Keeps what was asked; gives what was looked into in a way that a chart cannot ask.
    fn note(&mut self, watch: &Watch, candidates: &[usize]) -> Vec<usize> {
        let mut refused = Vec::new();
        for (watched, &at) in watch.values().iter().zip(candidates) {
            for look in &watched.looks {
                match look {
                    Look::AtLeast(number) => drop(self.asked.entry(at).or_default().insert(*number)),
                    Look::Contains(_) => {}
                    Look::Other => refused.push(at),
                }
            }
        }
        refused
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

fn holds_text(node: &Node, text: &str) -> bool {
    match &node.kind {
        NodeKind::Str(found) => found.contains(text),
        NodeKind::List(items) => items.iter().any(|item| holds_text(item, text)),
        NodeKind::Map(map) => map.fields.iter().any(|field| field.key.contains(text) || holds_text(&field.value, text)),
        _ => false,
    }
}
