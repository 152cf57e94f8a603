//! Pods as they are once the policies have changed them: what comes in is judged with what was added.

use ecow::EcoString;

use super::{Asked, backends};
use crate::layers::Object;
use crate::node::{Field, Map, Node, NodeKind};
use crate::policy::compliance::Pod;
use crate::policy::pod_spec_path;
use crate::schema::Version;
use crate::source::Span;

/// A container that pods are given.
struct Sidecar<'a> {
    container: Node,
    volumes: &'a [Node],
    pod_labels: &'a [Field],
}

/// What is done to pods.
pub struct Changes<'a> {
    sidecars: Vec<Sidecar<'a>>,
    pull: Option<&'a Node>,
    native: bool,
}

impl<'a> Changes<'a> {
    /// Reads `framework`, finished. `None`: nothing is done to pods.
    pub fn read(framework: &'a Node, version: Version<'_>) -> Option<Changes<'a>> {
        let policies = framework.get("policies")?;
        let chosen = policies.get("backends").and_then(Node::as_list)?;
        let environment = framework.get("environment").and_then(Node::as_str).unwrap_or_default();
        let pull = policies.at(&["pullPolicy", environment]).filter(|node| node.as_str().is_some());
        let native = version.minor().0 >= 29;
        let sidecars: Vec<Sidecar<'_>> =
            fields(policies.get("sidecars")).iter().filter_map(|field| Sidecar::read(field, native)).collect();
        let is_changed = backends::can_change(chosen, version) && (pull.is_some() || !sidecars.is_empty());
        is_changed.then_some(Changes { sidecars, pull, native })
    }

    /// An object whose pods are changed; `None`: nothing is done to them.
    pub fn of(&self, object: &Object, asked: &Asked<'_>) -> Option<Object> {
        let pod = Pod::of(object).filter(|_| !asked.is_left_alone(object))?;
        let labels = pod.metadata.and_then(|metadata| metadata.get("labels"));
        let names: Vec<&str> = pod.containers().map(|container| container.name()).collect();
        let chosen = self.sidecars.iter().filter(|sidecar| sidecar.chooses(labels, &names));
        let chosen: Vec<&Sidecar<'_>> = chosen.collect();
        if chosen.is_empty() && self.pull.is_none() {
            return None;
        }
        let mut changed = object.clone();
        let spec = pod_spec_path(object.kind())?
            .iter()
            .try_fold(&mut changed.node, |node, key| node.as_map_mut()?.get_mut(key))?;
        let spec = spec.as_map_mut()?;
        for sidecar in chosen {
            let list = if self.native { "initContainers" } else { "containers" };
            push(spec, list, sidecar.container.clone());
            for volume in sidecar.volumes {
                let name = volume.get("name").and_then(Node::as_str);
                let there = spec.get("volumes").and_then(Node::as_list).unwrap_or_default();
                if !there.iter().any(|one| one.get("name").and_then(Node::as_str) == name) {
                    push(spec, "volumes", volume.clone());
                }
            }
        }
        if let Some(pull) = self.pull {
            pull_by(spec, pull);
        }
        Some(changed)
    }

    /// What was added that stands at this place, in words.
    pub fn added(&self, place: Span) -> Option<String> {
        if self.pull.is_some_and(|pull| pull.span == place) {
            return Some("the pull policy".to_string());
        }
        let mut sidecars = self.sidecars.iter().filter(|sidecar| sidecar.holds(place));
        let name = sidecars.next()?.container.get("name")?.as_str()?.to_string();
        Some(format!("the sidecar `{name}`"))
    }
}

impl<'a> Sidecar<'a> {
    fn read(field: &'a Field, native: bool) -> Option<Sidecar<'a>> {
        let image = field.value.get("image")?;
        let span = image.span;
        let mut container = Map { fields: fields(field.value.get("container")).to_vec() };
        // What is absent in a configuration is `null` there.
        container.fields.retain(|field| field.value.kind != NodeKind::Null);
        container.set("name", span, Node::string(crate::layers::names::kebab(&field.key), span));
        container.set("image", span, image.clone());
        if native {
            container.set("restartPolicy", span, Node::string("Always", span));
        }
        let volumes = field.value.get("volumes").and_then(Node::as_list).unwrap_or_default();
        let pod_labels = fields(field.value.get("podLabels"));
        Some(Sidecar { container: Node::new(NodeKind::Map(container), span), volumes, pod_labels })
    }

    fn chooses(&self, labels: Option<&Node>, containers: &[&str]) -> bool {
        let label = |key: &EcoString| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
        let name = self.container.get("name").and_then(Node::as_str).unwrap_or_default();
        !containers.contains(&name) && self.pod_labels.iter().all(|field| label(&field.key) == field.value.as_str())
    }

    fn holds(&self, place: Span) -> bool {
        let is_it = |span: Span| span == place;
        self.container.find_place(&is_it).is_some()
            || self.volumes.iter().any(|volume| volume.find_place(&is_it).is_some())
    }
}

fn fields(node: Option<&Node>) -> &[Field] {
    node.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default()
}

fn push(map: &mut Map, list: &str, item: Node) {
    match map.get_mut(list).map(|node| &mut node.kind) {
        Some(NodeKind::List(items)) => items.push(item),
        _ => {
            let span = item.span;
            map.set(list, span, Node::new(NodeKind::List(vec![item]), span));
        }
    }
}

fn pull_by(spec: &mut Map, policy: &Node) {
    for list in ["initContainers", "containers"] {
        let Some(NodeKind::List(containers)) = spec.get_mut(list).map(|node| &mut node.kind) else { continue };
        for container in containers.iter_mut().filter_map(Node::as_map_mut) {
            container.set("imagePullPolicy", policy.span, policy.clone());
        }
    }
}
