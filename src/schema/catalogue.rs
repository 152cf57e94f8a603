//! The read-only catalogue of all embedded versions.
//!
//! Opening it reads a few lengths. A version's kinds and a type's fields are decoded the first time they
//! are asked for and kept; a type that is the same in several versions is decoded once for all of them.
//! [`Version`] is a cheap handle: everything that is asked is asked of one version, and the
//! questions over all versions (`since`, `until`) are asked of the [`Catalogue`].
//!
//! Custom resources stand beside Kubernetes' own kinds. Those of add-ons are embedded as well, and looked at only when
//! Kubernetes does not have what is asked for ([`InForce`]). Those of a configuration are no part of the program: a
//! catalogue that is [extended](Catalogue::extended) by them answers for their kinds in every version, and otherwise as the
//! embedded one does.

use std::sync::OnceLock;

use ecow::EcoString;

use super::crd::bundled::{Asked, Bundle, InForce};
use super::crd::{self, CustomType, CustomTypes};
use super::facts;
use super::history::{History, Presence};
use super::minor::Minor;
use super::pack::{Pack, PackedVersion};
use crate::diag::{Code, Diagnostic, closest};
use crate::source::Span;
use crate::types::Origin;

/// A kind that can be created.
pub type Kind = facts::KindDef<EcoString>;
/// A record type.
pub type TypeDef = facts::TypeDef<EcoString>;
/// A field of a record type.
pub type FieldDef = facts::FieldDef<EcoString>;
/// What a field holds.
pub type Shape = facts::Shape<EcoString>;
/// When an API came and went.
pub type Lifecycle = facts::Lifecycle<EcoString>;

/// The facts of all known versions.
pub struct Catalogue {
    pack: Pack<'static>,
    versions: Vec<Tables>,
    types: Vec<OnceLock<Box<TypeDef>>>,
    lifecycle: OnceLock<Vec<Lifecycle>>,
    custom: CustomTypes,
    addons: Asked,
}

/// What is decoded of one version.
struct Tables {
    minor: Minor,
    kinds: OnceLock<Vec<Kind>>,
    addons: OnceLock<InForce>,
}

/// One version of Kubernetes, as the catalogue knows it.
#[derive(Clone, Copy)]
pub struct Version<'c> {
    catalogue: &'c Catalogue,
    index: usize,
}

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kubernetes.pack"));

