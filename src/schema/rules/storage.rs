//! Claims, volumes and their classes.

use super::Rules;
use super::constraint::{self, Format, amount};
use crate::diag::Code;
use crate::node::NodeKind;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// What a claim asks for.
pub fn claim(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if at.is_empty_at("accessModes") {
        rules.report.missing(at, "accessModes", "a claim has at least one of the `accessModes`");
    }
    let modes = at.items_of("accessModes");
    if let Some(alone) = modes.iter().find(|mode| mode.str() == Some("ReadWriteOncePod")).filter(|_| modes.len() > 1) {
        rules.forbid(alone, "`ReadWriteOncePod` goes with no other access mode", "leave the others out");
    }
    let resources = at.get("resources");
    if resources.as_ref().is_some_and(|resources| resources.map().is_none()) {
        return;
    }
    let request = at.at(&["resources", "requests", "storage"]);
    match request {
        Some(request) if amount(&request).is_some_and(|amount| amount <= 0.0) => {
            rules.at(&request, Code::ValueOutOfRange, "a claim asks for more than nothing").hint =
                Some("write a size such as `10Gi`".to_owned());
        }
        None if !at.at(&["resources", "requests"]).is_some_and(|map| matches!(map.node().kind, NodeKind::Failed)) => {
            rules.report.missing(
                resources.as_ref().unwrap_or(at),
                "storage",
                "a claim says in `resources.requests.storage` how much it wants",
            );
        }
        _ => {}
    }
    data_sources(at, rules);
    if at.get("volumeMode").is_some_and(|mode| mode.str() == Some("")) {
        rules.require(at, "volumeMode");
    }
}

/// What a claim is filled from. The two fields for it say the same.
fn data_sources(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let (source, reference) = (at.get("dataSource"), at.get("dataSourceRef"));
    if let (Some(source), Some(reference)) = (&source, &reference) {
        let same = |field: &str| source.str_of(field) == reference.str_of(field);
        if !["apiGroup", "kind", "name"].into_iter().all(same) && reference.is_empty_at("namespace") {
            rules.forbid(source, "`dataSource` and `dataSourceRef` differ", "leave `dataSource` out");
        }
    }
    let Some(reference) = reference else { return };
    rules.require(&reference, "name");
    rules.require(&reference, "kind");
    if reference.is_empty_at("apiGroup") && reference.str_of("kind").is_some_and(|kind| kind != "PersistentVolumeClaim")
    {
        rules.forbid(
            &reference,
            "in the core group a claim can only be filled from a PersistentVolumeClaim",
            "add the `apiGroup` of the kind",
        );
    }
}

/// What a volume says of itself beside where it is.
const NOT_SOURCES: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

/// A volume is in one place. One that is wiped is not the root of a node's disk.
pub fn volume(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mut sources = rules.set_fields(at);
    sources.retain(|key| !NOT_SOURCES.contains(key));
    match sources.as_slice() {
        [] => rules.report.missing(at, "hostPath", "the volume has no source, such as `nfs` or `csi`"),
        [_] => {}
        several => rules.one_of(at, several, false),
    }
    if at.has("local") && !at.has("nodeAffinity") {
        rules.report.missing(at, "nodeAffinity", "a local volume is on a node, which `nodeAffinity` names");
    }
    for (name, value) in at.entries_of("capacity") {
        if name != "storage" {
            rules.report.at_key(&value, Code::NotAllowedHere, format!("a volume has no `{name}`")).hint =
                Some("give its size as `storage`".to_owned());
        } else if amount(&value).is_some_and(|amount| amount <= 0.0) {
            rules.at(&value, Code::ValueOutOfRange, "a volume has a size above zero").hint =
                Some("write a size such as `10Gi`".to_owned());
        }
    }
    let root = at.at(&["hostPath", "path"]).is_some_and(|path| path.str() == Some("/"));
    if let Some(policy) =
        at.get("persistentVolumeReclaimPolicy").filter(|policy| root && policy.str() == Some("Recycle"))
    {
        rules.forbid(&policy, "`Recycle` would wipe the whole disk of the node", "use `Retain`");
    }
}

/// Labels that a node must have, each once.
pub fn topology(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let expressions = at.items_of("matchLabelExpressions");
    rules.unique(&expressions, "key", "conditions");
    for expression in &expressions {
        let mut seen: Vec<&str> = Vec::new();
        for value in expression.items_of("values") {
            let Some(text) = value.str() else { continue };
            if seen.contains(&text) {
                rules.at(&value, Code::DuplicateListKey, format!("the value {text:?} is there twice")).hint =
                    Some("leave one out".to_owned());
            }
            seen.push(text);
        }
    }
}

/// A class of volumes: who makes them, and with what.
pub fn class(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for (key, value) in at.entries_of("parameters") {
        if key.is_empty() {
            rules.report.at_key(&value, Code::BadName, "a parameter has no name").hint =
                Some("give it a name, or leave it out".to_owned());
        }
    }
    if let Some(provisioner) = at.get("provisioner") {
        let good = |text: &str| text.is_empty() || formats::is_qualified_name(&text.to_lowercase());
        if provisioner.str().is_some_and(|text| !good(text)) {
            rules
                .at(
                    &provisioner,
                    Code::BadName,
                    format!("{:?} is not the name of a provisioner", provisioner.str().unwrap_or_default()),
                )
                .hint = Some("write it as `ebs.csi.aws.com` or `example.com/name`".to_owned());
        }
    }
}

/// A storage driver asks for tokens, each for another audience.
pub fn driver(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.unique(&at.items_of("tokenRequests"), "audience", "tokens");
}

/// A volume that is attached is one of two sorts.
pub fn attachment(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["inlineVolumeSpec", "persistentVolumeName"], true);
    if let Some(name) = at.get("persistentVolumeName") {
        rules.require(at, "persistentVolumeName");
        constraint::is(&name, "persistentVolumeName", Format::DnsSubdomain, rules);
    }
}
