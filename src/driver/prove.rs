//! What must hold for the finished objects before they are written.

use std::time::Instant;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::evaluate::placed;
use super::examine::{Examined, Examiner};
use super::network::Network;
use super::{Coverage, Evaluated, Lowered, Session};
use crate::diag::{Code, Diagnostic, Severity};
use crate::emit::order;
use crate::eval::Depth;
use crate::layers::{Identity, Object};
use crate::lower::{confine_secrets, reveal_secrets};
use crate::node::Node;
use crate::parallel;
use crate::policy::{self, Compliance};
use crate::schema::Minor;
use crate::source::{SourceMap, Span};
use crate::symbol::Symbol;
use crate::value::Kind;

/// Objects that have been checked.
pub struct Proved {
    pub(super) objects: Vec<Object>,
    /// How many had a schema to be checked against.
    checked: usize,
    version: Minor,
    /// The keys of those that tell a GitOps tool what to deploy.
    apart: FxHashSet<EcoString>,
    /// What was proved of the network; nothing where objects are missing.
    pub(super) network: Option<Network>,
}

/// The objects in the order in which they can be installed, with their keys in the order in which
/// people write them.
pub struct Ordered {
    /// The objects that are deployed.
    pub objects: Vec<Node>,
    /// Those that tell a GitOps tool what to deploy.
    pub gitops: Vec<Node>,
    /// How much was checked.
    pub coverage: Coverage,
}

/// The collections whose entries may say something of compliance, from the highest layer down.
pub(super) const COLLECTIONS: &[&str] = &[
    "applications",
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
    "nativeSecrets",
    "sealedSecrets",
    "namespaces",
    "serviceAccounts",
    "roles",
    "roleBindings",
    "clusterRoles",
    "clusterRoleBindings",
    "persistentVolumeClaims",
    "podDisruptionBudgets",
    "horizontalPodAutoscalers",
    "resourceQuotas",
    "limitRanges",
    "priorityClasses",
    "externalSecrets",
    "secretStores",
    "serviceMonitors",
    "policies",
];

impl Proved {
    /// How much was checked.
    pub(super) fn coverage(&self) -> Coverage {
        Coverage { objects: self.objects.len(), checked: self.checked, versions: vec![self.version] }
    }
}

impl Session {
    /// Checks every object: the places of its secrets, its schema, that it is there only once, its images, its sealed
    /// values, and the compliance of its entry.
    pub fn prove(&mut self, evaluated: &Evaluated, mut lowered: Lowered) -> Proved {
        let start = Instant::now();
        // What could not be computed may be what a policy or a connection misses.
        let whole = !self.has_errors();
        let mut examined = std::mem::take(&mut lowered.examined);
        self.confine_secrets(evaluated, &mut lowered.objects, &mut examined);
        let objects = &lowered.objects;
        let checked = examined.iter().filter(|examined| examined.has_schema).count();
        self.tell(objects, examined.iter_mut().map(|examined| std::mem::take(&mut examined.misfits)));
        let twice = told_twice(objects, &self.machine.sources);
        self.machine.findings.extend(twice);
        self.demand_compliance(evaluated);
        self.tell(objects, examined.into_iter().map(|examined| examined.contents));
        self.check_admission(evaluated, &lowered);
        self.find_selected_pods(evaluated, objects);
        let network = whole.then(|| self.prove_network(evaluated, objects));
        self.comply(evaluated, &lowered);
        self.check_seals(evaluated, objects);
        self.timings.add("prove", start.elapsed());
        let version = evaluated.target.version.minor();
        Proved { objects: lowered.objects, checked, version, apart: evaluated.apart.clone(), network }
    }

    /// Takes secrets out of where they may not stand. What is left of such an object is examined again.
    fn confine_secrets(&mut self, evaluated: &Evaluated, objects: &mut [Object], examined: &mut [Examined]) {
        for (object, examined) in objects.iter_mut().zip(examined) {
            let misplaced = confine_secrets(&self.machine, object);
            if !misplaced.is_empty() {
                self.machine.findings.extend(misplaced);
                *examined = Examiner::new(evaluated).examine(object);
            }
        }
    }

    /// Reports what was found in each of the objects.
    fn tell(&mut self, objects: &[Object], found: impl Iterator<Item = Vec<Diagnostic>>) {
        for (object, found) in objects.iter().zip(found) {
            let found: Vec<Diagnostic> =
                found.into_iter().map(|finding| placed(finding, &self.machine, object)).collect();
            self.machine.findings.extend(found);
        }
    }

