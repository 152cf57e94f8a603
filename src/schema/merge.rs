//! How two definitions of one list become one.

use ecow::EcoString;

use super::catalogue::{FieldDef, Kind, Version};
use super::facts;

/// How two definitions of one list become one.
#[derive(Clone, Debug, PartialEq)]
pub enum ListMerge {
    /// One replaces the other, or the two are concatenated: the schema knows no identity of items.
    Atomic,
    /// Each value once.
    Set,
    /// Items with equal values at these keys are one item. A key that an item leaves out has the default, as JSON.
    Keyed(Vec<(EcoString, Option<EcoString>)>),
}

impl Version<'_> {
    /// How lists for `field` merge.
    pub fn list_keys(self, field: &FieldDef) -> ListMerge {
        match &field.list {
            facts::ListMerge::Atomic => ListMerge::Atomic,
            facts::ListMerge::Set => ListMerge::Set,
            facts::ListMerge::Keyed(keys) => {
                let item = field.shape.named().and_then(|name| self.type_def(name));
                let default = |key: &EcoString| item?.field(key)?.default.clone();
                ListMerge::Keyed(keys.iter().map(|key| (key.clone(), default(key))).collect())
            }
        }
    }

    /// How lists at `path` of a kind merge; see [`Version::field_at`] for the path.
    pub fn list_keys_at(self, kind: &Kind, path: &[&str]) -> ListMerge {
        self.field_at(kind, path).map_or(ListMerge::Atomic, |(_, field)| self.list_keys(field))
    }
}
