//! Cilium's policies: `cilium.io` `CiliumNetworkPolicy` and `CiliumClusterwideNetworkPolicy`.
//!
//! They add to Kubernetes' own: a pod that either kind selects is isolated, and what either grants is open. What differs is how
//! things are written: labels say where they come from (`k8s:app`), a namespace is one of the labels, no list of peers is
//! everybody only beside ports, an empty list is nobody, and a policy is about the directions that it has rules for. What goes
//! beyond the connections of pods, or takes something away, is kept as opaque.

use std::sync::Arc;

use ecow::EcoString;

use super::kubernetes::scope;
use super::{Reader, given, text};
use crate::network::cluster::{
    Direction, NAME_LABEL, Opaque, Peer, PodsWanted, Policy, PolicyKind, PortsWanted, Rule, Rules, Scope, Wanted,
    WhichPorts,
};
use crate::network::labels::{Requirement, Selector};
use crate::network::{Addresses, Protocol};
use crate::node::{Node, NodeKind};

/// The namespace of a pod, as one of its labels.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// A label of the namespace of a pod, as one of its labels.
const NAMESPACE_LABEL: &str = "io.cilium.k8s.namespace.labels.";
/// What a policy may say that is understood, or means nothing to who reaches whom.
const UNDERSTOOD: [&str; 6] = ["endpointSelector", "ingress", "egress", "enableDefaultDeny", "description", "labels"];

/// How the fields of a rule are called, by direction.
struct Words {
    endpoints: &'static str,
    entities: &'static str,
    blocks: &'static str,
    block_sets: &'static str,
    names: Option<&'static str>,
}

impl Words {
    fn of(direction: Direction) -> Words {
        match direction {
            Direction::Ingress => Words {
                endpoints: "fromEndpoints",
                entities: "fromEntities",
                blocks: "fromCIDR",
                block_sets: "fromCIDRSet",
                names: None,
            },
            Direction::Egress => Words {
                endpoints: "toEndpoints",
                entities: "toEntities",
                blocks: "toCIDR",
                block_sets: "toCIDRSet",
                names: Some("toFQDNs"),
            },
        }
    }
}

impl Reader {
    /// Takes in a policy, or several where it has `specs`.
    pub(super) fn read_cilium(&mut self, object: &Node, kind: PolicyKind) {
        let namespace = match kind {
            PolicyKind::CiliumClusterwide => None,
            _ => Some(self.namespace_of(object)),
        };
        let several = object.get("specs").and_then(Node::as_list).unwrap_or_default();
        let parts = several.iter().enumerate().map(|(at, spec)| (Some(at), spec));
        for (part, spec) in given(object, "spec").map(|spec| (None, spec)).into_iter().chain(parts) {
            self.read_policy(|reader| {
                let selector = given(spec, "endpointSelector");
                let pods = selector.and_then(|selector| reader.endpoints(selector, namespace.as_ref()));
                let selects = pods.unwrap_or_else(|| reader.no_endpoints(spec));
                let [ingress, egress] = Direction::BOTH.map(|it| reader.cilium_rules(spec, it, namespace.as_ref()));
                reader.beyond(spec, &UNDERSTOOD);
                Policy {
                    object: reader.object,
                    kind,
                    name: given(object, "metadata").map(|metadata| text(metadata, "name")).unwrap_or_default().into(),
                    namespace: namespace.clone().unwrap_or_default(),
                    span: object.span,
                    part,
                    selects,
                    selector_span: selector.map_or(spec.span, |selector| selector.span),
                    ingress,
                    egress,
                    opaque: std::mem::take(&mut reader.opaque),
                }
            });
        }
    }

    /// What a policy without a selector of pods is about. There are some about nodes.
    fn no_endpoints(&mut self, spec: &Node) -> Arc<PodsWanted> {
        if given(spec, "nodeSelector").is_none() && given(spec, "endpointSelector").is_none() {
            self.fault(spec, "a policy needs an `endpointSelector`".into());
        }
        self.wanted(PodsWanted { scope: Scope::Matching(Selector::everything()), pods: Selector::nothing() })
    }

