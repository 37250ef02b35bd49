#!/usr/bin/env python3
"""Shows that memory does not grow with the file.

For both layouts and for 12,000 and 100,000 functions it generates a profile of 1 GB and one of 8 GB and reads each: mapped, with
--no-mmap, from standard input, gzip and zstd. It fails unless

* the peak resident memory is at most 64 MiB + 600 bytes per distinct call frame + 64 bytes per level of the deepest path
  (zstd may add its window: 8 MiB at the level used here),
* that of the larger file is within 4 MiB of the smaller one's,
* the totals are the generator's, and every way of reading gives the same report, but for `file`.

Usage: experiments/flat_memory.py [--small 1GB] [--large 8GB] [--dir DIR]
It needs zstd and gzip on the PATH and twice the large size of free disk space, and takes about half an hour.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

MIB = 1 << 20
ZSTD_WINDOW = 8 * MIB


# Run in an interpreter of its own: until a child calls exec, its peak is that of the process it was forked from.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(code, peak, file=sys.stderr)
"""


def run(command, stdin=None):
    """Runs a command; gives its output and its peak resident memory in bytes."""
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER]
    done = subprocess.run(launcher + command, stdin=stdin, capture_output=True, check=True)
    code, peak = map(int, done.stderr.split(b"\n")[-2].split())
    if code != 0:
        sys.exit(f"{command}: exit code {code}\n{done.stderr.decode()}")
    return done.stdout, peak


def body(report):
    """A report without what may differ between ways of reading."""
    return {key: value for key, value in report.items() if key != "file"}


def measure(heapsift, path, truth, failures):
    """Reads a file in every way; gives the peak resident memory of each."""
    subprocess.run(["gzip", "-1", "--keep", "--force", path], check=True)
    subprocess.run(["zstd", "-1", "-q", "--force", path], check=True)
    ways = {
        "mapped": ([heapsift, "-f", "json", path], None),
        "--no-mmap": ([heapsift, "-f", "json", "--no-mmap", path], None),
        "standard input": ([heapsift, "-f", "json", "-"], path),
        "gzip": ([heapsift, "-f", "json", path + ".gz"], None),
        "zstd": ([heapsift, "-f", "json", path + ".zst"], None),
    }
    peaks, first = {}, None
    for way, (command, stdin) in ways.items():
        source = open(stdin, "rb") if stdin else None
        output, peak = run(command, source)
        report = json.loads(output)
        peaks[way] = peak
        summary = report["summary"]
        found = {key: summary[key] for key in ("total_size", "nodes", "allocating_nodes", "max_depth")}
        expected = {key: truth[key] for key in found}
        if found != expected:
            failures.append(f"{path} {way}: {found} instead of {expected}")
        if first is None:
            first = body(report)
        elif body(report) != first:
            failures.append(f"{path} {way}: another report than mapped")
        bound = 64 * MIB + 600 * summary["call_frames"] + 64 * summary["max_depth"]
        bound += ZSTD_WINDOW if way == "zstd" else 0
        if peak > bound:
            failures.append(f"{path} {way}: {peak / MIB:.1f} MiB resident, allowed are {bound / MIB:.1f}")
    os.remove(path + ".gz")
    os.remove(path + ".zst")
    return peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", default="1GB")
    parser.add_argument("--large", default="8GB")
    parser.add_argument("--dir", help="where to put the files [default: a temporary folder]")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    subprocess.run(["cargo", "build", "--release", "--bin", "heapsift", "--example", "generate"], cwd=root, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))
    heapsift = os.path.join(target, "release", "heapsift")
    generate = os.path.join(target, "release", "examples", "generate")

    folder = args.dir or tempfile.mkdtemp(prefix="flat-memory-")
    failures = []
    print("| layout | functions | size | nodes | mapped | --no-mmap | standard input | gzip | zstd |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for layout in ("inspector", "xprofiler"):
        for functions in (12_000, 100_000):
            smaller = None
            for size in (args.small, args.large):
                path = os.path.join(folder, f"{layout}-{functions}-{size}.heapprofile")
                command = [generate, "--layout", layout, "--size", size, "--functions", str(functions), "--seed", "11"]
                made = subprocess.run(command + ["-o", path], stderr=subprocess.PIPE, check=True)
                truth = json.loads(made.stderr)
                peaks = measure(heapsift, path, truth, failures)
                os.remove(path)
                cells = " | ".join(f"{peak / MIB:.1f} MiB" for peak in peaks.values())
                print(f"| {layout} | {functions:,} | {size} | {truth['nodes']:,} | {cells} |", flush=True)
                for way, peak in peaks.items():
                    if smaller and abs(peak - smaller[way]) > 4 * MIB:
                        failures.append(f"{path} {way}: {peak / MIB:.1f} MiB, the smaller file {smaller[way] / MIB:.1f}")
                smaller = peaks
    if not args.dir:
        shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
