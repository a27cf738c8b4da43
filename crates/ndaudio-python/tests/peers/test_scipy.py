"""Filters as scipy.signal's."""

import ndaudio
import numpy as np
import pytest

signal = pytest.importorskip("scipy.signal")

BANDS = [("lowpass", 3_000.0), ("highpass", 200.0), ("bandpass", (300.0, 3_400.0)), ("bandstop", (1_000.0, 2_000.0))]
DESIGNS = {
    "butterworth": (lambda n, f, k: ndaudio.butterworth(n, f, 16_000, k), lambda n, f, k: signal.butter(n, f, k, fs=16_000, output="sos")),
    "chebyshev1": (
        lambda n, f, k: ndaudio.chebyshev1(n, 0.5, f, 16_000, k),
        lambda n, f, k: signal.cheby1(n, 0.5, f, k, fs=16_000, output="sos"),
    ),
    "chebyshev2": (
        lambda n, f, k: ndaudio.chebyshev2(n, 40, f, 16_000, k),
        lambda n, f, k: signal.cheby2(n, 40, f, k, fs=16_000, output="sos"),
    ),
    "elliptic": (
        lambda n, f, k: ndaudio.elliptic(n, 0.5, 40, f, 16_000, k),
        lambda n, f, k: signal.ellip(n, 0.5, 40, f, k, fs=16_000, output="sos"),
    ),
    "bessel": (lambda n, f, k: ndaudio.bessel(n, f, 16_000, k), lambda n, f, k: signal.bessel(n, f, k, fs=16_000, output="sos")),
}


@pytest.mark.parametrize("family", DESIGNS)
@pytest.mark.parametrize("band", BANDS, ids=lambda band: band[0])
@pytest.mark.parametrize("order", [1, 2, 5, 8])
def test_designs_and_filtered_samples(family, band, order, noise):
    ours, theirs = (design(order, band[1], band[0]) for design in DESIGNS[family])
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)
    samples = noise[:4_000] / 2**15
    np.testing.assert_allclose(ndaudio.filter(samples, theirs), signal.sosfilt(theirs, samples, axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ndaudio.filtfilt(samples, theirs), signal.sosfiltfilt(theirs, samples, axis=0), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("taper", ["hann", "hamming", "blackman", "boxcar", "flattop", ("kaiser", 8.6), ("tukey", 0.25)], ids=str)
@pytest.mark.parametrize("detrend", [None, "constant", "linear"])
@pytest.mark.parametrize("average", ["mean", "median"])
def test_welch_is_scipys(noise, taper, detrend, average):
    samples = noise / 2**15
    ours = ndaudio.welch(samples, 16_000, 512, 200, taper=taper, detrend=detrend, average=average)
    theirs = signal.welch(
        samples, 16_000, taper, 512, 312, detrend=detrend or False, average=average, axis=0
    )
    np.testing.assert_allclose(ours[0], theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-9, atol=1e-18)


@pytest.mark.parametrize("scaling", ["density", "spectrum"])
def test_spectra_are_scaled_as_scipys_periodograms(noise, scaling):
    window = noise[:1_000] / 2**15
    plan = ndaudio.Spectrum(1_000, scaling=scaling, sample_rate=16_000, dtype="float64")
    _, theirs = signal.periodogram(window, 16_000, "hann", scaling=scaling, detrend=False, axis=0)
    np.testing.assert_allclose(plan.power(window), theirs, rtol=1e-9, atol=1e-18)


def test_resampling_keeps_what_resample_poly_keeps(noise):
    """Band-limited noise, far from both edges of the pass band and both ends of the signal."""
    samples = signal.sosfiltfilt(signal.butter(8, 2_000, fs=16_000, output="sos"), noise[:, 0] / 2**15)
    ours = ndaudio.resample(samples, 16_000, 24_000)
    theirs = signal.resample_poly(samples, 3, 2, window=("kaiser", 14.0))
    np.testing.assert_allclose(ours[2_000:-2_000], theirs[2_000:-2_000], atol=2e-4)
