//! The drawing itself, as SVG elements: boxes of namespaces, connections, ports, parties. The file and the page put a
//! frame of their own around it.

use std::fmt::{self, Display};

use super::layout::measure::{BOLD, NAME_SIZE, PARTY_PAD, SMALL_SIZE, shortened};
use super::layout::{Layout, Rect, Route};
use super::words::{about, complaint, full_name, kind, line, of_configuration, place, ports, put};
use crate::graph::picture::{Connection, Party, PartyKind, Picture, State};
use crate::report::write_escaped;

/// The looks of a drawing, by classes.
pub(super) const STYLE: &str = include_str!("drawing.css");

/// Text as XML and HTML show it: nothing in it is markup, and nothing in it is unseen or no character.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, &line(self.0))
    }
}

/// A coordinate with at most one decimal.
pub(super) struct At(pub(super) f64);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let (sign, whole, rest) = (if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
        match rest {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{rest}"),
        }
    }
}

/// Whether connections that are background have lines.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Background {
    /// They are marks at the parties.
    Marks,
    /// They are marks, and lines of the class `background`, which the page shows on demand.
    Lines,
}

/// All elements of the drawing.
pub(super) fn elements(out: &mut String, picture: &Picture, layout: &Layout<'_>, background: Background) {
    arrowheads(out);
    lanes(out, layout);
    out.push_str("<g class=\"edges\">\n");
    // What somebody has to look at lies on top.
    let mut order: Vec<usize> = (0..picture.connections.len()).collect();
    order.sort_by_key(|at| (layout.hubs[*at].is_none(), complaint(picture.connections[*at].state).is_some()));
    for at in order {
        if layout.hubs[at].is_none() || background == Background::Lines {
            edge(out, picture, layout, at, &picture.connections[at]);
        }
    }
    out.push_str("</g>\n<g class=\"ports\" aria-hidden=\"true\">\n");
    for (at, label) in &layout.labels {
        let class = state_class(picture.connections[*at].state);
        let (x, y, text) = (At(label.x), At(label.y), Escaped(&label.text));
        put(out, format_args!("<text class=\"{class}\" data-c=\"{at}\" x=\"{x}\" y=\"{y}\">{text}</text>\n"));
    }
    out.push_str("</g>\n<g class=\"parties\">\n");
    let marks = marks(picture, layout);
    for (at, party) in picture.parties.iter().enumerate() {
        self::party(out, at, party, &layout.parties[at], &marks[at]);
    }
    out.push_str("</g>\n");
}

/// The class of a state.
pub(super) fn state_class(state: State) -> &'static str {
    match state {
        State::Proved => "proved",
        State::Undeclared => "undeclared",
        State::Closed => "closed",
        State::Open => "open",
    }
}

/// The letter of a party that is shared by many, and what it says of those who have it.
pub(super) fn mark(hub: PartyKind) -> (char, &'static str) {
    match hub {
        PartyKind::Monitoring => ('M', "has its metrics read"),
        PartyKind::Collector => ('T', "sends traces"),
        PartyKind::Everybody => ('E', "is open to or from everybody"),
        _ => ('D', "asks DNS for names"),
    }
}

/// One head for each state, so that the state is seen without its colour: full, cut off by a bar, or hollow.
fn arrowheads(out: &mut String) {
    let heads = [
        ("proved", "M0 0.8 9 5 0 9.2 1.8 5Z"),
        ("undeclared", "M0 0.8 9 5 0 9.2 1.8 5Z"),
        ("closed", "M7 0H9.4V10H7Z"),
        ("open", "M0.8 1.4 8.4 5 0.8 8.6Z"),
        ("chosen", "M0 0.8 9 5 0 9.2 1.8 5Z"),
    ];
    out.push_str("<defs>\n");
    for (name, path) in heads {
        put(
            out,
            format_args!(
                "<marker id=\"head-{name}\" class=\"head {name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
                 markerWidth=\"10\" markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
                 <path d=\"{path}\"/></marker>\n"
            ),
        );
    }
    out.push_str("</defs>\n");
}

fn lanes(out: &mut String, layout: &Layout<'_>) {
    out.push_str("<g class=\"lanes\">\n");
    for lane in &layout.lanes {
        let Rect { x, y, width, height } = lane.rect;
        let namespace = lane.name.unwrap_or_default();
        put(out, format_args!("<g class=\"lane\" data-namespace=\"{}\">", Escaped(namespace)));
        let (x_, y_, width_, height_) = (At(x), At(y), At(width), At(height));
        put(out, format_args!("<rect x=\"{x_}\" y=\"{y_}\" width=\"{width_}\" height=\"{height_}\" rx=\"10\"/>"));
        let shown = if lane.name.is_some() { line(namespace) } else { "without a namespace".into() };
        let name = shortened(&shown, NAME_SIZE, (width - 2.0 * PARTY_PAD) / BOLD);
        let (x, y) = (At(x + 14.0), At(y + 20.0));
        put(out, format_args!("<text x=\"{x}\" y=\"{y}\">{}</text></g>\n", Escaped(&name)));
    }
    out.push_str("</g>\n");
}

