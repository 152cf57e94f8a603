//! The configuration as data, before it is text: what the framework says, and an entry for each object or application.

use std::collections::BTreeMap;
use std::rc::Rc;

use ecow::{EcoString, eco_format};
use rustc_hash::{FxHashMap, FxHashSet};

use super::applications::{self, Found, Together};
use super::compare::bare;
use super::compliance::Compliance;
use super::entries::{self, Made, Surroundings, Workloads};
use super::keys::Keys;
use crate::layers::{Object, pod_spec_path};
use crate::node::{Map, Node, NodeKind};
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
    /// The objects that lie in files of their own: definitions of custom resources.
    pub definitions: &'a [Definition],
}

/// A definition of custom resources in a file beside the configuration.
#[derive(Clone)]
pub(super) struct Definition {
    /// The object.
    pub object: usize,
    /// The file, as a path below the configuration's folder.
    pub file: String,
}

/// A layer of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// Layer 1: objects as they are.
    Resources,
    /// Layer 2: an entry for each object.
    Entries,
    /// Layer 3: an application for several.
    Applications,
}

/// How objects are to be made, as far as it is known what works.
pub(super) struct Wish {
    /// By object: the highest layer that may make it.
    pub highest: Vec<Layer>,
    /// What layer 1 adds to objects that applications make.
    pub patches: BTreeMap<usize, Node>,
    /// What is said of all applications together.
    pub together: Together,
    /// Whether labels of many objects get a name.
    pub share: bool,
}

impl Wish {
    /// Any layer may make any of so many objects.
    pub fn new(objects: usize) -> Wish {
        Wish {
            highest: vec![Layer::Applications; objects],
            patches: BTreeMap::new(),
            together: Together::Everything,
            share: true,
        }
    }

    /// Leaves a layer for the one below.
    pub fn leave(&mut self, layer: Layer) {
        let below = if layer == Layer::Applications { Layer::Entries } else { Layer::Resources };
        self.highest.iter_mut().for_each(|highest| *highest = below.min(*highest));
    }
}

/// A configuration.
pub(super) struct Plan {
    /// `framework`
    pub framework: Map,
    /// Whether namespaces would be made that are not among the objects, so that `namespaces` has to be the last word.
    pub force_namespaces: bool,
    /// The objects in files of their own, with their keys in layer 1.
    pub definitions: Vec<(EcoString, Definition)>,
    /// The entries, in the order in which they are written.
    pub entries: Vec<Entry>,
    /// By object: the layer that makes it.
    pub layers: Vec<Layer>,
    /// The objects of each application, by the object.
    together: FxHashMap<usize, Rc<[usize]>>,
}

/// An entry of a collection.
pub(super) struct Entry {
    /// The collection.
    pub collection: &'static str,
    /// The key in it.
    pub key: EcoString,
    /// What it says.
    pub value: Node,
    /// The object that it makes, of several the one that runs.
    pub object: usize,
}

/// The collections in the order in which they are written.
const ORDER: &[&str] = &[
    "namespaces",
    SECRETS,
    APPLICATIONS,
    "deployments",
    "statefulSets",
    "daemonSets",
    "jobs",
    "cronJobs",
    "services",
    "ingresses",
    "httpRoutes",
    "networkPolicies",
    "configMaps",
    "externalSecrets",
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
    "serviceMonitors",
    RESOURCES,
];

/// Layer 3.
pub(super) const APPLICATIONS: &str = "applications";
/// What applications share of layer 3.
pub(super) const SECRETS: &str = "secrets";
/// Layer 1.
pub(super) const RESOURCES: &str = "resources";

impl Plan {
    /// The plan in which each object is made by the highest layer that has words for it and may.
    pub fn of(ground: &Ground<'_>, wish: &Wish) -> Plan {
        let highest = &wish.highest;
        let namespace = common_namespace(ground.objects);
        let found = applications::find(
            &applications::Surroundings {
                objects: ground.objects,
                namespace,
                compliance: ground.compliance,
                version: ground.version,
                together: wish.together,
            },
            |at| highest[at] == Layer::Applications,
        );
        let mut layers = vec![Layer::Entries; highest.len()];
        let members = found.applications.iter().flat_map(|application| &application.members);
        let shared = found.secrets.iter().map(|secret| &secret.object);
        members.chain(shared).chain(&found.made).for_each(|at| layers[*at] = Layer::Applications);
        let made = below(ground, highest, &mut layers, namespace);
        let framework = framework(ground, namespace, &found);
        let (mut entries, definitions) = name(ground, &found, made, &layers);
        entries.extend(patches(ground.objects, wish, &layers, namespace.unwrap_or("default")));
        let force_namespaces = settle_namespaces(ground, &layers, namespace, &mut entries);
        entries.sort_by_key(|entry| ORDER.iter().position(|name| *name == entry.collection));
        let mut together = FxHashMap::default();
        for application in found.applications {
            let members: Rc<[usize]> = application.members.into();
            together.extend(members.iter().map(|at| (*at, Rc::clone(&members))));
        }
        Plan { framework, force_namespaces, definitions, entries, layers, together }
    }

    /// The objects of the application that makes this one.
    pub fn together(&self, at: usize) -> &[usize] {
        self.together.get(&at).map_or(&[], |members| members)
    }
}

