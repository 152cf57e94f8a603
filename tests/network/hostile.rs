//! Objects that nobody should write: whatever they hold, they are read, and what has no meaning grants nothing.

use nxk::network::{Cluster, Reach};
use nxk::node::{Field, Map, Node, NodeKind};
use nxk::source::Span;
use proptest::prelude::*;

use super::support::manifests::from_yaml;

/// Objects with something in every place that is read.
const OBJECTS: [&str; 4] = [
    "{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { team: shop } } }",
    "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { template: {
        metadata: { labels: { app: web } }, spec: { hostNetwork: false,
        initContainers: [ { name: init, restartPolicy: Always, ports: [ { name: side, containerPort: 1 } ] } ],
        containers: [ { name: app, ports: [ { name: http, containerPort: 8080, protocol: TCP } ] } ] } } } }",
    "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: {
        podSelector: { matchLabels: { app: web }, matchExpressions: [ { key: a, operator: NotIn, values: [ b ] } ] },
        policyTypes: [ Ingress, Egress ],
        ingress: [ { from: [ { podSelector: {}, namespaceSelector: { matchLabels: { team: shop } } } ],
                     ports: [ { port: http, protocol: TCP } ] } ],
        egress: [ { to: [ { ipBlock: { cidr: 10.0.0.0/8, except: [ 10.1.0.0/16 ] } } ], ports: [ { port: 1, endPort: 2 } ] } ] } }",
    "{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: web, namespace: shop }, spec: {
        endpointSelector: { matchLabels: { 'k8s:app': web } },
        ingress: [ { fromEntities: [ world ] }, { fromCIDRSet: [ { cidr: '::/0', except: [ '::1/128' ] } ] } ],
        egress: [ { toFQDNs: [ { matchName: a.example } ], toPorts: [ { ports: [ { port: '53', protocol: ANY, endPort: 54 } ],
                    rules: { dns: [ { matchPattern: '*' } ] } } ] },
                  { toEndpoints: [ { matchLabels: { io.kubernetes.pod.namespace: shop } } ] }, { toCIDR: [ 10.0.0.1 ] } ] } }",
];

fn junk() -> impl Strategy<Value = Node> {
    let kind = prop_oneof![
        Just(NodeKind::Null),
        Just(NodeKind::Failed),
        any::<bool>().prop_map(NodeKind::Bool),
        any::<i64>().prop_map(NodeKind::Int),
        Just(NodeKind::Float(0.5)),
        "[a-z0-9:/.*-]{0,12}".prop_map(|text| NodeKind::Str(text.into())),
        Just(NodeKind::List(Vec::new())),
        Just(NodeKind::Map(Map::default())),
        "[a-z]{0,3}".prop_map(|text| NodeKind::List(vec![Node::string(text, Span::NONE)])),
        ("[a-zA-Z:]{0,8}", any::<i64>()).prop_map(|(key, number)| {
            let value = Node::new(NodeKind::Int(number), Span::NONE);
            NodeKind::Map(Map { fields: vec![Field { key: key.into(), key_span: Span::NONE, value }] })
        }),
    ];
    kind.prop_map(|kind| Node::new(kind, Span::NONE))
}

/// Puts `junk` in the place of the value with this number, counted from the outside; the numbers that are left.
fn replace(node: &mut Node, number: usize, junk: &Node) -> Option<usize> {
    let Some(mut left) = number.checked_sub(1) else {
        *node = junk.clone();
        return None;
    };
    let inside: Vec<&mut Node> = match &mut node.kind {
        NodeKind::List(items) => items.iter_mut().collect(),
        NodeKind::Map(map) => map.fields.iter_mut().map(|field| &mut field.value).collect(),
        _ => Vec::new(),
    };
    for inner in inside {
        left = replace(inner, left, junk)?;
    }
    Some(left)
}

/// Asks everything that can be asked.
fn ask(objects: &[Node]) -> usize {
    let cluster = Cluster::read(&objects.iter().collect::<Vec<_>>());
    let reach = Reach::new(&cluster);
    reach.connections().count() + reach.without_effect().len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn anything_may_stand_anywhere(places in prop::collection::vec((0usize..4, 0usize..60, junk()), 1..4)) {
        let mut objects = OBJECTS.map(|text| from_yaml(text).expect("YAML"));
        for (object, number, junk) in &places {
            replace(&mut objects[*object], *number, junk);
        }
        ask(&objects);
    }
}

#[test]
fn lists_may_be_nested_deeply() {
    let mut list = from_yaml(OBJECTS[1]).expect("YAML");
    for _ in 0..1_000 {
        let field = |key: &str, value| Field { key: key.into(), key_span: Span::NONE, value };
        let items = Node::new(NodeKind::List(vec![list]), Span::NONE);
        let fields = vec![field("kind", Node::string("List", Span::NONE)), field("items", items)];
        list = Node::new(NodeKind::Map(Map { fields }), Span::NONE);
    }
    assert_eq!(Cluster::read(&[&list]).pods.len(), 1);
}

#[test]
fn there_may_be_very_many_policies() {
    let mut objects: Vec<Node> = Vec::new();
    for at in 0..10_000 {
        let peer = ["{ podSelector: {} }", "{ namespaceSelector: {} }", "{ ipBlock: { cidr: 10.0.0.0/8 } }"][at % 3];
        objects.extend(from_yaml(&format!(
            "{{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{ name: p{at} }}, spec: {{ podSelector: {{}},
                ingress: [ {{ from: [ {peer} ], ports: [ {{ port: {} }} ] }} ] }} }}",
            at + 1
        )));
    }
    for at in 0..200 {
        let text = format!("{{ apiVersion: v1, kind: Pod, metadata: {{ name: w{at} }}, spec: {{ containers: [] }} }}");
        objects.extend(from_yaml(&text));
    }
    // Each of the pods reaches each; the policies for addresses are a third, and have nothing to say of that.
    let cluster = Cluster::read(&objects.iter().collect::<Vec<_>>());
    let reach = Reach::new(&cluster);
    let open = reach.open(3, 7);
    assert_eq!(reach.connections().count(), 200 * 200);
    assert_eq!(open.ranges().map(|(_, first, last)| usize::from(last - first) + 1).sum::<usize>(), 6_667);
}
