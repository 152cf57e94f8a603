//! What an operator may want to change: the options that a chart opens, where it can.

use std::ops::Range;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::resources::{self, Unsaid};
use crate::chart::{Opening, can_open};
use crate::eval::scalar_of;
use crate::layers::names::kebab;
use crate::modules::Configuration;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Scalar, Type, TypeRef};
use crate::value::watch::Look;
use crate::value::{Evaluator, Kind, Value};

/// An option with a value that may be opened.
pub(super) struct Candidate {
    /// The way to it.
    pub(super) path: Vec<Symbol>,
    /// Which item of it, if it is a list. The items of a list are next to each other, and all open or all settled.
    pub(super) item: Option<usize>,
    /// Its value.
    pub(super) real: Scalar,
    /// Its type.
    pub(super) ty: Option<TypeRef>,
    /// Its documentation.
    doc: Option<String>,
    /// What all options of its name have in common: the place in [`shapes`].
    pub(super) group: usize,
    /// Whether the configuration speaks of it.
    pub(super) is_said: bool,
    /// Whether nobody speaks of it, and it is what the other of its pair is: a request its limit, or a limit its request.
    pub(super) follows: bool,
    /// The workload that it is about: its namespace and its name.
    pub(super) owner: (EcoString, EcoString),
}

impl Candidate {
    /// Whether both are items of one list.
    pub(super) fn is_beside(&self, other: &Candidate) -> bool {
        self.item.is_some() && other.item.is_some() && self.path == other.path
    }

    /// The way to it, by name.
    pub(super) fn names(&self) -> Vec<EcoString> {
        self.path.iter().map(|name| name.text()).collect()
    }

    /// The same, without copies.
    pub(super) fn way(&self) -> impl Iterator<Item = &'static str> + use<'_> {
        self.path.iter().map(|name| name.as_str())
    }

    /// What a number stands for that is another value of it: of a boolean, 0 and 1.
    pub(super) fn sort(&self) -> fn(i64) -> Scalar {
        match self.real {
            Scalar::Bool(_) => |number| Scalar::Bool(number != 0),
            _ => Scalar::Int,
        }
    }

    /// It, open. `looks`: what was asked of its value.
    pub(super) fn opening(&self, looks: &[Look]) -> Opening {
        let contains = looks.iter().filter_map(|look| match (look, &self.real) {
            (Look::Contains(part), Scalar::Str(text)) => Some((part.clone(), text.contains(part.as_str()))),
            _ => None,
        });
        let differs = looks.iter().filter_map(|look| match look {
            Look::Differs(text) => Some(text.clone()),
            _ => None,
        });
        Opening {
            path: self.names(),
            item: self.item,
            default: self.real.clone(),
            ty: self.ty.clone(),
            doc: self.doc.clone(),
            contains: contains.collect(),
            differs: differs.collect(),
        }
    }
}

/// What is open only together with the candidate `at`: all items of its list.
pub(super) fn together(candidates: &[Candidate], at: usize) -> Range<usize> {
    let first = at - candidates[at].item.unwrap_or_default();
    let others = candidates[first + 1..].iter().take_while(|next| next.is_beside(&candidates[first]));
    first..first + 1 + others.count()
}

/// All candidates of a configuration, those of an entry next to each other.
pub(super) fn candidates(machine: &mut Evaluator, configuration: &Configuration) -> Vec<Candidate> {
    let mut search = Search { configuration, known: FxHashMap::default(), found: Vec::new() };
    let standard = text_at(machine, configuration, &["framework", "namespace"]).unwrap_or_default();
    let mut above = FxHashSet::default();
    let mut group = 0;
    for (collection, shapes) in shapes() {
        let entries = configuration.get(machine, &[Symbol::new(collection)]);
        if let Ok(Value { kind: Kind::Attrs(entries), .. }) = entries {
            for entry in entries.sorted() {
                let key = entry.name.text();
                // What an application was lowered to is changed where the application is.
                if collection == "applications" {
                    above.insert(key.clone());
                } else if is_made(&key, &above) {
                    continue;
                }
                let Ok(value) = machine.force(&entry.value) else { continue };
                let owner = owner(machine, &key, &value, &standard);
                let mut path = vec![Symbol::new(collection), entry.name];
                let before = search.found.len();
                for (at, shape) in shapes.iter().enumerate() {
                    search.walk(machine, &value, shape, &mut path, (group + at, &owner));
                }
                if collection == "applications" {
                    search.complete(machine, &value, &path, (group, &shapes), &owner);
                }
                search.found[before..].sort_by(|a, b| a.way().cmp(b.way()));
            }
        }
        group += shapes.len();
    }
    search.found
}