/// Why decoding cannot fail: the block was written by the same build, by the code that reads it.
const OWN_BLOCK: &str = "the embedded facts were packed by this build";

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn embedded() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Catalogue::with(CustomTypes::default(), Asked::default()))
    }

    /// The same with a configuration's custom resources, and with the versions of add-ons that it asks for. It is never
    /// given up, as what is made of it may live as long as the program; so one is made for a run, not for a question.
    pub fn extended(custom: CustomTypes, addons: Asked) -> &'static Catalogue {
        Box::leak(Box::new(Catalogue::with(custom, addons)))
    }

    /// The custom resources of the configuration.
    pub fn custom(&self) -> &CustomTypes {
        &self.custom
    }

    fn with(custom: CustomTypes, addons: Asked) -> Catalogue {
        let pack = Pack::open(EMBEDDED).expect(OWN_BLOCK);
        let minor = |version: &PackedVersion| version.version.parse().expect(OWN_BLOCK);
        let tables = |version| Tables { minor: minor(version), kinds: OnceLock::new(), addons: OnceLock::new() };
        let versions = pack.versions.iter().map(tables).collect();
        let types = (0..pack.tables.record_count()).map(|_| OnceLock::new()).collect();
        Catalogue { pack, versions, types, lifecycle: OnceLock::new(), custom, addons }
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = Version<'_>> + ExactSizeIterator {
        (0..self.versions.len()).map(|index| Version { catalogue: self, index })
    }

    /// The newest version.
    pub fn newest(&self) -> Version<'_> {
        Version { catalogue: self, index: self.versions.len() - 1 }
    }

    /// The version that `text` (`1.31`, `v1.31`, `1.31.4`; written at `span`) names.
    pub fn version(&self, text: &str, span: Span) -> Result<Version<'_>, Diagnostic> {
        let wanted = text.trim().parse::<Minor>();
        let found = self.versions().find(|version| Ok(version.minor()) == wanted);
        found.ok_or_else(|| {
            let (oldest, newest) = (self.versions[0].minor, self.newest().minor());
            let message = match wanted {
                Ok(minor) => format!("Kubernetes {minor} is not known"),
                Err(()) => format!("`{text}` is not a Kubernetes version"),
            };
            Diagnostic::new(Code::UnknownVersion, span, message)
                .hint(format!("write a minor version from `{oldest}` to `{newest}`"))
        })
    }

    /// What is known of the life of an API.
    pub fn lifecycle(&self, group: &str, version: &str, kind: &str) -> Option<&Lifecycle> {
        let entries = self.lifecycle.get_or_init(|| {
            let entries = self.pack.lifecycle().expect(OWN_BLOCK);
            entries.iter().map(|entry| entry.map(&mut |id| EcoString::from(self.pack.tables.string(*id)))).collect()
        });
        entries.iter().find(|entry| entry.group == group && entry.version == version && entry.kind == kind)
    }

    /// In which versions an API of Kubernetes or of the configuration exists.
    pub fn kind_history(&self, group: &str, version: &str, kind: &str) -> History {
        let is_it = |found: &Kind| found.group == group && found.version == version;
        History::of(self.versions().map(|at| Presence { minor: at.minor(), there: at.own(kind).any(is_it) }))
    }

    /// In which versions a field of a type exists.
    /// A custom resource has none.
    pub fn field_history(&self, type_name: &str, field: &str) -> History {
        if crd::is_custom(type_name) {
            return History::default();
        }
        History::of(self.versions().map(|at| {
            let there = at.type_def(type_name).is_some_and(|def| def.field(field).is_some());
            Presence { minor: at.minor(), there }
        }))
    }

    /// What follows `prefix` in the names of the record types of all versions that begin with it, sorted.
    pub fn type_names_below(&self, prefix: &str) -> impl Iterator<Item = &'static str> {
        let names = &self.pack.names;
        let start = names.first_type(|id| self.pack.tables.string(id) >= prefix);
        (start..)
            .map_while(|at| names.type_name(at))
            .map_while(move |id| self.pack.tables.string(id).strip_prefix(prefix))
    }

    /// The names of the kinds of all versions, sorted.
    pub fn kind_names(&self) -> impl Iterator<Item = &'static str> {
        self.pack.names.kinds().map(|id| self.pack.tables.string(id))
    }

    /// The names of the API groups of all versions, sorted; the core group's is empty.
    pub fn group_names(&self) -> impl Iterator<Item = &'static str> {
        self.pack.names.groups().map(|id| self.pack.tables.string(id))
    }

    fn type_at(&self, record: u32) -> &TypeDef {
        self.types[record as usize].get_or_init(|| {
            let def: facts::TypeDef<u32> = self.pack.tables.record(record).expect(OWN_BLOCK);
            Box::new(def.map(&mut |id| EcoString::from(self.pack.tables.string(*id))))
        })
    }
}

