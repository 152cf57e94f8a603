//! A changed object as lines, for people.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::lines;
use super::told::{Changed, FieldChange, Kind, Name};
use super::value::{block, flow, short};
use crate::draw::words::{line, place};
use crate::graph::picture::Place;

/// So many lines of a value are shown, and so many of the difference of a text.
const MAX_LINES: usize = 40;
/// A value on a line of its own is shown so far.
const MAX_WIDTH: usize = 160;

/// A line, with a sign in front: `+`, `-`, `~` or a blank.
pub(super) struct Line {
    pub(super) sign: char,
    pub(super) depth: usize,
    pub(super) text: String,
    /// `  (main.nxk:7)`, or nothing.
    pub(super) place: String,
}

/// Changed objects in all of which the same changes.
pub(super) struct Group<'a> {
    /// They, the first one first.
    pub(super) objects: Vec<&'a Changed>,
    /// What changes; the places are those of the first.
    pub(super) lines: Vec<Line>,
}

/// The changed objects in their order, those that change alike together.
pub(super) fn groups(changed: &[Changed]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: FxHashMap<Vec<(char, String)>, usize> = FxHashMap::default();
    for object in changed {
        let lines = lines_of(object);
        let key = lines.iter().map(|line| (line.sign, line.text.clone())).collect();
        match known.entry(key) {
            Entry::Occupied(at) => groups[*at.get()].objects.push(object),
            Entry::Vacant(free) => {
                free.insert(groups.len());
                groups.push(Group { objects: vec![object], lines });
            }
        }
    }
    groups
}

/// So many names are told of those that change alike.
pub(super) const MAX_NAMES: usize = 10;

/// `Service shop/web, Service shop/api, … and 3 more`
pub(super) fn names<'n>(objects: impl ExactSizeIterator<Item = &'n Name>, shown: impl Fn(&str) -> String) -> String {
    let more = objects.len().saturating_sub(MAX_NAMES);
    let mut names: Vec<String> = objects.take(MAX_NAMES).map(|object| shown(&name(object))).collect();
    if more > 0 {
        names.push(format!("… and {more} more"));
    }
    names.join(", ")
}

/// `Deployment shop/web`
pub(super) fn name(object: &Name) -> String {
    let Name { kind, namespace, name, .. } = object;
    match namespace {
        Some(namespace) => line(&format!("{kind} {namespace}/{name}")).into_owned(),
        None => line(&format!("{kind} {name}")).into_owned(),
    }
}

/// `  (main.nxk:7)`, or nothing.
pub(super) fn at(found: Option<&Place>) -> String {
    found.map(|found| format!("  ({})", place(found))).unwrap_or_default()
}

fn lines_of(changed: &Changed) -> Vec<Line> {
    changed.fields.iter().flat_map(field).collect()
}

fn field(change: &FieldChange) -> Vec<Line> {
    let place = at(change.place.as_ref().or(change.old_place.as_ref()));
    let path = line(&change.path);
    let head = |sign, text: String| Line { sign, depth: 0, text, place: place.clone() };
    let (sign, only) = match change.change {
        Kind::Added => ('+', change.new.as_ref()),
        Kind::Removed => ('-', change.old.as_ref()),
        Kind::Changed | Kind::Reordered => ('~', None),
    };
    if change.secret {
        return vec![head(sign, format!("{path}: a secret, which is not shown"))];
    }
    if let Some(value) = only {
        return match short(value) {
            Some(text) => vec![head(sign, format!("{path}: {text}"))],
            None => std::iter::once(head(sign, format!("{path}:"))).chain(shortened(sign, block(value))).collect(),
        };
    }
    let (Some(old), Some(new)) = (&change.old, &change.new) else { return vec![head(sign, path.into_owned())] };
    if change.change == Kind::Reordered {
        return vec![head(sign, format!("{path}: order {} → {}", flow(old), flow(new)))];
    }
    if let (Some(before), Some(after)) = (old.as_str(), new.as_str())
        && (before.contains('\n') || after.contains('\n'))
    {
        let mut lines = vec![head(sign, format!("{path}:"))];
        let all = lines::difference(before, after).into_iter();
        lines.extend(bounded(
            all.map(|(sign, text)| Line { sign, depth: 1, text: cut(text), place: String::new() }).collect(),
        ));
        return lines;
    }
    if let (Some(before), Some(after)) = (short(old), short(new)) {
        return vec![head(sign, format!("{path}: {before} → {after}"))];
    }
    let side = |sign, value| Line { sign, depth: 1, text: cut(flow(value)), place: String::new() };
    vec![head(sign, format!("{path}:")), side('-', old), side('+', new)]
}

fn shortened(sign: char, texts: Vec<String>) -> Vec<Line> {
    bounded(texts.into_iter().map(|text| Line { sign, depth: 1, text: cut(text), place: String::new() }).collect())
}

fn bounded(mut lines: Vec<Line>) -> Vec<Line> {
    let more = lines.len().saturating_sub(MAX_LINES);
    if more > 1 {
        lines.truncate(MAX_LINES);
        lines.push(Line { sign: ' ', depth: 1, text: format!("… and {more} more lines"), place: String::new() });
    }
    lines
}

fn cut(text: String) -> String {
    match text.char_indices().nth(MAX_WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
