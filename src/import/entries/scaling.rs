//! Disruption budgets and autoscalers.

use super::draft::Draft;
use crate::import::parts::{Fields, Parts, as_int, list_node, map_node, text_node};
use crate::node::{Map, Node};

pub(super) fn budget(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let selector = spec.take("selector")?;
    match target(draft, &selector) {
        Some(name) => draft.fields.put("target", name),
        None => draft.fields.put("selector", selector),
    }
    draft.fields.pass(&mut spec, &["minAvailable", "maxUnavailable"]);
    if !["minAvailable", "maxUnavailable"].iter().any(|key| draft.fields.0.get(key).is_some()) {
        return None;
    }
    draft.fields.pass(&mut spec, &["unhealthyPodEvictionPolicy"]);
    draft.raw_spec(spec);
    Some(())
}

/// The workload whose selector it is.
fn target(draft: &Draft<'_>, selector: &Node) -> Option<Node> {
    let map = selector.as_map().filter(|map| map.fields.len() == 1)?;
    let labels: &Map = map.get("matchLabels")?.as_map()?;
    draft.around.workloads.selected(&draft.namespace, labels).cloned().map(text_node)
}

pub(super) fn autoscaler(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let mut target = spec.map("scaleTargetRef")?;
    let (api, kind, name) = (target.text("apiVersion")?, target.text("kind")?, target.text("name")?);
    if !target.is_empty() {
        return None;
    }
    let scalable = api == "apps/v1" && matches!(kind.as_str(), "Deployment" | "StatefulSet");
    if scalable && draft.around.workloads.has(&kind, &draft.namespace, &name) {
        draft.fields.put_text("target", Some(name));
    } else {
        let mut fields = Fields::default();
        fields.put_text("apiVersion", Some(api));
        fields.put_text("kind", Some(kind));
        fields.put_text("name", Some(name));
        draft.fields.put("target", map_node(fields.0));
    }
    let min = spec.take("minReplicas")?;
    draft.fields.put("min", (as_int(&min) != Some(1)).then_some(min));
    draft.fields.put("max", spec.take("maxReplicas")?);
    let mut metrics = spec.list("metrics")?.into_iter().peekable();
    for resource in ["cpu", "memory"] {
        if let Some(value) = metrics.peek().and_then(|metric| usage(metric, resource)) {
            metrics.next();
            draft.fields.put(resource, value);
        }
    }
    let others: Vec<Node> = metrics.collect();
    draft.fields.put("metrics", (!others.is_empty()).then(|| list_node(others)));
    draft.fields.pass(&mut spec, &["behavior"]);
    draft.raw_spec(spec);
    Some(())
}

/// The number of a metric that has a word of its own.
pub(in crate::import) fn usage(metric: &Node, resource: &str) -> Option<Node> {
    let mut metric = Parts::of(metric.clone())?;
    let mut about = metric.map("resource")?;
    let mut target = about.map("target")?;
    let is = |text: Option<ecow::EcoString>, wanted: &str| text.as_deref() == Some(wanted);
    if !is(metric.text("type"), "Resource") || !is(about.text("name"), resource) {
        return None;
    }
    let value = match target.text("type")?.as_str() {
        "Utilization" => target.take_if("averageUtilization", |share| as_int(share).is_some()),
        "AverageValue" if resource == "memory" => target.take_if("averageValue", |value| value.as_str().is_some()),
        _ => None,
    };
    value.filter(|_| metric.is_empty() && about.is_empty() && target.is_empty())
}
