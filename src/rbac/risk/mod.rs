//! What somebody could do with what is granted: dangers, and who has them where.
//!
//! A danger stands in a rule; a risk is a danger that somebody has. So the rules that bindings grant are looked at one by one,
//! and what is found is gathered at its place, which is the rule if it is of the manifests and the binding if it is a role that
//! every cluster has. Further risks lie in bindings ([`of_bindings`]) and in what has no effect ([`of_idle`]).

mod idle;
mod of_bindings;
mod words;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::binding::{Binding, Scope};
use super::danger::{Danger, Found, Within, dangers};
use super::role::RuleAt;
use super::subject::Subject;
use super::{Access, Role};
use crate::layers::Object;
use crate::source::Span;

/// How bad a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The cluster, or a whole namespace of it, is lost with its holder.
    Grave,
    /// Others in the namespace are lost with its holder.
    Serious,
    /// Not as tidy as it could be.
    Note,
}

/// What somebody could do with what is granted.
#[derive(Clone, Debug)]
pub struct Risk<'a> {
    /// Its stable name, which exceptions use: `no-secret-listing`.
    pub id: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// The object that it is told of.
    pub object: &'a Object,
    /// Where in the object.
    pub path: String,
    /// The place of that.
    pub span: Span,
    /// Who has it where, in order.
    pub holders: Vec<(Subject, Scope)>,
    /// The bindings that give it to them, if it is told elsewhere.
    pub bindings: Vec<&'a Object>,
    /// What is wrong.
    pub message: String,
    /// What an attacker could do.
    pub attack: String,
    /// How to narrow it.
    pub narrow: String,
}

impl<'a> Access<'a> {
    /// All risks: the worst first, then in the order of the objects.
    pub fn risks(&self) -> Vec<Risk<'a>> {
        let mut risks = self.of_rules();
        risks.extend(self.of_widened_roles());
        risks.extend(self.of_bindings());
        risks.extend(self.of_idle());
        words::name_the_strongest(&mut risks);
        risks.sort_by_key(|risk| risk.grade);
        risks
    }

    /// The dangers of the rules that bindings grant.
    fn of_rules(&self) -> Vec<Risk<'a>> {
        let mut drafts: IndexMap<Key, Vec<usize>> = IndexMap::new();
        let mut risks = Vec::new();
        // A role is looked at once, however many are bound to it.
        let mut known: FxHashMap<(Option<usize>, Within), Vec<FoundAt>> = FxHashMap::default();
        for (at, binding) in self.bindings.iter().enumerate() {
            if binding.subjects.iter().all(|(subject, _)| subject.is_none()) {
                continue;
            }
            let within = if binding.scope == Scope::Cluster { Within::Cluster } else { Within::Namespace };
            let found = known.entry((binding.role, within)).or_insert_with(|| {
                let rules = self.granted(binding).iter();
                rules.flat_map(|&rule| self.found(rule, within).into_iter().map(move |found| (rule, found))).collect()
            });
            let (own, built_in): (Vec<_>, Vec<_>) =
                found.iter().partition(|(rule, _)| self.roles.all[rule.0].object.is_some());
            for (rule, Found { danger, field }) in own {
                let bindings = drafts.entry((danger, rule, field)).or_default();
                if bindings.last() != Some(&at) {
                    bindings.push(at);
                }
            }
            risks.extend(self.of_built_in(binding, &built_in));
        }
        risks.extend(drafts.into_iter().filter_map(|(key, bindings)| self.of_rule(key, &bindings)));
        risks
    }

    /// The dangers of a rule, less those that follow from others.
    fn found(&self, at: RuleAt, within: Within) -> Vec<Found> {
        let rule = self.roles.rule(at);
        let sweeping = super::rule::has(&rule.verbs, &["*"]) && super::rule::has(&rule.resources, &["*"]);
        let mut found = dangers(rule, within);
        if within == Within::Namespace && rule.resources.is_empty() {
            found.clear();
        }
        found.retain(|one| one.danger == Danger::Wildcard || !sweeping);
        found
    }

    /// A danger of a rule of the manifests, with all who have it by these bindings.
    fn of_rule(&self, (danger, at, field): Key, bindings: &[usize]) -> Option<Risk<'a>> {
        let bindings = bindings.iter().map(|&at| &self.bindings[at]);
        let mut holders: Vec<(Subject, Scope)> = bindings.clone().flat_map(Binding::holders).collect();
        holders.sort();
        holders.dedup();
        let object = self.roles.all[at.0].object?;
        let path = format!("rules[{}].{field}", at.1);
        let rule = self.roles.rule(at);
        let words = danger.words();
        Some(Risk {
            id: words.id,
            grade: grade(danger, rule.resources.is_empty(), holders.iter().any(|(_, scope)| *scope == Scope::Cluster)),
            span: place_in(object, &path),
            object,
            path,
            bindings: bindings.map(|binding| binding.object).collect(),
            message: words::message(&words::may(danger, rule), &holders),
            attack: words.attack.to_string(),
            narrow: words.narrow.to_string(),
            holders,
        })
    }

    /// The dangers of rules that go into `view`, `edit` or `admin` by a label, where nobody of the manifests is bound to
    /// these: whoever is bound in the cluster gets them.
    fn of_widened_roles(&self) -> Vec<Risk<'a>> {
        let mut risks = Vec::new();
        let mut told: FxHashSet<RuleAt> = FxHashSet::default();
        for name in ["view", "edit", "admin"] {
            let free = |role: &usize| !self.amounts.contains_key(role);
            let Some(role) = self.roles.cluster(name).filter(free) else { continue };
            for rule in self.roles.rules(role) {
                let Some(object) = self.roles.all[rule.0].object.filter(|_| free(&rule.0)) else { continue };
                if !told.insert(rule) {
                    continue;
                }
                for Found { danger, field } in self.found(rule, Within::Namespace) {
                    let path = format!("rules[{}].{field}", rule.1);
                    let may = words::may(danger, self.roles.rule(rule));
                    risks.push(Risk {
                        id: danger.words().id,
                        grade: Grade::Serious,
                        span: place_in(object, &path),
                        object,
                        path,
                        holders: Vec::new(),
                        bindings: Vec::new(),
                        message: format!("whoever is bound to `{name}` may {may}"),
                        attack: danger.words().attack.to_string(),
                        narrow: danger.words().narrow.to_string(),
                    });
                }
            }
        }
        risks
    }
}

/// A danger, with its rule.
type FoundAt = (RuleAt, Found);

/// A danger, its rule, and the field of the rule that shows it.
type Key = (Danger, RuleAt, &'static str);

/// How bad a danger of a rule is: `cluster` says whether anybody has it everywhere.
fn grade(danger: Danger, of_urls: bool, cluster: bool) -> Grade {
    match danger {
        Danger::Wildcard if of_urls => Grade::Serious,
        Danger::Wildcard | Danger::Escalation => Grade::Grave,
        _ if cluster => Grade::Grave,
        _ => Grade::Serious,
    }
}

/// The place of a part of an object, else of the whole.
fn place_in(object: &Object, path: &str) -> Span {
    object.node.at_path(path).map_or(object.entry, |node| node.span)
}

/// `the ClusterRole `reader``
fn called(role: &Role<'_>) -> String {
    match &role.namespace {
        Some(namespace) => format!("the Role `{namespace}/{}`", role.name),
        None => format!("the ClusterRole `{}`", role.name),
    }
}
