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
    /// If it is an item of a list: of which definition, and which of its items.
    in_list: Option<(u32, u32)>,
}

/// The names of a path as a list of the language.
pub(super) fn path_value(path: &Path) -> Value {
    let names = path.names().into_iter().map(|name| Value::string(name, Span::NONE).into());
    Value::list(names.collect(), Span::NONE)
}

impl Site {
    /// The site at `path`, declared at `declared`.
    pub(super) fn at(path: Path, declared: Span) -> Site {
        Site { path, declared, in_list: None }
    }

    /// The site of an option, declared at `declared`.
    pub(super) fn field(&self, name: Symbol, key: Span, declared: Span) -> Site {
        Site::at(self.path.field(name, key), declared)
    }

    /// The site of a field of a record.
    pub(super) fn field_of(&self, origin: Option<&Rc<Origin>>, name: Symbol, key: Span, declared: Span) -> Site {
        let path = self.path.field_of(origin, name, key);
        Site::at(path, declared.or(self.declared))
    }

    /// The site of a field with the same declaration.
    pub(super) fn entry(&self, name: Symbol, key: Span) -> Site {
        self.field(name, key, self.declared)
    }

    /// The site of a list item.
    pub(super) fn item(&self, at: usize, key: Span) -> Site {
        Site::at(self.path.item(at, key), self.declared)
    }

    /// The same site, known to be that of the item `at` of the definition `from`.
    pub(super) fn entry_of_list(self, from: usize, at: usize) -> Site {
        // No list is longer than memory has room for.
        let [from, at] = [from, at].map(|place| u32::try_from(place).unwrap_or(u32::MAX));
        Site { in_list: Some((from, at)), ..self }
    }

    /// What modules at this place are told as their `name`: the last name of the path; of an item where it stands.
    pub(super) fn name(&self) -> Symbol {
        match self.in_list {
            Some((from, at)) => Symbol::new(&format!("[definition {}-entry {}]", from + 1, at + 1)),
            None => self.path.last().unwrap_or_else(|| Symbol::new("")),
        }
    }
}
