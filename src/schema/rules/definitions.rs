//! CustomResourceDefinitions: names, versions, conversion, and schemas that are structural.

use super::{Rules, cel};
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// A definition as a whole: its name is its plural and group, and exactly one version is stored.
pub fn definition(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.get("spec") else { return };
    names(at, &spec, rules);
    if let Some(flag) = spec.get("preserveUnknownFields").filter(|_| spec.is_true("preserveUnknownFields")) {
        rules.forbid(
            &flag,
            "`preserveUnknownFields` is a setting of the former API",
            "leave it out, and use `x-kubernetes-preserve-unknown-fields` in the schema",
        );
    }
    let versions = spec.items_of("versions");
    let stored = versions.iter().filter(|version| version.is_true("storage")).count();
    let readable = versions.iter().all(|version| version.get("storage").is_none_or(|flag| !flag.failed()));
    if let (false, true, Some(list)) = (stored == 1, readable, spec.get("versions").filter(|_| !versions.is_empty())) {
        rules.at(&list, Code::ExactlyOneOf, format!("exactly one version is stored, and here {stored} are")).hint =
            Some("set `storage = true` in one version".to_owned());
    }
    for version in &versions {
        if let Some(schema) = version.at(&["schema", "openAPIV3Schema"]) {
            root(&schema, rules);
        }
    }
}

fn names(at: &Cursor<'_>, spec: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(names) = spec.get("names") else { return };
    let (Some(group), Some(plural)) = (spec.str_of("group"), names.str_of("plural")) else { return };
    let wanted = format!("{plural}.{group}");
    if let Some(name) = at.at(&["metadata", "name"]).filter(|name| name.str().is_some_and(|name| name != wanted)) {
        rules.at(&name, Code::BadName, format!("the name of a definition is its plural and group, {wanted:?}")).hint =
            Some(format!("write {wanted:?}"));
    }
    if let Some(group_at) = spec.get("group").filter(|_| !group.contains('.') || !formats::is_dns_subdomain(group)) {
        rules.at(&group_at, Code::BadName, format!("{group:?} is not an API group of one's own")).hint =
            Some("write a domain with at least one dot".to_owned());
    }
    let approved =
        at.at(&["metadata", "annotations"]).is_some_and(|map| !map.is_empty_at("api-approved.kubernetes.io"));
    if (group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io")) && !approved {
        rules.report.missing(
            at,
            "metadata.annotations",
            "groups under `k8s.io` and `kubernetes.io` need the annotation `api-approved.kubernetes.io`",
        );
    }
    for field in ["kind", "listKind"] {
        let Some(kind) = names.get(field) else { continue };
        let Some(text) =
            kind.str().filter(|text| !text.is_empty() && !formats::is_dns_label_1035(&text.to_lowercase()))
        else {
            continue;
        };
        rules.at(&kind, Code::BadName, format!("{text:?} cannot be a kind")).hint =
            Some("write one word of letters and digits".to_owned());
    }
    if let Some(list_kind) = names.get("listKind").filter(|list| list.str() == names.str_of("kind")) {
        rules.forbid(&list_kind, "`kind` and `listKind` must differ", "leave `listKind` out");
    }
}

/// How objects of one version become those of another.
pub fn conversion(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let webhook = at.get("webhook");
    if at.str_of("strategy") == Some("Webhook") {
        match &webhook {
            None => rules.report.missing(at, "webhook", "the strategy `Webhook` needs a `webhook`"),
            Some(webhook) => {
                rules.require(webhook, "clientConfig");
                rules.require(webhook, "conversionReviewVersions");
            }
        }
    } else if let Some(webhook) =
        webhook.as_ref().filter(|_| at.get("strategy").is_some_and(|word| word.str().is_some()))
    {
        rules.forbid(
            webhook,
            "`webhook` is for the strategy `Webhook` only",
            "leave it out, or set `strategy = \"Webhook\"`",
        );
    }
}

/// Where a webhook is called.
pub fn client_config(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["url", "service"], true);
    if let Some(url) = at.get("url").filter(|url| url.str().is_some_and(|text| !text.starts_with("https://"))) {
        rules.at(&url, Code::BadFormat, "a webhook is called by `https` only").hint =
            Some("write the URL as `https://host/path`".to_owned());
    }
}

/// Where the numbers of `kubectl scale` are in an object.
pub fn scale(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let places: [(&str, &[&str]); 3] = [
        ("specReplicasPath", &[".spec."]),
        ("statusReplicasPath", &[".status."]),
        ("labelSelectorPath", &[".spec.", ".status."]),
    ];
    for (field, prefixes) in places {
        let Some(path) = at.get(field) else { continue };
        if path.str().is_some_and(|text| !text.is_empty() && !prefixes.iter().any(|prefix| text.starts_with(prefix))) {
            let list = prefixes.join("` or `");
            rules.at(&path, Code::BadFormat, format!("`{field}` is a path under `{list}`")).hint =
                Some(format!("begin with `{list}`"));
        }
    }
}

