//! Requests and limits.

use super::Rules;
use super::constraint::{self, amount};
use super::pod::above;
use crate::diag::{Code, closest};
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// The resources of a container.
pub fn requirements(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let limits = at.get("limits");
    huge_pages(at, rules);
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
            None if fixed && limits.as_ref().is_none_or(|limits| limits.map().is_some()) => {
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

/// What a runtime takes for itself.
pub fn overhead(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    amounts(at, "podFixed", rules);
}

/// The resources in the map at `field`, by name and amount.
pub fn amounts(at: &Cursor<'_>, field: &str, rules: &mut Rules<'_>) {
    for (name, value) in at.entries_of(field) {
        resource_name(&value, name, rules);
        constraint::not_below_zero(&value, rules);
    }
}

/// A request for devices is one of two sorts. In older versions of the API there was one sort alone.
pub fn device_request(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if rules.kind.version == "v1" || rules.kind.version == "v1beta2" {
        rules.one_of(at, &["exactly", "firstAvailable"], true);
    }
}

/// What a pod as a whole asks for: enough for its containers.
pub fn pod_level(spec: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(own) = spec.get("resources") else { return };
    // Before it was on by default the server dropped the field.
    if rules.minor < Minor(34) {
        return;
    }
    for (name, value) in ["limits", "requests"].iter().flat_map(|list| own.entries_of(list)) {
        if !matches!(name, "cpu" | "memory") && !name.starts_with("hugepages-") {
            let message = format!("`{name}` cannot be asked for by a pod as a whole");
            rules.report.at_key(&value, Code::NotAllowedHere, message).hint =
                Some("ask for it in a container".to_owned());
        }
    }
    for (name, request) in own.entries_of("requests") {
        if let Some(limit) = own.at(&["limits", name]).filter(|limit| above(&request, limit)) {
            let span = limit.span();
            let finding =
                rules.at(&request, Code::ValueOutOfRange, format!("the request for `{name}` is above its limit"));
            finding.hint = Some("lower the request, or raise the limit".to_owned());
            *finding = finding.clone().also(span, "the limit");
        }
        let containers = spec.items_of("containers");
        let asked = containers
            .iter()
            .filter_map(|container| amount(&container.at(&["resources", "requests", name])?))
            .sum::<f64>();
        if amount(&request).is_some_and(|own| own < asked * (1.0 - 1e-12)) {
            rules
                .at(
                    &request,
                    Code::ValueOutOfRange,
                    format!("the pod asks for less `{name}` than its containers together"),
                )
                .hint = Some("raise it, or leave it out".to_owned());
        }
    }
}

/// Huge pages come in whole pages, and beside ordinary resources.
fn huge_pages(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let all: Vec<_> = ["limits", "requests"].iter().flat_map(|list| at.entries_of(list)).collect();
    let ordinary = all.iter().any(|(name, _)| matches!(*name, "cpu" | "memory"));
    for (name, value) in &all {
        let Some(size) = name.strip_prefix("hugepages-").and_then(formats::quantity_value) else { continue };
        if !ordinary {
            rules.forbid(value, "huge pages are given beside `cpu` or `memory`", "ask for `cpu` or `memory` too");
            return;
        }
        if amount(value).is_some_and(|amount| size > 0.0 && (amount / size).fract() != 0.0) {
            rules.at(value, Code::ValueOutOfRange, format!("`{name}` comes in whole pages")).hint =
                Some("write a multiple of the page's size".to_owned());
        }
    }
}

/// Whether a resource belongs to a device plug-in.
fn is_extended(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, _)| domain != "kubernetes.io" && !domain.ends_with(".kubernetes.io"))
}

/// The name of a resource that a container can ask for.
pub fn resource_name(at: &Cursor<'_>, name: &str, rules: &mut Rules<'_>) {
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
