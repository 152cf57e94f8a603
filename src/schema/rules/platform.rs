//! The operating system of a pod: what Windows has no word for, and the reverse.

use super::Rules;
use crate::schema::validate::Cursor;

const POD_LINUX: [&str; 4] = ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"];
const POD_CONTEXT_LINUX: [&str; 11] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];
const CONTAINER_CONTEXT_LINUX: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// Settings of the other operating system.
pub fn check(at: &Cursor<'_>, containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    let Some(os) = at.at(&["os", "name"]).and_then(|name| name.str()) else { return };
    let context = at.get("securityContext");
    let contexts = containers.iter().filter_map(|container| container.get("securityContext"));
    match os {
        "windows" => {
            foreign(at, &POD_LINUX, os, rules);
            context.iter().for_each(|context| foreign(context, &POD_CONTEXT_LINUX, os, rules));
            contexts.for_each(|context| foreign(&context, &CONTAINER_CONTEXT_LINUX, os, rules));
        }
        "linux" => {
            context.into_iter().chain(contexts).for_each(|context| foreign(&context, &["windowsOptions"], os, rules))
        }
        _ => {}
    }
}

fn foreign(at: &Cursor<'_>, fields: &[&str], os: &str, rules: &mut Rules<'_>) {
    for value in fields.iter().filter_map(|field| at.get(field)) {
        // Sharing nothing of the host is what a pod does anyhow.
        if value.node().kind == crate::node::NodeKind::Bool(false)
            && matches!(value.field_name(), "hostPID" | "hostIPC")
        {
            continue;
        }
        rules.forbid(
            &value,
            format!("`{}` cannot be set for a {os} pod", value.field_name()),
            "leave it out, or change `os.name`",
        );
    }
}
