//! An explanation for people.
//!
//! ```text
//! applications.web.replicas : Int(0..)                                   layer 3
//!   How many pods run.
//!
//! value    3, written at main.nxk:22:18
//! default  1
//!
//! definitions, the strongest first
//!   counts  main.nxk:22:7  replicas = 3;
//!           plain, priority 100
//!   lost    <nxk>/layers/applications.nxk:27:5  replicas : Int(0..) = 1;
//!           the option's default, priority 1500; weaker: priority 1500 against 100
//!
//! goes to
//!   layer 2  deployments.web.replicas
//!   Deployment/web  spec.replicas
//! ```

use std::fmt::Write;

use serde_json::Value as Json;

use crate::driver::{Child, Definition, Destination, Explanation, Link, Place, Verdict};
use crate::report::printable;
use crate::syntax::{quoted, quoted_name};

/// Of more lines than these in one part the rest is only counted.
const MOST_LINES: usize = 24;
/// More ways than these are told by what they are in.
const MOST_SINGLE: usize = 12;
/// Longer texts are cut.
const LONGEST: usize = 72;

/// The explanation, each part with a heading.
pub(super) fn text(told: &Explanation) -> String {
    let mut out = String::new();
    head(told, &mut out);
    facts(told, &mut out);
    section(&mut out, heading(&told.definitions), told.definitions.iter().map(definition).collect());
    section(&mut out, "comes from", links(&told.comes_from));
    let mut ways = links(&told.goes_through);
    ways.extend(destinations(&told.goes_to));
    let is_value = told.value.as_ref().is_some_and(|value| !value.is_null() && !value.is_object());
    if ways.is_empty() && told.found.is_none() && is_value {
        ways.push("nothing as it is: it is not used, or something else is made of it".to_string());
    }
    section(&mut out, "goes to", ways);
    children(told, &mut out);
    out
}

fn heading(definitions: &[Definition]) -> &'static str {
    let counting = definitions.iter().filter(|one| one.verdict != Verdict::Lost).count();
    match definitions {
        [one] if one.by == "default" => "not defined, so that the default counts",
        _ if counting == 0 => "defined, but nothing counts",
        [_] => "defined once",
        _ => "definitions, the strongest first",
    }
}

fn head(told: &Explanation, out: &mut String) {
    let layer = told.layer.map_or_else(String::new, |layer| format!("  (layer {layer})"));
    let ty = match told.found.as_ref().and_then(|found| found.ty.as_ref()) {
        Some(ty) => Some(ty),
        None => told.option.as_ref().and_then(|option| option.ty.as_ref()),
    };
    let ty = ty.map_or_else(String::new, |ty| format!(" : {ty}"));
    let path = if told.path.is_empty() { "all options" } else { &told.path };
    line(out, &format!("{path}{ty}{layer}"));
    if let Some(doc) = told.option.as_ref().and_then(|option| option.doc.as_ref()) {
        doc.lines().for_each(|text| line(out, &format!("  {}", text.trim())));
    }
}

fn facts(told: &Explanation, out: &mut String) {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(value) = &told.value {
        let written = told.written.as_ref().map_or_else(String::new, |place| format!(", written at {}", at(place)));
        let partly = if told.incomplete { ", parts of which cannot be told" } else { "" };
        rows.push(("value", short(value) + &written + partly));
    } else if told.incomplete {
        rows.push(("value", "cannot be told: it has errors, or is no data".to_string()));
    } else if told.kind.as_deref() == Some("a function") {
        rows.push(("value", "a function".to_string()));
    }
    if let Some(default) = told.option.as_ref().and_then(|option| option.default.as_ref()) {
        rows.push(("default", short(default)));
    }
    if let Some(found) = &told.found {
        let unset = if found.set { "" } else { ", where it is not set" };
        rows.push(("object", format!("{}{unset}", found.object)));
        rows.extend(found.path.as_ref().map(|path| ("type", path.clone())));
        if let Some(field) = &found.field {
            rows.extend(field.required.then(|| ("required", "yes".to_string())));
            rows.extend((!field.values.is_empty()).then(|| ("one of", field.values.join(" | "))));
            rows.extend(field.default.as_ref().map(|default| ("by itself", short(default))));
            let all = if field.versions.all { "all known: " } else { "" };
            rows.push(("versions", format!("{all}{}", field.versions)));
        }
    }
    if rows.is_empty() {
        return;
    }
    out.push('\n');
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().for_each(|(name, text)| line(out, &format!("{name:width$}  {text}")));
}

/// Two or three lines about one definition.
fn definition(one: &Definition) -> String {
    let verdict = match one.verdict {
        Verdict::Counts => "counts",
        Verdict::Merged => "merged",
        Verdict::Lost => "lost",
    };
    let place = one
        .place
        .as_ref()
        .map_or_else(|| "(nowhere)".to_string(), |place| format!("{}  {}", at(place), excerpt(place)));
    let by = match one.by.as_str() {
        "plain" => "plain".to_string(),
        "default" => "the option's default".to_string(),
        "layer" => "made by a layer".to_string(),
        by => by.to_string(),
    };
    let mut words = match one.by == "default" && one.priority == 100 {
        // A default of the set around it: inside, there is nothing to be stronger than.
        true => "in the option's default".to_string(),
        false => format!("{by}, priority {}", one.priority),
    };
    if let Some(order) = one.order {
        let _ = write!(words, ", order {order}");
    }
    if let Some(reason) = &one.reason {
        let _ = write!(words, "; {reason}");
    }
    if let Some(made) = &one.condition {
        let _ = write!(words, ": false at {}", at(made));
    }
    let mut text = format!("{verdict:6}  {place}\n        {words}");
    if let Some(written) = &one.written {
        let value = one.value.as_ref().map_or_else(String::new, |value| short(value) + ", ");
        let _ = write!(text, "\n        {value}written at {}  {}", at(written), excerpt(written));
    }
    text
}

