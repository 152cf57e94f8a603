//! What everybody does alike: asking for names, being scraped, sending traces.
//!
//! With 200 applications these are 600 connections that say three things. A drawing says them once, beside the party
//! that all of them share. A connection that is not as it is declared is never background.

use std::collections::BTreeMap;

use super::words::{full_name, of_configuration, ports};
use crate::graph::picture::{Connection, Party, PartyKind, Picture, ReasonKind, State};

/// For each connection of the picture, the party that many share it with, if it is background.
pub(super) fn hubs(picture: &Picture) -> Vec<Option<usize>> {
    picture.connections.iter().map(|connection| hub(picture, connection)).collect()
}

fn hub(picture: &Picture, connection: &Connection) -> Option<usize> {
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

/// The background of a picture as it is told in words: for each hub and each choice of ports, who shares it.
pub(super) struct Share<'a> {
    /// The party that is shared.
    pub(super) hub: &'a Party,
    /// On which ports.
    pub(super) ports: String,
    /// Who shares it: `all 12`, `shop/api, shop/web`, `187 of 200`.
    pub(super) who: String,
}

/// One share for each hub and choice of ports, in the order of the parties.
pub(super) fn shares<'a>(picture: &'a Picture, hubs: &[Option<usize>]) -> Vec<Share<'a>> {
    let mut found: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (connection, hub) in picture.connections.iter().zip(hubs) {
        if let Some(hub) = *hub {
            let other = if connection.from == hub { connection.to } else { connection.from };
            found.entry((hub, ports(connection))).or_default().push(other);
        }
    }
    let all = picture.parties.iter().filter(|party| of_configuration(party.kind)).count();
    let share = |((hub, ports), who): ((usize, String), Vec<usize>)| {
        let who = match who.len() {
            few if few <= MOST_NAMES => {
                who.iter().map(|at| full_name(&picture.parties[*at])).collect::<Vec<_>>().join(", ")
            }
            number if number == all => format!("all {all}"),
            number => format!("{number} of {all}"),
        };
        Share { hub: &picture.parties[hub], ports, who }
    };
    found.into_iter().map(share).collect()
}

/// More parties than these are told as a number.
const MOST_NAMES: usize = 6;
