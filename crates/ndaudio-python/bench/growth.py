"""Memory over 10^6 blocks, and 10^6 windows: `python bench/growth.py [BLOCKS]`. Prints what Python and the process hold on the way."""

import io
import os
import sys
import tracemalloc

import ndaudio
import numpy as np


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(count: int = 1_000_000) -> None:
    file = io.BytesIO()
    ndaudio.write(file, np.zeros((16 * count, 1), "int16"), 48_000)
    data = file.getvalue()
    del file
    works = {"blocks": lambda reader: reader.blocks(16), "windows": lambda reader: reader.windows(32, 16, batch=1)}
    for name, work in works.items():
        done, first = 0, None
        tracemalloc.start()
        with ndaudio.open(data) as reader:
            for done, _ in enumerate(work(reader), 1):
                if done % (count // 10) == 1:
                    now = tracemalloc.get_traced_memory()[0], resident()
                    first = first or now
                    print(f"{name:8} {done:8} Python {now[0] - first[0]:+8} bytes, process {now[1] - first[1]:+10} bytes")
        now = tracemalloc.get_traced_memory()[0], resident()
        tracemalloc.stop()
        assert done >= count - 1
        assert now[0] - first[0] < 20_000, name
        assert now[1] - first[1] < 4 << 20, name


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
