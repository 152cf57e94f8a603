//! Baseline: what keeps a pod from taking over its node.

use super::super::super::lists;
use super::super::super::{Check, Container, Context, Failure, Outcome, Subject};
use super::super::{each_container, is_true, items, of_container, text};
use super::{at_value, set_values};
use crate::node::{Node, NodeKind};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "no-host-process", title: "no Windows container is a process of its host", run: host_process },
    Check { id: "no-host-namespaces", title: "pods do not share the namespaces of their node", run: host_namespaces },
    Check { id: "not-privileged", title: "no container is privileged", run: privileged },
    Check { id: "baseline-capabilities", title: "containers add no dangerous capabilities", run: capabilities },
    Check { id: "no-host-path", title: "no pod mounts a folder of its node", run: host_path },
    Check { id: "no-host-ports", title: "no container takes a port of its node", run: host_ports },
    Check { id: "no-host-probes", title: "probes and hooks ask the pod itself, and no other host", run: host_probes },
    Check { id: "app-armor", title: "no container leaves its AppArmor profile", run: app_armor },
    Check { id: "se-linux", title: "SELinux options keep containers confined", run: se_linux },
    Check { id: "proc-mount", title: "containers see `/proc` masked", run: proc_mount },
    Check { id: "seccomp-not-off", title: "no container turns seccomp off", run: seccomp },
    Check { id: "safe-sysctls", title: "pods set only safe kernel parameters", run: sysctls },
];

fn host_process(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let set = set_values(pod, &["windowsOptions", "hostProcess"]).into_iter().filter(|(value, _)| is_true(Some(value)));
    let message = "the pod runs as a process of its Windows host";
    Outcome::of(set.map(|(value, path)| at_value(value, path, message.into(), "remove `hostProcess`")).collect())
}

fn host_namespaces(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let failures = ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter_map(|field| {
        let value = pod.spec.get(field).filter(|value| is_true(Some(value)))?;
        let path = format!("{}.{field}", pod.path.join("."));
        Some(at_value(value, path, format!("the pod shares its node's namespace with `{field}`"), "remove it"))
    });
    Outcome::of(failures.collect())
}

fn privileged(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_container(subject, |container| {
        let value = container.at(&["securityContext", "privileged"]);
        is_true(value).then(|| {
            let message =
                format!("the container `{}` is privileged: it can do all that its node can", container.name());
            let hint = "remove `privileged`, and add the one capability that is needed";
            of_container(container, "securityContext.privileged", [value, None], (message, hint))
        })
    })
}

fn capabilities(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    added_capabilities(subject, lists::BASELINE_CAPABILITIES)
}

/// Capabilities that are added and are not among these.
pub(super) fn added_capabilities(subject: &Subject<'_>, allowed: &[&str]) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let failures = pod.containers().flat_map(|container| {
        let added = items(container.node, &["securityContext", "capabilities", "add"]).iter().enumerate();
        let wrong = added.filter_map(|(at, value)| Some((at, value, value.as_str()?)));
        let wrong = wrong.filter(|(_, _, name)| !allowed.contains(name));
        let (path, of) = (container.path(), container.name());
        wrong
            .map(move |(at, value, name)| {
                let path = format!("{path}.securityContext.capabilities.add[{at}]");
                let message = format!("the container `{of}` adds the capability `{name}`");
                at_value(value, path, message, "remove it, or move what needs it to a node agent of its own")
            })
            .collect::<Vec<_>>()
    });
    Outcome::of(failures.collect())
}

fn host_path(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let volumes = items(pod.spec, &["volumes"]).iter().enumerate();
    let failures = volumes.filter_map(|(at, volume)| {
        let value = volume.get("hostPath")?;
        let path = format!("{}.volumes[{at}].hostPath", pod.path.join("."));
        let name = text(volume, &["name"]).unwrap_or_default();
        let message = format!("the volume `{name}` is a folder of the node");
        Some(at_value(value, path, message, "use a PersistentVolumeClaim (`storage`), an `emptyDir`, or a CSI volume"))
    });
    Outcome::of(failures.collect())
}

fn host_ports(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let failures = pod.containers().flat_map(|container| {
        let ports = items(container.node, &["ports"]).iter().enumerate();
        let (path, of) = (container.path(), container.name());
        ports
            .filter_map(move |(at, port)| {
                let value = port.get("hostPort").filter(|value| value.kind != NodeKind::Int(0))?;
                let path = format!("{path}.ports[{at}].hostPort");
                let message = format!("the container `{of}` takes a port of its node");
                Some(at_value(value, path, message, "remove `hostPort`; a Service reaches the pods wherever they run"))
            })
            .collect::<Vec<_>>()
    });
    Outcome::of(failures.collect())
}

