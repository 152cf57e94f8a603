//! What is asked of who may do what. Roles and bindings of the whole cluster are others' as well, and left alone.

use super::cel::{self, texts};
use super::{Row, Subject, always, not, on, on_pods};
use crate::rbac::danger::{Danger, Pattern};
use crate::rbac::{ANONYMOUS, BROAD_GROUPS};

pub(super) const ROWS: &[Row] = &[
    on(Subject::Roles, "no-wildcard-rules", |_| {
        let fields = ["verbs", "resources", "apiGroups"].map(|field| format!("!({})", has(field, &["*"])));
        each_rule(&format!("{} && !{}", fields.join(" && "), has("nonResourceURLs", &["*", "/*"])))
    }),
    on(Subject::Roles, "no-escalation", |_| without(Danger::Escalation)),
    on(Subject::Roles, "no-secret-listing", |_| without(Danger::Secrets)),
    on(Subject::Roles, "no-pod-creation", |_| without(Danger::Pods)),
    on(Subject::Roles, "no-pod-access", |_| without(Danger::Shells)),
    on(Subject::Roles, "no-node-access", |_| without(Danger::Nodes)),
    on(Subject::Roles, "no-token-creation", |_| without(Danger::Tokens)),
    on(Subject::Roles, "no-admission-control", |_| without(Danger::Admission)),
    on(Subject::Roles, "no-certificate-approval", |_| without(Danger::Certificates)),
    on(Subject::Roles, "no-volume-creation", |_| without(Danger::Volumes)),
    on(Subject::RoleBindings, "no-cluster-admin", |_| {
        always("object.roleRef.kind != 'ClusterRole' || object.roleRef.name != 'cluster-admin'")
    }),
    on(Subject::RoleBindings, "no-broad-subjects", |_| {
        let group = format!("s.kind == 'Group' && s.name in {}", texts(BROAD_GROUPS));
        let user = format!("s.kind == 'User' && s.name == {}", cel::text(ANONYMOUS));
        always(format!("object.?subjects.orValue([]).all(s, !({group}) && !({user}))"))
    }),
    on_pods("own-service-account", |_| {
        let account = |field: &str| format!("variables.pod.?{field}.orValue('')");
        let (name, old) = (account("serviceAccountName"), account("serviceAccount"));
        always(format!("{name} != '' ? {name} != 'default' : !({old} in ['', 'default'])"))
    }),
    not("token-not-mounted", "which roles an account has stands in other objects than the pod"),
];

/// That no rule of a role has a danger.
fn without(danger: Danger) -> Option<String> {
    let patterns: Vec<String> = danger.patterns().map(|pattern| format!("!({})", allows(pattern))).collect();
    each_rule(&patterns.join(" && "))
}

fn each_rule(holds: &str) -> Option<String> {
    always(format!("object.?rules.orValue([]).all(r, {holds})"))
}

/// Whether a rule allows one of the verbs on one of the resources, in whatever way it says so.
fn allows(pattern: &Pattern) -> String {
    let mut resources: Vec<String> = vec!["*".into()];
    for resource in pattern.resources {
        resources.push(resource.to_string());
        // `*/exec` is this part of everything.
        let part = resource.split_once('/').map(|(_, part)| format!("*/{part}"));
        resources.extend(part.filter(|part| !resources.contains(part)));
    }
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    let verbs: Vec<&str> = ["*"].iter().chain(pattern.verbs).copied().collect();
    let mut all = vec![has("apiGroups", &["*", pattern.group]), has("resources", &resources), has("verbs", &verbs)];
    if pattern.is_confined_by_names() {
        all.push("size(r.?resourceNames.orValue([])) == 0".into());
    }
    all.join(" && ")
}

fn has(field: &str, any: &[&str]) -> String {
    match any {
        [one] => format!("{} in r.?{field}.orValue([])", cel::text(one)),
        any => format!("r.?{field}.orValue([]).exists(it, it in {})", texts(any.iter().copied())),
    }
}
