#!/usr/bin/env python3
"""Times power spectra of 10 minutes of stereo at 44.1 kHz, windows of 2048 by 512, from a 16-bit file, with librosa, scipy and torch.

    python3 benches/peers/spectra.py             # on one thread; the rows of `cargo bench --features spectrum,rayon --bench spectra`

Each peer is run in turn, round after round, in this one process; printed is the shortest time. Needs numpy, scipy, librosa and
soundfile; torch where it is installed.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import tempfile
import time

import librosa
import numpy as np
import scipy.signal
import soundfile

RATE, FRAMES, LEN, HOP, ROUNDS = 44_100, 600 * 44_100, 2048, 512, 3


def with_librosa(path):
    y, _ = librosa.load(path, sr=None, mono=False, dtype=np.float32)
    total = 0.0
    for channel in y:  # one at a time takes less memory, and no longer
        total += float(np.abs(librosa.stft(channel, n_fft=LEN, hop_length=HOP, center=False))[100].sum() ** 2)
    return total


def with_scipy(path):
    x, _ = soundfile.read(path, dtype="float32")
    total = 0.0
    for channel in x.T:
        _, _, s = scipy.signal.spectrogram(channel, RATE, "hann", LEN, LEN - HOP, detrend=False)
        total += float(s[100].sum())
    return total


def with_torch(path):
    import torch

    torch.set_num_threads(1)
    x, _ = soundfile.read(path, dtype="float32")
    window, total = torch.hann_window(LEN), 0.0
    for channel in x.T:
        channel = torch.from_numpy(np.ascontiguousarray(channel))
        z = torch.stft(channel, LEN, HOP, window=window, center=False, return_complex=True)
        total += float((z.real**2 + z.imag**2)[100].sum())
    return total


def main():
    peers = {"librosa": with_librosa, "scipy": with_scipy}
    try:
        import torch

        peers[f"torch {torch.__version__}"] = with_torch
    except ImportError:
        print("torch is not installed")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        noise = np.random.default_rng(1).integers(-(2**14), 2**14, (FRAMES, 2), dtype=np.int16)
        soundfile.write(file.name, noise, RATE, subtype="PCM_16")
        best = {}
        for _ in range(ROUNDS):
            for name, peer in peers.items():
                begin = time.perf_counter()
                peer(file.name)
                best[name] = min(best.get(name, np.inf), time.perf_counter() - begin)
    for name, seconds in best.items():
        print(f"{name}\t{seconds:.3f} s")


main()