fn edge(out: &mut String, picture: &Picture, layout: &Layout<'_>, at: usize, connection: &Connection) {
    let background = if layout.hubs[at].is_some() { " background" } else { "" };
    let (state, path) = (state_class(connection.state), Path(&layout.routes[at]));
    put(out, format_args!("<path class=\"edge {state}{background}\" data-c=\"{at}\" d=\"{path}\"><title>"));
    let [from, to] = [connection.from, connection.to].map(|party| full_name(&picture.parties[party]));
    put(out, format_args!("{} → {}\n{}", Escaped(&from), Escaped(&to), Escaped(&ports(connection))));
    if let Some(complaint) = complaint(connection.state) {
        put(out, format_args!("\n{complaint}"));
    }
    for reason in &connection.reasons {
        put(out, format_args!("\n{}", Escaped(&reason.words)));
        if let Some(at) = &reason.place {
            put(out, format_args!(" ({})", Escaped(&place(at))));
        }
    }
    out.push_str("</title></path>\n");
}

/// The `d` of a path.
struct Path<'a>(&'a Route);

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = &self.0.points;
        let ((x, y), (to_x, to_y)) = (points[0], points[points.len() - 1]);
        write!(f, "M{} {}", At(x), At(y))?;
        if self.0.own {
            let up = At(y - 21.0);
            return write!(f, "C{} {up} {} {up} {} {}", At(x), At(to_x), At(to_x), At(to_y));
        }
        if let Some(swing) = self.0.swing {
            let out = x.max(to_x) + swing;
            return write!(f, "C{} {} {} {} {} {}", At(out), At(y), At(out), At(to_y), At(to_x), At(to_y));
        }
        for (at, two) in points.windows(2).enumerate() {
            let ((x, y), (to_x, to_y)) = (two[0], two[1]);
            match at % 2 {
                0 if y != to_y => {
                    let middle = At(f64::midpoint(x, to_x));
                    write!(f, "C{middle} {} {middle} {} {} {}", At(y), At(to_y), At(to_x), At(to_y))?;
                }
                _ => write!(f, "H{}", At(to_x))?,
            }
        }
        Ok(())
    }
}

/// For each party the kinds of those that it shares with many.
fn marks(picture: &Picture, layout: &Layout<'_>) -> Vec<Vec<PartyKind>> {
    let mut marks: Vec<Vec<PartyKind>> = vec![Vec::new(); picture.parties.len()];
    for (connection, hub) in picture.connections.iter().zip(&layout.hubs) {
        if let Some(hub) = *hub {
            let kind = picture.parties[hub].kind;
            for party in [connection.from, connection.to] {
                if !marks[party].contains(&kind) {
                    marks[party].push(kind);
                }
            }
        }
    }
    marks.iter_mut().for_each(|marks| marks.sort());
    marks
}

fn party(out: &mut String, at: usize, party: &Party, rect: &Rect, marks: &[PartyKind]) {
    let Rect { x, y, width, height } = *rect;
    let (class, round) = match party.kind {
        PartyKind::Application => ("application", 8.0),
        PartyKind::Workload => ("workload", 2.0),
        _ => ("around", height / 2.0),
    };
    // A pill is narrower where its text begins and ends.
    let inset = if of_configuration(party.kind) { PARTY_PAD } else { PARTY_PAD + 4.0 };
    let room = width - inset - PARTY_PAD;
    put(out, format_args!("<g class=\"party {class}\" data-p=\"{at}\"><title>"));
    party_title(out, party);
    let (left, top, width_, height_, round) = (At(x), At(y), At(width), At(height), At(round));
    put(
        out,
        format_args!("</title><rect x=\"{left}\" y=\"{top}\" width=\"{width_}\" height=\"{height_}\" rx=\"{round}\"/>"),
    );
    let (name, about) = (line(&party.name), about(party));
    let name = shortened(&name, NAME_SIZE, room / BOLD);
    let about = shortened(&about, SMALL_SIZE, room - 16.0 * marks.len() as f64);
    let left = At(x + inset);
    put(out, format_args!("<text class=\"name\" x=\"{left}\" y=\"{}\">{}</text>", At(y + 19.0), Escaped(&name)));
    put(out, format_args!("<text class=\"about\" x=\"{left}\" y=\"{}\">{}</text>", At(y + 34.5), Escaped(&about)));
    for (number, hub) in marks.iter().rev().enumerate() {
        let right = x + width - (inset - 4.0);
        mark_at(out, *hub, right - 14.0 - 16.0 * number as f64, y + height - 20.0);
    }
    out.push_str("</g>\n");
}

fn party_title(out: &mut String, party: &Party) {
    put(out, format_args!("{}\n{}", Escaped(&full_name(party)), kind(party.kind)));
    if let Some(detail) = &party.detail {
        put(out, format_args!(", {}", Escaped(detail)));
    }
    if let Some(wave) = party.wave {
        put(out, format_args!("\nstarts in wave {wave}"));
    }
    if let Some(at) = &party.place {
        put(out, format_args!("\n{}", Escaped(&place(at))));
    }
}

/// A letter in a small square.
pub(super) fn mark_at(out: &mut String, hub: PartyKind, x: f64, y: f64) {
    let (letter, _) = mark(hub);
    let (left, top, middle, base) = (At(x), At(y), At(x + 7.0), At(y + 10.6));
    put(
        out,
        format_args!(
            "<rect class=\"mark\" x=\"{left}\" y=\"{top}\" width=\"14\" height=\"14\" rx=\"4\"/>\
             <text class=\"mark\" x=\"{middle}\" y=\"{base}\">{letter}</text>"
        ),
    );
}
