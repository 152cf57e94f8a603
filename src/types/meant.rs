//! What was probably meant by a field that a record does not have, as far as the record itself tells.
//!
//! People mistype a name, write it without the field around it (`limits` beside `resources`), run the two
//! together (`serviceName`), or remember half of it (`configMap` for `configMapRef`).

use super::findings::Look;
use super::{Record, Type};
use crate::diag::{closest, did_you_mean, either, words};
use crate::symbol::Symbol;

/// More names are no help.
const LISTED: usize = 3;
/// Deeper, a union in a union is not looked into.
const NESTED: usize = 4;

/// A field that the record does have.
pub struct Sibling<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it may hold what was written.
    pub takes: bool,
    /// The fields of the record in it, if there is one.
    pub inner: Vec<&'a str>,
    /// How these are reached.
    pub way: Way,
}

/// How the fields of a record in a field are reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The record is the field's value.
    Direct,
    /// It is an item of the field's list.
    Items,
    /// It is an entry of the field's map.
    Entries,
}

/// The hint about the unknown field `name`, whose value looks like `look`, if something in the record is near.
pub fn nearby(record: &Record, name: &str, look: Look) -> Option<String> {
    let siblings = siblings(record, look);
    mistyped(name, &siblings)
        .or_else(|| inside(name, &siblings))
        .or_else(|| related(name, &siblings))
        .or_else(|| entry(name, &siblings))
        .or_else(|| did_you_mean(name, siblings.iter().map(|sibling| sibling.name)))
}

/// A field whose name is a few letters off, and that may hold the value.
pub fn mistyped(name: &str, siblings: &[Sibling<'_>]) -> Option<String> {
    let alike = |sibling: &&Sibling<'_>| sibling.takes || sibling.name.eq_ignore_ascii_case(name);
    let meant = closest(name, siblings.iter().filter(alike).map(|sibling| sibling.name));
    meant.map(|meant| format!("did you mean `{meant}`?"))
}

/// ``` `limits` is a field of `resources` ```
fn inside(name: &str, siblings: &[Sibling<'_>]) -> Option<String> {
    let Sibling { name: outer, way, .. } = siblings.iter().find(|sibling| sibling.inner.contains(&name))?;
    Some(match way {
        Way::Direct => format!("`{name}` is a field of `{outer}`: `{outer}.{name} = …;`"),
        Way::Items => format!("`{name}` is a field of each item of `{outer}`: `{outer} = [ {{ {name} = …; … }} ];`"),
        Way::Entries => format!("`{name}` is a field of each entry of `{outer}`: `{outer}.<name>.{name} = …;`"),
    })
}

/// A field that has words in common with the name: its own name and that of a field in it together, a longer form,
/// shorter ones; or else one that is a few letters off, though it holds something else.
pub fn related(name: &str, siblings: &[Sibling<'_>]) -> Option<String> {
    let typed = words(name);
    let meant = closest(name, siblings.iter().map(|sibling| sibling.name)).map(str::to_owned);
    let meant = meant.or_else(|| together(&typed, siblings)).or_else(|| longer(&typed, siblings).map(str::to_owned));
    let meant = meant.map_or_else(|| shorter(&typed, siblings), |meant| vec![meant]);
    let meant: Vec<String> = meant.iter().map(|meant| format!("`{meant}`")).collect();
    (!meant.is_empty()).then(|| format!("did you mean {}?", either(&meant)))
}

/// `serviceName` for `service.name`.
fn together(typed: &[String], siblings: &[Sibling<'_>]) -> Option<String> {
    siblings.iter().filter(|sibling| sibling.way == Way::Direct).find_map(|sibling| {
        let inner = sibling.inner.iter().find(|inner| [words(sibling.name), words(inner)].concat() == typed)?;
        Some(format!("{}.{inner}", sibling.name))
    })
}

/// The field that has all the words and the fewest others, unless there are several.
fn longer<'a>(typed: &[String], siblings: &[Sibling<'a>]) -> Option<&'a str> {
    let all = siblings.iter().map(|sibling| (words(sibling.name), sibling.name));
    let mut found: Vec<(usize, &str)> =
        all.filter(|(words, _)| contains(words, typed)).map(|(words, name)| (words.len(), name)).collect();
    found.sort_unstable();
    match found[..] {
        [(fewest, name), ref rest @ ..] if rest.first().is_none_or(|(next, _)| *next > fewest) => Some(name),
        _ => None,
    }
}

/// The field that has some of the words, and those that end as it does, unless there are many: `containerPort` for
/// `port` or `targetPort`.
fn shorter(typed: &[String], siblings: &[Sibling<'_>]) -> Vec<String> {
    let is_alike = |sibling: &&Sibling<'_>| words(sibling.name).last() == typed.last();
    let mut found: Vec<String> = siblings.iter().filter(is_alike).map(|sibling| sibling.name.to_owned()).collect();
    found.sort_unstable();
    let has_shorter = found.iter().any(|name| contains(typed, &words(name)));
    if has_shorter && found.len() <= LISTED { found } else { Vec::new() }
}

/// ``` `app` may be an entry of `matchLabels` ```, where a record is about little but its maps.
pub fn entry(name: &str, siblings: &[Sibling<'_>]) -> Option<String> {
    let maps = siblings.iter().filter(|sibling| sibling.way == Way::Entries && sibling.inner.is_empty());
    let maps: Vec<String> = maps.map(|sibling| format!("`{}`", sibling.name)).collect();
    (!maps.is_empty() && maps.len() * 2 >= siblings.len())
        .then(|| format!("`{name}` may be an entry of {}", either(&maps)))
}

/// Whether the words are among the others, in their order.
fn contains(all: &[String], some: &[String]) -> bool {
    let mut rest = all.iter();
    !some.is_empty() && some.iter().all(|word| rest.any(|other| other == word))
}

fn siblings(record: &Record, look: Look) -> Vec<Sibling<'_>> {
    let sibling = |(name, field): (&Symbol, &'_ super::Field)| {
        let (inner, way) = inner_fields(&field.ty).unwrap_or((Vec::new(), Way::Direct));
        Sibling { name: name.as_str(), takes: takes(&field.ty, look), inner, way }
    };
    record.fields.iter().map(sibling).collect()
}

/// The fields of the record that a field of this type holds, as far as it is known.
fn inner_fields(ty: &Type) -> Option<(Vec<&'static str>, Way)> {
    alternatives(ty).into_iter().find_map(|ty| match ty {
        Type::Record(record) => Some((names(record), Way::Direct)),
        Type::List(item) => Some((names_in(item)?, Way::Items)),
        Type::Map(entry) => Some((names_in(entry).unwrap_or_default(), Way::Entries)),
        _ => None,
    })
}

fn names_in(ty: &Type) -> Option<Vec<&'static str>> {
    alternatives(ty).into_iter().find_map(|ty| match ty {
        Type::Record(record) => Some(names(record)),
        _ => None,
    })
}

fn names(record: &Record) -> Vec<&'static str> {
    record.fields.keys().map(|name| name.as_str()).collect()
}

