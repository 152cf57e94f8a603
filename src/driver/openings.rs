//! What finished objects really open, so that two of them can be compared: a configuration, and what came of one earlier.
//!
//! Both are judged by their objects alone. What a configuration declares says no more than why something is open, and where
//! that is written.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Session;
use super::network::picture_of_manifests;
use crate::graph::picture::{Connection, Party, Picture, Place, State};
use crate::layers::Object;
use crate::source::{SourceMap, Span};

/// What is open, and where the policies stand that say so.
#[derive(Clone, Debug, Default)]
pub struct Openings {
    /// Who can connect to whom.
    pub picture: Picture,
    /// The policies, by `namespace/name`.
    pub policies: BTreeMap<String, Place>,
}

/// What a configuration opens. What is wrong is in the session's findings; `None` where the network cannot be told.
pub fn openings(title: String, session: &mut Session) -> Option<Openings> {
    let (_, proved) = super::proved(session)?;
    let network = proved.network?;
    let sources = &session.machine.sources;
    let mut openings = openings_of_manifests(title, &proved.objects, sources);
    explain(&mut openings.picture, network.picture(String::new(), sources));
    Some(openings)
}

/// What manifests open.
pub fn openings_of_manifests(title: String, objects: &[Object], sources: &SourceMap) -> Openings {
    // What the policies themselves do wrong is told by `nxk graph` and `nxk check`.
    let (mut picture, _) = picture_of_manifests(title, objects, sources);
    // What is closed, as the call of a webhook may be, is no opening.
    picture.connections.retain(|connection| connection.state != State::Closed);
    let policies = objects.iter().filter(|object| object.kind().ends_with("NetworkPolicy"));
    let places = policies.filter_map(|policy| Some((name(policy), place(sources, policy.entry)?)));
    Openings { picture, policies: places.collect() }
}

/// The name of a policy as connections have it.
fn name(policy: &Object) -> String {
    match policy.namespace() {
        _ if policy.kind().contains("Clusterwide") => policy.name().to_owned(),
        "" => format!("default/{}", policy.name()),
        namespace => format!("{namespace}/{}", policy.name()),
    }
}

fn place(sources: &SourceMap, span: Span) -> Option<Place> {
    let location = sources.location(span).filter(|_| sources.is_user(span))?;
    Some(Place { file: location.file, line: location.line, column: location.column })
}

/// Says of what is open why it is so, and who the parties are, as far as that is declared.
fn explain(open: &mut Picture, declared: Picture) {
    let Picture { parties, connections, .. } = declared;
    let known: FxHashMap<(&str, &str), &Connection> = connections
        .iter()
        .map(|connection| ((&*parties[connection.from].id, &*parties[connection.to].id), connection))
        .collect();
    for connection in &mut open.connections {
        let [from, to] = [connection.from, connection.to].map(|at| &*open.parties[at].id);
        if let Some(declared) = known.get(&(from, to)) {
            connection.reasons.clone_from(&declared.reasons);
        }
    }
    let mut declared: FxHashMap<String, Party> = parties.into_iter().map(|party| (party.id.clone(), party)).collect();
    for party in &mut open.parties {
        if let Some(declared) = declared.remove(&party.id) {
            *party = declared;
        }
    }
}
