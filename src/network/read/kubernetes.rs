//! Kubernetes' own policies: `networking.k8s.io` `NetworkPolicy`, with all its defaults.

use ecow::EcoString;

use super::{Reader, given, text};
use crate::network::cluster::{
    Direction, NAME_LABEL, Peer, PodsWanted, Policy, PolicyKind, PortsWanted, Rule, Rules, Scope, Wanted, WhichPorts,
};
use crate::network::{Addresses, Protocol, Selector};
use crate::node::{Node, NodeKind};

impl Reader {
    pub(super) fn kubernetes_policy(&mut self, object: &Node) -> Policy {
        let namespace = self.namespace_of(object);
        let nothing = Node::new(NodeKind::Null, object.span);
        let spec = given(object, "spec").unwrap_or(&nothing);
        let selector = given(spec, "podSelector");
        let pods = match (selector, &spec.kind) {
            (Some(selector), _) => self.selector(selector),
            (None, NodeKind::Map(_) | NodeKind::Null) => Selector::everything(),
            // What is no specification selects nothing, and `selector` says so.
            (None, _) => self.selector(spec),
        };
        let directions = self.directions(spec);
        self.ignored(spec, &directions);
        let mut rules = |direction| directions.contains(&direction).then(|| self.rules(spec, direction, &namespace));
        let (ingress, egress) = (rules(Direction::Ingress), rules(Direction::Egress));
        Policy {
            object: self.object,
            kind: PolicyKind::Kubernetes,
            name: given(object, "metadata").map(|metadata| text(metadata, "name")).unwrap_or_default().into(),
            span: object.span,
            part: None,
            selector_span: selector.map_or(object.span, |selector| selector.span),
            selects: self.wanted(PodsWanted { scope: Scope::Named(namespace.clone()), pods }),
            namespace,
            ingress,
            egress,
            opaque: Vec::new(),
        }
    }

    /// The directions that a policy is about: those it names, else ingress, and egress if it has rules for that.
    fn directions(&mut self, spec: &Node) -> Vec<Direction> {
        let types = self.list(spec, "policyTypes").unwrap_or_default();
        if types.is_empty() {
            let outwards = given(spec, "egress").and_then(Node::as_list).is_some_and(|rules| !rules.is_empty());
            return if outwards { Direction::BOTH.to_vec() } else { vec![Direction::Ingress] };
        }
        let mut directions = Vec::new();
        for item in types {
            match Direction::BOTH.into_iter().find(|direction| item.as_str() == Some(direction.as_str())) {
                Some(direction) => directions.push(direction),
                None => self.fault(item, "a policy type is `Ingress` or `Egress`".into()),
            }
        }
        directions
    }

    /// Rules of a direction that the policy is not about count for nothing.
    fn ignored(&mut self, spec: &Node, directions: &[Direction]) {
        for direction in Direction::BOTH.into_iter().filter(|direction| !directions.contains(direction)) {
            let key = direction.key();
            if let Some(rules) = given(spec, key).filter(|rules| rules.as_list().is_some_and(|rules| !rules.is_empty()))
            {
                self.direction = Some(direction);
                let words = format!("`{key}` counts for nothing: `policyTypes` leaves out `{}`", direction.as_str());
                self.fault(rules, words);
                self.direction = None;
            }
        }
    }

