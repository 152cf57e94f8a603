//! Which options a chart leaves open, found out by watching where their values go.
//!
//! # The idea
//!
//! The configuration is evaluated once more, with the values of all options that an operator may want to change under
//! watch ([`crate::value::watch`]). An option of which nothing but comparisons with known numbers were seen is only handed
//! on: its value stands in fields as it is, or in texts. So a field is open where the watched value, or its word, came out.
//!
//! What is compared decides which parts there are: more than one replica makes a disruption budget. Each outcome
//! is evaluated by itself, with a value that has it, and the results are laid over each other (`outcomes`, `variants`);
//! where they differ, the chart asks the same question. So it is with booleans. Two questions whose answers only together
//! make a difference are found by changing both (`joint`).
//!
//! Watching must not change what it watches. A watched value takes the place of what others define, and where nobody else
//! defines anything any more, since the definition hung on another value, it is not there either.
//!
//! Nothing of this is taken on trust. With the configuration's own values, the result must be its objects to the last
//! field; whatever is not is settled instead of open.
//!
//! # Two threads
//!
//! An evaluation under watch has nothing to do with the compile beside it, so a second thread makes the first one meanwhile
//! (`beside`). Those that depend on what was asked there are shared: each thread makes half of the objects (`runs`). What is asked
//! of a thread and what it answers is plain data (`watcher`), and all answers together say the same, whoever gave them.

mod beside;
mod candidates;
mod environments;
mod finish;
mod forms;
mod joint;
mod outcomes;
mod resources;
mod runs;
mod variants;
mod watcher;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use super::{Coverage, Evaluated, Proved, Session};
use crate::chart::{Chart, Condition, Form, open_names};
use crate::emit::order;
use crate::layers::Object;
use crate::parallel;
use crate::value::watch::Watch;
use beside::Helper;
use candidates::{Candidate, together};

/// A chart, and what was checked on the way.
pub struct Charted {
    /// The chart.
    pub chart: Chart,
    /// How much was checked.
    pub coverage: Coverage,
}

/// The way from the entry file to a chart. What is wrong is in the session's findings.
pub fn chart(session: &mut Session) -> Option<Charted> {
    chart_on(session, parallel::cores())
}

/// The same on so many threads; it takes no more than two.
pub fn chart_on(session: &mut Session, threads: usize) -> Option<Charted> {
    session.forgets = true;
    beside::with_helper(session, threads, |session, helper| {
        let (evaluated, proved) = super::proved(session)?;
        let coverage = proved.coverage();
        if session.has_errors() {
            return None;
        }
        let mut chart = Charter::new(session, &evaluated, proved, helper).chart();
        session.timings.measure("names", || open_names(&mut chart));
        Some(Charted { chart, coverage })
    })
}

/// What finding out needs.
struct Charter<'a> {
    session: &'a mut Session,
    evaluated: &'a Evaluated,
    /// Who watches as well.
    helper: Option<Helper<'a>>,
    /// The objects of YAML mode, in the order in which they can be installed.
    objects: Vec<Object>,
    /// What may be open.
    candidates: Vec<Candidate>,
    /// What turned out not to be.
    settled: BTreeSet<usize>,
    /// Letters that are nowhere in the objects.
    word: EcoString,
    /// From which numbers on there was another answer, by candidate: what was asked so far.
    asked: BTreeMap<usize, BTreeSet<i64>>,
}

/// What came of watching.
struct Run {
    watch: Watch,
    /// Which candidates are watched, by their place in the watch.
    candidates: Vec<usize>,
    /// The objects by key.
    forms: IndexMap<EcoString, Form>,
    /// The candidates at which an error points.
    blamed: Vec<usize>,
}

/// What there is of each object, and when, by key.
type Parts = IndexMap<EcoString, Vec<(Vec<Condition>, Form)>>;

