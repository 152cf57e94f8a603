//! The definitions of Kubernetes' API as types of the language: what `k8s.core.v1.Container` means.
//!
//! A definition becomes a record type when it is first looked at, and is kept. Definitions refer to each
//! other, some to themselves, so a field whose type is another definition holds a type for later
//! ([`Deferred`]), which needs nobody's help to become the real one.
//!
//! The types say what the server's own structural check says and no more: nothing that the server takes is
//! refused here. So a field that the server fills in is optional, `null` leaves an optional field out, and
//! a quantity may be a number. Only an item of a list is never `null`: no good comes of one.
//!
//! Custom resources join the same tree, under the full name of their group, and under its first label where that
//! names no other group.

use std::cell::RefCell;
use std::rc::Rc;

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashMap;

use super::catalogue::{Catalogue, FieldDef, Kind, Shape, TypeDef, Version, split_api};
use super::crd::{self, Bound, Limits};
use super::custom_names::{custom_group, custom_members, custom_part, kinds_of};
use super::facts::Scalar as Content;
use super::history::{History, Presence};
use super::minor::Minor;
use super::required;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::quoted_name;
use crate::types::{Bounds, Deferred, Field, Origin, Pattern, Pending, Record, Scalar, Text, Type, TypeRef, named};

/// What a path below `k8s` names.
#[derive(Clone, Debug)]
pub enum Member {
    /// More names: `k8s.apps`, `k8s.apps.v1`.
    Space,
    /// A type.
    Type(TypeRef),
}

/// What the names below `k8s` lead to: `["apps", "v1", "Deployment"]`, `["Deployment"]`, `["core", "v1"]`.
/// A group goes by its name in the definitions (`networking`) or by its full one (`networking.k8s.io`).
pub fn member(version: Version<'static>, path: &[&str]) -> Option<Member> {
    if !is_there(version, path) {
        return None;
    }
    let ty = match *path {
        [name] if is_type_name(name) => match version.preferred(name) {
            Some(kind) => kind_type(version, kind),
            None => custom_part(version, name).map(|def| definition_type(version, def, Use::Whole)),
        },
        [group, api, name] => {
            let def = version.type_def(&definition_name(version, group, api, name));
            def.map(|def| definition_type(version, def, Use::Whole))
        }
        _ => None,
    };
    Some(ty.map_or(Member::Space, Member::Type))
}

/// The names directly below a path, sorted.
pub fn members(version: Version<'static>, path: &[&str]) -> Vec<String> {
    let there = |name: &&str| is_there(version, &[path, &[*name]].concat());
    let mut names: Vec<String> = known_members(path).into_iter().filter(there).map(str::to_owned).collect();
    names.extend(custom_members(version, path).into_iter().map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names
}

/// The names directly below a path in any version, sorted.
pub fn known_members(path: &[&str]) -> Vec<&'static str> {
    let catalogue = Catalogue::embedded();
    let mut names: Vec<&'static str> = match *path {
        [] => {
            let groups = catalogue.type_names_below("").filter_map(|name| name.split('.').next());
            let full = catalogue.group_names().filter(|group| group.contains('.'));
            groups.chain(full).chain(catalogue.kind_names()).collect()
        }
        [group] => {
            let prefix = format!("{}.", short_group(group));
            let inside = catalogue.type_names_below(&prefix);
            inside.filter_map(|rest| rest.split('.').next()).collect()
        }
        [group, api] => catalogue.type_names_below(&format!("{}.{api}.", short_group(group))).collect(),
        _ => Vec::new(),
    };
    names.sort_unstable();
    names.dedup();
    names
}

