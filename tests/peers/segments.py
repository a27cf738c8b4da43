#!/usr/bin/env python3
"""Prints what ffmpeg's silencedetect and librosa's split and trim find in the signals of src/ops/signals.rs, as Rust.

The output is the body of src/ops/segments/recorded.rs:

    python3 tests/peers/segments.py > src/ops/segments/recorded.rs

Needs ffmpeg, numpy, soundfile and librosa.
"""

import re
import subprocess
import tempfile

import librosa
import numpy as np
import soundfile

from signals import RATE, SIGNALS, declare, signal


def silencedetect(x, subtype, noise_db, seconds):
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        data = x.astype(np.int32) << 16 if subtype != "FLOAT" else x / np.float32(32_768)
        soundfile.write(file.name, data, RATE, subtype=subtype)
        log = subprocess.run(
            ["ffmpeg", "-hide_banner", "-i", file.name, "-af", f"silencedetect=noise={noise_db}dB:d={seconds}", "-f", "null", "-"],
            check=True, capture_output=True, text=True,
        ).stderr
    frame = lambda text: round(float(text) * RATE)
    starts = [frame(t) for t in re.findall(r"silence_start: (\S+)", log)]
    ends = [frame(t) for t in re.findall(r"silence_end: (\S+)", log)]
    return list(zip(starts, ends, strict=True))


def pairs(rows):
    return "&[" + ", ".join(f"({int(a)}, {int(b)})" for a, b in rows) + "]"


ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split()[2]
print("//! What other tools find in the signals of `signals.rs`. Made by `tests/peers/segments.py`:")
print(f"//! ffmpeg {ffmpeg}, librosa {librosa.__version__}, NumPy {np.__version__}.\n")
declare()

print(f"\n/// Signal, stored as, noise in dB, duration in frames of {RATE} a second, silences:")
print("/// `ffmpeg -i FILE -af silencedetect=noise=…dB:d=… -f null -`.")
print("#[expect(clippy::type_complexity, reason = \"a table, described above\")]")
print("pub(in crate::ops) const SILENCEDETECT: &[(Signal, &str, f64, u64, &[(u64, u64)])] = &[")
for name in SIGNALS:
    for subtype in ["PCM_16", "PCM_24", "FLOAT"]:
        for db, seconds in [(-60, 0.25), (-20, 0.5), (-40, 0.0625), (-87, 0.002), (0, 0.05)]:
            found = silencedetect(signal(name), subtype, db, seconds)
            print(f'    ({name}, "{subtype}", {db:.1f}, {round(seconds * RATE)}, {pairs(found)}),')
print("];")

print("\n/// Signal, top_db, frame_length, hop_length, what `librosa.effects.split` finds, what `librosa.effects.trim` finds.")
print("#[expect(clippy::type_complexity, reason = \"a table, described above\")]")
print("pub(in crate::ops) const LIBROSA: &[(Signal, f64, usize, usize, &[(u64, u64)], (u64, u64))] = &[")
for name in SIGNALS:
    y = (signal(name) / np.float32(32_768)).T
    y = y[0] if y.shape[0] == 1 else y
    for db, length, hop in [(60, 2048, 512), (30, 2048, 512), (20, 1024, 256), (40, 1001, 400), (10, 64, 200), (2, 2048, 512), (90, 2048, 512)]:
        args = dict(top_db=db, frame_length=length, hop_length=hop)
        found = librosa.effects.split(y, **args)
        start, end = librosa.effects.trim(y, **args)[1]
        print(f"    ({name}, {db:.1f}, {length}, {hop}, {pairs(found)}, ({start}, {end})),")
print("];")
