//! Containers: images, ports, environment, probes, life cycle hooks.

use super::Rules;
use super::{constraint, resources};
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// A container, of whatever sort.
pub fn container(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let ports = at.items_of("ports");
    rules.unique(&ports, "name", "ports");
    mount_paths(at, rules);
    for hook in ["livenessProbe", "startupProbe"] {
        let Some(threshold) = at.at(&[hook, "successThreshold"]) else { continue };
        if threshold.int().is_some_and(|count| count > 1) {
            rules
                .at(
                    &threshold,
                    Code::ValueOutOfRange,
                    format!("a {hook} succeeds at once, so its `successThreshold` is 1"),
                )
                .hint = Some("leave `successThreshold` out".to_owned());
        }
    }
    if let Some(grace) = at.at(&["readinessProbe", "terminationGracePeriodSeconds"]) {
        rules.forbid(
            &grace,
            "a readinessProbe ends nothing, so it takes no `terminationGracePeriodSeconds`",
            "leave it out",
        );
    }
    if let Some(resources) = at.get("resources") {
        resources::requirements(&resources, rules);
    }
    security(at, rules);
}

fn mount_paths(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let devices = at.items_of("volumeDevices");
    for mount in at.items_of("volumeMounts") {
        let Some(name) = mount.str_of("name").filter(|name| !name.is_empty()) else { continue };
        if devices.iter().any(|device| device.str_of("name") == Some(name)) {
            rules.forbid(
                &mount,
                format!("the volume {name:?} is both mounted and a raw device"),
                "keep it in `volumeMounts` or in `volumeDevices`",
            );
        }
    }
}

fn security(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(context) = at.get("securityContext") else { return };
    let escalates = context.get("allowPrivilegeEscalation");
    let Some(escalates) = escalates.filter(|flag| flag.node().kind == crate::node::NodeKind::Bool(false)) else {
        return;
    };
    if context.is_true("privileged") {
        rules.forbid(
            &escalates,
            "a privileged container cannot have `allowPrivilegeEscalation = false`",
            "leave out `privileged`",
        );
    }
    let added = context.get("capabilities").map_or_else(Vec::new, |capabilities| capabilities.items_of("add"));
    if added.iter().any(|capability| capability.str() == Some("CAP_SYS_ADMIN")) {
        rules.forbid(
            &escalates,
            "`CAP_SYS_ADMIN` allows what `allowPrivilegeEscalation = false` denies",
            "leave out one of the two",
        );
    }
}

/// A container of a pod that runs at once, or of a template for such pods.
pub fn image_needed(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.require(at, "image");
}

/// An environment variable.
pub fn env_var(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(name) = at.get("name") {
        env_name(&name, rules);
    }
    if let Some(source) = at.get("valueFrom").filter(|_| !at.is_empty_at("value")) {
        rules
            .at(&source, Code::ExactlyOneOf, "an environment variable has a `value` or a `valueFrom`, not both")
            .hint = Some("leave one of them out".to_owned());
    }
}

/// Since 1.32 nearly everything may name a variable.
fn env_name(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let relaxed = rules.minor >= Minor(32);
    let Some(name) = at.str().filter(|name| !name.is_empty() && !formats::is_env_name(name, relaxed)) else { return };
    rules.at(at, Code::BadName, format!("{name:?} cannot name an environment variable")).hint =
        Some("write letters, digits, `_`, `-` and `.`, and do not begin with a digit".to_owned());
}

/// Many variables from one object.
pub fn env_from(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["configMapRef", "secretRef"], true);
    if let Some(prefix) = at.get("prefix") {
        env_name(&prefix, rules);
    }
    for source in ["configMapRef", "secretRef"] {
        if let Some(source) = at.get(source) {
            rules.require(&source, "name");
        }
    }
}

/// Where a variable's value comes from.
pub fn env_source(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"], true);
    for source in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(source) = at.get(source) {
            rules.require(&source, "name");
        }
    }
    if let Some(path) = at.at(&["fieldRef", "fieldPath"]) {
        // The list of all addresses came with 1.29.
        let hidden = if rules.minor < Minor(29) { "status.hostIPs" } else { "" };
        let fields: Vec<&str> = ENV_FIELDS.iter().copied().filter(|field| *field != hidden).collect();
        field_path(&path, &fields, rules);
    }
    if let Some(resource) = at.at(&["resourceFieldRef", "resource"]) {
        resource_field(&resource, rules);
    }
    divisor(at, rules);
}

const ENV_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// A path to a field of the pod: one of these, or one label or annotation.
pub fn field_path(at: &Cursor<'_>, fields: &[&str], rules: &mut Rules<'_>) {
    let Some(path) = at.str().filter(|path| !path.is_empty()) else { return };
    let subscript = ["metadata.labels", "metadata.annotations"]
        .iter()
        .find_map(|map| path.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']"));
    if let Some(key) = subscript {
        return constraint::label_key(at, &key.to_lowercase(), rules);
    }
    if !fields.contains(&path) {
        let list = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        rules.at(at, Code::NotInEnum, format!("{path:?} is not a field that a container can be told")).hint =
            Some(format!("write one of {list}, or a label as `metadata.labels['key']`"));
    }
}

/// The name of one of a container's own resources.
pub fn resource_field(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(name) = at.str().filter(|name| !name.is_empty()) else { return };
    let resource = name.strip_prefix("limits.").or(name.strip_prefix("requests."));
    let known = resource
        .is_some_and(|name| matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-"));
    if !known {
        rules.at(at, Code::NotInEnum, format!("{name:?} is not a resource of a container")).hint = Some(
            "write `limits.` or `requests.`, then `cpu`, `memory`, `ephemeral-storage` or `hugepages-…`".to_owned(),
        );
    }
}

/// The unit in which a resource is told.
pub fn divisor(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(reference) = at.get("resourceFieldRef") else { return };
    let (Some(resource), Some(divisor)) = (reference.str_of("resource"), reference.get("divisor")) else { return };
    let text = match &divisor.node().kind {
        crate::node::NodeKind::Str(text) => text.to_string(),
        crate::node::NodeKind::Int(number) => number.to_string(),
        _ => return,
    };
    let allowed: &[&str] = match resource.split_once('.') {
        Some((_, "cpu")) => &["0", "1", "1m"],
        Some(_) => &["0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"],
        None => return,
    };
    if !allowed.contains(&text.as_str()) {
        rules.at(&divisor, Code::NotInEnum, format!("{resource} cannot be told in units of {text:?}")).hint =
            Some(format!("write one of {}", allowed[1..].join(", ")));
    }
}

const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];

/// A probe asks in exactly one way.
pub fn probe(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &HANDLERS, true);
}

/// So does a hook.
pub fn lifecycle_handler(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["exec", "httpGet", "tcpSocket", "sleep"], true);
}
