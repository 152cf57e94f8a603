//! Where pods may run: tolerations, affinities, spreading.

use super::Rules;
use super::constraint::{self, Format, label_value};
use crate::diag::Code;
use crate::schema::validate::Cursor;

/// A toleration.
pub fn toleration(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let operator = at.str_of("operator").unwrap_or("");
    if let Some(key) = at.get("key") {
        constraint::is(&key, "key", Format::QualifiedName, rules);
    }
    let readable = at.get("operator").is_none_or(|operator| operator.str().is_some());
    if readable && at.is_empty_at("key") && operator != "Exists" {
        rules.forbid(
            at,
            "a toleration without a `key` is for every taint, so its `operator` is `Exists`",
            "add a `key`, or set `operator = \"Exists\"`",
        );
    }
    match at.get("value").filter(|value| value.str() != Some("")) {
        Some(value) if operator == "Exists" => rules.forbid(
            &value,
            "`Exists` asks for the key alone, so it takes no `value`",
            "leave `value` out, or use `Equal`",
        ),
        Some(value) if matches!(operator, "" | "Equal") => label_value(&value, rules),
        _ => {}
    }
    if !matches!(operator, "" | "Equal" | "Exists" | "Gt" | "Lt") {
        rules.at(at, Code::NotInEnum, format!("{operator:?} is not an operator of a toleration")).hint =
            Some("write `Equal` or `Exists`".to_owned());
    }
    let effect = at.get("effect");
    let word = effect.as_ref().and_then(|effect| effect.str()).unwrap_or("");
    if at.has("tolerationSeconds") && word != "NoExecute" && effect.as_ref().is_none_or(|effect| effect.str().is_some())
    {
        rules.forbid(
            at,
            "`tolerationSeconds` is for the effect `NoExecute` only",
            "set `effect = \"NoExecute\"`, or leave `tolerationSeconds` out",
        );
    }
}

/// How evenly pods are spread.
pub fn spread(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(domains) = at.get("minDomains").filter(|_| at.str_of("whenUnsatisfiable") == Some("ScheduleAnyway")) {
        rules.forbid(&domains, "`minDomains` is for `whenUnsatisfiable` `DoNotSchedule` only", "leave one of them out");
    }
}

/// Pods to be near to, or far from.
pub fn pod_affinity_term(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mismatched: Vec<&str> = at.items_of("mismatchLabelKeys").iter().filter_map(|key| key.str()).collect();
    for key in at.items_of("matchLabelKeys") {
        if key.str().is_some_and(|text| mismatched.contains(&text)) {
            rules.forbid(
                &key,
                "a key cannot be in both `matchLabelKeys` and `mismatchLabelKeys`",
                "leave it out of one of them",
            );
        }
    }
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        if let (false, Some(keys)) = (at.has("labelSelector"), at.get(field).filter(|keys| !keys.items().is_empty())) {
            rules.forbid(
                &keys,
                format!("`{field}` narrows a `labelSelector`, and there is none"),
                "add a `labelSelector`",
            );
        }
    }
}
