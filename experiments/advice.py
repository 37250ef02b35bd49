#!/usr/bin/env python3
"""Holds what heapsift promises against what is saved where its advice is followed.

Each program of advice/ is a small service or job of the usual kind, in a state that is worth advice (`before`), and again with one recommendation followed by its own words
(`after`, under the recommendation's id; `a+b` where one change follows two, and a word behind the id where a recommendation has several things to do). All are captured by the
inspector, a few times each; heapsift reads each capture of `before`. The range that it promises should have what is saved, two standard errors of the sampling allowed; "nearly" is
a miss by a tenth of that at most: V8 puts a part of what a library makes down to who calls it (inlining), which no range can know.
Programs whose captures have live objects alone say so (`exports.objects`).

Usage: experiments/advice.py [--dir DIR] [--runs N] [--at-most N] [NAME...]

It runs $HEAPSIFT or target/release/heapsift, needs Node 20 and npm, and takes some five minutes; packages are those of advice/package-lock.json. Prints a Markdown table, and fails (1)
where more than --at-most of the ranges miss by more than that, or a recommendation is not given at all.

NAME        programs whose name has this in it; all otherwise
--dir DIR   keep packages and captures there; what is there is not made again
"""

import argparse
import concurrent.futures
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "advice")
HELPERS = {"capture.cjs", "clients.cjs", "load.cjs"}
HEAPSIFT = os.path.abspath(os.environ.get("HEAPSIFT") or os.path.join(os.path.dirname(HERE), "target", "release", "heapsift"))
INTERVAL = 32 << 10
NEARLY = 0.1
YES, NEAR, NOT_GIVEN = "yes", "nearly", "**not given**"
MB = 1 << 20


def install(folder):
    """Puts programs and their packages into a folder; none of these runs a script as it is installed."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(SOURCES):
        shutil.copy(os.path.join(SOURCES, name), folder)
    if not os.path.exists(os.path.join(folder, "node_modules")):
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)


def variants(folder, program):
    code = "const { after } = require(process.argv[1]); console.log(JSON.stringify(Object.keys(after))); process.exit()"
    done = subprocess.run(["node", "-e", code, os.path.join(folder, program)], capture_output=True, text=True, check=True)
    return ["before", *json.loads(done.stdout)]


def capture(folder, program, variant, run):
    captures = os.path.join(os.path.dirname(folder), "captures")
    os.makedirs(captures, exist_ok=True)
    path = os.path.join(captures, f"{program[:-4]}.{variant.replace(' ', '-')}.{run}.heapprofile")
    if not os.path.exists(path):
        command = ["node", f"--random-seed={run}", "--expose-gc", "--max-old-space-size=4096", "capture.cjs", program, variant, path, str(INTERVAL)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        if done.returncode or not os.path.exists(path):
            sys.exit(f"{program}, {variant}: node failed:\n{done.stderr}")
    return path


def report(path):
    done = subprocess.run([HEAPSIFT, "report", "-q", "-f", "json", "--no-rules", "--interval", str(INTERVAL), path], capture_output=True, check=True)
    return json.loads(done.stdout)


def mean(values):
    return sum(values) / len(values)


def error(totals):
    """The standard error of a mean of totals: by the sampling, or as they really differ, whichever is larger."""
    sampled = math.sqrt(INTERVAL * mean(totals) / len(totals))
    if len(totals) < 2:
        return sampled
    variance = sum((total - mean(totals)) ** 2 for total in totals) / (len(totals) - 1)
    return max(sampled, math.sqrt(variance / len(totals)))


def promised(reports, rules):
    """What is promised by any of these rules: low, high, of how much, and the first place in the list; of all captures the middle. None where one has none of them."""
    rows = []
    for told in reports:
        own = [row for row in told["recommendations"] if row["rule"] in rules]
        if not own:
            return None
        alone = [row.get("alone", row["saving"]) for row in own]
        # Two that overlap save at least what they do beside each other.
        low = alone[0]["low"] if len(own) == 1 else sum(row["saving"]["low"] for row in own)
        high = min(sum(row["high"] for row in alone), told["summary"]["total_size"])
        rows.append((low, high, sum(row["matched_size"] for row in own), min(row["priority"] for row in own)))
    return [mean(column) for column in zip(*rows)]


def verdict(saved, noise, low, high):
    least, most = saved - 2 * noise, saved + 2 * noise
    if least <= high and most >= low:
        return YES
    if least <= high + NEARLY * saved and most >= low - NEARLY * saved:
        return NEAR
    return "**more**" if saved > high else "**less**"


def measure(program, captures):
    """A row for each variant of a program; `captures` are those of each variant."""
    before = [report(path) for path in captures["before"]]
    totals = {name: [report(path)["summary"]["total_size"] for path in paths] for name, paths in captures.items()}
    rows = []
    for variant in list(captures)[1:]:
        saved = mean(totals["before"]) - mean(totals[variant])
        noise = math.hypot(error(totals["before"]), error(totals[variant]))
        range_ = promised(before, variant.split()[0].split("+"))
        within = verdict(saved, noise, *range_[:2]) if range_ else NOT_GIVEN
        rows.append({"program": program[:-4], "variant": variant, "total": mean(totals["before"]), "saved": saved, "noise": noise, "range": range_, "within": within})
    return rows


def line(row):
    size = lambda bytes_: f"{bytes_ / MB:.2f}" if abs(bytes_) < 10 * MB else f"{bytes_ / MB:.1f}"
    cells = [row["program"], row["variant"], size(row["total"])]
    if row["range"]:
        low, high, of, place = row["range"]
        cells += [f"{size(low)} to {size(high)} of {size(of)}", f"{place:.0f}"]
    else:
        cells += ["-", "-"]
    cells += [f"{size(row['saved'])} ± {size(row['noise'])}"]
    cells += [row["within"]]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--at-most", type=int, default=4)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        top = os.path.abspath(args.dir or temporary)
        folder = os.path.join(top, "packages")
        install(folder)
        programs = sorted(name for name in os.listdir(SOURCES) if name.endswith(".cjs") and name not in HELPERS)
        programs = [name for name in programs if not args.names or any(part in name for part in args.names)]
        known = {program: variants(folder, program) for program in programs}
        wanted = [(program, variant, run) for program in programs for variant in known[program] for run in range(args.runs)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            paths = dict(zip(wanted, pool.map(lambda key: capture(folder, *key), wanted)))
        rows = []
        print("| program | followed | all, MB | promised, MB | place | saved, MB | within |\n|---|---|---:|---:|---:|---:|---|")
        for program in programs:
            captures = {variant: [paths[program, variant, run] for run in range(args.runs)] for variant in known[program]}
            for row in measure(program, captures):
                rows.append(row)
                print(line(row), flush=True)
    count = lambda verdict: sum(row["within"] == verdict for row in rows)
    missed = len(rows) - count(YES) - count(NEAR)
    ends = [row["range"][:2] for row in rows if row["range"]]
    width = statistics.median(low / high for low, high in ends) if ends else math.nan
    print(f"\n{count(YES)} of {len(rows)} ranges have what was saved, {count(NEAR)} nearly, {missed} miss it. The middle one begins at {width:.0%} of its end.")
    sys.exit(1 if missed > args.at_most or count(NOT_GIVEN) else 0)


if __name__ == "__main__":
    main()