/// What is said of a path that leads to a type in other versions than this one.
pub fn absent(version: Version<'_>, path: &[&str], span: Span) -> Diagnostic {
    if let [name] = path
        && let kinds @ [first, ..] = version.ambiguous(name).as_slice()
    {
        let hint = format!("write the group: `k8s.{}`", first.type_name);
        return Diagnostic::new(Code::AmbiguousKind, span, said_of_several(kinds)).hint(hint);
    }
    let history = presence(path);
    let when = history.describe().map(|when| format!(" ({when})")).unwrap_or_default();
    let names: Vec<String> = path.iter().map(|name| quoted_name(name)).collect();
    let message = format!("k8s {} has no `k8s.{}`{when}", version.minor(), names.join("."));
    Diagnostic::new(Code::NotInThisVersion, span, message).hint(match history.known {
        true => "use a type that the version has, or target a version that has this one",
        false => "correct the name, or name the file that defines it: `schemas = [ ./crd.yaml ]`",
    })
}

/// Whether a name below `k8s` is one of types, and not of groups and versions.
pub fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// That a name is one of several kinds, of which none is meant more than the others.
pub(super) fn said_of_several(kinds: &[&Kind]) -> String {
    let groups: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.group)).collect();
    let name = kinds.first().map_or("", |kind| kind.kind.as_str());
    format!("`{name}` is a kind of several groups: {}", groups.join(", "))
}

/// In which versions there is something at a path.
pub fn presence(path: &[&str]) -> History {
    let presence = |version: Version<'static>| Presence { minor: version.minor(), there: is_there(version, path) };
    History::of(Catalogue::embedded().versions().map(presence))
}

fn is_there(version: Version<'static>, path: &[&str]) -> bool {
    let any = |prefix: String| version.type_names().any(|name| name.starts_with(&prefix));
    if let [name, rest @ ..] = path
        && let Some(group) = custom_group(version, name)
    {
        return match *rest {
            [] => true,
            [api] => kinds_of(version, group).any(|kind| kind.version == api),
            [api, name] => version.has_type(&crd::definition_name(group, api, name)),
            _ => false,
        };
    }
    match *path {
        [] => true,
        [name] if is_type_name(name) => version.preferred(name).is_some() || custom_part(version, name).is_some(),
        [name] => any(format!("{}.", short_group(name))),
        [group, api] => any(format!("{}.{api}.", short_group(group))),
        [group, api, name] => version.has_type(&definition_name(version, group, api, name)),
        _ => false,
    }
}

/// What the definition at `k8s.<group>.<api>.<name>` is called.
pub(super) fn definition_name(version: Version<'_>, group: &str, api: &str, name: &str) -> EcoString {
    match custom_group(version, group) {
        Some(group) => crd::definition_name(group, api, name),
        None => eco_format!("{}.{api}.{name}", short_group(group)),
    }
}

/// The type of the objects of a kind; of its preferred version where none is given.
pub fn object_type(version: Version<'static>, api_version: Option<&str>, kind: &str) -> Option<TypeRef> {
    let kind = match api_version.map(split_api) {
        Some((group, api)) => version.find(group, api, kind),
        None => version.preferred(kind),
    }?;
    kind_type(version, kind)
}

fn kind_type(version: Version<'static>, kind: &Kind) -> Option<TypeRef> {
    Some(definition_type(version, version.type_def(&kind.type_name)?, Use::Whole))
}

/// The group as definitions are named after it: `networking` for `networking.k8s.io`.
fn short_group(group: &str) -> &str {
    if !group.contains('.') {
        return group;
    }
    let kind = Catalogue::embedded().versions().flat_map(|version| version.kinds()).find(|kind| kind.group == group);
    kind.and_then(|kind| kind.type_name.split('.').next()).unwrap_or(group)
}

/// What the API server writes into the metadata of objects, and nobody else (`ObjectMeta`).
pub const SERVER_METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The fields of a Secret of the core API whose entries nobody is to see.
pub const SECRET_FIELDS: [&str; 2] = ["data", "stringData"];

/// Whether a definition is an object of its own or a part of one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    /// An object: `apiVersion` and `kind` are filled in.
    Whole,
    /// A part: they may be there.
    Part,
}

