//! How high everybody stands: lanes above each other, and the parties of a lane in their columns.

use super::columns::{Columns, Lane};
use super::{Graph, LANE_GAP, LANE_HEAD, LANE_PAD, PARTY_HEIGHT, ROW};

/// How high everybody stands.
pub(super) struct Rows {
    /// The upper edge of each party.
    pub(super) top: Vec<f64>,
    /// The upper edge and the height of each lane.
    pub(super) lanes: Vec<(f64, f64)>,
    /// How high all of it is.
    pub(super) height: f64,
}

/// How often everybody moves towards those that it is connected with.
const SWEEPS: usize = 12;
/// From this sweep on, nobody changes places any more.
const SETTLED: usize = 8;

/// The rows of a graph in columns.
pub(super) fn of(graph: &Graph, columns: &Columns<'_>) -> Rows {
    let (lanes, height) = lanes(graph, columns);
    let mut stacks = stacks(columns, &lanes);
    let mut top = vec![0.0; columns.column.len()];
    for stack in &mut stacks {
        // Those who are connected with nobody stand below the others.
        stack.members.sort_by_key(|party| graph.near[*party].is_empty());
        stack.place(graph, &mut top, |_| f64::midpoint(stack.first, stack.last));
    }
    for sweep in 0..SWEEPS {
        let order: Vec<usize> = match sweep % 2 {
            0 => (0..stacks.len()).collect(),
            _ => (0..stacks.len()).rev().collect(),
        };
        for at in order {
            let stack = &mut stacks[at];
            let settled = sweep >= SETTLED;
            let wish = |party: usize, top: &[f64]| wish(&graph.near[party], top, settled);
            if !settled {
                stack.sort(graph, |party| wish(party, &top));
            }
            let wishes: Vec<f64> = stack.members.iter().map(|party| wish(*party, &top)).collect();
            stack.place(graph, &mut top, |at| wishes[at]);
        }
    }
    Rows { top, lanes, height }
}

/// Where somebody would stand: in the middle of those that it is connected with, and in the end in line with one.
fn wish(near: &[usize], top: &[f64], settled: bool) -> f64 {
    let mut tops: Vec<f64> = near.iter().map(|party| top[*party]).collect();
    if tops.is_empty() {
        return 0.0;
    }
    if !settled {
        return tops.iter().sum::<f64>() / tops.len() as f64;
    }
    tops.sort_by(f64::total_cmp);
    tops[(tops.len() - 1) / 2]
}

/// The parties of one lane in one column, from top to bottom.
struct Stack {
    members: Vec<usize>,
    /// Where the upper edge of the first may be, and of the last.
    first: f64,
    last: f64,
    /// Whether these are the surroundings. Of those, who is connected with nobody stands at the very end.
    around: bool,
}

impl Stack {
    fn sort(&mut self, graph: &Graph, wish: impl Fn(usize) -> f64) {
        let mut keyed: Vec<(bool, f64, usize)> =
            self.members.iter().map(|party| (graph.near[*party].is_empty(), wish(*party), *party)).collect();
        keyed.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        self.members = keyed.into_iter().map(|(_, _, party)| party).collect();
    }

    /// Gives everybody the place that is nearest to all wishes, in order and with a row for each.
    fn place(&self, graph: &Graph, top: &mut [f64], wish: impl Fn(usize) -> f64) {
        let connected = self.members.iter().take_while(|party| !graph.near[**party].is_empty()).count();
        let idle = (self.members.len() - connected) as f64;
        let wishes = (0..connected).map(|at| wish(at) - at as f64 * ROW);
        let last = self.last - (self.members.len().max(1) - 1) as f64 * ROW;
        let mut next = self.first;
        for (at, place) in nearest_in_order(wishes).into_iter().enumerate() {
            let place = place.clamp(self.first, last.max(self.first)) + at as f64 * ROW;
            top[self.members[at]] = place.round();
            next = place.round() + ROW;
        }
        if self.around {
            let last = self.last - (idle - 1.0) * ROW;
            next = if connected > 0 { next.max(last) } else { f64::midpoint(self.first, last) };
        }
        for (at, party) in self.members[connected..].iter().enumerate() {
            top[*party] = next + at as f64 * ROW;
        }
    }
}

