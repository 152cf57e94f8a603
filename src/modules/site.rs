//! Where a merge takes place.

use std::rc::Rc;

use crate::eval::Path;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::Origin;
use crate::value::Value;

/// Where a merge takes place: the way there, and where its type was declared.
#[derive(Clone, Default)]
pub(super) struct Site {
    pub(super) path: Path,
    pub(super) declared: Span,
}

/// The names of a path as a list of the language.
pub(super) fn path_value(path: &Path) -> Value {
    let names = path.names().into_iter().map(|name| Value::string(name, Span::NONE).into());
    Value::list(names.collect(), Span::NONE)
}

impl Site {
    /// The site of an option, declared at `declared`.
    pub(super) fn field(&self, name: Symbol, key: Span, declared: Span) -> Site {
        Site { path: self.path.field(name, key), declared }
    }

    /// The site of a field of a record.
    pub(super) fn field_of(&self, origin: Option<&Rc<Origin>>, name: Symbol, key: Span, declared: Span) -> Site {
        Site { path: self.path.field_of(origin, name, key), declared: declared.or(self.declared) }
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
