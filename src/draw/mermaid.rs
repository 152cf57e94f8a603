//! The graph as a flowchart of Mermaid, which many forges draw inside of Markdown.
//!
//! Drawers refuse more than 500 arrows or 50,000 characters. What is background is told in the label of the party
//! that is shared; where that does not suffice, namespaces stand for their parties and numbers for their connections.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::background;
use super::words::{complaint, count, kind, line, of_configuration, ports, put};
use crate::graph::picture::{Connection, Party, PartyKind, Picture, State};

/// With more arrows than this, or more bytes, it would not be drawn.
const MOST_ARROWS: usize = 480;
const MOST_BYTES: usize = 49_000;

/// The graph as a flowchart.
pub fn mermaid(picture: &Picture) -> String {
    let hubs = background::hubs(picture);
    if hubs.iter().filter(|hub| hub.is_none()).count() <= MOST_ARROWS {
        let whole = whole(picture, &hubs);
        if whole.len() <= MOST_BYTES {
            return whole;
        }
    }
    overview(picture, &hubs)
}

fn whole(picture: &Picture, hubs: &[Option<usize>]) -> String {
    let mut out = String::from("flowchart LR\n");
    if picture.parties.is_empty() {
        out.push_str("  none[\"nobody connects to anybody\"]\n");
    }
    let mut namespaces: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, party) in picture.parties.iter().enumerate() {
        match &party.namespace {
            Some(namespace) if of_configuration(party.kind) => namespaces.entry(namespace).or_default().push(at),
            _ => node(&mut out, "  ", at, party, hubs),
        }
    }
    for (number, (namespace, parties)) in namespaces.into_iter().enumerate() {
        put(&mut out, format_args!("  subgraph s{number}[\"{}\"]\n", escaped(namespace)));
        parties.into_iter().for_each(|at| node(&mut out, "    ", at, &picture.parties[at], hubs));
        out.push_str("  end\n");
    }
    let shown = picture.connections.iter().zip(hubs).filter(|(_, hub)| hub.is_none());
    let shown: Vec<&Connection> = shown.map(|(connection, _)| connection).collect();
    for connection in &shown {
        let label = format!("{}{}", state_word(connection.state), ports(connection));
        let arrow = arrow(connection.state);
        let (from, to) = (connection.from, connection.to);
        put(&mut out, format_args!("  n{from} {arrow}|\"{}\"| n{to}\n", escaped(&label)));
    }
    let states: Vec<State> = shown.iter().map(|connection| connection.state).collect();
    colours(&mut out, &states);
    out
}

/// Rounded for applications, square for workloads, a pill for the surroundings.
fn node(out: &mut String, indent: &str, at: usize, party: &Party, hubs: &[Option<usize>]) {
    let (open, close) = match party.kind {
        PartyKind::Application => ("(", ")"),
        PartyKind::Workload => ("[", "]"),
        _ => ("([", "])"),
    };
    let mut label = escaped(&party.name);
    let what = kind(party.kind);
    if !of_configuration(party.kind) && !party.name.eq_ignore_ascii_case(what) {
        put(&mut label, format_args!("<br/>{what}"));
    }
    match hubs.iter().filter(|hub| **hub == Some(at)).count() {
        0 => {}
        sharing => put(&mut label, format_args!("<br/>{}", sharing_words(party.kind, sharing))),
    }
    put(out, format_args!("{indent}n{at}{open}\"{label}\"{close}\n"));
}

fn sharing_words(hub: PartyKind, sharing: usize) -> String {
    match (hub, sharing) {
        (PartyKind::Monitoring, _) => format!("scrapes {sharing}"),
        (PartyKind::Everybody, _) => count(sharing, "connection"),
        (PartyKind::Collector, 1) => "1 sends traces".to_owned(),
        (PartyKind::Collector, _) => format!("{sharing} send traces"),
        (_, 1) => "1 asks".to_owned(),
        _ => format!("{sharing} ask"),
    }
}

