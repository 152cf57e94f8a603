//! What merging needs to know of Kubernetes' schemas. Whoever has them implements it.

use super::Scalar;
use crate::symbol::Symbol;

/// The schemas of one target, as far as merging two definitions of an object needs them.
pub trait ObjectSchema {
    /// The shape of a kind; the preferred version's where none is given.
    fn root(&self, api_version: Option<&str>, kind: &str) -> Option<Shape>;
    /// The shape of a field of a struct, or of the values of a map.
    fn field(&self, shape: Shape, name: Symbol) -> Option<Shape>;
    /// The shape of a list's items.
    fn item(&self, shape: Shape) -> Option<Shape>;
    /// How two definitions of a list become one.
    fn list(&self, shape: Shape) -> ListRule;
}

/// Something in a schema, by the schema's own number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shape(pub u32);

/// How two definitions of one list become one.
#[derive(Clone, Debug, PartialEq)]
pub enum ListRule {
    /// Items have no identity: lists of equal priority are joined, of different priority one replaces the other.
    Atomic,
    /// Each value once.
    Set,
    /// Items with equal values at these keys are one item.
    Keyed(Vec<ListKey>),
}

/// A field that tells the items of a list apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ListKey {
    /// The field.
    pub name: Symbol,
    /// What counts where an item leaves it out.
    pub default: Option<Scalar>,
}
