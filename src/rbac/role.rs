//! Roles: those of the manifests, those that every cluster has, and what roles take over from others.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::builtin;
use super::rule::Rule;
use super::{Unique, namespace_of};
use crate::layers::Object;
use crate::network::selects;
use crate::node::Node;

/// A role or a cluster role.
#[derive(Debug)]
pub struct Role<'a> {
    /// Its name.
    pub name: EcoString,
    /// Its namespace; none if it is a cluster role.
    pub namespace: Option<EcoString>,
    /// Its object; none if it is one that every cluster has.
    pub object: Option<&'a Object>,
    /// The rules that are written in it.
    pub rules: Vec<Rule>,
    labels: Option<&'a Node>,
    /// Which cluster roles' rules it takes over, instead of having its own.
    selectors: Option<Vec<&'a Node>>,
}

/// A rule, by its role among the roles and its place there.
pub type RuleAt = (usize, usize);

/// All roles that can be bound.
#[derive(Debug)]
pub struct Roles<'a> {
    /// Those of the manifests in their order, then those that every cluster has.
    pub all: Vec<Role<'a>>,
    cluster: FxHashMap<EcoString, usize>,
    local: FxHashMap<(EcoString, EcoString), usize>,
}

impl<'a> Role<'a> {
    fn read(object: &'a Object) -> Role<'a> {
        let items = |path: &[&str]| object.node.at(path).and_then(Node::as_list).unwrap_or_default();
        let cluster = object.kind() == "ClusterRole";
        let aggregates = cluster && object.node.get("aggregationRule").is_some_and(|rule| rule.as_map().is_some());
        Role {
            name: object.name().into(),
            namespace: (!cluster).then(|| namespace_of(object).into()),
            object: Some(object),
            rules: items(&["rules"]).iter().map(Rule::read).collect(),
            labels: object.node.at(&["metadata", "labels"]),
            selectors: aggregates.then(|| items(&["aggregationRule", "clusterRoleSelectors"]).iter().collect()),
        }
    }

    fn builtin(role: &'static builtin::Builtin) -> Role<'a> {
        Role {
            name: role.name.clone(),
            namespace: None,
            object: None,
            rules: role.rules.clone(),
            labels: Some(&role.labels),
            selectors: role.selector.as_ref().map(|selector| vec![selector]),
        }
    }

    /// `Role` or `ClusterRole`.
    pub fn kind(&self) -> &'static str {
        if self.namespace.is_some() { "Role" } else { "ClusterRole" }
    }

    /// Whether its rules are those of others.
    pub fn is_aggregated(&self) -> bool {
        self.selectors.is_some()
    }
}

impl<'a> Roles<'a> {
    pub(super) fn of(objects: &'a [Object]) -> Roles<'a> {
        let own = Unique::of(objects, &["Role", "ClusterRole"]).0;
        let mut roles = Roles { all: Vec::new(), cluster: FxHashMap::default(), local: FxHashMap::default() };
        own.into_iter().for_each(|object| roles.add(Role::read(object)));
        for role in builtin::all() {
            if !roles.cluster.contains_key(&role.name) {
                roles.add(Role::builtin(role));
            }
        }
        roles
    }

    fn add(&mut self, role: Role<'a>) {
        let at = self.all.len();
        match &role.namespace {
            Some(namespace) => drop(self.local.insert((namespace.clone(), role.name.clone()), at)),
            None => drop(self.cluster.insert(role.name.clone(), at)),
        }
        self.all.push(role);
    }

    /// The cluster role of this name.
    pub(super) fn cluster(&self, name: &str) -> Option<usize> {
        self.cluster.get(name).copied()
    }

    /// The role of this name in a namespace.
    pub(super) fn local(&self, namespace: &str, name: &str) -> Option<usize> {
        self.local.get(&(namespace.into(), name.into())).copied()
    }

    /// What a role amounts to: its own rules, or those of all the roles that it takes over, which may take over others.
    pub fn rules(&self, role: usize) -> Vec<RuleAt> {
        if !self.all[role].is_aggregated() {
            return (0..self.all[role].rules.len()).map(|at| (role, at)).collect();
        }
        let mut rules = Vec::new();
        let (mut seen, mut open) = (FxHashSet::from_iter([role]), vec![role]);
        while let Some(role) = open.pop() {
            if !self.all[role].is_aggregated() {
                rules.extend((0..self.all[role].rules.len()).map(|at| (role, at)));
            }
            open.extend(self.taken_over(role).filter(|other| seen.insert(*other)));
        }
        rules.sort_unstable();
        rules
    }

    /// The cluster roles that a role selects.
    pub(super) fn taken_over(&self, role: usize) -> impl Iterator<Item = usize> {
        let selectors = self.all[role].selectors.as_deref().unwrap_or_default();
        let selected = move |(_, other): &(usize, &Role<'_>)| {
            other.namespace.is_none() && selectors.iter().any(|selector| selects(selector, other.labels))
        };
        let candidates = if selectors.is_empty() { &[] } else { self.all.as_slice() };
        candidates.iter().enumerate().filter(selected).map(|(at, _)| at)
    }

    /// The rule at a place.
    pub fn rule(&self, (role, at): RuleAt) -> &Rule {
        &self.all[role].rules[at]
    }
}
