//! Selectors that find nothing: a Service, policy or budget that is about no pod of the configuration.
//!
//! Pods are kept by namespace and label, so that a selector looks only at the pods that have its rarest label. A
//! selector without labels means all pods there are, now or later, and is never wrong.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::pod_spec_path;
use crate::diag::{Code, Diagnostic, closest};
use crate::layers::Object;
use crate::network::selects;
use crate::node::{Field, Node};

/// How many findings look for what may have been meant; the others only tell.
const WITH_NEAREST: usize = 100;

/// A warning for each object whose selector matches no pod, unless its annotation `<prefix>/pods` says that they are
/// made elsewhere. Without a prefix, the objects are those of manifests.
pub fn without_pods<'a>(objects: &'a [Object], prefix: Option<&str>) -> Vec<(&'a Object, Diagnostic)> {
    let annotation = prefix.map(|prefix| format!("{prefix}/pods"));
    let whole = if prefix.is_some() { "configuration" } else { "manifests" };
    let pods = Pods::of(objects);
    let mut findings = Vec::new();
    // Where there are no pods at all, these objects are for those of another configuration.
    if pods.all.is_empty() {
        return findings;
    }
    for object in objects {
        let Some((selector, path)) = selector_of(object) else { continue };
        let wanted = Wanted::new(selector, object.kind());
        let said = annotation.as_ref().and_then(|name| object.node.at(&["metadata", "annotations", name]));
        let said = said.and_then(Node::as_str);
        if said == Some("elsewhere") || wanted.is_everything() || pods.any_matches(object.namespace(), &wanted) {
            continue;
        }
        let hint = (findings.len() < WITH_NEAREST).then(|| pods.nearest(object.namespace(), &wanted));
        findings.push((object, pods.finding(object, &wanted, whole).path(path).maybe_hint(hint)));
    }
    findings
}

/// The selector of pods that an object has, and where it stands.
fn selector_of(object: &Object) -> Option<(&Node, &'static str)> {
    let path = match (object.kind(), object.api_version()) {
        ("Service", "v1") => "spec.selector",
        ("NetworkPolicy", version) if version.starts_with("networking.k8s.io/") => "spec.podSelector",
        ("PodDisruptionBudget", version) if version.starts_with("policy/") => "spec.selector",
        _ => return None,
    };
    let keys: Vec<&str> = path.split('.').collect();
    object.node.at(&keys).map(|selector| (selector, path))
}

/// What a selector wants.
struct Wanted<'a> {
    /// Labels with their values.
    pairs: &'a [Field],
    /// The whole, where it may hold expressions as well.
    selector: Option<&'a Node>,
    node: &'a Node,
}

impl<'a> Wanted<'a> {
    /// A Service has the labels alone; everybody else `matchLabels` and `matchExpressions`.
    fn new(node: &'a Node, kind: &str) -> Wanted<'a> {
        let plain = kind == "Service";
        let labels = if plain { Some(node) } else { node.get("matchLabels") };
        let pairs = labels.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        Wanted { pairs, selector: (!plain).then_some(node), node }
    }

    fn is_everything(&self) -> bool {
        let expressions = self.selector.and_then(|selector| selector.get("matchExpressions")).and_then(Node::as_list);
        self.pairs.is_empty() && expressions.is_none_or(<[Node]>::is_empty)
    }

    fn matches(&self, pod: &Pod<'_>) -> bool {
        match self.selector {
            Some(selector) => selects(selector, pod.labels),
            None => self.pairs.iter().all(|pair| pod.label(&pair.key) == pair.value.as_str()),
        }
    }
}

/// The pods that an object makes.
struct Pod<'a> {
    owner: &'a Object,
    labels: Option<&'a Node>,
}

impl Pod<'_> {
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.and_then(|labels| labels.get(key)).and_then(Node::as_str)
    }
}

/// All pods of a configuration.
struct Pods<'a> {
    all: Vec<Pod<'a>>,
    /// By namespace.
    local: FxHashMap<&'a str, Namespace<'a>>,
}

/// The pods of a namespace.
#[derive(Default)]
struct Namespace<'a> {
    pods: Vec<usize>,
    /// By label and value.
    labelled: FxHashMap<&'a str, FxHashMap<&'a str, Vec<usize>>>,
}

