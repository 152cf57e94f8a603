//! How two definitions of one list become one.

use ecow::EcoString;

use super::catalogue::{FieldDef, Kind, Version, version_of};
use super::facts;
use crate::symbol::Symbol;
use crate::types::{ListKey, ListRule, Origin, Scalar};

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

    /// The same as the module system asks for it.
    pub fn list_rule(self, field: &FieldDef) -> ListRule {
        match self.list_keys(field) {
            ListMerge::Atomic => ListRule::Atomic,
            ListMerge::Set => ListRule::Set,
            ListMerge::Keyed(keys) => {
                let key = |(name, default): &(EcoString, Option<EcoString>)| ListKey {
                    name: Symbol::new(name),
                    default: default.as_deref().and_then(scalar),
                };
                ListRule::Keyed(keys.iter().map(key).collect())
            }
        }
    }

    /// How lists at `path` of a kind merge; see [`Version::field_at`] for the path.
    pub fn list_keys_at(self, kind: &Kind, path: &[&str]) -> ListMerge {
        self.field_at(kind, path).map_or(ListMerge::Atomic, |(_, field)| self.list_keys(field))
    }
}

/// How lists for the field of a definition merge.
pub fn list_rule(origin: &Origin, field: Symbol) -> ListRule {
    let version = version_of(origin);
    let def = version.and_then(|version| Some((version, version.type_def(&origin.definition)?)));
    let field = def.and_then(|(version, def)| Some((version, def.field(field.as_str())?)));
    field.map_or(ListRule::Atomic, |(version, field)| version.list_rule(field))
}

/// How lists of a definition's records merge where the API does not say it of the list itself, such as an option that
/// takes the volumes of a pod: as it says of the list that they are for.
pub fn list_rule_of_items(item: &Origin) -> ListRule {
    let home = LISTS.iter().find(|(definition, ..)| *definition == item.definition);
    home.map_or(ListRule::Atomic, |(_, definition, field)| {
        let origin = Origin { definition: (*definition).into(), ..item.clone() };
        list_rule(&origin, Symbol::new(field))
    })
}

/// Records, and the lists of pods and containers that are made of them.
const LISTS: &[(&str, &str, &str)] = &[
    ("core.v1.Container", "core.v1.PodSpec", "containers"),
    ("core.v1.ContainerPort", "core.v1.Container", "ports"),
    ("core.v1.EnvVar", "core.v1.Container", "env"),
    ("core.v1.HostAlias", "core.v1.PodSpec", "hostAliases"),
    ("core.v1.TopologySpreadConstraint", "core.v1.PodSpec", "topologySpreadConstraints"),
    ("core.v1.Volume", "core.v1.PodSpec", "volumes"),
    ("core.v1.VolumeMount", "core.v1.Container", "volumeMounts"),
];

/// A default of the schema, which is written as JSON.
fn scalar(json: &str) -> Option<Scalar> {
    Some(match serde_json::from_str(json).ok()? {
        serde_json::Value::Bool(value) => Scalar::Bool(value),
        serde_json::Value::Number(number) => Scalar::Int(number.as_i64()?),
        serde_json::Value::String(text) => Scalar::Str(text.into()),
        _ => return None,
    })
}
