//! Webhooks, admission policies, resource definitions.

use super::Rules;
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// What requests a webhook or policy sees.
pub fn rule(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for field in ["operations", "apiGroups", "apiVersions", "resources"] {
        rules.require(at, field);
        let items = at.items_of(field);
        let star = items.iter().any(|item| item.str() == Some("*"));
        // `*` stands for everything, but among resources not for their parts.
        let others = |item: &&Cursor<'_>| {
            item.str().is_some_and(|text| text != "*" && (field != "resources" || !text.contains('/')))
        };
        if let Some(other) = items.iter().find(others).filter(|_| star) {
            rules.forbid(other, format!("`*` in `{field}` already stands for everything"), "keep `*` or the others");
        }
        if let (false, Some(empty)) = (field == "apiGroups", items.iter().find(|item| item.str() == Some(""))) {
            rules.at(empty, Code::MissingObjectField, format!("an item of `{field}` is empty")).hint =
                Some("write a name, or `*`".to_owned());
        }
    }
}

/// A webhook.
pub fn webhook(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(name) = at.get("name") {
        let good = |text: &str| text.is_empty() || (formats::is_dns_subdomain(text) && text.split('.').count() >= 3);
        if name.str().is_some_and(|text| !good(text)) {
            rules
                .at(&name, Code::BadName, format!("{:?} is not the name of a webhook", name.str().unwrap_or_default()))
                .hint = Some("write a DNS name with at least three parts: `check.shop.example.com`".to_owned());
        }
    }
    let versions = at.items_of("admissionReviewVersions");
    let known = versions.iter().any(|version| matches!(version.str(), Some("v1" | "v1beta1") | None));
    if !known && at.map().is_some() && !at.get("admissionReviewVersions").is_some_and(|list| list.failed()) {
        rules.report.missing(at, "admissionReviewVersions", "`admissionReviewVersions` must name `v1` or `v1beta1`");
    }
    let conditions = at.items_of("matchConditions");
    rules.unique(&conditions, "name", "conditions");
    if let Some(config) = at.get("clientConfig") {
        rules.one_of(&config, &["url", "service"], true);
    }
}

/// A CustomResourceDefinition: its name, and exactly one version that is stored.
pub fn definition(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.get("spec") else { return };
    let (Some(group), Some(plural)) = (spec.str_of("group"), spec.at(&["names", "plural"])) else { return };
    let Some(plural) = plural.str() else { return };
    let wanted = format!("{plural}.{group}");
    if let Some(name) = at.at(&["metadata", "name"]).filter(|name| name.str().is_some_and(|name| name != wanted)) {
        rules.at(&name, Code::BadName, format!("the name of a definition is its plural and group, {wanted:?}")).hint =
            Some(format!("write {wanted:?}"));
    }
    if let Some(group_at) = spec.get("group").filter(|_| !group.contains('.') || !formats::is_dns_subdomain(group)) {
        rules.at(&group_at, Code::BadName, format!("{group:?} is not an API group of one's own")).hint =
            Some("write a domain with at least one dot".to_owned());
    }
    let names = spec.get("names");
    if let Some(list_kind) =
        names.as_ref().and_then(|names| names.get("listKind").filter(|list| list.str() == names.str_of("kind")))
    {
        rules.forbid(&list_kind, "`kind` and `listKind` must differ", "leave `listKind` out");
    }
    let versions = spec.items_of("versions");
    let stored = versions.iter().filter(|version| version.is_true("storage")).count();
    let readable = versions.iter().all(|version| version.get("storage").is_none_or(|flag| !flag.failed()));
    if let (false, true, Some(list)) = (stored == 1, readable, spec.get("versions").filter(|_| !versions.is_empty())) {
        rules.at(&list, Code::ExactlyOneOf, format!("exactly one version is stored, and here {stored} are")).hint =
            Some("set `storage = true` in one version".to_owned());
    }
}
