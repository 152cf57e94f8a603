//! Claims.

use super::Rules;
use super::constraint::amount;
use crate::diag::Code;
use crate::node::NodeKind;
use crate::schema::validate::Cursor;

/// What a claim asks for.
pub fn claim(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if at.is_empty_at("accessModes") {
        rules.report.missing(at, "accessModes", "a claim has at least one of the `accessModes`");
    }
    let resources = at.get("resources");
    if resources.as_ref().is_some_and(|resources| resources.map().is_none()) {
        return;
    }
    let request = at.at(&["resources", "requests", "storage"]);
    match request {
        Some(request) if amount(&request).is_some_and(|amount| amount <= 0.0) => {
            rules.at(&request, Code::ValueOutOfRange, "a claim asks for more than nothing").hint =
                Some("write a size such as `10Gi`".to_owned());
        }
        None if !at.at(&["resources", "requests"]).is_some_and(|map| matches!(map.node().kind, NodeKind::Failed)) => {
            rules.report.missing(
                resources.as_ref().unwrap_or(at),
                "storage",
                "a claim says in `resources.requests.storage` how much it wants",
            );
        }
        _ => {}
    }
    if at.get("volumeMode").is_some_and(|mode| mode.str() == Some("")) {
        rules.require(at, "volumeMode");
    }
}
