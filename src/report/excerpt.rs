//! Excerpts of the source with the places of a finding drawn in; the only room that knows ariadne.
//!
//! ariadne draws well but trusts its input, so it never sees a raw text or span. It gets
//! - a copy of each text in which every character that could steer the terminal, or that it would
//!   take for a line end where nxk sees none, is replaced one for one by a visible one, so that
//!   lines and columns are those of the [`SourceMap`];
//! - ranges in characters, made from line and column, in bounds and never empty;
//! - no line that is too long to be read: of such a line only a window around the place is drawn.
//!
//! Its title and its end are cut off, since those are the same for findings without an excerpt.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ariadne::{Cache, CharSet, Color, Config, IndexType, Label as Mark, Report, ReportKind, Source};

use crate::diag::{Diagnostic, Label, Severity};
use crate::source::{SourceId, SourceKind, SourceMap};

use super::words::{one_line, steers};

/// Draws excerpts. Keeps the copies of the texts, since findings often share a file.
pub(super) struct Excerpts<'a> {
    sources: &'a SourceMap,
    color: bool,
    copies: Copies,
}

/// A drawn excerpt, and what did not fit in.
#[derive(Default)]
pub(super) struct Excerpt<'a> {
    /// The lines, each ended; empty when no label has a place in a user's file.
    pub body: String,
    /// How many columns stand left of the vertical rule.
    pub gutter: usize,
    /// Labels to be told in words: places in the library, or on other overlong lines.
    pub untold: Vec<&'a Label>,
}

/// Longer lines are not drawn whole.
const LONGEST_LINE: usize = 200;
/// Characters drawn on either side of the place in an overlong line.
const WINDOW: usize = 60;
/// More places than these are told in words.
const MOST_PLACES: usize = 8;

impl<'a> Excerpts<'a> {
    /// Draws from `sources`.
    pub(super) fn new(sources: &'a SourceMap, color: bool) -> Excerpts<'a> {
        Excerpts { sources, color, copies: Copies::default() }
    }

    /// The excerpt that shows the places of `diagnostic`.
    pub(super) fn draw<'d>(&mut self, diagnostic: &'d Diagnostic) -> Excerpt<'d> {
        let mut untold = Vec::new();
        let mut places = Vec::new();
        for (rank, label) in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).enumerate() {
            match self.place(label, rank == 0) {
                Some(place) if places.len() < MOST_PLACES => places.push(place),
                _ if label.span.is_none() || self.sources.find(label.span).is_none() => {}
                _ => untold.push(label),
            }
        }
        let Some(first) = places.first() else { return Excerpt { untold, ..Excerpt::default() } };
        if self.is_overlong(first) {
            untold.extend(places[1..].iter().map(|place| place.label));
            return self.finish(self.draw_window(first, diagnostic.severity), untold);
        }
        places.retain(|place| {
            let fits = !self.is_overlong(place);
            if !fits {
                untold.push(place.label);
            }
            fits
        });
        in_reading_order(&mut places);
        let marks: Vec<_> = places.iter().map(|place| (place, place.range(&self.copies))).collect();
        let drawn = draw(&marks, &mut self.copies, diagnostic.severity, self.color);
        self.finish(drawn, untold)
    }

    /// Where `label` is, if that is in a text of the user's. Takes a copy of the text.
    fn place<'d>(&mut self, label: &'d Label, is_primary: bool) -> Option<Place<'d>> {
        let (id, range) = self.sources.range(label.span)?;
        let file = self.sources.file(id);
        if file.kind == SourceKind::Library {
            return None;
        }
        self.copies.take(id, &file.name, &file.text);
        let (start, end) = (file.line_column(range.start), file.line_column(range.end));
        Some(Place { id, start, end, label, is_primary })
    }

    fn is_overlong(&self, place: &Place<'_>) -> bool {
        let length = |line: usize| self.copies.line(place.id, line).len();
        length(place.start.0).max(length(place.end.0)) > LONGEST_LINE
    }

    /// The part of an overlong line around the start of `place`, as if it were all of the line.
    fn draw_window(&self, place: &Place<'_>, severity: Severity) -> String {
        let (line, column) = place.start;
        let span = self.copies.line(place.id, line);
        let start = (span.start + column - 1).min(span.end - 1);
        let end = place.range(&self.copies).end.min(span.end).min(start + WINDOW).max(start + 1);
        let window = start.saturating_sub(WINDOW).max(span.start)..(start + WINDOW).min(span.end);
        let cut_before = if window.start > span.start { "…" } else { "" };
        let cut_behind = if window.end < span.end { "…" } else { "" };
        let before = "\n".repeat(line - 1);
        let text = self.copies.slice(place.id, line, window.clone());
        let text = format!("{before}{cut_before}{}{cut_behind}\n", text.trim_end_matches('\n'));
        let column_drawn = start - window.start + cut_before.chars().count();
        let from = line - 1 + column_drawn;
        let name = self.copies.name(place.id);
        let mut copies = Copies::default();
        copies.0.insert(place.id, (name.to_owned(), Source::from(text)));
        let drawn = draw(&[(place, from..from + (end - start))], &mut copies, severity, self.color);
        let [wrong, right] = [column_drawn + 1, column].map(|column| format!(" {name}:{line}:{column} "));
        drawn.replacen(&wrong, &right, 1)
    }

    fn finish<'d>(&self, drawn: String, untold: Vec<&'d Label>) -> Excerpt<'d> {
        // The first line would be the title, the last one closes the drawing: `───╯`.
        let body = drawn.split_once('\n').map_or("", |(_, body)| body).trim_end_matches('\n');
        let (body, end) = body.rsplit_once('\n').unwrap_or((body, ""));
        let gutter = end.chars().filter(|&character| character == '─').count();
        let body = body.lines().map(|line| format!("{}\n", joined(line.trim_end()))).collect();
        Excerpt { body, gutter, untold }
    }
}

