"""Compiles random graphs and compares what is open with what they declare.

    reachability.py NXK FIRST COUNT [GRAPHS A FILE]

takes the configurations FIRST, FIRST + 1, … and prints, as JSON, how much was compared, and the differences, each
with its seed and the smallest configuration that still shows it.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from declared import Declared
from evaluator import ALL_PORTS, DIRECTIONS, Pod, Policies, pods_of, show_ports
from graphs import Expose, Monitoring, Outside, Setting, graph_text, main_text
from randoms import random_graph, random_setting


def main(nxk, first, count, graphs_a_file="50"):
    compiler = Compiler(nxk)
    report = {"graphs": 0, "compared": 0, "open": 0, "differences": []}
    for seed in range(int(first), int(first) + int(count)):
        setting = random_setting(seed)
        graphs = [random_graph(setting, f"g{at}", f"{seed}.{at}") for at in range(int(graphs_a_file))]
        for graph, words in judge(compiler, setting, graphs, report, as_yaml=seed % 10 == 0):
            report["differences"].append(explained(compiler, setting, graph, seed, words))
            if len(report["differences"]) >= 5:
                break
    json.dump(report, sys.stdout)


class Compiler:
    """Runs nxk over graphs; gives the objects, or what it says."""

    def __init__(self, nxk):
        self.nxk = nxk

    def run(self, setting, texts, *arguments):
        """Runs nxk with these arguments on a configuration of these graphs, which are texts by their titles."""
        with tempfile.TemporaryDirectory() as folder:
            files = [f"{title}.nxk" for title in texts]
            for file, text in zip(files, texts.values()):
                Path(folder, file).write_text(text)
            Path(folder, "main.nxk").write_text(main_text(setting, files))
            return subprocess.run([self.nxk, *arguments, "main.nxk"], cwd=folder, capture_output=True, text=True)

    def compile(self, setting, graphs, as_yaml=False):
        """The objects of a configuration, or none, and what is said."""
        # Both forms of the output hold the same objects; JSON is read much faster.
        form = "yaml" if as_yaml else "json"
        texts = {graph.title: graph_text(graph) for graph in graphs}
        done = self.run(setting, texts, "compile", "--quiet", "--format", form, "--message-format", "short")
        if done.returncode != 0:
            return None, done.stderr
        if as_yaml:
            return list(yaml.load_all(done.stdout, yaml.CSafeLoader)), done.stderr
        return json.loads(done.stdout)["items"], done.stderr


def judge(compiler, setting, graphs, report, as_yaml=False):
    """The graphs of one configuration in which something differs, each with the words for it."""
    objects, said = compiler.compile(setting, graphs, as_yaml)
    if objects is None:
        if len(graphs) == 1:
            return [(graphs[0], [f"it does not compile: {said}"])]
        half = len(graphs) // 2
        return [*judge(compiler, setting, graphs[:half], report), *judge(compiler, setting, graphs[half:], report)]
    policies, pods = Policies(objects), pods_of(objects)
    found = []
    for graph in graphs:
        report["graphs"] += 1
        words = [str(difference) for difference in differences(setting, graph, policies, pods, report)]
        if words:
            found.append((graph, words))
    return found


@dataclass(frozen=True)
class Difference:
    """Where what is open is not what is declared: for a workload, a direction and a peer."""

    workload: object
    direction: str
    pod: Pod
    peer: str
    declared: tuple
    is_open: tuple

    def __str__(self):
        ports = f"declared {show_ports(self.declared)}, open {show_ports(self.is_open)}"
        return f"{self.direction} of {self.pod}, {self.peer}: {ports}"


def differences(setting, graph, policies, pods, report, further=()):
    """What is open in the objects and not declared, and the other way round; `further` are more peers to ask about."""
    declared = Declared(setting, graph)
    own = {workload.key: pods[declared.place(workload)] for workload in graph.running()}
    probes = [*declared.probes(own), *further]
    found = []
    for workload in graph.running():
        pod = own[workload.key]
        for direction in DIRECTIONS:
            is_isolated = declared.is_isolated(workload, direction)
            selecting = policies.selecting(pod, direction)
            for probe in probes:
                is_open = policies.open_ports(pod, direction, probe.peer, selecting)
                meant = declared.open_ports(workload, direction, probe) if is_isolated else ALL_PORTS
                report["compared"] += 1
                report["open"] += bool(meant)
                if is_open != meant:
                    found.append(Difference(workload, direction, pod, probe.title, meant, is_open))
    return found


# Making it small


def explained(compiler, setting, graph, seed, words):
    """A difference with the smallest configuration that shows one of the same sort."""
    is_refused = words[0].startswith("it does not compile")

    def fails(setting, graph):
        scratch = {"graphs": 0, "compared": 0, "open": 0}
        found = judge(compiler, setting, [graph], scratch)
        words = found[0][1] if found else []
        return words if words and words[0].startswith("it does not compile") == is_refused else []

    alone = fails(setting, graph)
    if not alone:
        return {"seed": seed, "graph": graph.title, "words": words[:5], "note": "only together with other graphs"}
    setting, graph, alone = shrink(setting, graph, alone, fails)
    text = main_text(setting, [f"{graph.title}.nxk"]) + graph_text(graph)
    return {"seed": seed, "graph": graph.title, "words": alone[:8], "configuration": text}


def shrink(setting, graph, words, fails):
    """Takes away whatever can be taken away while it still fails."""
    shrinks = True
    while shrinks:
        shrinks = False
        for smaller_setting, smaller_graph in smaller(setting, graph):
            is_new = (smaller_setting, smaller_graph) != (setting, graph)
            found = is_new and smaller_graph.is_sound() and fails(smaller_setting, smaller_graph)
            if found:
                setting, graph, words, shrinks = smaller_setting, smaller_graph, found, True
                break
    return setting, graph, words


def smaller(setting, graph):
    """Everything that is one step smaller: without a workload, without a declaration, with a plain setting."""
    for workload in graph.workloads:
        rest = [without_needs(other, workload) for other in graph.workloads if other is not workload]
        yield setting, replace(graph, workloads=tuple(rest))
    for workload in graph.workloads:
        for less in (*without_items(workload), *with_plain_fields(workload)):
            yield setting, graph.with_workload(less)
    for name, value in vars(Setting()).items():
        if getattr(setting, name) != value:
            yield replace(setting, **{name: value}), graph


def without_needs(workload, needed):
    """A workload that does not depend on another one any more."""
    return replace(workload, dependencies=tuple(d for d in workload.dependencies if d.target != needed.key))


def without_items(thing):
    """A workload, or an item of `egress` and `allowFrom`, without one of the things that it lists."""
    for name, items in vars(thing).items():
        for at, item in enumerate(items if isinstance(items, tuple) else ()):
            yield replace(thing, **{name: items[:at] + items[at + 1 :]})
            if isinstance(item, Outside):
                for less in without_items(item):
                    yield replace(thing, **{name: (*items[:at], less, *items[at + 1 :])})


def with_plain_fields(workload):
    """A workload of which something is as it usually is."""
    if workload.expose:
        yield replace(workload, expose=Expose(workload.expose.port))
    plain = {"expose": None, "monitoring": Monitoring(), "name": None, "kind": "deployment"}
    for name, value in plain.items():
        yield replace(workload, **{name: value})


if __name__ == "__main__":
    main(*sys.argv[1:])
