//! What was probably meant by a field that a definition does not have: one beside it of almost the same name, the same
//! one a step or two away in the object, one beside it that sounds alike, or the same one further away.
//!
//! Elsewhere is looked for below the place, below what holds it, and so on to the root. What takes the
//! fewest steps up and down is nearest; of equally near places the outermost.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::catalogue::{FieldDef, Shape, TypeDef, Version};
use super::facts::Scalar;
use crate::diag::words;
use crate::types::findings::Look;
use crate::types::meant::{Sibling, Way, entry, mistyped, related};

/// How deep below a place a field is looked for.
const DEPTH: usize = 8;
/// A place so many steps straight up or down is a better guess than a field that only sounds alike.
const CLOSE: usize = 2;
/// More places are not listed.
const LISTED: usize = 3;

/// The hint for the unknown field `field`, whose value looks like `look`, at a place in a value of a definition: `path`
/// has the names of the fields and of the entries of maps on the way, `["spec", "containers", "ports"]`.
pub fn hint(version: Version<'_>, definition: &str, path: &[&str], field: &str, look: Look) -> Option<String> {
    let place = enclosing(version, definition, path).pop()?.def;
    if let Some(when) = version.catalogue().field_history(&place.name, field).describe() {
        return Some(format!("other versions have `{field}` ({when}): leave it out, or target one of them"));
    }
    let siblings = siblings(version, place, look);
    let elsewhere = nearest(version, definition, path, field, look);
    let belongs = |found: &Elsewhere| found.in_words(field);
    let close = elsewhere.as_ref().filter(|found| found.is_close);
    mistyped(field, &siblings)
        .or_else(|| close.map(belongs))
        .or_else(|| related(field, &siblings))
        .or_else(|| elsewhere.as_ref().map(belongs))
        .or_else(|| entry(field, &siblings))
}

/// The fields that there are beside the unknown one.
fn siblings<'c>(version: Version<'c>, def: &'c TypeDef, look: Look) -> Vec<Sibling<'c>> {
    let sibling = |field: &'c FieldDef| {
        let inner = field.shape.named().and_then(|name| version.type_def(name));
        let inner = inner.iter().flat_map(|def| &def.fields).map(|field| field.name.as_str()).collect();
        let way = match field.shape {
            Shape::List(_) => Way::Items,
            Shape::Map(_) => Way::Entries,
            _ => Way::Direct,
        };
        Sibling { name: &field.name, takes: takes(&field.shape, look), inner, way }
    };
    def.fields.iter().map(sibling).collect()
}

/// Where else a field would be right.
struct Elsewhere {
    /// How many steps up and down it is away.
    steps: usize,
    /// Whether it is a better guess than a field that only sounds alike.
    is_close: bool,
    /// The places, in words.
    places: String,
}

impl Elsewhere {
    fn in_words(&self, field: &str) -> String {
        format!("`{field}` belongs to {}", self.places)
    }
}

/// ``` `replicas` belongs to `spec` ```: where else the field would be right. See [`hint`] for the arguments.
pub fn belongs(version: Version<'_>, definition: &str, path: &[&str], field: &str, look: Look) -> Option<String> {
    nearest(version, definition, path, field, look).map(|found| found.in_words(field))
}

fn nearest(version: Version<'_>, definition: &str, path: &[&str], field: &str, look: Look) -> Option<Elsewhere> {
    let places = enclosing(version, definition, path);
    let innermost = places.len().checked_sub(1)?;
    let found = places.iter().enumerate().filter_map(|(at, place)| {
        let search = Search { version, field, look };
        let (down, hits) = search.below(place)?;
        let up = innermost - at;
        // What is around the place and has to have such a field has it already.
        let is_given = down == 0 && place.def.field(field).is_some_and(|field| field.required);
        let is_near = (up == 0 || down == 0) && up + down <= CLOSE && !is_given;
        let is_close = is_near || hits.iter().any(|hit| hit.holder == "metadata");
        Some(Elsewhere { steps: up + down, is_close, places: in_words(best(hits, field)) })
    });
    // Of equals the first, which is the outermost.
    found.min_by_key(|found| found.steps)
}

/// A definition on the way from the root, and the way to it as people write it.
struct Place<'c> {
    def: &'c TypeDef,
    path: String,
}

