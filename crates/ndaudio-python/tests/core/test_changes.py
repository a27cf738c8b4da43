"""Gain, histograms, segments and filters against their definitions."""

import pickle

import ndaudio
import numpy as np
import pytest


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_gain_rounds_and_saturates(noise, dtype):
    samples = noise.astype(dtype) * (2**16 if dtype == "int32" else 1) if dtype.startswith("int") else (noise / 2**15).astype(dtype)
    for factor in (0.5, 1.7, -2.0, 0.0, 1.0):
        expected = samples * np.float64(factor)
        if dtype.startswith("int"):
            limits = np.iinfo(dtype)
            expected = np.clip(np.rint(expected), limits.min, limits.max)
        expected = expected.astype(dtype)
        changed = ndaudio.gain(samples, factor)
        assert changed.dtype == samples.dtype
        if dtype == "float32":
            np.testing.assert_allclose(changed, expected, rtol=1e-6)
        else:
            np.testing.assert_array_equal(changed, expected)


def test_gain_takes_decibels_factors_per_channel_and_any_layout(noise):
    samples = noise / 2**15
    np.testing.assert_allclose(ndaudio.gain(samples, db=-6), samples * 10 ** (-6 / 20), rtol=1e-15)
    np.testing.assert_array_equal(ndaudio.gain(samples, [0.5, 2.0]), samples * [0.5, 2.0])
    np.testing.assert_array_equal(ndaudio.gain(samples.T, [0.5, 2.0], channels_first=True), (samples * [0.5, 2.0]).T)
    np.testing.assert_array_equal(ndaudio.gain(samples[::-3, 1], 0.5), samples[::-3, 1] * 0.5)
    before = samples.copy()
    ndaudio.gain(samples, 0.1)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("arguments", [{}, {"factor": 1, "db": 0}, {"factor": np.nan}, {"factor": np.inf}, {"db": np.nan}, {"factor": [1, 2, 3]}])
def test_a_gain_that_is_none_is_refused(noise, arguments):
    with pytest.raises(ValueError):
        ndaudio.gain(noise, **arguments)


def test_percentiles_are_numpys(noise):
    histogram = ndaudio.Histogram(2)
    for begin in range(0, len(noise), 999):
        histogram.add(noise[begin : begin + 999])
    for percent in (0, 1, 12.5, 50, 99.9, 100):
        np.testing.assert_allclose(histogram.percentile(percent), np.percentile(noise, percent, axis=0) / 2**15, rtol=1e-12)
    assert histogram.count(1, -5) == (noise[:, 1] == -5).sum()
    assert histogram.frames == len(noise)


def test_histograms_merge_in_any_order_and_travel(noise):
    whole, parts = ndaudio.Histogram(2), []
    whole.add(noise)
    for begin in range(0, len(noise), 9_999):
        part = ndaudio.Histogram(2)
        part.add(noise.T[:, begin : begin + 9_999], channels_first=True)
        parts.append(pickle.loads(pickle.dumps(part)))
    total = ndaudio.Histogram(2)
    for part in reversed(parts):
        total = total + part
    assert total == whole
    total.merge(total)
    assert total.frames == 2 * len(noise)


def test_a_histogram_refuses_what_it_does_not_count(noise):
    histogram = ndaudio.Histogram(2)
    with pytest.raises(ValueError, match="counts int16"):
        histogram.add(noise / 2**15)
    with pytest.raises(ndaudio.ChannelMismatchError):
        histogram.add(noise[:, 0])
    with pytest.raises(ValueError, match="percent must be 0 to 100"):
        histogram.percentile(101)
    with pytest.raises(IndexError):
        histogram.count(2, 0)
    with pytest.raises(OverflowError):
        histogram.count(0, 2**15)
    assert np.isnan(histogram.percentile(50)).all()


@pytest.fixture
def bursts():
    """Three bursts, 0, −12 and −40 dB, in silence."""
    samples = np.zeros((40_000, 2), "float32")
    for begin, level in ((5_000, 0.9), (15_000, 0.225), (30_000, 0.009)):
        samples[begin : begin + 2_000, 1] = level
    return samples


