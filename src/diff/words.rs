//! What the forms share: a change in words.

use super::connections::{Change, Connections, End, Presence};
use crate::draw::words::{count, full_name, line, place};

/// `shop/web`, `shop/cache (new)`
pub(super) fn name(end: &End) -> String {
    let name = full_name(&end.party);
    match end.presence {
        Presence::Kept => name,
        Presence::New => format!("{name} (new)"),
        Presence::Gone => format!("{name} (gone)"),
    }
}

/// `TCP 80, TCP 443`
pub(super) fn ports(shown: &[String]) -> String {
    match shown {
        [all] if all == "all" => "all ports".to_owned(),
        ports => line(&ports.join(", ")).into_owned(),
    }
}

/// What happens to the ports of a connection that stays: `+ TCP 9090, - TCP 80`.
pub(super) fn exchanged(change: &Change) -> String {
    let signed = |sign: &str, shown: &[String]| (!shown.is_empty()).then(|| format!("{sign} {}", ports(shown)));
    let parts: Vec<String> = [signed("+", &change.opened), signed("-", &change.closed)].into_iter().flatten().collect();
    parts.join(", ")
}

/// Why there is a connection: what declares it, else the policies, else that there is none.
pub(super) fn why(change: &Change) -> Vec<String> {
    if !change.reasons.is_empty() {
        return change.reasons.iter().map(|reason| line(&reason.words).into_owned()).collect();
    }
    match change.policies.as_slice() {
        [] => vec!["without a policy".to_owned()],
        policies => policies.iter().map(|policy| format!("policy {}", line(&policy.name))).collect(),
    }
}

/// Where it is written, each place once.
pub(super) fn places(change: &Change) -> Vec<String> {
    let reasons = change.reasons.iter().filter_map(|reason| reason.place.as_ref());
    let policies = change.policies.iter().filter_map(|policy| policy.place.as_ref());
    let ends = [&change.from, &change.to].into_iter().filter_map(|end| end.party.place.as_ref());
    let nearest: Vec<_> = match (change.reasons.is_empty(), change.policies.is_empty()) {
        (false, _) => reasons.collect(),
        (true, false) => policies.collect(),
        (true, true) => ends.collect(),
    };
    let mut places: Vec<String> = Vec::new();
    for place in nearest.into_iter().map(place) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// `2 connections gained, 1 lost, 1 changed`
pub(super) fn summary(connections: &Connections) -> String {
    let all = [(&connections.gained, "gained"), (&connections.lost, "lost"), (&connections.changed, "changed")];
    let mut parts = all.into_iter().filter(|(changes, _)| !changes.is_empty());
    let Some((first, verb)) = parts.next() else { return "no connection gained, lost or changed".to_owned() };
    let mut text = format!("{} {verb}", count(first.len(), "connection"));
    for (changes, verb) in parts {
        text.push_str(&format!(", {} {verb}", changes.len()));
    }
    text
}
