#!/usr/bin/env python3
"""Power spectra of 10 minutes of stereo at 44.1 kHz, windows of 2048 by 512, from a 16-bit file: ndaudio beside librosa, scipy, torch.

    cargo build --release --manifest-path benches/peers/Cargo.toml --bin spectra
    python3 benches/peers/spectra.py [ROUNDS]

Programs run in turn, round after round, each in a process of its own, on one thread but for the rows that say otherwise; the time is that
on the clock from opening the file to the last spectrum, without the start of Python. Printed are medians, and goals with the ratios of
medians. The sums of the powers in bin 100 must agree to 4 digits. Long-term averages are of 30 minutes of one channel at 48 kHz in rows of
a minute at 1 Hz, of windows that overlap by half. Needs numpy, scipy, librosa and soundfile; torch where it is installed.
"""

import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "spectra"
RATE, FRAMES, LEN, HOP, BIN = 44_100, 600 * 44_100, 2048, 512, 100
LONG_RATE, LONG_SECONDS = 48_000, 1800


def with_librosa(path):
    import librosa
    import numpy as np

    librosa.stft(np.zeros(LEN, np.float32), n_fft=LEN)  # loads what it loads late
    started = time.perf_counter()
    y, _ = librosa.load(path, sr=None, mono=False, dtype=np.float32)
    total = 0.0
    for channel in y:  # one at a time takes less memory, and no longer
        power = np.abs(librosa.stft(channel, n_fft=LEN, hop_length=HOP, center=False)) ** 2
        total += float(power[BIN].sum(dtype=np.float64))
    return time.perf_counter() - started, total


def with_scipy(path):
    import scipy.signal
    import soundfile

    started = time.perf_counter()
    x, _ = soundfile.read(path, dtype="float32")
    total = 0.0
    for channel in x.T:
        _, _, s = scipy.signal.spectrogram(channel, RATE, "hann", LEN, LEN - HOP, detrend=False)
        # Back from one-sided density to |X|²; the Hann taper's squares add up to 3/8 of its length.
        total += float(s[BIN].sum(dtype="float64")) * RATE * LEN * 0.375 / 2
    return time.perf_counter() - started, total


def with_torch(path):
    import soundfile
    import torch

    torch.set_num_threads(1)
    window = torch.hann_window(LEN)
    torch.stft(torch.zeros(LEN), LEN, HOP, window=window, center=False, return_complex=True)
    started = time.perf_counter()
    x, _ = soundfile.read(path, dtype="float32")
    total = 0.0
    for channel in torch.from_numpy(x).T:
        z = torch.stft(channel.contiguous(), LEN, HOP, window=window, center=False, return_complex=True)
        power = z.real**2 + z.imag**2
        total += float(power[BIN].double().sum())
    return time.perf_counter() - started, total


PEERS = {"librosa": with_librosa, "scipy": with_scipy, "torch": with_torch}


def run(command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout.split()
    return float(output[0]), float(output[1])


def write(path, rate, channels, frames):
    """Noise of 16 bits, a minute at a time."""
    import numpy as np
    import soundfile

    noise = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", rate, channels, subtype="PCM_16") as file:
        for first in range(0, frames, 60 * rate):
            shape = (min(60 * rate, frames - first), channels)
            file.write(noise.integers(-(2**14), 2**14, shape, dtype=np.int16))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=base) as folder:
        path, long = f"{folder}/stereo.wav", f"{folder}/long.wav"
        write(path, RATE, 2, FRAMES)
        write(long, LONG_RATE, 1, LONG_SECONDS * LONG_RATE)
        cores = str(os.cpu_count())
        rows = {
            "bare realfft": [PROGRAM, "bare", path],
            "ndaudio power": [PROGRAM, "power", path],
            "ndaudio psd": [PROGRAM, "psd", path],
            f"ndaudio psd, {cores} threads": [PROGRAM, "psd", path, cores],
            "ndaudio ltsa": [PROGRAM, "ltsa", long],
            f"ndaudio ltsa, {cores} threads": [PROGRAM, "ltsa", long, cores],
        }
        peers = [name for name in PEERS if importlib.util.find_spec(name)]
        rows |= {name: [sys.executable, __file__, "--peer", name, path] for name in peers}
        times, sums = {name: [] for name in rows}, {}
        for turn in range(rounds):
            for name, command in rows.items():
                if name in PEERS and turn >= 3:  # slow, and hardly scattered
                    continue
                seconds, sums[name] = run(command)
                times[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    same = [sums[name] for name in rows if name != "bare realfft" and "ltsa" not in name]
    assert max(same) - min(same) < 1e-4 * max(same), sums
    for name, seconds in medians.items():
        spread = " to ".join(f"{extreme(times[name]):.3f}" for extreme in (min, max))
        print(f"| {name} | {seconds:.3f} s | {spread} |")
    ours = medians["ndaudio power"]
    for peer, goal in (("librosa", 6), ("scipy", 12), ("torch", 1)):
        if peer in medians:
            print(f"power spectra beside {peer}: {medians[peer] / ours:.2f} × as fast (goal {goal})")
    print(f"power spectra beside bare realfft: {ours / medians['bare realfft']:.2f} × the time (goal 1.3)")
    for what in ("psd", "ltsa"):
        ratio = medians[f"ndaudio {what}"] / medians[f"ndaudio {what}, {cores} threads"]
        print(f"{what} on {cores} threads: {ratio:.2f} × as fast as on one")
    print(f"ltsa: {LONG_SECONDS / medians['ndaudio ltsa']:.0f} × real time per core and channel (goal 4000)")


if sys.argv[1:2] == ["--peer"]:
    print(*PEERS[sys.argv[2]](sys.argv[3]))
else:
    main()
