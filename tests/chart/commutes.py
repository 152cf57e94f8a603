"""Judges whether charts commute with the compiler: renders them with real Helm, and compares with what nxk compiles.

usage: commutes.py GIVEN; the file GIVEN says which `nxk` and `helms` there are, the `examples` by name, a `scratch` folder, and how
many configurations are `generated`. Prints counts, what is open and what is not, which values only nxk refuses, and what
is wrong, as JSON.

Knows Kubernetes and Helm from the side of those who use them: what an object's identity is, what `helm template` prints and
how it refuses. What values there are, it reads from `values.yaml`.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import assignments
import configurations
import yaml

COMMIT = "0123456789abcdef0123456789abcdef01234567"
# How a chart says no: by its schema, or by a check.
REFUSED = r"don't meet the specifications of the schema|/templates/checks\.yaml:"
# What only a compiler can know: rules for finished objects, the user's own assertions, compliance.
AFTERWARDS = ("E0404", "E06", "E07", "E08", "E09")


class Reader(yaml.CSafeLoader):
    """What Helm reads: texts that look like dates are texts, and numbers have an exponent without a dot and a sign."""


WITHOUT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in WITHOUT]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
Reader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789"))


def identity(thing):
    metadata = thing["metadata"]
    return f"{thing['apiVersion']}/{thing['kind']}/{metadata.get('namespace', '')}/{metadata['name']}"


def by_identity(things):
    found = {}
    for thing in things:
        if found.setdefault(identity(thing), thing) is not thing:
            raise ValueError(f"{identity(thing)} is there twice")
    return found


def without_build_id(value):
    if isinstance(value, dict):
        return {key: without_build_id(inner) for key, inner in value.items() if not key.endswith("/build-id")}
    return [without_build_id(item) for item in value] if isinstance(value, list) else value


def difference(one, other, path=""):
    """The first thing that differs; texts, numbers and booleans are never the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in one or key not in other:
                return f"{path}.{key} is only {'compiled' if key in one else 'rendered'}"
            if found := difference(one[key], other[key], f"{path}.{key}"):
                return found
        return None
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((found for at, pair in enumerate(zip(one, other)) if (found := difference(*pair, f"{path}[{at}]"))), None)
    return None if type(one) is type(other) and one == other else f"{path} is {one!r} compiled, {other!r} rendered"


def said(refused):
    """What a refusal of Helm comes to, in a line."""
    return " ".join(line for line in refused.split("\n") if line and not line.startswith(("Use --debug", "Error: values")))


def leaves(values, path=()):
    for key, inner in values.items():
        yield from leaves(inner, path + (key,)) if isinstance(inner, dict) else [(path + (key,), inner)]


