//! Measures what NetworkPolicies of a large cluster cost to evaluate: `cargo bench --bench network [workloads [edges]]`.
//!
//! Each workload has a Deployment, a policy for the way in and one for the way out; `edges` of them lead to others, most in
//! other namespaces. Each namespace has a general denial. Parts are timed by themselves, the shortest and the median of
//! ten runs; docs/performance.md holds what was measured.

use std::time::{Duration, Instant};

use nxk::network::{Cluster, Reach};
use nxk::node::{Field, Map, Node, NodeKind};
use nxk::source::Span;
use nxk::symbol::Symbol;

const RUNS: usize = 10;
const NAMESPACES: usize = 20;
/// A prime: its multiples spread the edges over all workloads.
const SPREAD: usize = 829_348_951;

fn main() {
    // Cargo adds options of its own.
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let workloads = numbers.first().copied().unwrap_or(2_000).max(1);
    let edges = numbers.get(1).copied().unwrap_or(10);

    let declared = declared(workloads, edges);
    report(&format!("{workloads} workloads, {edges} edges each"), &declared);
    let open = everyone(workloads, "{ namespaceSelector: {} }", "NotIn");
    report(&format!("{workloads} policies, each of a pod, for all of the cluster"), &open);
    let crossed = everyone(workloads, "{ podSelector: {} }", "Exists");
    report(&format!("{workloads} policies, each for all pods of a namespace"), &crossed);
}

/// Each workload with its edges, as nxk itself writes it.
fn declared(workloads: usize, edges: usize) -> Vec<Node> {
    let mut towards: Vec<Vec<usize>> = vec![Vec::new(); workloads];
    let mut from: Vec<Vec<usize>> = vec![Vec::new(); workloads];
    for (consumer, towards) in towards.iter_mut().enumerate() {
        for edge in 0..edges {
            let provider = (consumer.wrapping_mul(31) + edge + 1).wrapping_mul(SPREAD) % workloads;
            if !towards.contains(&provider) {
                towards.push(provider);
                from[provider].push(consumer);
            }
        }
    }
    let denial = |namespace| policy("default-deny", namespace, "{}", "policyTypes: [ Ingress, Egress ]");
    let mut objects: Vec<Node> = (0..NAMESPACES).map(denial).collect();
    for at in 0..workloads {
        objects.push(deployment(at));
        let own = format!("{{ matchLabels: {{ app.kubernetes.io/name: w{at} }} }}");
        let peers = |others: &[usize]| others.iter().map(|&other| peer(other)).collect::<Vec<_>>().join(", ");
        let ingress = format!(
            "policyTypes: [ Ingress ], ingress: [ {{ from: [ {} ], ports: [ {{ port: 8080 }} ] }} ]",
            peers(&from[at])
        );
        let egress = format!(
            "policyTypes: [ Egress ], egress: [ {{ to: [ {} ], ports: [ {{ port: 8080 }} ] }} ]",
            peers(&towards[at])
        );
        objects.push(policy(&format!("w{at}-ingress"), at, &own, &ingress));
        objects.push(policy(&format!("w{at}-egress"), at, &own, &egress));
    }
    objects
}

/// Policies that each let in very many; half of them select one workload, half all that has the label.
fn everyone(workloads: usize, peer: &str, operator: &str) -> Vec<Node> {
    let mut objects = Vec::new();
    for at in 0..workloads {
        objects.push(deployment(at));
        let values = if operator == "NotIn" { format!(", values: [ w{at} ]") } else { String::new() };
        let narrow = format!("{{ matchLabels: {{ app.kubernetes.io/name: w{at} }} }}");
        let wide =
            format!("{{ matchExpressions: [ {{ key: app.kubernetes.io/name, operator: {operator}{values} }} ] }}");
        let own = if at % 2 == 0 { narrow } else { wide };
        let ingress = format!("ingress: [ {{ from: [ {peer} ], ports: [ {{ port: {} }} ] }} ]", 1 + at % 60_000);
        objects.push(policy(&format!("w{at}"), at, &own, &ingress));
    }
    objects
}

fn deployment(at: usize) -> Node {
    yaml(&format!(
        "{{ apiVersion: apps/v1, kind: Deployment, metadata: {{ name: w{at}, namespace: n{} }}, spec: {{ template: {{
           metadata: {{ labels: {{ app.kubernetes.io/name: w{at}, app.kubernetes.io/part-of: bench, tier: t{} }} }},
           spec: {{ containers: [ {{ name: app, image: bench, ports: [ {{ name: http, containerPort: 8080 }} ] }} ] }}
         }} }} }}",
        at % NAMESPACES,
        at % 5
    ))
}

fn policy(name: &str, at: usize, selector: &str, rest: &str) -> Node {
    yaml(&format!(
        "{{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{ name: {name}, namespace: n{} }},
            spec: {{ podSelector: {selector}, {rest} }} }}",
        at % NAMESPACES
    ))
}

fn peer(at: usize) -> String {
    format!(
        "{{ namespaceSelector: {{ matchLabels: {{ kubernetes.io/metadata.name: n{} }} }}, \
            podSelector: {{ matchLabels: {{ app.kubernetes.io/name: w{at} }} }} }}",
        at % NAMESPACES
    )
}

/// Times the parts, and prints a row for each.
fn report(title: &str, objects: &[Node]) {
    let objects: Vec<&Node> = objects.iter().collect();
    println!("\n{title}: {} objects", objects.len());
    let cluster = timed("read", || Cluster::read(&objects));
    let reach = timed("resolve", || Reach::new(&cluster));
    let connections = timed("connections", || reach.connections().count());
    let faults = timed("without effect", || reach.without_effect().len());
    timed("all of it", || {
        let cluster = Cluster::read(&objects);
        let reach = Reach::new(&cluster);
        reach.connections().count() + reach.without_effect().len()
    });
    println!("  {connections} connections, {faults} without effect");
}

/// Does the work several times; the last result.
fn timed<T>(part: &str, work: impl Fn() -> T) -> T {
    let mut times: Vec<Duration> = Vec::new();
    let result = loop {
        let start = Instant::now();
        let result = work();
        times.push(start.elapsed());
        if times.len() == RUNS {
            break result;
        }
    };
    times.sort();
    println!("  {part:<16} {:>9.2?} {:>9.2?}", times[0], times[RUNS / 2]);
    result
}

fn yaml(text: &str) -> Node {
    let value: serde_yaml::Value = serde_yaml::from_str(text).expect("what is generated is YAML");
    node(&value)
}

fn node(value: &serde_yaml::Value) -> Node {
    let kind = match value {
        serde_yaml::Value::Number(number) => NodeKind::Int(number.as_i64().unwrap_or_default()),
        serde_yaml::Value::String(text) => NodeKind::Str(text.into()),
        serde_yaml::Value::Sequence(items) => NodeKind::List(items.iter().map(node).collect()),
        serde_yaml::Value::Mapping(fields) => NodeKind::Map(Map { fields: fields.iter().map(field).collect() }),
        _ => NodeKind::Null,
    };
    Node::new(kind, Span::NONE)
}

fn field((key, value): (&serde_yaml::Value, &serde_yaml::Value)) -> Field {
    // Equal keys share their text, as those of a compile do.
    let key = Symbol::new(key.as_str().unwrap_or_default()).text();
    Field { key, key_span: Span::NONE, value: node(value) }
}
