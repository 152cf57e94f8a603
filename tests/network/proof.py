"""Changes compiled policies as a user could, and asks nxk's proof about it.

    proof.py NXK FIRST COUNT GRAPHS CHANGES

takes the configurations FIRST, FIRST + 1, …, with so many graphs in each, and changes each graph CHANGES times, one
change at a time. Where the openings are no longer the declared ones, nxk has to refuse the configuration, and to name
just those workloads and directions that are open beyond what is declared (E0806) or closed (E0807); where they still
are, it must not. Prints, as JSON, how many changes of which sort there were, and where nxk was wrong.
"""

import copy
import json
import random
import re
import sys
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import mutations
from declared import Declared, Probe, edges
from evaluator import (
    ALL_PORTS,
    DIRECTIONS,
    EGRESS,
    INGRESS,
    NAMESPACE_NAME,
    NO_PORTS,
    PROTOCOLS,
    Pod,
    Policies,
    common,
    namespace_of,
    pods_of,
    rules,
    template_of,
)
from graphs import Raw, graph_text, main_text, nxk
from randoms import LABELS, random_graph, random_setting
from reachability import Compiler, differences, shrink

REFUSALS = ("E0806", "E0807")
# A port that nobody declares: strangers may call any of theirs as they like.
STRANGE_PORT = 61234
STRANGE_PORTS = tuple((name, protocol, STRANGE_PORT) for name in mutations.PORT_NAMES for protocol in PROTOCOLS)
NAME = "app.kubernetes.io/name"


def main(nxk, first, count, graphs, changes):
    report = {"changes": 0, "wrong": 0, "doors": 0, "sorts": Counter(), "differences": []}
    for seed in range(int(first), int(first) + int(count)):
        setting = replace(random_setting(seed), mode="deny-all", deny_ingress=True, deny_egress=True)
        known = [random_graph(setting, f"g{at}", f"proof {seed}.{at}") for at in range(int(graphs))]
        judge = Judge(Compiler(nxk), setting, known)
        for turn in range(int(changes)):
            report["differences"] += judge.turn(random.Random(f"changes {seed}.{turn}"), f"{seed}.{turn}", report)
            if len(report["differences"]) > 20:
                break
    json.dump(report, sys.stdout)


# Changes as data


@dataclass(frozen=True)
class Edit:
    """A change of one object: what `field` becomes. The objects are named by kind, namespace and name."""

    kind: str
    namespace: str
    name: str
    field: str
    value: object = None

    @property
    def place(self):
        return (self.kind, self.namespace, self.name)


def place_of(item):
    """The kind, namespace and name of an object; a namespace is its own."""
    name = item["metadata"]["name"]
    return (item["kind"], name if item["kind"] == "Namespace" else namespace_of(item), name)


def edited(objects, edits):
    """The objects after the edits."""
    made = {place_of(item): item for item in objects}
    for edit in edits:
        if edit.field == "new":
            made[edit.place] = edit.value
        elif edit.place in made:
            item = made[edit.place] = copy.deepcopy(made[edit.place])
            match edit.field:
                case "gone":
                    del made[edit.place]
                case "spec":
                    item["spec"] = edit.value
                case "namespace" | "name":
                    item["metadata"][edit.field] = edit.value
                case "labels":
                    item["metadata"]["labels"] = {**item["metadata"].get("labels", {}), **edit.value}
                case "pod labels":
                    template_of(item)["metadata"]["labels"] = edit.value
    return list(made.values())


def overrides(edits, objects, setting):
    """The edits as definitions of `resources`."""
    definitions = {}
    for edit in edits:
        definition = definitions.setdefault(key_of(edit, objects, setting), {})
        match edit.field:
            case "new":
                definition.update({key: value for key, value in edit.value.items() if key != "apiVersion"})
            case "gone":
                metadata = {"name": edit.name, "namespace": edit.namespace}
                return {key_of(edit, objects, setting): forced({"kind": "ConfigMap", "metadata": metadata})}
            case "spec":
                definition["spec"] = forced(edit.value)
            case "namespace" | "name":
                definition.setdefault("metadata", {})[edit.field] = forced(edit.value)
            case "labels":
                definition["metadata"] = {"labels": edit.value}
            case "pod labels":
                definition["spec"] = relabelled(edit)
    return definitions


