//! Kinds whose entries say nearly what their objects say: namespaces, configuration, storage, quotas, priorities.

use super::draft::Draft;
use super::workloads::claim_spec;
use crate::import::parts::{Parts, as_int, list_node};
use crate::node::Node;

pub(super) fn namespace(draft: &mut Draft<'_>) -> Option<()> {
    let spec = draft.rest.map("spec")?;
    draft.raw_spec(spec);
    Some(())
}

pub(super) fn config_map(draft: &mut Draft<'_>) -> Option<()> {
    draft.fields.pass(&mut draft.rest, &["immutable", "data", "binaryData"]);
    Some(())
}

pub(super) fn volume_claim(draft: &mut Draft<'_>) -> Option<()> {
    let spec = draft.rest.map("spec")?;
    claim_spec(&mut draft.fields, spec)
}

pub(super) fn quota(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    draft.fields.pass(&mut spec, &["hard", "scopes", "scopeSelector"]);
    draft.raw_spec(spec);
    Some(())
}

/// The types of limits that have a word of their own, in the order in which an entry makes them.
const LIMITS: [(&str, &str); 3] =
    [("Container", "container"), ("PersistentVolumeClaim", "persistentVolumeClaim"), ("Pod", "pod")];

pub(super) fn limit_range(draft: &mut Draft<'_>) -> Option<()> {
    let mut spec = draft.rest.map("spec")?;
    let mut limits = spec.list("limits")?.into_iter().peekable();
    for (kind, option) in LIMITS {
        let is_meant = |limit: &Node| limit.get("type").and_then(|kind| kind.as_str()) == Some(kind);
        if let Some(mut limit) = limits.next_if(is_meant).and_then(Parts::of) {
            limit.take("type");
            draft.fields.put(option, limit.rest()?);
        }
    }
    let others: Vec<_> = limits.collect();
    draft.fields.put("limits", (!others.is_empty()).then(|| list_node(others)));
    draft.raw_spec(spec);
    Some(())
}

pub(super) fn priority_class(draft: &mut Draft<'_>) -> Option<()> {
    draft.fields.put("value", draft.rest.take_if("value", |value| as_int(value).is_some())?);
    draft.fields.pass(&mut draft.rest, &["globalDefault", "preemptionPolicy", "description"]);
    Some(())
}
