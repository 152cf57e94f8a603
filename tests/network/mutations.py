"""Changes of compiled policies, as a user could make them in layer 1: most are wrong, some change nothing.

Each is a function that takes a source of chance and a `spec`, changes the `spec`, and says what it did; it answers
`None` where there is nothing of its kind to change.
"""

import ipaddress

from evaluator import EGRESS, INGRESS, NAMESPACE_NAME

SIDES = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}
NAME = "app.kubernetes.io/name"
PORT_NAMES = ("http", "metrics", "grpc", "a")


def rules(spec):
    """The rules of a policy, each with where it stands: (list of rules, place, name of the list of peers)."""
    found = []
    for way, side in SIDES.values():
        listed = spec.get(way) or []
        found += [(listed, at, side) for at in range(len(listed))]
    return found


def peers(spec, having=()):
    """The peers of a policy that have all of these fields: (list of peers, place)."""
    found = []
    for listed, at, side in rules(spec):
        items = listed[at].get(side) or []
        found += [(items, place) for place, item in enumerate(items) if all(part in item for part in having)]
    return found


def ports(spec):
    """The ports of a policy: (list of ports, place)."""
    items = [listed[at].get("ports") or [] for listed, at, _ in rules(spec)]
    return [(listed, place) for listed in items for place in range(len(listed))]


# What is taken away


def drop_rule(r, spec):
    if not (found := rules(spec)):
        return None
    listed, at, _ = r.choice(found)
    del listed[at]
    return "a rule is gone"


def drop_peer(r, spec):
    found = [(items, at) for items, at in peers(spec) if len(items) > 1]
    if not found:
        return None
    items, at = r.choice(found)
    del items[at]
    return "a peer is gone"


def drop_port(r, spec):
    found = [(items, at) for items, at in ports(spec) if len(items) > 1]
    if not found:
        return None
    items, at = r.choice(found)
    del items[at]
    return "a port is gone"


def drop_peers(r, spec):
    found = [(listed[at], side) for listed, at, side in rules(spec) if side in listed[at]]
    if not found:
        return None
    rule, side = r.choice(found)
    del rule[side]
    return "a rule is about everyone"


def drop_ports(r, spec):
    found = [listed[at] for listed, at, _ in rules(spec) if "ports" in listed[at]]
    if not found:
        return None
    del r.choice(found)["ports"]
    return "a rule is about all ports"


def drop_hole(r, spec):
    found = [items[at]["ipBlock"] for items, at in peers(spec, ["ipBlock"]) if items[at]["ipBlock"].get("except")]
    if not found:
        return None
    holes = r.choice(found)["except"]
    del holes[r.randrange(len(holes))]
    return "a part of `except` is gone"


def drop_labels(r, spec):
    found = [items[at]["podSelector"] for items, at in peers(spec, ["podSelector"])]
    found = [selector["matchLabels"] for selector in found if selector.get("matchLabels")]
    if not found:
        return None
    labels = r.choice(found)
    del labels[r.choice(sorted(labels))]
    return "a label of a peer is gone"


def drop_pod_selector(r, spec):
    if not (found := peers(spec, ["podSelector", "namespaceSelector"])):
        return None
    items, at = r.choice(found)
    del items[at]["podSelector"]
    return "a peer is a whole namespace"


def drop_namespace_selector(r, spec):
    if not (found := peers(spec, ["podSelector", "namespaceSelector"])):
        return None
    items, at = r.choice(found)
    del items[at]["namespaceSelector"]
    return "a peer is in the policy's namespace"


def drop_policy_type(r, spec):
    types = list(spec["policyTypes"])
    types.remove(r.choice(types))
    if not types:
        return None
    spec["policyTypes"] = types
    return f"the policy is only about {types[0]}"


# What is made wider or different


def select_all(r, spec):
    if not spec.get("podSelector"):
        return None
    spec["podSelector"] = {}
    return "the policy selects everything"


def select_others(r, spec):
    spec["podSelector"] = {"matchLabels": {NAME: r.choice(("web", "nobody", "db"))}}
    return "the policy selects others"


def select_by_expression(r, spec):
    labels = spec.get("podSelector", {}).get("matchLabels")
    if not labels:
        return None
    key = r.choice(sorted(labels))
    operator = r.choice(("Exists", "DoesNotExist", "NotIn", "In"))
    values = {"values": [labels[key], "further"]} if operator in ("In", "NotIn") else {}
    del labels[key]
    spec["podSelector"]["matchExpressions"] = [{"key": key, "operator": operator, **values}]
    return f"the policy selects with {operator}"


def peer_by_expression(r, spec):
    found = [items[at] for items, at in peers(spec, ["podSelector"]) if items[at]["podSelector"].get("matchLabels")]
    if not found:
        return None
    selector = r.choice(found)["podSelector"]
    key = r.choice(sorted(selector["matchLabels"]))
    value = selector["matchLabels"].pop(key)
    operator = r.choice(("Exists", "NotIn", "In", "In"))
    values = {"values": [value] + r.choice(([], ["further"]))} if operator in ("In", "NotIn") else {}
    selector["matchExpressions"] = [{"key": key, "operator": operator, **values}]
    return f"a peer is selected with {operator}"


