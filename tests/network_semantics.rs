//! What NetworkPolicies mean, held to cases written by hand: `tests/corpus/network/*.yaml`.
//!
//! A case opens with a sentence that says why it is there. Then come manifests, and what is to come out as comments:
//!
//! ```text
//! #? web -> shop/api: TCP 8080, UDP 53      on which ports one reaches the other; `none`, `all`
//! #? web -> 10.0.0.0/8: TCP 443             on which ports each of these addresses is reached
//! #? web -> any of 10.0.0.0/8: TCP 443      on which ports at least one of them is
//! #? 10.0.0.1 -> web: none                  and the other way round
//! #? web -> host *.example.com: TCP 443     on which ports a host is reached by this name
//! #? kube-system{k8s-app=dns,http=8080} -> web: none    pods that no object makes, with labels and a port `http`
//! #! `endPort` 10 is below `port` 20        part of a finding; there are to be these findings, and no others
//! #~ toServices                             part of what is not understood; there is to be this, and nothing else
//! ```
//!
//! Pods are `namespace/name`, or `name` in `default`.

#[path = "network/hostile.rs"]
mod hostile;
#[path = "network/sets.rs"]
mod sets;
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use nxk::network::{Addresses, Cluster, Direction, Grantees, Labels, NamedPort, Ports, Protocol, Reach};
use nxk::node::Node;

