//! Objects that come, go and change.
//!
//! An object is the same in both states by its group, kind, namespace and name; its version may change. One without a namespace
//! is looked for in `default`, where kubectl would put it. Objects are compared on all cores; only
//! then are the places looked up, for those that differ.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value;

use super::danger::{self, Effect, Warned};
use super::fields::{Difference, Differing, Found, compare, is_hidden, is_secret};
use super::places::{Places, pointer, shown};
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

/// What changes in the objects. Each list is in the order in which objects are installed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objects {
    /// They were not there.
    pub added: Vec<Listed>,
    /// They are not there any more.
    pub removed: Vec<Listed>,
    /// They are there as before, with other fields.
    pub changed: Vec<Changed>,
    /// How many are as they were.
    pub unchanged: usize,
    /// The marks that a build leaves in its objects.
    pub builds: Vec<Build>,
    /// What of secrets could not be compared, as it cannot be read here.
    pub not_compared: Vec<NotCompared>,
}

/// An object by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Name {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// The namespace, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// An object that comes or goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Which one.
    #[serde(flatten)]
    pub object: Name,
    /// Where it is, or was, written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// An object that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Which one, as it is now.
    #[serde(flatten)]
    pub object: Name,
    /// Where it is written now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_place: Option<Place>,
    /// What changes in it.
    pub fields: Vec<FieldChange>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// How.
    pub change: Kind,
    /// Which one: `spec.template.spec.containers[name=web].image`.
    pub path: String,
    /// The same as a JSON pointer (RFC 6901) into the old object; none where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_pointer: Option<String>,
    /// And into the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_pointer: Option<String>,
    /// The old value; of a list in another order, what its items were called in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// The new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Whether the values are left out since they are secret.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Where the old value is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_place: Option<Place>,
    /// Where the new one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// How a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It has another value.
    Changed,
    /// It is a list with its items in another order.
    Reordered,
}

/// The mark of a build, which is another one in every build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    /// The annotation.
    pub annotation: String,
    /// What it was; empty where there was none.
    pub old: String,
    /// What it is.
    pub new: String,
    /// In how many objects.
    pub objects: usize,
}

/// A piece of a secret that could not be compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotCompared {
    /// Which object.
    #[serde(flatten)]
    pub object: Name,
    /// Which field.
    pub path: String,
}

/// A change that the API server refuses, that loses data, or that cuts traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Danger {
    /// What comes of it.
    pub effect: Effect,
    /// Which object.
    #[serde(flatten)]
    pub object: Name,
    /// Which field; none where it is the whole object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The fact.
    pub fact: String,
    /// What to do, with `{it}` and `{name}` for the object where several share it.
    #[serde(skip)]
    pub(super) advice: &'static str,
    /// What to do.
    pub remedy: String,
    /// Where it is written; of what goes, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Objects {
    /// Whether nothing changes. The marks of builds are no change, and neither is what could not be compared.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

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

impl Name {
    fn of(object: &Object) -> Name {
        Name {
            api_version: object.api_version().to_owned(),
            kind: object.kind().to_owned(),
            namespace: Some(object.namespace().to_owned()).filter(|namespace| !namespace.is_empty()),
            name: object.name().to_owned(),
        }
    }
}

impl Danger {
    fn of(object: &Object, warned: &Warned, place: Option<Place>) -> Danger {
        let object = Name::of(object);
        Danger {
            effect: warned.effect,
            path: warned.path.clone(),
            fact: warned.fact.to_owned(),
            advice: warned.remedy,
            remedy: filled(warned.remedy, Some(&object)),
            object,
            place,
        }
    }
}

/// An advice with the object's name in it; without one, with a word that stands for it.
pub(super) fn filled(advice: &str, object: Option<&Name>) -> String {
    let Some(Name { kind, namespace, name, .. }) = object else {
        return advice.replace("{it}", "KIND NAME -n NAMESPACE").replace("{name}", "NAME");
    };
    let namespace = namespace.as_ref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    advice.replace("{it}", &format!("{} {name}{namespace}", kind.to_lowercase())).replace("{name}", name)
}
