//! What Kubernetes knows about its own objects, by version, and the check of finished objects against it.
//!
//! `specs/` holds the structural facts of every known minor as text ([`facts`]), made from the published
//! OpenAPI documents by [`import`]. The build packs them ([`pack`]); the [`Catalogue`] reads the pack and answers by
//! group, version and kind, and custom resources ([`crd`]) stand in it beside Kubernetes' own. [`check`] holds one object against it: first the structure, then the rules
//! that a real API server enforces beyond it.

pub mod belongs;
mod catalogue;
pub mod crd;
mod custom_names;
mod explain;
pub mod facts;
pub mod formats;
mod history;
pub mod import;
mod merge;
mod minor;
pub mod pack;
mod required;
mod rules;
mod show;
pub mod types;
mod validate;

pub use catalogue::{Catalogue, FieldDef, Kind, Lifecycle, Shape, TypeDef, Version, join_api, split_api, version_of};
pub use explain::{FieldFacts, KindFacts, NameFacts, TypeFacts, Versions, explain, object_field};
pub use history::History;
pub use merge::{ListMerge, list_rule, list_rule_of_items};
pub use minor::Minor;
pub use rules::missing_secret_keys;
pub use show::{list, list_custom, show};
pub use validate::{Checked, Target, check, validate};
