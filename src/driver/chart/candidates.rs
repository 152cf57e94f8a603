//! What an operator may want to change: the options that a chart opens, where it can.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::chart::{Opening, can_open};
use crate::eval::scalar_of;
use crate::layers::names::kebab;
use crate::modules::Configuration;
use crate::symbol::Symbol;
use crate::types::{Scalar, Type, TypeRef};
use crate::value::watch::Look;
use crate::value::{Evaluator, Kind, Value};

/// An option with a value that may be opened.
pub(super) struct Candidate {
    /// The way to it.
    pub(super) path: Vec<Symbol>,
    /// Its value.
    pub(super) real: Scalar,
    /// Its type.
    pub(super) ty: Option<TypeRef>,
    /// Its documentation.
    doc: Option<String>,
    /// What all options of its name have in common: the place in [`shapes`].
    pub(super) group: usize,
    /// Whether nobody speaks of it: it has this value as long as the other of its pair has.
    pub(super) follows: bool,
    /// The workload that it is about: its namespace and its name.
    pub(super) owner: (EcoString, EcoString),
}

impl Candidate {
    /// The way to it, by name.
    pub(super) fn names(&self) -> Vec<EcoString> {
        self.path.iter().map(|name| name.text()).collect()
    }

    /// It, open. `looks`: what was asked of its value.
    pub(super) fn opening(&self, looks: &[Look]) -> Opening {
        let contains = looks.iter().filter_map(|look| match (look, &self.real) {
            (Look::Contains(part), Scalar::Str(text)) => Some((part.clone(), text.contains(part.as_str()))),
            _ => None,
        });
        Opening {
            path: self.names(),
            default: self.real.clone(),
            ty: self.ty.clone(),
            doc: self.doc.clone(),
            contains: contains.collect(),
        }
    }
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
                for (at, shape) in shapes.iter().enumerate() {
                    search.walk(machine, &value, shape, &mut path, (group + at, &owner));
                    if collection == "applications" && shape[0] == "resources" {
                        search.complete(machine, &value, shape, &mut path, (group + at, &owner));
                    }
                }
            }
        }
        group += shapes.len();
    }
    search.found
}

/// By collection, what is opened of each entry: as an operator thinks of it, what runs, how much of it, and how it is
/// reached. `*` is any name.
fn shapes() -> Vec<(&'static str, Vec<Vec<&'static str>>)> {
    const CONTAINER: &[&str] = &["image", "env.*", "resources.limits.*", "resources.requests.*"];
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
        "replicas",
        "schedule",
        "service.annotations.*",
        "sidecars.*.env.*",
        "sidecars.*.image",
        "sidecars.*.resources.limits.*",
        "sidecars.*.resources.requests.*",
        "storage.size",
        "storage.storageClass",
    ];
    const WORKLOAD: &[&str] = &["annotations.*", "podAnnotations.*", "replicas", "schedule"];
    let split = |lists: &[&[&'static str]]| -> Vec<Vec<&'static str>> {
        lists.iter().flat_map(|list| list.iter()).map(|shape| shape.split('.').collect()).collect()
    };
    vec![
        ("applications", split(&[CONTAINER, APPLICATION])),
        ("deployments", split(&[CONTAINER, WORKLOAD])),
        ("statefulSets", split(&[CONTAINER, WORKLOAD, &["volumeClaimTemplates.*.size"]])),
        ("daemonSets", split(&[CONTAINER, WORKLOAD])),
        ("jobs", split(&[CONTAINER, WORKLOAD])),
        ("cronJobs", split(&[CONTAINER, WORKLOAD])),
        ("configMaps", split(&[&["annotations.*", "data.*"]])),
        ("horizontalPodAutoscalers", split(&[&["annotations.*", "cpu", "max", "memory", "min"]])),
        ("ingresses", split(&[&["annotations.*", "className"]])),
        ("persistentVolumeClaims", split(&[&["annotations.*", "size", "storageClass"]])),
        ("services", split(&[&["annotations.*"]])),
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
        for field in fields.sorted() {
            if *first != "*" && *first != field.name.as_str() {
                continue;
            }
            if let Ok(inner) = machine.force(&field.value) {
                path.push(field.name);
                self.walk(machine, &inner, rest, path, about);
                path.pop();
            }
        }
    }

    /// Adds the resources that an application does not speak of, as its pods have them: what is said of one would else
    /// decide another, and everybody wants to change them.
    fn complete(
        &mut self,
        machine: &mut Evaluator,
        application: &Value,
        shape: &[&str],
        path: &mut Vec<Symbol>,
        about: (usize, &(EcoString, EcoString)),
    ) {
        let Kind::Attrs(fields) = &application.kind else { return };
        let kind = fields.named("kind").and_then(|kind| machine.force(&kind.value).ok());
        let collection = match kind.as_ref().map(|kind| &kind.kind) {
            Some(Kind::Str(kind)) => match kind.as_str() {
                "deployment" => "deployments",
                "statefulset" => "statefulSets",
                "daemonset" => "daemonSets",
                "job" => "jobs",
                _ => "cronJobs",
            },
            _ => return,
        };
        let whole: Vec<Symbol> = shape[..shape.len() - 1].iter().map(|name| Symbol::new(name)).collect();
        let (said, made) =
            ([path.as_slice(), &whole].concat(), [&[Symbol::new(collection), path[1]], &whole[..]].concat());
        let said = self.configuration.get(machine, &said);
        let Ok(Value { kind: Kind::Attrs(made), .. }) = self.configuration.get(machine, &made) else { return };
        for field in made.sorted() {
            let known = matches!(&said, Ok(Value { kind: Kind::Attrs(said), .. }) if said.get(field.name).is_some());
            if let (false, Ok(value)) = (known, machine.force(&field.value)) {
                let path: Vec<Symbol> = path.iter().chain(&whole).copied().chain([field.name]).collect();
                let before = self.found.len();
                self.add(machine, &value, &path, about);
                self.found[before..].iter_mut().for_each(|candidate| candidate.follows = true);
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
        // A text or a whole number: others have more than one way to be written.
        let Some(real @ (Scalar::Str(_) | Scalar::Int(_))) = scalar_of(value).filter(can_open) else { return };
        let (ty, doc) = self.known.entry(group).or_insert_with(|| {
            let around = path.split_last().and_then(|(last, around)| {
                let record = self.configuration.type_at(machine, around)?;
                doc_of(machine, &record, *last)
            });
            (self.configuration.type_at(machine, path), around.map(|doc| doc.trim().to_string()))
        });
        let (ty, doc) = (ty.clone(), doc.clone());
        let (path, owner, follows) = (path.to_vec(), owner.clone(), false);
        self.found.push(Candidate { path, real, ty, doc, group, follows, owner });
    }
}
