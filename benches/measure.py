#!/usr/bin/env python3
"""Runs a command several times and says what the whole process costs.

    benches/measure.py [--runs R] [--results FILE] LABEL COMMAND...
    benches/measure.py --ratio FILE LARGE SMALL

The first form prints one row: the shortest and the median wall time, the median processor time
(user and system), and the largest resident memory. What the command prints is thrown away. With
--results the row is also kept in FILE; the second form divides the shortest times of two rows.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

COLUMNS = "{:<28} {:>10} {:>10} {:>10} {:>10}"


def main():
    arguments = parse_arguments()
    if arguments.ratio:
        print_ratio(*arguments.ratio)
        return
    runs = [run(arguments.command) for _ in range(arguments.runs)]
    wall = [wall for wall, _, _ in runs]
    row = [min(wall), statistics.median(wall), statistics.median(cpu for _, cpu, _ in runs), max(rss for _, _, rss in runs)]
    print_row(arguments.label, row)
    if arguments.results:
        with open(arguments.results, "a") as results:
            print(arguments.label, *row, sep="\t", file=results)


def parse_arguments():
    parser = argparse.ArgumentParser(description="measure whole processes")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--results", metavar="FILE", help="append the row to this file")
    parser.add_argument("--ratio", nargs=3, metavar=("FILE", "LARGE", "SMALL"))
    parser.add_argument("label", nargs="?")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if not arguments.ratio and not arguments.command:
        parser.error("a label and a command are needed")
    return arguments


def run(command):
    """Seconds on the wall, seconds of the processor, and the most bytes resident of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} failed:\n{errors.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def print_row(label, row):
    shortest, median, cpu, rss = row
    # A process starts as a copy of this one, whose memory is counted; below that nothing is known.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    bound = "<" if rss <= own else ""
    print(COLUMNS.format(label, ms(shortest), ms(median), ms(cpu), f"{bound}{max(rss, own) / 1e6:.1f} MB"))


def ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def print_ratio(path, large, small):
    with open(path) as results:
        shortest = {label: float(first) for label, first, *_ in (line.rstrip("\n").split("\t") for line in results)}
    print(f"{large}: {shortest[large] / shortest[small]:.1f} times {small}")


if __name__ == "__main__":
    main()