    fn rules(&mut self, spec: &Node, direction: Direction, namespace: &EcoString) -> Rules {
        let peers = match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        self.direction = Some(direction);
        let items = self.list(spec, direction.key()).unwrap_or_default();
        let mut rules = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            self.rule = Some(at);
            rules.push(self.rule(item, peers, namespace));
        }
        (self.direction, self.rule) = (None, None);
        Rules { isolates: true, rules }
    }

    fn rule(&mut self, item: &Node, peers: &str, namespace: &EcoString) -> Rule {
        if !matches!(item.kind, NodeKind::Map(_) | NodeKind::Null) {
            self.fault(item, format!("a rule is a map, not {}", item.describe()));
            return Rule { span: item.span, peers: Some(Vec::new()), ports: None };
        }
        let peers = self.limits(item, peers, |reader, peer| reader.peer(peer, namespace));
        let ports = self.limits(item, "ports", Reader::ports_wanted);
        Rule { span: item.span, peers, ports }
    }

    /// A list that limits what a rule grants: nothing written is no limit, and what is no list leaves nothing.
    fn limits<T>(&mut self, rule: &Node, key: &str, mut read: impl FnMut(&mut Reader, &Node) -> T) -> Option<Vec<T>> {
        match self.list(rule, key) {
            Some([]) => None,
            Some(items) => Some(items.iter().map(|item| read(self, item)).collect()),
            None => Some(Vec::new()),
        }
    }

    fn peer(&mut self, item: &Node, namespace: &EcoString) -> Peer {
        let (mut pods, mut namespaces, mut block) = (None, None, None);
        // There are more peers than anything else, so each is gone through once.
        for field in item.as_map().map(|map| map.fields.as_slice()).unwrap_or_default() {
            let place = match field.key.as_str() {
                "podSelector" => &mut pods,
                "namespaceSelector" => &mut namespaces,
                "ipBlock" => &mut block,
                _ => continue,
            };
            *place = Some(&field.value).filter(|value| value.kind != NodeKind::Null);
        }
        let who = match (pods, namespaces, block) {
            (None, None, Some(block)) => self.block(block),
            (None, None, None) => {
                self.fault(item, "a peer needs a `podSelector`, a `namespaceSelector` or an `ipBlock`".into());
                Wanted::Nobody
            }
            (_, _, Some(block)) => {
                self.fault(block, "a peer with an `ipBlock` cannot have a selector as well".into());
                Wanted::Nobody
            }
            (pods, namespaces, None) => {
                let scope = namespaces.map_or_else(|| Scope::Named(namespace.clone()), |node| self.scope(node));
                let pods = pods.map_or_else(Selector::everything, |node| self.selector(node));
                Wanted::Pods(self.wanted(PodsWanted { scope, pods }))
            }
        };
        Peer { span: item.span, who }
    }

    /// `ipBlock`. One with an exception that has no meaning is refused as a whole.
    pub(super) fn block(&mut self, block: &Node) -> Wanted {
        let Some(cidr) = given(block, "cidr") else {
            self.fault(block, "a block of addresses needs a `cidr` such as `10.0.0.0/8`".into());
            return Wanted::Nobody;
        };
        let Some(whole) = self.cidr(cidr) else { return Wanted::Nobody };
        let Some(items) = self.list(block, "except") else { return Wanted::Nobody };
        let mut rest = whole.clone();
        for item in items {
            let Some(except) = self.cidr(item) else { return Wanted::Nobody };
            if except.intersection(&whole).is_empty() {
                self.fault(item, "an exception has to lie within the block".into());
            }
            rest = rest.difference(&except);
        }
        Wanted::Addresses(rest)
    }

    pub(super) fn cidr(&mut self, node: &Node) -> Option<Addresses> {
        let addresses = node.as_str().and_then(Addresses::block);
        if addresses.is_none() {
            let words = match node.as_str() {
                Some(text) => format!("`{text}` is no block of addresses such as `10.0.0.0/8`"),
                None => format!("a block of addresses is a string such as `10.0.0.0/8`, not {}", node.describe()),
            };
            self.fault(node, words);
        }
        addresses
    }

    /// The namespaces that a selector means.
    fn scope(&mut self, node: &Node) -> Scope {
        match only_name(node) {
            Some(name) => Scope::Named(name.clone()),
            None => scope(self.selector(node)),
        }
    }

    pub(super) fn selector(&mut self, node: &Node) -> Selector {
        Selector::read(node, &mut |node, words| self.fault(node, words))
    }

    fn ports_wanted(&mut self, item: &Node) -> PortsWanted {
        let protocol = match given(item, "protocol") {
            None => Some(Protocol::Tcp),
            Some(node) => node.as_str().and_then(Protocol::named),
        };
        let which = match (&item.kind, protocol) {
            (NodeKind::Map(_) | NodeKind::Null, Some(_)) => self.which_ports(item),
            (NodeKind::Map(_) | NodeKind::Null, None) => {
                self.fault(item.get("protocol").unwrap_or(item), "a protocol is `TCP`, `UDP` or `SCTP`".into());
                WhichPorts::Nothing
            }
            _ => {
                self.fault(item, format!("an item of `ports` is a map, not {}", item.describe()));
                WhichPorts::Nothing
            }
        };
        PortsWanted { span: item.span, protocol: protocol.or(Some(Protocol::Tcp)), which }
    }

    fn which_ports(&mut self, item: &Node) -> WhichPorts {
        let end = given(item, "endPort");
        match (given(item, "port"), end) {
            (None, None) => WhichPorts::All,
            (None, Some(end)) => self.no_ports(end, "`endPort` needs a `port` to begin with".into()),
            (Some(port), None) => match port.as_str() {
                Some(name) if is_port_name(name) => WhichPorts::Named(name.into()),
                _ => self.number(port).map_or(WhichPorts::Nothing, |port| WhichPorts::Numbers(port, port)),
            },
            (Some(port), Some(end)) if port.as_str().is_some() => {
                self.no_ports(end, "`endPort` needs a `port` that is a number".into())
            }
            (Some(port), Some(end)) => {
                let (Some(first), Some(last)) = (self.number(port), self.number(end)) else {
                    return WhichPorts::Nothing;
                };
                if last < first {
                    return self.no_ports(end, format!("`endPort` {last} is below `port` {first}"));
                }
                WhichPorts::Numbers(first, last)
            }
        }
    }

    pub(super) fn no_ports(&mut self, node: &Node, words: String) -> WhichPorts {
        self.fault(node, words);
        WhichPorts::Nothing
    }

    pub(super) fn number(&mut self, node: &Node) -> Option<u16> {
        let number = match node.kind {
            NodeKind::Int(number) => u16::try_from(number).ok().filter(|&number| number > 0),
            _ => None,
        };
        if number.is_none() {
            let what = match &node.kind {
                NodeKind::Int(number) => format!("{number}"),
                NodeKind::Str(text) => format!("\"{text}\""),
                _ => node.describe().to_owned(),
            };
            self.fault(node, format!("a port is a number from 1 to 65535 or the name of one, not {what}"));
        }
        number
    }
}

/// The name of the namespace, where that is all that is asked; nearly always it is.
fn only_name(node: &Node) -> Option<&EcoString> {
    let [asked] = node.as_map()?.fields.as_slice() else { return None };
    let [label] = asked.value.as_map()?.fields.as_slice() else { return None };
    match &label.value.kind {
        NodeKind::Str(name) if asked.key == "matchLabels" && label.key == NAME_LABEL => Some(name),
        _ => None,
    }
}

/// Namespaces by a selector. The one that asks for a name and nothing else is a name.
pub(super) fn scope(selector: Selector) -> Scope {
    match selector.only_value(NAME_LABEL) {
        Some(name) => Scope::Named(name.clone()),
        None => Scope::Matching(selector),
    }
}

/// Whether Kubernetes would take it for a name of a port: lower case, digits and dashes, and at least one letter.
fn is_port_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && name.len() <= 15
}
