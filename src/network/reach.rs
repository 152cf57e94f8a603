//! Who reaches whom: policies resolved to grants, and grants of both ends put together.
//!
//! Pods that the same policies select have the same grants and share their [`Side`]; only ports with names set them apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::cluster::{Cluster, Direction, Fault, NamedPort, Peer, PortsWanted, Rule, Wanted, WhichPorts};
use super::resolve::Directory;
use super::{Addresses, Ports, Protocol};

/// What the policies of a cluster allow.
pub struct Reach<'a> {
    cluster: &'a Cluster,
    sides: Vec<Side>,
    /// The sides of each of the pods, by direction.
    of_pods: Vec<[usize; 2]>,
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
    /// The ports that are open to whoever there is.
    everybody: Ports,
    /// The ports that are open to some pods besides, by their number.
    pods: Vec<(usize, Ports)>,
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
    /// Resolves all policies.
    pub fn new(cluster: &'a Cluster) -> Reach<'a> {
        let mut builder = Builder {
            cluster,
            directory: Directory::new(cluster),
            granted: FxHashMap::default(),
            shared: FxHashMap::default(),
            sides: Vec::new(),
        };
        let about = builder.policies_about();
        let of_pods = about.iter().enumerate().map(|(pods, policies)| builder.sides_of(pods, policies)).collect();
        Reach { cluster, sides: builder.sides, of_pods }
    }

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
        let out = self.side(from, Direction::Egress).towards(to);
        if out.is_empty() { out } else { out.intersection(&self.side(to, Direction::Ingress).towards(from)) }
    }

    /// All pairs of pods between which something is open, and what, in the order of the pods. Pairs of which one end grants
    /// nothing to the other are not looked at one by one.
    pub fn connections(&self) -> impl Iterator<Item = (usize, usize, Ports)> + '_ {
        let pods = 0..self.of_pods.len();
        let greeted: Vec<usize> =
            pods.clone().filter(|&to| !self.side(to, Direction::Ingress).everybody.is_empty()).collect();
        let admitted = self.admitted();
        pods.flat_map(move |from| {
            let out = self.side(from, Direction::Egress);
            let mut to: Vec<usize> = out.pods.iter().map(|&(to, _)| to).collect();
            if !out.everybody.is_empty() {
                to.extend(&admitted[from]);
                to.extend(&greeted);
            }
            to.sort_unstable();
            to.dedup();
            to.into_iter().map(move |to| (from, to, self.open(from, to))).filter(|(_, _, ports)| !ports.is_empty())
        })
    }

    /// What of the policies has no effect: what has no meaning, and what can never match; in the order of the policies.
    pub fn without_effect(&self) -> Vec<Fault> {
        self.cluster.faults.clone()
    }

    /// For each of the pods that may go everywhere, who lets it in by a rule for some.
    fn admitted(&self) -> Vec<Vec<usize>> {
        let mut admitted = vec![Vec::new(); self.of_pods.len()];
        for to in 0..self.of_pods.len() {
            for &(from, _) in &self.side(to, Direction::Ingress).pods {
                if !self.side(from, Direction::Egress).everybody.is_empty() {
                    admitted[from].push(to);
                }
            }
        }
        admitted
    }

    /// The ports that are open between pods and *each* of some addresses outside of the cluster.
    pub fn accepts(&self, pods: usize, direction: Direction, addresses: &Addresses) -> Ports {
        let side = self.side(pods, direction);
        let mut open = side.everybody.clone();
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
        Ports::union_of(met.map(|(_, ports)| ports)).union(&side.everybody)
    }
}

impl Side {
    /// The ports that are open towards pods.
    fn towards(&self, pods: usize) -> Ports {
        match self.pods.binary_search_by_key(&pods, |&(pods, _)| pods) {
            Ok(at) => self.pods[at].1.union(&self.everybody),
            Err(_) => self.everybody.clone(),
        }
    }

