//! The pod as a whole: what its containers and volumes must have in common.

use super::Rules;
use super::constraint::{self, amount};
use super::{containers, platform, resources, security};
use crate::diag::{Code, closest};
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// The lists of containers.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// A pod, or what a template makes.
pub fn pod_spec(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let all: Vec<Cursor<'_>> = CONTAINERS.iter().flat_map(|list| at.items_of(list)).collect();
    rules.unique(&all, "name", "containers");
    for list in ["initContainers", "containers"] {
        at.items_of(list).iter().for_each(|container| containers::image_needed(container, rules));
    }
    at.items_of("initContainers").iter().for_each(|container| init_container(container, rules));
    if let Some(ephemeral) = at.get("ephemeralContainers").filter(|list| !list.items().is_empty()) {
        rules.forbid(
            &ephemeral,
            "ephemeral containers cannot be there from the start",
            "add them to a running pod with `kubectl debug`",
        );
    }
    volumes(at, &all, rules);
    host_ports(at, rules);
    host_port_conflicts(&at.items_of("containers"), rules);
    restart_policies(at, rules);
    sleeps(at, &all, rules);
    dns(at, rules);
    security::namespaces(at, &all, rules);
    if let (Some(node), false) = (at.get("nodeName"), at.is_empty_at("schedulingGates")) {
        rules.forbid(&node, "a pod with `schedulingGates` cannot have a `nodeName` yet", "leave one of the two out");
    }
    resources::amounts(at, "overhead", rules);
    resources::pod_level(at, rules);
    platform::check(at, &all, rules);
    if let Some(name) = at.get("hostnameOverride").filter(|_| at.is_true("setHostnameAsFQDN")) {
        rules.forbid(&name, "`hostnameOverride` cannot be set with `setHostnameAsFQDN`", "leave one of them out");
    }
    if let Some(groups) = at.at(&["securityContext", "supplementalGroups"]) {
        groups.items().iter().for_each(|group| constraint::range(group, 0, 2_147_483_647, rules));
    }
    security::sysctls(at, rules);
    security::seccomp_and_app_armor(at, &all, rules);
}

/// A template without a `spec` lacks what the spec needs.
pub fn template(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if !at.has("spec") {
        rules.report.missing(at, "spec", "the template has no `spec`, and so no `containers`");
    }
    annotations(at, rules);
}

/// Settings that older versions had in annotations are still read.
pub fn annotations(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.get("spec") else { return };
    let Some(annotations) = at.at(&["metadata", "annotations"]) else { return };
    let names: Vec<&str> = CONTAINERS
        .iter()
        .flat_map(|list| spec.items_of(list))
        .filter_map(|container| container.str_of("name"))
        .collect();
    for (key, value) in annotations.entries() {
        let Some(text) = value.str() else { continue };
        let container = key.strip_prefix("container.apparmor.security.beta.kubernetes.io/");
        if let Some(container) = container.filter(|container| !names.contains(container)) {
            rules
                .report
                .at_key(&value, Code::UnknownReference, format!("the pod has no container {container:?}"))
                .hint = closest(container, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        }
        let profile = text.is_empty()
            || matches!(text, "runtime/default" | "unconfined" | "docker/default")
            || text.starts_with("localhost/");
        let seccomp = key == "seccomp.security.alpha.kubernetes.io/pod"
            || key.starts_with("container.seccomp.security.alpha.kubernetes.io/");
        if (container.is_some() || seccomp) && !profile {
            rules.at(&value, Code::NotInEnum, format!("{text:?} is not a profile")).hint =
                Some("write `runtime/default`, `unconfined` or `localhost/…`".to_owned());
        }
        if key == "kubernetes.io/config.mirror" && rules.kind.kind == "Pod" && spec.is_empty_at("nodeName") {
            rules.forbid(&value, "this annotation marks a node's own pod, which has a `nodeName`", "leave it out");
        }
    }
}

/// One that starts and ends before the others has no health to probe; one that stays (`restartPolicy: Always`) has.
fn init_container(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(policy) = at.get("restartPolicy").filter(|_| rules.minor >= Minor(29)) {
        // Containers with policies of their own came later.
        let words: &[&str] = if rules.minor >= Minor(35) { &["Always", "OnFailure", "Never"] } else { &["Always"] };
        constraint::one_of(&policy, words, rules);
    }
    if at.str_of("restartPolicy") == Some("Always") && rules.minor >= Minor(29) {
        return;
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe_at) = at.get(probe) {
            rules.forbid(
                &probe_at,
                format!("an init container that ends cannot have a {probe}"),
                "leave it out, or set `restartPolicy = \"Always\"`",
            );
        }
    }
    if let Some(hook) = at.get("lifecycle") {
        rules.forbid(
            &hook,
            "an init container that ends cannot have `lifecycle` hooks",
            "leave them out, or set `restartPolicy = \"Always\"`",
        );
    }
}

/// Containers have restart policies of their own since 1.34; before, only init containers had.
fn restart_policies(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if !(Minor(29)..Minor(34)).contains(&rules.minor) {
        return;
    }
    for policy in at.items_of("containers").iter().filter_map(|container| container.get("restartPolicy")) {
        rules.forbid(
            &policy,
            "only init containers have a `restartPolicy` of their own",
            "set the pod's `restartPolicy`",
        );
    }
}

/// Mounts and devices of volumes that the pod does not have.
fn volumes(at: &Cursor<'_>, containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    // A StatefulSet's claim templates are volumes of its pods too, and stand outside the pod.
    if rules.kind.kind == "StatefulSet" {
        return;
    }
    let volumes = at.items_of("volumes");
    if volumes.iter().any(|volume| volume.get("name").is_some_and(|name| name.str().is_none()))
        || at.get("volumes").is_some_and(|v| v.failed())
    {
        return;
    }
    let names: Vec<&str> = volumes.iter().filter_map(|volume| volume.str_of("name")).collect();
    for container in containers {
        references(container, &names, rules);
        block_devices(container, &volumes, rules);
    }
}

