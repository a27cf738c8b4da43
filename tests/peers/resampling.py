"""Measures resamplers beside each other: what they keep, what they let through, what they add.

    cargo build --release --features resample --example resample
    pip install soxr scipy soundfile torch torchaudio matplotlib
    python tests/peers/resampling.py          # the tables of docs/resampling.md, and the picture docs/resampling.png

Sines of half of full scale go in as doubles. Frequencies are in parts of half the lower rate ("Nyquist"). `gain` is that of the sine that
comes out, in dB; `alias` is everything that comes out of a sine above Nyquist, in dB of what went in, the worst of those from a limit
on; `noise` (THD+N) is everything that comes out besides the sine, in dB of the sine, the worst of three frequencies. At the end, the milliseconds that
100 s of mono `float32` take on one thread, medians of seven: of ndaudio the whole program, which reads and writes a file in memory; of the others
from array to array. Beside soxr alone, and without files: `benches/peers/run.py --rows 13`.
"""

import os
import statistics
import subprocess
import tempfile
import time

import matplotlib
import numpy as np
import soundfile as sf
import soxr
import torch
import torchaudio
from scipy import signal

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

PROGRAM = os.environ.get("RESAMPLE", "target/release/examples/resample")
PLACE = tempfile.TemporaryDirectory(dir="/dev/shm")
FOLDER = PLACE.name
torch.set_num_threads(1)


def ours(quality):
    def resample(x, a, b):
        paths = [os.path.join(FOLDER, name) for name in ("in.wav", "out.wav")]
        sf.write(paths[0], x, a, "DOUBLE" if x.dtype == np.float64 else "FLOAT")
        subprocess.run([PROGRAM, *paths, str(b), quality], check=True, stdout=subprocess.DEVNULL)
        return sf.read(paths[1], dtype=x.dtype)[0]

    return resample


# The "kaiser best" of torchaudio's tutorial "Audio Resampling", which are librosa's former settings of that name.
KAISER_BEST = {
    "lowpass_filter_width": 64,
    "rolloff": 0.9475937167399596,
    "resampling_method": "sinc_interp_kaiser",
    "beta": 14.769656459379492,
}


def torchaudios(**options):
    return lambda x, a, b: torchaudio.functional.resample(torch.from_numpy(x), a, b, **options).numpy()


METHODS = {
    "ndaudio High": ours("high"),
    "ndaudio VeryHigh": ours("very-high"),
    "soxr HQ (librosa)": lambda x, a, b: soxr.resample(x, a, b, "HQ"),
    "soxr VHQ": lambda x, a, b: soxr.resample(x, a, b, "VHQ"),
    "scipy resample_poly": lambda x, a, b: signal.resample_poly(x, b // np.gcd(a, b), a // np.gcd(a, b)),
    "torchaudio": torchaudios(),
    "torchaudio, Kaiser best": torchaudios(**KAISER_BEST),
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


RATES = ((48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000))
for a, b in RATES:
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

# The pass band's end and the stop band's begin, from 48 to 16 kHz; not at 1, where a sine is sampled in its zeros.
PARTS = np.arange(0.8025, 1.15, 0.005)
figure, (pass_band, stop_band) = pyplot.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
for method in METHODS:
    gains = [sine(method, 48_000, 16_000, part)[0] for part in PARTS]
    for axes in (pass_band, stop_band):
        axes.plot(PARTS, gains, label=method, linewidth=2 if method.startswith("ndaudio") else 1)
pass_band.set(title="Pass band, 48 to 16 kHz", xlim=(0.8, 1.0), ylim=(-3.5, 0.5))
stop_band.set(title="Transition and stop band", xlim=(0.85, 1.15), ylim=(-240, 10))
for axes in (pass_band, stop_band):
    axes.set(xlabel="frequency, of half the lower rate", ylabel="gain, dB")
    axes.grid(alpha=0.3)
pass_band.legend(fontsize=8, loc="lower left")
figure.savefig("docs/resampling.png", dpi=100)


def milliseconds(method, x, a, b):
    """Of one run. Ours finds the file where the first run left it."""
    begin = time.perf_counter()
    if method.startswith("ndaudio"):
        quality = "high" if method.endswith(" High") else "very-high"
        paths = [os.path.join(FOLDER, name) for name in ("in.wav", "out.wav")]
        subprocess.run([PROGRAM, *paths, str(b), quality], check=True, stdout=subprocess.DEVNULL)
    else:
        METHODS[method](x, a, b)
    return 1000 * (time.perf_counter() - begin)


print("\n| ms | " + " | ".join(f"{a / 1000:g} → {b / 1000:g} kHz" for a, b in RATES) + " |")
print("|---|" + "---|" * len(RATES))
for method in METHODS:
    row = []
    for a, b in RATES:
        x = np.random.default_rng(1).uniform(-0.5, 0.5, 100 * a).astype(np.float32)
        METHODS[method](x, a, b)
        row.append(f"{statistics.median(milliseconds(method, x, a, b) for _ in range(7)):.0f}")
    print(f"| {method} | " + " | ".join(row) + " |", flush=True)
