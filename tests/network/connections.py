"""The table of all connections that some manifests leave open, in Markdown.

    nxk compile main.nxk | connections.py

It is read off the policies alone: between every two workloads, and between them and those outside of whom policies
speak.
"""

import ipaddress
import sys

import yaml

from evaluator import (
    ALL_PORTS,
    EGRESS,
    INGRESS,
    NAMESPACE_NAME,
    Address,
    Pod,
    Policies,
    common,
    in_block,
    pods_of,
    rules,
    show_ports,
)


def main():
    objects = [item for item in yaml.safe_load_all(sys.stdin) if item]
    policies = Policies(objects)
    inside = {f"`{pod.namespace}/{name}`": pod for (_, _, name), pod in pods_of(objects).items()}
    everyone = {**inside, **outsiders(policies, inside.values())}
    print("| from | to | ports |\n| --- | --- | --- |")
    order = sorted(everyone.items(), key=lambda item: (item[0] in inside, item[0]))
    for source, who in order:
        for target, whom in order:
            ports = open_between(policies, inside, (source, who), (target, whom))
            if ports:
                print(f"| {source} | {target} | {show_ports(ports)} |")


def open_between(policies, inside, source, target):
    """The ports on which a connection is open: both ends have to agree. Between outsiders it is nobody's business."""
    (source, who), (target, whom) = source, target
    if source not in inside and target not in inside:
        return ()
    out = policies.open_ports(who, EGRESS, whom) if source in inside else ALL_PORTS
    into = policies.open_ports(whom, INGRESS, who) if target in inside else ALL_PORTS
    return common(out, into)


def outsiders(policies, pods):
    """Those of whom the rules speak and who are no workload: pods elsewhere by their labels, and networks."""
    found = {}
    for namespace, specs in policies.policies.items():
        for spec in specs:
            for direction, side in ((INGRESS, "from"), (EGRESS, "to")):
                for rule in rules(spec, direction):
                    for peer in rule.get(side) or []:
                        title, outsider = read_peer(peer, namespace)
                        if not any(policies.is_peer(peer, namespace, pod) for pod in pods):
                            found[title] = outsider
    return found


def read_peer(peer, namespace):
    """Somebody who is meant by a peer, and how to call all of those."""
    if block := peer.get("ipBlock"):
        addresses = (str(ip) for ip in ipaddress.ip_network(block["cidr"]))
        holes = "".join(f" without {hole}" for hole in block.get("except") or [])
        return block["cidr"] + holes, Address(next(ip for ip in addresses if in_block(block, ip)))
    place = peer.get("namespaceSelector", {NAMESPACE_NAME: namespace})
    namespace = place.get("matchLabels", place)[NAMESPACE_NAME]
    labels = (peer.get("podSelector") or {}).get("matchLabels") or {}
    shown = ", ".join(f"`{key}={value}`" for key, value in labels.items()) or "all pods"
    return f"{shown} in `{namespace}`", Pod(namespace, labels)


if __name__ == "__main__":
    main()
