//! The types as people name them: `k8s`, `k8s.apps.v1`, `k8s.Deployment.spec.strategy`, `k8s.core.v1.Container.ports`.

mod names;
mod text;

use serde::Serialize;

use super::catalogue::{FieldDef, Kind, Shape, TypeDef, Version};
use super::custom_names::custom_part;
use super::facts;
use super::history::History;
use super::show::{kind_notes, shape_text};
use super::types::{absent, definition_name};
use crate::diag::{Code, Diagnostic, closest};
use crate::source::Span;
use crate::syntax::quoted_name;
use names::{groups, types_of, versions_of};

/// What is known about a type, a field, or a group of types.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeFacts {
    /// Its full name: `k8s.apps.v1.Deployment.spec`.
    pub path: String,
    /// The Kubernetes version that this is about.
    pub kubernetes_version: String,
    /// What is there: `[ContainerPort]`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// Of the kind's own type: its `apiVersion`, and what is special about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindFacts>,
    /// Of a field: what is known about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldFacts>,
    /// The fields of the type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFacts>,
    /// Of a group of types: what is in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<NameFacts>,
}

/// What is known about a kind.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KindFacts {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// What is special about it, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// A name in a group of types.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NameFacts {
    /// The name.
    pub name: String,
    /// How it can be gone on with: the versions of a group, the `apiVersion` of a kind.
    pub notes: String,
}

/// What is known about a field.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldFacts {
    /// Its name.
    pub name: String,
    /// What it holds: `[Container]`.
    #[serde(rename = "type")]
    pub ty: String,
    /// The type that has it: `core/v1 PodSpec`.
    #[serde(rename = "of")]
    pub owner: String,
    /// Whether it has to be there.
    pub required: bool,
    /// The values that it may have; empty: any of the type.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// What the server fills in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Of a list: the fields that tell its items apart, by which definitions merge.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merge_keys: Vec<String>,
    /// Of a list: whether it holds each value once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub set: bool,
    /// The known versions that have it.
    pub versions: Versions,
}

/// The known versions that have something.
#[derive(Clone, Debug, Serialize)]
pub struct Versions {
    /// The first one.
    pub first: String,
    /// The last one.
    pub last: String,
    /// Whether these are all known versions.
    pub all: bool,
}

/// What a path has reached.
struct At<'c> {
    path: String,
    /// The type whose fields come next.
    def: Option<&'c TypeDef>,
    /// What is there, where it is more than a record.
    shape: Option<&'c Shape>,
    field: Option<(&'c TypeDef, &'c FieldDef)>,
}

/// What is at `path`, whose first part is `k8s`.
///
/// # Errors
/// When there is no such type or field; with what may have been meant.
pub fn explain(version: Version<'_>, path: &[&str]) -> Result<TypeFacts, Diagnostic> {
    let path = path.strip_prefix(&["k8s"]).unwrap_or(path);
    match path {
        [] => Ok(names(version, "k8s", groups(version))),
        [kind, rest @ ..] if kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
            if let Some(found) = version.preferred(kind) {
                return follow(version, &format!("k8s.{}", found.type_name), found, rest);
            }
            let part = custom_part(version, kind).ok_or_else(|| unknown_kind(version, kind))?;
            let at = At { path: format!("k8s.{}", part.name), def: Some(part), shape: None, field: None };
            Ok(told(version, walk(version, at, rest)?))
        }
        [group] => Ok(names(version, &format!("k8s.{}", quoted_name(group)), versions_of(version, group)?)),
        [group, api] => {
            Ok(names(version, &format!("k8s.{}.{api}", quoted_name(group)), types_of(version, group, api)?))
        }
        [group, api, name, rest @ ..] => {
            let full = definition_name(version, group, api, name);
            let Some(def) = version.type_def(&full) else {
                let known = types_of(version, group, api)?;
                let near = closest(name, known.iter().map(|known| known.name.as_str()));
                let message = format!("Kubernetes {} has no type `k8s.{full}`", version.minor());
                return Err(unknown(message, near.map(|near| format!("k8s.{group}.{api}.{near}"))));
            };
            let at = At { path: format!("k8s.{full}"), def: Some(def), shape: None, field: None };
            Ok(told(version, walk(version, at, rest)?))
        }
    }
}

/// What is known about a field of a kind's objects, which may pass through lists and maps.
///
/// # Errors
/// When the kind has no such field.
pub fn object_field(version: Version<'_>, kind: &Kind, path: &[&str]) -> Result<TypeFacts, Diagnostic> {
    follow(version, &format!("k8s.{}", kind.type_name), kind, path)
}

fn follow(version: Version<'_>, name: &str, kind: &Kind, path: &[&str]) -> Result<TypeFacts, Diagnostic> {
    let at = At { path: name.to_owned(), def: version.type_def(&kind.type_name), shape: None, field: None };
    let mut facts = told(version, walk(version, at, path)?);
    if path.is_empty() {
        facts.kind = Some(KindFacts::of(version, kind));
    }
    Ok(facts)
}

