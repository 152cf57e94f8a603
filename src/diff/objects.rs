//! Objects that come, go and change.
//!
//! An object is the same in both states by its group, kind, namespace and name; its version may change. One without a namespace
//! is looked for in `default`, where kubectl would put it. Objects are compared on all cores; only
//! then are the places looked up, for those that differ.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::danger::{self, Warned};
use super::fields::{Difference, Differing, Found, compare, is_hidden, is_secret};
use super::places::{Places, pointer, shown};
use super::told::{Build, Changed, Danger, FieldChange, Kind, Listed, Name, NotCompared, Objects};
use super::value::value;
use crate::driver::Snapshot;
use crate::emit::order::install_key;
use crate::graph::picture::Place;
use crate::layers::{Identity, Object};
use crate::manifests::definitions;
use crate::node::Node;
use crate::parallel;
use crate::schema::crd::CustomTypes;
use crate::schema::crd::bundled::Asked;
use crate::schema::{Catalogue, Version};

/// What changes from `old` to `new`, and which of it is dangerous, the worst first.
pub(super) fn between(old: &Snapshot, new: &Snapshot) -> (Objects, Vec<Danger>) {
    let version = version(old, new);
    let minor = new.version.or(old.version).map(Version::minor);
    let matched = matched(&old.objects, &new.objects);
    let results = parallel::each(&matched.both, |(old, new)| {
        let differing = compare(old, new, version);
        let warned = danger::of_changes(old, new, &differing.fields, minor);
        (differing, warned)
    });
    let mut told = Told {
        old: Places::new(&old.sources),
        new: Places::new(&new.sources),
        objects: Objects::default(),
        dangers: Vec::new(),
        marks: BTreeMap::new(),
    };
    for (pair, (differing, warned)) in matched.both.iter().zip(results) {
        told.pair(*pair, &differing, &warned);
    }
    told.came_and_went(&matched);
    let Told { mut objects, mut dangers, marks, .. } = told;
    objects.builds = marks
        .into_iter()
        .map(|((annotation, old, new), objects)| {
            let [annotation, old, new] = [annotation, old, new].map(str::to_owned);
            Build { annotation, old, new, objects }
        })
        .collect();
    dangers.sort_by_key(|danger| danger.effect);
    (objects, dangers)
}

/// The schema that lists and quantities are judged by: that of the new state, if it names one, else of the old one.
fn version(old: &Snapshot, new: &Snapshot) -> Version<'static> {
    new.version.or(old.version).unwrap_or_else(|| {
        // Manifests bring the definitions of their custom resources along.
        let mut resources = definitions(&new.objects).0;
        resources.extend(definitions(&old.objects).0);
        match resources.is_empty() {
            true => Catalogue::embedded().newest(),
            false => Catalogue::extended(CustomTypes::of(&resources), Asked::default()).newest(),
        }
    })
}

/// Which objects are in both states, and which in one.
struct Matched<'a> {
    both: Vec<(&'a Object, &'a Object)>,
    added: Vec<&'a Object>,
    removed: Vec<&'a Object>,
}

/// An object may be there several times; then the first belongs to the first.
fn matched<'a>(old: &'a [Object], new: &'a [Object]) -> Matched<'a> {
    let mut known: FxHashMap<Identity, Vec<&Object>> = FxHashMap::default();
    for object in old.iter().rev() {
        known.entry(object.identity()).or_default().push(object);
    }
    let mut matched = Matched { both: Vec::new(), added: Vec::new(), removed: Vec::new() };
    let mut left = Vec::new();
    for object in new {
        match known.get_mut(&object.identity()).and_then(Vec::pop) {
            Some(old) => matched.both.push((old, object)),
            None => left.push(object),
        }
    }
    for object in left {
        let identity = object.identity();
        let namespace = match identity.namespace.as_str() {
            "" => "default".into(),
            "default" => "".into(),
            _ => identity.namespace.clone(),
        };
        match known.get_mut(&Identity { namespace, ..identity }).and_then(Vec::pop) {
            Some(old) => matched.both.push((old, object)),
            None => matched.added.push(object),
        }
    }
    matched.removed = known.into_values().flatten().collect();
    for list in [&mut matched.added, &mut matched.removed] {
        list.sort_by(|a, b| install_key(&a.node).cmp(&install_key(&b.node)));
    }
    matched.both.sort_by(|(_, a), (_, b)| install_key(&a.node).cmp(&install_key(&b.node)));
    matched
}