impl<'c> Version<'c> {
    /// The catalogue it belongs to.
    pub fn catalogue(self) -> &'c Catalogue {
        self.catalogue
    }

    /// Its number.
    pub fn minor(self) -> Minor {
        self.catalogue.versions[self.index].minor
    }

    /// The kinds of Kubernetes and of the configuration, by name; of each name the version meant first.
    pub fn kinds(self) -> &'c [Kind] {
        let catalogue = self.catalogue;
        catalogue.versions[self.index].kinds.get_or_init(|| {
            let kinds = self.packed().kinds().expect(OWN_BLOCK);
            let kinds = kinds.iter().map(|kind| kind.map(&mut |id| EcoString::from(catalogue.pack.tables.string(*id))));
            with_custom(kinds.collect(), catalogue.custom.kinds())
        })
    }

    /// The kind with this group (`""` is the core group), version and name.
    pub fn find(self, group: &str, version: &str, kind: &str) -> Option<&'c Kind> {
        self.served(kind).find(|found| found.group == group && found.version == version)
    }

    /// The add-ons that are there, and their kinds.
    pub fn addons(self) -> &'c InForce {
        let catalogue = self.catalogue;
        catalogue.versions[self.index]
            .addons
            .get_or_init(|| InForce::new(&catalogue.addons, self.minor(), self.kinds(), &catalogue.custom))
    }

    /// The kinds of the configuration's custom resources, then of the add-ons'.
    pub fn custom_kinds(self) -> impl Iterator<Item = &'c Kind> {
        self.catalogue.custom.kinds().iter().chain(self.addons().kinds())
    }

    /// All versions of the kind of this name, the one meant first: Kubernetes' own, then the configuration's, then those of
    /// add-ons, which are not looked at before it comes to them.
    pub fn served(self, kind: &str) -> impl Iterator<Item = &'c Kind> {
        let of_addons = std::iter::once(()).flat_map(move |()| self.addons().named(kind));
        self.own(kind).chain(of_addons)
    }

    fn own(self, kind: &str) -> impl Iterator<Item = &'c Kind> {
        let kinds = self.kinds();
        let start = kinds.partition_point(|other| other.kind.as_str() < kind);
        let length = kinds[start..].iter().take_while(|other| other.kind == kind).count();
        kinds[start..start + length].iter()
    }

    /// The kind whose objects are of a record type.
    pub fn kind_of(self, def: &TypeDef) -> Option<&'c Kind> {
        let (_, name) = def.group_and_name();
        let own = self.own(name).find(|kind| kind.type_name == def.name);
        let of_addons = || self.addons().named(name).iter().find(|kind| kind.type_name == def.name);
        own.or_else(|| def.is_custom().then(of_addons).flatten())
    }

    /// The kind that is meant where only its name is written.
    pub fn preferred(self, kind: &str) -> Option<&'c Kind> {
        self.served(kind).find(|found| found.preferred)
    }

    /// The kinds of this name, one a group, where none of them is meant more than the others.
    pub fn ambiguous(self, kind: &str) -> Vec<&'c Kind> {
        if self.preferred(kind).is_some() {
            return Vec::new();
        }
        let mut kinds: Vec<&Kind> = self.served(kind).collect();
        kinds.dedup_by(|a, b| a.group == b.group);
        kinds
    }

    /// Whether any kind is in this API group and version.
    pub fn has_api(self, group: &str, version: &str) -> bool {
        self.kinds().iter().chain(self.addons().kinds()).any(|kind| kind.group == group && kind.version == version)
    }

    /// The kind whose name is nearest to a mistyped one.
    pub fn nearest_kind(self, name: &str) -> Option<&'c str> {
        let all = self.kinds().iter().chain(self.addons().kinds());
        closest(name, all.filter(|kind| kind.preferred).map(|kind| kind.kind.as_str()))
    }

    /// What is said of a custom kind that is deprecated, by its type; may be nothing.
    pub fn deprecation(self, type_name: &str) -> Option<&'c str> {
        if !crd::is_custom(type_name) {
            return None;
        }
        let of_addons = || self.addons().is_deprecated(type_name).then_some("");
        self.catalogue.custom.deprecation(type_name).or_else(of_addons)
    }

    /// The version of the add-on that has a kind, if it is an add-on's.
    pub fn bundle_of(self, kind: &Kind) -> Option<&'static Bundle> {
        let bundled = || crd::is_custom(&kind.type_name) && !self.catalogue.custom.defines(&kind.group, &kind.kind);
        bundled().then(|| self.addons().bundle_of(&kind.group)).flatten()
    }

    /// Whether there is a record type of this name.
    pub fn has_type(self, name: &str) -> bool {
        match crd::is_custom(name) {
            true => self.custom_named(name).is_some(),
            false => self.catalogue.pack.tables.string_id(name).is_some_and(|id| self.packed().record_of(id).is_some()),
        }
    }

    /// The record type of this name (`core.v1.Container`).
    pub fn type_def(self, name: &str) -> Option<&'c TypeDef> {
        if crd::is_custom(name) {
            return self.custom_named(name).map(|custom| &custom.def);
        }
        let id = self.catalogue.pack.tables.string_id(name)?;
        Some(self.catalogue.type_at(self.packed().record_of(id)?))
    }

    /// What is known of a record type beyond its structure, if it is a custom resource's.
    pub fn custom_type(self, def: &TypeDef) -> Option<&'c CustomType> {
        self.custom_named(&def.name)
    }

    fn custom_named(self, name: &str) -> Option<&'c CustomType> {
        if !crd::is_custom(name) {
            return None;
        }
        self.catalogue.custom.get(name).or_else(|| self.addons().find_type(name))
    }

    /// A record type as messages give it: `k8s 1.31 core/v1 Container`; of a custom resource without the version of Kubernetes, which
    /// has no part in it.
    pub fn words(self, def: &TypeDef) -> String {
        match def.is_custom() {
            true => def.origin(),
            false => format!("k8s {} {}", self.minor(), def.origin()),
        }
    }

    /// The names of Kubernetes' own record types, sorted.
    pub fn type_names(self) -> impl Iterator<Item = &'c str> {
        let pack = &self.catalogue.pack;
        self.packed().record_names().map(move |id| pack.tables.string(id))
    }

    /// The field at the end of a chain of field names from a kind's own type, and the type that holds it. Lists and maps
    /// are passed through: `["spec", "template", "spec", "containers", "ports"]`.
    pub fn field_at(self, kind: &Kind, path: &[&str]) -> Option<(&'c TypeDef, &'c FieldDef)> {
        let mut def = self.type_def(&kind.type_name)?;
        let (last, steps) = path.split_last()?;
        for step in steps {
            def = self.type_def(def.field(step)?.shape.named()?)?;
        }
        Some((def, def.field(last)?))
    }

    fn packed(self) -> &'c PackedVersion<'static> {
        &self.catalogue.pack.versions[self.index]
    }
}

