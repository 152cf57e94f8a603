//! The difference as a comment to a pull request.
//!
//! GitHub takes 65,536 characters. What matters most comes first, each part as far as there is room, and the last line of a
//! part says what was left out. Dangers are in the open; what changes in the objects is folded.

use super::Difference;
use super::body::{Group, at, groups, name as name_of, names};
use super::connections::Change;
use super::told::{Danger, Listed};
use super::words::{dangers, exchanged, name, places, ports, remarks, remedy, summary, why};
use crate::draw::table::{code, plain};
use crate::draw::words::{place, put};

/// A comment is no longer than this, in bytes, of which there are at least as many as characters.
const MAX_BYTES: usize = 64_000;
/// How much of that each part may have at most; what one leaves over goes to the next.
const SHARES: [usize; 4] = [16_000, 12_000, 24_000, 12_000];

/// The difference in Markdown.
pub fn markdown(difference: &Difference) -> String {
    let (old, new) = (code(&difference.old), code(&difference.new));
    let mut page = Page { out: String::new(), room: 0 };
    put(&mut page.out, format_args!("### What changes\n\n**{}** from {old} to {new}\n", summary(difference)));
    let parts = [Page::dangers, Page::listed, Page::changed, Page::connections];
    for (part, share) in parts.into_iter().zip(SHARES) {
        page.room = (page.room + share).min(MAX_BYTES.saturating_sub(page.out.len()));
        let before = page.out.len();
        part(&mut page, difference);
        page.room = page.room.saturating_sub(page.out.len() - before);
    }
    for remark in remarks(difference) {
        put(&mut page.out, format_args!("\n<sub>{}</sub>\n", plain_but_code(&remark)));
    }
    page.out
}

struct Page {
    out: String,
    /// So many bytes are left for the part.
    room: usize,
}

impl Page {
    /// Adds pieces as long as there is room, and says how many are left out.
    fn add(&mut self, pieces: impl ExactSizeIterator<Item = String>) {
        let all = pieces.len();
        let limit = self.out.len() + self.room;
        for (told, piece) in pieces.enumerate() {
            if self.out.len() + piece.len() > limit {
                let more = all - told;
                put(&mut self.out, format_args!("\nand {more} more: `nxk diff` tells all of them\n"));
                return;
            }
            self.out.push_str(&piece);
        }
    }

    fn dangers(&mut self, difference: &Difference) {
        let groups = dangers(difference);
        if groups.is_empty() {
            return;
        }
        self.out.push_str("\n#### ⚠️ Dangerous\n\n");
        self.add(groups.iter().map(|(first, all)| danger(first, all)));
    }

    fn listed(&mut self, difference: &Difference) {
        for (heading, listed) in [("Added", &difference.objects.added), ("Removed", &difference.objects.removed)] {
            if listed.is_empty() {
                continue;
            }
            let before = self.out.len();
            put(&mut self.out, format_args!("\n#### {heading}\n\n"));
            let share = self.room;
            self.room = if heading == "Added" { share / 2 } else { share };
            self.add(listed.iter().map(row_of_object));
            self.room = share.saturating_sub(self.out.len() - before);
        }
    }

    fn changed(&mut self, difference: &Difference) {
        let groups = groups(&difference.objects.changed);
        if groups.is_empty() {
            return;
        }
        self.out.push_str("\n#### Changed\n\n");
        self.add(groups.iter().map(details));
    }

    fn connections(&mut self, difference: &Difference) {
        let connections = &difference.connections;
        if connections.is_empty() {
            return;
        }
        self.out.push_str(
            "\n#### Connections\n\n| | from | to | ports | why | where |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        let gained = connections.gained.iter().map(|change| ("gained", change));
        let lost = connections.lost.iter().map(|change| ("lost", change));
        let changed = connections.changed.iter().map(|change| ("changed", change));
        let rows: Vec<(&str, &Change)> = gained.chain(lost).chain(changed).collect();
        self.add(rows.iter().map(|(what, change)| row(what, change)));
    }
}

fn danger(first: &Danger, all: &[&Danger]) -> String {
    let about = |danger: &&Danger| {
        let field = danger.path.as_ref().map(|path| format!(" {}", code(path))).unwrap_or_default();
        let place = danger.place.as_ref().map(|at| format!(" ({})", code(&place(at)))).unwrap_or_default();
        format!("**{}**{field}{place}", plain(&name_of(&danger.object)))
    };
    let mut who: Vec<String> = all.iter().take(super::body::MAX_NAMES).map(about).collect();
    if let Some(more) = all.len().checked_sub(super::body::MAX_NAMES).filter(|more| *more > 0) {
        who.push(format!("… and {more} more"));
    }
    let (fact, remedy) = (plain_but_code(&first.fact), plain_but_code(&remedy(first, all)));
    format!("- {}: {fact}\n  → {remedy}\n", who.join(", "))
}

fn row_of_object(listed: &Listed) -> String {
    let place = listed.place.as_ref().map(|at| format!(" ({})", code(&place(at)))).unwrap_or_default();
    format!("- {}{place}\n", plain(&name_of(&listed.object)))
}

/// What changes in objects that change alike, folded.
fn details(group: &Group<'_>) -> String {
    let Some((first, alike)) = group.objects.split_first() else { return String::new() };
    let who = html(&format!("{}{}", name_of(&first.object), at(first.place.as_ref()).replacen("  ", " ", 1)));
    let more = if alike.is_empty() { String::new() } else { format!(" and {} alike", alike.len()) };
    let mut out = format!("<details><summary>{who}{more}</summary>\n\n");
    if !alike.is_empty() {
        put(&mut out, format_args!("{}\n\n", names(alike.iter().map(|object| &object.object), plain)));
    }
    let longest = |text: &str| text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(group.lines.iter().map(|line| longest(&line.text) + 1).max().unwrap_or_default().max(3));
    put(&mut out, format_args!("{fence}diff\n"));
    for line in &group.lines {
        // `diff` knows of `+`, `-` and `!`.
        let sign = if line.sign == '~' { '!' } else { line.sign };
        let indent = "    ".repeat(line.depth);
        put(&mut out, format_args!("{}\n", format!("{sign} {indent}{}{}", line.text, line.place).trim_end()));
    }
    put(&mut out, format_args!("{fence}\n\n</details>\n"));
    out
}

fn row(what: &str, change: &Change) -> String {
    let ports = match what {
        "changed" => exchanged(change),
        _ => ports(&change.ports),
    };
    let [from, to] = [&change.from, &change.to].map(|end| code(&name(end)));
    let why: Vec<String> = why(change).iter().map(|text| plain(text)).collect();
    let places: Vec<String> = places(change).iter().map(|place| code(place)).collect();
    let (ports, why, places) = (plain(&ports), why.join("; "), places.join(", "));
    format!("| **{what}** | {from} | {to} | {ports} | {why} | {places} |\n")
}

/// A text as text, what stands between backticks as code.
fn plain_but_code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces.map(|(at, piece)| if at % 2 == 1 { code(piece) } else { plain(piece) }).collect()
}

/// A text as text in HTML.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}
