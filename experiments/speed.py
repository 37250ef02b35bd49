#!/usr/bin/env python3
"""Measures heapsift against merely reading the file: whole processes, in turns, medians.

The reference reads the file with two threads, each into a buffer of 1 MiB, and counts its quotes. Each file is dropped from the page
cache and read once before.

Usage: experiments/speed.py --reference PROGRAM [--runs 7] FILE...
PROGRAM is called as `PROGRAM FILE 2 pread`. (`heapsift bench` has a reference of its own in the same process, and needs none.)
Needs a quiet machine.
"""

import argparse
import os
import statistics

from measure import built, settle, timed

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    heapsift = os.path.join(built(ROOT), "heapsift")
    print("| file | reference | two threads | share | one thread |\n|---|---|---|---|---|")
    for path in options.files:
        settle(path)
        report = [heapsift, "report", "-f", "json", "--threads"]
        jobs = {
            "reference": [options.reference, path, "2", "pread"],
            "two": [*report, "2", path],
            "one": [*report, "1", path],
        }
        times = {name: [] for name in jobs}
        for run in range(options.runs + 1):
            for name, command in jobs.items():
                seconds, _, _ = timed(command)
                if run > 0:
                    times[name].append(seconds)
        median = {name: statistics.median(taken) for name, taken in times.items()}
        share = median["reference"] / median["two"]
        ms = {name: f"{1000 * taken:.0f} ms" for name, taken in median.items()}
        print(f"| {os.path.basename(path)} | {ms['reference']} | {ms['two']} | {share:.2f} | {ms['one']} |", flush=True)


if __name__ == "__main__":
    main()
