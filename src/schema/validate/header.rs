//! Which kind an object is: `apiVersion` and `kind` against one version's APIs.

use super::Target;
use super::cursor::Cursor;
use super::report::Report;
use crate::diag::{Code, did_you_mean};
use crate::node::NodeKind;
use crate::schema::catalogue::{Kind, Lifecycle, join_api, split_api};
use crate::schema::crd::{self, bundled::Elsewhere};
use crate::schema::minor::Minor;
use crate::schema::types::said_of_several;

/// How messages call the object: `Deployment shop/web`.
pub fn object_name(root: &Cursor<'_>) -> String {
    let kind = root.str_of("kind").unwrap_or("object");
    let metadata = root.get("metadata");
    let word = |key: &str| metadata.as_ref().and_then(|metadata| metadata.str_of(key)).filter(|text| !text.is_empty());
    match (word("namespace"), word("name").or(word("generateName"))) {
        (Some(namespace), Some(name)) => format!("{kind} {namespace}/{name}"),
        (None, Some(name)) => format!("{kind} {name}"),
        _ => kind.to_owned(),
    }
}

/// The kind of the object. What stands in the way of telling it is reported.
pub fn resolve<'c>(root: &Cursor<'_>, target: &Target<'c>, report: &mut Report) -> Option<&'c Kind> {
    if root.failed() {
        return None;
    }
    if root.map().is_none() {
        let what = root.node().describe();
        report.at(
            root,
            Code::WrongFieldType,
            format!("a Kubernetes object is a set with a `kind`, but this is {what}"),
        );
        return None;
    }
    let kind_at = root.get("kind");
    let Some(kind_at) = kind_at.filter(|kind| kind.str() != Some("")) else {
        report.at(root, Code::MissingKind, "this object has no `kind`").hint =
            Some("add `kind`, such as `kind = \"Deployment\"`".to_owned());
        return None;
    };
    let kind = text(&kind_at, report)?;
    let api_at = root.get("apiVersion").filter(|api| api.str() != Some(""));
    match api_at {
        None => without_api(&kind_at, kind, target, report),
        Some(api_at) => {
            let api = text(&api_at, report)?;
            Header { kind_at: &kind_at, kind, api_at: &api_at, api, target }.resolve(report)
        }
    }
}

/// The text of `kind` or `apiVersion`, or a finding.
fn text<'n>(cursor: &Cursor<'n>, report: &mut Report) -> Option<&'n str> {
    match &cursor.node().kind {
        NodeKind::Str(text) => Some(text),
        NodeKind::Failed => None,
        _ => {
            let (field, what) = (cursor.field_name(), cursor.node().describe());
            report.at(cursor, Code::WrongFieldType, format!("`{field}` takes a string, but this is {what}"));
            None
        }
    }
}

fn without_api<'c>(at: &Cursor<'_>, kind: &str, target: &Target<'c>, report: &mut Report) -> Option<&'c Kind> {
    let version = target.version;
    if let kinds @ [first, ..] = version.ambiguous(kind).as_slice() {
        let hint = format!("say which one is meant: `apiVersion = \"{}\"`", first.api_version());
        report.at(at, Code::AmbiguousKind, said_of_several(kinds)).hint = Some(hint);
        return None;
    }
    let served = version.served(kind).filter(|found| target.optional_apis || !found.optional);
    let mut served = served.collect::<Vec<_>>().into_iter();
    if let Some(found) = served.next().or_else(|| version.preferred(kind)) {
        note_life(at, found, target, report);
        return Some(found);
    }
    let catalogue = version.catalogue();
    let minor = version.minor();
    let mut others = catalogue.versions().filter_map(|other| other.preferred(kind));
    let other = others.rfind(|other| !crd::is_custom(&other.type_name));
    match other {
        Some(other) => {
            let history = catalogue.kind_history(&other.group, &other.version, kind).describe().unwrap_or_default();
            let message = format!("Kubernetes {minor} has no `{kind}` ({} {history})", other.api_version());
            report.at(at, Code::NotInThisVersion, message);
        }
        None => match version.addons().elsewhere(kind, |_| true) {
            Some(other) => only_elsewhere(at, kind, &other, target, report),
            None => unknown_kind(at, None, kind, target, report),
        },
    }
    None
}

/// Another version of an add-on has the kind.
fn only_elsewhere(at: &Cursor<'_>, kind: &str, other: &Elsewhere, target: &Target<'_>, report: &mut Report) {
    let Elsewhere { here, there, kind: found } = other;
    let api = found.api_version();
    let message = format!("{} has no `{api}` `{kind}`", here.words());
    let instead = target.version.preferred(kind).filter(|instead| instead.group == found.group);
    let instead = instead.map(|instead| format!("use `{}`, or ", instead.api_version())).unwrap_or_default();
    let ask = match target.yaml {
        true => String::new(),
        false => format!(": `framework.addons.{} = \"{}\"`", there.addon.option, there.release),
    };
    report.at(at, Code::NotInThisVersion, message).hint =
        Some(format!("{instead}target {}, which has it{ask}", there.words()));
}

fn unknown_kind(at: &Cursor<'_>, api: Option<&str>, kind: &str, target: &Target<'_>, report: &mut Report) {
    let message = format!("Kubernetes {} has no kind `{kind}`", target.version.minor());
    let near = target.version.nearest_kind(kind).map(|near| format!("did you mean `{near}`?"));
    let custom = || match api {
        _ if target.yaml => {
            "check it together with the file that defines it, or take it as it is with `--opaque-kind`".to_owned()
        }
        Some(api) => format!(
            "name the file that defines it: `schemas = [ ./crd.yaml ]`; or take it as it is: \
             `framework.opaqueKinds = [ \"{api}/{kind}\" ]`"
        ),
        None => "name the file that defines it: `schemas = [ ./crd.yaml ]`".to_owned(),
    };
    report.at(at, Code::UnknownKind, message).hint = Some(near.unwrap_or_else(custom));
}

