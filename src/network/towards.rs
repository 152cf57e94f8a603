//! One end of all its connections: which ports are open towards which pods.
//!
//! A grant to few pods is kept by pod, and found at once. One to many (all of a namespace, all of the cluster) is kept as it is:
//! two thousand workloads that each let in all the others are two thousand references to one list, and not four million
//! entries.

use std::sync::Arc;

use super::Ports;
use super::reach::{Grant, Grantees};

/// More pods than this are many.
const FEW: usize = 64;
/// More lists of many pods than this are looked through too slowly; then all is kept by pod.
const MOST_LISTS: usize = 16;

/// Whether all of some pods are among these; both are in order.
pub(crate) fn covers(these: &[usize], pods: &[usize]) -> bool {
    if these.len() < pods.len() || these == pods {
        return these == pods;
    }
    if pods.len() < FEW {
        return pods.iter().all(|one| these.binary_search(one).is_ok());
    }
    let mut these = these.iter();
    pods.iter().all(|one| these.find(|&other| other >= one) == Some(one))
}

/// The ports that are open towards pods.
#[derive(Clone, Debug)]
pub(super) struct Towards {
    /// Those that are open to whoever there is.
    pub(super) everybody: Ports,
    /// Those that are open to each of many besides.
    many: Vec<(Arc<[usize]>, Ports)>,
    /// Those that are open to one of few besides; by the number of the pods.
    few: Vec<(usize, Ports)>,
}

impl Towards {
    /// Where nothing is isolated.
    pub(super) fn open() -> Towards {
        Towards { everybody: Ports::all(), many: Vec::new(), few: Vec::new() }
    }

    /// What is granted, and nothing else.
    pub(super) fn granted(grants: &[Arc<Grant>]) -> Towards {
        let everybody = grants.iter().filter(|grant| grant.who == Grantees::Everybody).map(|grant| &grant.ports);
        let everybody = Ports::union_of(everybody);
        let mut many: Vec<(Arc<[usize]>, Vec<&Ports>)> = Vec::new();
        let mut few: Vec<(usize, &Ports)> = Vec::new();
        for grant in grants {
            let Grantees::Pods(pods) = &grant.who else { continue };
            match many.iter().position(|(known, _)| Arc::ptr_eq(known, pods)) {
                Some(at) => many[at].1.push(&grant.ports),
                None if pods.len() > FEW && many.len() < MOST_LISTS => many.push((pods.clone(), vec![&grant.ports])),
                None => few.extend(pods.iter().map(|&pods| (pods, &grant.ports))),
            }
        }
        let many = many.into_iter().map(|(pods, ports)| (pods, Ports::union_of(ports))).collect();
        few.sort_by_key(|&(pods, _)| pods);
        let by_pods = few.chunk_by(|one, next| one.0 == next.0);
        let few = by_pods.map(|grants| (grants[0].0, Ports::union_of(grants.iter().map(|grant| grant.1)))).collect();
        Towards { everybody, many, few }
    }

    /// The ports that are open towards pods.
    pub(super) fn pods(&self, pods: usize) -> Ports {
        let mut open = self.everybody.clone();
        if let Ok(at) = self.few.binary_search_by_key(&pods, |&(pods, _)| pods) {
            open = open.union(&self.few[at].1);
        }
        for (_, ports) in self.many.iter().filter(|(many, _)| many.binary_search(&pods).is_ok()) {
            open = open.union(ports);
        }
        open
    }

    /// The ports that are open towards everybody, and towards so many that all of these are among them.
    pub(super) fn together(&self, pods: &[usize]) -> Ports {
        let covering = self.many.iter().filter(|(many, _)| covers(many, pods)).map(|(_, ports)| ports);
        Ports::union_of(covering.chain([&self.everybody]))
    }

    /// Whether something is open to everybody or to many.
    pub(super) fn is_broad(&self) -> bool {
        !self.everybody.is_empty() || !self.many.is_empty()
    }

    /// The few.
    pub(super) fn few(&self) -> impl Iterator<Item = usize> {
        self.few.iter().map(|&(pods, _)| pods)
    }

    /// The lists of many.
    pub(super) fn lists(&self) -> impl Iterator<Item = &Arc<[usize]>> {
        self.many.iter().map(|(many, _)| many)
    }

    /// The many, perhaps repeatedly.
    pub(super) fn many(&self) -> impl Iterator<Item = usize> {
        self.many.iter().flat_map(|(many, _)| many.iter().copied())
    }
}
