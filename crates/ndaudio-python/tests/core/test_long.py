"""Long-term averages, mel bands and loudness."""

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
        lambda: ndaudio.Loudness(48_000, 0),
        lambda: ndaudio.Loudness(48_000, 65),
        lambda: ndaudio.Loudness(1, 1),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_a_full_scale_sine_of_997_hz_in_one_channel_is_minus_3_01_lufs():
    """ITU-R BS.1770-5, annex 1: a 0 dBFS, 997 Hz sine in the left, the centre or the right channel reads −3.01 LKFS."""
    sine = np.zeros((10 * 48_000, 2))
    sine[:, 0] = np.sin(2 * np.pi * 997 * np.arange(len(sine)) / 48_000)
    loudness = ndaudio.Loudness(48_000, 2)
    for begin in range(0, len(sine), 4_800):
        loudness.add(sine[begin : begin + 4_800])
    assert loudness.integrated() == pytest.approx(-3.01, abs=0.01)
    assert loudness.momentary() == pytest.approx(-3.01, abs=0.01)
    assert loudness.short_term() == pytest.approx(-3.01, abs=0.01)
    assert loudness.range() == pytest.approx(0, abs=0.01)
    np.testing.assert_allclose(loudness.sample_peak(), [1, 0], atol=1e-4)
    np.testing.assert_allclose(loudness.true_peak(), [1, 0], atol=1e-3)


def test_a_merged_loudness_has_moved(noise_wav):
    album, other = ndaudio.loudness(noise_wav), ndaudio.loudness(ndaudio.open(noise_wav))
    one = album.integrated()
    album.merge(other)
    assert album.integrated() == pytest.approx(one, abs=1e-9)
    with pytest.raises(ValueError, match="was merged into another"):
        other.integrated()
    with pytest.raises(ValueError, match="with itself"):
        album.merge(album)
    with pytest.raises(ndaudio.ChannelMismatchError):
        album.merge(ndaudio.Loudness(16_000, 1))
