//! What the forms share: a picture's terms in words, and text that is safe to show.

use std::borrow::Cow;
use std::fmt::{Arguments, Write};

use crate::graph::picture::{Connection, Party, PartyKind, Place, State};
use crate::report::printable;

/// Appends to a text, which cannot fail.
pub(crate) fn put(out: &mut String, text: Arguments<'_>) {
    out.write_fmt(text).expect("a string takes all text");
}

/// `text` on one line, with nothing in it that is unseen, turns the writing direction or is no character.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if !text.contains(['\n', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    Cow::Owned(text.replace('\n', " ").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}

/// What tells a party from all others in a few words: `shop/web`, `ingress controller`.
pub(crate) fn full_name(party: &Party) -> String {
    match &party.namespace {
        Some(namespace) if of_configuration(party.kind) => line(&format!("{namespace}/{}", party.name)).into_owned(),
        _ => line(&party.name).into_owned(),
    }
}

/// The party's name beside others of `namespace`.
pub(super) fn name_within(party: &Party, namespace: Option<&str>) -> String {
    match party.namespace.as_deref() == namespace {
        true => line(&party.name).into_owned(),
        false => full_name(party),
    }
}

/// Whether such a party is part of what is drawn; the others are its surroundings.
pub(crate) fn of_configuration(kind: PartyKind) -> bool {
    matches!(kind, PartyKind::Application | PartyKind::Workload)
}

/// What a party is.
pub(super) fn kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Application => "application",
        PartyKind::Workload => "workload",
        PartyKind::Pods => "other pods",
        PartyKind::IngressController => "ingress controller",
        PartyKind::Monitoring => "monitoring",
        PartyKind::Dns => "DNS",
        PartyKind::Collector => "collector of traces",
        PartyKind::ApiServer => "API server",
        PartyKind::Network => "network",
        PartyKind::Host => "host",
        PartyKind::Everybody => "everybody",
    }
}

/// What stands below a party's name: the detail of those of the configuration; of the others what they are, where, and
/// their detail, as far as their names do not say so.
pub(super) fn about(party: &Party) -> String {
    let what = kind(party.kind);
    let parts = match (&party.detail, of_configuration(party.kind)) {
        (Some(detail), true) => vec![detail.as_str()],
        (None, true) => vec![what],
        (detail, false) => {
            let mut told = vec![party.name.to_lowercase()];
            let parts = [Some(what), party.namespace.as_deref(), detail.as_deref()].into_iter().flatten();
            let new = |part: &&str| {
                let part = part.to_lowercase();
                let known = told.iter().any(|told| told.contains(&part));
                told.push(part);
                !known
            };
            parts.filter(new).collect()
        }
    };
    line(&parts.join(", ")).into_owned()
}

/// What there is to say of a connection's state, where it is not as it should be.
pub(super) fn complaint(state: State) -> Option<&'static str> {
    match state {
        State::Proved | State::Open => None,
        State::Undeclared => Some("open, but nobody declares it"),
        State::Closed => Some("declared, but the policies close it"),
    }
}

/// `TCP 80, TCP 443`
pub(super) fn ports(connection: &Connection) -> String {
    match connection.ports.as_slice() {
        [] => "no port".to_owned(),
        [all] if all == "all" => "all ports".to_owned(),
        ports => line(&ports.join(", ")).into_owned(),
    }
}

/// `main.nxk:12`
pub(crate) fn place(place: &Place) -> String {
    line(&format!("{}:{}", place.file, place.line)).into_owned()
}

/// The first places of a connection's reasons, each once.
pub(super) fn places(connection: &Connection) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for at in connection.reasons.iter().filter_map(|reason| reason.place.as_ref()).map(place) {
        if !places.contains(&at) {
            places.push(at);
        }
    }
    places
}

/// `1 connection`, `2 connections`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {thing}s"),
    }
}

/// How many connections there are, and how many of them are in a state that somebody has to look at.
pub(super) fn summary(connections: &[Connection]) -> String {
    let number = |state, is_declared: Option<bool>| {
        let is_such = |one: &&Connection| is_declared.is_none_or(|declared| declared != one.reasons.is_empty());
        connections.iter().filter(|connection| connection.state == state).filter(is_such).count()
    };
    let mut text = count(connections.len(), "connection");
    let states = [
        (State::Undeclared, None, "undeclared"),
        (State::Closed, None, "closed"),
        (State::Open, Some(false), "open without a declaration"),
        (State::Open, Some(true), "not proved"),
    ];
    let told: Vec<String> = states
        .into_iter()
        .map(|(state, is_declared, word)| (number(state, is_declared), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match told.as_slice() {
        [] if connections.is_empty() => {}
        [] => text.push_str(", all proved"),
        _ => put(&mut text, format_args!(" ({})", told.join(", "))),
    }
    text
}
