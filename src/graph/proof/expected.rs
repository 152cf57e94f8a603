//! The two things that the proof compares: what is declared of a door, and what is granted at it.

use ecow::EcoString;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use super::super::declared::{Declared, Graph, Whom, towards};
use super::{Places, addresses};
use crate::network::{Addresses, Cluster, Direction, Grantees, Labels, Ports, Side};

/// What is declared of a door.
#[derive(Default)]
pub(super) struct Expected<'g> {
    pods: FxHashMap<usize, Ports>,
    /// Pods by namespace and labels, whoever has them.
    alike: Vec<(&'g EcoString, &'g Labels, &'g Ports)>,
    networks: Vec<(Addresses, Ports)>,
    hosts: Vec<(&'g EcoString, &'g Ports)>,
}

impl<'g> Expected<'g> {
    pub(super) fn new(graph: &'g Graph, places: &Places, party: NodeIndex, direction: Direction) -> Expected<'g> {
        let mut expected = Expected::default();
        for edge in graph.net.edges_directed(party, towards(direction)) {
            let other = if direction == Direction::Ingress { edge.source() } else { edge.target() };
            expected.add(graph, places, other, edge.weight());
        }
        expected
    }

    fn add(&mut self, graph: &'g Graph, places: &Places, other: NodeIndex, declared: &'g Declared) {
        let ports = &declared.ports;
        match &graph.net[other].whom {
            Whom::ApiServer => {}
            Whom::Host(name) => self.hosts.push((name, ports)),
            Whom::Network { cidr, except } => self.networks.push((addresses(cidr, except), ports.clone())),
            Whom::Pods { namespace, labels, .. } => self.alike.push((namespace, labels, ports)),
            Whom::Workload { namespace, .. } => {
                for &pods in places.of(other) {
                    let known = self.pods.entry(pods).or_default();
                    *known = known.union(ports);
                }
                self.alike.extend(declared.through.as_ref().map(|labels| (namespace, labels, ports)));
            }
        }
    }

    /// Whether nothing is declared.
    pub(super) fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.alike.is_empty() && self.networks.is_empty() && self.hosts.is_empty()
    }

    /// The ports that are declared of some pods.
    pub(super) fn of_pods(&self, cluster: &Cluster, pods: usize) -> Ports {
        let them = &cluster.pods[pods];
        let alike = self.alike.iter().filter(|(namespace, labels, _)| {
            them.namespace == **namespace && labels.iter().all(|(key, value)| them.labels.get(key) == Some(value))
        });
        let alike = alike.map(|(_, _, ports)| *ports);
        Ports::union_of(self.pods.get(&pods).into_iter().chain(alike))
    }

    /// The ports that are declared of a host.
    pub(super) fn of_host(&self, host: &str) -> Ports {
        let meant = self.hosts.iter().filter(|(declared, _)| declared.as_str() == host);
        Ports::union_of(meant.map(|(_, ports)| *ports))
    }

    /// What is declared of addresses.
    pub(super) fn networks(&self) -> &[(Addresses, Ports)] {
        &self.networks
    }
}

/// What is granted at a door that is shut.
#[derive(Default)]
pub(super) struct Granted {
    everybody: Ports,
    pods: FxHashMap<usize, Ports>,
    networks: Vec<(Addresses, Ports)>,
    hosts: Vec<(EcoString, Ports)>,
}

impl Granted {
    pub(super) fn new(side: &Side) -> Granted {
        let mut granted = Granted::default();
        for grant in &side.grants {
            match &grant.who {
                Grantees::Everybody => granted.everybody = granted.everybody.union(&grant.ports),
                Grantees::Pods(pods) => {
                    for &pods in pods.iter() {
                        let known = granted.pods.entry(pods).or_default();
                        *known = known.union(&grant.ports);
                    }
                }
                Grantees::Addresses(addresses) => granted.networks.push((addresses.clone(), grant.ports.clone())),
                Grantees::Hosts(hosts) => {
                    granted.hosts.extend(hosts.iter().map(|host| (host.clone(), grant.ports.clone())));
                }
            }
        }
        granted
    }

    pub(super) fn to_everybody(&self) -> &Ports {
        &self.everybody
    }

    pub(super) fn to_pods(&self, pods: usize) -> Ports {
        self.pods.get(&pods).map_or_else(|| self.everybody.clone(), |ports| ports.union(&self.everybody))
    }

    pub(super) fn to_networks(&self) -> &[(Addresses, Ports)] {
        &self.networks
    }

    pub(super) fn to_host(&self, host: &str) -> Ports {
        let meant = self.hosts.iter().filter(|(granted, _)| granted == host).map(|(_, ports)| ports);
        Ports::union_of(meant.chain([&self.everybody]))
    }
}

/// What is left of ports at addresses when others are taken away: each part with its own ports.
pub(super) fn leftover(addresses: &Addresses, ports: &Ports, taken: &[(Addresses, Ports)]) -> Vec<(Addresses, Ports)> {
    let mut rest = vec![(addresses.clone(), ports.clone())];
    rest.retain(|(addresses, ports)| !addresses.is_empty() && !ports.is_empty());
    for (addresses, ports) in taken {
        let parts = rest.into_iter().flat_map(|(own, open)| {
            [(own.difference(addresses), open.clone()), (own.intersection(addresses), open.difference(ports))]
        });
        rest = parts.filter(|(addresses, ports)| !addresses.is_empty() && !ports.is_empty()).collect();
    }
    rest
}
