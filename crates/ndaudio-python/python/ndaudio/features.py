"""Numbers that describe spectra: one per window, or one per recording.

The first five take the spectra of windows, bins × channels or batches of them, k × bins × channels; the acoustic indices take all windows
of a recording at once.

Examples
--------
>>> import numpy as np
>>> import ndaudio
>>> plan = ndaudio.Spectrum(2048)
>>> frequencies = plan.frequencies(44_100)
>>> with ndaudio.open("data/music.wav") as reader:
...     centroids = [ndaudio.features.centroid(plan.magnitude(batch), frequencies) for batch in reader.windows(2048, 512)]
>>> np.concatenate(centroids).shape  # windows × channels
(858, 2)
"""

from ._ndaudio import (
    bandwidth,
    bioacoustic,
    centroid,
    complexity,
    diversity,
    entropy,
    flatness,
    mfcc,
    rolloff,
    soundscape,
)

__all__ = [
    "bandwidth",
    "bioacoustic",
    "centroid",
    "complexity",
    "diversity",
    "entropy",
    "flatness",
    "mfcc",
    "rolloff",
    "soundscape",
]
