//! What the labels of nxk's own output say of compliance, as a configuration says it.
//!
//! These labels cannot be written by hand where a configuration reserves them: `framework.compliance` says what most objects
//! have, and entries say what differs. Where that does not give the same objects, nothing is reserved: the labels are
//! those of another domain ([`Compliance::elsewhere`]).

use std::collections::BTreeMap;

use ecow::EcoString;

use super::compare::bare;
use crate::layers::Object;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// The domain of the labels unless a configuration says otherwise.
const USUAL_PREFIX: &str = "enterprise.com";
/// The domain where that one is not to be touched.
const OTHER_PREFIX: &str = "nxk.build";

/// The label of namespaces that says which pods they admit.
const ADMITS: &str = "pod-security.kubernetes.io/enforce";

/// The names of the labels behind the domain, and of the options that they are made of.
const LABELS: [(&str, &str); 5] = [
    ("regulatory-framework", "framework"),
    ("compliance-level", "level"),
    ("owner-team", "owner"),
    ("data-classification", "dataClassification"),
    ("audit-required", "auditRequired"),
];

/// What is said of compliance, in the order of [`LABELS`].
pub(super) type Said = [Option<EcoString>; 5];

/// See the module.
#[derive(Debug)]
pub(super) struct Compliance {
    /// The domain of the labels and annotations in the manifests.
    found: EcoString,
    /// The domain that the configuration will use.
    prefix: EcoString,
    /// What holds where an entry says nothing.
    usual: Said,
    /// The labels that every object has besides.
    labels: Map,
}

