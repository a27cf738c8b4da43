"""Measures resamplers beside each other: what they keep, what they let through, what they add.

    cargo build --release --features resample --example resample
    pip install soxr scipy soundfile
    python tests/peers/resampling.py          # the tables of docs/resampling.md

Sines of half of full scale go in as doubles. Frequencies are in parts of half the lower rate ("Nyquist"). `gain` is that of the sine that
comes out, in dB; `alias` is everything that comes out of a sine above Nyquist, in dB of what went in, the worst of those from a limit
on; `noise` (THD+N) is everything that comes out besides the sine, in dB of the sine, the worst of three frequencies. Their speed: `benches/peers/run.py --rows 13`.
"""

import os
import subprocess
import tempfile

import numpy as np
import soundfile as sf
import soxr
from scipy import signal

PROGRAM = os.environ.get("RESAMPLE", "target/release/examples/resample")
FOLDER = tempfile.mkdtemp()


def ours(quality):
    def resample(x, a, b):
        paths = [os.path.join(FOLDER, name) for name in ("in.wav", "out.wav")]
        sf.write(paths[0], x, a, "DOUBLE" if x.dtype == np.float64 else "FLOAT")
        subprocess.run([PROGRAM, *paths, str(b), quality], check=True, stdout=subprocess.DEVNULL)
        return sf.read(paths[1], dtype=x.dtype)[0]

    return resample


METHODS = {
    "ndaudio High": ours("high"),
    "ndaudio VeryHigh": ours("very-high"),
    "soxr HQ (librosa)": lambda x, a, b: soxr.resample(x, a, b, "HQ"),
    "soxr VHQ": lambda x, a, b: soxr.resample(x, a, b, "VHQ"),
    "scipy resample_poly": lambda x, a, b: signal.resample_poly(x, b // np.gcd(a, b), a // np.gcd(a, b)),
}


def decibels(x):
    return 20 * np.log10(max(x, 1e-12))


def text(value, digits):
    """A number as the page has it: with a minus sign, and without one before zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def rms(x):
    return np.sqrt(np.mean(x**2))


def sine(method, a, b, part):
    """The gain of a sine and what comes out besides, both in dB."""
    frequency = part * min(a, b) / 2
    x = 0.5 * np.sin(2 * np.pi * frequency * np.arange(a) / a)
    y = METHODS[method](x, a, b)[b // 4 : b * 3 // 4]
    if part >= 1:
        return decibels(rms(y) / rms(x)), None
    t = np.arange(b // 4, b // 4 + len(y)) / b
    base = np.stack([np.sin(2 * np.pi * frequency * t), np.cos(2 * np.pi * frequency * t)], 1)
    found = np.linalg.lstsq(base, y, rcond=None)[0]
    return decibels(np.hypot(*found) / 0.5), decibels(rms(y - base @ found) / rms(base @ found))


for a, b in ((48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000)):
    print(f"\n{a} to {b} Hz\n")
    print("| | gain at 0.90 | 0.913 | 0.95 | 0.98 | alias from 1.00 | from 1.02 | from 1.05 | noise |")
    print("|---|---|---|---|---|---|---|---|---|")
    for method in METHODS:
        gains = [sine(method, a, b, part)[0] for part in (0.90, 0.913, 0.95, 0.98)]
        above = [(part, sine(method, a, b, part)[0]) for part in (1.0005, 1.02, 1.05, 1.1, 1.3, 1.7) if part * b < a]
        alias = [max((value for part, value in above if part >= limit), default=None) for limit in (1.0, 1.02, 1.05)]
        noise = max(sine(method, a, b, part)[1] for part in (0.04, 0.4, 0.85))
        row = [text(gain, 2) for gain in gains] + ["–" if value is None else text(value, 0) for value in (*alias, noise)]
        print(f"| {method} | " + " | ".join(row) + " |", flush=True)
