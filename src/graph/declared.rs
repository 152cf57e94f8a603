//! The declared graph: who may connect to whom, and at whose word.
//!
//! The layers' rules make it once, in `stdlib/layers/applications/network.nxk`, and write the policies from it. Here it is
//! read from the option `graph`, so that what the policies really allow can be held against it.

use ecow::EcoString;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use super::picture::ReasonKind;
use super::ports::list_field;
use crate::layers::names::optional_text;
use crate::modules::Configuration;
use crate::network::{Direction, Labels, Ports, Protocol};
use crate::order::Needs;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Attrs, Evaluator, Kind, Result, Thunk, Value};

/// Parties, and the connections between them.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// An edge goes from who connects to whom. There can be several from one to another, each for a reason of its own.
    pub net: DiGraph<Party, Declared>,
    places: FxHashMap<Whom, NodeIndex>,
}

/// Who takes part.
#[derive(Clone, Debug)]
pub struct Party {
    /// Who it is.
    pub whom: Whom,
    /// Whether it is an application, whose connections are all declared.
    pub application: bool,
    /// Where it is declared.
    pub span: Span,
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// An application, or a workload of layer 2, by its namespace and the name of its objects.
    Workload {
        /// Its namespace.
        namespace: EcoString,
        /// The name of its objects.
        name: EcoString,
    },
    /// Pods that are not made here.
    Pods {
        /// What they are for.
        role: Role,
        /// Their namespace.
        namespace: EcoString,
        /// Their labels; none are all pods of the namespace.
        labels: Labels,
    },
    /// Addresses.
    Network {
        /// The network.
        cidr: EcoString,
        /// The parts of it that are not meant.
        except: Vec<EcoString>,
    },
    /// A name outside of the cluster; `*.example.com` are all below it.
    Host(EcoString),
    /// The API server, as the caller of webhooks.
    ApiServer,
}

/// What pods outside of the configuration are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Named in `egress` or `allowFrom`.
    Named,
    /// They answer names.
    Dns,
    /// They let requests in.
    IngressController,
    /// They scrape metrics.
    Monitoring,
    /// They collect traces.
    Collector,
}

/// A declared connection.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The ports on the side of whom is connected to.
    pub ports: Ports,
    /// Labels by which policies find whom is connected to, where they repeat those of a Service.
    pub through: Option<Labels>,
    /// Why.
    pub reason: ReasonKind,
    /// The user's words for it; those for the application where there are no others.
    pub span: Span,
}

impl Graph {
    /// The party of whom is spoken; it is added if nobody has spoken of it before.
    pub fn party(&mut self, whom: Whom, span: Span) -> NodeIndex {
        if let Some(&known) = self.places.get(&whom) {
            return known;
        }
        let added = self.net.add_node(Party { whom: whom.clone(), application: false, span });
        self.places.insert(whom, added);
        added
    }

    /// The workload of this name, if the graph has it.
    pub fn workload(&self, namespace: &str, name: &str) -> Option<NodeIndex> {
        let whom = Whom::Workload { namespace: namespace.into(), name: name.into() };
        self.places.get(&whom).copied()
    }

    /// In which wave each party can start, in the order of the nodes: those of wave 0 need nobody. `None` for what is not
    /// a workload, and for those that wait for each other or for such.
    pub fn waves(&self) -> Vec<Option<usize>> {
        let mut needs = Needs::new(self.net.node_count());
        for edge in self.net.raw_edges() {
            if edge.weight.reason == ReasonKind::Dependency && edge.source() != edge.target() {
                needs.add(edge.source().index(), edge.target().index());
            }
        }
        let waves = needs.waves();
        let nodes = self.net.raw_nodes().iter().zip(waves);
        nodes.map(|(node, wave)| wave.filter(|_| matches!(node.weight.whom, Whom::Workload { .. }))).collect()
    }
}

