//! What is known of a cluster: its namespaces, its pods and its policies, as the objects describe them.
//!
//! Nothing is resolved here yet: policies hold selectors and names of ports as they are written, with all defaults filled in.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::labels::{Labels, Selector};
use super::{Addresses, Protocol};
use crate::source::Span;

/// The namespace of objects that name none.
pub(super) const DEFAULT_NAMESPACE: &str = "default";
/// The label with its name that Kubernetes gives to every namespace.
pub const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Namespaces, pods and policies.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// In the order in which they are first mentioned.
    pub namespaces: Vec<Namespace>,
    /// In the order of the objects that make them; then outsiders.
    pub pods: Vec<Pods>,
    /// In the order of the objects.
    pub policies: Vec<Policy>,
    /// What has no meaning, in the order of the objects. It matches nothing.
    pub faults: Vec<Fault>,
    /// Policies of kinds that are not understood, in the order of the objects.
    pub unjudged: Vec<Unjudged>,
    /// The namespaces by name.
    by_name: FxHashMap<EcoString, usize>,
}

/// A namespace.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its name.
    pub name: EcoString,
    /// Its labels, always with `kubernetes.io/metadata.name`.
    pub labels: Labels,
    /// The object that makes it, as an index into the objects; without one, nothing else is known of its labels.
    pub object: Option<usize>,
}

/// The pods of one workload. They have the same labels and ports, so what holds for one holds for each.
#[derive(Clone, Debug)]
pub struct Pods {
    /// The object that makes them, as an index into the objects (for an item of a `List`, that of the list); none for
    /// outsiders.
    pub object: Option<usize>,
    /// The kind of the object; empty for outsiders.
    pub kind: EcoString,
    /// The name of the object; empty for outsiders.
    pub name: EcoString,
    /// Where they live.
    pub namespace: EcoString,
    /// The labels of the pods, which are those of the template.
    pub labels: Labels,
    /// The ports that their containers have names for, in order.
    pub ports: Vec<NamedPort>,
    /// Whether nothing is known of their ports, so that a name may stand for any of a protocol.
    pub any_port: bool,
    /// Whether they are on the network of their host, where policies neither isolate them nor find them.
    pub host_network: bool,
    /// Where the object stands.
    pub span: Span,
}

/// A port of a container that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedPort {
    /// Its name.
    pub name: EcoString,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub port: u16,
}

/// The direction of a connection, as seen by the pods that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// Towards the pods.
    Ingress,
    /// From the pods.
    Egress,
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The object that it is, as an index into the objects.
    pub object: usize,
    /// What kind of policy it is.
    pub kind: PolicyKind,
    /// Its name.
    pub name: EcoString,
    /// Where it lives; empty for one of the whole cluster.
    pub namespace: EcoString,
    /// Where the object stands.
    pub span: Span,
    /// Where it is among the `specs` of the object, which only Cilium's policies have.
    pub part: Option<usize>,
    /// Which pods it is about.
    pub selects: Arc<PodsWanted>,
    /// Where that is written; the object if it is not.
    pub selector_span: Span,
    /// What it says of connections to them, if it is about those at all.
    pub ingress: Option<Rules>,
    /// What it says of connections from them, if it is about those at all.
    pub egress: Option<Rules>,
    /// What it also says and is not judged here: whoever proves something has to say so.
    pub opaque: Vec<Opaque>,
}

/// The kinds of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// `networking.k8s.io` `NetworkPolicy`
    Kubernetes,
    /// `cilium.io` `CiliumNetworkPolicy`
    Cilium,
    /// `cilium.io` `CiliumClusterwideNetworkPolicy`
    CiliumClusterwide,
}

/// What a policy says of one direction.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Whether pods that it selects are shut apart from what is granted. Always so, unless Cilium is told otherwise.
    pub isolates: bool,
    /// What it grants.
    pub rules: Vec<Rule>,
}

/// What a policy grants: some ports to some peers.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it is written.
    pub span: Span,
    /// To whom; everybody if nothing is said.
    pub peers: Option<Vec<Peer>>,
    /// On which ports; all if nothing is said.
    pub ports: Option<Vec<PortsWanted>>,
}

/// An item of `from` or `to`.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where it is written.
    pub span: Span,
    /// Who is meant.
    pub who: Wanted,
}

/// Who is meant by a peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Whoever there is.
    Everybody,
    /// Pods. Equal wishes of a cluster are one, so that they are looked up once.
    Pods(Arc<PodsWanted>),
    /// Addresses, without those that are left out.
    Addresses(Addresses),
    /// Names outside of the cluster, perhaps with `*`.
    Hosts(Vec<EcoString>),
    /// Nobody: what is written has no meaning.
    Nobody,
}

/// Pods by namespace and label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodsWanted {
    /// Where they live.
    pub scope: Scope,
    /// What they are like.
    pub pods: Selector,
}

/// A choice of namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The one of this name.
    Named(EcoString),
    /// Those that are like this; the empty selector means all.
    Matching(Selector),
}

