#!/usr/bin/env python3
"""Times every operation beside NumPy at the same work, and prints one table: NumPy's time divided by ours.

    PYTHON=/path/to/venv/bin/python python3 benches/numpy/compare.py [--filter rms]

A run of everything also writes results.md beside this file. Both work on one core, on a block of 32,768 samples that fits in the second-level cache, into memory that is there already: NumPy by its
ufuncs with `out=`, as one would write it who knows NumPy. A number above 1 says that ndaudio is faster. A column is a sample type and a
number of channels. Needs NumPy 2.
"""

import argparse
import datetime
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SAMPLES = 32_768
TYPES = ["i16", "i32", "f32", "f64"]
CHANNELS = [1, 2, 8]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--filter", default="", help="only operations whose name has this in it")
    parser.add_argument("--write", help="a file for the table as well (default: results.md if all is measured)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return numpy_times(args.filter)
    command = ["cargo", "bench", "--quiet", "--bench", "operations", "--", *([args.filter] if args.filter else [])]
    python = os.environ.get("PYTHON", sys.executable)
    child = [python, os.path.abspath(__file__), "--child", "--filter", args.filter]
    environment = os.environ | {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    subprocess.run([*command[:3], "--no-run", *command[3:5]], cwd=ROOT, check=True)
    ours, theirs = {}, {}
    # In turn, so that what else the machine does meets both; of each the shortest time counts.
    for _ in range(3):
        for times, run, where in ((ours, command, ROOT), (theirs, child, HERE)):
            done = subprocess.run(run, cwd=where, env=environment, capture_output=True, text=True, check=True)
            for line in done.stdout.splitlines():
                if line.count("\t") == 3:
                    name, kind, channels, nanoseconds = line.split("\t")
                    key = (name, kind, int(channels))
                    times[key] = min(times.get(key, float("inf")), float(nanoseconds))
    text = "\n".join([*heading(python), "", *table(ours, theirs), "", *slow(ours, theirs)])
    print(text)
    target = args.write or (os.path.join(HERE, "results.md") if not args.filter else None)
    if target:
        with open(target, "w") as file:
            file.write(text + "\n")
    return 0


def heading(python):
    with open("/proc/cpuinfo") as file:
        cpu = file.read()
    model = re.search(r"model name\s*: (.*)", cpu)
    widest = next((name for name in ("avx512bw", "avx2") if name in cpu.split()), "neither AVX2 nor AVX-512")
    numpy = output([python, "-c", "import numpy; print(numpy.__version__)"])
    commit = output(["git", "-C", ROOT, "describe", "--always", "--dirty"])
    return [
        "# Operations beside NumPy",
        "",
        "The last output of `python3 benches/numpy/compare.py`: NumPy's time divided by ours, above 1 where ndaudio is faster, and in parentheses "
        f"GB/s of the samples that ndaudio reads; {SAMPLES:,} samples in the second-level cache, one core, the shortest of many runs. NumPy {numpy}, "
        f"{model[1] if model else 'an unknown CPU'} ({widest}), commit {commit}, {datetime.date.today().isoformat()}. Why an operation is "
        "slow is in [notes.md](../notes.md).",
    ]


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def rate(name, kind, channels, nanoseconds):
    """GB/s of the samples that are read."""
    samples = SAMPLES // channels if "one channel" in name or name == "select one" else SAMPLES
    return samples * int(kind[1:]) / 8 / nanoseconds


def slow(ours, theirs):
    """What is slower than NumPy, or than 1 GB/s."""
    behind = [
        f"{name}, {kind} × {channels} ({theirs[key] / mine:.2f})"
        for (name, kind, channels), mine in ours.items()
        if (key := (name, kind, channels)) in theirs and theirs[key] / mine < 0.995
    ]
    below = [
        f"{name}, {kind} × {channels} ({found:.2f} GB/s)"
        for (name, kind, channels), mine in ours.items()
        if (found := rate(name, kind, channels, mine)) < 0.995
    ]
    beside = sum(key in theirs for key in ours)
    return [
        f"{beside - len(behind)} of {beside} are at least as fast as NumPy. The others: {'; '.join(behind) or 'none'}.",
        "",
        f"{len(ours) - len(below)} of {len(ours)} reach 1 GB/s. The others: {'; '.join(below) or 'none'}.",
    ]


def table(ours, theirs):
    columns = [(kind, channels) for kind in TYPES for channels in CHANNELS]
    lines = ["| NumPy ÷ ndaudio (GB/s of ndaudio) | " + " | ".join(f"{kind} × {channels}" for kind, channels in columns) + " |"]
    lines.append("|---|" + "---|" * len(columns))
    for name in dict.fromkeys(name for name, _, _ in ours):
        cells = []
        for kind, channels in columns:
            mine, other = ours.get((name, kind, channels)), theirs.get((name, kind, channels))
            if mine is None:
                cells.append("–")
                continue
            ratio = "" if other is None else f"{other / mine:.2f} "
            cells.append(f"{ratio}({rate(name, kind, channels, mine):.1f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def numpy_times(wanted):
    import numpy as np

    for channels in CHANNELS:
        for kind in TYPES:
            for name, work in operations(np, kind, channels):
                if wanted not in name:
                    continue
                work()
                shortest, begin = float("inf"), time.perf_counter()
                while time.perf_counter() - begin < 0.015:
                    start = time.perf_counter_ns()
                    for _ in range(4):
                        work()
                    shortest = min(shortest, (time.perf_counter_ns() - start) / 4)
                print(f"{name}\t{kind}\t{channels}\t{shortest}", flush=True)
    return 0


def operations(np, kind, channels):
    """Name and work of each operation; the names are those of benches/operations.rs."""
    dtype = np.dtype({"i16": "int16", "i32": "int32", "f32": "float32", "f64": "float64"}[kind])
    is_float = kind[0] == "f"
    frames = SAMPLES // channels
    full = 1.0 if is_float else 2.0 ** (8 * dtype.itemsize - 1)
    noise = np.random.default_rng(1).uniform(-1, 1, (frames, channels))

    def empty(shape, dtype=np.float64):
        """As np.empty, but at the beginning of a cache line, as the arrays of benches/operations.rs."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        memory = np.empty(size + 64, np.uint8)
        begin = -memory.ctypes.data % 64
        return memory[begin : begin + size].view(dtype).reshape(shape)

    def aligned(array):
        copy = empty(array.shape, array.dtype)
        np.copyto(copy, array)
        return copy

    block, loud = aligned((noise * 0.1 * full).astype(dtype)), aligned((noise * (full - 129)).astype(dtype))
    changed = aligned((noise * 0.5 * full).astype(dtype))
    double = empty((frames, channels))

    def round_into(values, out, rounding=np.rint):
        rounding(values, out=values)
        np.clip(values, -full, full - 1, out=values)
        np.copyto(out, values, casting="unsafe")

    def multiply(factors, rounding=np.rint):
        if is_float:
            # In double, as ours: a factor that was rounded to float32 would give other samples.
            np.multiply(changed, factors, out=changed, dtype=np.float64, casting="same_kind")
        else:
            np.multiply(changed, factors, out=double)
            round_into(double, changed, rounding)

    half_up = lambda values, out: np.floor(np.add(values, 0.5, out=out), out=out)
    yield "apply", lambda: multiply(-0.99999)
    yield "apply, −1", lambda: np.multiply(changed, dtype.type(-1), out=changed) if is_float else multiply(-1.0)
    yield "apply_rounded HalfUp", lambda: multiply(-0.99999, half_up)
    yield "apply_rounded Floor", lambda: multiply(-0.99999, np.floor)
    yield "apply_rounded TowardZero", lambda: multiply(-0.99999, np.trunc)
    factors = np.full(channels, -0.99999)
    yield "apply_per_channel", lambda: multiply(factors)

    means = np.full(channels, 1e-9 * full)

    def remove_mean():
        if is_float:
            np.subtract(changed, means, out=changed, casting="same_kind")
        else:
            np.subtract(changed, means, out=double)
            round_into(double, changed)

    yield "remove_mean", remove_mean
    steps = np.arange(frames)
    gains = empty(frames)

    def linear():
        np.multiply(steps, 0.0002 / (2 * frames), out=gains)
        np.add(gains, 0.9999, out=gains)
        multiply(gains[:, None])

    def decibel():
        np.multiply(steps, 1 / (2 * frames), out=gains)
        np.power(1.0001 / 0.9999, gains, out=gains)
        np.multiply(gains, 0.9999, out=gains)
        multiply(gains[:, None])

    def equal_power():
        angles = steps * (np.pi / 2 / (2 * frames))
        np.hypot(0.9999 * np.cos(angles), 1.0001 * np.sin(angles), out=gains)
        multiply(gains[:, None])

    yield "ramp linear", linear
    yield "ramp decibel", decibel
    yield "ramp equal power", equal_power
    column, single = changed[:, :1], empty((frames, 1))

    def one_channel():
        if is_float:
            np.multiply(column, -0.99999, out=column, dtype=np.float64, casting="same_kind")
        else:
            np.multiply(column, -0.99999, out=single)
            round_into(single, column)

    yield "apply to one channel", one_channel
    quantized = aligned(block)
    step = 2.0**11 / full

    def quantize(noisy):
        np.multiply(quantized, step, out=double)
        if noisy:
            np.add(double, generator.random((frames, channels)) - generator.random((frames, channels)), out=double)
        np.rint(double, out=double)
        np.clip(double, -(2**11), 2**11 - 1, out=double)
        np.multiply(double, 1 / step, out=double)
        np.copyto(quantized, double, casting="unsafe")

    generator = np.random.Generator(np.random.SFC64(1))
    yield "quantize", lambda: quantize(False)
    yield "quantize, dither", lambda: quantize(True)
    for other in TYPES:
        yield f"convert to {other}", converter(np, empty, block, kind, other)
    one, everything = empty((frames, 1), dtype), empty((frames, channels), dtype)
    yield "select one", lambda: np.copyto(one, block[:, channels - 1 :])
    yield "select all, reversed", lambda: np.copyto(everything, block[:, ::-1])
    monos = [aligned(block[:, c]) for c in range(channels)]
    yield "join", lambda: np.stack(monos, axis=1, out=everything)
    yield "split + join", lambda: np.stack([block[:, c] for c in range(channels)], axis=1, out=everything)
    planar = empty((channels, frames), dtype)
    yield "deinterleave", lambda: np.copyto(planar, block.T)
    yield "interleave", lambda: np.copyto(everything, planar.T)
    mean = empty(frames)

    def downmix():
        np.mean(block, axis=1, out=mean if not is_float or kind == "f64" else one[:, 0])
        if not is_float:
            np.rint(mean, out=mean)
            np.copyto(one[:, 0], mean, casting="unsafe")

    yield "downmix", downmix if channels > 1 else lambda: np.copyto(one, block)
    matrix = np.array([[0.4 if out == c % 2 else 0.1 for out in range(2)] for c in range(channels)])
    two, mixed = empty((frames, 2), dtype), empty((frames, 2))

    def mix():
        if is_float:
            np.matmul(block, matrix.astype(dtype), out=two)
        else:
            np.matmul(block.astype(np.float64), matrix, out=mixed)
            round_into(mixed, two)

    yield "mix to 2", mix
    wide = np.float64 if is_float else np.int64

    def rms(samples):
        # Squares of i32 overflow an int64 sum.
        values = samples.astype(np.float64 if kind == "i32" else wide)
        return np.sqrt(np.einsum("fc,fc->c", values, values) / len(values)) / full

    yield "rms", lambda: rms(block)
    yield "peak", lambda: np.maximum(block.max(axis=0), -block.min(axis=0).astype(wide)) / full
    yield "mean", lambda: block.mean(axis=0, dtype=np.float64) / full
    yield "zero crossing rate", lambda: np.count_nonzero(np.diff(block >= 0, axis=0), axis=0) / (frames - 1)
    yield "rms of one channel", lambda: rms(block[:, :1])
    top = full if is_float else full - 1

    def levels(samples):
        rms(samples), samples.mean(axis=0, dtype=np.float64), samples.min(axis=0), samples.max(axis=0)
        np.count_nonzero((samples >= top) | (samples <= -full), axis=0)
        np.count_nonzero(np.diff(samples >= 0, axis=0), axis=0)

    yield "Levels", lambda: levels(block)
    yield "Levels, full scale", lambda: levels(loud)
    clipped = aligned(np.full((frames, channels), top, dtype))
    yield "Levels, all clipped", lambda: levels(clipped)
    yield "Levels, clipped in runs", lambda: levels(loud)

    def silence(samples):
        limit = int(0.05 * full) if not is_float else 0.05
        quiet = (samples < limit) & (samples > -limit)
        return np.flatnonzero(np.diff(quiet.reshape(-1)))

    silent = aligned(np.zeros_like(block))
    yield "SilenceDetect, loud", lambda: silence(loud)
    yield "SilenceDetect, silent", lambda: silence(silent)
    yield "SilenceDetect, mixed", lambda: silence(block)
    if kind == "i16":
        yield "Histogram", lambda: [np.bincount(loud[:, c].view(np.uint16), minlength=65536) for c in range(channels)]


def converter(np, empty, block, kind, other):
    source = 8 * block.dtype.itemsize
    target = np.dtype({"i16": "int16", "i32": "int32", "f32": "float32", "f64": "float64"}[other])
    out = empty(block.shape, target)
    if kind == other:
        return lambda: np.copyto(out, block)
    if kind[0] == "i" and other[0] == "i":
        shift = 8 * target.itemsize - source
        if shift > 0:
            return lambda: np.left_shift(block, shift, out=out, dtype=target, casting="unsafe")
        return lambda: np.copyto(out, block >> -shift, casting="unsafe")
    if kind[0] == "i":
        return lambda: np.multiply(block, target.type(2.0 ** -(source - 1)), out=out, dtype=target, casting="unsafe")
    if other[0] == "f":
        return lambda: np.copyto(out, block, casting="same_kind")
    full = 2.0 ** (8 * target.itemsize - 1)
    wide = empty(block.shape, np.float32 if (kind, other) == ("f32", "i16") else np.float64)

    def to_integers():
        np.multiply(block, full, out=wide, dtype=wide.dtype)
        np.rint(wide, out=wide)
        np.clip(wide, -full, full - 1, out=wide)
        np.copyto(out, wide, casting="unsafe")

    return to_integers


if __name__ == "__main__":
    sys.exit(main())
