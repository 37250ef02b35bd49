#!/usr/bin/env python3
"""Shows that the project's own generator makes files that are as hard to read as those of the reference generator.

For each layout both write a file of the same size, and both files are read in turns, with one thread and with two, after one turn
that does not count. It fails if the rates differ by more than a tenth, both by the medians and by the fastest runs (a busy machine
disturbs the first, a lucky run the second), or if the sums found are not those that the generators print. The last column compares
bytes per second that the threads computed, in the runs that computed least.

The reference is `tools/genprofile` in the folder beside the project that `HEAPSIFT_SHARED` names (default `../shared`), or a
program given by --reference that takes the same arguments: LAYOUT BYTES SEED.

Usage: experiments/generator_parity.py [--size 400000000] [--seed 11] [--runs 7] [--reference PROGRAM] [--dir DIR]
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

TOLERATED = 0.1


def written(command, path):
    """Writes a file with a command that says on standard error what is in it, as JSON."""
    with open(path, "wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=True)
    settle(path)
    return json.loads(done.stderr)


def read(heapsift, threads, path):
    """Reads a file; gives the seconds it took, those computed, and the sums of the report."""
    seconds, computed, output = timed([heapsift, "report", "-f", "json", "-n", "1", "-q", "--threads", str(threads), path])
    return seconds, computed, json.loads(output)["summary"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=400_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--reference", help="the reference generator, built")
    parser.add_argument("--dir", help="where to put the files [default: a temporary folder]")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    programs = built(root, "--bin", "heapsift", "--example", "generate")
    heapsift = os.path.join(programs, "heapsift")
    generate = os.path.join(programs, "examples", "generate")
    reference = args.reference
    if not reference:
        tool = os.path.join(os.environ.get("HEAPSIFT_SHARED", os.path.join(root, "..", "shared")), "tools", "genprofile")
        reference = os.path.join(built(tool, target=os.path.join(programs, "reference")), "genprofile")

    folder = args.dir or tempfile.mkdtemp(prefix="generator-parity-")
    failures = []
    print("| layout | threads | bytes per node | call frames | reference | generator | share | by the fastest | computed |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for layout in ("inspector", "xprofiler"):
        paths = {name: os.path.join(folder, f"{name}-{layout}.heapprofile") for name in ("reference", "generator")}
        truths = {"reference": written([reference, layout, str(args.size), str(args.seed)], paths["reference"])}
        # What the reference writes is not quite of the size it was asked for.
        options = ["--layout", layout, "--size", str(truths["reference"]["bytes"]), "--seed", str(args.seed)]
        truths["generator"] = written([generate, *options], paths["generator"])
        for threads in (1, 2):
            seconds, computed, sums = {name: [] for name in paths}, {name: [] for name in paths}, {}
            for turn in range(args.runs + 1):
                for name, path in paths.items():
                    took, of_threads, sums[name] = read(heapsift, threads, path)
                    if turn > 0:
                        seconds[name].append(took)
                        computed[name].append(of_threads)
            for name, found in sums.items():
                for key in ("nodes", "allocating_nodes", "total_size"):
                    if found[key] != truths[name][key]:
                        failures.append(f"{name}, {layout}: {key} {found[key]} instead of {truths[name][key]}")

            def rates(times, of):
                return {name: truths[name]["bytes"] / of(times[name]) / 1e9 for name in paths}

            median = rates(seconds, statistics.median)
            every = (median, rates(seconds, min), rates(computed, min))
            ratio, best, work = (rate["generator"] / rate["reference"] for rate in every)
            node = " and ".join(f"{truths[name]['bytes'] / truths[name]['nodes']:.0f}" for name in paths)
            frames = " and ".join(f"{sums[name]['call_frames']:,}" for name in paths)
            cells = " | ".join(f"{rate:.2f} GB/s" for rate in median.values())
            print(f"| {layout} | {threads} | {node} | {frames} | {cells} | {ratio:.2f} | {best:.2f} | {work:.2f} |", flush=True)
            if min(abs(ratio - 1), abs(best - 1)) > TOLERATED:
                failures.append(f"{layout}, {threads} threads: {ratio:.2f} of the reference's rate, {best:.2f} by the fastest")
        for path in paths.values():
            os.remove(path)
    if not args.dir:
        shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
