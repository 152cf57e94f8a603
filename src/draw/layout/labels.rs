//! Ports beside their connections, where they cover nothing.
//!
//! A label is put in one of the channels that its connection runs through, near the target first. What it would cover
//! is looked up in a grid, so that each label costs the same. Where there is no room, there is no label.

use std::collections::HashMap;

use super::super::words::line;
use super::routes::Route;
use super::{Lane, Rect, measure};
use crate::graph::picture::{Connection, Picture};

/// The text of a label and the middle of its baseline.
#[derive(Clone, Debug)]
pub(in crate::draw) struct Label {
    pub(in crate::draw) text: String,
    pub(in crate::draw) x: f64,
    pub(in crate::draw) y: f64,
    pub(in crate::draw) rect: Rect,
}

/// With more connections than these, labels only add to the crowd.
const MOST: usize = 150;
/// How high a label is.
const HEIGHT: f64 = 13.0;
/// The size of the grid's cells.
const CELL: f64 = 64.0;

/// The labels that find room, each with its connection.
pub(super) fn of(
    picture: &Picture,
    hubs: &[Option<usize>],
    routes: &[Route],
    parties: &[Rect],
    lanes: &[Lane<'_>],
) -> Vec<(usize, Label)> {
    let shown: Vec<usize> = (0..routes.len()).filter(|at| hubs[*at].is_none()).collect();
    if shown.len() > MOST {
        return Vec::new();
    }
    let mut taken = Taken::default();
    parties.iter().for_each(|rect| taken.add(*rect));
    for lane in lanes {
        let name = measure::width(lane.name.unwrap_or_default(), measure::NAME_SIZE) + 24.0;
        taken.add(Rect { width: name.min(lane.rect.width), height: 26.0, ..lane.rect });
    }
    let mut labels = Vec::new();
    for at in shown {
        if let Some(label) = room(&routes[at], short(&picture.connections[at]), &taken) {
            taken.add(label.rect);
            labels.push((at, label));
        }
    }
    labels
}

/// `8080`, `53/UDP`, `80 +2`: as much as fits beside a line.
fn short(connection: &Connection) -> String {
    let Some(first) = connection.ports.first() else { return String::new() };
    let first = match first.split_once(' ') {
        Some(("TCP", port)) => port.to_owned(),
        Some((protocol, port)) => format!("{port}/{protocol}"),
        None => first.clone(),
    };
    let text = match connection.ports.len() {
        1 => first,
        more => format!("{first} +{}", more - 1),
    };
    line(&text).into_owned()
}

/// The first place along the route where a text covers nothing.
fn room(route: &Route, text: String, taken: &Taken) -> Option<Label> {
    let width = measure::width(&text, measure::SMALL_SIZE) + 4.0;
    if text.is_empty() || route.own || route.swing.is_some() {
        return None;
    }
    // Points 0 and 1 are the ends of the first curve, 2 and 3 of the second.
    let curves = route.points.chunks_exact(2).rev();
    curves.flat_map(|ends| [0.5, 0.65, 0.35, 0.8, 0.2].map(|part| on_curve(ends[0], ends[1], part))).find_map(
        |(x, y)| {
            let rect = Rect { x: x - width / 2.0, y: y - HEIGHT / 2.0, width, height: HEIGHT };
            taken.is_free(&rect).then(|| Label { text: text.clone(), x, y: y + 3.6, rect })
        },
    )
}

/// A point of the curve that joins two horizontal lines.
fn on_curve(from: (f64, f64), to: (f64, f64), part: f64) -> (f64, f64) {
    let middle = f64::midpoint(from.0, to.0);
    let bezier = |a: f64, b: f64, c: f64, d: f64| {
        let rest = 1.0 - part;
        rest.powi(3) * a + 3.0 * rest * rest * part * b + 3.0 * rest * part * part * c + part.powi(3) * d
    };
    (bezier(from.0, middle, middle, to.0), bezier(from.1, from.1, to.1, to.1))
}

/// What is covered already, by the cells of a grid.
#[derive(Default)]
struct Taken {
    cells: HashMap<(i64, i64), Vec<Rect>>,
}

impl Taken {
    fn add(&mut self, rect: Rect) {
        for cell in cells(&rect) {
            self.cells.entry(cell).or_default().push(rect);
        }
    }

    fn is_free(&self, rect: &Rect) -> bool {
        cells(rect)
            .all(|cell| self.cells.get(&cell).is_none_or(|others| others.iter().all(|other| !other.touches(rect))))
    }
}

fn cells(rect: &Rect) -> impl Iterator<Item = (i64, i64)> + use<> {
    let cell = |at: f64| (at / CELL).floor() as i64;
    let rows = cell(rect.y)..=cell(rect.bottom());
    (cell(rect.x)..=cell(rect.right())).flat_map(move |column| rows.clone().map(move |row| (column, row)))
}
