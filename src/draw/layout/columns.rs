//! Who stands in which column, and which columns a namespace reaches across.
//!
//! A rank is one column where that gives a drawing of a readable shape. Where it would be a tower, ranks are folded:
//! those of one namespace and rank stand in several columns, side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::words::of_configuration;
use super::{Graph, ROW, ranks};
use crate::graph::picture::{Party, PartyKind, Picture};

/// Who stands in which column.
pub(super) struct Columns<'a> {
    /// For each party.
    pub(super) column: Vec<usize>,
    /// How many columns there are.
    pub(super) count: usize,
    /// The namespaces by name, then what is around at the left, then what is around at the right.
    pub(super) lanes: Vec<Lane<'a>>,
}

/// Those who move up and down in the same part of their columns.
pub(super) struct Lane<'a> {
    /// The namespace, if it has one.
    pub(super) name: Option<&'a str>,
    /// Whether these are the surroundings, which have the whole height of their columns and no box.
    around: bool,
    /// Its parties.
    pub(super) members: Vec<usize>,
    /// The columns that it reaches across.
    pub(super) columns: Range<usize>,
    /// The most of its parties in one column.
    pub(super) rows: usize,
}

impl Lane<'_> {
    /// Whether it has a box.
    pub(super) fn is_namespace(&self) -> bool {
        !self.around
    }
}

/// The folds that are tried: no more than these of a namespace and rank in one column.
const FOLDS: [usize; 10] = [6, 8, 11, 15, 20, 28, 40, 56, 80, 120];
/// How much wider than high a drawing should be.
const SHAPE: f64 = 1.5;
/// What is around stands in one column until there are as many, however low the rest is.
const LOWEST_SIDE: usize = 12;
/// About how wide a column is with its channel.
const COLUMN: f64 = 240.0;

