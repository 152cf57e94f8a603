//! Where values go: from option to option, and at last into the fields of objects.
//!
//! A value knows where it was written, and that goes with it through functions, merges and layers. But one
//! literal may be the value of several options, by `let` or as a default, and then its place alone does not
//! say which of them a field got it from. So the configuration is evaluated once more, and each option
//! whose value was written at a place in question is defined again: to be the same value, over everything
//! else, written at a place of its own, a *mark*. A field with a mark has its value from just this option;
//! and the definition that a mark beat, where it carries another mark, tells where the option has its
//! value from. What is computed from a value (`"http://${host}"`) was written where that is, and is not followed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{quietly, resources};
use crate::driver::evaluate::{nested, overriding};
use crate::driver::{Evaluated, Session};
use crate::eval::Depth;
use crate::graph::declared::Graph;
use crate::layers::Object;
use crate::modules::{Configuration, Fate, PLAIN, Part, STRONGEST, Unit};
use crate::node::{Node, NodeKind};
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::value::{Attr, Attrs, Evaluator, Kind, Result, Thunk, Value};

/// How the values that were written at some places went through the configuration.
#[derive(Default)]
pub(super) struct Flow {
    marks: Vec<Mark>,
    /// The fields that have a marked value, in the order of the objects.
    pub(super) fields: Vec<Field>,
}

/// A marked value.
struct Mark {
    /// Its option, or the part of it that is defined as a whole.
    unit: Vec<Part>,
    /// Itself, inside the unit.
    inner: Vec<Part>,
    /// The mark that its value came from.
    before: Option<usize>,
}

/// A field of an object with a marked value.
pub(super) struct Field {
    /// The object's key in `resources`.
    pub(super) object: String,
    /// The way inside the object.
    pub(super) path: Vec<Part>,
    mark: usize,
}

/// Stronger than anything a configuration can say.
const MARK: i64 = STRONGEST;

impl Flow {
    /// Follows the values that were written at `origins`.
    pub(super) fn follow(session: &mut Session, evaluated: &Evaluated, origins: &FxHashSet<Span>) -> Flow {
        let result: Result<Flow> = quietly(session, |session| {
            let units = evaluated.configuration.units(&mut session.machine, resources());
            let mut marker = Marker::new(&mut session.machine, units, origins);
            if marker.marks.is_empty() {
                return Ok(Flow::default());
            }
            let module = marker.module(&mut session.machine, &evaluated.configuration);
            let marked = evaluated.configuration.with(&mut session.machine, [module.into()])?;
            let mut flow = Flow { marks: std::mem::take(&mut marker.marks), fields: Vec::new() };
            flow.link(&mut session.machine, &marked, &marker.numbers);
            let framework = marked.get(&mut session.machine, &[Symbol::new("framework")])?;
            let framework = session.machine.node(&framework.into(), Depth::Everything, Span::NONE)?;
            let marked = Evaluated {
                configuration: marked,
                framework,
                graph: Graph::default(),
                target: evaluated.target,
                secrets_lock: evaluated.secrets_lock.clone(),
                apart: evaluated.apart.clone(),
            };
            for object in session.lower(&marked).objects {
                flow.find(&object, &marker.numbers);
            }
            Ok(flow)
        });
        result.unwrap_or_default()
    }

    /// Notes for each mark where its value came from: the strongest definition beneath it says so.
    fn link(&mut self, machine: &mut Evaluator, marked: &Configuration, numbers: &FxHashMap<Span, usize>) {
        let mut at = 0;
        while at < self.marks.len() {
            let unit = self.marks[at].unit.clone();
            let end = at + self.marks[at..].iter().take_while(|mark| mark.unit == unit).count();
            let definitions = marked.examine(machine, &unit).map(|place| place.definitions).unwrap_or_default();
            let beneath = definitions.iter().filter(|definition| definition.priority != MARK);
            let strongest = beneath.clone().map(|definition| definition.priority).min();
            for definition in beneath.filter(|definition| Some(definition.priority) == strongest) {
                let Some(value) = &definition.value else { continue };
                let Some(found) = leaves(machine, value) else { continue };
                let found: FxHashMap<Vec<Part>, Span> = found.into_iter().collect();
                for mark in &mut self.marks[at..end] {
                    let same = found.get(&mark.inner);
                    mark.before = mark.before.or_else(|| numbers.get(same?).copied());
                }
            }
            at = end;
        }
    }

