#!/usr/bin/env python3
"""Runs the standard library's cases with nix-instantiate, an evaluator that is not ours.

A file `tests/corpus/lib/<topic>.nix-cases` holds cases between lines `---`. A case is an expression, in which `lib` is
in scope and relative paths start at the file's directory, and then a line `=> ` with the JSON it must give, or
`=> error` where it must fail. Lines that begin with `#` in front of an expression are its comment.

    tests/lib_cases.py              run everything
    tests/lib_cases.py strings      only the topics named
    tests/lib_cases.py --unused     list the members of `lib` that no case mentions

The library has types, which Nix does not know. They are what makes it more than Nix; without them it is Nix, and that
is what runs here.
"""

import atexit
import functools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "corpus" / "lib"
LIBRARY = ROOT / "stdlib" / "lib"
# Where types begin in the library: at `type Name … =`, or behind a name and ` :`, either at the start of a line.
TYPED = re.compile(r"^ *(?:type [A-Z][\w ]*=|(?P<name>[a-zA-Z_][\w'-]*) :(?=\s))", re.M)


class Case:
    """One expression and what it must give."""

    def __init__(self, file, line, expression, expected):
        self.file, self.line, self.expression = file, line, expression
        self.fails = expected == "error"
        self.expected = None if self.fails else canonical(expected)


def canonical(text):
    return json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False)


def read(path):
    line = 1
    for block in re.split(r"^---\n", path.read_text(), flags=re.M):
        expression, arrow, expected = block.rpartition("\n=> ")
        if arrow:
            yield Case(path.name, line, expression, expected.strip())
        elif block.strip():
            raise SystemExit(f"{path.name}:{line}: a case without a line that begins with '=> '")
        line += block.count("\n") + 1


@functools.cache
def untyped_library():
    """The entry of a copy of the library without types."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    for path in LIBRARY.glob("*.nxk"):
        Path(folder.name, path.name).write_text(untyped(path.read_text()))
    return Path(folder.name, "default.nxk")


def untyped(text):
    """The text without type declarations and annotations: Nix."""
    kept, at = [], 0
    while found := TYPED.search(text, at):
        kept.append(text[at : found.start()])
        if found["name"]:
            kept.append(text[found.start() : found.end("name")] + " ")
            at = end_of_type(text, found.end(), "=")
        else:
            at = end_of_type(text, found.end(), ";") + 1
    return "".join(kept) + text[at:]


def end_of_type(text, at, sign):
    """Where the sign stands that ends the type which begins at `at`: the first outside all brackets."""
    depth = 0
    while depth > 0 or text[at] != sign:
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(text[at], 0)
        at += 1
    return at


def evaluate(cases):
    """What each case gives: its JSON, False for an error that can be caught, or None if the process ended."""
    items = "\n".join(f"(attempt (\n{case.expression}\n))" for case in cases)
    program = (
        f"let lib = import {untyped_library()}; attempt = value: builtins.tryEval (builtins.toJSON value); in [\n{items}\n]"
    )
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "-"]
    run = subprocess.run(command, input=program, cwd=CASES, capture_output=True, text=True)
    if run.returncode == 0:
        return [canonical(got["value"]) if got["success"] else False for got in json.loads(run.stdout)], run.stderr
    if len(cases) == 1:
        return [None], run.stderr
    # Some error cannot be caught: halve until it stands alone.
    middle = len(cases) // 2
    left, right = evaluate(cases[:middle]), evaluate(cases[middle:])
    return left[0] + right[0], left[1] + right[1]


def check(case, got):
    """The complaint about a case, or None."""
    if case.fails:
        return None if got is False or got is None else f"gives {got} instead of an error"
    if got == case.expected:
        return None
    if got is False or got is None:
        _, message = evaluate([case])
        return f"fails instead of giving {case.expected}\n{message}"
    return f"\n  gives    {got}\n  expected {case.expected}"


def unused(cases):
    program = f"""let lib = import {untyped_library()}; in builtins.concatMap (topic:
      map (name: topic + "." + name) (builtins.attrNames lib.${{topic}}))
      [ "trivial" "fixedPoints" "lists" "strings" "attrsets" "versions" "generators" "options" "modules" "asserts"
        "debug" "filesystem" "path" "customisation" "cli" "kubernetes" ]"""
    command = ["nix-instantiate", "--eval", "--strict", "--json", "-"]
    run = subprocess.run(command, input=program, capture_output=True, text=True, check=True)
    text = "\n".join(case.expression for case in cases)
    for member in json.loads(run.stdout):
        name = member.partition(".")[2]
        if not re.search(rf"\.{re.escape(name)}(?![\w'-])", text):
            print(member)


def main(arguments):
    files = sorted(CASES.glob("*.nix-cases"))
    if arguments and arguments != ["--unused"]:
        files = [CASES / f"{topic}.nix-cases" for topic in arguments]
    cases = [case for path in files for case in read(path)]
    if arguments == ["--unused"]:
        return unused(cases)
    results, _ = evaluate(cases)
    complaints = 0
    for case, got in zip(cases, results, strict=True):
        complaint = check(case, got)
        if complaint:
            complaints += 1
            print(f"{case.file}:{case.line}: {case.expression.strip()}: {complaint}")
    print(f"{len(cases)} cases, {complaints} wrong")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
