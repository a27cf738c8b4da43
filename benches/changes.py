"""The work of benches/changes.rs by scipy, soxr and ffmpeg; milliseconds of one CPU, the best of nine.

    pip install scipy soxr soundfile
    python3 benches/changes.py
"""

import resource
import subprocess
import tempfile
import time

import numpy as np
import soundfile as sf
import soxr
from scipy import signal


def best(work, runs=9):
    times = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return 1e3 * min(times)


noise = np.random.default_rng(1).uniform(-0.1, 0.1, (480_000, 8))
sos = signal.butter(8, 1000, fs=48_000, output="sos")
for channels in (1, 2, 8):
    samples = np.ascontiguousarray(noise[:, :channels])
    print(f"sosfilt_order_8 {channels} scipy {best(lambda: signal.sosfilt(sos, samples, axis=0)):.2f} ms")
for a, b in ((48_000, 16_000), (44_100, 48_000), (48_000, 44_100), (96_000, 48_000)):
    samples = np.random.default_rng(1).uniform(-0.1, 0.1, 10 * a).astype(np.float32)
    for quality in ("HQ", "VHQ"):
        print(f"resample ({a}, {b}) soxr {quality} {best(lambda: soxr.resample(samples, a, b, quality)):.2f} ms")

with tempfile.NamedTemporaryFile(suffix=".wav") as file:
    # ffmpeg starts and reads too: 660 s less 60 s, over ten.
    times = []
    for minutes in (1, 11):
        stereo = np.random.default_rng(1).uniform(-0.1, 0.1, (minutes * 2_880_000, 2)).astype(np.float32)
        sf.write(file.name, stereo, 48_000, "FLOAT")
        command = ["ffmpeg", "-v", "error", "-nostats", "-threads", "1", "-i", file.name, "-af", "ebur128=peak=true"]
        runs = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([*command, "-f", "null", "-"], check=True, stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            runs.append(after.ru_utime - before.ru_utime)
        times.append(min(runs))
    print(f"loudness 60 s ffmpeg {1e3 * (times[1] - times[0]) / 10:.2f} ms")