impl Compliance {
    /// What most objects say.
    pub fn of(objects: &[Object]) -> Compliance {
        let prefix = objects.iter().find_map(traced_prefix).unwrap_or(USUAL_PREFIX.into());
        let labels = labels_of_all(objects, &prefix);
        let mut compliance = Compliance { found: prefix.clone(), prefix, usual: Said::default(), labels };
        let mut counts: BTreeMap<Said, usize> = BTreeMap::new();
        for object in objects {
            *counts.entry(compliance.said(object)).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        compliance.usual = most.map(|(said, _)| said).unwrap_or_default();
        compliance
    }

    /// The same manifests with labels that are nothing but labels.
    pub fn elsewhere(&self) -> Compliance {
        Compliance {
            found: self.found.clone(),
            prefix: OTHER_PREFIX.into(),
            usual: Said::default(),
            labels: Map::default(),
        }
    }

    /// Whether nothing is said that could be said otherwise.
    pub fn is_plain(&self, objects: &[Object]) -> bool {
        let nothing =
            self.labels.fields.is_empty() && objects.iter().all(|object| self.said(object) == Said::default());
        self.prefix == OTHER_PREFIX || nothing
    }

    /// The domain of what nxk wrote into the manifests.
    pub fn found_prefix(&self) -> &str {
        &self.found
    }

    /// The domain of what a compile of the configuration writes.
    pub fn new_prefix(&self) -> &str {
        &self.prefix
    }

    /// Takes the labels of compliance out of labels.
    pub fn split(&self, labels: &mut Map) -> Said {
        let mut said = Said::default();
        labels.fields.retain(|field| self.labels.get(&field.key) != Some(&bare(&field.value)));
        labels.fields.retain(|field| {
            let name = field.key.strip_prefix(self.prefix.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let Some(at) = LABELS.iter().position(|(label, _)| Some(*label) == name) else { return true };
            said[at] = field.value.as_str().map(EcoString::from);
            said[at].is_none()
        });
        said
    }

    /// What an entry says itself; `None` where it cannot: it cannot take back what holds for all.
    pub fn of_entry(&self, said: &Said) -> Option<Option<Node>> {
        let mut own = Said::default();
        for (at, (said, usual)) in said.iter().zip(&self.usual).enumerate() {
            match (said, usual) {
                (None, Some(_)) => return None,
                (said, usual) if said != usual => own[at] = said.clone(),
                _ => {}
            }
        }
        Some(options(&own))
    }

    /// `framework.compliance`
    pub fn of_framework(&self) -> Option<Node> {
        let mut map = options(&self.usual).and_then(|node| node.as_map().cloned()).unwrap_or_default();
        if self.prefix != USUAL_PREFIX {
            map.set("labelPrefix", Span::NONE, Node::string(self.prefix.clone(), Span::NONE));
        }
        if !self.labels.fields.is_empty() {
            map.set("labels", Span::NONE, Node::new(NodeKind::Map(self.labels.clone()), Span::NONE));
        }
        (!map.fields.is_empty()).then(|| Node::new(NodeKind::Map(map), Span::NONE))
    }

    /// Whether an entry of a namespace says nothing but what all namespaces have: the level tells which pods they admit.
    pub fn is_usual_namespace(&self, said: &Map) -> bool {
        let admitted = match self.usual[1].as_deref() {
            None | Some("unrestricted") => return said.fields.is_empty(),
            Some("high" | "strict" | "restricted") => "restricted",
            Some(_) => "baseline",
        };
        let [labels] = said.fields.as_slice() else { return false };
        let labels = labels.value.as_map().filter(|_| labels.key == "labels");
        labels.is_some_and(|labels| {
            labels.fields.len() == 1 && labels.get(ADMITS).and_then(Node::as_str) == Some(admitted)
        })
    }

    /// What the labels of an object say.
    fn said(&self, object: &Object) -> Said {
        let labels = object.node.at(&["metadata", "labels"]).and_then(Node::as_map);
        labels.map(|labels| self.split(&mut labels.clone())).unwrap_or_default()
    }
}

/// The labels that every object has, if nobody but the framework can have put them there: policies have no others.
fn labels_of_all(objects: &[Object], prefix: &str) -> Map {
    let labels = |object: &Object| object.node.at(&["metadata", "labels"]).and_then(Node::as_map).cloned();
    let is = |map: &Map, key: &str, value: &str| map.get(key).and_then(Node::as_str) == Some(value);
    let of_framework = |map: &Map| is(map, "app.kubernetes.io/managed-by", "nxk") && map.get("app").is_none();
    let all: Option<Vec<Map>> = objects.iter().map(labels).collect();
    let Some(all) = all.filter(|all| all.iter().any(of_framework)) else { return Map::default() };
    let mut common = all.first().cloned().unwrap_or_default();
    let reserved = |key: &str| {
        [prefix, "app.kubernetes.io", "pod-security.kubernetes.io"]
            .iter()
            .any(|domain| key.strip_prefix(domain).is_some_and(|rest| rest.starts_with('/')))
    };
    common.fields.retain(|field| {
        let same = |map: &Map| field.value.as_str().is_some_and(|value| is(map, &field.key, value));
        !reserved(&field.key) && all.iter().all(same)
    });
    for field in &mut common.fields {
        (field.key_span, field.value) = (Span::NONE, bare(&field.value));
    }
    common
}

fn options(said: &Said) -> Option<Node> {
    let mut map = Map::default();
    for ((_, option), value) in LABELS.iter().zip(said) {
        let Some(value) = value else { continue };
        let value = match (*option, value.as_str()) {
            ("auditRequired", "true" | "false") => Node::new(NodeKind::Bool(value == "true"), Span::NONE),
            _ => Node::string(value.clone(), Span::NONE),
        };
        map.set(*option, Span::NONE, value);
    }
    (!map.fields.is_empty()).then(|| Node::new(NodeKind::Map(map), Span::NONE))
}

/// The domain of the annotations that a compile of nxk wrote into an object.
fn traced_prefix(object: &Object) -> Option<EcoString> {
    let annotations = object.node.at(&["metadata", "annotations"]).and_then(Node::as_map)?;
    annotations.fields.iter().find_map(|field| {
        let prefix = field.key.strip_suffix("/build-id")?;
        let id = field.value.as_str()?;
        (id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| prefix.into())
    })
}
