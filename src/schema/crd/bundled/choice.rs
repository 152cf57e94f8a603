//! Which versions of the add-ons are in force, and what kinds there are with them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Bundle, BundledKind, bundles};
use crate::diag::{Code, Diagnostic};
use crate::schema::catalogue::Kind;
use crate::schema::crd::{CustomType, CustomTypes, name_parts};
use crate::schema::minor::Minor;
use crate::source::Span;

/// An add-on.
#[derive(Debug, PartialEq, Eq)]
pub struct Addon {
    /// The folder of its facts.
    pub name: &'static str,
    /// Its option below `framework.addons`.
    pub option: &'static str,
    /// What messages call it.
    pub title: &'static str,
}

/// All add-ons, by name.
pub const ADDONS: &[Addon] = &[
    Addon { name: "argo-cd", option: "argoCd", title: "Argo CD" },
    Addon { name: "cert-manager", option: "certManager", title: "cert-manager" },
    Addon { name: "cilium", option: "cilium", title: "Cilium" },
    Addon { name: "external-secrets", option: "externalSecrets", title: "External Secrets" },
    Addon { name: "flux", option: "flux", title: "Flux" },
    Addon { name: "gateway-api", option: "gatewayApi", title: "Gateway API" },
    Addon { name: "kyverno", option: "kyverno", title: "Kyverno" },
    Addon { name: "prometheus-operator", option: "prometheusOperator", title: "Prometheus operator" },
    Addon { name: "sealed-secrets", option: "sealedSecrets", title: "Sealed Secrets" },
];

/// A minor version of an add-on: `1.19`, `0.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    major: u32,
    minor: u32,
}

/// The versions that a configuration asks for. Of an add-on that it does not speak of the newest one is taken that is
/// meant for the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// By the add-ons' names; `None`: which one, cannot be told.
    releases: BTreeMap<&'static str, Option<Release>>,
}

/// The kinds of the add-ons for one version of Kubernetes.
pub struct InForce {
    /// By name; of one name by group, of one kind the version meant first.
    kinds: Vec<Kind>,
    /// Where each is from.
    sources: Vec<(&'static Bundle, &'static BundledKind)>,
    /// The versions of the add-ons.
    bundles: Vec<&'static Bundle>,
}

/// A kind that another version of an add-on has.
pub struct Elsewhere {
    /// The version in force.
    pub here: &'static Bundle,
    /// The newest one that has it.
    pub there: &'static Bundle,
    /// The kind.
    pub kind: &'static Kind,
}

impl FromStr for Release {
    type Err = ();