/// From 1.34 on.
fn host_probes(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.minor.0 < 34 {
        return Outcome::NotApplicable;
    }
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    Outcome::of(pod.containers().flat_map(|container| other_hosts(&container)).collect())
}

fn other_hosts(container: &Container<'_>) -> Vec<Failure> {
    let asked = lists::HANDLERS
        .iter()
        .flat_map(|handler| ["httpGet", "tcpSocket"].map(|how| [*handler, &[how, "host"]].concat()));
    let failures = asked.filter_map(|path| {
        let value = container.at(&path).filter(|value| value.as_str() != Some(""))?;
        let message = format!("`{}` of the container `{}` asks another host", path[0], container.name());
        let path = format!("{}.{}", container.path(), path.join("."));
        Some(at_value(value, path, message, "remove `host`: it is then the pod itself"))
    });
    failures.collect()
}

fn app_armor(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let hint = "use the profile `RuntimeDefault`, or a `Localhost` one";
    let fields = set_values(pod, &["appArmorProfile", "type"]).into_iter();
    let fields = fields.filter(|(value, _)| !matches!(value.as_str(), Some("RuntimeDefault" | "Localhost")));
    let unconfined =
        |(value, path): (&Node, String)| at_value(value, path, "AppArmor does not confine the container".into(), hint);
    let annotations = pod.metadata.and_then(|metadata| metadata.get("annotations")?.as_map());
    let annotations = annotations.map(|map| map.fields.as_slice()).unwrap_or_default().iter().filter(|field| {
        let profile = field.value.as_str().unwrap_or_default();
        field.key.starts_with("container.apparmor.security.beta.kubernetes.io/")
            && !(profile.is_empty() || profile == "runtime/default" || profile.starts_with("localhost/"))
    });
    let template = pod.path[..pod.path.len() - 1].join(".");
    let annotated = annotations.map(|field| {
        let path = [template.as_str(), "metadata.annotations"].into_iter().filter(|part| !part.is_empty());
        let path = format!("{}.\"{}\"", path.collect::<Vec<_>>().join("."), field.key);
        unconfined((&field.value, path))
    });
    Outcome::of(fields.map(unconfined).chain(annotated).collect())
}

fn se_linux(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let is_confined = |name: &str| lists::se_linux_types(subject.minor).any(|known| known == name);
    let types = set_values(pod, &["seLinuxOptions", "type"]).into_iter();
    let types = types.filter(|(value, _)| !is_confined(value.as_str().unwrap_or_default())).map(|(value, path)| {
        at_value(value, path, "the SELinux type is not one of containers".into(), "remove it, or use `container_t`")
    });
    let others = [&["seLinuxOptions", "user"], &["seLinuxOptions", "role"]];
    let others = others.into_iter().flat_map(|field| set_values(pod, field));
    let others = others.filter(|(value, _)| value.as_str() != Some("")).map(|(value, path)| {
        at_value(value, path, "the SELinux user or role is set".into(), "remove it; the runtime chooses it")
    });
    Outcome::of(types.chain(others).collect())
}

fn proc_mount(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_container(subject, |container| {
        let value = container.at(&["securityContext", "procMount"])?;
        (value.as_str() != Some("Default")).then(|| {
            let message = format!("the container `{}` sees all of `/proc`", container.name());
            of_container(container, "securityContext.procMount", [Some(value), None], (message, "remove `procMount`"))
        })
    })
}

fn seccomp(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let off = set_values(pod, &["seccompProfile", "type"]).into_iter();
    let off = off.filter(|(value, _)| !matches!(value.as_str(), Some("RuntimeDefault" | "Localhost")));
    let hint = "use the profile `RuntimeDefault`";
    Outcome::of(off.map(|(value, path)| at_value(value, path, "seccomp is turned off".into(), hint)).collect())
}

fn sysctls(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let minor = subject.minor.0;
    let is_safe = |name: &str| lists::SAFE_SYSCTLS.iter().any(|(safe, since)| *safe == name && *since <= minor);
    let set = items(pod.spec, &["securityContext", "sysctls"]).iter().enumerate();
    let failures = set.filter_map(|(at, sysctl)| {
        let value = sysctl.get("name")?;
        let name = value.as_str().filter(|name| !is_safe(name))?;
        let path = format!("{}.securityContext.sysctls[{at}].name", pod.path.join("."));
        let message = format!("the kernel parameter `{name}` is not a safe one for Kubernetes {}", subject.minor);
        Some(at_value(value, path, message, "remove it, or set it on the nodes"))
    });
    Outcome::of(failures.collect())
}