/// A definition of one version of one catalogue, and what it is used as.
type Key = (*const Catalogue, Minor, &'static str, Use);

thread_local! {
    /// What has been made. Types hold symbols, and those belong to a thread.
    static MADE: RefCell<FxHashMap<Key, TypeRef>> = RefCell::default();
}

fn definition_type(version: Version<'static>, def: &'static TypeDef, used: Use) -> TypeRef {
    let key = (std::ptr::from_ref(version.catalogue()), version.minor(), def.name.as_str(), used);
    if let Some(made) = MADE.with_borrow(|made| made.get(&key).cloned()) {
        return made;
    }
    let custom = version.custom_type(def);
    let limits = |field: &FieldDef| custom.map_or(&[][..], |custom| custom.limits_of(&field.name));
    let field_of = |field| field_of(version, def, field, limits(field), used);
    let record = Record {
        fields: def.fields.iter().map(|field| (Symbol::new(&field.name), field_of(field))).collect(),
        open: custom.is_some_and(|custom| custom.open),
        origin: Some(Rc::new(origin(version, def))),
        ..Record::default()
    };
    let ty = Rc::new(Type::Declared(type_name(&def.name), Rc::new(Type::Record(Rc::new(record)))));
    MADE.with_borrow_mut(|made| made.entry(key).or_insert(ty).clone())
}

fn origin(version: Version<'static>, def: &TypeDef) -> Origin {
    Origin { definition: def.name.clone(), words: version.words(def).into(), home: Rc::new(version) }
}

fn type_name(definition: &str) -> Symbol {
    Symbol::new(&format!("k8s.{definition}"))
}

fn field_of(
    version: Version<'static>,
    def: &'static TypeDef,
    field: &'static FieldDef,
    limits: &'static [Limits],
    used: Use,
) -> Field {
    let header = header_value(version, def, &field.name);
    let default = header.clone().filter(|_| used == Use::Whole);
    let required = required::of_users(def, field);
    let ty = match header {
        Some(value) => Rc::new(Type::Literal(value)),
        None if holds_secrets(def, field) => Rc::new(Type::Map(or_nothing(text_or_secret()))),
        None => shape_type(version, &field.shape, &field.enums, limits),
    };
    let ty = match (required || default.is_some(), def.is_custom()) {
        (true, _) => ty,
        // To a custom resource an empty word is a word.
        (false, true) => or_nothing(ty),
        (false, false) => or_nothing(or_empty(ty, field)),
    };
    Field {
        ty,
        optional: !required,
        default: default.map(|value| Rc::new(value) as Rc<dyn std::any::Any>),
        doc: None,
        span: Span::NONE,
    }
}

/// Whether the field is what Secrets are for.
fn holds_secrets(def: &TypeDef, field: &FieldDef) -> bool {
    def.name == "core.v1.Secret" && SECRET_FIELDS.contains(&field.name.as_str())
}

fn text_or_secret() -> TypeRef {
    union(vec![Rc::new(Type::string()), Rc::new(Type::Secret)])
}

/// The type and `null`, which leaves a field or an entry out.
fn or_nothing(ty: TypeRef) -> TypeRef {
    union(vec![ty, Rc::new(Type::Null)])
}

/// One of a few words and the empty one, which to the server is no word at all.
fn or_empty(ty: TypeRef, field: &FieldDef) -> TypeRef {
    let empty = || Rc::new(Type::Literal(Scalar::Str(EcoString::new())));
    let word = matches!(field.shape, Shape::Scalar(Content::String)) && !field.enums.is_empty();
    if word && !field.enums.iter().any(|value| value.is_empty()) { union(vec![ty, empty()]) } else { ty }
}

/// What `apiVersion` and `kind` are in an object of a kind.
fn header_value(version: Version<'static>, def: &TypeDef, field: &str) -> Option<Scalar> {
    if !matches!(field, "apiVersion" | "kind") {
        return None;
    }
    let kind = version.kind_of(def)?;
    Some(Scalar::Str(if field == "kind" { kind.kind.clone() } else { kind.api_version() }))
}

/// The type of what has a shape. `limits`: what is demanded of it beyond that, then of what is in it, level by level.
fn shape_type(
    version: Version<'static>,
    shape: &'static Shape,
    enums: &[EcoString],
    limits: &'static [Limits],
) -> TypeRef {
    let inside = limits.get(1..).unwrap_or_default();
    let ty = match shape {
        Shape::Scalar(content) => limited(scalar_type(*content, enums), limits.first()),
        Shape::Named(name) => reference(version, name),
        Shape::List(item) => Rc::new(Type::List(shape_type(version, item, enums, inside))),
        Shape::Map(value) => Rc::new(Type::Map(or_nothing(shape_type(version, value, enums, inside)))),
        Shape::OneOf(shapes) => union(shapes.iter().map(|shape| shape_type(version, shape, enums, limits)).collect()),
    };
    if limits.first().is_some_and(|limits| limits.nullable) { or_nothing(ty) } else { ty }
}

/// The type within limits, as far as a type can say them.
fn limited(ty: TypeRef, limits: Option<&Limits>) -> TypeRef {
    let Some(limits) = limits else { return ty };
    match &*ty {
        Type::Int(own) => {
            let least = limits.least.map(Bound::least_integer);
            let most = limits.most.map(Bound::greatest_integer);
            Rc::new(Type::Int(Bounds { min: least.max(own.min), max: most.into_iter().chain(own.max).min() }))
        }
        Type::Number(_) => {
            let end = |bound: Option<Bound>| bound.map(|bound| bound.value);
            Rc::new(Type::Number(Bounds { min: end(limits.least), max: end(limits.most) }))
        }
        Type::String(_) => {
            let whole = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
            let length = Bounds { min: whole(limits.length.least), max: whole(limits.length.most) };
            let pattern = limits.pattern.as_ref().and_then(|pattern| Pattern::inside(&pattern.source).ok());
            Rc::new(Type::String(Text { length: (length != Bounds::NONE).then_some(length), pattern }))
        }
        _ => ty,
    }
}

/// Another definition, made when it is looked at.
fn reference(version: Version<'static>, name: &'static str) -> TypeRef {
    let make = move || match version.type_def(name) {
        Some(def) => definition_type(version, def, Use::Part),
        None => Rc::new(Type::Any),
    };
    Rc::new(Type::Deferred(Rc::new(Deferred::new(type_name(name), Pending::Made(Box::new(make))))))
}

fn scalar_type(content: Content, enums: &[EcoString]) -> TypeRef {
    Rc::new(match content {
        Content::String if !enums.is_empty() => {
            return union(enums.iter().map(|value| Rc::new(Type::Literal(Scalar::Str(value.clone())))).collect());
        }
        Content::String | Content::Bytes | Content::DateTime => Type::string(),
        Content::Boolean => Type::Bool,
        Content::Int32 => Type::Int(Bounds::INT32),
        Content::Integer | Content::Int64 => Type::int(),
        Content::Number => Type::Number(Bounds::NONE),
        Content::IntOrString => Type::Union(vec![Rc::new(Type::Int(Bounds::INT32)), Rc::new(Type::string())]),
        Content::Quantity => {
            let quantity = Type::Named(named("Quantity").expect("it is a named scalar"));
            Type::Union(vec![Rc::new(quantity), Rc::new(Type::Number(Bounds::NONE))])
        }
        Content::Object => Type::Map(Rc::new(Type::Any)),
        Content::Any => Type::Any,
    })
}

/// Any of these types, flat.
fn union(types: Vec<TypeRef>) -> TypeRef {
    let mut members: Vec<TypeRef> = Vec::with_capacity(types.len());
    for ty in types {
        match &*ty {
            Type::Any => return ty,
            Type::Union(inner) => members.extend(inner.iter().cloned()),
            _ => members.push(ty),
        }
    }
    if members.len() == 1 { members.remove(0) } else { Rc::new(Type::Union(members)) }
}