#[test]
fn hand_written_cases() {
    let files = support::files_below("tests/corpus/network", ".yaml");
    assert!(files.len() >= 90, "the cases are there: {}", files.len());
    let wrong: Vec<String> = files.iter().flat_map(|path| Case::read(path).wrong()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One file.
struct Case {
    name: String,
    text: String,
    objects: Vec<Node>,
}

/// One end of a connection that a case asks for.
enum End {
    Pods(usize),
    Each(Addresses),
    Any(Addresses),
    Host(String),
}

impl Case {
    fn read(path: &Path) -> Case {
        let text = support::read(path);
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let documents = text.split("\n---\n").map(|document| {
            support::manifests::from_yaml(document).unwrap_or_else(|| panic!("{name} is not YAML:\n{document}"))
        });
        let objects = documents.collect();
        Case { name, text, objects }
    }

    /// The comments with a mark.
    fn marked(&self, mark: &str) -> Vec<String> {
        self.text.lines().filter_map(|line| line.strip_prefix(mark)).map(|line| line.trim().to_owned()).collect()
    }

    /// What does not come out as it should.
    fn wrong(&self) -> Vec<String> {
        let mut cluster = Cluster::read(&self.objects.iter().collect::<Vec<_>>());
        let questions = self.marked("#? ");
        let asked: Vec<_> = questions.iter().map(|question| self.question(&mut cluster, question)).collect();
        let reach = Reach::new(&cluster);
        let mut wrong = Vec::new();
        for (question, (from, to, expected)) in questions.iter().zip(&asked) {
            let open = answer(&reach, from, to).to_string();
            if open != *expected {
                wrong.push(format!("{}: {question}: it is {open}", self.name));
            }
        }
        if !self.text.starts_with("# ") || questions.is_empty() {
            wrong.push(format!("{}: a case says why it is there, and asks something", self.name));
        }
        let faults: Vec<String> = reach.without_effect().into_iter().map(|fault| fault.words).collect();
        wrong.extend(self.unequal("#! ", faults));
        let opaque = cluster.policies.iter().flat_map(|policy| &policy.opaque);
        wrong.extend(self.unequal("#~ ", opaque.map(|opaque| opaque.words.clone()).collect()));
        wrong.extend(self.incomplete(&reach));
        wrong
    }

    /// Whether what was said is what was expected to be said, in parts and in order.
    fn unequal(&self, mark: &str, said: Vec<String>) -> Option<String> {
        let expected = self.marked(mark);
        let same = expected.len() == said.len() && expected.iter().zip(&said).all(|(part, said)| said.contains(part));
        (!same).then(|| format!("{}: {mark}{expected:?}: it is {said:?}", self.name))
    }

    /// Whether the connections that are listed are those that are found by asking for each pair.
    fn incomplete(&self, reach: &Reach<'_>) -> Option<String> {
        let pods = reach.cluster().pods.len();
        let pairs = (0..pods).flat_map(|from| (0..pods).map(move |to| (from, to)));
        let asked: Vec<_> = pairs.map(|(from, to)| (from, to, reach.open(from, to))).collect();
        let open: Vec<_> = asked.into_iter().filter(|(_, _, ports)| !ports.is_empty()).collect();
        let listed: Vec<_> = reach.connections().collect();
        (listed != open).then(|| format!("{}: listed {listed:?}, asked {open:?}", self.name))
    }

    fn question(&self, cluster: &mut Cluster, question: &str) -> (End, End, String) {
        let (ends, expected) = question.rsplit_once(": ").unwrap_or_else(|| panic!("{}: {question}", self.name));
        let (from, to) = ends.split_once(" -> ").unwrap_or_else(|| panic!("{}: {question}", self.name));
        (self.end(cluster, from.trim()), self.end(cluster, to.trim()), expected.trim().to_owned())
    }

    fn end(&self, cluster: &mut Cluster, end: &str) -> End {
        if let Some(host) = end.strip_prefix("host ") {
            return End::Host(host.to_owned());
        }
        if let Some(addresses) = end.strip_prefix("any of ").and_then(addresses) {
            return End::Any(addresses);
        }
        if let Some(addresses) = addresses(end) {
            return End::Each(addresses);
        }
        if let Some((namespace, labels)) = end.split_once('{') {
            return End::Pods(outsider(cluster, namespace, labels.trim_end_matches('}')));
        }
        let (namespace, name) = end.split_once('/').unwrap_or(("default", end));
        let named = |pods: &nxk::network::Pods| pods.namespace == namespace && pods.name == name;
        let pods = cluster.pods.iter().position(named);
        End::Pods(pods.unwrap_or_else(|| panic!("{}: there is no `{end}`", self.name)))
    }
}

/// The addresses of a block or a single one.
fn addresses(text: &str) -> Option<Addresses> {
    let single = text
        .parse::<std::net::IpAddr>()
        .ok()
        .map(|address| format!("{text}/{}", if address.is_ipv4() { 32 } else { 128 }));
    Addresses::block(single.as_deref().unwrap_or(text))
}

/// Pods that no object makes, with labels, and ports where the value is a number.
fn outsider(cluster: &mut Cluster, namespace: &str, described: &str) -> usize {
    let mut labels = Labels::new();
    let mut ports = Vec::new();
    for (key, value) in described.split(',').filter_map(|pair| pair.split_once('=')) {
        match value.parse() {
            Ok(port) => ports.push(NamedPort { name: key.into(), protocol: Protocol::Tcp, port }),
            Err(_) => labels.set(key, value),
        }
    }
    cluster.add_outsider(namespace, labels, ports)
}

fn answer(reach: &Reach<'_>, from: &End, to: &End) -> Ports {
    match (from, to) {
        (End::Pods(from), End::Pods(to)) => reach.open(*from, *to),
        (End::Pods(pods), End::Each(addresses)) => reach.accepts(*pods, Direction::Egress, addresses),
        (End::Each(addresses), End::Pods(pods)) => reach.accepts(*pods, Direction::Ingress, addresses),
        (End::Pods(pods), End::Any(addresses)) => reach.touches(*pods, Direction::Egress, addresses),
        (End::Any(addresses), End::Pods(pods)) => reach.touches(*pods, Direction::Ingress, addresses),
        (End::Pods(pods), End::Host(name)) => to_host(reach, *pods, name),
        _ => panic!("at least one end is pods"),
    }
}

/// The ports that are granted to a host by its name.
fn to_host(reach: &Reach<'_>, pods: usize, name: &str) -> Ports {
    let mut open: BTreeMap<String, Ports> = BTreeMap::new();
    for grant in &reach.side(pods, Direction::Egress).grants {
        if let Grantees::Hosts(names) = &grant.who {
            for name in names {
                let ports = open.entry(name.to_string()).or_default();
                *ports = ports.union(&grant.ports);
            }
        }
    }
    open.remove(name).unwrap_or_default()
}
