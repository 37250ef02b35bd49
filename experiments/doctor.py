#!/usr/bin/env python3
"""Shows that `heapsift doctor` finds what is wrong with a capture, and is silent where nothing is.

A capture is made for each kind of finding: by Node where Node can make it, else by a plain change to a real capture, which the table says. On each the kind must be found,
with the share that is counted here from the file, and with the command that is expected. That command is then followed, on the same program: what it is for must be gone.
Then captures are made of programs of the usual kind, with nothing wrong: on these nothing may be printed, and the interval must be told.

Usage: experiments/doctor.py [--dir DIR] [--seed N]

It runs $HEAPSIFT or target/release/heapsift, needs Node 20 or later as `node` on the PATH, prints a Markdown table, takes half a minute, and fails (1) where anything is not as expected.
In the table, = stands by a share that was counted, and the last column is what is found in a capture that was made with the command.

--dir DIR       keep the captures there
XPROFILER=DIR   a folder whose node_modules holds xprofiler, for stacks of 16 calls; without it that capture is left out
                (npm install xprofiler --build-from-source; two minutes, wants a C++ compiler)
NODE26=PATH     a node of version 26 or later, for its own API (v8.startHeapProfile); without it those captures are left out
"""

import argparse
import collections
import dataclasses
import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from typing import Callable, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "doctor"))
import one_line  # noqa: E402

APP = os.path.join(HERE, "doctor", "app.cjs")
HEAPSIFT = os.path.abspath(os.environ.get("HEAPSIFT") or os.path.join(os.path.dirname(HERE), "target", "release", "heapsift"))
XPROFILER, NODE26 = os.environ.get("XPROFILER"), os.environ.get("NODE26")
KIB = 1 << 10
SEED = ["--random-seed=7"]


def size(number):
    for unit, name in ((KIB * KIB, "MB"), (KIB, "KB")):
        if number % unit == 0:
            return f"{number // unit} {name}"
    return f"{number:,} bytes"


# Captures

@dataclasses.dataclass
class Capture:
    """How one is made, of which program; `write` takes the path. `missing`: what it cannot be made without."""
    how: str
    program: str
    rounds: int
    write: Callable
    interval: Optional[int] = None
    missing: Optional[str] = None


def node(program, rounds, flags=(), executable="node", **env):
    done = subprocess.run([executable, *SEED, *flags, APP, program, str(rounds)], env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{program}: node failed:\n{done.stderr}")


def by_flag(program, rounds, interval):
    def write(path):
        folder, name = os.path.split(path)
        node(program, rounds, ["--heap-prof", f"--heap-prof-interval={interval}", f"--heap-prof-dir={folder}", f"--heap-prof-name={name}"])
    return Capture(f"`node --heap-prof`, {size(interval)}", program, rounds, write, interval)


def by_inspector(program, rounds, interval, collected=False):
    write = lambda path: node(program, rounds, HOW="inspector", OUT=path, INTERVAL=str(interval), COLLECTED=str(int(collected)))
    return Capture(f"`node:inspector`, {size(interval)}" + (", collected objects too" if collected else ""), program, rounds, write, interval)


def by_one_line(program, rounds, interval):
    """The sound programs in one line, beside the capture."""
    write = lambda path: node(program, rounds, HOW="inspector", OUT=path, INTERVAL=str(interval), PROGRAMS=os.path.join(os.path.dirname(path), "sound.min.cjs"))
    return Capture(f"`node:inspector`, {size(interval)}, a program in one line", program, rounds, write, interval)


def by_xprofiler(program, rounds):
    write = lambda path: node(program, rounds, HOW="xprofiler", OUT=path, XPROFILER=XPROFILER)
    return Capture("xprofiler, 512 KB", program, rounds, write, missing=None if XPROFILER else "no XPROFILER")


def by_api(program, rounds, code):
    write = lambda path: node(program, rounds, executable=NODE26, HOW="code", OUT=path, CODE=code)
    return Capture(f"`{code}`", program, rounds, write, missing=None if NODE26 else "no NODE26")


def changed(how, source, change):
    """A change to the bytes of a real capture."""
    def write(path):
        source.write(path)
        with open(path, "rb") as file:
            data = change(file.read())
        with open(path, "wb") as file:
            file.write(data)
    return Capture(f"changed: {how}", source.program, source.rounds, write)


def edited(how, source, edit):
    """A change to what is in a real capture."""
    def change(data):
        profile = json.loads(data)
        edit(profile)
        return json.dumps(profile, ensure_ascii=False, separators=(",", ":")).encode()
    return changed(how, source, change)


def nodes(profile):
    """All nodes, each with its depth."""
    stack = [(profile["head"], 0)]
    while stack:
        found, depth = stack.pop()
        yield found, depth
        stack.extend((child, depth + 1) for child in found["children"])


def largest(profile):
    return max((found for found, _ in nodes(profile)), key=lambda found: found["selfSize"])


def as_v8_profiler_next(profile):
    """Numbers for scripts, lines from 1, neither ids nor samples, and sizes in 32 bits: one node is made as large as that matters."""
    largest(profile)["selfSize"] += 3 << 30
    for found, _ in nodes(profile):
        frame = found["callFrame"]
        frame["scriptId"] = int(frame["scriptId"])
        frame["lineNumber"] += 1
        frame["columnNumber"] += 1
        found["selfSize"] = (found["selfSize"] + (1 << 31)) % (1 << 32) - (1 << 31)
        del found["id"]
    del profile["samples"]


def too_large(profile):
    largest(profile)["selfSize"] = (1 << 64) - 1


def other_samples(profile):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "other")
        by_inspector("rows", 60, 16 * KIB).write(path)
        with open(path, encoding="utf-8") as file:
            profile["samples"] = json.load(file)["samples"]


