//! Requests and limits.

use super::Rules;
use super::constraint::{self, amount};
use super::pod::above;
use crate::diag::{Code, closest};
use crate::schema::formats;
use crate::schema::validate::Cursor;

const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// The resources of a container (or of a pod, or a claim, which name others).
pub fn requirements(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let limits = at.get("limits");
    for list in ["limits", "requests"] {
        for (name, value) in at.entries_of(list) {
            resource_name(&value, name, rules);
            constraint::not_below_zero(&value, rules);
            if is_extended(name) && amount(&value).is_some_and(|amount| amount.fract() != 0.0) {
                rules.at(&value, Code::ValueOutOfRange, format!("`{name}` is counted in whole numbers")).hint =
                    Some("write a whole number".to_owned());
            }
        }
    }
    for (name, request) in at.entries_of("requests") {
        let limit = limits.as_ref().and_then(|limits| limits.get(name));
        let fixed = is_extended(name) || name.starts_with("hugepages-");
        match limit {
            Some(limit) if above(&request, &limit) || (fixed && above(&limit, &request)) => {
                let span = limit.span();
                let word = if fixed { "differs from" } else { "is above" };
                let finding =
                    rules.at(&request, Code::ValueOutOfRange, format!("the request for `{name}` {word} its limit"));
                finding.hint = Some("lower the request, or raise the limit".to_owned());
                *finding = finding.clone().also(span, "the limit");
            }
            None if fixed && !limits.as_ref().is_some_and(|limits| limits.map().is_none()) => {
                rules.report.missing(
                    &request,
                    name,
                    format!("`{name}` cannot be shared out twice, so it needs a limit too"),
                );
            }
            _ => {}
        }
    }
}

/// Whether a resource belongs to a device plug-in.
fn is_extended(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, _)| domain != "kubernetes.io" && !domain.ends_with(".kubernetes.io"))
}

fn resource_name(at: &Cursor<'_>, name: &str, rules: &mut Rules<'_>) {
    let good = match name.split_once('/') {
        Some(_) => formats::is_qualified_name(name),
        None => STANDARD.contains(&name) || name.strip_prefix("hugepages-").is_some_and(formats::is_quantity),
    };
    if good {
        return;
    }
    let near = closest(name, STANDARD).map(|near| format!("did you mean `{near}`?"));
    rules.report.at_key(at, Code::BadName, format!("{name:?} is not a resource of a container")).hint =
        Some(near.unwrap_or_else(|| {
            "write `cpu`, `memory`, `ephemeral-storage`, or a device as `example.com/gpu`".to_owned()
        }));
}
