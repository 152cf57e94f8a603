"""Random graphs. A seed gives the same graph on every machine."""

import ipaddress
import random

from declared import CUSTOMARY, usual
from graphs import Dependency, Expose, Graph, Monitoring, Outside, OutsidePort, Pods, Port, Setting, Workload

NUMBERS = (1, 53, 80, 443, 3000, 5432, 6379, 8080, 8443, 9090, 50051, 65535)
PROTOCOLS = ("TCP", "TCP", "TCP", "UDP", "SCTP")
PORT_NAMES = ("http", "metrics", "grpc", "admin", "a", "dns-1", "x5y")
WORDS = ("web", "api", "orderWorker", "cache", "dataBase", "mail-out", "q", "x9", "apiV2", "reports2go")
NAMES = ("web", "api", "db", "a", "web-api", "x1")
LABELS = (("tier", "edge"), ("tier", "data"), ("team", "blue"), ("example.com/zone", "a"), ("canary", ""))
CIDRS = (
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.9.0.0/16",
    "192.168.4.0/22",
    "198.51.100.64/26",
    "203.0.113.7/32",
    "255.255.255.254/31",
    "::/0",
    "2001:db8::/32",
    "2001:db8:1::/48",
    "fd00::1/128",
)
NAMESPACES_OUTSIDE = ("mail", "ops", "kube-system", "elsewhere")


def random_setting(seed):
    """What the graphs of one configuration share."""
    r = random.Random(f"setting {seed}")

    def pods(namespace, *labels):
        return Pods(namespace, labels)

    plain = Setting()
    return Setting(
        namespace=r.choice(("base", "shop", "the-base")),
        mode=r.choice(("deny-all",) * 6 + ("allow-defined", "allow-defined", "off")),
        deny_ingress=r.random() < 0.85,
        deny_egress=r.random() < 0.85,
        dns=r.choice((plain.dns, plain.dns, pods("kube-system", ("k8s-app", "coredns")), pods("dns", ("a", "b")))),
        controller=r.choice((plain.controller, pods("traefik", ("app", "traefik"), ("tier", "edge")))),
        prometheus=r.choice((plain.prometheus, pods("observe", ("app.kubernetes.io/name", "vmagent")))),
        collector=r.choice((plain.collector, pods("telemetry", ("app", "alloy")), pods("observe", ("otel", "yes")))),
        collector_port=r.choice((4317, 4318, 55680)),
        observability=r.choice((None, None, None, True, False)),
        scrapes=r.choice((None, None, True, False)),
        traces=r.choice((None, None, True, False)),
    )


def random_graph(setting, title, seed):
    """A graph whose keys and namespaces begin with `title`."""
    return Maker(setting, title, random.Random(f"graph {seed}")).graph()


