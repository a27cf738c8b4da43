"""Levels of one recording on all workers of a Ray cluster: the same bits as on one machine.

    python examples/levels_ray.py recording.wav          # two workers on this machine
    python examples/levels_ray.py recording.wav auto     # the cluster that this machine belongs to

Needs `pip install 'ndaudio[spread]'`.
"""

import sys

import ndaudio
import ray

FRAMES = 1 << 22  # a part: some 90 s, long enough that sending it out costs nothing


@ray.remote
def measure(path: str, start: int) -> ndaudio.Levels:
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


@ray.remote
def merge(first: ndaudio.Levels, next: ndaudio.Levels) -> ndaudio.Levels:
    return first + next


def levels(path: str) -> ndaudio.Levels:
    """A tree: parts are measured anywhere, and neighbours merged in their order, where they are."""
    parts = [measure.remote(path, start) for start in range(0, max(ndaudio.info(path).frames, 1), FRAMES)]
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [merge.remote(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return ray.get(parts[0])


def main(path: str, address: str | None = None) -> None:
    if address:
        ray.init(address=address)
    else:
        ray.init(num_cpus=2, include_dashboard=False)
    total = levels(path)
    ray.shutdown()
    print(f"{total.frames} frames, RMS {total.rms()}, peak {total.peak()}, clipped {total.clipped()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
