"""Levels against NumPy's definitions, merged, stored and sent elsewhere."""

import copy
import functools
import operator
import pickle

import ndaudio
import numpy as np
import pytest


def test_levels_are_numpys(noise):
    levels, scaled = ndaudio.levels(noise), noise / 2**15
    np.testing.assert_allclose(levels.rms(), np.sqrt((scaled**2).mean(axis=0)), rtol=1e-12)
    np.testing.assert_allclose(levels.mean(), scaled.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(levels.variance(), scaled.var(axis=0), rtol=1e-12)
    np.testing.assert_allclose(levels.standard_deviation(), scaled.std(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(levels.peak(), np.abs(scaled).max(axis=0))
    np.testing.assert_array_equal(levels.min(), scaled.min(axis=0))
    np.testing.assert_array_equal(levels.max(), scaled.max(axis=0))
    np.testing.assert_allclose(levels.crest_factor(), levels.peak() / levels.rms())
    np.testing.assert_array_equal(levels.clipped(), ((noise == -(2**15)) | (noise == 2**15 - 1)).sum(axis=0))
    crossings = np.diff(np.signbit(scaled), axis=0).sum(axis=0)
    np.testing.assert_array_equal(levels.zero_crossings(), crossings)
    np.testing.assert_allclose(levels.zero_crossing_rate(), crossings / (len(noise) - 1))
    assert levels.frames == len(noise)
    assert levels.samples().tolist() == [len(noise)] * 2


def test_sums_of_integers_are_exact(noise):
    """To the last bit of the correctly rounded quotient of exact integers."""
    squares = [sum(int(x) ** 2 for x in noise[:, channel]) for channel in range(2)]
    exact = [square / (len(noise) * 2**30) for square in squares]  # Python rounds int / int correctly
    assert ndaudio.levels(noise).mean_square().tolist() == exact


@pytest.mark.parametrize("cut", [1, 7, 1_000, 31_999])
def test_merged_parts_are_the_whole(noise, cut):
    whole = ndaudio.levels(noise)
    parts = [ndaudio.levels(noise[i : i + cut]) for i in range(0, min(len(noise), 50 * cut), cut)]
    whole = ndaudio.levels(noise[: 50 * cut])
    assert sum(parts) == whole
    assert functools.reduce(operator.add, parts) == whole
    merged = ndaudio.Levels(2)
    for part in parts:
        merged.merge(part)
    assert merged == whole
    added = ndaudio.Levels(2)
    for i in range(0, min(len(noise), 50 * cut), cut):
        added.add(noise[i : i + cut])
    assert added == whole


def test_addition_leaves_its_parts_alone(noise):
    first, next_ = ndaudio.levels(noise[:10]), ndaudio.levels(noise[10:30])
    total = first + next_
    assert (first.frames, next_.frames, total.frames) == (10, 20, 30)
    first += next_
    assert first == total


def test_levels_merge_with_themselves(noise):
    levels = ndaudio.levels(noise)
    levels.merge(levels)
    assert levels.frames == 2 * len(noise)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_levels_keep_all_bits_through_pickle(noise, protocol):
    for samples in (noise, (noise / 2**15).astype("float32"), np.array([[np.nan, np.inf], [0.1, -0.3]])):
        levels = ndaudio.levels(samples)
        assert pickle.loads(pickle.dumps(levels, protocol)).to_json() == levels.to_json()
        assert copy.copy(levels).to_json() == copy.deepcopy(levels).to_json() == levels.to_json()


def test_a_state_that_is_none_is_refused():
    for state in ("", "{}", '{"version":99,"frames":0,"channels":[]}'):
        with pytest.raises(ValueError, match="not a state of Levels"):
            ndaudio.Levels.from_json(state)


def test_what_does_not_go_together_is_refused(noise):
    levels = ndaudio.Levels(3)
    with pytest.raises(ndaudio.ChannelMismatchError, match="the audio has 2 channels, but 3 are expected"):
        levels.add(noise)
    with pytest.raises(ndaudio.ChannelMismatchError):
        levels.merge(ndaudio.Levels(2))
    with pytest.raises(ndaudio.ChannelMismatchError):
        levels + ndaudio.Levels(2)
    with pytest.raises(ValueError, match="channels must be at least 1"):
        ndaudio.Levels(0)
    with pytest.raises(IndexError, match="channel 3 does not exist: the audio has 3"):
        levels.channel(3)
    with pytest.raises((TypeError, ValueError)):
        levels + 1
    with pytest.raises((TypeError, ValueError)):
        1 + levels


def test_a_file_a_reader_and_an_array_have_the_same_levels(noise_wav, noise):
    expected = ndaudio.levels(noise)
    assert ndaudio.levels(noise_wav) == expected
    with open(noise_wav, "rb") as file:
        assert ndaudio.levels(file.read()) == expected
    with ndaudio.open(noise_wav) as reader:
        reader.seek(100)
        assert ndaudio.levels(reader) == ndaudio.levels(noise[100:])
        assert reader.tell() == len(noise)


def test_channel_and_overall(noise):
    levels = ndaudio.levels(noise)
    scaled = noise / 2**15
    assert levels.channel(1).rms() == levels.rms()[1]
    assert levels.overall().samples() == noise.size
    np.testing.assert_allclose(levels.overall().rms(), np.sqrt((scaled**2).mean()), rtol=1e-12)
    assert "rms" in repr(levels.overall())
    assert "32000 frames" in repr(levels)


ARRAYS = {
    "C": lambda x: np.ascontiguousarray(x),
    "F": lambda x: np.asfortranarray(x),
    "reversed": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "strided": lambda x: np.repeat(np.repeat(x, 2, axis=0), 3, axis=1)[::2, ::3],
    "other byte order": lambda x: x.astype(x.dtype.newbyteorder(">")),
    "unaligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), x.dtype, offset=1).reshape(x.shape),
    "read-only": lambda x: np.frombuffer(x.tobytes(), x.dtype).reshape(x.shape),
    "nested lists": lambda x: x.astype("float64").tolist() if x.dtype.kind == "f" else x,
    "subclass": lambda x: x.view(np.matrix),
}


@pytest.mark.parametrize("layout", ARRAYS)
@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_arrays_may_have_any_layout(noise, layout, dtype):
    samples = noise[:500].astype(dtype) if dtype.startswith("int") else (noise[:500] / 2**15).astype(dtype)
    expected = ndaudio.levels(samples)
    laid_out = ARRAYS[layout](samples)
    assert ndaudio.levels(laid_out).rms().tolist() == expected.rms().tolist()
    if not isinstance(laid_out, (np.matrix, list)):
        assert ndaudio.levels(laid_out.T, channels_first=True).rms().tolist() == expected.rms().tolist()
        np.testing.assert_array_equal(ndaudio.rms(laid_out), ndaudio.rms(samples))
        np.testing.assert_array_equal(ndaudio.rms(laid_out.T, channels_first=True), ndaudio.rms(samples))


def test_half_floats_are_floats():
    samples = np.array([[0.5], [-0.25]], "float16")
    assert ndaudio.peak(samples) == [0.5]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "uint16", "int64", "bool", "complex128", "longdouble", "U3", "O"])
def test_dtypes_without_a_full_scale_are_refused(dtype):
    with pytest.raises(TypeError, match="no agreed full scale"):
        ndaudio.rms(np.zeros((3, 2), dtype))


@pytest.mark.parametrize("shape", [(), (3, 0), (2, 3, 4, 5)])
def test_shapes_that_are_no_audio_are_refused(shape):
    for call in (ndaudio.rms, ndaudio.levels):
        with pytest.raises(ValueError, match="audio"):
            call(np.zeros(shape))


def test_one_axis_is_mono(noise):
    mono = np.ascontiguousarray(noise[:, 0])
    assert ndaudio.levels(mono) == ndaudio.levels(mono[:, None])
    np.testing.assert_array_equal(ndaudio.rms(mono), ndaudio.rms(mono[:, None]))


@pytest.mark.parametrize("measure", ["rms", "peak", "mean", "crest_factor"])
def test_a_batch_is_measured_window_by_window(noise_wav, noise, measure):
    with ndaudio.open(noise_wav) as reader:
        found = np.concatenate([getattr(ndaudio, measure)(b) for b in reader.windows(640, 160, "int16")])
        reader.seek(0)
        first = np.concatenate(
            [getattr(ndaudio, measure)(b, channels_first=True) for b in reader.windows(640, 160, "int16", channels_first=True)]
        )
    expected = [getattr(ndaudio, measure)(noise[i : i + 640]) for i in range(0, len(noise) - 639, 160)]
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(first, expected)


def test_sum_adds_everything_that_merges(noise):
    """`sum` begins with 0."""
    half = len(noise) // 2
    parts = [noise[:half], noise[half:]]
    histograms, densities = [ndaudio.Histogram(2) for _ in parts], [ndaudio.Psd(256, 16_000) for _ in parts]
    for part, histogram, density in zip(parts, histograms, densities, strict=True):
        histogram.add(part)
        density.add(part[:256])
    assert sum(histograms).frames == len(noise)
    assert sum(densities).windows == 2
    for wrong in (histograms[0], densities[0]):
        with pytest.raises(ValueError, match="add to"):
            1 + wrong
