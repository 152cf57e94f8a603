//! What somebody may do, once: the rules of all their bindings, taken apart and put together again.
//!
//! Rules overlap in many ways. So they are taken apart into **atoms**, one for each verb on one resource of one group
//! (and of one name, if there are names), each with the bindings that grant it. An atom that another one covers goes:
//! `get pods` where there is `get *`, `update` of the one config map `state` where there is `update` of all, what is granted in
//! a namespace where it is granted in the cluster. What remains is put together to as few permissions as say the
//! same: names that share everything else, then resources, then groups. A permission therefore never allows what no rule
//! allows; in particular, groups and resources are joined only where each group has all of the resources.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::binding::Scope;
use super::rule::{Request, Rule, Target, url_covers};

/// What somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Where.
    pub scope: Scope,
    /// What.
    pub rule: Rule,
    /// The bindings that grant it or a part of it, by their place among the bindings.
    pub bindings: Vec<usize>,
}

impl Permission {
    /// Whether it allows a request of somebody who has it.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        let within = match (&self.scope, request.target) {
            (Scope::Cluster, _) => true,
            (Scope::Namespace(own), Target::Resource { namespace, .. }) => own == namespace,
            // What is no resource is in no namespace.
            (Scope::Namespace(_), Target::Url(_)) => false,
        };
        within && self.rule.allows(request.verb, request.target)
    }
}

/// A rule that somebody has by a binding.
#[derive(Clone, Copy)]
pub(super) struct Granted<'a> {
    pub(super) scope: &'a Scope,
    pub(super) rule: &'a Rule,
    pub(super) binding: usize,
}

/// The permissions of one who has these rules, in order.
pub(super) fn permissions(granted: &[Granted<'_>]) -> Vec<Permission> {
    let mut atoms: BTreeMap<&Scope, Atoms> = BTreeMap::new();
    for one in granted {
        atoms.entry(one.scope).or_default().add(one);
    }
    let everywhere = atoms.get(&Scope::Cluster).cloned().unwrap_or_default();
    let mut permissions = Vec::new();
    for (scope, atoms) in &atoms {
        let general = (**scope != Scope::Cluster).then_some(&everywhere);
        permissions.extend(atoms.without_covered(general).joined(scope));
    }
    permissions.sort();
    permissions
}

/// What is spoken of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Resource { group: EcoString, resource: EcoString, name: Option<EcoString> },
    Url(EcoString),
}

/// The bindings that grant a verb.
type Verbs = BTreeMap<EcoString, BTreeSet<usize>>;

/// What remains of rules in one scope when they are taken apart.
#[derive(Clone, Debug, Default)]
struct Atoms(BTreeMap<Thing, Verbs>);

impl Atoms {
    fn add(&mut self, granted: &Granted<'_>) {
        let rule = granted.rule;
        let names: Vec<Option<EcoString>> = match rule.names.as_slice() {
            [] => vec![None],
            names => names.iter().cloned().map(Some).collect(),
        };
        for group in &rule.groups {
            for resource in &rule.resources {
                for name in &names {
                    let (group, resource, name) = (group.clone(), resource.clone(), name.clone());
                    self.add_thing(Thing::Resource { group, resource, name }, granted);
                }
            }
        }
        if *granted.scope == Scope::Cluster {
            rule.urls.iter().for_each(|url| self.add_thing(Thing::Url(url.clone()), granted));
        }
    }

    fn add_thing(&mut self, thing: Thing, granted: &Granted<'_>) {
        let verbs = self.0.entry(thing).or_default();
        for verb in &granted.rule.verbs {
            verbs.entry(verb.clone()).or_default().insert(granted.binding);
        }
    }

    /// The atoms that no other one covers, of these and of those of the whole cluster.
    fn without_covered(&self, general: Option<&Atoms>) -> Atoms {
        let urls: Vec<&EcoString> = self.0.keys().filter_map(Thing::open_url).collect();
        let mut kept = Atoms::default();
        for (thing, verbs) in &self.0 {
            let wider = thing.wider(&urls);
            let covered = |verb: &EcoString| {
                let has = |atoms: &Atoms, thing: &Thing, verb: &str| {
                    atoms.0.get(thing).is_some_and(|verbs| verbs.contains_key(verb))
                };
                let within = |atoms: &Atoms, thing: &Thing| has(atoms, thing, "*") || has(atoms, thing, verb);
                wider.iter().any(|wide| within(self, wide))
                    || verb != "*" && has(self, thing, "*")
                    || general.is_some_and(|all| within(all, thing) || wider.iter().any(|wide| within(all, wide)))
            };
            let verbs: Verbs =
                verbs.iter().filter(|(verb, _)| !covered(verb)).map(|(a, b)| (a.clone(), b.clone())).collect();
            if !verbs.is_empty() {
                kept.0.insert(thing.clone(), verbs);
            }
        }
        kept
    }

