#!/usr/bin/env python3
"""Runs the standard library's cases with nix-instantiate, an evaluator that is not ours.

A file `tests/corpus/lib/<topic>.nix-cases` holds cases between lines `---`. A case is an expression, in which `lib` is
in scope and relative paths start at the file's directory, and then a line `=> ` with the JSON it must give, or
`=> error` where it must fail. Lines that begin with `#` in front of an expression are its comment.

    tests/lib_cases.py              run everything
    tests/lib_cases.py strings      only the topics named
    tests/lib_cases.py --unused     list the members of `lib` that no case mentions
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "corpus" / "lib"
LIBRARY = ROOT / "stdlib" / "lib" / "default.nxk"


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


def evaluate(cases):
    """What each case gives: its JSON, False for an error that can be caught, or None if the process ended."""
    items = "\n".join(f"(attempt (\n{case.expression}\n))" for case in cases)
    program = (
        f"let lib = import {LIBRARY}; attempt = value: builtins.tryEval (builtins.toJSON value); in [\n{items}\n]"
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
    program = f"""let lib = import {LIBRARY}; in builtins.concatMap (topic:
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
