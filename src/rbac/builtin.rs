//! The cluster roles that every cluster has, so that manifests refer to them without containing them.
//!
//! They are written in `builtin.roles`, whose head explains the form. `admin`, `edit` and `view` take over the rules of other
//! roles by their labels, like anybody's; so a role of the manifests with such a label widens them here as it does in a cluster.

use std::sync::OnceLock;

use ecow::{EcoString, eco_format};

use super::rule::Rule;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// A cluster role that every cluster has.
#[derive(Debug)]
pub(super) struct Builtin {
    /// Its name.
    pub(super) name: EcoString,
    /// Its own rules.
    pub(super) rules: Vec<Rule>,
    /// Its labels.
    pub(super) labels: Node,
    /// The selector of the cluster roles whose rules it takes over.
    pub(super) selector: Option<Node>,
}

/// All of them, by name.
pub(super) fn all() -> &'static [Builtin] {
    static ALL: OnceLock<Vec<Builtin>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = read(include_str!("builtin.roles"));
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    })
}

/// The one of this name.
pub(super) fn named(name: &str) -> Option<&'static Builtin> {
    let all = all();
    all.binary_search_by(|one| one.name.as_str().cmp(name)).ok().map(|at| &all[at])
}

/// Whether a role that manifests do not contain is the cluster's own. There are more of these than are known here: every
/// controller has one.
pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with("system:") || named(name).is_some()
}

fn read(text: &str) -> Vec<Builtin> {
    let mut all: Vec<Builtin> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.split_first(), all.last_mut()) {
            (Some((&"role", head)), _) => all.push(role(head)),
            (_, Some(role)) => role.rules.push(rule(&words)),
            _ => unreachable!("`builtin.roles` begins with a role"),
        }
    }
    all
}

fn role(head: &[&str]) -> Builtin {
    let behind = |word: &str| head.iter().position(|one| *one == word).map(|at| head[at + 1]);
    let label = |to: &str| (format!("rbac.authorization.k8s.io/aggregate-to-{to}"), "true");
    let defaults = ("kubernetes.io/bootstrapping".to_string(), "rbac-defaults");
    let selector = behind("aggregates").map(|to| {
        let mut selector = Map::default();
        selector.set("matchLabels", Span::NONE, texts([label(to)]));
        Node::new(NodeKind::Map(selector), Span::NONE)
    });
    let labels = texts([defaults].into_iter().chain(behind("labelled").map(label)));
    Builtin { name: head[0].into(), rules: Vec::new(), labels, selector }
}

fn texts(pairs: impl IntoIterator<Item = (String, &'static str)>) -> Node {
    let mut map = Map::default();
    for (key, value) in pairs {
        map.set(key, Span::NONE, Node::string(value, Span::NONE));
    }
    Node::new(NodeKind::Map(map), Span::NONE)
}

fn rule(words: &[&str]) -> Rule {
    let mut rule = Rule::default();
    let mut list = &mut rule.verbs;
    for word in words {
        match *word {
            "on" => list = &mut rule.resources,
            "of" => list = &mut rule.groups,
            "at" => list = &mut rule.urls,
            "named" => list = &mut rule.names,
            word => list.push(eco_format!("{word}")),
        }
    }
    if rule.groups.is_empty() && !rule.resources.is_empty() {
        rule.groups.push(EcoString::new());
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::{all, named};

    #[test]
    fn every_rule_is_about_something() {
        for role in all() {
            assert!(role.selector.is_some() || !role.rules.is_empty(), "{}", role.name);
            for rule in &role.rules {
                assert!(!rule.verbs.is_empty(), "{}", role.name);
                assert_ne!(rule.resources.is_empty(), rule.urls.is_empty(), "{}", role.name);
                assert_eq!(rule.resources.is_empty(), rule.groups.is_empty(), "{}", role.name);
            }
        }
        assert!(named("cluster-admin").is_some_and(|role| role.rules[0].is_everything()));
        assert!(named("clusteradmin").is_none());
    }
}