/// The schema of a whole object.
fn root(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(kind) = at.get("type").filter(|kind| kind.str().is_some_and(|kind| kind != "object")) {
        rules.forbid(&kind, "the schema of an object has the type `object`", "set `type = \"object\"`");
    }
    if let Some(metadata) = at.at(&["properties", "metadata"]) {
        implicit_metadata(&metadata, rules);
    }
    structural(at, true, rules);
}

/// `metadata` is the server's own; a schema may only narrow the name.
fn implicit_metadata(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(kind) = at.get("type").filter(|kind| kind.str().is_some_and(|kind| kind != "object")) {
        rules.forbid(&kind, "`metadata` has the type `object`", "set `type = \"object\"`");
    }
    for (name, property) in at.entries_of("properties") {
        if !matches!(name, "name" | "generateName") {
            let message =
                format!("a schema can say something of `metadata.name` and `generateName` only, not of `{name}`");
            rules.report.at_key(&property, Code::NotAllowedHere, message).hint = Some("leave it out".to_owned());
        }
    }
}

/// A structural schema says the type of everything, outside of `allOf` and the like.
fn structural(at: &Cursor<'_>, root: bool, rules: &mut Rules<'_>) {
    if at.map().is_none() {
        return;
    }
    let free = at.is_true("x-kubernetes-int-or-string") || at.is_true("x-kubernetes-preserve-unknown-fields");
    if at.is_empty_at("type") && (root || !free) {
        rules.report.missing(at, "type", "a structural schema gives the `type` of every field");
    }
    if at.str_of("type") == Some("array") && !at.has("items") {
        rules.report.missing(at, "items", "the schema of a list describes its `items`");
    }
    if at.is_true("x-kubernetes-embedded-resource")
        && at.is_empty_at("properties")
        && !at.is_true("x-kubernetes-preserve-unknown-fields")
    {
        rules.report.missing(
            at,
            "properties",
            "an embedded resource has `properties`, or `x-kubernetes-preserve-unknown-fields`",
        );
    }
    pattern(at, rules);
    for (_, property) in at.entries_of("properties") {
        structural(&property, false, rules);
    }
    for inner in ["items", "additionalProperties"].iter().filter_map(|inner| at.get(inner)) {
        structural(&inner, false, rules);
    }
    for junctor in ["allOf", "anyOf", "oneOf"] {
        at.items_of(junctor).iter().for_each(|schema| value_only(schema, at, rules));
    }
    if let Some(not) = at.get("not") {
        value_only(&not, at, rules);
    }
}

/// What stands inside `allOf` and the like may look at values, and not say what they are.
fn value_only(at: &Cursor<'_>, holder: &Cursor<'_>, rules: &mut Rules<'_>) {
    for field in ["type", "description", "title", "default", "nullable", "additionalProperties"] {
        // `int-or-string` is spelled out as an `anyOf` of two types.
        if field == "type" && holder.is_true("x-kubernetes-int-or-string") {
            continue;
        }
        if let Some(value) = at.get(field) {
            rules.forbid(
                &value,
                format!("`{field}` cannot stand inside `allOf`, `anyOf`, `oneOf` or `not`"),
                "say it beside them",
            );
        }
    }
    pattern(at, rules);
    for (_, property) in at.entries_of("properties") {
        value_only(&property, &property, rules);
    }
    if let Some(items) = at.get("items") {
        value_only(&items, &items, rules);
    }
    for junctor in ["allOf", "anyOf", "oneOf"] {
        at.items_of(junctor).iter().for_each(|schema| value_only(schema, holder, rules));
    }
}

fn pattern(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(pattern) = at.get("pattern") else { return };
    let Some(text) = pattern.str() else { return };
    // These the server's dialect has and ours has not.
    let foreign = ["\\Q", "\\C", "\\_", "\\z"].iter().any(|escape| text.contains(escape));
    if !foreign && regex::Regex::new(text).is_err() {
        rules.at(&pattern, Code::BadFormat, format!("{text:?} is not a regular expression")).hint =
            Some("look for an open bracket".to_owned());
    }
}

/// A rule in CEL.
pub fn validation_rule(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    cel::holder(at, rules);
    if let Some(message) = at.get("message").filter(|text| text.str().is_some_and(|text| text.contains('\n'))) {
        rules.at(&message, Code::BadFormat, "a message is one line").hint =
            Some("leave the line breaks out".to_owned());
    }
}
