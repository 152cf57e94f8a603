"""A declared graph as data, and the configuration that says it.

Only what bears on connections is here: who there is, on which ports, and who declares what. What must be open because
of it says `declared.py`; `randoms.py` invents graphs.
"""

import json
import re
from dataclasses import dataclass, field, replace

# The words of a configuration that come out as the kinds of Kubernetes.
KINDS = {
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
    "job": "Job",
    "cronjob": "CronJob",
}
COLLECTIONS = {"deployment": "deployments", "statefulset": "statefulSets", "daemonset": "daemonSets"}


@dataclass(frozen=True)
class Port:
    """A port of a workload: the number that people use, and the one on which the container listens."""

    number: int
    name: str | None = None
    container: int | None = None
    protocol: str = "TCP"

    @property
    def listens(self):
        return self.container or self.number


@dataclass(frozen=True)
class Dependency:
    """Whom a workload needs: the key of the workload, how that is spelt, and the ports as written (none: all)."""

    target: str
    spelt: str
    namespace: str | None = None
    is_record: bool = False
    ports: tuple = ()
    option: str = "dependencies"


@dataclass(frozen=True)
class Outside:
    """An item of `egress` or `allowFrom`: a network, or pods. Ports as written (none: all)."""

    cidr: str | None = None
    holes: tuple = ()
    namespace: str | None = None
    labels: tuple = ()
    ports: tuple = ()


@dataclass(frozen=True)
class OutsidePort:
    """A port of `egress`."""

    number: int
    last: int | None = None
    protocol: str = "TCP"


@dataclass(frozen=True)
class Expose:
    """How a workload is exposed: ports as written (none: the usual one), and the Gateway if it is through one."""

    port: int | str | None = None
    path_ports: tuple = ()
    gateway: str | None = None
    gateway_labels: tuple = ()


@dataclass(frozen=True)
class Monitoring:
    """What is said of metrics and traces; an exporter has `True` or its port."""

    prometheus: bool | None = None
    metrics_port: int | str | None = None
    exporters: tuple = ()
    tracing: bool | None = None


@dataclass(frozen=True)
class Workload:
    """An application, or (`layer` 2) an entry of `deployments` and the like, which declares nothing itself."""

    key: str
    namespace: str | None
    name: str | None = None
    kind: str = "deployment"
    layer: int = 3
    enabled: bool = True
    ports: tuple = ()
    sidecar_ports: tuple = ()
    labels: tuple = ()
    dependencies: tuple = ()
    egress: tuple = ()
    allow_from: tuple = ()
    expose: Expose | None = None
    monitoring: Monitoring = Monitoring()

    @property
    def object_name(self):
        """What its objects are called: `orderWorker` is `order-worker`."""
        return self.name or re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", self.key).lower()


    def has_ports(self, chosen):
        """Whether there is a port for each number and name."""
        known = {port.number for port in self.ports} | {port.name for port in self.ports}
        return known.issuperset(chosen)

    def is_sound(self, graph):
        """Whether all that it speaks of is there."""
        targets = [(graph.find(dependency.target), dependency.ports) for dependency in self.dependencies]
        expose, metrics = self.expose, self.monitoring.metrics_port
        exposed = [port for port in (expose.port, *expose.path_ports) if port] if expose else []
        has_tcp = any(port.protocol == "TCP" for port in self.ports)
        return (
            all(target.enabled and target.ports and target.has_ports(ports) for target, ports in targets)
            and all(self.ports and self.has_ports(item.ports) for item in self.allow_from)
            and all(item.cidr or item.namespace or item.labels for item in (*self.egress, *self.allow_from))
            and self.has_ports([*exposed, *([metrics] if metrics else [])])
            and (has_tcp or not (expose or (self.monitoring.prometheus and not self.monitoring.exporters)))
        )


@dataclass(frozen=True)
class Pods:
    """Pods that the cluster has without the configuration: where, and with which labels."""

    namespace: str
    labels: tuple


