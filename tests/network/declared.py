"""What a declared graph says must be open, and nothing else.

Written from the contract alone: consumer to dependency on the ports of its container; DNS for whoever has any egress;
the ingress controller (or the Gateway's pods) to exposed ports; Prometheus to ports with metrics; traces to the
collector; the declared `egress` and `allowFrom`. Each end of a connection declares its own side.
"""

import ipaddress
from dataclasses import dataclass

from evaluator import ALL_PORTS, EGRESS, INGRESS, NO_PORTS, Address, Pod, port_set
from graphs import KINDS, OutsidePort, Port

# The ports that exporters listen on where nobody says otherwise.
CUSTOMARY = {"postgres": 9187, "redis": 9121, "mysqld": 9104, "node": 9100}


@dataclass(frozen=True)
class Probe:
    """Somebody whom an application may or may not speak with; `key` if it is a workload of the graph."""

    title: str
    peer: Pod | Address
    key: str | None = None


# Whom an opening is for


@dataclass(frozen=True)
class ToWorkload:
    """A workload of the graph: itself, however its pods are labelled."""

    key: str

    def means(self, probe):
        return probe.key == self.key


@dataclass(frozen=True)
class ToPods:
    """All pods of a namespace that have these labels."""

    namespace: str
    labels: tuple

    def means(self, probe):
        if not isinstance(probe.peer, Pod) or probe.peer.namespace != self.namespace:
            return False
        return all(probe.peer.labels.get(key) == value for key, value in self.labels)


@dataclass(frozen=True)
class ToNetwork:
    """Addresses of a network, without parts of it."""

    cidr: str
    holes: tuple

    def means(self, probe):
        if not isinstance(probe.peer, Address):
            return False
        ip, holes = ipaddress.ip_address(probe.peer.ip), map(ipaddress.ip_network, self.holes)
        return ip in ipaddress.ip_network(self.cidr) and not any(ip in hole for hole in holes)


class Declared:
    """The openings of a graph, by workload and direction: pairs of whom and the ports."""

    def __init__(self, setting, graph):
        self.setting, self.graph = setting, graph
        self.openings = {(w.key, way): [] for w in graph.running() for way in (INGRESS, EGRESS)}
        for workload in graph.running():
            if workload.layer == 3:
                self.declare(workload)
        for workload in graph.running():
            if self.openings[workload.key, EGRESS]:
                dns = port_set([("TCP", 53, 53), ("UDP", 53, 53)])
                self.open(workload, EGRESS, ToPods(setting.dns.namespace, setting.dns.labels), dns)

    def open(self, workload, direction, peer, ports):
        if ports:
            self.openings[workload.key, direction].append((peer, ports))

    def declare(self, workload):
        for dependency in workload.dependencies:
            target = self.graph.find(dependency.target)
            ports = listening(target, dependency.ports)
            self.open(workload, EGRESS, ToWorkload(target.key), ports)
            self.open(target, INGRESS, ToWorkload(workload.key), ports)
        for item in workload.egress:
            self.open(workload, EGRESS, self.outside(workload, item), outside_ports(item.ports))
        for item in workload.allow_from:
            self.open(workload, INGRESS, self.outside(workload, item), listening(workload, item.ports))
        if workload.expose:
            self.open(workload, INGRESS, self.router(workload), exposed(workload))
        prometheus = self.setting.prometheus
        metrics = metrics_ports(self.setting, workload)
        self.open(workload, INGRESS, ToPods(prometheus.namespace, prometheus.labels), metrics)
        traces = workload.monitoring.tracing
        if self.setting.is_tracing if traces is None else traces:
            collector, port = self.setting.collector, self.setting.collector_port
            peer = ToPods(collector.namespace, collector.labels)
            self.open(workload, EGRESS, peer, port_set([("TCP", port, port)]))

    def namespace(self, workload):
        return workload.namespace or self.setting.namespace

    def place(self, workload):
        """The namespace, kind and name of the object that makes a workload's pods."""
        return (self.namespace(workload), KINDS[workload.kind], workload.object_name)

    def outside(self, workload, item):
        if item.cidr:
            return ToNetwork(item.cidr, item.holes)
        return ToPods(item.namespace or self.namespace(workload), item.labels)

    def router(self, workload):
        expose = workload.expose
        if not expose.gateway:
            return ToPods(self.setting.controller.namespace, self.setting.controller.labels)
        namespace, name = expose.gateway.split("/")
        return ToPods(namespace, expose.gateway_labels or (("gateway.networking.k8s.io/gateway-name", name),))

    def is_isolated(self, workload, direction):
        """Whether anything is closed for a workload: where its namespace is denied, or where something is open."""
        setting = self.setting
        if setting.mode == "off":
            return False
        denies = setting.deny_ingress if direction == INGRESS else setting.deny_egress
        namespaces = {self.namespace(w) for w in self.graph.running() if w.layer == 3}
        is_denied = setting.mode == "deny-all" and denies and self.namespace(workload) in namespaces
        return is_denied or bool(self.openings[workload.key, direction])

    def open_ports(self, workload, direction, probe):
        """The ports that must be open between a workload and a probe, and no others."""
        ranges = []
        for peer, ports in self.openings[workload.key, direction]:
            if peer.means(probe):
                ranges.extend(ports)
        return port_set(ranges) if ranges else NO_PORTS

    # Probes

    def probes(self, pods):
        """Whom to ask about: all workloads, those who may come or be called from outside, and all who resemble them.

        `pods` are the pods of the workloads by key, as they were compiled."""
        found = [Probe(str(pod), pod, key) for key, pod in pods.items()]
        for title, peer in self.outsiders():
            found.append(Probe(title, peer))
        return found

    def outsiders(self):
        setting = self.setting
        known = {
            "dns": setting.dns,
            "ingress controller": setting.controller,
            "prometheus": setting.prometheus,
            "collector": setting.collector,
        }
        for title, pods in known.items():
            yield title, Pod(pods.namespace, dict(pods.labels), title=title)
            yield f"not the {title}", Pod(pods.namespace, {"app": "stranger"}, title=f"a stranger beside the {title}")
        home = next(iter(self.namespaces()))
        for title, pods in known.items():
            yield f"false {title}", Pod(home, dict(pods.labels), title=f"who only looks like the {title}")
        for namespace in self.namespaces():
            yield f"stranger in {namespace}", Pod(namespace, {"app": "stranger"}, title=f"a stranger in {namespace}")
        yield from self.lookalikes()
        yield from self.declared_outsiders()

    def namespaces(self):
        return sorted({self.namespace(workload) for workload in self.graph.running()} or {self.setting.namespace})

    def lookalikes(self):
        """Pods with the labels of a workload in a namespace where it is not, and with a part of them where it is."""
        for workload in self.graph.running():
            name = workload.object_name
            labels = {"app.kubernetes.io/name": name, "app": name, **dict(workload.labels)}
            yield f"false {name}", Pod("elsewhere", labels, title=f"a pod elsewhere, labelled like {name}")
            title = f"a pod beside {name} with its label `app`"
            yield title, Pod(self.namespace(workload), {"app": name, "app.kubernetes.io/name": "other"}, title=title)

    def declared_outsiders(self):
        """Whoever is meant by an `egress`, an `allowFrom` or a Gateway, and those beside them; edges of networks."""
        peers = {peer for openings in self.openings.values() for peer, _ in openings}
        for peer in sorted(peers, key=repr):
            if isinstance(peer, ToPods):
                labels = dict(peer.labels)
                more = {**labels, "further": "label"}
                yield f"{peer}", Pod(peer.namespace, more, title=f"pods in {peer.namespace} with {labels}")
                yield f"{peer} elsewhere", Pod("elsewhere", labels, title=f"pods elsewhere with {labels}")
                for key in labels:
                    less = {other: value for other, value in labels.items() if other != key}
                    yield f"{peer} less", Pod(peer.namespace, less, title=f"pods in {peer.namespace} with only {less}")
            if isinstance(peer, ToNetwork):
                for cidr in (peer.cidr, *peer.holes):
                    yield from edges(cidr)
        yield "8.8.8.8", Address("8.8.8.8")
        yield "2001:4860::8888", Address("2001:4860::8888")


