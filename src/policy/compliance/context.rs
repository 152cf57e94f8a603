//! What stands around an object: the other objects, found quickly.

use rustc_hash::FxHashMap;

use super::Assessment;
use crate::layers::Object;
use crate::node::Node;

/// The objects of the configuration by kind and namespace, and selectors by what they select.
pub struct Context<'a> {
    by_kind: FxHashMap<(&'a str, &'a str), Vec<&'a Object>>,
    /// Objects with a selector of their namespace's pods, by kind, namespace and one label that it demands.
    by_label: FxHashMap<(&'a str, &'a str, &'a str, &'a str), Vec<&'a Object>>,
    /// Those whose selector demands no label, by kind and namespace.
    without_label: FxHashMap<(&'a str, &'a str), Vec<&'a Object>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(assessment: &Assessment<'a>) -> Context<'a> {
        let mut context = Context {
            by_kind: FxHashMap::default(),
            by_label: FxHashMap::default(),
            without_label: FxHashMap::default(),
        };
        for object in assessment.objects {
            let place = (object.kind(), object.namespace());
            context.by_kind.entry(place).or_default().push(object);
            let Some(selector) = selector(object) else { continue };
            let label = selector.as_map().and_then(|map| map.fields.first());
            match label.and_then(|label| Some((label.key.as_str(), label.value.as_str()?))) {
                Some((key, value)) => context.by_label.entry((place.0, place.1, key, value)).or_default().push(object),
                None => context.without_label.entry(place).or_default().push(object),
            }
        }
        context
    }

    /// The objects of a kind in a namespace (empty: of the cluster, or where none is named).
    pub fn of_kind<'k>(&'k self, kind: &'k str, namespace: &'k str) -> &'k [&'k Object] {
        self.by_kind.get(&(kind, namespace)).map_or(&[], Vec::as_slice)
    }

    /// The objects of a kind in a namespace whose selector may choose pods with these labels: those that demand
    /// one of them, and those that demand none. Whether they do choose them is to be asked of each.
    pub fn selecting<'k>(&'k self, kind: &'k str, namespace: &'k str, labels: Option<&'k Node>) -> Vec<&'k Object> {
        let mut found: Vec<&'k Object> = Vec::new();
        for field in labels.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default() {
            let Some(value) = field.value.as_str() else { continue };
            found.extend(self.by_label.get(&(kind, namespace, field.key.as_str(), value)).into_iter().flatten());
        }
        found.extend(self.without_label.get(&(kind, namespace)).into_iter().flatten());
        found
    }
}

/// The labels that an object's selector of pods demands.
fn selector(object: &Object) -> Option<&Node> {
    match object.kind() {
        "Service" => object.node.at(&["spec", "selector"]),
        "NetworkPolicy" => object.node.at(&["spec", "podSelector"]).map(|all| all.get("matchLabels").unwrap_or(all)),
        "PodDisruptionBudget" => object.node.at(&["spec", "selector", "matchLabels"]),
        _ => None,
    }
}
