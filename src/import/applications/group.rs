//! An application on its way to an entry: the objects that are its own, and what is said of it so far.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashMap;

use crate::import::compare::bare;
use crate::import::parts::{Fields, says_something};
use crate::layers::Object;
use crate::node::{Map, Node};
use crate::source::Span;

use super::exposure::Hung;
use super::network::Opening;

/// The label with an application's name.
pub(super) const NAME: &str = "app.kubernetes.io/name";
/// The label with the project.
pub(super) const PART_OF: &str = "app.kubernetes.io/part-of";
/// The label that says who made an object.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// The objects that applications may have made, by kind, namespace and name.
pub(super) struct Stock<'a> {
    objects: &'a [Object],
    by_place: FxHashMap<(&'a str, &'a str, &'a str), usize>,
}

/// A port on which an application listens.
pub(super) struct Listens {
    /// The container's port.
    pub port: i64,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: EcoString,
    /// What it is called.
    pub name: Option<EcoString>,
    /// The Service's port.
    pub service_port: i64,
}

/// See the module.
pub(super) struct Group {
    /// The name of its objects.
    pub name: EcoString,
    /// Their namespace; empty where they name none.
    pub namespace: EcoString,
    /// What runs.
    pub workload: usize,
    /// All objects that it makes.
    pub members: Vec<usize>,
    /// The annotations of all of them.
    pub annotations: Map,
    /// What it listens on itself.
    pub ports: Vec<Listens>,
    /// What its sidecars listen on.
    pub beside: Vec<Listens>,
    /// The container ports that it exposes.
    pub exposed: Vec<i64>,
    /// Where its route hangs, if it has one.
    pub hung: Option<Hung>,
    /// The container ports with its metrics.
    pub scraped: Vec<i64>,
    /// Whether it sends traces.
    pub traced: bool,
    /// Who may connect to it.
    pub from: Vec<Opening>,
    /// Whom it may connect to.
    pub to: Vec<Opening>,
    /// The hosts that it may connect to by their names, as items of `egress`.
    pub hosts: Vec<Node>,
    /// What is said of it.
    pub fields: Fields,
}

impl Listens {
    /// Whether a Service calls it so: one without a name gets one of its number.
    pub fn is_called(&self, name: &str) -> bool {
        let numbered = || match self.protocol.as_str() {
            "TCP" => eco_format!("port-{}", self.service_port),
            protocol => eco_format!("port-{}-{}", self.service_port, protocol.to_lowercase()),
        };
        self.name.clone().unwrap_or_else(numbered) == name
    }
}

impl<'a> Stock<'a> {
    /// Those of the objects that are `free`.
    pub fn of(objects: &'a [Object], free: impl Fn(usize) -> bool) -> Stock<'a> {
        let free = objects.iter().enumerate().filter(|(at, object)| free(*at) && is_made(&object.node));
        let by_place = free.map(|(at, object)| ((object.kind(), object.namespace(), object.name()), at)).collect();
        Stock { objects, by_place }
    }

    /// The objects of a kind, with their numbers.
    pub fn all(&self, kind: &str) -> Vec<(usize, &'a Object)> {
        let mut all: Vec<usize> =
            self.by_place.iter().filter(|((other, ..), _)| *other == kind).map(|(_, at)| *at).collect();
        all.sort_unstable();
        all.into_iter().map(|at| (at, &self.objects[at])).collect()
    }

    /// The object of this kind and name.
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<(usize, &'a Object)> {
        let at = *self.by_place.get(&(kind, namespace, name))?;
        Some((at, &self.objects[at]))
    }
}

impl Group {
    /// An application with nothing but its workload.
    pub fn of(at: usize, object: &Object) -> Group {
        Group {
            name: object.name().into(),
            namespace: object.namespace().into(),
            workload: at,
            members: vec![at],
            annotations: metadata(&object.node, "annotations"),
            ports: Vec::new(),
            beside: Vec::new(),
            exposed: Vec::new(),
            hung: None,
            scraped: Vec::new(),
            traced: false,
            from: Vec::new(),
            to: Vec::new(),
            hosts: Vec::new(),
            fields: Fields::default(),
        }
    }

    /// Takes an object of the application, if there is one.
    pub fn claim(&mut self, stock: &Stock<'_>, kind: &str, name: &str) -> Option<Node> {
        let namespace = self.namespace.clone();
        self.claim_in(stock, kind, &namespace, name)
    }

    /// Takes the object whose name is the application's with something behind it.
    pub fn claim_part(&mut self, stock: &Stock<'_>, kind: &str, part: &str) -> Option<Node> {
        let name = eco_format!("{}-{part}", self.name);
        self.claim(stock, kind, &name)
    }

    /// Takes an object of the application that need not live with it.
    pub fn claim_in(&mut self, stock: &Stock<'_>, kind: &str, namespace: &str, name: &str) -> Option<Node> {
        let (at, object) = stock.find(kind, namespace, name)?;
        if label(&object.node, NAME) != Some(&self.name) {
            return None;
        }
        self.members.push(at);
        Some(bare(&object.node))
    }

    /// The Service's port that is meant where nobody says which.
    pub fn usual_port(&self) -> Option<&Listens> {
        let mut candidates = self.ports.iter().filter(|port| port.protocol == "TCP");
        let first = candidates.clone().next();
        candidates.find(|port| port.name.as_deref() == Some("http")).or(first)
    }

    /// The annotations of an object that the application does not give to all.
    pub fn further_annotations(&self, node: &Node) -> Map {
        let mut own = metadata(node, "annotations");
        own.fields.retain(|field| self.annotations.get(&field.key) != Some(&field.value));
        own
    }

    /// The namespace that its objects come to.
    pub fn place(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }
}

/// Whether a compile could have made the object, as far as its labels say.
fn is_made(node: &Node) -> bool {
    label(node, MANAGED_BY).is_some() && label(node, PART_OF).is_some()
}

/// What there is most of; of several, the first in their order.
pub(super) fn most_common<T: Ord>(all: impl IntoIterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(one, _)| one)
}

/// A label of an object.
pub(super) fn label<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.at(&["metadata", "labels", key])?.as_str()
}

/// The labels or annotations of an object.
pub(super) fn metadata(node: &Node, key: &str) -> Map {
    node.at(&["metadata", key]).and_then(Node::as_map).map(bare_map).unwrap_or_default()
}

fn bare_map(map: &Map) -> Map {
    let mut map = map.clone();
    for field in &mut map.fields {
        field.key_span = Span::NONE;
        field.value = bare(&field.value);
    }
    map
}

/// Says what is called the same in a node, where it says something.
pub(super) fn copy(fields: &mut Fields, node: &Node, keys: &[&str]) {
    for key in keys {
        fields.put(key, node.get(key).filter(|value| says_something(value)).cloned());
    }
}

/// The items of a list, none where there is no list.
pub(super) fn items<'n>(node: &'n Node, path: &[&str]) -> &'n [Node] {
    node.at(path).and_then(Node::as_list).unwrap_or_default()
}

/// A text in a node.
pub(super) fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at(path)?.as_str()
}
