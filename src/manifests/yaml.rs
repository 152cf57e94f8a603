//! YAML to nodes that know their places.
//!
//! The scanner's events come in the order of the text; a stack of the collections that are open makes a tree of them, so
//! that depth costs no stack. One pass also holds the bounds: how deep, and how much may be made of aliases. A
//! document that cannot be read is told and left; the next line that begins with `---` begins a new one.

use std::mem;

use ecow::EcoString;
use granit_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use rustc_hash::FxHashMap;

use super::text::{Broken, MAX_DEPTH, Read, Text};
use super::{scalar, words};
use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;

/// More broken documents than these are not told.
const MAX_BROKEN: usize = 20;
/// The number of the anchor that is not there.
const NO_ANCHOR: usize = 0;
/// Pieces of data that aliases may stand for, in one document.
const MAX_ALIASED: usize = 250_000;

/// Reads all documents of a text.
pub(super) fn read(text: &Text<'_>) -> Read {
    let mut read = Read::default();
    let mut from = 0;
    let unprintable = words::unprintable(text.text).map(|broken| {
        let offset = broken.offset;
        read.findings.push(text.finding(broken));
        offset
    });
    for _ in 0..MAX_BROKEN {
        let Err(broken) = stream(text, from, &mut read) else { return read };
        let next = next_document(text.text, from, broken.offset);
        if unprintable.is_none_or(|offset| offset != broken.offset) {
            read.findings.push(text.finding(broken));
        }
        match next {
            Some(next) => from = next,
            None => return read,
        }
    }
    let why = format!("{MAX_BROKEN} documents in front of it cannot be read either");
    read.findings.push(text.finding(Broken { hint: "correct those first", ..Broken::new(from, why) }));
    read
}

/// The start of the line that begins the next document, behind what is broken at `offset`.
fn next_document(text: &str, from: usize, offset: usize) -> Option<usize> {
    let line = text[..text.floor_char_boundary(offset)].rfind('\n').map_or(0, |newline| newline + 1);
    let mut at = if line > from { line } else { from + text[from..].find('\n')? + 1 };
    while !text[at..].starts_with("---") {
        at += text[at..].find('\n')? + 1;
    }
    Some(at)
}

/// Reads the documents from `from` to the end, or to what cannot be read.
fn stream(text: &Text<'_>, from: usize, read: &mut Read) -> Result<(), Broken> {
    let limits = granit_parser::options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    let at = |mark: Marker| from + mark.byte_offset().unwrap_or_default();
    let mut tree = Tree::new(text);
    for event in Parser::new_from_str_with_options(&text.text[from..], limits) {
        let (event, place) = event.map_err(|error| words::of_scanner(error.kind(), text.text, at(*error.marker())))?;
        tree.take(event, Place { start: at(place.start), end: at(place.end) }).map_err(|broken| *broken)?;
        read.findings.append(&mut tree.findings);
        read.documents.extend(tree.finished.take());
    }
    Ok(())
}

/// Something finished, and how much it is.
#[derive(Clone)]
struct Built {
    node: Node,
    /// Pieces of data in it, itself included.
    size: usize,
    /// Collections inside each other.
    height: usize,
}

/// A collection that is still open.
struct Open {
    /// Its number, from 1.
    anchor: usize,
    place: Place,
    size: usize,
    height: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    map: Map,
    /// Where each key is among the fields, and whether it was written here rather than merged.
    known: FxHashMap<EcoString, (usize, bool)>,
    /// The key whose value comes next.
    key: Option<Key>,
}

enum Key {
    Merge,
    Text(EcoString, Span),
}

/// A stretch of the text, in bytes.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    end: usize,
}

/// What is there of a document.
struct Tree<'t> {
    text: &'t Text<'t>,
    open: Vec<Open>,
    anchors: FxHashMap<usize, Built>,
    /// Pieces that aliases stand for so far.
    aliased: usize,
    finished: Option<Node>,
    findings: Vec<crate::diag::Diagnostic>,
}

type Done = Result<(), Box<Broken>>;