impl TypeDef {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        let index = self.fields.binary_search_by(|field| field.name.as_str().cmp(name)).ok()?;
        self.fields.get(index)
    }

    /// Whether it is a custom resource's.
    pub fn is_custom(&self) -> bool {
        crd::is_custom(&self.name)
    }

    /// Its group and its name, which say what it is in every version of the group: `("core", "Container")`.
    pub fn group_and_name(&self) -> (&str, &str) {
        let (group, _, name) = self.parts();
        (group, name)
    }

    /// Its name as messages give it: `core/v1 Container`.
    pub fn origin(&self) -> String {
        match self.parts() {
            ("", _, name) => name.to_owned(),
            (group, version, name) => format!("{group}/{version} {name}"),
        }
    }

    /// Group, version and name.
    fn parts(&self) -> (&str, &str, &str) {
        if let Some(parts) = crd::name_parts(&self.name) {
            return parts;
        }
        let mut parts = self.name.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(group), Some(version), Some(name)) => (group, version, name),
            _ => ("", "", &self.name),
        }
    }
}

impl Kind {
    /// `apps/v1`, or `v1` for the core group.
    pub fn api_version(&self) -> EcoString {
        join_api(&self.group, &self.version)
    }
}

/// The version that a type of the language came from.
pub fn version_of(origin: &Origin) -> Option<Version<'static>> {
    origin.home.downcast_ref().copied()
}

/// Kubernetes' own kinds and custom ones, by name. Of equal names Kubernetes' own is meant, then the first.
fn with_custom(mut kinds: Vec<Kind>, custom: &[Kind]) -> Vec<Kind> {
    let is_there = |kinds: &[Kind], name: &str| kinds.binary_search_by(|kind| kind.kind.as_str().cmp(name)).is_ok();
    let mut added: Vec<Kind> = Vec::with_capacity(custom.len());
    for kind in custom {
        let preferred = !is_there(&kinds, &kind.kind) && added.iter().all(|other| other.kind != kind.kind);
        added.push(Kind { preferred, ..kind.clone() });
    }
    kinds.extend(added);
    kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
    kinds
}

/// Group and version in one word.
pub fn join_api(group: &str, version: &str) -> EcoString {
    if group.is_empty() { version.into() } else { ecow::eco_format!("{group}/{version}") }
}

/// `apps/v1` as group and version; `v1` is of the core group.
pub fn split_api(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}
