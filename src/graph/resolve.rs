//! From the names in `dependencies` to workloads and ports.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{Connection, ContainerPort, Workload};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::layers::names::{Named, optional_text};
use crate::source::Span;
use crate::value::{Attrs, Evaluator, Kind, Result, Thunk, Value};

/// The workload of an entry; one whose ports cannot be computed is reported and left out.
pub(super) fn workload(machine: &mut Evaluator, named: Named) -> Option<Workload> {
    let ports = list_field(machine, &named.fields, "ports", named.key_span).and_then(|ports| {
        ports.iter().map(|port| container_port(machine, port, named.key_span)).collect::<Result<Vec<_>>>()
    });
    match ports {
        Ok(ports) => Some(Workload { named, ports }),
        Err(error) => {
            machine.report(&error);
            None
        }
    }
}

/// The connections that the workloads declare, by consumer and then in the order of the text; at
/// most one from one workload to another. What cannot be resolved is reported and left out.
pub(super) fn connections(machine: &mut Evaluator, workloads: &[Workload], disabled: &[Named]) -> Vec<Connection> {
    let index = Index::new(workloads, disabled);
    let mut connections: Vec<Connection> = Vec::new();
    for (from, workload) in workloads.iter().enumerate() {
        let start = connections.len();
        for list in ["dependencies", "consumes"] {
            let items = match list_field(machine, &workload.named.fields, list, workload.named.key_span) {
                Ok(items) => items,
                Err(error) => {
                    machine.report(&error);
                    continue;
                }
            };
            for item in items {
                let connection = wish(machine, &item, workload.named.key_span)
                    .and_then(|wish| connect(&wish, from, workloads, &index).map_err(Into::into));
                match connection {
                    Ok(connection) => join(&mut connections, start, connection),
                    Err(error) => machine.report(&error),
                }
            }
        }
    }
    connections
}

/// What an item of `dependencies` asks for.
struct Wish {
    app: EcoString,
    namespace: Option<EcoString>,
    /// Ports by number or name; none means all.
    ports: Vec<Value>,
    span: Span,
}

/// Workloads by name and by key.
struct Index<'a> {
    /// Applications that are declared and not deployed, for messages.
    disabled: &'a [Named],
    by_place: FxHashMap<(&'a str, &'a str), usize>,
    by_name: FxHashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(workloads: &'a [Workload], disabled: &'a [Named]) -> Index<'a> {
        let mut index = Index { disabled, by_place: FxHashMap::default(), by_name: FxHashMap::default() };
        for (at, workload) in workloads.iter().enumerate() {
            let named = &workload.named;
            // A name wins over another entry's key.
            index.by_place.insert((&named.namespace, &named.name), at);
            index.by_name.entry(&named.name).or_default().push(at);
            if named.key.as_str() != named.name {
                index.by_place.entry((&named.namespace, named.key.as_str())).or_insert(at);
                index.by_name.entry(named.key.as_str()).or_default().push(at);
            }
        }
        index
    }

    /// The workload that `name` means to somebody in `namespace`: there first, else the only one anywhere.
    fn find(&self, name: &str, namespace: &str, only_there: bool) -> Option<usize> {
        if let Some(&at) = self.by_place.get(&(namespace, name)) {
            return Some(at);
        }
        match self.by_name.get(name).map(Vec::as_slice) {
            Some(&[at]) if !only_there => Some(at),
            _ => None,
        }
    }
}

fn wish(machine: &mut Evaluator, item: &Thunk, place: Span) -> Result<Wish> {
    let value = machine.force_at(item, place)?;
    let span = value.origin.or(place);
    match &value.kind {
        Kind::Str(text) => {
            let (namespace, app) = match text.split_once('/') {
                Some((namespace, app)) => (Some(namespace.into()), app.into()),
                None => (None, text.clone()),
            };
            Ok(Wish { app, namespace, ports: Vec::new(), span })
        }
        Kind::Attrs(fields) => {
            let app = optional_text(machine, fields, "app", span)?.unwrap_or_default();
            let namespace = optional_text(machine, fields, "namespace", span)?;
            let ports = list_field(machine, fields, "ports", span)?;
            let ports = ports.iter().map(|port| machine.force_at(port, span)).collect::<Result<_>>()?;
            Ok(Wish { app, namespace, ports, span })
        }
        _ => Err(machine.wrong_kind(&value, "a name or a set", "a dependency", Span::NONE)),
    }
}

fn connect(
    wish: &Wish,
    from: usize,
    workloads: &[Workload],
    index: &Index,
) -> std::result::Result<Connection, Diagnostic> {
    let consumer = &workloads[from].named;
    let namespace = wish.namespace.as_ref().unwrap_or(&consumer.namespace);
    let Some(to) = index.find(&wish.app, namespace, wish.namespace.is_some()) else {
        let off = index.disabled.iter().find(|named| named.name == wish.app || named.key.as_str() == wish.app);
        return Err(off.map_or_else(|| unknown(wish, consumer, workloads), |off| switched_off(wish, consumer, off)));
    };
    let target = &workloads[to];
    if target.ports.is_empty() {
        let message = format!("`{}` depends on `{}`, which has no ports", consumer.name, target.named.name);
        return Err(Diagnostic::new(Code::DependencyWithoutPorts, wish.span, message)
            .also(target.named.key_span, "declared here without `ports`")
            .hint(format!("add `ports = [ … ];` to `{}`, or remove the dependency", target.named.name)));
    }
    let ports = match wish.ports.is_empty() {
        true => target.ports.clone(),
        false => wish.ports.iter().map(|port| chosen(port, target, wish)).collect::<std::result::Result<_, _>>()?,
    };
    Ok(Connection { from, to, ports, span: wish.span })
}