/// Whether something that looks like this may have the type.
pub(super) fn takes(ty: &Type, look: Look) -> bool {
    alternatives(ty).into_iter().any(|ty| match (ty, look) {
        (_, Look::Unknown | Look::Null) => true,
        (Type::Float(_) | Type::Number(_), look) => matches!(look, Look::Int | Look::Float),
        (ty, look) => matches!(Look::of(ty), Look::Unknown) || Look::of(ty) == look,
    })
}

/// The members of a union and of those in it, or the type itself; all without their names.
pub(super) fn alternatives(ty: &Type) -> Vec<&Type> {
    let mut found = Vec::new();
    add_alternatives(ty, NESTED, &mut found);
    found
}

/// A union may well have itself as a member, so it ends somewhere.
fn add_alternatives<'t>(ty: &'t Type, depth: usize, found: &mut Vec<&'t Type>) {
    match ty.peeled() {
        Type::Union(_) if depth == 0 => {}
        Type::Union(members) => members.iter().for_each(|member| add_alternatives(member, depth - 1, found)),
        ty => found.push(ty),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sibling, Way, entry, inside, mistyped, related};

    fn sibling<'a>(name: &'a str, inner: &[&'a str], way: Way) -> Sibling<'a> {
        Sibling { name, takes: true, inner: inner.to_vec(), way }
    }

    #[test]
    fn names_are_remembered_by_their_words() {
        let siblings = [
            sibling("configMapRef", &["name", "optional"], Way::Direct),
            sibling("service", &["name", "port"], Way::Direct),
            sibling("ports", &["protocol"], Way::Items),
            sibling("port", &[], Way::Direct),
            sibling("targetPort", &[], Way::Direct),
            sibling("podSelector", &[], Way::Direct),
            sibling("namespaceSelector", &[], Way::Direct),
        ];
        for (typed, meant) in [
            ("configMap", Some("configMapRef")),
            ("serviceName", Some("service.name")),
            ("webService", Some("service")),
            ("selector", None),
            ("containerPort", Some("port` or `targetPort")),
            ("topologySelector", None),
            ("", None),
        ] {
            let hint = meant.map(|meant| format!("did you mean `{meant}`?"));
            assert_eq!(related(typed, &siblings), hint, "{typed}");
        }
    }

    #[test]
    fn a_field_of_a_field_is_found() {
        let siblings = [sibling("resources", &["limits"], Way::Direct), sibling("rules", &["host"], Way::Items)];
        let said = inside("limits", &siblings).expect("it is inside");
        assert_eq!(said, "`limits` is a field of `resources`: `resources.limits = …;`");
        let said = inside("host", &siblings).expect("it is inside");
        assert_eq!(said, "`host` is a field of each item of `rules`: `rules = [ { host = …; … } ];`");
        assert_eq!(inside("cpu", &siblings), None);
    }

    #[test]
    fn what_is_no_field_may_be_an_entry() {
        let selector = [sibling("matchExpressions", &["key"], Way::Items), sibling("matchLabels", &[], Way::Entries)];
        assert_eq!(entry("app", &selector).as_deref(), Some("`app` may be an entry of `matchLabels`"));
        let pod = ["containers", "volumes", "hostname"].map(|name| sibling(name, &[], Way::Direct));
        let pod: Vec<_> = pod.into_iter().chain([sibling("nodeSelector", &[], Way::Entries)]).collect();
        assert_eq!(entry("app", &pod), None, "there is more to a pod than its maps");
    }

    #[test]
    fn what_cannot_hold_the_value_is_not_what_was_mistyped() {
        let siblings = [Sibling { takes: false, ..sibling("ports", &[], Way::Items) }];
        assert_eq!(mistyped("port", &siblings), None);
        assert_eq!(mistyped("Ports", &siblings).as_deref(), Some("did you mean `ports`?"));
        assert_eq!(related("port", &siblings).as_deref(), Some("did you mean `ports`?"));
    }
}
