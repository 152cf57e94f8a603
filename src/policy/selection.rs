//! What label selectors select.

use crate::node::Node;

/// Whether a selector (`matchLabels` and `matchExpressions`) selects something with these labels. An empty one
/// selects everything. Kubernetes: `meta/v1 LabelSelector`.
pub fn selects(selector: &Node, labels: Option<&Node>) -> bool {
    let pairs = selector.get("matchLabels").and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
    let expressions = selector.get("matchExpressions").and_then(Node::as_list).unwrap_or_default();
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
    pairs.iter().all(|pair| label(&pair.key) == pair.value.as_str())
        && expressions.iter().all(|expression| {
            let key = expression.get("key").and_then(Node::as_str).unwrap_or_default();
            let values = expression.get("values").and_then(Node::as_list).unwrap_or_default();
            let among = |value: &str| values.iter().any(|one| one.as_str() == Some(value));
            match (expression.get("operator").and_then(Node::as_str), label(key)) {
                (Some("In"), Some(value)) => among(value),
                (Some("NotIn"), value) => !value.is_some_and(among),
                (Some("Exists"), value) => value.is_some(),
                (Some("DoesNotExist"), value) => value.is_none(),
                _ => false,
            }
        })
}