def test_segments_of_arrays_readers_and_files_are_the_same(bursts, tmp_path):
    path = tmp_path / "bursts.wav"
    ndaudio.write(path, bursts, 16_000)
    for arguments, count in (({"threshold": -30.0}, 2), ({"threshold": -60.0}, 3), ({"threshold": 20.0, "relative": True}, 2)):
        expected = [[5_000, 7_000], [15_000, 17_000], [30_000, 32_000]][:count]
        for audio in (bursts, str(path), path.read_bytes(), ndaudio.open(path)):
            assert ndaudio.segments(audio, window=100, **arguments).tolist() == expected
        assert ndaudio.segments(bursts.T, window=100, channels_first=True, **arguments).tolist() == expected


def test_segments_of_a_reader_count_from_the_start_of_the_file(bursts, tmp_path):
    ndaudio.write(tmp_path / "bursts.wav", bursts, 16_000)
    with ndaudio.open(tmp_path / "bursts.wav") as reader:
        reader.seek(10_000)
        assert ndaudio.segments(reader, 20.0, relative=True, window=100).tolist() == [[15_000, 17_000]]


def test_segments_are_joined_dropped_and_widened(bursts):
    assert ndaudio.segments(bursts, window=100, min_silence=9_000).tolist() == [[5_000, 17_000], [30_000, 32_000]]
    assert ndaudio.segments(bursts, window=100, min_sound=2_001).tolist() == []
    assert ndaudio.segments(bursts, window=100, margin=50).tolist()[0] == [4_950, 7_050]
    assert ndaudio.segments(np.zeros((0, 1))).shape == (0, 2)


@pytest.mark.parametrize("arguments", [{"window": 0}, {"measure": "mean"}, {"threshold": np.nan}, {"hysteresis": -1.0}])
def test_a_rule_that_is_none_is_refused(bursts, arguments):
    with pytest.raises(ValueError):
        ndaudio.segments(bursts, **arguments)


def naive_sosfilt(sos, x):
    """Direct form II transposed, as the definition says."""
    y = x.astype("float64")
    for b0, b1, b2, _, a1, a2 in sos:
        z1 = z2 = np.zeros(x.shape[1])
        for n in range(len(y)):
            value = y[n].copy()
            y[n] = b0 * value + z1
            z1 = b1 * value - a1 * y[n] + z2
            z2 = b2 * value - a2 * y[n]
    return y


def test_filters_are_their_difference_equation(noise):
    samples = noise[:500] / 2**15
    sos = ndaudio.butterworth(4, (300.0, 3_400.0), 16_000, "bandpass")
    expected = naive_sosfilt(sos, samples)
    np.testing.assert_allclose(ndaudio.filter(samples, sos), expected, atol=1e-12)
    np.testing.assert_allclose(ndaudio.filter(samples.T, sos, channels_first=True), expected.T, atol=1e-12)
    np.testing.assert_allclose(ndaudio.filter(samples[:, 0], sos), expected[:, 0], atol=1e-12)


@pytest.mark.parametrize("length", [1, 7, 100, 499])
def test_a_filter_goes_on_from_block_to_block(noise, length):
    samples = noise[:500] / 2**15
    sos = ndaudio.elliptic(5, 0.5, 60, 2_000, 16_000)
    carried = ndaudio.Filter(sos, 2)
    found = np.concatenate([carried.filter(samples[i : i + length]) for i in range(0, 500, length)])
    np.testing.assert_array_equal(found, ndaudio.filter(samples, sos))
    carried.reset()
    np.testing.assert_array_equal(carried.filter(samples), found)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ndaudio.butterworth(4, 9_000, 16_000),
        lambda: ndaudio.butterworth(0, 900, 16_000),
        lambda: ndaudio.butterworth(4, (900, 100), 16_000, "bandpass"),
        lambda: ndaudio.butterworth(4, 900, 16_000, "bandpass"),
        lambda: ndaudio.butterworth(4, 900, 16_000, "notch"),
        lambda: ndaudio.bessel(4, 900, 16_000, norm="x"),
        lambda: ndaudio.filter(np.zeros((3, 1)), [[1, 2, 3]]),
        lambda: ndaudio.filter(np.zeros((3, 1)), [[1, 2, 3, 0, 5, 6]]),
        lambda: ndaudio.Filter([[1, 0, 0, 1, 0, 0]], 0),
        lambda: ndaudio.filtfilt(np.zeros((3, 1)), ndaudio.butterworth(4, 900, 16_000)),
        lambda: ndaudio.a_weighting(0),
    ],
)
def test_a_filter_that_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()