def other_policy_types(r, spec):
    types = r.choice((["Ingress", "Egress"], ["Ingress"], ["Egress"], None))
    if types == spec["policyTypes"]:
        return None
    spec.pop("policyTypes")
    if types:
        spec["policyTypes"] = types
    return f"the policy has the types {types}"


def other_port(r, spec):
    if not (found := ports(spec)):
        return None
    items, at = r.choice(found)
    port = dict(items[at])
    if "port" not in port:
        return None
    port["port"] = r.choice((port["port"] % 65535 + 1, 8081, 22))
    port.pop("endPort", None)
    items[at] = port
    return "a port is another one"


def other_protocol(r, spec):
    if not (found := ports(spec)):
        return None
    items, at = r.choice(found)
    now = items[at].get("protocol", "TCP")
    items[at] = {**items[at], "protocol": r.choice([it for it in ("TCP", "UDP", "SCTP") if it != now])}
    return "a port has another protocol"


def widen_port(r, spec):
    found = [(items, at) for items, at in ports(spec) if isinstance(items[at].get("port"), int)]
    if not found:
        return None
    items, at = r.choice(found)
    last = items[at].get("endPort", items[at]["port"])
    if last == 65535:
        return None
    items[at] = {**items[at], "endPort": r.choice((last + 1, 65535))}
    return "a port is a range"


def all_of_a_protocol(r, spec):
    if not (found := ports(spec)):
        return None
    items, at = r.choice(found)
    items[at] = {"protocol": items[at].get("protocol", "TCP")}
    return "all ports of a protocol"


def port_by_name(r, spec):
    if not (found := ports(spec)):
        return None
    items, at = r.choice(found)
    items[at] = {"protocol": items[at].get("protocol", "TCP"), "port": r.choice(PORT_NAMES)}
    return "a port has a name"


def any_namespace(r, spec):
    if not (found := peers(spec, ["namespaceSelector"])):
        return None
    items, at = r.choice(found)
    items[at] = {**items[at], "namespaceSelector": {}}
    return "a peer is in any namespace"


def other_namespace(r, spec):
    if not (found := peers(spec, ["namespaceSelector"])):
        return None
    items, at = r.choice(found)
    labels = r.choice(({NAMESPACE_NAME: "elsewhere"}, {"team": "blue"}, {"name": "kube-system"}))
    items[at] = {**items[at], "namespaceSelector": {"matchLabels": labels}}
    return "a peer is in another namespace"


def namespaces_by_expression(r, spec):
    if not (found := peers(spec, ["namespaceSelector"])):
        return None
    items, at = r.choice(found)
    name = items[at]["namespaceSelector"]["matchLabels"][NAMESPACE_NAME]
    values = r.choice(([name], [name, "elsewhere"], ["elsewhere"]))
    operator = r.choice(("In", "In", "NotIn"))
    demand = {"key": NAMESPACE_NAME, "operator": operator, "values": values}
    items[at] = {**items[at], "namespaceSelector": {"matchExpressions": [demand]}}
    return f"a peer is in a namespace {operator} {values}"


def split_peer(r, spec):
    if not (found := peers(spec, ["podSelector", "namespaceSelector"])):
        return None
    items, at = r.choice(found)
    peer = items[at]
    items[at : at + 1] = [{"podSelector": peer["podSelector"]}, {"namespaceSelector": peer["namespaceSelector"]}]
    return "a peer has become two"


def everyones_address(r, spec):
    found = [listed[at][side] for listed, at, side in rules(spec) if side in listed[at]]
    if not found:
        return None
    cidr = r.choice(("0.0.0.0/0", "::/0", "10.0.0.0/8", "8.8.8.8/32"))
    r.choice(found).append({"ipBlock": {"cidr": cidr}})
    return f"{cidr} is a peer, too"


def other_network(r, spec):
    if not (found := peers(spec, ["ipBlock"])):
        return None
    items, at = r.choice(found)
    network = ipaddress.ip_network(items[at]["ipBlock"]["cidr"])
    if not network.prefixlen:
        return None
    items[at] = {"ipBlock": {"cidr": str(network.supernet())}}
    return "a network is twice as large"


def half_network(r, spec):
    if not (found := peers(spec, ["ipBlock"])):
        return None
    items, at = r.choice(found)
    network = ipaddress.ip_network(items[at]["ipBlock"]["cidr"])
    if network.prefixlen == network.max_prefixlen:
        return None
    items[at] = {"ipBlock": {"cidr": str(next(network.subnets()))}}
    return "a network is half as large"


