"""Bands by their definitions."""

import pickle

import ndaudio
import numpy as np
import pytest

bands = ndaudio.bands


@pytest.mark.parametrize(
    ("bank", "centers"),
    [
        (bands.octave(48_000, 4096, 125, 8_000), 1000 * 10 ** (0.3 * np.arange(-3, 4))),
        (bands.octave(48_000, 4096, 125, 8_000, base=2), 1000 * 2.0 ** np.arange(-3, 4)),
        (bands.third_octave(48_000, 4096, 100, 10_000), 1000 * 10 ** (np.arange(-10, 11) / 10)),
        (bands.third_octave(48_000, 4096, 100, 10_000, base=2), 1000 * 2 ** (np.arange(-10, 11) / 3)),
        (bands.decidecade(48_000, 4096, 100, 10_000), 10 ** (np.arange(20, 41) / 10)),
    ],
    ids=["octave", "octave of base 2", "third octave", "third octave of base 2", "decidecade"],
)
def test_centres_are_the_standards(bank, centers):
    np.testing.assert_allclose(bank.centers(), centers, rtol=1e-12)
    assert len(bank) == len(centers)
    np.testing.assert_allclose(bank.lower_edges()[1:], bank.upper_edges()[:-1], rtol=1e-12)
    np.testing.assert_allclose(bank.centers() ** 2, bank.lower_edges() * bank.upper_edges(), rtol=1e-12)


@pytest.mark.parametrize(
    "bank",
    [
        bands.third_octave(16_000, 512, 100, 5_000),
        bands.hybrid_millidecade(16_000, 16_000, per_hertz=True),
        bands.from_edges(16_000, 512, [0, 100.5, 3_000, 8_000]),
    ],
    ids=["third octave", "hybrid millidecade", "edges"],
)
def test_a_bank_is_its_matrix(bank):
    density = np.random.default_rng(2).uniform(0, 1, (4, bank.bins, 3))
    expected = bank.matrix() @ density
    np.testing.assert_allclose(bank.apply(density), expected, rtol=1e-12)
    np.testing.assert_allclose(bank.apply(density[0]), expected[0], rtol=1e-12)
    np.testing.assert_allclose(bank.apply(density[0, :, 0]), expected[0, :, :1], rtol=1e-12)
    np.testing.assert_allclose(
        bank.apply(density.transpose(0, 2, 1), channels_first=True), expected.transpose(0, 2, 1), rtol=1e-12
    )
    single = bank.apply(density.astype("float32"))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=1e-5)
    again = pickle.loads(pickle.dumps(bank))
    assert again == bank
    np.testing.assert_array_equal(again.matrix(), bank.matrix())


def test_edges_keep_the_power():
    """The bands from 0 Hz to Nyquist's hold all of it."""
    samples = np.random.default_rng(1).uniform(-1, 1, (20_000, 2))
    frequencies, density = ndaudio.welch(samples, 8_000, 1000)
    power = bands.from_edges(8_000, 1000, [0, 10, 333.3, 4_000]).apply(density)
    np.testing.assert_allclose(power.sum(axis=0), density.sum(axis=0) * frequencies[1], rtol=1e-12)


def test_per_hertz_divides_by_the_width():
    edges = [100, 250, 1_000]
    powers, means = (bands.from_edges(8_000, 1000, edges, per_hertz=per).matrix() for per in (False, True))
    np.testing.assert_allclose(means, powers / np.diff(edges)[:, None], rtol=1e-12)


def test_a_long_term_average_of_bands(noise_wav):
    bank = bands.decidecade(16_000, 1_600, 100, 5_000)
    fine, coarse = ndaudio.Ltsa(1_600, 16_000, 16_000), ndaudio.Ltsa(1_600, 16_000, 16_000, bands=bank)
    for ltsa in (fine, coarse):
        ltsa.add_file(noise_wav)
        ltsa.end()
    np.testing.assert_allclose(coarse.values(), bank.apply(fine.values()), rtol=1e-12)
    np.testing.assert_array_equal(coarse.frequencies(), bank.centers())
    with pytest.raises(ValueError, match="different settings"):
        coarse.merge(fine)
    with pytest.raises(ValueError, match="bins"):
        ndaudio.Ltsa(1_000, 16_000, 16_000, bands=bank)
    with pytest.raises(ValueError, match="sample rate"):
        ndaudio.Ltsa(1_600, 48_000, 16_000, bands=bank)


@pytest.mark.parametrize(
    "call",
    [
        lambda: bands.octave(0, 512, 100, 200),
        lambda: bands.octave(8_000, 0, 100, 200),
        lambda: bands.octave(8_000, 512, 0, 200),
        lambda: bands.octave(8_000, 512, 200, 100),
        lambda: bands.octave(8_000, 512, 100, float("inf")),
        lambda: bands.octave(8_000, 512, 100, 200, base=3),
        lambda: bands.from_edges(8_000, 512, [100]),
        lambda: bands.from_edges(8_000, 512, [200, 100]),
        lambda: bands.from_edges(8_000, 512, [100, float("nan")]),
        lambda: bands.decidecade(8_000, 512, 100, 200).apply(np.ones((3, 1))),
        lambda: bands.decidecade(8_000, 512, 100, 200).apply(np.ones((257, 1)) * 1j),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()
