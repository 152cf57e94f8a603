//! Pods of workloads: the first container in the entry's own words, and what is around it.

use super::draft::Draft;
use crate::import::parts::{
    Fields, Parts, as_int, each, int_node, is_scalar, list_node, map_node, says_something, text_node,
};
use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;

/// A template of pods on its way to an entry.
pub(super) struct Pods {
    /// What is left of the template, apart from its `spec`.
    template: Parts,
    /// What is left of the `spec`, apart from containers.
    pub spec: Parts,
    container: Parts,
    further: Vec<Node>,
}

const CONTAINER_FIRST: &[&str] = &["imagePullPolicy", "command", "args", "workingDir"];
const CONTAINER_LAST: &[&str] =
    &["livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "securityContext", "volumeMounts"];
const POD: &[&str] = &[
    "volumes",
    "automountServiceAccountToken",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "terminationGracePeriodSeconds",
    "runtimeClassName",
    "schedulerName",
    "dnsPolicy",
    "dnsConfig",
    "hostAliases",
    "hostNetwork",
    "shareProcessNamespace",
    "enableServiceLinks",
];

impl Pods {
    /// Those of a template; says the labels and annotations of the draft and of the pods. `selector` are the labels by
    /// which the pods are found, which are `app.kubernetes.io/name` with the entry's name if nothing is said.
    pub fn of(mut template: Parts, selector: &Map, draft: &mut Draft<'_>) -> Option<Pods> {
        let mut metadata = template.map("metadata")?;
        let labels = metadata.map("labels")?.0;
        let annotations = metadata.map("annotations")?.0;
        if let Some(metadata) = metadata.rest() {
            template.0.set("metadata", Span::NONE, metadata);
        }
        let usual = selector.fields.len() == 1
            && selector.get("app.kubernetes.io/name").and_then(Node::as_str) == Some(&draft.name);
        draft.fields.put("selector", (!usual).then(|| map_node(selector.clone())));
        draft.share_with_pods(selector, labels, annotations)?;
        let mut spec = template.map("spec")?;
        let mut containers = spec.list("containers")?.into_iter();
        let container = Parts::of(containers.next()?)?;
        Some(Pods { template, spec, container, further: containers.collect() })
    }

    /// Says the image.
    pub fn image(&mut self, draft: &mut Draft<'_>) -> Option<()> {
        draft.fields.put("image", self.container.text("image").map(text_node)?);
        Some(())
    }

    /// Lets claims say where they are mounted, if the last mounts of the container are theirs.
    pub fn mount(&mut self, claims: &mut Map) {
        let Some(mut mounts) = self.container.list("volumeMounts") else { return };
        let first = mounts.len().checked_sub(claims.fields.len());
        let own = first.map(|first| &mounts[first..]).and_then(|last| {
            let path = |(mount, claim): (&Node, &Field)| {
                let mut mount = Parts::of(mount.clone())?;
                let path = mount.text("mountPath")?;
                (mount.text("name")? == claim.key && mount.is_empty()).then_some(path)
            };
            last.iter().zip(&claims.fields).map(path).collect::<Option<Vec<_>>>()
        });
        if let (Some(first), Some(own)) = (first, own) {
            mounts.truncate(first);
            for (claim, path) in claims.fields.iter_mut().zip(own) {
                if let Some(claim) = claim.value.as_map_mut() {
                    claim.set("mountPath", Span::NONE, text_node(path));
                }
            }
        }
        self.container.0.set("volumeMounts", Span::NONE, list_node(mounts));
        self.container.take_if("volumeMounts", |mounts| mounts.as_list().is_some_and(<[Node]>::is_empty));
    }

    /// Says the rest; gives what can only be said as the `template` of the entry's `spec`.
    pub fn finish(mut self, draft: &mut Draft<'_>) -> Option<Option<Node>> {
        self.container(draft)?;
        let fields = &mut draft.fields;
        fields.put("containers", (!self.further.is_empty()).then(|| list_node(std::mem::take(&mut self.further))));
        init_containers(&mut self.spec, fields, draft.around.native_sidecars);
        fields.pass(&mut self.spec, &POD[..1]);
        fields.pass_as(&mut self.spec, "serviceAccountName", "serviceAccount");
        fields.pass_as(&mut self.spec, "securityContext", "podSecurityContext");
        if let Some(names) = self.spec.0.get("imagePullSecrets").and_then(names_alone) {
            self.spec.take("imagePullSecrets");
            fields.put("imagePullSecrets", names);
        }
        fields.pass_as(&mut self.spec, "priorityClassName", "priorityClass");
        fields.pass(&mut self.spec, &POD[1..]);
        fields.put("pod", self.spec.rest());
        Some(self.template.rest())
    }

    fn container(&mut self, draft: &mut Draft<'_>) -> Option<()> {
        let container = &mut self.container;
        let name = container.text("name")?;
        let fields = &mut draft.fields;
        fields.pass(container, CONTAINER_FIRST);
        if let Some(ports) = container.0.get("ports").and_then(ports) {
            container.take("ports");
            fields.put("ports", ports);
        }
        if let Some(env) = container.0.get("env").and_then(variables) {
            container.take("env");
            fields.put("env", env);
        }
        fields.pass(container, &["envFrom"]);
        fields.put("resources", container.take_if("resources", are_plain_resources));
        fields.pass(container, CONTAINER_LAST);
        let mut own = Fields::default();
        own.put_text("name", (name != draft.name).then_some(name));
        own.0.fields.append(&mut container.0.fields);
        fields.put_map("container", own.0);
        Some(())
    }
}

/// Init containers that are restarted and come first are sidecars.
fn init_containers(spec: &mut Parts, fields: &mut Fields, native_sidecars: bool) {
    let Some(mut sidecars) = spec.list("initContainers") else { return };
    let restarted = |node: &Node| node.get("restartPolicy").and_then(Node::as_str) == Some("Always");
    let leading = sidecars.iter().take_while(|node| native_sidecars && restarted(node)).count();
    let others = sidecars.split_off(leading);
    for sidecar in sidecars.iter_mut().filter_map(Node::as_map_mut) {
        sidecar.fields.retain(|field| field.key != "restartPolicy");
    }
    fields.put("sidecars", (!sidecars.is_empty()).then(|| list_node(sidecars)));
    fields.put("initContainers", (!others.is_empty()).then(|| list_node(others)));
}

/// `[ { name: a } ]` as `[ "a" ]`.
pub(in crate::import) fn names_alone(node: &Node) -> Option<Node> {
    let items = node.as_list().filter(|items| !items.is_empty())?;
    each(items, |mut item| {
        let name = item.text("name")?;
        item.is_empty().then(|| text_node(name))
    })
}

/// Container ports as numbers, or with a name and a protocol.
fn ports(node: &Node) -> Option<Node> {
    let items = node.as_list().filter(|items| !items.is_empty())?;
    each(items, |mut item| {
        let port = as_int(&item.take("containerPort")?)?;
        let (name, protocol) = (item.text("name"), item.text("protocol"));
        if !item.is_empty() {
            return None;
        }
        let Some(protocol) = protocol else { return name.is_none().then(|| int_node(port)) };
        let mut fields = Fields::default();
        fields.put_text("name", name);
        fields.put("port", int_node(port));
        fields.put_text("protocol", (protocol != "TCP").then_some(protocol));
        Some(map_node(fields.0))
    })
}

/// Environment variables by name. A set has no order, so they have to be in the one that it is written in.
pub(in crate::import) fn variables(node: &Node) -> Option<Node> {
    let items = node.as_list().filter(|items| !items.is_empty())?;
    let mut fields = Map::default();
    let mut last = None;
    for item in items {
        let mut item = Parts::of(item.clone())?;
        let name = item.text("name")?;
        if last.as_ref().is_some_and(|last| *last >= name) {
            return None;
        }
        let value = match item.take("value") {
            Some(value) => Some(value).filter(|value| item.is_empty() && value.as_str().is_some())?,
            None => {
                let from = item.take_if("valueFrom", says_something).filter(|_| item.is_empty())?;
                crate::import::parts::single("valueFrom", from)
            }
        };
        last = Some(name.clone());
        fields.fields.push(Field { key: name, key_span: Span::NONE, value });
    }
    Some(map_node(fields))
}

/// Whether there are requests and limits, each with something in it, and nothing else.
fn are_plain_resources(node: &Node) -> bool {
    let is_plain = |amounts: &Node| match &amounts.kind {
        NodeKind::Map(amounts) => {
            !amounts.fields.is_empty() && amounts.fields.iter().all(|amount| is_scalar(&amount.value))
        }
        _ => false,
    };
    node.as_map().is_some_and(|map| {
        let known = |field: &Field| matches!(field.key.as_str(), "requests" | "limits");
        !map.fields.is_empty() && map.fields.iter().all(|field| known(field) && is_plain(&field.value))
    })
}
