#!/usr/bin/env python3
"""Shows that `heapsift diff` calls a change what is one, and is silent where nothing changed.

A small service (diff/service.cjs: a cache, sessions, rows that are parsed and rendered, garbage; three packages) is captured again and again, each time with another seed:
by `node --heap-prof` and by the inspector at 32 and 512 KiB, and by xprofiler. Then:

* same program: each capture against the next, 100 pairs a way of capturing; counts the pairs in which anything is called a change. At most 5 of 100 may be.
* versions: packages with other versions, all lines moved, another release folder. Nothing may be called in at least 95 of 100 pairs.
* a real change: one function allocates twice as much (diff/build.py); it must be called, and nothing that is not on its stack.

Usage: experiments/diff.py --dir DIR [--captures N]

It runs $HEAPSIFT or target/release/heapsift and needs Node 20 as `node` on the PATH. Captures are kept in DIR and not made again. Prints a Markdown table.
XPROFILER=DIR   a folder whose node_modules holds xprofiler; without it those captures are left out
"""

import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "diff"))
import build  # noqa: E402

HEAPSIFT = os.path.abspath(os.environ.get("HEAPSIFT") or os.path.join(os.path.dirname(HERE), "target", "release", "heapsift"))
XPROFILER = os.environ.get("XPROFILER")
WAYS = [("inspector", 32), ("heap-prof", 32), ("inspector", 512), ("heap-prof", 512), ("xprofiler", 512)]
# Functions that a change may be told of: it is one of these, or what it may be inlined into.
ON_ITS_STACK = {"indexed": ["indexed"], "decodeRow": ["decodeRow", "", "map", "load", "handle", "serve", "row-codec", "fieldsOf", "entries", "Other"]}
REAL = {
    "indexed": [("service.cjs", "new Array(size).fill(key)", "new Array(2 * size).fill(key)")],
    "decodeRow": [("packages/row-codec.cjs", "fields };", "fields, more: new Array(22).fill(row.id) };")],
}


def capture(app, path, way, interval, seed):
    if os.path.exists(path):
        return path
    env = dict(os.environ, SEED=str(seed), ROUNDS="150", OUT=path)
    command = ["node", app]
    if way == "heap-prof":
        command[1:1] = ["--heap-prof", f"--heap-prof-interval={interval * 1024}", f"--heap-prof-name={os.path.basename(path)}", f"--heap-prof-dir={os.path.dirname(path)}"]
    else:
        env.update(HOW=way, INTERVAL=str(interval * 1024), WARM="150")
    subprocess.run(command, env=env, check=True)
    return path


def diff(before, after, interval):
    """What `heapsift diff` says, as JSON."""
    options = ["-q", "-f", "json", "--interval", f"{interval}K"]
    done = subprocess.run([HEAPSIFT, "diff", *options, "--before", *before, "--after", *after], capture_output=True, check=True)
    return json.loads(done.stdout)


def named(row):
    if row["type"] == "stack":
        return row["frames"][-1]["function"]
    return row.get("function", row.get("name", row["type"]))


def captures(folder, kind, app, way, interval, count, first):
    os.makedirs(os.path.join(folder, kind), exist_ok=True)
    path = lambda n: os.path.join(folder, kind, f"{way}-{interval}-{n}.heapprofile")
    return [capture(app, path(n), way, interval, first + n) for n in range(count)]


def table(rows):
    print("| capture | pairs | with any change | what |\n|---|---:|---:|---|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def called(pairs, interval):
    """How many pairs have any change, and which."""
    found = [[named(change["change"]) for change in diff([a], [b], interval)["changes"]] for a, b in pairs]
    names = sorted({name for names in found for name in names})
    return sum(bool(names) for names in found), ", ".join(names)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--captures", type=int, default=101)
    parser.add_argument("--changed", type=int, default=12)
    args = parser.parse_args()
    folder = os.path.abspath(args.dir)
    apps = {
        "same": build.build(os.path.join(folder, "releases", "20260102")),
        "versions": build.build(os.path.join(folder, "releases", "20260109"), build.NEW, moved=7),
    }
    for name, changes in REAL.items():
        apps[name] = build.build(os.path.join(folder, name, "20260109"), build.NEW, moved=7, changes=changes)
    ways = [way for way in WAYS if way[0] != "xprofiler" or XPROFILER]
    same = {way: captures(folder, "same", apps["same"], *way, args.captures, 1000 * i) for i, way in enumerate(ways)}
    print("The same program\n")
    table([(f"{way}, {interval} KiB", len(files) - 1, *called(list(zip(files, files[1:])), interval)) for (way, interval), files in same.items()])
    print("Versions, lines and the folder changed\n")
    rows = []
    for i, (way, interval) in enumerate(ways):
        files = captures(folder, "versions", apps["versions"], way, interval, args.changed, 20000 + 1000 * i)
        others = same[way, interval][:8 * len(files)]
        pairs = [(other, files[n % len(files)]) for n, other in enumerate(others)]
        rows.append((f"{way}, {interval} KiB", len(pairs), *called(pairs, interval)))
    table(rows)
    print("A function allocates more: pairs in which it was found, and in which anything else was\n")
    print("| capture | function | files a side | comparisons | found | only that the total has grown | anything else |\n|---|---|---:|---:|---:|---:|---|")
    for i, (way, interval) in enumerate(ways):
        for name in REAL:
            files = captures(folder, name, apps[name], way, interval, args.changed, 30000 + 1000 * i)
            for size in (1, 4, 12):
                sides = [(same[way, interval][n:n + size], files[n:n + size]) for n in range(0, len(files) - size + 1, size)]
                found, total, others = 0, 0, set()
                for before, after in sides:
                    changes = diff(before, after, interval)["changes"]
                    is_it = lambda change: named(change["change"]) in ON_ITS_STACK[name] and change["change"]["difference"] > 0
                    is_found = any(is_it(change) for change in changes)
                    found += is_found
                    names = {named(change["change"]) for change in changes if not is_it(change)}
                    total += not is_found and "total" in names
                    others |= names - {"total"}
                print(f"| {way}, {interval} KiB | {name} | {size} | {len(sides)} | {found} | {total} | {', '.join(sorted(others))} |")


if __name__ == "__main__":
    main()
