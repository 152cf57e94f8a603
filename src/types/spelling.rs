//! What is there, written as its type wants it: in quotes or out of them, a duration in seconds, a mode in decimal, a
//! share as a percentage, a name as names are.

use super::findings::{Demand, Found, Look};
use super::{Scalar, Type};

/// What is there as a value of one of the types, if it only has to be written differently.
pub(super) fn respelled(demand: &Demand<'_>, choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let number = |ty: &&Type| match ty {
        Type::Bool => truth(found),
        Type::Int(_) => whole(demand.name(), found),
        Type::Named(named) if named.integer => whole(demand.name(), found),
        Type::Float(_) | Type::Number(_) => {
            let text = as_written(found).filter(|text| text.parse::<f64>().is_ok_and(f64::is_finite))?;
            Some(format!("remove the quotes: `{text}`"))
        }
        _ => None,
    };
    choices.iter().find_map(number).or_else(|| quoted(choices, found)).or_else(|| percentage(choices, found))
}

/// `true` and `false`, and what stands for them elsewhere.
fn truth(found: &Found<'_>) -> Option<String> {
    let text = match found.look {
        Look::Int => found.source,
        _ => as_written(found)?,
    };
    Some(match text {
        "true" | "false" => format!("remove the quotes: `{text}`"),
        "yes" | "Yes" | "on" | "On" | "True" | "1" => "write `true`".to_string(),
        "no" | "No" | "off" | "Off" | "False" | "0" => "write `false`".to_string(),
        _ => return None,
    })
}

/// An integer that was written as a string.
fn whole(name: &str, found: &Found<'_>) -> Option<String> {
    let text = as_written(found)?;
    if let Some(mode) = octal(text, name) {
        return Some(format!("write it in decimal: the octal {text} is `{mode}`"));
    }
    if let Some(seconds) = seconds(text, name) {
        return Some(format!("write the number of seconds: `{seconds}`"));
    }
    Some(format!("remove the quotes: `{}`", text.parse::<i64>().ok()?))
}

/// The mode of a file: `0o644`, and where the name says that it is one `0644`.
fn octal(text: &str, name: &str) -> Option<i64> {
    let digits = text.strip_prefix('0').filter(|digits| !digits.is_empty())?;
    let marked = digits.strip_prefix(['o', 'O']);
    let is_mode = marked.is_some() || name.to_lowercase().ends_with("mode");
    let is_octal = |digits: &&str| digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    let digits = Some(marked.unwrap_or(digits)).filter(is_octal).filter(|_| is_mode)?;
    i64::from_str_radix(digits, 8).ok()
}

/// `5s`, and where the name says that it is about seconds `5m` and `1h`.
fn seconds(text: &str, name: &str) -> Option<i64> {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    let unit = match &text[number.len()..] {
        "s" => 1,
        "m" if name.ends_with("Seconds") => 60,
        "h" if name.ends_with("Seconds") => 3600,
        _ => return None,
    };
    number.trim_end().parse::<i64>().ok()?.checked_mul(unit)
}

/// A number or a boolean where only strings may be.
fn quoted(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let is_plain = match found.look {
        Look::Int | Look::Float => found.source.parse::<f64>().is_ok(),
        Look::Bool => matches!(found.source, "true" | "false"),
        _ => return None,
    };
    let takes = |ty: &&Type| match ty {
        Type::String(_) => true,
        Type::Named(named) => !named.integer && (!is_plain || (named.check)(found.source)),
        _ => false,
    };
    let holds_other = |ty: &&Type| matches!(ty, Type::Int(_) | Type::Number(_) | Type::Float(_) | Type::Bool);
    if !choices.iter().any(takes) || choices.iter().any(holds_other) {
        return None;
    }
    Some(match is_plain {
        true => format!("put it in quotes to make it a string: `\"{}\"`", found.source),
        false if found.look == Look::Bool => "make it a string with `lib.boolToString`".to_string(),
        false => "make it a string with `toString`".to_string(),
    })
}

/// A fraction where an integer or a text such as `"25%"` may be.
fn percentage(choices: &[&Type], found: &Found<'_>) -> Option<String> {
    let Some(Scalar::Float(fraction)) = found.scalar else { return None };
    let percent = (fraction * 100.0).round();
    let may_be = choices.iter().any(|ty| matches!(ty, Type::String(_)));
    let is_share = fraction > 0.0 && fraction <= 1.0 && (percent - fraction * 100.0).abs() < 1e-9;
    (may_be && is_share).then(|| format!("write it as a percentage: `\"{percent}%\"`"))
}

/// The text of a string that stands there as it is.
fn as_written<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    match &found.scalar {
        Some(Scalar::Str(text)) if found.source == format!("\"{text}\"") => Some(text),
        _ => None,
    }
}

