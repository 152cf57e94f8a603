//! Allowed values, for minors with and without lists of their own.
//!
//! A list must never be older or newer than the minor it is used for: values are added over time, and a wrong
//! list refuses what the server takes, or the reverse. Hence, for each field:
//!
//! 1. a minor that has lists uses its own;
//! 2. a minor without, between two that have, uses a list that is equal in the nearest on both sides;
//! 3. a minor beyond the last that has lists uses a list that never changed, in three minors or more.
//!
//! Lists exist only for fields whose Go type is marked as an enumeration; that a field has none here does not
//! mean that every string is good.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::facts::Facts;
use super::bad;
use super::sources::{Document, Release};
use super::swagger::by_short_name;
use crate::diag::Diagnostic;

/// The lists of one minor, by type and field.
type Lists = BTreeMap<(String, String), Vec<String>>;

/// How many minors must agree before a list is carried beyond them.
const ENOUGH: usize = 3;

/// Fills in the allowed values of every release.
pub fn overlay(releases: &[Release], facts: &mut [Facts]) -> Result<(), Diagnostic> {
    let lists = releases
        .iter()
        .map(|release| release.enums.as_ref().map(read).transpose())
        .collect::<Result<Vec<Option<Lists>>, Diagnostic>>()?;
    for (index, facts) in facts.iter_mut().enumerate() {
        match (&lists[index], &releases[index].enums) {
            (Some(own), Some(document)) => {
                facts.sources.push(document.source.clone());
                fill(facts, |place| own.get(place));
            }
            _ => {
                let (before, after) = neighbours(&lists, index);
                let documents = [before, after].into_iter().flatten().filter_map(|at| releases[at].enums.as_ref());
                facts.sources.extend(documents.map(|document| document.source.clone()));
                fill(facts, |place| carried(&lists, index, place));
            }
        }
    }
    Ok(())
}

fn fill<'a>(facts: &mut Facts, list: impl Fn(&(String, String)) -> Option<&'a Vec<String>>) {
    for def in &mut facts.types {
        for field in &mut def.fields {
            if let Some(values) = list(&(def.name.clone(), field.name.clone())) {
                field.enums = values.clone();
            }
        }
    }
}

/// The nearest releases with lists on both sides of the one at `index`.
fn neighbours(lists: &[Option<Lists>], index: usize) -> (Option<usize>, Option<usize>) {
    let before = (0..index).rev().find(|&at| lists[at].is_some());
    let after = (index + 1..lists.len()).find(|&at| lists[at].is_some());
    (before, after)
}

/// The list that rule 2 or 3 gives to the release at `index`.
fn carried<'a>(lists: &'a [Option<Lists>], index: usize, place: &(String, String)) -> Option<&'a Vec<String>> {
    let list_at = |at: usize| lists[at].as_ref()?.get(place);
    match neighbours(lists, index) {
        (Some(before), Some(after)) => {
            let list = list_at(before)?;
            (list_at(after) == Some(list)).then_some(list)
        }
        (Some(before), None) => {
            let list = list_at(before)?;
            let known: Vec<_> = lists.iter().flatten().filter_map(|lists| lists.get(place)).collect();
            (known.len() >= ENOUGH && known.iter().all(|other| *other == list)).then_some(list)
        }
        _ => None,
    }
}

fn read(document: &Document) -> Result<Lists, Diagnostic> {
    let mut lists = Lists::new();
    for (name, schema) in by_short_name(document)? {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (field, schema) in properties {
            let values = values(schema);
            if values.iter().any(|value| value.contains(['"', '|', '\n'])) {
                return Err(bad(
                    &document.source.file,
                    format!("an allowed value of `{name}.{field}` has a quote or bar"),
                ));
            }
            if !values.is_empty() {
                lists.insert((name.clone(), field.clone()), values);
            }
        }
    }
    Ok(lists)
}

/// The allowed values of a field, or of the items of its list.
fn values(schema: &Value) -> Vec<String> {
    let list = schema.get("enum").or_else(|| schema.get("items")?.get("enum"));
    let list = list.and_then(Value::as_array).into_iter().flatten();
    let mut values: Vec<String> = list.filter_map(Value::as_str).map(str::to_owned).collect();
    values.sort_unstable();
    values
}

#[cfg(test)]
mod tests {
    use super::{Lists, carried};

    /// One place with these lists in five minors; `-` has no lists at all, `.` none for the place.
    fn carried_to(index: usize, minors: [&str; 5]) -> Option<String> {
        let place = ("core.v1.X".to_owned(), "mode".to_owned());
        let lists = minors.map(|values| match values {
            "-" => None,
            "." => Some(Lists::new()),
            values => Some(Lists::from([(place.clone(), values.split('|').map(str::to_owned).collect())])),
        });
        carried(&lists, index, &place).map(|values| values.join("|"))
    }

    #[test]
    fn a_list_is_carried_only_where_nothing_can_have_changed() {
        let same = Some("A|B".to_owned());
        assert_eq!(carried_to(1, ["A|B", "-", "A|B", "-", "-"]), same, "equal on both sides");
        assert_eq!(carried_to(1, ["A|B", "-", "A|B|C", "-", "-"]), None, "it grew");
        assert_eq!(carried_to(1, [".", "-", "A|B", "-", "-"]), None, "it came later");
        assert_eq!(carried_to(2, ["A|B", "-", "-", "A|B", "-"]), same, "the nearest count");
        assert_eq!(carried_to(0, ["-", "A|B", "A|B", "A|B", "-"]), None, "nothing before");
        assert_eq!(carried_to(4, ["A|B", "A|B", "-", "A|B", "-"]), same, "three agree");
        assert_eq!(carried_to(4, [".", "A|B", "-", "A|B", "-"]), None, "two are not enough");
        assert_eq!(carried_to(4, ["A", "A|B", "A|B", "A|B", "-"]), None, "it changed once");
        assert_eq!(carried_to(4, ["A|B", "A|B", "A|B", ".", "-"]), None, "it went");
    }
}
