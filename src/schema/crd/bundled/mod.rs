//! The custom resources of widespread add-ons, which are a part of the program.
//!
//! `specs/addons/` has the facts of several versions of each add-on; the build packs them into one block. Nothing of it
//! is looked at before a kind is asked for that Kubernetes itself does not have. Then the kinds of the versions in force
//! are read ([`InForce`]), and of a kind that is asked for the records on the way to what is asked (`tree`).

mod choice;
mod tree;

use std::sync::OnceLock;

use super::{CustomType, definition_name};
use crate::schema::catalogue::Kind;
use crate::schema::facts::Shape;
use crate::schema::minor::Minor;
use crate::schema::pack::addons::{AddonPack, PackedBundle, PackedKind};

pub use choice::{ADDONS, Addon, Asked, Elsewhere, InForce, Release};
use tree::Node;

use super::convert::{path_to_field, path_to_item, path_to_value};
use crate::schema::catalogue::FieldDef;

/// One version of an add-on.
pub struct Bundle {
    /// The add-on.
    pub addon: &'static Addon,
    /// Its version.
    pub release: Release,
    /// The first Kubernetes for which it is taken unasked.
    from: Minor,
    packed: &'static PackedBundle<'static>,
    kinds: OnceLock<Vec<BundledKind>>,
}

/// A kind of an add-on.
pub struct BundledKind {
    /// The kind. Whether it is preferred is decided where several add-ons meet.
    pub kind: Kind,
    /// Whether its version is deprecated.
    pub deprecated: bool,
    record: u32,
    root: OnceLock<Node>,
}

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/addons.pack"));

/// Why decoding cannot fail: the block was written by the same build, by the code that reads it.
const OWN_BLOCK: &str = "the embedded facts were packed by this build";

fn pack() -> &'static AddonPack<'static> {
    static PACK: OnceLock<AddonPack<'static>> = OnceLock::new();
    PACK.get_or_init(|| AddonPack::open(EMBEDDED).expect(OWN_BLOCK))
}

/// All versions of all add-ons: by the add-ons' names, of one add-on the oldest first.
pub fn bundles() -> &'static [Bundle] {
    static BUNDLES: OnceLock<Vec<Bundle>> = OnceLock::new();
    BUNDLES.get_or_init(|| pack().bundles.iter().filter_map(Bundle::of).collect())
}

impl Bundle {
    /// An add-on without an option has no way to be asked for. A test finds it.
    fn of(packed: &'static PackedBundle<'static>) -> Option<Bundle> {
        Some(Bundle {
            addon: ADDONS.iter().find(|addon| addon.name == packed.addon)?,
            release: packed.version.parse().expect(OWN_BLOCK),
            // Where none is named, it is taken for any.
            from: packed.kubernetes.parse().unwrap_or(Minor(0)),
            packed,
            kinds: OnceLock::new(),
        })
    }

    /// Its kinds, by group and name, of one kind the version meant first.
    pub fn kinds(&self) -> &[BundledKind] {
        self.kinds.get_or_init(|| self.packed.kinds().expect(OWN_BLOCK).iter().map(BundledKind::of).collect())
    }

    /// `Kyverno 1.19`
    pub fn words(&self) -> String {
        format!("{} {}", self.addon.title, self.release)
    }
}

impl BundledKind {
    fn of(packed: &PackedKind) -> BundledKind {
        let text = |id: u32| pack().tables.string(id);
        let (group, version, kind) = (text(packed.group), text(packed.version), text(packed.kind));
        BundledKind {
            kind: Kind {
                group: group.into(),
                version: version.into(),
                kind: kind.into(),
                plural: text(packed.plural).into(),
                type_name: definition_name(group, version, kind),
                namespaced: packed.namespaced,
                preferred: false,
                optional: false,
            },
            deprecated: packed.deprecated,
            record: packed.record,
            root: OnceLock::new(),
        }
    }

    fn root(&self) -> &Node {
        self.root.get_or_init(|| Node::unfold(&self.kind, &self.kind.kind, self.record))
    }

    /// The record type of this name (without group and version), if it is the kind's or inside it.
    fn find(&self, name: &str) -> Option<&CustomType> {
        match name.strip_prefix(self.kind.kind.as_str())? {
            "" => Some(&self.root().ty),
            _ => self.root().find(&self.kind, name),
        }
    }

    /// The names of all its record types, without group and version.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec![self.kind.kind.as_str()];
        self.root().names(&self.kind, &mut names);
        names
    }
}

/// What leads to the record in a field, as a name: that of the record around it, and the field's.
pub(super) fn way_inside(way: &str, field: &FieldDef) -> String {
    let mut way = path_to_field(way, &field.name);
    let mut shape = &field.shape;
    loop {
        (way, shape) = match shape {
            Shape::List(item) => (path_to_item(&way), item),
            Shape::Map(value) => (path_to_value(&way), value),
            Shape::Scalar(_) | Shape::Named(_) | Shape::OneOf(_) => return way,
        };
    }
}
