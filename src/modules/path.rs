//! Where in the configuration something is: `applications.web.ports[0]`.

use std::fmt::{self, Display, Formatter};
use std::rc::Rc;

use crate::eval::quoted_name;
use crate::source::{SourceMap, Span};
use crate::symbol::Symbol;

/// A way from the root of the configuration. Shares its beginning with its siblings; cheap to copy.
#[derive(Clone, Default)]
pub(super) struct Path(Option<Rc<Step>>);

struct Step {
    outer: Path,
    name: Name,
    /// Where the key was written, of several definitions the first of the user's.
    key: Span,
}

#[derive(Clone, Copy)]
enum Name {
    Field(Symbol),
    Item(usize),
}

/// Where a merge takes place: the way there, and where its type was declared.
#[derive(Clone, Default)]
pub(super) struct Site {
    pub(super) path: Path,
    pub(super) declared: Span,
}

impl Path {
    /// The way to these names, which were written nowhere.
    pub(super) fn of(names: &[Symbol]) -> Path {
        names.iter().fold(Path::default(), |path, &name| path.field(name, Span::NONE))
    }

    /// One field further in.
    pub(super) fn field(&self, name: Symbol, key: Span) -> Path {
        Path(Some(Rc::new(Step { outer: self.clone(), name: Name::Field(name), key })))
    }

    /// One list item further in.
    pub(super) fn item(&self, at: usize, key: Span) -> Path {
        Path(Some(Rc::new(Step { outer: self.clone(), name: Name::Item(at), key })))
    }

    /// The innermost name.
    pub(super) fn last(&self) -> Option<Symbol> {
        match self.0.as_deref() {
            Some(Step { name: Name::Field(name), .. }) => Some(*name),
            Some(Step { outer, .. }) => outer.last(),
            None => None,
        }
    }

    /// Where the innermost key was written.
    pub(super) fn key(&self) -> Span {
        self.0.as_deref().map_or(Span::NONE, |step| step.key)
    }

    /// The innermost key on the way that the user wrote.
    pub(super) fn place(&self, sources: &SourceMap) -> Span {
        let mut at = self;
        while let Some(step) = at.0.as_deref() {
            if sources.is_user(step.key) {
                return step.key;
            }
            at = &step.outer;
        }
        self.key()
    }

    /// The names from the outside in; list items by their number.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self;
        while let Some(step) = at.0.as_deref() {
            names.push(match step.name {
                Name::Field(name) => name.as_str().to_string(),
                Name::Item(at) => at.to_string(),
            });
            at = &step.outer;
        }
        names.reverse();
        names
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(step) = self.0.as_deref() else { return Ok(()) };
        step.outer.fmt(f)?;
        match step.name {
            Name::Item(at) => write!(f, "[{at}]"),
            Name::Field(name) if step.outer.0.is_none() => f.write_str(&quoted_name(name.as_str())),
            Name::Field(name) => write!(f, ".{}", quoted_name(name.as_str())),
        }
    }
}

impl Site {
    /// The site of a field, declared at `declared`.
    pub(super) fn field(&self, name: Symbol, key: Span, declared: Span) -> Site {
        Site { path: self.path.field(name, key), declared }
    }

    /// The site of a field with the same declaration.
    pub(super) fn entry(&self, name: Symbol, key: Span) -> Site {
        self.field(name, key, self.declared)
    }

    /// The site of a list item.
    pub(super) fn item(&self, at: usize, key: Span) -> Site {
        Site { path: self.path.item(at, key), declared: self.declared }
    }
}
