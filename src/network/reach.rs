//! Who reaches whom: policies resolved to grants, and grants of both ends put together.
//!
//! Pods that the same policies select have the same grants and share their [`Side`]; only ports with names set them apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::cluster::{Cluster, Direction};
use super::resolve::Directory;
use super::towards::Towards;
use super::{Addresses, Ports};

/// What the policies of a cluster allow.
pub struct Reach<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) directory: Directory<'a>,
    pub(super) sides: Vec<Side>,
    /// The sides of each of the pods, by direction.
    pub(super) of_pods: Vec<[usize; 2]>,
}

/// What the policies say of some pods and a direction.
#[derive(Clone, Debug)]
pub struct Side {
    /// Whether only what is granted is open.
    pub isolated: bool,
    /// The policies that are about the pods and this direction, in order.
    pub policies: Vec<usize>,
    /// What they grant, in order.
    pub grants: Vec<Arc<Grant>>,
    pub(super) towards: Towards,
}

/// What a rule grants to one of its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The policy.
    pub policy: usize,
    /// The rule, as an index into those of the direction.
    pub rule: usize,
    /// The peer, as an index into those of the rule; none for a rule that is for everybody.
    pub peer: Option<usize>,
    /// To whom.
    pub who: Grantees,
    /// Which ports. Never none.
    pub ports: Ports,
}

/// To whom something is granted. Never nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantees {
    /// Whoever there is, in the cluster and outside.
    Everybody,
    /// Pods, in their order.
    Pods(Arc<[usize]>),
    /// Addresses outside of the cluster.
    Addresses(Addresses),
    /// Names of hosts outside of the cluster, perhaps with `*`.
    Hosts(Vec<EcoString>),
}

impl<'a> Reach<'a> {
    /// The cluster that it is about.
    pub fn cluster(&self) -> &'a Cluster {
        self.cluster
    }

    /// What is said of pods and a direction.
    ///
    /// # Panics
    /// When the cluster has no such pods.
    pub fn side(&self, pods: usize, direction: Direction) -> &Side {
        &self.sides[self.of_pods[pods][direction as usize]]
    }

    /// The ports of `to` on which `from` reaches it. A workload and itself means one replica and another.
    ///
    /// # Panics
    /// When the cluster has no such pods.
    pub fn open(&self, from: usize, to: usize) -> Ports {
        let out = self.side(from, Direction::Egress).towards.pods(to);
        if out.is_empty() { out } else { out.intersection(&self.side(to, Direction::Ingress).towards.pods(from)) }
    }

    /// The ports that are open between pods and *each* of some addresses outside of the cluster.
    pub fn accepts(&self, pods: usize, direction: Direction, addresses: &Addresses) -> Ports {
        let side = self.side(pods, direction);
        let mut open = side.towards.everybody.clone();
        // Ports by what they are open to; the same ports may be granted in parts.
        let mut stretches: BTreeMap<Ports, Vec<&Addresses>> = BTreeMap::new();
        for (granted, ports) in side.networks() {
            stretches.entry(ports.clone()).or_default().push(granted);
        }
        let granted: Vec<(&Ports, Addresses)> =
            stretches.iter().map(|(ports, parts)| (ports, Addresses::union_of(parts.iter().copied()))).collect();
        for part in parts(granted.iter().map(|(ports, _)| *ports)) {
            let there = granted.iter().filter(|(ports, _)| part.is_subset(ports)).map(|(_, addresses)| addresses);
            if addresses.is_subset(&Addresses::union_of(there)) {
                open = open.union(&part);
            }
        }
        open
    }

    /// The ports that are open between pods and *any* of some addresses outside of the cluster.
    pub fn touches(&self, pods: usize, direction: Direction, addresses: &Addresses) -> Ports {
        let side = self.side(pods, direction);
        if addresses.is_empty() {
            return Ports::none();
        }
        let met = side.networks().filter(|(granted, _)| !granted.intersection(addresses).is_empty());
        Ports::union_of(met.map(|(_, ports)| ports)).union(&side.towards.everybody)
    }
}

impl Side {
    /// The ports that are open towards whoever there is.
    pub fn everybody(&self) -> &Ports {
        &self.towards.everybody
    }

    /// The ports that are open towards pods.
    pub fn pods(&self, pods: usize) -> Ports {
        self.towards.pods(pods)
    }

    /// Ports that are open towards all of these pods, which are given in order, because they are granted to many at once;
    /// there may be more.
    pub fn together(&self, pods: &[usize]) -> Ports {
        self.towards.together(pods)
    }

    /// What is granted to addresses.
    fn networks(&self) -> impl Iterator<Item = (&Addresses, &Ports)> {
        self.grants.iter().filter_map(|grant| match &grant.who {
            Grantees::Addresses(addresses) => Some((addresses, &grant.ports)),
            _ => None,
        })
    }
}

/// The coarsest parts such that each lies in or outside of each of the sets.
fn parts<'p>(sets: impl Iterator<Item = &'p Ports>) -> Vec<Ports> {
    let mut parts: Vec<Ports> = Vec::new();
    for set in sets {
        let mut rest = set.clone();
        let mut split = Vec::new();
        for part in parts {
            let common = part.intersection(&rest);
            rest = rest.difference(&common);
            split.extend([part.difference(&common), common].into_iter().filter(|part| !part.is_empty()));
        }
        split.extend(Some(rest).filter(|rest| !rest.is_empty()));
        parts = split;
    }
    parts
}