/// The port of the target that a number (of the Service or of the container) or a name means.
fn chosen(port: &Value, target: &Workload, wish: &Wish) -> std::result::Result<ContainerPort, Diagnostic> {
    let found = target.ports.iter().find(|candidate| match &port.kind {
        Kind::Int(number) => candidate.service_port == *number || candidate.port == *number,
        Kind::Str(name) => candidate.name.as_ref() == Some(name),
        _ => false,
    });
    found.cloned().ok_or_else(|| {
        let asked = crate::eval::scalar_of(port).map_or_else(String::new, |scalar| scalar.to_string());
        let shown = |port: &ContainerPort| match &port.name {
            Some(name) => format!("{} (`{name}`)", port.service_port),
            None => port.service_port.to_string(),
        };
        let has: Vec<String> = target.ports.iter().map(shown).collect();
        let message = format!("`{}` has no port {asked}", target.named.name);
        Diagnostic::new(Code::UnknownDependencyPort, port.origin.or(wish.span), message)
            .label("no port of this name or number")
            .also(target.named.key_span, "its ports are declared here")
            .hint(format!("it listens on {}", has.join(", ")))
    })
}

fn unknown(wish: &Wish, consumer: &Named, workloads: &[Workload]) -> Diagnostic {
    let others = workloads.iter().filter(|workload| workload.named.key != consumer.key);
    let names = others.map(|workload| workload.named.name.as_str());
    let elsewhere = workloads.iter().find(|workload| workload.named.name == wish.app).map(|workload| {
        format!("it lives in another namespace: write `\"{}/{}\"`", workload.named.namespace, wish.app)
    });
    let hint = elsewhere
        .or_else(|| did_you_mean(&wish.app, names))
        .unwrap_or_else(|| format!("declare it as `applications.{}`, or remove it here", wish.app));
    let message = format!("`{}` depends on `{}`, which is not declared", consumer.name, wish.app);
    Diagnostic::new(Code::UnknownDependency, wish.span, message).label("no application of this name").hint(hint)
}

fn switched_off(wish: &Wish, consumer: &Named, dependency: &Named) -> Diagnostic {
    let message = format!("`{}` depends on `{}`, which is not enabled", consumer.name, wish.app);
    let enable = dependency.fields.named("enable").map_or(dependency.key_span, |enable| enable.span);
    Diagnostic::new(Code::UnknownDependency, wish.span, message)
        .label("this application is not deployed")
        .also(enable, "switched off here")
        .hint(format!("set `enable = true;` in `applications.{}`, or remove the dependency", dependency.key))
}

/// Adds a connection, letting it flow together with an earlier one (from `start` on) to the same target.
fn join(connections: &mut Vec<Connection>, start: usize, connection: Connection) {
    match connections[start..].iter_mut().find(|other| other.to == connection.to) {
        Some(other) => {
            for port in connection.ports {
                if !other.ports.contains(&port) {
                    other.ports.push(port);
                }
            }
        }
        None => connections.push(connection),
    }
}

fn container_port(machine: &mut Evaluator, port: &Thunk, span: Span) -> Result<ContainerPort> {
    let value = machine.force_at(port, span)?;
    match &value.kind {
        Kind::Int(number) => {
            Ok(ContainerPort { port: *number, protocol: "TCP".into(), name: None, service_port: *number })
        }
        Kind::Attrs(fields) => {
            let service_port = optional_int(machine, fields, "port", span)?.unwrap_or_default();
            Ok(ContainerPort {
                port: optional_int(machine, fields, "containerPort", span)?.unwrap_or(service_port),
                protocol: optional_text(machine, fields, "protocol", span)?.unwrap_or_else(|| "TCP".into()),
                name: optional_text(machine, fields, "name", span)?,
                service_port,
            })
        }
        _ => Err(machine.wrong_kind(&value, "a number or a set", "a port", Span::NONE)),
    }
}

fn optional_int(machine: &mut Evaluator, fields: &Attrs, name: &str, span: Span) -> Result<Option<i64>> {
    let Some(attr) = fields.named(name).cloned() else { return Ok(None) };
    let value = machine.force_at(&attr.value, span)?;
    match value.kind {
        Kind::Int(number) => Ok(Some(number)),
        Kind::Null => Ok(None),
        _ => Err(machine.wrong_kind(&value, "an integer", &format!("`{name}`"), Span::NONE)),
    }
}

fn list_field(machine: &mut Evaluator, fields: &Attrs, name: &str, span: Span) -> Result<Vec<Thunk>> {
    let Some(attr) = fields.named(name).cloned() else { return Ok(Vec::new()) };
    let value = machine.force_at(&attr.value, span)?;
    match &value.kind {
        Kind::List(items) => Ok(items.to_vec()),
        Kind::Null => Ok(Vec::new()),
        _ => Err(machine.wrong_kind(&value, "a list", &format!("`{name}`"), Span::NONE)),
    }
}
