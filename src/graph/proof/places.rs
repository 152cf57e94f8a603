//! Where the parties of the graph are among the pods of the finished objects.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::super::declared::{Graph, Party, Whom};
use super::NAME;
use super::strangers::is_stranger;
use crate::layers::Object;
use crate::network::{Cluster, Labels, Pods};

/// The kinds of objects that an application or a workload of layer 2 becomes.
const KINDS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/// The pods of each party.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pods: Vec<Vec<usize>>,
    /// Those of them that are not on the network of their host.
    found: Vec<Vec<usize>>,
    workloads: FxHashMap<usize, NodeIndex>,
}

impl Places {
    /// Finds the parties of a graph in the cluster that objects describe. Pods outside of the configuration that the graph
    /// names are added to it.
    ///
    /// A workload is found by its object and not by its labels, as these may be what is wrong; only where its object cannot
    /// be told, by its label.
    pub fn new(graph: &Graph, cluster: &mut Cluster, objects: &[Object]) -> Places {
        let mut places = Places::default();
        let known = Known::new(&cluster.pods);
        let made = Made::new(graph, &cluster.pods, objects);
        for (at, party) in graph.net.node_indices().map(|at| (at, &graph.net[at])) {
            let pods = match &party.whom {
                Whom::Workload { namespace, name } => made.pods_of(party, (namespace, name), &known),
                Whom::Pods { namespace, labels, .. } => {
                    let mut pods = known.alike(namespace, labels);
                    // Whoever speaks of a whole namespace means those that can be found.
                    pods.retain(|&at| labels.iter().len() > 0 || !cluster.pods[at].host_network);
                    pods
                }
                _ => Vec::new(),
            };
            if matches!(party.whom, Whom::Workload { .. }) {
                places.workloads.extend(pods.iter().map(|&pods| (pods, at)));
            }
            places.pods.push(pods);
        }
        for (at, party) in graph.net.node_weights().enumerate() {
            if let Whom::Pods { namespace, labels, .. } = &party.whom
                && is_stranger(graph, namespace, labels)
            {
                places.pods[at].push(cluster.add_outsider(namespace, labels.clone(), Vec::new()));
            }
        }
        let found = |pods: &Vec<usize>| pods.iter().copied().filter(|&at| !cluster.pods[at].host_network).collect();
        places.found = places.pods.iter().map(found).collect();
        places
    }

    /// Those of the pods of a party that policies find by their labels, as they are not on the network of their host.
    pub(super) fn found(&self, party: NodeIndex) -> &[usize] {
        &self.found[party.index()]
    }

    /// The pods of a party, in order: none of one that is not in the cluster.
    pub fn of(&self, party: NodeIndex) -> &[usize] {
        &self.pods[party.index()]
    }

    /// The workload that has these pods.
    pub fn workload(&self, pods: usize) -> Option<NodeIndex> {
        self.workloads.get(&pods).copied()
    }
}

/// Pods by their labels.
pub(super) struct Known<'c> {
    pods: &'c [Pods],
    by_namespace: FxHashMap<&'c str, Vec<usize>>,
    by_label: FxHashMap<(&'c str, &'c str, &'c str), Vec<usize>>,
}

impl<'c> Known<'c> {
    pub(super) fn new(pods: &'c [Pods]) -> Known<'c> {
        let mut known = Known { pods, by_namespace: FxHashMap::default(), by_label: FxHashMap::default() };
        for (at, pods) in pods.iter().enumerate() {
            known.by_namespace.entry(&pods.namespace).or_default().push(at);
            for (key, value) in pods.labels.iter() {
                known.by_label.entry((&pods.namespace, key, value)).or_default().push(at);
            }
        }
        known
    }

    /// The pods of a namespace that have these labels, in order.
    pub(super) fn alike(&self, namespace: &str, labels: &Labels) -> Vec<usize> {
        let with = labels.iter().map(|(key, value)| self.by_label.get(&(namespace, key.as_str(), value.as_str())));
        let rarest = with.min_by_key(|pods| pods.map_or(0, Vec::len));
        let candidates = rarest.unwrap_or_else(|| self.by_namespace.get(namespace));
        let has_all = |&at: &usize| labels.iter().all(|(key, value)| self.pods[at].labels.get(key) == Some(value));
        candidates.into_iter().flatten().copied().filter(has_all).collect()
    }
}

/// The pods that objects make, by what their workload is called.
struct Made<'c> {
    pods: &'c [Pods],
    objects: &'c [Object],
    by_name: FxHashMap<(&'c str, &'c str), Vec<usize>>,
    /// By the keys of their objects, `<Kind>/<name>` or `<Kind>/<namespace>/<name>`, which stay as they are whatever the
    /// objects are called in the end.
    by_key: FxHashMap<&'c str, Vec<usize>>,
    /// How many workloads have a name.
    namesakes: FxHashMap<&'c str, usize>,
}

impl<'c> Made<'c> {
    fn new(graph: &'c Graph, pods: &'c [Pods], objects: &'c [Object]) -> Made<'c> {
        let (by_name, by_key, namesakes) = Default::default();
        let mut made = Made { pods, objects, by_name, by_key, namesakes };
        for (at, pods) in pods.iter().enumerate() {
            if KINDS.contains(&pods.kind.as_str()) {
                made.by_name.entry((&pods.namespace, &pods.name)).or_default().push(at);
            }
            let key = pods.object.and_then(|object| objects[object].key.split_once('/'));
            if let Some((_, name)) = key.filter(|(kind, _)| KINDS.contains(kind)) {
                made.by_key.entry(name).or_default().push(at);
            }
        }
        for party in graph.net.node_weights() {
            if let Whom::Workload { name, .. } = &party.whom {
                *made.namesakes.entry(name).or_default() += 1;
            }
        }
        made
    }

    fn pods_of(&self, party: &Party, (namespace, name): (&str, &str), known: &Known) -> Vec<usize> {
        let mut found = self.by_name.get(&(namespace, name)).cloned().unwrap_or_default();
        let is_only = found.is_empty() && self.namesakes.get(name) == Some(&1);
        let by_key = |key: &str| self.by_key.get(key).into_iter().flatten().copied();
        found.extend(by_key(&format!("{namespace}/{name}")));
        found.extend(by_key(name).filter(|&at| {
            let object = self.pods[at].object.map(|object| &self.objects[object]);
            is_only || object.is_some_and(|object| object.entry == party.span)
        }));
        found.sort_unstable();
        found.dedup();
        if found.is_empty() && party.application {
            let mut label = Labels::new();
            label.set(NAME, name);
            found = known.alike(namespace, &label);
            found.retain(|&at| self.pods[at].object.is_some());
        }
        found
    }
}
