//! Documents to objects: what is a Kubernetes object, what holds several, and what is something else.

use ecow::{EcoString, eco_format};

use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::schema::Catalogue;
use crate::source::Span;

/// Lists within lists, at most.
const MAX_LISTS: usize = 8;

/// Takes the objects of the documents of one file.
pub(super) struct Taker<'r> {
    /// How the file is called.
    pub file: &'r str,
    /// Whether it holds more than one object, so that they are numbered.
    pub several: bool,
    /// The objects so far.
    pub objects: Vec<Object>,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

/// The kind and the API that the items of a list have if they say nothing else.
struct Meant {
    kind: EcoString,
    api: Node,
}

impl Taker<'_> {
    /// Takes a document.
    pub(super) fn document(&mut self, document: Node) {
        self.node(document, None, 0);
    }

    fn node(&mut self, mut node: Node, meant: Option<&Meant>, lists: usize) {
        let entry = node.span;
        let NodeKind::Map(map) = &mut node.kind else {
            // A document that is only a comment, or a list without items.
            if !matches!(node.kind, NodeKind::Null) {
                let message = format!("a Kubernetes object is a map with a `kind`, but this is {}", node.describe());
                let hint = "several objects stand in documents of their own, with `---` between them";
                self.findings.push(Diagnostic::new(Code::WrongFieldType, entry, message).hint(hint));
            }
            return;
        };
        if let Some(meant) = meant {
            for (key, value) in [("apiVersion", &meant.api), ("kind", &Node::string(meant.kind.clone(), entry))] {
                if map.get(key).is_none() {
                    map.set(key, value.span, value.clone());
                }
            }
        }
        let entry = map.fields.first().map_or(entry, |first| first.key_span.to(first.value.span));
        let kind: EcoString = map.get("kind").and_then(Node::as_str).unwrap_or_default().into();
        let api: EcoString = map.get("apiVersion").and_then(Node::as_str).unwrap_or_default().into();
        if kind.ends_with("List") && matches!(map.get("items").map(|items| &items.kind), Some(NodeKind::List(_))) {
            return self.list(node, &kind, lists);
        }
        match foreign(&node, &kind, &api, self.file) {
            Some((code, message, hint)) => self.findings.push(Diagnostic::new(code, entry, message).hint(hint)),
            None => self.object(node, entry, api.is_empty().then_some(&*kind)),
        }
    }

    fn list(&mut self, node: Node, kind: &str, lists: usize) {
        let NodeKind::Map(mut map) = node.kind else { return };
        if lists == MAX_LISTS {
            let message = format!("more than {MAX_LISTS} lists of objects stand inside each other");
            let finding = Diagnostic::new(Code::NestingTooDeep, node.span, message);
            return self.findings.push(finding.hint("put the objects into one list"));
        }
        // The items of a `v1` `List` can be anything.
        let meant = kind.strip_suffix("List").filter(|kind| !kind.is_empty());
        let api = map.get("apiVersion").cloned();
        let meant = meant.zip(api).map(|(kind, api)| Meant { kind: kind.into(), api });
        let items = map.get_mut("items").map(|items| std::mem::replace(&mut items.kind, NodeKind::Null));
        if let Some(NodeKind::List(items)) = items {
            self.several |= items.len() > 1;
            for item in items {
                self.node(item, meant.as_ref(), lists + 1);
            }
        }
    }

    fn object(&mut self, node: Node, entry: Span, without_api: Option<&str>) {
        if let Some(kind) = without_api {
            let known = Catalogue::embedded().newest().preferred(kind).map(|kind| kind.api_version());
            let hint = match known {
                Some(api) => format!("add `apiVersion: {api}`"),
                None => "add `apiVersion`, such as `apiVersion: apps/v1`".to_owned(),
            };
            let message = format!("this {kind} has no `apiVersion`");
            self.findings.push(Diagnostic::new(Code::MissingObjectField, entry, message).hint(hint));
        }
        let key = match self.several {
            true => eco_format!("{}#{}", self.file, self.objects.len() + 1),
            false => self.file.into(),
        };
        self.objects.push(Object { key, node, entry });
    }
}

/// What a document is that is no object for a cluster, and what to do with it.
fn foreign(node: &Node, kind: &str, api: &str, file: &str) -> Option<(Code, String, String)> {
    let name = file.rsplit('/').next().unwrap_or_default();
    let folder = file.strip_suffix(name).map_or(".", |folder| folder.trim_end_matches('/'));
    let folder = if folder.is_empty() { "." } else { folder };
    let render = format!("check what it makes: `helm template {folder} | nxk check -`");
    let build = format!("check what it makes: `kubectl kustomize {folder} | nxk check -`");
    let kustomize = api.starts_with("kustomize.config.k8s.io/") || (api.is_empty() && is_kustomization(name));
    if kustomize {
        let message = "this tells kustomize what to make, and is no object itself".to_owned();
        return Some((Code::UnknownKind, message, build));
    }
    let kind_node = node.get("kind").filter(|kind| !matches!(kind.kind, NodeKind::Null));
    // What has a kind that is no text is told by the check of the object.
    if !kind.is_empty() || kind_node.is_some_and(|kind| kind.as_str().is_none()) {
        return None;
    }
    let (message, hint) = match name {
        "Chart.yaml" | "Chart.yml" => ("this describes a Helm chart, and is no object itself".to_owned(), render),
        _ if name.starts_with("values") && api.is_empty() => {
            ("these are values for a Helm chart, and no object: there is no `kind`".to_owned(), render)
        }
        _ if api.is_empty() => (
            "this is no Kubernetes object: it has neither `apiVersion` nor `kind`".to_owned(),
            "name only files of manifests; those of another kind can stay out in a folder of their own".to_owned(),
        ),
        _ => ("this object has no `kind`".to_owned(), "add `kind`, such as `kind: Deployment`".to_owned()),
    };
    Some((Code::MissingKind, message, hint))
}

/// The names under which kustomize looks for its instructions.
pub(super) fn is_kustomization(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}
