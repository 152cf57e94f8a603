//! Changes that are not what they look like: those that the API server refuses, and those that lose data or cut traffic.
//!
//! The facts are two tables ([`rules`]): what of which kind may not change, and what goes along with an object that is
//! dropped. Here they are held against what differs.

mod rules;

use serde::Serialize;

use super::fields::{Difference, Found, Step};
use super::same::{equal, nano};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use rules::{DROPPED, RULES, Rule, When};

/// What comes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Data is lost, or can be.
    Loss,
    /// The API server does not take it, and the object stays as it is.
    Refused,
    /// Something that works stops, or traffic goes elsewhere.
    Outage,
}

/// A danger, and what is to be done; the texts have `{it}` for the object.
#[derive(Clone, Debug)]
pub(super) struct Warned {
    pub(super) effect: Effect,
    /// The field, as a chain of keys.
    pub(super) path: Vec<String>,
    /// The change that it comes with, among those of the object.
    pub(super) change: Option<usize>,
    pub(super) fact: &'static str,
    pub(super) remedy: &'static str,
}

/// What is dangerous in the changes of an object.
pub(super) fn of_changes(old: &Object, new: &Object, found: &[Found<'_>]) -> Vec<Warned> {
    let kind = kind(old);
    let mut warned: Vec<Warned> = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.kinds.contains(&&*kind)) {
        for (at, found) in found.iter().enumerate() {
            let Some(path) = touched(found, rule.path, rule.when) else { continue };
            if !holds(rule, &old.node, &new.node) || is_default(found) {
                continue;
            }
            if !warned.iter().any(|known| known.path == path && known.fact == rule.fact) {
                let (effect, fact, remedy) = (rule.effect, rule.fact, rule.remedy);
                warned.push(Warned { effect, path, change: Some(at), fact, remedy });
            }
        }
    }
    warned
}

/// What goes along with an object that is dropped.
pub(super) fn of_dropped(object: &Object) -> Option<Warned> {
    let kind = kind(object);
    let rule = DROPPED.iter().find(|rule| rule.kind == kind && (rule.when)(&object.node))?;
    Some(Warned { effect: rule.effect, path: Vec::new(), change: None, fact: rule.fact, remedy: rule.remedy })
}

/// What comes of an object that goes to another namespace.
pub(super) fn of_moved() -> Warned {
    let (fact, remedy) = (rules::MOVED, rules::MOVED_REMEDY);
    Warned { effect: Effect::Outage, path: Vec::new(), change: None, fact, remedy }
}

/// `StatefulSet.apps`, `Service`: a kind as kubectl takes it.
fn kind(object: &Object) -> String {
    match object.api_version().split_once('/') {
        Some((group, _)) => format!("{}.{group}", object.kind()),
        None => object.kind().to_owned(),
    }
}

/// The part of a change that a rule is about: the rule's field, or that of its fields that changes.
fn touched(found: &Found<'_>, rule: &[&str], when: When) -> Option<Vec<String>> {
    let keys: Vec<&str> = found.path.iter().map(key).collect();
    let shared = keys.iter().zip(rule).take_while(|(key, rule)| key == rule).count();
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<String>>();
    if shared < rule.len() {
        // What holds the rule's field changes as a whole: then the field must differ.
        let inside = |node: &'_ Node| node.at(&rule[shared..]).cloned();
        let (before, after) = found.what.sides();
        let (before, after) = (before.and_then(inside), after.and_then(inside));
        let same = match (&before, &after) {
            (Some(before), Some(after)) => equal(before, after),
            (before, after) => before.is_none() && after.is_none(),
        };
        return (shared == keys.len() && !same).then(|| owned(rule));
    }
    match when {
        When::OtherThan(free) => {
            let below = keys.get(rule.len());
            let fixed = below.is_none_or(|key| !free.contains(key));
            fixed.then(|| owned(&keys[..keys.len().min(rule.len() + 1)]))
        }
        // An item of the list, and a field of it.
        When::InItemsOtherThan(free) => match keys.get(rule.len() + 1) {
            Some(key) => (!free.contains(key)).then(|| owned(&keys)),
            None => Some(owned(&keys)),
        },
        _ => Some(owned(rule)),
    }
}

fn key<'s>(step: &'s Step<'_>) -> &'s str {
    match step {
        Step::Key(key) => key,
        Step::Item { label, .. } => label,
    }
}

/// Whether a rule applies to the values of its field.
fn holds(rule: &Rule, old: &Node, new: &Node) -> bool {
    let (before, after) = (old.at(rule.path), new.at(rule.path));
    match rule.when {
        When::Changed | When::OtherThan(_) | When::InItemsOtherThan(_) => true,
        When::OnceSet => before.is_some(),
        When::Set => after.is_some(),
        When::To(value) => after.is_some_and(|after| is_text(after, value)),
        When::Smaller => amount(before).zip(amount(after)).is_some_and(|(before, after)| after < before),
        When::ToZero => amount(after) == Some(0) && amount(before) != Some(0),
        When::Frozen => old.get("immutable").is_some_and(|value| value.kind == NodeKind::Bool(true)),
        When::If(judge) => judge(before, after),
    }
}

fn is_text(node: &Node, text: &str) -> bool {
    node.as_str() == Some(text)
}

fn amount(node: Option<&Node>) -> Option<i128> {
    match &node?.kind {
        NodeKind::Int(value) => nano(&value.to_string()),
        NodeKind::Str(text) => nano(text),
        _ => None,
    }
}

/// Whether a change only writes out what the server fills in, or leaves it out again.
fn is_default(found: &Found<'_>) -> bool {
    let value = match found.what {
        Difference::Added(value) | Difference::Removed(value) => value,
        _ => return false,
    };
    let Some(Step::Key(last)) = found.path.last() else { return false };
    rules::DEFAULTS.iter().any(|(key, default)| key == last && is_text(value, default))
        || (*last == "attachRequired" && value.kind == NodeKind::Bool(true))
}
