//! How workloads are reached: Services, Ingresses, gateways.

use super::When::{Changed, If, Of, OnceSet};
use super::{FIXED, RECREATE, Rule, first_differs, items, rule, text};
use crate::diff::danger::Effect::{Outage, Refused};
use crate::node::Node;

const SERVICE: &[&str] = &["Service"];

pub(super) const RULES: &[Rule] = &[
    rule(
        SERVICE,
        &["spec", "clusterIP"],
        Of(gets_another_address),
        (Refused, "the address of a Service cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "clusterIPs"],
        If(first_differs),
        (Refused, "the first address of a Service cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "ipFamilies"],
        If(first_differs),
        (
            Refused,
            "the first family of a Service's addresses cannot change: the API server refuses it",
            "add the other one behind it, or make a second Service",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "loadBalancerClass"],
        Of(stays_a_load_balancer),
        (Refused, "the class of a load balancer cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "healthCheckNodePort"],
        If(both_are_given),
        (Refused, "the port for health checks cannot change: the API server refuses it", RECREATE),
    ),
    rule(
        SERVICE,
        &["spec", "type"],
        Changed,
        (
            Outage,
            "another type of Service: addresses, node ports or the load balancer that clients use can go",
            "make a second Service of the new type, move the clients, and then drop this one",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "selector"],
        Changed,
        (
            Outage,
            "the traffic goes to other pods from the moment that it is applied",
            "make sure that pods with these labels are ready before, or change labels and selector in two steps",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "externalName"],
        OnceSet,
        (
            Outage,
            "clients are led to another host from the moment that it is applied",
            "make sure that it answers before",
        ),
    ),
    rule(
        SERVICE,
        &["spec", "ports"],
        If(closes_a_port),
        (
            Outage,
            "a port of the Service goes: clients that use it find nobody",
            "add the new port beside the old one, move the clients, and then drop the old one",
        ),
    ),
    rule(
        &["Ingress.networking.k8s.io"],
        &["spec", "ingressClassName"],
        If(both_are_given),
        (
            Outage,
            "another controller answers, at another address",
            "make a second Ingress of the new class, and move the names in DNS",
        ),
    ),
    rule(
        &["Gateway.gateway.networking.k8s.io"],
        &["spec", "gatewayClassName"],
        If(both_are_given),
        (
            Outage,
            "another controller answers, at another address",
            "make a second Gateway of the new class, and move the names in DNS",
        ),
    ),
    rule(&["GatewayClass.gateway.networking.k8s.io"], &["spec", "controllerName"], Changed, FIXED),
    rule(&["IngressClass.networking.k8s.io"], &["spec", "controller"], Changed, FIXED),
    rule(&["EndpointSlice.discovery.k8s.io"], &["addressType"], Changed, FIXED),
    rule(&["IPAddress.networking.k8s.io"], &["spec", "parentRef"], Changed, FIXED),
    rule(&["ServiceCIDR.networking.k8s.io"], &["spec", "cidrs"], If(first_differs), FIXED),
];

/// One that is left out stays as it was.
fn gets_another_address(old: &Node, new: &Node) -> bool {
    let is_alias = |object: &Node| text(object, &["spec", "type"]) == "ExternalName";
    !text(new, &["spec", "clusterIP"]).is_empty() && !is_alias(old) && !is_alias(new)
}

fn stays_a_load_balancer(old: &Node, new: &Node) -> bool {
    [old, new].into_iter().all(|object| text(object, &["spec", "type"]) == "LoadBalancer")
}

fn both_are_given(before: Option<&Node>, after: Option<&Node>) -> bool {
    before.is_some() && after.is_some()
}

fn closes_a_port(before: Option<&Node>, after: Option<&Node>) -> bool {
    let opens = |port: &Node, other: &Node| {
        port.get("port").map(|number| &number.kind) == other.get("port").map(|number| &number.kind)
            && protocol(port) == protocol(other)
    };
    items(before).iter().any(|port| !items(after).iter().any(|other| opens(port, other)))
}

fn protocol(port: &Node) -> &str {
    Some(text(port, &["protocol"])).filter(|protocol| !protocol.is_empty()).unwrap_or("TCP")
}
