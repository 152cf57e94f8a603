//! The difference for a terminal.

use super::Difference;
use super::body::{Group, Line, at, groups, name as name_of, names};
use super::connections::{Change, Connections};
use super::told::{Changed, Listed};
use super::words::{dangers, exchanged, name, places, ports, remarks, remedy, summary, why};
use crate::draw::words::{line, put};

/// The difference as text; coloured where asked for.
pub fn text(difference: &Difference, color: bool) -> String {
    let mut page = Page { out: String::new(), color };
    let (old, new) = (line(&difference.old), line(&difference.new));
    put(&mut page.out, format_args!("{old} → {new}: {}\n", summary(difference)));
    page.dangers(difference);
    page.listed("added", '+', &difference.objects.added);
    page.listed("removed", '-', &difference.objects.removed);
    page.changed(&difference.objects.changed);
    page.connections(&difference.connections);
    for (at, remark) in remarks(difference).into_iter().enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        put(&mut page.out, format_args!("{gap}{}\n", line(&remark)));
    }
    page.out
}

struct Page {
    out: String,
    color: bool,
}

impl Page {
    fn heading(&mut self, text: &str) {
        put(&mut self.out, format_args!("\n{text}\n"));
    }

    fn line(&mut self, tone: &str, text: &str) {
        match self.color && !tone.is_empty() {
            true => put(&mut self.out, format_args!("{tone}{text}{PLAIN}\n")),
            false => put(&mut self.out, format_args!("{text}\n")),
        }
    }

    fn dangers(&mut self, difference: &Difference) {
        let groups = dangers(difference);
        if !groups.is_empty() {
            self.heading("dangerous");
        }
        for (first, all) in groups {
            for danger in &all {
                let field = danger.path.as_ref().map(|path| format!(" {}", line(path))).unwrap_or_default();
                let text = format!("  ! {}{field}{}", name_of(&danger.object), at(danger.place.as_ref()));
                self.line(DANGER, &text);
            }
            put(&mut self.out, format_args!("      {}\n", first.fact));
            put(&mut self.out, format_args!("      → {}\n", line(&remedy(first, &all))));
        }
    }

    fn listed(&mut self, heading: &str, sign: char, listed: &[Listed]) {
        if !listed.is_empty() {
            self.heading(heading);
        }
        for object in listed {
            let text = format!("  {sign} {}{}", name_of(&object.object), at(object.place.as_ref()));
            self.line(tone(sign), &text);
        }
    }

    fn changed(&mut self, changed: &[Changed]) {
        if !changed.is_empty() {
            self.heading("changed");
        }
        for Group { objects, lines } in groups(changed) {
            let Some((first, alike)) = objects.split_first() else { continue };
            self.line("", &format!("  {}{}", name_of(&first.object), at(first.place.as_ref())));
            if !alike.is_empty() {
                let names = names(alike.iter().map(|object| &object.object), str::to_owned);
                self.line("", &format!("  alike: {names}"));
            }
            for Line { sign, depth, text, place } in &lines {
                let text = match depth {
                    0 => format!("    {sign} {text}{place}"),
                    _ => format!("        {sign} {text}"),
                };
                self.line(tone(*sign), text.trim_end());
            }
        }
    }

    fn connections(&mut self, connections: &Connections) {
        let sections = [
            ("connections gained", "+", &connections.gained),
            ("connections lost", "-", &connections.lost),
            ("connections changed", CHANGED, &connections.changed),
        ];
        let all = sections.iter().flat_map(|(_, sign, changes)| changes.iter().map(move |change| (*sign, change)));
        let rows: Vec<Row> = all.map(|(sign, change)| Row::of(change, sign)).collect();
        let width = |cell: fn(&Row) -> &str| {
            rows.iter().map(|row| cell(row).chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or_default()
        };
        let widths = (width(|row| &row.who), width(|row| &row.ports));
        let mut rows = rows.iter();
        for (heading, sign, changes) in sections.iter().filter(|(.., changes)| !changes.is_empty()) {
            self.heading(heading);
            for row in rows.by_ref().take(changes.len()) {
                self.line(tone(sign.chars().next().unwrap_or(' ')), &row.line(widths));
            }
        }
    }
}

fn tone(sign: char) -> &'static str {
    match sign {
        '+' => GREEN,
        '-' => RED,
        '~' => YELLOW,
        _ => "",
    }
}

/// The sign of a connection that stays, on other ports.
const CHANGED: &str = "~";
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const DANGER: &str = "\x1b[1;31m";
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
