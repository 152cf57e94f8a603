//! The difference for a terminal.

use super::Difference;
use super::connections::Change;
use super::words::{exchanged, name, places, ports, summary, why};
use crate::draw::words::{line, put};

/// The difference as text; coloured where asked for.
pub fn text(difference: &Difference, color: bool) -> String {
    let mut out = String::new();
    let (old, new) = (line(&difference.old), line(&difference.new));
    put(&mut out, format_args!("{old} → {new}: {}\n", summary(&difference.connections)));
    let connections = &difference.connections;
    let sections = [
        ("gained", "+", GREEN, &connections.gained),
        ("lost", "-", RED, &connections.lost),
        ("changed", CHANGED, YELLOW, &connections.changed),
    ];
    let all = sections.iter().flat_map(|(_, sign, _, changes)| changes.iter().map(move |change| (*sign, change)));
    let rows: Vec<Row> = all.map(|(sign, change)| Row::of(change, sign)).collect();
    let width = |cell: fn(&Row) -> &str| {
        rows.iter().map(|row| cell(row).chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or_default()
    };
    let widths = (width(|row| &row.who), width(|row| &row.ports));
    let mut rows = rows.iter();
    for (heading, _, tone, changes) in sections.iter().filter(|(.., changes)| !changes.is_empty()) {
        put(&mut out, format_args!("\n{heading}\n"));
        for row in rows.by_ref().take(changes.len()) {
            let text = row.line(widths);
            match color {
                true => put(&mut out, format_args!("{tone}{text}{PLAIN}\n")),
                false => put(&mut out, format_args!("{text}\n")),
            }
        }
    }
    out
}

/// The sign of a connection that stays, on other ports.
const CHANGED: &str = "~";
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";
/// Longer cells than this are not aligned with the others.
const WIDEST: usize = 60;

/// A change as the cells of its line.
struct Row {
    sign: &'static str,
    who: String,
    ports: String,
    why: String,
    places: String,
}

impl Row {
    fn of(change: &Change, sign: &'static str) -> Row {
        Row {
            sign,
            who: format!("{} → {}", name(&change.from), name(&change.to)),
            ports: if sign == CHANGED { exchanged(change) } else { ports(&change.ports) },
            why: why(change).join("; "),
            places: places(change).join(", "),
        }
    }

    fn line(&self, (who, ports): (usize, usize)) -> String {
        let Row { sign, who: pair, ports: shown, why, places } = self;
        let places = if places.is_empty() { String::new() } else { format!("  ({places})") };
        format!("  {sign} {pair:<who$}  {shown:<ports$}  {why}{places}").trim_end().to_owned()
    }
}