class Case:
    """A configuration and its chart."""

    def __init__(self, given, name, folder):
        self.given, self.name, self.folder = given, name, folder
        self.chart = pathlib.Path(given["scratch"]) / "charts" / name
        self.counts = collections.Counter()
        self.wrong, self.narrower, self.wider, self.closed, self.sorts = [], [], [], [], set()
        self.open = {}

    def judged(self):
        try:
            self.judge()
        except Exception as error:
            self.wrong.append(f"{self.name}: {type(error).__name__}: {error}")
        return self

    def judge(self):
        made = self.run([self.given["nxk"], "compile", "--quiet", "--source-commit", COMMIT, "--format", "helm", "-o", self.chart, "main.nxk"])
        if made.returncode:
            raise ValueError(f"there is no chart: {made.stderr}")
        about = yaml.load((self.chart / "Chart.yaml").read_text(), Reader)
        self.values = yaml.load((self.chart / "values.yaml").read_text(), Reader) or {}
        self.open = dict(leaves(self.values))
        self.version = re.search(r"[0-9.]+", about["kubeVersion"]).group()
        self.compiled, told = self.compile({})
        if self.compiled is None:
            raise ValueError(told)
        self.own, self.namespace = about["name"], self.namespace_of(self.compiled)
        for helm in self.given["helms"]:
            self.defaults(helm)
            self.other_releases(helm)
            self.package(helm)
        self.assign()

    def namespace_of(self, objects):
        """The configuration's: the namespace of what is not said to live elsewhere."""
        said = re.search(r'"?namespace"? = "([^"]+)"', (self.folder / "main.nxk").read_text())
        places = {thing["metadata"].get("namespace") for thing in objects.values()}
        return said.group(1) if said and said.group(1) in places else "default"

    def run(self, command):
        state = {f"HELM_{kind}_HOME": f"{self.given['scratch']}/helm" for kind in ("CACHE", "CONFIG", "DATA")}
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": self.given["scratch"], "NO_COLOR": "1"} | state
        return subprocess.run(list(map(str, command)), cwd=self.folder, env=environment, capture_output=True, encoding="utf-8")

    def compile(self, settings):
        """The objects by identity, or what nxk says."""
        words = [word for path, value in settings.items() for word in ("--set", assignments.for_nxk(path, value))]
        command = [self.given["nxk"], "compile", "--quiet", "--source-commit", COMMIT, "--format", "json", *words, "main.nxk"]
        run = self.run(command)
        if run.returncode not in (0, 1):
            raise ValueError(f"nxk ends with {run.returncode} for {settings}: {run.stderr}")
        if run.returncode:
            return None, run.stderr
        found = by_identity(json.loads(run.stdout)["items"])
        for apart in self.apart():
            found.pop(apart, None)
        return found, ""

    def apart(self):
        """Objects that tell a tool of the output, and are no part of it."""
        if "gitops" not in self.name:
            return []
        run = self.run([self.given["nxk"], "compile", "--quiet", "--gitops", "--source-commit", COMMIT, "--format", "json", "main.nxk"])
        return by_identity(json.loads(run.stdout)["items"]).keys()

    def render(self, helm, *words, release=None, namespace=None):
        """The objects by identity, or what Helm says."""
        command = [helm, "template", release or self.own, self.chart, "--namespace", namespace or self.namespace]
        run = self.run([*command, "--kube-version", self.version, "--skip-tests", *words])
        if run.returncode:
            return None, run.stderr
        return by_identity(thing for thing in yaml.load_all(run.stdout, Reader) if thing is not None), ""

    def defaults(self, helm):
        rendered, told = self.render(helm, "--include-crds")
        if rendered is None:
            raise ValueError(f"is not rendered: {told}")
        self.compare({}, self.compiled, rendered)
        self.counts["defaults"] += 1
        self.counts["objects"] += len(rendered)

    def compare(self, settings, compiled, rendered):
        if found := difference(compiled, rendered):
            self.wrong.append(f"{self.name} {settings}: {found}")

    def other_releases(self, helm):
        """Two releases beside the own one: nothing that one makes is made by another."""
        seen = {key for key in self.compiled if "/CustomResourceDefinition/" not in key}
        for release in ("blue", "green"):
            rendered, told = self.render(helm, release=release, namespace="elsewhere")
            if rendered is None:
                raise ValueError(f"release {release}: {told}")
            self.wrong += [f"{self.name}: both {release} and another make {key}" for key in seen & rendered.keys()]
            names = {key: thing["metadata"]["name"] for key, thing in rendered.items()}
            self.wrong += [f"{self.name}: {key} is not of {release}" for key, name in names.items() if not name.startswith(f"{release}-")]
            seen |= rendered.keys()
            self.counts["released"] += len(rendered)

    def package(self, helm):
        target = pathlib.Path(self.given["scratch"]) / "packages" / self.name / pathlib.Path(helm).parent.name
        for words in (["lint", "--strict", "--kube-version", self.version], ["package", "--destination", target]):
            run = self.run([helm, *words, self.chart])
            if run.returncode or "[WARNING]" in run.stdout + run.stderr:
                self.wrong.append(f"{self.name}: helm {words[0]}: {run.stdout}{run.stderr}")

    def assign(self):
        choice = random.Random(self.name)
        drawn = assignments.drawn(choice, self.open, 8 if self.name in self.given["examples"] else 6)
        for at, (settings, on_the_line) in enumerate(drawn):
            helm = self.given["helms"][at % len(self.given["helms"])]
            self.assigned(helm, settings, on_the_line)

    def assigned(self, helm, settings, on_the_line):
        if on_the_line:
            words = [word for path, value in settings.items() for word in assignments.for_helm(path, value)]
        else:
            file = self.chart.with_suffix(".values.yaml")
            file.write_text(assignments.file(settings), encoding="utf-8")
            words = ["--values", file]
        rendered, refused = self.render(helm, "--include-crds", *words)
        compiled, told = self.compile(settings)
        self.counts["assigned"] += 1
        if rendered is None and not re.search(REFUSED, refused):
            self.wrong.append(f"{self.name} {settings}: Helm fails: {refused}")
        elif compiled is not None and rendered is not None:
            self.compare(settings, without_build_id(compiled), without_build_id(rendered))
            self.counts["accepted"] += 1
            self.sorts |= {assignments.sort(path) for path in settings}
            if len(settings) == len(self.open):
                self.settled(compiled)
        elif compiled is not None:
            self.narrower.append(f"{self.name} {settings}: {said(refused)}")
        elif rendered is not None:
            code = re.search(r"error\[(E\d+)\]: (.*)", told)
            self.wider.append(f"{self.name} {settings}: {code.group() if code else told}")
            if not code or not code.group(1).startswith(AFTERWARDS):
                self.wrong.append(f"{self.name} {settings}: only nxk refuses: {told}")

    def settled(self, compiled):
        """What an operator wants to change and cannot: it is as it was, though all that is open has another value."""
        self.counts["all at once"] += 1
        before = dict(tunable(self.compiled))
        same = {path for path, value in tunable(compiled) if before.get(path) == value}
        self.closed = sorted(same if self.counts["all at once"] == 1 else same & set(self.closed))


