//! `options`, as modules see it: the tree of declarations, and what became of each.

use std::rc::Rc;

use super::definitions::{Settled, Winners};
use super::site::path_value;
use super::tree::{Child, Group, Leaf, Node};
use super::words::words;
use crate::source::Span;
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Host, Kind, List, Result, Thunk, Value};

/// What can be told of an option once its definitions are settled.
type Told = fn(&mut Evaluator, Winners) -> Result<Kind>;

const TOLD: &[(&str, Told)] = &[
    ("isDefined", |_, found| Ok(Kind::Bool(!found.definitions.is_empty()))),
    ("highestPrio", |_, found| Ok(Kind::Int(found.highest()))),
    ("definitions", |_, found| Ok(list(found.definitions.into_iter().map(|settled| settled.value)))),
    ("definitionsWithLocations", |machine, found| {
        Ok(list(found.definitions.iter().map(|settled| machine.definition_set(settled))))
    }),
    ("files", |machine, found| {
        Ok(list(found.definitions.iter().map(|settled| machine.file_of(settled.value.origin.or(settled.key)))))
    }),
];

impl Evaluator {
    /// The options of a group.
    pub(super) fn group_options(&mut self, group: &Rc<Group>) -> Value {
        let entry = |(at, child): (usize, &Child)| {
            let inside = group.clone();
            let value = Thunk::defer(move |machine| match machine.node_at(&inside, at)? {
                Node::Group(group) => Ok(machine.group_options(&group)),
                Node::Leaf(leaf) => Ok(machine.option_set(&leaf)),
            });
            Attr { name: child.name, span: child.span, value }
        };
        Value::attrs(Attrs::new(group.children.iter().enumerate().map(entry).collect()), Span::NONE)
    }

    /// An option: what its declarations say, and what became of it.
    fn option_set(&mut self, leaf: &Rc<Leaf>) -> Value {
        let span = leaf.site.declared;
        let mut set = AttrsBuilder::new();
        set.add(words().mark, span, Value::string("option", span));
        set.add(words().loc, span, path_value(&leaf.site.path)).add(words().value, span, leaf.value.clone());
        for (name, tell) in TOLD {
            let leaf = leaf.clone();
            let value = Thunk::defer(move |machine| {
                let definitions = leaf.definitions(machine)?;
                let winners = machine.settle(&definitions)?;
                Ok(Value::new(tell(machine, winners)?, span))
            });
            set.add(*name, span, value);
        }
        let files = leaf.declared.places().map(|place| self.file_of(place));
        set.add("declarations", span, Value::new(list(files), span));
        let places = leaf.declared.places().map(|place| Value::attrs(self.position(place), place));
        set.add("declarationPositions", span, Value::new(list(places), span));
        let of = leaf.clone();
        let ty = Thunk::defer(move |machine| Ok(Value::new(Kind::Type(of.ty(machine)?), span)));
        set.add(words().ty, span, ty);
        let text = Value::string(leaf.site.path.to_string(), span);
        let shown = Host { name: "__toString", of: None, run: Box::new(move |_, _, _| Ok(text.clone())) };
        set.add("__toString", span, Value::new(Kind::Host(Rc::new(shown)), span));
        Value::attrs(leaf.declared.says.update(&set.build()), span)
    }

    /// A definition as functions of the language see it: `{ file; value; }`.
    pub(super) fn definition_set(&self, settled: &Settled) -> Value {
        let place = settled.value.origin.or(settled.key);
        let mut set = AttrsBuilder::new();
        set.add("file", place, self.file_of(place)).add(words().value, settled.key, settled.value.clone());
        Value::attrs(set.build(), place)
    }

    /// The name of the file that a place is in.
    fn file_of(&self, place: Span) -> Value {
        let file = self.sources.location(place).map_or_else(|| "<unknown>".to_string(), |place| place.file);
        Value::string(file, place)
    }
}

fn list(values: impl IntoIterator<Item = Value>) -> Kind {
    Kind::List(List::new(values.into_iter().map(Thunk::from).collect()))
}
