//! Objects merged to their end: from definitions to finished data, one object at a time.
//!
//! `object` merges lazily, level by level, so that a part can be used while its neighbours are still being
//! computed. Most objects are used by nobody; they are only written. For these the same rules run strictly
//! here: what is merged becomes a [`Node`] at once, and what it was made from dies with it. Even the value of
//! a definition is not kept ([`Evaluator::unkept`]), as nobody is likely to ask again: so the memory of a
//! whole configuration is that of its data, and not of its definitions.
//!
//! Whoever does ask for an object (`config.resources.x`) gets it merged lazily from the same definitions.

use std::rc::Rc;

use super::Configuration;
use super::definitions::{Definitions, Each, Settled, Winners, by_name};
use super::errors;
use super::object::ready;
use super::site::Site;
use super::tree::{Leaf, Node as Declared};
use super::words::words;
use crate::diag::Code;
use crate::eval::Depth;
use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Shape, Type, TypeRef};
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, Result, Thunk, Value};

/// An object's key, the key's place, and the object.
pub type Finished = (Symbol, Span, Node);

/// Where a part stands: in what, under which name, and where the name was written.
#[derive(Clone, Copy)]
struct Place<'a> {
    outer: &'a Site,
    name: Name,
    key: Span,
}

/// The entries of a map of objects.
struct Entries {
    /// Their type.
    item: TypeRef,
    /// What is said of every entry.
    each: Vec<Each>,
    /// By name, with their definitions.
    entries: Vec<(Symbol, Definitions)>,
}

#[derive(Clone, Copy)]
enum Name {
    Field(Symbol),
    Item(usize),
}

impl Place<'_> {
    fn site(self) -> Site {
        match self.name {
            Name::Field(name) => self.outer.entry(name, self.key),
            Name::Item(at) => self.outer.item(at, self.key),
        }
    }
}

impl Configuration {
    /// Hands out those objects of the option `name` that are `wanted`, by key, as finished data, each before the next one is
    /// made. All that is wrong with them is reported; what could not be computed has a [`NodeKind::Failed`] in its place.
    ///
    /// # Errors
    /// When the option itself cannot be computed.
    pub fn finish(
        &self,
        machine: &mut Evaluator,
        name: Symbol,
        wanted: impl Fn(Symbol) -> bool,
        mut hand_out: impl FnMut(&mut Evaluator, Finished),
    ) -> Result<()> {
        if let Some(leaf) = self.leaf(machine, name)
            && leaf.says(words().apply).is_none()
            && leaf.merged.peek().is_none()
            && let Some(entries) = machine.object_entries(&leaf)?
        {
            for (name, definitions) in entries.entries.into_iter().filter(|(name, _)| wanted(*name)) {
                let key = machine.key_of(&definitions);
                let place = Place { outer: &leaf.site, name: Name::Field(name), key };
                if let Some(node) = machine.finish_entry(&entries.item, &entries.each, definitions, place) {
                    hand_out(machine, (name, key, node));
                }
            }
            return Ok(());
        }
        let Kind::Attrs(entries) = self.get(machine, &[name])?.kind else { return Ok(()) };
        let data = |attr: &Attr| Ok((attr.name, attr.span, machine.node(&attr.value, Depth::Shown, attr.span)?));
        let entries = entries.sorted().into_iter().filter(|attr| wanted(attr.name));
        let finished: Vec<Finished> = entries.map(data).collect::<Result<_>>()?;
        finished.into_iter().for_each(|finished| hand_out(machine, finished));
        Ok(())
    }

    /// The value of the option `name`, for the only one who asks for it: it is not kept, and what it was made from dies
    /// with it.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn once(&self, machine: &mut Evaluator, name: Symbol) -> Result<Value> {
        match self.leaf(machine, name) {
            Some(leaf) if leaf.says(words().apply).is_none() && leaf.merged.peek().is_none() => {
                machine.merge_option(&leaf)
            }
            _ => self.get(machine, &[name]),
        }
    }

    fn leaf(&self, machine: &mut Evaluator, name: Symbol) -> Option<Rc<Leaf>> {
        let root = &self.instance.root;
        match machine.node_at(root, root.find(name)?) {
            Ok(Declared::Leaf(leaf)) => Some(leaf),
            _ => None,
        }
    }
}

impl Evaluator {
    /// The entries of an option that is a map of objects; nothing where it is something else, or anything is
    /// wrong with it as a whole.
    fn object_entries(&mut self, leaf: &Leaf) -> Result<Option<Entries>> {
        let ty = leaf.ty(self)?;
        let ty = self.resolve(&ty)?;
        let Type::Map(item) = ty.peeled() else { return Ok(None) };
        let item = self.resolve(item)?;
        if !matches!(item.peeled(), Type::Object) || leaf.switch(self, words().read_only, false) {
            return Ok(None);
        }
        let definitions = leaf.definitions(self)?;
        let Ok(mut winners) = self.settle(&definitions) else { return Ok(None) };
        if winners.definitions.is_empty() || !winners.are_sets() {
            return Ok(None);
        }
        let each = std::mem::take(&mut winners.each);
        let mut entries = by_name(&winners.merging());
        entries.sort_by_cached_key(|(name, _)| name.as_str());
        Ok(Some(Entries { item, each, entries }))
    }

