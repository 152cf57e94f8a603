//! What the proof found, in words: each with the place that opens or shuts, and the place that declares.

use indexmap::IndexMap;
use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::super::declared::{Graph, Whom};
use super::words::{SHOWN, and_more, listed, listed_of, on, shown, shown_addresses, shown_pods, words};
use super::{Closed, NAME, Places, Proof, Undeclared, Unfound};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::network::{Direction, Grantees, Policy, Ports, Reach, WhichPorts};
use crate::node::Node;
use crate::source::{SourceMap, Span};

/// What was judged.
pub struct Judged<'a> {
    /// What is declared.
    pub graph: &'a Graph,
    /// What is allowed.
    pub reach: &'a Reach<'a>,
    /// Where who is declared is.
    pub places: &'a Places,
    /// How they differ.
    pub proof: &'a Proof,
    /// The objects that the cluster was read from.
    pub objects: &'a [Object],
    /// The texts that they come from.
    pub sources: &'a SourceMap,
}

/// A finding for each rule that opens too much, for the doors of a direction that nothing shuts, and for each door that
/// shuts what is declared.
pub fn findings(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let mut by_rule: IndexMap<_, Vec<&Undeclared>> = IndexMap::new();
    for undeclared in &judged.proof.undeclared {
        // Why nothing shuts a door is either the pods' fault or that of a policy, of which each namespace has its own.
        let nothing = undeclared.rule.is_none();
        let own = (nothing && judged.relabelled(undeclared)).then_some(undeclared.pods);
        let home = nothing.then(|| &judged.reach.cluster().pods[undeclared.pods].namespace);
        by_rule.entry((undeclared.rule, undeclared.direction, own, home)).or_default().push(undeclared);
    }
    let undeclared = by_rule.values().map(|same| match same[0].rule {
        Some((policy, rule)) => judged.too_much(policy, rule, same),
        None => judged.nothing_shuts(same),
    });
    let mut by_door: IndexMap<(usize, Direction), Vec<&Closed>> = IndexMap::new();
    for closed in &judged.proof.closed {
        by_door.entry((closed.pods, closed.direction)).or_default().push(closed);
    }
    let mut by_party: IndexMap<(NodeIndex, Direction), Vec<&Unfound>> = IndexMap::new();
    for unfound in &judged.proof.unfound {
        by_party.entry((unfound.party, unfound.direction)).or_default().push(unfound);
    }
    let shut = by_door.values().map(|same| judged.shut(same));
    undeclared.chain(shut).chain(by_party.values().map(|same| judged.not_found(same))).collect()
}