impl<'a> Columns<'a> {
    /// The columns of a picture.
    pub(super) fn of(picture: &'a Picture, graph: &Graph) -> Columns<'a> {
        let sides = sides(picture);
        let inside: Vec<bool> = sides.iter().map(|side| *side == Side::Inside).collect();
        let ranks = ranks::of(graph, &inside);
        let mut namespaces: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for (at, party) in picture.parties.iter().enumerate().filter(|(at, _)| inside[*at]) {
            namespaces.entry(party.namespace.as_deref()).or_default().push(at);
        }
        let namespaces: Vec<(Option<&str>, Vec<usize>)> = namespaces.into_iter().collect();
        let folds = FOLDS.iter().map(|fold| Folded::of(&namespaces, &ranks, *fold));
        let folded = folds.min_by(|one, other| one.badness().total_cmp(&other.badness())).expect("there are folds");
        with_sides(&sides, namespaces, folded.without_empty_columns(&inside))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Inside,
    Right,
}

/// Those who rather connect stand at the left, those who are rather connected to at the right.
fn sides(picture: &Picture) -> Vec<Side> {
    let own: BTreeSet<&str> = picture
        .parties
        .iter()
        .filter(|party| of_configuration(party.kind))
        .filter_map(|party| party.namespace.as_deref())
        .collect();
    let mut outwards = vec![0_i64; picture.parties.len()];
    for connection in &picture.connections {
        outwards[connection.from] += 1;
        outwards[connection.to] -= 1;
    }
    let side = |(party, outwards): (&Party, i64)| match party.kind {
        kind if of_configuration(kind) => Side::Inside,
        PartyKind::Pods if party.namespace.as_deref().is_some_and(|namespace| own.contains(namespace)) => Side::Inside,
        PartyKind::IngressController | PartyKind::Monitoring | PartyKind::ApiServer | PartyKind::Everybody
            if outwards == 0 =>
        {
            Side::Left
        }
        _ if outwards > 0 => Side::Left,
        _ => Side::Right,
    };
    picture.parties.iter().zip(outwards).map(side).collect()
}

/// The namespaces in columns of their own count, before the sides are put around.
struct Folded {
    /// For each party of a namespace.
    column: Vec<usize>,
    /// For each namespace.
    lanes: Vec<(Range<usize>, usize)>,
    count: usize,
}

impl Folded {
    fn of(namespaces: &[(Option<&str>, Vec<usize>)], ranks: &[Option<usize>], fold: usize) -> Folded {
        let counted: Vec<BTreeMap<usize, usize>> =
            namespaces.iter().map(|(_, members)| count_ranks(members, ranks)).collect();
        let mut breadths = vec![1; ranks.iter().flatten().max().map_or(0, |last| last + 1)];
        for (rank, count) in counted.iter().flatten() {
            breadths[*rank] = breadths[*rank].max(count.div_ceil(fold));
        }
        let mut starts = vec![0; breadths.len()];
        for rank in 1..starts.len() {
            starts[rank] = starts[rank - 1] + breadths[rank - 1];
        }
        let most = namespaces.iter().map(|(_, members)| members.len()).max().unwrap_or_default();
        let count = breadths.iter().sum::<usize>().max(most.div_ceil(fold));
        let mut folded = Folded { column: vec![0; ranks.len()], lanes: Vec::new(), count };
        for ((_, members), counted) in namespaces.iter().zip(&counted) {
            let mut taken = vec![0; count];
            let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
            for (party, rank) in members.iter().filter_map(|party| Some((*party, ranks[*party]?))) {
                let number = seen.entry(rank).or_default();
                folded.column[party] = starts[rank] + *number % counted[&rank].div_ceil(fold);
                *number += 1;
                taken[folded.column[party]] += 1;
            }
            let idle: Vec<usize> = members.iter().copied().filter(|party| ranks[*party].is_none()).collect();
            folded.fill(members.len(), &idle, taken);
        }
        folded
    }

    /// Puts those of a namespace without a rank where there is room: beside and below the others, in about as many
    /// columns as a square of parties has.
    fn fill(&mut self, members: usize, idle: &[usize], mut taken: Vec<usize>) {
        let mut reach = reach(&taken);
        let wanted = ((members as f64 / 2.0).sqrt().ceil() as usize).min(self.count);
        while reach.len() < wanted && !idle.is_empty() {
            match reach.end < self.count {
                true => reach.end += 1,
                false => reach.start -= 1,
            }
        }
        for &party in idle {
            let column = reach.clone().min_by_key(|column| taken[*column]).expect("a namespace reaches somewhere");
            self.column[party] = column;
            taken[column] += 1;
        }
        self.lanes.push((self::reach(&taken), taken.into_iter().max().unwrap_or_default()));
    }

    /// How far the shape is from the wanted one.
    fn badness(&self) -> f64 {
        let height: f64 = self.lanes.iter().map(|(_, rows)| (*rows as f64 + 1.0) * ROW).sum();
        let width = (self.count as f64 + 2.0) * COLUMN;
        (width / height.max(1.0) / SHAPE).ln().abs()
    }

    /// Without columns in which nobody stands.
    fn without_empty_columns(mut self, inside: &[bool]) -> Folded {
        let mut used = vec![false; self.count];
        self.column.iter().zip(inside).filter(|(_, inside)| **inside).for_each(|(column, _)| used[*column] = true);
        let mut before = vec![0; self.count + 1];
        for column in 0..self.count {
            before[column + 1] = before[column] + usize::from(used[column]);
        }
        self.column
            .iter_mut()
            .zip(inside)
            .filter(|(_, inside)| **inside)
            .for_each(|(column, _)| *column = before[*column]);
        for (reach, _) in &mut self.lanes {
            *reach = before[reach.start]..before[reach.end];
        }
        self.count = before[self.count];
        self
    }
}

/// How many parties of a namespace there are in each rank.
fn count_ranks(members: &[usize], ranks: &[Option<usize>]) -> BTreeMap<usize, usize> {
    let mut counted = BTreeMap::new();
    for rank in members.iter().filter_map(|party| ranks[*party]) {
        *counted.entry(rank).or_default() += 1;
    }
    counted
}

/// From the first column that is taken to the last.
fn reach(taken: &[usize]) -> Range<usize> {
    let first = taken.iter().position(|count| *count > 0).unwrap_or_default();
    let end = taken.iter().rposition(|count| *count > 0).map_or(first + 1, |last| last + 1);
    first..end.min(taken.len())
}

/// Puts the columns of what is around at both sides.
fn with_sides<'a>(sides: &[Side], namespaces: Vec<(Option<&'a str>, Vec<usize>)>, folded: Folded) -> Columns<'a> {
    let high = folded.lanes.iter().map(|(_, rows)| rows + 1).sum::<usize>().max(LOWEST_SIDE);
    let on = |side: Side| -> Vec<usize> { (0..sides.len()).filter(|at| sides[*at] == side).collect() };
    let (left, right) = (on(Side::Left), on(Side::Right));
    let lefts = left.len().div_ceil(high);
    let inner = folded.count;
    let mut column: Vec<usize> = folded.column.iter().map(|column| column + lefts).collect();
    let mut lanes: Vec<Lane<'a>> = Vec::new();
    for ((name, members), (columns, rows)) in namespaces.into_iter().zip(folded.lanes) {
        let columns = columns.start + lefts..columns.end + lefts;
        lanes.push(Lane { name, around: false, members, columns, rows });
    }
    let mut count = lefts + inner;
    for (members, start) in [(left, 0), (right, lefts + inner)] {
        let breadth = members.len().div_ceil(high);
        for (number, party) in members.iter().enumerate() {
            column[*party] = start + number % breadth;
        }
        let rows = members.len().div_ceil(breadth.max(1));
        count = count.max(start + breadth);
        lanes.push(Lane { name: None, around: true, members, columns: start..start + breadth, rows });
    }
    Columns { column, count, lanes }
}