/// A place in a text of the user's, as lines and columns from 1.
struct Place<'d> {
    id: SourceId,
    start: (usize, usize),
    end: (usize, usize),
    label: &'d Label,
    is_primary: bool,
}

impl Place<'_> {
    /// The range of characters in the copy; at least one, so that there is something to point at.
    fn range(&self, copies: &Copies) -> Range<usize> {
        let offset = |(line, column): (usize, usize)| {
            let span = copies.line(self.id, line);
            (span.start + column - 1).min(span.end)
        };
        // The line feed, too, can be pointed at, but nothing behind it.
        let start = offset(self.start).min(copies.line(self.id, self.start.0).end - 1);
        start..offset(self.end).max(start + 1)
    }
}

/// The file of the first place first, and in each file from top to bottom: ariadne starts a new
/// excerpt wherever a place lies above the one before.
fn in_reading_order(places: &mut [Place<'_>]) {
    let mut files: Vec<SourceId> = Vec::new();
    for place in places.iter() {
        if !files.contains(&place.id) {
            files.push(place.id);
        }
    }
    places.sort_by_key(|place| (files.iter().position(|id| *id == place.id), place.end.0, place.start));
}

/// The drawing as ariadne makes it, with an empty title.
fn draw(marks: &[(&Place<'_>, Range<usize>)], copies: &mut Copies, severity: Severity, color: bool) -> String {
    let strong = if severity == Severity::Error { Color::Red } else { Color::Yellow };
    let Some((first, range)) = marks.iter().find(|(place, _)| place.is_primary).or(marks.first()) else {
        return String::new();
    };
    let config = Config::new().with_color(color).with_char_set(CharSet::Unicode).with_index_type(IndexType::Char);
    let mut report = Report::build(ReportKind::Custom("", strong), (first.id, range.clone())).with_config(config);
    for (place, range) in marks {
        // A place without words would not be drawn at all.
        let text = if place.label.text.is_empty() { "here" } else { &place.label.text };
        let (color, priority) = if place.is_primary { (strong, 1) } else { (Color::Blue, 0) };
        let mark = Mark::new((place.id, range.clone())).with_message(one_line(text));
        report.add_label(mark.with_color(color).with_priority(priority));
    }
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = report.finish().write(copies, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// `line` with colours set only where they change: ariadne sets and resets them for each character.
fn joined(line: &str) -> String {
    const RESET: &str = "\x1b[0m";
    let mut out = String::with_capacity(line.len());
    let mut current = "";
    let mut rest = line;
    while let Some(at) = rest.find(RESET) {
        let (before, behind) = (&rest[..at], &rest[at + RESET.len()..]);
        out.push_str(before);
        if let Some(start) = before.rfind("\x1b[") {
            current = before[start..].split_inclusive('m').next().unwrap_or_default();
        }
        rest = match behind.strip_prefix(current) {
            Some(same) if !current.is_empty() => same,
            _ => {
                out.push_str(RESET);
                current = "";
                behind
            }
        };
    }
    out.push_str(rest);
    out
}

/// The copies of the texts, with the names to print.
#[derive(Default)]
struct Copies(BTreeMap<SourceId, (String, Source<String>)>);

impl Copies {
    fn take(&mut self, id: SourceId, name: &str, text: &str) {
        self.0.entry(id).or_insert_with(|| (one_line(name), Source::from(visible(text))));
    }

    fn name(&self, id: SourceId) -> &str {
        self.0.get(&id).map_or("", |(name, _)| name)
    }

    /// The characters of a line (from 1), with its line feed.
    fn line(&self, id: SourceId, line: usize) -> Range<usize> {
        let found = self.0.get(&id).and_then(|(_, source)| source.line(line - 1));
        found.map_or(0..1, |line| line.span())
    }

    /// A range of characters that lies in one line.
    fn slice(&self, id: SourceId, line: usize, range: Range<usize>) -> String {
        let Some((_, source)) = self.0.get(&id) else { return String::new() };
        let Some(line) = source.line(line - 1) else { return String::new() };
        let text = source.get_line_text(line).unwrap_or_default();
        text.chars().skip(range.start - line.offset()).take(range.len()).collect()
    }
}

impl Cache<SourceId> for &mut Copies {
    type Storage = String;

    fn fetch(&mut self, id: &SourceId) -> Result<&Source<String>, impl fmt::Debug> {
        self.0.get(id).map(|(_, source)| source).ok_or("no copy of the text was taken")
    }

    fn display<'b>(&self, id: &'b SourceId) -> Option<impl fmt::Display + 'b> {
        Some(self.name(*id).to_owned())
    }
}

/// `text` with one visible character for each one that is not. The carriage return of a line end
/// becomes a blank, and a last line that is empty gets a line feed, so that it is there to be drawn.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => out.push(' '),
            '\n' | '\t' => out.push(character),
            '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + character as u32)),
            '\x7f' => out.push('\u{2421}'),
            _ if steers(character) => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(character),
        }
    }
    out.push('\n');
    out
}