def relabelled(edit):
    """A workload's `spec` whose pods have other labels; its selector goes along."""
    spec = {"template": {"metadata": {"labels": forced(edit.value)}}}
    if edit.kind == "CronJob":
        spec = {"jobTemplate": {"spec": spec}}
    if edit.kind in ("Deployment", "StatefulSet", "DaemonSet"):
        spec["selector"] = forced({"matchLabels": edit.value})
    return spec


def forced(value):
    return Raw(f"lib.mkForce {nxk(value)}")


def key_of(edit, objects, setting):
    """The key of an object in `resources`: with its namespace where its name is used in several."""
    if edit.field == "new":
        return f"added-{edit.namespace}"
    if edit.kind == "Namespace":
        return f"Namespace/{edit.name}"
    named = [item for item in objects if item["kind"] == edit.kind and item["metadata"]["name"] == edit.name]
    is_short = len(set(map(namespace_of, named))) == 1 or edit.namespace == setting.namespace
    return f"{edit.kind}/{edit.name}" if is_short else f"{edit.kind}/{edit.namespace}/{edit.name}"


# Inventing changes


def change(r, objects):
    """A change of a graph's objects: what it is called, and the edits."""
    for _ in range(100):
        make = r.choice(SORTS)
        made = make(r, objects)
        if made:
            return made
    return None


def policies_of(objects):
    return [item for item in objects if item["kind"] == "NetworkPolicy"]


def edit_of(item, field, value=None):
    return Edit(*place_of(item), field, value)


def change_policy(r, objects, sorts=mutations.WRONG):
    item = r.choice(policies_of(objects))
    spec, sort = copy.deepcopy(item["spec"]), r.choice(sorts)
    words = sort(r, spec)
    if not words or spec == item["spec"]:
        return None
    return sort.__name__, f"{item['metadata']['name']}: {words}", [edit_of(item, "spec", spec)]


def keep_policy(r, objects):
    return change_policy(r, objects, mutations.SAME)


def drop_policy(r, objects):
    item = r.choice(policies_of(objects))
    return "drop_policy", f"{item['metadata']['name']} is gone", [edit_of(item, "gone")]


def move_policy(r, objects):
    item = r.choice(policies_of(objects))
    there = sorted({namespace_of(other) for other in policies_of(objects)} - {namespace_of(item)}) + ["elsewhere"]
    namespace = r.choice(there)
    # Its name there must not be that of another one.
    name = item["metadata"]["name"]
    edits = [edit_of(item, "name", f"{name}-from-{namespace_of(item)}"), edit_of(item, "namespace", namespace)]
    return "move_policy", f"{name} is in {namespace}", edits


def name_policy(r, objects):
    item = r.choice(policies_of(objects))
    return "name_policy", "a policy is called otherwise", [edit_of(item, "name", f"{item['metadata']['name']}-renamed")]


def add_policy(r, objects):
    """A policy of the user's own: for all pods of a namespace, or for some of them."""
    namespace = namespace_of(r.choice(policies_of(objects)))
    labels = r.choice(({}, {}, {"tier": "edge"}, {NAME: "web"}, {NAME: "nobody"}))
    rule = r.choice(({}, {"from": [{"podSelector": {}}]}, {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}, None))
    spec = {"podSelector": {"matchLabels": labels} if labels else {}, "policyTypes": ["Ingress"]}
    if rule is not None:
        spec["ingress"] = [rule]
    metadata = {"name": "added", "namespace": namespace}
    item = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    return "add_policy", f"a further policy in {namespace}", [edit_of(item, "new", item)]


def label_pods(r, objects):
    item = r.choice([item for item in objects if template_of(item)])
    labels = dict(template_of(item)["metadata"]["labels"])
    key, value = r.choice((*LABELS, (NAME, "web"), (NAME, "other"), ("app", "web")))
    if labels.get(key) == value:
        return None
    return "label_pods", f"pods are labelled {key}={value}", [edit_of(item, "pod labels", {**labels, key: value})]


def label_namespace(r, objects):
    """A namespace with a label, and a policy that asks for it."""
    made = change_policy(r, objects, [mutations.other_namespace])
    if not made:
        return None
    namespace = namespace_of(r.choice(policies_of(objects)))
    edit = Edit("Namespace", namespace, namespace, "labels", {"team": "blue"})
    return "label_namespace", f"{made[1]}, and {namespace} has a label", [*made[2], edit]


SORTS = (
    *[change_policy] * 24,
    *[keep_policy] * 6,
    *[label_pods] * 2,
    drop_policy,
    move_policy,
    name_policy,
    add_policy,
    label_namespace,
)