    fn find(&mut self, object: &Object, numbers: &FxHashMap<Span, usize>) {
        let mut found = Vec::new();
        leaves_of_node(&object.node, &mut Vec::new(), &mut found);
        for (path, span) in found {
            if let Some(&mark) = numbers.get(&span) {
                self.fields.push(Field { object: object.key.to_string(), path, mark });
            }
        }
    }

    /// The options that a field has its value from, the nearest first.
    pub(super) fn way_to(&self, field: &Field) -> Vec<Vec<Part>> {
        self.chain(Some(field.mark))
    }

    /// The options that the value at `path` has its parts from, the nearest first.
    pub(super) fn before(&self, path: &[Part]) -> Vec<Vec<Part>> {
        let mut options = Vec::new();
        for mark in self.marks.iter().filter(|mark| mark.full().starts_with(path)) {
            for option in self.chain(mark.before) {
                if !option.starts_with(path) && !options.contains(&option) {
                    options.push(option);
                }
            }
        }
        options
    }

    /// The options that have their value, or a part of it, from `path`.
    pub(super) fn behind(&self, path: &[Part]) -> Vec<Vec<Part>> {
        let mut options: Vec<Vec<Part>> = Vec::new();
        for mark in &self.marks {
            let known = options.last() == Some(&mark.unit) || mark.unit.starts_with(path);
            if !known && self.comes_from(mark.before, path) {
                options.push(mark.unit.clone());
            }
        }
        options
    }

    /// The fields that have their value from `path`.
    pub(super) fn fields_from<'a>(&'a self, path: &'a [Part]) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| self.comes_from(Some(field.mark), path))
    }

    fn comes_from(&self, at: Option<usize>, path: &[Part]) -> bool {
        self.steps(at).any(|mark| mark.full().starts_with(path))
    }

    fn chain(&self, at: Option<usize>) -> Vec<Vec<Part>> {
        self.steps(at).map(Mark::full).collect()
    }

    /// A mark, the one that its value came from, and so on.
    fn steps(&self, at: Option<usize>) -> impl Iterator<Item = &Mark> {
        let marks = std::iter::successors(at.map(|at| &self.marks[at]), |mark| Some(&self.marks[mark.before?]));
        // Every step is an evaluation that came first, so there can be no circle; but a bound costs nothing.
        marks.take(self.marks.len())
    }
}

impl Mark {
    /// The way to the value itself.
    fn full(&self) -> Vec<Part> {
        self.unit.iter().chain(&self.inner).copied().collect()
    }
}

/// Hands out marks.
struct Marker {
    /// What is defined again, with the place of its first mark.
    units: Vec<(Unit, u32)>,
    marks: Vec<Mark>,
    numbers: FxHashMap<Span, usize>,
}

impl Marker {
    /// Marks the values in `units` that hold something written at `origins`.
    fn new(machine: &mut Evaluator, units: Vec<Unit>, origins: &FxHashSet<Span>) -> Marker {
        let mut marker = Marker { units: Vec::new(), marks: Vec::new(), numbers: FxHashMap::default() };
        for unit in units {
            let Some(found) = leaves(machine, &unit.value) else { continue };
            if found.iter().any(|(_, origin)| origins.contains(origin)) {
                let path: Vec<Part> = unit.path.iter().copied().map(Part::Name).collect();
                marker.units.push((unit, marker.marks.len() as u32));
                marker.marks.extend(found.into_iter().map(|(inner, _)| Mark {
                    unit: path.clone(),
                    inner,
                    before: None,
                }));
            }
        }
        let source = machine.sources.add("<marks>", None, " ".repeat(marker.marks.len()), SourceKind::User);
        let base = machine.sources.file(source).base;
        let place = |at: usize| Span::new(base + at as u32, base + at as u32 + 1);
        marker.numbers = (0..marker.marks.len()).map(|at| (place(at), at)).collect();
        marker.units.iter_mut().for_each(|(_, first)| *first += base);
        marker
    }

