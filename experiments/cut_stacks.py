#!/usr/bin/env python3
"""Judges what --repair-stacks mends, on captures whose outer frames are known.

V8 keeps the innermost frames of a stack: 128 of them for the inspector, 16 for API writers. Each capture given here, which is 128 deep, is cut to its innermost
frames as V8 would have done (--depth, 16), so that what was cut off is known. Then, for the stacks that were cut:

* what share of their bytes is re-attached, and to which path: the true one, or another;
* of the callers that they are given, each with the bytes, what share are callers of theirs in truth, and what share of the true callers that is;
* by how much the total sizes of functions are off, cut and repaired (the sum over all functions, and the largest ones).

Stacks that were cut in the capture itself are left out of this. The rule is written out a second time here, slowly; with --heapsift, the program's figures and total
sizes must be the same. What the capture's own cut stacks come to is shown, too.

Usage: experiments/cut_stacks.py [--depth 16] [--heapsift target/release/heapsift] CAPTURE…
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

DEPTHS = (16, 64, 128)


def key(frame):
    """What tells call frames apart in reports."""
    has_script = str(frame["scriptId"]) not in ("", "0")
    return frame["functionName"], frame["url"], frame["lineNumber"], frame["columnNumber"], has_script


def paths(capture):
    """The nodes of a capture: the path of each from below the root, its bytes, and the number of the root's child that it is in."""
    found, stack = [], [(capture["head"], (), None)]
    while stack:
        node, path, child = stack.pop()
        found.append((path, node["selfSize"], child))
        for i, below in reversed(list(enumerate(node["children"]))):
            stack.append((below, path + (key(below["callFrame"]),), i if child is None else child))
    return found


def cut_of(nodes, depth):
    """Bytes by path, each cut to its innermost frames."""
    cut = collections.Counter()
    for path, size, _ in nodes:
        if size:
            cut[path[-depth:]] += size
    return cut


def profile_of(sizes):
    """A profile of these paths, in the inspector's form."""
    frame = lambda name, url, line, column, script: {
        "functionName": name, "scriptId": "7" if script else "0", "url": url, "lineNumber": line, "columnNumber": column}
    root = {"callFrame": frame("(root)", "", -1, -1, False), "selfSize": 0, "children": []}
    nodes = {(): root}
    for path, size in sizes.items():
        for end in range(1, len(path) + 1):
            if path[:end] not in nodes:
                nodes[path[:end]] = {"callFrame": frame(*path[end - 1]), "selfSize": 0, "children": []}
                nodes[path[: end - 1]]["children"].append(nodes[path[:end]])
        nodes[path]["selfSize"] += size
    return {"head": root}


def write(profile, file):
    """json.dump would recurse."""
    stack = [profile["head"]]
    file.write('{"head":')
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            file.write(node)
            continue
        file.write('{"callFrame":%s,"selfSize":%d,"children":[' % (json.dumps(node["callFrame"]), node["selfSize"]))
        stack.append("]}")
        for i, below in enumerate(node["children"]):
            stack.append(below)
            if i + 1 < len(node["children"]):
                stack.append(",")
    file.write("}")


def repair(nodes):
    """For each path with bytes in a truncated stack: the path it is given, or why it stays."""
    depth = max(len(path) for path, _, _ in nodes)
    if depth not in DEPTHS:
        return {}
    by_child, cut_by_child = collections.Counter(), collections.Counter()
    for path, size, child in nodes:
        by_child[child] += size
        cut_by_child[child] += size if len(path) == depth else 0
    truncated = {child for child in by_child if child is not None and by_child[child] == cut_by_child[child]}
    complete = {path for path, _, child in nodes if child is not None and child not in truncated}
    ends = collections.defaultdict(set)
    for path in complete:
        ends[path[-1]].add(path)
    found, memory = {}, {}

    def matches(path):
        """The complete paths that end with all frames of this one."""
        if path not in memory:
            if len(path) == 1:
                memory[path] = ends[path[-1]]
            else:
                memory[path] = {p + path[-1:] for p in matches(path[:-1]) if p + path[-1:] in complete}
        return memory[path]

    for path, size, child in nodes:
        if child not in truncated or size == 0:
            continue
        matched = 0
        while matched < len(path) and matches(path[: matched + 1]):
            matched += 1
        if matched == 0:
            found[path] = "unmatched"
        elif len(matches(path[:matched])) > 1:
            found[path] = "ambiguous"
        else:
            (end,) = matches(path[:matched])
            found[path] = end + path[matched:]
    return found


def totals(sizes):
    """Total sizes of functions."""
    total = collections.Counter()
    for path, size in sizes.items():
        for frame in set(path):
            total[frame] += size
    return total


def of_capture(nodes):
    """What the cut stacks of a capture come to."""
    fates = repair(nodes)
    children = {child for path, size, child in nodes if child is not None}
    sizes = collections.Counter()
    for path, size, child in nodes:
        if path in fates and size:
            fate = fates[path] if isinstance(fates[path], str) else "reattached"
            sizes[fate] += size
    truncated = {child for path, size, child in nodes if path in fates and size}
    total = sum(size for _, size, _ in nodes)
    print(f"  as captured: {mb(total)}, depth {max(len(path) for path, _, _ in nodes)}; {len(truncated)} of the root's {len(children)} children are"
          f" truncated stacks, {mb(sum(sizes.values()))}: {', '.join(f'{fate} {mb(size)}' for fate, size in sorted(sizes.items()))}")
    return fates


