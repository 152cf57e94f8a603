//! Names, namespaces, labels, annotations and owners.

use super::Rules;
use super::constraint::{self, Format, label_key, label_value};
use crate::diag::Code;
use crate::schema::catalogue::Kind;
use crate::schema::validate::Cursor;
use crate::schema::{crd, formats};

/// The most bytes that the annotations of an object may take together.
const ANNOTATION_BYTES: usize = 256 * 1024;

/// What a name must look like.
enum NameFormat {
    Subdomain,
    Label,
    Label1035,
    PathSegment,
    Anything,
}

/// What concerns the object as a whole: that it has a name, and that the name is one of its kind.
pub fn check_object(root: &Cursor<'_>, rules: &mut Rules<'_>) {
    let group = rules.kind.group.as_str();
    // Reviews are questions to the server, and have no name.
    if matches!(group, "authentication.k8s.io" | "authorization.k8s.io") {
        return;
    }
    let metadata = root.get("metadata");
    if metadata.as_ref().is_some_and(|metadata| metadata.map().is_none()) {
        return;
    }
    let at = metadata.as_ref().unwrap_or(root);
    let named = |key: &str| metadata.as_ref().is_some_and(|metadata| !metadata.is_empty_at(key));
    if !named("name") && !named("generateName") {
        rules.report.missing(at, "name", "the object has no `metadata.name`");
        return;
    }
    if let Some(name) = metadata.as_ref().and_then(|metadata| metadata.get("name")) {
        check_name(&name, rules);
    }
    if let Some(prefix) = metadata.as_ref().and_then(|metadata| metadata.get("generateName")) {
        check_prefix(&prefix, rules);
    }
    if let Some(namespace) = metadata.as_ref().and_then(|metadata| metadata.get("namespace")) {
        constraint::is(&namespace, "namespace", Format::DnsLabel, rules);
    }
}

/// What the server puts characters behind must be the beginning of a good name.
fn check_prefix(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(prefix) = at.str().filter(|prefix| !prefix.is_empty()) else { return };
    if !is_name(rules.kind, &format!("{}a", prefix.trim_end_matches('-'))) {
        let message = format!("{prefix:?} cannot begin the name of a {}", rules.kind.kind);
        rules.at(at, Code::BadName, message).hint = Some("write lower-case letters, digits and `-`".to_owned());
    }
}

fn check_name(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(name) = at.str().filter(|name| !name.is_empty()) else { return };
    let hint = match name_format(rules.kind) {
        NameFormat::Subdomain => "write lower-case letters, digits, `-` and `.`, with a letter or digit at both ends",
        NameFormat::Label => "write at most 63 lower-case letters, digits and `-`, with a letter or digit at both ends",
        NameFormat::Label1035 => "begin with a lower-case letter; then at most 62 letters, digits and `-`",
        NameFormat::PathSegment | NameFormat::Anything => "write it without `/` and `%`",
    };
    if !is_name(rules.kind, name) {
        let message = format!("{name:?} cannot be the name of a {}", rules.kind.kind);
        rules.at(at, Code::BadName, message).hint = Some(hint.to_owned());
    }
    let kind = own_kind(rules.kind);
    if kind == "CronJob" && name.len() > 52 {
        rules
            .at(
                at,
                Code::BadName,
                format!("the name of a CronJob has at most 52 characters, and this one has {}", name.len()),
            )
            .hint = Some("the names of its jobs add 11 characters and must fit in 63".to_owned());
    }
    // The pods of a job carry its name as a label.
    if kind == "Job" && name.len() > 63 {
        let message = format!("the name of a Job has at most 63 characters, and this one has {}", name.len());
        rules.at(at, Code::BadName, message).hint = Some("shorten it".to_owned());
    }
    if kind == "PriorityClass"
        && name.starts_with("system-")
        && !matches!(name, "system-node-critical" | "system-cluster-critical")
    {
        rules.at(at, Code::BadName, format!("{name:?}: names that begin with `system-` are reserved")).hint =
            Some("use another prefix".to_owned());
    }
}

/// Which of Kubernetes' own kinds it is; a custom one that is called alike is none of them.
fn own_kind(kind: &Kind) -> &str {
    if crd::name_parts(&kind.type_name).is_some() { "" } else { &kind.kind }
}

fn is_name(kind: &Kind, name: &str) -> bool {
    match name_format(kind) {
        NameFormat::Subdomain => formats::is_dns_subdomain(name),
        NameFormat::Label => formats::is_dns_label(name),
        NameFormat::Label1035 => formats::is_dns_label_1035(name),
        NameFormat::PathSegment => formats::is_path_segment(name),
        NameFormat::Anything => true,
    }
}

fn name_format(kind: &Kind) -> NameFormat {
    match own_kind(kind) {
        "Namespace" => NameFormat::Label,
        "Service" => NameFormat::Label1035,
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" | "APIService" => NameFormat::PathSegment,
        "StatefulSet" => NameFormat::Label,
        "Event" | "CertificateSigningRequest" | "IPAddress" | "ComponentStatus" => NameFormat::Anything,
        _ => NameFormat::Subdomain,
    }
}

/// What concerns the metadata of an object or of a template.
pub fn check_metadata(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for (key, value) in at.entries_of("labels") {
        label_key(&value, key, rules);
        label_value(&value, rules);
    }
    let annotations = at.entries_of("annotations");
    let mut bytes = 0;
    for (key, value) in &annotations {
        bytes += key.len() + value.str().map_or(0, str::len);
        // Unlike those of labels, keys of annotations may be in upper case before the `/`.
        label_key(value, &key.to_lowercase(), rules);
    }
    if let (true, Some(annotations)) = (bytes > ANNOTATION_BYTES, at.get("annotations")) {
        rules
            .at(
                &annotations,
                Code::BadLabel,
                format!("the annotations have {bytes} bytes, and at most {ANNOTATION_BYTES} are allowed"),
            )
            .hint = Some("keep large data in a ConfigMap".to_owned());
    }
    owners(at, rules);
}

fn owners(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let owners = at.items_of("ownerReferences");
    for owner in &owners {
        for field in ["apiVersion", "kind", "name", "uid"] {
            rules.require(owner, field);
        }
    }
    let controllers: Vec<&Cursor<'_>> = owners.iter().filter(|owner| owner.is_true("controller")).collect();
    if let [_, second, ..] = controllers.as_slice() {
        rules.at(second, Code::ExactlyOneOf, "only one owner can be the controller").hint =
            Some("leave `controller` out of the others".to_owned());
    }
}
