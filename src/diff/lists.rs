//! Which items of two lists are the same item: as Kubernetes merges the list, else by name, else by what is equal.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::align::{self, Pair};
use super::same::{equal, fingerprint, matched};
use crate::node::{Node, NodeKind};
use crate::schema::{FieldDef, ListMerge, Version};

/// The items of two lists, paired.
pub(super) struct Paired {
    pub(super) pairs: Vec<Pair>,
    pub(super) by: By,
}

/// What an item is known by.
pub(super) enum By {
    /// Its values at these keys; one that is left out has the default.
    Keys(Vec<Key>),
    /// Its own value.
    Value,
    /// Its place.
    Position,
}

/// What most items are called by where the schema does not say it: by their name, or by that of the object that they are.
const NAMES: [&str; 2] = ["name", "metadata.name"];

/// A key, which may lead further in, and its default as JSON.
type Key = (EcoString, Option<EcoString>);

/// Pairs the items of two lists for a field, if the schema knows it.
pub(super) fn pair(old: &[Node], new: &[Node], field: Option<&FieldDef>, version: Version<'_>) -> Paired {
    let keys: Vec<Vec<Key>> = match field {
        Some(field) => match version.list_keys(field) {
            ListMerge::Set => {
                if let Some(pairs) = by_key(old, new, scalar) {
                    return Paired { pairs, by: By::Value };
                }
                Vec::new()
            }
            ListMerge::Keyed(keys) => vec![keys],
            ListMerge::Atomic => Vec::new(),
        },
        None => Vec::new(),
    };
    let patch = field.and_then(|field| field.merge_key.clone()).map(|key| vec![(key, None)]);
    let names = NAMES.map(|name| vec![(name.into(), None)]);
    for keys in keys.into_iter().chain(patch).chain(names) {
        if let Some(pairs) = by_key(old, new, |item| identity(item, &keys)) {
            return Paired { pairs, by: By::Keys(keys) };
        }
    }
    Paired { pairs: by_position(old, new), by: By::Position }
}

impl By {
    /// What the item is called in a path: `name=web`, `containerPort=80,protocol=TCP`, `2`.
    pub(super) fn label(&self, item: &Node, at: usize) -> String {
        match self {
            By::Keys(keys) => {
                let value = |(name, default): &Key| {
                    let value = own(item, name).or_else(|| Some(word(default.as_ref()?)))?;
                    Some(format!("{name}={value}"))
                };
                keys.iter().filter_map(value).collect::<Vec<_>>().join(",")
            }
            By::Value => scalar(item).unwrap_or_default(),
            By::Position => at.to_string(),
        }
    }
}

/// The pairs of items with equal keys, in the order of the new list, and then those that are gone. `None` where an item has
/// no key, or two have the same.
fn by_key(old: &[Node], new: &[Node], key: impl Fn(&Node) -> Option<String>) -> Option<Vec<Pair>> {
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for (at, item) in old.iter().enumerate() {
        if places.insert(key(item)?, at).is_some() {
            return None;
        }
    }
    let mut pairs = Vec::with_capacity(new.len());
    let mut seen: FxHashMap<String, ()> = FxHashMap::default();
    let mut kept = vec![false; old.len()];
    for (at, item) in new.iter().enumerate() {
        let key = key(item)?;
        let old = places.get(&key).copied();
        if let Some(old) = old {
            kept[old] = true;
        }
        if seen.insert(key, ()).is_some() {
            return None;
        }
        pairs.push(Pair { old, new: Some(at) });
    }
    pairs.extend((0..old.len()).filter(|at| !kept[*at]).map(|at| Pair { old: Some(at), new: None }));
    Some(pairs)
}

/// The values of an item at its keys; `None` where it is no map or lacks one that has no default.
fn identity(item: &Node, keys: &[Key]) -> Option<String> {
    item.as_map()?;
    let mut identity = String::new();
    let mut is_known = false;
    for (name, default) in keys {
        let value = own(item, name);
        is_known |= value.is_some();
        // A key that is left out, such as an `ip` beside a `hostname`, still tells the item from others.
        identity.push_str(&value.or_else(|| default.as_ref().map(word)).unwrap_or_default());
        identity.push('\0');
    }
    is_known.then_some(identity)
}

/// The value of an item at a key.
fn own(item: &Node, key: &str) -> Option<String> {
    key.split('.').try_fold(item, |node, key| node.get(key)).and_then(scalar)
}

/// A default of the schema, which is written as JSON, as a word.
fn word(json: &EcoString) -> String {
    json.trim_matches('"').to_owned()
}

fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Str(text) => Some(text.to_string()),
        NodeKind::Int(value) => Some(value.to_string()),
        NodeKind::Float(value) => Some(value.to_string()),
        NodeKind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn by_position(old: &[Node], new: &[Node]) -> Vec<Pair> {
    let [olds, news] = [old, new].map(|items| items.iter().map(fingerprint).collect::<Vec<u64>>());
    align::pairs(&olds, &news, |i, j| likeness(&old[i], &new[j]))
}

/// How much two items have in common that are not equal.
fn likeness(old: &Node, new: &Node) -> u32 {
    match (&old.kind, &new.kind) {
        (NodeKind::Map(old), NodeKind::Map(new)) => {
            let same = matched(old, new).filter_map(|(field, other)| Some((field, other?)));
            let points = same.map(|(field, other)| if equal(&field.value, other) { 4 } else { 1 });
            1 + points.sum::<u32>()
        }
        (NodeKind::Str(old), NodeKind::Str(new)) => {
            let shared = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
            let longest = old.len().max(new.len()).max(1);
            1 + u32::try_from(shared * 8 / longest).unwrap_or_default()
        }
        (NodeKind::Map(_), _) | (_, NodeKind::Map(_)) | (NodeKind::List(_), _) | (_, NodeKind::List(_)) => {
            u32::from(std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind))
        }
        _ => 1,
    }
}
