//! Services, ingresses, network policies.

use std::net::IpAddr;

use super::Rules;
use super::constraint::{self, Format};
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::minor::Minor;
use crate::schema::validate::Cursor;

/// A Service.
pub fn service(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let kind = match at.get("type") {
        None => "ClusterIP",
        Some(kind) => match kind.str() {
            Some("") => "ClusterIP",
            Some(text) => text,
            None => return,
        },
    };
    service_ports(at, kind, rules);
    if kind == "ExternalName" {
        return external_name(at, rules);
    }
    load_balancer_only(at, kind, rules);
    external_traffic(at, kind, rules);
    headless(at, kind, rules);
    health_check(at, kind, rules);
    traffic_distribution(at, rules);
    if let Some(ranges) = at.get("loadBalancerSourceRanges") {
        ranges.items().iter().for_each(|range| host_bits(range, rules));
    }
    cluster_ips(at, rules);
}

fn external_name(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.require(at, "externalName");
    let Some(name) = at.get("externalName") else { return };
    // A dot at the end says that the name is a full one.
    if name.str().is_some_and(|text| !formats::is_dns_subdomain(text.trim_end_matches('.'))) {
        constraint::is(&name, "externalName", Format::DnsSubdomain, rules);
    }
}

fn load_balancer_only(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    if kind == "LoadBalancer" {
        return;
    }
    for field in ["loadBalancerClass", "allocateLoadBalancerNodePorts", "loadBalancerSourceRanges"] {
        let Some(value) = at.get(field).filter(|_| !at.is_empty_at(field)) else { continue };
        let message = format!("`{field}` is for the type `LoadBalancer` only");
        rules.forbid(&value, message, "leave it out, or set `type = \"LoadBalancer\"`");
    }
}

fn external_traffic(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    // Since 1.29 a Service of the first type with outside addresses counts as reached from outside too.
    let addressed = !at.is_empty_at("externalIPs") && rules.minor >= Minor(29);
    if addressed || matches!(kind, "NodePort" | "LoadBalancer") || at.is_empty_at("externalTrafficPolicy") {
        return;
    }
    if let Some(policy) = at.get("externalTrafficPolicy") {
        let message = "`externalTrafficPolicy` is for Services that are reached from outside";
        rules.forbid(&policy, message, "leave it out, or set `type = \"LoadBalancer\"`");
    }
}

fn service_ports(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    let ports = at.items_of("ports");
    let headless = at.str_of("clusterIP") == Some("None");
    if ports.is_empty()
        && kind != "ExternalName"
        && !headless
        && at.get("ports").is_none_or(|ports| ports.node().as_list().is_some())
    {
        rules.report.missing(at, "ports", "a Service needs `ports`, unless it is headless (`clusterIP` `None`)");
    }
    for port in &ports {
        if ports.len() > 1 && port.map().is_some() && port.is_empty_at("name") {
            rules.report.missing(port, "name", "a Service with several ports has a `name` for each");
        }
        if let (true, Some(node_port)) =
            (kind == "ClusterIP", port.get("nodePort").filter(|port| port.int() != Some(0)))
        {
            rules.forbid(
                &node_port,
                "`nodePort` is not for the type `ClusterIP`",
                "leave it out, or set `type = \"NodePort\"`",
            );
        }
    }
    rules.unique(&ports, "name", "ports");
    node_ports(&ports, rules);
}

