#!/usr/bin/env python3
"""Shows that --max-memory holds.

It writes profiles with many functions, deep ones and ones made to mislead, in both layouts, and reads each in every way (mapped, --no-mmap,
standard input, gzip, zstd, as text, Markdown and JSON, on 1, 2 and 8 threads, twice in one run, beside a CPU profile) with limits from 16 MiB up. It compares them as well (`diff` with one file a side
and several, `check`, `baseline`), which is done of whole files or not at all.
It fails unless

* the peak resident memory of the process is at most the limit,
* a higher limit never reads less than a lower one,
* a file is read whole with 1.25 times what it takes without a limit and 4 MiB more,
* the memory that is named where a file does not fit is enough, and on files whose call frames come evenly at most 1.5 times the least that is,
* the memory that is named where all files fit and the comparison does not is enough.

At the end it prints how much of the limit was used: by reports of files that do not fit, and by comparisons with the memory that was named.

Usage: experiments/max_memory.py [--size 60MB] [--quick] [--dir DIR]
It needs gzip and zstd on the PATH, and takes about ten minutes.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

MIB = 1 << 20

# Run in an interpreter of its own: until a child calls exec, its peak is that of the process it was forked from.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(code, peak, file=sys.stderr)
"""

LIMITS = [16, 17, 18, 20, 22, 24, 28, 32, 33, 40, 48, 56, 64, 65, 72, 80, 84, 96, 112, 128, 192, 256]


def run(command, stdin=None):
    """Runs a command; gives its exit code, its output, what it said, and its peak resident memory in bytes."""
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER]
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    done = subprocess.run(launcher + command, stdin=source, capture_output=True)
    *said, last = done.stderr.decode().strip().split("\n")
    code, peak = map(int, last.split())
    return code, done.stdout, "\n".join(said), peak


def nested(path, size, frame):
    """A profile of one path, `size` bytes long."""
    count, written, close = 0, 0, b"]}"
    with open(path, "wb") as file:
        file.write(b'{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},')
        file.write(b'"selfSize":0,"id":0,"children":[')
        while written < size:
            node = b'{"callFrame":%s,"selfSize":8,"id":%d,"children":[' % (frame(count), count + 1)
            written += file.write(node) + len(close)
            count += 1
        file.write(close * (count + 1))
        file.write(b"}")


def call_frame(name, url):
    return b'{"functionName":"%s","scriptId":"7","url":"%s","lineNumber":3,"columnNumber":4}' % (name, url)


def flat(path, size, frame):
    """A profile of leaves."""
    written, count = 0, 0
    with open(path, "wb") as file:
        file.write(b'{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},')
        file.write(b'"selfSize":0,"id":0,"children":[')
        while written < size:
            comma = b"," if count else b""
            written += file.write(b'%s{"callFrame":%s,"selfSize":8,"id":%d,"children":[]}' % (comma, frame(count), count + 1))
            count += 1
        file.write(b"]}}")


def of_other_functions(text):
    """The same text with other names of functions, but the root's, and other urls."""
    return re.sub(rb'("functionName": *")(?!\()', rb"\1o", text).replace(b"/srv/", b"/opt/")


def cpu_profile(path, nodes, samples):
    """A CPU profile in the shape of the inspector."""
    frame = '{"id":%d,"callFrame":{"functionName":"f%d","scriptId":"7","url":"/srv/app/%d.js","lineNumber":%d,"columnNumber":4},"hitCount":1}'
    with open(path, "w") as file:
        file.write('{"nodes":[' + ",".join(frame % (i + 1, i % 5000, i % 50, i % 300) for i in range(nodes)))
        file.write('],"samples":[' + ",".join(str(i * 7919 % nodes + 1) for i in range(samples)))
        file.write('],"timeDeltas":[' + ",".join(str(100 + i % 7) for i in range(samples)) + "]}")


