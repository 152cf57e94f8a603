//! Secrets that External Secrets fetches: which of them applications share, what each says of where it comes from, and the
//! store that most of them ask.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::group::{MANAGED_BY, NAME, PART_OF, Stock, items, label, metadata, most_common, text};
use super::stores::provider;
use super::{Secret, Surroundings, Together};
use crate::import::compare::bare;
use crate::import::parts::{Fields, map_node, text_node};
use crate::layers::Object;
use crate::node::{Map, Node};

/// The kind of objects that External Secrets makes Secrets of.
const KIND: &str = "ExternalSecret";

/// The store that is asked where nothing else is said.
#[derive(Default)]
struct Store {
    name: EcoString,
    kind: EcoString,
    /// The provider, if the store is made.
    provider: Option<(&'static str, Node)>,
    /// Of what kind another store is that is called by its name alone.
    elsewhere: EcoString,
}

/// What is known of the secrets of a configuration.
#[derive(Default)]
pub(super) struct External {
    store: Store,
    interval: Option<EcoString>,
    /// The entries of `secrets`.
    pub shared: Vec<Secret>,
    /// Their keys, by namespace and name.
    keys: BTreeMap<(EcoString, EcoString), EcoString>,
    /// The stores that the framework makes.
    pub made: Vec<usize>,
}

impl External {
    /// Those among the objects that applications may have.
    pub fn of(stock: &Stock<'_>, around: &Surroundings<'_>, project: &str) -> External {
        let secrets = stock.all(KIND);
        let mut external = External::default();
        let asked = |object: &Object| asked(&object.node);
        let Some(store) = most_common(secrets.iter().filter_map(|(_, object)| asked(object))) else { return external };
        let mut every = secrets.iter().filter_map(|(_, object)| text(&object.node, &["spec", "refreshInterval"]));
        external.interval = most_common(every.by_ref()).map(EcoString::from);
        external.ask(store, &secrets, stock, around.together);
        external.share(&secrets, around, project);
        external
    }

    /// Settles what store it is, and which objects are made for it.
    fn ask(&mut self, (name, kind): Asked, secrets: &[(usize, &Object)], stock: &Stock<'_>, together: Together) {
        let is_cluster = kind == "ClusterSecretStore";
        let asks = |object: &Object| asked(&object.node).is_some_and(|(there, other)| there == name && other == kind);
        let places = secrets.iter().filter(|(_, object)| asks(object));
        let mut places: Vec<&str> =
            places.map(|(_, object)| if is_cluster { "" } else { object.namespace() }).collect();
        places.sort_unstable();
        places.dedup();
        let stores: Option<Vec<(usize, &Object)>> =
            places.iter().map(|place| stock.find(&kind, place, &name)).collect();
        let stores = stores.unwrap_or_default();
        let mut said = stores.iter().map(|(_, object)| provider(&bare(&object.node)));
        let first = said.next().flatten().filter(|_| together != Together::Little);
        if first.is_some() && said.all(|other| other == first) {
            self.made = stores.into_iter().map(|(at, _)| at).collect();
            self.store.provider = first;
        }
        self.store.elsewhere = if self.store.provider.is_some() { "ClusterSecretStore".into() } else { kind.clone() };
        (self.store.name, self.store.kind) = (name, kind);
    }

    /// Finds the secrets that belong to no application.
    fn share(&mut self, secrets: &[(usize, &Object)], around: &Surroundings<'_>, project: &str) {
        let standard = around.namespace.unwrap_or_default();
        let mut free: Vec<&(usize, &Object)> =
            secrets.iter().filter(|(_, object)| label(&object.node, NAME).is_none()).collect();
        free.sort_by_key(|(_, object)| (object.namespace() != standard, object.namespace(), object.name()));
        for (at, object) in free {
            let (name, namespace) = (EcoString::from(object.name()), EcoString::from(object.namespace()));
            let taken = self.keys.values().any(|key| *key == name);
            let key = if taken { eco_format!("{namespace}-{name}") } else { name.clone() };
            let fields = self.source(&object.node).and_then(|source| entry(object, source, around, project));
            if let Some(fields) = fields.filter(|_| self.keys.values().all(|other| *other != key)) {
                self.keys.insert((namespace, name), key.clone());
                self.shared.push(Secret { object: *at, key, fields });
            }
        }
    }

    /// The key of the secret with this name, if it is one of `secrets`.
    pub fn key(&self, namespace: &str, name: &str) -> Option<&EcoString> {
        self.keys.get(&(namespace.into(), name.into()))
    }

    /// What an application's own secret says of where it comes from, and the object.
    pub fn own(&self, stock: &Stock<'_>, namespace: &str, name: &str, application: &str) -> Option<(usize, Fields)> {
        let (at, object) = stock.find(KIND, namespace, name)?;
        let its = label(&object.node, NAME) == Some(application);
        Some((at, self.source(&object.node).filter(|_| its)?))
    }

