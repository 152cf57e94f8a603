//! Connections gained, lost and changed.
//!
//! Two pictures are compared by the names of their parties, which are the same in every compile. What counts is what is
//! really open: somebody who could connect before because everybody could has gained nothing when the policy that closes the
//! rest names him, and what is lost is said once, of everybody.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ports::set;
use crate::draw::words::of_configuration;
use crate::driver::Openings;
use crate::graph::picture::{Connection, Party, PartyKind, Picture, Place, Reason};
use crate::network::Ports;

/// What changes in who can connect to whom. Each list is in the order of the parties' kinds and names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connections {
    /// There was none before.
    pub gained: Vec<Change>,
    /// There is none any more.
    pub lost: Vec<Change>,
    /// There is one as before, on other ports.
    pub changed: Vec<Change>,
}

/// What changes between two parties.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Who connects.
    pub from: End,
    /// To whom.
    pub to: End,
    /// On which ports there is a connection now; for a lost one, on which there was.
    pub ports: Vec<String>,
    /// The ports that are open now and were not.
    pub opened: Vec<String>,
    /// The ports that are not open any more.
    pub closed: Vec<String>,
    /// Why there is, or was, a connection, as far as that is declared.
    pub reasons: Vec<Reason>,
    /// The policies that open, or opened, it.
    pub policies: Vec<PolicyPlace>,
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// Who it is.
    #[serde(flatten)]
    pub party: Party,
    /// Whether it is in both states, in the new one only, or in the old one only.
    pub presence: Presence,
}

/// In which states a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Presence {
    /// Before and after.
    Kept,
    /// Not before.
    New,
    /// Not any more.
    Gone,
}

/// A policy, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPlace {
    /// `namespace/name`
    pub name: String,
    /// Where it is written; of one that a layer makes, what it is made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Connections {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.changed.is_empty()
    }
}

/// What changes in the connections from `old` to `new`.
pub fn between(old: &Openings, new: &Openings) -> Connections {
    let parties = old.picture.parties.iter().chain(&new.picture.parties);
    let own: BTreeSet<&str> = parties.filter(|party| of_configuration(party.kind)).map(|party| &*party.id).collect();
    let (old, new) = (State::of(old, &own), State::of(new, &own));
    let mut connections = Connections::default();
    let pairs: BTreeSet<Pair<'_>> = old.direct.keys().chain(new.direct.keys()).copied().collect();
    let mut changes: Vec<Change> = pairs.into_iter().filter_map(|pair| change(&old, &new, pair)).collect();
    changes.sort_by_cached_key(order);
    for change in changes {
        let was = old.has(&change);
        let list = match new.has(&change) {
            true if was => &mut connections.changed,
            true => &mut connections.gained,
            false => &mut connections.lost,
        };
        list.push(change);
    }
    connections
}

/// The names of who connects, and to whom.
type Pair<'a> = (&'a str, &'a str);

/// The name of everybody, in every picture.
const EVERYBODY: &str = "everybody";

/// One of the two states, made ready to be asked.
struct State<'a> {
    openings: &'a Openings,
    parties: BTreeMap<&'a str, &'a Party>,
    /// Who has pods in one of the two, and so a door that can be closed.
    own: &'a BTreeSet<&'a str>,
    /// What the picture shows between two parties.
    direct: BTreeMap<Pair<'a>, (&'a Connection, Ports)>,
}

impl<'a> State<'a> {
    fn of(openings: &'a Openings, own: &'a BTreeSet<&'a str>) -> State<'a> {
        let Picture { parties, connections, .. } = &openings.picture;
        let pair = |connection: &Connection| (&*parties[connection.from].id, &*parties[connection.to].id);
        let direct = connections.iter().map(|connection| (pair(connection), (connection, set(&connection.ports))));
        State {
            openings,
            own,
            parties: parties.iter().map(|party| (&*party.id, party)).collect(),
            // What is declared and closed is no opening.
            direct: direct.filter(|(_, (_, ports))| !ports.is_empty()).collect(),
        }
    }

    fn shown(&self, pair: Pair<'_>) -> Ports {
        self.direct.get(&pair).map(|(_, ports)| ports.clone()).unwrap_or_default()
    }

    /// The ports on which one can connect to the other, be it because everybody can.
    fn open(&self, pair: Pair<'_>) -> Ports {
        let (from, to) = pair;
        let out = self.shown((from, EVERYBODY));
        let way_in = self.shown((EVERYBODY, to));
        let both = match (self.own.contains(from), self.own.contains(to)) {
            (true, true) => out.intersection(&way_in),
            (true, false) => out,
            (false, true) => way_in,
            (false, false) => Ports::none(),
        };
        self.shown(pair).union(&both)
    }

    fn has(&self, change: &Change) -> bool {
        !self.open((&change.from.party.id, &change.to.party.id)).is_empty()
    }
}

/// What changes between two parties, if anything does.
fn change(old: &State<'_>, new: &State<'_>, pair: Pair<'_>) -> Option<Change> {
    let opened = new.shown(pair).difference(&old.open(pair));
    let closed = old.shown(pair).difference(&new.open(pair));
    if opened.is_empty() && closed.is_empty() {
        return None;
    }
    // What is left is told as it is now; what is lost, as it was.
    let state = if new.direct.contains_key(&pair) { new } else { old };
    let (connection, ports) = state.direct.get(&pair)?;
    let policy = |name: &String| PolicyPlace { name: name.clone(), place: state.openings.policies.get(name).cloned() };
    Some(Change {
        from: end(old, new, state, pair.0)?,
        to: end(old, new, state, pair.1)?,
        ports: ports.shown(),
        opened: opened.shown(),
        closed: closed.shown(),
        reasons: connection.reasons.clone(),
        policies: connection.policies.iter().map(policy).collect(),
    })
}

/// One end, as it is in the state that the change is told of.
fn end(old: &State<'_>, new: &State<'_>, told: &State<'_>, id: &str) -> Option<End> {
    let (was, is) = (old.parties.get(id), new.parties.get(id));
    let party = (*told.parties.get(id)?).clone();
    // Networks and other clusters' pods are nowhere made, so they are neither new nor gone.
    let presence = match (was, is) {
        (None, _) if of_configuration(party.kind) => Presence::New,
        (_, None) if of_configuration(party.kind) => Presence::Gone,
        _ => Presence::Kept,
    };
    Some(End { party, presence })
}

/// What everybody asks for, such as names, comes last.
fn order(change: &Change) -> impl Ord + use<> {
    let is_background =
        |end: &End| matches!(end.party.kind, PartyKind::Dns | PartyKind::Monitoring | PartyKind::Collector);
    let name = |end: &End| (end.party.kind, end.party.namespace.clone(), end.party.name.clone(), end.party.id.clone());
    let background = is_background(&change.from) || is_background(&change.to);
    (background, name(&change.from), name(&change.to))
}
