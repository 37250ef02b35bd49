"""What the experiments that measure time share."""

import os
import subprocess
import tempfile
import time


def settle(path):
    """Puts a file into the page cache in the same way each time: dropped, then read once in blocks of 1 MiB."""
    with open(path, "rb", buffering=0) as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        block = bytearray(1 << 20)
        while file.readinto(block):
            pass


def timed(command):
    """Runs a command; gives the seconds it took, those that its threads computed, and its output."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return seconds, usage.ru_utime + usage.ru_stime, output.read()


def built(root, *programs, target=None):
    """Builds programs for release; gives the folder they are in."""
    target = target or os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))
    subprocess.run(["cargo", "build", "--release", "--target-dir", target, *programs], cwd=root, check=True)
    return os.path.join(target, "release")