    /// As few permissions as say the same.
    fn joined(self, scope: &Scope) -> Vec<Permission> {
        type Names = Vec<EcoString>;
        let mut by_name: BTreeMap<(EcoString, EcoString, bool, Verbed), Names> = BTreeMap::new();
        let mut urls: BTreeMap<Verbed, Names> = BTreeMap::new();
        for (thing, verbs) in self.0 {
            let verbs = Verbed::of(verbs);
            match thing {
                Thing::Resource { group, resource, name } => {
                    by_name.entry((group, resource, name.is_some(), verbs)).or_default().extend(name);
                }
                Thing::Url(url) => urls.entry(verbs).or_default().push(url),
            }
        }
        let mut by_resource: BTreeMap<(EcoString, Names, Verbed), Names> = BTreeMap::new();
        for ((group, resource, _, verbs), names) in by_name {
            by_resource.entry((group, names, verbs)).or_default().push(resource);
        }
        let mut by_group: BTreeMap<(Names, Names, Verbed), Names> = BTreeMap::new();
        for ((group, names, verbs), resources) in by_resource {
            by_group.entry((resources, names, verbs)).or_default().push(group);
        }
        let of_resources = by_group.into_iter().map(|((resources, names, verbed), groups)| {
            let rule = Rule { groups, resources, names, ..Rule::default() };
            verbed.permission(scope, rule)
        });
        let of_urls = urls.into_iter().map(|(verbed, urls)| verbed.permission(scope, Rule { urls, ..Rule::default() }));
        of_resources.chain(of_urls).collect()
    }
}

impl Thing {
    /// The path, if it means more than itself.
    fn open_url(&self) -> Option<&EcoString> {
        match self {
            Thing::Url(url) if url.ends_with('*') => Some(url),
            _ => None,
        }
    }

    /// The things, other than itself, that comprise it; of paths, those that there are.
    fn wider(&self, urls: &[&EcoString]) -> Vec<Thing> {
        match self {
            Thing::Url(url) => {
                let wider = urls.iter().filter(|other| **other != url && url_covers(other, url));
                // Two ways to write the same comprise each other: the first of them stays.
                let wider = wider.filter(|other| !url_covers(url, other) || *other < &url);
                wider.map(|other| Thing::Url((*other).clone())).collect()
            }
            Thing::Resource { group, resource, name } => {
                let mut resources = vec![resource.clone()];
                resources.extend((resource != "*").then(|| "*".into()));
                let part = resource.split_once('/').filter(|(whole, _)| *whole != "*");
                resources.extend(part.map(|(_, part)| eco_format!("*/{part}")));
                let mut groups = vec![group.clone()];
                groups.extend((group != "*").then(|| "*".into()));
                let mut names = vec![None];
                names.extend(name.clone().map(Some));
                let mut wider = Vec::new();
                for group in &groups {
                    for resource in &resources {
                        for name in &names {
                            let (group, resource, name) = (group.clone(), resource.clone(), name.clone());
                            wider.push(Thing::Resource { group, resource, name });
                        }
                    }
                }
                wider.retain(|wide| wide != self);
                wider
            }
        }
    }
}

/// Verbs, with the bindings that grant them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Verbed {
    verbs: Vec<EcoString>,
    bindings: Vec<usize>,
}

impl Verbed {
    fn of(verbs: Verbs) -> Verbed {
        let bindings: BTreeSet<usize> = verbs.values().flatten().copied().collect();
        let mut verbs: Vec<EcoString> = verbs.into_keys().collect();
        verbs.sort_by_key(|verb| rank(verb));
        Verbed { verbs, bindings: bindings.into_iter().collect() }
    }

    fn permission(self, scope: &Scope, rule: Rule) -> Permission {
        Permission { scope: scope.clone(), rule: Rule { verbs: self.verbs, ..rule }, bindings: self.bindings }
    }
}

/// Verbs in the order in which people tell them; others behind, by name.
fn rank(verb: &str) -> usize {
    const ORDER: [&str; 9] = ["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
    ORDER.iter().position(|one| *one == verb).unwrap_or(ORDER.len())
}
