//! `kustomization.yaml`: what the folder holds, for kustomize and for all that build on it.

use super::NewFile;
use crate::emit::yaml;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// The file that lists `files`, in their order.
pub(super) fn file(files: &[&str]) -> NewFile {
    let text = |text: &str| Node::string(text, Span::NONE);
    let map = |fields: Vec<(&str, Node)>| {
        let mut map = Map::default();
        fields.into_iter().for_each(|(key, value)| map.set(key, Span::NONE, value));
        Node::new(NodeKind::Map(map), Span::NONE)
    };
    let resources = NodeKind::List(files.iter().map(|name| text(name)).collect());
    let whole = map(vec![
        ("apiVersion", text("kustomize.config.k8s.io/v1beta1")),
        ("kind", text("Kustomization")),
        ("resources", Node::new(resources, Span::NONE)),
        // Left to itself, kustomize sorts by a list of kinds that knows neither of custom resources nor of policies.
        ("sortOptions", map(vec![("order", text("fifo"))])),
    ]);
    let mut out = String::new();
    yaml::document(&whole, &mut out);
    NewFile { name: "kustomization.yaml".to_owned(), text: out, private: false }
}
