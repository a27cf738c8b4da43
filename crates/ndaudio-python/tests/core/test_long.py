"""Long-term averages and mel bands."""

import pickle

import ndaudio
import numpy as np
import pytest


def test_rows_are_welchs_of_their_frames(noise):
    ltsa = ndaudio.Ltsa(128, 16_000, row_frames=4_096, hop=64)
    for begin in range(0, len(noise), 999):
        ltsa.add(noise[begin : begin + 999])
    ltsa.end()
    values, firsts = ltsa.values(), ltsa.first_frames()
    for row, first in zip(values, firsts, strict=True):
        part = noise[int(first) : int(first) + 4_096]
        np.testing.assert_allclose(row, ndaudio.welch(part, 16_000, 128, 64)[1], rtol=1e-12)
    assert firsts.tolist() == list(range(0, 32_000, 4_096))
    np.testing.assert_array_equal(ltsa.frequencies(), np.fft.rfftfreq(128, 1 / 16_000))


def test_shards_that_begin_at_rows_merge_to_the_bits_of_one_pass(noise, noise_wav):
    whole = ndaudio.Ltsa(128, 16_000, row_frames=4_000)
    whole.add_file(noise_wav)
    whole.end()
    shards = []
    for start in (16_000, 0, 24_000, 8_000):
        shard = ndaudio.Ltsa(128, 16_000, row_frames=4_000, start=start)
        shard.add(noise[start : start + 8_000].T, channels_first=True)
        shard.end()
        shards.append(pickle.loads(pickle.dumps(shard)))
    merged = ndaudio.Ltsa(128, 16_000, row_frames=4_000)
    for shard in shards:
        merged.merge(shard)
    assert merged.values().tobytes() == whole.values().tobytes()
    assert merged.first_frames().tolist() == whole.first_frames().tolist()
    with pytest.raises(ndaudio.ArgumentError):
        merged.merge(shards[0])


def test_gaps_leave_rows_out(noise):
    ltsa = ndaudio.Ltsa(100, 16_000, row_frames=1_000)
    ltsa.add(noise[:1_500])
    ltsa.gap(2_500)
    ltsa.add(noise[:1_000])
    ltsa.end()
    assert ltsa.first_frames().tolist() == [0, 1_000, 4_000]
    assert ltsa.windows().tolist() == [10, 5, 10]


@pytest.mark.parametrize(
    "call",
    [
        lambda: ndaudio.Ltsa(100, 16_000, 99),
        lambda: ndaudio.Ltsa(0, 16_000, 99),
        lambda: ndaudio.Ltsa(10, np.nan, 99),
        lambda: ndaudio.Ltsa(10, 16_000, 99, hop=0),
        lambda: ndaudio.Ltsa(10, 16_000, 99).merge(ndaudio.Ltsa(10, 16_000, 98)),
        lambda: ndaudio.Ltsa.from_json("{}"),
        lambda: ndaudio.mel(0, 2048),
        lambda: ndaudio.mel(16_000, 0),
        lambda: ndaudio.mel(16_000, 2048, 0),
        lambda: ndaudio.mel(16_000, 2048, low=9_000),
        lambda: ndaudio.mel(16_000, 2048, scale="bark"),
        lambda: ndaudio.mel(16_000, 2048, norm="l2"),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()
