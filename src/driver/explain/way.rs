//! Ways to options and fields, as people write them.

use std::fmt::Write;

use crate::driver::path::{self, Step};
use crate::layers::Object;
use crate::modules::Part;
use crate::symbol::Symbol;
use crate::syntax::quoted_name;

/// What is asked about: a way to an option or to a field of an object. Empty for the whole configuration.
#[derive(Clone, Debug, Default)]
pub struct Way(Vec<Step>);

impl Way {
    /// Reads `applications.web.replicas`, `Deployment/web.spec.replicas`, `a."b.c".ports[0]`.
    ///
    /// # Errors
    /// Says what is wrong with it, in words for a message.
    pub fn parse(text: &str) -> Result<Way, String> {
        path::read(text).map(Way)
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        self.0.iter().flat_map(parts_of).collect()
    }
}

/// A name, with the list items behind it: `ports[0]`.
fn parts_of(step: &Step) -> Vec<Part> {
    let mut name = step.name.as_str();
    let mut items = Vec::new();
    while !step.quoted
        && let Some((before, number)) = name.strip_suffix(']').and_then(|inner| inner.rsplit_once('['))
        && let Ok(at) = number.parse()
    {
        items.push(Part::Item(at));
        name = before;
    }
    if !name.is_empty() {
        items.push(Part::Name(Symbol::new(name)));
    }
    items.reverse();
    items
}

/// A path as people write it: `resources."Deployment/web".spec.ports[0]`.
pub(super) fn written(path: &[Part]) -> String {
    let mut text = String::new();
    for part in path {
        // Writing to a `String` cannot fail.
        let _ = match part {
            Part::Item(at) => write!(text, "[{at}]"),
            Part::Name(name) if text.is_empty() => write!(text, "{}", quoted_name(name.as_str())),
            Part::Name(name) => write!(text, ".{}", quoted_name(name.as_str())),
        };
    }
    text
}

/// The option that holds the objects.
pub(super) fn resources() -> Symbol {
    Symbol::new("resources")
}

/// `Deployment/web.spec` as a way into `resources`: by the object's key, or by its kind and name.
pub(super) fn in_resources(objects: &[Object], way: &Way) -> Option<Vec<Part>> {
    let first = way.0.first()?;
    if !first.name.contains('/') {
        return None;
    }
    // Names of objects may have dots: the longest one that is known is meant.
    for count in (1..=way.0.len()).rev() {
        let name = way.0[..count].iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".");
        let is_called = |object: &&Object| {
            let full = format!("{}/{}/{}", object.kind(), object.namespace(), object.name());
            object.key == name || format!("{}/{}", object.kind(), object.name()) == name || full == name
        };
        if let Some(object) = objects.iter().find(is_called) {
            let key = [Part::Name(resources()), Part::Name(Symbol::new(&object.key))];
            return Some(key.into_iter().chain(way.0[count..].iter().flat_map(parts_of)).collect());
        }
    }
    Some(std::iter::once(Part::Name(resources())).chain(way.parts()).collect())
}
