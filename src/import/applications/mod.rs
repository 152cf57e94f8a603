//! Layer 3: from the objects that one application makes to the application.
//!
//! A compile gives all objects of an application its name, in their labels and in their own names. So those that carry the
//! labels are gathered around their workload: `web`, its Service `web`, its claim `web-data`, its policies `web-ingress` and
//! `web-egress`. Manifests that no compile has made have no such labels, and nothing here touches them.
//!
//! The rules of `entries` take an object apart, so that nothing is forgotten. Here it is the other way around: layer 3 says
//! little, so the rules look for what it has words for and differs from its defaults, and what they overlook is missing in the
//! objects that the proof compares. An application that is not right in one object is given up as a whole, and its objects
//! are tried in the layers below. Its connections then stand on the other side alone: a dependency on it becomes `egress`.

mod around;
mod containers;
mod group;
mod network;
mod pods;
mod secrets;

use std::collections::BTreeMap;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::compare::bare;
use super::compliance::Compliance;
use super::parts::{Fields, bool_node, says_something, text_node};
use crate::layers::Object;
use crate::node::{Map, Node};
use crate::schema::{Minor, Version};

use around::Settings;
use group::{Group, MANAGED_BY, NAME, PART_OF, Stock, items, label, metadata};
use network::Cluster;
use pods::{Workload, runs_pods};

/// What rules ask of the objects as a whole.
pub(super) struct Surroundings<'a> {
    /// All of them.
    pub objects: &'a [Object],
    /// `framework.namespace`
    pub namespace: Option<&'a str>,
    /// What labels say of compliance.
    pub compliance: &'a Compliance,
    /// What they are for.
    pub version: Version<'static>,
}

/// The applications of a configuration.
#[derive(Default)]
pub(super) struct Found {
    /// Each of them, in the order of their workloads.
    pub applications: Vec<Application>,
    /// What `framework` has to say for them.
    pub framework: Map,
    /// The objects that the framework makes for them.
    pub denials: Vec<usize>,
}

/// An application that should make some objects.
pub(super) struct Application {
    /// The object that runs.
    pub workload: usize,
    /// All objects, the workload first.
    pub members: Vec<usize>,
    /// What it says.
    pub fields: Map,
}

/// The applications that should make the objects that are `free`.
pub(super) fn find(around: &Surroundings<'_>, free: impl Fn(usize) -> bool) -> Found {
    let stock = Stock::of(around.objects, &free);
    let candidates = around.objects.iter().enumerate().filter(|(at, object)| free(*at) && is_workload(object));
    let candidates: Vec<(usize, &Object)> = candidates.collect();
    let Some(project) = common_project(&candidates) else { return Found::default() };
    let observed = Observed::of(around, &free);
    let mut dns = None;
    let mut groups: Vec<Group> = Vec::new();
    let mut places: FxHashSet<(&str, &str)> = FxHashSet::default();
    for (at, object) in candidates {
        let own = label(&object.node, PART_OF) == Some(&project);
        if own && places.insert((object.namespace(), object.name())) {
            let mut group = Group::of(at, object);
            if let Some(party) = gather(&mut group, object, &stock, around, &observed) {
                dns = dns.or(party);
                groups.push(group);
            }
        }
    }
    if groups.is_empty() {
        return Found::default();
    }
    let cluster = Cluster::of(&groups, dns);
    network::connect(&mut groups, &cluster);
    let (mut network, denials) = denied(&groups, &stock);
    let mut framework = Fields::default();
    framework.put("project", text_node(project));
    cluster.say(&mut network);
    let by_name = groups.iter().any(|group| !group.hosts.is_empty());
    network.put("cni", by_name.then(|| text_node("cilium")));
    framework.put_map("network", network.0);
    framework.put_map("observability", observed.said());
    let applications = groups.into_iter().filter_map(|group| finish(group, around)).collect();
    Found { applications, framework: framework.0, denials }
}

/// Whether it is the workload of an application.
fn is_workload(object: &Object) -> bool {
    let label = |key| label(&object.node, key);
    runs_pods(object)
        && label(NAME) == Some(object.name())
        && label(MANAGED_BY) == Some("nxk")
        && label("app").is_some()
}

/// What most of them are part of.
fn common_project(candidates: &[(usize, &Object)]) -> Option<EcoString> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for project in candidates.iter().filter_map(|(_, object)| label(&object.node, PART_OF)) {
        *counts.entry(project).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(project, _)| project.into())
}

