//! Workloads and the connections that they declare.
//!
//! The rules in `stdlib/layers/applications/network.nxk` ask `__connections` for the resolved graph and
//! write NetworkPolicies from it. Names are resolved here, because only here are all workloads known:
//! an unknown dependency, one without ports, and a circle in the start-up order are found here.

mod access;
mod cycles;
pub mod declared;
mod mistakes;
pub mod picture;
mod ports;
pub mod proof;
mod resolve;
pub mod show;
pub mod webhooks;

use crate::layers::names::{Named, named_entries, record, written_text};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Arguments, Attrs, AttrsBuilder, Evaluator, Kind, Native, Result, Thunk, Value};

pub(crate) use ports::ContainerPort;

/// The natives that the layers' rules call.
pub const NATIVES: &[Native] = &[
    Native { name: "__connections", arity: 1, run: connections },
    Native { name: "__hasPort", arity: 1, run: ports::has_port },
    Native { name: "__mistake", arity: 1, run: mistakes::mistake },
    Native { name: "__port", arity: 1, run: ports::port },
    Native { name: "__ports", arity: 1, run: ports::ports },
    Native { name: "__resource", arity: 1, run: access::resource },
];

/// A workload of the graph.
pub(crate) struct Workload {
    /// Its entry, with key, name and namespace.
    pub(crate) named: Named,
    /// Whether it is an application; else it is an entry of layer 2, which declares no connections.
    pub(crate) application: bool,
    /// What it listens on.
    pub(crate) ports: Vec<ContainerPort>,
    /// What its sidecars listen on: open only to those that name it.
    pub(crate) beside: Vec<ContainerPort>,
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

/// `__connections { applications, disabled, workloads, namespace }`: the applications, and those
/// entries of the collections `workloads` that one of them connects to, as a list of
/// `{ key, name, namespace, application, entry, dependencies, consumers }`. The last two are lists of
/// `{ name, namespace, ports = [ { port, protocol } ] }` on container ports.
fn connections(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.attrs_of(&call, 0)?;
    let standard = written_text(machine, &request, "namespace", call.span)?.unwrap_or_default();
    let standard = (standard.0.as_str(), standard.1);
    let applications = field_entries(machine, &request, "applications", standard, call.span)?;
    let mut workloads: Vec<Workload> =
        applications.into_iter().filter_map(|named| resolve::workload(machine, named, true)).collect();
    let disabled = field_entries(machine, &request, "disabled", standard, call.span)?;
    for collection in ports::list_field(machine, &request, "workloads", call.span)? {
        let others = entries(machine, &collection, standard, call.span)?;
        workloads.extend(others.into_iter().filter_map(|named| resolve::workload(machine, named, false)));
    }
    let connections = resolve::connections(machine, &workloads, &disabled);
    cycles::report(machine, &workloads, &connections);
    Ok(answer(&workloads, &connections, call.span))
}

/// The named entries of a collection of the request.
fn field_entries(
    machine: &mut Evaluator,
    request: &Attrs,
    collection: &str,
    standard: (&str, Span),
    span: Span,
) -> Result<Vec<Named>> {
    match request.named(collection).cloned() {
        Some(collection) => entries(machine, &collection.value, standard, span),
        None => Ok(Vec::new()),
    }
}

fn entries(machine: &mut Evaluator, collection: &Thunk, standard: (&str, Span), span: Span) -> Result<Vec<Named>> {
    let collection = machine.force_at(collection, span)?;
    let Kind::Attrs(collection) = &collection.kind else { return Ok(Vec::new()) };
    Ok(named_entries(machine, collection, standard))
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
    let mut list = Vec::with_capacity(workloads.len());
    for ((workload, dependencies), consumers) in workloads.iter().zip(dependencies).zip(consumers) {
        if !workload.application && consumers.is_empty() {
            continue;
        }
        let named = &workload.named;
        let fields = [
            ("key", Value::string(named.key.as_str(), named.key_span)),
            ("name", Value::string(named.name.clone(), named.key_span)),
            ("namespace", Value::string(named.namespace.clone(), named.namespace_span)),
            ("application", Value::bool(workload.application, named.key_span)),
            ("entry", named.entry.clone()),
            ("dependencies", Value::list(dependencies, named.key_span)),
            ("consumers", Value::list(consumers, named.key_span)),
        ];
        list.push(Thunk::Done(record(fields, named.key_span)));
    }
    Value::list(list, span)
}

fn port_value(port: &ContainerPort, span: Span) -> Value {
    let mut set = AttrsBuilder::new();
    set.add(Symbol::new("port"), span, Value::int(port.port, span));
    set.add(Symbol::new("protocol"), span, Value::string(port.protocol.clone(), span));
    Value::attrs(set.build(), span)
}