/// Which edges of a party are about a direction: those that end at it are about ingress.
pub(super) fn towards(direction: Direction) -> petgraph::Direction {
    match direction {
        Direction::Ingress => petgraph::Incoming,
        Direction::Egress => petgraph::Outgoing,
    }
}

/// Reads the graph of a configuration. Without the layers' rule for networks it is empty.
///
/// # Errors
/// When the option cannot be computed.
pub fn declared(machine: &mut Evaluator, configuration: &Configuration) -> Result<Graph> {
    let mut graph = Graph::default();
    let sides = sides(machine, configuration)?;
    // What is wrong with one of them has been told with its policies, which are made from the same values.
    let sides: Vec<Side> = sides.iter().filter_map(|side| Side::read(machine, &mut graph, side).ok()).collect();
    for side in &sides {
        // Dependencies are told by the consumer.
        for connection in list_field(machine, &side.fields, "from", Span::NONE).unwrap_or_default() {
            let _ = side.add(machine, &mut graph, &connection, Direction::Ingress);
        }
        for list in ["to", "hosts", "names"] {
            for connection in list_field(machine, &side.fields, list, Span::NONE).unwrap_or_default() {
                let _ = side.add(machine, &mut graph, &connection, Direction::Egress);
            }
        }
    }
    Ok(graph)
}