/// Options, or where they are many, the entries that they are in.
fn links(links: &[Link]) -> Vec<String> {
    let layer = |link: &Link| link.layer.map_or_else(|| "option ".to_string(), |layer| format!("layer {layer}"));
    let line = |link: &Link| {
        let (entry, rest) = entry_and_rest(&link.path);
        (format!("{}  {entry}", layer(link)), rest.to_string())
    };
    match links.len() > MOST_SINGLE {
        true => grouped(links.iter().map(line)),
        false => links.iter().map(|link| format!("{}  {}", layer(link), link.path)).collect(),
    }
}

/// Fields, or where they are many, their objects.
fn destinations(fields: &[Destination]) -> Vec<String> {
    let lines = fields.iter().map(|field| (field.object.clone(), field.path.clone()));
    match fields.len() > MOST_SINGLE {
        true => grouped(lines),
        false => lines.map(|(object, path)| format!("{object}  {path}")).collect(),
    }
}

/// One line for each group, with its first entry and the number of the others.
fn grouped(lines: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut groups: Vec<(String, String, usize)> = Vec::new();
    for (group, entry) in lines {
        match groups.iter_mut().find(|(known, ..)| *known == group) {
            Some((.., others)) => *others += 1,
            None => groups.push((group, entry, 0)),
        }
    }
    let line = |(group, first, others): (String, String, usize)| match others {
        0 => format!("{group}  {first}"),
        others => format!("{group}  {first} and {others} more"),
    };
    groups.into_iter().map(line).collect()
}

/// `deployments.web.replicas` as `deployments.web` and `replicas`; names may be quoted.
fn entry_and_rest(path: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut dots = path.char_indices().filter_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '.' && !quoted).then_some(at)
    });
    match dots.nth(1) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (path, ""),
    }
}

fn children(told: &Explanation, out: &mut String) {
    // A set of options is a table of contents; of a value it matters who said what.
    let is_group = told.option.is_none() && told.definitions.is_empty();
    let (own, plain): (Vec<&Child>, Vec<&Child>) =
        told.children.iter().partition(|child| child.definitions > 0 && !is_group);
    let width = |names: &[&Child]| names.iter().map(|child| child.name.chars().count()).max().unwrap_or(0).min(32);
    let wide = width(&own);
    let row = |child: &&Child| {
        let value = match &child.value {
            Some(value) => short(value),
            None if child.incomplete => "…".to_string(),
            None => "absent".to_string(),
        };
        let place = child.place.as_ref().map_or_else(String::new, |place| format!("  {}", at(place)));
        let more = if child.definitions > 1 { format!(", {} definitions", child.definitions) } else { String::new() };
        format!("{:wide$}  {value}{place}{more}", shown_name(&child.name))
    };
    section(out, "inside", own.iter().map(row).collect());
    let wide = width(&plain);
    let row = |child: &&Child| {
        let doc = child.doc.as_ref().map_or_else(String::new, |doc| cut(doc.lines().next().unwrap_or_default()));
        let value = child.value.as_ref().filter(|_| !is_group);
        let value = value.map_or_else(String::new, |value| format!("  = {}", short(value)));
        let ty = child.ty.as_ref().map_or_else(String::new, |ty| format!(" : {}", cut(ty)));
        let text = format!("{:wide$}{ty}{value}", shown_name(&child.name));
        if doc.is_empty() { text } else { format!("{text}\n      {doc}") }
    };
    let heading = if is_group { "options" } else { "inside, not defined" };
    section(out, heading, plain.iter().map(row).collect());
}

fn shown_name(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_digit()) { format!("[{name}]") } else { quoted_name(name) }
}

fn section(out: &mut String, heading: &str, entries: Vec<String>) {
    if entries.is_empty() {
        return;
    }
    out.push('\n');
    line(out, heading);
    for entry in entries.iter().take(MOST_LINES) {
        entry.lines().for_each(|text| line(out, &format!("  {text}")));
    }
    if entries.len() > MOST_LINES {
        line(out, &format!("  … and {} more", entries.len() - MOST_LINES));
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(printable(text).trim_end());
    out.push('\n');
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

/// A value in the language's own syntax, as far as it fits.
fn short(value: &Json) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    cut(&text)
}

fn write_value(value: &Json, text: &mut String) {
    match value {
        _ if text.chars().count() > LONGEST => text.push('…'),
        Json::String(string) => text.push_str(&quoted(string)),
        Json::Array(items) => {
            text.push_str("[ ");
            for item in items {
                write_value(item, text);
                text.push(' ');
            }
            text.push(']');
        }
        Json::Object(fields) => {
            text.push_str("{ ");
            for (name, field) in fields {
                text.push_str(&quoted_name(name));
                text.push_str(" = ");
                write_value(field, text);
                text.push_str("; ");
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// The line of a place, from a little in front of it if it is long.
fn excerpt(place: &Place) -> String {
    const BEFORE: usize = 4;
    if place.text.chars().count() <= LONGEST || place.at <= BEFORE {
        return cut(&place.text);
    }
    let from = place.text.char_indices().nth(place.at).map_or(0, |(at, _)| at);
    format!("… {}", cut(&place.text[from..]))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
