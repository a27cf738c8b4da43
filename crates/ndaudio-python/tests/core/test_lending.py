"""Buffers are used again, and yet nothing that a user keeps ever changes."""

import gc
import weakref

import ndaudio
import numpy as np
import pytest


def blocks_of(noise, length):
    return [noise[i : i + length] for i in range(0, len(noise), length)]


def test_a_loop_needs_two_arrays(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        blocks = reader.blocks(7)
        for _block in blocks:
            pass
        assert blocks.allocated == 2
        reader.seek(0)
        windows = reader.windows(64, 16, batch=10)
        for _batch in windows:
            pass
        assert windows.allocated == 2


def test_kept_blocks_never_change(noise_wav, noise):
    with ndaudio.open(noise_wav) as reader:
        kept = list(reader.blocks(100, dtype="int16"))
    for block, expected in zip(kept, blocks_of(noise, 100), strict=True):
        np.testing.assert_array_equal(block, expected)


@pytest.mark.parametrize(
    "hold",
    [
        lambda block: block[3:5],
        lambda block: block.T,
        lambda block: block[:, 0],
        lambda block: block[:, 0][::-2],
        lambda block: block.view("uint16"),
        lambda block: block.reshape(-1),
        lambda block: memoryview(block),
        lambda block: np.lib.stride_tricks.sliding_window_view(block, 10, axis=0),
        lambda block: np.from_dlpack(block),
        lambda block: block.__dlpack__(),
        lambda block: iter(block),
        lambda block: block.flat,
        lambda block: (lambda: block),
        lambda block: {"deep": [(block,)]},
    ],
    ids=lambda _: "",
)
@pytest.mark.parametrize("every", [1, 3])
def test_a_block_held_through_a_view_is_not_written_again(noise_wav, hold, every):
    """Memory that something still holds is never handed out again."""
    held, addresses = [], set()
    with ndaudio.open(noise_wav) as reader:
        for number, block in enumerate(reader.blocks(50, dtype="int16")):
            address = block.ctypes.data
            assert address not in addresses
            if number % every == 0:
                held.append(hold(block))
                addresses.add(address)
            del block
            if number > 100:
                break
    assert len(addresses) == len(held)


def test_windows_that_are_kept_never_change(noise_wav, noise):
    expected = np.lib.stride_tricks.sliding_window_view(noise, 64, axis=0)[::16].transpose(0, 2, 1)
    with ndaudio.open(noise_wav) as reader:
        kept = [batch[1:3] for batch in reader.windows(64, 16, "int16", batch=5)]
    for number, part in enumerate(kept):
        np.testing.assert_array_equal(part, expected[number * 5 :][1:3][: len(part)])


def test_changing_the_shape_of_a_block_does_not_reach_the_next(noise_wav, noise):
    with ndaudio.open(noise_wav) as reader:
        seen = []
        for number, block in enumerate(reader.blocks(100, dtype="int16")):
            seen.append(block.copy())
            if number % 3 == 0:
                block.shape = (-1,)
            elif number % 3 == 1:
                block.dtype = "float32"
            else:
                block.setflags(write=False)
    np.testing.assert_array_equal(np.concatenate(seen), noise)


def test_what_is_written_into_a_block_stays_there(noise_wav):
    """Including into all but the last, while the next ones are read."""
    with ndaudio.open(noise_wav) as reader:
        kept = []
        for number, block in enumerate(reader.blocks(100, dtype="int16")):
            block[:] = number
            kept.append(block)
    assert all((block == number).all() for number, block in enumerate(kept))


def test_memory_of_dropped_blocks_is_given_back(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        kept = list(reader.blocks(100))
        watched = [weakref.ref(block) for block in kept[:-2]]
        del kept
        gc.collect()
        assert sum(reference() is not None for reference in watched) <= 2


def test_numpy_owns_the_memory(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        block = next(reader.blocks(100))
        assert block.flags.owndata
        assert block.flags.writeable


def test_overlapping_windows_are_read_only_and_share_their_frames(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        batch = next(reader.windows(64, 16, batch=4))
        assert not batch.flags.writeable
        assert np.shares_memory(batch[0], batch[1])
        reader.seek(0)
        batch = next(reader.windows(64, 64, batch=4))
        assert batch.flags.writeable
        assert not np.shares_memory(batch[0], batch[1])


def test_dlpack_takes_blocks_without_a_copy(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        block = next(reader.blocks(100))
        assert np.shares_memory(np.from_dlpack(block), block)
