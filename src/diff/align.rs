//! Which items of two sequences belong together, in their order.
//!
//! Equal items are found first, as few as possible left over (Myers: walk along the diagonals of the table of both, one more
//! edit at a time, and remember how far each diagonal got). What lies between two equal items has been
//! exchanged; there the items are paired that are most alike. Both steps are bounded: sequences with more than [`MAX_EDITS`]
//! differences have only their common beginning and end in common, and a long stretch is paired item by item.

/// More differences than these are not told apart: the time is that of the length times this.
const MAX_EDITS: usize = 512;
/// More comparisons than these are not made to find the most alike.
const MAX_COMPARISONS: usize = 4096;

/// Two items that belong together, or one that has no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// Its place in the old sequence.
    pub(super) old: Option<usize>,
    /// Its place in the new one.
    pub(super) new: Option<usize>,
}

/// The pairs, in order. Items of the same number are equal; `likeness` is asked of others: 0 where they have
/// nothing to do with each other.
pub(super) fn pairs(old: &[u64], new: &[u64], likeness: impl Fn(usize, usize) -> u32) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    let (mut i, mut j) = (0, 0);
    let end = (old.len(), new.len());
    for (old, new) in equal(old, new).into_iter().chain([end]) {
        exchanged((i, old), (j, new), &likeness, &mut pairs);
        if (old, new) != end {
            pairs.push(Pair { old: Some(old), new: Some(new) });
        }
        (i, j) = (old + 1, new + 1);
    }
    pairs
}

/// The items that are equal, in order.
pub(super) fn equal(old: &[u64], new: &[u64]) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let middle = middle(&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let (old_tail, new_tail) = (old.len() - tail, new.len() - tail);
    (0..head)
        .map(|at| (at, at))
        .chain(middle.into_iter().map(|(i, j)| (head + i, head + j)))
        .chain((0..tail).map(|at| (old_tail + at, new_tail + at)))
        .collect()
}

/// How far the diagonals have got: `reached[k]` is the place in the old sequence on diagonal `k - edits`.
type Reached = Vec<usize>;

fn middle(old: &[u64], new: &[u64]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let mut rounds: Vec<Reached> = Vec::new();
    for edits in 0..=MAX_EDITS.min(old.len() + new.len()) {
        let round = round(old, new, rounds.last(), edits);
        let diagonal = edits as isize + old.len() as isize - new.len() as isize;
        let arrived = usize::try_from(diagonal).ok().and_then(|at| round.get(at)).is_some_and(|&x| x == old.len());
        rounds.push(round);
        if arrived {
            return way_back(old.len(), new.len(), &rounds);
        }
    }
    Vec::new()
}

/// The place where a diagonal begins after one more edit, and whether that was a removal from the old sequence.
fn start(previous: &Reached, edits: usize, at: usize) -> (usize, bool) {
    // In the round before, diagonal `at` had the index `at - 1`, the one above it `at`, the one below it `at - 2`.
    let removed = at.checked_sub(2).and_then(|below| previous.get(below)).map(|x| x + 1);
    let added = (at + 1 < 2 * edits).then(|| previous.get(at)).flatten().copied();
    match (removed, added) {
        (Some(removed), Some(added)) if removed > added => (removed, true),
        (_, Some(added)) => (added, false),
        (Some(removed), None) => (removed, true),
        (None, None) => (0, false),
    }
}

fn round(old: &[u64], new: &[u64], previous: Option<&Reached>, edits: usize) -> Reached {
    let mut reached = vec![0; 2 * edits + 1];
    for at in (0..=2 * edits).step_by(2) {
        let mut x = previous.map_or(0, |previous| start(previous, edits, at).0);
        let y = x as isize - (at as isize - edits as isize);
        let Ok(mut y) = usize::try_from(y) else { continue };
        while x < old.len() && y < new.len() && old[x] == new[y] {
            (x, y) = (x + 1, y + 1);
        }
        reached[at] = x;
    }
    reached
}

fn way_back(old: usize, new: usize, rounds: &[Reached]) -> Vec<(usize, usize)> {
    let mut matches = Vec::new();
    let (mut x, mut y) = (old, new);
    for edits in (0..rounds.len()).rev() {
        let at = (x as isize - y as isize + edits as isize).unsigned_abs();
        let (begin, removed) = match edits {
            0 => (0, false),
            _ => start(&rounds[edits - 1], edits, at),
        };
        while x > begin {
            (x, y) = (x - 1, y - 1);
            matches.push((x, y));
        }
        match (edits, removed) {
            (0, _) => {}
            (_, true) => x -= 1,
            (_, false) => y -= 1,
        }
    }
    matches.reverse();
    matches
}

