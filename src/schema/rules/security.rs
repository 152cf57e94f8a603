//! What a pod may do to its node.

use super::Rules;
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// Which of the host's namespaces the pod shares.
pub fn namespaces(at: &Cursor<'_>, containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    if let (true, Some(shared)) =
        (at.is_true("hostPID"), at.get("shareProcessNamespace").filter(|_| at.is_true("shareProcessNamespace")))
    {
        rules.forbid(&shared, "`shareProcessNamespace` and `hostPID` cannot both be set", "leave one of them out");
    }
    let own_users = at.get("hostUsers").is_some_and(|flag| flag.node().kind == crate::node::NodeKind::Bool(false));
    if own_users {
        for field in ["hostPID", "hostIPC", "hostNetwork"] {
            if let Some(flag) = at.get(field).filter(|_| at.is_true(field)) {
                rules.forbid(
                    &flag,
                    format!("`{field}` cannot be set with `hostUsers = false`"),
                    "leave one of them out",
                );
            }
        }
    } else if rules.minor >= Minor(33) {
        for container in containers {
            let Some(mount) =
                container.at(&["securityContext", "procMount"]).filter(|mount| mount.str() == Some("Unmasked"))
            else {
                continue;
            };
            rules.forbid(&mount, "`procMount` `Unmasked` needs a user namespace", "set `hostUsers = false`");
        }
    }
}

/// Settings of the kernel, as far as they are the pod's own.
pub fn sysctls(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(context) = at.get("securityContext") else { return };
    let sysctls = context.items_of("sysctls");
    rules.unique(&sysctls, "name", "sysctls");
    for name in sysctls.iter().filter_map(|sysctl| sysctl.get("name")) {
        let Some(text) = name.str().filter(|text| !text.is_empty()) else { continue };
        let part = |part: &str| {
            formats::is_dns_label(&part.replace('_', "x")) && !part.starts_with('_') && !part.ends_with('_')
        };
        if !text.split(['.', '/']).all(part) {
            rules.at(&name, Code::BadName, format!("{text:?} is not the name of a sysctl")).hint =
                Some("write it as `net.core.somaxconn`".to_owned());
            continue;
        }
        let dotted = text.replace('/', ".");
        let network = dotted.starts_with("net.");
        let memory = ["kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|prefix| dotted.starts_with(prefix))
            || dotted == "kernel.sem";
        for (shared, concerned) in [("hostNetwork", network), ("hostIPC", memory)] {
            if concerned && at.is_true(shared) && rules.minor >= Minor(29) {
                rules.forbid(
                    &name,
                    format!("{text:?} cannot be set with `{shared}`, for it would change the host"),
                    "leave one of them out",
                );
            }
        }
    }
}

/// A profile of the node's own has a name, and no other has.
pub fn seccomp_and_app_armor(at: &Cursor<'_>, containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    for context in containers.iter().chain([at]).filter_map(|holder| holder.get("securityContext")) {
        for profile in ["seccompProfile", "appArmorProfile"] {
            let Some(profile) = context.get(profile) else { continue };
            let local = profile.str_of("type") == Some("Localhost");
            if local && profile.is_empty_at("localhostProfile") {
                rules.report.missing(&profile, "localhostProfile", "`type` `Localhost` needs a `localhostProfile`");
            }
            if let (false, Some(name)) = (local, profile.get("localhostProfile"))
                && profile.get("type").is_some_and(|kind| kind.str().is_some())
            {
                rules.forbid(
                    &name,
                    "only `type` `Localhost` has a `localhostProfile`",
                    "leave it out, or set `type = \"Localhost\"`",
                );
            }
        }
    }
}
