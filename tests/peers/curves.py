#!/usr/bin/env python3
"""Prints what librosa and sox measure in the signals of src/ops/signals.rs, as Rust.

The output is src/ops/curves/recorded.rs:

    python3 tests/peers/curves.py > src/ops/curves/recorded.rs

Needs sox, numpy, soundfile and librosa.
"""

import subprocess
import tempfile

import librosa
import numpy as np
import soundfile

from signals import RATE, SIGNALS, declare, signal


def sox_stats(x, seconds):
    """The lines "RMS Pk dB" and "RMS Tr dB", a value per channel."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        soundfile.write(file.name, x, RATE, subtype="PCM_16")
        command = ["sox", file.name, "-n", "stats", "-w", str(seconds)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()
    rows = []
    for label in ["RMS Pk dB", "RMS Tr dB"]:
        values = next(line for line in lines if line.startswith(label)).removeprefix(label).split()
        rows.append([float(value) for value in (values[1:] if len(values) > 1 else values)])  # the first is "Overall"
    return rows


def rust(values):
    return "&[" + ", ".join(repr(float(value)) for value in values) + "]"


def rows(matrix):
    """Channels × windows as windows of channels."""
    return "&[" + ", ".join(rust(row) for row in np.atleast_2d(matrix).T) + "]"


sox = subprocess.run(["sox", "--version"], capture_output=True, text=True).stdout.split()[-1]
print("//! What other tools measure in the signals of `signals.rs`. Made by `tests/peers/curves.py`:")
print(f"//! sox {sox}, librosa {librosa.__version__}, NumPy {np.__version__}.\n")
declare()

print("\n/// Signal, len, hop, centered, RMS, zero-crossing rate, the last two with a row per window:")
print("/// `librosa.feature.rms(y=y, …, dtype=np.float64)` and `librosa.feature.zero_crossing_rate(y, …)`, of y in f64.")
print('#[expect(clippy::type_complexity, reason = "a table, described above")]')
print("pub(in crate::ops) const LIBROSA: &[(Signal, usize, usize, bool, &[&[f64]], &[&[f64]])] = &[")
for name in SIGNALS:
    y = (signal(name) / 32_768.0).T
    for length, hop, center in [(2048, 4000, False), (2048, 4000, True), (1001, 3333, False), (500, 100, False)]:
        if length > y.shape[1] or y.shape[1] // hop > 15:
            continue
        args = dict(frame_length=length, hop_length=hop, center=center)
        rms = librosa.feature.rms(y=y, dtype=np.float64, **args)[:, 0, :]
        rate = librosa.feature.zero_crossing_rate(y, **args)[:, 0, :]
        print(f"    ({name}, {length}, {hop}, {str(center).lower()}, {rows(rms)}, {rows(rate)}),")
print("];")

print("\n/// Signal, time constant in seconds, RMS Pk dB and RMS Tr dB of each channel: `sox FILE -n stats -w SECONDS`.")
print("pub(in crate::ops) const SOX: &[(Signal, f64, &[f64], &[f64])] = &[")
for name in SIGNALS:
    for seconds in [0.05, 0.01, 0.3]:
        peak, trough = sox_stats(signal(name), seconds)
        print(f"    ({name}, {seconds}, {rust(peak)}, {rust(trough)}),")
print("];")
