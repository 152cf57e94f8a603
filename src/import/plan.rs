//! The configuration as data, before it is text: what the framework says, and an entry for each object.

use ecow::{EcoString, eco_format};
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::bare;
use super::compliance::Compliance;
use super::entries::{self, Made, Surroundings, Workloads};
use crate::layers::names::kebab;
use crate::layers::{Object, pod_spec_path};
use crate::node::{Field, Map, Node, NodeKind};
use crate::schema::{Minor, Version};
use crate::source::Span;

/// What the plan is made of.
pub(super) struct Ground<'a> {
    /// The objects, without what is not to be written.
    pub objects: &'a [Object],
    /// What their labels say of compliance.
    pub compliance: &'a Compliance,
    /// What they are for.
    pub version: Version<'static>,
    /// That version, if it was asked for.
    pub asked: Option<Minor>,
    /// The kinds without a schema.
    pub opaque: &'a [String],
}

/// A configuration.
pub(super) struct Plan {
    /// `framework`
    pub framework: Map,
    /// Whether namespaces would be made that are not among the objects, so that `namespaces` has to be the last word.
    pub force_namespaces: bool,
    /// The entries, in the order in which they are written.
    pub entries: Vec<Entry>,
    /// By object: whether an entry of layer 2 makes it.
    pub by_entry: Vec<bool>,
}

/// An entry of a collection.
pub(super) struct Entry {
    /// The collection.
    pub collection: &'static str,
    /// The key in it.
    pub key: EcoString,
    /// What it says.
    pub value: Node,
    /// The object that it makes.
    pub object: usize,
}

/// The collections in the order in which they are written.
const ORDER: &[&str] = &[
    "namespaces",
    "deployments",
    "statefulSets",
    "daemonSets",
    "jobs",
    "cronJobs",
    "services",
    "ingresses",
    "networkPolicies",
    "configMaps",
    "persistentVolumeClaims",
    "serviceAccounts",
    "roles",
    "roleBindings",
    "clusterRoles",
    "clusterRoleBindings",
    "podDisruptionBudgets",
    "horizontalPodAutoscalers",
    "resourceQuotas",
    "limitRanges",
    "priorityClasses",
    RESOURCES,
];

/// Layer 1.
const RESOURCES: &str = "resources";

impl Plan {
    /// The plan in which the objects that `raw` says are written as they are, and all others in layer 2 as far as it
    /// has words for them.
    pub fn of(ground: &Ground<'_>, raw: &[bool]) -> Plan {
        let namespace = common_namespace(ground.objects);
        let mut workloads = Workloads::default();
        for (object, _) in ground.objects.iter().zip(raw).filter(|(_, raw)| !**raw) {
            workloads.add(object);
        }
        let around = Surroundings {
            namespace,
            compliance: ground.compliance,
            native_sidecars: ground.version.minor() >= Minor(29),
            workloads,
        };
        let made: Vec<Option<Made>> = (ground.objects.iter().zip(raw))
            .map(|(object, raw)| if *raw { None } else { entries::entry(object, &around) })
            .collect();
        let by_entry: Vec<bool> = made.iter().map(Option::is_some).collect();
        let mut entries = name(ground, made);
        let force_namespaces = settle_namespaces(ground.objects, &by_entry, namespace, &mut entries);
        entries.sort_by_key(|entry| ORDER.iter().position(|name| *name == entry.collection));
        Plan { framework: framework(ground, namespace), force_namespaces, entries, by_entry }
    }
}

/// Gives the entries and objects keys that nobody else has: first the entries, whose objects have keys in `resources` too.
fn name(ground: &Ground<'_>, made: Vec<Option<Made>>) -> Vec<Entry> {
    let mut keys = Keys::default();
    let (mut entries, mut others) = (Vec::with_capacity(made.len()), Vec::new());
    for (at, (object, made)) in ground.objects.iter().zip(made).enumerate() {
        match made {
            Some(made) => entries.push(keys.entry(object, made, at)),
            None => others.push((at, object)),
        }
    }
    let others = others.into_iter().map(|(at, object)| keys.resource(object, as_it_is(object, ground), at));
    entries.extend(others);
    entries
}

/// The namespace that most objects name, if all of those name one that entries could make.
fn common_namespace(objects: &[Object]) -> Option<&str> {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for object in objects.iter().filter(|object| entries::names_namespace(object)) {
        if object.namespace().is_empty() {
            return None;
        }
        *counts.entry(object.namespace()).or_default() += 1;
    }
    let most = counts.into_iter().max_by(|(a, some), (b, more)| some.cmp(more).then(b.cmp(a)));
    most.map(|(namespace, _)| namespace)
}

