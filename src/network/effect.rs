//! What of the policies has no effect: rules, peers and ports that can never match.
//!
//! Policies may well be about what comes later or from elsewhere, so only that is told which cannot be so: what contradicts
//! itself, and what asks the pods of a namespace that these objects fill for something that none of them has.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::cluster::{Direction, Fault, Pods, PodsWanted, Policy, PortsWanted, Rule, Scope, Wanted, WhichPorts};
use super::labels::{Requirement, Selector, Test};
use super::reach::Reach;
use super::resolve::key;
use crate::source::Span;

impl Reach<'_> {
    /// What of the policies has no effect: what has no meaning, and what can never match; in the order of the policies.
    pub fn without_effect(&self) -> Vec<Fault> {
        let cluster = self.cluster();
        let of_objects = cluster.pods.iter().filter(|pods| pods.object.is_some());
        let filled = of_objects.clone().map(|pods| pods.namespace.as_str()).collect();
        let on_hosts: Vec<&Pods> = of_objects.filter(|pods| pods.host_network).collect();
        let mut found = cluster.faults.clone();
        let mut judged = FxHashMap::default();
        for (at, policy) in cluster.policies.iter().enumerate() {
            let place = Place { policy: at, object: policy.object, direction: None, rule: None };
            let known = (&filled, on_hosts.as_slice());
            Search { reach: self, known, judged: &mut judged, place, found: &mut found }.policy(policy);
        }
        found.sort_by_key(|fault| (fault.object, fault.policy, fault.direction, fault.rule));
        found
    }
}

/// Where the search is.
#[derive(Clone, Copy)]
struct Place {
    object: usize,
    policy: usize,
    direction: Option<Direction>,
    rule: Option<usize>,
}

/// A search in one policy.
struct Search<'s, 'a> {
    reach: &'s Reach<'a>,
    /// The namespaces that have pods of the objects, and those of the pods that are on the network of their host.
    known: (&'s FxHashSet<&'s str>, &'s [&'s Pods]),
    /// Why a wish finds no pods, for each that has been looked at.
    judged: &'s mut FxHashMap<usize, Option<String>>,
    place: Place,
    found: &'s mut Vec<Fault>,
}

impl Search<'_, '_> {
    fn policy(&mut self, policy: &Policy) {
        if let Some(words) = contradiction(&policy.selects) {
            return self.tell(policy.selector_span, words);
        }
        let selected = self.reach.directory.find(&policy.selects);
        if selected.is_empty()
            && let Some(words) = self.on_host(&policy.selects)
        {
            self.tell(policy.selector_span, words);
        }
        for direction in Direction::BOTH {
            self.place.direction = Some(direction);
            for (at, rule) in policy.rules(direction).into_iter().flat_map(|rules| &rules.rules).enumerate() {
                self.place.rule = Some(at);
                self.peers(rule);
                match direction {
                    Direction::Ingress => self.ports_of(rule, &selected, "it selects"),
                    Direction::Egress => self.ports_of_peers(rule),
                }
            }
        }
    }

    fn peers(&mut self, rule: &Rule) {
        for peer in rule.peers.iter().flatten() {
            match &peer.who {
                Wanted::Addresses(addresses) if addresses.is_empty() => {
                    self.tell(peer.span, "`except` leaves nothing of the block".into());
                }
                Wanted::Pods(wanted) => {
                    if let Some(words) = self.judge(wanted) {
                        self.tell(peer.span, words);
                    }
                }
                _ => {}
            }
        }
    }

    fn judge(&mut self, wanted: &Arc<PodsWanted>) -> Option<String> {
        if let Some(words) = self.judged.get(&key(wanted)) {
            return words.clone();
        }
        let words = contradiction(wanted).or_else(|| self.nobody(wanted));
        self.judged.insert(key(wanted), words.clone());
        words
    }

    /// Why a peer finds no pods, if it could not be otherwise.
    fn nobody(&self, wanted: &Arc<PodsWanted>) -> Option<String> {
        let Scope::Named(namespace) = &wanted.scope else { return None };
        let meaningful = !wanted.pods.is_meaningless() && self.known.0.contains(namespace.as_str());
        if !meaningful || !self.reach.directory.find(wanted).is_empty() {
            return None;
        }
        let missing = || format!("no pods of the namespace `{namespace}` match this peer");
        Some(self.on_host(wanted).unwrap_or_else(missing))
    }