/// Takes the objects of an application, and says what they say; `None` where that cannot be said.
fn gather(
    group: &mut Group,
    object: &Object,
    stock: &Stock<'_>,
    around: &Surroundings<'_>,
    observed: &Observed,
) -> Option<Option<network::Party>> {
    let workload = Workload::of(object, &group.name)?;
    workload.say(group, stock, around.version.minor() >= Minor(29))?;
    let of = Settings { version: around.version, operator: observed.operator, interval: observed.interval.as_ref() };
    around::say(group, stock, &workload, of)?;
    network::policies(group, stock)
}

/// Says what is common to all of an application's objects.
fn finish(group: Group, around: &Surroundings<'_>) -> Option<Application> {
    let node = &around.objects[group.workload].node;
    let mut labels = metadata(node, "labels");
    let said = around.compliance.split(&mut labels);
    let usual = |key: &str, value: &Node| match key {
        NAME | PART_OF | MANAGED_BY => true,
        "app" => value.as_str() == Some(&group.name),
        _ => false,
    };
    labels.fields.retain(|field| !usual(&field.key, &field.value));
    let mut fields = Fields::default();
    if around.namespace != Some(&group.namespace) && !group.namespace.is_empty() {
        fields.put_text("namespace", Some(group.namespace));
    }
    fields.0.fields.extend(group.fields.0.fields);
    fields.put("compliance", around.compliance.of_entry(&said)?);
    fields.put_map("labels", labels);
    fields.put_map("annotations", group.annotations);
    Some(Application { workload: group.workload, members: group.members, fields: fields.0 })
}

/// What is to be said of policies as a whole, and the objects that follow from it.
fn denied(groups: &[Group], stock: &Stock<'_>) -> (Fields, Vec<usize>) {
    let mut network = Fields::default();
    let namespaces: FxHashSet<&str> = groups.iter().map(|group| group.namespace.as_str()).collect();
    let denial = |namespace: &&str| {
        let (at, object) = stock.find("NetworkPolicy", namespace, "default-deny")?;
        Some((at, network::denial(&bare(&object.node))?))
    };
    let mut all: Vec<(usize, [bool; 2])> = namespaces.iter().filter_map(denial).collect();
    all.sort_unstable();
    let alike = all.iter().all(|(_, sides)| *sides == all[0].1);
    if all.len() == namespaces.len() && alike {
        for (option, denied) in ["defaultDenyIngress", "defaultDenyEgress"].iter().zip(all[0].1) {
            network.put(option, (!denied).then(|| bool_node(false)));
        }
        return (network, all.into_iter().map(|(at, _)| at).collect());
    }
    let none = groups.iter().all(|group| group.from.is_empty() && group.to.is_empty());
    network.put("policyMode", text_node(if none { "off" } else { "allow-defined" }));
    (network, Vec::new())
}

/// Whether and how the Prometheus operator watches.
struct Observed {
    operator: bool,
    interval: Option<Node>,
    labels: Map,
}

impl Observed {
    /// What the ServiceMonitors have in common.
    fn of(around: &Surroundings<'_>, free: &impl Fn(usize) -> bool) -> Observed {
        let is_monitor = |(at, object): &(usize, &Object)| object.kind() == "ServiceMonitor" && free(*at);
        let monitors = around.objects.iter().enumerate().filter(is_monitor).map(|(_, object)| &object.node);
        let monitors: Vec<&Node> = monitors.filter(|node| label(node, MANAGED_BY) == Some("nxk")).collect();
        let mut observed = Observed { operator: !monitors.is_empty(), interval: None, labels: Map::default() };
        let Some(first) = monitors.first() else { return observed };
        let endpoint = items(first, &["spec", "endpoints"]).first();
        observed.interval = endpoint.and_then(|endpoint| endpoint.get("interval")).map(bare);
        observed.labels = metadata(first, "labels");
        around.compliance.split(&mut observed.labels);
        let name = label(first, NAME);
        let own = |object: &&Object| is_workload(object) && Some(object.name()) == name;
        let own = around.objects.iter().find(own).map(|object| metadata(&object.node, "labels")).unwrap_or_default();
        observed.labels.fields.retain(|field| own.get(&field.key) != Some(&field.value));
        observed
    }

    /// `framework.observability`
    fn said(self) -> Map {
        let mut fields = Fields::default();
        fields.put("prometheus", self.operator.then(|| bool_node(true)));
        fields.put("interval", self.interval.filter(says_something));
        fields.put_map("monitorLabels", self.labels);
        fields.0
    }
}