impl<'t> Tree<'t> {
    fn new(text: &'t Text<'t>) -> Tree<'t> {
        let (open, anchors, findings) = (Vec::new(), FxHashMap::default(), Vec::new());
        Tree { text, open, anchors, aliased: 0, finished: None, findings }
    }

    fn span(&self, place: Place) -> Span {
        self.text.span(place.start, place.end)
    }

    fn take(&mut self, event: Event<'_>, place: Place) -> Done {
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.aliased = 0;
                Ok(())
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(&value, Looks { style, anchor, tag: tag.as_deref() }, place)
            }
            Event::SequenceStart(_, anchor, _) => self.enter(Content::List(Vec::new()), anchor, place),
            Event::MappingStart(_, anchor, _) => self.enter(Content::Map(OpenMap::default()), anchor, place),
            Event::SequenceEnd | Event::MappingEnd => self.leave(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            // Where things start and end, and what is asked for with options.
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, value: &str, looks: Looks<'_>, place: Place) -> Done {
        let Looks { style, anchor, tag } = looks;
        let plain = style == ScalarStyle::Plain;
        if value == "<<"
            && plain
            && tag.is_none()
            && let Some(map) = self.expects_key()
        {
            map.key = Some(Key::Merge);
            return Ok(());
        }
        if style == ScalarStyle::DoubleQuoted {
            words::escapes(&self.text.text[place.start..place.end], place.start).map_err(Box::new)?;
        }
        let kind = match tag {
            Some(tag) => match tag.suffix_in_namespace("tag:yaml.org,2002:") {
                Some(tag) => scalar::tagged(value, &tag),
                // A tag that means nothing to kubectl makes it text.
                None => Ok(NodeKind::Str(value.into())),
            },
            None if plain => scalar::plain(value),
            None => Ok(NodeKind::Str(value.into())),
        };
        let kind = kind.map_err(|why| broken(place.start, why))?;
        let span = self.span(place);
        if plain && self.expects_key().is_some() {
            self.findings.extend(words::key_otherwise(value, &kind, span));
        }
        // A value that is left out is shown at its key.
        let span = match self.open.last().map(|open| &open.content) {
            Some(Content::Map(OpenMap { key: Some(Key::Text(_, at)), .. })) if place.start == place.end => *at,
            _ => span,
        };
        let built = Built { node: Node::new(kind, span), size: 1, height: 0 };
        self.close(built, anchor, place)
    }

    /// The map that waits for a key, if one does.
    fn expects_key(&mut self) -> Option<&mut OpenMap> {
        match &mut self.open.last_mut()?.content {
            Content::Map(map) if map.key.is_none() => Some(map),
            _ => None,
        }
    }

    fn enter(&mut self, content: Content, anchor: usize, place: Place) -> Done {
        if self.expects_key().is_some() {
            let mut broken = broken(place.start, "a key is a text, but this is a list or a map".to_owned());
            if self.text.text.contains("{{") {
                broken.hint = words::RENDER;
            }
            return Err(broken);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(place));
        }
        self.open.push(Open { anchor, place, size: 1, height: 1, content });
        Ok(())
    }

    fn leave(&mut self, end: Place) -> Done {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let kind = match open.content {
            Content::List(items) => NodeKind::List(items),
            Content::Map(map) => NodeKind::Map(map.map),
        };
        // A collection of lines has no sign at its start; it is shown at its first word.
        let place = Place { start: open.place.start, end: end.end };
        let node = Node::new(kind, self.span(place));
        self.close(Built { node, size: open.size, height: open.height }, open.anchor, open.place)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Done {
        // An anchor that is not known yet is that of a collection around it; others the scanner refuses.
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(broken(place.start, "what this alias stands for contains itself".to_owned()));
        };
        self.aliased += known.size;
        if self.aliased > MAX_ALIASED {
            let why = format!("its aliases stand for more than {MAX_ALIASED} pieces of data");
            let hint = "write the data out, or in files of its own";
            return Err(Box::new(Broken { hint, ..*broken(place.start, why) }));
        }
        if self.open.len() + known.height > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let mut built = known.clone();
        built.node.span = self.span(place);
        self.close(built, NO_ANCHOR, place)
    }

    /// Puts something finished into the collection around it.
    fn close(&mut self, built: Built, anchor: usize, place: Place) -> Done {
        if anchor != NO_ANCHOR {
            self.anchors.insert(anchor, built.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.finished = Some(built.node);
            return Ok(());
        };
        open.size += built.size;
        open.height = open.height.max(built.height + 1);
        let map = match &mut open.content {
            Content::List(items) => {
                items.push(built.node);
                return Ok(());
            }
            Content::Map(map) => map,
        };
        match map.key.take() {
            None => {
                let span = built.node.span;
                let key = match built.node.kind {
                    NodeKind::List(_) | NodeKind::Map(_) => Err("a key is a text, but this is a list or a map".into()),
                    kind => scalar::key(kind),
                };
                map.key = Some(Key::Text(key.map_err(|why| broken(place.start, why))?, span));
                Ok(())
            }
            Some(Key::Merge) => map.merge(built.node).map_err(|why| broken(place.start, why)),
            Some(Key::Text(key, at)) => {
                if let Some(first) = map.put(key.clone(), at, built.node) {
                    self.findings.push(words::key_twice(&key, first, at));
                }
                Ok(())
            }
        }
    }
}

/// What a scalar says of itself.
struct Looks<'e> {
    style: ScalarStyle,
    anchor: usize,
    tag: Option<&'e Tag>,
}

impl OpenMap {
    /// Adds an entry; gives the place of the one with the same key, which stays.
    fn put(&mut self, key: EcoString, at: Span, value: Node) -> Option<Span> {
        if let Some((index, written)) = self.known.get_mut(&key) {
            let field = &mut self.map.fields[*index];
            if mem::replace(written, true) {
                return Some(field.key_span);
            }
            *field = Field { key, key_span: at, value };
            return None;
        }
        self.known.insert(key.clone(), (self.map.fields.len(), true));
        self.map.fields.push(Field { key, key_span: at, value });
        None
    }

    /// Adds the entries of the maps that `<<` names, the last first. To kubectl they count more than what is written in front
    /// of `<<`, and less than what follows.
    fn merge(&mut self, value: Node) -> Result<(), String> {
        let maps = match value.kind {
            NodeKind::List(items) => items,
            _ => vec![value],
        };
        for map in maps.into_iter().rev() {
            let NodeKind::Map(map) = map.kind else { return Err("`<<` takes a map, or a list of maps".into()) };
            for field in map.fields {
                match self.known.get(&field.key) {
                    Some((index, _)) => self.map.fields[*index] = field,
                    None => {
                        self.known.insert(field.key.clone(), (self.map.fields.len(), false));
                        self.map.fields.push(field);
                    }
                }
            }
        }
        Ok(())
    }
}

fn broken(offset: usize, why: String) -> Box<Broken> {
    Box::new(Broken::new(offset, why))
}

fn too_deep(place: Place) -> Box<Broken> {
    Box::new(words::too_deep(place.start))
}
