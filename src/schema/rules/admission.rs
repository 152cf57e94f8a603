//! Webhooks and admission policies.

use super::{Rules, cel};
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
        if field == "resources" {
            covered_parts(&items, rules);
        }
        if let (false, Some(empty)) = (field == "apiGroups", items.iter().find(|item| item.str() == Some(""))) {
            rules.at(empty, Code::MissingObjectField, format!("an item of `{field}` is empty")).hint =
                Some("write a name, or `*`".to_owned());
        }
    }
}

/// `pods/*` stands for all parts of pods already, and `*/log` for those of all resources.
fn covered_parts(items: &[Cursor<'_>], rules: &mut Rules<'_>) {
    let has = |wanted: &str| items.iter().any(|item| item.str() == Some(wanted));
    for item in items {
        let Some((resource, part)) = item.str().and_then(|text| text.split_once('/')) else { continue };
        for star in [format!("{resource}/*"), format!("*/{part}")] {
            if item.str() != Some(&star) && has(&star) {
                rules.forbid(item, format!("`{star}` already stands for it"), "leave it out");
            }
        }
    }
}

/// A policy says something of what it sees.
pub fn policy(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if at.is_empty_at("validations") && at.is_empty_at("auditAnnotations") {
        rules.report.missing(at, "validations", "a policy has `validations` or `auditAnnotations`");
    }
}

/// What is done when a policy says no: each once, and not both refused and let through.
pub fn policy_binding(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let actions = at.items_of("validationActions");
    let has = |word: &str| actions.iter().any(|action| action.str() == Some(word));
    if let (true, true, Some(list)) = (has("Deny"), has("Warn"), at.get("validationActions")) {
        rules.forbid(&list, "`Deny` already tells people what `Warn` would", "keep one of them");
    }
    let mut seen: Vec<&str> = Vec::new();
    for action in &actions {
        let Some(word) = action.str() else { continue };
        if seen.contains(&word) {
            rules.at(action, Code::DuplicateListKey, format!("the action `{word}` is there twice")).hint =
                Some("leave one out".to_owned());
        }
        seen.push(word);
    }
    if let Some(params) = at.get("paramRef") {
        rules.one_of(&params, &["name", "selector"], true);
        rules.require(&params, "parameterNotFoundAction");
    }
}

/// A variable of a policy, which other expressions call by its name.
pub fn variable(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    cel::holder(at, rules);
    let word = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !text.starts_with(|c: char| c.is_ascii_digit())
    };
    if let Some(name) = at.get("name").filter(|name| name.str().is_some_and(|text| !text.is_empty() && !word(text))) {
        rules
            .at(&name, Code::BadName, format!("{:?} is not the name of a variable", name.str().unwrap_or_default()))
            .hint = Some("write letters, digits and `_`".to_owned());
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
    let words: Vec<Option<&str>> = versions.iter().map(|version| version.str()).collect();
    for (index, version) in versions.iter().enumerate() {
        if version.str().is_some() && words[..index].contains(&version.str()) {
            rules.at(version, Code::DuplicateListKey, "a version is there twice").hint =
                Some("leave one out".to_owned());
        }
    }
}
