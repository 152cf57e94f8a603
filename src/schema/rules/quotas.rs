//! LimitRanges and ResourceQuotas.

use super::Rules;
use super::constraint::amount;
use super::resources;
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// A LimitRange: what it limits, each once.
pub fn limit_range(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let limits = at.items_of("limits");
    rules.unique(&limits, "type", "limits");
}

/// One limit: bounds and defaults in order.
pub fn limit(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(kind) = at.get("type") else { return };
    let Some(word) = kind.str() else { return };
    let own = word.contains('/') && formats::is_qualified_name(word);
    if !own && !matches!(word, "Container" | "Pod" | "PersistentVolumeClaim") {
        rules.at(&kind, Code::NotInEnum, format!("{word:?} is not something that can be limited")).hint =
            Some("write `Container`, `Pod` or `PersistentVolumeClaim`".to_owned());
    }
    limit_fields(at, word, rules);
    // Each of these is not above the next.
    for [lower, upper] in [
        ["min", "max"],
        ["min", "defaultRequest"],
        ["min", "default"],
        ["defaultRequest", "default"],
        ["defaultRequest", "max"],
        ["default", "max"],
    ] {
        in_order(at, lower, upper, rules);
    }
    for (_, ratio) in at.entries_of("maxLimitRequestRatio") {
        if amount(&ratio).is_some_and(|ratio| ratio < 1.0) {
            rules
                .at(&ratio, Code::ValueOutOfRange, "a limit cannot be below its request, so the ratio is at least 1")
                .hint = Some("write 1 or more".to_owned());
        }
    }
}

/// What a limit on this sort of thing consists of.
fn limit_fields(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    let defaults = ["default", "defaultRequest"].iter().filter(|_| kind == "Pod").filter_map(|field| at.get(field));
    for default in defaults {
        let message = format!("a limit on pods has no `{}`", default.field_name());
        rules.forbid(&default, message, "leave it out, or limit containers");
    }
    if kind == "PersistentVolumeClaim" && !["min", "max"].iter().any(|bound| at.at(&[bound, "storage"]).is_some()) {
        rules.report.missing(at, "min", "a limit on claims needs a `storage` in `min` or `max`");
    }
    for list in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"] {
        for (name, value) in at.entries_of(list) {
            if kind == "Container" {
                resources::resource_name(&value, name, rules);
            } else if !name.contains('/') && !is_quota_resource(name) {
                unknown_resource(&value, name, rules);
            }
        }
    }
}

fn in_order(at: &Cursor<'_>, lower: &str, upper: &str, rules: &mut Rules<'_>) {
    let Some(upper_map) = at.get(upper) else { return };
    for (name, low) in at.entries_of(lower) {
        let Some(high) = upper_map.get(name) else { continue };
        if matches!((amount(&low), amount(&high)), (Some(low), Some(high)) if low > high) {
            rules.at(&low, Code::ValueOutOfRange, format!("the `{lower}` of `{name}` is above its `{upper}`")).hint =
                Some("put them in order".to_owned());
        }
    }
}

/// The resources that are counted per namespace and have no domain in their name.
fn is_quota_resource(name: &str) -> bool {
    let base = name.strip_prefix("requests.").or(name.strip_prefix("limits.")).unwrap_or(name);
    matches!(base, "cpu" | "memory" | "ephemeral-storage" | "storage")
        || base.starts_with("hugepages-")
        || matches!(
            name,
            "pods"
                | "services"
                | "replicationcontrollers"
                | "resourcequotas"
                | "secrets"
                | "configmaps"
                | "persistentvolumeclaims"
                | "services.nodeports"
                | "services.loadbalancers"
        )
}

fn unknown_resource(at: &Cursor<'_>, name: &str, rules: &mut Rules<'_>) {
    rules.report.at_key(at, Code::BadName, format!("{name:?} is not a resource that can be limited")).hint = Some(
        "write a resource such as `requests.cpu`, `limits.memory`, `pods`, or `count/deployments.apps`".to_owned(),
    );
}

const SCOPES: [&str; 6] =
    ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"];

/// A ResourceQuota: what is counted, and of which objects.
pub fn quota(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for (name, value) in at.entries_of("hard") {
        if !name.contains('/') && !is_quota_resource(name) {
            unknown_resource(&value, name, rules);
        }
        super::constraint::not_below_zero(&value, rules);
    }
    let scopes = at.items_of("scopes");
    let has = |word: &str| scopes.iter().any(|scope| scope.str() == Some(word));
    for scope in &scopes {
        known_scope(scope, rules);
    }
    for [one, other] in [["Terminating", "NotTerminating"], ["BestEffort", "NotBestEffort"]] {
        if let (true, true, Some(list)) = (has(one), has(other), at.get("scopes")) {
            rules.forbid(&list, format!("nothing is both `{one}` and `{other}`"), "keep one of them");
        }
    }
    let expressions = at.get("scopeSelector").map_or_else(Vec::new, |selector| selector.items_of("matchExpressions"));
    for expression in &expressions {
        scope_expression(expression, rules);
    }
    pods_only(at, scopes.iter().chain(expressions.iter()), rules);
}

fn known_scope(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    // Newer servers have one more, which no other knows.
    let known = |text: &str| SCOPES.contains(&text) || (text == "VolumeAttributesClass" && rules.minor.0 >= 34);
    if at.str().is_some_and(|text| !known(text)) {
        let list = SCOPES.map(|scope| format!("`{scope}`")).join(", ");
        rules.at(at, Code::NotInEnum, format!("{:?} is not a scope: {list}", at.str().unwrap_or_default())).hint =
            Some(format!("write one of {list}"));
    }
}

fn scope_expression(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(operator) = at.str_of("operator") else { return };
    let empty = at.is_empty_at("values");
    match operator {
        "In" | "NotIn" if empty => {
            rules.report.missing(at, "values", format!("`{operator}` needs `values` to compare with"))
        }
        "Exists" | "DoesNotExist" if !empty => {
            rules.forbid(
                at,
                format!("`{operator}` asks for the scope alone, so it takes no `values`"),
                "leave `values` out",
            );
        }
        _ => {}
    }
    let by_name = at.str_of("scopeName").is_some_and(|scope| SCOPES[..4].contains(&scope));
    if by_name && operator != "Exists" {
        rules.forbid(at, "this scope is there or not, so its `operator` is `Exists`", "set `operator = \"Exists\"`");
    }
}

/// Scopes select pods, so that nothing else can be counted with them.
fn pods_only<'a, 'n: 'a>(at: &Cursor<'n>, scopes: impl Iterator<Item = &'a Cursor<'n>>, rules: &mut Rules<'_>) {
    let of_pods =
        scopes.filter_map(|scope| scope.str().or(scope.str_of("scopeName"))).any(|scope| SCOPES.contains(&scope));
    if !of_pods {
        return;
    }
    for (name, value) in at.entries_of("hard") {
        let base = name.strip_prefix("requests.").or(name.strip_prefix("limits.")).unwrap_or(name);
        if !matches!(base, "cpu" | "memory" | "ephemeral-storage" | "pods" | "count/pods")
            && !base.starts_with("hugepages-")
            && !base.contains("storage")
            && !base.contains('/')
        {
            let message = format!("`{name}` is not a resource of pods, and the quota's scopes select pods");
            rules.report.at_key(&value, Code::NotAllowedHere, message).hint =
                Some("count it in a quota without scopes".to_owned());
        }
    }
}
