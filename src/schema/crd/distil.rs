//! Definitions to the facts of an add-on.
//!
//! The types are made as they are made for the definitions of a user, with their demands kept as text. Then equal
//! trees become one: from the innermost records outwards, each is written down with the records inside it by the names
//! they are known under, and what has been written down before is known already.

use std::collections::BTreeMap;
use std::fmt::Write;

use ecow::EcoString;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::bundled::way_inside;
use super::convert::{Converted, Demands, all};
use super::limits::Reduced;
use super::{CustomResource, CustomType, definition_name, name_parts};
use crate::schema::catalogue::{FieldDef, Kind};
use crate::schema::facts::{AddonFacts, AddonKind, AddonType};

/// Two records that the language would call by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash(pub EcoString);

/// The kinds of definitions and the records in them, by group and kind. What the facts are of is for the caller to say.
///
/// # Errors
/// When two records have the same name: names are made of the way alone.
pub fn distil(resources: &[CustomResource]) -> Result<AddonFacts, Clash> {
    let mut sorted: Vec<CustomResource> = resources.to_vec();
    sorted.sort_by(|a, b| (&a.group, &a.kind).cmp(&(&b.group, &b.kind)));
    let Converted { kinds, deprecated, types } = all::<Reduced>(&sorted);
    let mut shared = Shared { types: &types, known: FxHashMap::default(), kept: BTreeMap::new() };
    let mut facts = AddonFacts::default();
    for kind in &kinds {
        let record = shared.record(&kind.type_name, &kind.kind)?;
        let def = Kind { type_name: record, ..kind.clone() };
        let deprecated = deprecated.contains_key(&kind.type_name);
        facts.kinds.push(AddonKind { def: def.map(&mut |name| name.to_string()), deprecated });
    }
    facts.types = shared.kept.into_values().collect();
    Ok(facts)
}

/// The records while equal ones become one.
struct Shared<'a> {
    types: &'a FxHashMap<EcoString, CustomType<Reduced>>,
    /// What was written down of a record, with the name that it is known under.
    known: FxHashMap<String, EcoString>,
    kept: BTreeMap<EcoString, AddonType>,
}

impl Shared<'_> {
    /// The name under which a record is known. `way` is what leads to it.
    fn record(&mut self, name: &EcoString, way: &str) -> Result<EcoString, Clash> {
        let (group, version, own) = name_parts(name).unwrap_or_default();
        if own != way {
            return Err(Clash(definition_name(group, version, way)));
        }
        let of = &self.types[name];
        let mut fields = Vec::with_capacity(of.def.fields.len());
        for field in &of.def.fields {
            fields.push(self.field(field, way)?);
        }
        let field_demands: Vec<String> = of.def.fields.iter().map(|field| text(of.limits_of(&field.name))).collect();
        let demands = match of.limits.are_none() {
            true => String::new(),
            false => text(std::slice::from_ref(&of.limits)),
        };
        let mut def = of.def.map(&mut |name| name.to_string());
        def.fields = fields.iter().map(|field| field.map(&mut |name| name.to_string())).collect();
        let record = AddonType { def, open: of.open, demands, field_demands };
        let known = self.known.entry(content(&record)).or_insert_with(|| name.clone());
        if known == name {
            self.kept.insert(name.clone(), record);
        }
        Ok(known.clone())
    }

    /// A field with the record in it under the name that it is known by.
    fn field(&mut self, field: &FieldDef, way: &str) -> Result<FieldDef, Clash> {
        let Some(inner) = field.shape.named().filter(|name| self.types.contains_key(*name)) else {
            return Ok(field.clone());
        };
        let known = self.record(inner, &way_inside(way, field))?;
        Ok(FieldDef { shape: field.shape.map(&mut |_| known.clone()), ..field.clone() })
    }
}

/// Demands, level by level, as JSON; nothing where nothing is demanded.
fn text(levels: &[Reduced]) -> String {
    let Some(last) = levels.iter().rposition(|level| !level.are_none()) else { return String::new() };
    let levels = &levels[..=last];
    let levels: Vec<Value> = levels.iter().map(|level| Value::Object(level.0.clone())).collect();
    Value::Array(levels).to_string()
}

/// A record without its own name.
fn content(record: &AddonType) -> String {
    let mut content = format!("{} {} {}\n", record.def.atomic, record.open, record.demands);
    for (field, demands) in record.def.fields.iter().zip(&record.field_demands) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(content, "{field:?} {demands}");
    }
    content
}