impl Charter<'_> {
    fn new<'a>(
        session: &'a mut Session,
        evaluated: &'a Evaluated,
        proved: Proved,
        helper: Option<Helper<'a>>,
    ) -> Charter<'a> {
        let start = Instant::now();
        let mut objects = proved.objects;
        objects.retain(|object| !evaluated.apart.contains(&object.key));
        objects.iter_mut().for_each(|object| order::arrange(&mut object.node));
        objects.sort_by(|a, b| order::install_key(&a.node).cmp(&order::install_key(&b.node)));
        let candidates = candidates::candidates(&mut session.machine, &evaluated.configuration);
        let (settled, asked) = (BTreeSet::new(), BTreeMap::new());
        let word = runs::unlikely(&objects);
        session.timings.add("options", start.elapsed());
        Charter { session, evaluated, helper, objects, candidates, settled, word, asked }
    }

    /// Each round settles one more candidate or meets one more question, or is the last one.
    fn chart(mut self) -> Chart {
        loop {
            match self.round() {
                Ok((parts, watch)) => return self.finished(parts, &watch),
                Err(refused) => {
                    self.settled.extend(refused.into_iter().flat_map(|at| together(&self.candidates, at)));
                }
            }
        }
    }

    /// The objects with what is open in them, or what has to be settled first.
    fn round(&mut self) -> Result<(Parts, Run), Vec<usize>> {
        let mut plain = self.watch(BTreeMap::new())?;
        let forms = std::mem::take(&mut plain.forms);
        let mut parts: Parts =
            forms.iter().map(|(key, form)| (key.clone(), vec![(Vec::new(), form.clone())])).collect();
        let mut varied = FxHashSet::default();
        let groups: BTreeSet<usize> = self.asked.keys().map(|&at| self.candidates[at].group).collect();
        let asked = self.asked.clone();
        for &group in &groups {
            self.vary(group, &forms, &mut parts, &mut varied)?;
        }
        if asked == self.asked {
            self.confirm_together(&groups, &parts, &plain)?;
        }
        // With another number, something else may have been asked.
        if asked != self.asked {
            return Err(Vec::new());
        }
        let start = Instant::now();
        let compared = self.compare(&mut parts, &plain).and_then(|()| self.settle_unused(&parts, &plain));
        self.session.timings.add("compare", start.elapsed());
        compared?;
        Ok((parts, plain))
    }

    /// With its own values, a chart must give the objects of YAML mode, and no others. What is open in one that it does not give
    /// is refused; one in which nothing is open stands as it is, unless what is watched is what kept it from being made.
    fn compare(&self, parts: &mut Parts, run: &Run) -> Result<(), Vec<usize>> {
        let mut refused = Vec::new();
        let value = |at: usize| &self.candidates[at].real;
        let wanted: FxHashSet<&EcoString> = self.objects.iter().map(|object| &object.key).collect();
        for (_, here) in parts.iter().filter(|(key, _)| !wanted.contains(key)) {
            if here.iter().any(|(when, _)| forms::are_met(when, &value)) {
                refused.extend(self.open_in(here, run));
            }
        }
        for object in &self.objects {
            let here = parts.entry(object.key.clone()).or_default();
            let mut there = here.iter().filter(|(when, _)| forms::are_met(when, &value));
            if there.next().is_some_and(|(_, form)| forms::agrees(form, &object.node, &value)) {
                continue;
            }
            let open = if here.is_empty() { self.open_in(here, run) } else { opened(here) };
            if open.is_empty() {
                *here = vec![(Vec::new(), forms::literally(&object.node))];
            }
            refused.extend(open);
        }
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    /// What is open in an object that is not what it should be. Where nothing is, it is what was blamed, or anything.
    fn open_in(&self, parts: &[(Vec<Condition>, Form)], run: &Run) -> Vec<usize> {
        let open = opened(parts);
        match (open.is_empty(), run.blamed.is_empty()) {
            (false, _) => open,
            (true, false) => run.blamed.clone(),
            (true, true) => run.candidates.clone(),
        }
    }

    /// What is nowhere in the objects cannot be changed in a chart. Where it was compared with something that can, it counts as
    /// a known number from now on.
    fn settle_unused(&self, parts: &Parts, run: &Run) -> Result<(), Vec<usize>> {
        let orders = run.watch.orders().iter().map(|order| (order.lesser, order.greater));
        let compared: Vec<(usize, usize)> = orders.chain(run.watch.differences().iter().copied()).collect();
        if compared.is_empty() {
            return Ok(());
        }
        let mut used = FxHashSet::default();
        for (when, form) in parts.values().flatten() {
            used.extend(when.iter().map(|condition| condition.opening));
            forms::openings(form, &mut |at| used.extend([at]));
        }
        let compared = compared.into_iter().flat_map(|(one, other)| [one, other]).map(|at| run.candidates[at]);
        let unused: Vec<usize> =
            compared.filter(|&at| !together(&self.candidates, at).any(|at| used.contains(&at))).collect();
        if unused.is_empty() { Ok(()) } else { Err(unused) }
    }
}

/// The openings of an object.
fn opened(parts: &[(Vec<Condition>, Form)]) -> Vec<usize> {
    let mut open = Vec::new();
    for (when, form) in parts {
        open.extend(when.iter().map(|condition| condition.opening));
        forms::openings(form, &mut |at| open.push(at));
    }
    open
}
