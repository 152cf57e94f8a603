//! Strangers: pods that nobody declares and that a policy would let through, because of how they are labelled or where they
//! live. Of their ports nothing is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::super::declared::Graph;
use super::NAME;
use crate::network::{
    Cluster, Direction, Directory, Labels, NAME_LABEL, Peer, Pods, PodsWanted, Rule, Scope, Selector, Test, Wanted,
    WhichPorts,
};

/// A namespace and a value of a label that nobody has.
const NOBODYS: &str = "nxk-stranger";
/// So many strangers are tried for one selector; more choices than this nobody writes.
const MOST_STRANGERS: usize = 256;

/// Adds strangers to a cluster: pods that its policies could mean besides those that the graph knows.
pub fn add_strangers(graph: &Graph, cluster: &mut Cluster) {
    let is_such = |wanted: &Arc<PodsWanted>| !means_workload(graph, wanted);
    let counts = |stranger: &Stranger| is_stranger(graph, &stranger.home.name, &stranger.labels);
    add(cluster, strangers(cluster, is_such, counts));
}

/// Whether pods with these labels can be told from those of every workload: what has a workload's name is it to policies.
pub(super) fn is_stranger(graph: &Graph, namespace: &str, labels: &Labels) -> bool {
    labels.get(NAME).is_none_or(|name| graph.workload(namespace, name).is_none())
}

/// Adds to a cluster those whom its policies speak of, and whom it does not have.
pub fn add_missing(cluster: &mut Cluster) {
    let directory = Directory::new(cluster);
    let on_hosts: Vec<&Pods> = cluster.pods.iter().filter(|pods| pods.host_network).collect();
    let is_missing = |wanted: &Arc<PodsWanted>| {
        let mut on_hosts = on_hosts.iter();
        directory.find(wanted).is_empty() && !on_hosts.any(|pods| means(cluster, wanted, pods))
    };
    let missing = strangers(cluster, is_missing, |_| true);
    add(cluster, missing);
}

fn means(cluster: &Cluster, wanted: &PodsWanted, pods: &Pods) -> bool {
    let in_scope = match &wanted.scope {
        Scope::Named(name) => *name == pods.namespace,
        Scope::Matching(selector) => {
            let home = cluster.find_namespace(&pods.namespace);
            home.is_some_and(|home| selector.matches(|key| home.labels.get(key)))
        }
    };
    in_scope && wanted.pods.matches(|key| pods.labels.get(key))
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
        cluster.add_stranger(&home.name, labels);
    }
}

/// For each such choice of pods that policies make, those that have just what it asks for, if they count.
fn strangers(
    cluster: &Cluster,
    is_such: impl Fn(&Arc<PodsWanted>) -> bool,
    counts: impl Fn(&Stranger) -> bool,
) -> BTreeSet<Stranger> {
    let mut seen: FxHashSet<&PodsWanted> = FxHashSet::default();
    let mut strangers = BTreeSet::new();
    for (direction, rule) in rules(cluster) {
        if direction == Direction::Egress && is_for_everybody(rule) && has_names(rule) {
            strangers.insert(Stranger { home: Home::nobodys(Labels::new()), labels: Labels::new() });
        }
        for peer in rule.peers.iter().flatten() {
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
    strangers
}

/// The rules of all policies.
fn rules(cluster: &Cluster) -> impl Iterator<Item = (Direction, &Rule)> {
    cluster.policies.iter().flat_map(|policy| {
        let of = |direction| policy.rules(direction).map(|rules| (direction, rules));
        let both = Direction::BOTH.into_iter().filter_map(of);
        both.flat_map(|(direction, rules)| rules.rules.iter().map(move |rule| (direction, rule)))
    })
}

fn is_for_everybody(rule: &Rule) -> bool {
    let everybody = |peer: &Peer| matches!(peer.who, Wanted::Everybody);
    rule.peers.as_ref().is_none_or(|peers| peers.iter().any(everybody))
}

/// Whether a rule has ports by their names, which are whatever the receiver calls so.
fn has_names(rule: &Rule) -> bool {
    rule.ports.iter().flatten().any(|ports| matches!(ports.which, WhichPorts::Named(_)))
}

/// Whether a choice is that of a workload's pods, by its namespace and name.
fn means_workload(graph: &Graph, wanted: &PodsWanted) -> bool {
    let namespace = match &wanted.scope {
        Scope::Named(name) => Some(name.as_str()),
        Scope::Matching(selector) => one_value(selector, NAME_LABEL),
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
        let home = match labels.get(NAME_LABEL) {
            Some(name) => Home { name: name.into(), labels },
            None => Home::nobodys(labels),
        };
        let is_made = cluster.find_namespace(&home.name).is_some_and(|known| known.object.is_some());
        (!is_made).then_some(home)
    });
    let mut homes: Vec<Home> = supposed.collect();
    homes.extend(known.take(MOST_STRANGERS));
    homes
}

impl Home {
    /// A namespace that nobody has, of its own for each choice of labels, which its name tells.
    fn nobodys(labels: Labels) -> Home {
        let told: Vec<String> = labels.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let name = if told.is_empty() { NOBODYS.into() } else { ecow::eco_format!("{NOBODYS} {}", told.join(", ")) };
        Home { name, labels }
    }
}

/// Whether a namespace is one that nobody has, and if so the labels by which it was meant.
pub(in crate::graph) fn supposed_labels(namespace: &str) -> Option<&str> {
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
