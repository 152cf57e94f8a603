//! What is asked of how pods are reached.

use super::{Row, Subject, always, not, on};

pub(super) const ROWS: &[Row] = &[
    not("default-deny", "what a namespace denies stands in other objects than its pods"),
    on(Subject::NetworkPolicies, "no-open-policy", |_| {
        let sides = [("ingress", "from"), ("egress", "to")].map(|(direction, peers)| named_peers(direction, peers));
        always(sides.join(" && "))
    }),
    on(Subject::Ingresses, "ingress-tls", |_| {
        let tls = "object.?spec.?tls.orValue([])";
        let parent = "'*' + r.host.substring(r.host.indexOf('.'))";
        let covered = format!(
            "!has(t.hosts) || size(t.hosts) == 0 || r.host in t.hosts || r.host.contains('.') && ({parent}) in t.hosts"
        );
        always(format!(
            "size({tls}) + size(object.?spec.?rules.orValue([])) > 0 && object.?spec.?rules.orValue([]).all(r, \
             has(r.host) ? {tls}.exists(t, {covered}) : size({tls}) > 0)"
        ))
    }),
    on(Subject::Gateways, "gateway-tls", |_| {
        always("object.?spec.?listeners.orValue([]).all(l, l.?protocol.orValue('') != 'HTTP')")
    }),
    on(Subject::Ingresses, "ingress-host", |_| {
        always(
            "!object.?spec.?defaultBackend.hasValue() && \
             object.?spec.?rules.orValue([]).all(r, r.?host.orValue('') != '')",
        )
    }),
    on(Subject::Services, "no-node-port", |_| always("object.?spec.?type.orValue('') != 'NodePort'")),
    on(Subject::Services, "load-balancer-ranges", |_| {
        always(
            "object.?spec.?type.orValue('') != 'LoadBalancer' || \
             size(object.?spec.?loadBalancerSourceRanges.orValue([])) > 0",
        )
    }),
    on(Subject::Services, "no-external-ips", |_| always("size(object.?spec.?externalIPs.orValue([])) == 0")),
];

/// Rules that name their peers, and not all addresses.
fn named_peers(direction: &str, peers: &str) -> String {
    let everywhere = "p.?ipBlock.?cidr.orValue('') in ['0.0.0.0/0', '::/0']";
    format!(
        "object.?spec.?{direction}.orValue([]).all(r, size(r.?{peers}.orValue([])) > 0 && \
         r.{peers}.all(p, !({everywhere}) || size(p.?ipBlock.?except.orValue([])) > 0))"
    )
}
