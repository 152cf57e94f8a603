//! The two things that the proof compares: what is declared of a door, and what is granted at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use super::super::declared::{Declared, Graph, Whom, towards};
use super::places::Known;
use super::{Places, addresses};
use crate::network::{Addresses, Cluster, Direction, Grantees, Labels, Ports, Side, covers};

/// Pods by namespace and labels, whoever has them. Who is asked for often is looked up once.
pub(super) struct Alike<'a> {
    known: Known<'a>,
    found: FxHashMap<(&'a EcoString, &'a Labels), Arc<[usize]>>,
}

impl<'a> Alike<'a> {
    pub(super) fn new(cluster: &'a Cluster) -> Alike<'a> {
        Alike { known: Known::new(&cluster.pods), found: FxHashMap::default() }
    }

    fn pods(&mut self, namespace: &'a EcoString, labels: &'a Labels) -> Arc<[usize]> {
        let found = self.found.entry((namespace, labels));
        found.or_insert_with(|| self.known.alike(namespace, labels).into()).clone()
    }
}

/// What is declared of a door.
#[derive(Default)]
pub(super) struct Expected<'g> {
    pods: FxHashMap<usize, Ports>,
    /// Pods that are alike, in order.
    alike: Vec<(Arc<[usize]>, &'g Ports)>,
    networks: Vec<(Addresses, Ports)>,
    hosts: FxHashMap<&'g EcoString, Ports>,
}

impl<'g> Expected<'g> {
    pub(super) fn new(
        graph: &'g Graph,
        places: &Places,
        alike: &mut Alike<'g>,
        (party, direction): (NodeIndex, Direction),
    ) -> Expected<'g> {
        let mut expected = Expected::default();
        for edge in graph.net.edges_directed(party, towards(direction)) {
            let other = if direction == Direction::Ingress { edge.source() } else { edge.target() };
            match &graph.net[other].whom {
                Whom::Workload { .. } => expected.add(places.of(other), edge.weight()),
                whom => expected.add_outside(whom, &edge.weight().ports, alike),
            }
            let through = edge.weight().through.as_ref();
            if let (Some(labels), Whom::Workload { namespace, .. }) = (through, &graph.net[other].whom) {
                expected.alike.push((alike.pods(namespace, labels), &edge.weight().ports));
            }
        }
        expected.networks = merged(expected.networks);
        expected
    }

    fn add(&mut self, pods: &[usize], declared: &Declared) {
        for &pods in pods {
            let known = self.pods.entry(pods).or_default();
            *known = known.union(&declared.ports);
        }
    }

    fn add_outside(&mut self, whom: &'g Whom, ports: &'g Ports, alike: &mut Alike<'g>) {
        match whom {
            Whom::ApiServer | Whom::Workload { .. } => {}
            Whom::Host(name) => {
                let known = self.hosts.entry(name).or_default();
                *known = known.union(ports);
            }
            Whom::Network { cidr, except } => self.networks.push((addresses(cidr, except), ports.clone())),
            Whom::Pods { namespace, labels, .. } => self.alike.push((alike.pods(namespace, labels), ports)),
        }
    }

    /// Whether nothing is declared.
    pub(super) fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.alike.is_empty() && self.networks.is_empty() && self.hosts.is_empty()
    }

    /// The ports that are declared of all of these pods at once.
    pub(super) fn of_all(&self, pods: &[usize]) -> Ports {
        let covering = self.alike.iter().filter(|(alike, _)| covers(alike, pods));
        Ports::union_of(covering.map(|(_, ports)| *ports))
    }

    /// Those of the pods, which are given in order, of whom more is declared than of all of them.
    pub(super) fn among(&self, pods: &[usize]) -> Vec<usize> {
        let mut among: Vec<usize> = match self.pods.len() < pods.len() {
            true => self.pods.keys().copied().filter(|one| pods.binary_search(one).is_ok()).collect(),
            false => pods.iter().copied().filter(|one| self.pods.contains_key(one)).collect(),
        };
        for (alike, _) in self.alike.iter().filter(|(alike, _)| !covers(alike, pods)) {
            let (fewer, more) = if alike.len() < pods.len() { (&**alike, pods) } else { (pods, &**alike) };
            among.extend(fewer.iter().filter(|one| more.binary_search(one).is_ok()));
        }
        among.sort_unstable();
        among.dedup();
        among
    }

    /// The ports that are declared of some pods.
    pub(super) fn of_pods(&self, pods: usize) -> Ports {
        let alike = self.alike.iter().filter(|(alike, _)| alike.binary_search(&pods).is_ok());
        Ports::union_of(self.pods.get(&pods).into_iter().chain(alike.map(|(_, ports)| *ports)))
    }

    /// The ports that are declared of a host.
    pub(super) fn of_host(&self, host: &EcoString) -> Ports {
        self.hosts.get(host).cloned().unwrap_or_default()
    }

    /// What is declared of addresses: of some ports once.
    pub(super) fn networks(&self) -> &[(Addresses, Ports)] {
        &self.networks
    }
}

/// What is granted at a door that is shut.
pub(super) struct Granted<'s> {
    pub(super) side: &'s Side,
    networks: Vec<(Addresses, Ports)>,
    hosts: FxHashMap<&'s EcoString, Ports>,
}

impl<'s> Granted<'s> {
    pub(super) fn new(side: &'s Side) -> Granted<'s> {
        let mut hosts: FxHashMap<&EcoString, Ports> = FxHashMap::default();
        let mut networks = Vec::new();
        for grant in &side.grants {
            match &grant.who {
                Grantees::Everybody | Grantees::Pods(_) => {}
                Grantees::Addresses(addresses) => networks.push((addresses.clone(), grant.ports.clone())),
                Grantees::Hosts(names) => {
                    for host in names {
                        let known = hosts.entry(host).or_default();
                        *known = known.union(&grant.ports);
                    }
                }
            }
        }
        Granted { side, networks: merged(networks), hosts }
    }

    pub(super) fn to_networks(&self) -> &[(Addresses, Ports)] {
        &self.networks
    }

    pub(super) fn to_host(&self, host: &EcoString) -> Ports {
        self.hosts.get(host).cloned().unwrap_or_default()
    }
}

/// Addresses with their ports, those with the same ports together.
fn merged(networks: Vec<(Addresses, Ports)>) -> Vec<(Addresses, Ports)> {
    let mut by_ports: BTreeMap<Ports, Vec<Addresses>> = BTreeMap::new();
    for (addresses, ports) in networks {
        by_ports.entry(ports).or_default().push(addresses);
    }
    by_ports.into_iter().map(|(ports, addresses)| (Addresses::union_of(&addresses), ports)).collect()
}

/// What is left of ports at addresses when others are taken away: each part with its own ports.
pub(super) fn leftover(addresses: &Addresses, ports: &Ports, taken: &[(Addresses, Ports)]) -> Vec<(Addresses, Ports)> {
    let mut rest = vec![(addresses.clone(), ports.clone())];
    rest.retain(|(addresses, ports)| !addresses.is_empty() && !ports.is_empty());
    for (addresses, ports) in taken {
        if rest.iter().all(|(own, _)| own.is_disjoint(addresses)) {
            continue;
        }
        let mut parts = Vec::with_capacity(rest.len());
        for (own, open) in rest {
            let common = own.intersection(addresses);
            if common.is_empty() {
                parts.push((own, open));
                continue;
            }
            let left = [(own.difference(addresses), open.clone()), (common, open.difference(ports))];
            parts.extend(left.into_iter().filter(|(addresses, ports)| !addresses.is_empty() && !ports.is_empty()));
        }
        rest = parts;
    }
    rest
}
