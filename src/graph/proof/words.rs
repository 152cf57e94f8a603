//! How findings speak of parties, pods, addresses and ports.

use super::super::declared::{Role, Whom};
use super::super::picture::ReasonKind;
use super::strangers::supposed_labels;
use crate::network::{Addresses, Cluster, Labels, Ports};

/// How many of the same kind a message names.
pub(super) const SHOWN: usize = 3;

/// A declared connection as a sentence.
pub(in crate::graph) fn words(from: &Whom, to: &Whom, reason: ReasonKind) -> String {
    let home = match (from, to) {
        (Whom::Workload { namespace, .. }, _) | (_, Whom::Workload { namespace, .. }) => namespace.as_str(),
        _ => "",
    };
    let (from, to) = (shown(from, home), shown(to, home));
    match reason {
        ReasonKind::Dependency => format!("{from} depends on {to}"),
        ReasonKind::Expose => format!("{to} is exposed to {from}"),
        ReasonKind::Monitoring => format!("{from} scrapes {to}"),
        ReasonKind::Egress => format!("{from} connects to {to}"),
        ReasonKind::AllowFrom => format!("{to} accepts {from}"),
        ReasonKind::Dns => format!("{from} asks {to} for names"),
        ReasonKind::Tracing => format!("{from} sends traces to {to}"),
        ReasonKind::Webhook => format!("{from} calls a webhook of {to}"),
    }
}

/// A party, as somebody in the namespace `home` says it.
pub(in crate::graph) fn shown(whom: &Whom, home: &str) -> String {
    match whom {
        Whom::Workload { namespace, name } if home.is_empty() || namespace == home => format!("`{name}`"),
        Whom::Workload { namespace, name } => format!("`{namespace}/{name}`"),
        Whom::Pods { role, namespace, labels } => match role {
            Role::Named => shown_labels(namespace, labels),
            Role::Dns => "the DNS servers".to_string(),
            Role::IngressController => "the ingress controller".to_string(),
            Role::Monitoring => "Prometheus".to_string(),
            Role::Collector => "the collector".to_string(),
        },
        Whom::Network { cidr, except } if except.is_empty() => format!("`{cidr}`"),
        Whom::Network { cidr, except } => format!("`{cidr}` without `{}`", except.join("`, `")),
        Whom::Host(name) => format!("`{name}`"),
        Whom::ApiServer => "the API server".to_string(),
    }
}

pub(super) fn shown_pods(cluster: &Cluster, pods: usize, home: &str) -> String {
    let pods = &cluster.pods[pods];
    match pods.object {
        Some(_) if pods.namespace == home => format!("`{}`", pods.name),
        Some(_) => format!("`{}/{}`", pods.namespace, pods.name),
        None => shown_labels(&pods.namespace, &pods.labels),
    }
}

fn shown_labels(namespace: &str, labels: &Labels) -> String {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    let home = match supposed_labels(namespace) {
        None => format!("in `{namespace}`"),
        Some("") => "elsewhere".to_string(),
        Some(labels) => format!("in a namespace with `{labels}`"),
    };
    match labels.is_empty() {
        true => format!("any pod {home}"),
        false => format!("any pod {home} with {}", labels.join(" and ")),
    }
}

pub(super) fn shown_addresses(addresses: &Addresses) -> String {
    if *addresses == Addresses::all() {
        return "every address".to_string();
    }
    let blocks: Vec<String> = addresses.blocks().iter().map(|block| format!("`{block}`")).collect();
    listed(&blocks)
}

/// `a`; `a and b`; `a, b, c and 4 more`
pub(super) fn listed(items: &[String]) -> String {
    listed_of(items, items.len())
}

/// The same, of so many items of which the first are given.
pub(super) fn listed_of(items: &[String], number: usize) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if number <= SHOWN + 1 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", items[..SHOWN].join(", "), number - SHOWN),
    }
}

pub(super) fn and_more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => "; the same holds for one more connection".to_string(),
        more => format!("; the same holds for {more} more connections"),
    }
}

/// `on TCP 80 and UDP 53`
pub(super) fn on(ports: &Ports) -> String {
    match *ports == Ports::all() {
        true => "on every port".to_string(),
        false => format!("on {}", listed(&ports.shown())),
    }
}
