//! Layer 3: from the objects that one application makes to the application.
//!
//! A compile gives all objects of an application its name, in their labels and in their own names. So those that carry the
//! labels are gathered around their workload: `web`, its Service `web`, its claim `web-data`, its policies `web-ingress` and
//! `web-egress`. Other tools may write the same labels, with other values in those that an application may choose; objects
//! without them are left alone.
//!
//! The rules of `entries` take an object apart, so that nothing is forgotten. Here it is the other way around: layer 3 says
//! little, so the rules look for what it has words for and differs from its defaults, and what they overlook is missing in the
//! objects that the proof compares. An application that is not right in one object is given up as a whole, and its objects
//! are tried in the layers below. Its connections then stand on the other side alone: a dependency on it becomes `egress`.
//!
//! What most applications have in common is said once, in `framework` and `secrets`. A mistake there is nobody's in
//! particular, so it can be asked for less of it ([`Together`]).

mod around;
mod cluster;
mod containers;
mod defaults;
mod exposure;
mod external;
mod group;
mod monitoring;
mod network;
mod pods;
mod secrets;
mod stores;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::compare::bare;
use super::compliance::Compliance;
use super::parts::{Fields, bool_node, text_node};
use crate::layers::Object;
use crate::node::{Map, Node};
use crate::schema::Version;

use cluster::Cluster;
use external::External;
use group::{Group, MANAGED_BY, NAME, PART_OF, Stock, label, metadata, most_common};
use monitoring::Observed;
use pods::{Workload, is_workload};

/// How much is said of all applications together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Together {
    /// All that they have in common.
    Everything,
    /// The same but for the environment, whose rules not all may keep.
    NoEnvironment,
    /// No more than has to be.
    Little,
}

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
    /// What may be said of all applications together.
    pub together: Together,
}

/// What rules ask of the configuration as a whole.
struct Known<'a> {
    stock: Stock<'a>,
    version: Version<'static>,
    observed: Observed,
    external: External,
    /// Whether there are policies of applications.
    policies: bool,
}

/// The applications of a configuration.
#[derive(Default)]
pub(super) struct Found {
    /// Each of them, in the order of their workloads.
    pub applications: Vec<Application>,
    /// What `framework` has to say for them.
    pub framework: Map,
    /// The entries of `secrets`.
    pub secrets: Vec<Secret>,
    /// The objects that the framework makes for them.
    pub made: Vec<usize>,
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

/// A secret that several applications may name.
pub(super) struct Secret {
    /// The object that fetches it.
    pub object: usize,
    /// Its key in `secrets`.
    pub key: EcoString,
    /// What it says.
    pub fields: Map,
}

/// The applications that should make the objects that are `free`.
pub(super) fn find(around: &Surroundings<'_>, free: impl Fn(usize) -> bool) -> Found {
    let stock = Stock::of(around.objects, &free);
    let candidates = around.objects.iter().enumerate().filter(|(at, object)| free(*at) && is_workload(object));
    let candidates: Vec<(usize, &Object)> = candidates.collect();
    let projects = candidates.iter().filter_map(|(_, object)| label(&object.node, PART_OF));
    let Some(project) = most_common(projects).map(EcoString::from) else { return Found::default() };
    let known = Known {
        observed: Observed::of(around, &project, &free),
        external: External::of(&stock, around, &project),
        version: around.version,
        policies: !stock.all("NetworkPolicy").is_empty(),
        stock,
    };
    let (mut groups, dns) = gathered(&candidates, &project, &known);
    if groups.is_empty() {
        return Found::default();
    }
    let (mut framework, made) = all(&mut groups, &known, dns, around.together);
    // Of two with the same name, the one in the usual namespace has it for its key.
    groups.sort_by_key(|group| around.namespace.is_some_and(|usual| usual != group.namespace));
    let said = groups.into_iter().filter_map(|group| finish(group, &project, around));
    let mut applications: Vec<Application> = said.collect();
    framework.put("project", text_node(project));
    if around.together != Together::Little {
        framework.put_map("defaults", defaults::take(&mut applications));
    }
    Found { applications, framework: framework.0, secrets: known.external.shared, made }
}

/// What is said of all applications together, and the objects that the framework makes.
fn all(
    groups: &mut [Group],
    known: &Known<'_>,
    dns: Option<network::Party>,
    together: Together,
) -> (Fields, Vec<usize>) {
    let collector = known.observed.collector.as_ref();
    let cluster = Cluster::of(groups, dns, collector);
    network::connect(groups, &cluster);
    let (mut network, mut made) = denied(groups, &known.stock);
    made.extend(&known.external.made);
    cluster.say(&mut network);
    let by_name = groups.iter().any(|group| !group.hosts.is_empty());
    network.put("cni", by_name.then(|| text_node("cilium")));
    network.put_map("expose", exposure::share(groups, &cluster, together));
    let traced = groups.iter().any(|group| group.traced);
    let mut framework = Fields::default();
    framework.put_text("environment", collector.filter(|_| traced).and_then(|collector| collector.environment.clone()));
    framework.put_map("network", network.0);
    framework.put_map("observability", known.observed.said(groups, &cluster));
    framework.put_map("secrets", known.external.said());
    (framework, made)
}

/// The applications around these workloads, and the pods that resolve names for them.
fn gathered(candidates: &[(usize, &Object)], project: &str, known: &Known<'_>) -> (Vec<Group>, Option<network::Party>) {
    let mut dns = None;
    let mut groups: Vec<Group> = Vec::new();
    let mut places: FxHashSet<(&str, &str)> = FxHashSet::default();
    for (at, object) in candidates {
        // Of two configurations, one is made.
        let other = label(&object.node, PART_OF) != Some(project) && label(&object.node, MANAGED_BY) == Some("nxk");
        if !other && places.insert((object.namespace(), object.name())) {
            let mut group = Group::of(*at, object);
            if let Some(party) = gather(&mut group, object, known) {
                dns = dns.or(party);
                groups.push(group);
            }
        }
    }
    (groups, dns)
}

/// Takes the objects of an application, and says what they say; `None` where that cannot be said.
fn gather(group: &mut Group, object: &Object, known: &Known<'_>) -> Option<Option<network::Party>> {
    let workload = Workload::of(object, &group.name)?;
    let dns = network::policies(group, &known.stock)?;
    workload.say(group, known)?;
    around::say(group, &known.stock, &workload, known.version)?;
    exposure::say(group, &known.stock)?;
    monitoring::say(group, &known.stock, &workload, &known.observed)?;
    Some(dns)
}

/// Says what is common to all of an application's objects.
fn finish(group: Group, project: &str, around: &Surroundings<'_>) -> Option<Application> {
    let node = &around.objects[group.workload].node;
    let mut labels = metadata(node, "labels");
    let said = around.compliance.split(&mut labels);
    let usual = |key: &str, value: &Node| match key {
        NAME => true,
        PART_OF => value.as_str() == Some(project),
        MANAGED_BY => value.as_str() == Some("nxk"),
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