impl Judged<'_> {
    /// A rule lets through what nobody declares.
    fn too_much(&self, policy: usize, rule: usize, same: &[&Undeclared]) -> Diagnostic {
        let cluster = self.reach.cluster();
        let (first, direction) = (same[0], same[0].direction);
        let mut owners: Vec<String> = same.iter().map(|one| self.name(one.party, "")).collect();
        owners.dedup();
        let strangers = self.strangers(same);
        let owners = listed(&owners);
        let ports = self.on_ports(same);
        let message = match direction {
            Direction::Ingress => format!("{strangers} can connect to {owners} {ports}, which nothing declares"),
            Direction::Egress => format!("{owners} can connect to {strangers} {ports}, which nothing declares"),
        };
        let object = &self.objects[cluster.policies[policy].object];
        let span = self.rule_place(policy, rule, direction).unwrap_or(object.entry);
        Diagnostic::new(Code::UndeclaredConnection, span, message)
            .label("this rule opens it")
            .also(self.graph.net[first.party].span, "its connections are declared here")
            .object(object.to_string())
            .path(format!("{}.{}[{rule}]", part_of(&cluster.policies[policy]), direction.key()))
            .hint(self.how_to_declare(same))
    }

    /// No policy is about doors that should be shut.
    fn nothing_shuts(&self, same: &[&Undeclared]) -> Diagnostic {
        let (one, pods) = (same[0], &self.reach.cluster().pods[same[0].pods]);
        let names: Vec<String> = same.iter().map(|one| self.name(one.party, "")).collect();
        let names = listed(&names);
        let message = match one.direction {
            Direction::Ingress => {
                format!("everybody can connect to {names}: no policy is about connections to its pods")
            }
            Direction::Egress => {
                format!("{names} can connect to everybody: no policy is about connections from its pods")
            }
        };
        let finding = Diagnostic::new(Code::UndeclaredConnection, self.graph.net[one.party].span, message);
        let finding = finding.label("declared here");
        if self.relabelled(one) {
            let (label, name) = (NAME, own_name(&self.graph.net[one.party].whom));
            let hint = format!(
                "policies find its pods by the label `{label}: {name}`, which they do not have: leave that label as it is"
            );
            return finding.hint(hint);
        }
        let policies = self.reach.cluster().policies.iter().enumerate();
        let mut near = policies.filter(|(_, policy)| policy.namespace == pods.namespace);
        match near.find_map(|(at, policy)| Some((&self.objects[policy.object], self.changed(at)?))) {
            Some((object, place)) => finding
                .also(place, format!("{object} is changed here"))
                .hint("leave the general deny as the layers make it, or write a policy that selects these pods"),
            None => finding.hint("write a policy that selects these pods, or let the layers make the general deny"),
        }
    }

    /// Whether pods lack the label by which policies find them.
    fn relabelled(&self, one: &Undeclared) -> bool {
        let pods = &self.reach.cluster().pods[one.pods];
        pods.labels.get(NAME) != Some(own_name(&self.graph.net[one.party].whom))
    }

    /// Declared connections that a door does not let through.
    fn shut(&self, same: &[&Closed]) -> Diagnostic {
        let (closed, cluster) = (same[0], self.reach.cluster());
        let (from, to) = self.graph.net.edge_endpoints(closed.edge).expect("the edge is one of this graph");
        let declared = &self.graph.net[closed.edge];
        let home = &cluster.pods[closed.pods].namespace;
        let (whose, door) = match closed.direction {
            Direction::Ingress => (to, format!("{} does not accept it", self.name(to, home))),
            Direction::Egress => (from, format!("{} may not make it", self.name(from, home))),
        };
        let others = and_more(same.len() - 1);
        let sentence = words(&self.graph.net[from].whom, &self.graph.net[to].whom, declared.reason);
        let message = format!("{sentence}, but no policy allows that: {door} {}{others}", on(&closed.ports));
        let side = self.reach.side(closed.pods, closed.direction);
        let mut finding = Diagnostic::new(Code::ClosedConnection, declared.span, message).label("declared here");
        match side.policies.iter().find_map(|&policy| Some((policy, self.changed(policy)?))) {
            Some((policy, place)) => {
                let object = &self.objects[cluster.policies[policy].object];
                finding = finding.also(place, format!("{object} is changed here")).object(object.to_string());
                finding.hint("let the change allow it too, or take the declaration back")
            }
            None if self.graph.net[whose].application => finding.hint(
                "something keeps its policy from being made or from meaning these pods: see what is changed of both",
            ),
            None => finding.hint("allow it in the policies that select these pods"),
        }
    }

    /// Declared connections with pods that policies do not find.
    fn not_found(&self, same: &[&Unfound]) -> Diagnostic {
        let first = same[0];
        let (from, to) = self.graph.net.edge_endpoints(first.edge).expect("the edge is one of this graph");
        let declared = &self.graph.net[first.edge];
        let sentence = words(&self.graph.net[from].whom, &self.graph.net[to].whom, declared.reason);
        let (owner, list) = match first.direction {
            Direction::Ingress => (to, "allowFrom"),
            Direction::Egress => (from, "egress"),
        };
        let others = and_more(same.len() - 1);
        let message = format!(
            "{sentence}, but policies do not find the pods of {}, which are on the network of their host{others}",
            self.name(first.party, "")
        );
        let hint = format!(
            "leave out `hostNetwork`, or open the addresses of the nodes: `{list} = [ {{ cidr = \"…\"; ports = [ … ]; }} ]` in {}",
            self.name(owner, "")
        );
        Diagnostic::new(Code::UnprotectedPods, declared.span, message).label("declared here").hint(hint)
    }

    /// Where a user wrote the nearest part of a rule.
    fn rule_place(&self, policy: usize, rule: usize, direction: Direction) -> Option<Span> {
        let policy = &self.reach.cluster().policies[policy];
        let object = &self.objects[policy.object];
        let written = policy.rules(direction).and_then(|rules| rules.rules.get(rule)).map(|rule| rule.span);
        let spec = match policy.part {
            Some(at) => object.node.get("specs").and_then(Node::as_list).and_then(|specs| specs.get(at)),
            None => object.node.get("spec"),
        };
        let rules = spec.and_then(|spec| spec.get(direction.key()));
        let outer = [rules, spec].into_iter().flatten().map(|node| node.span);
        written.into_iter().chain(outer).chain([object.node.span]).find(|&span| self.sources.is_user(span))
    }

    /// Where a user changed what a layer makes of a policy, or wrote it.
    fn changed(&self, policy: usize) -> Option<Span> {
        changed(&self.objects[self.reach.cluster().policies[policy].object], self.sources)
    }

    fn how_to_declare(&self, same: &[&Undeclared]) -> String {
        let (one, direction) = (same[0], same[0].direction);
        let own = self.name(one.party, "");
        // Whoever is declared already, though not on all ports, comes last.
        let others = same.iter().flat_map(|one| self.applications(one));
        let party = others.into_iter().find(|&(party, own)| party != own).map(|(party, _)| party);
        match (direction, party) {
            (Direction::Ingress, Some(consumer)) => {
                format!("declare it in {}, as one of its `dependencies`, or narrow the rule", self.name(consumer, ""))
            }
            (Direction::Ingress, None) => format!("declare it in {own}, as an item of `allowFrom`, or narrow the rule"),
            (Direction::Egress, Some(_)) => {
                format!("declare it in {own}, as one of its `dependencies`, or narrow the rule")
            }
            (Direction::Egress, None) => format!("declare it in {own}, as an item of `egress`, or narrow the rule"),
        }
    }

    /// The applications among those that are let through, each with the one whose door it is.
    fn applications<'u>(&'u self, one: &'u Undeclared) -> impl Iterator<Item = (NodeIndex, NodeIndex)> + 'u {
        let pods: &[usize] = match &one.who {
            Grantees::Pods(pods) => pods,
            _ => &[],
        };
        let parties = pods.iter().filter_map(|&pods| self.places.workload(pods));
        parties.filter(|&party| self.graph.net[party].application).map(|party| (party, one.party))
    }

    /// Whom grants mean, as somebody in the first one's namespace says it; pods that several of them mean are told once.
    fn strangers(&self, same: &[&Undeclared]) -> String {
        let cluster = self.reach.cluster();
        let home = &cluster.pods[same[0].pods].namespace;
        let mut pods: Vec<usize> = Vec::new();
        let mut others: Vec<String> = Vec::new();
        let mut lists: FxHashSet<*const usize> = FxHashSet::default();
        let mut told = vec![false; if same.len() > 1 { cluster.pods.len() } else { 0 }];
        for one in same {
            match &one.who {
                Grantees::Pods(list) if !lists.insert(list.as_ptr()) => {}
                Grantees::Pods(list) if same.len() == 1 => pods = list.to_vec(),
                Grantees::Pods(list) => {
                    pods.extend(list.iter().filter(|&&pods| !std::mem::replace(&mut told[pods], true)));
                }
                Grantees::Everybody => others.push("everybody".to_string()),
                Grantees::Addresses(addresses) => others.push(shown_addresses(addresses)),
                Grantees::Hosts(hosts) => others.extend(hosts.iter().map(|host| format!("`{host}`"))),
            }
        }
        let mut seen = FxHashSet::default();
        others.retain(|other| seen.insert(other.clone()));
        let number = others.len() + pods.len();
        let mut first: Vec<String> = others.into_iter().take(SHOWN + 1).collect();
        first.extend(pods.iter().take(SHOWN + 1 - first.len()).map(|&pods| shown_pods(cluster, pods, home)));
        listed_of(&first, number)
    }

    /// On which ports something is open. Where nobody knows what a name stands for, it is the name.
    fn on_ports(&self, same: &[&Undeclared]) -> String {
        let cluster = self.reach.cluster();
        let unknown = |one: &Undeclared| match &one.who {
            Grantees::Pods(pods) => pods.iter().all(|&pods| cluster.pods[pods].any_port),
            _ => false,
        };
        let first = same[0];
        let rule = first.rule.and_then(|(policy, rule)| {
            cluster.policies[policy].rules(first.direction).and_then(|rules| rules.rules.get(rule))
        });
        let wanted = rule.into_iter().flat_map(|rule| rule.ports.iter().flatten());
        let names: Option<Vec<String>> = wanted
            .map(|ports| match &ports.which {
                WhichPorts::Named(name) => Some(format!("`{name}`")),
                _ => None,
            })
            .collect();
        match names {
            Some(names) if !names.is_empty() && same.iter().all(|one| unknown(one)) => {
                format!("on whatever port has the name {}", listed(&names))
            }
            _ => on(&Ports::union_of(same.iter().map(|one| &one.ports))),
        }
    }

    /// A party, as somebody in the namespace `home` says it.
    fn name(&self, party: NodeIndex, home: &str) -> String {
        shown(&self.graph.net[party].whom, home)
    }
}

