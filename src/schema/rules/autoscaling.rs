//! HorizontalPodAutoscalers.

use super::Rules;
use super::constraint::amount;
use crate::diag::Code;
use crate::schema::validate::Cursor;

/// The bounds are in order.
pub fn autoscaler(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let (least, most) = (at.int_of("minReplicas").unwrap_or(1), at.get("maxReplicas"));
    if let Some(most) = most.filter(|most| most.int().is_some_and(|most| most >= 1 && most < least)) {
        rules.at(&most, Code::ValueOutOfRange, format!("`maxReplicas` is below `minReplicas` ({least})")).hint =
            Some("raise it".to_owned());
    }
}

/// The source of a metric is the one that its type names.
pub fn metric(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let field = match at.str_of("type") {
        Some("Resource") => "resource",
        Some("ContainerResource") => "containerResource",
        Some("Pods") => "pods",
        Some("Object") => "object",
        Some("External") => "external",
        _ => return,
    };
    let kind = at.str_of("type").unwrap_or_default();
    if !at.has(field) {
        rules.report.missing(at, field, format!("a metric of the type `{kind}` is described in `{field}`"));
    }
    if let Some(target) = at.at(&[field, "target"]).filter(|target| target.map().is_some()) {
        target_of(field, &target, rules);
    }
    for other in ["resource", "containerResource", "pods", "object", "external"] {
        if let Some(other_at) = at.get(other).filter(|_| other != field) {
            rules.forbid(
                &other_at,
                format!("a metric of the type `{kind}` has no `{other}`"),
                "make it a metric of its own",
            );
        }
    }
}

/// Which numbers a metric of this sort can be held to.
fn target_of(field: &str, at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let fields: &[&str] = match field {
        "resource" | "containerResource" => &["averageUtilization", "averageValue"],
        "pods" => &["averageValue"],
        _ => &["value", "averageValue"],
    };
    if !fields.iter().any(|field| at.has(field)) {
        rules.one_of(at, fields, true);
    } else if field == "external" {
        rules.one_of(at, fields, false);
    }
}

/// What a metric should be: one number.
pub fn target(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.require(at, "type");
    for field in ["value", "averageValue"] {
        if let Some(value) = at.get(field).filter(|value| amount(value).is_some_and(|amount| amount <= 0.0)) {
            rules.at(&value, Code::ValueOutOfRange, format!("`{field}` must be above zero")).hint =
                Some("write a larger number".to_owned());
        }
    }
    if at.has("averageUtilization") && at.has("averageValue") {
        rules.one_of(at, &["averageUtilization", "averageValue"], false);
    }
}