@dataclass(frozen=True)
class Setting:
    """What all graphs of one configuration share: `framework`."""

    namespace: str = "base"
    mode: str = "deny-all"
    deny_ingress: bool = True
    deny_egress: bool = True
    dns: Pods = Pods("kube-system", (("k8s-app", "kube-dns"),))
    controller: Pods = Pods("ingress-nginx", (("app.kubernetes.io/name", "ingress-nginx"),))
    prometheus: Pods = Pods("monitoring", (("app.kubernetes.io/name", "prometheus"),))
    collector: Pods = Pods("observability", (("app.kubernetes.io/name", "opentelemetry-collector"),))
    collector_port: int = 4317
    observability: bool | None = None
    scrapes: bool | None = None
    traces: bool | None = None

    @property
    def is_scraping(self):
        return self.observability is True if self.scrapes is None else self.scrapes

    @property
    def is_tracing(self):
        return self.observability is True if self.traces is None else self.traces


@dataclass(frozen=True)
class Graph:
    """One declared graph: workloads that know of each other. `title` begins all its keys and namespaces."""

    title: str
    workloads: tuple = field(default_factory=tuple)

    def running(self):
        """The workloads that exist."""
        return [workload for workload in self.workloads if workload.enabled]

    def find(self, key):
        return next(workload for workload in self.workloads if workload.key == key)

    def is_sound(self):
        """Whether all ports and workloads that are spoken of are there."""
        return all(workload.is_sound(self) for workload in self.running())

    def with_workload(self, changed):
        """The graph with this one in the place of that with the same key."""
        return replace(self, workloads=tuple(changed if w.key == changed.key else w for w in self.workloads))


# As text


class Raw(str):
    """Text of the language that stays as it is."""


def nxk(value):
    """A value as the language writes it. What is `None` is left out of sets."""
    match value:
        case Raw():
            return str(value)
        case dict():
            fields = [f"{attribute(key)} = {nxk(item)};" for key, item in value.items() if item is not None]
            return "{ " + " ".join(fields) + " }"
        case list() | tuple():
            return "[ " + " ".join(nxk(item) for item in value) + " ]"
        case str():
            return json.dumps(value)
        case True | False:
            return str(value).lower()
        case None:
            return "null"
        case _:
            return str(value)


def attribute(key):
    """The name of a field, in quotes where it needs them."""
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_'-]*", key) else json.dumps(key)


def without_nothing(fields):
    """The fields that say something."""
    return {key: value for key, value in fields.items() if value not in (None, (), {}, [])}


def graph_text(graph, overrides=None):
    """A module that declares the graph; `overrides` are definitions of `resources`."""
    sections = {"applications": [w for w in graph.workloads if w.layer == 3]}
    for workload in graph.workloads:
        if workload.layer == 2:
            sections.setdefault(COLLECTIONS[workload.kind], []).append(workload)
    lines = ["{ lib, ... }:", "{"]
    for option, workloads in sections.items():
        lines += [f"  {option}.{attribute(w.key)} = {nxk(workload_fields(w))};" for w in workloads]
    lines += [f"  resources.{json.dumps(key)} = {nxk(value)};" for key, value in (overrides or {}).items()]
    return "\n".join([*lines, "}", ""])


def main_text(setting, files):
    """The entry of a configuration: `framework`, and the graphs in files beside it. What is as usual is left out."""
    framework = {
        "project": "graphs",
        "namespace": setting.namespace,
        "network": {
            "policyMode": unusual(setting, "mode"),
            "defaultDenyIngress": unusual(setting, "deny_ingress"),
            "defaultDenyEgress": unusual(setting, "deny_egress"),
            "dns": pods_fields(unusual(setting, "dns")),
            "ingressController": pods_fields(unusual(setting, "controller")),
            "monitoring": pods_fields(unusual(setting, "prometheus")),
        },
        "observability": {
            "enabled": setting.observability,
            "prometheus": setting.scrapes,
            "tracing": setting.traces,
            "collector": (pods_fields(unusual(setting, "collector")) or {})
            | {"port": unusual(setting, "collector_port")},
        },
    }
    imports = " ".join(f"./{file}" for file in files)
    return f"{{\n  imports = [ {imports} ];\n  framework = {nxk(framework)};\n}}\n"