    /// A module that defines all units again, written at their marks.
    fn module(&self, machine: &mut Evaluator, configuration: &Configuration) -> Value {
        let mut units: Vec<(&[Symbol], Value)> = Vec::with_capacity(self.units.len());
        for (unit, first) in &self.units {
            let value = remade(machine, &unit.value, &mut first.clone());
            units.push((&unit.path, overriding(value, MARK, Span::NONE)));
        }
        nested(&units, 0, &mut |around| {
            let around: Vec<Part> = around.iter().copied().map(Part::Name).collect();
            strength(machine, configuration, &around).unwrap_or(PLAIN)
        })
    }
}

/// The priority of the definitions that count at a place.
fn strength(machine: &mut Evaluator, configuration: &Configuration, path: &[Part]) -> Option<i64> {
    let place = configuration.examine(machine, path).ok()?;
    let counting = place.definitions.iter().filter(|definition| definition.fate == Fate::Counts);
    counting.map(|definition| definition.priority).min()
}

/// The scalars in a value, each with its place; what cannot be computed is left out. Nothing if there is no end
/// to it: a value may hold itself.
pub(super) fn leaves(machine: &mut Evaluator, value: &Value) -> Option<Vec<(Vec<Part>, Span)>> {
    let mut leaves = Leaves { path: Vec::new(), found: Vec::new(), seen: 0 };
    leaves.collect(machine, value);
    (leaves.seen <= MOST_PARTS).then_some(leaves.found)
}

/// A value with more parts, or nested deeper, has no end that anyone would want to know.
const MOST_PARTS: usize = 1_000_000;
const DEEPEST: usize = 1_000;

struct Leaves {
    /// The way to where the walk is.
    path: Vec<Part>,
    found: Vec<(Vec<Part>, Span)>,
    /// How many parts have been met; more than [`MOST_PARTS`] where the walk was given up.
    seen: usize,
}

impl Leaves {
    fn collect(&mut self, machine: &mut Evaluator, value: &Value) {
        match &value.kind {
            Kind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.inside(machine, Part::Item(at), item);
                }
            }
            Kind::Attrs(entries) => {
                for attr in entries.sorted() {
                    self.inside(machine, Part::Name(attr.name), &attr.value);
                }
            }
            Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Type(_) => {}
            _ => self.found.push((self.path.clone(), value.origin)),
        }
    }

    fn inside(&mut self, machine: &mut Evaluator, part: Part, thunk: &Thunk) {
        self.seen += 1;
        if self.seen > MOST_PARTS {
            return;
        }
        if self.path.len() >= DEEPEST {
            self.seen = MOST_PARTS + 1;
            return;
        }
        self.path.push(part);
        if let Ok(value) = machine.force(thunk) {
            self.collect(machine, &value);
        }
        self.path.pop();
    }
}

/// The same value with each scalar, in the order of [`leaves`], written at the next place.
fn remade(machine: &mut Evaluator, value: &Value, next: &mut u32) -> Value {
    let mut inside = |thunk: &Thunk, next: &mut u32| match machine.force(thunk) {
        Ok(value) => remade(machine, &value, next).into(),
        Err(_) => thunk.clone(),
    };
    let kind = match &value.kind {
        Kind::List(items) => {
            return Value::list(items.iter().map(|item| inside(item, next)).collect(), value.origin);
        }
        Kind::Attrs(entries) => {
            let remade = |attr: &Attr| Attr { value: inside(&attr.value, next), ..attr.clone() };
            Kind::Attrs(Attrs::new(entries.sorted().into_iter().map(remade).collect()))
        }
        Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Type(_) => return value.clone(),
        scalar => {
            let span = Span::new(*next, *next + 1);
            *next += 1;
            return Value::new(scalar.clone(), span);
        }
    };
    Value::new(kind, value.origin)
}

/// The scalars in finished data, each with its place.
pub(super) fn leaves_of_node(node: &Node, path: &mut Vec<Part>, out: &mut Vec<(Vec<Part>, Span)>) {
    match &node.kind {
        NodeKind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Part::Item(at));
                leaves_of_node(item, path, out);
                path.pop();
            }
        }
        NodeKind::Map(map) => {
            for field in &map.fields {
                path.push(Part::Name(Symbol::new(&field.key)));
                leaves_of_node(&field.value, path, out);
                path.pop();
            }
        }
        _ => out.push((path.clone(), node.span)),
    }
}
