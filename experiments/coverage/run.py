#!/usr/bin/env python3
"""Measures whether the error bars of a report hold the truth, with a program whose live memory is known (program.cjs).

`measure` runs the plan below and writes data.csv: a line for each run and function, with the truth and the profile's estimate.
`tables` reads data.csv, prints the tables of docs/sampling.md and draws its pictures. What they mean stands there.

The truth is what the same program gives with a sampling interval of 1, at which V8 samples every allocation, less what that is known to
count twice (`excess` in program.cjs). The size of a function is its total size: what it allocated itself, and the natives that it called.

Usage: experiments/coverage/run.py measure [--node node]      needs Node 20, 2 GB of memory and eight idle minutes
       experiments/coverage/run.py tables                     needs scipy and matplotlib
"""

import argparse
import collections
import csv
import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "program.cjs")
DATA = os.path.join(HERE, "data.csv")
PICTURES = os.path.join(HERE, "..", "..", "docs", "sampling")

# The plan, fixed before anything was measured. The functions of a run (cases of a cell: 32 functions by 22 runs) are in program.cjs.
INTERVALS_KIB = (4, 16, 32, 128, 512)
MODES = ("flag", "api")  # node --heap-prof, and HeapProfiler.startSampling of node:inspector
RUNS = 22  # in each of the ten cells: 220 in all
TRUTH_SEEDS = (1, 2, 3)  # the truth is measured with each, and must come out the same

# Code is optimised at the same iteration in every run, whatever the interval. Otherwise it depends on the clock, and with it the
# mementos that code which is not yet optimised adds to literals: then the truth would not be one number.
NODE_FLAGS = ("--no-concurrent-recompilation", "--max-old-space-size=4096")

GROUPS = {"s": "small", "r": "recurring", "l": "large"}
COLUMNS = ("interval_kib", "mode", "seed", "function", "group", "truth", "estimate")
FEW = 20  # expected samples below which a report gives Poisson limits
ZERO_LIMIT = 3.69  # the upper limit, in sampling intervals, where no sample was seen


def seed_of(cell, run):
    """The seeds of cell 0 are 101 to 122, of cell 1 201 to 222, and so on: no two runs share one."""
    return 100 * (cell + 1) + run


def cells():
    return enumerate((kib, mode) for kib in INTERVALS_KIB for mode in MODES)


# Measuring


