//! Keys that nobody else has: an entry takes those of its object in layer 1 as well, and an application those of all that it
//! makes.

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashSet;

use super::applications::{Application, Secret};
use super::entries::{self, Made};
use super::plan::{APPLICATIONS, Entry, RESOURCES, SECRETS};
use crate::layers::Object;
use crate::layers::names::kebab;
use crate::node::{Field, Map, Node, NodeKind};
use crate::schema::split_api;
use crate::source::Span;

/// Says the name first where the key does not.
fn named(key: &str, name: EcoString, mut fields: Map) -> Map {
    if kebab(key) != name {
        let field = Field { key: "name".into(), key_span: Span::NONE, value: Node::string(name, Span::NONE) };
        fields.fields.insert(0, field);
    }
    fields
}

/// The keys that are taken, by collection.
#[derive(Default)]
pub(super) struct Keys(FxHashSet<(&'static str, EcoString)>);

impl Keys {
    /// An application takes its key in all collections that it adds to, with what it puts behind the key.
    pub fn application(&mut self, objects: &[Object], application: &Application) -> Entry {
        let object = &objects[application.workload];
        let name: EcoString = object.name().into();
        let key = self.free(APPLICATIONS, [name.clone(), eco_format!("{}-{name}", object.namespace())]);
        for member in application.members.iter().map(|at| &objects[*at]) {
            let behind = member.name().strip_prefix(name.as_str()).unwrap_or_default();
            self.take(member, eco_format!("{key}{behind}"));
        }
        let value = Node::new(NodeKind::Map(named(&key, name, application.fields.clone())), Span::NONE);
        Entry { collection: APPLICATIONS, key, value, object: application.workload }
    }

    /// A secret has its key already.
    pub fn secret(&mut self, objects: &[Object], secret: &Secret) -> Entry {
        let object = &objects[secret.object];
        self.take(object, secret.key.clone());
        let fields = named(&secret.key, object.name().into(), secret.fields.clone());
        let value = Node::new(NodeKind::Map(fields), Span::NONE);
        Entry { collection: SECRETS, key: secret.key.clone(), value, object: secret.object }
    }

    /// What the framework makes in each namespace, such as policies that deny everything, has keys by their namespaces.
    pub fn made(&mut self, object: &Object) {
        self.take(object, object.name().into());
        self.take(object, eco_format!("{}-{}", object.name(), object.namespace()));
    }

    /// Takes the keys of an object that is made by a layer above: in its collection, and in layer 1.
    fn take(&mut self, object: &Object, key: EcoString) {
        let (kind, name) = (object.kind(), object.name());
        if let Some(collection) = entries::collection(object) {
            self.0.insert((collection, key));
        }
        self.0.insert((RESOURCES, eco_format!("{kind}/{name}")));
        self.0.insert((RESOURCES, eco_format!("{kind}/{}/{name}", object.namespace())));
    }

    /// The entry that makes an object.
    pub fn entry(&mut self, object: &Object, made: Made, at: usize) -> Entry {
        let name: EcoString = object.name().into();
        let apart = eco_format!("{}-{name}", object.namespace());
        let key = self.free(made.collection, [name.clone(), apart]);
        self.take(object, key.clone());
        let value = Node::new(NodeKind::Map(named(&key, name, made.fields)), Span::NONE);
        Entry { collection: made.collection, key, value, object: at }
    }

    /// The key of an object in layer 1.
    pub fn resource(&mut self, object: &Object) -> EcoString {
        let (kind, name, (group, _)) = (object.kind(), object.name(), split_api(object.api_version()));
        let in_group = if group.is_empty() { kind.into() } else { eco_format!("{kind}.{group}") };
        let apart = |kind: &str| match object.namespace() {
            "" => eco_format!("{kind}/{name}"),
            namespace => eco_format!("{kind}/{namespace}/{name}"),
        };
        let keys = [eco_format!("{kind}/{name}"), apart(kind), eco_format!("{in_group}/{name}"), apart(&in_group)];
        let key = self.free(RESOURCES, keys);
        // The next one of this name is of another kind with the same word.
        self.0.insert((RESOURCES, apart(kind)));
        key
    }

    /// The first of these keys that is not taken, or one with a number.
    fn free<const MANY: usize>(&mut self, collection: &'static str, wanted: [EcoString; MANY]) -> EcoString {
        let last = wanted[MANY - 1].clone();
        let numbered = (2..).map(|number| eco_format!("{last}-{number}"));
        let mut keys = wanted.into_iter().chain(numbered);
        let free = keys.find(|key| self.0.insert((collection, key.clone())));
        free.unwrap_or(last)
    }
}
