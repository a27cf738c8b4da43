"""RMS per minute of an archive: this crate beside the library alone, Dask and Ray, over the same files.

    cargo build --release --bin ndaudio-archive --example levels_of_files
    python3 bench/make.py /dev/shm/archive 40 2796                  # 40 × 2796 s at 48 kHz in stereo: 20 GiB, sparse
    python3 bench/run.py /dev/shm/archive [RUNS [PEERS]]            # PEERS: a Python with dask, distributed, ray, soundfile and numpy

Prints the median seconds and GB/s of each, the ratios of the medians, and the largest memory that scheduler and executors ever had.
Every engine adds up the squares of all samples; the sums must be equal.
"""

import os
import statistics
import subprocess
import sys
import time

from cluster import Cluster, here, program, release

folder = sys.argv[1]
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
peers = sys.argv[3] if len(sys.argv) > 3 else None
size = sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names)
SQL = f"SELECT COUNT(rms) AS minutes, SUM(sum_squares) AS squares FROM audio('{folder}', '1 min')"


def query(*options):
    begun = time.perf_counter()
    output = subprocess.run([program, "query", *options, "--quiet", "--format", "csv", SQL], check=True, capture_output=True, text=True)
    return time.perf_counter() - begun, int(output.stdout.split("\n")[1].split(",")[1])


def library():
    begun = time.perf_counter()
    output = subprocess.run([f"{release}/examples/levels_of_files", folder], check=True, capture_output=True, text=True)
    return time.perf_counter() - begun, int(output.stdout.split(",")[1])


def peer(name, workers):
    """Seconds by the peer's own clock: its start, 2 to 8 s, is left out."""
    output = subprocess.run([peers, f"{here}/{name}_rms.py", folder, str(workers)], check=True, capture_output=True, text=True)
    fields = output.stdout.strip().split("\n")[-1].split(",")
    return float(fields[2]), int(fields[4])


clusters = {count: Cluster(count) for count in (1, 2)}
contestants = {
    "levels_of_files, 2 threads": library,
    "1 thread": lambda: query("--threads", "1"),
    "2 threads": lambda: query("--threads", "2"),
    "1 executor": lambda: query("--scheduler", clusters[1].address),
    "2 executors": lambda: query("--scheduler", clusters[2].address),
}
if peers:
    contestants["Dask, 2 workers"] = lambda: peer("dask", 2)
    contestants["Ray, 2 workers"] = lambda: peer("ray", 2)

times = {name: [] for name in contestants}
sums = set()
for _ in range(runs):
    for name, contestant in contestants.items():
        seconds, squares = contestant()
        times[name].append(seconds)
        sums.add(squares)
assert len(sums) == 1, f"the sums differ: {sums}"
medians = {name: statistics.median(values) for name, values in times.items()}
print(f"{size / 1e9:.2f} GB, {runs} runs, median of seconds; all sums of squares are {sums.pop()}")
for name, median in medians.items():
    print(f"{name:30} {median:8.3f} s {size / median / 1e9:7.2f} GB/s   {', '.join(f'{value:.2f}' for value in times[name])}")
print(f"2 threads / levels_of_files: {medians['levels_of_files, 2 threads'] / medians['2 threads']:.2f} × its speed")
print(f"2 executors / 1: {medians['1 executor'] / medians['2 executors']:.2f} × its speed")
for name in ("Dask, 2 workers", "Ray, 2 workers"):
    if name in medians:
        for own in ("2 threads", "2 executors"):
            print(f"{own} / {name}: {medians[name] / medians[own]:.1f} × its speed")
for count, cluster in clusters.items():
    scheduler, executor = cluster.memory()
    print(f"{count} executors: scheduler {scheduler:.0f} MiB, executor {executor:.0f} MiB")
    cluster.stop()
