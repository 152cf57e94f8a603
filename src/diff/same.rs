//! When two pieces of data are the same.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::node::{Map, Node, NodeKind};

/// More keys than these are looked up in a table.
const FEW: usize = 16;

/// Whether two values are the same data. The order of keys and the places do not count, nor whether a whole number is
/// written as `1` or `1.0`.
pub(super) fn equal(old: &Node, new: &Node) -> bool {
    match (&old.kind, &new.kind) {
        (NodeKind::Map(old), NodeKind::Map(new)) => {
            old.fields.len() == new.fields.len()
                && matched(old, new).all(|(field, other)| other.is_some_and(|other| equal(&field.value, other)))
        }
        (NodeKind::List(old), NodeKind::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| equal(old, new))
        }
        (NodeKind::Int(int), NodeKind::Float(float)) | (NodeKind::Float(float), NodeKind::Int(int)) => {
            whole(*float) == Some(*int)
        }
        (old, new) => old == new,
    }
}

/// The fields of one map with the values of the other's.
pub(super) fn matched<'a>(
    map: &'a Map,
    other: &'a Map,
) -> impl Iterator<Item = (&'a crate::node::Field, Option<&'a Node>)> {
    let table: Option<FxHashMap<&str, &Node>> = (other.fields.len() > FEW)
        .then(|| other.fields.iter().map(|field| (field.key.as_str(), &field.value)).collect());
    map.fields.iter().enumerate().map(move |(at, field)| {
        // Nearly always both have the same keys in the same order.
        let beside = other.fields.get(at).filter(|beside| beside.key == field.key).map(|beside| &beside.value);
        let found = beside.or_else(|| match &table {
            Some(table) => table.get(field.key.as_str()).copied(),
            None => other.get(&field.key),
        });
        (field, found)
    })
}

/// A number that equal values share.
pub(super) fn fingerprint(node: &Node) -> u64 {
    let mut hasher = FxHasher::default();
    match &node.kind {
        NodeKind::Null | NodeKind::Failed => 0u8.hash(&mut hasher),
        NodeKind::Bool(value) => (1u8, value).hash(&mut hasher),
        NodeKind::Int(value) => (2u8, value).hash(&mut hasher),
        NodeKind::Float(value) => match whole(*value) {
            Some(value) => (2u8, value).hash(&mut hasher),
            None => (3u8, value.to_bits()).hash(&mut hasher),
        },
        NodeKind::Str(text) => (4u8, text.as_str()).hash(&mut hasher),
        NodeKind::List(items) => {
            5u8.hash(&mut hasher);
            items.iter().for_each(|item| fingerprint(item).hash(&mut hasher));
        }
        // A sum does not ask for the order.
        NodeKind::Map(map) => {
            let entry = |field: &crate::node::Field| {
                let mut hasher = FxHasher::default();
                (field.key.as_str(), fingerprint(&field.value)).hash(&mut hasher);
                hasher.finish()
            };
            (6u8, map.fields.iter().map(entry).fold(0, u64::wrapping_add)).hash(&mut hasher);
        }
        NodeKind::Secret(_) => 7u8.hash(&mut hasher),
    }
    hasher.finish()
}

/// The integer that a float is.
fn whole(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

/// Whether two quantities stand for the same amount: `1000m` and `1`, `0.5` and `500m`.
pub(super) fn same_amount(old: &Node, new: &Node) -> bool {
    let amount = |node: &Node| match &node.kind {
        NodeKind::Str(text) => nano(text),
        NodeKind::Int(value) => nano(&value.to_string()),
        NodeKind::Float(value) => nano(&value.to_string()),
        _ => None,
    };
    amount(old).zip(amount(new)).is_some_and(|(old, new)| old == new)
}

/// The amount of a quantity in billionths, exactly; `None` where there is no such number.
pub(super) fn nano(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (digits, suffix) = unsigned.split_at(end);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut value: i128 = format!("{whole}{fraction}").parse().ok()?;
    let (tens, factor) = scale(suffix)?;
    value = value.checked_mul(factor)?;
    let exponent = 9 + tens - i32::try_from(fraction.len()).ok()?;
    let power = 10i128.checked_pow(exponent.unsigned_abs())?;
    value = match exponent < 0 {
        true if value % power == 0 => value / power,
        true => return None,
        false => value.checked_mul(power)?,
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// What a suffix stands for: a power of ten, and a factor.
fn scale(suffix: &str) -> Option<(i32, i128)> {
    const DECIMAL: [(&str, i32); 10] =
        [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some((_, tens)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((*tens, 1));
    }
    if let Some(at) = BINARY.iter().position(|name| *name == suffix) {
        return Some((0, 1024i128.pow(at as u32 + 1)));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    Some((exponent, 1))
}

#[cfg(test)]
mod tests {
    use super::nano;

    #[test]
    fn amounts_are_exact() {
        for (one, other) in
            [("1000m", "1"), ("0.5", "500m"), ("1Gi", "1024Mi"), ("1e3", "1k"), ("2E", "2e18"), ("-1", "-1000m")]
        {
            assert!(nano(one).is_some() && nano(one) == nano(other), "{one} {other}");
        }
        for (one, other) in [("1G", "1Gi"), ("9007199254740993", "9007199254740992"), ("1", "-1"), ("0.1n", "0.2n")] {
            assert!(nano(one).is_none() || nano(one) != nano(other), "{one} {other}");
        }
        assert_eq!([nano("a"), nano(""), nano("1x"), nano("1e999999999999")], [None; 4]);
    }
}
