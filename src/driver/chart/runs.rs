//! What came of evaluating once more, whoever did it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ecow::EcoString;
use indexmap::IndexMap;

use super::forms::{self, Made};
use super::watcher::{Job, Seen, Share, Watcher};
use super::{Charter, Run};
use crate::emit::order;
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::parallel;
use crate::value::watch::{Look, Watch};

impl Charter<'_> {
    /// Evaluates once more, with all candidates under watch that are not settled, some with other numbers than their own.
    /// What cannot be open is refused.
    pub(super) fn watch(&mut self, instead: BTreeMap<usize, i64>) -> Result<Run, Vec<usize>> {
        let start = Instant::now();
        let (settled, word) = (self.settled.clone(), self.word.clone());
        let seen = self.seen(Job { settled, instead, word, share: Share::Whole });
        let run = self.run(seen);
        self.session.timings.add("watch", start.elapsed());
        run
    }

    /// What comes of a job: done by the helper, where it has begun with it, and else half by half.
    fn seen(&mut self, job: Job) -> Vec<Seen> {
        let Some(mut helper) = self.helper.take() else { return vec![self.watched(&job)] };
        if let Some(seen) = helper.answer_begun(&job) {
            self.helper = Some(helper);
            return vec![seen];
        }
        let middle = self.middle();
        let [own, other] =
            [Share::Before(middle.clone()), Share::From(middle)].map(|share| Job { share, ..job.clone() });
        if !helper.ask(other.clone()) {
            return vec![self.watched(&job)];
        }
        let own = self.watched(&own);
        match helper.answer() {
            Some(other) => {
                self.helper = Some(helper);
                vec![own, other]
            }
            None => vec![own, self.watched(&other)],
        }
    }

    /// What comes of a job on this thread.
    fn watched(&mut self, job: &Job) -> Seen {
        let (session, evaluated, candidates) = (&mut *self.session, self.evaluated, self.candidates.as_slice());
        Watcher { session, evaluated, candidates, enough: &AtomicBool::new(false) }.watch(job)
    }

    /// The name that as many objects are before as behind.
    fn middle(&self) -> EcoString {
        let mut names: Vec<&str> = self.objects.iter().map(|object| Share::name(&object.key)).collect();
        let middle = names.len() / 2;
        if names.is_empty() { EcoString::new() } else { (*names.select_nth_unstable(middle).1).into() }
    }

    /// What was seen in all parts, together.
    fn run(&mut self, mut parts: Vec<Seen>) -> Result<Run, Vec<usize>> {
        let (mut objects, mut homes) = (Vec::new(), Vec::new());
        for (home, part) in parts.iter_mut().enumerate() {
            homes.resize(homes.len() + part.objects.len(), home);
            objects.append(&mut part.objects);
        }
        self.session.complete_unexamined(self.evaluated, &mut objects);
        let form = |(home, mut object): (usize, Object)| {
            order::arrange(&mut object.node);
            let part: &Seen = &parts[home];
            (object.key, forms::form(object.node, &part.watch, &part.candidates))
        };
        let deployed = homes.into_iter().zip(objects).filter(|(_, object)| !self.evaluated.apart.contains(&object.key));
        let ((), made) = parallel::alongside(form, |hand_out| deployed.for_each(hand_out));
        let mut forms = IndexMap::with_capacity(made.len());
        let mut refused = Vec::new();
        for (key, Made { form, refused: in_keys }) in made {
            refused.extend(in_keys);
            forms.insert(key, form);
        }
        forms.sort_unstable_keys();
        refused.extend(parts.iter().flat_map(|part| &part.dependent));
        let blamed = parts.iter().flat_map(|part| &part.blamed).copied().collect();
        let candidates = parts.first().map(|part| part.candidates.clone()).unwrap_or_default();
        let watch = Watch::together(parts.into_iter().map(|part| part.watch)).expect("a job has at least one part");
        refused.extend(self.note(&watch, &candidates));
        if refused.is_empty() { Ok(Run { watch, candidates, forms, blamed }) } else { Err(refused) }
    }

    /// Keeps what was asked; gives what was looked into in a way that a chart cannot ask.
    fn note(&mut self, watch: &Watch, candidates: &[usize]) -> Vec<usize> {
        let mut refused = Vec::new();
        for (watched, &at) in watch.values().iter().zip(candidates) {
            for look in &watched.looks {
                match look {
                    // Numbers that decide are scalars of their own.
                    Look::AtLeast(_) if self.candidates[at].item.is_some() => refused.push(at),
                    Look::AtLeast(number) => drop(self.asked.entry(at).or_default().insert(*number)),
                    Look::Contains(_) | Look::Differs(_) => {}
                    Look::Other => refused.push(at),
                }
            }
        }
        refused
    }
}

/// Letters that are nowhere in the objects: those that a chart begins with, or more of them.
pub(super) fn unlikely(objects: &[Object]) -> EcoString {
    let mut word = Job::first().word;
    while objects.iter().any(|object| holds_text(&object.node, &word)) {
        word.push_str("zq");
    }
    word
}

fn holds_text(node: &Node, text: &str) -> bool {
    match &node.kind {
        NodeKind::Str(found) => found.contains(text),
        NodeKind::List(items) => items.iter().any(|item| holds_text(item, text)),
        NodeKind::Map(map) => map.fields.iter().any(|field| field.key.contains(text) || holds_text(&field.value, text)),
        _ => false,
    }
}
