"""What NetworkPolicies let through, as the Kubernetes documentation describes it.

This is the judge of the policies that nxk makes, and of nxk's own proof about them. It was written from the reference
of the API and the page "Network Policies" of Kubernetes, without a look at how nxk understands them, and it takes
every object as plain data, as `yaml.safe_load_all` or `json.load` give it. What an API server does not take is a
`ValueError`.

The question is always the same: from the point of view of one pod and one direction, on which ports may it speak with a
peer? Both ends have to agree for a connection, and each end is asked by itself: a policy that is too wide on one side
is wrong even if the other side still holds the connection shut.

    a pod is isolated for a direction  if any policy that selects it is about that direction
    not isolated                       everything is open
    isolated                           open is what any rule of any of those policies allows (policies only add up)
"""

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache

INGRESS, EGRESS = "Ingress", "Egress"
DIRECTIONS = (INGRESS, EGRESS)
PROTOCOLS = ("TCP", "UDP", "SCTP")
FIRST_PORT, LAST_PORT = 1, 65535
NAMESPACE_NAME = "kubernetes.io/metadata.name"


# Ports


def port_set(ranges):
    """A set of ports in a form of its own: (protocol, first, last), sorted, without overlaps and gaps of nothing."""
    joined = []
    for protocol, first, last in sorted(ranges):
        if joined and joined[-1][0] == protocol and first <= joined[-1][2] + 1:
            joined[-1] = (protocol, joined[-1][1], max(last, joined[-1][2]))
        else:
            joined.append((protocol, first, last))
    return tuple(joined)


NO_PORTS = port_set([])
ALL_PORTS = port_set((protocol, FIRST_PORT, LAST_PORT) for protocol in PROTOCOLS)


def common(left, right):
    """The ports that are in both sets."""
    pairs = [(a, b) for a in left for b in right if a[0] == b[0]]
    return port_set((a[0], max(a[1], b[1]), min(a[2], b[2])) for a, b in pairs if max(a[1], b[1]) <= min(a[2], b[2]))


def show_ports(ports):
    """A set of ports for people."""
    if ports == ALL_PORTS:
        return "everything"
    ports = sorted(ports, key=lambda item: (PROTOCOLS.index(item[0]), item))
    return ", ".join(f"{p} {a}" if a == b else f"{p} {a}-{b}" for p, a, b in ports) or "nothing"


# Who speaks


@dataclass(frozen=True)
class Pod:
    """A pod: what selectors see of it, and the ports that its containers declare, as (name, protocol, number).

    What is on the network of its host is not told apart from the host by most plug-ins: no selector finds it."""

    namespace: str
    labels: dict = field(hash=False)
    ports: tuple = ()
    title: str = ""
    on_host: bool = False

    def __str__(self):
        return self.title or f"{self.namespace}: {self.labels}"


@dataclass(frozen=True)
class Address:
    """Something outside of the cluster that has an address."""

    ip: str

    def __str__(self):
        return self.ip


# Selectors


def matches(selector, labels):
    """Whether a label selector selects something with these labels: all its demands have to hold; `{}` has none."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(meets(demand, labels) for demand in selector.get("matchExpressions") or [])


def meets(demand, labels):
    """Whether labels meet one of `matchExpressions`. `NotIn` holds as well where the label is missing."""
    key, values = demand["key"], demand.get("values") or []
    if (demand["operator"] in ("In", "NotIn")) != bool(values):
        raise ValueError(f"{demand['operator']} with the values {values}")
    match demand["operator"]:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case other:
            raise ValueError(f"no operator of a selector: {other}")


# Networks


@lru_cache(maxsize=None)
def network(cidr):
    """A network. The API server takes bits behind the prefix, and they do not count."""
    return ipaddress.ip_network(cidr, strict=False)


@lru_cache(maxsize=None)
def within(ip, cidr):
    """Whether an address is in a network; never, where the one is of version 4 and the other of version 6."""
    return ipaddress.ip_address(ip) in network(cidr)


def in_block(block, ip):
    """Whether an address is in an `ipBlock`: within `cidr`, and within nothing of `except`."""
    return within(ip, block["cidr"]) and not any(within(ip, hole) for hole in block.get("except") or [])


# Policies


class Policies:
    """The NetworkPolicies among some objects, and the labels of the namespaces."""

    def __init__(self, objects, namespaces=None):
        self.namespaces = {**namespaces_of(objects), **(namespaces or {})}
        self.policies = {}
        for item in objects:
            if item["kind"] == "NetworkPolicy" and item["apiVersion"].startswith("networking.k8s.io/"):
                self.policies.setdefault(namespace_of(item), []).append(item.get("spec") or {})

    def selecting(self, pod, direction):
        """The policies of the pod's namespace that select it and are about this direction."""
        if pod.on_host:
            return []
        return [
            spec
            for spec in self.policies.get(pod.namespace, [])
            if direction in policy_types(spec) and matches(spec.get("podSelector") or {}, pod.labels)
        ]

    def open_ports(self, pod, direction, peer, selecting=None):
        """The ports on which `pod` may take connections from `peer` (ingress), or connect to it (egress)."""
        selecting = self.selecting(pod, direction) if selecting is None else selecting
        if not selecting:
            return ALL_PORTS
        listener = pod if direction == INGRESS else peer
        ranges = []
        for spec in selecting:
            for rule in rules(spec, direction):
                if self.rule_is_about(rule, direction, pod.namespace, peer):
                    ranges.extend(ports_of(rule, listener))
        return port_set(ranges)

    def rule_is_about(self, rule, direction, namespace, peer):
        """Whether a rule is about a peer: any of its peers is enough, and without any it is about everyone."""
        peers = rule.get("from" if direction == INGRESS else "to") or []
        return not peers or any(self.is_peer(item, namespace, peer) for item in peers)

    def is_peer(self, item, namespace, peer):
        """Whether an item of `from` or `to` means this peer. The two selectors of one item have to hold together."""
        item = item or {}
        block, pods, namespaces = item.get("ipBlock"), item.get("podSelector"), item.get("namespaceSelector")
        if (block is None) == (pods is None and namespaces is None):
            raise ValueError("an item of `from` or `to` means either addresses or pods")
        if block is not None:
            return isinstance(peer, Address) and in_block(block, peer.ip)
        if isinstance(peer, Address) or peer.on_host:
            return False
        if namespaces is None:
            return peer.namespace == namespace and matches(pods, peer.labels)
        return matches(namespaces, self.labels_of(peer.namespace)) and (pods is None or matches(pods, peer.labels))

    def labels_of(self, namespace):
        """The labels of a namespace; each has at least its name, which the API server sets."""
        return {**self.namespaces.get(namespace, {}), NAMESPACE_NAME: namespace}


