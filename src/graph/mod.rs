//! Workloads and the connections that they declare.
//!
//! The rules in `stdlib/layers/network.nxk` ask `__connections` for the resolved graph and write
//! NetworkPolicies from it. Names are resolved here, because only here are all workloads known:
//! an unknown dependency, one without ports, and a circle in the start-up order are found here.

mod resolve;

use ecow::EcoString;

use crate::diag::{Code, Diagnostic};
use crate::layers::names::{Named, named_entries, record, written_text};
use crate::order::Needs;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Arguments, Attrs, AttrsBuilder, Evaluator, Kind, Native, Result, Thunk, Value};

/// The natives that the layers' rules call.
pub const NATIVES: &[Native] = &[Native { name: "__connections", arity: 1, run: connections }];

/// A workload of the graph.
pub(crate) struct Workload {
    /// Its entry, with key, name and namespace.
    pub(crate) named: Named,
    /// What it listens on.
    pub(crate) ports: Vec<ContainerPort>,
}

/// A port on which a container listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContainerPort {
    /// The container's port.
    pub(crate) port: i64,
    /// `TCP`, `UDP` or `SCTP`.
    pub(crate) protocol: EcoString,
    /// What the port is called.
    pub(crate) name: Option<EcoString>,
    /// The port of the Service in front of it.
    pub(crate) service_port: i64,
}

/// A declared connection.
pub(crate) struct Connection {
    /// The consumer, as an index into the workloads.
    pub(crate) from: usize,
    /// The dependency.
    pub(crate) to: usize,
    /// The dependency's ports that are open to the consumer.
    pub(crate) ports: Vec<ContainerPort>,
    /// Where it is declared.
    pub(crate) span: Span,
}

/// `__connections { applications, disabled, namespace }`: for each application
/// `{ key, name, namespace, entry, dependencies, consumers }`, the last two as lists of
/// `{ name, namespace, ports = [ { port, protocol } ] }` on container ports.
fn connections(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.attrs_of(&call, 0)?;
    let standard = written_text(machine, &request, "namespace", call.span)?.unwrap_or_default();
    let standard = (standard.0.as_str(), standard.1);
    let workloads: Vec<Workload> = entries(machine, &request, "applications", standard, call.span)?
        .into_iter()
        .filter_map(|named| resolve::workload(machine, named))
        .collect();
    let disabled = entries(machine, &request, "disabled", standard, call.span)?;
    let connections = resolve::connections(machine, &workloads, &disabled);
    report_cycles(machine, &workloads, &connections);
    Ok(answer(&workloads, &connections, call.span))
}

/// The named entries of a collection of the request.
fn entries(
    machine: &mut Evaluator,
    request: &Attrs,
    collection: &str,
    standard: (&str, Span),
    span: Span,
) -> Result<Vec<Named>> {
    let Some(collection) = request.named(collection).cloned() else { return Ok(Vec::new()) };
    let collection = machine.force_at(&collection.value, span)?;
    let Kind::Attrs(collection) = &collection.kind else { return Ok(Vec::new()) };
    Ok(named_entries(machine, collection, standard))
}

/// Applications that wait for each other can never all be ready first: a warning that shows the circle.
fn report_cycles(machine: &mut Evaluator, workloads: &[Workload], connections: &[Connection]) {
    let mut needs = Needs::new(workloads.len());
    for connection in connections {
        needs.add(connection.from, connection.to);
    }
    for cycle in needs.cycles() {
        let names: Vec<&str> = cycle.iter().chain(cycle.first()).map(|&at| &*workloads[at].named.name).collect();
        let edge = |at: usize| {
            let (from, to) = (cycle[at], cycle[(at + 1) % cycle.len()]);
            connections.iter().find(|connection| connection.from == from && connection.to == to)
        };
        let Some(first) = edge(0) else { continue };
        let message = format!("these applications wait for each other: {}", names.join(" → "));
        let words = |connection: &Connection| {
            let name = |at: usize| &workloads[at].named.name;
            format!("`{}` waits for `{}`", name(connection.from), name(connection.to))
        };
        let mut finding = Diagnostic::new(Code::StartupCycle, first.span, message)
            .label(words(first))
            .hint("leave out the dependency that is not needed at start-up, or let the application wait by itself");
        for connection in (1..cycle.len()).filter_map(edge) {
            finding = finding.also(connection.span, words(connection));
        }
        machine.findings.push(finding);
    }
}

fn answer(workloads: &[Workload], connections: &[Connection], span: Span) -> Value {
    let mut dependencies: Vec<Vec<Thunk>> = workloads.iter().map(|_| Vec::new()).collect();
    let mut consumers: Vec<Vec<Thunk>> = workloads.iter().map(|_| Vec::new()).collect();
    for connection in connections {
        let ports: Vec<Thunk> =
            connection.ports.iter().map(|port| Thunk::Done(port_value(port, connection.span))).collect();
        let end = |at: usize| {
            let named = &workloads[at].named;
            record(
                [
                    ("name", Value::string(named.name.clone(), connection.span)),
                    ("namespace", Value::string(named.namespace.clone(), connection.span)),
                    ("ports", Value::list(ports.clone(), connection.span)),
                ],
                connection.span,
            )
        };
        dependencies[connection.from].push(end(connection.to).into());
        consumers[connection.to].push(end(connection.from).into());
    }
    let mut set = AttrsBuilder::new();
    for ((workload, dependencies), consumers) in workloads.iter().zip(dependencies).zip(consumers) {
        let named = &workload.named;
        let fields = [
            ("key", Value::string(named.key.as_str(), named.key_span)),
            ("name", Value::string(named.name.clone(), named.key_span)),
            ("namespace", Value::string(named.namespace.clone(), named.namespace_span)),
            ("entry", named.entry.clone()),
            ("dependencies", Value::list(dependencies, named.key_span)),
            ("consumers", Value::list(consumers, named.key_span)),
        ];
        set.add(named.key, named.key_span, record(fields, named.key_span));
    }
    Value::attrs(set.build(), span)
}

fn port_value(port: &ContainerPort, span: Span) -> Value {
    let mut set = AttrsBuilder::new();
    set.add(Symbol::new("port"), span, Value::int(port.port, span));
    set.add(Symbol::new("protocol"), span, Value::string(port.protocol.clone(), span));
    Value::attrs(set.build(), span)
}
