//! Deployments, StatefulSets, DaemonSets, Jobs and CronJobs.

use super::draft::Draft;
use super::pods::Pods;
use crate::import::compare::difference;
use crate::import::parts::{Fields, Parts, as_int, list_node, map_node, text_node};
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

pub(super) fn deployment(draft: &mut Draft<'_>) -> Option<()> {
    selected(draft, |draft, spec| {
        replicas(draft, spec);
        word_or_set(draft, spec, "strategy");
        draft.fields.pass(spec, &["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "paused"]);
        Some(())
    })
}

pub(super) fn stateful_set(draft: &mut Draft<'_>) -> Option<()> {
    selected(draft, |draft, spec| {
        replicas(draft, spec);
        let usual = format!("{}-headless", draft.name);
        let service = spec.text("serviceName")?;
        draft.fields.put_text("serviceName", (service != usual).then_some(service));
        word_or_set(draft, spec, "updateStrategy");
        let others =
            ["podManagementPolicy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds", "revisionHistoryLimit"];
        draft.fields.pass(spec, &others);
        Some(())
    })
}

pub(super) fn daemon_set(draft: &mut Draft<'_>) -> Option<()> {
    selected(draft, |draft, spec| {
        word_or_set(draft, spec, "updateStrategy");
        draft.fields.pass(spec, &["minReadySeconds", "revisionHistoryLimit"]);
        Some(())
    })
}

pub(super) fn job(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let found = found_anyhow(spec.0.get("template"), &draft.name);
    let mut pods = Pods::of(spec.map("template")?, &found, draft)?;
    pods.image(draft)?;
    run(draft, &mut spec, &mut pods)?;
    draft.fields.pass(&mut spec, &["suspend"]);
    let template = pods.finish(draft)?;
    put_back(&mut spec, "template", template);
    draft.raw_spec(spec);
    Some(())
}

pub(super) fn cron_job(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let mut made = spec.map("jobTemplate")?;
    let mut job = made.map("spec")?;
    let template = job.map("template")?;
    let metadata = jobs_metadata(made.map("metadata")?, template.0.get("metadata"))?;
    let found = found_anyhow(Some(&map_node(template.0.clone())), &draft.name);
    let mut pods = Pods::of(template, &found, draft)?;
    pods.image(draft)?;
    draft.fields.put_text("schedule", Some(spec.text("schedule")?));
    let own = [
        "timeZone",
        "concurrencyPolicy",
        "startingDeadlineSeconds",
        "suspend",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ];
    draft.fields.pass(&mut spec, &own);
    run(draft, &mut job, &mut pods)?;
    let template = pods.finish(draft)?;
    put_back(&mut job, "template", template);
    put_back(&mut made, "metadata", metadata);
    put_back(&mut made, "spec", job.rest());
    put_back(&mut spec, "jobTemplate", made.rest());
    draft.raw_spec(spec);
    Some(())
}

/// What is different about a schedule's jobs: an entry gives them the labels and annotations of their pods. What they do not
/// have is `null`.
fn jobs_metadata(mut metadata: Parts, of_pods: Option<&Node>) -> Option<Option<Node>> {
    let (mut said, mut nothing) = (Fields::default(), true);
    for key in ["labels", "annotations"] {
        let own = metadata.map(key)?.0;
        let of_pods =
            of_pods.and_then(|metadata| metadata.get(key)).and_then(Node::as_map).cloned().unwrap_or_default();
        let mut different = Fields::default();
        for field in of_pods.fields.iter().filter(|field| own.get(&field.key).is_none()) {
            different.put(&field.key, Node::new(NodeKind::Null, Span::NONE));
        }
        nothing &= own.fields.is_empty();
        for field in own.fields {
            let same = of_pods.get(&field.key).is_some_and(|value| difference(value, &field.value).is_none());
            different.put(&field.key, (!same).then_some(field.value));
        }
        said.put_map(key, different.0);
    }
    said.0.fields.extend(metadata.0.fields);
    let needless = nothing && said.0.fields.iter().all(|field| matches!(field.key.as_str(), "labels" | "annotations"));
    Some(match said.0.fields.is_empty() {
        false if needless => Some(Node::new(NodeKind::Null, Span::NONE)),
        _ => Parts(said.0).rest(),
    })
}

/// A workload that finds its pods by a selector. `own` says what only its kind has.
fn selected(draft: &mut Draft<'_>, own: impl FnOnce(&mut Draft<'_>, &mut Parts) -> Option<()>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let mut selector = spec.map("selector")?;
    let labels = selector.map("matchLabels")?.0;
    let mut pods = Pods::of(spec.map("template")?, &labels, draft)?;
    pods.image(draft)?;
    own(draft, &mut spec)?;
    let mut claims = spec.0.get("volumeClaimTemplates").and_then(claims);
    if let Some(claims) = &mut claims {
        spec.take("volumeClaimTemplates");
        pods.mount(claims);
    }
    let template = pods.finish(draft)?;
    draft.fields.put("volumeClaimTemplates", claims.map(map_node));
    put_back(&mut spec, "selector", selector.rest());
    put_back(&mut spec, "template", template);
    draft.raw_spec(spec);
    Some(())
}

/// Jobs find their pods without a selector; an entry gives them the usual label all the same, unless it says otherwise.
fn found_anyhow(template: Option<&Node>, name: &str) -> Map {
    let label = template.and_then(|template| template.at(&["metadata", "labels", "app.kubernetes.io/name"]));
    let mut found = Fields::default();
    if label.and_then(Node::as_str) == Some(name) {
        found.put("app.kubernetes.io/name", text_node(name));
    }
    found.0
}

/// What jobs and cron jobs say of how pods run to their end.
fn run(draft: &mut Draft<'_>, spec: &mut Parts, pods: &mut Pods) -> Option<()> {
    let restart = pods.spec.text("restartPolicy")?;
    draft.fields.put_text("restartPolicy", (restart != "Never").then_some(restart));
    let fields = [
        "backoffLimit",
        "completions",
        "parallelism",
        "completionMode",
        "activeDeadlineSeconds",
        "ttlSecondsAfterFinished",
        "podFailurePolicy",
    ];
    draft.fields.pass(spec, &fields);
    Some(())
}

/// One pod is meant where an entry says nothing, and left open where an object says nothing.
fn replicas(draft: &mut Draft<'_>, spec: &mut Parts) {
    match spec.take("replicas") {
        None => draft.fields.put("replicas", Node::new(NodeKind::Null, Span::NONE)),
        Some(number) => draft.fields.put("replicas", (as_int(&number) != Some(1)).then_some(number)),
    }
}

/// `{ type: Recreate }` is `"Recreate"`.
fn word_or_set(draft: &mut Draft<'_>, spec: &mut Parts, key: &str) {
    let word =
        spec.0.get(key).and_then(Node::as_map).filter(|map| map.fields.len() == 1).and_then(|map| map.get("type"));
    match word.and_then(Node::as_str).map(text_node) {
        Some(word) => {
            spec.take(key);
            draft.fields.put(key, word);
        }
        None => draft.fields.pass(spec, &[key]),
    }
}

/// Claims by name, if that is their order.
fn claims(node: &Node) -> Option<Map> {
    let mut fields = Fields::default();
    let mut last = None;
    for item in node.as_list().filter(|items| !items.is_empty())? {
        let mut item = Parts::of(item.clone())?;
        let mut metadata = item.map("metadata")?;
        let name = metadata.text("name")?;
        if last.as_ref().is_some_and(|last| *last >= name) {
            return None;
        }
        let mut claim = Fields::default();
        claim.pass(&mut metadata, &["labels", "annotations"]);
        claim_spec(&mut claim, item.map("spec")?)?;
        if !item.is_empty() || !metadata.is_empty() {
            return None;
        }
        fields.put(&name, map_node(claim.0));
        last = Some(name);
    }
    Some(fields.0)
}

/// What a claim asks for, in the words of an entry.
pub(in crate::import) fn claim_spec(claim: &mut Fields, mut spec: Parts) -> Option<()> {
    let mut resources = spec.map("resources")?;
    let mut requests = resources.map("requests")?;
    claim.put("size", requests.take_if("storage", |size| size.as_str().is_some())?);
    put_back(&mut resources, "requests", requests.rest());
    put_back(&mut spec, "resources", resources.rest());
    claim.put_text("storageClass", spec.text("storageClassName"));
    let modes = spec.list("accessModes")?;
    let usual = modes.len() == 1 && modes[0].as_str() == Some("ReadWriteOnce");
    claim.put("accessModes", (!usual).then(|| list_node(modes)));
    claim.put_text("volumeMode", spec.text("volumeMode"));
    claim.put("spec", spec.rest());
    Some(())
}

/// Puts what is left of a part back to where it was taken from.
fn put_back(parts: &mut Parts, key: &str, left: Option<Node>) {
    if let Some(left) = left {
        parts.0.set(key, Span::NONE, left);
    }
}
