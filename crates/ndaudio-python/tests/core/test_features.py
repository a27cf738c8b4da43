"""Features of spectra by their formulas, in every shape and precision."""

import ndaudio
import numpy as np
import pytest

features = ndaudio.features
FREQUENCIES = np.arange(33) * 250.0


@pytest.fixture
def magnitude():
    return np.random.default_rng(7).uniform(0.1, 1, (5, 33, 2))


def centroid(m):
    return (m * FREQUENCIES[:, None]).sum(axis=-2) / m.sum(axis=-2)


def bandwidth(m):
    return np.sqrt((m * (FREQUENCIES[:, None] - centroid(m)[..., None, :]) ** 2).sum(axis=-2) / m.sum(axis=-2))


def rolloff(m):
    return FREQUENCIES[(np.cumsum(m, axis=-2) >= 0.85 * m.sum(axis=-2, keepdims=True)).argmax(axis=-2)]


def flatness(m):
    return np.exp(np.log(m).mean(axis=-2)) / m.mean(axis=-2)


def entropy(m):
    shares = m / m.sum(axis=-2, keepdims=True)
    return -(shares * np.log(shares)).sum(axis=-2) / np.log(m.shape[-2])


@pytest.mark.parametrize(("name", "formula"), [(f.__name__, f) for f in (centroid, bandwidth, rolloff, flatness, entropy)])
def test_a_feature_is_its_formula(magnitude, name, formula):
    rest = (FREQUENCIES,) if name in ("centroid", "bandwidth", "rolloff") else ()
    feature, expected = getattr(features, name), formula(magnitude)
    np.testing.assert_allclose(feature(magnitude, *rest), expected, rtol=1e-12)
    np.testing.assert_allclose(feature(magnitude[0], *rest), expected[0], rtol=1e-12)
    np.testing.assert_allclose(feature(magnitude[0, :, 1], *rest), expected[0, 1:], rtol=1e-12)
    np.testing.assert_allclose(feature(magnitude.transpose(0, 2, 1), *rest, channels_first=True), expected, rtol=1e-12)
    np.testing.assert_allclose(feature(magnitude[::-1], *rest), expected[::-1], rtol=1e-12)
    np.testing.assert_allclose(feature(magnitude.astype("float32"), *rest), expected, rtol=1e-5)
    np.testing.assert_allclose(feature(magnitude.astype(">f8"), *rest), expected, rtol=1e-12)


def test_complexity_is_the_sum_of_changes(magnitude):
    expected = (np.abs(np.diff(magnitude, axis=0)).sum(axis=0) / magnitude.sum(axis=0)).sum(axis=0)
    np.testing.assert_allclose(features.complexity(magnitude), expected, rtol=1e-12)
    np.testing.assert_allclose(features.complexity(magnitude.transpose(0, 2, 1), channels_first=True), expected, rtol=1e-12)


def test_soundscape_compares_two_ranges(magnitude):
    density = magnitude[0]
    human = density[(FREQUENCIES >= 500) & (FREQUENCIES < 1_500)].sum(axis=0)
    animal = density[(FREQUENCIES >= 1_500) & (FREQUENCIES < 6_000)].sum(axis=0)
    found = features.soundscape(density, FREQUENCIES, (500, 1_500), (1_500, 6_000))
    np.testing.assert_allclose(found, (animal - human) / (animal + human), rtol=1e-12)


def test_diversity_is_the_entropy_of_loud_cells(magnitude):
    loud = magnitude > magnitude.max(axis=(0, 1)) * 10 ** (-6 / 20)
    shares = []
    for low in range(0, 8_000, 2_000):
        inside = (FREQUENCIES >= low) & (FREQUENCIES <= low + 2_000)
        shares.append(loud[:, inside].mean(axis=(0, 1)))
    shares = np.array(shares) / np.sum(shares, axis=0)
    expected = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=0)
    np.testing.assert_allclose(features.diversity(magnitude, FREQUENCIES, 8_000, 2_000, -6), expected, rtol=1e-12)


def test_bioacoustic_is_the_area_above_the_lowest(magnitude):
    inside = (FREQUENCIES >= 2_000) & (FREQUENCIES <= 8_000)
    levels = 20 * np.log10(magnitude.mean(axis=0))[inside]
    np.testing.assert_allclose(
        features.bioacoustic(magnitude, FREQUENCIES), (levels - levels.min(axis=0)).sum(axis=0) / 250, rtol=1e-9
    )


def test_mfcc_is_the_cosine_transform_of_levels(magnitude):
    mel = magnitude**2
    levels = 10 * np.log10(mel)
    rows, columns = np.arange(13)[:, None], np.arange(33)
    transform = np.cos(np.pi * rows * (2 * columns + 1) / 66) * np.sqrt(2 / 33)
    transform[0] /= np.sqrt(2)
    expected = transform @ levels
    np.testing.assert_allclose(features.mfcc(mel, 13, top_db=None), expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(features.mfcc(mel[0], 13, top_db=None), expected[0], rtol=1e-9, atol=1e-9)
    first = features.mfcc(mel.transpose(0, 2, 1), 13, top_db=None, channels_first=True)
    np.testing.assert_allclose(first, expected.transpose(0, 2, 1), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: features.centroid(m, FREQUENCIES[:-1]),
        lambda m: features.centroid(m * 1j, FREQUENCIES),
        lambda m: features.centroid(m[None], FREQUENCIES),
        lambda m: features.rolloff(m, FREQUENCIES, 1.0),
        lambda m: features.diversity(m, FREQUENCIES, 1_000, 0),
        lambda m: features.diversity(m, FREQUENCIES, 1_000, 1e-9),
        lambda m: features.bioacoustic(m[:, :1], FREQUENCIES[:1]),
        lambda m: features.mfcc(m, 34),
        lambda m: features.mfcc(m, 0),
    ],
)
def test_what_cannot_be_is_refused(magnitude, call):
    with pytest.raises(ValueError):
        call(magnitude)