fn framework(ground: &Ground<'_>, namespace: Option<&str>) -> Map {
    let text = |text: &str| Node::string(text, Span::NONE);
    let mut framework = Map::default();
    let mut put = |key: &str, value: Option<Node>| {
        if let Some(value) = value {
            framework.set(key, Span::NONE, value);
        }
    };
    put("namespace", namespace.map(text));
    put("kubernetesVersion", ground.asked.map(|version| text(&version.to_string())));
    put("compliance", ground.compliance.of_framework());
    let opaque: Vec<Node> = ground.opaque.iter().map(|kind| text(kind)).collect();
    put("opaqueKinds", (!opaque.is_empty()).then(|| Node::new(NodeKind::List(opaque), Span::NONE)));
    framework
}

/// Leaves out the entries of namespaces that are made anyway. Answers whether others would be made that are not there.
fn settle_namespaces(objects: &[Object], by_entry: &[bool], common: Option<&str>, entries: &mut Vec<Entry>) -> bool {
    let used = objects.iter().zip(by_entry).filter(|(_, by_entry)| **by_entry).map(|(object, _)| object.namespace());
    let mut made: FxHashSet<&str> = used.filter(|namespace| Some(*namespace) != common).collect();
    made.extend(common);
    made.retain(|namespace| !namespace.is_empty() && *namespace != "default");
    let is_namespace = |object: &&Object| object.kind() == "Namespace" && object.api_version() == "v1";
    let there: FxHashSet<&str> = objects.iter().filter(is_namespace).map(Object::name).collect();
    if !made.is_subset(&there) {
        return true;
    }
    let is_empty = |node: &Node| node.as_map().is_some_and(|map| map.fields.is_empty());
    entries.retain(|entry| {
        let needless = is_empty(&entry.value) && made.contains(objects[entry.object].name());
        entry.collection != "namespaces" || !needless
    });
    false
}

/// The object in layer 1. Its `apiVersion` is left out where it is the preferred one, and so are the labels that the
/// framework puts on all objects.
fn as_it_is(object: &Object, ground: &Ground<'_>) -> Node {
    let mut node = bare(&object.node);
    let preferred = ground.version.preferred(object.kind()).map(|kind| kind.api_version());
    if let Some(map) = node.as_map_mut().filter(|_| preferred.as_deref() == Some(object.api_version())) {
        map.fields.retain(|field| field.key != "apiVersion");
    }
    forget_compliance(&mut node, &["metadata"], ground.compliance);
    if let Some(path) = pod_spec_path(object.kind()).filter(|path| path.len() > 1) {
        let template = &path[..path.len() - 1];
        forget_compliance(&mut node, &[template, &["metadata"]].concat(), ground.compliance);
    }
    if object.kind() == "CronJob" {
        forget_compliance(&mut node, &["spec", "jobTemplate", "metadata"], ground.compliance);
    }
    node
}

fn forget_compliance(node: &mut Node, metadata: &[&str], compliance: &Compliance) {
    let metadata = metadata.iter().try_fold(node, |node, key| node.as_map_mut()?.get_mut(key));
    let Some(metadata) = metadata.and_then(Node::as_map_mut) else { return };
    if let Some(labels) = metadata.get_mut("labels").and_then(Node::as_map_mut) {
        let some = compliance.split(labels).iter().any(Option::is_some);
        if some && labels.fields.is_empty() {
            metadata.fields.retain(|field| field.key != "labels");
        }
    }
}

/// The keys that are taken.
#[derive(Default)]
struct Keys(FxHashSet<(&'static str, EcoString)>);

impl Keys {
    fn entry(&mut self, object: &Object, made: Made, at: usize) -> Entry {
        let name: EcoString = object.name().into();
        let apart = eco_format!("{}-{name}", object.namespace());
        let key = self.free(made.collection, [name.clone(), apart]);
        let kind = object.kind();
        self.0.insert((RESOURCES, eco_format!("{kind}/{name}")));
        self.0.insert((RESOURCES, eco_format!("{kind}/{}/{name}", object.namespace())));
        let mut fields = made.fields;
        if kebab(&key) != name {
            let field = Field { key: "name".into(), key_span: Span::NONE, value: Node::string(name, Span::NONE) };
            fields.fields.insert(0, field);
        }
        Entry { collection: made.collection, key, value: Node::new(NodeKind::Map(fields), Span::NONE), object: at }
    }

    fn resource(&mut self, object: &Object, value: Node, at: usize) -> Entry {
        let (kind, name) = (object.kind(), object.name());
        let plain = eco_format!("{kind}/{name}");
        let apart = match object.namespace() {
            "" => eco_format!("{kind}/{name}/{}", object.api_version()),
            namespace => eco_format!("{kind}/{namespace}/{name}"),
        };
        let key = self.free(RESOURCES, [plain, apart]);
        Entry { collection: RESOURCES, key, value, object: at }
    }

    /// The first of these keys that is not taken, or one with a number.
    fn free(&mut self, collection: &'static str, wanted: [EcoString; 2]) -> EcoString {
        let [_, last] = wanted.clone();
        let numbered = (2..).map(|number| eco_format!("{last}-{number}"));
        let mut keys = wanted.into_iter().chain(numbered);
        let free = keys.find(|key| self.0.insert((collection, key.clone())));
        free.unwrap_or(last)
    }
}
