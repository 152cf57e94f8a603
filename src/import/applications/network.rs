//! Who talks to whom, out of NetworkPolicies: of two applications that both sides name, one depends on the other; all else
//! is told of the side that has it.

use std::collections::BTreeSet;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cluster::Cluster;
use super::group::{Group, Listens, NAME, Stock, items, text};
use crate::import::parts::{Fields, as_int, int_node, list_node, map_node, single, text_node};
use crate::node::Node;

/// Somebody in a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Party {
    /// The pods of a namespace with these labels.
    Pods { namespace: EcoString, labels: Vec<(EcoString, EcoString)> },
    /// A network, and what of it is not meant.
    Network { cidr: EcoString, except: Vec<EcoString> },
}

/// A port in a policy: its number, the last of its range, and what is spoken on it.
type OpenPort = (i64, Option<i64>, EcoString);

/// Somebody, and the ports that are open to them or on them; all if there are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Opening {
    /// Who it is.
    pub party: Party,
    ports: BTreeSet<OpenPort>,
}

/// The label with the name of a namespace.
const NAMESPACE: &str = "kubernetes.io/metadata.name";

/// Takes the policies of an application; `None` where one says something that has no words. Gives the pods that resolve names.
pub(super) fn policies(group: &mut Group, stock: &Stock<'_>) -> Option<Option<Party>> {
    if let Some(policy) = group.claim_part(stock, "NetworkPolicy", "ingress") {
        group.from = openings(group, items(&policy, &["spec", "ingress"]), "from")?;
    }
    if let Some(policy) = group.claim_part(stock, "CiliumNetworkPolicy", "hosts") {
        let rules = items(&policy, &["spec", "egress"]).get(1..)?;
        group.hosts = rules.iter().map(named_host).collect::<Option<_>>()?;
    }
    let Some(policy) = group.claim_part(stock, "NetworkPolicy", "egress") else { return Some(None) };
    // Whoever connects to somebody asks for the name first, which is said behind all else.
    let (last, rules) = items(&policy, &["spec", "egress"]).split_last()?;
    group.to = openings(group, rules, "to")?;
    openings(group, std::slice::from_ref(last), "to")?.pop().map(|opening| Some(opening.party))
}

/// An item of `egress` for a host that has a name, behind the rule of who resolves it.
fn named_host(rule: &Node) -> Option<Node> {
    let name = items(rule, &["toFQDNs"]).first()?;
    let mut fields = Fields::default();
    fields.put("host", name.get("matchName").or_else(|| name.get("matchPattern"))?.clone());
    let given = items(rule, &["toPorts"]).first().map(|to| items(to, &["ports"])).unwrap_or_default();
    let port = |port: &Node| {
        let protocol = text(port, &["protocol"]).unwrap_or("TCP").into();
        let number = text(port, &["port"])?.parse().ok()?;
        Some(outside_port(&(number, port.get("endPort").and_then(as_int), protocol)))
    };
    let ports = given.iter().map(port).collect::<Option<Vec<_>>>()?;
    fields.put("ports", (!ports.is_empty()).then(|| list_node(ports)));
    Some(map_node(fields.0))
}

fn openings(group: &Group, rules: &[Node], side: &str) -> Option<Vec<Opening>> {
    let mut openings = Vec::new();
    for rule in rules {
        let ports = items(rule, &["ports"]).iter().map(open_port).collect::<Option<BTreeSet<_>>>()?;
        for peer in items(rule, &[side]) {
            openings.push(Opening { party: party(group, peer)?, ports: ports.clone() });
        }
    }
    Some(openings)
}

fn open_port(port: &Node) -> Option<OpenPort> {
    let protocol = text(port, &["protocol"]).unwrap_or("TCP").into();
    Some((as_int(port.get("port")?)?, port.get("endPort").and_then(as_int), protocol))
}