    /// What to say where all pods that are meant are on the network of their host.
    fn on_host(&self, wanted: &PodsWanted) -> Option<String> {
        let Scope::Named(namespace) = &wanted.scope else { return None };
        let meant = |pods: &&&Pods| pods.namespace == *namespace && wanted.pods.matches(|key| pods.labels.get(key));
        let Pods { kind, name, .. } = self.known.1.iter().find(meant)?;
        Some(format!("the pods of {kind} `{name}` are on the network of their host, where selectors do not find them"))
    }

    /// Ports with names that none of the receivers has; `whose` says which pods these are.
    fn ports_of(&mut self, rule: &Rule, receivers: &[usize], whose: &str) {
        if receivers.is_empty() {
            return;
        }
        for item in rule.ports.iter().flatten() {
            let WhichPorts::Named(name) = &item.which else { continue };
            let ports = || receivers.iter().flat_map(|&pods| &self.reach.cluster().pods[pods].ports);
            let meant = |protocol| item.protocol.is_none_or(|it| it == protocol);
            if ports().any(|port| port.name == *name && meant(port.protocol)) {
                continue;
            }
            let words = match ports().find(|port| port.name == *name) {
                Some(other) => format!("the port `{name}` of the pods that {whose} is {}", other.protocol.as_str()),
                None => format!("none of the pods that {whose} has a port `{name}`"),
            };
            self.tell(item.span, words);
        }
    }

    fn ports_of_peers(&mut self, rule: &Rule) {
        let named = |item: &&PortsWanted| matches!(item.which, WhichPorts::Named(_));
        let (Some(peers), Some(first)) = (&rule.peers, rule.ports.iter().flatten().find(named)) else { return };
        let addresses = |who: &Wanted| matches!(who, Wanted::Addresses(_) | Wanted::Hosts(_));
        if peers.iter().all(|peer| addresses(&peer.who)) {
            return self.tell(first.span, "only pods have ports with names, and this rule is not about pods".into());
        }
        let mut receivers = Vec::new();
        for peer in peers.iter().filter(|peer| !addresses(&peer.who)) {
            let found = match &peer.who {
                Wanted::Pods(wanted) => self.reach.directory.find(wanted),
                _ => Arc::from([]),
            };
            // Whoever is not known here may have the port.
            if found.is_empty() {
                return;
            }
            receivers.extend_from_slice(&found);
        }
        self.ports_of(rule, &receivers, "it means");
    }

    fn tell(&mut self, span: Span, words: String) {
        let Place { object, policy, direction, rule } = self.place;
        self.found.push(Fault { object, policy: Some(policy), direction, rule, span, words });
    }
}

/// Why nothing can ever match, if it is so.
fn contradiction(wanted: &PodsWanted) -> Option<String> {
    let namespaces = match &wanted.scope {
        Scope::Matching(selector) => contradictory(selector),
        Scope::Named(_) => None,
    };
    let key = namespaces.or_else(|| contradictory(&wanted.pods))?;
    Some(format!("the selector contradicts itself in what it asks of `{key}`"))
}

/// The label of which a selector asks what cannot be.
fn contradictory(selector: &Selector) -> Option<&str> {
    let groups = selector.requirements().chunk_by(|one, next| one.key == next.key);
    groups.filter(|group| !can_hold(group)).map(|group| group[0].key.as_str()).next()
}

/// Whether a label can be such that all of this holds.
fn can_hold(tests: &[Requirement]) -> bool {
    let holds = |value: Option<&str>| tests.iter().all(|requirement| requirement.test.holds(value));
    let mut listed = tests.iter().filter_map(|requirement| match &requirement.test {
        Test::In(values) => Some(values),
        _ => None,
    });
    match listed.next() {
        Some(values) => values.iter().any(|value| holds(Some(value))),
        // Without a list of values there is always one that nobody forbids.
        None => holds(None) || !tests.iter().any(|requirement| requirement.test == Test::DoesNotExist),
    }
}