/// Goes on by field names; list items and keys of maps may be given or left out.
fn walk<'c>(version: Version<'c>, mut at: At<'c>, path: &[&str]) -> Result<At<'c>, Diagnostic> {
    for &step in path {
        let name = step.split('[').next().unwrap_or(step);
        match at.shape {
            Some(Shape::Map(value)) => {
                at.path.push_str(".*");
                at.arrive(version, value);
                continue;
            }
            Some(Shape::List(item)) if name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit()) => {
                at.path.push_str("[]");
                at.arrive(version, item);
                continue;
            }
            Some(Shape::Scalar(facts::Scalar::Any | facts::Scalar::Object)) => {
                at.path = format!("{}.{step}", at.path);
                continue;
            }
            _ => {}
        }
        let Some(holder) = at.def else {
            let message = format!("`{}` has no fields", at.path);
            return Err(Diagnostic::new(Code::UnknownObjectField, Span::NONE, message).hint("leave out what follows"));
        };
        let Some(field) = holder.field(name) else { return Err(unknown_field(version, holder, name)) };
        at.path = format!("{}.{name}", at.path);
        at.field = Some((holder, field));
        at.arrive(version, &field.shape);
        if let (Some(Shape::List(item)), true) = (at.shape, step.contains('[')) {
            at.path.push_str("[]");
            at.arrive(version, item);
        }
    }
    Ok(at)
}

impl<'c> At<'c> {
    fn arrive(&mut self, version: Version<'c>, shape: &'c Shape) {
        self.shape = Some(shape);
        self.def = shape.named().and_then(|name| version.type_def(name));
    }
}

fn told(version: Version<'_>, at: At<'_>) -> TypeFacts {
    TypeFacts {
        path: at.path,
        kubernetes_version: version.minor().to_string(),
        ty: at.shape.map(shape_text),
        kind: None,
        field: at.field.map(|(holder, field)| FieldFacts::of(version, holder, field)),
        fields: at.def.map(|def| fields_ever(version, def)).unwrap_or_default(),
        types: Vec::new(),
    }
}

/// The fields of a type in this version and, behind them, those that only other versions have.
fn fields_ever(version: Version<'_>, def: &TypeDef) -> Vec<FieldFacts> {
    let mut fields: Vec<FieldFacts> = def.fields.iter().map(|field| FieldFacts::of(version, def, field)).collect();
    for other in version.catalogue().versions().rev() {
        for field in other.type_def(&def.name).map(|def| def.fields.as_slice()).unwrap_or_default() {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(FieldFacts::of(other, def, field));
            }
        }
    }
    fields
}

fn names(version: Version<'_>, path: &str, types: Vec<NameFacts>) -> TypeFacts {
    TypeFacts {
        path: path.to_owned(),
        kubernetes_version: version.minor().to_string(),
        ty: None,
        kind: None,
        field: None,
        fields: Vec::new(),
        types,
    }
}

fn unknown(message: String, meant: Option<String>) -> Diagnostic {
    let hint = meant.map(|meant| format!("did you mean `{meant}`?"));
    Diagnostic::new(Code::UnknownKind, Span::NONE, message)
        .hint("`nxk explain k8s` lists the groups of types, `nxk schema list` the kinds")
        .maybe_hint(hint)
}

/// A kind that is not there, or a type without its group.
fn unknown_kind(version: Version<'_>, name: &str) -> Diagnostic {
    if !version.ambiguous(name).is_empty() {
        return absent(version, &[name], Span::NONE);
    }
    let full = version.type_names().find(|full| full.rsplit('.').next() == Some(name));
    let meant = full.or_else(|| version.nearest_kind(name)).map(|meant| format!("k8s.{meant}"));
    unknown(format!("Kubernetes {} has no kind `{name}`", version.minor()), meant)
}

pub(super) fn unknown_field(version: Version<'_>, holder: &TypeDef, name: &str) -> Diagnostic {
    let message = format!("{} has no field `{name}`", version.words(holder));
    let near = closest(name, holder.fields.iter().map(|field| field.name.as_str()));
    let history = version.catalogue().field_history(&holder.name, name);
    let elsewhere = history.known.then(|| Versions::of(version, history));
    let elsewhere = elsewhere.map(|versions| format!("other versions have it: {versions}"));
    Diagnostic::new(Code::UnknownObjectField, Span::NONE, message)
        .maybe_hint(near.map(|near| format!("did you mean `{near}`?")))
        .maybe_hint(elsewhere)
}

impl KindFacts {
    fn of(version: Version<'_>, kind: &Kind) -> KindFacts {
        KindFacts {
            api_version: kind.api_version().to_string(),
            kind: kind.kind.to_string(),
            namespaced: kind.namespaced,
            notes: kind_notes(version, kind),
        }
    }
}

impl FieldFacts {
    pub(super) fn of(version: Version<'_>, holder: &TypeDef, field: &FieldDef) -> FieldFacts {
        let history = version.catalogue().field_history(&holder.name, &field.name);
        FieldFacts {
            name: field.name.to_string(),
            ty: shape_text(&field.shape),
            owner: holder.origin(),
            required: field.required,
            values: field.enums.iter().map(ToString::to_string).collect(),
            default: field.default.as_ref().and_then(|json| serde_json::from_str(json).ok()),
            merge_keys: match &field.list {
                facts::ListMerge::Keyed(keys) => keys.iter().map(ToString::to_string).collect(),
                _ => Vec::new(),
            },
            set: field.list == facts::ListMerge::Set,
            versions: Versions::of(version, history),
        }
    }
}

impl Versions {
    fn of(version: Version<'_>, history: History) -> Versions {
        let minors: Vec<String> = version.catalogue().versions().map(|version| version.minor().to_string()).collect();
        let (oldest, newest) =
            (minors.first().cloned().unwrap_or_default(), minors.last().cloned().unwrap_or_default());
        let before = |until: String| {
            let at = minors.iter().position(|minor| *minor == until).unwrap_or(minors.len());
            minors[at.saturating_sub(1)].clone()
        };
        Versions {
            all: history.since.is_none() && history.until.is_none(),
            first: history.since.map_or(oldest, |since| since.to_string()),
            last: history.until.map_or(newest, |until| before(until.to_string())),
        }
    }
}
