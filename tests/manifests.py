"""Data in YAML of many styles, with what PyYAML reads in it.

    manifests.py OUT SEED COUNT

makes OUT/<number>.yaml and OUT/<number>.json: random data as PyYAML writes it, flow and block, with quotes of every kind,
folded at random widths, with aliases where a part occurs twice, several documents a file; and the same as JSON. Words on
which YAML 1.1 and kubectl's library disagree are left out: PyYAML takes `y` for a text.
So are the line breaks of YAML 1.1 that are none in 1.2.
"""

import json
import pathlib
import random
import sys

import yaml

WORDS = [
    "web", "a b", "it's", 'say "hi"', "x: y", "- x", "# no comment", "a #b", "yes", "No", "on", "true", "null", "~", "12", "1.5", "0x1F",
    "", " led", "trail ", "tab\tin", "two\nlines", "end\n", "\n\nstart", "ünïcode", "日本語", "emoji 🎈", "{curly", "[square", "a,b",
    "*star", "&and", "!bang", "%percent", "@at", "`tick", "|", ">", "?", "-", ":", "a:", "long " * 30, "back\\slash",
    "bell\x07", "cr\rin", "key=value", "http://x.example:80/?q=1", "2001-01-01", "1:30", "<<", "=", "1_000", "+5", "017",
]  # fmt: skip
KEYS = ["name", "spec", "a.b/c", "with space", "12", "true", "ü", "x-y", "q'q", "k: v", "-", "0"]


def scalar(rng):
    return rng.choice([None, True, False, rng.randint(-(2**40), 2**40), rng.randint(0, 9), rng.choice([0.5, -1.25, 1e300, 2.5e-7])] + rng.sample(WORDS, 10))


def value(rng, depth, known):
    if depth == 0 or rng.random() < 0.35:
        return scalar(rng)
    if known and rng.random() < 0.15:
        return rng.choice(known)
    inside = range(rng.randint(0, 5))
    if rng.random() < 0.5:
        made = [value(rng, depth - 1, known) for _ in inside]
    else:
        made = {rng.choice(KEYS): value(rng, depth - 1, known) for _ in inside}
    known.append(made)
    return made


def main():
    out, seed, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    for number in range(count):
        documents = [{"data": value(rng, 5, [])} for _ in range(rng.randint(1, 3))]
        text = yaml.safe_dump_all(
            documents,
            default_flow_style=rng.choice([None, True, False]),
            default_style=rng.choice([None, None, None, '"', "'", "|", ">"]),
            width=rng.choice([20, 80, 1000]),
            indent=rng.choice([2, 4, 8]),
            allow_unicode=rng.random() < 0.7,
            explicit_start=rng.random() < 0.5,
            explicit_end=rng.random() < 0.2,
            line_break=rng.choice(["\n", "\n", "\r\n"]),
            canonical=rng.random() < 0.1,
            sort_keys=False,
        )
        read = list(yaml.safe_load_all(text))
        (out / f"{number}.yaml").write_bytes(text.encode())
        (out / f"{number}.json").write_text(json.dumps(read))


main()