/// The definitions on the way along `path`, the root's first, as far as it leads.
fn enclosing<'c>(version: Version<'c>, definition: &str, path: &[&str]) -> Vec<Place<'c>> {
    let mut places: Vec<Place<'c>> = Vec::new();
    places.extend(version.type_def(definition).map(|def| Place { def, path: String::new() }));
    let mut shape: Option<&Shape> = None;
    let mut written = String::new();
    for step in path {
        match (shape, places.last()) {
            (Some(Shape::Map(value)), _) => {
                written = format!("{written}.{step}");
                shape = Some(value);
            }
            (_, Some(holder)) => {
                let Some(field) = holder.def.field(step) else { break };
                written = joined(&holder.path, step);
                shape = Some(&field.shape);
            }
            (_, None) => break,
        }
        while let Some(Shape::List(item)) = shape {
            written.push_str("[]");
            shape = Some(item);
        }
        if let Some(def) = shape.filter(|shape| !matches!(shape, Shape::Map(_))).and_then(|shape| shape.named()) {
            places.extend(version.type_def(def).map(|def| Place { def, path: written.clone() }));
            shape = None;
        }
    }
    places
}

/// A place that has the field.
struct Hit<'c> {
    path: String,
    /// The field that leads to the place, and whether it has to be there.
    holder: &'c str,
    required: bool,
}

struct Search<'c, 'a> {
    version: Version<'c>,
    field: &'a str,
    look: Look,
}

impl<'c> Search<'c, '_> {
    /// The places nearest below this one, itself included, and how far down they are.
    fn below(&self, place: &Place<'c>) -> Option<(usize, Vec<Hit<'c>>)> {
        let mut seen = FxHashSet::default();
        let start = Hit { path: place.path.clone(), holder: "", required: true };
        let mut queue = VecDeque::from([(place.def, start, 0)]);
        let (mut nearest, mut hits) = (DEPTH, Vec::new());
        while let Some((def, hit, depth)) = queue.pop_front() {
            if depth > nearest {
                continue;
            }
            if def.field(self.field).is_some_and(|field| takes(&field.shape, self.look)) {
                nearest = depth;
                hits.push(hit);
                continue;
            }
            if !seen.insert(&def.name) {
                continue;
            }
            // What the server writes is no place for people's fields.
            let own = |name: &str| name != "status" && name != "managedFields";
            for field in def.fields.iter().filter(|field| depth < nearest && own(&field.name)) {
                let Some(inner) = field.shape.named().and_then(|name| self.version.type_def(name)) else { continue };
                let path = format!("{}{}", joined(&hit.path, &field.name), brackets(&field.shape));
                queue.push_back((inner, Hit { path, holder: &field.name, required: field.required }, depth + 1));
            }
        }
        (!hits.is_empty()).then_some((nearest, hits))
    }
}

fn joined(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}

/// What leads from a field to the record in it.
fn brackets(shape: &Shape) -> &'static str {
    match shape {
        Shape::List(_) => "[]",
        Shape::Map(_) => ".<name>",
        _ => "",
    }
}

/// Of equally near places those that have to be there; else those that sound alike.
fn best<'h>(hits: Vec<Hit<'h>>, field: &str) -> Vec<Hit<'h>> {
    let sounds_alike = |hit: &Hit<'_>| words(hit.holder).iter().any(|word| words(field).contains(word));
    let mut chosen: Vec<bool> = hits.iter().map(|hit| hit.required).collect();
    if !chosen.contains(&true) {
        chosen = hits.iter().map(sounds_alike).collect();
    }
    if !chosen.contains(&true) {
        return hits;
    }
    hits.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(hit, _)| hit).collect()
}

/// `` `a`, `b` or `c` ``
fn in_words(hits: Vec<Hit<'_>>) -> String {
    let paths: Vec<String> = hits.iter().take(LISTED).map(|hit| quoted(&hit.path)).collect();
    match paths.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn quoted(path: &str) -> String {
    if path.is_empty() { "the top of the object".to_owned() } else { format!("`{path}`") }
}

/// Whether a value that looks like this may be what a shape holds.
fn takes(shape: &Shape, look: Look) -> bool {
    match (shape, look) {
        (_, Look::Unknown | Look::Null) | (Shape::Scalar(Scalar::Any), _) => true,
        (Shape::Named(_) | Shape::Map(_) | Shape::Scalar(Scalar::Object), look) => look == Look::Set,
        (Shape::List(_), look) => look == Look::List,
        (Shape::OneOf(shapes), look) => shapes.iter().any(|shape| takes(shape, look)),
        (Shape::Scalar(scalar), look) => match scalar {
            Scalar::String | Scalar::Bytes | Scalar::DateTime => look == Look::Str,
            Scalar::Boolean => look == Look::Bool,
            Scalar::Integer | Scalar::Int32 | Scalar::Int64 => look == Look::Int,
            Scalar::Number => matches!(look, Look::Int | Look::Float),
            Scalar::IntOrString => matches!(look, Look::Int | Look::Str),
            Scalar::Quantity => matches!(look, Look::Int | Look::Float | Look::Str),
            Scalar::Object | Scalar::Any => true,
        },
    }
}