    /// Reads `1.19`, `v1.19` and `1.19.2`.
    fn from_str(text: &str) -> Result<Release, ()> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let number = |part: &str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => part.parse::<u32>().map_err(|_| ()),
            false => Err(()),
        };
        let (major, minor) = (number(parts.next().ok_or(())?)?, number(parts.next().ok_or(())?)?);
        if let Some(patch) = parts.next() {
            number(patch)?;
        }
        if parts.next().is_some() { Err(()) } else { Ok(Release { major, minor }) }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Addon {
    /// The versions that are known, oldest first.
    pub fn releases(&'static self) -> impl DoubleEndedIterator<Item = &'static Bundle> {
        bundles().iter().filter(move |bundle| bundle.addon == self)
    }
}

impl Asked {
    /// Takes in what `framework.addons.<option>` says at a place.
    ///
    /// # Errors
    /// When it is no version.
    pub fn ask(&mut self, addon: &'static Addon, text: &str, place: Span) -> Result<(), Diagnostic> {
        match text.trim().parse() {
            Ok(release) => {
                self.releases.insert(addon.name, Some(release));
                Ok(())
            }
            Err(()) => {
                let known: Vec<String> = addon.releases().map(|bundle| format!("`{}`", bundle.release)).collect();
                let message = format!("`{text}` is not a version of {}", addon.title);
                let hint = match known.as_slice() {
                    [only] => format!("write major and minor number; {only} is known"),
                    known => format!("write major and minor number; {} are known", known.join(", ")),
                };
                Err(Diagnostic::new(Code::UnknownVersion, place, message).hint(hint))
            }
        }
    }

    /// Of this add-on it cannot be told which version is asked for, so nothing can be said of its kinds.
    pub fn doubt(&mut self, addon: &'static Addon) {
        self.releases.insert(addon.name, None);
    }

    /// The version of an add-on that is in force for a target: of the known ones the newest that is not newer than
    /// the one asked for, else the oldest.
    fn choose(&self, addon: &'static Addon, target: Minor) -> Option<&'static Bundle> {
        let asked = match self.releases.get(addon.name) {
            Some(asked) => Some((*asked)?),
            None => None,
        };
        let fits = |bundle: &&'static Bundle| match asked {
            Some(asked) => bundle.release <= asked,
            None => bundle.from <= target,
        };
        addon.releases().rev().find(fits).or_else(|| addon.releases().next())
    }
}

impl InForce {
    /// The kinds beside those that Kubernetes has (`own`), and those that the user defines. What he defines himself
    /// is not taken from an add-on.
    pub(in crate::schema) fn new(asked: &Asked, target: Minor, own: &[Kind], defined: &CustomTypes) -> InForce {
        let bundles: Vec<&Bundle> = ADDONS.iter().filter_map(|addon| asked.choose(addon, target)).collect();
        let all = bundles.iter().flat_map(|bundle| bundle.kinds().iter().map(move |of| (*bundle, of)));
        let mut sources: Vec<(&Bundle, &BundledKind)> =
            all.filter(|(_, of)| !defined.defines(&of.kind.group, &of.kind.kind)).collect();
        sources.sort_by(|(_, a), (_, b)| (&a.kind.kind, &a.kind.group).cmp(&(&b.kind.kind, &b.kind.group)));
        let mut kinds: Vec<Kind> = sources.iter().map(|(_, of)| of.kind.clone()).collect();
        for at in 0..kinds.len() {
            let (before, kind, behind) = (&kinds[..at], &kinds[at], &kinds[at + 1..]);
            let first = before.last().is_none_or(|before| before.kind != kind.kind);
            let mut others = behind.iter().take_while(|other| other.kind == kind.kind);
            let alone = others.all(|other| other.group == kind.group);
            let is_there = own.binary_search_by(|own| own.kind.cmp(&kind.kind)).is_ok();
            kinds[at].preferred = first && alone && !is_there;
        }
        InForce { kinds, sources, bundles }
    }

    /// All kinds, by name; of one name by group, of one kind the version meant first.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// All versions of the kinds of this name.
    pub fn named(&self, kind: &str) -> &[Kind] {
        let start = self.kinds.partition_point(|other| other.kind.as_str() < kind);
        let length = self.kinds[start..].iter().take_while(|other| other.kind == kind).count();
        &self.kinds[start..start + length]
    }

    /// The record type of this name.
    pub fn find_type(&self, name: &str) -> Option<&'static CustomType> {
        let (group, version, name) = name_parts(name)?;
        self.of_api(group, version).find_map(|of| of.find(name))
    }

    /// The names of the record types in a version of a group, without these.
    pub fn type_names(&self, group: &str, version: &str) -> impl Iterator<Item = &'static str> {
        self.of_api(group, version).flat_map(BundledKind::names)
    }

    /// Whether a kind is deprecated, by its type.
    pub fn is_deprecated(&self, type_name: &str) -> bool {
        self.sources.iter().any(|(_, of)| of.deprecated && of.kind.type_name == type_name)
    }

    /// The version of the add-on that a group is of.
    pub fn bundle_of(&self, group: &str) -> Option<&'static Bundle> {
        self.sources.iter().find(|(_, of)| of.kind.group == group).map(|(bundle, _)| *bundle)
    }

    /// The kind of this name that versions of add-ons have which are not in force, if any is what is looked for.
    pub fn elsewhere(&self, kind: &str, is_it: impl Fn(&Kind) -> bool) -> Option<Elsewhere> {
        self.bundles.iter().find_map(|here| {
            let there = here.addon.releases().rev().filter(|there| there.release != here.release);
            let mut found = there.flat_map(|there| there.kinds().iter().map(move |of| (there, &of.kind)));
            let (there, kind) = found.find(|(_, of)| of.kind == kind && is_it(of))?;
            Some(Elsewhere { here, there, kind })
        })
    }

    fn of_api(&self, group: &str, version: &str) -> impl Iterator<Item = &'static BundledKind> {
        let all = self.sources.iter().map(|(_, of)| *of);
        all.filter(move |of| of.kind.group == group && of.kind.version == version)
    }
}

#[cfg(test)]
mod tests {
    use super::super::pack;
    use super::{ADDONS, Asked, Minor, Release, Span};

    #[test]
    fn every_add_on_has_an_option_and_a_version() {
        let names: Vec<&str> = ADDONS.iter().map(|addon| addon.name).collect();
        assert!(names.is_sorted());
        assert!(pack().bundles.iter().all(|bundle| names.contains(&bundle.addon)));
        for addon in ADDONS {
            assert!(addon.releases().next().is_some(), "{}", addon.name);
            assert!(addon.releases().map(|bundle| bundle.release).is_sorted(), "{}", addon.name);
        }
    }

    #[test]
    fn versions_are_read_as_people_write_them() {
        for text in ["1.19", "v1.19", "1.19.0", "v1.19.12"] {
            assert_eq!(text.parse(), Ok(Release { major: 1, minor: 19 }), "{text}");
        }
        for text in ["", "1", "1.", ".1", "latest", "1.x", "1.19.", "1.19.0.1", "1.99999999999", "-1.2"] {
            assert_eq!(text.parse::<Release>(), Err(()), "{text}");
        }
    }

    #[test]
    fn the_newest_version_that_is_not_too_new_is_taken() {
        let kyverno = ADDONS.iter().find(|addon| addon.name == "kyverno").expect("there is Kyverno");
        let chosen = |text: Option<&str>, minor: u32| {
            let mut asked = Asked::default();
            text.iter().for_each(|text| asked.ask(kyverno, text, Span::NONE).expect("a version"));
            asked.choose(kyverno, Minor(minor)).expect("some version").release.to_string()
        };
        assert_eq!(chosen(Some("1.12"), 37), "1.12");
        assert_eq!(chosen(Some("1.13.4"), 37), "1.12");
        assert_eq!(chosen(Some("1.18"), 37), "1.12");
        assert_eq!(chosen(Some("1.19"), 28), "1.19");
        assert_eq!(chosen(Some("3.0"), 28), "1.19");
        assert_eq!(chosen(Some("0.1"), 37), "1.12");
        assert_eq!(chosen(None, 37), "1.19");
        assert_eq!(chosen(None, 28), "1.12");
    }
}
