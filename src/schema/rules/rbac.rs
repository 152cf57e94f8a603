//! Roles and their bindings.

use super::Rules;
use super::constraint;
use crate::diag::Code;
use crate::schema::validate::Cursor;

const GROUP: &str = "rbac.authorization.k8s.io";

/// A RoleBinding or ClusterRoleBinding.
pub fn binding(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let cluster = rules.kind.kind == "ClusterRoleBinding";
    if let Some(role) = at.get("roleRef") {
        let kinds: &[&str] = if cluster { &["ClusterRole"] } else { &["Role", "ClusterRole"] };
        match role.get("kind") {
            Some(kind) => constraint::one_of(&kind, kinds, rules),
            None => rules.require(&role, "kind"),
        }
        if let Some(group) = role.get("apiGroup") {
            constraint::one_of(&group, &[GROUP], rules);
        }
    }
    for subject in at.items_of("subjects") {
        let account = subject.str_of("kind") == Some("ServiceAccount");
        // Within a namespace the server still wants it written down.
        if account && subject.is_empty_at("namespace") {
            rules.report.missing(&subject, "namespace", "a ServiceAccount is in a `namespace`");
        }
    }
}

/// Who a role is given to.
pub fn subject(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let account = match at.str_of("kind") {
        Some("ServiceAccount") => true,
        Some("User" | "Group") => false,
        _ => return,
    };
    if let Some(name) = at.get("name").filter(|_| account) {
        constraint::is(&name, "name", constraint::Format::DnsSubdomain, rules);
    }
    let wanted = if account { "" } else { GROUP };
    let Some(group) = at.get("apiGroup") else { return };
    if group.str().is_some_and(|text| text != wanted && (account || !text.is_empty())) {
        let kind = at.str_of("kind").unwrap_or_default();
        rules.at(&group, Code::NotInEnum, format!("the `apiGroup` of a {kind} is {wanted:?}")).hint =
            Some("leave `apiGroup` out".to_owned());
    }
}

/// What may be done: with resources of API groups, or with URLs.
pub fn policy_rule(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let urls = at.get("nonResourceURLs").filter(|urls| urls.node().as_list().is_none_or(|items| !items.is_empty()));
    let Some(urls) = urls else {
        rules.require(at, "apiGroups");
        rules.require(at, "resources");
        return;
    };
    if !at.is_empty_at("apiGroups") || !at.is_empty_at("resources") || !at.is_empty_at("resourceNames") {
        rules.forbid(&urls, "a rule is about resources or about URLs, not both", "split it into two rules");
    }
}

/// A role in a namespace has no say over what is outside of it.
pub fn role(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for rule in at.items_of("rules") {
        if let Some(urls) = rule.get("nonResourceURLs").filter(|urls| !urls.items().is_empty()) {
            rules.forbid(
                &urls,
                "`nonResourceURLs` belong to the whole cluster, not to a namespace",
                "use a ClusterRole",
            );
        }
    }
}