def mb(size):
    return f"{size / (1 << 20):.2f} MB"


def share(part, whole):
    return f"{100 * part / max(whole, 1):.1f} %"


def name(frame):
    return f"{frame[0] or '(anonymous)'} {os.path.basename(frame[1])}:{frame[2] + 1}"


def after(sizes, fates):
    """Bytes by path, repaired."""
    mended = collections.Counter()
    for path, size in sizes.items():
        fate = fates.get(path, path)
        mended[path if isinstance(fate, str) else fate] += size
    return mended


def judge(nodes, depth, heapsift):
    deepest = max(len(path) for path, _, _ in nodes)
    # What the capture itself lost is no truth.
    known = [(path, size, child) for path, size, child in nodes if len(path) < deepest or deepest not in DEPTHS]
    true = collections.Counter()
    for path, size, _ in known:
        if size:
            true[path] += size
    cut = cut_of(known, depth)
    profile = profile_of(cut)
    cut_nodes = paths(profile)
    fates = repair(cut_nodes)
    verdict, callers = collections.Counter(), collections.Counter()
    for path, size in true.items():
        fate = fates.get(path[-depth:])
        if fate is None:
            kind = "uncut" if len(path) <= depth else "under an entry point"
        elif isinstance(fate, str):
            kind = fate
        elif fate == path:
            kind = "right path"
        else:
            kind = "another path"
        verdict[kind] += size
        if fate is not None:
            lost = set(path) - set(path[-depth:])
            added = set() if isinstance(fate, str) else set(fate) - set(path[-depth:])
            callers["true"] += len(lost) * size
            callers["added"] += len(added) * size
            callers["both"] += len(lost & added) * size
    total = sum(true.values())
    lost = total - verdict["uncut"] - verdict["under an entry point"]
    print(f"  cut to {depth}: {mb(total)}, {share(lost, total)} of it in truncated stacks; of these")
    print("    " + ", ".join(f"{kind} {share(verdict[kind], lost)}" for kind in ("right path", "another path", "ambiguous", "unmatched")))
    print(f"    of the callers added {share(callers['both'], callers['added'])} are true; of the callers lost"
          f" {share(callers['both'], callers['true'])} are found")
    print(f"    (under an entry point that has the name of a frame inside: {share(verdict['under an entry point'], total)} of all)")
    first = lambda sizes: len({path[0] for path in sizes if path})
    mended = after(cut, fates)
    print(f"    entry points: {first(true)} in truth, {first(cut)} cut, {first(mended)} repaired")
    truth, lower, upper = totals(true), totals(cut), totals(mended)
    error = lambda found: sum(abs(truth[frame] - found[frame]) for frame in truth)
    print(f"    total sizes of all functions together are off by {share(error(lower), sum(truth.values()))} cut,"
          f" {share(error(upper), sum(truth.values()))} repaired")
    worst = sorted(truth, key=lambda frame: lower[frame] - truth[frame])[:6]
    for frame in worst:
        print(f"      {name(frame):60} true {mb(truth[frame]):>9}  cut {mb(lower[frame]):>9}  repaired {mb(upper[frame]):>9}")
    if heapsift:
        check(heapsift, profile, fates, cut_nodes, upper)


def check(heapsift, profile, fates, nodes, expected):
    """The program's result is that of the rule as it is written here."""
    with tempfile.NamedTemporaryFile("w", suffix=".heapprofile") as file:
        write(profile, file)
        file.flush()
        done = subprocess.run([heapsift, "-f", "json", "--repair-stacks", file.name], capture_output=True, check=True)
    report = json.loads(done.stdout)
    sizes = collections.Counter()
    for path, size, _ in nodes:
        fate = fates.get(path, "complete")
        sizes[fate if isinstance(fate, str) else "reattached"] += size
    said = report["summary"]["repair"]
    for fate in ("reattached", "ambiguous", "unmatched"):
        assert said[f"{fate}_size"] == sizes[fate], (fate, said, sizes)
    found = collections.Counter()
    for row in report["functions"]:
        line, column = [-1 if place is None else place - 1 for place in (row["line"], row["column"])]
        found[row["function"], row["url"], line, column] += row["total_size"]
    wanted = collections.Counter()
    for frame, size in expected.items():
        wanted[frame[:4]] += size
    assert found == wanted, [(frame, found[frame], wanted[frame]) for frame in wanted if found[frame] != wanted[frame]][:5]
    print("    heapsift gives the same")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depth", type=int, default=16)
    parser.add_argument("--heapsift")
    parser.add_argument("captures", nargs="+", metavar="CAPTURE")
    args = parser.parse_args()
    for capture in args.captures:
        print(os.path.basename(capture))
        # Captures are up to a few hundred levels deep: the reader of json recurses.
        sys.setrecursionlimit(10_000)
        with open(capture, encoding="utf-8", errors="replace") as file:
            nodes = paths(json.load(file))
        fates = of_capture(nodes)
        sizes = collections.Counter()
        for path, size, _ in nodes:
            sizes[path] += size
        before, repaired = totals(sizes), totals(after(sizes, fates))
        for frame in sorted(repaired, key=lambda frame: before[frame] - repaired[frame])[:6]:
            if repaired[frame] > before[frame]:
                print(f"      {name(frame):60} {mb(before[frame]):>9} -> {mb(repaired[frame]):>9}")
        judge(nodes, args.depth, args.heapsift)


if __name__ == "__main__":
    main()