class Maker:
    """Makes one graph."""

    def __init__(self, setting, title, r):
        self.setting, self.title, self.r = setting, title, r
        self.namespaces = [f"{title}-{word}" for word in r.sample(("a", "b", "data"), r.choice((1, 1, 2, 3)))]
        self.taken = set()

    def few(self, most, make, likely=0.5):
        """Up to `most` things, with falling likelihood."""
        made = []
        while len(made) < most and self.r.random() < likely:
            made.append(make())
        return tuple(made)

    def graph(self):
        count = self.r.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 6)) if self.r.random() < 0.97 else self.r.randint(8, 14)
        workloads = [self.workload(at) for at in range(count)]
        workloads = [self.with_declarations(workload, workloads) for workload in workloads]
        return Graph(self.title, tuple(workloads))

    # Who there is

    def workload(self, at):
        r = self.r
        word = r.choice(WORDS)
        key = r.choice((f"{self.title}-{at}-{word}", f"{self.title}{word[0].upper()}{word[1:]}{at}"))
        namespace = r.choice(self.namespaces)
        name = self.name(namespace) if r.random() < 0.3 else None
        layer = 2 if r.random() < 0.15 else 3
        kinds = ("deployment",) * 4 + ("statefulset", "daemonset") + (("job", "cronjob") if layer == 3 else ())
        kind = r.choice(kinds)
        ports = self.ports(likely=0.85 if kind in ("deployment", "statefulset", "daemonset") else 0.2)
        taken = {(port.protocol, port.listens) for port in ports}
        beside = [port for port in self.ports(likely=0.1) if (port.protocol, port.listens) not in taken]
        return Workload(
            key=key,
            namespace=namespace,
            name=name,
            kind=kind,
            layer=layer,
            enabled=layer == 2 or r.random() < 0.93,
            ports=ports,
            sidecar_ports=tuple(Port(p.number, f"s-{i}", p.container, p.protocol) for i, p in enumerate(beside)),
            labels=tuple(sorted(dict(self.few(2, lambda: r.choice(LABELS), 0.3)).items())),
        )

    def name(self, namespace):
        """A name of its own, which may be used in other namespaces, too."""
        name = self.r.choice(NAMES)
        if (namespace, name) in self.taken:
            return None
        self.taken.add((namespace, name))
        return name

    def ports(self, likely):
        r, made, numbers, listens, names = self.r, [], set(), set(), set()
        for _ in range(5):
            if r.random() >= likely:
                break
            likely *= 0.6
            number, protocol = r.choice(NUMBERS), r.choice(PROTOCOLS)
            container = r.choice((None, None, None, r.choice(NUMBERS), r.randint(1, 65535)))
            inside = (protocol, container or number)
            if (protocol, number) in numbers or inside in listens:
                continue
            # Two ports of one number, for two protocols, need names to be told apart.
            shares = any(number == other for _, other in numbers)
            name = r.choice(PORT_NAMES) if shares or r.random() < 0.5 else None
            if name in names and name is not None or (shares and name is None):
                continue
            if name == "metrics" and protocol != "TCP":
                continue
            numbers.add((protocol, number))
            listens.add(inside)
            names.add(name)
            made.append(Port(number, name, container if container != number else None, protocol))
        return tuple(made)

    # What they declare

    def with_declarations(self, workload, workloads):
        if workload.layer == 2:
            return workload
        r = self.r
        targets = [target for target in workloads if target.ports and target.enabled]
        dependencies = self.few(4, lambda: self.dependency(workload, r.choice(targets)), 0.6) if targets else ()
        can_be_exposed = usual(workload) and workload.kind in ("deployment", "statefulset", "daemonset")
        return Workload(
            **{
                **vars(workload),
                "dependencies": dependencies,
                "egress": self.few(3, self.egress, 0.3),
                "allow_from": self.few(2, lambda: self.allow_from(workload), 0.25) if workload.ports else (),
                "expose": self.expose(workload) if can_be_exposed and r.random() < 0.25 else None,
                "monitoring": self.monitoring(workload),
            }
        )

    def chosen(self, ports):
        """Some of the ports, by number or name."""
        picked = self.r.sample(ports, self.r.randint(1, len(ports)))
        return tuple(p.name if p.name and self.r.random() < 0.5 else p.number for p in picked)

    def dependency(self, workload, target):
        r = self.r
        spelt = r.choice((target.key, target.object_name))
        is_record = r.random() < 0.4
        is_near = target.namespace == workload.namespace
        return Dependency(
            target=target.key,
            spelt=spelt,
            namespace=None if is_near and r.random() < 0.8 else target.namespace,
            is_record=is_record,
            ports=self.chosen(target.ports) if is_record and r.random() < 0.7 else (),
            option=r.choice(("dependencies", "dependencies", "dependencies", "consumes")),
        )

    def network(self):
        r = self.r
        cidr = r.choice(CIDRS)
        network = ipaddress.ip_network(cidr)
        holes = []
        while network.prefixlen < network.max_prefixlen and len(holes) < 3 and r.random() < 0.4:
            prefix = r.randint(network.prefixlen + 1, network.max_prefixlen)
            start = int(network[0]) + r.randrange(network.num_addresses)
            holes.append(ipaddress.ip_network((start, prefix), strict=False))
        # A network of which nothing is left is a mistake.
        if sum(hole.num_addresses for hole in ipaddress.collapse_addresses(holes)) == network.num_addresses:
            holes = []
        return Outside(cidr=cidr, holes=tuple(dict.fromkeys(str(hole) for hole in holes)))

    def pods(self):
        """Pods outside, in a namespace that may be one of the graph's; without labels, all of it."""
        r = self.r
        namespace = r.choice((None, *self.namespaces, *NAMESPACES_OUTSIDE))
        labels = tuple(sorted(dict(self.few(2, lambda: r.choice(LABELS), 0.6)).items()))
        if namespace is None and not labels:
            labels = (("tier", "edge"),)
        return Outside(namespace=namespace, labels=labels)

    def outside(self, ports):
        item = self.network() if self.r.random() < 0.5 else self.pods()
        return Outside(**{**vars(item), "ports": ports})

    def egress(self):
        return self.outside(self.few(3, self.outside_port, 0.6))

    def outside_port(self):
        r = self.r
        number, protocol = r.choice((*NUMBERS, r.randint(1, 65535))), r.choice(PROTOCOLS)
        if r.random() < 0.3:
            return OutsidePort(number, r.randint(number, min(65535, number + 1000)), protocol)
        return OutsidePort(number, None, protocol)

    def allow_from(self, workload):
        return self.outside(self.chosen(workload.ports) if self.r.random() < 0.6 else ())

    def expose(self, workload):
        r = self.r
        tcp = [port for port in workload.ports if port.protocol == "TCP"]
        port = self.chosen(tcp)[0] if r.random() < 0.6 else None
        gateway = r.choice((None, None, None, f"{r.choice((*self.namespaces, 'gateways'))}/public"))
        labels = (("gw", "own"),) if gateway and r.random() < 0.4 else ()
        return Expose(port, self.few(2, lambda: self.chosen(tcp)[0], 0.3), gateway, labels)

    def monitoring(self, workload):
        r = self.r
        tcp = [port for port in workload.ports if port.protocol == "TCP"]
        exporters = [(name, True) for name in CUSTOMARY] + [("own", 9800), ("thing", 9100)]
        traces = r.choice((None,) * 8 + (True, False))
        if r.random() < 0.55:
            return Monitoring(tracing=traces)
        picked = tuple(sorted(dict(self.few(2, lambda: r.choice(exporters), 0.4)).items()))
        if {("node", True), ("thing", 9100)} <= set(picked):
            picked = picked[:1]
        port = self.chosen(tcp)[0] if tcp and r.random() < 0.5 else None
        scraped = r.choice((None, None, True, False)) if tcp or picked else r.choice((None, None, False))
        return Monitoring(scraped, port, picked, traces)
