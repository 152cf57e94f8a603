//! Exceptions from controls, as conditions on the objects that they speak of.

use super::Subject;
use super::cel;
use super::rules::Demands;
use crate::layers::Object;
use crate::node::Node;
use crate::policy::compliance::Check;

/// The label by which objects of an application are known, and its pods whatever their names.
const NAME: &str = "variables.labels[?'app.kubernetes.io/name'].orValue('')";
const OWN_NAME: &str = "object.metadata.?name.orValue('')";

/// The conditions under which objects need not pass a check.
pub(super) fn from(check: &Check, subject: Subject, demands: &Demands<'_>) -> Vec<String> {
    let names_it = |control: &str| {
        let of = demands.used.iter().map(|(framework, _)| framework);
        control == check.id
            || of.into_iter().any(|framework| {
                let bare = control.strip_prefix(framework.key).map_or(control, str::trim_start);
                framework.controls().any(|one| one.id == bare && one.checks.contains(&check.id))
            })
    };
    let meant = demands.exceptions.iter().filter(|exception| names_it(&exception.control));
    meant.filter_map(|exception| condition(&exception.object, subject)).collect()
}

/// That an object is one that an exception speaks of: an application by name, or objects as `Kind/name` or
/// `Kind/namespace/name`. `None`: no object of this subject is.
fn condition(object: &str, subject: Subject) -> Option<String> {
    let parts: Vec<&str> = object.split('/').collect();
    let (kind, namespace, name) = match parts[..] {
        [name] => (None, None, name),
        [kind, name] => (Some(kind), None, name),
        [kind, namespace, name] => (Some(kind), Some(namespace), name),
        _ => return None,
    };
    // What a workload is excepted from, its pods are.
    let mut is_it = match (kind, subject.has_pods()) {
        (None, _) | (_, true) => format!("{} || {}", cel::is_like(NAME, name), cel::is_like(OWN_NAME, name)),
        (Some(_), false) => cel::is_like(OWN_NAME, name),
    };
    if let Some(kind) = kind
        && !subject.has_pods()
    {
        let kinds = subject.kinds().filter(|known| cel::matches(kind, known));
        let kinds: Vec<&str> = kinds.collect();
        if kinds.is_empty() {
            return None;
        }
        is_it = format!("object.kind in {} && {}", cel::texts(kinds), cel::grouped(&is_it));
    }
    if let Some(namespace) = namespace {
        let lives = cel::is_like("object.metadata.?namespace.orValue('')", namespace);
        is_it = format!("{lives} && {}", cel::grouped(&is_it));
    }
    Some(is_it)
}

/// What `framework.policies.exclude` names: the objects of which all holds that is said.
pub(super) struct Exclusion<'a> {
    kind: Option<&'a str>,
    name: Option<&'a str>,
    namespace: Option<&'a str>,
    labels: Vec<(&'a str, &'a str)>,
}

impl<'a> Exclusion<'a> {
    /// Reads an item of the option.
    pub(super) fn read(item: &'a Node) -> Exclusion<'a> {
        let text = |key: &str| item.get(key).and_then(Node::as_str);
        let labels = item.get("labels").and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        let labels = labels.iter().filter_map(|label| Some((label.key.as_str(), label.value.as_str()?)));
        Exclusion { kind: text("kind"), name: text("name"), namespace: text("namespace"), labels: labels.collect() }
    }

    /// Whether it is for an object.
    pub(super) fn covers(&self, object: &Object) -> bool {
        let is_like = |pattern: Option<&str>, text: &str| pattern.is_none_or(|pattern| cel::matches(pattern, text));
        let namespace = if object.namespace().is_empty() { "default" } else { object.namespace() };
        let label = |key: &str| object.node.at(&["metadata", "labels", key]).and_then(Node::as_str).unwrap_or_default();
        is_like(self.kind, object.kind())
            && is_like(self.name, object.name())
            && is_like(self.namespace, namespace)
            && self.labels.iter().all(|(key, pattern)| cel::matches(pattern, label(key)))
    }

    /// The same in CEL. `None`: it is for none of these.
    fn condition(&self, subject: Subject) -> Option<String> {
        let mut all = Vec::new();
        if let Some(wanted) = self.kind {
            let kinds: Vec<&str> = subject.kinds().filter(|kind| cel::matches(wanted, kind)).collect();
            match kinds.len() {
                0 => return None,
                many if many == subject.kinds().count() => {}
                _ => all.push(format!("object.kind in {}", cel::texts(kinds))),
            }
        }
        all.extend(self.name.map(|name| cel::is_like(OWN_NAME, name)));
        all.extend(self.namespace.map(|name| cel::is_like("object.metadata.?namespace.orValue('')", name)));
        all.extend(self.labels.iter().map(|(key, pattern)| {
            let value = format!("object.metadata.?labels[?{}].orValue('')", cel::text(key));
            cel::is_like(&value, pattern)
        }));
        Some(if all.is_empty() { "true".to_string() } else { all.join(" && ") })
    }
}

/// The conditions that leave out what is being deleted, and what is excluded; a name each.
pub(super) fn excluded(exclude: &[Node], subject: Subject) -> Vec<(&'static str, String)> {
    let items: Vec<String> = exclude.iter().filter_map(|item| Exclusion::read(item).condition(subject)).collect();
    let mut conditions = vec![("not-deleted", "!has(object.metadata.deletionTimestamp)".to_string())];
    if !items.is_empty() {
        let all: Vec<String> = items.iter().map(|item| format!("!({item})")).collect();
        conditions.push(("not-excluded", all.join(" && ")));
    }
    conditions
}
