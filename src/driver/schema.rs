//! One Kubernetes version as the module system asks for it: how the definitions of an object merge.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::schema::facts::Shape as Content;
use crate::schema::{FieldDef, TypeDef, Version, split_api};
use crate::symbol::Symbol;
use crate::types::{ListRule, ObjectSchema, Shape};

/// The schema of one version. Shapes are numbered as they are first asked for.
pub(super) struct VersionSchema {
    version: Version<'static>,
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    places: Vec<Place>,
    roots: FxHashMap<&'static str, Shape>,
    fields: FxHashMap<(Shape, Symbol), Option<Shape>>,
    items: FxHashMap<Shape, Option<Shape>>,
}

/// Something in the schema.
#[derive(Clone, Copy)]
struct Place {
    content: At,
    /// The field it belongs to; lists are merged as their field says.
    field: Option<&'static FieldDef>,
}

#[derive(Clone, Copy)]
enum At {
    Type(&'static TypeDef),
    Content(&'static Content<ecow::EcoString>),
}

impl VersionSchema {
    pub(super) fn new(version: Version<'static>) -> VersionSchema {
        VersionSchema { version, known: RefCell::default() }
    }

    fn place(&self, shape: Shape) -> Place {
        self.known.borrow().places[shape.0 as usize]
    }

    fn number(&self, place: Place) -> Shape {
        let places = &mut self.known.borrow_mut().places;
        places.push(place);
        Shape(places.len() as u32 - 1)
    }

    /// What a named record stands for.
    fn resolved(&self, place: Place) -> Option<Place> {
        match place.content {
            At::Content(Content::Named(name)) => {
                Some(Place { content: At::Type(self.version.type_def(name)?), field: place.field })
            }
            _ => Some(place),
        }
    }

    fn find_field(&self, shape: Shape, name: &str) -> Option<Place> {
        let place = self.place(shape);
        match self.resolved(place)?.content {
            At::Type(def) => {
                let field = def.field(name)?;
                Some(Place { content: At::Content(&field.shape), field: Some(field) })
            }
            At::Content(Content::Map(value)) => Some(Place { content: At::Content(value), field: place.field }),
            At::Content(_) => None,
        }
    }
}

impl ObjectSchema for VersionSchema {
    fn root(&self, api_version: Option<&str>, kind: &str) -> Option<Shape> {
        let found = match api_version.map(split_api) {
            Some((group, version)) => self.version.find(group, version, kind),
            None => self.version.preferred(kind),
        }?;
        if let Some(&shape) = self.known.borrow().roots.get(found.type_name.as_str()) {
            return Some(shape);
        }
        let shape = self.number(Place { content: At::Type(self.version.type_def(&found.type_name)?), field: None });
        self.known.borrow_mut().roots.insert(found.type_name.as_str(), shape);
        Some(shape)
    }

    fn field(&self, shape: Shape, name: Symbol) -> Option<Shape> {
        let key = (shape, name);
        if let Some(&known) = self.known.borrow().fields.get(&key) {
            return known;
        }
        let found = self.find_field(shape, name.as_str()).map(|place| self.number(place));
        self.known.borrow_mut().fields.insert(key, found);
        found
    }

    fn item(&self, shape: Shape) -> Option<Shape> {
        if let Some(&known) = self.known.borrow().items.get(&shape) {
            return known;
        }
        let place = self.place(shape);
        let found = match place.content {
            At::Content(Content::List(item)) => {
                Some(self.number(Place { content: At::Content(item), field: place.field }))
            }
            _ => None,
        };
        self.known.borrow_mut().items.insert(shape, found);
        found
    }

    fn list(&self, shape: Shape) -> ListRule {
        self.place(shape).field.map_or(ListRule::Atomic, |field| self.version.list_rule(field))
    }
}