impl<'a> Pods<'a> {
    fn of(objects: &'a [Object]) -> Pods<'a> {
        let mut pods = Pods { all: Vec::new(), local: FxHashMap::default() };
        for owner in objects {
            let Some(labels) = pod_labels(owner) else { continue };
            let at = pods.all.len();
            let local = pods.local.entry(owner.namespace()).or_default();
            local.pods.push(at);
            for field in labels.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default() {
                if let Some(value) = field.value.as_str() {
                    local.labelled.entry(&field.key).or_default().entry(value).or_default().push(at);
                }
            }
            pods.all.push(Pod { owner, labels });
        }
        pods
    }

    /// The pods that have a label.
    fn with(&self, namespace: &str, pair: &Field) -> &[usize] {
        let values = self.local.get(namespace).and_then(|local| local.labelled.get(pair.key.as_str()));
        let pods = values.zip(pair.value.as_str()).and_then(|(values, value)| values.get(value));
        pods.map(Vec::as_slice).unwrap_or_default()
    }

    fn any_matches(&self, namespace: &str, wanted: &Wanted<'_>) -> bool {
        let local = || self.local.get(namespace).map(|local| local.pods.as_slice()).unwrap_or_default();
        let rarest = wanted.pairs.iter().map(|pair| self.with(namespace, pair)).min_by_key(|pods| pods.len());
        rarest.unwrap_or_else(local).iter().any(|&pod| wanted.matches(&self.all[pod]))
    }

    /// What is wrong, at the label that no pod has, or else at the whole.
    fn finding(&self, object: &Object, wanted: &Wanted<'_>, whole: &str) -> Diagnostic {
        let namespace = object.namespace();
        let nobody = wanted.pairs.iter().find(|pair| self.with(namespace, pair).is_empty());
        let (span, why) = match nobody {
            Some(pair) => (pair.value.span, format!("none has the label `{}`", shown(pair))),
            None => (wanted.node.span, "none has all of its labels".to_string()),
        };
        let kind = object.kind();
        let message = format!("the {kind} `{}` selects no pod of the {whole}: {why}", object.name());
        Diagnostic::new(Code::SelectorWithoutPods, span, message).object(object.to_string())
    }

    /// What may have been meant.
    fn nearest(&self, namespace: &str, wanted: &Wanted<'_>) -> String {
        let elsewhere = self.all.iter().find(|pod| wanted.matches(pod));
        if let Some(Pod { owner, .. }) = elsewhere {
            return format!("the pods of {owner} match, and are not in {}", place(namespace));
        }
        let Some(local) = self.local.get(namespace) else {
            return format!("no pods are made in {}", place(namespace));
        };
        let near = wanted.pairs.iter().find_map(|pair| self.near_value(local, pair));
        near.or_else(|| wanted.pairs.iter().find_map(|pair| near_key(local, pair)))
            .unwrap_or_else(|| self.some_labels(&local.pods))
    }

    /// A pod with nearly this value.
    fn near_value(&self, local: &Namespace<'_>, pair: &Field) -> Option<String> {
        let values = local.labelled.get(pair.key.as_str())?;
        let wanted = pair.value.as_str().filter(|wanted| !values.contains_key(wanted))?;
        let meant = closest(wanted, values.keys().copied())?;
        let owner = self.all[*values.get(meant)?.first()?].owner;
        Some(format!("did you mean `{}: {meant}`, as the pods of {owner} have?", pair.key))
    }

    /// The labels of the first pod, so that something can be chosen.
    fn some_labels(&self, local: &[usize]) -> String {
        let Some(first) = local.first().map(|&at| &self.all[at]) else { return String::new() };
        let labels = first.labels.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        let labels: Vec<String> = labels.iter().take(4).map(|field| format!("`{}`", shown(field))).collect();
        match labels.is_empty() {
            true => format!("the pods of {} have no labels", first.owner),
            false => format!("the pods of {}, for example, have {}", first.owner, labels.join(", ")),
        }
    }
}

/// The labels of the pods that an object makes, if it makes any; also of kinds that are not Kubernetes' own.
fn pod_labels(object: &Object) -> Option<Option<&Node>> {
    let spec = pod_spec_path(object.kind()).unwrap_or(&["spec", "template", "spec"]);
    object.node.at(spec)?.get("containers")?;
    let (_, around) = spec.split_last()?;
    let labels: Vec<&str> = around.iter().copied().chain(["metadata", "labels"]).collect();
    Some(object.node.at(&labels))
}

/// The label that some pods have and that is nearly this one.
fn near_key(local: &Namespace<'_>, pair: &Field) -> Option<String> {
    let keys = &local.labelled;
    let meant = (!keys.contains_key(pair.key.as_str())).then(|| closest(&pair.key, keys.keys().copied()))??;
    Some(format!("did you mean the label `{meant}`?"))
}

fn shown(pair: &Field) -> EcoString {
    ecow::eco_format!("{}: {}", pair.key, pair.value.as_str().unwrap_or_default())
}

fn place(namespace: &str) -> String {
    if namespace.is_empty() {
        "the namespace of the objects that name none".into()
    } else {
        format!("the namespace `{namespace}`")
    }
}