# Judging


class Unexpected(Exception):
    """What is no answer to the question."""


class Judge:
    """The graphs of one configuration as they are compiled, and what the changes of them must lead to."""

    def __init__(self, compiler, setting, graphs):
        self.compiler, self.setting = compiler, setting
        self.objects, said = compiler.compile(setting, graphs)
        if self.objects is None:
            raise Unexpected(f"the graphs do not compile: {said}")
        self.own = {graph.title: self.objects_of(graph) for graph in graphs}
        self.graphs = [graph for graph in graphs if policies_of(self.own[graph.title])]

    def objects_of(self, graph):
        """The policies, workloads and namespaces of a graph."""
        kinds = ("NetworkPolicy", "Namespace")
        objects = [item for item in self.objects if item["kind"] in kinds or template_of(item)]
        return [item for item in objects if place_of(item)[1].startswith(f"{graph.title}-")]

    def turn(self, r, seed, report):
        """Changes each graph once; the differences between what must be refused and what is."""
        changes = {graph.title: change(r, self.own[graph.title]) for graph in self.graphs}
        told = self.ask({title: edits for title, (_, _, edits) in changes.items()}, self.graphs)
        found = []
        for graph in self.graphs:
            sort, words, edits = changes[graph.title]
            wrong = consequences(self.setting, graph, self.own[graph.title], edits)
            report["changes"] += 1
            report["wrong"] += bool(wrong)
            report["doors"] += len(doors_of(wrong))
            report["sorts"][f"{sort} {'wrong' if wrong else 'right'}"] += 1
            if not agrees(wrong, told[graph.title]):
                found.append(explained(self, graph, edits, seed, words))
        return found

    def ask(self, edits, graphs):
        """What nxk says of changed graphs: the refusals by graph."""
        definitions = {title: overrides(changes, self.objects, self.setting) for title, changes in edits.items()}
        texts = {graph.title: graph_text(graph, definitions[graph.title]) for graph in graphs}
        done = self.compiler.run(self.setting, texts, "check", "--message-format", "json")
        findings = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        errors = [finding for finding in findings if finding["severity"] == "error"]
        other = [error for error in errors if error["code"] not in REFUSALS]
        if other:
            raise Unexpected(f"something else is wrong: {json.dumps(other[:2], indent=2)}")
        return {graph.title: [error for error in errors if self.is_about(error, graph)] for graph in graphs}

    def is_about(self, error, graph):
        """Whether a finding points into the file of a graph."""
        files = [error.get("file"), *(related.get("file") for related in error.get("related") or [])]
        return f"{graph.title}.nxk" in [Path(file or "").name for file in files]


def consequences(setting, graph, objects, edits):
    """What is open and not declared, and the other way round, after the edits."""
    after = edited(objects, edits)
    policies = Policies(after)
    further = strangers([Policies(objects), policies], setting, graph)
    found = differences(setting, graph, policies, pods_of(after), Counter(), further)
    return [difference for difference in found if is_forbidden(difference)]


def is_forbidden(difference):
    """Whether the proof has to find a difference. An entry of layer 2 declares nothing, and whoever writes one may open
    and close it by policies of their own; but those who depend on it must reach it."""
    if difference.workload.layer == 3:
        return True
    declared = difference.declared if difference.declared != ALL_PORTS else NO_PORTS
    return common(declared, difference.is_open) != declared


# What is wrong with a door
OPEN, CLOSED = "open", "closed"


def doors_of(wrong):
    """The doors that are wrong: what with them, the direction, and the name of the workload."""
    doors = set()
    for difference in wrong:
        both = common(difference.declared, difference.is_open)
        # An entry of layer 2 may be open to more, and declares nothing where nothing isolates it; see `is_forbidden`.
        is_application = difference.workload.layer == 3
        if both != difference.is_open and is_application:
            doors.add((OPEN, difference.direction, difference.workload.object_name))
        if both != difference.declared and (is_application or difference.declared != ALL_PORTS):
            doors.add((CLOSED, difference.direction, difference.workload.object_name))
    return doors


def agrees(wrong, errors):
    """Whether nxk names the doors that are wrong and no others. Of many that one rule opens it names the first."""
    doors, told, has_more = doors_of(wrong), set(), False
    for error in errors:
        names, more = doors_told(error)
        told |= names
        has_more |= more
    return told <= doors if has_more else told == doors


