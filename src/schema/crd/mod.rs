//! Custom resources: the kinds that a cluster has because somebody defined them.
//!
//! A CustomResourceDefinition says all about its kind in one file: names, scope, versions, and for each version a schema.
//! Reading one (`read`) takes the schema apart into the same facts that Kubernetes' own kinds have: record types
//! with fields and shapes (`convert`). From there on a custom kind is a kind like any other; its types stand beside the
//! embedded ones in an [extended catalogue](super::Catalogue::extended). What such a schema can demand beyond those facts
//! (patterns, bounds, alternatives) is kept aside, by field, as `Limits`.
//!
//! A definition is called by the way that leads to it in the language: `"cert-manager.io".v1.CertificateSpec`.
//! The quotes tell it from an embedded one, since the group of a custom resource always has a dot in it. A record
//! inside a kind has no name of its own in the schema; it gets the kind's with those of the fields on the way.
//!
//! The resources of widespread add-ons are part of the program: distilled beforehand (`distil`), in a form that shares
//! what is the same in many of them, and unfolded kind by kind and record by record as they are asked for ([`bundled`]).

pub mod bundled;
mod convert;
mod distil;
mod document;
mod limits;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::catalogue::{Kind, TypeDef};

pub use distil::{Clash, distil};
pub use document::{Problem, Read, Refusal, definition, read};
pub use limits::{Bound, Breach, Limits};

/// A kind as a CustomResourceDefinition defines it.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomResource {
    /// The API group.
    pub group: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// The resource's name in URLs and RBAC rules.
    pub plural: EcoString,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// The versions that are served, the one meant first.
    pub versions: Vec<CustomVersion>,
}

/// One version of a custom kind.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomVersion {
    /// Its name.
    pub name: EcoString,
    /// What is said of it, if it is deprecated; may be nothing.
    pub deprecated: Option<EcoString>,
    /// Its schema, an object of OpenAPI version 3.
    schema: serde_json::Value,
}

/// A record type of a custom resource.
#[derive(Debug)]
pub struct CustomType<D = Limits> {
    /// Its structure.
    pub def: TypeDef,
    /// Whether further fields are stored as they are.
    pub open: bool,
    /// What is demanded of the record of a whole object, beyond its structure.
    pub limits: D,
    /// What is demanded of the value of a field, of its items, of their items, and so on; nothing where nothing is.
    field_limits: FxHashMap<EcoString, Vec<D>>,
}

/// All custom kinds of a run and their types.
#[derive(Debug, Default)]
pub struct CustomTypes {
    /// The kinds in the order of their files; of one kind the version meant first.
    kinds: Vec<Kind>,
    /// What is said of the kinds' types, if they are deprecated.
    deprecated: FxHashMap<EcoString, EcoString>,
    types: FxHashMap<EcoString, CustomType>,
    /// Their names, sorted.
    names: Vec<EcoString>,
}

impl<D> CustomType<D> {
    /// What is demanded of the value of a field, then of its items or entries, and so on.
    pub fn limits_of(&self, field: &str) -> &[D] {
        self.field_limits.get(field).map_or(&[], Vec::as_slice)
    }
}

impl CustomTypes {
    /// The types of these kinds. Of a kind that is defined twice the first definition counts.
    pub fn of(resources: &[CustomResource]) -> CustomTypes {
        let convert::Converted { kinds, deprecated, types } = convert::all(resources);
        let mut names: Vec<EcoString> = types.keys().cloned().collect();
        names.sort_unstable();
        CustomTypes { kinds, deprecated, types, names }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kinds in the order of their files; of one kind the version meant first.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The record type of this name.
    pub fn get(&self, name: &str) -> Option<&CustomType> {
        self.types.get(name)
    }

    /// The names of the record types, sorted.
    pub fn names(&self) -> &[EcoString] {
        &self.names
    }

    /// What is said of a kind that is deprecated, by its type; may be nothing.
    pub fn deprecation(&self, type_name: &str) -> Option<&str> {
        self.deprecated.get(type_name).map(EcoString::as_str)
    }

    /// Whether there is a kind of this name in this group.
    pub fn defines(&self, group: &str, kind: &str) -> bool {
        self.kinds.iter().any(|of| of.group == group && of.kind == kind)
    }
}

/// The group of these that goes by a name: its full one, or its first label where no other group begins with it.
pub fn group_named<'k>(kinds: impl Iterator<Item = &'k Kind>, name: &str) -> Option<&'k str> {
    let mut short = None;
    let mut several = false;
    for group in kinds.map(|kind| kind.group.as_str()) {
        if group == name {
            return Some(group);
        }
        if first_label(group) == name {
            several |= *short.get_or_insert(group) != group;
        }
    }
    short.filter(|_| !several)
}

/// `cert-manager` of `cert-manager.io`.
pub fn first_label(group: &str) -> &str {
    group.split('.').next().unwrap_or(group)
}

/// What the definition of this name in a version of a custom group is called.
pub fn definition_name(group: &str, version: &str, name: &str) -> EcoString {
    ecow::eco_format!("\"{group}\".{version}.{name}")
}

/// Whether the definition of this name is a custom resource's or inside one.
pub fn is_custom(definition: &str) -> bool {
    definition.starts_with('"')
}

/// Group, version and name of the definition that is called this; `None`: it is an embedded one.
pub fn name_parts(definition: &str) -> Option<(&str, &str, &str)> {
    let (group, rest) = definition.strip_prefix('"')?.split_once("\".")?;
    let (version, name) = rest.split_once('.')?;
    Some((group, version, name))
}
