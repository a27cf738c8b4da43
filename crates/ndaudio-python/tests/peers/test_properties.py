"""Property tests against NumPy, librosa and scipy: any length, hop, order and stride."""

import io

import ndaudio
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

librosa = pytest.importorskip("librosa")
signal = pytest.importorskip("scipy.signal")

relaxed = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def arrays(draw, smallest=0, largest=400):
    """Samples of any sample type, frames × channels, in any order and stride."""
    frames, channels = draw(st.integers(smallest, largest)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["int16", "int32", "float32", "float64", ">i2", ">f8", "float16"]))
    if np.dtype(kind).kind == "i":
        limits = np.iinfo(kind)
        samples = random.integers(limits.min, limits.max, (frames, channels), np.dtype(kind).newbyteorder("="), endpoint=True).astype(kind)
    else:
        samples = random.uniform(-1, 1, (frames, channels)).astype(kind)
    order = draw(st.sampled_from(["C", "F", "reversed", "strided", "channels reversed", "read-only"]))
    if order == "read-only":
        samples.setflags(write=False)
    return {
        "C": samples,
        "F": np.asfortranarray(samples),
        "reversed": samples[::-1],
        "strided": np.repeat(samples, 3, axis=0)[::3],
        "channels reversed": samples[:, ::-1],
        "read-only": samples,
    }[order]


def scaled(samples):
    full_scale = 2.0 ** (8 * samples.dtype.itemsize - 1) if samples.dtype.kind == "i" else 1.0
    return samples.astype("float64") / full_scale


@relaxed
@given(arrays(smallest=1))
def test_levels_are_numpys(samples):
    numbers = scaled(samples)
    for levels in (ndaudio.levels(samples), ndaudio.levels(samples.T, channels_first=True)):
        np.testing.assert_allclose(levels.rms(), np.sqrt(np.mean(numbers**2, axis=0)), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(levels.mean(), numbers.mean(axis=0), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(levels.standard_deviation(), numbers.std(axis=0), rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(levels.min(), numbers.min(axis=0))
        np.testing.assert_array_equal(levels.max(), numbers.max(axis=0))
        np.testing.assert_array_equal(levels.peak(), np.abs(numbers).max(axis=0))
    np.testing.assert_allclose(ndaudio.rms(samples), levels.rms(), rtol=1e-12)
    np.testing.assert_array_equal(ndaudio.peak(samples), levels.peak())


@relaxed
@given(arrays(), st.data())
def test_parts_merge_to_the_whole(samples, data):
    cut = data.draw(st.integers(0, len(samples)))
    whole, parts = ndaudio.levels(samples), [ndaudio.levels(part) for part in (samples[:cut], samples[cut:])]
    if samples.dtype.kind == "i":
        assert sum(parts) == whole
    np.testing.assert_allclose(sum(parts).rms(), whole.rms(), rtol=1e-14)


@relaxed
@given(arrays(smallest=1), st.sampled_from(["int16", "int32", "float32", "float64"]), st.data())
def test_reading_is_numpys_slice(samples, dtype, data):
    file = io.BytesIO()
    ndaudio.write(file, samples, 8_000)
    whole, _ = ndaudio.read(file.getvalue(), dtype)
    if np.dtype(dtype) == samples.dtype:
        np.testing.assert_array_equal(whole, samples)
    frames = len(samples)
    start, count = data.draw(st.integers(-frames, frames)), data.draw(st.integers(0, frames + 3))
    part, _ = ndaudio.read(file.getvalue(), dtype, start, count)
    np.testing.assert_array_equal(part, whole[start % frames if start < frames else frames :][:count])
    out = np.full((frames, 3 * whole.shape[1]), 7, dtype, order=data.draw(st.sampled_from(["C", "F"])))
    with ndaudio.open(file.getvalue()) as reader:
        found = reader.read(out=out[::-1, ::3])
    np.testing.assert_array_equal(found, whole)
    assert (out[:, 1::3] == 7).all()


@relaxed
@given(arrays(smallest=1), st.integers(1, 120), st.integers(1, 130), st.integers(1, 9))
def test_windows_are_librosas_frames(samples, length, hop, batch):
    file = io.BytesIO()
    ndaudio.write(file, samples, 8_000)
    whole, _ = ndaudio.read(file.getvalue(), "float64")
    with ndaudio.open(file.getvalue()) as reader:
        ours = [np.array(b) for b in reader.windows(length, hop, "float64", batch=batch)]
        reader.seek(0)
        first = [np.array(b) for b in reader.windows(length, hop, "float64", batch=batch, channels_first=True)]
    if len(whole) < length:
        assert ours == first == []
        return
    frames = librosa.util.frame(whole.T, frame_length=length, hop_length=hop)  # channels × length × k
    np.testing.assert_array_equal(np.concatenate(ours), frames.transpose(2, 1, 0))
    np.testing.assert_array_equal(np.concatenate(first), frames.transpose(2, 0, 1))


@relaxed
@given(arrays(smallest=130), st.integers(2, 128), st.data())
def test_stft_is_librosas(samples, length, data):
    hop, fft_len = data.draw(st.integers(1, length)), data.draw(st.integers(length, 200))
    if len(samples) < fft_len:
        fft_len = length
    numbers = scaled(samples)
    theirs = librosa.stft(numbers.T, n_fft=length, hop_length=hop, center=False, dtype="complex128")
    ours = ndaudio.stft(samples, length, hop, dtype="float64")
    np.testing.assert_allclose(ours, theirs.transpose(2, 1, 0), atol=1e-10)
    # Zeros after the window, where librosa has them on both sides, leave the magnitudes.
    plan = ndaudio.Spectrum(length, fft_len=fft_len, dtype="float64")
    np.testing.assert_allclose(
        plan.magnitude(samples[:length]), np.abs(np.fft.rfft(numbers[:length] * signal.get_window("hann", length)[:, None], fft_len, axis=0)), atol=1e-10
    )


@relaxed
@given(arrays(smallest=130), st.integers(2, 128), st.sampled_from(["hann", "hamming", "boxcar", ("kaiser", 5.0)]), st.data())
def test_welch_is_scipys(samples, length, taper, data):
    overlap = data.draw(st.integers(0, length - 1))
    detrend = data.draw(st.sampled_from([None, "constant"]))
    frequencies, ours = ndaudio.welch(samples, 8_000, length, length - overlap, taper=taper, detrend=detrend)
    expected, theirs = signal.welch(scaled(samples), 8_000, taper, length, overlap, detrend=detrend or False, axis=0)
    np.testing.assert_allclose(frequencies, expected)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-16)
