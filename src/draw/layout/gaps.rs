//! The gaps of a column: where lines can pass between those that stand in it.

use super::columns::Columns;
use super::{Lane, PARTY_HEIGHT, Rect, measure};

/// A line keeps this far from a party.
const CLEARANCE: f64 = 5.0;
/// A line keeps this far from the edge of a box.
const EDGE: f64 = 3.0;
/// Lines may pass this far above and below everything.
const OUTSIDE: f64 = 14.0;
/// A gap is at least so high.
const LOWEST: f64 = 4.0;

/// One gap of a column.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    pub(super) from: f64,
    pub(super) to: f64,
    /// How many lines go through it by now.
    pub(super) load: usize,
}

impl Gap {
    /// How much it costs to go through it for somebody who would pass at `y`: the way there, and the crowd.
    fn cost(&self, y: f64) -> f64 {
        let crowd = (self.load + 1) as f64 * 3.0 - (self.to - self.from);
        (y - y.clamp(self.from, self.to)).abs() + crowd.max(0.0) * 2.0
    }
}

/// One column: from where to where it reaches, and its gaps from top to bottom.
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) gaps: Vec<Gap>,
}

impl Column {
    /// The gap to go through for somebody who would pass at `y`.
    pub(super) fn choose(&mut self, y: f64) -> usize {
        let after = self.gaps.partition_point(|gap| gap.to < y);
        // Those further away are not better, however empty they are.
        let near = after.saturating_sub(4)..(after + 4).min(self.gaps.len());
        let cheapest = near.min_by(|one, other| self.gaps[*one].cost(y).total_cmp(&self.gaps[*other].cost(y)));
        let cheapest = cheapest.expect("there is always a gap above everything");
        self.gaps[cheapest].load += 1;
        cheapest
    }
}

/// A column while its obstacles are found.
#[derive(Default)]
struct Blocked {
    left: f64,
    right: f64,
    /// From where to where nothing can pass.
    stretches: Vec<(f64, f64)>,
}

/// The columns with their gaps.
pub(super) fn columns(columns: &Columns<'_>, parties: &[Rect], lanes: &[Lane<'_>]) -> Vec<Column> {
    let mut found: Vec<Blocked> =
        (0..columns.count).map(|_| Blocked { left: f64::MAX, ..Blocked::default() }).collect();
    for (rect, column) in parties.iter().zip(&columns.column) {
        let column = &mut found[*column];
        (column.left, column.right) = (column.left.min(rect.x), column.right.max(rect.right()));
        column.stretches.push((rect.y - CLEARANCE, rect.y + PARTY_HEIGHT + CLEARANCE));
    }
    let all = parties.iter().chain(lanes.iter().map(|lane| &lane.rect));
    let (top, bottom) =
        all.fold((f64::MAX, f64::MIN), |(top, bottom), rect| (top.min(rect.y), bottom.max(rect.bottom())));
    for Blocked { left, right, stretches } in &mut found {
        for lane in lanes.iter().filter(|lane| lane.rect.x < *right && *left < lane.rect.right()) {
            let head = if *left < lane.rect.x + name_width(lane) { NAME_HEIGHT } else { EDGE };
            stretches.push((lane.rect.y - EDGE, lane.rect.y + head));
            stretches.push((lane.rect.bottom() - EDGE, lane.rect.bottom() + EDGE));
        }
        stretches.sort_by(|one, other| one.0.total_cmp(&other.0));
    }
    let gaps = |stretches: &[(f64, f64)]| between(stretches, top - OUTSIDE, bottom + OUTSIDE);
    found.into_iter().map(|Blocked { left, right, stretches }| Column { left, right, gaps: gaps(&stretches) }).collect()
}

/// How far below the upper edge of a box its name reaches.
const NAME_HEIGHT: f64 = 26.0;

/// How far from the left edge of a box its name reaches.
fn name_width(lane: &Lane<'_>) -> f64 {
    lane.name.map_or(0.0, |name| 28.0 + measure::width(name, measure::NAME_SIZE).min(lane.rect.width))
}

/// What is not blocked.
fn between(blocked: &[(f64, f64)], top: f64, bottom: f64) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut free = top;
    for &(from, to) in blocked {
        if from - free >= LOWEST {
            gaps.push(Gap { from: free, to: from, load: 0 });
        }
        free = free.max(to);
    }
    if bottom - free >= LOWEST {
        gaps.push(Gap { from: free, to: bottom, load: 0 });
    }
    gaps
}