def without_largest(profile):
    gone = largest(profile)
    for found, _ in list(nodes(profile)):
        found["children"] = [child for child in found["children"] if child is not gone]


def fewer_samples(profile):
    del profile["samples"][::3]


# What the script counts itself

def total(profile):
    return sum(found["selfSize"] for found, _ in nodes(profile))


def share_of(condition):
    return lambda profile: sum(found["selfSize"] for found, depth in nodes(profile) if condition(found, depth)) / total(profile)


def share_cut(profile):
    deepest = max(depth for _, depth in nodes(profile))
    return share_of(lambda _, depth: depth == deepest)(profile)


def share_without_node(profile):
    ids = {found["id"] for found, _ in nodes(profile)}
    return sum(sample["size"] for sample in profile["samples"] if sample["nodeId"] not in ids) / sum(sample["size"] for sample in profile["samples"])


def share_differing(profile):
    sampled = sum(sample["size"] for sample in profile["samples"]) * (1 - share_without_node(profile))
    summed = total(profile)
    return abs(sampled - summed) / max(sampled, summed)


share_without_url = share_of(lambda found, _: not found["callFrame"]["url"] and str(found["callFrame"]["scriptId"]) != "0")


def share_large(profile):
    """Functions with a twentieth of the bytes and fewer than ten samples of 32 KB, and those far from a whole number."""
    sizes, whole = collections.Counter(), total(profile)
    for found, _ in nodes(profile):
        sizes[tuple(found["callFrame"].values())] += found["selfSize"]
    is_large = lambda samples: 1 <= samples < 10 and samples % 1 > 0.05 + 0.03 * samples
    return sum(size for size in sizes.values() if size >= 0.05 * whole and is_large(size / (32 * KIB))) / whole


share_in_one_line = share_of(lambda found, _: found["callFrame"]["url"].endswith("/sound.min.cjs"))
whole = lambda profile: 1.0


# The captures

@dataclasses.dataclass
class Case:
    """What is to be found in a capture: its kind, with the share that the script counts and a command like this one. `instead`: a kind that is as good."""
    kind: str
    capture: Capture
    share: Optional[Callable] = None
    command: Optional[str] = None
    arguments: tuple = ()
    ending: str = ".heapprofile"
    status: int = 0
    instead: Optional[tuple] = None


