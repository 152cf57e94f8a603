//! Label and node selectors.

use super::Rules;
use super::constraint::{self, Format, label_value, labels};
use crate::diag::{Code, closest};
use crate::node::NodeKind;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// `matchLabels`.
pub fn label_selector(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(map) = at.get("matchLabels") {
        labels(&map, rules);
    }
}

/// One of `matchExpressions`.
pub fn label_requirement(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    requirement(at, &["In", "NotIn", "Exists", "DoesNotExist"], rules);
    for value in at.items_of("values") {
        label_value(&value, rules);
    }
}

/// One of a node selector's `matchExpressions`, or of its `matchFields`.
pub fn node_requirement(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    requirement(at, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"], rules);
    let values = at.items_of("values");
    // Refused since 1.36; no node ever had such a label.
    let before = rules.report.soften(rules.minor < Minor(36));
    if matches!(at.str_of("operator"), Some("In" | "NotIn")) {
        values.iter().for_each(|value| label_value(value, rules));
    }
    rules.report.restore(before);
    if let (Some(operator @ ("Gt" | "Lt")), true) =
        (at.str_of("operator"), values.len() != 1 && !at.get("values").is_some_and(|v| v.failed()))
    {
        rules.forbid(
            at,
            format!("`{operator}` compares with exactly one value"),
            "give one value, as in `values = [ \"8\" ]`",
        );
    }
}

fn requirement(at: &Cursor<'_>, operators: &[&str], rules: &mut Rules<'_>) {
    if let Some(key) = at.get("key") {
        constraint::is(&key, "key", Format::QualifiedName, rules);
    }
    rules.require(at, "key");
    let Some(operator) = at.get("operator") else { return };
    let Some(word) = operator.str() else { return };
    if !operators.contains(&word) {
        let list = operators.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let near = closest(word, operators.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
        rules.at(&operator, Code::NotInEnum, format!("{word:?} is not an operator: {list}")).hint =
            Some(near.unwrap_or(format!("write one of {list}")));
        return;
    }
    match word {
        "In" | "NotIn" if at.is_empty_at("values") => {
            rules.report.missing(at, "values", format!("`{word}` needs `values` to compare with"));
        }
        "Exists" | "DoesNotExist" if !at.is_empty_at("values") => {
            rules.forbid(
                at,
                format!("`{word}` asks for the key alone, so it takes no `values`"),
                "leave `values` out, or use `In`",
            );
        }
        _ => {}
    }
}

/// A selector that must select the labels of its own template, and something.
pub fn must_match_template(spec: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(selector) = spec.get("selector") else { return };
    if selector.map().is_none() {
        return;
    }
    let wanted = selector.entries_of("matchLabels");
    if selector.is_empty_at("matchLabels") && selector.is_empty_at("matchExpressions") {
        rules.at(&selector, Code::SelectorMismatch, "an empty selector would select every pod").hint =
            Some("select by the labels of `template.metadata.labels`".to_owned());
        return;
    }
    let labels = spec.at(&["template", "metadata", "labels"]);
    for (key, value) in wanted {
        // To the server `null` among strings is an empty one.
        let text = if value.node().kind == NodeKind::Null { Some("") } else { value.str() };
        let Some(text) = text else { continue };
        mismatch(&value, key, text, labels.as_ref(), rules);
    }
    for expression in selector.items_of("matchExpressions") {
        if !holds(&expression, labels.as_ref()) {
            let key = expression.str_of("key").unwrap_or_default();
            rules
                .at(
                    &expression,
                    Code::SelectorMismatch,
                    format!("the template's labels do not satisfy this condition on `{key}`"),
                )
                .hint = Some(format!("set `{key}` in `template.metadata.labels` to a value that does"));
        }
    }
}

/// Reports a label that the selector wants and the template does not have.
pub fn mismatch(at: &Cursor<'_>, key: &str, wanted: &str, labels: Option<&Cursor<'_>>, rules: &mut Rules<'_>) {
    let found = labels.and_then(|labels| labels.get(key));
    match found {
        Some(found) if found.str() == Some(wanted) || found.str().is_none() => {}
        Some(found) => {
            let text = found.str().unwrap_or_default();
            let message = format!("the selector wants `{key}` to be {wanted:?}, but the template sets it to {text:?}");
            let span = found.span();
            let finding = rules.at(at, Code::SelectorMismatch, message);
            finding.hint = Some("make the two the same".to_owned());
            *finding = finding.clone().also(span, "the template's label");
        }
        None if labels.is_some_and(|labels| labels.map().is_none()) => {}
        None => {
            let message = format!("the selector wants the label `{key}`, which the template does not have");
            rules.at(at, Code::SelectorMismatch, message).hint =
                Some(format!("add `{key}` to `template.metadata.labels`"));
        }
    }
}

/// Whether labels satisfy a condition. What cannot be told holds.
fn holds(expression: &Cursor<'_>, labels: Option<&Cursor<'_>>) -> bool {
    let (Some(key), Some(operator)) = (expression.str_of("key"), expression.str_of("operator")) else { return true };
    let label = labels.and_then(|labels| labels.get(key));
    if labels.is_some_and(|labels| labels.map().is_none()) || label.as_ref().is_some_and(|label| label.str().is_none())
    {
        return true;
    }
    let text = label.as_ref().and_then(|label| label.str());
    let listed = text.is_some_and(|text| expression.items_of("values").iter().any(|value| value.str() == Some(text)));
    match operator {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => text.is_some(),
        "DoesNotExist" => text.is_none(),
        _ => true,
    }
}
