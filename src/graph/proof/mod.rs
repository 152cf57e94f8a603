//! The proof: what the policies of the finished objects allow is what the graph declares, and nothing else.
//!
//! **The idea.** A connection passes two doors, that of who connects and that of who is connected to. Each door of each
//! application is judged by itself: what its policies grant, against what is declared of it. So nothing hides behind the
//! other door, which somebody else may open tomorrow, and the work grows with the grants and not with the pairs.
//!
//! **Who may stand at a door** is everybody that a policy could mean: the pods of the configuration, the pods outside that
//! it speaks of, the addresses and hosts that it names; and for every other choice that a policy makes a *stranger*, pods
//! that have just the labels which that choice asks for.
//!
//! **Which doors are judged.** With a general deny all doors of that direction. Without it those of applications that
//! declare something of that direction: their own policies shut them. A declared connection has to be open wherever it ends,
//! be it at an application or at a workload of layer 2.

mod expected;
mod findings;
mod places;
mod strangers;
mod words;

use std::sync::Arc;

use ecow::EcoString;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use self::expected::{Alike, Expected, Granted, leftover};
use super::declared::{Graph, Whom};
use crate::network::{Addresses, Direction, Grant, Grantees, Ports, Reach, Side};

pub use findings::{Judged, changed, findings};
pub use places::Places;
pub(super) use strangers::supposed_labels;
pub use strangers::{add_missing, add_strangers};
pub(super) use words::{shown, words};

/// The label by which policies find the pods of a workload.
const NAME: &str = "app.kubernetes.io/name";

/// Which doors are shut whether or not something is declared of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guard {
    /// Whether applications accept nothing that is not declared.
    pub ingress: bool,
    /// Whether they connect to nobody who is not declared.
    pub egress: bool,
}

/// What the policies do otherwise than declared. Empty: it is proved.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Declared, and not open.
    pub closed: Vec<Closed>,
    /// Open, and not declared.
    pub undeclared: Vec<Undeclared>,
    /// Declared of pods that policies do not find.
    pub unfound: Vec<Unfound>,
}

/// A declared connection that a door does not let through.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The connection.
    pub edge: EdgeIndex,
    /// The pods whose door it is.
    pub pods: usize,
    /// The door.
    pub direction: Direction,
    /// What is shut of it.
    pub ports: Ports,
}

/// A declared connection with pods that are on the network of their host, where the policies of the other end do not find
/// them. Whether it is open is up to the network.
#[derive(Clone, Debug)]
pub struct Unfound {
    /// The connection.
    pub edge: EdgeIndex,
    /// Who is not found.
    pub party: NodeIndex,
    /// The door that they do not pass.
    pub direction: Direction,
}

/// What a door lets through and nobody declares.
#[derive(Clone, Debug)]
pub struct Undeclared {
    /// The application whose door it is.
    pub party: NodeIndex,
    /// Its pods.
    pub pods: usize,
    /// The door.
    pub direction: Direction,
    /// The policy and its rule that open it; none if no policy shuts it at all.
    pub rule: Option<(usize, usize)>,
    /// Whom it lets through.
    pub who: Grantees,
    /// On which ports.
    pub ports: Ports,
}

/// Holds what the policies allow against what is declared.
pub fn prove(graph: &Graph, reach: &Reach<'_>, places: &Places, guard: Guard) -> Proof {
    let alike = Alike::new(reach.cluster());
    let mut prover = Prover { graph, reach, places, guard, alike, proof: Proof::default() };
    for party in graph.net.node_indices() {
        if !matches!(graph.net[party].whom, Whom::Workload { .. }) {
            continue;
        }
        for &pods in places.of(party) {
            // Policies are not about them; that is told where it is decided.
            if !reach.cluster().pods[pods].host_network {
                Direction::BOTH.into_iter().for_each(|direction| prover.judge(party, pods, direction));
            }
        }
    }
    prover.proof
}

struct Prover<'a> {
    graph: &'a Graph,
    reach: &'a Reach<'a>,
    places: &'a Places,
    guard: Guard,
    alike: Alike<'a>,
    proof: Proof,
}