fn sides(machine: &mut Evaluator, configuration: &Configuration) -> Result<Vec<Thunk>> {
    let name = Symbol::new("graph");
    let config = machine.force(&configuration.config)?;
    match &config.kind {
        Kind::Attrs(config) if config.get(name).is_some() => match configuration.once(machine, name)?.kind {
            Kind::List(sides) => Ok(sides.to_vec()),
            _ => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}

/// A workload, with who connects to it and whom it connects to.
struct Side {
    party: NodeIndex,
    fields: Attrs,
}

impl Side {
    fn read(machine: &mut Evaluator, graph: &mut Graph, side: &Thunk) -> Result<Side> {
        let fields = fields(machine, side)?;
        let workload = value(machine, &fields, "workload")?;
        let Kind::Attrs(workload) = &workload.kind else {
            return Err(machine.wrong_kind(&workload, "a set", "a workload", Span::NONE));
        };
        let (namespace, name) = (text(machine, workload, "namespace")?, text(machine, workload, "name")?);
        let span = value(machine, workload, "key")?.origin;
        let party = graph.party(Whom::Workload { namespace, name }, span);
        graph.net[party].application = matches!(value(machine, workload, "application")?.kind, Kind::Bool(true));
        Ok(Side { party, fields })
    }

    fn add(&self, machine: &mut Evaluator, graph: &mut Graph, connection: &Thunk, direction: Direction) -> Result<()> {
        let fields = fields(machine, connection)?;
        let reason = reason(&text(machine, &fields, "reason")?);
        if direction == Direction::Ingress && reason == ReasonKind::Dependency {
            return Ok(());
        }
        let other = value(machine, &fields, "party")?;
        let Kind::Attrs(other) = &other.kind else {
            return Err(machine.wrong_kind(&other, "a set", "a party", Span::NONE));
        };
        let through = match other.named("selector") {
            Some(_) => Some(labels(machine, other, "selector")?),
            None => None,
        };
        let whom = whom(machine, other)?;
        let ports = ports(machine, &fields)?;
        let written = value(machine, &fields, "at")?.origin;
        // What a rule decides by itself is answered at the workload.
        let span = if machine.sources.is_user(written) { written } else { graph.net[self.party].span };
        let other = graph.party(whom, span);
        let (from, to) = match direction {
            Direction::Ingress => (other, self.party),
            Direction::Egress => (self.party, other),
        };
        graph.net.add_edge(from, to, Declared { ports, through, reason, span });
        Ok(())
    }
}

fn whom(machine: &mut Evaluator, party: &Attrs) -> Result<Whom> {
    Ok(match text(machine, party, "kind")?.as_str() {
        "workload" => {
            Whom::Workload { namespace: text(machine, party, "namespace")?, name: text(machine, party, "name")? }
        }
        "network" => {
            let except = list_field(machine, party, "except", Span::NONE)?;
            let except = except.iter().map(|one| text_of(machine, one)).collect::<Result<_>>()?;
            Whom::Network { cidr: text(machine, party, "cidr")?, except }
        }
        "host" => Whom::Host(text(machine, party, "host")?),
        _ => Whom::Pods {
            role: role(&text(machine, party, "role")?),
            namespace: text(machine, party, "namespace")?,
            labels: labels(machine, party, "podLabels")?,
        },
    })
}

fn labels(machine: &mut Evaluator, party: &Attrs, name: &str) -> Result<Labels> {
    let labels = value(machine, party, name)?;
    let Kind::Attrs(labels) = &labels.kind else { return Ok(Labels::new()) };
    labels.iter().map(|attr| Ok((attr.name.text(), text_of(machine, &attr.value)?))).collect()
}

/// The ports of a connection; none are all.
fn ports(machine: &mut Evaluator, connection: &Attrs) -> Result<Ports> {
    let given = list_field(machine, connection, "ports", Span::NONE)?;
    if given.is_empty() {
        return Ok(Ports::all());
    }
    let mut ports = Ports::none();
    for port in given {
        let fields = fields(machine, &port)?;
        let first = number(machine, &fields, "port")?;
        let last = match fields.named("endPort") {
            Some(_) => number(machine, &fields, "endPort")?,
            None => first,
        };
        let protocol = Protocol::named(&text(machine, &fields, "protocol")?);
        ports = ports.union(&Ports::range(protocol.unwrap_or(Protocol::Tcp), first, last));
    }
    Ok(ports)
}

fn number(machine: &mut Evaluator, fields: &Attrs, name: &str) -> Result<u16> {
    match value(machine, fields, name)?.kind {
        Kind::Int(number) => Ok(u16::try_from(number).unwrap_or_default()),
        _ => Ok(0),
    }
}

fn reason(name: &str) -> ReasonKind {
    match name {
        "expose" => ReasonKind::Expose,
        "monitoring" => ReasonKind::Monitoring,
        "egress" => ReasonKind::Egress,
        "allowFrom" => ReasonKind::AllowFrom,
        "dns" => ReasonKind::Dns,
        "tracing" => ReasonKind::Tracing,
        _ => ReasonKind::Dependency,
    }
}

fn role(name: &str) -> Role {
    match name {
        "dns" => Role::Dns,
        "ingressController" => Role::IngressController,
        "monitoring" => Role::Monitoring,
        "collector" => Role::Collector,
        _ => Role::Named,
    }
}

fn fields(machine: &mut Evaluator, thunk: &Thunk) -> Result<Attrs> {
    let value = machine.force(thunk)?;
    match value.kind {
        Kind::Attrs(fields) => Ok(fields),
        _ => Err(machine.wrong_kind(&value, "a set", "a part of the graph", Span::NONE)),
    }
}

fn value(machine: &mut Evaluator, fields: &Attrs, name: &str) -> Result<Value> {
    match fields.named(name).cloned() {
        Some(attr) => machine.force_at(&attr.value, attr.span),
        None => Ok(Value::null(Span::NONE)),
    }
}

fn text(machine: &mut Evaluator, fields: &Attrs, name: &str) -> Result<EcoString> {
    Ok(optional_text(machine, fields, name, Span::NONE)?.unwrap_or_default())
}

fn text_of(machine: &mut Evaluator, thunk: &Thunk) -> Result<EcoString> {
    let value = machine.force(thunk)?;
    match value.kind {
        Kind::Str(text) => Ok(text),
        _ => Err(machine.wrong_kind(&value, "a string", "a part of the graph", Span::NONE)),
    }
}
