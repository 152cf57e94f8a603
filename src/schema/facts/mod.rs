//! The structural facts of one Kubernetes minor, as data.
//!
//! One set of records serves three places, which differ only in how a name is held: the text files of
//! `specs/` (`String`), the embedded tables (a number in the string table) and the catalogue (`EcoString`).
//! Hence the type parameter `N`, and [`TypeDef::map`] from one to the other. `build.rs` includes this
//! module by path, so it uses nothing of the rest of the crate.

mod addon;
mod read;
mod write;

pub use addon::{AddonFacts, AddonKind, AddonType, read_addon, write_addon};
pub use read::{BadFacts, read, read_lifecycle};
pub use write::{write, write_lifecycle};

use serde::{Deserialize, Serialize};

/// Everything one `<minor>.facts` file says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Facts {
    /// `1.31`
    pub version: String,
    /// The documents it was distilled from.
    pub sources: Vec<Source>,
    /// What can be created, by group, version and kind.
    pub kinds: Vec<KindDef<String>>,
    /// All types that the kinds reach, by name.
    pub types: Vec<TypeDef<String>>,
}

/// A document that facts were taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name below the folder of all specifications.
    pub file: String,
    /// The checksum of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A kind that can be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindDef<N> {
    /// The API group; empty for the core group.
    pub group: N,
    /// The version within the group.
    pub version: N,
    /// The kind.
    pub kind: N,
    /// The resource's name in URLs and RBAC rules.
    pub plural: N,
    /// The type of its objects.
    pub type_name: N,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Whether this is the `apiVersion` meant where none is written.
    pub preferred: bool,
    /// Whether a server with default settings does not serve it.
    pub optional: bool,
}

/// A record type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDef<N> {
    /// Group, version and name: `core.v1.Container`.
    pub name: N,
    /// Whether a merge replaces it as a whole.
    pub atomic: bool,
    /// Its fields, by name.
    pub fields: Vec<FieldDef<N>>,
}

/// One field of a record type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef<N> {
    /// Its name.
    pub name: N,
    /// What it holds.
    pub shape: Shape<N>,
    /// Whether the documents list it as required.
    pub required: bool,
    /// Whether a merge replaces the map or record as a whole.
    pub atomic: bool,
    /// How two lists for it are merged.
    pub list: ListMerge<N>,
    /// The key of a strategic merge patch.
    pub merge_key: Option<N>,
    /// The values that its innermost strings may have; empty: any.
    pub enums: Vec<N>,
    /// What the server fills in, as JSON.
    pub default: Option<N>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape<N> {
    /// A single value.
    Scalar(Scalar),
    /// A record, by the name of its type.
    Named(N),
    /// A list.
    List(Box<Shape<N>>),
    /// A map with free keys.
    Map(Box<Shape<N>>),
    /// Any one of several.
    OneOf(Vec<Shape<N>>),
}

/// How two definitions of a list become one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListMerge<N> {
    /// One replaces the other. Also said of everything that is not a list.
    Atomic,
    /// Each value once.
    Set,
    /// Items with equal values at these keys are one item.
    Keyed(Vec<N>),
}

macro_rules! scalars {
    ($( $name:ident = $word:literal $doc:literal ; )*) => {
        /// The single values.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Scalar {
            $( #[doc = $doc] $name, )*
        }

        impl Scalar {
            const ALL: &'static [Scalar] = &[ $( Scalar::$name, )* ];

            /// The word for it in the facts and in messages.
            pub fn word(self) -> &'static str {
                match self { $( Scalar::$name => $word, )* }
            }
        }
    };
}

