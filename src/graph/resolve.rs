//! From the names in `dependencies` to workloads and ports.

use std::cell::Cell;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::ports::{self, all_shown, asked, list_field, meant};
use super::{Connection, ContainerPort, Workload};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::layers::names::{Named, optional_text};
use crate::source::Span;
use crate::value::{Evaluator, Kind, Result, Thunk, Value};

/// The workload of an entry; one whose ports cannot be computed is reported and left out.
pub(super) fn workload(machine: &mut Evaluator, named: Named, application: bool) -> Option<Workload> {
    let ports = ports::of_entry(machine, &named.fields, named.key_span);
    let beside = match application {
        true => ports::of_sidecars(machine, &named.fields, named.key_span),
        false => Ok(Vec::new()),
    };
    match ports.and_then(|ports| Ok((ports, beside?))) {
        Ok((ports, beside)) => Some(Workload { named, application, ports, beside }),
        Err(error) => {
            machine.report(&error);
            None
        }
    }
}

/// The connections that the applications declare, by consumer and then in the order of the text; at
/// most one from one workload to another. What cannot be resolved is reported and left out.
pub(super) fn connections(machine: &mut Evaluator, workloads: &[Workload], disabled: &[Named]) -> Vec<Connection> {
    let index = Index::new(workloads, disabled);
    let mut connections: Vec<Connection> = Vec::new();
    for (from, workload) in workloads.iter().enumerate().filter(|(_, workload)| workload.application) {
        // Where each dependency of this consumer stands in `connections`.
        let mut known: FxHashMap<usize, usize> = FxHashMap::default();
        for item in declared(machine, &workload.named) {
            let connection = wish(machine, &item, workload.named.key_span)
                .and_then(|wish| connect(&wish, from, workloads, &index).map_err(Into::into));
            match connection {
                Ok(connection) => match known.get(&connection.to) {
                    Some(&at) => widen(&mut connections[at], connection.ports),
                    None => {
                        known.insert(connection.to, connections.len());
                        connections.push(connection);
                    }
                },
                Err(error) => machine.report(&error),
            }
        }
    }
    connections
}

/// What a consumer writes of whom it connects to.
fn declared(machine: &mut Evaluator, consumer: &Named) -> Vec<Thunk> {
    let mut items = Vec::new();
    for list in ["dependencies", "consumes"] {
        match list_field(machine, &consumer.fields, list, consumer.key_span) {
            Ok(more) => items.extend(more),
            Err(error) => machine.report(&error),
        }
    }
    items
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
    /// Applications that are declared and not deployed, by name and by key, for messages.
    disabled: FxHashMap<&'a str, &'a Named>,
    by_place: FxHashMap<(&'a str, &'a str), usize>,
    by_name: FxHashMap<&'a str, Vec<usize>>,
    /// How often the nearest name may still be looked for, which takes a look at all names.
    guesses: Cell<usize>,
}

/// More wrong names than a person reads suggestions for.
const GUESSES: usize = 64;

impl<'a> Index<'a> {
    fn new(workloads: &'a [Workload], disabled: &'a [Named]) -> Index<'a> {
        let mut index = Index {
            disabled: FxHashMap::default(),
            by_place: FxHashMap::default(),
            by_name: FxHashMap::default(),
            guesses: Cell::new(GUESSES),
        };
        for named in disabled {
            index.disabled.entry(&named.name).or_insert(named);
            index.disabled.entry(named.key.as_str()).or_insert(named);
        }
        // An application wins over an entry of layer 2, and a name over another entry's key.
        for (at, Workload { named, .. }) in workloads.iter().enumerate() {
            index.by_place.entry((&named.namespace, &named.name)).or_insert(at);
            index.by_name.entry(&named.name).or_default().push(at);
        }
        for (at, Workload { named, .. }) in workloads.iter().enumerate() {
            if named.key.as_str() != named.name {
                index.by_place.entry((&named.namespace, named.key.as_str())).or_insert(at);
                index.by_name.entry(named.key.as_str()).or_default().push(at);
            }
        }
        index
    }

    /// The hint for a name that no workload has.
    fn nearest(&self, name: &str, workloads: &[Workload], consumer: &Named) -> Option<String> {
        let left = self.guesses.get().checked_sub(1)?;
        self.guesses.set(left);
        let others = workloads.iter().filter(|workload| workload.named.key != consumer.key);
        did_you_mean(name, others.map(|workload| workload.named.name.as_str()))
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
        let off = index.disabled.get(wish.app.as_str());
        return Err(
            off.map_or_else(|| unknown(wish, consumer, workloads, index), |off| switched_off(wish, consumer, off))
        );
    };
    let target = &workloads[to];
    if target.ports.is_empty() && (target.beside.is_empty() || wish.ports.is_empty()) {
        let message = format!("`{}` depends on `{}`, which has no ports", consumer.name, target.named.name);
        return Err(Diagnostic::new(Code::DependencyWithoutPorts, wish.span, message)
            .also(target.named.key_span, "declared here without `ports`")
            .hint(format!("add `ports = [ … ];` to `{}`, or remove the dependency", target.named.name)));
    }
    let ports = match wish.ports.is_empty() {
        true => target.ports.clone(),
        false => {
            let all = wish.ports.iter().map(|port| chosen(port, target, wish));
            all.collect::<std::result::Result<Vec<_>, _>>()?.concat()
        }
    };
    Ok(Connection { from, to, ports, span: wish.span })
}

/// The ports of the target, or else of its sidecars, that a number or a name means.
fn chosen(port: &Value, target: &Workload, wish: &Wish) -> std::result::Result<Vec<ContainerPort>, Diagnostic> {
    let found = [&target.ports, &target.beside].map(|ports| meant(ports, port)).into_iter().find(|own| !own.is_empty());
    found.map(|ports| ports.into_iter().cloned().collect()).ok_or_else(|| {
        let message = format!("`{}` has no port {}", target.named.name, asked(port));
        Diagnostic::new(Code::UnknownDependencyPort, port.origin.or(wish.span), message)
            .label("no port of this name or number")
            .also(target.named.key_span, "its ports are declared here")
            .hint(format!("it listens on {}", all_shown(target.ports.iter().chain(&target.beside))))
    })
}

fn unknown(wish: &Wish, consumer: &Named, workloads: &[Workload], index: &Index) -> Diagnostic {
    let elsewhere = index.by_name.get(wish.app.as_str()).and_then(|places| places.first()).map(|&at| {
        format!("it lives in another namespace: write `\"{}/{}\"`", workloads[at].named.namespace, wish.app)
    });
    let hint = elsewhere
        .or_else(|| index.nearest(&wish.app, workloads, consumer))
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

/// Adds ports to a connection.
fn widen(connection: &mut Connection, ports: Vec<ContainerPort>) {
    for port in ports {
        if !connection.ports.contains(&port) {
            connection.ports.push(port);
        }
    }
}
