//! Where everything stands in a drawing.
//!
//! Connections run from left to right. Who connects stands left of whom it connects to, so parties stand in columns by
//! their distance from those that connect to nobody ([`ranks`]); what is around the configuration stands in the first
//! and the last columns. A namespace is a lane: a rectangle across some columns that it shares with nobody
//! ([`columns`]). Within its lane a party moves up and down its column, towards those that it is connected with
//! ([`rows`]). A connection that passes a column goes through a gap between those that stand there ([`routes`]), so no
//! line crosses a party.
//!
//! Every step goes through the parties and the connections a fixed number of times, or sorts them. Nothing depends on
//! chance or on the order of a hash table.

mod columns;
mod gaps;
mod labels;
pub(super) mod measure;
mod ranks;
mod routes;
mod rows;

use self::columns::Columns;
pub(super) use self::labels::Label;
pub(super) use self::routes::Route;
use super::background;
use crate::graph::picture::Picture;

/// How high a party is.
pub(super) const PARTY_HEIGHT: f64 = 44.0;
/// From one party to the next below it.
const ROW: f64 = 62.0;
/// Between the sides of a lane and those who stand in it.
const LANE_PAD: f64 = 16.0;
/// Above the parties of a lane, where its name is.
const LANE_HEAD: f64 = 32.0;
/// Between lanes.
const LANE_GAP: f64 = 26.0;
/// Around the drawing.
pub(super) const MARGIN: f64 = 24.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(super) fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }

    fn touches(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// The box of a namespace.
pub(super) struct Lane<'a> {
    /// The namespace, if it has one.
    pub(super) name: Option<&'a str>,
    pub(super) rect: Rect,
}

/// Where everything stands.
pub(super) struct Layout<'a> {
    pub(super) width: f64,
    pub(super) height: f64,
    /// For each party.
    pub(super) parties: Vec<Rect>,
    pub(super) lanes: Vec<Lane<'a>>,
    /// For each connection.
    pub(super) routes: Vec<Route>,
    /// Ports beside their connections, where there is room; each with its connection.
    pub(super) labels: Vec<(usize, Label)>,
    /// For each connection, who shares it if it is background.
    pub(super) hubs: Vec<Option<usize>>,
}

impl<'a> Layout<'a> {
    /// The layout of a picture.
    pub(super) fn of(picture: &'a Picture) -> Layout<'a> {
        let hubs = background::hubs(picture);
        let graph = Graph::of(picture, &hubs);
        let columns = Columns::of(picture, &graph);
        let rows = rows::of(&graph, &columns);
        let (parties, lanes, size) = rectangles(picture, &graph, &columns, &rows);
        let routes = routes::of(picture, &hubs, &columns, &parties, &lanes);
        let labels = labels::of(picture, &hubs, &routes, &parties, &lanes);
        let width = routes.iter().map(|route| route.right() + MARGIN / 2.0).fold(size.0, f64::max);
        Layout { width, height: size.1, parties, lanes, routes, labels, hubs }
    }
}

/// The connections that the layout goes by: what is background would only pull everybody together.
struct Graph {
    /// From whom to whom; nobody to itself.
    edges: Vec<(usize, usize)>,
    /// For each party those that it is connected with, either way.
    near: Vec<Vec<usize>>,
}

impl Graph {
    fn of(picture: &Picture, hubs: &[Option<usize>]) -> Graph {
        let shown = picture.connections.iter().zip(hubs).filter(|(_, hub)| hub.is_none());
        let edges = shown.map(|(connection, _)| (connection.from, connection.to)).filter(|(from, to)| from != to);
        let edges: Vec<(usize, usize)> = edges.collect();
        let mut near = vec![Vec::new(); picture.parties.len()];
        for &(from, to) in &edges {
            near[from].push(to);
            near[to].push(from);
        }
        Graph { edges, near }
    }
}

/// Columns and rows as places on the paper.
fn rectangles<'a>(
    picture: &'a Picture,
    graph: &Graph,
    columns: &Columns<'a>,
    rows: &rows::Rows,
) -> (Vec<Rect>, Vec<Lane<'a>>, (f64, f64)) {
    let mut widths = vec![0.0_f64; columns.count];
    for (party, column) in picture.parties.iter().zip(&columns.column) {
        widths[*column] = widths[*column].max(measure::party_width(party));
    }
    let channels = channel_widths(graph, columns);
    let mut lefts = vec![MARGIN + LANE_PAD; columns.count];
    for column in 1..columns.count {
        lefts[column] = lefts[column - 1] + widths[column - 1] + channels[column - 1];
    }
    let rect = |party: usize| {
        let column = columns.column[party];
        Rect { x: lefts[column], y: MARGIN + rows.top[party], width: widths[column], height: PARTY_HEIGHT }
    };
    let parties: Vec<Rect> = (0..picture.parties.len()).map(rect).collect();
    let boxed = columns.lanes.iter().zip(&rows.lanes).filter(|(lane, _)| lane.is_namespace());
    let lanes: Vec<Lane<'a>> = boxed
        .map(|(lane, (top, height))| {
            let (first, last) = (lane.columns.start, lane.columns.end - 1);
            let (left, right) = (lefts[first] - LANE_PAD, lefts[last] + widths[last] + LANE_PAD);
            Lane { name: lane.name, rect: Rect { x: left, y: MARGIN + top, width: right - left, height: *height } }
        })
        .collect();
    let right = lefts.iter().zip(&widths).map(|(left, width)| left + width).fold(0.0, f64::max);
    (parties, lanes, (right + LANE_PAD + MARGIN, rows.height + 2.0 * MARGIN))
}

/// How wide the channel behind each column is: the more connections run through it, the wider.
fn channel_widths(graph: &Graph, columns: &Columns<'_>) -> Vec<f64> {
    let mut begins = vec![0_i64; columns.count + 1];
    for &(from, to) in &graph.edges {
        let (from, to) = (columns.column[from], columns.column[to]);
        begins[from.min(to)] += 1;
        begins[from.max(to)] -= 1;
    }
    let mut open = 0;
    let width = |begin: i64| {
        open += begin;
        (72.0 + 7.0 * (open.max(0) as f64).sqrt()).min(220.0).round()
    };
    begins.into_iter().map(width).collect()
}