    /// What is granted to addresses.
    fn networks(&self) -> impl Iterator<Item = (&Addresses, &Ports)> {
        self.grants.iter().filter_map(|grant| match &grant.who {
            Grantees::Addresses(addresses) => Some((addresses, &grant.ports)),
            _ => None,
        })
    }

    fn new(policies: Vec<usize>, isolated: bool, grants: Vec<Arc<Grant>>) -> Side {
        let everybody = grants.iter().filter(|grant| grant.who == Grantees::Everybody).map(|grant| &grant.ports);
        let everybody = if isolated { Ports::union_of(everybody) } else { Ports::all() };
        let mut pods: Vec<(usize, Ports)> = Vec::new();
        for grant in grants.iter().filter(|_| isolated) {
            if let Grantees::Pods(granted) = &grant.who {
                pods.extend(granted.iter().map(|&pods| (pods, grant.ports.clone())));
            }
        }
        pods.sort_by_key(|&(pods, _)| pods);
        pods.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.union(&next.1);
            }
            same
        });
        Side { isolated, policies, grants, everybody, pods }
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

/// A [`Reach`] in the making.
struct Builder<'a> {
    cluster: &'a Cluster,
    directory: Directory<'a>,
    /// What a policy grants in a direction to pods with these ports; without ports where their names do not matter.
    granted: FxHashMap<(usize, Direction, &'a [NamedPort]), Vec<Arc<Grant>>>,
    /// The sides that there are already.
    shared: FxHashMap<(Vec<usize>, Direction, &'a [NamedPort]), usize>,
    sides: Vec<Side>,
}

impl<'a> Builder<'a> {
    /// For each of the pods the policies that select it, in order.
    fn policies_about(&mut self) -> Vec<Vec<usize>> {
        let mut about = vec![Vec::new(); self.cluster.pods.len()];
        for (at, policy) in self.cluster.policies.iter().enumerate() {
            for &pods in self.directory.pods(&policy.selects).iter() {
                about[pods].push(at);
            }
        }
        about
    }

    fn sides_of(&mut self, pods: usize, policies: &[usize]) -> [usize; 2] {
        Direction::BOTH.map(|direction| {
            let policy = |at: &usize| self.cluster.policies[*at].rules(direction).map(|rules| (*at, rules));
            let relevant: Vec<_> = policies.iter().filter_map(policy).collect();
            let by_name = direction == Direction::Ingress && relevant.iter().any(|(_, rules)| rules.use_names());
            let ports = if by_name { self.cluster.pods[pods].ports.as_slice() } else { &[] };
            let about: Vec<usize> = relevant.iter().map(|&(at, _)| at).collect();
            let key = (about, direction, ports);
            if let Some(&side) = self.shared.get(&key) {
                return side;
            }
            let isolated = relevant.iter().any(|(_, rules)| rules.isolates);
            let grants = key.0.iter().flat_map(|&at| self.grants(at, direction, ports)).collect();
            self.sides.push(Side::new(key.0.clone(), isolated, grants));
            self.shared.insert(key, self.sides.len() - 1);
            self.sides.len() - 1
        })
    }

    /// What a policy grants to pods with these ports.
    fn grants(&mut self, policy: usize, direction: Direction, own: &'a [NamedPort]) -> Vec<Arc<Grant>> {
        let Some(rules) = self.cluster.policies[policy].rules(direction) else { return Vec::new() };
        let own = if rules.use_names() { own } else { &[] };
        let key = (policy, direction, own);
        if let Some(grants) = self.granted.get(&key) {
            return grants.clone();
        }
        let mut grants = Vec::new();
        for (at, rule) in rules.rules.iter().enumerate() {
            let ports = RulePorts::new(rule, (direction == Direction::Ingress).then_some(own));
            let mut grant = |peer, who, ports: Ports| {
                if !ports.is_empty() {
                    grants.push(Arc::new(Grant { policy, rule: at, peer, who, ports }));
                }
            };
            match &rule.peers {
                None => self.grant(&Wanted::Everybody, &ports, &mut |who, ports| grant(None, who, ports)),
                Some(peers) => {
                    for (peer, Peer { who, .. }) in peers.iter().enumerate() {
                        self.grant(who, &ports, &mut |who, ports| grant(Some(peer), who, ports));
                    }
                }
            }
        }
        self.granted.insert(key, grants.clone());
        grants
    }

    fn grant(&mut self, wanted: &'a Wanted, ports: &RulePorts<'_>, grant: &mut dyn FnMut(Grantees, Ports)) {
        match wanted {
            Wanted::Nobody => {}
            Wanted::Hosts(names) => grant(Grantees::Hosts(names.clone()), ports.numbers.clone()),
            Wanted::Addresses(addresses) if addresses.is_empty() => {}
            Wanted::Addresses(addresses) => grant(Grantees::Addresses(addresses.clone()), ports.numbers.clone()),
            Wanted::Everybody => {
                grant(Grantees::Everybody, ports.numbers.clone());
                if !ports.names.is_empty() {
                    let all: Vec<usize> =
                        (0..self.cluster.pods.len()).filter(|&pods| !self.cluster.pods[pods].host_network).collect();
                    self.grant_by_name(&all, ports, grant);
                }
            }
            Wanted::Pods(wanted) => {
                let found = self.directory.pods(wanted);
                if ports.names.is_empty() {
                    if !found.is_empty() {
                        grant(Grantees::Pods(found), ports.numbers.clone());
                    }
                } else {
                    self.grant_by_name(&found, ports, grant);
                }
            }
        }
    }

    /// Ports with names are those of the receivers, so these are granted in groups with the same ones.
    fn grant_by_name(&self, pods: &[usize], ports: &RulePorts<'_>, grant: &mut dyn FnMut(Grantees, Ports)) {
        let mut groups: BTreeMap<Ports, Vec<usize>> = BTreeMap::new();
        for &one in pods {
            groups.entry(ports.of(&self.cluster.pods[one].ports)).or_default().push(one);
        }
        for (ports, pods) in groups {
            grant(Grantees::Pods(pods.into()), ports);
        }
    }
}

/// The ports of a rule: those known by number, and the names that only the receiver can tell.
struct RulePorts<'r> {
    numbers: Ports,
    names: Vec<&'r PortsWanted>,
}

