#!/usr/bin/env python3
"""Measures `heapsift batch` on many small dumps, and checks what it promises.

It generates dumps of one program (100 KB each), and one file of all their bytes together, reads both in turns, and prints medians. It fails unless

* `batch --no-reports` reads at 0.4 of the single file's rate in bytes per second, and with a report for each dump takes at most 3 times as long,
* the peak resident memory is at most 64 MiB + 600 bytes per distinct call frame,
* ten dumps broken in ten ways are told in a line each, with exit code 2, and all others are counted,
* a run that is killed and resumed writes the same roll-up.

Usage: experiments/batch.py [--dumps 10000] [--distinct 10000] [--size 100KB] [--runs 3] [--dir DIR]
"""

import argparse
import filecmp
import gzip
import json
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
MIB = 1 << 20

# Run in an interpreter of its own: until a child calls exec, its peak is that of the process it was forked from.
LAUNCHER = """
import resource, subprocess, sys, time
started = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.monotonic() - started
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, seconds, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, file=sys.stderr)
"""


def run(*command, code=0):
    """Runs a command; gives seconds, peak resident bytes, seconds of processor time, and what it said."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER, *command], capture_output=True, text=True, check=True)
    *said, figures = done.stderr.splitlines()
    got, seconds, peak, processor = figures.split()
    if int(got) != code:
        sys.exit(f"{' '.join(command)}: exit code {got}\n" + "\n".join(said[:20]))
    return float(seconds), int(peak), float(processor), said


def read_all(folder):
    """Brings all files into the page cache."""
    total = 0
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            total += len(file.read())
    return total


def break_ten(folder):
    """Breaks ten dumps in ten ways; gives their names."""
    names = [f"x-heapprofile-4242-20251207-{n}.heapprofile" for n in range(0, 100, 10)]

    def changed(name, change):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(change(data))

    half = lambda data: data[: len(data) // 2]
    corrupt = lambda data: gzip.compress(data)[:2000] + b"\xff" * 200 + gzip.compress(data)[2200:]
    ways = [
        lambda data: b"",
        lambda data: b" \n" * 100,
        half,
        lambda data: half(data) + b"\0" + half(data),
        lambda data: half(gzip.compress(data)),
        corrupt,
        lambda data: b"<html><body>504 Gateway Time-out</body></html>",
        lambda data: data.decode().encode("utf-16"),
        lambda data: b'{"nodes":[{"id":1,"callFrame":{"functionName":"(root)"}}]}',
        lambda data: data + b'{"more":1}',
    ]
    for name, way in zip(names, ways):
        changed(name, way)
    return names


def generated(generate, options, dumps):
    """Generates dumps that differ; gives their folder."""
    made = dumps + "-made"
    count = min(options.dumps, options.distinct)
    subprocess.run([generate, "--dumps", str(count), "--size", options.size, "-o", made], check=True)
    return made


def copied(made, dumps, count):
    """As many dumps of one process as are wanted: copies of those that were made, by turns."""
    os.makedirs(dumps)
    names = sorted(os.listdir(made))
    for n in range(count):
        shutil.copyfile(os.path.join(made, names[n % len(names)]), os.path.join(dumps, f"x-heapprofile-4242-20251207-{n}.heapprofile"))


def journal_entries(out):
    """How many call frames and dumps the journal tells of."""
    with open(os.path.join(out, "journal.bin"), "rb") as file:
        file.readline()
        count = {1: 0, 2: 0}
        while len(head := file.read(9)) == 9:
            kind, length, _ = struct.unpack("<BII", head)
            if len(file.read(length)) < length:
                break
            count[kind] += 1
    return count[1], count[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dumps", type=int, default=10_000)
    parser.add_argument("--distinct", type=int, default=10_000, help="dumps that are generated; the others are copies of them, which a series has once")
    parser.add_argument("--made", help="a folder of dumps to copy, in place of generated ones")
    parser.add_argument("--size", default="100KB")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dir")
    options = parser.parse_args()
    build = ["cargo", "build", "--release", "--bin", "heapsift", "--example", "generate"]
    subprocess.run(build, cwd=ROOT, check=True)
    release = os.path.join(ROOT, "target", "release")
    heapsift, generate = os.path.join(release, "heapsift"), os.path.join(release, "examples", "generate")
    failures = []

    def check(holds, text):
        print(("ok    " if holds else "FAILS ") + text, flush=True)
        if not holds:
            failures.append(text)

    with tempfile.TemporaryDirectory(dir=options.dir) as work:
        dumps, out, single = (os.path.join(work, name) for name in ("dumps", "out", "single.heapprofile"))
        made = options.made or generated(generate, options, dumps)
        copied(made, dumps, options.dumps)
        total = read_all(dumps)
        subprocess.run([generate, "--size", str(total), "-o", single], check=True, stderr=subprocess.DEVNULL)
        with open(single, "rb") as file:
            while file.read(MIB):
                pass
        bare = [heapsift, "batch", dumps, "-o", out, "--no-reports", "-q"]
        full = [heapsift, "batch", dumps, "-o", out, "-q"]
        jobs = {"single": [heapsift, "-f", "json", single], "bare": bare, "one job": [*bare, "--jobs", "1"], "full": full}
        taken = {name: [] for name in jobs}
        peaks = {name: 0 for name in jobs}
        processor = {name: [] for name in jobs}
        for number in range(options.runs):
            for name, command in jobs.items():
                # Nothing is removed meanwhile: for some seconds ext4 looks for inodes past those of files that were.
                place = os.path.join(work, f"out-{name}-{number}")
                seconds, peak, used, _ = run(*[place if part == out else part for part in command])
                taken[name].append(seconds)
                processor[name].append(used)
                peaks[name] = max(peaks[name], peak)
        print(f"{options.dumps} dumps, {total} bytes, median of {options.runs} runs in turns")
        for name in jobs:
            seconds, used = statistics.median(taken[name]), statistics.median(processor[name])
            print(f"{name:>8}: {seconds:.2f} s, {total / seconds / 1e9:.2f} GB/s, {used:.2f} s of processor time, {peaks[name] / MIB:.1f} MiB")
        single_time, bare_time, full_time = (statistics.median(taken[name]) for name in ("single", "bare", "full"))
        check(single_time / bare_time >= 0.4, f"--no-reports reads at {single_time / bare_time:.2f} of the single file's rate (0.4)")
        check(full_time / bare_time <= 3, f"reports take {full_time / bare_time:.2f} times as long (3)")
        os.rename(os.path.join(work, f"out-full-{options.runs - 1}"), out)
        size = os.path.getsize(os.path.join(out, "journal.bin"))
        frames, _ = journal_entries(out)
        print(f"journal: {size / options.dumps:.0f} bytes a dump, {frames} call frames")
        bound = 64 * MIB + 600 * frames
        check(max(peaks["bare"], peaks["full"]) <= bound, f"peak memory within {bound / MIB:.1f} MiB")

        files = ["rollup.json", "files.ndjson", "index.md"]
        shutil.rmtree(out, ignore_errors=True)
        run(*bare)
        kept = os.path.join(work, "kept")
        shutil.copytree(out, kept)
        for part in (0.2, 0.5, 0.9):
            shutil.rmtree(out, ignore_errors=True)
            process = subprocess.Popen(bare, stdout=subprocess.DEVNULL)
            time.sleep(bare_time * part)
            process.send_signal(signal.SIGKILL)
            process.wait()
            _, known = journal_entries(out)
            run(*bare, "--resume")
            with open(os.path.join(out, "timings.ndjson"), "rb") as file:
                again = sum(1 for _ in file)
            same = all(filecmp.cmp(os.path.join(out, name), os.path.join(kept, name), shallow=False) for name in files)
            check(same and known + again == options.dumps, f"killed after {known} dumps and resumed: the same roll-up, {again} read")

        broken = break_ten(dumps)
        shutil.rmtree(out, ignore_errors=True)
        _, _, _, said = run(*bare, code=2)
        told = [line for line in said if line.startswith("error: ")]
        print("\n".join(told))
        check(len(told) == 10 and all(any(name in line for line in told) for name in broken), "ten broken dumps, ten lines")
        with open(os.path.join(out, "rollup.json"), encoding="utf-8") as file:
            summary = json.load(file)["summary"]
        check(summary["complete"] == options.dumps - 10, "all others are counted")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
