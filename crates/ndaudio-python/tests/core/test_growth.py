"""Nothing leaks: neither Python's memory nor the process's grows over 10^5 blocks. `bench/growth.py` runs 10^6 of each."""

import gc
import os
import tracemalloc

import ndaudio
import numpy as np
import pytest

BLOCKS = 100_000


def resident():
    """Bytes that the process has in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def long_wav():
    """16 frames for each block."""
    import io

    file = io.BytesIO()
    ndaudio.write(file, np.zeros((16 * BLOCKS, 1), "int16"), 48_000)
    return file.getvalue()


def blocks(data):
    for block in ndaudio.open(data).blocks(16, "float32"):
        assert len(block) == 16
        yield


def windows(data):
    for batch in ndaudio.open(data).windows(32, 16, batch=2):
        assert batch.shape[1:] == (32, 1)
        yield


def kept_for_a_while(data):
    last = []
    for block in ndaudio.open(data).blocks(16, "float32"):
        last = [*last[-3:], block[1:]]
        yield


def opened_again_and_again(data):
    head = data[:2_000]
    for _ in range(BLOCKS // 10):
        with ndaudio.open(head) as reader:
            reader.read(5)
        yield


def errors(data):
    for _ in range(BLOCKS // 10):
        try:
            ndaudio.open(b"RIFF nothing")
        except ndaudio.Error:
            pass
        yield


def measures(data):
    block, levels = np.zeros((16, 1), "int16"), ndaudio.Levels(1)
    for _ in range(BLOCKS):
        levels.add(block)
        ndaudio.rms(block)
        yield


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="Linux tells the memory")
@pytest.mark.parametrize("work", [blocks, windows, kept_for_a_while, opened_again_and_again, errors, measures])
def test_memory_does_not_grow(long_wav, work):
    steps = work(long_wav)
    for _ in range(2_000):
        next(steps)
    gc.collect()
    tracemalloc.start()
    before, resident_before = tracemalloc.get_traced_memory()[0], resident()
    rest = sum(1 for _ in steps)
    gc.collect()
    after, resident_after = tracemalloc.get_traced_memory()[0], resident()
    tracemalloc.stop()
    assert rest > 5_000
    # Less than a byte a block would be a leak of nothing that there is.
    assert after - before < 20_000
    assert resident_after - resident_before < 4 << 20