/// The mounts and devices of one container, against the names of volumes.
pub fn references(container: &Cursor<'_>, names: &[&str], rules: &mut Rules<'_>) {
    for list in ["volumeMounts", "volumeDevices"] {
        for mount in container.items_of(list) {
            let Some(name) = mount.get("name") else { continue };
            let Some(text) = name.str().filter(|text| !text.is_empty() && !names.contains(text)) else { continue };
            let hint = match closest(text, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add a volume {text:?} to `volumes`"),
            };
            rules.at(&name, Code::UnknownReference, format!("the pod has no volume {text:?}")).hint = Some(hint);
        }
    }
}

fn block_devices(container: &Cursor<'_>, volumes: &[Cursor<'_>], rules: &mut Rules<'_>) {
    for device in container.items_of("volumeDevices") {
        let name = device.str_of("name").filter(|name| !name.is_empty());
        let Some(volume) = volumes.iter().find(|volume| name.is_some() && volume.str_of("name") == name) else {
            continue;
        };
        if !volume.has("persistentVolumeClaim") && !volume.has("ephemeral") {
            rules.forbid(
                &device,
                "only a claimed volume can be a raw device",
                "use `volumeMounts`, or a `persistentVolumeClaim`",
            );
        }
    }
}

fn host_ports(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if !at.is_true("hostNetwork") {
        return;
    }
    for port in at.items_of("containers").iter().flat_map(|container| container.items_of("ports")) {
        let (Some(host), Some(inside)) = (port.get("hostPort"), port.int_of("containerPort")) else { continue };
        if host.int().is_some_and(|outside| outside != 0 && outside != inside) {
            rules.forbid(
                &host,
                "on the host's network `hostPort` is the same as `containerPort`",
                "leave `hostPort` out",
            );
        }
    }
}

/// Two containers cannot have the same port of the node.
fn host_port_conflicts(containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    let mut seen: Vec<(i64, &str, &str)> = Vec::new();
    for port in containers.iter().flat_map(|container| container.items_of("ports")) {
        let Some(number) = port.int_of("hostPort").filter(|number| *number != 0) else { continue };
        let protocol = port.str_of("protocol").filter(|word| !word.is_empty()).unwrap_or("TCP");
        let key = (number, protocol, port.str_of("hostIP").unwrap_or(""));
        if seen.contains(&key) {
            rules.at(&port, Code::DuplicateListKey, format!("two ports want the `hostPort` {number}")).hint =
                Some("give them different ones".to_owned());
        }
        seen.push(key);
    }
}

/// A hook cannot sleep longer than the pod has to end.
fn sleeps(at: &Cursor<'_>, containers: &[Cursor<'_>], rules: &mut Rules<'_>) {
    let grace = match at.get("terminationGracePeriodSeconds") {
        Some(grace) => grace.int(),
        None => Some(30),
    };
    // Sleeping for no time at all came later.
    let least = if rules.minor >= Minor(33) { 0 } else { 1 };
    for hook in containers
        .iter()
        .flat_map(|container| [container.at(&["lifecycle", "preStop"]), container.at(&["lifecycle", "postStart"])])
        .flatten()
    {
        let Some(sleep) = hook.get("sleep").filter(|sleep| sleep.map().is_some()) else { continue };
        let seconds = sleep.get("seconds").unwrap_or(sleep);
        let number = if seconds.map().is_some() { Some(0) } else { seconds.int() };
        let (Some(number), Some(grace)) = (number, grace) else { continue };
        if number < least || number > grace {
            rules
                .at(
                    &seconds,
                    Code::ValueOutOfRange,
                    format!("`seconds` is {number}, but must be from {least} to {grace}, the pod's time to end"),
                )
                .hint = Some("shorten it, or raise `terminationGracePeriodSeconds`".to_owned());
        }
    }
}

fn dns(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let config = at.get("dnsConfig");
    if at.str_of("dnsPolicy") == Some("None") && config.as_ref().is_none_or(|config| config.is_empty_at("nameservers"))
    {
        rules.report.missing(at, "dnsConfig", "`dnsPolicy` `None` needs nameservers in `dnsConfig`");
    }
    let Some(config) = config else { return };
    let servers = config.items_of("nameservers");
    if servers.len() > 3 {
        rules.at(&servers[3], Code::ValueOutOfRange, "a pod has at most 3 nameservers").hint =
            Some("leave some out".to_owned());
    }
    for server in servers {
        constraint::is(&server, "nameservers", constraint::Format::Ip, rules);
    }
    let searches = config.items_of("searches");
    if searches.len() > 32 {
        rules.at(&searches[32], Code::ValueOutOfRange, "a pod has at most 32 search domains").hint =
            Some("leave some out".to_owned());
    }
    for search in searches {
        let name = search.str().map(|name| name.strip_suffix('.').unwrap_or(name).replace('_', "-"));
        if name.is_some_and(|name| !name.is_empty() && !formats::is_dns_subdomain(name.trim_matches('-'))) {
            let text = search.str().unwrap_or_default();
            rules.at(&search, Code::BadName, format!("{text:?} is not a DNS name")).hint =
                Some("write lower-case letters, digits, `-` and `.`".to_owned());
        }
    }
}

/// Whether one amount is above another.
pub fn above(first: &Cursor<'_>, second: &Cursor<'_>) -> bool {
    matches!((amount(first), amount(second)), (Some(first), Some(second)) if first > second * (1.0 + 1e-12))
}
