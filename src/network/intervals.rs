//! Sets of numbers as sorted stretches: what [`Ports`](super::Ports) and [`Addresses`](super::Addresses) are made of.
//!
//! Invariant: stretches are in order, do not overlap and do not touch, so equal sets are equal values.

use ecow::EcoVec;

/// Numbers that a set may hold.
pub(super) trait Number: Copy + Ord {
    fn next(self) -> Option<Self>;
    fn previous(self) -> Option<Self>;
}

impl Number for u32 {
    fn next(self) -> Option<u32> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<u32> {
        self.checked_sub(1)
    }
}

impl Number for u128 {
    fn next(self) -> Option<u128> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<u128> {
        self.checked_sub(1)
    }
}

/// A set of numbers. Copies share their stretches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Intervals<T: Clone>(EcoVec<(T, T)>);

impl<T: Clone> Default for Intervals<T> {
    fn default() -> Self {
        Intervals(EcoVec::new())
    }
}

impl<T: Number> Intervals<T> {
    /// The numbers from `first` to `last`, both included; none where `last` is below `first`.
    pub(super) fn range(first: T, last: T) -> Self {
        let mut stretches = EcoVec::new();
        if first <= last {
            stretches.push((first, last));
        }
        Intervals(stretches)
    }

    /// The stretches, first and last number of each included.
    pub(super) fn stretches(&self) -> &[(T, T)] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, number: T) -> bool {
        let behind = self.0.partition_point(|&(first, _)| first <= number);
        behind > 0 && number <= self.0[behind - 1].1
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        if other.is_empty() || self.0 == other.0 {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        let mut all: Vec<(T, T)> = self.0.iter().chain(&other.0).copied().collect();
        // The stable sort finds the two sorted runs, and only merges them.
        all.sort();
        Self::joined(all)
    }

    /// The union of many sets; one sort instead of one for each.
    pub(super) fn union_of<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self
    where
        T: 'a,
    {
        let mut sets = sets.into_iter();
        let (Some(first), second) = (sets.next(), sets.next()) else { return Self::default() };
        let Some(second) = second else { return first.clone() };
        let all = [first, second].into_iter().chain(sets).flat_map(|set| set.0.iter().copied());
        let mut all: Vec<(T, T)> = all.collect();
        all.sort_unstable();
        Self::joined(all)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.from(other).iter().peekable(), other.from(self).iter().peekable());
        let mut common = EcoVec::new();
        while let (Some(&&(a, b)), Some(&&(c, d))) = (left.peek(), right.peek()) {
            if a.max(c) <= b.min(d) {
                common.push((a.max(c), b.min(d)));
            }
            // Whichever ends first has met all that it could.
            if b < d {
                left.next();
            } else {
                right.next();
            }
        }
        Intervals(common)
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        // Of each stretch that could be met, the first that does not end before it is the only one to look at.
        let (fewer, more) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        fewer.0.iter().all(|&(first, last)| {
            let at = more.0.partition_point(|&(_, end)| end < first);
            more.0.get(at).is_none_or(|&(start, _)| last < start)
        })
    }

    pub(super) fn difference(&self, other: &Self) -> Self {
        let mut rest = EcoVec::new();
        let mut holes = other.from(self);
        for &(first, last) in &self.0 {
            let mut from = Some(first);
            while let Some(&(low, high)) = holes.first() {
                let Some(start) = from.filter(|_| low <= last) else { break };
                if let Some(before) = low.previous().filter(|&before| start <= before) {
                    rest.push((start, before));
                }
                from = high.next().map(|next| next.max(start)).filter(|&next| next <= last);
                if high > last {
                    break;
                }
                holes = &holes[1..];
            }
            if let Some(start) = from {
                rest.push((start, last));
            }
        }
        Intervals(rest)
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|&(first, last)| {
            let behind = other.0.partition_point(|&(start, _)| start <= first);
            behind > 0 && last <= other.0[behind - 1].1
        })
    }

    /// The stretches but those that end before another set begins.
    fn from(&self, other: &Self) -> &[(T, T)] {
        let Some(&(start, _)) = other.0.first() else { return &[] };
        &self.0[self.0.partition_point(|&(_, last)| last < start)..]
    }

    /// Sorted stretches, with those that meet made one.
    fn joined(sorted: Vec<(T, T)>) -> Self {
        let mut stretches: EcoVec<(T, T)> = EcoVec::new();
        for (first, last) in sorted {
            match stretches.make_mut().last_mut() {
                Some(before) if before.1.next().is_none_or(|next| first <= next) => before.1 = before.1.max(last),
                _ => stretches.push((first, last)),
            }
        }
        Intervals(stretches)
    }
}