def tunable(objects):
    """The fields of an object that operators change, by path: what runs, how much of it, when, and how it is reached."""
    for key, thing in objects.items():
        spec = thing.get("spec") or {}
        yield from ((f"{key} {name}", spec[name]) for name in ("replicas", "schedule") if name in spec)
        template = ((spec.get("jobTemplate") or {}).get("spec") or spec).get("template") or {}
        pod = template.get("spec") or {} if isinstance(template, dict) else {}
        for container in pod.get("containers", []) + pod.get("initContainers", []):
            at = f"{key} {container['name']}"
            yield f"{at} image", container["image"]
            for variable in container.get("env", []):
                if "value" in variable:
                    yield f"{at} env {variable['name']}", variable["value"]
            for part, amounts in (container.get("resources") or {}).items():
                yield from ((f"{at} {part} {name}", amount) for name, amount in amounts.items())
        for claim in [thing] * (thing["kind"] == "PersistentVolumeClaim") + spec.get("volumeClaimTemplates", []):
            yield f"{key} {claim['metadata']['name']} size", claim["spec"]["resources"]["requests"]["storage"]
        if thing["kind"] == "Ingress":
            yield from ((f"{key} host {at}", rule["host"]) for at, rule in enumerate(spec.get("rules", [])) if "host" in rule)


def cases(given):
    for name in given["examples"]:
        yield Case(given, name, pathlib.Path(given["repository"]) / "examples" / name)
    for name, files in configurations.made(given["generated"]):
        folder = pathlib.Path(given["scratch"]) / "configurations" / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        yield Case(given, name, folder)


def main():
    given = json.loads(pathlib.Path(sys.argv[1]).read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(Case.judged, cases(given)))
    verdict = {
        "counts": dict(sum((case.counts for case in done), collections.Counter())),
        "sorts": sorted(set().union(*(case.sorts for case in done))),
        "unseen": sorted({assignments.sort(path) for case in done for path in case.open} - set().union(*(case.sorts for case in done))),
        "open": {case.name: sorted(map(".".join, case.open)) for case in done},
        "settled": {case.name: case.closed for case in done},
        "only the chart refuses": [line for case in done for line in case.narrower],
        "only nxk refuses": [line for case in done for line in case.wider],
        "never all at once": [case.name for case in done if case.open and not case.counts["all at once"]],
        "wrong": [line for case in done for line in case.wrong],
    }
    json.dump(verdict, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
