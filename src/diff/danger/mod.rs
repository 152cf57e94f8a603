//! Changes that are not what they look like: those that the API server refuses, and those that lose data or cut traffic.
//!
//! The facts are tables ([`rules`]): what of which kind may not change, and what goes along with an object that is
//! dropped. Here they are held against what differs.

mod rules;

use serde::Serialize;

use super::fields::{Difference, Found, Step};
use super::places::shown;
use super::same::{equal, nano};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::schema::Minor;
use rules::{DROPPED, MOVED, RULES, Rule, Verdict, When};

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
    /// The field, for people; none where it is the whole object.
    pub(super) path: Option<String>,
    /// The change that it comes with, among those of the object.
    pub(super) change: Option<usize>,
    pub(super) fact: &'static str,
    pub(super) remedy: &'static str,
}

/// What is dangerous in the changes of an object, for a cluster of this `minor`, as far as that is known.
pub(super) fn of_changes(old: &Object, new: &Object, found: &[Found<'_>], minor: Option<Minor>) -> Vec<Warned> {
    let kind = kind(old);
    let is_past = |rule: &Rule| rule.until.zip(minor).is_some_and(|(until, minor)| minor >= until);
    let mut warned: Vec<Warned> = Vec::new();
    for rule in RULES.into_iter().flatten().filter(|rule| rule.kinds.contains(&&*kind) && !is_past(rule)) {
        for (at, found) in found.iter().enumerate() {
            let Some(path) = touched(found, rule.path, rule.when) else { continue };
            if !holds(rule, &old.node, &new.node) || is_default(found) {
                continue;
            }
            let told = Warned::of(rule.verdict, Some(shown(&path)), Some(at));
            if !warned.iter().any(|known| known.path == told.path && known.fact == told.fact) {
                warned.push(told);
            }
        }
    }
    warned
}

/// What goes along with an object that is dropped.
pub(super) fn of_dropped(object: &Object) -> Option<Warned> {
    let kind = kind(object);
    let rule = DROPPED.iter().find(|rule| rule.kinds.contains(&&*kind) && (rule.when)(&object.node))?;
    Some(Warned::of(rule.verdict, None, None))
}

/// What comes of an object that goes to another namespace.
pub(super) fn of_moved() -> Warned {
    Warned::of(MOVED, None, None)
}

impl Warned {
    fn of((effect, fact, remedy): Verdict, path: Option<String>, change: Option<usize>) -> Warned {
        Warned { effect, path, change, fact, remedy }
    }
}

/// `StatefulSet.apps`, `Service`: a kind as kubectl takes it.
fn kind(object: &Object) -> String {
    match object.api_version().split_once('/') {
        Some((group, _)) => format!("{}.{group}", object.kind()),
        None => object.kind().to_owned(),
    }
}

/// The part of a change that a rule is about: the rule's field, or that of its fields that changes.
fn touched<'a>(found: &Found<'a>, rule: &[&'static str], when: When) -> Option<Vec<Step<'a>>> {
    let keys: Vec<&str> = found.path.iter().map(key).collect();
    let shared = keys.iter().zip(rule).take_while(|(key, rule)| key == rule).count();
    let its_own = || rule.iter().map(|key| Step::Key(key)).collect::<Vec<_>>();
    let found_to = |length: usize| found.path[..keys.len().min(length)].to_vec();
    if shared < rule.len() {
        // What holds the rule's field changes as a whole: then the field must differ.
        let inside = |node: &'_ Node| node.at(&rule[shared..]).cloned();
        let (before, after) = found.what.sides();
        let (before, after) = (before.and_then(inside), after.and_then(inside));
        let same = match (&before, &after) {
            (Some(before), Some(after)) => equal(before, after),
            (before, after) => before.is_none() && after.is_none(),
        };
        return (shared == keys.len() && !same).then(its_own);
    }
    match when {
        When::OtherThan(free) => {
            let below = keys.get(rule.len());
            let fixed = below.is_none_or(|key| !free.contains(key));
            fixed.then(|| found_to(rule.len() + 1))
        }
        // An item of the list, and a field of it.
        When::InItemsOtherThan(free) => match keys.get(rule.len() + 1) {
            Some(key) => (!free.contains(key)).then(|| found_to(keys.len())),
            None => Some(found_to(keys.len())),
        },
        _ => Some(its_own()),
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
        When::To(value) => after.and_then(Node::as_str) == Some(value),
        When::If(judge) => judge(before, after),
        When::Of(judge) => judge(old, new),
    }
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
    matches!(found.path.last(), Some(Step::Key(last)) if rules::is_default(last, value))
}