/// The text with its usual mistakes corrected, if that makes it one that the rule allows.
pub(super) fn repaired(text: &str, rule: fn(&str) -> bool) -> Option<String> {
    let joined: String = text.split_whitespace().collect();
    let dashed = dashed(text);
    let bytes = bytes(&joined);
    let words = text.starts_with(|first: char| first.is_ascii_alphabetic()) && !text.contains(':');
    let candidates = if words { [dashed, joined, bytes] } else { [joined, bytes, dashed] };
    let found = candidates.into_iter().find(|candidate| !candidate.is_empty() && rule(candidate));
    found.map(|found| format!("did you mean `{found:?}`?"))
}

/// An amount of bytes with its unit as Kubernetes writes it: `512mb` is `512M`, for `512m` would be half a byte.
fn bytes(text: &str) -> String {
    let (amount, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let unit = unit.trim_end_matches(['B', 'b']).to_ascii_lowercase();
    let unit = match unit.as_str() {
        "k" => unit,
        _ => unit.get(..1).map_or_else(String::new, str::to_ascii_uppercase) + unit.get(1..).unwrap_or_default(),
    };
    format!("{amount}{unit}")
}

/// The text in the way of names: `WebFrontEnd`, `web_front end` → `web-front-end`.
fn dashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut before = '-';
    for character in text.trim().chars() {
        if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push('-');
        }
        out.push(if matches!(character, '_' | ' ') { '-' } else { character.to_ascii_lowercase() });
        before = character;
    }
    out
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{repaired, respelled};
    use crate::source::Span;
    use crate::types::findings::{Demand, Found, Look};
    use crate::types::{Bounds, Scalar, Type, named};

    fn hint(what: &str, choices: &[&Type], look: Look, source: &str) -> Option<String> {
        let scalar = match look {
            Look::Str => Some(Scalar::Str(source.trim_matches('"').into())),
            Look::Float => source.parse().ok().map(Scalar::Float),
            _ => None,
        };
        let what = Cow::Owned(format!("`{what}`"));
        let demand = Demand { what, place: Span::NONE, declared: Span::NONE, own: false, origin: None };
        respelled(&demand, choices, &Found::value(look, scalar, source))
    }

    #[test]
    fn strings_become_what_they_say() {
        let int = Type::int();
        for (what, source, written) in [
            ("web.replicas", "\"3\"", Some("3")),
            ("web.replicas", "\"010\"", Some("10")),
            ("secret.defaultMode", "\"0400\"", Some("256")),
            ("items[0].mode", "\"0o644\"", Some("420")),
            ("secret.defaultMode", "\"0\"", Some("0")),
            ("probe.periodSeconds", "\"5s\"", Some("5")),
            ("probe.periodSeconds", "\"5m\"", Some("300")),
            ("web.memory", "\"5m\"", None),
            ("probe.periodSeconds", "\"9223372036854775807h\"", None),
            ("web.replicas", "\"three\"", None),
            ("web.replicas", "\"\"", None),
            ("web.replicas", "name", None),
        ] {
            let said = hint(what, &[&int], Look::Str, source);
            assert_eq!(said.is_some(), written.is_some(), "{what} = {source}: {said:?}");
            assert!(
                written.is_none_or(|text| said.iter().all(|said| said.ends_with(&format!("`{text}`")))),
                "{said:?}"
            );
        }
        assert_eq!(hint("a", &[&Type::Bool], Look::Str, "\"yes\"").as_deref(), Some("write `true`"));
        assert_eq!(hint("a", &[&Type::Bool], Look::Str, "\"false\"").as_deref(), Some("remove the quotes: `false`"));
        assert_eq!(hint("a", &[&Type::Bool], Look::Str, "\"maybe\""), None);
    }

    #[test]
    fn amounts_of_bytes_keep_their_size() {
        let quantity = named("Quantity").expect("it is a named scalar").check;
        for (text, written) in [
            ("512mb", Some("512M")),
            ("512 MB", Some("512M")),
            ("512mi", Some("512Mi")),
            ("2GiB", Some("2Gi")),
            ("1.5gib", Some("1.5Gi")),
            ("64kb", Some("64k")),
            ("64KiB", Some("64Ki")),
            ("100B", Some("100")),
            ("much", None),
            ("5 äb", None),
        ] {
            let expected = written.map(|text| format!("did you mean `\"{text}\"`?"));
            assert_eq!(repaired(text, quantity), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_string_becomes_one() {
        let label = Type::Named(named("LabelValue").expect("it is a named scalar"));
        let said = |choices: &[&Type], look, source| hint("a", choices, look, source).unwrap_or_default();
        assert!(said(&[&Type::string()], Look::Bool, "true").ends_with("`\"true\"`"));
        assert!(said(&[&label], Look::Int, "1").ends_with("`\"1\"`"));
        assert!(said(&[&label], Look::Int, "a + b").ends_with("`toString`"));
        let int_or_string = [&Type::Int(Bounds::INT32), &Type::string()];
        assert_eq!(said(&int_or_string, Look::Bool, "true"), "", "it may have been meant otherwise");
        assert!(said(&int_or_string, Look::Float, "0.25").ends_with("`\"25%\"`"));
        assert_eq!(said(&int_or_string, Look::Float, "2.5"), "");
    }
}
