"""ndaudio beside soundfile, in one run: `python bench/speed.py [--check]`, with the release wheel and soundfile installed.

Each row does the same work with both, in turns, on a file in the page cache; the times are medians. With `--check` the exit status is 1
if a row is below its goal.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import ndaudio
import numpy as np
import soundfile

FRAMES, CHANNELS = 6_615_000, 2  # 150 s, 26 MB of 16 bits
RUNS = 9


def blocks(length):
    def ours(path):
        total = 0
        with ndaudio.open(path) as reader:
            for block in reader.blocks(length, dtype="float32"):
                total += len(block)
        return total

    def theirs(path):
        out, total = np.empty((length, CHANNELS), "float32"), 0
        for block in soundfile.blocks(path, dtype="float32", always_2d=True, out=out):
            total += len(block)
        return total

    return ours, theirs


def windows(length, hop):
    """To the windows themselves: both give every one of them, soundfile one at a time."""

    def ours(path):
        total = 0
        with ndaudio.open(path) as reader:
            for batch in reader.windows(length, hop, dtype="float32"):
                total += len(batch)
        return total

    def theirs(path):
        out, total = np.empty((length, CHANNELS), "float32"), 0
        for window in soundfile.blocks(path, overlap=length - hop, dtype="float32", always_2d=True, out=out):
            total += len(window) == length
        return total

    return ours, theirs


def windows_rms(length, hop):
    """Windows and their RMS: in batches with ndaudio, in batches with NumPy's sliding_window_view over soundfile's blocks."""

    def ours(path):
        with ndaudio.open(path) as reader:
            return sum(len(ndaudio.rms(batch)) for batch in reader.windows(length, hop, dtype="float32"))

    def theirs(path):
        total = 0
        for block in soundfile.blocks(path, length + 63 * hop, length - hop, dtype="float32", always_2d=True):
            if len(block) >= length:
                view = np.lib.stride_tricks.sliding_window_view(block, length, axis=0)[::hop]
                total += len(np.sqrt(np.mean(np.square(view), axis=-1)))
        return total

    return ours, theirs


def whole():
    return (
        lambda path: len(ndaudio.read(path, dtype="float32")[0]),
        lambda path: len(soundfile.read(path, dtype="float32", always_2d=True)[0]),
    )


def levels():
    """RMS, peak, mean and the range of every channel; soundfile by blocks of 65,536, which is its fastest."""

    def theirs(path):
        squares, sums = np.zeros(CHANNELS), np.zeros(CHANNELS)
        low, high, frames, clipped, crossings = np.full(CHANNELS, np.inf), np.full(CHANNELS, -np.inf), 0, 0, 0
        for block in soundfile.blocks(path, 65_536, dtype="float64", always_2d=True):
            squares += np.square(block).sum(axis=0)
            sums += block.sum(axis=0)
            low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
            clipped += (np.abs(block) >= 1 - 2**-15).sum(axis=0)
            crossings += np.diff(np.signbit(block), axis=0).sum(axis=0)
            frames += len(block)
        return frames

    return lambda path: ndaudio.levels(path).frames, theirs


ROWS = [
    ("blocks of 1,024", 10, blocks(1024)),
    ("blocks of 65,536", 3, blocks(65_536)),
    ("windows 2048/512", 3, windows(2048, 512)),
    ("windows 2048/512 and their RMS", 3, windows_rms(2048, 512)),
    ("whole file", 1, whole()),
    ("levels of a file", 20, levels()),
]


def main() -> None:
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "noise.wav")
        noise = np.random.default_rng(1).integers(-(2**15), 2**15, (FRAMES, CHANNELS), dtype="int16")
        ndaudio.write(path, noise, 44_100)
        print(f"{'':32} {'ndaudio':>9} {'soundfile':>9} {'times':>6} {'goal':>5}")
        for name, goal, (ours, theirs) in ROWS:
            runs: list[list[float]] = [[], []]
            assert abs(ours(path) - theirs(path)) <= 64, (ours(path), theirs(path))
            for _ in range(RUNS):
                for side, work in enumerate((ours, theirs)):
                    begin = time.perf_counter()
                    work(path)
                    runs[side].append(time.perf_counter() - begin)
            medians = [statistics.median(side) for side in runs]
            times = medians[1] / medians[0]
            missed += times < goal
            print(f"{name:32} {medians[0]:8.4f}s {medians[1]:8.4f}s {times:6.1f} {goal:5}")
    if "--check" in sys.argv and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
