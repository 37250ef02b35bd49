#!/usr/bin/env python3
"""Shows how often the sampling interval is told rightly, left unknown, or told wrongly.

A sampling heap profile does not say its interval; heapsift infers it (`summary.sampling_interval`). This makes captures at intervals that
are known, cuts files out of them that hold less, and compares. It fails if one interval is told wrongly; unknown is always allowed,
and the tables show for what share of the files that is the answer.

Usage: experiments/interval_inference.py [--each N] [--seed N] [--dir DIR]
It runs $HEAPSIFT or target/release/heapsift, needs node on the PATH, and takes about a minute.

What is left of a capture:

* whole: all of it;
* some: a few of its samples or nodes at random, 3 to 300;
* without one: the nodes of one sample are gone, so that two samples may look like one of twice the interval;
* largest: only the largest nodes or samples;
* function: only one function's nodes;
* subtree: only what is below one node.

Each is made with `samples` and without, and at 512 KiB, the only interval that xprofiler has, also as xprofiler writes it.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

KIB = 1 << 10
INTERVALS = [512, 4 * KIB, 16 * KIB, 32 * KIB, 128 * KIB, 512 * KIB]
KINDS = ["expressions", "records", "tables"]
SIZES = [3, 5, 10, 20, 40, 80, 150, 300]
ANSWERS = ["right", "unknown", "wrong"]

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def capture(folder, interval, objects, kind):
    """Runs the program under the profiler; gives the profile."""
    path = os.path.join(folder, "capture.heapprofile")
    program = os.path.join(HERE, "interval_inference", "program.cjs")
    subprocess.run(["node", program, path, str(interval), objects, kind], check=True)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def nodes_of(head):
    """All nodes below and with one, without recursion."""
    found, stack = [], [head]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node["children"])
    return found


def keep(profile, sizes, samples):
    """The same tree with the self sizes of `sizes` (by id, otherwise 0) and with these samples (None: no list)."""
    head = dict(profile["head"])
    stack = [head]
    while stack:
        node = stack.pop()
        node["selfSize"] = sizes.get(node["id"], 0)
        node["children"] = [dict(child) for child in node["children"]]
        stack.extend(node["children"])
    return {"head": head} if samples is None else {"head": head, "samples": samples}


def only_nodes(profile, nodes, with_samples):
    """What is left if only these nodes allocate."""
    sizes = {node["id"]: node["selfSize"] for node in nodes}
    samples = [sample for sample in profile["samples"] if sample["nodeId"] in sizes] if with_samples else None
    return keep(profile, sizes, samples)


def only_samples(profile, samples, with_samples):
    """What is left if only these samples were taken."""
    sizes = collections.Counter()
    for sample in samples:
        sizes[sample["nodeId"]] += sample["size"]
    return keep(profile, sizes, samples if with_samples else None)


def cut(profile, interval, each, chance):
    """Yields (way, with samples?, profile); `each` files of every way that is left to chance."""
    samples = profile["samples"]
    nodes = nodes_of(profile["head"])
    allocating = [node for node in nodes if node["selfSize"] > 0]
    several = [node for node in allocating if node["selfSize"] >= 2 * interval]
    by_size = sorted(allocating, key=lambda node: -node["selfSize"])
    samples_by_size = sorted(samples, key=lambda sample: -sample["size"])
    functions = collections.defaultdict(list)
    for node in allocating:
        frame = node["callFrame"]
        functions[frame["functionName"], frame["scriptId"], frame["lineNumber"]].append(node)

    def some(list_):
        return chance.sample(list_, min(chance.choice(SIZES), len(list_)))

    for with_samples in (True, False):
        yield "whole", with_samples, only_nodes(profile, allocating, with_samples)
        yield "without one", with_samples, only_nodes(profile, several, with_samples)
        for _ in range(each):
            yield "some", with_samples, only_nodes(profile, some(allocating), with_samples)
            yield "some", with_samples, only_samples(profile, some(samples), with_samples)
            yield "without one", with_samples, only_nodes(profile, some(several), with_samples)
            size = chance.choice(SIZES)
            yield "largest", with_samples, only_nodes(profile, by_size[:size], with_samples)
            yield "largest", with_samples, only_samples(profile, samples_by_size[:size], with_samples)
            if functions:
                yield "function", with_samples, only_nodes(profile, chance.choice(list(functions.values())), with_samples)
            below = [node for node in nodes_of(chance.choice(nodes)) if node["selfSize"] > 0]
            yield "subtree", with_samples, only_nodes(profile, below, with_samples)


def as_xprofiler(profile):
    """The text that xprofiler writes for a tree: numeric script ids, lines from 1, two spaces per level, no ids."""
    parts, stack = ["\n{\n", '  "head": {'], [(profile["head"], 4, 0)]
    # A stack of (node, indentation, next child); a node is written when it is first met.
    while stack:
        node, indent, child = stack.pop()
        pad = " " * indent
        if child == 0:
            frame = node["callFrame"]
            fields = [
                ("functionName", json.dumps(frame["functionName"])),
                ("scriptId", int(frame["scriptId"])),
                ("url", json.dumps(frame["url"])),
                ("lineNumber", frame["lineNumber"] + 1),
                ("columnNumber", frame["columnNumber"] + 1),
            ]
            inner = ",\n".join(f'{pad}  "{key}": {value}' for key, value in fields)
            parts.append(f'\n{pad}"callFrame": {{\n{inner}\n{pad}}},\n{pad}"selfSize": {node["selfSize"]},\n{pad}"children": [')
        if child < len(node["children"]):
            parts.append(f'{"," if child else ""}\n{pad}  {{')
            stack.append((node, indent, child + 1))
            stack.append((node["children"][child], indent + 4, 0))
        else:
            outer = " " * (indent - 2)
            parts.append(f"\n{pad}]\n{outer}}}")
    parts.append("\n}")
    return "".join(parts)


def told(heapsift, folder, text):
    """The interval that heapsift infers from a file's text: bytes, or None."""
    path = os.path.join(folder, "file.heapprofile")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([heapsift, "-f", "json", "-n", "1", path], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{path}: exit code {done.returncode}\n{done.stderr.decode()}")
    interval = json.loads(done.stdout)["summary"]["sampling_interval"]
    if interval["source"] not in ("inferred", "unknown") or (interval["bytes"] is None) != (interval["source"] == "unknown"):
        sys.exit(f"{path}: an interval that nobody gave is {interval}")
    return interval["bytes"]


def size_name(interval):
    return f"{interval} B" if interval < KIB else f"{interval // KIB} KiB"


def table(title, counts, rows, columns):
    """Prints right / unknown / wrong for each row and column."""
    print(f"\n{title} (right / unknown / wrong)\n")
    names = ["", *columns, "all"]
    lines = [names, ["---"] * len(names)]
    for row in rows:
        cells = [[counts[row, column, answer] for answer in ANSWERS] for column in columns]
        cells.append([sum(values) for values in zip(*cells)])
        lines.append([row, *(" / ".join(map(str, cell)) if any(cell) else "" for cell in cells)])
    for line in lines:
        print("| " + " | ".join(line) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--each", type=int, default=2, help="files of each way that is left to chance, per capture (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="what chance starts from (default 1); the captures differ from run to run")
    parser.add_argument("--dir", help="where wrongly told files are kept (default: nowhere)")
    options = parser.parse_args()
    heapsift = os.environ.get("HEAPSIFT", os.path.join(ROOT, "target", "release", "heapsift"))
    chance = random.Random(options.seed)
    counts, captures, files, wrong = collections.Counter(), 0, 0, []

    with tempfile.TemporaryDirectory() as folder:
        for interval in INTERVALS:
            for kind in KINDS:
                for objects in ("live", "all"):
                    profile = capture(folder, interval, objects, kind)
                    captures += 1
                    cases = []
                    for way, with_samples, left in cut(profile, interval, options.each, chance):
                        row = f"{way}, {'with' if with_samples else 'without'} samples"
                        cases.append((row, json.dumps(left)))
                        if not with_samples and interval == 512 * KIB:
                            cases.append((f"{way}, as xprofiler", as_xprofiler(left)))
                    for row, text in cases:
                        found = told(heapsift, folder, text)
                        answer = "unknown" if found is None else "right" if found == interval else "wrong"
                        counts[row, size_name(interval), answer] += 1
                        counts[f"{kind}, {objects}", row.split(",")[0], answer] += 1
                        files += 1
                        if answer == "wrong":
                            wrong.append(f"{kind}, {objects}, {size_name(interval)}, {row}: told {found}")
                            if options.dir:
                                os.makedirs(options.dir, exist_ok=True)
                                with open(os.path.join(options.dir, f"wrong-{len(wrong)}.heapprofile"), "w", encoding="utf-8") as file:
                                    file.write(text)

    ways = ["whole", "some", "without one", "largest", "function", "subtree"]
    rows = [f"{way}, {form}" for way in ways for form in ("with samples", "without samples", "as xprofiler")]
    print(f"{captures} captures, {files} files of them: {files - len(wrong)} not wrong, {len(wrong)} wrong")
    table("By what is left and interval", counts, rows, [size_name(interval) for interval in INTERVALS])
    table("By program and what is left", counts, [f"{kind}, {objects}" for kind in KINDS for objects in ("live", "all")], ways)
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
