//! Where the parties of the graph are among the pods of the finished objects, and the strangers beside them.

use std::collections::BTreeSet;

use ecow::EcoString;
use petgraph::graph::NodeIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::declared::{Graph, Whom};
use crate::network::{Cluster, Direction, Labels, Pods, PodsWanted, Scope, Selector, Test, Wanted};

/// The label by which policies find the pods of a workload.
const NAME: &str = "app.kubernetes.io/name";
/// The label by which policies find a namespace.
const NAMESPACE: &str = "kubernetes.io/metadata.name";
/// The kinds of objects that an application or a workload of layer 2 becomes.
const KINDS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];
/// A namespace and a value of a label that nobody has.
const NOBODYS: &str = "nxk-stranger";
/// So many strangers are tried for one selector; more choices than this nobody writes.
const MOST_STRANGERS: usize = 256;

/// The pods of each party.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pods: Vec<Vec<usize>>,
}

impl Places {
    /// Finds the parties of a graph in a cluster. Pods outside of the configuration that the graph names are added to it.
    ///
    /// A workload is found by its object and not by its labels, as these may be what is wrong.
    pub fn new(graph: &Graph, cluster: &mut Cluster) -> Places {
        let known = Known::new(cluster);
        let pods = graph.net.node_weights().map(|party| known.pods_of(&cluster.pods, &party.whom));
        let mut places = Places { pods: pods.collect() };
        for (at, party) in graph.net.node_weights().enumerate() {
            if let Whom::Pods { namespace, labels, .. } = &party.whom
                && is_stranger(graph, namespace, labels)
            {
                places.pods[at].push(cluster.add_outsider(namespace, labels.clone(), Vec::new()));
            }
        }
        places
    }

    /// The pods of a party: none of one that is not in the cluster.
    pub fn of(&self, party: NodeIndex) -> &[usize] {
        &self.pods[party.index()]
    }
}

/// The pods of the objects, by what they are found by.
#[derive(Default)]
struct Known {
    by_name: FxHashMap<(EcoString, EcoString), Vec<usize>>,
    by_label: FxHashMap<(EcoString, EcoString, EcoString), Vec<usize>>,
}

impl Known {
    fn new(cluster: &Cluster) -> Known {
        let mut known = Known::default();
        for (at, pods) in cluster.pods.iter().enumerate() {
            if KINDS.contains(&pods.kind.as_str()) {
                known.by_name.entry((pods.namespace.clone(), pods.name.clone())).or_default().push(at);
            }
            for (key, value) in pods.labels.iter() {
                known.by_label.entry((pods.namespace.clone(), key.clone(), value.clone())).or_default().push(at);
            }
        }
        known
    }

    fn pods_of(&self, pods: &[Pods], whom: &Whom) -> Vec<usize> {
        let found = match whom {
            Whom::Workload { namespace, name } => self.by_name.get(&(namespace.clone(), name.clone())).cloned(),
            // Those of a whole namespace are well enough stood for by an outsider.
            Whom::Pods { namespace, labels, .. } => {
                let with = |(key, value): (&EcoString, &EcoString)| {
                    self.by_label.get(&(namespace.clone(), key.clone(), value.clone())).map_or(&[][..], Vec::as_slice)
                };
                let rarest = labels.iter().map(with).min_by_key(|pods| pods.len());
                let has_all = |&&at: &&usize| labels.iter().all(|(key, value)| pods[at].labels.get(key) == Some(value));
                rarest.map(|candidates| candidates.iter().filter(has_all).copied().collect())
            }
            _ => None,
        };
        found.unwrap_or_default()
    }
}

/// Adds strangers to a cluster: pods that its policies could mean besides those that the graph knows.
pub fn add_strangers(graph: &Graph, cluster: &mut Cluster) {
    let is_such = |wanted: &PodsWanted| !means_workload(graph, wanted);
    let counts = |stranger: &Stranger| is_stranger(graph, &stranger.home.name, &stranger.labels);
    add(cluster, strangers(cluster, is_such, counts));
}

/// Whether pods with these labels can be told from those of every workload: what has a workload's name is it to policies.
fn is_stranger(graph: &Graph, namespace: &str, labels: &Labels) -> bool {
    labels.get(NAME).is_none_or(|name| graph.workload(namespace, name).is_none())
}

/// Adds to a cluster those whom its policies speak of, and whom it does not have.
pub fn add_missing(cluster: &mut Cluster) {
    let in_scope = |namespace: &str, scope: &Scope| match scope {
        Scope::Named(name) => name == namespace,
        Scope::Matching(selector) => {
            let found = cluster.namespaces.iter().find(|known| known.name == namespace);
            found.is_some_and(|known| selector.matches(|key| known.labels.get(key)))
        }
    };
    let is_missing = |wanted: &PodsWanted| {
        let mut pods = cluster.pods.iter();
        !pods.any(|pods| wanted.pods.matches(|key| pods.labels.get(key)) && in_scope(&pods.namespace, &wanted.scope))
    };
    add(cluster, strangers(cluster, is_missing, |_| true));
}

/// Pods that a policy could mean.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stranger {
    home: Home,
    labels: Labels,
}