fn node_ports(ports: &[Cursor<'_>], rules: &mut Rules<'_>) {
    let mut seen: Vec<(i64, &str)> = Vec::new();
    for port in ports {
        let Some(number) = port.get("nodePort") else { continue };
        let Some(value) = number.int().filter(|value| *value != 0) else { continue };
        let key = (value, port.str_of("protocol").filter(|word| !word.is_empty()).unwrap_or("TCP"));
        if seen.contains(&key) {
            rules.at(&number, Code::DuplicateListKey, format!("two ports want the `nodePort` {value}")).hint =
                Some("give them different ones".to_owned());
        }
        seen.push(key);
    }
}

/// A Service without an address of its own cannot have one outside.
fn headless(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    let Some(address) = at.get("clusterIP") else { return };
    match address.str() {
        Some("None") if matches!(kind, "NodePort" | "LoadBalancer") => {
            rules.forbid(
                &address,
                format!("a Service of the type `{kind}` cannot be headless"),
                "leave `clusterIP` out",
            );
        }
        Some("" | "None") | None => {}
        Some(_) => constraint::is(&address, "clusterIP", Format::Ip, rules),
    }
    if let Some(config) =
        at.at(&["sessionAffinityConfig", "clientIP"]).filter(|_| at.str_of("sessionAffinity") != Some("ClientIP"))
    {
        rules.forbid(&config, "`sessionAffinityConfig` is for `sessionAffinity` `ClientIP`", "leave it out");
    }
}

fn health_check(at: &Cursor<'_>, kind: &str, rules: &mut Rules<'_>) {
    let Some(port) = at.get("healthCheckNodePort").filter(|port| port.int().is_some_and(|port| port != 0)) else {
        return;
    };
    if kind != "LoadBalancer" || at.str_of("externalTrafficPolicy") != Some("Local") {
        rules.forbid(
            &port,
            "`healthCheckNodePort` is for the type `LoadBalancer` with `externalTrafficPolicy` `Local`",
            "leave it out",
        );
    }
}

/// Dropped by servers before 1.31; with more words since 1.34.
fn traffic_distribution(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(value) = at.get("trafficDistribution").filter(|_| rules.minor >= Minor(31)) else { return };
    let words: &[&str] =
        if rules.minor >= Minor(34) { &["PreferClose", "PreferSameZone", "PreferSameNode"] } else { &["PreferClose"] };
    constraint::one_of(&value, words, rules);
}

/// An address with something behind its prefix. Refused since 1.36, and never what was meant.
fn host_bits(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some((base, prefix)) = at.str().and_then(formats::parse_cidr) else { return };
    let all_zero = contains_only_prefix(base, prefix);
    if all_zero {
        return;
    }
    let before = rules.report.soften(rules.minor < Minor(36));
    rules.at(at, Code::BadFormat, format!("{:?} has bits set behind its prefix", at.str().unwrap_or_default())).hint =
        Some("write the first address of the block".to_owned());
    rules.report.restore(before);
}

fn contains_only_prefix(base: IpAddr, prefix: u8) -> bool {
    let (bits, _) = bits(base);
    prefix == 128 || bits & !mask(prefix) == 0
}

fn cluster_ips(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let all = at.items_of("clusterIPs");
    let (Some(one), [first, ..]) = (at.get("clusterIP"), all.as_slice()) else { return };
    let first_text = first.str().map(str::to_owned);
    if let (Some(one_text), Some(first_text)) = (one.str().filter(|text| !text.is_empty()), first_text)
        && one_text != first_text
    {
        rules.forbid(first, "the first of `clusterIPs` is the same as `clusterIP`", "leave `clusterIPs` out");
    }
}

/// Where an Ingress sends requests.
pub fn ingress_backend(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["service", "resource"], true);
    if let Some(resource) = at.get("resource") {
        rules.require(&resource, "kind");
        rules.require(&resource, "name");
        if let Some(group) = resource.get("apiGroup") {
            constraint::is(&group, "apiGroup", Format::DnsSubdomain, rules);
        }
    }
    let Some(service) = at.get("service") else { return };
    if service.map().is_none() {
        return;
    }
    let Some(port) = service.get("port") else {
        rules.report.missing(&service, "port", "the backend's service has no `port`");
        return;
    };
    let (named, numbered) =
        (!port.is_empty_at("name"), port.get("number").is_some_and(|number| number.int() != Some(0)));
    if port.map().is_some() && named == numbered {
        rules.at(&port, Code::ExactlyOneOf, "the port of a service is its `name` or its `number`").hint =
            Some("write one of the two".to_owned());
    }
}

/// An Ingress does something for somebody.
pub fn ingress(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if at.is_empty_at("rules") && !at.has("defaultBackend") {
        rules.report.missing(at, "rules", "an Ingress has `rules` or a `defaultBackend`");
    }
}

