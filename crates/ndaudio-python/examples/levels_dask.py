"""Levels of one recording on all workers of a Dask cluster: the same bits as on one machine.

    python examples/levels_dask.py recording.wav                       # two processes on this machine
    python examples/levels_dask.py recording.wav tcp://scheduler:8786  # a cluster whose workers see the same file

Needs `pip install 'ndaudio[spread]'`. On a SLURM cluster see levels_slurm.py.
"""

import sys

import dask
import ndaudio
from dask.distributed import Client

FRAMES = 1 << 22  # a part: some 90 s, long enough that sending it out costs nothing


@dask.delayed
def measure(path: str, start: int) -> ndaudio.Levels:
    levels = None
    with ndaudio.open(path) as reader:
        reader.seek(start)
        left = min(FRAMES, reader.frames - start)
        levels = ndaudio.Levels(reader.channels)
        for block in reader.blocks(1 << 16, dtype=reader.dtype):  # as stored, so that sums of integers are exact
            levels.add(block[:left])
            left -= len(block)
            if left <= 0:
                break
    return levels


@dask.delayed
def merge(first: ndaudio.Levels, next: ndaudio.Levels) -> ndaudio.Levels:
    return first + next


def levels(path: str):
    """A tree: parts are measured anywhere, and neighbours merged in their order."""
    parts = [measure(path, start) for start in range(0, max(ndaudio.info(path).frames, 1), FRAMES)]
    while len(parts) > 1:
        parts = [merge(*pair) if len(pair) == 2 else pair[0] for pair in (parts[i : i + 2] for i in range(0, len(parts), 2))]
    return parts[0]


def main(path: str, scheduler: str | None = None) -> None:
    with Client(scheduler) if scheduler else Client(n_workers=2, threads_per_worker=1):
        total = levels(path).compute()
    print(f"{total.frames} frames, RMS {total.rms()}, peak {total.peak()}, clipped {total.clipped()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