impl<'r> RulePorts<'r> {
    /// `own` are the ports of the pods that the policy selects, where these are the receivers.
    fn new(rule: &'r Rule, own: Option<&[NamedPort]>) -> RulePorts<'r> {
        let Some(items) = &rule.ports else { return RulePorts { numbers: Ports::all(), names: Vec::new() } };
        let (names, numbers): (Vec<_>, Vec<_>) =
            items.iter().partition(|item| matches!(item.which, WhichPorts::Named(_)));
        let numbers = Ports::union_of(&numbers.into_iter().map(by_number).collect::<Vec<_>>());
        match own {
            Some(own) => {
                let numbers = RulePorts { numbers, names }.of(own);
                RulePorts { numbers, names: Vec::new() }
            }
            None => RulePorts { numbers, names },
        }
    }

    /// All ports of the rule, for a receiver with these names.
    fn of(&self, named: &[NamedPort]) -> Ports {
        let meant = named.iter().filter(|port| {
            self.names.iter().any(|item| match &item.which {
                WhichPorts::Named(name) => *name == port.name && item.protocol.is_none_or(|it| it == port.protocol),
                _ => false,
            })
        });
        let meant: Vec<Ports> = meant.map(|port| Ports::one(port.protocol, port.port)).collect();
        self.numbers.union(&Ports::union_of(&meant))
    }
}

/// The ports of an item that gives them by number.
fn by_number(item: &PortsWanted) -> Ports {
    let of = |protocol| match item.which {
        WhichPorts::All => Ports::of(protocol),
        WhichPorts::Numbers(first, last) => Ports::range(protocol, first, last),
        WhichPorts::Named(_) | WhichPorts::Nothing => Ports::none(),
    };
    match item.protocol {
        Some(protocol) => of(protocol),
        None => Ports::union_of(&Protocol::ALL.map(of)),
    }
}