/// A path that is compared part by part has no part that means another.
pub fn ingress_path(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(path) = at.get("path").filter(|_| matches!(at.str_of("pathType"), Some("Exact" | "Prefix"))) else {
        return;
    };
    let Some(text) = path.str() else { return };
    if text.is_empty() {
        rules.report.missing(at, "path", "the path types `Exact` and `Prefix` need a `path`");
    }
    let odd = ["//", "/./", "/../", "%2f", "%2F"].iter().find(|part| text.contains(**part));
    let ending = ["/..", "/."].iter().find(|part| text.ends_with(**part));
    if let Some(part) = odd.or(ending) {
        rules.at(&path, Code::BadFormat, format!("{text:?} has {part:?} in it")).hint =
            Some("write the path that is meant".to_owned());
    }
}

/// A host, or all hosts below one.
pub fn ingress_rule(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(host) = at.get("host") else { return };
    let Some(text) = host.str().filter(|text| !text.is_empty()) else { return };
    let address = text.parse::<IpAddr>().is_ok();
    if address || !formats::is_dns_subdomain(text.strip_prefix("*.").unwrap_or(text)) {
        rules.at(&host, Code::BadName, format!("{text:?} is not a host name")).hint =
            Some("write a DNS name in lower case, or `*.` and one".to_owned());
    }
}

/// Whom a NetworkPolicy lets in or out.
pub fn policy_peer(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let selects = at.has("podSelector") || at.has("namespaceSelector");
    if let (true, Some(block)) = (selects, at.get("ipBlock")) {
        rules.forbid(&block, "an `ipBlock` stands alone: a peer is addresses or pods", "make it a peer of its own");
    }
    if !selects && !at.has("ipBlock") && at.map().is_some() {
        rules.report.missing(
            at,
            "podSelector",
            "a peer without any of `podSelector`, `namespaceSelector` and `ipBlock` is nobody",
        );
    }
}

/// A range of ports goes up.
pub fn policy_port(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(end) = at.get("endPort") else { return };
    match at.get("port").map(|port| (port.int(), port.failed())) {
        Some((Some(port), _)) if end.int().is_some_and(|end| end < port) => {
            rules.forbid(&end, format!("`endPort` is below `port` ({port})"), "write a port that is not below it");
        }
        Some((None, false)) => {
            rules.forbid(&end, "`endPort` needs a `port` that is a number", "write the port's number")
        }
        None => rules.forbid(&end, "`endPort` needs a `port`", "add the first port of the range"),
        _ => constraint::range(&end, 1, 65535, rules),
    }
}

/// A NetworkPolicy.
pub fn policy(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let types = at.items_of("policyTypes");
    if types.len() > 2 {
        rules.at(&types[2], Code::ValueOutOfRange, "a policy has at most two types").hint =
            Some("write `Ingress`, `Egress` or both".to_owned());
    }
}

/// A block of addresses with holes in it.
pub fn ip_block(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(cidr) = at.get("cidr") else { return };
    constraint::is(&cidr, "cidr", Format::Cidr, rules);
    host_bits(&cidr, rules);
    let block = cidr.str().and_then(formats::parse_cidr);
    for hole in at.items_of("except") {
        constraint::is(&hole, "except", Format::Cidr, rules);
        let (Some(block), Some(inner)) = (block, hole.str().and_then(formats::parse_cidr)) else { continue };
        if inner.1 <= block.1 || !contains(block, inner.0) {
            let text = cidr.str().unwrap_or_default();
            rules.forbid(
                &hole,
                format!("an exception lies inside its block ({text:?}) and is smaller"),
                "write a part of the block",
            );
        }
    }
}

fn contains((base, prefix): (IpAddr, u8), address: IpAddr) -> bool {
    let ((base, base_v4), (address, v4)) = (bits(base), bits(address));
    base_v4 == v4 && base & mask(prefix) == address & mask(prefix)
}

/// An address as the upper bits of a number, and whether it is one of version 4.
fn bits(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, true),
        IpAddr::V6(address) => (u128::from(address), false),
    }
}

fn mask(prefix: u8) -> u128 {
    if prefix == 0 { 0 } else { u128::MAX << (128 - u32::from(prefix)) }
}
