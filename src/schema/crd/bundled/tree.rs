//! The records of one kind, unfolded from the block as far as somebody has looked.
//!
//! In the block a record has no name, since it stands in many places. Here every place is a node, which knows the way that
//! led to it; what is inside is a number until it is asked for. A name is looked for by going down where the way is a
//! beginning of it.

use std::sync::OnceLock;

use ecow::EcoString;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{OWN_BLOCK, pack, way_inside};
use crate::schema::catalogue::{FieldDef, Kind, TypeDef};
use crate::schema::crd::{CustomType, Limits, definition_name};
use crate::schema::pack::addons::{Name, PackedField, PackedRecord};

/// A record in its place.
pub(super) struct Node {
    /// Its type.
    pub ty: CustomType,
    inside: Vec<Inner>,
}

/// A record inside another one.
struct Inner {
    /// What leads there, which is its name without group and version.
    way: String,
    record: u32,
    node: OnceLock<Box<Node>>,
}

impl Node {
    /// The record with a number, where `way` leads in a kind.
    pub(super) fn unfold(kind: &Kind, way: &str, record: u32) -> Node {
        let packed: PackedRecord = pack().tables.record(record).expect(OWN_BLOCK);
        let mut inside = Vec::new();
        let mut fields = Vec::with_capacity(packed.fields.len());
        let mut field_limits = FxHashMap::default();
        for field in &packed.fields {
            let def = placed(kind, way, field, &mut inside);
            if let Some(demands) = field.demands {
                field_limits.insert(def.name.clone(), limits(demands));
            }
            fields.push(def);
        }
        let name = definition_name(&kind.group, &kind.version, way);
        let own = packed.demands.and_then(|demands| limits(demands).pop());
        let ty = CustomType {
            def: TypeDef { name, atomic: packed.atomic, fields },
            open: packed.open,
            limits: own.unwrap_or_default(),
            field_limits,
        };
        Node { ty, inside }
    }

    /// The record of this name, if it is inside.
    pub(super) fn find(&self, kind: &Kind, name: &str) -> Option<&CustomType> {
        let mut on_the_way = self.inside.iter().filter(|inner| name.starts_with(inner.way.as_str()));
        on_the_way.find_map(|inner| match inner.way.len() == name.len() {
            true => Some(&inner.node(kind).ty),
            false => inner.node(kind).find(kind, name),
        })
    }

    /// The names of all records inside.
    pub(super) fn names<'n>(&'n self, kind: &Kind, names: &mut Vec<&'n str>) {
        for inner in &self.inside {
            names.push(&inner.way);
            inner.node(kind).names(kind, names);
        }
    }
}

impl Inner {
    fn node(&self, kind: &Kind) -> &Node {
        self.node.get_or_init(|| Box::new(Node::unfold(kind, &self.way, self.record)))
    }
}

/// A field where `way` leads; the record in it goes to `inside`.
fn placed(kind: &Kind, way: &str, field: &PackedField, inside: &mut Vec<Inner>) -> FieldDef {
    let text = |name: &Name| match name {
        Name::Text(id) => EcoString::from(pack().tables.string(*id)),
        Name::Record(_) => EcoString::new(),
    };
    let mut def: FieldDef = field.def.map(&mut |name| text(name));
    if let Some(Name::Record(record)) = field.def.shape.named() {
        let way = way_inside(way, &def);
        let name = definition_name(&kind.group, &kind.version, &way);
        def.shape = def.shape.map(&mut |_| name.clone());
        inside.push(Inner { way, record: *record, node: OnceLock::new() });
    }
    def
}

/// Demands as they are embedded, level by level.
fn limits(demands: u32) -> Vec<Limits> {
    let levels: Vec<Value> = serde_json::from_str(pack().tables.string(demands)).expect(OWN_BLOCK);
    levels.iter().map(Limits::of).collect()
}