/// An item of `ports`.
#[derive(Clone, Debug)]
pub struct PortsWanted {
    /// Where it is written.
    pub span: Span,
    /// The protocol; any if there is none, which only Cilium's policies can say.
    pub protocol: Option<Protocol>,
    /// Which ports of it.
    pub which: WhichPorts,
}

/// Ports as a rule names them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WhichPorts {
    /// All.
    All,
    /// Those from one number to another, both included.
    Numbers(u16, u16),
    /// The one that the containers call this.
    Named(EcoString),
    /// None: what is written has no meaning.
    Nothing,
}

/// A policy of a kind that is not understood.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The object that it is, as an index into the objects.
    pub object: usize,
    /// Where it stands.
    pub span: Span,
}

/// Something of a policy that is not understood, so that what it does is unknown.
#[derive(Clone, Debug)]
pub struct Opaque {
    /// Where it is written.
    pub span: Span,
    /// What it is: `the field \`toServices\``.
    pub words: String,
}

/// Something that has no effect: it has no meaning, or can never match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The object, as an index into the objects.
    pub object: usize,
    /// The policy, if it is part of one.
    pub policy: Option<usize>,
    /// The direction, if it is part of a rule.
    pub direction: Option<Direction>,
    /// The rule, as an index into those of the direction.
    pub rule: Option<usize>,
    /// Where it is written.
    pub span: Span,
    /// What is wrong, in lower case and without a full stop.
    pub words: String,
}

impl Direction {
    /// Both.
    pub const BOTH: [Direction; 2] = [Direction::Ingress, Direction::Egress];

    /// The field with the rules: `ingress` or `egress`.
    pub fn key(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }

    /// `Ingress` or `Egress`, as `policyTypes` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ingress => "Ingress",
            Direction::Egress => "Egress",
        }
    }
}

impl Policy {
    /// What it says of a direction, if it is about that at all.
    pub fn rules(&self, direction: Direction) -> Option<&Rules> {
        match direction {
            Direction::Ingress => self.ingress.as_ref(),
            Direction::Egress => self.egress.as_ref(),
        }
    }
}

impl Rules {
    /// Whether a port is given by its name.
    pub(super) fn use_names(&self) -> bool {
        let ports = self.rules.iter().flat_map(|rule| rule.ports.iter().flatten());
        ports.into_iter().any(|ports| matches!(ports.which, WhichPorts::Named(_)))
    }
}

impl Cluster {
    /// Adds pods that no object makes, so that it can be asked who reaches them; gives their index.
    ///
    /// A namespace that is not known yet has no labels but its name.
    pub fn add_outsider(&mut self, namespace: &str, labels: Labels, ports: Vec<NamedPort>) -> usize {
        let namespace = self.namespace(namespace);
        let (kind, name) = (EcoString::new(), EcoString::new());
        self.pods.push(Pods {
            object: None,
            kind,
            name,
            namespace,
            labels,
            ports,
            any_port: false,
            host_network: false,
            span: Span::NONE,
        });
        self.pods.len() - 1
    }

    /// Adds pods of which nothing is known but where they live and how they are labelled; gives their index.
    pub fn add_stranger(&mut self, namespace: &str, labels: Labels) -> usize {
        let stranger = self.add_outsider(namespace, labels, Vec::new());
        self.pods[stranger].any_port = true;
        stranger
    }

    /// Supposes that a namespace of which no object tells has these labels besides its name.
    pub fn suppose_namespace(&mut self, name: &str, labels: &Labels) {
        let at = self.namespace_at(name);
        let supposed = &mut self.namespaces[at];
        if supposed.object.is_none() {
            labels.iter().for_each(|(key, value)| supposed.labels.set(key, value));
        }
    }

    /// The namespace of this name, if it is known.
    pub fn find_namespace(&self, name: &str) -> Option<&Namespace> {
        self.by_name.get(name).map(|&at| &self.namespaces[at])
    }

    /// Makes a namespace known, with no labels but its name if nothing more is known of it.
    pub(super) fn namespace(&mut self, name: &str) -> EcoString {
        let at = self.namespace_at(name);
        self.namespaces[at].name.clone()
    }

    /// The same; gives where it is among the namespaces.
    pub(super) fn namespace_at(&mut self, name: &str) -> usize {
        let name = if name.is_empty() { DEFAULT_NAMESPACE } else { name };
        if let Some(&known) = self.by_name.get(name) {
            return known;
        }
        let name = EcoString::from(name);
        self.by_name.insert(name.clone(), self.namespaces.len());
        self.namespaces.push(Namespace::named(name));
        self.namespaces.len() - 1
    }
}

impl Namespace {
    /// A namespace of which only the name is known.
    pub(super) fn named(name: EcoString) -> Namespace {
        let mut labels = Labels::new();
        labels.set(NAME_LABEL, &name);
        Namespace { name, labels, object: None }
    }
}
