//! Numbers of several groups, changed at the same time.
//!
//! Each group is varied while all others are as they are. That says nothing of what only two of them decide together: a budget
//! that is switched on is there only where there are several pods. So each two groups are changed at once, or all of them where
//! there are many numbers, and the objects have to be those that their conditions say.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;

use super::outcomes::{CONFIRMED, owner};
use super::variants::Range;
use super::{Charter, Parts, Run, forms};
use crate::chart::Form;
use crate::types::Scalar;

/// The ranges of the numbers of a group.
type Ranges = BTreeMap<usize, Vec<Range>>;

impl Charter<'_> {
    /// Settles what decides together with something else. `plain`: what came of the configuration's own values.
    pub(super) fn confirm_together(
        &mut self,
        groups: &BTreeSet<usize>,
        parts: &Parts,
        plain: &Run,
    ) -> Result<(), Vec<usize>> {
        let groups: Vec<Ranges> = groups.iter().map(|&group| self.ranges(group)).collect();
        for instead in self.combined(&groups) {
            if !self.is_in_order(&instead, plain) {
                continue;
            }
            let made = self.watch(instead.clone())?.forms;
            let value = |at: usize| instead.get(&at).map_or(self.number(at), |number| *number);
            let changed = |at: usize| instead.get(&at).map(|number| self.candidates[at].sort()(*number));
            let mut keys: BTreeSet<&EcoString> = made.keys().collect();
            keys.extend(parts.keys());
            let mut refused = Vec::new();
            for key in keys {
                let there = parts.get(key).into_iter().flatten();
                let mut there = there.filter(|(when, _)| when.iter().all(|one| one.holds(value(one.opening))));
                let expected = there.next().map(|(_, form)| forms::with_numbers(form, &value, &changed));
                let found = made.get(key).map(|form| forms::with_numbers(form, &value, &changed));
                if let (false, Some(form)) = (expected == found, expected.as_ref().or(found.as_ref())) {
                    refused.extend(self.last_of(&groups, &instead, form));
                }
            }
            if !refused.is_empty() {
                return Err(refused);
            }
        }
        Ok(())
    }

    /// What to change at once: the numbers of two groups, of each into all of its other ranges.
    fn combined(&self, groups: &[Ranges]) -> Vec<BTreeMap<usize, i64>> {
        let is_large = groups.iter().map(BTreeMap::len).sum::<usize>() > CONFIRMED;
        let switches = |ranges: &Ranges| ranges.keys().any(|&at| matches!(self.candidates[at].real, Scalar::Bool(_)));
        let mut combined = Vec::new();
        for (at, one) in groups.iter().enumerate() {
            for other in &groups[at + 1..] {
                if is_large && !switches(one) && !switches(other) {
                    continue;
                }
                for first in 0..self.rounds(one) {
                    for second in 0..self.rounds(other) {
                        let both = self.changed(one, first).chain(self.changed(other, second));
                        combined.push(both.collect());
                    }
                }
            }
        }
        if is_large && groups.len() > 1 {
            combined.push(groups.iter().flat_map(|ranges| self.changed(ranges, 0)).collect());
        }
        combined
    }

    /// Whether the chart takes these numbers: those that were compared with each other are in the same order as before.
    fn is_in_order(&self, instead: &BTreeMap<usize, i64>, plain: &Run) -> bool {
        let value = |at: usize| {
            let at = plain.candidates[at];
            instead.get(&at).map_or(self.number(at), |number| *number)
        };
        plain.watch.orders().iter().all(|order| match order.strict {
            true => value(order.lesser) < value(order.greater),
            false => value(order.lesser) <= value(order.greater),
        })
    }

    fn rounds(&self, ranges: &Ranges) -> usize {
        ranges.iter().map(|(&at, ranges)| self.others(at, ranges).count()).max().unwrap_or_default()
    }

    /// All numbers of a group, each in another range; the last one of those that have fewer.
    fn changed(&self, ranges: &Ranges, round: usize) -> impl Iterator<Item = (usize, i64)> {
        ranges.iter().filter_map(move |(&at, ranges)| {
            let others: Vec<&Range> = self.others(at, ranges).collect();
            Some((at, others.get(round).or(others.last())?.example()))
        })
    }

    /// Of the numbers that were changed, the last one that an object belongs to; all of the last group, if it belongs to none.
    fn last_of(&self, groups: &[Ranges], instead: &BTreeMap<usize, i64>, form: &Form) -> Vec<usize> {
        let owner = owner(form);
        let changed =
            |ranges: &Ranges| -> Vec<usize> { ranges.keys().copied().filter(|at| instead.contains_key(at)).collect() };
        let mut groups = groups.iter().rev().map(changed).filter(|group| !group.is_empty());
        let last = groups.next().unwrap_or_default();
        let own = |group: &Vec<usize>| group.iter().copied().find(|&at| self.candidates[at].owner == owner);
        match own(&last).or_else(|| groups.find_map(|group| own(&group))) {
            Some(at) => vec![at],
            None => last,
        }
    }
}