    /// Puts the objects in the order in which they can be installed.
    pub fn order(&mut self, proved: Proved) -> Ordered {
        let start = Instant::now();
        let coverage = proved.coverage();
        let arranged = |mut object: Object| {
            order::arrange(&mut object.node);
            object
        };
        let ((), objects) = parallel::alongside(arranged, |hand_out| proved.objects.into_iter().for_each(hand_out));
        let (gitops, objects): (Vec<Object>, Vec<Object>) =
            objects.into_iter().partition(|object| proved.apart.contains(&object.key));
        let [objects, gitops] = [objects, gitops].map(|objects| {
            let mut nodes: Vec<Node> = objects.into_iter().map(|object| object.node).collect();
            order::install_order(&mut nodes);
            nodes
        });
        self.timings.add("order", start.elapsed());
        Ordered { objects, gitops, coverage }
    }

    /// Puts the bytes of secrets into the objects. This is for writing the manifests and nothing else.
    pub fn reveal(&mut self, ordered: &mut Ordered) {
        reveal_secrets(&mut self.machine, &mut ordered.objects);
    }

    /// Once compliance is spoken of, what belongs to it must be complete: for the framework, and for each entry.
    fn demand_compliance(&mut self, evaluated: &Evaluated) {
        let framework = evaluated.compliance();
        let floor = evaluated.environment_level();
        let general = policy::demand(&framework, "`framework.compliance`", Span::NONE);
        if !general.is_empty() {
            let place = [&framework.level, &framework.framework]
                .into_iter()
                .flatten()
                .next()
                .map_or(Span::NONE, |node| node.span);
            let at = |mut finding: Diagnostic| {
                finding.primary.span = place;
                finding.secondary.clear();
                finding
            };
            self.machine.findings.extend(general.into_iter().map(at));
        }
        let low = framework.below(floor, "`framework.compliance`", evaluated.environment());
        self.machine.findings.extend(low);
        // An entry that a layer made keeps the key of the entry above it, which has been asked already.
        let mut asked = FxHashSet::default();
        for collection in COLLECTIONS {
            let entries = evaluated.configuration.get(&mut self.machine, &[Symbol::new(collection)]);
            let Ok(entries) = entries else { continue };
            let Kind::Attrs(entries) = &entries.kind else { continue };
            for attr in entries.sorted() {
                if !self.machine.sources.is_user(attr.span) || !asked.insert(attr.span) {
                    continue;
                }
                let Some(own) = self.entry_compliance(&attr.value, attr.span) else { continue };
                if own.framework.is_none() && own.level.is_none() {
                    continue;
                }
                let what = format!("`{collection}.{}`", attr.name);
                let own = own.within(&framework);
                self.machine.findings.extend(policy::demand(&own, &what, attr.span));
                self.machine.findings.extend(own.below(floor, &what, evaluated.environment()));
            }
        }
    }

    fn entry_compliance(&mut self, entry: &crate::value::Thunk, span: Span) -> Option<Compliance> {
        let entry = self.machine.force_at(entry, span).ok()?;
        let Kind::Attrs(fields) = &entry.kind else { return None };
        let compliance = fields.named("compliance")?.clone();
        let node = self.machine.node(&compliance.value, Depth::Everything, span).ok()?;
        Some(Compliance::read(&node))
    }

    /// What selects pods should find some.
    fn find_selected_pods(&mut self, evaluated: &Evaluated, objects: &[Object]) {
        // What could not be computed may have the pods that are missed.
        if self.machine.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return;
        }
        for (object, finding) in policy::without_pods(objects, Some(&evaluated.compliance().prefix)) {
            let finding = placed(finding, &self.machine, object);
            self.machine.findings.push(finding);
        }
    }
}

/// No two objects may be the same object.
pub(super) fn told_twice(objects: &[Object], sources: &SourceMap) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: FxHashMap<Identity, &Object> = FxHashMap::default();
    for object in objects {
        if object.name().is_empty() {
            continue;
        }
        let Some(first) = seen.insert(object.identity(), object) else { continue };
        // The later one in the user's text is pointed at; what a layer made by itself has no place there.
        let place = |object: &Object| (sources.is_user(object.entry), object.entry);
        let (a, b) = if place(first) <= place(object) { (first, object) } else { (object, first) };
        let message = format!("`{}` and `{}` are the same object, {object}", a.key, b.key);
        let finding = Diagnostic::new(Code::DuplicateObject, b.entry, message)
            .label("the second one")
            .also(a.entry, "the first one")
            .object(object.to_string())
            .hint(match made_by_layer(a) {
                true => {
                    format!("to change what a layer makes, define `resources.\"{}\"`; else use another name", a.key)
                }
                false => "remove one of the two, or give it another name".into(),
            });
        findings.push(finding);
    }
    findings
}

/// Layers give their objects the key `<Kind>/<name>`.
fn made_by_layer(object: &Object) -> bool {
    object.key.strip_prefix(object.kind()).is_some_and(|rest| rest.starts_with('/'))
}