/// What is added to the objects of applications, under the keys that these have in layer 1.
fn patches(objects: &[Object], wish: &Wish, layers: &[Layer], standard: &str) -> Vec<Entry> {
    let used: Vec<(&usize, &Node)> =
        wish.patches.iter().filter(|(at, _)| layers[**at] == Layer::Applications).collect();
    let mut called: FxHashMap<(&str, &str), usize> =
        used.iter().map(|(at, _)| ((objects[**at].kind(), objects[**at].name()), 0)).collect();
    for (object, _) in objects.iter().zip(layers).filter(|(_, layer)| **layer > Layer::Resources) {
        called.entry((object.kind(), object.name())).and_modify(|count| *count += 1);
    }
    let entry = |(at, patch): (&usize, &Node)| {
        let (kind, namespace, name) = (objects[*at].kind(), objects[*at].namespace(), objects[*at].name());
        let alone = called[&(kind, name)] < 2 || namespace == standard || namespace.is_empty();
        let key = if alone { eco_format!("{kind}/{name}") } else { eco_format!("{kind}/{namespace}/{name}") };
        Entry { collection: RESOURCES, key, value: patch.clone(), object: *at }
    };
    used.into_iter().map(entry).collect()
}

/// The entries of the objects that no application makes, and the layers that they come to.
fn below(ground: &Ground<'_>, highest: &[Layer], layers: &mut [Layer], namespace: Option<&str>) -> Vec<Option<Made>> {
    let mut workloads = Workloads::default();
    for (object, _) in ground.objects.iter().zip(highest).filter(|(_, highest)| **highest > Layer::Resources) {
        workloads.add(object);
    }
    let around = Surroundings {
        namespace,
        compliance: ground.compliance,
        native_sidecars: ground.version.minor() >= Minor(29),
        workloads,
    };
    let mut made = Vec::with_capacity(layers.len());
    for ((object, highest), layer) in ground.objects.iter().zip(highest).zip(layers) {
        let tried = *layer == Layer::Entries && *highest > Layer::Resources;
        let entry = if tried { entries::entry(object, &around) } else { None };
        if *layer == Layer::Entries && entry.is_none() {
            *layer = Layer::Resources;
        }
        made.push(entry);
    }
    made
}

/// Gives the entries and objects keys that nobody else has: first the applications and entries, whose objects have keys in
/// the layers below too.
fn name(
    ground: &Ground<'_>,
    found: &Found,
    made: Vec<Option<Made>>,
    layers: &[Layer],
) -> (Vec<Entry>, Vec<(EcoString, Definition)>) {
    let mut keys = Keys::default();
    let (mut entries, mut others) = (Vec::with_capacity(made.len()), Vec::new());
    found.made.iter().for_each(|at| keys.made(&ground.objects[*at]));
    entries.extend(found.secrets.iter().map(|secret| keys.secret(ground.objects, secret)));
    entries.extend(found.applications.iter().map(|application| keys.application(ground.objects, application)));
    for (at, (object, made)) in ground.objects.iter().zip(made).enumerate() {
        match made {
            Some(made) => entries.push(keys.entry(object, made, at)),
            None if layers[at] == Layer::Resources => others.push((at, object)),
            None => {}
        }
    }
    let mut definitions = Vec::with_capacity(ground.definitions.len());
    for definition in ground.definitions {
        definitions.push((keys.resource(&ground.objects[definition.object]), definition.clone()));
    }
    let apart: FxHashSet<usize> = ground.definitions.iter().map(|definition| definition.object).collect();
    others.retain(|(at, _)| !apart.contains(at));
    let others = others.into_iter().map(|(at, object)| Entry {
        collection: RESOURCES,
        key: keys.resource(object),
        value: as_it_is(object, ground),
        object: at,
    });
    entries.extend(others);
    (entries, definitions)
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

fn framework(ground: &Ground<'_>, namespace: Option<&str>, found: &Found) -> Map {
    let text = |text: &str| Node::string(text, Span::NONE);
    let mut framework = Map::default();
    let mut put = |key: &str, value: Option<Node>| {
        if let Some(value) = value {
            framework.set(key, Span::NONE, value);
        }
    };
    put("project", found.framework.get("project").cloned());
    put("namespace", namespace.map(text));
    put("kubernetesVersion", ground.asked.map(|version| text(&version.to_string())));
    put("environment", found.framework.get("environment").cloned());
    put("compliance", ground.compliance.of_framework());
    for option in ["network", "observability", "secrets", "defaults"] {
        put(option, found.framework.get(option).cloned());
    }
    let opaque: Vec<Node> = ground.opaque.iter().map(|kind| text(kind)).collect();
    put("opaqueKinds", (!opaque.is_empty()).then(|| Node::new(NodeKind::List(opaque), Span::NONE)));
    framework
}

/// Leaves out the entries of namespaces that are made anyway. Answers whether others would be made that are not there.
fn settle_namespaces(ground: &Ground<'_>, layers: &[Layer], common: Option<&str>, entries: &mut Vec<Entry>) -> bool {
    let objects = ground.objects;
    let above = objects.iter().zip(layers).filter(|(_, layer)| **layer > Layer::Resources);
    let used = above.map(|(object, _)| object.namespace());
    let mut made: FxHashSet<&str> = used.filter(|namespace| Some(*namespace) != common).collect();
    made.extend(common);
    made.retain(|namespace| !namespace.is_empty() && *namespace != "default");
    let is_namespace = |object: &&Object| object.kind() == "Namespace" && object.api_version() == "v1";
    let there: FxHashSet<&str> = objects.iter().filter(is_namespace).map(Object::name).collect();
    if !made.is_subset(&there) {
        return true;
    }
    let usual = |node: &Node| node.as_map().is_some_and(|map| ground.compliance.is_usual_namespace(map));
    entries.retain(|entry| {
        let needless = usual(&entry.value) && made.contains(objects[entry.object].name());
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
        let all = labels.fields.len();
        compliance.split(labels);
        if labels.fields.is_empty() && all > 0 {
            metadata.fields.retain(|field| field.key != "labels");
        }
    }
}
