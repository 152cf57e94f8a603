//! What runs the cluster itself: API services, priority levels, signing requests, events, end points.

use std::net::IpAddr;

use super::Rules;
use super::constraint::{self, Format};
use crate::diag::Code;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// An APIService is named by its version and group.
pub fn api_service(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.get("spec") else { return };
    if let (Some(group), Some(version), Some(name)) =
        (spec.str_of("group"), spec.str_of("version"), at.at(&["metadata", "name"]))
    {
        let wanted = format!("{version}.{group}");
        if name.str().is_some_and(|name| name != wanted) {
            rules
                .at(&name, Code::BadName, format!("the name of an APIService is its version and group, {wanted:?}"))
                .hint = Some(format!("write {wanted:?}"));
        }
    }
    if let Some(flag) = spec
        .get("insecureSkipTLSVerify")
        .filter(|_| spec.is_true("insecureSkipTLSVerify") && !spec.is_empty_at("caBundle"))
    {
        rules.forbid(&flag, "`insecureSkipTLSVerify` and `caBundle` contradict each other", "leave one of them out");
    }
}

/// A PriorityLevelConfiguration.
pub fn priority_level(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.get("spec") else { return };
    let name = at.at(&["metadata", "name"]);
    match spec.str_of("type") {
        Some("Limited") if !spec.has("limited") => {
            rules.report.missing(&spec, "limited", "the type `Limited` is described in `limited`")
        }
        Some("Exempt") => {
            if let Some(kind) = spec
                .get("type")
                .filter(|_| name.as_ref().is_some_and(|name| name.str().is_some_and(|name| name != "exempt")))
            {
                rules.forbid(&kind, "only the level called `exempt` has the type `Exempt`", "use `Limited`");
            }
            if let Some(limited) = spec.get("limited") {
                rules.forbid(&limited, "`limited` is for the type `Limited`", "leave it out");
            }
        }
        _ => {}
    }
    let Some(response) = spec.at(&["limited", "limitResponse"]) else { return };
    match (response.str_of("type"), response.get("queuing")) {
        (Some("Reject"), Some(queuing)) => {
            rules.forbid(&queuing, "what is rejected is not queued", "leave `queuing` out, or use `Queue`")
        }
        (_, Some(queuing)) => {
            let queues = queuing.int_of("queues").filter(|queues| *queues != 0).unwrap_or(64);
            if let Some(hand) = queuing.get("handSize").filter(|hand| hand.int().is_some_and(|hand| hand > queues)) {
                rules.at(&hand, Code::ValueOutOfRange, format!("`handSize` is above `queues` ({queues})")).hint =
                    Some("lower it".to_owned());
            }
        }
        _ => {}
    }
}

const USAGES: &[&str] = &[
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
];

/// A CertificateSigningRequest.
pub fn signing_request(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for usage in at.items_of("usages") {
        constraint::one_of(&usage, USAGES, rules);
        let Some(text) = usage.str() else { continue };
        if seen.contains(&text) {
            rules.at(&usage, Code::DuplicateListKey, format!("the usage {text:?} is there twice")).hint =
                Some("leave one out".to_owned());
        }
        seen.push(text);
    }
    let Some(request) = at.get("request") else { return };
    let decoded = request.str().and_then(formats::decode_base64);
    if decoded.is_some_and(|bytes| !String::from_utf8_lossy(&bytes).contains("-----BEGIN CERTIFICATE REQUEST-----")) {
        rules.at(&request, Code::BadFormat, "`request` is not a certificate request in PEM").hint =
            Some("give the output of `openssl req -new`, in base 64".to_owned());
    }
}

/// An Event is in the namespace of what it is about.
pub fn event(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let (Some(own), Some(other)) = (at.at(&["metadata", "namespace"]), at.at(&["involvedObject", "namespace"])) else {
        return;
    };
    if matches!((own.str(), other.str()), (Some(own), Some(other)) if own != other) {
        rules.forbid(&other, "an event is in the namespace of what it is about", "make the two namespaces the same");
    }
}

/// An EndpointSlice has addresses of one family.
pub fn endpoint_slice(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let family = at.str_of("addressType").unwrap_or_default();
    for address in at.items_of("endpoints").iter().flat_map(|endpoint| endpoint.items_of("addresses")) {
        let Some(text) = address.str() else { continue };
        let parsed: Option<IpAddr> = text.parse().ok();
        let good = match family {
            "IPv4" => parsed.is_some_and(|address| address.is_ipv4()),
            "IPv6" => parsed.is_some_and(|address| address.is_ipv6()),
            "FQDN" => formats::is_dns_subdomain(text),
            _ => true,
        };
        if !good {
            rules.at(&address, Code::BadFormat, format!("{text:?} is not an address of the type `{family}`")).hint =
                Some("change it, or `addressType`".to_owned());
        } else if parsed.is_some_and(|address| {
            address.is_loopback() || address.is_unspecified() || is_link_local(address) || address.is_multicast()
        }) {
            rules.forbid(
                &address,
                format!("{text:?} means something else on every node"),
                "give an address that is the same everywhere",
            );
        }
    }
    unique_ports(at, rules);
}

fn unique_ports(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for port in at.items_of("ports") {
        // A port without a name has the empty one.
        let name = port.str_of("name").unwrap_or_default();
        if seen.contains(&name) && !port.failed() {
            rules.at(&port, Code::DuplicateListKey, format!("two ports are called {name:?}")).hint =
                Some("rename one of them".to_owned());
        }
        seen.push(name);
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// A request for a device is one of two sorts, and constraints name requests that there are.
pub fn device_claim(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let requests = at.items_of("requests");
    if requests.iter().any(|request| request.get("name").is_some_and(|name| name.failed())) {
        return;
    }
    let names: Vec<&str> = requests.iter().filter_map(|request| request.str_of("name")).collect();
    for name in ["constraints", "config"]
        .iter()
        .flat_map(|list| at.items_of(list))
        .flat_map(|holder| holder.items_of("requests"))
    {
        let Some(text) = name.str() else { continue };
        if !names.contains(&text.split('/').next().unwrap_or(text)) {
            rules.at(&name, Code::UnknownReference, format!("the claim has no request {text:?}")).hint =
                crate::diag::did_you_mean(text, names.iter().copied());
        }
    }
}

/// Addresses for Services.
pub fn service_cidr(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    for cidr in at.items_of("cidrs") {
        let text = if cidr.node().kind == crate::node::NodeKind::Null { Some("") } else { cidr.str() };
        if text.is_some_and(|text| formats::parse_cidr(text).is_none()) {
            rules.at(&cidr, Code::BadFormat, format!("{:?} is not a CIDR", text.unwrap_or_default())).hint =
                Some("write an address and a prefix length, as in `10.0.0.0/8`".to_owned());
        }
    }
}

/// An IPAddress is named by its address.
pub fn ip_address(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(name) = at.at(&["metadata", "name"]) {
        constraint::is(&name, "name", Format::Ip, rules);
    }
}
