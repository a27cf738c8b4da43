"""Features and loudness of the same file as librosa's and pyloudnorm's."""

import pathlib

import ndaudio
import numpy as np
import pytest

MUSIC = pathlib.Path(__file__).resolve().parents[4] / "data" / "music.wav"
librosa = pytest.importorskip("librosa")
features = ndaudio.features


@pytest.fixture(scope="module")
def spectra():
    samples, rate = ndaudio.read(MUSIC, "float64", frames=60_000)
    plan = ndaudio.Spectrum(2048, dtype="float64")
    windows = np.lib.stride_tricks.sliding_window_view(samples, 2048, axis=0)[::512].transpose(0, 2, 1)
    return plan.magnitude(windows), plan.frequencies(rate)


def theirs_of(function, magnitude, **arguments):
    return function(S=magnitude.transpose(2, 1, 0), **arguments)[:, 0].T  # windows × channels


def test_shapes_of_spectra_are_librosas(spectra):
    magnitude, frequencies = spectra
    feature = librosa.feature
    for ours, theirs in [
        (features.centroid(magnitude, frequencies), theirs_of(feature.spectral_centroid, magnitude, freq=frequencies)),
        (features.bandwidth(magnitude, frequencies), theirs_of(feature.spectral_bandwidth, magnitude, freq=frequencies)),
        (features.rolloff(magnitude, frequencies), theirs_of(feature.spectral_rolloff, magnitude, freq=frequencies)),
        (features.rolloff(magnitude, frequencies, 0.5), theirs_of(feature.spectral_rolloff, magnitude, freq=frequencies, roll_percent=0.5)),
        (features.flatness(magnitude**2), theirs_of(feature.spectral_flatness, magnitude)),
    ]:
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_mfcc_is_librosas(spectra):
    magnitude, _ = spectra
    mel = ndaudio.mel(44_100, 2048, 64) @ magnitude**2
    levels = librosa.power_to_db(mel.transpose(2, 1, 0))
    theirs = librosa.feature.mfcc(S=levels, n_mfcc=20).transpose(2, 1, 0)
    np.testing.assert_allclose(features.mfcc(mel), theirs, atol=1e-9)


@pytest.mark.parametrize(("mono", "gain"), [(False, 1.0), (True, 1.0), (False, 0.01)])
def test_loudness_is_pyloudnorms(mono, gain):
    meter = pytest.importorskip("pyloudnorm").Meter(44_100)
    samples, rate = ndaudio.read("data/music.wav", "float64")
    samples = gain * (samples.mean(axis=1, keepdims=True) if mono else samples)
    assert ndaudio.loudness(samples, rate).integrated() == pytest.approx(meter.integrated_loudness(samples), abs=0.05)