def profile(node, scale, mode, interval, seed):
    """Runs the program once; gives the profile."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.heapprofile")
        command = [node, *NODE_FLAGS, f"--random-seed={seed}"]
        if mode == "flag":
            command += ["--heap-prof", f"--heap-prof-interval={interval}", f"--heap-prof-dir={folder}", "--heap-prof-name=x.heapprofile"]
            command += [PROGRAM, "keep", str(scale)]
        else:
            command += [PROGRAM, "keep", str(scale), str(interval), path]
        subprocess.run(command, check=True)
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def sizes(heap_profile, urls):
    """The total size of each function, by its url."""
    sums = dict.fromkeys(urls, 0)
    open_nodes = [(heap_profile["head"], None)]
    while open_nodes:
        node, inside = open_nodes.pop()
        inside = inside or (node["callFrame"]["url"] if node["callFrame"]["url"] in sums else None)
        if inside:
            sums[inside] += node["selfSize"]
        open_nodes += [(child, inside) for child in node["children"]]
    return sums


def measure(node):
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"Node {version}", file=sys.stderr)
    with open(DATA, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        arithmetic = collections.defaultdict(list)
        for cell, (kib, mode) in cells():
            scale = 1024 * kib
            plan = json.loads(subprocess.run([node, PROGRAM, "plan", str(scale)], check=True, capture_output=True).stdout)
            urls = [function["url"] for function in plan]
            truths = [sizes(profile(node, scale, mode, 1, seed), urls) for seed in TRUTH_SEEDS]
            if any(truth != truths[0] for truth in truths):
                sys.exit(f"{kib} KiB, {mode}: the truth depends on the seed")
            truth = {function["url"]: truths[0][function["url"]] - function["excess"] for function in plan}
            for function in plan:
                arithmetic[function["name"].split("-")[0]].append((truth[function["url"]] - function["bytes"], function["bytes"]))
            seen = []
            for run in range(1, RUNS + 1):
                seed = seed_of(cell, run)
                estimates = sizes(profile(node, scale, mode, scale, seed), urls)
                seen.append(tuple(estimates.values()))
                for function in plan:
                    url = function["url"]
                    out.writerow((kib, mode, seed, function["name"], function["group"][0], truth[url], estimates[url]))
            again = sizes(profile(node, scale, mode, scale, seed_of(cell, 1)), urls)
            same = "the same" if tuple(again.values()) == seen[0] else "another"
            print(f"{kib} KiB, {mode}: {len(set(seen))} different results of {RUNS} seeds; seed {seed_of(cell, 1)} again gives {same}", file=sys.stderr)
    print("Truth by sampling all, against arithmetic:", file=sys.stderr)
    for kind, pairs in arithmetic.items():
        differences = [difference for difference, _ in pairs]
        share = sum(differences) / sum(size for _, size in pairs)
        print(f"  {kind}: {min(differences):+,} to {max(differences):+,} bytes, {100 * share:+.2f} % in all", file=sys.stderr)


# Evaluating


class Case:
    """A function in a run: what a report says of it, and what is true."""

    def __init__(self, row, limits):
        self.interval, self.mode, self.seed = 1024 * int(row["interval_kib"]), row["mode"], int(row["seed"])
        self.function, self.group = row["function"], GROUPS[row["group"]]
        self.truth, self.estimate = int(row["truth"]), int(row["estimate"])
        self.expected = self.truth / self.interval
        error = math.sqrt(self.interval * self.estimate)
        self.by_errors = abs(self.truth - self.estimate) <= 2 * error
        samples = self.estimate / self.interval
        if samples < FEW:
            low, high = limits(samples)
            self.covered = low * self.interval <= self.truth <= high * self.interval
        else:
            self.covered = self.by_errors


def garwood():
    """The exact 95 % limits of a Poisson mean, for a count that need not be whole."""
    from scipy.stats import chi2

    known = {}

    def limits(n):
        if n not in known:
            low = chi2.ppf(0.025, 2 * n) / 2 if n > 0 else 0.0
            known[n] = low, chi2.ppf(0.975, 2 * n + 2) / 2
        return known[n]

    return limits


def read():
    limits = garwood()
    with open(DATA, encoding="utf-8", newline="") as file:
        return [Case(row, limits) for row in csv.DictReader(file)]


def share(cases, what="covered"):
    """`98.1 % of 330`."""
    cases = list(cases)
    if not cases:
        return "-"
    return f"{100 * sum(getattr(case, what) for case in cases) / len(cases):.1f} % of {len(cases):,}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


MANY_KIND = (
    ("20 and more expected", lambda case: case.expected >= FEW),
    ("below 20 expected", lambda case: case.expected < FEW),
    ("of these, none seen", lambda case: case.expected < FEW and case.estimate == 0),
)
BINS = (0, 0.25, 0.5, 1, 2, 3.5, 5, 10, 15, 20, 25, 50, 100, 300, math.inf)


def bins(cases):
    for low, high in zip(BINS, BINS[1:]):
        inside = [case for case in cases if low <= case.expected < high]
        if inside:
            yield low, high, inside


def mean_ratio(cases):
    """Mean of estimate by truth, with its standard error."""
    ratios = [case.estimate / case.truth for case in cases]
    mean = sum(ratios) / len(ratios)
    return mean, math.sqrt(sum((ratio - mean) ** 2 for ratio in ratios) / (len(ratios) - 1) / len(ratios))


def by_size(cases):
    """Cases of large objects by their size in R."""
    groups = collections.defaultdict(list)
    for case in cases:
        groups[float(case.function.split("-")[1].rstrip("R"))].append(case)
    return sorted(groups.items())


def expected_bias(size):
    """What V8's rounding does to the mean of one object of `size` R."""
    p = 1 - math.exp(-size)
    return p * math.floor(1 / p + 0.5) - 1


