//! Restricted: what baseline leaves open.

use super::super::super::lists;
use super::super::super::{Check, Context, Outcome, Subject};
use super::super::{each_container, is_false, is_for_windows, is_true, items, of_container, text};
use super::baseline::added_capabilities;
use super::{at_value, set_values};
use crate::node::{Node, NodeKind};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "restricted-volumes", title: "pods mount only volumes that leave the node alone", run: volumes },
    Check { id: "no-privilege-escalation", title: "no process gains more rights than its parent", run: escalation },
    Check { id: "run-as-non-root", title: "no container may run as root", run: run_as_non_root },
    Check { id: "no-root-user", title: "no container is told to run as user 0", run: root_user },
    Check { id: "seccomp-profile", title: "every container has a seccomp profile", run: seccomp },
    Check { id: "drop-all-capabilities", title: "containers drop all capabilities", run: dropped },
    Check { id: "restricted-capabilities", title: "containers add at most NET_BIND_SERVICE", run: added },
];

fn volumes(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let volumes = items(pod.spec, &["volumes"]).iter().enumerate();
    let failures = volumes.filter_map(|(at, volume)| {
        let kind = volume.as_map()?.fields.iter().find(|field| field.key != "name")?;
        if lists::RESTRICTED_VOLUMES.contains(&kind.key.as_str()) {
            return None;
        }
        let path = format!("{}.volumes[{at}].{}", pod.path.join("."), kind.key);
        let name = text(volume, &["name"]).unwrap_or_default();
        let message = format!("the volume `{name}` is of the kind `{}`", kind.key);
        Some(at_value(&kind.value, path, message, "use a PersistentVolumeClaim (`storage`), or a CSI volume"))
    });
    Outcome::of(failures.collect())
}

fn escalation(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.pod.is_some_and(is_for_windows) {
        return Outcome::NotApplicable;
    }
    each_container(subject, |container| {
        let value = container.at(&["securityContext", "allowPrivilegeEscalation"]);
        (!is_false(value)).then(|| {
            let message = format!("a process of the container `{}` may gain rights", container.name());
            let hint = "set `securityContext.allowPrivilegeEscalation = false;`";
            of_container(container, "securityContext.allowPrivilegeEscalation", [value, None], (message, hint))
        })
    })
}

/// By itself, or by its pod where it says nothing. A pod must not say `false`, whatever its containers say.
fn run_as_non_root(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let general = subject.pod.and_then(|pod| pod.spec.at(&["securityContext", "runAsNonRoot"]));
    if let (Some(pod), Some(value)) = (subject.pod, general.filter(|value| is_false(Some(value)))) {
        let path = format!("{}.securityContext.runAsNonRoot", pod.path.join("."));
        let hint = "set `podSecurityContext.runAsNonRoot = true;`";
        return Outcome::Failed(vec![at_value(value, path, "the pod may run as root".into(), hint)]);
    }
    each_container(subject, |container| {
        let own = container.at(&["securityContext", "runAsNonRoot"]);
        (!is_true(own.or(general))).then(|| {
            let message = format!("the container `{}` may run as root", container.name());
            let hint =
                "set `securityContext.runAsNonRoot = true;`, and build the image for a user with a number above 0";
            of_container(container, "securityContext.runAsNonRoot", [own, general], (message, hint))
        })
    })
}

fn root_user(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let roots = set_values(pod, &["runAsUser"]).into_iter().filter(|(value, _)| value.kind == NodeKind::Int(0));
    let hint = "choose a number above 0, such as 1000";
    Outcome::of(roots.map(|(value, path)| at_value(value, path, "user 0 is root".into(), hint)).collect())
}

fn seccomp(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.pod.is_some_and(is_for_windows) {
        return Outcome::NotApplicable;
    }
    let profile = ["securityContext", "seccompProfile", "type"];
    let general = subject.pod.and_then(|pod| pod.spec.at(&profile));
    let is_profile =
        |value: Option<&Node>| matches!(value.and_then(Node::as_str), Some("RuntimeDefault" | "Localhost"));
    each_container(subject, |container| {
        let own = container.at(&profile);
        (!is_profile(own.or(general))).then(|| {
            let message = format!("the container `{}` has no seccomp profile", container.name());
            let hint = "set `podSecurityContext.seccompProfile.type = \"RuntimeDefault\";`";
            of_container(container, "securityContext.seccompProfile.type", [own, general], (message, hint))
        })
    })
}

fn dropped(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.pod.is_some_and(is_for_windows) {
        return Outcome::NotApplicable;
    }
    each_container(subject, |container| {
        let path = ["securityContext", "capabilities", "drop"];
        let all = items(container.node, &path).iter().any(|name| name.as_str() == Some("ALL"));
        (!all).then(|| {
            let message = format!("the container `{}` keeps capabilities that it may not need", container.name());
            let hint = "set `securityContext.capabilities.drop = [ \"ALL\" ];`";
            of_container(container, "securityContext.capabilities.drop", [container.at(&path), None], (message, hint))
        })
    })
}

fn added(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    match subject.pod {
        Some(pod) if is_for_windows(pod) => Outcome::NotApplicable,
        _ => added_capabilities(subject, &["NET_BIND_SERVICE"]),
    }
}
