#!/usr/bin/env python3
"""Records PyPAM's hybrid millidecades and decidecades, and what it sums up in them.

    python3 tests/peers/spectra_bands.py   # writes tests/peers/spectra_bands.tsv

Needs lifewatch-pypam, which needs an older numpy and scipy than the other scripts: an environment of its own.
"""

import importlib.metadata
import pathlib

import numpy as np
import xarray
from pypam import utils

HERE = pathlib.Path(__file__).resolve().parent
ROWS = []


def record(name, values):
    ROWS.append(f"{name}\t{len(values)}\t" + " ".join(repr(float(value)) for value in values))


def density(bins):
    """Numbers that tests/spectrum/bands.rs has too."""
    index = np.arange(bins)
    return (index * 7919 % 1013 + 1) / 1013


def bands(name, limits, centers, rate, nfft):
    width, bins = rate / nfft, nfft // 2 + 1
    psd = xarray.DataArray(
        density(bins)[np.newaxis], dims=("id", "frequency"), coords={"frequency": np.arange(bins) * width}
    )
    sums = utils.spectra_ds_to_bands(psd, limits, centers, width, db=False)
    record(f"{name} {rate} {nfft} limits", limits)
    record(f"{name} {rate} {nfft} centers", centers)
    record(f"{name} {rate} {nfft} densities", sums.values[0])


def main():
    for rate, nfft in [(8000, 8000), (4000, 2000), (2000, 256)]:
        bands("millidecades", *utils.get_hybrid_millidecade_limits([0, rate / 2], nfft), rate, nfft)
    bands("decidecades", *utils.get_decidecade_limits([10, 4000], 8000, fs=8000), 8000, 8000)
    head = [f"# lifewatch-pypam {importlib.metadata.version('lifewatch-pypam')}: tests/peers/spectra_bands.py", "# name\tcount\tnumbers"]
    (HERE / "spectra_bands.tsv").write_text("\n".join(head + ROWS) + "\n")


main()