/// A finding about the API, if it is deprecated or off by default.
fn note_life(at: &Cursor<'_>, kind: &Kind, target: &Target<'_>, report: &mut Report) {
    let (version, minor) = (target.version, target.version.minor());
    let api = kind.api_version();
    if kind.optional && !target.optional_apis {
        let message = format!("Kubernetes {minor} does not serve `{api}` `{}` by default", kind.kind);
        let better = version.served(&kind.kind).find(|other| !other.optional).map(|other| other.api_version());
        report.at(at, Code::NotInThisVersion, message).hint = Some(match better {
            Some(better) => format!("use `{better}`"),
            None => "it is an alpha or beta API, which clusters have only when they are started with it".to_owned(),
        });
        return;
    }
    if let Some(warning) = version.deprecation(&kind.type_name) {
        let said = if warning.is_empty() { String::new() } else { format!(": {warning}") };
        let message = format!("`{api}` `{}` is deprecated{said}", kind.kind);
        report.at(at, Code::DeprecatedApi, message).hint = preferred_hint(kind, target);
        return;
    }
    let Some(life) = version.catalogue().lifecycle(&kind.group, &kind.version, &kind.kind) else { return };
    let reached = |text: &str| text.parse::<Minor>().is_ok_and(|since| since <= minor);
    let Some(deprecated) = life.deprecated.as_deref().filter(|since| reached(since)) else { return };
    let removed = life.removed.as_deref().map(|gone| format!(", gone in {gone}")).unwrap_or_default();
    let message = format!("`{api}` `{}` is deprecated since {deprecated}{removed}", kind.kind);
    let hint = replacement(life).or_else(|| preferred_hint(kind, target));
    report.at(at, Code::DeprecatedApi, message).hint = hint;
}

fn preferred_hint(kind: &Kind, target: &Target<'_>) -> Option<String> {
    let better = target.version.preferred(&kind.kind)?;
    (better != kind).then(|| format!("use `{}`", better.api_version()))
}

fn replacement(life: &Lifecycle) -> Option<String> {
    let (group, version, kind) = life.replacement.as_ref()?;
    let api = join_api(group, version);
    Some(if *kind == life.kind { format!("use `{api}`") } else { format!("use `{api}` `{kind}`") })
}

/// An object that says both what it is and in which API.
struct Header<'a, 'n, 'c> {
    kind_at: &'a Cursor<'n>,
    kind: &'n str,
    api_at: &'a Cursor<'n>,
    api: &'n str,
    target: &'a Target<'c>,
}

impl<'c> Header<'_, '_, 'c> {
    fn resolve(&self, report: &mut Report) -> Option<&'c Kind> {
        let (group, version) = split_api(self.api);
        if let Some(found) = self.target.version.find(group, version, self.kind) {
            note_life(self.api_at, found, self.target, report);
            return Some(found);
        }
        self.explain_absence(group, version, report);
        None
    }

    /// Why this version has no such API: not yet, no longer, another group, or a slip of the pen.
    fn explain_absence(&self, group: &str, version: &str, report: &mut Report) {
        let here = self.target.version;
        let (minor, catalogue) = (here.minor(), here.catalogue());
        let (api, kind) = (self.api, self.kind);
        let life = catalogue.lifecycle(group, version, kind);
        let history = catalogue.kind_history(group, version, kind);
        if let Some(when) = self.when(minor, life, history.describe()) {
            let message = format!("Kubernetes {minor} has no `{api}` `{kind}` ({when})");
            let here_instead = here
                .preferred(kind)
                .filter(|other| !other.optional)
                .map(|other| format!("use `{}`", other.api_version()));
            let hint = here_instead.or_else(|| life.and_then(replacement));
            report.at(self.api_at, Code::NotInThisVersion, message).hint = hint;
        } else if let Some(other) = here.addons().elsewhere(kind, |of| of.group == group && of.version == version) {
            only_elsewhere(self.api_at, kind, &other, self.target, report);
        } else if let Some(other) = here.preferred(kind) {
            let message = format!("`{api}` has no kind `{kind}`");
            report.at(self.api_at, Code::UnknownKind, message).hint =
                Some(format!("`{kind}` is in `{}`", other.api_version()));
        } else if here.has_api(group, version) {
            let message = format!("`{api}` has no kind `{kind}` in Kubernetes {minor}");
            let kinds = here.kinds().iter().chain(here.addons().kinds()).map(|kind| kind.kind.as_str());
            report.at(self.kind_at, Code::UnknownKind, message).hint = did_you_mean(kind, kinds);
        } else {
            unknown_kind(self.kind_at, Some(api), kind, self.target, report);
        }
    }

    /// `since 1.29` or `removed in 1.25`, if the API is known from another version.
    fn when(&self, minor: Minor, life: Option<&Lifecycle>, history: Option<String>) -> Option<String> {
        let Some(life) = life else { return history };
        let passed = |text: &Option<ecow::EcoString>| {
            text.as_deref().filter(|gone| gone.parse::<Minor>().is_ok_and(|gone| gone <= minor)).map(str::to_owned)
        };
        match passed(&life.removed) {
            Some(gone) => Some(format!("removed in {gone}")),
            None if life.introduced.parse::<Minor>().is_ok_and(|since| since > minor) => {
                Some(format!("since {}", life.introduced))
            }
            None => history,
        }
    }
}