/// Takes down what was found.
struct Told<'a> {
    old: Places<'a>,
    new: Places<'a>,
    objects: Objects,
    dangers: Vec<Danger>,
    marks: BTreeMap<(&'a str, &'a str, &'a str), usize>,
}

impl<'a> Told<'a> {
    fn pair(&mut self, (old, new): (&'a Object, &'a Object), differing: &Differing<'a>, warned: &[Warned]) {
        for mark in &differing.marks {
            *self.marks.entry(*mark).or_default() += 1;
        }
        let name = Name::of(new);
        let mut fields = Vec::new();
        for found in &differing.fields {
            match found.what {
                Difference::Unknown => {
                    self.objects.not_compared.push(NotCompared { object: name.clone(), path: shown(&found.path) });
                }
                _ => fields.push(self.field(old, new, found)),
            }
        }
        for warned in warned {
            let found = warned.change.and_then(|at| differing.fields.get(at));
            let place = found.and_then(|found| self.place(old, new, found));
            self.dangers.push(Danger::of(new, warned, place));
        }
        if fields.is_empty() {
            self.objects.unchanged += 1;
            return;
        }
        let (place, old_place) = (self.new.of(new), self.old.of(old));
        self.objects.changed.push(Changed { object: name, place, old_place, fields });
    }

    fn field(&self, old: &Object, new: &Object, found: &Found<'a>) -> FieldChange {
        let (before, after) = found.what.sides();
        let secret = is_secret(new) && is_hidden(&found.path);
        let (was, is) = match found.what {
            Difference::Reordered(before, after) => (Some(names(before)), Some(names(after))),
            _ => (before.map(value), after.map(value)),
        };
        FieldChange {
            change: match found.what {
                Difference::Added(_) => Kind::Added,
                Difference::Removed(_) => Kind::Removed,
                Difference::Reordered(..) => Kind::Reordered,
                Difference::Changed(..) | Difference::Unknown => Kind::Changed,
            },
            path: shown(&found.path),
            old_pointer: before.and_then(|_| pointer(&found.path, |(old, _)| old)),
            new_pointer: after.and_then(|_| pointer(&found.path, |(_, new)| new)),
            old: was.filter(|_| !secret),
            new: is.filter(|_| !secret),
            secret,
            old_place: before.and_then(|_| self.old.of_field(old, &found.path, |(old, _)| old)),
            place: after.and_then(|_| self.new.of_field(new, &found.path, |(_, new)| new)),
        }
    }

    /// Where a change is written: in the new state, if it is there.
    fn place(&self, old: &Object, new: &Object, found: &Found<'a>) -> Option<Place> {
        match found.what {
            Difference::Removed(_) => self.old.of_field(old, &found.path, |(old, _)| old),
            _ => self.new.of_field(new, &found.path, |(_, new)| new),
        }
    }

    fn came_and_went(&mut self, matched: &Matched<'a>) {
        let key = |object: &Object| {
            let identity = object.identity();
            (identity.group, identity.kind, identity.name)
        };
        let mut added: FxHashMap<_, usize> = FxHashMap::default();
        for object in &matched.added {
            *added.entry(key(object)).or_default() += 1;
            self.objects.added.push(Listed { object: Name::of(object), place: self.new.of(object) });
        }
        let mut removed: FxHashMap<_, usize> = FxHashMap::default();
        matched.removed.iter().for_each(|object| *removed.entry(key(object)).or_default() += 1);
        for object in &matched.removed {
            let place = self.old.of(object);
            let once = |counts: &FxHashMap<_, usize>| counts.get(&key(object)) == Some(&1);
            let moved = !object.namespace().is_empty() && once(&added) && once(&removed);
            let warned = danger::of_dropped(object).or_else(|| moved.then(danger::of_moved));
            self.dangers.extend(warned.map(|warned| Danger::of(object, &warned, place.clone())));
            self.objects.removed.push(Listed { object: Name::of(object), place });
        }
    }
}

/// What the items of a list are called, in their order.
fn names(list: &Node) -> Value {
    let items = list.as_list().unwrap_or_default();
    let name = |item: &Node| {
        let first = item.as_map().and_then(|map| map.fields.first()).map(|field| &field.value);
        item.get("name").or(item.at(&["metadata", "name"])).or(first).map_or(Value::Null, value)
    };
    Value::Array(items.iter().map(name).collect())
}