def tables(cases):
    fit = [case for case in cases if case.group != "large"]
    large = [case for case in cases if case.group == "large"]
    runs = len({case.seed for case in cases})
    print(f"{runs} runs, {len(cases):,} cases.\n")

    head = ["", *(name for name, _ in MANY_KIND)]
    rows = [[f"{kib} KiB", *(share(c for c in fit if c.interval == 1024 * kib and test(c)) for _, test in MANY_KIND)] for kib in INTERVALS_KIB]
    rows += [[{"flag": "`--heap-prof`", "api": "inspector"}[mode], *(share(c for c in fit if c.mode == mode and test(c)) for _, test in MANY_KIND)] for mode in MODES]
    rows += [[{"small": "objects below R/10", "recurring": "larger, recurring"}[group], *(share(c for c in fit if c.group == group and test(c)) for _, test in MANY_KIND)] for group in ("small", "recurring")]
    rows += [["**all**", *(f"**{share(c for c in fit if test(c))}**" for _, test in MANY_KIND)]]
    table(head, rows)

    table(
        ["expected samples", "report", "±2 errors alone"],
        ([f"{low:g} to {high:g}" if high < math.inf else f"from {low:g}", share(inside), share(inside, "by_errors")] for low, high, inside in bins([c for c in fit if c.group == "small"])),
    )

    rows = []
    for size, inside in by_size(large):
        mean, error = mean_ratio(inside)
        rows.append([f"{size:g} R", f"{100 * expected_bias(size):+.0f} %", f"{100 * (mean - 1):+.1f} % ± {100 * error:.1f}", share(inside)])
    table(["ten objects of about", "rounding: expected", "measured", "report holds the truth"], rows)

    rows = []
    for function in dict.fromkeys(case.function for case in fit if case.group == "recurring"):
        inside = [case for case in fit if case.group == "recurring" and case.function == function]
        mean, error = mean_ratio(inside)
        kind, label = function.split("-")
        size, count = label.split("Rx")
        rows.append([f"{count} {kind} of {size} R", f"{100 * (mean - 1):+.1f} % ± {100 * error:.1f}", share(inside)])
    table(["recurring", "estimate against truth", "report holds the truth"], rows)

    small = [case for case in fit if case.group == "small"]
    kinds = collections.defaultdict(list)
    for case in small:
        kinds[case.function.split("-")[0]].append(case)
    rows = []
    for kind, inside in kinds.items():
        expected = sum(case.expected for case in inside)
        seen = sum(case.estimate / case.interval for case in inside)
        rows.append([kind, f"{expected:,.0f}", f"{100 * (seen / expected - 1):+.1f} % ± {100 / math.sqrt(expected):.1f}"])
    table(["below R/10", "expected samples", "estimate against truth"], rows)

    total = sum(c.estimate for c in small) / sum(c.truth for c in small) - 1
    worst = sorted(deviations(small), key=lambda pair: -abs(pair[0]))
    within = sum(abs(z) <= 2 for z, _ in worst)
    print(f"Small objects: all estimates against all truths {100 * total:+.2f} %. Mean of a function's estimates in a cell against its truth, in errors "
          f"of that mean: within 2 in {within} of {len(worst)}; largest {worst[0][0]:+.1f} ({worst[0][1]}).")
    spread = [(c.estimate - c.truth) ** 2 / (c.interval * c.truth) for c in small]
    print(f"Variance by R X, small objects: {sum(spread) / len(spread):.3f}.")
    recurring = [(c.estimate - c.truth) ** 2 / (c.interval * c.truth) for c in fit if c.group == "recurring"]
    print(f"The same, recurring: {sum(recurring) / len(recurring):.3f}.")
    none = [case.estimate == 0 for case in fit if ZERO_LIMIT < case.expected < FEW]
    print(f"Functions above {ZERO_LIMIT} R and below {FEW} R: none seen in {sum(none)} of {len(none):,} cases.")
    for name, test in MANY_KIND[:2]:
        ties = [abs(a.estimate - b.estimate) <= 2 * math.sqrt(a.interval * (a.estimate + b.estimate)) for a, b in pairs(fit) if test(a)]
        print(f"Two runs of one function, {name}: called equal in {100 * sum(ties) / len(ties):.1f} % of {len(ties):,} pairs.")
    results = collections.defaultdict(list)
    for case in cases:
        results[case.seed].append(case.estimate)
    print(f"Different results: {len(set(map(tuple, results.values())))} of {runs} runs.")


