//! What the proof found, in words: each with the place that opens or shuts, and the place that declares.

use indexmap::IndexMap;
use petgraph::graph::NodeIndex;

use super::super::declared::{Graph, Role, Whom};
use super::super::picture::ReasonKind;
use super::places::supposed_labels;
use super::{Closed, Proof, Undeclared};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::network::{Addresses, Cluster, Direction, Grantees, Labels, Ports, Reach};
use crate::node::Node;
use crate::source::{SourceMap, Span};

/// What was judged.
pub struct Judged<'a> {
    /// What is declared.
    pub graph: &'a Graph,
    /// What is allowed.
    pub reach: &'a Reach<'a>,
    /// How they differ.
    pub proof: &'a Proof,
    /// The objects that the cluster was read from.
    pub objects: &'a [Object],
    /// The texts that they come from.
    pub sources: &'a SourceMap,
}

/// The label by which policies find the pods of a workload.
const NAME: &str = "app.kubernetes.io/name";
/// How many of the same kind a message names.
const SHOWN: usize = 3;

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
    undeclared.chain(by_door.values().map(|same| judged.shut(same))).collect()
}

impl Judged<'_> {
    /// A rule lets through what nobody declares.
    fn too_much(&self, policy: usize, rule: usize, same: &[&Undeclared]) -> Diagnostic {
        let cluster = self.reach.cluster();
        let (first, direction) = (same[0], same[0].direction);
        let mut owners: Vec<String> = same.iter().map(|one| self.name(one.party, "")).collect();
        owners.dedup();
        let home = &cluster.pods[first.pods].namespace;
        let mut strangers: Vec<String> = Vec::new();
        for one in same {
            for stranger in self.strangers(&one.who, home) {
                if !strangers.contains(&stranger) {
                    strangers.push(stranger);
                }
            }
        }
        let (owners, strangers) = (listed(&owners), listed(&strangers));
        let ports = on(&Ports::union_of(same.iter().map(|one| &one.ports)));
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
            .path(format!("spec.{}[{rule}]", field(direction)))
            .hint(self.how_to_declare(first))
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
            let hint = format!(
                "policies find its pods by the label `{}: {}`, which they do not have: leave that label as it is",
                NAME, pods.name
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
        pods.labels.get(NAME) != Some(&pods.name)
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
        let others = match same.len() - 1 {
            0 => String::new(),
            1 => "; the same holds for one more connection".to_string(),
            more => format!("; the same holds for {more} more connections"),
        };
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

    /// Where a user wrote the nearest part of a rule.
    fn rule_place(&self, policy: usize, rule: usize, direction: Direction) -> Option<Span> {
        let policy = &self.reach.cluster().policies[policy];
        let object = &self.objects[policy.object];
        let written = policy.rules(direction).and_then(|rules| rules.rules.get(rule)).map(|rule| rule.span);
        let outer = [field(direction), "spec"].into_iter().map(|name| match name {
            "spec" => object.node.get("spec"),
            list => object.node.at(&["spec", list]),
        });
        let outer = outer.flatten().map(|node| node.span);
        written.into_iter().chain(outer).chain([object.node.span]).find(|&span| self.sources.is_user(span))
    }

    /// Where a user changed what a layer makes of a policy, or wrote it.
    fn changed(&self, policy: usize) -> Option<Span> {
        changed(&self.objects[self.reach.cluster().policies[policy].object], self.sources)
    }

    fn how_to_declare(&self, one: &Undeclared) -> String {
        let own = self.name(one.party, "");
        let party = match &one.who {
            Grantees::Pods(pods) => self.party_of(pods[0]),
            _ => None,
        };
        match (one.direction, party) {
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

    /// The party that has these pods.
    fn party_of(&self, pods: usize) -> Option<NodeIndex> {
        let pods = &self.reach.cluster().pods[pods];
        let party = self.graph.workload(&pods.namespace, &pods.name);
        party.filter(|&party| pods.object.is_some() && self.graph.net[party].application)
    }

    /// Whom a grant means, as somebody in the namespace `home` says it.
    fn strangers(&self, who: &Grantees, home: &str) -> Vec<String> {
        match who {
            Grantees::Everybody => vec!["everybody".to_string()],
            Grantees::Pods(pods) => pods.iter().map(|&pods| shown_pods(self.reach.cluster(), pods, home)).collect(),
            Grantees::Addresses(addresses) => vec![shown_addresses(addresses)],
            Grantees::Hosts(hosts) => hosts.iter().map(|host| format!("`{host}`")).collect(),
        }
    }

    /// A party, as somebody in the namespace `home` says it.
    fn name(&self, party: NodeIndex, home: &str) -> String {
        shown(&self.graph.net[party].whom, home)
    }
}

/// A declared connection as a sentence.
pub(in crate::graph) fn words(from: &Whom, to: &Whom, reason: ReasonKind) -> String {
    let home = match (from, to) {
        (Whom::Workload { namespace, .. }, _) | (_, Whom::Workload { namespace, .. }) => namespace.as_str(),
        _ => "",
    };
    let (from, to) = (shown(from, home), shown(to, home));
    match reason {
        ReasonKind::Dependency => format!("{from} depends on {to}"),
        ReasonKind::Expose => format!("{to} is exposed to {from}"),
        ReasonKind::Monitoring => format!("{from} scrapes {to}"),
        ReasonKind::Egress => format!("{from} connects to {to}"),
        ReasonKind::AllowFrom => format!("{to} accepts {from}"),
        ReasonKind::Dns => format!("{from} asks {to} for names"),
        ReasonKind::Tracing => format!("{from} sends traces to {to}"),
        ReasonKind::Webhook => format!("{from} calls a webhook of {to}"),
    }
}

/// A party, as somebody in the namespace `home` says it.
pub(in crate::graph) fn shown(whom: &Whom, home: &str) -> String {
    match whom {
        Whom::Workload { namespace, name } if home.is_empty() || namespace == home => format!("`{name}`"),
        Whom::Workload { namespace, name } => format!("`{namespace}/{name}`"),
        Whom::Pods { role, namespace, labels } => match role {
            Role::Named => shown_labels(namespace, labels),
            Role::Dns => "the DNS servers".to_string(),
            Role::IngressController => "the ingress controller".to_string(),
            Role::Monitoring => "Prometheus".to_string(),
            Role::Collector => "the collector".to_string(),
        },
        Whom::Network { cidr, except } if except.is_empty() => format!("`{cidr}`"),
        Whom::Network { cidr, except } => format!("`{cidr}` without `{}`", except.join("`, `")),
        Whom::Host(name) => format!("`{name}`"),
        Whom::ApiServer => "the API server".to_string(),
    }
}

fn shown_pods(cluster: &Cluster, pods: usize, home: &str) -> String {
    let pods = &cluster.pods[pods];
    match pods.object {
        Some(_) if pods.namespace == home => format!("`{}`", pods.name),
        Some(_) => format!("`{}/{}`", pods.namespace, pods.name),
        None => shown_labels(&pods.namespace, &pods.labels),
    }
}

fn shown_labels(namespace: &str, labels: &Labels) -> String {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    let home = match supposed_labels(namespace) {
        None => format!("in `{namespace}`"),
        Some("") => "elsewhere".to_string(),
        Some(labels) => format!("in a namespace with `{labels}`"),
    };
    match labels.is_empty() {
        true => format!("any pod {home}"),
        false => format!("any pod {home} with {}", labels.join(" and ")),
    }
}

fn shown_addresses(addresses: &Addresses) -> String {
    if *addresses == Addresses::all() {
        return "every address".to_string();
    }
    let blocks: Vec<String> = addresses.blocks().iter().map(|block| format!("`{block}`")).collect();
    listed(&blocks)
}

/// `a`; `a and b`; `a, b, c and 4 more`
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if items.len() <= SHOWN + 1 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", items[..SHOWN].join(", "), items.len() - SHOWN),
    }
}

/// `on TCP 80 and UDP 53`
fn on(ports: &Ports) -> String {
    match *ports == Ports::all() {
        true => "on every port".to_string(),
        false => format!("on {}", listed(&ports.shown())),
    }
}

/// The field of a policy's `spec` with the rules of a direction.
fn field(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

/// Where a user changed what a layer makes of a policy, or wrote it.
pub fn changed(policy: &Object, sources: &SourceMap) -> Option<Span> {
    changed_part(policy.node.get("spec")?, PARTS, &|span| sources.is_user(span))
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
