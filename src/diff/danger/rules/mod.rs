//! The facts: which changes are dangerous, and what to do instead.
//!
//! What the API server refuses is what its validation of updates compares field by field, in all versions from 1.28 on; a
//! fact that ends with some version says so ([`until`]). The tables are in the order of what they are about.

mod cluster;
mod defaults;
mod dropped;
mod network;
mod storage;
mod workloads;

use super::Effect::{self, Refused};
use super::amount;
use crate::node::Node;
use crate::schema::Minor;

pub(super) use defaults::is_default;
pub(super) use dropped::{DROPPED, MOVED};

/// A field that may not change, or not in every way.
pub(super) struct Rule {
    /// `StatefulSet.apps`, `Service`
    pub(super) kinds: &'static [&'static str],
    pub(super) path: &'static [&'static str],
    pub(super) when: When,
    /// The first minor in which it is no longer so.
    pub(super) until: Option<Minor>,
    pub(super) verdict: Verdict,
}

/// What comes of a change, the fact behind it, and what to do.
pub(super) type Verdict = (Effect, &'static str, &'static str);

/// Which changes of a field a rule is about.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// All.
    Changed,
    /// Those of all fields in it but these.
    OtherThan(&'static [&'static str]),
    /// Those of all fields of the items in it but these, and items that come or go.
    InItemsOtherThan(&'static [&'static str]),
    /// All, if there was a value.
    OnceSet,
    /// Those to this text.
    To(&'static str),
    /// Where this holds of both values.
    If(fn(Option<&Node>, Option<&Node>) -> bool),
    /// Where this holds of both objects.
    Of(fn(&Node, &Node) -> bool),
}

/// A kind of which an object should not just go.
pub(super) struct Dropped {
    pub(super) kinds: &'static [&'static str],
    pub(super) when: fn(&Node) -> bool,
    pub(super) verdict: Verdict,
}

/// What differs between two states of an object.
pub(super) const RULES: [&[Rule]; 4] = [workloads::RULES, network::RULES, storage::RULES, cluster::RULES];

const fn rule(kinds: &'static [&'static str], path: &'static [&'static str], when: When, verdict: Verdict) -> Rule {
    Rule { kinds, path, when, until: None, verdict }
}

/// A rule that holds no more from 1.`minor` on.
const fn until(minor: u32, rule: Rule) -> Rule {
    Rule { until: Some(Minor(minor)), ..rule }
}

const RECREATE: &str = "give it a new name, or delete the old one first: `kubectl delete {it}`";
const FIXED: Verdict = (Refused, "this cannot change: the API server refuses it", RECREATE);

fn is_smaller(before: Option<&Node>, after: Option<&Node>) -> bool {
    amount(before).zip(amount(after)).is_some_and(|(before, after)| after < before)
}

/// Whether the first item of a list is another one.
fn first_differs(before: Option<&Node>, after: Option<&Node>) -> bool {
    fn first(list: Option<&Node>) -> Option<&str> {
        list?.as_list()?.first()?.as_str()
    }
    first(before).zip(first(after)).is_some_and(|(before, after)| before != after)
}

/// The items of a list; none where there is no list.
fn items(list: Option<&Node>) -> &[Node] {
    list.and_then(Node::as_list).unwrap_or_default()
}

/// A text in an object; empty where there is none.
fn text<'n>(object: &'n Node, path: &[&str]) -> &'n str {
    object.at(path).and_then(Node::as_str).unwrap_or_default()
}
