//! The connections as a table of Markdown, for documents and for those who review a change.

use super::background::{self, Share};
use super::words::{complaint, full_name, line, places, ports, put};
use crate::graph::picture::{Connection, PartyKind, Picture};

/// A row for each connection; what is background has one for all that share it, at the end.
pub fn table(picture: &Picture) -> String {
    let hubs = background::hubs(picture);
    let mut out = String::from("| from | to | ports | why | where |\n| --- | --- | --- | --- | --- |\n");
    for (connection, _) in picture.connections.iter().zip(&hubs).filter(|(_, hub)| hub.is_none()) {
        row(&mut out, picture, connection);
    }
    background::shares(picture, &hubs).iter().for_each(|share| shared_row(&mut out, share));
    out
}

fn row(out: &mut String, picture: &Picture, connection: &Connection) {
    let [from, to] = [connection.from, connection.to].map(|party| code(&full_name(&picture.parties[party])));
    let mut why: Vec<String> = complaint(connection.state).map(|text| format!("**{text}**")).into_iter().collect();
    why.extend(connection.reasons.iter().map(|reason| plain(&reason.words)));
    // Where nobody says why, the policy that opens it is what there is to look at.
    if connection.reasons.is_empty() {
        why.extend(connection.policies.iter().map(|policy| format!("policy {}", code(policy))));
    }
    let places: Vec<String> = places(connection).iter().map(|at| code(at)).collect();
    let (ports, why, places) = (plain(&ports(connection)), why.join("; "), places.join(", "));
    put(out, format_args!("| {from} | {to} | {ports} | {why} | {places} |\n"));
}

fn shared_row(out: &mut String, share: &Share<'_>) {
    let (who, hub, ports) = (share.who(code), code(&full_name(share.hub)), plain(&share.ports));
    let (from, to) = if share.outwards { (hub, who) } else { (who, hub) };
    let why = match share.hub.kind {
        PartyKind::Monitoring => "metrics",
        PartyKind::Collector => "traces",
        PartyKind::Everybody => "nothing closes it",
        _ => "names",
    };
    put(out, format_args!("| {from} | {to} | {ports} | {why} |  |\n"));
}

/// A text as code, in which nothing is markup but the bar between cells.
pub(crate) fn code(text: &str) -> String {
    let text = line(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A blank keeps a backtick at the edge apart from the fence, and a code without text from being none.
    let blank = if longest > 0 || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{blank}{}{blank}{fence}", text.replace('|', "\\|"))
}

/// A text as text: no markup, no link, nobody called by name.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    for character in line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}
