//! What the forms share: a change in words.

use rustc_hash::FxHashMap;

use super::Difference;
use super::connections::{Change, End, Presence};
use super::told::{Danger, Objects, filled};
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

/// `2 objects added, 1 removed; 1 dangerous change; 1 connection gained`
pub(super) fn summary(difference: &Difference) -> String {
    let Difference { dangers, objects, connections, .. } = difference;
    let counts = |of: [(usize, &str); 3], thing: &str| {
        let mut parts = of.into_iter().filter(|(number, _)| *number > 0);
        let (first, verb) = parts.next()?;
        let mut text = format!("{} {verb}", count(first, thing));
        parts.for_each(|(number, verb)| text.push_str(&format!(", {number} {verb}")));
        Some(text)
    };
    let (added, removed, changed) = (objects.added.len(), objects.removed.len(), objects.changed.len());
    let (gained, lost) = (connections.gained.len(), connections.lost.len());
    let told = [
        counts([(added, "added"), (removed, "removed"), (changed, "changed")], "object"),
        (!dangers.is_empty()).then(|| count(dangers.len(), "dangerous change")),
        counts([(gained, "gained"), (lost, "lost"), (connections.changed.len(), "changed")], "connection"),
    ];
    match told.into_iter().flatten().collect::<Vec<_>>() {
        told if told.is_empty() => "nothing changes".to_owned(),
        told => told.join("; "),
    }
}

/// What there is to say beside the changes: the marks of the build, and what could not be compared.
pub(super) fn remarks(difference: &Difference) -> Vec<String> {
    let Objects { builds, not_compared, .. } = &difference.objects;
    let mut remarks = Vec::new();
    if let Some(most) = builds.iter().map(|build| build.objects).max() {
        let mut marks: Vec<&str> = builds.iter().map(|build| build.annotation.as_str()).collect();
        marks.dedup();
        let those = if marks.len() == 1 { "is that" } else { "are those" };
        let (marks, objects) = (marks.join("` and `"), count(most, "object"));
        remarks.push(format!("`{marks}` of {objects} {those} of another build, which does not count as a change"));
    }
    if !not_compared.is_empty() {
        let values = count(not_compared.len(), "secret value");
        remarks.push(format!("{values} not compared: what they are made of cannot be read here"));
    }
    remarks
}

/// Dangers of the same kind with what they are about.
pub(super) fn dangers(difference: &Difference) -> Vec<(&Danger, Vec<&Danger>)> {
    let mut groups: Vec<(&Danger, Vec<&Danger>)> = Vec::new();
    let mut known: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    for danger in &difference.dangers {
        let at = *known.entry((&danger.fact, danger.advice)).or_insert_with(|| {
            groups.push((danger, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(danger);
    }
    groups
}

/// What is to be done about dangers of the same kind.
pub(super) fn remedy(first: &Danger, all: &[&Danger]) -> String {
    match all {
        [_] => first.remedy.clone(),
        _ => filled(first.advice, None),
    }
}