fn party(group: &Group, peer: &Node) -> Option<Party> {
    if let Some(block) = peer.get("ipBlock") {
        let except =
            items(block, &["except"]).iter().map(|cidr| cidr.as_str().map(Into::into)).collect::<Option<_>>()?;
        return Some(Party::Network { cidr: text(block, &["cidr"])?.into(), except });
    }
    let namespace = match peer.get("namespaceSelector") {
        Some(selector) => text(selector, &["matchLabels", NAMESPACE])?,
        None => group.place(),
    };
    let labels = peer.at(&["podSelector", "matchLabels"]).and_then(Node::as_map).cloned().unwrap_or_default();
    let label = |field: crate::node::Field| Some((field.key, field.value.as_str()?.into()));
    let mut labels = labels.fields.into_iter().map(label).collect::<Option<Vec<_>>>()?;
    labels.sort();
    Some(Party::Pods { namespace: namespace.into(), labels })
}

impl Party {
    /// The pods with one label.
    pub fn named(namespace: &str, label: &str, name: &str) -> Party {
        Party::Pods { namespace: namespace.into(), labels: vec![(label.into(), name.into())] }
    }

    fn of(group: &Group) -> Party {
        Party::named(group.place(), NAME, &group.name)
    }

    /// What names pods or a network, to somebody in the namespace `here`.
    pub fn said(&self, here: Option<&str>) -> Fields {
        let mut fields = Fields::default();
        match self {
            Party::Pods { namespace, labels } => {
                let needless = here == Some(namespace) && !labels.is_empty();
                fields.put("namespace", (!needless).then(|| text_node(namespace.clone())));
                let mut map = Fields::default();
                labels.iter().for_each(|(key, value)| map.put(key, text_node(value.clone())));
                fields.put_map("podLabels", map.0);
            }
            Party::Network { cidr, except } => {
                fields.put("cidr", text_node(cidr.clone()));
                let except: Vec<Node> = except.iter().map(|cidr| text_node(cidr.clone())).collect();
                fields.put("except", (!except.is_empty()).then(|| list_node(except)));
            }
        }
        fields
    }
}

impl Opening {
    /// Whether just these TCP ports are open.
    pub fn is_for(&self, ports: &[i64]) -> bool {
        let wanted: BTreeSet<i64> = ports.iter().copied().collect();
        self.ports.iter().map(|(port, ..)| *port).eq(wanted)
    }

    /// Whether just this port is open to pods of a namespace.
    pub fn is_to(&self, namespace: &str, port: i64) -> bool {
        matches!(&self.party, Party::Pods { namespace: there, .. } if there == namespace) && self.is_for(&[port])
    }
}

/// Says the connections of all applications.
pub(super) fn connect(groups: &mut [Group], cluster: &Cluster) {
    let numbered = || groups.iter().enumerate();
    let by_name: FxHashMap<(EcoString, EcoString), usize> =
        numbered().map(|(at, group)| ((group.place().into(), group.name.clone()), at)).collect();
    let open: FxHashSet<(usize, &Opening)> =
        numbered().flat_map(|(at, group)| group.from.iter().map(move |opening| (at, opening))).collect();
    // By the one that is depended on and the one that does: of these two there can be no second dependency.
    let mut depended: FxHashMap<(usize, Party), Opening> = FxHashMap::default();
    let mut said = Vec::with_capacity(groups.len());
    for group in groups.iter() {
        let (mut dependencies, mut egress) = (Vec::new(), Vec::new());
        for opening in &group.to {
            let there = target(&opening.party).and_then(|name| by_name.get(&name).copied());
            let back = Opening { party: Party::of(group), ports: opening.ports.clone() };
            let both = there.filter(|there| open.contains(&(*there, &back)));
            let free = both.filter(|there| !depended.contains_key(&(*there, back.party.clone())));
            match free.and_then(|there| Some((there, dependency(group, &groups[there], opening)?))) {
                Some((there, dependency)) => {
                    depended.insert((there, back.party.clone()), back);
                    dependencies.push(dependency);
                }
                None if cluster.takes_traces(group, opening) => {}
                None => egress.push(outside(group, opening)),
            }
        }
        egress.extend(group.hosts.iter().cloned());
        said.push([dependencies, egress]);
    }
    for (at, (group, [dependencies, egress])) in groups.iter_mut().zip(said).enumerate() {
        let depends = |opening: &Opening| depended.get(&(at, opening.party.clone())) == Some(opening);
        let allowed = allowed(group, depends, cluster);
        for (option, list) in [("dependencies", dependencies), ("egress", egress), ("allowFrom", allowed)] {
            group.fields.put(option, (!list.is_empty()).then(|| list_node(list)));
        }
    }
}

