#!/usr/bin/env python3
"""Measures what docs/trend.md says: false alarms and power of the trend by simulation, and series of a small service.

    experiments/trend.py simulate   (400 series a row; writes docs/trend/power.csv and power.svg; wants matplotlib)
    experiments/trend.py capture FOLDER      (series of a service with and without a leak; Node 20, NODE_PATH to xprofiler)
"""

import csv
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Series 0 to 99 are those on which the rules were settled: they are not measured.
SERIES, FIRST = "400", "100"
PICTURE = ROOT / "docs/trend/power.svg"


def simulate():
    command = ["cargo", "run", "--release", "--example", "trend_simulation", SERIES, FIRST]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.with_suffix(".csv").write_text(text)
    draw()


def draw():
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "heapsift"
    from matplotlib import pyplot

    rows = list(csv.DictReader(PICTURE.with_suffix(".csv").open()))
    figure, places = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for place, kind in zip(places, ["growing", "restarted"]):
        for dumps in ["4", "6", "12"]:
            points = [row for row in rows if row["kind"] == kind and row["dumps"] == dumps]
            leaks = [float(row["leak"]) for row in points]
            found = [100 * int(row["found_first"]) / int(row["series"]) for row in points]
            place.plot(leaks, found, marker="o", label=f"{dumps} dumps")
        place.set_title({"growing": "one session, read repeatedly", "restarted": "a session for each dump"}[kind])
        place.set_xlabel("leak, sampling intervals a dump")
        place.axhline(90, color="grey", linewidth=0.5)
        place.legend(loc="lower right")
    places[0].set_ylabel("series in which the leak is the first suspect, %")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})


def capture(folder):
    service = str(ROOT / "experiments/trend/service.cjs")
    sessions = "10,10,10,10,10,10,40"
    runs = [
        ("inspector-leak", "inspector", "6", "8", "60000", "1"),
        ("inspector-none", "inspector", "6", "8", "0", "1"),
        ("inspector-leak-large", "inspector", "8", "8", "200000", "1"),
        ("inspector-none-long", "inspector", "8", "8", "0", "3"),
        ("xprofiler-leak", "xprofiler", "7", sessions, "700000", "1"),
        ("xprofiler-none", "xprofiler", "7", sessions, "0", "7"),
    ]
    for name, writer, *arguments in runs:
        subprocess.run(["node", service, writer, str(Path(folder) / name), *arguments], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate()
    elif sys.argv[1:2] == ["draw"]:
        draw()
    elif sys.argv[1:2] == ["capture"] and len(sys.argv) == 3:
        capture(sys.argv[2])
    else:
        sys.exit(__doc__)
