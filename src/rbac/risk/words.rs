//! The sentences of risks.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::{Grade, Risk};
use crate::rbac::binding::Scope;
use crate::rbac::danger::Danger;
use crate::rbac::rule::{Rule, has};
use crate::rbac::subject::Subject;

/// How many are told by name.
const TOLD: usize = 3;

/// `ServiceAccount shop/operator may read secrets by any name in the whole cluster`
pub(super) fn message(may: &str, holders: &[(Subject, Scope)]) -> String {
    let mut subjects: Vec<&Subject> = holders.iter().map(|(subject, _)| subject).collect();
    subjects.dedup();
    let mut namespaces: Vec<&str> = holders.iter().filter_map(|(_, scope)| scope.namespace()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let everywhere = holders.iter().any(|(_, scope)| *scope == Scope::Cluster);
    let place = match (everywhere, namespaces.len(), holders.first()) {
        (true, ..) => Scope::Cluster.to_string(),
        (false, 2.., _) => format!("in {} namespaces", namespaces.len()),
        (_, _, Some((_, scope))) => scope.to_string(),
        _ => String::new(),
    };
    format!("{} may {may} {place}", listed(&subjects))
}

/// What a rule with this danger lets one do, as it goes on behind `may`.
pub(super) fn may(danger: Danger, rule: &Rule) -> String {
    match danger {
        Danger::Wildcard => {}
        Danger::Escalation => {
            let named: Vec<String> = ["escalate", "bind", "impersonate"]
                .into_iter()
                .filter(|verb| has(&rule.verbs, &["*", verb]))
                .map(|verb| format!("`{verb}`"))
                .collect();
            return format!("{}, by {}", danger.words().may, joined(&named));
        }
        _ => return danger.words().may.to_string(),
    }
    let star = |list: &[EcoString]| has(list, &["*"]);
    let list = |list: &[EcoString]| {
        let names: Vec<String> = list.iter().take(TOLD + 1).map(|word| format!("`{word}`")).collect();
        match names.len() {
            more if more > TOLD => format!("{} and others", names[..TOLD].join(", ")),
            _ => joined(&names),
        }
    };
    let doing = if star(&rule.verbs) { "do anything with".to_string() } else { list(&rule.verbs) };
    match (star(&rule.verbs), star(&rule.resources), star(&rule.groups)) {
        (true, true, true) if rule.names.is_empty() => "do everything".to_string(),
        (_, true, true) => format!("{doing} objects of every kind"),
        (_, true, false) => format!("{doing} every resource of {}", groups(&rule.groups)),
        (_, false, true) => format!("{doing} {} of every API group", list(&rule.resources)),
        _ if rule.resources.is_empty() => format!("{doing} paths of the server"),
        _ => format!("{doing} {}", list(&rule.resources)),
    }
}

fn groups(groups: &[EcoString]) -> String {
    let name = |group: &EcoString| match group.as_str() {
        "" => "the core group".to_string(),
        group => format!("`{group}`"),
    };
    joined(&groups.iter().map(name).collect::<Vec<_>>())
}

/// `a, b and c`
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `ServiceAccount shop/a, ServiceAccount shop/b and 4 more`
pub(super) fn listed(subjects: &[&Subject]) -> String {
    let names: Vec<String> = subjects.iter().take(TOLD).map(|subject| subject.to_string()).collect();
    match subjects.len() {
        more if more > TOLD => format!("{} and {} more", names.join(", "), more - TOLD),
        _ => joined(&names),
    }
}

/// Where a risk leads to the accounts of a namespace, the strongest of them are named.
pub(super) fn name_the_strongest(risks: &mut [Risk<'_>]) {
    const LEADING: [&str; 5] =
        ["no-built-in-role", "no-pod-creation", "no-workload-creation", "no-pod-access", "no-token-creation"];
    let mut strong: BTreeMap<EcoString, BTreeSet<Subject>> = BTreeMap::new();
    for risk in risks.iter().filter(|risk| risk.grade == Grade::Grave) {
        for (subject, scope) in &risk.holders {
            let Subject::Account { namespace, .. } = subject else { continue };
            if *scope == Scope::Cluster {
                strong.entry(namespace.clone()).or_default().insert(subject.clone());
            }
        }
    }
    for risk in risks.iter_mut().filter(|risk| LEADING.contains(&risk.id)) {
        let holders: BTreeSet<&Subject> = risk.holders.iter().map(|(subject, _)| subject).collect();
        let scopes: BTreeSet<Option<&str>> = risk.holders.iter().map(|(_, scope)| scope.namespace()).collect();
        let within = |namespace: &str| scopes.contains(&None) || scopes.contains(&Some(namespace));
        let reached = strong.iter().filter(|(namespace, _)| within(namespace)).flat_map(|(_, known)| known);
        let reached: Vec<&Subject> = reached.filter(|subject| !holders.contains(subject)).take(TOLD).collect();
        if !reached.is_empty() {
            let attack = format!("{}; there is {}, with rights in the whole cluster", risk.attack, listed(&reached));
            risk.attack = attack;
        }
    }
}