/// Namespaces in the place of their parties, and how many connections there are between them.
fn overview(picture: &Picture, hubs: &[Option<usize>]) -> String {
    let mut out = String::from("flowchart LR\n");
    let connections = count(hubs.len(), "connection");
    put(&mut out, format_args!("  %% {connections} are more than Mermaid draws: these are namespaces\n"));
    let numbers = groups(&mut out, picture);
    let number = |party: usize| numbers[&group(&picture.parties[party])];
    let mut bundles: BTreeMap<(usize, usize, State), usize> = BTreeMap::new();
    for (connection, _) in picture.connections.iter().zip(hubs).filter(|(_, hub)| hub.is_none()) {
        let (from, to) = (number(connection.from), number(connection.to));
        // What is as it should be within a namespace says nothing about namespaces.
        if from != to || complaint(connection.state).is_some() {
            *bundles.entry((from, to, connection.state)).or_default() += 1;
        }
    }
    // What somebody has to look at comes first, then the thickest.
    let mut bundles: Vec<_> = bundles.into_iter().collect();
    bundles.sort_by_key(|((_, _, state), connections)| (complaint(*state).is_none(), Reverse(*connections)));
    if bundles.len() > MOST_ARROWS {
        let left_out = bundles.len() - MOST_ARROWS;
        put(&mut out, format_args!("  %% {left_out} of the thinnest arrows are left out\n"));
        bundles.truncate(MOST_ARROWS);
    }
    for ((from, to, state), connections) in &bundles {
        let label = format!("{}{}", state_word(*state), count(*connections, "connection"));
        put(&mut out, format_args!("  n{from} {}|\"{label}\"| n{to}\n", arrow(*state)));
    }
    colours(&mut out, &bundles.iter().map(|((_, _, state), _)| *state).collect::<Vec<_>>());
    out
}

/// Writes a box for each group, and gives their numbers.
fn groups<'a>(out: &mut String, picture: &'a Picture) -> BTreeMap<(&'a str, bool), usize> {
    let mut groups: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for party in &picture.parties {
        *groups.entry(group(party)).or_default() += 1;
    }
    for (at, ((name, namespace), parties)) in groups.iter_mut().enumerate() {
        let (open, close) = if *namespace { ("[", "]") } else { ("([", "])") };
        let counted = count(*parties, "party");
        put(out, format_args!("  n{at}{open}\"{}<br/>{counted}\"{close}\n", escaped(name)));
        *parties = at;
    }
    groups
}

/// What stands for a party in the overview: its namespace, or what it is.
fn group(party: &Party) -> (&str, bool) {
    party.namespace.as_deref().map_or((kind(party.kind), false), |namespace| (namespace, true))
}

fn arrow(state: State) -> &'static str {
    match state {
        State::Proved | State::Open => "-->",
        State::Undeclared => "-.->",
        State::Closed => "--x",
    }
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Proved | State::Open => "",
        State::Undeclared => "undeclared: ",
        State::Closed => "closed: ",
    }
}

/// The arrows that somebody has to look at, by their number.
fn colours(out: &mut String, states: &[State]) {
    for (state, colour) in [(State::Undeclared, "#d6006f"), (State::Closed, "#b35900")] {
        let numbers: Vec<String> =
            states.iter().enumerate().filter(|(_, one)| **one == state).map(|(at, _)| at.to_string()).collect();
        if !numbers.is_empty() {
            put(out, format_args!("  linkStyle {} stroke:{colour},stroke-width:3px\n", numbers.join(",")));
        }
    }
}

/// A text inside of quotes: Mermaid reads entities, markup and its own Markdown there.
fn escaped(text: &str) -> String {
    let text = line(text);
    // Between quotes there has to be something.
    let mut out = String::from(if text.is_empty() { "#160;" } else { "" });
    for character in text.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '-' | '.' | ',' | ':' | '/' | '=' | '(' | ')' => {
                out.push(character);
            }
            // `_` and `*` are Markdown only in a text that begins with a backtick.
            '_' | '*' | '@' | '+' => out.push(character),
            _ if character.is_ascii() => put(&mut out, format_args!("#{};", u32::from(character))),
            _ => out.push(character),
        }
    }
    out
}
