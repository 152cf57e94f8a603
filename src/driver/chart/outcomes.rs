//! The objects for every answer to what was asked of numbers.
//!
//! A boolean is a number, 0 or 1. All numbers of a group (the replicas of all applications) are changed at once, so that it takes as many evaluations as there
//! are answers, and not as many as there are numbers. An object that changes is put down to the number of its own workload. A rule
//! that somebody wrote may let it depend on the number of another one: so where there are few numbers, each two of them are
//! changed apart from each other as well, and the objects have to be those that were expected.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::variants::{self, Range, Variants};
use super::{Charter, Parts, forms};
use crate::chart::Form;
use crate::types::Scalar;

/// A number of which more than this is asked is not worth opening.
const MOST_RANGES: usize = 4;
/// Up to so many numbers, it is confirmed whose objects depend on which.
pub(super) const CONFIRMED: usize = 64;

/// The objects of one evaluation, by key.
type Forms = IndexMap<EcoString, Form>;

impl Charter<'_> {
    /// Makes the objects again for all the other answers to what was asked of a group.
    pub(super) fn vary(
        &mut self,
        group: usize,
        plain: &Forms,
        parts: &mut Parts,
        varied: &mut FxHashSet<EcoString>,
    ) -> Result<(), Vec<usize>> {
        let ranges = self.ranges(group);
        let too_many: Vec<usize> =
            ranges.iter().filter(|(_, ranges)| ranges.len() > MOST_RANGES).map(|(&at, _)| at).collect();
        if !too_many.is_empty() {
            return Err(too_many);
        }
        let made = self.made_for_others(&ranges)?;
        let owners: FxHashMap<(EcoString, EcoString), usize> =
            ranges.keys().map(|&at| (self.candidates[at].owner.clone(), at)).collect();
        for (round, made) in made.iter().enumerate() {
            self.confirm((&ranges, round), &owners, plain, made)?;
        }
        let keys: BTreeSet<&EcoString> = made.iter().flat_map(IndexMap::keys).chain(plain.keys()).collect();
        for key in keys {
            let own = plain.get(key);
            if made.iter().all(|forms| forms.get(key) == own) {
                continue;
            }
            // What changes with a number that it does not belong to is beyond a chart.
            let any = own.into_iter().chain(made.iter().filter_map(|forms| forms.get(key))).next();
            let Some(&at) = any.and_then(|form| owners.get(&owner(form))) else {
                return Err(ranges.into_keys().collect());
            };
            if !varied.insert(key.clone()) {
                return Err(vec![at]);
            }
            let mut others = made.iter();
            let variants: Variants<'_> = ranges[&at]
                .iter()
                .map(|range| match range.holds(self.number(at)) {
                    true => (*range, own),
                    false => (*range, others.next().and_then(|forms| forms.get(key))),
                })
                .collect();
            parts.insert(key.clone(), variants::merged(at, &variants));
        }
        Ok(())
    }

    /// The objects for the other ranges of all numbers; a number with fewer ranges than another keeps its own in the end.
    fn made_for_others(&mut self, ranges: &BTreeMap<usize, Vec<Range>>) -> Result<Vec<Forms>, Vec<usize>> {
        let rounds = ranges.values().map(|ranges| ranges.len().saturating_sub(1)).max().unwrap_or_default();
        let mut instead = vec![BTreeMap::new(); rounds];
        for (&at, ranges) in ranges {
            for (range, instead) in self.others(at, ranges).zip(&mut instead) {
                instead.insert(at, range.example());
            }
        }
        instead.into_iter().map(|instead| Ok(self.watch(instead)?.forms)).collect()
    }

    /// Changes some of the numbers and not the others, so that each two of them are told apart once. Every object has to be
    /// what it was where its own number was changed (`made`, in this round), or was not (`plain`).
    fn confirm(
        &mut self,
        (ranges, round): (&BTreeMap<usize, Vec<Range>>, usize),
        owners: &FxHashMap<(EcoString, EcoString), usize>,
        plain: &Forms,
        made: &Forms,
    ) -> Result<(), Vec<usize>> {
        let other =
            |charter: &Self, at: usize| charter.others(at, &ranges[&at]).nth(round).map(|range| range.example());
        let changed: Vec<usize> = ranges.keys().copied().filter(|&at| other(self, at).is_some()).collect();
        let bits = match changed.len() {
            0..=CONFIRMED => usize::BITS - changed.len().saturating_sub(1).leading_zeros(),
            _ => 0,
        };
        // The last time, all of them: those whose number is not changed in this round have to be as they were.
        for bit in 0..=bits {
            let is_in = |place: usize| bit == bits || place >> bit & 1 == 1;
            let some: BTreeSet<usize> =
                changed.iter().enumerate().filter(|(place, _)| is_in(*place)).map(|(_, &at)| at).collect();
            let instead = some.iter().filter_map(|&at| Some((at, other(self, at)?))).collect();
            let again = if bit == bits { None } else { Some(self.watch(instead)?.forms) };
            let forms = again.as_ref().unwrap_or(made);
            // Each once: nearly all are in all of them.
            let only_made = made.keys().filter(|key| !plain.contains_key(*key));
            let only_now = forms.keys().filter(|key| !plain.contains_key(*key) && !made.contains_key(*key));
            let keys = plain.keys().chain(only_made).chain(only_now);
            let is_expected = |key: &EcoString| {
                let (before, after) = (plain.get(key), made.get(key));
                let owner = before.or(after).and_then(|form| owners.get(&owner(form)));
                same(forms.get(key), if owner.is_some_and(|at| some.contains(at)) { after } else { before })
            };
            if !keys.into_iter().all(is_expected) {
                return Err(ranges.keys().copied().collect());
            }
        }
        Ok(())
    }

    /// The ranges of a number that it is not in itself.
    pub(super) fn others<'r>(&self, at: usize, ranges: &'r [Range]) -> impl Iterator<Item = &'r Range> + use<'r> {
        let own = self.number(at);
        ranges.iter().filter(move |range| !range.holds(own))
    }

    /// The ranges of the numbers in a group of which something is asked.
    pub(super) fn ranges(&self, group: usize) -> BTreeMap<usize, Vec<Range>> {
        let asked = self.asked.iter().filter(|(at, _)| self.candidates[**at].group == group);
        let open = asked.filter(|(at, _)| !self.settled.contains(at));
        open.map(|(&at, bounds)| (at, Range::all(bounds, self.candidates[at].ty.as_ref(), self.candidates[at].sort())))
            .collect()
    }

    pub(super) fn number(&self, at: usize) -> i64 {
        match self.candidates[at].real {
            Scalar::Int(number) => number,
            Scalar::Bool(truth) => i64::from(truth),
            _ => 0,
        }
    }
}

/// Whether these are the same objects; most often they are one.
fn same(a: Option<&Form>, b: Option<&Form>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => std::ptr::eq(a, b) || a == b,
        _ => a.is_none() && b.is_none(),
    }
}

/// Whom an object belongs to, by its labels.
pub(super) fn owner(form: &Form) -> (EcoString, EcoString) {
    let text = |path: &[&str]| forms::text_at(form, path).cloned().unwrap_or_default();
    (text(&["metadata", "namespace"]), text(&["metadata", "labels", "app.kubernetes.io/name"]))
}