def further_hole(r, spec):
    if not (found := peers(spec, ["ipBlock"])):
        return None
    items, at = r.choice(found)
    block = items[at]["ipBlock"]
    network = ipaddress.ip_network(block["cidr"])
    if network.prefixlen == network.max_prefixlen:
        return None
    start = int(network[0]) + r.randrange(network.num_addresses)
    prefix = r.randint(network.prefixlen + 1, network.max_prefixlen)
    hole = str(ipaddress.ip_network((start, prefix), strict=False))
    if hole in block.get("except", []):
        return None
    items[at] = {"ipBlock": {**block, "except": [*block.get("except", []), hole]}}
    return "a network has a further hole"


def empty_rule(r, spec):
    way = r.choice(("ingress", "egress"))
    spec[way] = [*(spec.get(way) or []), {}]
    return f"{way} has a rule for everyone"


def further_peer(r, spec):
    found = [listed[at][side] for listed, at, side in rules(spec) if listed[at].get(side)]
    if not found:
        return None
    further = (
        {"podSelector": {}},
        {"podSelector": {"matchLabels": {NAME: "web"}}},
        {"namespaceSelector": {}},
        {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: "elsewhere"}}},
        {"namespaceSelector": {"matchLabels": {"team": "blue"}}, "podSelector": {"matchLabels": {"tier": "edge"}}},
        {"ipBlock": {"cidr": "203.0.113.0/24"}},
    )
    r.choice(found).append(r.choice(further))
    return "a rule has a further peer"


def port_of_everyone(r, spec):
    if "Egress" not in spec["policyTypes"]:
        return None
    rule = {"ports": [{"port": r.choice(PORT_NAMES), "protocol": "TCP"}]}
    spec["egress"] = [*(spec.get("egress") or []), rule]
    return "a port of everyone by its name"


def foreign_rule(r, spec):
    way, side = SIDES[r.choice((INGRESS, EGRESS))]
    rule = {side: [{"podSelector": {"matchLabels": {"tier": "edge"}}}], "ports": [{"port": 8080, "protocol": "TCP"}]}
    spec[way] = [*(spec.get(way) or []), rule]
    return f"{way} has a rule for others"


# What means the same


def same_rules_turned(r, spec):
    for way, _ in SIDES.values():
        if spec.get(way):
            spec[way] = spec[way][::-1]
    return "the rules stand the other way round"


def same_rules_apart(r, spec):
    found = [(listed, at, side) for listed, at, side in rules(spec) if len(listed[at].get(side) or []) > 1]
    if not found:
        return None
    listed, at, side = r.choice(found)
    listed[at : at + 1] = [{**listed[at], side: [peer]} for peer in listed[at][side]]
    return "each peer has a rule of its own"


def same_rule_twice(r, spec):
    if not (found := rules(spec)):
        return None
    listed, at, _ = r.choice(found)
    listed.append(listed[at])
    return "a rule stands there twice"


def same_labels_as_expressions(r, spec):
    found = [items[at]["podSelector"] for items, at in peers(spec, ["podSelector"])] + [spec.get("podSelector") or {}]
    found = [selector for selector in found if selector.get("matchLabels")]
    if not found:
        return None
    selector = r.choice(found)
    labels = selector.pop("matchLabels")
    selector["matchExpressions"] = [{"key": k, "operator": "In", "values": [v]} for k, v in labels.items()]
    return "labels are expressions"


def same_network_in_halves(r, spec):
    found = [(i, at) for i, at in peers(spec, ["ipBlock"]) if not i[at]["ipBlock"].get("except")]
    if not found:
        return None
    items, at = r.choice(found)
    network = ipaddress.ip_network(items[at]["ipBlock"]["cidr"])
    if network.prefixlen == network.max_prefixlen:
        return None
    items[at : at + 1] = [{"ipBlock": {"cidr": str(half)}} for half in network.subnets()]
    return "a network is two halves"


def same_port_as_range(r, spec):
    found = [(items, at) for items, at in ports(spec) if isinstance(items[at].get("port"), int)]
    if not found:
        return None
    items, at = r.choice(found)
    items[at] = {"endPort": items[at]["port"], **items[at]}
    return "a port is a range of one"


WRONG = (
    drop_rule,
    drop_peer,
    drop_port,
    drop_peers,
    drop_ports,
    drop_hole,
    drop_labels,
    drop_pod_selector,
    drop_namespace_selector,
    drop_policy_type,
    select_all,
    select_others,
    select_by_expression,
    peer_by_expression,
    other_policy_types,
    other_port,
    other_protocol,
    widen_port,
    all_of_a_protocol,
    port_by_name,
    any_namespace,
    other_namespace,
    namespaces_by_expression,
    split_peer,
    everyones_address,
    other_network,
    half_network,
    further_hole,
    empty_rule,
    further_peer,
    port_of_everyone,
    foreign_rule,
)
SAME = (
    same_rules_turned,
    same_rules_apart,
    same_rule_twice,
    same_labels_as_expressions,
    same_network_in_halves,
    same_port_as_range,
)
