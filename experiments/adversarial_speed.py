#!/usr/bin/env python3
"""Shows that texts made to mislead the reader do not make it slower than a reader that never guesses.

For each kind of `tests/adversarial` it writes a large text and reads it

* sequentially: one thread, the whole text one window, so that nothing is guessed;
* with one thread and windows of the usual size;
* with two threads,

in turns, after one turn that does not count. A kind fails if two threads take more than a tenth longer than the sequential
parse, both by the medians and by the fastest runs (a busy machine disturbs the first, a lucky run the second), or if the
reports differ in more than `file`. The last column compares what all threads computed together, also in the fastest runs:
where it is above 1, work was done that a sequential parse need not do.

Usage: experiments/adversarial_speed.py [--size 256000000] [--runs 5] [--dir DIR] [KIND...]
It prints a Markdown table, and takes about a quarter of an hour for all kinds.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from measure import built, settle, timed

# The largest window; a file that is at most half as large again is not cut.
ONE_WINDOW = 256 << 20
WAYS = {
    "sequential": ["--threads", "1", "--window-size", "256M"],
    "one thread": ["--threads", "1"],
    "two threads": ["--threads", "2"],
}
TOLERATED = 1.1


def read(heapsift, options, path):
    """Reads a file; gives the seconds it took, those computed, and the report without `file`."""
    seconds, computed, output = timed([heapsift, "report", "-f", "json", "-n", "20", "-q", *options, path])
    report = json.loads(output)
    del report["file"]
    return seconds, computed, report


def measure(heapsift, path, runs):
    """The seconds of each run of each way, taken in turns, and those computed; and whether all reports agree."""
    seconds, computed, reports = {way: [] for way in WAYS}, {way: [] for way in WAYS}, []
    for turn in range(runs + 1):
        for way, options in WAYS.items():
            took, of_threads, report = read(heapsift, options, path)
            if turn > 0:
                seconds[way].append(took)
                computed[way].append(of_threads)
            elif report not in reports:
                reports.append(report)
    return seconds, computed, len(reports) == 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=256_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dir", help="where to put the files [default: a temporary folder]")
    parser.add_argument("kinds", nargs="*", help="kinds or groups of them [default: all]")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    programs = built(root, "--bin", "heapsift", "--example", "adversarial")
    heapsift = os.path.join(programs, "heapsift")
    adversarial = os.path.join(programs, "examples", "adversarial")
    listed = subprocess.run([adversarial, "--list"], capture_output=True, text=True, check=True)
    kinds = [line.split() for line in listed.stdout.splitlines()]

    folder = args.dir or tempfile.mkdtemp(prefix="adversarial-speed-")
    failures = []
    print("| kind | MB | sequential | one thread | two threads | two threads / sequential | by the fastest | computed |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for group, kind in kinds:
        if args.kinds and not {group, kind} & set(args.kinds):
            continue
        path = os.path.join(folder, f"{kind}.heapprofile")
        with open(path, "wb") as file:
            subprocess.run([adversarial, kind, str(args.size)], stdout=file, check=True)
        size = os.path.getsize(path)
        if size > ONE_WINDOW * 3 // 2:
            sys.exit(f"{kind} has {size} bytes: more than one window")
        settle(path)
        seconds, computed, agree = measure(heapsift, path, args.runs)
        os.remove(path)
        median = {way: statistics.median(times) for way, times in seconds.items()}
        ratio = median["two threads"] / median["sequential"]
        fastest = min(seconds["two threads"]) / min(seconds["sequential"])
        work = min(computed["two threads"]) / min(computed["sequential"])
        cells = " | ".join(f"{seconds:.3f} s" for seconds in median.values())
        print(f"| {kind} | {size / 1e6:.0f} | {cells} | {ratio:.2f} | {fastest:.2f} | {work:.2f} |", flush=True)
        if not agree:
            failures.append(f"{kind}: the reports differ")
        if min(ratio, fastest) > TOLERATED:
            failures.append(f"{kind}: two threads take {ratio:.2f} of the sequential time, {fastest:.2f} by the fastest")
    if not args.dir:
        shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
