//! Applications that wait for each other can never all be ready first: a warning that shows the circle.

use super::{Connection, Workload};
use crate::diag::{Code, Diagnostic};
use crate::order::Needs;
use crate::value::Evaluator;

/// Reports the circles of a graph whose connections are in the order of their consumers.
pub(super) fn report(machine: &mut Evaluator, workloads: &[Workload], connections: &[Connection]) {
    let mut needs = Needs::new(workloads.len());
    for connection in connections {
        needs.add(connection.from, connection.to);
    }
    for cycle in needs.cycles() {
        let edges: Vec<&Connection> =
            (0..cycle.len()).filter_map(|at| edge(connections, cycle[at], cycle[(at + 1) % cycle.len()])).collect();
        machine.findings.extend(finding(workloads, &cycle, &edges));
    }
}

/// The connection from one workload to another.
fn edge(connections: &[Connection], from: usize, to: usize) -> Option<&Connection> {
    let start = connections.partition_point(|connection| connection.from < from);
    let own = connections[start..].iter().take_while(|connection| connection.from == from);
    own.into_iter().find(|connection| connection.to == to)
}

/// How many of a circle's applications a message shows.
const SHOWN: usize = 12;

fn finding(workloads: &[Workload], cycle: &[usize], edges: &[&Connection]) -> Option<Diagnostic> {
    let name = |at: usize| workloads[at].named.name.as_str();
    let mut names: Vec<&str> = cycle.iter().take(SHOWN).map(|&at| name(at)).collect();
    if cycle.len() > SHOWN {
        names.push("…");
    }
    names.push(name(*cycle.first()?));
    let message = format!("these applications wait for each other: {}", names.join(" → "));
    let words = |connection: &Connection| format!("`{}` waits for `{}`", name(connection.from), name(connection.to));
    let (first, others) = edges.split_first()?;
    let finding = Diagnostic::new(Code::StartupCycle, first.span, message)
        .label(words(first))
        .hint("leave out the dependency that is not needed at start-up, or let the application wait by itself");
    let others = others.iter().take(SHOWN);
    Some(others.fold(finding, |finding, connection| finding.also(connection.span, words(connection))))
}