def deviations(cases):
    """For each function of a cell: how far the mean of its estimates is from the truth, in standard errors of that mean."""
    groups = collections.defaultdict(list)
    for case in cases:
        groups[case.interval, case.mode, case.function].append(case)
    for (interval, mode, function), inside in groups.items():
        truth = inside[0].truth
        mean = sum(case.estimate for case in inside) / len(inside)
        yield (mean - truth) / math.sqrt(interval * truth / len(inside)), f"{function}, {interval // 1024} KiB, {mode}"


def pairs(cases):
    """Runs 1 and 2, 3 and 4, … of a cell: the same function, the same truth, other samples."""
    known = {(case.seed, case.group, case.function): case for case in cases}
    for case in cases:
        if case.seed % 2 == 1:
            yield case, known[case.seed + 1, case.group, case.function]


# Pictures


def pictures(cases):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "heapsift", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot
    from scipy.stats import poisson

    os.makedirs(PICTURES, exist_ok=True)
    save = {"format": "svg", "metadata": {"Date": None, "Creator": None}, "bbox_inches": "tight"}

    figure, axes = pyplot.subplots(figsize=(6.4, 3.4))
    for marker, colour, what, label in (("o", "#1f5fa8", "covered", "what a report gives"), ("x", "#b5482f", "by_errors", "±2 errors alone")):
        points = []
        for _, _, inside in bins([case for case in cases if case.group == "small"]):
            held = sum(getattr(case, what) for case in inside) / len(inside)
            middle = math.exp(sum(math.log(case.expected) for case in inside) / len(inside))
            points.append((middle, 100 * held, 100 * math.sqrt(held * (1 - held) / len(inside))))
        axes.errorbar(*zip(*((x, y) for x, y, _ in points)), yerr=[2 * e for _, _, e in points], fmt=marker, color=colour, label=label, ms=4.5, lw=1)
    grid = [10 ** (i / 40) for i in range(-40, 121)]
    theory = []
    for mean in grid:
        counts = range(1 + int(mean + 12 * math.sqrt(mean) + 12))
        theory.append(100 * sum(poisson.pmf(n, mean) for n in counts if abs(n - mean) <= 2 * math.sqrt(n)))
    axes.plot(grid, theory, color="#b5482f", lw=0.7, alpha=0.6, label="±2 errors, computed")
    axes.axhline(95, color="#666666", lw=0.8, ls="--")
    axes.axhline(93, color="#666666", lw=0.8, ls=":")
    axes.axvline(FEW, color="#bbbbbb", lw=0.8)
    axes.set(xscale="log", ylim=(0, 102), xlabel="expected samples (size by sampling interval)", ylabel="holds the truth (%)")
    axes.set_xticks([0.1, 1, 10, 20, 100, 1000], ["0.1", "1", "10", "20", "100", "1000"])
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(os.path.join(PICTURES, "coverage.svg"), **save)

    figure, axes = pyplot.subplots(figsize=(6.4, 3.0))
    grid = [0.1 + i * 0.005 for i in range(int(3.2 / 0.005))]
    axes.plot(grid, [100 * expected_bias(size) for size in grid], color="#666666", lw=0.9, label="rounding, computed")
    means = [(size, *mean_ratio(inside)) for size, inside in by_size([case for case in cases if case.group == "large"])]
    axes.errorbar([m[0] for m in means], [100 * (m[1] - 1) for m in means], yerr=[200 * m[2] for m in means], fmt="o", color="#1f5fa8", ms=4.5, lw=1, label="measured")
    axes.axhline(0, color="#bbbbbb", lw=0.8)
    axes.set(xlabel="size of an object (sampling intervals)", ylabel="estimate against truth (%)", ylim=(-40, 40))
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(os.path.join(PICTURES, "large.svg"), **save)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("measure", "tables"))
    parser.add_argument("--node", default="node", help="the Node to measure")
    arguments = parser.parse_args()
    if arguments.what == "measure":
        measure(arguments.node)
    else:
        cases = read()
        tables(cases)
        pictures(cases)


if __name__ == "__main__":
    main()
