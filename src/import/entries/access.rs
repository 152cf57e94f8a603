//! Service accounts, roles and their bindings.

use ecow::{EcoString, eco_format};

use super::draft::Draft;
use super::pods::names_alone;
use crate::import::parts::{Fields, Parts, each, map_node, text_node};
use crate::node::Node;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) fn service_account(draft: &mut Draft<'_>) -> Option<()> {
    draft.fields.pass(&mut draft.rest, &["automountServiceAccountToken"]);
    if let Some(names) = draft.rest.0.get("imagePullSecrets").and_then(names_alone) {
        draft.rest.take("imagePullSecrets");
        draft.fields.put("imagePullSecrets", names);
    }
    Some(())
}

pub(super) fn role(draft: &mut Draft<'_>) -> Option<()> {
    let rules = draft.rest.take("rules")?;
    draft.fields.put("rules", each(rules.as_list()?, rule)?);
    Some(())
}

pub(super) fn cluster_role(draft: &mut Draft<'_>) -> Option<()> {
    draft.fields.pass(&mut draft.rest, &["aggregationRule"]);
    if draft.fields.0.fields.is_empty() {
        return role(draft);
    }
    Some(())
}

/// Rules about resources speak of the core group unless they say otherwise.
fn rule(mut rule: Parts) -> Option<Node> {
    let core = |groups: &Node| matches!(groups.as_list(), Some([group]) if group.as_str() == Some(""));
    let about_resources = rule.0.get("resources").and_then(Node::as_list).is_some_and(|items| !items.is_empty());
    let groups = rule.take("apiGroups");
    if about_resources && groups.is_none() {
        return None;
    }
    let mut fields = Fields::default();
    fields.put("apiGroups", groups.filter(|groups| !about_resources || !core(groups)));
    fields.pass(&mut rule, &["resources", "resourceNames", "nonResourceURLs"]);
    fields.put("verbs", rule.take("verbs")?);
    rule.is_empty().then(|| map_node(fields.0))
}

pub(super) fn role_binding(draft: &mut Draft<'_>) -> Option<()> {
    binding(draft, true)
}

pub(super) fn cluster_role_binding(draft: &mut Draft<'_>) -> Option<()> {
    binding(draft, false)
}

fn binding(draft: &mut Draft<'_>, in_namespace: bool) -> Option<()> {
    let mut role = draft.rest.map("roleRef")?;
    let (group, kind, name) = (role.text("apiGroup")?, role.text("kind")?, role.text("name")?);
    let option = match kind.as_str() {
        "ClusterRole" => "clusterRole",
        "Role" if in_namespace => "role",
        _ => return None,
    };
    if !role.is_empty() || group != GROUP {
        return None;
    }
    draft.fields.put_text(option, Some(name));
    let own = if in_namespace { draft.own_namespace() } else { draft.around.namespace.unwrap_or("default") };
    let own = EcoString::from(own);
    let subjects = draft.rest.list("subjects")?;
    draft.fields.put("subjects", each(&subjects, |subject| said(subject, &own))?);
    Some(())
}

/// A service account by its name, and that of its namespace; others as sets.
fn said(mut subject: Parts, own: &str) -> Option<Node> {
    let (kind, name) = (subject.text("kind")?, subject.text("name")?);
    if kind == "ServiceAccount" {
        let namespace = subject.text("namespace")?;
        let text = if namespace == own { name } else { eco_format!("{namespace}/{name}") };
        return subject.is_empty().then(|| text_node(text));
    }
    let group = subject.text("apiGroup")?;
    let mut fields = Fields::default();
    fields.put_text("kind", Some(kind));
    fields.put_text("name", Some(name));
    (subject.is_empty() && group == GROUP).then(|| map_node(fields.0))
}

#[cfg(test)]
mod tests {
    use super::{Fields, Parts, map_node, rule, said, text_node};
    use crate::import::parts::list_node;
    use crate::node::NodeKind;

    #[test]
    fn the_core_group_is_meant_where_nothing_is_said() {
        let made = |group: &str| {
            let mut fields = Fields::default();
            fields.put("apiGroups", list_node(vec![text_node(group)]));
            fields.put("resources", list_node(vec![text_node("pods")]));
            fields.put("verbs", list_node(vec![text_node("get")]));
            rule(Parts(fields.0)).expect("can be said").as_map().expect("a map").fields.len()
        };
        assert_eq!((made(""), made("apps")), (2, 3));
    }

    #[test]
    fn service_accounts_are_named() {
        let subject = |namespace: &str| {
            let mut fields = Fields::default();
            for (key, value) in [("kind", "ServiceAccount"), ("name", "ci"), ("namespace", namespace)] {
                fields.put(key, text_node(value));
            }
            said(Parts::of(map_node(fields.0)).expect("a map"), "shop").expect("can be said").kind
        };
        assert_eq!(subject("shop"), NodeKind::Str("ci".into()));
        assert_eq!(subject("tools"), NodeKind::Str("tools/ci".into()));
    }
}
