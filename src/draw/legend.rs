//! What the lines and marks of a drawing mean, as far as they are there.

use super::drawing::{At, mark, mark_at, state_class};
use super::layout::Layout;
use super::words::put;
use crate::graph::picture::{PartyKind, Picture, State};

/// What there is to explain, each with its words.
pub(super) fn of(picture: &Picture, layout: &Layout<'_>) -> Vec<(Sign, &'static str)> {
    let mut items: Vec<(Sign, &str)> = Vec::new();
    for (state, words) in [
        (State::Proved, "declared, and proved to be open"),
        (State::Open, "open, and not proved"),
        (State::Undeclared, "open, but nobody declares it"),
        (State::Closed, "declared, but the policies close it"),
    ] {
        if picture.connections.iter().any(|connection| connection.state == state) {
            items.push((Sign::Line(state), words));
        }
    }
    for kind in [PartyKind::Dns, PartyKind::Monitoring, PartyKind::Collector, PartyKind::Everybody] {
        if layout.hubs.iter().flatten().any(|hub| picture.parties[*hub].kind == kind) {
            items.push((Sign::Mark(kind), mark(kind).1));
        }
    }
    items
}

/// What is explained.
pub(super) enum Sign {
    Line(State),
    Mark(PartyKind),
}

impl Sign {
    /// How wide it is.
    pub(super) fn width(&self) -> f64 {
        match self {
            Sign::Line(_) => 48.0,
            Sign::Mark(_) => 21.0,
        }
    }

    /// Draws it, `y` being its middle.
    pub(super) fn draw(&self, out: &mut String, x: f64, y: f64) {
        match self {
            Sign::Line(state) => {
                let (class, left, middle, right) = (state_class(*state), At(x), At(y), At(x + 40.0));
                put(out, format_args!("<path class=\"edge {class}\" d=\"M{left} {middle}H{right}\"/>"));
            }
            Sign::Mark(hub) => mark_at(out, *hub, x, y - 7.0),
        }
    }
}