def edges(cidr):
    """The first and the last address of a network, and those just outside."""
    network = ipaddress.ip_network(cidr, strict=False)
    first, last = int(network[0]), int(network[-1])
    for number in (first - 1, first, last, last + 1):
        if 0 <= number < 2**network.max_prefixlen:
            ip = str(type(network[0])(number))
            yield ip, Address(ip)


# Ports


def listening(workload, chosen):
    """The ports on which the container listens, of those that are chosen by number or name; all if none are."""
    ports = [port for port in workload.ports if not chosen or port.number in chosen or port.name in chosen]
    return port_set((port.protocol, port.listens, port.listens) for port in ports)


def outside_ports(chosen):
    ports = [port if isinstance(port, OutsidePort) else OutsidePort(port) for port in chosen]
    return port_set((p.protocol, p.number, p.last or p.number) for p in ports) or ALL_PORTS


def usual(workload):
    """The port that is meant where none is named: the one called `http`, else the first that speaks TCP."""
    tcp = [port for port in workload.ports if port.protocol == "TCP"]
    return next((port for port in tcp if port.name == "http"), tcp[0] if tcp else None)


def exposed(workload):
    expose = workload.expose
    chosen = [port for port in (expose.port, *expose.path_ports) if port is not None]
    ports = list(listening(workload, chosen)) if chosen else []
    if expose.port is None:
        ports += listening(workload, (usual(workload).number,))
    return speaking_tcp(ports)


def speaking_tcp(ports):
    """Of several ports with one number, those that requests of HTTP can go to."""
    return port_set(port for port in ports if port[0] == "TCP")


def metrics_ports(setting, workload):
    """The ports that Prometheus may reach."""
    said = workload.monitoring
    by_name = next((port for port in workload.ports if port.name == "metrics"), None)
    is_named = said.metrics_port is not None or bool(said.exporters)
    by_itself = is_named or (setting.is_scraping and by_name is not None)
    if not (by_itself if said.prometheus is None else said.prometheus):
        return NO_PORTS
    numbers = [CUSTOMARY[name] if port is True else port for name, port in said.exporters]
    ranges = [("TCP", number, number) for number in numbers]
    if said.metrics_port is not None:
        ranges += speaking_tcp(listening(workload, (said.metrics_port,)))
    elif by_name or not said.exporters:
        port = by_name or usual(workload) or Port(0)
        ranges.append(("TCP", port.listens, port.listens))
    return port_set(ranges)