    /// An entry as data; nothing if none of its definitions counts, or it cannot be computed.
    fn finish_entry(
        &mut self,
        ty: &TypeRef,
        each: &[Each],
        mut definitions: Definitions,
        place: Place<'_>,
    ) -> Option<Node> {
        for definition in definitions.as_mut_slice() {
            definition.value = self.unkept(&definition.value, definition.key);
        }
        if let (Name::Field(name), [_, ..]) = (place.name, each)
            && self.is_present(definitions.as_slice())
        {
            each.iter().for_each(|each| definitions.push(each.definition(name)));
        }
        let site = place.site();
        let result = self.settle(definitions.as_slice()).and_then(|winners| match (winners.each.first(), &winners) {
            (_, Winners { definitions, .. }) if definitions.is_empty() => Ok(None),
            (Some(each), _) => Err(errors::no_entries(ty, each.key, &site)),
            _ => self.finish_object(ty, winners, &site).map(Some),
        });
        result.unwrap_or_else(|failure| {
            self.blame_definitions(&failure, definitions.as_slice(), &site);
            failure.passes(place.key, &self.sources);
            self.report(&failure);
            None
        })
    }

    /// The value of a thunk, without keeping it in the thunk, where it can be computed again.
    fn unkept(&mut self, thunk: &Thunk, span: Span) -> Thunk {
        let Some(again) = thunk.again() else { return thunk.clone() };
        match self.force_at(&again, span) {
            Ok(value) => value.into(),
            Err(_) => thunk.clone(),
        }
    }

    fn finish_object(&mut self, ty: &TypeRef, winners: Winners, site: &Site) -> Result<Node> {
        self.deeper(site.declared, |machine| {
            let (shape, sets) = machine.object_sets(ty, winners, site)?;
            machine.finish_struct(shape, sets, site)
        })
    }

    /// A struct or a map: field by field. Fails only where there is no end; what else is wrong has been reported.
    fn finish_struct(&mut self, shape: Option<Shape>, sets: Vec<Settled>, site: &Site) -> Result<Node> {
        let span = self.origin_of(&sets).or(site.path.key());
        if sets.iter().filter_map(Settled::attrs).any(stands_for_another) {
            let value = self.merge_struct(shape, &sets, site);
            return self.node(&value.into(), Depth::Shown, span);
        }
        let entries = by_name(&sets);
        drop(sets);
        let mut fields = Vec::with_capacity(entries.len());
        for (name, definitions) in entries {
            let place = Place { outer: site, name: Name::Field(name), key: self.key_of(&definitions) };
            let inner = |machine: &Evaluator| machine.objects.as_ref()?.field(shape?, name);
            if let Some(value) = self.finish_definitions(inner, definitions, place)? {
                fields.push(Field { key: name.text(), key_span: place.key, value });
            }
        }
        fields.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(Node::new(NodeKind::Map(Map { fields }), span))
    }

    /// A part of these definitions; nothing if none of them is there.
    fn finish_definitions(
        &mut self,
        shape: impl FnOnce(&Evaluator) -> Option<Shape>,
        definitions: Definitions,
        place: Place<'_>,
    ) -> Result<Option<Node>> {
        if let Some(value) = ready(&definitions) {
            return self.node(&value, Depth::Shown, place.key).map(Some);
        }
        match self.finish_part(shape, &definitions, place) {
            Ok(node) => Ok(node),
            Err(failure) if is_endless(&failure) => Err(failure),
            Err(failure) => {
                failure.passes(place.key, &self.sources);
                self.report(&failure);
                Ok(Some(Node::new(NodeKind::Failed, place.key)))
            }
        }
    }

    /// A part of an object, whatever it is.
    fn finish_part(
        &mut self,
        shape: impl FnOnce(&Evaluator) -> Option<Shape>,
        definitions: &Definitions,
        place: Place<'_>,
    ) -> Result<Option<Node>> {
        let result = self.settle_part(definitions.as_slice()).and_then(|winners| {
            if winners.definitions.is_empty() {
                return Ok(None);
            }
            let shape = shape(self);
            self.deeper(place.outer.declared, |machine| machine.finish_settled(shape, winners, place)).map(Some)
        });
        result.inspect_err(|failure| self.blame_definitions(failure, definitions.as_slice(), &place.site()))
    }

    fn finish_settled(&mut self, shape: Option<Shape>, mut winners: Winners, place: Place<'_>) -> Result<Node> {
        let list = |settled: &Settled| matches!(settled.value.kind, Kind::List(_));
        match winners.definitions.as_slice() {
            _ if winners.are_sets() => self.finish_struct(shape, winners.merging(), &place.site()),
            all if all.iter().all(list) => self.finish_items(shape, winners, place),
            [_] => {
                let value = winners.definitions.remove(0).value;
                self.node(&value.into(), Depth::Shown, place.key)
            }
            _ => {
                let value = self.merge_equal(&TypeRef::new(Type::Any), winners.definitions, &place.site())?;
                self.node(&value.into(), Depth::Shown, place.key)
            }
        }
    }

    fn finish_items(&mut self, shape: Option<Shape>, winners: Winners, place: Place<'_>) -> Result<Node> {
        let item = shape.and_then(|shape| self.objects.as_ref()?.item(shape));
        let origin = self.origin_of(&winners.definitions);
        let site = place.site();
        let mut nodes = Vec::new();
        for definitions in self.items_of_part(shape, winners)? {
            let place = Place { outer: &site, name: Name::Item(nodes.len()), key: origin };
            nodes.extend(self.finish_definitions(|_| item, Definitions::from(definitions), place)?);
        }
        Ok(Node::new(NodeKind::List(nodes), origin.or(place.key)))
    }
}

/// Whether a set is written as something else: as its text, or as a path.
fn stands_for_another(set: &Attrs) -> bool {
    set.get(words().to_string).is_some() || set.get(words().out_path).is_some()
}

fn is_endless(failure: &Error) -> bool {
    failure.diagnostic().is_some_and(|finding| finding.code == Code::TooDeep)
}
