//! Which options a chart leaves open, found out by watching where their values go.
//!
//! # The idea
//!
//! The configuration is evaluated once more, with the values of all options that an operator may want to change under
//! watch ([`crate::value::watch`]). An option of which nothing but comparisons with known numbers were seen is only handed
//! on: its value stands in fields as it is, or in texts. So a field is open where the watched value, or its word, came out.
//!
//! What is compared decides which parts there are: more than one replica makes a disruption budget. Each outcome
//! is evaluated by itself, with a value that has it, and the results are laid over each other ([`variants`]); where they differ,
//! the chart asks the same question.
//!
//! Nothing of this is taken on trust. With the configuration's own values, the result must be its objects to the last
//! field; whatever is not is settled instead of open ([`agrees`]).

mod candidates;
mod environments;
mod forms;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::evaluate::{SETTING_PRIORITY, nested, overriding};
use super::{Coverage, Evaluated, Proved, Session};
use crate::chart::{Chart, Condition, Form, Guard, Opening, Template, open_names};
use crate::emit::order;
use crate::layers::Object;
use crate::lower::reveal_secrets;
use crate::modules::PLAIN;
use crate::node::{Node, NodeKind};
use crate::parallel;
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::types::{Scalar, scalar_fits};
use crate::value::Value;
use crate::value::watch::{Look, Watch, Watched};
use candidates::Candidate;
use forms::Made;
use variants::Range;

/// A chart, and what was checked on the way.
pub struct Charted {
    /// The chart.
    pub chart: Chart,
    /// How much was checked.
    pub coverage: Coverage,
}

/// The way from the entry file to a chart. What is wrong is in the session's findings.
pub fn chart(session: &mut Session) -> Option<Charted> {
    let (evaluated, proved) = super::proved(session)?;
    let coverage = proved.coverage();
    if session.has_errors() {
        return None;
    }
    let start = Instant::now();
    let mut chart = Charter::new(session, &evaluated, proved).chart();
    open_names(&mut chart);
    session.timings.add("chart", start.elapsed());
    Some(Charted { chart, coverage })
}

/// What finding out needs.
struct Charter<'a> {
    session: &'a mut Session,
    evaluated: &'a Evaluated,
    /// The objects of YAML mode, in the order in which they can be installed.
    objects: Vec<Object>,
    /// What may be open.
    candidates: Vec<Candidate>,
    /// What turned out not to be.
    settled: FxHashSet<usize>,
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
}

/// What there is of each object, and when, by key.
type Parts = IndexMap<EcoString, Vec<(Vec<Condition>, Form)>>;

/// A number of which more than this is asked is not worth opening.
const MOST_RANGES: usize = 4;

