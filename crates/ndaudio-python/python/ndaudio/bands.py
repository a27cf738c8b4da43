"""Bands of frequencies: octaves, third octaves, decidecades, hybrid millidecades, and your own.

Each function makes a `FilterBank` for spectra of one sample rate and transform length. `ndaudio.mel` makes mel bands.

Examples
--------
>>> import ndaudio
>>> bank = ndaudio.bands.decidecade(44_100, 44_100, 10, 20_000)
>>> ltsa = ndaudio.Ltsa(44_100, 44_100, row_frames=44_100, bands=bank)  # the power in each band, second by second
>>> ltsa.add_file("data/music.wav")
>>> ltsa.values().shape  # rows × bands × channels
(10, 34, 2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ._ndaudio import FilterBank, filter_bank

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["FilterBank", "decidecade", "from_edges", "hybrid_millidecade", "octave", "third_octave"]


def octave(
    sample_rate: float,
    fft_len: int,
    low: float,
    high: float,
    *,
    base: Literal[2, 10] = 10,
    per_hertz: bool = False,
) -> FilterBank:
    """Design octave bands, from the one that contains `low` to the one that contains `high`.

    Parameters
    ----------
    sample_rate : float
        In Hz.
    fft_len : int
        Frames of the transform.
    low, high : float
        In Hz.
    base : {10, 2}
        Centres at 1000 · 10**(0.3 x) Hz (IEC 61260-1:2014), or at 1000 · 2**x Hz (IEC 61260:1995).
    per_hertz : bool
        Whether densities give mean densities, instead of powers.

    Returns
    -------
    FilterBank

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.bands.octave(44_100, 4096, 125, 8_000, base=2).centers()
    array([ 125.,  250.,  500., 1000., 2000., 4000., 8000.])
    """
    kind = {10: "octave", 2: "octave_base_2"}.get(base)
    if kind is None:
        raise ValueError(f"base must be 10 or 2, not {base}")
    return filter_bank(kind, sample_rate, fft_len, [low, high], per_hertz)


def third_octave(
    sample_rate: float,
    fft_len: int,
    low: float,
    high: float,
    *,
    base: Literal[2, 10] = 10,
    per_hertz: bool = False,
) -> FilterBank:
    """Design third-octave bands, from the one that contains `low` to the one that contains `high`.

    Parameters
    ----------
    sample_rate : float
        In Hz.
    fft_len : int
        Frames of the transform.
    low, high : float
        In Hz.
    base : {10, 2}
        Centres at 1000 · 10**(x / 10) Hz (IEC 61260-1:2014), or at 1000 · 2**(x / 3) Hz (IEC 61260:1995).
    per_hertz : bool
        Whether densities give mean densities, instead of powers.

    Returns
    -------
    FilterBank

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.bands.third_octave(44_100, 4096, 500, 2_000).centers().round()
    array([ 501.,  631.,  794., 1000., 1259., 1585., 1995.])
    """
    kind = {10: "third_octave", 2: "third_octave_base_2"}.get(base)
    if kind is None:
        raise ValueError(f"base must be 10 or 2, not {base}")
    return filter_bank(kind, sample_rate, fft_len, [low, high], per_hertz)


def decidecade(sample_rate: float, fft_len: int, low: float, high: float, *, per_hertz: bool = False) -> FilterBank:
    """Design decidecades, tenths of decades, from the one that contains `low` to the one that contains `high`.

    Parameters
    ----------
    sample_rate : float
        In Hz.
    fft_len : int
        Frames of the transform.
    low, high : float
        In Hz.
    per_hertz : bool
        Whether densities give mean densities, instead of powers.

    Returns
    -------
    FilterBank
        Centres at 10**(x / 10) Hz (ISO 18405:2017, 3.1.4.2).

    Examples
    --------
    >>> import ndaudio
    >>> len(ndaudio.bands.decidecade(96_000, 96_000, 10, 20_000))
    34
    """
    return filter_bank("decidecade", sample_rate, fft_len, [low, high], per_hertz)


def hybrid_millidecade(sample_rate: float, fft_len: int, *, per_hertz: bool = False) -> FilterBank:
    """Design hybrid millidecades: bins up to where bands of a thousandth of a decade are wider, then these.

    Parameters
    ----------
    sample_rate : float
        In Hz.
    fft_len : int
        Frames of the transform; as many as `sample_rate` for bins of 1 Hz.
    per_hertz : bool
        Whether densities give mean densities, as hybrid millidecades are published, instead of powers.

    Returns
    -------
    FilterBank
        As in Martin et al., "Hybrid millidecade spectra", JASA Express Letters 1 (2021).

    Examples
    --------
    >>> import ndaudio
    >>> bank = ndaudio.bands.hybrid_millidecade(48_000, 48_000, per_hertz=True)
    >>> bank.centers()[:3]
    array([0., 1., 2.])
    """
    return filter_bank("hybrid_millidecade", sample_rate, fft_len, [], per_hertz)


def from_edges(sample_rate: float, fft_len: int, edges: ArrayLike, *, per_hertz: bool = False) -> FilterBank:
    """Make bands between neighbouring edges.

    Parameters
    ----------
    sample_rate : float
        In Hz.
    fft_len : int
        Frames of the transform.
    edges : array_like
        In Hz, each above the one before.
    per_hertz : bool
        Whether densities give mean densities, instead of powers.

    Returns
    -------
    FilterBank
        One band fewer than edges.

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.bands.from_edges(48_000, 4096, [100, 1_000, 10_000]).centers()
    array([ 550., 5500.])
    """
    import numpy as np

    return filter_bank("from_edges", sample_rate, fft_len, np.asarray(edges, "float64").ravel().tolist(), per_hertz)
