//! The embedded form of the add-ons' custom resources.
//!
//! A custom resource's schema is a tree, and the same trees stand in many places: in each version of a kind, in kinds for
//! a namespace and for the cluster, in every release. So a record holds the records inside it by their numbers and has
//! no name of its own; equal trees are one. What the language calls a record is made of the way to it, by whoever walks
//! there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::facts::{AddonFacts, AddonType, FieldDef, Scalar, Shape};
use super::tables::{Records, Strings, Tables};

/// The block, opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddonPack<'a> {
    /// The strings, and the records.
    #[serde(borrow)]
    pub tables: Tables<'a>,
    /// All versions of all add-ons: by the add-ons' names, of one add-on the oldest first.
    #[serde(borrow)]
    pub bundles: Vec<PackedBundle<'a>>,
}

/// One version of an add-on.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedBundle<'a> {
    /// `cert-manager`
    pub addon: &'a str,
    /// `1.21`
    pub version: &'a str,
    /// The first Kubernetes minor for which it is taken unasked; empty: any.
    pub kubernetes: &'a str,
    kinds: &'a [u8],
}

/// A kind; its names are numbers of strings.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedKind {
    /// The API group.
    pub group: u32,
    /// The version within the group.
    pub version: u32,
    /// The kind.
    pub kind: u32,
    /// The resource's name in URLs.
    pub plural: u32,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Whether its version is deprecated.
    pub deprecated: bool,
    /// The record of its objects.
    pub record: u32,
}

/// A record without a name.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedRecord {
    /// Whether a merge replaces it as a whole.
    pub atomic: bool,
    /// Whether further fields are stored as they are.
    pub open: bool,
    /// What is demanded of it.
    pub demands: Option<u32>,
    /// Its fields, by name.
    pub fields: Vec<PackedField>,
}

/// A field of such a record.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedField {
    /// Its structure.
    pub def: FieldDef<Name>,
    /// What is demanded of its value, and of what is in it.
    pub demands: Option<u32>,
}

/// What stands where facts have a name.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Name {
    /// A string, by its number; as a type, one of Kubernetes'.
    Text(u32),
    /// A record of the block, by its number.
    Record(u32),
}

impl<'a> AddonPack<'a> {
    /// Opens a block. Nothing but the outermost lengths is read.
    pub fn open(bytes: &'a [u8]) -> Result<AddonPack<'a>, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

impl PackedBundle<'_> {
    /// Its kinds, by group and name, of one kind the version meant first.
    pub fn kinds(&self) -> Result<Vec<PackedKind>, postcard::Error> {
        postcard::from_bytes(self.kinds)
    }
}

/// Makes the block from the facts of all versions of all add-ons.
pub fn pack_addons(all: &[AddonFacts]) -> Result<Vec<u8>, postcard::Error> {
    let strings = Strings::of(all.iter().flat_map(texts).collect());
    let mut records = Records::default();
    let mut bundles = Vec::new();
    for facts in all {
        let types = facts.types.iter().map(|of| (of.def.name.as_str(), of)).collect();
        let mut packer = Packer { types, strings: &strings, records: &mut records, done: BTreeMap::new() };
        let mut kinds = Vec::new();
        for kind in &facts.kinds {
            kinds.push(PackedKind {
                group: strings.id(&kind.def.group),
                version: strings.id(&kind.def.version),
                kind: strings.id(&kind.def.kind),
                plural: strings.id(&kind.def.plural),
                namespaced: kind.def.namespaced,
                deprecated: kind.deprecated,
                record: packer.record(&kind.def.type_name)?,
            });
        }
        bundles.push((facts, postcard::to_allocvec(&kinds)?));
    }
    let (text, text_ends) = strings.layout();
    let bundle = |(facts, kinds)| {
        let AddonFacts { addon, version, kubernetes, .. }: &AddonFacts = facts;
        PackedBundle { addon, version, kubernetes, kinds }
    };
    postcard::to_allocvec(&AddonPack {
        tables: Tables::of(&text, &text_ends, &records),
        bundles: bundles.iter().map(|(facts, kinds)| bundle((*facts, kinds.as_slice()))).collect(),
    })
}

/// Every string that the facts of an add-on need.
fn texts(facts: &AddonFacts) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for kind in &facts.kinds {
        let kind = &kind.def;
        texts.extend([&kind.group, &kind.version, &kind.kind, &kind.plural].map(String::clone));
    }
    let own: BTreeSet<&String> = facts.types.iter().map(|of| &of.def.name).collect();
    for of in &facts.types {
        let mut note = |text: &String| {
            if !own.contains(text) {
                texts.insert(text.clone());
            }
        };
        of.def.fields.iter().for_each(|field| {
            field.map(&mut note);
        });
        let demands = of.field_demands.iter().chain([&of.demands]);
        texts.extend(demands.filter(|demands| !demands.is_empty()).cloned());
    }
    texts
}

/// What turns the records of one file into those of the block, the inner ones first.
struct Packer<'a> {
    types: BTreeMap<&'a str, &'a AddonType>,
    strings: &'a Strings,
    records: &'a mut Records,
    done: BTreeMap<&'a str, u32>,
}

impl<'a> Packer<'a> {
    fn record(&mut self, name: &str) -> Result<u32, postcard::Error> {
        // A file that names what it does not have was not written by the importer.
        let (&name, &of) = self.types.get_key_value(name).ok_or(postcard::Error::SerdeSerCustom)?;
        if let Some(&number) = self.done.get(name) {
            return Ok(number);
        }
        let strings = self.strings;
        let demands = |text: &String| (!text.is_empty()).then(|| strings.id(text));
        let mut fields = Vec::new();
        for (field, beyond) in of.def.fields.iter().zip(&of.field_demands) {
            let inner = match field.shape.named().filter(|name| self.types.contains_key(name.as_str())) {
                Some(name) => Some(self.record(name)?),
                None => None,
            };
            let shape = field.shape.map(&mut |name| inner.map_or_else(|| Name::Text(strings.id(name)), Name::Record));
            let outline = FieldDef { shape: Shape::Scalar(Scalar::Any), ..field.clone() };
            let outline = outline.map(&mut |text| Name::Text(strings.id(text)));
            fields.push(PackedField { def: FieldDef { shape, ..outline }, demands: demands(beyond) });
        }
        let packed = PackedRecord { atomic: of.def.atomic, open: of.open, demands: demands(&of.demands), fields };
        let number = self.records.add(&packed)?;
        self.done.insert(name, number);
        Ok(number)
    }
}
