//! The graph for Graphviz: everything, namespaces as clusters, reasons and places in the tooltips.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::background;
use super::words::{complaint, kind, line, of_configuration, place, ports, put};
use crate::graph::picture::{Connection, Party, PartyKind, Picture, State};

/// With more connections than these, ports are written beside the lines: Graphviz 2.42 fails to rank large graphs with
/// clusters in which labels are places of their own.
const MOST_LABELS: usize = 80;

/// The graph in Graphviz' language; `dot -Tsvg` draws it.
pub fn dot(picture: &Picture) -> String {
    let mut out = String::new();
    put(&mut out, format_args!("digraph {} {{\n", quoted(&picture.title)));
    out.push_str("  graph [rankdir=LR, fontname=\"Helvetica\", fontsize=11, nodesep=0.25, ranksep=0.9];\n");
    out.push_str("  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11, height=0.4];\n");
    out.push_str("  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n");
    parties(&mut out, picture);
    let few = picture.connections.len() <= MOST_LABELS;
    for (connection, hub) in picture.connections.iter().zip(background::hubs(picture)) {
        let background = hub.is_some();
        let label = if few && !background { "label" } else { "xlabel" };
        edge(&mut out, picture, connection, label, background);
    }
    out.push_str("}\n");
    out
}

/// Those of the configuration in the boxes of their namespaces, their surroundings around.
fn parties(out: &mut String, picture: &Picture) {
    let mut namespaces: BTreeMap<&str, Vec<&Party>> = BTreeMap::new();
    for party in &picture.parties {
        match &party.namespace {
            Some(namespace) if of_configuration(party.kind) => namespaces.entry(namespace).or_default().push(party),
            _ => node(out, party, "  "),
        }
    }
    for (namespace, parties) in namespaces {
        put(out, format_args!("  subgraph {} {{\n", quoted(&format!("cluster {namespace}"))));
        put(out, format_args!("    label={}; style=rounded; color=gray60;\n", label(namespace)));
        parties.into_iter().for_each(|party| node(out, party, "    "));
        out.push_str("  }\n");
    }
}

fn node(out: &mut String, party: &Party, indent: &str) {
    let mut tooltip = vec![kind(party.kind).to_owned()];
    tooltip.extend(party.detail.clone());
    tooltip.extend(party.wave.map(|wave| format!("starts in wave {wave}")));
    tooltip.extend(party.place.as_ref().map(place));
    let shape = match party.kind {
        PartyKind::Application => "",
        PartyKind::Workload => ", style=solid",
        _ => ", style=\"rounded,dashed\"",
    };
    let (id, name, tooltip) = (quoted(&party.id), label(&party.name), label(&tooltip.join("\n")));
    put(out, format_args!("{indent}{id} [label={name}{shape}, tooltip={tooltip}];\n"));
}

fn edge(out: &mut String, picture: &Picture, connection: &Connection, labelled: &str, background: bool) {
    let (from, to) = (&picture.parties[connection.from], &picture.parties[connection.to]);
    let look = match connection.state {
        State::Proved => "",
        State::Undeclared => ", color=\"#b3005e\", fontcolor=\"#b3005e\", style=dashed, penwidth=2",
        State::Closed => ", color=\"#b35900\", fontcolor=\"#b35900\", style=dotted, penwidth=2, arrowhead=tee",
        State::Open => ", color=\"#1a56c4\", arrowhead=empty",
    };
    // They would pull everybody towards the resolver.
    let pull = if background { ", color=gray70, fontcolor=gray50, constraint=false" } else { "" };
    let (tooltip, ports) = (label(&tooltip(connection)), label(&ports(connection)));
    let (from, to) = (quoted(&from.id), quoted(&to.id));
    put(out, format_args!("  {from} -> {to} [{labelled}={ports}, edgetooltip={tooltip}{look}{pull}];\n"));
}

/// Why, where and by which policies, a line each.
fn tooltip(connection: &Connection) -> String {
    let mut lines: Vec<String> = complaint(connection.state).into_iter().map(str::to_owned).collect();
    for reason in &connection.reasons {
        let at = reason.place.as_ref().map(|at| format!(" ({})", place(at)));
        lines.push(format!("{}{}", reason.words, at.unwrap_or_default()));
    }
    lines.extend(connection.policies.iter().map(|policy| format!("policy {policy}")));
    lines.join("\n")
}

/// A text as a label: Graphviz takes `\N` in it for a name, and `&lt;` for a character.
fn label(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(line).collect();
    let escaped = lines.join("\n").replace('\\', "\\\\").replace('&', "&amp;").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}

/// A text as a name: only quotes mean something in it, and a backslash in front of one.
fn quoted(text: &str) -> String {
    format!("\"{}\"", line(text).replace('\\', "\\\\").replace('"', "\\\""))
}
