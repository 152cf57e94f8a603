//! How each connection runs: from the side of one party through a gap of every column between to the side of the other.
//!
//! Three passes: which gaps ([`Column::choose`]), how high within a gap (those that share one run side by side in the
//! order of where they come from), and where at the side of a party (in the order of where they go).

use std::collections::BTreeMap;

use super::columns::Columns;
use super::gaps::{self, Column};
use super::{Lane, Rect};
use crate::graph::picture::{Connection, Picture};

/// How a connection runs: horizontal lines that curves join.
#[derive(Clone, Debug, Default)]
pub(in crate::draw) struct Route {
    /// Where it leaves, where it enters and leaves each column between, and where it arrives.
    pub(in crate::draw) points: Vec<(f64, f64)>,
    /// How far from both ends the curve swings out, for one that stays in its column.
    pub(in crate::draw) swing: Option<f64>,
    /// Whether it leads from a party to itself.
    pub(in crate::draw) own: bool,
}

impl Route {
    /// How far right it reaches at most.
    pub(super) fn right(&self) -> f64 {
        self.points.iter().map(|(x, _)| *x).fold(0.0, f64::max) + self.swing.unwrap_or_default()
    }
}

/// Lines that share a gap keep this far from each other where there is room.
const TRACK: f64 = 5.0;
/// Lines that share the side of a party keep this far from each other where there is room.
const LANDING: f64 = 8.0;
/// The part of a party's side where lines arrive.
const SIDE: f64 = 30.0;

/// The routes of all connections. What is background gets its own, as if nothing else were drawn.
pub(super) fn of(
    picture: &Picture,
    hubs: &[Option<usize>],
    columns: &Columns<'_>,
    parties: &[Rect],
    lanes: &[Lane<'_>],
) -> Vec<Route> {
    let mut routes = vec![Route::default(); picture.connections.len()];
    for background in [false, true] {
        let mut router = Router { columns, parties, gaps: gaps::columns(columns, parties, lanes) };
        let chosen: Vec<(usize, &Connection)> =
            picture.connections.iter().enumerate().filter(|(at, _)| hubs[*at].is_some() == background).collect();
        router.route(&chosen, &mut routes);
    }
    routes
}

struct Router<'a> {
    columns: &'a Columns<'a>,
    parties: &'a [Rect],
    gaps: Vec<Column>,
}

/// A line through a gap: the connection, which of its points it begins with, and where it would pass.
struct Passing {
    connection: usize,
    point: usize,
    wish: f64,
}

/// An end of a connection at the side of a party, and how high it goes to or comes from.
struct End {
    towards: f64,
    connection: usize,
    arrives: bool,
}

impl End {
    fn key(&self) -> (usize, bool) {
        (self.connection, self.arrives)
    }
}

impl Router<'_> {
    fn route(&mut self, connections: &[(usize, &Connection)], routes: &mut [Route]) {
        let mut gaps: BTreeMap<(usize, usize), Vec<Passing>> = BTreeMap::new();
        for &(at, connection) in connections {
            routes[at] = self.through(at, connection, &mut gaps);
        }
        for ((column, gap), passing) in gaps {
            self.side_by_side(column, gap, passing, routes);
        }
        self.land(connections, routes);
    }

    /// From the middle of one side to the middle of the other, with the gaps on the way.
    fn through(
        &mut self,
        at: usize,
        connection: &Connection,
        gaps: &mut BTreeMap<(usize, usize), Vec<Passing>>,
    ) -> Route {
        let (from, to) = (self.parties[connection.from], self.parties[connection.to]);
        let (start, end) = (self.columns.column[connection.from], self.columns.column[connection.to]);
        if connection.from == connection.to {
            return own(&from);
        }
        if start == end {
            let points = vec![(from.right(), from.middle()), (to.right(), to.middle())];
            return Route { points, swing: Some(swing(&from, &to)), own: false };
        }
        let rightwards = start < end;
        let leave = if rightwards { from.right() } else { from.x };
        let arrive = if rightwards { to.x } else { to.right() };
        let mut points = vec![(leave, from.middle())];
        let mut between: Vec<usize> = (start.min(end) + 1..start.max(end)).collect();
        if !rightwards {
            between.reverse();
        }
        for column in between {
            let (x, y) = points[points.len() - 1];
            let (left, right) = (self.gaps[column].left, self.gaps[column].right);
            let (enter, exit) = if rightwards { (left, right) } else { (right, left) };
            let wish = y + (to.middle() - y) * (enter - x) / (arrive - x);
            let gap = self.gaps[column].choose(wish);
            gaps.entry((column, gap)).or_default().push(Passing { connection: at, point: points.len(), wish });
            let chosen = &self.gaps[column].gaps[gap];
            let y = wish.clamp(chosen.from, chosen.to);
            points.extend([(enter, y), (exit, y)]);
        }
        points.push((arrive, to.middle()));
        Route { points, swing: None, own: false }
    }

    /// Lines in one gap: around where they would pass, in their order, with room between them.
    fn side_by_side(&self, column: usize, gap: usize, mut passing: Vec<Passing>, routes: &mut [Route]) {
        let gap = &self.gaps[column].gaps[gap];
        passing.sort_by(|one, other| one.wish.total_cmp(&other.wish).then(one.connection.cmp(&other.connection)));
        let step = TRACK.min((gap.to - gap.from) / passing.len() as f64);
        let breadth = step * (passing.len() - 1) as f64;
        let wishes: f64 = passing.iter().map(|one| one.wish.clamp(gap.from, gap.to)).sum();
        let first = (wishes / passing.len() as f64 - breadth / 2.0).clamp(gap.from, (gap.to - breadth).max(gap.from));
        for (number, one) in passing.iter().enumerate() {
            let y = first + step * number as f64;
            let points = &mut routes[one.connection].points;
            points[one.point].1 = y;
            points[one.point + 1].1 = y;
        }
    }

    /// Ends at one side of a party: in the order of where they come from, with room between them.
    fn land(&self, connections: &[(usize, &Connection)], routes: &mut [Route]) {
        let mut sides: BTreeMap<(usize, bool), Vec<End>> = BTreeMap::new();
        for &(at, connection) in connections.iter().filter(|(_, connection)| connection.from != connection.to) {
            let points = &routes[at].points;
            let count = points.len();
            for (party, end, next, arrives) in
                [(connection.from, 0, 1, false), (connection.to, count - 1, count - 2, true)]
            {
                let right = points[end].0 > self.parties[party].x;
                sides.entry((party, right)).or_default().push(End { towards: points[next].1, connection: at, arrives });
            }
        }
        for ((party, _), mut ends) in sides {
            ends.sort_by(|one, other| one.towards.total_cmp(&other.towards).then(one.key().cmp(&other.key())));
            let step = LANDING.min(SIDE / ends.len() as f64);
            let first = self.parties[party].middle() - step * (ends.len() - 1) as f64 / 2.0;
            for (number, one) in ends.into_iter().enumerate() {
                let points = &mut routes[one.connection].points;
                let end = if one.arrives { points.len() - 1 } else { 0 };
                points[end].1 = first + step * number as f64;
            }
        }
    }
}

/// The further apart, the wider the swing, within the channel behind a column.
fn swing(from: &Rect, to: &Rect) -> f64 {
    ((from.middle() - to.middle()).abs() * 0.2).clamp(28.0, 60.0)
}

/// A loop above the right end.
fn own(party: &Rect) -> Route {
    let points = vec![(party.right() - 42.0, party.y), (party.right() - 14.0, party.y)];
    Route { points, swing: None, own: true }
}