class Check:
    def __init__(self, heapsift):
        self.heapsift = heapsift
        self.failures = []
        self.used = {"reports that do not fit": [], "comparisons": []}

    def use(self, what, limit, peak):
        self.used[what].append((peak / MIB / limit, limit))

    def read(self, label, args, limit, stdin=None):
        command = [self.heapsift] + args + (["--max-memory", f"{limit}M"] if limit else [])
        code, output, said, peak = run(command, stdin)
        if limit and peak > limit * MIB:
            self.failures.append(f"{label}, {limit} MiB: peak {peak / MIB:.1f} MiB")
        if code not in (0, 2):
            self.failures.append(f"{label}, {limit} MiB: exit code {code}: {said}")
        share = re.search(r"after (\d+) %", said)
        # Beside it a CPU profile may not fit.
        named = [int(number) for number in re.findall(r"about (\d+) MiB", said)]
        read = int(share.group(1)) if share else 100 if code == 0 or "read to its end" in said else None
        if limit and code == 2:
            self.use("reports that do not fit", limit, peak)
        return peak, read, max(named, default=None), output

    def offset(self, output):
        file = json.loads(output)["file"]
        return file["bytes"] if file["complete"] else file["truncated_at"]

    def compared(self, label, args, limits):
        """Compares with each limit and prints a row of each: all files are compared whole, or none is."""
        free, _, _, _ = self.read(label, args, None)
        cells, names, is_done = [], [], False
        for limit in limits:
            code, output, said, peak = run([self.heapsift] + args + ["--max-memory", f"{limit}M"])
            named = re.search(r"about (\d+) MiB", said)
            cells.append(f"{limit}: {peak / MIB:.1f}, " + ("done" if code == 0 else "not") + (f" -> {named.group(1)}" if named else ""))
            if peak > limit * MIB:
                self.failures.append(f"{label}, {limit} MiB: peak {peak / MIB:.1f} MiB")
            if code not in (0, 2) or (code == 2) != (not output):
                self.failures.append(f"{label}, {limit} MiB: exit code {code}, {len(output)} bytes: {said}")
            if is_done and code != 0:
                self.failures.append(f"{label}, {limit} MiB: does not fit, though it does with less")
            is_done |= code == 0
            if named and "all files had been read" in said:
                names.append(int(named.group(1)))
            if is_done and limit > 1.3 * free / MIB:
                break
        for named in names[-1:]:
            code, _, _, peak = run([self.heapsift] + args + ["--max-memory", f"{named}M"])
            if code != 0 or peak > named * MIB:
                self.failures.append(f"{label}: with {named} MiB, as named, exit code {code}, peak {peak / MIB:.1f} MiB")
            self.use("comparisons", named, peak)
        print(f"| {label} | {free / MIB:.1f} | {'; '.join(cells)} |", flush=True)

    def tell_use(self):
        """Prints how much of the limit was used."""
        for what, used in self.used.items():
            for below, above in ((16, 24), (24, 48), (48, 1 << 20)):
                shares = sorted(share for share, limit in used if below <= limit < above)
                if shares:
                    least, median, most = shares[0], shares[len(shares) // 2], shares[-1]
                    limits = f"limits from {below} MiB" + (f" to {above}" if above < 1 << 20 else "")
                    print(f"{what}, {limits}: {least:.0%} to {most:.0%} of it used, median {median:.0%} of {len(shares)}")

    def rows(self, label, args, limits, stdin=None, even=False):
        """Reads with each limit and prints a row of each."""
        free, _, _, _ = self.read(label, args, None, stdin)
        before, names, least = 0, [], None
        cells = []
        for limit in limits:
            peak, read, named, output = self.read(label, args, limit, stdin)
            cells.append(f"{limit}: {peak / MIB:.1f}, " + ("?" if read is None else f"{read} %") + (f" -> {named}" if named else ""))
            if "json" in args and output and len(args) < 8:
                offset = self.offset(output)
                if offset < before:
                    self.failures.append(f"{label}, {limit} MiB: read {offset}, with less {before}")
                before = offset
            if read == 100 and least is None:
                least = limit
            if read is not None and read < 100 and limit * MIB >= 1.25 * free + 4 * MIB:
                self.failures.append(f"{label}, {limit} MiB: {read} %, though it takes {free / MIB:.1f} MiB without a limit")
            if named:
                names.append((limit, named))
            if read == 100 and limit > 1.3 * free / MIB:
                break
        for limit, named in sorted(names, key=lambda pair: pair[1])[:1]:
            _, read, _, _ = self.read(label, args, named, stdin)
            if read != 100:
                self.failures.append(f"{label}: {named} MiB, named at {limit} MiB, read {read} %")
        if even and names and least:
            limit, most = max(names, key=lambda pair: pair[1])
            if most > 1.5 * least:
                self.failures.append(f"{label}: {most} MiB, named at {limit} MiB, where {least} are enough")
        print(f"| {label} | {free / MIB:.1f} | {'; '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="60MB")
    parser.add_argument("--quick", action="store_true", help="fewer limits")
    parser.add_argument("--dir", help="where to put the files [default: a temporary folder]")
    parser.add_argument("--no-build", action="store_true", help="take what is built")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not args.no_build:
        build = ["cargo", "build", "--release", "--bin", "heapsift", "--example", "generate", "--example", "adversarial"]
        subprocess.run(build, cwd=root, check=True)
    target = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target")), "release")
    folder = args.dir or tempfile.mkdtemp(prefix="max-memory-")
    os.makedirs(folder, exist_ok=True)
    size = int(args.size.removesuffix("MB")) * MIB
    limits = LIMITS[::3] if args.quick else LIMITS
    path = lambda name: os.path.join(folder, name)

    files = {}
    for layout in ("inspector", "xprofiler"):
        for functions in (30_000, 1_000_000):
            name = f"{layout}-{functions}"
            command = [os.path.join(target, "examples", "generate"), "--layout", layout, "--size", args.size]
            subprocess.run(command + ["--functions", str(functions), "-o", path(name)], check=True, stderr=subprocess.DEVNULL)
            files[name] = False  # functions repeat: the first parts of a file bring most
    for kind in ("every_frame_another", "chain_of_late_frames", "equal_ends", "children_first", "flat", "sizes_last"):
        with open(path(kind), "wb") as file:
            subprocess.run([os.path.join(target, "examples", "adversarial"), kind, str(size // 2)], stdout=file, check=True)
        files[kind] = kind == "every_frame_another"
    nested(path("chain"), size // 2, lambda i: call_frame(b"f", b"/srv/app/a.js"))
    nested(path("chain-of-new"), size // 2, lambda i: call_frame(b"f%d" % i, b"/srv/app/a.js"))
    flat(path("short-frames"), size // 4, lambda i: b'{"functionName":"%x"}' % i)
    flat(path("packages"), size // 4, lambda i: call_frame(b"f", b"/srv/node_modules/p%d/i.js" % i))
    flat(path("long-names"), size // 2, lambda i: call_frame(b"x" * 3000 + b"%d" % i, b"/srv/app/a.js"))
    flat(path("escaped"), size // 4, lambda i: call_frame(b"\\u00e9\\ud800" + b"%d" % i, b"/srv/app/a.js"))
    files |= {"chain": True, "chain-of-new": True, "short-frames": True, "packages": True, "long-names": True, "escaped": True}

    check = Check(os.path.join(target, "heapsift"))
    print("| file | without | limit: peak, read -> named (MiB) |")
    print("|---|---|---|")
    for name, even in files.items():
        for threads in ("1", "2", "8"):
            check.rows(f"{name}, {threads} threads", ["-f", "json", "--threads", threads, path(name)], limits, even=even)
    cpu, many = path("cpu"), path("many-cpu")
    cpu_profile(cpu, 20_000, 200_000)
    cpu_profile(many, 300_000, 3_000_000)
    for name in ("inspector-1000000", "inspector-30000", "every_frame_another"):
        file = path(name)
        subprocess.run(["gzip", "-1", "--keep", "--force", file], check=True)
        subprocess.run(["zstd", "-1", "-q", "--force", file], check=True)
        subprocess.run(["zstd", "-19", "-q", "--force", file, "-o", file + ".19.zst"], check=True) if not args.quick else None
        some = limits[::2]
        json_ = ["-f", "json"]
        check.rows(f"{name}, --no-mmap", json_ + ["--no-mmap", file], some, even=files[name])
        check.rows(f"{name}, standard input", json_ + ["-"], some, stdin=file)
        check.rows(f"{name}, gzip", json_ + [file + ".gz"], some)
        check.rows(f"{name}, zstd", json_ + [file + ".zst"], some)
        if not args.quick:
            check.rows(f"{name}, zstd -19", json_ + [file + ".19.zst"], some)
        check.rows(f"{name}, text", ["-f", "text", "-n", "0", file], some)
        check.rows(f"{name}, Markdown", ["-f", "markdown", "-n", "0", "--threads", "8", file], some)
        check.rows(f"{name}, three times", json_ + [file, file, file, "--threads", "2", "--stacks", "100"], some)
        check.rows(f"{name}, with a CPU profile", json_ + [file, "--cpu", cpu, "--threads", "2", "--stacks", "20"], some)
        check.rows(f"{name}, with a large CPU profile", json_ + [file, "--cpu", many, "--threads", "8", "--stacks", "20"], some)
    # Of each kind a second file with other functions; and beside itself.
    more = [1.5 * limit for limit in limits if limit >= 128]
    for name in files:
        small, other = path("small-" + name), path("other-" + name)
        with open(path(name), "rb") as file:
            text = file.read()
        cut = text[: len(text) // 4]
        for target_path, content in ((small, cut), (other, of_other_functions(cut))):
            with open(target_path, "wb") as file:
                file.write(content)
        given = ["--allow-truncated", "--interval", "512K", "-q"]
        all_limits = limits + [int(limit) for limit in more]
        check.compared(f"diff, {name}", ["diff", "-f", "json", small, other] + given, all_limits)
        check.compared(f"diff, {name} beside itself", ["diff", "-f", "markdown", "-n", "0", small, small] + given, all_limits)
        check.compared(f"diff, {name}, two before", ["diff", "-f", "text", "--before", small, other, "--after", small] + given, all_limits)
        check.compared(f"diff --merge, {name}", ["diff", "--merge", "-f", "json", "--before", small, other, "--after", small] + given, all_limits)
        check.compared(f"check, {name}", ["check", "-f", "json", "--rule", "total < 1000GB", small, other] + given, all_limits)
        check.compared(f"baseline, {name}", ["baseline", small, other] + given, all_limits)
    if not args.dir:
        shutil.rmtree(folder, ignore_errors=True)
    check.tell_use()
    for failure in check.failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