scalars! {
    String = "string" "Text.";
    Boolean = "boolean" "`true` or `false`.";
    Integer = "integer" "A whole number.";
    Int32 = "int32" "A whole number of 32 bits.";
    Int64 = "int64" "A whole number of 64 bits.";
    Number = "number" "Any number.";
    Bytes = "bytes" "Bytes, written in base 64.";
    DateTime = "date-time" "A point in time, as RFC 3339 writes it.";
    IntOrString = "int-or-string" "A whole number or text.";
    Quantity = "quantity" "An amount such as `100m` or `1.5Gi`.";
    Object = "object" "A map with whatever is in it.";
    Any = "any" "Any data at all.";
}

/// What is known about the life of an API, beyond the versions at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle<N> {
    /// The API group.
    pub group: N,
    /// The version within the group.
    pub version: N,
    /// The kind.
    pub kind: N,
    /// The minor that introduced it.
    pub introduced: N,
    /// The minor from which it is deprecated.
    pub deprecated: Option<N>,
    /// The first minor that does not have it.
    pub removed: Option<N>,
    /// `group/version Kind` to use instead.
    pub replacement: Option<(N, N, N)>,
}

impl<N> KindDef<N> {
    /// The same with every name passed through `f`.
    pub fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> KindDef<M> {
        KindDef {
            group: f(&self.group),
            version: f(&self.version),
            kind: f(&self.kind),
            plural: f(&self.plural),
            type_name: f(&self.type_name),
            namespaced: self.namespaced,
            preferred: self.preferred,
            optional: self.optional,
        }
    }
}

impl<N> TypeDef<N> {
    /// The same with every name passed through `f`.
    pub fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> TypeDef<M> {
        TypeDef {
            name: f(&self.name),
            atomic: self.atomic,
            fields: self.fields.iter().map(|field| field.map(f)).collect(),
        }
    }
}

impl<N> FieldDef<N> {
    /// The same with every name passed through `f`.
    pub fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> FieldDef<M> {
        FieldDef {
            name: f(&self.name),
            shape: self.shape.map(f),
            required: self.required,
            atomic: self.atomic,
            list: self.list.map(f),
            merge_key: self.merge_key.as_ref().map(&mut *f),
            enums: self.enums.iter().map(&mut *f).collect(),
            default: self.default.as_ref().map(f),
        }
    }
}

impl<N> Shape<N> {
    /// The same with every name passed through `f`.
    pub fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> Shape<M> {
        match self {
            Shape::Scalar(scalar) => Shape::Scalar(*scalar),
            Shape::Named(name) => Shape::Named(f(name)),
            Shape::List(item) => Shape::List(Box::new(item.map(f))),
            Shape::Map(value) => Shape::Map(Box::new(value.map(f))),
            Shape::OneOf(shapes) => Shape::OneOf(shapes.iter().map(|shape| shape.map(f)).collect()),
        }
    }

    /// The record type in it, however deep in lists and maps.
    pub fn named(&self) -> Option<&N> {
        match self {
            Shape::Scalar(_) => None,
            Shape::Named(name) => Some(name),
            Shape::List(inner) | Shape::Map(inner) => inner.named(),
            Shape::OneOf(shapes) => shapes.iter().find_map(Shape::named),
        }
    }
}

impl<N> ListMerge<N> {
    fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> ListMerge<M> {
        match self {
            ListMerge::Atomic => ListMerge::Atomic,
            ListMerge::Set => ListMerge::Set,
            ListMerge::Keyed(keys) => ListMerge::Keyed(keys.iter().map(f).collect()),
        }
    }
}

impl<N> Lifecycle<N> {
    /// The same with every name passed through `f`.
    pub fn map<M>(&self, f: &mut impl FnMut(&N) -> M) -> Lifecycle<M> {
        Lifecycle {
            group: f(&self.group),
            version: f(&self.version),
            kind: f(&self.kind),
            introduced: f(&self.introduced),
            deprecated: self.deprecated.as_ref().map(&mut *f),
            removed: self.removed.as_ref().map(&mut *f),
            replacement: self.replacement.as_ref().map(|(group, version, kind)| (f(group), f(version), f(kind))),
        }
    }
}
