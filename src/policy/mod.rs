//! What holds for every object whatever made it: compliance and traceability, on the final objects.

pub mod admission;
pub mod compliance;
pub mod credentials;
mod images;
mod labels;
pub mod level;
mod selectors;
mod trace;

pub use images::check_images;
pub use labels::{Compliance, MandatoryLabels, demand};
pub use selectors::without_pods;
pub use trace::{Inputs, OriginAnnotations, Trace, hexadecimal};

use ecow::EcoString;

use crate::layers::pod_spec_path;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// The map at `path`, made where it is missing; `None` where something else is in the way.
pub(crate) fn map_at<'a>(node: &'a mut Node, path: &[&str], span: Span) -> Option<&'a mut Map> {
    let mut map = node.as_map_mut()?;
    for key in path {
        if map.get(key).is_none() {
            map.set(EcoString::from(*key), span, Node::new(NodeKind::Map(Map::default()), span));
        }
        map = map.get_mut(key)?.as_map_mut()?;
    }
    Some(map)
}

/// The paths of the `metadata` that an object of this kind has: its own, and its pod template's.
fn metadata_paths(kind: &str) -> &'static [&'static [&'static str]] {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            &[&["metadata"], &["spec", "template", "metadata"]]
        }
        "CronJob" => &[
            &["metadata"],
            &["spec", "jobTemplate", "metadata"],
            &["spec", "jobTemplate", "spec", "template", "metadata"],
        ],
        _ => &[&["metadata"]],
    }
}