/// Pairs what lies between two equal items.
fn exchanged(
    (i, old): (usize, usize),
    (j, new): (usize, usize),
    likeness: &impl Fn(usize, usize) -> u32,
    pairs: &mut Vec<Pair>,
) {
    let (rows, columns) = (old - i, new - j);
    if rows * columns == 0 || rows * columns > MAX_COMPARISONS {
        let shared = rows.min(columns);
        pairs.extend((0..shared).map(|at| Pair { old: Some(i + at), new: Some(j + at) }));
        pairs.extend((i + shared..old).map(|at| Pair { old: Some(at), new: None }));
        pairs.extend((j + shared..new).map(|at| Pair { old: None, new: Some(at) }));
        return;
    }
    // best[r][c]: the greatest likeness of the items from `r` and `c` on.
    let mut best = vec![vec![0u32; columns + 1]; rows + 1];
    let alike: Vec<Vec<u32>> = (i..old).map(|r| (j..new).map(|c| likeness(r, c)).collect()).collect();
    for r in (0..rows).rev() {
        for c in (0..columns).rev() {
            let paired = if alike[r][c] > 0 { alike[r][c] + best[r + 1][c + 1] } else { 0 };
            best[r][c] = paired.max(best[r + 1][c]).max(best[r][c + 1]);
        }
    }
    let (mut r, mut c) = (0, 0);
    while r < rows || c < columns {
        let both = r < rows && c < columns;
        if both && alike[r][c] > 0 && best[r][c] == alike[r][c] + best[r + 1][c + 1] {
            pairs.push(Pair { old: Some(i + r), new: Some(j + c) });
            (r, c) = (r + 1, c + 1);
        } else if r < rows && (!both || best[r][c] == best[r + 1][c]) {
            pairs.push(Pair { old: Some(i + r), new: None });
            r += 1;
        } else {
            pairs.push(Pair { old: None, new: Some(j + c) });
            c += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_EDITS, equal, pairs};

    /// The length of the longest common subsequence, by the table that everybody knows.
    fn longest(old: &[u64], new: &[u64]) -> usize {
        let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
        for i in 0..old.len() {
            for j in 0..new.len() {
                table[i + 1][j + 1] = match old[i] == new[j] {
                    true => table[i][j] + 1,
                    false => table[i][j + 1].max(table[i + 1][j]),
                };
            }
        }
        table[old.len()][new.len()]
    }

    proptest! {
        #[test]
        fn as_much_as_possible_is_equal(
            old in prop::collection::vec(0u64..5, 0..40),
            new in prop::collection::vec(0u64..5, 0..40),
        ) {
            let found = equal(&old, &new);
            prop_assert_eq!(found.len(), longest(&old, &new));
            prop_assert!(found.iter().all(|&(i, j)| old[i] == new[j]));
            prop_assert!(found.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }

        #[test]
        fn every_item_is_in_one_pair_in_order(
            old in prop::collection::vec(0u64..5, 0..20),
            new in prop::collection::vec(0u64..5, 0..20),
        ) {
            let pairs = pairs(&old, &new, |i, j| (old[i] % 2 == new[j] % 2).into());
            let olds: Vec<usize> = pairs.iter().filter_map(|pair| pair.old).collect();
            let news: Vec<usize> = pairs.iter().filter_map(|pair| pair.new).collect();
            prop_assert_eq!(olds, (0..old.len()).collect::<Vec<_>>());
            prop_assert_eq!(news, (0..new.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_most_alike_is_paired() {
        let alike = |i: usize, j: usize| if (i, j) == (0, 1) { 5 } else { 1 };
        let told: Vec<_> = pairs(&[1], &[2, 3], alike).iter().map(|pair| (pair.old, pair.new)).collect();
        assert_eq!(told, [(None, Some(0)), (Some(0), Some(1))]);
    }

    #[test]
    fn long_sequences_without_anything_in_common_are_paired_one_by_one() {
        let old: Vec<u64> = (0..10_000).collect();
        let new: Vec<u64> = (20_000..40_000).collect();
        assert!(new.len() > MAX_EDITS);
        let pairs = pairs(&old, &new, |_, _| 1);
        assert_eq!(pairs.len(), 20_000);
        assert_eq!((pairs[9_999].old, pairs[9_999].new), (Some(9_999), Some(9_999)));
    }
}
