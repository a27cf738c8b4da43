"""How the cost of a query grows with files, hours, windows and bands.

    cargo build --release
    python3 bench/scale.py FOLDER [files|hours|windows|bands ...]     # FOLDER: somewhere in a tmpfs; it is filled and emptied

Prints tables for docs/archive.md: seconds, and the largest resident set of each process in MiB, each of one run.
"""

import os
import shutil
import subprocess
import sys
import time

from cluster import Cluster, here, program

root = sys.argv[1]
wanted = sys.argv[2:] or ["files", "hours", "windows", "bands"]


def make(files, seconds, *spec):
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run([sys.executable, f"{here}/make.py", root, str(files), str(seconds), *map(str, spec)], check=True)


def query(sql, *options):
    """Seconds and MiB of a query."""
    begun = time.perf_counter()
    process = subprocess.Popen([program, "query", *options, "--quiet", "--format", "csv", sql], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, sql
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def row(*cells):
    print("| " + " | ".join(f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |", flush=True)


def head(*cells):
    row(*cells)
    print("|" + "---|" * len(cells), flush=True)


def files():
    head("files", "`recordings()`", "`audio(…, 'file')`", "MiB", "2 executors", "client, MiB", "scheduler, MiB", "executor, MiB")
    for count in (10, 100, 1_000, 10_000, 100_000):
        make(count, 1, 8000, 1)
        headers, _ = query(f"SELECT COUNT(*), SUM(frames) FROM recordings('{root}')")
        sql = f"SELECT COUNT(*), SUM(sum_squares) FROM audio('{root}', 'file')"
        seconds, memory = query(sql)
        cluster = Cluster(2)
        distributed, client = query(sql, "--scheduler", cluster.address)
        scheduler, executor = cluster.memory()
        cluster.stop()
        row(count, f"{headers:.2f} s", f"{seconds:.2f} s", round(memory), f"{distributed:.2f} s", round(client), round(scheduler), round(executor))


def hours():
    head("hours", "GB", "seconds", "× real time", "MiB")
    for count in (1, 10, 100, 400):
        make(count, 3600, 48_000, 2)
        seconds, memory = query(f"SELECT COUNT(*), rms_db(levels) FROM audio('{root}', '60 s')")
        row(count, count * 3600 * 48_000 * 4 / 1e9, seconds, round(count * 3600 / seconds), round(memory))


def windows():
    make(10, 3600, 48_000, 2)
    head("window", "rows", "seconds", "MiB", "with `l(90, …)`", "MiB")
    for window, per_second in (("60 s", 1 / 60), ("1 s", 1), ("100 ms", 10), ("10 ms", 100)):
        table = f"audio('{root}', '{window}')"
        seconds, memory = query(f"SELECT COUNT(*), rms_db(levels) FROM {table}")
        exceeded, more = query(f"SELECT l(90, dbfs(rms)) FROM {table}")
        row(window, round(2 * 36_000 * per_second), seconds, round(memory), exceeded, round(more))


def bands():
    make(2, 1800, 48_000, 2)
    head("lists", "numbers a row", "seconds", "× real time", "MiB")
    for name, options, column, numbers in (
        ("none", "", "rms", 0),
        ("third octaves", ", 'bands=third_octave'", "bands", 34),
        ("hybrid millidecades", ", 'bands=hybrid_millidecade'", "bands", 2178),
        ("density", ", 'density'", "density", 24001),
        ("density, transforms of 2048", ", 'density', 'fft=2048 frames'", "density", 1025),
    ):
        measure = "MAX(rms)" if column == "rms" else f"cardinality(psd_mean({column}, transforms))"
        seconds, memory = query(f"SELECT {measure} FROM audio('{root}', '60 s'{options})")
        row(name, numbers, seconds, round(3600 / seconds), round(memory))


for name in wanted:
    {"files": files, "hours": hours, "windows": windows, "bands": bands}[name]()
    print()
shutil.rmtree(root, ignore_errors=True)
