#!/usr/bin/env python3
"""Shows what bounds the speed: what the system takes to map a file, what memory takes to give its bytes, and instructions a node.

For each file, whole processes in turns, medians: the mapping touched (a byte a page) and scanned (all bytes) with one and two threads,
and `heapsift report` with one and two. What is left of heapsift's time without the scan's is computing.
Then, where valgrind is there, instructions for each further node of a generated profile (AVX2: valgrind knows no AVX-512).

Usage: experiments/bounds.py [--runs 7] [FILE...]
Needs a quiet machine, but for the instructions.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile

from measure import built, settle, timed

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PARTS = {
    "all": "PROGRAM TOTALS",
    "reading nodes, with what is new among call frames": "Pass::batch",
    "fold, which is a part of that": "Deferred::fold",
    "samples": "Pass::document",
}


def times(programs, path, runs):
    scan = os.path.join(programs, "examples", "mapped_scan")
    report = [os.path.join(programs, "heapsift"), "report", "-f", "json", "--threads"]
    jobs = {(how, n): [scan, path, str(n), how] for how in ("touch", "scan") for n in (1, 2)}
    jobs |= {("heapsift", n): [*report, str(n), path] for n in (1, 2)}
    taken = {job: [] for job in jobs}
    for run in range(runs + 1):
        settle(path)
        for job, command in jobs.items():
            seconds, _, _ = timed(command)
            if run > 0:
                taken[job].append(1000 * seconds)
    return {job: statistics.median(all_runs) for job, all_runs in taken.items()}


def instructions(programs, directory, size):
    """Instructions of each part, and nodes, for a generated profile."""
    path = os.path.join(directory, f"{size}.heapprofile")
    subprocess.run([os.path.join(programs, "examples", "generate"), "--size", str(size), "-o", path],
                   check=True, stderr=subprocess.DEVNULL)
    profile = os.path.join(directory, "callgrind")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", os.path.join(programs, "heapsift"),
               "report", "-f", "json", "--threads", "1", path]
    report = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            env={**os.environ, "HEAPSIFT_SIMD": "avx2"}).stdout
    table = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", profile], check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = {}
    for part, name in PARTS.items():
        # One line for each source file whose code was inlined; the largest is that of the function.
        counts = re.findall(rf"^\s*([\d,]+) .*{name}", table, re.MULTILINE)
        found[part] = max((int(count.replace(",", "")) for count in counts), default=0)
    return found, json.loads(report)["summary"]["nodes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    programs = built(ROOT, "--bin", "heapsift", "--example", "mapped_scan", "--example", "generate")
    if options.files:
        print("| file | touch 1, 2 | scan 1, 2 | heapsift 1, 2 | computing 1, 2 |\n|---|---|---|---|---|")
    for path in options.files:
        median = times(programs, path, options.runs)
        cells = [f"{median[how, 1]:.0f}, {median[how, 2]:.0f} ms" for how in ("touch", "scan", "heapsift")]
        computing = [f"{median['heapsift', n] - median['scan', n]:.0f}" for n in (1, 2)]
        print(f"| {os.path.basename(path)} | {' | '.join(cells)} | {', '.join(computing)} ms |", flush=True)
    if not shutil.which("valgrind"):
        return
    with tempfile.TemporaryDirectory() as directory:
        # From here on all call frames have been met.
        small, few = instructions(programs, directory, 200_000_000)
        large, many = instructions(programs, directory, 400_000_000)
    print("\n| part | instructions for each further node |\n|---|---|")
    for part in PARTS:
        print(f"| {part} | {(large[part] - small[part]) / (many - few):.0f} |")


if __name__ == "__main__":
    main()
