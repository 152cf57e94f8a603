//! The graph as plain text for a terminal: who connects to whom by namespace, what is shared by all, the order of the
//! start-up, and last what somebody has to look at.

use std::collections::BTreeMap;

use super::background;
use super::words::{complaint, count, full_name, line, name_within, of_configuration, places, ports, put, summary};
use crate::graph::picture::{Connection, Party, PartyKind, Picture};

/// The graph as text.
pub fn text(picture: &Picture) -> String {
    let hubs = background::hubs(picture);
    let mut out = String::new();
    if !picture.title.is_empty() {
        put(&mut out, format_args!("{}: ", line(&picture.title)));
    }
    for (kind, word) in [(PartyKind::Application, "application"), (PartyKind::Workload, "workload")] {
        match picture.parties.iter().filter(|party| party.kind == kind).count() {
            0 => {}
            number => put(&mut out, format_args!("{}, ", count(number, word))),
        }
    }
    put(&mut out, format_args!("{}\n", summary(&picture.connections)));
    let lines = Lines::of(picture, &hubs);
    for (namespace, parties) in by_namespace(picture) {
        lines.namespace(&mut out, namespace, &parties);
    }
    lines.around(&mut out);
    shared(&mut out, picture, &hubs);
    start_up(&mut out, picture);
    complaints(&mut out, picture);
    out
}

/// The parties of the configuration, by where they live.
fn by_namespace(picture: &Picture) -> BTreeMap<Option<&str>, Vec<usize>> {
    let mut namespaces: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, party) in picture.parties.iter().enumerate().filter(|(_, party)| of_configuration(party.kind)) {
        namespaces.entry(party.namespace.as_deref()).or_default().push(at);
    }
    namespaces
}

/// The connections that get lines of their own, by the party that they stand below.
struct Lines<'a> {
    picture: &'a Picture,
    below: Vec<Vec<&'a Connection>>,
}

impl<'a> Lines<'a> {
    /// A connection stands below the party of the configuration that declares it: who connects, else who is connected to.
    fn of(picture: &'a Picture, hubs: &[Option<usize>]) -> Lines<'a> {
        let mut below: Vec<Vec<&Connection>> = vec![Vec::new(); picture.parties.len()];
        for (connection, _) in picture.connections.iter().zip(hubs).filter(|(_, hub)| hub.is_none()) {
            let inwards = !of_configuration(picture.parties[connection.from].kind)
                && of_configuration(picture.parties[connection.to].kind);
            below[if inwards { connection.to } else { connection.from }].push(connection);
        }
        Lines { picture, below }
    }

    fn namespace(&self, out: &mut String, namespace: Option<&str>, parties: &[usize]) {
        put(out, format_args!("\n{}\n", line(namespace.unwrap_or("without a namespace"))));
        self.parties(out, namespace, parties);
    }

    /// What the surroundings connect to among themselves: plain manifests of whole clusters may say so.
    fn around(&self, out: &mut String) {
        let parties: Vec<usize> = (0..self.picture.parties.len())
            .filter(|at| !of_configuration(self.picture.parties[*at].kind) && !self.below[*at].is_empty())
            .collect();
        if !parties.is_empty() {
            out.push_str("\naround\n");
            self.parties(out, None, &parties);
        }
    }

    fn parties(&self, out: &mut String, namespace: Option<&str>, parties: &[usize]) {
        let peer = |at: usize, connection: &Connection| {
            let (arrow, other) = if connection.from == at { ("→", connection.to) } else { ("←", connection.from) };
            format!("{arrow} {}", name_within(&self.picture.parties[other], namespace))
        };
        let all = parties.iter().flat_map(|at| self.below[*at].iter().map(|connection| (*at, *connection)));
        let widest = |width: usize, length: usize| if length <= WIDEST { width.max(length) } else { width };
        let peers = all.clone().map(|(at, connection)| peer(at, connection).chars().count()).fold(0, widest);
        let ports_ = all.map(|(_, connection)| ports(connection).chars().count()).fold(0, widest);
        for at in parties {
            let party = &self.picture.parties[*at];
            put(out, format_args!("  {}{}\n", line(&party.name), about(party)));
            for connection in &self.below[*at] {
                let mark = if complaint(connection.state).is_some() { "!" } else { " " };
                let (peer, ports) = (peer(*at, connection), ports(connection));
                let text = format!("  {mark} {peer:<peers$}  {ports:<ports_$}  {}", places(connection).join(", "));
                put(out, format_args!("{}\n", text.trim_end()));
            }
        }
    }
}

/// `  (Deployment)`
fn about(party: &Party) -> String {
    party.detail.as_ref().map(|detail| format!("  ({})", line(detail))).unwrap_or_default()
}

fn shared(out: &mut String, picture: &Picture, hubs: &[Option<usize>]) {
    let shares = background::shares(picture, hubs);
    if shares.is_empty() {
        return;
    }
    out.push_str("\nshared\n");
    for share in shares {
        let (hub, who) = (full_name(share.hub), share.who(str::to_owned));
        let (from, to) = if share.outwards { (hub, who) } else { (who, hub) };
        put(out, format_args!("  {from} → {to}  {}\n", share.ports));
    }
}

/// Who starts when: nobody before those that it needs.
fn start_up(out: &mut String, picture: &Picture) {
    let mut waves: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut waiting = Vec::new();
    for party in &picture.parties {
        match party.wave {
            Some(wave) => waves.entry(wave).or_default().push(full_name(party)),
            None if party.kind == PartyKind::Application => waiting.push(full_name(party)),
            None => {}
        }
    }
    if waves.is_empty() && waiting.is_empty() {
        return;
    }
    out.push_str("\nstart-up order\n");
    for (wave, names) in &waves {
        wrapped(out, &format!("wave {wave}"), names);
    }
    if !waiting.is_empty() {
        wrapped(out, "in a circle, or behind one", &waiting);
    }
}

/// Names behind a heading, on as many lines as they need.
fn wrapped(out: &mut String, heading: &str, names: &[String]) {
    let indent = heading.len() + 4;
    put(out, format_args!("  {heading}"));
    let mut width = indent - 2;
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        let length = name.chars().count() + comma.len();
        if at > 0 && width + 1 + length > LINE {
            put(out, format_args!("\n{:indent$}{name}{comma}", ""));
            width = indent + length;
        } else {
            let blank = if at == 0 { "  " } else { " " };
            put(out, format_args!("{blank}{name}{comma}"));
            width += blank.len() + length;
        }
    }
    out.push('\n');
}

fn complaints(out: &mut String, picture: &Picture) {
    let bad = picture.connections.iter().filter_map(|connection| Some((connection, complaint(connection.state)?)));
    for (at, (connection, complaint)) in bad.enumerate() {
        if at == 0 {
            out.push_str("\nnot as declared\n");
        }
        let [from, to] = [connection.from, connection.to].map(|party| full_name(&picture.parties[party]));
        put(out, format_args!("  ! {from} → {to}  {}: {complaint}", ports(connection)));
        for (at, policy) in connection.policies.iter().enumerate() {
            put(out, format_args!("{}{}", if at == 0 { " (policy " } else { ", " }, line(policy)));
        }
        out.push_str(if connection.policies.is_empty() { "\n" } else { ")\n" });
    }
}

/// Longer names than this are not aligned with the others.
const WIDEST: usize = 48;
/// How wide a terminal is taken to be.
const LINE: usize = 100;