/// By collection, what is opened of each entry: as an operator thinks of it, what runs, how much of it, and how it is
/// reached. `*` is any name.
fn shapes() -> Vec<(&'static str, Vec<Vec<&'static str>>)> {
    const CONTAINER: &[&str] = &["image", "imagePullPolicy", "env.*", "resources.limits.*", "resources.requests.*"];
    const PLACED: &[&str] = &["nodeSelector.*", "priorityClass", "terminationGracePeriodSeconds"];
    const RUN: &[&str] = &[
        "activeDeadlineSeconds",
        "backoffLimit",
        "concurrencyPolicy",
        "failedJobsHistoryLimit",
        "parallelism",
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "suspend",
        "timeZone",
        "ttlSecondsAfterFinished",
    ];
    const APPLICATION: &[&str] = &[
        "annotations.*",
        "autoscaling.cpu",
        "autoscaling.max",
        "autoscaling.memory",
        "autoscaling.min",
        "configMap.*",
        "expose.annotations.*",
        "expose.className",
        "expose.host",
        "expose.hosts",
        "replicas",
        "schedule",
        "service.annotations.*",
        "service.type",
        "sidecars.*.env.*",
        "sidecars.*.image",
        "sidecars.*.imagePullPolicy",
        "sidecars.*.resources.limits.*",
        "sidecars.*.resources.requests.*",
        "storage.size",
        "storage.storageClass",
    ];
    // What switches parts of objects comes last: where it decides about an object together with a number, the number is opened.
    const SWITCHES: &[&str] = &[
        "autoscaling.enabled",
        "disruptionBudget.maxUnavailable",
        "disruptionBudget.minAvailable",
        "monitoring.prometheus",
        "monitoring.tracing",
    ];
    const WORKLOAD: &[&str] = &["annotations.*", "podAnnotations.*", "replicas", "schedule"];
    let split = |lists: &[&[&'static str]]| -> Vec<Vec<&'static str>> {
        lists.iter().flat_map(|list| list.iter()).map(|shape| shape.split('.').collect()).collect()
    };
    let mut applications = split(&[CONTAINER, APPLICATION, PLACED, SWITCHES]);
    applications.extend(split(&[RUN]).into_iter().map(|shape| [&["job"], shape.as_slice()].concat()));
    vec![
        ("applications", applications),
        ("deployments", split(&[CONTAINER, WORKLOAD, PLACED])),
        ("statefulSets", split(&[CONTAINER, WORKLOAD, PLACED, &["volumeClaimTemplates.*.size"]])),
        ("daemonSets", split(&[CONTAINER, WORKLOAD, PLACED])),
        ("jobs", split(&[CONTAINER, WORKLOAD, PLACED, RUN])),
        ("cronJobs", split(&[CONTAINER, WORKLOAD, PLACED, RUN])),
        ("configMaps", split(&[&["annotations.*", "data.*"]])),
        ("horizontalPodAutoscalers", split(&[&["annotations.*", "cpu", "max", "memory", "min"]])),
        ("httpRoutes", split(&[&["annotations.*", "hostnames"]])),
        ("ingresses", split(&[&["annotations.*", "className", "hosts"]])),
        ("persistentVolumeClaims", split(&[&["annotations.*", "size", "storageClass"]])),
        ("services", split(&[&["annotations.*", "type"]])),
    ]
}

/// Whether an entry of layer 2 belongs to one of the applications: it is called like it, or `<application>-…`.
fn is_made(key: &str, applications: &FxHashSet<EcoString>) -> bool {
    applications.contains(key) || key.match_indices('-').any(|(at, _)| applications.contains(&key[..at]))
}

/// The namespace and the name of an entry's workload.
fn owner(machine: &mut Evaluator, key: &str, entry: &Value, standard: &str) -> (EcoString, EcoString) {
    let mut text = |name: &str| {
        let Kind::Attrs(fields) = &entry.kind else { return None };
        let value = machine.force(&fields.named(name)?.value).ok()?;
        if let Kind::Str(text) = value.kind { Some(text) } else { None }
    };
    let namespace = text("namespace").unwrap_or_else(|| standard.into());
    (namespace, text("name").unwrap_or_else(|| kebab(key).into()))
}

fn text_at(machine: &mut Evaluator, configuration: &Configuration, path: &[&str]) -> Option<EcoString> {
    let path: Vec<Symbol> = path.iter().map(|name| Symbol::new(name)).collect();
    match configuration.get(machine, &path).ok()?.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}

/// What the declaration of a field says it is for.
fn doc_of(machine: &mut Evaluator, ty: &TypeRef, field: Symbol) -> Option<EcoString> {
    let ty = machine.resolve(ty).ok()?;
    match ty.peeled() {
        Type::Record(record) => record.fields.get(&field)?.doc.clone(),
        Type::Union(members) => members.iter().find_map(|member| doc_of(machine, member, field)),
        _ => None,
    }
}

struct Search<'a> {
    configuration: &'a Configuration,
    /// The type and the documentation that all options of a group have.
    known: FxHashMap<usize, (Option<TypeRef>, Option<String>)>,
    found: Vec<Candidate>,
}

impl Search<'_> {
    /// Adds the scalars of `value` that have the `shape`. `about`: the group, and the owner.
    fn walk(
        &mut self,
        machine: &mut Evaluator,
        value: &Value,
        shape: &[&str],
        path: &mut Vec<Symbol>,
        about: (usize, &(EcoString, EcoString)),
    ) {
        let Some((first, rest)) = shape.split_first() else {
            return self.add(machine, value, path, about);
        };
        let Kind::Attrs(fields) = &value.kind else { return };
        let chosen = match *first {
            "*" => fields.sorted(),
            name => fields.named(name).into_iter().collect(),
        };
        for field in chosen {
            if let Ok(inner) = machine.force(&field.value) {
                path.push(field.name);
                self.walk(machine, &inner, rest, path, about);
                path.pop();
            }
        }
    }

    /// Adds the resources that the application at `path` does not speak of. `groups`: the first one, and the shapes of all.
    fn complete(
        &mut self,
        machine: &mut Evaluator,
        application: &Value,
        path: &[Symbol],
        groups: (usize, &[Vec<&str>]),
        owner: &(EcoString, EcoString),
    ) {
        let Some(collection) = resources::collection(machine, application) else { return };
        let Ok(workload) = self.configuration.get(machine, &[Symbol::new(collection), path[1]]) else { return };
        for Unsaid { way, value, follows } in resources::unsaid(machine, application, &workload) {
            let is_of = |shape: &Vec<&str>| {
                shape.len() == way.len() && shape.iter().zip(&way).all(|(a, b)| *a == "*" || *a == b.as_str())
            };
            let Some(at) = groups.1.iter().position(is_of) else { continue };
            let before = self.found.len();
            self.add(machine, &value, &[path, &way].concat(), (groups.0 + at, owner));
            for candidate in &mut self.found[before..] {
                (candidate.is_said, candidate.follows) = (false, follows);
            }
        }
    }

    fn add(
        &mut self,
        machine: &mut Evaluator,
        value: &Value,
        path: &[Symbol],
        (group, owner): (usize, &(EcoString, EcoString)),
    ) {
        let Some(scalars) = scalars(machine, value) else { return };
        let is_list = matches!(value.kind, Kind::List(_));
        let (ty, doc) = self.known.entry(group).or_insert_with(|| {
            let around = path.split_last().and_then(|(last, around)| {
                let record = self.configuration.type_at(machine, around)?;
                doc_of(machine, &record, *last)
            });
            (self.configuration.type_at(machine, path), around.map(|doc| doc.trim().to_string()))
        });
        let (mut ty, doc) = (ty.clone(), doc.clone());
        if is_list {
            ty = ty.and_then(|ty| item_type(machine, &ty));
        }
        for (at, real) in scalars.into_iter().enumerate() {
            self.found.push(Candidate {
                path: path.to_vec(),
                item: is_list.then_some(at),
                real,
                ty: ty.clone(),
                doc: doc.clone(),
                group,
                is_said: true,
                follows: false,
                owner: owner.clone(),
            });
        }
    }
}

/// A scalar, or a list of scalars. Floats have more than one way to be written.
fn scalars(machine: &mut Evaluator, value: &Value) -> Option<Vec<Scalar>> {
    let open = |value: &Value| scalar_of(value).filter(|real| !matches!(real, Scalar::Float(_)) && can_open(real));
    match &value.kind {
        Kind::List(items) => items.iter().map(|item| open(&machine.force(item).ok()?)).collect(),
        _ => Some(vec![open(value)?]),
    }
}

/// The type of the items of a list.
fn item_type(machine: &mut Evaluator, ty: &TypeRef) -> Option<TypeRef> {
    let ty = machine.resolve(ty).ok()?;
    match ty.peeled() {
        Type::List(item) => {
            let item = machine.resolve(item).ok()?;
            if let Type::Union(members) = item.peeled() {
                members.iter().for_each(|member| drop(machine.resolve(member)));
            }
            Some(item)
        }
        Type::Union(members) => members.iter().find_map(|member| item_type(machine, member)),
        Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => item_type(machine, inner),
        _ => None,
    }
}
