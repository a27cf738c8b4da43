#!/usr/bin/env python3
"""Records what scikit-maad computes of a matrix of numbers, and librosa's A, C and Z weightings.

    python3 tests/peers/spectra_indices.py   # writes tests/peers/spectra_indices.tsv

Needs numpy, scikit-maad and librosa.
"""

import importlib.metadata
import pathlib

import librosa
import maad.features
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def magnitude():
    """111 bins of 100 Hz × 40 windows: integer arithmetic, so that tests/spectrum/indices.rs has it too."""
    bins, windows = np.meshgrid(np.arange(111), np.arange(40), indexing="ij")
    return 10.0 ** (-((bins * 37 + windows * windows * 11 + bins * windows) % 41) / 9.9)


def main():
    s, fn = magnitude(), np.arange(111) * 100.0
    rows = {
        "acoustic_complexity_index": maad.features.acoustic_complexity_index(s)[2],
        "acoustic_diversity_index": maad.features.acoustic_diversity_index(s, fn, fmax=10_000),
        "bioacoustics_index": maad.features.bioacoustics_index(s, fn, flim=(2000, 8000)),
        "frequency_entropy": maad.features.frequency_entropy((s**2)[:, 0])[0],
        "soundscape_index": maad.features.soundscape_index(s**2, fn, flim_bioPh=(2000, 8000), flim_antroPh=(1000, 2000))[0],
    }
    for name, curve in {"A": librosa.A_weighting, "C": librosa.C_weighting}.items():
        for frequency in (20.0, 31.5, 100.0, 500.0, 1000.0, 4000.0, 12_500.0, 20_000.0):
            rows[f"{name}_weighting {frequency}"] = curve(frequency, min_db=None)
    maad_version = importlib.metadata.version("scikit-maad")
    head = [f"# scikit-maad {maad_version}, librosa {librosa.__version__}: tests/peers/spectra_indices.py", "# name\tnumber"]
    lines = [f"{name}\t{float(value)!r}" for name, value in rows.items()]
    (HERE / "spectra_indices.tsv").write_text("\n".join(head + lines) + "\n")


main()
