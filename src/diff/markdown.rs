//! The difference as a comment to a pull request.

use super::Difference;
use super::connections::Change;
use super::words::{exchanged, name, places, ports, summary, why};
use crate::draw::table::{code, plain};
use crate::draw::words::put;

/// More rows than these do not fit into a comment: GitHub takes 65,536 characters.
const MAX_ROWS: usize = 250;

/// The difference in Markdown.
pub fn markdown(difference: &Difference) -> String {
    let mut out = String::from("### Connections\n\n");
    let connections = &difference.connections;
    let (old, new) = (code(&difference.old), code(&difference.new));
    put(&mut out, format_args!("**{}** from {old} to {new}\n", summary(connections)));
    if connections.is_empty() {
        return out;
    }
    out.push_str("\n| | from | to | ports | why | where |\n| --- | --- | --- | --- | --- | --- |\n");
    let gained = connections.gained.iter().map(|change| ("gained", change));
    let lost = connections.lost.iter().map(|change| ("lost", change));
    let changed = connections.changed.iter().map(|change| ("changed", change));
    let rows: Vec<(&str, &Change)> = gained.chain(lost).chain(changed).collect();
    for (what, change) in rows.iter().take(MAX_ROWS) {
        row(&mut out, what, change);
    }
    if let Some(more) = rows.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        put(&mut out, format_args!("\nand {more} more: `nxk diff` tells all of them\n"));
    }
    out
}

fn row(out: &mut String, what: &str, change: &Change) {
    let ports = match what {
        "changed" => exchanged(change),
        _ => ports(&change.ports),
    };
    let [from, to] = [&change.from, &change.to].map(|end| code(&name(end)));
    let why: Vec<String> = why(change).iter().map(|text| plain(text)).collect();
    let places: Vec<String> = places(change).iter().map(|place| code(place)).collect();
    let (ports, why, places) = (plain(&ports), why.join("; "), places.join(", "));
    put(out, format_args!("| **{what}** | {from} | {to} | {ports} | {why} | {places} |\n"));
}
