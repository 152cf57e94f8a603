//! What can be reached from where.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{at_object, items, text};
use crate::node::{Node, NodeKind};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "default-deny", title: "what is not declared is closed, in both directions", run: default_deny },
    Check { id: "no-open-policy", title: "no policy opens pods to everybody", run: open_policy },
    Check { id: "ingress-tls", title: "what is exposed is encrypted", run: ingress_tls },
    Check { id: "gateway-tls", title: "gateways listen encrypted", run: gateway_tls },
    Check { id: "ingress-host", title: "what is exposed names its host", run: ingress_host },
    Check { id: "no-node-port", title: "no Service opens a port on every node", run: node_port },
    Check { id: "load-balancer-ranges", title: "load balancers say whom they let in", run: load_balancer },
    Check { id: "no-external-ips", title: "no Service claims foreign addresses", run: external_ips },
];

/// Of namespaces with pods: a policy for all of them, for both directions, that opens nothing.
fn default_deny(subject: &Subject<'_>, context: &Context<'_>) -> Outcome {
    if subject.pod.is_none() {
        return Outcome::NotApplicable;
    }
    let namespace = subject.object.namespace();
    let open = match ["Ingress", "Egress"].map(|direction| !context.is_denied(namespace, direction)) {
        [false, false] => return Outcome::Passed,
        [true, true] => "connections",
        [true, false] => "incoming connections",
        [false, true] => "outgoing connections",
    };
    let shown = if namespace.is_empty() { "default" } else { namespace };
    let message = format!("nothing denies {open} in the namespace `{shown}` by default");
    let hint = "set `framework.network.policyMode = \"deny-all\";`, or write a policy without rules for all pods";
    at_object(subject, &["metadata", "namespace"], message, hint)
}

/// A rule without peers is one for everybody.
fn open_policy(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "NetworkPolicy" {
        return Outcome::NotApplicable;
    }
    let mut failures = Vec::new();
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for (at, rule) in items(&subject.object.node, &["spec", direction]).iter().enumerate() {
            let given = items(rule, &[peers]);
            let everybody = given.is_empty()
                || given.iter().any(|peer| {
                    matches!(text(peer, &["ipBlock", "cidr"]), Some("0.0.0.0/0" | "::/0"))
                        && items(peer, &["ipBlock", "except"]).is_empty()
                });
            if everybody {
                failures.push(Failure {
                    path: format!("spec.{direction}[{at}]"),
                    span: rule.span,
                    message: format!("the policy `{}` opens {direction} for everybody", subject.object.name()),
                    hint: format!("name the peers in `{peers}`, best through `dependencies`, `allowFrom` or `egress`"),
                });
            }
        }
    }
    Outcome::of(failures)
}

fn ingress_tls(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Ingress" {
        return Outcome::NotApplicable;
    }
    let tls = items(&subject.object.node, &["spec", "tls"]);
    let hosts: Vec<&str> = tls.iter().flat_map(|entry| items(entry, &["hosts"])).filter_map(Node::as_str).collect();
    // An entry that names no hosts is for all of them.
    let general = tls.iter().any(|entry| items(entry, &["hosts"]).is_empty());
    let covered = |host: &str| {
        let parent = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
        general || hosts.iter().any(|known| *known == host || Some(*known) == parent.as_deref())
    };
    let name = subject.object.name();
    let hint = "set `expose.tls = true;`, or name the host under `tls`";
    if tls.is_empty() && items(&subject.object.node, &["spec", "rules"]).is_empty() {
        return at_object(subject, &["spec"], format!("`{name}` is exposed without TLS"), hint);
    }
    let rules = items(&subject.object.node, &["spec", "rules"]).iter().enumerate();
    let bare = rules.filter(|(_, rule)| match text(rule, &["host"]) {
        Some(host) => !covered(host),
        None => tls.is_empty(),
    });
    let failures = bare.map(|(at, rule)| Failure {
        path: format!("spec.rules[{at}].host"),
        span: rule.get("host").unwrap_or(rule).span,
        message: format!("`{}` is exposed without TLS", text(rule, &["host"]).unwrap_or(name)),
        hint: hint.into(),
    });
    Outcome::of(failures.collect())
}

fn gateway_tls(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Gateway" || !subject.object.api_version().starts_with("gateway.networking.k8s.io/") {
        return Outcome::NotApplicable;
    }
    let listeners = items(&subject.object.node, &["spec", "listeners"]).iter().enumerate();
    let failures = listeners.filter_map(|(at, listener)| {
        let protocol = listener.get("protocol").filter(|protocol| protocol.as_str() == Some("HTTP"))?;
        Some(Failure {
            path: format!("spec.listeners[{at}].protocol"),
            span: protocol.span,
            message: format!("the listener `{}` is not encrypted", text(listener, &["name"]).unwrap_or_default()),
            hint: "use the protocol `HTTPS` with a certificate".into(),
        })
    });
    Outcome::of(failures.collect())
}

fn ingress_host(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Ingress" {
        return Outcome::NotApplicable;
    }
    let message = format!("`{}` answers for every host name", subject.object.name());
    let hint = "name the host: `expose.host = \"shop.example.com\";`";
    if subject.at(&["spec", "defaultBackend"]).is_some() {
        return at_object(subject, &["spec", "defaultBackend"], message, hint);
    }
    let rules = items(&subject.object.node, &["spec", "rules"]).iter().enumerate();
    let failures = rules.filter(|(_, rule)| text(rule, &["host"]).is_none_or(str::is_empty)).map(|(at, rule)| {
        Failure { path: format!("spec.rules[{at}].host"), span: rule.span, message: message.clone(), hint: hint.into() }
    });
    Outcome::of(failures.collect())
}

fn node_port(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Service" {
        return Outcome::NotApplicable;
    }
    match subject.at(&["spec", "type"]).and_then(Node::as_str) {
        Some("NodePort") => {
            let message = format!("the Service `{}` opens a port on every node", subject.object.name());
            at_object(subject, &["spec", "type"], message, "use an Ingress or a Gateway (`expose`)")
        }
        _ => Outcome::Passed,
    }
}

fn load_balancer(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let path = ["spec", "type"];
    if subject.object.kind() != "Service" || subject.at(&path).and_then(Node::as_str) != Some("LoadBalancer") {
        return Outcome::NotApplicable;
    }
    if !items(&subject.object.node, &["spec", "loadBalancerSourceRanges"]).is_empty() {
        return Outcome::Passed;
    }
    let message = format!("the load balancer of `{}` lets everybody in", subject.object.name());
    at_object(subject, &path, message, "set `spec.loadBalancerSourceRanges`")
}

/// A Service with foreign addresses takes over what others send there.
fn external_ips(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Service" {
        return Outcome::NotApplicable;
    }
    let path = ["spec", "externalIPs"];
    match subject.at(&path) {
        Some(node) if !matches!(&node.kind, NodeKind::List(items) if items.is_empty()) => {
            let message = format!("the Service `{}` claims addresses outside of the cluster", subject.object.name());
            at_object(subject, &path, message, "remove `externalIPs`; a load balancer gives it an address of its own")
        }
        _ => Outcome::Passed,
    }
}