impl Charter<'_> {
    fn new<'a>(session: &'a mut Session, evaluated: &'a Evaluated, proved: Proved) -> Charter<'a> {
        let mut objects = proved.objects;
        objects.retain(|object| !evaluated.apart.contains(&object.key));
        objects.iter_mut().for_each(|object| order::arrange(&mut object.node));
        objects.sort_by(|a, b| order::install_key(&a.node).cmp(&order::install_key(&b.node)));
        let candidates = candidates::candidates(&mut session.machine, &evaluated.configuration);
        let (settled, asked) = (FxHashSet::default(), BTreeMap::new());
        Charter { session, evaluated, objects, candidates, settled, asked }
    }

    /// Each round settles one more candidate or meets one more question, or is the last one.
    fn chart(mut self) -> Chart {
        loop {
            match self.round() {
                Ok((parts, watch)) => return self.finished(parts, &watch),
                Err(refused) => self.settled.extend(refused),
            }
        }
    }

    /// The objects with what is open in them, or what has to be settled first.
    fn round(&mut self) -> Result<(Parts, Run), Vec<usize>> {
        let mut plain = self.watch(&FxHashMap::default())?;
        let forms = std::mem::take(&mut plain.forms);
        let mut parts: Parts =
            forms.iter().map(|(key, form)| (key.clone(), vec![(Vec::new(), form.clone())])).collect();
        let mut varied = FxHashSet::default();
        let groups: BTreeSet<usize> = self.asked.keys().map(|&at| self.candidates[at].group).collect();
        let asked = self.asked.clone();
        for group in groups {
            self.vary(group, &forms, &mut parts, &mut varied)?;
        }
        // With another number, something else may have been asked.
        if asked != self.asked {
            return Err(Vec::new());
        }
        self.compare(&mut parts)?;
        self.settle_unused(&parts, &plain)?;
        Ok((parts, plain))
    }

    /// Makes the objects again for all the other answers to what was asked of a group.
    fn vary(
        &mut self,
        group: usize,
        plain: &IndexMap<EcoString, Form>,
        parts: &mut Parts,
        varied: &mut FxHashSet<EcoString>,
    ) -> Result<(), Vec<usize>> {
        let ranges = self.ranges(group);
        let too_many: Vec<usize> =
            ranges.iter().filter(|(_, ranges)| ranges.len() > MOST_RANGES).map(|(&at, _)| at).collect();
        if !too_many.is_empty() {
            return Err(too_many);
        }
        let rounds = ranges.values().map(|ranges| ranges.len().saturating_sub(1)).max().unwrap_or_default();
        let mut instead = vec![FxHashMap::default(); rounds];
        for (&at, ranges) in &ranges {
            let others = ranges.iter().filter(|range| !range.holds(self.number(at)));
            for (range, instead) in others.zip(&mut instead) {
                instead.insert(at, range.example());
            }
        }
        let mut made = Vec::with_capacity(rounds);
        for instead in &instead {
            made.push(self.watch(instead)?.forms);
        }
        let owners = self.owners(ranges.keys().copied());
        let keys: BTreeSet<&EcoString> = made.iter().flat_map(IndexMap::keys).chain(plain.keys()).collect();
        for key in keys {
            let own = plain.get(key);
            let Some(form) = own.into_iter().chain(made.iter().filter_map(|forms| forms.get(key))).next() else {
                continue;
            };
            if made.iter().all(|forms| forms.get(key) == own) {
                continue;
            }
            // What changes with a number that it does not belong to is beyond a chart.
            let Some(&at) = owners.get(&owner(form)) else { return Err(ranges.into_keys().collect()) };
            if !varied.insert(key.clone()) {
                return Err(vec![at]);
            }
            let mut others = made.iter();
            let variants: variants::Variants<'_> = ranges[&at]
                .iter()
                .map(|range| match range.holds(self.number(at)) {
                    true => (*range, own),
                    false => (*range, others.next().and_then(|forms| forms.get(key))),
                })
                .collect();
            parts.insert(key.clone(), variants::merged(at, &variants));
        }
        Ok(())
    }

    /// The ranges of the numbers in a group of which something is asked.
    fn ranges(&self, group: usize) -> BTreeMap<usize, Vec<Range>> {
        let asked = self.asked.iter().filter(|(at, _)| self.candidates[**at].group == group);
        let open = asked.filter(|(at, _)| !self.settled.contains(at));
        open.map(|(&at, bounds)| (at, Range::all(bounds, self.candidates[at].ty.as_ref()))).collect()
    }

    fn number(&self, at: usize) -> i64 {
        if let Scalar::Int(number) = self.candidates[at].real { number } else { 0 }
    }

    /// Whom objects belong to of which these numbers decide.
    fn owners(&self, candidates: impl Iterator<Item = usize>) -> FxHashMap<(EcoString, EcoString), usize> {
        candidates.map(|at| (self.candidates[at].owner.clone(), at)).collect()
    }

    /// Evaluates once more, with all candidates under watch that are not settled, some with other numbers than their own.
    /// What cannot be open is refused.
    fn watch(&mut self, instead: &FxHashMap<usize, i64>) -> Result<Run, Vec<usize>> {
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
        let (objects, watch) = self.objects_with(module, watch);
        let form = |mut object: Object| {
            order::arrange(&mut object.node);
            (object.key, forms::form(object.node, &watch, &candidates))
        };
        let ((), made) = parallel::alongside(form, |hand_out| objects.into_iter().for_each(hand_out));
        let mut refused = self.note(&watch, &candidates);
        let mut forms = IndexMap::with_capacity(made.len());
        for (key, Made { form, refused: in_keys }) in made {
            refused.extend(in_keys);
            forms.insert(key, form);
        }
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

    /// The objects of the configuration with one more module, under watch.
    fn objects_with(&mut self, module: Value, watch: Watch) -> (Vec<Object>, Watch) {
        let machine = &mut self.session.machine;
        let (findings, traces) = (machine.findings.len(), machine.traces.len());
        machine.watch = Some(Box::new(watch));
        let objects = match self.evaluated.configuration.with(machine, [module.into()]) {
            Ok(configuration) => self.session.lower_unexamined(self.evaluated, &configuration),
            Err(_) => Vec::new(),
        };
        let machine = &mut self.session.machine;
        machine.findings.truncate(findings);
        machine.traces.truncate(traces);
        (objects, *machine.watch.take().expect("nobody else takes it"))
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

    /// With its own values, a chart must give the objects of YAML mode. What is open in one that it does not give is refused;
    /// one in which nothing is open stands as it is.
    fn compare(&self, parts: &mut Parts) -> Result<(), Vec<usize>> {
        let mut refused = Vec::new();
        for object in &self.objects {
            let here = parts.entry(object.key.clone()).or_default();
            let value = |at: usize| &self.candidates[at].real;
            let mut there = here.iter().filter(|(when, _)| forms::are_met(when, &value));
            if there.next().is_some_and(|(_, form)| forms::agrees(form, &object.node, &value)) {
                continue;
            }
            let before = refused.len();
            for (when, form) in here.iter() {
                refused.extend(when.iter().map(|condition| condition.opening));
                forms::openings(form, &mut |at| refused.push(at));
            }
            if refused.len() == before {
                *here = vec![(Vec::new(), forms::literally(&object.node))];
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    /// Numbers the openings anew: only those that are used, by path.
    fn number_openings(&self, templates: &mut [Template]) -> IndexMap<usize, usize> {
        let mut used = BTreeSet::new();
        for template in &*templates {
            used.extend(template.when.iter().map(|condition| condition.opening));
            forms::openings(&template.form, &mut |at| used.extend([at]));
        }
        let name = |at: usize| self.candidates[at].path.iter().map(|name| name.as_str());
        let mut used: Vec<usize> = used.into_iter().collect();
        used.sort_by(|&a, &b| name(a).cmp(name(b)));
        let numbers: IndexMap<usize, usize> = used.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        for template in templates {
            template.when.iter_mut().for_each(|condition| condition.opening = numbers[&condition.opening]);
            forms::renumber(&mut template.form, &numbers);
        }
        numbers
    }

    /// What must hold between openings: the order of numbers that were compared with each other, and that no request is above
    /// its limit, which are said of each application in full.
    fn guards(&self, numbers: &IndexMap<usize, usize>, run: &Run) -> Vec<Guard> {
        let number = |at: usize| numbers.get(&at).copied();
        let compared = run.watch.orders().iter().filter_map(|order| {
            let (lesser, greater) = (run.candidates[order.lesser], run.candidates[order.greater]);
            let (lesser, greater) = (number(lesser)?, number(greater)?);
            Some(Guard { lesser, greater, strict: order.strict, quantities: false })
        });
        let by_path: FxHashMap<&[Symbol], usize> =
            numbers.iter().map(|(&old, &new)| (self.candidates[old].path.as_slice(), new)).collect();
        let amounts = numbers.iter().filter_map(|(&old, &lesser)| {
            let mut path = self.candidates[old].path.clone();
            let at = path.len().checked_sub(2).filter(|&at| path[at].as_str() == "requests")?;
            path[at] = Symbol::new("limits");
            Some(Guard { lesser, greater: *by_path.get(path.as_slice())?, strict: false, quantities: true })
        });
        let mut guards: Vec<Guard> = compared.chain(amounts).collect();
        guards.sort_by_key(|guard| (guard.greater, guard.lesser, guard.strict));
        guards
    }

    /// Puts the bytes of secrets into the templates, as they stand in the manifests.
    fn reveal(&mut self, templates: &mut [Template]) {
        let mut secrets = Vec::new();
        templates.iter_mut().for_each(|template| forms::secrets(&mut template.form, &mut secrets));
        for secret in secrets {
            reveal_secrets(&mut self.session.machine, std::slice::from_mut(secret));
        }
    }

    /// What is nowhere in the objects cannot be changed in a chart. Where it was compared with something that can, it counts as
    /// a known number from now on.
    fn settle_unused(&self, parts: &Parts, run: &Run) -> Result<(), Vec<usize>> {
        if run.watch.orders().is_empty() {
            return Ok(());
        }
        let mut used = FxHashSet::default();
        for (when, form) in parts.values().flatten() {
            used.extend(when.iter().map(|condition| condition.opening));
            forms::openings(form, &mut |at| used.extend([at]));
        }
        let compared = run.watch.orders().iter().flat_map(|order| [order.lesser, order.greater]);
        let unused: Vec<usize> = compared.map(|at| run.candidates[at]).filter(|at| !used.contains(at)).collect();
        if unused.is_empty() { Ok(()) } else { Err(unused) }
    }

    /// The chart of these objects. Its openings are those that are used, by path.
    fn finished(mut self, parts: Parts, run: &Run) -> Chart {
        let place: FxHashMap<&str, usize> =
            self.objects.iter().enumerate().map(|(at, object)| (object.key.as_str(), at)).collect();
        let mut templates: Vec<Template> = parts
            .into_iter()
            .flat_map(|(key, parts)| {
                parts.into_iter().map(move |(when, form)| Template { key: key.clone(), when, only_own: false, form })
            })
            .collect();
        // Objects that are not there by default stand behind those that are.
        templates.sort_by_key(|template| place.get(template.key.as_str()).copied().unwrap_or(usize::MAX));
        let numbers = self.number_openings(&mut templates);
        let looks = |at: &usize| run.candidates.binary_search(at).map_or(&[][..], |at| &run.watch.values()[at].looks);
        let openings: Vec<Opening> = numbers.keys().map(|at| self.candidates[*at].opening(looks(at))).collect();
        let guards = self.guards(&numbers, run);
        let environments = environments::environments(self.session, self.evaluated, &templates, &openings);
        self.reveal(&mut templates);
        let framework = |name: &str| self.evaluated.framework.get(name).and_then(Node::as_str);
        Chart {
            name: framework("project").unwrap_or("project").to_string(),
            namespace: framework("namespace").unwrap_or("default").to_string(),
            kubernetes: self.evaluated.target.version.minor().to_string(),
            templates,
            openings,
            guards,
            environments,
            longest_release: usize::MAX,
        }
    }
}

/// Whom an object belongs to, by its labels.
fn owner(form: &Form) -> (EcoString, EcoString) {
    let text = |path: &[&str]| forms::text_at(form, path).cloned().unwrap_or_default();
    (text(&["metadata", "namespace"]), text(&["metadata", "labels", "app.kubernetes.io/name"]))
}

fn holds_text(node: &Node, text: &str) -> bool {
    match &node.kind {
        NodeKind::Str(found) => found.contains(text),
        NodeKind::List(items) => items.iter().any(|item| holds_text(item, text)),
        NodeKind::Map(map) => map.fields.iter().any(|field| field.key.contains(text) || holds_text(&field.value, text)),
        _ => false,
    }
}
