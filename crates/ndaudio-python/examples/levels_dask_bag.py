"""Levels of every recording of a directory, and of all together, with a Dask bag.

    python examples/levels_dask_bag.py recordings/

Needs `pip install 'ndaudio[spread]'`. A file that cannot be read is told, and does not stop the others.
"""

import sys
from pathlib import Path

import dask.bag
import ndaudio
from dask.distributed import Client


def measure(path: str) -> tuple[str, ndaudio.Levels | None, str]:
    try:
        return path, ndaudio.levels(path), ""
    except (ndaudio.Error, OSError) as error:
        return path, None, str(error)


def measured(paths: list[str]) -> list[tuple[str, ndaudio.Levels | None, str]]:
    """Each file's name, levels and error, in the order of the files."""
    return dask.bag.from_sequence(paths, partition_size=max(1, len(paths) // 100)).map(measure).compute()


def main(directory: str) -> None:
    paths = sorted(map(str, Path(directory).rglob("*.wav")))
    with Client(n_workers=2, threads_per_worker=1):
        rows = measured(paths)
    for path, levels, error in rows:
        print(path, error if levels is None else levels.overall())
    # Only recordings of equally many channels add up channel by channel.
    for channels in sorted({levels.channels for _, levels, _ in rows if levels}):
        print(channels, "channels:", sum(levels for _, levels, _ in rows if levels and levels.channels == channels).overall())


if __name__ == "__main__":
    main(*sys.argv[1:])
