//! What everybody does alike: asking for names, being scraped, sending traces, and being open where nothing is closed.
//!
//! With 200 applications these are 600 connections that say three things. A drawing says them once, beside the party
//! that all of them share. A connection that is not as it is declared is never background.

use std::collections::BTreeMap;

use super::words::{full_name, of_configuration, ports};
use crate::graph::picture::{Connection, Party, PartyKind, Picture, ReasonKind, State};

/// Until as many are open to everybody, each is told on its own.
const MOST_OPEN: usize = 8;

/// For each connection of the picture, the party that many share it with, if it is background.
pub(super) fn hubs(picture: &Picture) -> Vec<Option<usize>> {
    let open = |connection: &&Connection| everybody(picture, connection).is_some();
    let many_open = picture.connections.iter().filter(open).count() > MOST_OPEN;
    let hub = |connection: &Connection| match everybody(picture, connection) {
        Some(everybody) => many_open.then_some(everybody),
        None => service(picture, connection),
    };
    picture.connections.iter().map(hub).collect()
}

/// Everybody, if this is what is open to or from everybody, and nobody declares it.
fn everybody(picture: &Picture, connection: &Connection) -> Option<usize> {
    let is_everybody = |party: &usize| picture.parties[*party].kind == PartyKind::Everybody;
    let open = connection.state == State::Open && connection.reasons.is_empty();
    [connection.from, connection.to].into_iter().find(is_everybody).filter(|_| open)
}

/// What serves all, if this is the usual connection with it.
fn service(picture: &Picture, connection: &Connection) -> Option<usize> {
    let as_it_should_be = matches!(connection.state, State::Proved | State::Open);
    let (from, to) = (picture.parties[connection.from].kind, picture.parties[connection.to].kind);
    let (hub, reason) = match (from, to) {
        (PartyKind::Monitoring, _) => (connection.from, ReasonKind::Monitoring),
        (_, PartyKind::Dns) => (connection.to, ReasonKind::Dns),
        (_, PartyKind::Collector) => (connection.to, ReasonKind::Tracing),
        _ => return None,
    };
    // Somebody who depends on the monitoring says so, and it is to be seen.
    let usual = connection.reasons.iter().all(|one| one.kind == reason);
    (as_it_should_be && usual).then_some(hub)
}

/// The background of a picture as it is told in words.
pub(super) struct Share<'a> {
    /// The party that is shared.
    pub(super) hub: &'a Party,
    /// Whether it connects to those who share it; else they connect to it.
    pub(super) outwards: bool,
    /// On which ports.
    pub(super) ports: String,
    /// Who shares it.
    who: Vec<String>,
    /// How many there are who could.
    all: usize,
}

impl Share<'_> {
    /// Who shares it: some names, each as `name` shows it, or else a number.
    pub(super) fn who(&self, name: impl Fn(&str) -> String) -> String {
        match self.who.len() {
            few if few <= MOST_NAMES => self.who.iter().map(|who| name(who)).collect::<Vec<_>>().join(", "),
            number if number == self.all => format!("all {number}"),
            number => format!("{number} of {}", self.all),
        }
    }
}

/// One share for each hub, direction and choice of ports, in the order of the parties.
pub(super) fn shares<'a>(picture: &'a Picture, hubs: &[Option<usize>]) -> Vec<Share<'a>> {
    let mut found: BTreeMap<(usize, bool, String), Vec<String>> = BTreeMap::new();
    for (connection, hub) in picture.connections.iter().zip(hubs) {
        if let Some(hub) = *hub {
            let outwards = connection.from == hub;
            let other = if outwards { connection.to } else { connection.from };
            let who = found.entry((hub, outwards, ports(connection))).or_default();
            who.push(full_name(&picture.parties[other]));
        }
    }
    let all = picture.parties.iter().filter(|party| of_configuration(party.kind)).count();
    let share = |((hub, outwards, ports), who)| Share { hub: &picture.parties[hub], outwards, ports, who, all };
    found.into_iter().map(share).collect()
}

/// More parties than these are told as a number.
const MOST_NAMES: usize = 6;