/// Where a policy stands in its object: `spec`, or one of `specs`.
fn part_of(policy: &Policy) -> String {
    policy.part.map_or_else(|| "spec".to_string(), |at| format!("specs[{at}]"))
}

/// What the objects of a workload are called.
fn own_name(whom: &Whom) -> &str {
    match whom {
        Whom::Workload { name, .. } => name,
        _ => "",
    }
}

/// Where a user changed what a layer makes of a policy, or wrote it.
pub fn changed(policy: &Object, sources: &SourceMap) -> Option<Span> {
    let is_user = |span| sources.is_user(span);
    let specs = policy.node.get("specs").and_then(|specs| changed_part(specs, PARTS + 1, &is_user));
    policy.node.get("spec").and_then(|spec| changed_part(spec, PARTS, &is_user)).or(specs)
}

/// How far below `spec` a part is of the policy itself: rules, lists and peers, and not what peers are made of.
const PARTS: usize = 4;

/// The innermost part of a policy that a user wrote.
fn changed_part(node: &Node, depth: usize, is_user: &impl Fn(Span) -> bool) -> Option<Span> {
    let parts: Vec<&Node> = match (node.as_map(), node.as_list()) {
        (Some(map), _) => map.fields.iter().map(|field| &field.value).collect(),
        (_, Some(items)) => items.iter().collect(),
        _ => return None,
    };
    let inner = (depth > 0).then(|| parts.into_iter().find_map(|part| changed_part(part, depth - 1, is_user)));
    inner.flatten().or_else(|| is_user(node.span).then_some(node.span))
}
