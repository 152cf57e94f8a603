//! Resources that an application does not speak of, as its containers have them: what is said of one would else decide
//! another, and everybody wants to change them.

use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Evaluator, Kind, Value};

/// An amount that nobody speaks of.
pub(super) struct Unsaid {
    /// The way to its option, from the application on.
    pub(super) way: Vec<Symbol>,
    /// What its container has.
    pub(super) value: Value,
    /// Whether the request is its limit, handed on, or the limit its request.
    pub(super) follows: bool,
}

/// The collection of layer 2 in which an application is made.
pub(super) fn collection(machine: &mut Evaluator, application: &Value) -> Option<&'static str> {
    let Value { kind: Kind::Str(kind), .. } = field(machine, application, "kind")? else { return None };
    Some(match kind.as_str() {
        "deployment" => "deployments",
        "statefulset" => "statefulSets",
        "daemonset" => "daemonSets",
        "job" => "jobs",
        _ => "cronJobs",
    })
}

/// What is unsaid of the containers of `application`, which are made in the entry `workload`.
pub(super) fn unsaid(machine: &mut Evaluator, application: &Value, workload: &Value) -> Vec<Unsaid> {
    let mut found = unsaid_of(machine, &[], application, workload);
    let sidecars = field(machine, application, "sidecars").map(|sidecars| fields(machine, &sidecars));
    for (key, sidecar) in sidecars.unwrap_or_default() {
        if let Some(container) = container(machine, workload, key.as_str()) {
            found.extend(unsaid_of(machine, &[Symbol::new("sidecars"), key], &sidecar, &container));
        }
    }
    found
}

/// What is unsaid of one container.
fn unsaid_of(machine: &mut Evaluator, way: &[Symbol], said: &Value, made: &Value) -> Vec<Unsaid> {
    let mut found = Vec::new();
    for (part, other) in [("limits", "requests"), ("requests", "limits")] {
        let (known, others) = (amounts(machine, said, part), amounts(machine, said, other));
        for (name, value) in amounts(machine, made, part) {
            if known.iter().any(|(known, _)| *known == name) {
                continue;
            }
            // A value that is handed on keeps the place that it was written at.
            let is_handed_on = |(other, from): &(Symbol, Value)| {
                *other == name && from.origin == value.origin && from.origin != Span::NONE
            };
            let follows = others.iter().any(is_handed_on);
            let way = [way, &["resources", part].map(Symbol::new), &[name]].concat();
            found.push(Unsaid { way, value, follows });
        }
    }
    found
}

/// The container that a sidecar is made into.
fn container(machine: &mut Evaluator, workload: &Value, sidecar: &str) -> Option<Value> {
    let Kind::List(containers) = field(machine, workload, "sidecars")?.kind else { return None };
    containers.iter().find_map(|container| {
        let container = machine.force(container).ok()?;
        let called = field(machine, &container, "name")?;
        matches!(called.kind, Kind::Str(called) if called == sidecar).then_some(container)
    })
}

/// The requests or the limits of a container, by name.
fn amounts(machine: &mut Evaluator, container: &Value, part: &str) -> Vec<(Symbol, Value)> {
    let amounts = field(machine, container, "resources").and_then(|resources| field(machine, &resources, part));
    amounts.map(|amounts| fields(machine, &amounts)).unwrap_or_default()
}

fn field(machine: &mut Evaluator, set: &Value, name: &str) -> Option<Value> {
    let Kind::Attrs(fields) = &set.kind else { return None };
    machine.force(&fields.named(name)?.value).ok()
}

fn fields(machine: &mut Evaluator, set: &Value) -> Vec<(Symbol, Value)> {
    let Kind::Attrs(fields) = &set.kind else { return Vec::new() };
    let force = |field: &crate::value::Attr| Some((field.name, machine.force(&field.value).ok()?));
    fields.sorted().into_iter().filter_map(force).collect()
}