/// Where they live. If nothing is known of the namespace, it has these labels.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Home {
    name: EcoString,
    labels: Labels,
}

fn add(cluster: &mut Cluster, strangers: BTreeSet<Stranger>) {
    for Stranger { home, labels } in strangers {
        cluster.suppose_namespace(&home.name, &home.labels);
        cluster.add_outsider(&home.name, labels, Vec::new());
    }
}

/// For each such choice of pods that policies make, those that have just what it asks for, if they count.
fn strangers(
    cluster: &Cluster,
    is_such: impl Fn(&PodsWanted) -> bool,
    counts: impl Fn(&Stranger) -> bool,
) -> BTreeSet<Stranger> {
    let mut seen: FxHashSet<&PodsWanted> = FxHashSet::default();
    let mut strangers = BTreeSet::new();
    for policy in &cluster.policies {
        for rules in Direction::BOTH.iter().filter_map(|&direction| policy.rules(direction)) {
            for peer in rules.rules.iter().filter_map(|rule| rule.peers.as_ref()).flatten() {
                if let Wanted::Pods(wanted) = &peer.who
                    && seen.insert(wanted)
                    && is_such(wanted)
                {
                    let homes = homes(cluster, &wanted.scope);
                    let labels = examples(&wanted.pods);
                    let both = homes.iter().flat_map(|home| {
                        labels.iter().map(|labels| Stranger { home: home.clone(), labels: labels.clone() })
                    });
                    strangers.extend(both.filter(&counts).take(MOST_STRANGERS));
                }
            }
        }
    }
    strangers
}

/// Whether a choice is that of a workload's pods, by its namespace and name.
fn means_workload(graph: &Graph, wanted: &PodsWanted) -> bool {
    let namespace = match &wanted.scope {
        Scope::Named(name) => Some(name.as_str()),
        Scope::Matching(selector) => one_value(selector, NAMESPACE),
    };
    let name = one_value(&wanted.pods, NAME);
    namespace.zip(name).is_some_and(|(namespace, name)| graph.workload(namespace, name).is_some())
}

/// The value of a label, if a selector asks for one.
fn one_value<'s>(selector: &'s Selector, key: &str) -> Option<&'s str> {
    let asked = selector.requirements().iter().filter(|requirement| requirement.key == key);
    let mut values = asked.map(|requirement| match &requirement.test {
        Test::In(values) if values.len() == 1 => Some(values[0].as_str()),
        _ => None,
    });
    values.next().flatten().filter(|_| values.next().is_none())
}

/// Where strangers can live: in the namespaces that are meant, known ones, and such as there may be.
fn homes(cluster: &Cluster, scope: &Scope) -> Vec<Home> {
    let selector = match scope {
        Scope::Named(name) => return vec![Home { name: name.clone(), labels: Labels::new() }],
        Scope::Matching(selector) => selector,
    };
    let known = cluster
        .namespaces
        .iter()
        .filter(|namespace| !selector.is_meaningless() && selector.matches(|key| namespace.labels.get(key)));
    let known = known.map(|namespace| Home { name: namespace.name.clone(), labels: Labels::new() });
    let supposed = examples(selector).into_iter().filter_map(|labels| {
        let name = match labels.get(NAMESPACE) {
            Some(name) => name.into(),
            None => nobodys_namespace(&labels),
        };
        let is_made = cluster.namespaces.iter().any(|known| known.name == name && known.object.is_some());
        (!is_made).then_some(Home { name, labels })
    });
    let mut homes: Vec<Home> = supposed.collect();
    homes.extend(known.take(MOST_STRANGERS));
    homes
}

/// A namespace that nobody has, of its own for each choice of labels, which its name tells.
fn nobodys_namespace(labels: &Labels) -> EcoString {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    ecow::eco_format!("{NOBODYS} {}", labels.join(", "))
}

/// Whether a namespace is one that nobody has, and if so the labels by which it was meant.
pub(super) fn supposed_labels(namespace: &str) -> Option<&str> {
    namespace.strip_prefix(NOBODYS).map(str::trim)
}

/// Labels that satisfy a selector, one for each of the values that it leaves open.
fn examples(selector: &Selector) -> Vec<Labels> {
    if selector.is_meaningless() {
        return Vec::new();
    }
    let mut examples = vec![Labels::new()];
    for requirement in selector.requirements() {
        let values: Vec<EcoString> = match &requirement.test {
            Test::In(values) => values.clone(),
            Test::Exists => vec![NOBODYS.into()],
            Test::NotIn(_) | Test::DoesNotExist => continue,
        };
        let with = |labels: &Labels, value: &EcoString| {
            let mut labels = labels.clone();
            labels.set(&requirement.key, value);
            labels
        };
        examples = examples
            .iter()
            .flat_map(|labels| values.iter().map(move |value| (labels, value)))
            .take(MOST_STRANGERS)
            .map(|(labels, value)| with(labels, value))
            .collect();
    }
    // What contradicts itself is satisfied by nobody.
    examples.retain(|labels| selector.matches(|key| labels.get(key)));
    examples
}