    fn cilium_rules(&mut self, spec: &Node, direction: Direction, namespace: Option<&EcoString>) -> Option<Rules> {
        let words = Words::of(direction);
        self.direction = Some(direction);
        let items = self.list(spec, direction.key()).unwrap_or_default();
        let mut rules = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            self.rule = Some(at);
            rules.push(self.cilium_rule(item, &words, namespace));
        }
        (self.direction, self.rule) = (None, None);
        // What is denied isolates as well; that it is denied is not understood, and said where that is.
        let denied = given(spec, &format!("{}Deny", direction.key())).and_then(Node::as_list);
        let isolates =
            spec.at(&["enableDefaultDeny", direction.key()]).is_none_or(|it| it.kind != NodeKind::Bool(false));
        let about = !rules.is_empty() || denied.is_some_and(|denied| !denied.is_empty());
        about.then_some(Rules { isolates, rules })
    }

    fn cilium_rule(&mut self, item: &Node, words: &Words, namespace: Option<&EcoString>) -> Rule {
        let mut kinds = Vec::new();
        let mut peers = Vec::new();
        let who =
            [Some(words.endpoints), Some(words.entities), Some(words.blocks), Some(words.block_sets), words.names];
        for (at, key) in who.into_iter().enumerate().filter_map(|(at, key)| Some((at, key?))) {
            if given(item, key).is_none() {
                continue;
            }
            kinds.push(key);
            for one in self.list(item, key).unwrap_or_default() {
                let who = match at {
                    0 => self.endpoints(one, namespace).map_or(Wanted::Nobody, Wanted::Pods),
                    1 => self.entity(one),
                    2 => self.cilium_block(one),
                    3 => self.cilium_block_set(one),
                    _ => self.host(one),
                };
                peers.push(Peer { span: one.span, who });
            }
        }
        if let [one, other, ..] = kinds.as_slice() {
            self.opaque(item, format!("`{one}` together with `{other}`"));
        }
        let ports = given(item, "toPorts");
        kinds.push("toPorts");
        let opaque = self.beyond(item, &kinds);
        // Ports alone are those of everybody. A rule that says nothing grants nothing, and one whose peers are not
        // understood nothing that is known.
        let everybody = kinds.len() == 1 && ports.is_some() && !opaque;
        let ports = ports.map(|_| self.all_ports(item));
        Rule { span: item.span, peers: (!everybody).then_some(peers), ports }
    }

    /// `toEndpoints`: pods by labels, of which one may be their namespace. `None` for labels that pods do not have.
    fn endpoints(&mut self, node: &Node, namespace: Option<&EcoString>) -> Option<Arc<PodsWanted>> {
        let selector = self.selector(node);
        let (mut namespaces, mut pods) = (Vec::new(), Vec::new());
        for requirement in selector.requirements() {
            let Requirement { key, test } = requirement.clone();
            let Some(key) = own_key(&key) else {
                self.opaque(node, format!("the label `{key}`"));
                return None;
            };
            match key.strip_prefix(NAMESPACE_LABEL) {
                _ if key == NAMESPACE => namespaces.push(Requirement { key: NAME_LABEL.into(), test }),
                Some(label) => namespaces.push(Requirement { key: label.into(), test }),
                None => pods.push(Requirement { key: key.into(), test }),
            }
        }
        let scope = match namespace {
            Some(namespace) if namespaces.is_empty() => Scope::Named(namespace.clone()),
            _ => scope(Selector::of(namespaces)),
        };
        let pods = if selector.is_meaningless() { Selector::nothing() } else { Selector::of(pods) };
        Some(self.wanted(PodsWanted { scope, pods }))
    }

    fn entity(&mut self, node: &Node) -> Wanted {
        match node.as_str() {
            Some("all") => Wanted::Everybody,
            Some("world") => Wanted::Addresses(Addresses::all()),
            Some("world-ipv4") => Wanted::Addresses(Addresses::block("0.0.0.0/0").unwrap_or_default()),
            Some("world-ipv6") => Wanted::Addresses(Addresses::block("::/0").unwrap_or_default()),
            Some("cluster") => {
                let scope = Scope::Matching(Selector::everything());
                Wanted::Pods(self.wanted(PodsWanted { scope, pods: Selector::everything() }))
            }
            Some("none") => Wanted::Nobody,
            Some(other) => {
                self.opaque(node, format!("the entity `{other}`"));
                Wanted::Nobody
            }
            None => self.nobody(node, "an entity"),
        }
    }

    /// `toCIDR`: a block, or a single address.
    fn cilium_block(&mut self, node: &Node) -> Wanted {
        let single = node.as_str().and_then(|text| text.parse().ok()).map(Addresses::single);
        single.or_else(|| self.cidr(node)).map_or(Wanted::Nobody, Wanted::Addresses)
    }

    fn cilium_block_set(&mut self, node: &Node) -> Wanted {
        let group = ["cidrGroupRef", "cidrGroupSelector"].into_iter().find(|key| given(node, key).is_some());
        if let Some(key) = group {
            self.opaque(node, format!("the field `{key}`"));
            return Wanted::Nobody;
        }
        self.block(node)
    }

    /// `toFQDNs`
    fn host(&mut self, node: &Node) -> Wanted {
        let name = given(node, "matchName").or_else(|| given(node, "matchPattern")).and_then(Node::as_str);
        match name {
            Some(name) => Wanted::Hosts(vec![name.into()]),
            None => self.nobody(node, "a host with `matchName` or `matchPattern`"),
        }
    }

    fn nobody(&mut self, node: &Node, what: &str) -> Wanted {
        self.fault(node, format!("{what} is expected here, and this is {}", node.describe()));
        Wanted::Nobody
    }

    fn all_ports(&mut self, rule: &Node) -> Vec<PortsWanted> {
        let mut wanted = Vec::new();
        for item in self.list(rule, "toPorts").unwrap_or_default() {
            if let Some(rules) = given(item, "rules").filter(|rules| !is_any_name(rules)) {
                self.opaque(rules, "what is said within a connection".into());
            }
            self.beyond(item, &["ports", "rules"]);
            for port in self.list(item, "ports").unwrap_or_default() {
                wanted.push(self.cilium_ports(port));
            }
        }
        wanted
    }

    fn cilium_ports(&mut self, item: &Node) -> PortsWanted {
        let (protocol, known) = match given(item, "protocol").map(Node::as_str) {
            None | Some(Some("ANY")) => (None, true),
            Some(name) => {
                let protocol = name.and_then(Protocol::named);
                (protocol, protocol.is_some())
            }
        };
        if !known {
            self.opaque(item, "a protocol other than TCP, UDP and SCTP".into());
            return PortsWanted { span: item.span, protocol, which: WhichPorts::Nothing };
        }
        let which = match given(item, "port").and_then(Node::as_str) {
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => self.cilium_numbers(item, text),
            Some(name) => WhichPorts::Named(name.into()),
            None => {
                self.no_ports(item.get("port").unwrap_or(item), "a port is a string with a number or a name".into())
            }
        };
        PortsWanted { span: item.span, protocol, which }
    }

    fn cilium_numbers(&mut self, item: &Node, text: &str) -> WhichPorts {
        let last = match given(item, "endPort") {
            Some(Node { kind: NodeKind::Int(0), .. }) | None => None,
            Some(end) => match self.number(end) {
                Some(last) => Some(last),
                None => return WhichPorts::Nothing,
            },
        };
        match (text.parse::<u16>(), last) {
            (Ok(0), _) => WhichPorts::All,
            (Ok(first), Some(last)) if last < first => {
                self.no_ports(item, format!("`endPort` {last} is below `port` {first}"))
            }
            (Ok(first), last) => WhichPorts::Numbers(first, last.unwrap_or(first)),
            (Err(_), _) => self.no_ports(item, format!("a port is a number up to 65535, not {text}")),
        }
    }

    /// Keeps what is written besides the fields that are understood; whether there is any.
    fn beyond(&mut self, node: &Node, understood: &[&str]) -> bool {
        let fields = node.as_map().map(|map| map.fields.as_slice()).unwrap_or_default();
        let others = fields.iter().filter(|field| !understood.contains(&field.key.as_str()));
        let others: Vec<_> = others.filter(|field| field.value.kind != NodeKind::Null).collect();
        for field in &others {
            self.opaque.push(Opaque { span: field.key_span, words: format!("the field `{}`", field.key) });
        }
        !others.is_empty()
    }

    fn opaque(&mut self, node: &Node, words: String) {
        self.opaque.push(Opaque { span: node.span, words });
    }
}

/// A label as Kubernetes knows it: without where it comes from, if that is Kubernetes or anywhere.
fn own_key(key: &str) -> Option<&str> {
    let key = match key.split_once(':') {
        Some(("k8s" | "any", key)) => key,
        Some(_) => return None,
        None => key,
    };
    let made_up = key.starts_with("io.cilium.k8s.policy.") || key.starts_with("reserved.");
    (!made_up).then_some(key)
}

/// Whether the rules within a connection are those that let Cilium see all answers of DNS, and forbid nothing.
fn is_any_name(rules: &Node) -> bool {
    let only = rules.as_map().is_some_and(|map| map.fields.len() == 1);
    let names = rules.get("dns").and_then(Node::as_list).unwrap_or_default();
    only && names.iter().any(|name| text(name, "matchPattern") == "*")
}
