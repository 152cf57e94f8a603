//! Looking at options instead of through them: `options` for modules, types for `--set`, and the
//! definitions behind a value for explanations.

use std::rc::Rc;

use super::Provenance;
use super::definitions::{Settled, Winners};
use super::submodule::Submodule;
use super::tree::{Group, Leaf, Node};
use super::words::words;
use crate::eval::Path;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Kind, List, Result, Thunk, Value};

impl Evaluator {
    /// `options`, as modules see it: the tree of declarations, each with its definitions and value.
    pub(super) fn group_options(&mut self, group: &Rc<Group>) -> Value {
        let entry = |(at, child): (usize, &super::tree::Child)| {
            let inside = group.clone();
            let value = Thunk::defer(move |machine| match machine.node_at(&inside, at)? {
                Node::Group(group) => Ok(machine.group_options(&group)),
                Node::Leaf(leaf) => Ok(option_set(&leaf)),
            });
            Attr { name: child.name, span: child.span, value }
        };
        Value::attrs(Attrs::new(group.children.iter().enumerate().map(entry).collect()), Span::NONE)
    }

    /// The type of what is at `path` in a group.
    pub(super) fn type_in_group(&mut self, group: &Rc<Group>, path: &[Symbol]) -> Option<TypeRef> {
        let (first, rest) = path.split_first()?;
        let Some(at) = group.find(*first) else {
            let freeform = group.freeform.clone()?;
            return self.type_inside(&freeform, path);
        };
        match self.node_at(group, at).ok()? {
            Node::Leaf(leaf) => {
                let ty = leaf.ty(self).ok()?;
                self.type_inside(&ty, rest)
            }
            Node::Group(_) if rest.is_empty() => None,
            Node::Group(inner) => self.type_in_group(&inner, rest),
        }
    }

    /// The type of what is at `path` in a value of type `ty`.
    fn type_inside(&mut self, ty: &TypeRef, path: &[Symbol]) -> Option<TypeRef> {
        let ty = self.resolve(ty).ok()?;
        let Some((first, rest)) = path.split_first() else { return Some(ty) };
        match ty.peeled() {
            Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => self.type_inside(item, rest),
            Type::Record(record) => self.type_inside(&record.fields.get(first)?.ty, rest),
            Type::Union(members) => members
                .iter()
                .find_map(|member| self.deeper(Span::NONE, |machine| Ok(machine.type_inside(member, path))).ok()?),
            Type::Any | Type::Object | Type::Module(ModuleType::Anything | ModuleType::Attrs) => {
                Some(Rc::new(Type::Any))
            }
            Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => self.type_inside(inner, path),
            Type::Module(ModuleType::Coerced(_, _, to)) => self.type_inside(to, path),
            Type::Module(ModuleType::Submodule(opaque)) => {
                let submodule = opaque.clone().downcast::<Submodule>().ok()?;
                let group = self.submodule_options(&submodule, Path::default()).ok()?;
                self.type_in_group(&group, path)
            }
            _ => None,
        }
    }

    /// The definitions of what is at `path`, the strongest first, of equal ones in their order.
    pub(super) fn definitions_in_group(&mut self, group: &Rc<Group>, path: &[Symbol]) -> Result<Vec<Provenance>> {
        let Some((first, rest)) = path.split_first() else { return Ok(Vec::new()) };
        let Some(at) = group.find(*first) else { return Ok(Vec::new()) };
        let mut definitions = match self.node_at(group, at)? {
            Node::Group(inner) => return self.definitions_in_group(&inner, rest),
            Node::Leaf(leaf) => leaf.definitions(self)?,
        };
        for name in rest {
            let winners = self.settle(&definitions)?;
            let inside = |settled: &Settled| {
                let attr = settled.attrs()?.get(*name)?;
                Some(settled.inside(attr.value.clone(), attr.span))
            };
            definitions = winners.merging().iter().filter_map(inside).collect();
        }
        let mut found = Vec::with_capacity(definitions.len());
        let strongest = self.settle(&definitions)?.priority;
        for definition in &definitions {
            // One at a time, so that also those that lost are told.
            for settled in self.settle(std::slice::from_ref(definition))?.definitions {
                let priority = settled.rank.strength();
                found.push(Provenance {
                    key: settled.key,
                    counts: priority == strongest,
                    lowered: settled.rank.lowered,
                    priority,
                    value: settled.value,
                });
            }
        }
        found.sort_by_key(|definition| definition.priority);
        Ok(found)
    }
}

/// An option as `options` shows it: the declaration, and what became of it.
fn option_set(leaf: &Rc<Leaf>) -> Value {
    let span = leaf.site.declared;
    let mut set = AttrsBuilder::new();
    let names = leaf.site.path.names().into_iter().map(|name| Value::string(name, span).into());
    set.add("loc", span, Value::list(names.collect(), span)).add("value", span, leaf.value.clone());
    let mut later = |name: &str, compute: fn(&mut Evaluator, Winners) -> Result<Kind>| {
        let leaf = leaf.clone();
        let value = Thunk::defer(move |machine| {
            let definitions = leaf.definitions(machine)?;
            let winners = machine.settle(&definitions)?;
            Ok(Value::new(compute(machine, winners)?, span))
        });
        set.add(name, span, value);
    };
    later("isDefined", |_, found| Ok(Kind::Bool(!found.definitions.is_empty())));
    later("highestPrio", |_, found| Ok(Kind::Int(found.priority)));
    later("definitions", |_, found| Ok(list(found.definitions.into_iter().map(|settled| settled.value))));
    later("definitionsWithLocations", |machine, found| {
        Ok(list(found.definitions.iter().map(|settled| machine.definition_set(settled))))
    });
    later("files", |machine, found| {
        Ok(list(found.definitions.iter().map(|settled| machine.file_of(settled.value.origin.or(settled.key)))))
    });
    let declarations = Thunk::defer(move |machine| Ok(Value::new(list([machine.file_of(span)]), span)));
    let of = leaf.clone();
    let ty = Thunk::defer(move |machine| Ok(Value::new(Kind::Type(of.ty(machine)?), span)));
    set.add("declarations", span, declarations).add("type", span, ty);
    let declared = leaf.set.filtered(|attr| attr.name != words().ty);
    Value::attrs(set.build().update(&declared), span)
}

fn list(values: impl IntoIterator<Item = Value>) -> Kind {
    Kind::List(List::new(values.into_iter().map(Thunk::from).collect()))
}

impl Evaluator {
    /// The name of the file that a place is in.
    pub(super) fn file_of(&self, place: Span) -> Value {
        let file = self.sources.location(place).map_or_else(|| "<unknown>".to_string(), |place| place.file);
        Value::string(file, place)
    }
}