impl Prover<'_> {
    fn judge(&mut self, party: NodeIndex, pods: usize, direction: Direction) {
        let side = self.reach.side(pods, direction);
        if side.isolated {
            self.find_closed(party, pods, direction, side);
        }
        if !self.graph.net[party].application {
            return;
        }
        let expected = Expected::new(self.graph, self.places, &mut self.alike, (party, direction));
        let guarded = match direction {
            Direction::Ingress => self.guard.ingress,
            Direction::Egress => self.guard.egress,
        };
        if !guarded && expected.is_empty() {
            return;
        }
        let door = Undeclared { party, pods, direction, rule: None, who: Grantees::Everybody, ports: Ports::all() };
        if !side.isolated {
            self.proof.undeclared.push(door);
            return;
        }
        for grant in &side.grants {
            let rule = Some((grant.policy, grant.rule));
            let beyond = self.beyond(grant, &expected).into_iter();
            self.proof.undeclared.extend(beyond.map(|(who, ports)| Undeclared { rule, who, ports, ..door.clone() }));
        }
    }

    /// What is declared of this door, and what of it is shut.
    fn find_closed(&mut self, party: NodeIndex, pods: usize, direction: Direction, side: &Side) {
        let edges = self.graph.net.edges_directed(party, super::declared::towards(direction));
        let mut edges: Vec<_> = edges.collect();
        if edges.is_empty() {
            return;
        }
        edges.sort_by_key(EdgeRef::id);
        let granted = Granted::new(side);
        for edge in edges {
            let party = if direction == Direction::Ingress { edge.source() } else { edge.target() };
            let ports = edge.weight().ports.difference(side.everybody());
            if ports.is_empty() {
                continue;
            }
            let edge = edge.id();
            let missing = self.missing(party, &ports, &granted);
            if !missing.is_empty() {
                self.proof.closed.push(Closed { edge, pods, direction, ports: missing });
            }
            if self.places.found(party).len() < self.places.of(party).len() {
                self.proof.unfound.push(Unfound { edge, party, direction });
            }
        }
    }

    /// Those of the ports, which are not open to everybody, that are not granted to all of a party.
    fn missing(&self, other: NodeIndex, ports: &Ports, granted: &Granted) -> Ports {
        match &self.graph.net[other].whom {
            Whom::ApiServer => Ports::none(),
            Whom::Host(name) => ports.difference(&granted.to_host(name)),
            Whom::Network { cidr, except } => {
                let addresses = addresses(cidr, except);
                let rest = leftover(&addresses, ports, granted.to_networks());
                Ports::union_of(rest.iter().map(|(_, ports)| ports))
            }
            Whom::Workload { .. } | Whom::Pods { .. } => {
                // Nobody finds pods by their labels that are on the network of their host; that is told apart.
                let pods = self.places.found(other);
                let rest = ports.difference(&granted.side.together(pods));
                if rest.is_empty() {
                    return rest;
                }
                let missing: Vec<Ports> = pods.iter().map(|&pods| rest.difference(&granted.side.pods(pods))).collect();
                Ports::union_of(&missing)
            }
        }
    }

    /// What of a grant is not declared.
    fn beyond(&self, grant: &Grant, expected: &Expected) -> Vec<(Grantees, Ports)> {
        match &grant.who {
            Grantees::Everybody => vec![(Grantees::Everybody, grant.ports.clone())],
            Grantees::Pods(pods) => beyond_pods(pods, &grant.ports, expected),
            Grantees::Addresses(addresses) => {
                let rest = leftover(addresses, &grant.ports, expected.networks());
                rest.into_iter().map(|(addresses, ports)| (Grantees::Addresses(addresses), ports)).collect()
            }
            Grantees::Hosts(hosts) => {
                let beyond = |host: &EcoString| {
                    let ports = grant.ports.difference(&expected.of_host(host));
                    (!ports.is_empty()).then(|| (Grantees::Hosts(vec![host.clone()]), ports))
                };
                hosts.iter().filter_map(beyond).collect()
            }
        }
    }
}

/// What of the ports granted to pods is not declared: first of those of whom nothing is declared but what is of all.
fn beyond_pods(pods: &Arc<[usize]>, granted: &Ports, expected: &Expected) -> Vec<(Grantees, Ports)> {
    let rest = granted.difference(&expected.of_all(pods));
    if rest.is_empty() {
        return Vec::new();
    }
    let known = expected.among(pods);
    if known.is_empty() {
        return vec![(Grantees::Pods(pods.clone()), rest)];
    }
    let others: Vec<usize> = pods.iter().copied().filter(|one| known.binary_search(one).is_err()).collect();
    let mut by_ports: Vec<(Ports, Vec<usize>)> = Vec::new();
    if !others.is_empty() {
        by_ports.push((rest.clone(), others));
    }
    for one in known {
        let ports = rest.difference(&expected.of_pods(one));
        match by_ports.iter_mut().find(|(known, _)| *known == ports) {
            _ if ports.is_empty() => {}
            Some((_, pods)) => pods.push(one),
            None => by_ports.push((ports, vec![one])),
        }
    }
    by_ports.into_iter().map(|(ports, pods)| (Grantees::Pods(pods.into()), ports)).collect()
}

/// A network without its exceptions. What has no meaning is nothing: the schema has told it.
pub(super) fn addresses(cidr: &str, except: &[EcoString]) -> Addresses {
    let block = |cidr: &str| Addresses::block(cidr).unwrap_or_default();
    except.iter().fold(block(cidr), |rest, part| rest.difference(&block(part)))
}
