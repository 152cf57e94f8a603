//! How a [`Reach`] comes to be: policies to grants, grants to sides.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cluster::{Cluster, Direction, NamedPort, Peer, Pods, PortsWanted, Rule, Rules, Wanted, WhichPorts};
use super::reach::{Grant, Grantees, Reach, Side};
use super::resolve::{Directory, key};
use super::towards::Towards;
use super::{Ports, Protocol};

impl<'a> Reach<'a> {
    /// Resolves all policies.
    pub fn new(cluster: &'a Cluster) -> Reach<'a> {
        let mut builder = Builder::new(cluster);
        let about = builder.select();
        builder.find_names();
        let of_pods = about.into_iter().enumerate().map(|(pods, groups)| builder.sides_of(pods, groups)).collect();
        Reach { cluster, directory: builder.directory, sides: builder.sides, of_pods }
    }
}

/// A policy, a direction, and the ports of the pods that it selects; none where their names do not matter.
type Granting<'a> = (usize, Direction, &'a [NamedPort]);

/// A [`Reach`] in the making.
struct Builder<'a> {
    cluster: &'a Cluster,
    directory: Directory<'a>,
    /// What is granted.
    granted: FxHashMap<Granting<'a>, Vec<Arc<Grant>>>,
    /// The policies, those that select the same pods together.
    groups: Vec<Vec<usize>>,
    /// Whether a policy of the group gives a port to its pods by its name.
    by_name: Vec<bool>,
    /// The sides of pods that the same groups select, with the same ports where their names matter.
    shared: FxHashMap<(Vec<usize>, &'a [NamedPort]), [usize; 2]>,
    sides: Vec<Side>,
}

impl<'a> Builder<'a> {
    fn new(cluster: &'a Cluster) -> Builder<'a> {
        let (granted, groups, by_name, shared, sides) = Default::default();
        Builder { cluster, directory: Directory::new(cluster), granted, groups, by_name, shared, sides }
    }

    fn find_names(&mut self) {
        let inwards = |&at: &usize| self.cluster.policies[at].ingress.as_ref();
        let by_name = |group: &Vec<usize>| group.iter().filter_map(inwards).any(Rules::use_names);
        self.by_name = self.groups.iter().map(by_name).collect();
    }

    /// Sorts the policies by the pods that they select; gives the numbers of the groups for each of the pods.
    fn select(&mut self) -> Vec<Vec<usize>> {
        let mut numbers: FxHashMap<usize, usize> = FxHashMap::default();
        for (at, policy) in self.cluster.policies.iter().enumerate() {
            let number = *numbers.entry(key(&policy.selects)).or_insert(self.groups.len());
            match self.groups.get_mut(number) {
                Some(group) => group.push(at),
                None => self.groups.push(vec![at]),
            }
        }
        let mut about = vec![Vec::new(); self.cluster.pods.len()];
        for (number, group) in self.groups.iter().enumerate() {
            for &pods in self.directory.pods(&self.cluster.policies[group[0]].selects).iter() {
                about[pods].push(number);
            }
        }
        about
    }

    /// The sides of pods that these groups of policies select.
    fn sides_of(&mut self, pods: usize, groups: Vec<usize>) -> [usize; 2] {
        let ports = &self.cluster.pods[pods].ports;
        let by_name = groups.iter().any(|&group| self.by_name[group]);
        let key = (groups, if by_name { ports.as_slice() } else { &[] });
        if let Some(&sides) = self.shared.get(&key) {
            return sides;
        }
        let mut policies: Vec<usize> = key.0.iter().flat_map(|&group| &self.groups[group]).copied().collect();
        policies.sort_unstable();
        let sides = Direction::BOTH.map(|direction| self.side(&policies, direction, key.1));
        self.shared.insert(key, sides);
        sides
    }

    fn side(&mut self, policies: &[usize], direction: Direction, ports: &'a [NamedPort]) -> usize {
        let rules = |&at: &usize| Some((at, self.cluster.policies[at].rules(direction)?));
        let about: Vec<_> = policies.iter().filter_map(rules).collect();
        let isolated = about.iter().any(|(_, rules)| rules.isolates);
        let policies: Vec<usize> = about.into_iter().map(|(at, _)| at).collect();
        let grants: Vec<_> = policies.iter().flat_map(|&at| self.grants(at, direction, ports)).collect();
        let towards = if isolated { Towards::granted(&grants) } else { Towards::open() };
        self.sides.push(Side { isolated, policies, grants, towards });
        self.sides.len() - 1
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
            groups.entry(ports.of_pods(&self.cluster.pods[one])).or_default().push(one);
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

    /// All ports of the rule, for these receivers.
    fn of_pods(&self, pods: &Pods) -> Ports {
        if !pods.any_port {
            return self.of(&pods.ports);
        }
        let may_be = |item: &&PortsWanted| match item.protocol {
            Some(protocol) => Ports::of(protocol),
            None => Ports::all(),
        };
        self.numbers.union(&Ports::union_of(&self.names.iter().map(may_be).collect::<Vec<_>>()))
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
