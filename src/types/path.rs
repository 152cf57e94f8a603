//! Where in the configuration or in a value something is: `applications.web.ports[0]`.

use std::fmt::{self, Display, Formatter};
use std::rc::Rc;

use super::Origin;
use crate::source::{SourceMap, Span};
use crate::symbol::Symbol;
use crate::syntax::quoted_name;

/// A way from the root of the configuration, or from a name. Shares its beginning with its siblings; cheap to copy.
#[derive(Clone, Default)]
pub struct Path(Option<Rc<Step>>);

struct Step {
    outer: Path,
    name: Name,
    /// Where the key was written, of several definitions the first of the user's.
    key: Span,
    /// The definition of Kubernetes' API that has the field.
    origin: Option<Rc<Origin>>,
}

#[derive(Clone, Copy)]
enum Name {
    Field(Symbol),
    Item(usize),
}

impl Path {
    /// The way to these names, which were written nowhere.
    pub fn of(names: &[Symbol]) -> Path {
        names.iter().fold(Path::default(), |path, &name| path.field(name, Span::NONE))
    }

    /// One field further in.
    pub(crate) fn field(&self, name: Symbol, key: Span) -> Path {
        self.step(Name::Field(name), key, None)
    }

    /// One list item further in.
    pub(crate) fn item(&self, at: usize, key: Span) -> Path {
        self.step(Name::Item(at), key, None)
    }

    /// One field further in, which a record of this definition has.
    pub(crate) fn field_of(&self, origin: Option<&Rc<Origin>>, name: Symbol, key: Span) -> Path {
        self.step(Name::Field(name), key, origin.cloned())
    }

    fn step(&self, name: Name, key: Span, origin: Option<Rc<Origin>>) -> Path {
        Path(Some(Rc::new(Step { outer: self.clone(), name, key, origin })))
    }

    /// Whether it leads nowhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The field of Kubernetes' API that this is, or is inside of: `k8s 1.31 core/v1 Container.image`.
    pub(crate) fn api_field(&self) -> Option<String> {
        self.steps().find_map(|step| match (&step.origin, step.name) {
            (Some(origin), Name::Field(name)) => Some(origin.field(name)),
            _ => None,
        })
    }

    /// The outermost definition of Kubernetes' API on the way, and the names of fields and entries from there on.
    pub(crate) fn inside_api(&self) -> Option<(Rc<Origin>, Vec<&'static str>)> {
        let steps: Vec<&Step> = self.steps().collect();
        let root = steps.iter().rposition(|step| step.origin.is_some())?;
        let names = steps[..=root].iter().rev().filter_map(|step| match step.name {
            Name::Field(name) => Some(name.as_str()),
            Name::Item(_) => None,
        });
        Some((steps[root].origin.clone()?, names.collect()))
    }

    /// The steps from the inside out.
    fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.0.as_deref(), |step| step.outer.0.as_deref())
    }

    /// How many steps it takes.
    pub(crate) fn length(&self) -> usize {
        self.steps().count()
    }

    /// The innermost name.
    pub(crate) fn last(&self) -> Option<Symbol> {
        match self.0.as_deref() {
            Some(Step { name: Name::Field(name), .. }) => Some(*name),
            Some(Step { outer, .. }) => outer.last(),
            None => None,
        }
    }

    /// Where the innermost key was written.
    pub(crate) fn key(&self) -> Span {
        self.0.as_deref().map_or(Span::NONE, |step| step.key)
    }

    /// The innermost key on the way that the user wrote.
    pub(crate) fn place(&self, sources: &SourceMap) -> Span {
        let user = self.steps().map(|step| step.key).find(|&key| sources.is_user(key));
        user.unwrap_or_else(|| self.key())
    }

    /// The names from the outside in; list items by their number.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |step: &Step| match step.name {
            Name::Field(name) => name.as_str().to_string(),
            Name::Item(at) => at.to_string(),
        };
        let mut names: Vec<String> = self.steps().map(name).collect();
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

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
