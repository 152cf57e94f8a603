//! Whether two objects are the same one, whatever order their maps are written in.

use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;

/// The first place where two pieces of data differ, as a path such as `spec.ports[0].name`.
pub(super) fn difference(a: &Node, b: &Node) -> Option<String> {
    let mut path = String::new();
    differ(a, b, &mut path).then_some(path)
}

/// What tells the items of lists in Kubernetes' objects apart, beside their names.
const IDENTITY: [&str; 3] = ["name", "port", "containerPort"];

/// What has to be merged over some data to make other data of it; `None` where something would have to be taken away. Of
/// lists that are alike in length and in the names of their items, each item is its own; others are there as a whole.
pub(super) fn addition(from: &Node, to: &Node) -> Option<Node> {
    let kind = match (&from.kind, &to.kind) {
        (NodeKind::Map(from), NodeKind::Map(to)) => NodeKind::Map(further_fields(from, to)?),
        (NodeKind::List(from), NodeKind::List(to)) if are_named_alike(from, to) => {
            let items = from.iter().zip(to).filter(|(from, to)| difference(from, to).is_some());
            let item = |(from, to): (&Node, &Node)| {
                let mut item = addition(from, to)?;
                let map = item.as_map_mut()?;
                let same = |key: &str| {
                    let (from, to) = (from.get(key)?, to.get(key)?);
                    difference(from, to).is_none().then(|| bare(to))
                };
                for (at, (key, value)) in IDENTITY.iter().filter_map(|key| Some((*key, same(key)?))).enumerate() {
                    map.fields.insert(at, Field { key: key.into(), key_span: Span::NONE, value });
                }
                Some(item)
            };
            NodeKind::List(items.map(item).collect::<Option<Vec<_>>>()?)
        }
        _ => return Some(bare(to)),
    };
    Some(Node::new(kind, Span::NONE))
}

fn further_fields(from: &Map, to: &Map) -> Option<Map> {
    if from.fields.iter().any(|field| to.get(&field.key).is_none()) {
        return None;
    }
    let mut further = Map::default();
    for field in &to.fields {
        let value = match from.get(&field.key) {
            Some(known) if difference(known, &field.value).is_none() => continue,
            Some(known) => addition(known, &field.value)?,
            None => bare(&field.value),
        };
        further.set(field.key.clone(), Span::NONE, value);
    }
    Some(further)
}

fn are_named_alike(from: &[Node], to: &[Node]) -> bool {
    let name = |node: &Node| node.get("name").and_then(Node::as_str).map(str::to_owned);
    from.iter().map(name).eq(to.iter().map(name)) && from.iter().all(|item| name(item).is_some())
}

/// The same data without places.
pub(super) fn bare(node: &Node) -> Node {
    let kind = match &node.kind {
        NodeKind::List(items) => NodeKind::List(items.iter().map(bare).collect()),
        NodeKind::Map(map) => {
            let field =
                |field: &Field| Field { key: field.key.clone(), key_span: Span::NONE, value: bare(&field.value) };
            NodeKind::Map(Map { fields: map.fields.iter().map(field).collect() })
        }
        kind => kind.clone(),
    };
    Node::new(kind, Span::NONE)
}

/// Leaves the path of the difference behind, if there is one.
fn differ(a: &Node, b: &Node, path: &mut String) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::Map(a), NodeKind::Map(b)) => maps_differ(a, b, path),
        (NodeKind::List(a), NodeKind::List(b)) => {
            let same = path.len();
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                path.push_str(&format!("[{at}]"));
                if differ(a, b, path) {
                    return true;
                }
                path.truncate(same);
            }
            a.len() != b.len()
        }
        (a, b) => a != b,
    }
}

fn maps_differ(a: &Map, b: &Map, path: &mut String) -> bool {
    let (mut a, mut b) = (sorted(a).into_iter().peekable(), sorted(b).into_iter().peekable());
    let same = path.len();
    loop {
        let (one, other) = match (a.peek(), b.peek()) {
            (None, None) => return false,
            (Some(one), Some(other)) => (Some(*one), Some(*other)),
            (one, other) => (one.copied(), other.copied()),
        };
        let first = [one, other].into_iter().flatten().min_by(|a, b| a.key.cmp(&b.key));
        let Some(Field { key, .. }) = first else { return false };
        step(path, key);
        match (one.filter(|field| field.key == *key), other.filter(|field| field.key == *key)) {
            (Some(one), Some(other)) if !differ(&one.value, &other.value, path) => {}
            _ => return true,
        }
        path.truncate(same);
        a.next();
        b.next();
    }
}

fn sorted(map: &Map) -> Vec<&Field> {
    let mut fields: Vec<&Field> = map.fields.iter().collect();
    fields.sort_by(|a, b| a.key.cmp(&b.key));
    fields
}

fn step(path: &mut String, key: &str) {
    if key.contains(['.', '[']) || key.is_empty() {
        path.push_str(&format!("[\"{key}\"]"));
    } else {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    }
}

#[cfg(test)]
mod tests {
    use super::{addition, difference};
    use crate::manifests::documents;
    use crate::source::SourceMap;

    #[test]
    fn the_first_difference_is_told() {
        let between = |a: &str, b: &str| {
            let mut sources = SourceMap::new();
            let [a, b] = [a, b].map(|text| documents("a", text, &mut sources).0.remove(0));
            difference(&a, &b)
        };
        assert_eq!(between("{a: 1, b: [{c: x}]}", "{b: [{c: x}], a: 1}"), None);
        assert_eq!(between("{a: 1, b: [{c: x}]}", "{b: [{c: y}], a: 1}").as_deref(), Some("b[0].c"));
        assert_eq!(between("{a: 1}", "{a: 1, \"x.y\": 2}").as_deref(), Some("[\"x.y\"]"));
        assert_eq!(between("{a: {b: 1, d: 2}}", "{a: {c: 1, d: 2}}").as_deref(), Some("a.b"));
        assert_eq!(between("{a: [1, 2]}", "{a: [1]}").as_deref(), Some("a"));
        assert_eq!(between("a: 1", "a: '1'").as_deref(), Some("a"));
    }

    #[test]
    fn what_is_added_is_the_least() {
        let between = |a: &str, b: &str| {
            let mut sources = SourceMap::new();
            let [a, b, c] = [a, b, a].map(|text| documents("a", text, &mut sources).0.remove(0));
            assert_eq!(difference(&a, &c), None);
            addition(&a, &b)
        };
        let data = |text: &str| super::bare(&documents("a", text, &mut SourceMap::new()).0[0]);
        let added = between("{a: 1, b: [{name: x, c: 1}, {name: z}]}", "{a: 1, b: [{name: x, c: 1}, {name: z, d: 2}]}");
        assert_eq!(added, Some(data("{b: [{name: z, d: 2}]}")));
        assert_eq!(between("{a: 1, b: [1]}", "{a: 2, b: [1, 2], c: 3}"), Some(data("{a: 2, b: [1, 2], c: 3}")));
        let added = between("{b: [{name: x, port: 1, c: 1}]}", "{b: [{name: x, port: 1, c: 1, d: 2}]}");
        assert_eq!(added, Some(data("{b: [{name: x, port: 1, d: 2}]}")));
        assert_eq!(between("{a: {b: 1, c: 2}}", "{a: {b: 2}}"), None);
    }
}
