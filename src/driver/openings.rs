//! What finished objects are and what they really open, so that two of them can be compared: a configuration, and what
//! came of one earlier.
//!
//! Both are judged by their objects alone. What a configuration declares says no more than why something is open, and where
//! that is written.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Session;
use super::network::picture_of_manifests;
use crate::graph::picture::{Connection, Party, Picture, Place, State};
use crate::layers::Object;
use crate::lower::reveal_what_can_be_read;
use crate::node::{Field, Map, Node, NodeKind};
use crate::schema::Version;
use crate::secret::base64;
use crate::source::{SourceMap, Span};

/// A state of things at rest: its objects, what they open, and the texts that they come from.
#[derive(Default)]
pub struct Snapshot {
    /// What it is called.
    pub title: String,
    /// The objects. What is secret in them is there as far as it can be read here.
    pub objects: Vec<Object>,
    /// What they open.
    pub openings: Openings,
    /// The texts.
    pub sources: SourceMap,
    /// The version of Kubernetes that they are for, where they say so.
    pub version: Option<Version<'static>>,
}

/// What is open, and where the policies stand that say so.
#[derive(Clone, Debug, Default)]
pub struct Openings {
    /// Who can connect to whom.
    pub picture: Picture,
    /// The policies, by `namespace/name`.
    pub policies: BTreeMap<String, Place>,
}

/// What a configuration makes. What is wrong is in the session's findings; `None` where the network cannot be told.
pub fn snapshot(title: String, session: &mut Session) -> Option<Snapshot> {
    let (evaluated, mut proved) = super::proved(session)?;
    let network = proved.network?;
    let machine = &mut session.machine;
    let mut openings = openings_of_manifests(title.clone(), &proved.objects, &machine.sources);
    explain(&mut openings.picture, network.picture(String::new(), &machine.sources));
    reveal_what_can_be_read(&machine.world, proved.objects.iter_mut().map(|object| &mut object.node));
    keep_as_the_server_does(&mut proved.objects);
    let sources = std::mem::take(&mut machine.sources);
    let version = Some(evaluated.target.version);
    Some(Snapshot { title, objects: proved.objects, openings, sources, version })
}

/// What manifests hold.
pub fn snapshot_of_manifests(title: String, mut objects: Vec<Object>, sources: SourceMap) -> Snapshot {
    keep_as_the_server_does(&mut objects);
    let openings = openings_of_manifests(title.clone(), &objects, &sources);
    Snapshot { title, objects, openings, sources, version: None }
}

/// Puts what stands in the `stringData` of Secrets into their `data`, where the server keeps it.
fn keep_as_the_server_does(objects: &mut [Object]) {
    for object in objects.iter_mut().filter(|object| object.kind() == "Secret" && object.api_version() == "v1") {
        let Some(map) = object.node.as_map_mut() else { continue };
        let Some(at) = map.fields.iter().position(|field| field.key == "stringData") else { continue };
        let written = map.fields.remove(at);
        let NodeKind::Map(texts) = written.value.kind else { continue };
        if map.get("data").and_then(Node::as_map).is_none() {
            map.set("data", written.key_span, Node::new(NodeKind::Map(Map::default()), written.value.span));
        }
        let Some(data) = map.get_mut("data").and_then(Node::as_map_mut) else { continue };
        for Field { key, key_span, mut value } in texts.fields {
            if let NodeKind::Str(text) = &value.kind {
                value.kind = NodeKind::Str(base64(text.as_bytes()).into());
            }
            data.set(key, key_span, value);
        }
    }
}

/// What manifests open.
fn openings_of_manifests(title: String, objects: &[Object], sources: &SourceMap) -> Openings {
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