/// The namespace and the name of the workload that is meant.
fn target(party: &Party) -> Option<(EcoString, EcoString)> {
    match party {
        Party::Pods { namespace, labels } => match labels.as_slice() {
            [(key, name)] if key == NAME => Some((namespace.clone(), name.clone())),
            _ => None,
        },
        Party::Network { .. } => None,
    }
}

/// A dependency as it is written; `None` where a port is none that the other has.
fn dependency(group: &Group, other: &Group, opening: &Opening) -> Option<Node> {
    let elsewhere = other.place() != group.place();
    let own: BTreeSet<OpenPort> = other.ports.iter().map(Listens::open).collect();
    if own == opening.ports {
        let place = if elsewhere { format!("{}/", other.place()) } else { String::new() };
        return Some(text_node(format!("{place}{}", other.name)));
    }
    let mut fields = Fields::default();
    fields.put("app", text_node(other.name.clone()));
    fields.put("namespace", elsewhere.then(|| text_node(other.place())));
    fields.put("ports", list_node(words(opening, &[&other.ports, &other.beside])?));
    Some(map_node(fields.0))
}

impl Listens {
    fn open(&self) -> OpenPort {
        (self.port, None, self.protocol.clone())
    }
}

/// Ports by their names, or by the Service's numbers.
fn words(opening: &Opening, of: &[&Vec<Listens>]) -> Option<Vec<Node>> {
    let word = |wanted: &OpenPort| {
        let port = of.iter().flat_map(|ports| ports.iter()).find(|port| port.open() == *wanted)?;
        Some(port.name.clone().map_or_else(|| int_node(port.service_port), text_node))
    };
    opening.ports.iter().map(word).collect()
}

/// Somebody outside to whom it connects.
fn outside(group: &Group, opening: &Opening) -> Node {
    let mut fields = opening.party.said(Some(group.place()));
    let ports: Vec<Node> = opening.ports.iter().map(outside_port).collect();
    fields.put("ports", (!ports.is_empty()).then(|| list_node(ports)));
    map_node(fields.0)
}

/// A port of somebody outside: its number, if that is all there is to say.
fn outside_port((port, end, protocol): &OpenPort) -> Node {
    if end.is_none() && protocol == "TCP" {
        return int_node(*port);
    }
    let mut fields = Fields::default();
    fields.put("port", int_node(*port));
    fields.put("endPort", end.map(int_node));
    fields.put("protocol", (protocol != "TCP").then(|| text_node(protocol.clone())));
    map_node(fields.0)
}

/// Who else may connect to it.
fn allowed(group: &Group, depends: impl Fn(&Opening) -> bool, cluster: &Cluster) -> Vec<Node> {
    let known = |opening: &&Opening| depends(opening) || cluster.comes_in(group, opening);
    let own: BTreeSet<OpenPort> = group.ports.iter().map(Listens::open).collect();
    let written = |opening: &Opening| {
        let mut fields = opening.party.said(Some(group.place()));
        let ports = words(opening, &[&group.ports]).filter(|_| opening.ports != own);
        fields.put("ports", ports.map(list_node));
        map_node(fields.0)
    };
    group.from.iter().filter(|opening| !known(opening)).map(written).collect()
}

/// The policy that denies what is not declared in a namespace, as a compile makes it: whether it is about what comes in,
/// and about what goes out.
pub(super) fn denial(policy: &Node) -> Option<[bool; 2]> {
    let spec = policy.get("spec")?;
    let types: Vec<&str> = items(spec, &["policyTypes"]).iter().filter_map(Node::as_str).collect();
    let all = single("podSelector", map_node(Default::default()));
    let plain = spec.get("podSelector") == all.get("podSelector") && !types.is_empty();
    plain.then(|| ["Ingress", "Egress"].map(|side| types.contains(&side)))
}