def doors_told(error):
    """The doors that an error is about, as far as it names them, and whether there are more."""
    message = error["message"]
    if error["code"] == "E0807":
        name, verb = re.search(r": `([^`]+)` (does not accept|may not make) it on ", message).groups()
        return {(CLOSED, INGRESS if verb == "does not accept" else EGRESS, name)}, False
    before, after = message.split(" can connect to ", 1)
    path = error.get("path") or ""
    is_ingress = ".ingress[" in path or not path and before == "everybody"
    owners = re.split(r" on |: no policy", after)[0] if is_ingress else before
    names = re.findall(r"`([^`]+)`", owners)
    return {(OPEN, INGRESS if is_ingress else EGRESS, name) for name in names}, owners.endswith(" more")


def strangers(states, setting, graph):
    """Those outside of the graph whom the policies mean before or after the change, and some a little different.

    The namespaces that they are in, with the labels that are asked for, exist from then on."""
    declared = Declared(setting, graph)
    own = {(declared.namespace(workload), workload.object_name) for workload in graph.running()}
    somebody = Pod("somewhere", {}, STRANGE_PORTS, title="somebody whom no policy means")
    found = {somebody.title: Probe(somebody.title, somebody)}
    for state in states:
        for peer, namespace in peers_of(state):
            if block := peer.get("ipBlock"):
                for cidr in (block["cidr"], *block.get("except", [])):
                    found.update((title, Probe(title, peer)) for title, peer in edges(cidr))
                continue
            place, labels = namespace, satisfying(peer.get("podSelector") or {})
            if (selector := peer.get("namespaceSelector")) is not None:
                place = place_meant(selector, states)
            for pod in (labels, {**labels, "further": "label"}, {}):
                # Who cannot be told from a workload by any policy is no stranger.
                if (place, pod.get(NAME)) not in own:
                    title = f"pods in {place} with {pod}"
                    found[title] = Probe(title, Pod(place, pod, STRANGE_PORTS, title=title))
    return [found[title] for title in sorted(found)]


def peers_of(state):
    """The peers of all rules, each with the namespace of its policy."""
    for namespace, specs in state.policies.items():
        for spec in specs:
            for direction in DIRECTIONS:
                for rule in rules(spec, direction):
                    for peer in [*(rule.get("from") or []), *(rule.get("to") or [])]:
                        yield peer, namespace


def place_meant(selector, states):
    """A namespace that a selector means, of its own where it asks for no name."""
    labels = satisfying(selector)
    place = labels.get(NAMESPACE_NAME) or f"some-{abs(zlib.crc32(repr(selector).encode()))}"
    for state in states:
        state.namespaces.setdefault(place, labels)
    return place


def satisfying(selector):
    """Labels that meet a selector."""
    labels = dict(selector.get("matchLabels") or {})
    for demand in selector.get("matchExpressions") or []:
        if demand["operator"] == "In":
            labels[demand["key"]] = demand["values"][-1]
        elif demand["operator"] == "Exists":
            labels.setdefault(demand["key"], "some-value")
    return labels


# Making it small


def explained(judge, graph, edits, seed, words):
    """Where nxk is wrong about a change, with the smallest configuration that shows it."""

    def fails(setting, graph):
        try:
            alone = Judge(judge.compiler, setting, [graph])
            there = {place_of(item) for item in alone.own[graph.title]}
            kept = [edit for edit in edits if edit.field == "new" or edit.place in there]
            if not kept or not alone.graphs:
                return None
            wrong = consequences(setting, graph, alone.own[graph.title], kept)
            told = alone.ask({graph.title: kept}, [graph])[graph.title]
        except Unexpected:
            return None
        return (wrong, told, kept, alone) if not agrees(wrong, told) else None

    setting = judge.setting
    found = fails(setting, graph)
    if not found:
        return {"seed": seed, "graph": graph.title, "words": [words], "note": "only together with other graphs"}
    setting, graph, (wrong, told, kept, alone) = shrink(setting, graph, found, fails)
    text = main_text(setting, [f"{graph.title}.nxk"])
    text += graph_text(graph, overrides(kept, alone.objects, setting))
    says = [f"{error['code']}: {error['message']}" for error in told] or ["nxk finds nothing"]
    words = [words, *map(str, wrong[:4]), *says[:4]]
    return {"seed": seed, "graph": graph.title, "words": words, "configuration": text}


if __name__ == "__main__":
    main(*sys.argv[1:])