def policy_types(spec):
    """The directions of a policy: ingress always, egress where it has such rules, unless it says so itself."""
    types = spec.get("policyTypes") or []
    return types or ([INGRESS, EGRESS] if spec.get("egress") else [INGRESS])


def rules(spec, direction):
    """The rules of a policy for one direction; `null` is read as a rule that says nothing, and so allows everything."""
    return [rule or {} for rule in spec.get("ingress" if direction == INGRESS else "egress") or []]


def ports_of(rule, listener):
    """The ranges of ports that a rule opens at the listener: all where it names none."""
    items = rule.get("ports") or []
    if not items:
        return ALL_PORTS
    return [found for item in items for found in ranges_of(item, listener)]


def ranges_of(item, listener):
    """The ranges of one item of `ports`. A name means the port that the listening pod calls so, if it has one."""
    protocol, port = item.get("protocol") or "TCP", item.get("port")
    last = item.get("endPort") or port
    if protocol not in PROTOCOLS:
        raise ValueError(f"no protocol: {protocol}")
    if port is None and last is None:
        return [(protocol, FIRST_PORT, LAST_PORT)]
    if isinstance(port, str) and last == port:
        declared = listener.ports if isinstance(listener, Pod) else ()
        return [(protocol, number, number) for name, spoken, number in declared if (name, spoken) == (port, protocol)]
    if not isinstance(port, int) or not FIRST_PORT <= port <= last <= LAST_PORT:
        raise ValueError(f"no range of ports: {port} to {last}")
    return [(protocol, port, last)]


# Objects


def namespace_of(item):
    """Where an object lives."""
    return item["metadata"].get("namespace") or "default"


def namespaces_of(objects):
    """The labels of the namespaces that are among the objects."""
    namespaces = [item["metadata"] for item in objects if item["kind"] == "Namespace"]
    return {metadata["name"]: metadata.get("labels") or {} for metadata in namespaces}


def template_of(item):
    """The template of the pods that an object makes, whatever its kind; a pod is its own. `None` for all others."""
    if item["kind"] == "Pod":
        return item
    spec = item.get("spec") or {}
    if item["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template = spec.get("template")
    return template if isinstance(template, dict) and "containers" in (template.get("spec") or {}) else None


def pods_of(objects):
    """One pod of each workload, by (namespace, kind, name)."""
    return {
        (namespace_of(item), item["kind"], item["metadata"]["name"]): pod_of(item)
        for item in objects
        if template_of(item)
    }


def pod_of(workload):
    """A pod as the workload makes it."""
    template = template_of(workload)
    namespace, name = namespace_of(workload), workload["metadata"]["name"]
    labels = dict((template.get("metadata") or {}).get("labels") or {})
    if workload["kind"] == "Job":
        labels |= {"batch.kubernetes.io/job-name": name, "job-name": name}
    if not all(isinstance(value, str) for value in labels.values()):
        raise ValueError("values of labels are texts")
    ports, on_host = container_ports(template["spec"]), bool(template["spec"].get("hostNetwork"))
    return Pod(namespace, labels, ports, f"{workload['kind']} {namespace}/{name}", on_host)


def container_ports(spec):
    """The ports that the containers of a pod declare; init containers count where they stay (sidecars)."""
    staying = [c for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"]
    return tuple(
        (port.get("name"), port.get("protocol") or "TCP", port["containerPort"])
        for container in [*spec["containers"], *staying]
        for port in container.get("ports") or []
    )
