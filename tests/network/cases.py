"""Holds the evaluator to the cases in tests/corpus/network, which somebody else wrote by hand, each with a reason.

    cases.py FOLDER

prints, as JSON, how many cases were judged, how many hold what an API server does not take, and the differences. How a
case is written says tests/network_semantics.rs. Left out are hosts, and policies of other kinds.
"""

import ipaddress
import json
import sys
from functools import reduce
from pathlib import Path

import yaml

from declared import edges
from evaluator import (
    ALL_PORTS,
    EGRESS,
    INGRESS,
    Address,
    Pod,
    Policies,
    common,
    pods_of,
    port_set,
    show_ports,
    within,
)


def main(folder):
    report = {"cases": 0, "refused": 0, "differences": []}
    for path in sorted(Path(folder).glob("*.yaml")):
        text = path.read_text()
        objects = flat(yaml.load_all(text, Yaml12))
        if any(item["kind"].startswith("Cilium") for item in objects):
            continue
        try:
            answers = list(differing(Case(objects), text))
        except (ValueError, TypeError, AttributeError):
            report["refused"] += 1
            continue
        report["cases"] += 1
        report["differences"] += [{"words": [f"{path.name}: {words}"]} for words in answers]
    json.dump(report, sys.stdout)


def differing(case, text):
    """The answers that are not those of the case."""
    for line in text.splitlines():
        if line.startswith("#? ") and " host " not in line:
            question, expected = line.removeprefix("#? ").rsplit(": ", 1)
            answer = shown(case.answer(*question.split(" -> ")))
            if answer != expected.strip():
                yield f"{question}: it is {answer}, and should be {expected}"


def flat(objects):
    """The objects, with those that stand in lists."""
    return [inner for item in objects if item for inner in (flat(item["items"]) if "items" in item else [item])]


class Yaml12(yaml.SafeLoader):
    """The cases are written in YAML 1.2, in which `yes` and `no` are words like others."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if first in "tTfF" or tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Case:
    """The objects of one case, and what is asked about them."""

    def __init__(self, objects):
        self.policies = Policies(objects)
        self.pods = {f"{namespace}/{name}": pod for (namespace, _, name), pod in pods_of(objects).items()}
        self.addresses = sorted(set(self.edges(objects)))

    def edges(self, objects):
        """An address of each stretch of addresses that no policy tells apart."""
        for item in objects:
            for way, side in (("ingress", "from"), ("egress", "to")):
                for rule in (item.get("spec") or {}).get(way) or [] if item["kind"] == "NetworkPolicy" else []:
                    for peer in (rule or {}).get(side) or []:
                        if block := (peer or {}).get("ipBlock"):
                            for cidr in (block["cidr"], *(block.get("except") or [])):
                                yield from (title for title, _ in edges(cidr))

    def answer(self, source, target):
        sources, of_source = self.read(source)
        targets, of_target = self.read(target)
        pairs = [self.between(a, b) for a in sources for b in targets]
        return (join if of_source is join or of_target is join else meet)(pairs)

    def read(self, end):
        """Those who are meant by an end of a question, and how to put the answers for them together."""
        together = join if end.startswith("any of ") else meet
        end = end.removeprefix("any of ").strip()
        if "{" in end:
            namespace, described = end.rstrip("}").split("{")
            pairs = dict(pair.split("=") for pair in described.split(",") if pair)
            ports = tuple((name, "TCP", int(port)) for name, port in pairs.items() if port.isdigit())
            labels = {key: value for key, value in pairs.items() if not value.isdigit()}
            return [Pod(namespace, labels, ports)], together
        try:
            block = ipaddress.ip_network(end)
        except ValueError:
            return [self.pods[end if "/" in end else f"default/{end}"]], together
        inside = [ip for ip in self.addresses if within(ip, end)]
        return [Address(ip) for ip in {str(block[0]), str(block[-1]), *inside}], together

    def between(self, source, target):
        """The ports on which a connection is open, for both ends."""
        out = self.policies.open_ports(source, EGRESS, target) if isinstance(source, Pod) else ALL_PORTS
        into = self.policies.open_ports(target, INGRESS, source) if isinstance(target, Pod) else ALL_PORTS
        return common(out, into)


def meet(answers):
    return reduce(common, answers, ALL_PORTS)


def join(answers):
    return port_set(ports for answer in answers for ports in answer)


def shown(ports):
    """A set of ports as the cases write it."""
    if port_set(ports) == ALL_PORTS:
        return "all"
    return show_ports(ports).replace("nothing", "none")


if __name__ == "__main__":
    main(*sys.argv[1:])
