//! Volumes and what they are made from.

use super::Rules;
use super::containers;
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// A volume has at most one source (none is an empty folder).
pub fn volume(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mut sources = rules.set_fields(at);
    sources.retain(|key| *key != "name");
    if sources.len() > 1 {
        rules.one_of(at, &sources, false);
    }
    if let Some(secret) = at.at(&["csi", "nodePublishSecretRef"]) {
        rules.require(&secret, "name");
    }
    if let Some(driver) = at.at(&["csi", "driver"]) {
        let text = driver.str().unwrap_or_default();
        if !text.is_empty() && !formats::is_dns_subdomain(&text.to_lowercase()) {
            rules.at(&driver, Code::BadName, format!("{text:?} is not the name of a CSI driver")).hint =
                Some("write letters, digits, `-` and `.`, as in `ebs.csi.aws.com`".to_owned());
        }
    }
    if at.at(&["csi", "driver"]).is_some_and(|driver| driver.str().is_some_and(|name| name.len() > 63)) {
        rules.at(at, Code::BadName, "the name of a CSI driver has at most 63 characters").hint =
            Some("use the driver's own name".to_owned());
    }
    if let Some(disk) = at.get("azureDisk") {
        azure_disk(&disk, rules);
    }
    if let Some(projected) = at.get("projected") {
        projection(&projected, rules);
    }
}

/// A managed disk has a resource id, another one the address of a blob.
fn azure_disk(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(uri) = at.get("diskURI") else { return };
    let start = if at.str_of("kind") == Some("Managed") { "/subscriptions/" } else { "https://" };
    if uri.str().is_some_and(|text| !text.is_empty() && !text.starts_with(start)) {
        rules.at(&uri, Code::BadFormat, format!("the URI of such a disk begins with `{start}`")).hint =
            Some("check `kind`, which is `Managed` for managed disks".to_owned());
    }
}

/// Each source of a projected volume is one thing, and no two write the same file.
fn projection(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mut paths: Vec<&str> = Vec::new();
    for source in at.items_of("sources") {
        let set: Vec<&str> = source.entries().iter().map(|(key, _)| *key).filter(|key| source.has(key)).collect();
        if set.len() > 1 {
            rules.one_of(&source, &set, false);
        }
        let files = ["secret", "configMap", "downwardAPI"]
            .iter()
            .filter_map(|kind| source.get(kind))
            .flat_map(|kind| kind.items_of("items"));
        for path in files.filter_map(|file| file.get("path")) {
            let Some(text) = path.str().filter(|text| !text.is_empty()) else { continue };
            if paths.contains(&text) {
                rules.at(&path, Code::DuplicateListKey, format!("two files of this volume are at {text:?}")).hint =
                    Some("give them different paths".to_owned());
            }
            paths.push(text);
        }
    }
}

/// Where a volume appears in a container.
pub fn volume_mount(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let (false, Some(expression)) =
        (at.is_empty_at("subPath"), at.get("subPathExpr").filter(|text| text.str() != Some("")))
    {
        rules.at(&expression, Code::ExactlyOneOf, "only one of `subPath` and `subPathExpr` can be set").hint =
            Some("leave one of them out".to_owned());
    }
}

const FILE_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A file with something of the pod in it.
pub fn downward_file(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["fieldRef", "resourceFieldRef"], true);
    if let Some(path) = at.at(&["fieldRef", "fieldPath"]) {
        containers::field_path(&path, FILE_FIELDS, rules);
    }
    if let Some(resource) = at.get("resourceFieldRef") {
        if let Some(name) = resource.get("resource") {
            containers::resource_field(&name, rules);
        }
        // A volume belongs to no container, so it must say whose resources are meant.
        rules.require(&resource, "containerName");
    }
    containers::divisor(at, rules);
}

/// An iSCSI volume: names in its own formats, and a secret where it logs in.
pub fn iscsi(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for field in ["iqn", "initiatorName"] {
        let Some(name) = at.get(field) else { continue };
        let good =
            |text: &str| text.is_empty() || ["iqn.", "eui.", "naa."].iter().any(|prefix| text.starts_with(prefix));
        if name.str().is_some_and(|text| !good(text)) {
            rules.at(&name, Code::BadName, format!("`{field}` is not the name of an iSCSI node")).hint =
                Some("begin with `iqn.`, `eui.` or `naa.`".to_owned());
        }
    }
    if (at.is_true("chapAuthDiscovery") || at.is_true("chapAuthSession")) && !at.has("secretRef") {
        rules.report.missing(at, "secretRef", "CHAP needs a `secretRef`");
    }
}