    /// `framework.secrets`
    pub fn said(&self) -> Map {
        let mut fields = Fields::default();
        let Store { name, kind, provider, .. } = &self.store;
        let mut store = Fields::default();
        let usual = if provider.is_some() { "SecretStore" } else { "ClusterSecretStore" };
        let known = provider.as_ref().is_some_and(|(provider, _)| provider == name);
        store.put("name", (!known && !name.is_empty()).then(|| text_node(name.clone())));
        store.put("kind", (kind != usual && !kind.is_empty()).then(|| text_node(kind.clone())));
        if let Some((provider, said)) = provider {
            store.put(provider, said.clone());
        }
        fields.put_map("store", store.0);
        fields.put_text("refreshInterval", self.interval.clone().filter(|every| every != "1h"));
        fields.0
    }

    /// Where an ExternalSecret takes its values from; `None` where that has no words.
    fn source(&self, node: &Node) -> Option<Fields> {
        let spec = bare(node.get("spec")?);
        let (name, kind) = asked(node)?;
        let mut fields = Fields::default();
        if (&name, &kind) != (&self.store.name, &self.store.kind) {
            let by_name = kind == self.store.elsewhere && name != self.store.name;
            let mut other = Fields::default();
            other.put("name", text_node(name.clone()));
            other.put("kind", (kind != "SecretStore").then(|| text_node(kind)));
            fields.put("secretStore", if by_name { text_node(name) } else { map_node(other.0) });
        }
        match (items(&spec, &["data"]), items(&spec, &["dataFrom"])) {
            ([], [whole]) => fields.put("vaultPath", whole.at(&["extract", "key"])?.clone()),
            ([only], []) if is_short(only) => one(&mut fields, only)?,
            (data, []) => several(&mut fields, data)?,
            _ => return None,
        }
        let every = text(&spec, &["refreshInterval"]).filter(|every| Some(*every) != self.interval.as_deref());
        fields.put("refreshInterval", every.map(text_node));
        fields.put("type", spec.at(&["target", "template", "type"]).cloned());
        Some(fields)
    }
}

/// The name and the kind of a store.
type Asked = (EcoString, EcoString);

/// The store that an ExternalSecret asks.
fn asked(node: &Node) -> Option<Asked> {
    let store = node.at(&["spec", "secretStoreRef"])?;
    Some((text(store, &["name"])?.into(), text(store, &["kind"])?.into()))
}

/// An entry of `secrets`; `None` where its labels cannot be said.
fn entry(object: &Object, source: Fields, around: &Surroundings<'_>, project: &str) -> Option<Map> {
    let mut fields = Fields::default();
    if around.namespace != Some(object.namespace()) && !object.namespace().is_empty() {
        fields.put("namespace", text_node(object.namespace()));
    }
    fields.0.fields.extend(source.0.fields);
    let mut labels = metadata(&object.node, "labels");
    let said = around.compliance.split(&mut labels);
    let usual = |key: &str, value: &Node| match key {
        PART_OF => value.as_str() == Some(project),
        MANAGED_BY => value.as_str() == Some("nxk"),
        _ => false,
    };
    labels.fields.retain(|field| !usual(&field.key, &field.value));
    fields.put("compliance", around.compliance.of_entry(&said)?);
    fields.put_map("labels", labels);
    fields.put_map("annotations", metadata(&object.node, "annotations"));
    Some(fields.0)
}

/// Whether an item has a whole value, or a property of one.
fn is_short(item: &Node) -> bool {
    let remote = item.get("remoteRef").and_then(Node::as_map);
    remote.is_some_and(|map| map.fields.iter().all(|field| field.key == "key" || field.key == "property"))
}

/// A secret with one value.
fn one(fields: &mut Fields, item: &Node) -> Option<()> {
    let (key, remote) = (text(item, &["secretKey"])?, item.get("remoteRef")?);
    let wanted = match text(remote, &["property"]) {
        Some(property) => {
            fields.put("vaultPath", remote.get("key")?.clone());
            property
        }
        None => text(remote, &["key"])?,
    };
    fields.put("secretKey", text_node(wanted));
    let usual = wanted.rsplit('/').next() == Some(key);
    fields.put("key", (!usual).then(|| text_node(key)));
    Some(())
}

/// A secret with several values: if all are properties of one, that is said once.
fn several(fields: &mut Fields, data: &[Node]) -> Option<()> {
    let path = |item: &Node| text(item, &["remoteRef", "key"]).map(EcoString::from);
    let first = path(data.first()?)?;
    let together = data.len() > 1 && data.iter().all(|item| path(item).as_ref() == Some(&first));
    fields.put("vaultPath", together.then(|| text_node(first)));
    let mut keys = Fields::default();
    for item in data {
        let mut remote = item.get("remoteRef")?.as_map()?.clone();
        remote.fields.retain(|field| !together || field.key != "key");
        let short = if together { "property" } else { "key" };
        let alone = remote.fields.len() == 1;
        let value = remote.get(short).filter(|_| alone).cloned();
        keys.put(text(item, &["secretKey"])?, value.unwrap_or(map_node(remote)));
    }
    fields.put_map("keys", keys.0);
    Some(())
}