/// The numbers in order that are nearest to `wishes`, by least squares (pool adjacent violators).
fn nearest_in_order(wishes: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for wish in wishes {
        let mut pool = (wish, 1);
        while let Some(&(sum, count)) = pools.last() {
            if sum / count as f64 <= pool.0 / pool.1 as f64 {
                break;
            }
            pool = (pool.0 + sum, pool.1 + count);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / count as f64, count)).collect()
}

/// One stack for each lane and column, from left to right.
fn stacks(columns: &Columns<'_>, lanes: &[(f64, f64)]) -> Vec<Stack> {
    let mut stacks: Vec<(usize, Stack)> = Vec::new();
    for (lane, (top, height)) in columns.lanes.iter().zip(lanes) {
        let (head, foot) = if lane.is_namespace() { (LANE_HEAD, LANE_PAD) } else { (0.0, 0.0) };
        for column in lane.columns.clone() {
            let members = lane.members.iter().copied().filter(|party| columns.column[*party] == column).collect();
            let (first, last) = (top + head, top + height - foot - PARTY_HEIGHT);
            stacks.push((column, Stack { members, first, last, around: !lane.is_namespace() }));
        }
    }
    stacks.sort_by_key(|(column, _)| *column);
    stacks.into_iter().map(|(_, stack)| stack).collect()
}

/// The upper edge and the height of each lane, and the height of all: namespaces lie on what is already there of their
/// columns, so those that share none stand side by side.
fn lanes(graph: &Graph, columns: &Columns<'_>) -> (Vec<(f64, f64)>, f64) {
    let mut places = vec![(0.0, 0.0); columns.lanes.len()];
    let mut skyline = vec![0.0_f64; columns.count];
    for at in order_of_lanes(graph, columns) {
        let lane = &columns.lanes[at];
        let height = LANE_HEAD + rows_height(lane) + LANE_PAD;
        let top = skyline[lane.columns.clone()].iter().copied().fold(0.0, f64::max);
        skyline[lane.columns.clone()].fill(top + height + LANE_GAP);
        places[at] = (top, height);
    }
    let packed = skyline.iter().copied().fold(0.0, f64::max) - LANE_GAP;
    let around = columns.lanes.iter().filter(|lane| !lane.is_namespace());
    let height = around.map(rows_height).fold(packed.max(0.0), f64::max);
    for (at, lane) in columns.lanes.iter().enumerate().filter(|(_, lane)| !lane.is_namespace()) {
        places[at] = (0.0, if lane.members.is_empty() { 0.0 } else { height });
    }
    (places, height)
}

fn rows_height(lane: &Lane<'_>) -> f64 {
    if lane.rows == 0 { 0.0 } else { (lane.rows - 1) as f64 * ROW + PARTY_HEIGHT }
}

/// The namespaces in an order that keeps those together that are connected: neighbours change places as long as that
/// makes the way between connected ones shorter.
fn order_of_lanes(graph: &Graph, columns: &Columns<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.lanes.len()).filter(|at| columns.lanes[*at].is_namespace()).collect();
    // The work grows with their cube; nobody sees an order among more.
    if order.len() > 100 {
        return order;
    }
    let mut lane_of = vec![usize::MAX; columns.column.len()];
    for at in &order {
        columns.lanes[*at].members.iter().for_each(|party| lane_of[*party] = *at);
    }
    let mut ties = vec![vec![0_i64; columns.lanes.len()]; columns.lanes.len()];
    for (from, to) in graph.edges.iter().map(|(from, to)| (lane_of[*from], lane_of[*to])) {
        if from != usize::MAX && to != usize::MAX && from != to {
            ties[from][to] += 1;
            ties[to][from] += 1;
        }
    }
    for _ in 0..order.len() {
        let mut moved = false;
        for at in 1..order.len() {
            let (above, below) = (order[at - 1], order[at]);
            let pull = |lane: &usize| ties[above][*lane] - ties[below][*lane];
            let gain: i64 =
                order[at + 1..].iter().map(pull).sum::<i64>() - order[..at - 1].iter().map(pull).sum::<i64>();
            if gain > 0 {
                order.swap(at - 1, at);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    order
}
