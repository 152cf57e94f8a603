"""Reads documents with a reader that nxk has no part in, and compares what it gives with what was written.

    judges.py READER DOCUMENTS EXPECTED [EVERY]

DOCUMENTS is a stream of YAML documents, or a JSON text whose `items` they are; EXPECTED a JSON list of the same values.
With EVERY, a slow reader sees only one in so many. Prints how many documents were compared, and the first ones that differ.
"""

import json
import sys


def pyyaml_c(text):
    import yaml

    return yaml.load_all(text, yaml.CSafeLoader)


def pyyaml(text):
    import yaml

    return yaml.load_all(text, yaml.SafeLoader)


def yaml12(text):
    import yaml12

    return yaml12.parse_yaml(text, multi=True)


def ruamel(text):
    import ruamel.yaml

    return ruamel.yaml.YAML(typ="safe", pure=True).load_all(text)


def json_list(text):
    return json.loads(text)["items"]


READERS = {"PyYAML-C": pyyaml_c, "PyYAML": pyyaml, "yaml12": yaml12, "ruamel": ruamel, "json": json_list}


def same(a, b):
    """Equal, and of equal types: `1` is no `1.0` and no `True`."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(type(key) is str and same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def thinned(text, every):
    """One in `every` documents: they are parted by lines that no document holds."""
    documents = text.removeprefix("---\n").split("\n---\n")
    return "\n---\n".join(documents[::every]) + "\n"


def main():
    reader, documents, expected = sys.argv[1:4]
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    # Python would make a line feed of every carriage return.
    with open(documents, encoding="utf-8", newline="") as file:
        text = file.read()
    with open(expected, encoding="utf-8") as file:
        wanted = json.load(file)[::every]
    read = list(READERS[reader](thinned(text, every) if every > 1 else text))
    if len(read) != len(wanted):
        sys.exit(f"{reader} reads {len(read)} documents instead of {len(wanted)}")
    different = [f"{ours!r}\n  became {theirs!r}" for ours, theirs in zip(wanted, read) if not same(ours, theirs)]
    if different:
        sys.exit("\n".join([f"{reader} reads {len(different)} otherwise:", *different[:5]]))
    print(len(read))


main()