HEAP_PROF = r"node --heap-prof( --heap-prof-interval=\d+)? app\.js"
API = r"v8\.startHeapProfile\(\{.*\}\)"
ONE_LINE = by_one_line("all", 20, 16 * KIB)
SOUND = by_inspector("rows", 30, 16 * KIB)
CASES = [
    Case("empty", by_flag("idle", 1, 512 << 20), command=HEAP_PROF),
    Case("interval-unknown", by_flag("rows", 30, 20_000)),
    Case("few-samples", by_flag("messages", 22, 512 * KIB), whole, HEAP_PROF),
    Case("few-samples", by_api("messages", 22, "v8.startHeapProfile()"), whole, API),
    Case("cut-stacks", by_flag("deep", 20, 16 * KIB), share_cut, r"heapsift --repair-stacks FILE"),
    Case("cut-stacks", by_xprofiler("sixteen", 100), share_cut, HEAP_PROF),
    Case("cut-stacks", by_api("sixteen", 10, "v8.startHeapProfile({ sampleInterval: 32768 })"), share_cut, f"{HEAP_PROF}|{API}"),
    # What is allocated while the file is written counts for a node that the tree has not, and sometimes for one that it has.
    Case("samples-without-node", by_flag("garbage", 1, 512), share_without_node, instead=("samples-differ", share_differing)),
    Case("samples-without-node", edited("the largest node is gone", SOUND, without_largest), share_without_node),
    Case("samples-differ", edited("`samples` of a longer capture", SOUND, other_samples), share_differing),
    Case("samples-differ", edited("every third sample is gone", SOUND, fewer_samples), share_differing),
    Case("all-allocations", by_inspector("garbage", 20, 32 * KIB, collected=True), whole, HEAP_PROF),
    Case("large-objects", by_inspector("large", 6, 32 * KIB), share_large, HEAP_PROF),
    Case("no-url", by_inspector("generated", 20, 16 * KIB), share_without_url),
    Case("outside-the-heap", by_inspector("buffers", 10, 8 * KIB), command=r".*writeFileSync\(.*\)"),
    Case("negative-sizes", edited("a node of 3 GB, as v8-profiler-next writes it", SOUND, as_v8_profiler_next)),
    Case("overflowing-sizes", edited("a node of 2^64 - 1 bytes", SOUND, too_large)),
    Case("replaced-text", changed("in Latin-1", by_inspector("garbage", 20, 32 * KIB), lambda text: text.decode().encode("latin-1"))),
    Case("incomplete", changed("the first half", SOUND, lambda text: text[: len(text) // 2]), status=2),
    Case("trailer-missing", changed("gzip without its last 8 bytes", SOUND, lambda text: gzip.compress(text)[:-8]), ending=".heapprofile.gz"),
    Case("source-map-missing", SOUND, arguments=("--source-map", "maps-none")),
    Case("source-map-broken", SOUND, arguments=("--source-map", "maps-broken")),
    Case("minified", ONE_LINE, share_in_one_line),
    Case("source-map-columns", ONE_LINE, arguments=("--source-map", "maps-columns")),
    Case("source-map-mismatch", ONE_LINE, arguments=("--source-map", "maps-other")),
]
CLEAN = [
    by_flag("rows", 60, 4 * KIB), by_flag("cache", 60, 32 * KIB), by_flag("graph", 80, 16 * KIB), by_flag("messages", 80, 64 * KIB), by_flag("words", 40, 8 * KIB),
    by_inspector("rows", 60, 8 * KIB), by_inspector("words", 40, 16 * KIB), by_inspector("cache", 100, 64 * KIB), by_inspector("graph", 80, 4 * KIB),
    by_inspector("pages", 60, 16 * KIB), by_inspector("messages", 60, 32 * KIB),
]


# What heapsift says of them

def heapsift(folder, *arguments):
    return subprocess.run([HEAPSIFT, *arguments], cwd=folder, capture_output=True, text=True)


def findings(folder, name, *arguments):
    """The findings by their kind, and all that the doctor says."""
    done = heapsift(folder, "doctor", "-q", "-f", "json", *arguments, name)
    said = json.loads(done.stdout)
    return {found["kind"]: found for found in said["findings"]}, said, done.returncode


def followed(folder, case, name, command):
    """Does what the command says, with the program in the place of app.js; gives what came of it, and whether that is as it should be."""
    program, rounds = case.capture.program, case.capture.rounds
    again = "after-" + name
    if command.startswith("heapsift"):
        done = heapsift(folder, *shlex.split(command.replace("FILE", name))[1:], "-f", "json")
        repaired = json.loads(done.stdout)["summary"]["repair"]["reattached_size"]
        return f"{repaired / (1 << 20):.2f} MB re-attached", done.returncode == 0 and repaired > 0
    if "writeFileSync" in command:
        node(program, rounds, HOW="usage", CODE=command.replace("'memory.json'", json.dumps(os.path.join(folder, "memory.json"))))
        done = heapsift(folder, "-f", "json", "--memory-usage", "memory.json", name)
        parts = {part["part"]: part["size"] for part in json.loads(done.stdout)["memory_usage"]["parts"]}
        return f"{parts['array_buffers'] / (1 << 20):.0f} MB in Buffers", done.returncode == 0
    if command.startswith("v8."):
        by_api(program, rounds, command).write(os.path.join(folder, again))
    else:
        flags = shlex.split(command)[1:-1]
        node(program, rounds, [*flags, f"--heap-prof-dir={folder}", f"--heap-prof-name={again}"])
    found, said, _ = findings(folder, again)
    is_better = case.kind not in found and "interval-unknown" not in found and said["total_size"] > 0
    return listed(found) or "nothing", is_better


def listed(found):
    return ", ".join(f"`{kind}`" for kind in found)


def examine(folder, at, case):
    """One row of the table, and what is not as expected."""
    name = f"{at:02}-{case.kind}{case.ending}"
    path = os.path.join(folder, name)
    case.capture.write(path)
    found, _, status = findings(folder, name, *case.arguments)
    row = [", ".join([case.capture.how, *filter(None, [" ".join(case.arguments)])]), listed(found)]
    if case.kind not in found and case.instead:
        case = dataclasses.replace(case, kind=case.instead[0], share=case.instead[1])
    this = found.get(case.kind)
    if this is None:
        return [f"**`{case.kind}`**", *row, "", "", ""], [f"{name}: {case.kind} is not found"]
    wrong = []
    if status != case.status:
        wrong.append(f"{name}: exit code {status}")
    expected = None
    if case.share:
        with open(path, encoding="utf-8") as file:
            expected = case.share(json.loads(file.read(), strict=False))
        if this["share"] is None or abs(this["share"] - expected) > 2e-6:
            wrong.append(f"{name}: a share of {this['share']}, counted {expected}")
    if bool(case.command) != bool(this["command"]) or case.command and not re.fullmatch(case.command, this["command"]):
        wrong.append(f"{name}: the command is {this['command']}")
    came = ""
    if this["command"]:
        came, is_right = followed(folder, case, name, this["command"])
        wrong += [] if is_right else [f"{name}: after {this['command']}: {came}"]
    counted = "" if this["share"] is None else f"{this['share'] * 100:.1f} %" + (" =" if expected is not None else "")
    return [f"`{case.kind}`", *row, counted, f"`{this['command']}`" if this["command"] else "", came], wrong


def examine_clean(folder, at, capture):
    name = f"clean-{at:02}.heapprofile"
    capture.write(os.path.join(folder, name))
    found, said, status = findings(folder, name)
    printed = heapsift(folder, "doctor", name)
    samples, told = said["objects"]["samples"], said["sampling_interval"]["bytes"]
    wrong = []
    if found or printed.stdout or printed.stderr or status or printed.returncode:
        wrong.append(f"{name} ({capture.how}, {capture.program}): {list(found)}, {printed.stdout}{printed.stderr}")
    if told != capture.interval or samples < 1000:
        wrong.append(f"{name} ({capture.how}, {capture.program}): {samples} samples, told an interval of {told}")
    return [capture.program, capture.how, f"{said['total_size'] / (1 << 20):.1f} MB", f"{samples:,}", listed(found) or "nothing"], wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir")
    parser.add_argument("--seed", type=int, default=7, help="of V8, which decides what is sampled")
    args = parser.parse_args()
    SEED[:] = [f"--random-seed={args.seed}"]
    # json recurses, by two for each call.
    sys.setrecursionlimit(10_000)
    wrong, left_out, kinds = [], [], collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(args.dir or temporary)
        for part in ("maps-none", "maps-broken"):
            os.makedirs(os.path.join(folder, part), exist_ok=True)
        with open(os.path.join(folder, "maps-broken", "sound.cjs.map"), "w", encoding="utf-8") as file:
            file.write('{"version": 3, "sources": ["sound.ts"], "names": [], "mappings": "AAAA;!"}')
        with open(os.path.join(HERE, "doctor", "sound.cjs"), encoding="utf-8") as file:
            one_line.write(file.read(), folder)
        print("| to be found | capture | kinds found | share | command | after it |\n|---|---|---|---|---|---|")
        for at, case in enumerate(CASES):
            missing = case.capture.missing
            if missing:
                left_out.append(f"{case.kind} ({case.capture.how}): {missing}")
                continue
            row, problems = examine(folder, at, case)
            kinds[case.kind] += 1
            wrong += problems
            print(f"| {' | '.join(row)} |", flush=True)
        print("\n| clean: program | capture | bytes | samples | found |\n|---|---|---|---|---|")
        for at, capture in enumerate(CLEAN):
            row, problems = examine_clean(folder, at, capture)
            wrong += problems
            print(f"| {' | '.join(row)} |", flush=True)
    print(f"\n{len(kinds)} kinds in {sum(kinds.values())} captures, {len(CLEAN)} clean captures.")
    for line in left_out:
        print(f"Left out: {line}")
    for line in wrong:
        print(f"NOT AS EXPECTED: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
