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
