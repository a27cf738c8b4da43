#!/usr/bin/env python3
"""Filters, resampling, loudness, and what a model listens to: ndaudio beside scipy, soxr, ffmpeg and librosa, in one run.

    cargo build --release --manifest-path benches/peers/Cargo.toml --bin changes
    python3 benches/peers/changes.py [ROUNDS]

Programs run in turn, round after round, one process each, on one thread; a process takes the median of seven runs, and the median of the
rounds counts. ffmpeg's time is what 660 s of audio take more than 60 s, over ten, so that its start does not count; ours has the reading of the
file in it. Needs numpy, scipy, soxr, soundfile, librosa and ffmpeg.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PROGRAM = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "changes"
RATES = ((48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000))


def median(work, runs=7):
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def sosfilt(channels):
    import numpy as np
    from scipy import signal

    samples = np.random.default_rng(1).uniform(-0.1, 0.1, (480_000, int(channels)))
    sos = signal.butter(8, 1000, fs=48_000, output="sos")
    return median(lambda: signal.sosfilt(sos, samples, axis=0))


def resample(a, b, quality):
    import numpy as np
    import soxr

    samples = np.random.default_rng(1).uniform(-0.1, 0.1, 10 * int(a)).astype(np.float32)
    return median(lambda: soxr.resample(samples, int(a), int(b), quality))


def chain(path, _):
    import librosa

    return median(lambda: librosa.util.frame(librosa.load(path, sr=16_000, res_type="soxr_hq")[0], frame_length=400, hop_length=160).sum())


PEERS = {"sosfilt": sosfilt, "resample": resample, "chain": chain}


def ffmpeg(paths):
    """The seconds that 60 s take: those of 660 s less those of 60 s, over ten."""
    seconds = []
    for path in paths:
        command = ["ffmpeg", "-v", "error", "-nostats", "-threads", "1", "-filter_threads", "1", "-i", path]
        started = time.perf_counter()
        subprocess.run([*command, "-af", "ebur128=peak=true", "-f", "null", "-"], check=True, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return (seconds[1] - seconds[0]) / 10


def number(command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout)


def main():
    import numpy as np
    import soundfile

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=base) as folder:
        minutes = {count: f"{folder}/{count}.wav" for count in (1, 11)}
        for count, path in minutes.items():
            noise = np.random.default_rng(1).uniform(-0.1, 0.1, (count * 2_880_000, 2)).astype(np.float32)
            soundfile.write(path, noise, 48_000, "FLOAT")
        stereo = f"{folder}/stereo.wav"
        soundfile.write(stereo, np.random.default_rng(1).uniform(-0.5, 0.5, (60 * 48_000, 2)), 48_000, "PCM_16")
        # The row, its goal as a multiple of the peer's speed, our command, and the peer.
        rows = [(f"sosfilt, order 8, {n} channels, beside scipy", {2: 2, 8: 4}.get(n), ["sosfilt", str(n)]) for n in (1, 2, 8)]
        for quality, goal in (("HQ", 0.5), ("VHQ", 0.8)):
            rows += [(f"{a} to {b} Hz, beside soxr {quality}", goal, ["resample", str(a), str(b), quality]) for a, b in RATES]
        for quality in ("High", "VeryHigh"):
            goal = 3 if quality == "High" else None
            rows.append((f"stereo file to windows of 16 kHz mono, {quality}, beside librosa.load with soxr_hq", goal, ["chain", stereo, quality]))
        rows.append(("loudness and true peak of 60 s of stereo, beside ffmpeg ebur128", 1.5, ["loudness", minutes[1]]))
        ours, theirs = [[] for _ in rows], [[] for _ in rows]
        for _ in range(rounds):
            for row, (_, _, command) in enumerate(rows):
                ours[row].append(number([PROGRAM, *command]))
                if command[0] == "loudness":
                    theirs[row].append(ffmpeg(list(minutes.values())))
                else:
                    theirs[row].append(number([sys.executable, __file__, "--peer", *command]))
    print("| work | ndaudio, ms | peer, ms | × as fast | goal |\n|---|---|---|---|---|")
    for (name, goal, _), a, b in zip(rows, ours, theirs):
        a, b = statistics.median(a), statistics.median(b)
        print(f"| {name} | {1e3 * a:.2f} | {1e3 * b:.2f} | {b / a:.2f} | {goal or ''} |")


if sys.argv[1:2] == ["--peer"]:
    print(PEERS[sys.argv[2]](*sys.argv[3:]))
else:
    main()
