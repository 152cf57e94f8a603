"""Compiles random graphs and compares what is open with what they declare.

    reachability.py NXK FIRST COUNT [GRAPHS A FILE]

takes the configurations FIRST, FIRST + 1, … and prints, as JSON, how much was compared, and the differences, each with
its seed and the smallest configuration that still shows it.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import yaml
from declared import Declared, kind_of
from evaluator import ALL_PORTS, DIRECTIONS, Policies, pods_of, show_ports
from graphs import Expose, Monitoring, Setting, graph_text, main_text
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

    def compile(self, setting, graphs, as_yaml=False):
        with tempfile.TemporaryDirectory() as folder:
            for graph in graphs:
                Path(folder, f"{graph.title}.nxk").write_text(graph_text(graph))
            files = [f"{graph.title}.nxk" for graph in graphs]
            Path(folder, "main.nxk").write_text(main_text(setting, files))
            # Both forms of the output hold the same objects; JSON is read much faster.
            form = "yaml" if as_yaml else "json"
            command = [self.nxk, "compile", "--quiet", "--format", form, "--message-format", "short", "main.nxk"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
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
        words = differences(setting, graph, policies, pods, report)
        if words:
            found.append((graph, words))
    return found


def differences(setting, graph, policies, pods, report, further=()):
    """What is open in the objects and not declared, and the other way round; `further` are more peers to ask about."""
    declared = Declared(setting, graph)
    own = {}
    for workload in graph.running():
        place = (declared.namespace(workload), kind_of(workload), workload.object_name)
        if place not in pods:
            return [f"there is no {' '.join(place)}"]
        own[workload.key] = pods[place]
    probes = [*declared.probes(own), *further]
    words = []
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
                    words.append(
                        f"{direction} of {pod}, {probe.title}: declared {show_ports(meant)}, open {show_ports(is_open)}"
                    )
    return words


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
            found = smaller_graph.is_sound() and fails(smaller_setting, smaller_graph)
            if found:
                setting, graph, words, shrinks = smaller_setting, smaller_graph, found, True
                break
    return setting, graph, words


def smaller(setting, graph):
    """Everything that is one step smaller: without a workload, without a declaration, with a plain setting."""
    for workload in graph.workloads:
        rest = [other for other in graph.workloads if other.key != workload.key]
        needs = lambda other: [d for d in other.dependencies if d.target != workload.key]
        yield setting, replace(graph, workloads=tuple(replace(w, dependencies=tuple(needs(w))) for w in rest))
    for workload in graph.workloads:
        for name in ("dependencies", "egress", "allow_from", "labels", "sidecar_ports", "ports"):
            items = getattr(workload, name)
            for at in range(len(items)):
                yield setting, graph.with_workload(replace(workload, **{name: items[:at] + items[at + 1 :]}))
        for name in ("egress", "allow_from"):
            for at, item in enumerate(getattr(workload, name)):
                for part in ("ports", "holes", "labels"):
                    for less in range(len(getattr(item, part))):
                        kept = getattr(item, part)[:less] + getattr(item, part)[less + 1 :]
                        items = list(getattr(workload, name))
                        items[at] = replace(item, **{part: kept})
                        yield setting, graph.with_workload(replace(workload, **{name: tuple(items)}))
        plain = {"expose": None, "monitoring": Monitoring(), "name": None, "kind": "deployment"}
        if workload.expose:
            plain_expose = Expose(workload.expose.port)
            if plain_expose != workload.expose:
                yield setting, graph.with_workload(replace(workload, expose=plain_expose))
        for name, value in plain.items():
            if getattr(workload, name) != value:
                yield setting, graph.with_workload(replace(workload, **{name: value}))
    for name, value in vars(Setting()).items():
        if getattr(setting, name) != value:
            yield replace(setting, **{name: value}), graph


if __name__ == "__main__":
    main(*sys.argv[1:])
