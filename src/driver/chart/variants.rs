//! Objects for every outcome of a comparison, laid over each other.
//!
//! Where something was asked of a number (`replicas > 1`), the numbers fall into ranges with the same answers. The objects
//! are made for each range, and merged: what is the same everywhere stays, and what is not stands under the
//! condition that the number is in that range.

use std::collections::BTreeSet;

use crate::chart::{Condition, Field, Form, Item};
use crate::types::{Scalar, TypeRef, scalar_fits};

/// Numbers for which everything that was asked has the same answer. Inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    least: Option<i64>,
    most: Option<i64>,
}

impl Range {
    /// The ranges that these questions make; `AtLeast(n)` parts `n` from the number before it. Those of which the type has no number
    /// are left out. `scalar`: the value that a number stands for.
    pub(super) fn all(at_least: &BTreeSet<i64>, ty: Option<&TypeRef>, scalar: fn(i64) -> Scalar) -> Vec<Range> {
        let mut ranges = Vec::new();
        let mut least = None;
        for &bound in at_least {
            // Nothing is less than the least number.
            let Some(most) = bound.checked_sub(1) else { continue };
            ranges.push(Range { least, most: Some(most) });
            least = Some(bound);
        }
        ranges.push(Range { least, most: None });
        ranges.retain(|range| ty.is_none_or(|ty| scalar_fits(ty, &scalar(range.example()))));
        ranges
    }

    /// A number in it, as close to its neighbours as can be.
    pub(super) fn example(self) -> i64 {
        self.most.filter(|_| self.least.is_none()).or(self.least).unwrap_or_default()
    }

    /// Whether a number is in it.
    pub(super) fn holds(self, number: i64) -> bool {
        self.least.is_none_or(|least| number >= least) && self.most.is_none_or(|most| number <= most)
    }

    fn of(self, opening: usize) -> Vec<Condition> {
        match self {
            Range { least: None, most: None } => Vec::new(),
            Range { least, most } => vec![Condition { opening, least, most }],
        }
    }
}

/// What there is in each range, in their order.
pub(super) type Variants<'a> = Vec<(Range, Option<&'a Form>)>;

/// One form of several, each with its condition: none if it is there in any case.
pub(super) fn merged(opening: usize, variants: &Variants<'_>) -> Vec<(Vec<Condition>, Form)> {
    let everywhere: Option<Vec<&Form>> = variants.iter().map(|(_, form)| *form).collect();
    if let Some(forms) = &everywhere {
        if forms.windows(2).all(|pair| pair[0] == pair[1]) {
            return forms.first().map(|form| (Vec::new(), (*form).clone())).into_iter().collect();
        }
        if let Some(one) = merged_maps(opening, variants).or_else(|| merged_lists(opening, variants)) {
            return vec![(Vec::new(), one)];
        }
    }
    let mut parts: Vec<(Range, &Form)> = Vec::new();
    let mut adjacent = false;
    for (range, form) in variants {
        match (form, parts.last_mut()) {
            (Some(form), Some((before, same))) if adjacent && same == form => before.most = range.most,
            (Some(form), _) => parts.push((*range, form)),
            (None, _) => {}
        }
        adjacent = form.is_some();
    }
    parts.into_iter().map(|(range, form)| (range.of(opening), form.clone())).collect()
}

/// Maps field by field; nothing if they are no maps, or no field would be there in any case.
fn merged_maps(opening: usize, variants: &Variants<'_>) -> Option<Form> {
    let maps: Vec<(Range, &[Field])> = variants
        .iter()
        .map(|(range, form)| if let Some(Form::Map(fields)) = form { Some((*range, fields.as_slice())) } else { None })
        .collect::<Option<_>>()?;
    // What another number decides already is not taken apart further.
    if maps.iter().any(|(_, fields)| fields.iter().any(|field| !field.when.is_empty())) {
        return None;
    }
    let mut fields = Vec::new();
    for key in keys(&maps) {
        let value = |fields: &'_ [Field]| fields.iter().position(|field| field.key == key);
        let found: Variants<'_> =
            maps.iter().map(|(range, fields)| (*range, value(fields).map(|at| &fields[at].value))).collect();
        let merged = merged(opening, &found).into_iter();
        fields.extend(merged.map(|(when, value)| Field { key: key.clone(), when, value }));
    }
    fields.iter().any(|field| field.when.is_empty()).then_some(Form::Map(fields))
}

/// The keys of all maps; those of a later map stand behind the one before which they stand in it.
fn keys(maps: &[(Range, &[Field])]) -> Vec<ecow::EcoString> {
    let mut keys: Vec<ecow::EcoString> = Vec::new();
    for (_, fields) in maps {
        let mut at = 0;
        for field in *fields {
            match keys.iter().position(|key| *key == field.key) {
                Some(there) => at = there + 1,
                None => {
                    keys.insert(at, field.key.clone());
                    at += 1;
                }
            }
        }
    }
    keys
}

/// Lists of one length item by item, each of which is there in any case.
fn merged_lists(opening: usize, variants: &Variants<'_>) -> Option<Form> {
    let lists: Vec<(Range, &[Item])> = variants
        .iter()
        .map(|(range, form)| if let Some(Form::List(items)) = form { Some((*range, items.as_slice())) } else { None })
        .collect::<Option<_>>()?;
    let length = lists.first()?.1.len();
    let whole = |items: &[Item]| items.len() == length && items.iter().all(|item| item.when.is_empty());
    if !lists.iter().all(|(_, items)| whole(items)) {
        return None;
    }
    let mut items = Vec::new();
    for at in 0..length {
        let found: Variants<'_> = lists.iter().map(|(range, items)| (*range, Some(&items[at].value))).collect();
        items.extend(merged(opening, &found).into_iter().map(|(when, value)| Item { when, value }));
    }
    Some(Form::List(items))
}
