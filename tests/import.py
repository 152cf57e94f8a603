"""Whether manifests hold the same objects, read by PyYAML.

    import.py BEFORE AFTER

compares two files of YAML documents. What the cluster writes into objects does not count, nor does what nxk writes into
the annotations of each, nor the order of maps and documents; a field that is null is not there. Prints the first difference.
"""

import re
import sys

import yaml

OF_CLUSTER = {
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "selfLink",
    "uid",
}  # fmt: skip
OF_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"


class Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: dates are text, and `0o17` and `1e9` are numbers."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}

Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?0o[0-7]+$"), list("-+0"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789"))


def said(value):
    """The value without fields that are null."""
    if isinstance(value, dict):
        return {key: said(field) for key, field in value.items() if field is not None}
    return [said(item) for item in value] if isinstance(value, list) else value


def wanted(thing):
    """The object without what nobody wrote."""
    thing = said(thing)
    thing.pop("status", None)
    metadata = thing.get("metadata", {})
    for key in OF_CLUSTER:
        metadata.pop(key, None)
    annotations = metadata.get("annotations", {})
    for key in list(annotations):
        if key == OF_KUBECTL or key.endswith(("/build-id", "/source-commit")):
            del annotations[key]
    if not annotations:
        metadata.pop("annotations", None)
    return thing


def unfolded(document):
    if document is None:
        return []
    if document.get("kind", "").endswith("List") and isinstance(document.get("items"), list):
        return [thing for item in document["items"] for thing in unfolded(item)]
    return [wanted(document)]


def objects(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for document in yaml.load_all(file, Loader):
            for thing in unfolded(document):
                metadata = thing.get("metadata", {})
                found[thing.get("apiVersion"), thing.get("kind"), metadata.get("namespace"), metadata.get("name")] = thing
    return found


def difference(one, other, path):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({**one, **other}, key=str):
            if key not in one or key not in other:
                return f"{path}.{key} is only {'before' if key in one else 'after'}"
            if found := difference(one[key], other[key], f"{path}.{key}"):
                return found
        return None
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found = (difference(a, b, f"{path}[{at}]") for at, (a, b) in enumerate(zip(one, other)))
        return next((it for it in found if it), None)
    same = one == other and isinstance(one, bool) == isinstance(other, bool)
    return None if same else f"{path}: {one!r} became {other!r}"


def main(before, after):
    before, after = objects(before), objects(after)
    for name in sorted({**before, **after}, key=str):
        if name not in before or name not in after:
            sys.exit(f"{name} is only {'before' if name in before else 'after'}")
        if found := difference(before[name], after[name], ""):
            sys.exit(f"{name}{found}")
    print(len(before))


main(*sys.argv[1:])
