//! What stands around an object: the other objects, found quickly.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Assessment;
use crate::layers::Object;
use crate::node::{Node, NodeKind};

/// The objects of the configuration by kind and namespace, and selectors by what they select.
///
/// Namespaces are asked for as objects name them: nothing is the namespace `default`.
#[derive(Default)]
pub struct Context<'a> {
    by_kind: FxHashMap<(&'a str, &'a str), Vec<&'a Object>>,
    /// Objects with a selector of their namespace's pods, by kind, namespace and one label that it demands.
    by_label: FxHashMap<(&'a str, &'a str, &'a str, &'a str), Vec<&'a Object>>,
    /// Those whose selector demands no label, by kind and namespace.
    without_label: FxHashMap<(&'a str, &'a str), Vec<&'a Object>>,
    /// Service accounts by namespace and name.
    accounts: FxHashMap<(&'a str, &'a str), &'a Object>,
    /// Service accounts that a binding names, by namespace and name.
    bound: FxHashSet<(&'a str, &'a str)>,
    /// Workloads whose replicas an autoscaler decides, by namespace, kind and name.
    scaled: FxHashSet<(&'a str, &'a str, &'a str)>,
    /// Namespaces and directions (`Ingress`, `Egress`) in which a policy for all pods opens nothing.
    denied: FxHashSet<(&'a str, &'static str)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(assessment: &Assessment<'a>) -> Context<'a> {
        let mut context = Context::default();
        for object in assessment.objects {
            let place = (object.kind(), named(object.namespace()));
            context.by_kind.entry(place).or_default().push(object);
            match object.kind() {
                "ServiceAccount" => drop(context.accounts.insert((place.1, object.name()), object)),
                "RoleBinding" | "ClusterRoleBinding" => context.bound.extend(bound_accounts(object)),
                "HorizontalPodAutoscaler" | "ScaledObject" => context.scaled.extend(scaled(object)),
                "NetworkPolicy" => context.denied.extend(denied(object).map(|direction| (place.1, direction))),
                _ => {}
            }
            let Some(selector) = selector(object) else { continue };
            let label = selector.as_map().and_then(|map| map.fields.first());
            match label.and_then(|label| Some((label.key.as_str(), label.value.as_str()?))) {
                Some((key, value)) => context.by_label.entry((place.0, place.1, key, value)).or_default().push(object),
                None => context.without_label.entry(place).or_default().push(object),
            }
        }
        context
    }

    /// The objects of a kind in a namespace.
    pub fn of_kind<'k>(&'k self, kind: &'k str, namespace: &'k str) -> &'k [&'k Object] {
        self.by_kind.get(&(kind, named(namespace))).map_or(&[], Vec::as_slice)
    }

    /// A service account of the configuration.
    pub fn account<'k>(&'k self, namespace: &'k str, name: &'k str) -> Option<&'k Object> {
        self.accounts.get(&(named(namespace), name)).copied()
    }

    /// Whether a binding of the configuration gives a service account any rights.
    pub fn is_bound<'k>(&'k self, namespace: &'k str, account: &'k str) -> bool {
        self.bound.contains(&(named(namespace), account))
    }

    /// Whether an autoscaler of the configuration decides how many replicas a workload has.
    pub fn is_scaled(&self, workload: &Object) -> bool {
        self.scaled.contains(&(named(workload.namespace()), workload.kind(), workload.name()))
    }

    /// Whether a policy closes a direction (`Ingress`, `Egress`) for all pods of a namespace, unless others open it.
    pub fn is_denied(&self, namespace: &str, direction: &'static str) -> bool {
        self.denied.contains(&(named(namespace), direction))
    }

    /// The objects of a kind in a namespace whose selector may choose pods with these labels: those that demand
    /// one of them, and those that demand none. Whether they do choose them is to be asked of each.
    pub fn selecting<'k>(
        &'k self,
        kind: &'k str,
        namespace: &'k str,
        labels: Option<&'k Node>,
    ) -> impl Iterator<Item = &'k Object> {
        let namespace = named(namespace);
        let fields = labels.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        let demanding = fields
            .iter()
            .filter_map(move |field| self.by_label.get(&(kind, namespace, field.key.as_str(), field.value.as_str()?)));
        demanding.chain(self.without_label.get(&(kind, namespace))).flatten().copied()
    }
}

fn named(namespace: &str) -> &str {
    if namespace.is_empty() { "default" } else { namespace }
}

/// The service accounts that a binding names; of its own namespace where none is named.
fn bound_accounts(binding: &Object) -> impl Iterator<Item = (&str, &str)> {
    let subjects = binding.node.get("subjects").and_then(Node::as_list).unwrap_or_default();
    subjects.iter().filter_map(|subject| {
        let part = |key: &str| subject.get(key).and_then(Node::as_str);
        let namespace = part("namespace").unwrap_or(binding.namespace());
        (part("kind") == Some("ServiceAccount")).then_some((named(namespace), part("name")?))
    })
}

/// What an autoscaler scales.
fn scaled(autoscaler: &Object) -> Option<(&str, &str, &str)> {
    let target = autoscaler.node.at(&["spec", "scaleTargetRef"])?;
    let kind = target.get("kind").and_then(Node::as_str).unwrap_or("Deployment");
    Some((named(autoscaler.namespace()), kind, target.get("name")?.as_str()?))
}

/// The directions that a policy closes for all pods. Where it names none, it is for `Ingress`, and for `Egress` if it
/// has rules for that.
fn denied(policy: &Object) -> impl Iterator<Item = &'static str> {
    let spec = policy.node.get("spec");
    let part = move |key: &str| spec.and_then(|spec| spec.get(key));
    let list = move |key: &str| part(key).and_then(Node::as_list).unwrap_or_default();
    let all = part("podSelector").is_none_or(is_empty);
    let types = list("policyTypes");
    [("Ingress", "ingress"), ("Egress", "egress")]
        .into_iter()
        .filter(move |(direction, rules)| {
            let meant = match types {
                [] => *direction == "Ingress",
                types => types.iter().any(|one| one.as_str() == Some(direction)),
            };
            all && meant && list(rules).is_empty()
        })
        .map(|(direction, _)| direction)
}

/// Whether a selector demands nothing.
fn is_empty(selector: &Node) -> bool {
    let demands = |node: &Node| match &node.kind {
        NodeKind::Map(map) => !map.fields.is_empty(),
        NodeKind::List(items) => !items.is_empty(),
        _ => true,
    };
    selector.as_map().is_some_and(|map| !map.fields.iter().any(|field| demands(&field.value)))
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
