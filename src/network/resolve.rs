//! From selectors to the pods that they find.
//!
//! Namespaces, and the pods of each, are kept by label. A selector looks only at what has its rarest label, and equal selectors
//! are resolved once.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::cluster::{Cluster, PodsWanted, Scope};
use super::labels::{Labels, Selector, Test};

/// All pods that selectors can find, and what has been found before.
pub(crate) struct Directory<'a> {
    cluster: &'a Cluster,
    names: FxHashMap<&'a str, usize>,
    namespaces: ByLabel<'a>,
    /// By namespace, in their order.
    pods: Vec<ByLabel<'a>>,
    /// By where the wish is: equal ones are one.
    found: FxHashMap<usize, Arc<[usize]>>,
    found_namespaces: FxHashMap<&'a Selector, Arc<[usize]>>,
    /// All lists of pods that have been found.
    lists: FxHashSet<Arc<[usize]>>,
}

impl<'a> Directory<'a> {
    /// Takes in the pods of a cluster.
    pub(crate) fn new(cluster: &'a Cluster) -> Directory<'a> {
        let names: FxHashMap<&str, usize> =
            cluster.namespaces.iter().enumerate().map(|(at, namespace)| (namespace.name.as_str(), at)).collect();
        let mut namespaces = ByLabel::default();
        for (at, namespace) in cluster.namespaces.iter().enumerate() {
            namespaces.add(at, &namespace.labels);
        }
        let mut pods: Vec<ByLabel<'a>> = cluster.namespaces.iter().map(|_| ByLabel::default()).collect();
        for (at, one) in cluster.pods.iter().enumerate().filter(|(_, one)| !one.host_network) {
            if let Some(&namespace) = names.get(one.namespace.as_str()) {
                pods[namespace].add(at, &one.labels);
            }
        }
        let (found, found_namespaces, lists) = Default::default();
        Directory { cluster, names, namespaces, pods, found, found_namespaces, lists }
    }

    /// The pods that are meant, in their order; kept for the next who asks.
    pub(super) fn pods(&mut self, wanted: &'a Arc<PodsWanted>) -> Arc<[usize]> {
        if let Some(found) = self.found.get(&key(wanted)) {
            return found.clone();
        }
        if let Scope::Matching(selector) = &wanted.scope
            && !self.found_namespaces.contains_key(selector)
        {
            let found = self.namespaces(selector);
            self.found_namespaces.insert(selector, found);
        }
        let found = self.find(wanted);
        // The same pods are the same list, whoever means them.
        let found = match self.lists.get(&found) {
            Some(list) => list.clone(),
            None => {
                self.lists.insert(found.clone());
                found
            }
        };
        self.found.insert(key(wanted), found.clone());
        found
    }

    /// The pods that are meant, in their order.
    pub(crate) fn find(&self, wanted: &Arc<PodsWanted>) -> Arc<[usize]> {
        if let Some(found) = self.found.get(&key(wanted)) {
            return found.clone();
        }
        let selector = match &wanted.scope {
            Scope::Matching(selector) => selector,
            Scope::Named(name) => {
                let namespace = self.names.get(name.as_str());
                return namespace.map_or_else(Vec::new, |&namespace| self.pods_in(namespace, &wanted.pods)).into();
            }
        };
        let namespaces = self.found_namespaces.get(selector).cloned().unwrap_or_else(|| self.namespaces(selector));
        let pods = namespaces.iter().flat_map(|&namespace| self.pods_in(namespace, &wanted.pods));
        let mut all: Vec<usize> = pods.collect();
        all.sort_unstable();
        all.into()
    }

    fn namespaces(&self, selector: &Selector) -> Arc<[usize]> {
        self.namespaces.select(selector, |at| &self.cluster.namespaces[at].labels).into()
    }

    fn pods_in(&self, namespace: usize, selector: &Selector) -> Vec<usize> {
        self.pods[namespace].select(selector, |at| &self.cluster.pods[at].labels)
    }
}

/// Where a wish is: equal ones of a cluster are one, and live as long as it does.
pub(super) fn key(wanted: &Arc<PodsWanted>) -> usize {
    Arc::as_ptr(wanted) as usize
}

/// Things with labels, by number.
#[derive(Default)]
struct ByLabel<'a> {
    all: Vec<usize>,
    /// By key and value.
    labelled: FxHashMap<&'a str, FxHashMap<&'a str, Vec<usize>>>,
}

impl<'a> ByLabel<'a> {
    fn add(&mut self, at: usize, labels: &'a Labels) {
        self.all.push(at);
        for (key, value) in labels.iter() {
            self.labelled.entry(key).or_default().entry(value).or_default().push(at);
        }
    }

    /// Those that a selector finds, in order.
    fn select<'l>(&self, selector: &Selector, labels: impl Fn(usize) -> &'l Labels) -> Vec<usize> {
        let matches = |&at: &usize| {
            let labels = labels(at);
            selector.matches(|key| labels.get(key))
        };
        let mut found: Vec<usize> = match self.rarest(selector) {
            Some(candidates) => candidates.into_iter().flatten().copied().filter(matches).collect(),
            None => self.all.iter().copied().filter(matches).collect(),
        };
        found.sort_unstable();
        found
    }

    /// The shortest lists that have to hold all that a selector finds; none if it may find anything.
    fn rarest(&self, selector: &Selector) -> Option<Vec<&[usize]>> {
        let lists = selector.requirements().iter().filter_map(|requirement| {
            let values = self.labelled.get(requirement.key.as_str());
            match &requirement.test {
                Test::In(wanted) => Some(values.map_or_else(Vec::new, |values| {
                    wanted.iter().filter_map(|value| values.get(value.as_str())).map(Vec::as_slice).collect()
                })),
                Test::Exists => {
                    Some(values.map_or_else(Vec::new, |values| values.values().map(Vec::as_slice).collect()))
                }
                Test::NotIn(_) | Test::DoesNotExist => None,
            }
        });
        lists.min_by_key(|lists| lists.iter().map(|list| list.len()).sum::<usize>())
    }
}