def unusual(setting, name):
    """A field of a setting, if it is not as usual."""
    value = getattr(setting, name)
    return None if value == getattr(Setting(), name) else value


def pods_fields(pods):
    return pods and {"namespace": pods.namespace, "podLabels": dict(pods.labels)}


def workload_fields(workload):
    shared = {
        "image": "registry.example.com/a:1.0",
        "name": workload.name,
        "namespace": workload.namespace,
        "labels": dict(workload.labels),
        "ports": [port_fields(port) for port in workload.ports],
    }
    if workload.layer == 2:
        return without_nothing(shared)
    of = {option: [d for d in workload.dependencies if d.option == option] for option in ("dependencies", "consumes")}
    application = {
        "kind": workload.kind if workload.kind != "deployment" else None,
        "schedule": "0 6 * * 1" if workload.kind == "cronjob" else None,
        "enable": None if workload.enabled else False,
        **{option: [dependency_fields(item) for item in items] for option, items in of.items()},
        "egress": [outside_fields(item) for item in workload.egress],
        "allowFrom": [outside_fields(item) for item in workload.allow_from],
        "expose": workload.expose and expose_fields(workload),
        "monitoring": monitoring_fields(workload.monitoring),
    }
    if workload.sidecar_ports:
        ports = [port_fields(port) for port in workload.sidecar_ports]
        application["sidecars"] = {"beside": {"image": "registry.example.com/b:1.0", "ports": ports}}
    return without_nothing({**shared, **application})


def port_fields(port):
    if port == Port(port.number):
        return port.number
    protocol = port.protocol if port.protocol != "TCP" else None
    return without_nothing(
        {"name": port.name, "port": port.number, "containerPort": port.container, "protocol": protocol}
    )


def dependency_fields(dependency):
    if dependency.is_record:
        return without_nothing(
            {"app": dependency.spelt, "namespace": dependency.namespace, "ports": list(dependency.ports)}
        )
    return f"{dependency.namespace}/{dependency.spelt}" if dependency.namespace else dependency.spelt


def outside_fields(item):
    ports = [outside_port_fields(port) if isinstance(port, OutsidePort) else port for port in item.ports]
    return without_nothing(
        {
            "cidr": item.cidr,
            "except": list(item.holes),
            "namespace": item.namespace,
            "podLabels": dict(item.labels),
            "ports": ports,
        }
    )


def outside_port_fields(port):
    if port == OutsidePort(port.number):
        return port.number
    protocol = port.protocol if port.protocol != "TCP" else None
    return without_nothing({"port": port.number, "endPort": port.last, "protocol": protocol})


def expose_fields(workload):
    expose = workload.expose
    paths = [{"path": f"/path-{at}", "port": port} for at, port in enumerate(expose.path_ports)]
    fields = {
        "host": f"{workload.object_name}.{workload.namespace or 'base'}.example.com",
        "port": expose.port,
        "paths": (["/"] if paths else []) + paths,
    }
    if expose.gateway:
        namespace, name = expose.gateway.split("/")
        pods = {"pods": {"podLabels": dict(expose.gateway_labels)}} if expose.gateway_labels else {}
        fields |= {"via": "gateway", "gateway": {"name": name, "namespace": namespace, **pods}}
    return without_nothing(fields)


def monitoring_fields(monitoring):
    said = {
        "prometheus": monitoring.prometheus,
        "metricsPort": monitoring.metrics_port,
        "tracing": monitoring.tracing,
    }
    exporters = {f"{name}_exporter": port for name, port in monitoring.exporters}
    return {key: value for key, value in {**said, **exporters}.items() if value is not None}
