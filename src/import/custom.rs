//! The kinds that neither Kubernetes nor the known add-ons have.
//!
//! Those that are defined among the manifests get their schema from there: the definitions are written into files of their
//! own, which `schemas` of the configuration names. All others are taken as they are, and so are all of them where nothing
//! can be written beside the configuration.

use rustc_hash::FxHashSet;

use super::Beside;
use super::plan::Definition;
use crate::diag::{Code, Diagnostic};
use crate::emit::{order, yaml};
use crate::layers::Object;
use crate::manifests::definitions;
use crate::node::{Node, NodeKind};
use crate::schema::crd::bundled::Asked;
use crate::schema::crd::{CustomResource, CustomTypes};
use crate::schema::{Catalogue, Version, split_api};
use crate::source::Span;

/// The folder for definitions, as in a chart.
const FOLDER: &str = "crds";

/// See the module.
pub(super) struct Custom {
    /// The kinds of which nothing is known: `example.com/v1/Widget`, in order.
    pub unknown: Vec<String>,
    /// Those that are defined among the manifests.
    defined: Vec<String>,
    resources: Vec<CustomResource>,
}

impl Custom {
    /// Those of these objects.
    pub fn of(objects: &[Object], version: Version<'_>) -> Custom {
        let (resources, _) = definitions(objects);
        let defines: FxHashSet<(&str, &str)> =
            resources.iter().map(|resource| (resource.group.as_str(), resource.kind.as_str())).collect();
        let groups: FxHashSet<&str> = version.kinds().iter().map(|kind| kind.group.as_str()).collect();
        let (mut unknown, mut defined) = (Vec::new(), Vec::new());
        let mut seen: FxHashSet<(&str, &str)> = FxHashSet::default();
        for object in objects.iter().filter(|object| seen.insert((object.api_version(), object.kind()))) {
            let (group, api) = split_api(object.api_version());
            let name = format!("{}/{}", object.api_version(), object.kind());
            if defines.contains(&(group, object.kind())) {
                defined.push(name);
            } else if group.contains('.')
                && !groups.contains(group)
                && version.find(group, api, object.kind()).is_none()
            {
                unknown.push(name);
            }
        }
        unknown.sort();
        Custom { unknown, defined, resources }
    }

    /// All of them, to be taken as they are.
    pub fn opaque(&self) -> Vec<String> {
        let mut all = [self.unknown.as_slice(), &self.defined].concat();
        all.sort();
        all
    }

    /// The same version of Kubernetes with the kinds that are defined.
    pub fn known(&self, version: Version<'static>) -> Version<'static> {
        if self.resources.is_empty() {
            return version;
        }
        let catalogue = Catalogue::extended(CustomTypes::of(&self.resources), Asked::default());
        catalogue.versions().find(|known| known.minor() == version.minor()).unwrap_or(version)
    }

    /// Tells that custom resources are taken as they are although they are defined, if they are.
    pub fn unchecked(&self, objects: &[Object]) -> Option<Diagnostic> {
        let first = objects.iter().find(|object| is_definition(object) && !self.defined.is_empty())?;
        let kinds = self.defined.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!("custom resources are taken without the schema that is defined here: {kinds}");
        let finding = Diagnostic::new(Code::LeftOut, first.entry, message).object(first.to_string());
        Some(
            finding.hint(
                "name a file with `-o`: definitions are then written beside it, and check their custom resources",
            ),
        )
    }

    /// To a kind of its own a `null` may mean something; a configuration cannot say it.
    pub fn lost_null(&self, object: &Object) -> Option<Diagnostic> {
        let name = format!("{}/{}", object.api_version(), object.kind());
        if !self.unknown.contains(&name) && !self.defined.contains(&name) {
            return None;
        }
        let spec = object.node.as_map()?.fields.iter().filter(|field| field.key != "metadata" && field.key != "status");
        let (path, span) = { spec }.find_map(|field| null_below(&field.value, &field.key))?;
        let finding = Diagnostic::new(Code::LeftOut, span, format!("`{path}` is left out of the configuration"));
        Some(finding.label("a `null`").object(object.to_string()).hint("to Kubernetes' own kinds this is the same"))
    }
}

fn is_definition(object: &Object) -> bool {
    object.kind() == "CustomResourceDefinition" && object.api_version().starts_with("apiextensions.k8s.io/")
}

/// The files that definitions are written into, and their texts.
pub(super) fn files(objects: &[Object]) -> (Vec<Definition>, Vec<Beside>) {
    let definitions = objects.iter().enumerate().filter(|(_, object)| is_definition(object));
    definitions.map(|(at, object)| file(at, object)).unzip()
}

fn file(at: usize, object: &Object) -> (Definition, Beside) {
    let name = format!("{FOLDER}/{}.yaml", object.name());
    let mut node = object.node.clone();
    order::arrange(&mut node);
    (Definition { object: at, file: name.clone() }, Beside { name, text: yaml::stream(&[&node]) })
}

/// The first `null` that is a field of a map.
fn null_below(node: &Node, path: &str) -> Option<(String, Span)> {
    match &node.kind {
        NodeKind::Null => Some((path.to_owned(), node.span)),
        NodeKind::Map(map) => {
            map.fields.iter().find_map(|field| null_below(&field.value, &format!("{path}.{}", field.key)))
        }
        NodeKind::List(items) => {
            let item = |(at, item): (usize, &Node)| match item.kind {
                NodeKind::Null => None,
                _ => null_below(item, &format!("{path}[{at}]")),
            };
            items.iter().enumerate().find_map(item)
        }
        _ => None,
    }
}
