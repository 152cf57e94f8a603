//! What all applications say in the same words: it is said once, in `framework.defaults`.

use super::Application;
use crate::import::parts::{Fields, map_node};
use crate::node::{Map, Node};

/// The options that are rarely about one application.
const SHARED: [&str; 10] = [
    "imagePullPolicy",
    "imagePullSecrets",
    "podSecurityContext",
    "securityContext",
    "nodeSelector",
    "tolerations",
    "priorityClass",
    "terminationGracePeriodSeconds",
    "labels",
    "annotations",
];

/// With fewer applications it is shorter to say it of each.
const SEVERAL: usize = 3;

/// Takes what is the same in all applications.
pub(super) fn take(applications: &mut [Application]) -> Map {
    let mut defaults = Fields::default();
    if applications.len() >= SEVERAL {
        for option in SHARED {
            let said: Option<Vec<&Node>> = applications.iter().map(|one| one.fields.get(option)).collect();
            let Some(common) = said.and_then(|said| common(&said)) else { continue };
            applications.iter_mut().for_each(|one| without(&mut one.fields, option, &common));
            defaults.put(option, common);
        }
    }
    defaults.0
}

/// What values have in common: all of it, or some fields of maps.
fn common(values: &[&Node]) -> Option<Node> {
    let (first, others) = values.split_first()?;
    if others.iter().all(|other| other == first) {
        return Some((*first).clone());
    }
    let mut map = first.as_map()?.clone();
    map.fields.retain(|field| others.iter().all(|other| other.get(&field.key) == Some(&field.value)));
    (!map.fields.is_empty()).then(|| map_node(map))
}

/// Leaves out what is common to all; it is a part of what is said.
fn without(fields: &mut Map, option: &str, common: &Node) {
    let left = fields.get_mut(option).filter(|value| **value != *common).and_then(Node::as_map_mut);
    match left {
        Some(map) => map.fields.retain(|field| common.get(&field.key).is_none()),
        None => fields.fields.retain(|field| field.key != option),
    }
}
