"""Prints what other tools say about the signal of `tests/measuring/levels_as_other_tools.rs`.

    python tests/peers/levels.py

needs sox, ffmpeg, and Python with NumPy, soundfile and librosa; it writes into a temporary folder only. The values in
the test were printed with the versions that it names.
"""

import re
import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

import librosa
import numpy as np
import soundfile

FRAMES = 4800


def signal() -> np.ndarray:
    """Noise by integer arithmetic; the second channel quieter and off centre, the first clipped in two places."""
    state, samples = 12_345, []
    for _ in range(2 * FRAMES):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        samples.append(state >> 16)
    frames = np.array(samples, dtype=np.uint16).view(np.int16).reshape(FRAMES, 2).copy()
    frames[:, 1] = (frames[:, 1] >> 3) + 1000
    frames[1000:1005, 0] = 32_767
    frames[2000:2003, 0] = -32_768
    return frames


def exact(frames: np.ndarray) -> None:
    """Python's integers are exact, and its division of a fraction to a float rounds correctly."""
    for channel in range(frames.shape[1]):
        samples = [int(sample) for sample in frames[:, channel]]
        n, s, q = len(samples), sum(samples), sum(sample * sample for sample in samples)
        variance = Fraction(q, n) - Fraction(s, n) ** 2
        print(f"  channel {channel}: mean square {float(Fraction(q, n * 2**30)).hex()}",
              f"mean {float(Fraction(s, n * 2**15)).hex()} variance {float(variance / 2**30).hex()}")


def main() -> None:
    frames = signal()
    print("exact fractions")
    exact(frames)
    print("the same as 32 bits, each sample times 65537 plus the place of the frame")
    wide = frames.astype(np.int64) * 65_537 + np.arange(FRAMES)[:, None]
    wide = np.clip(wide, -2**31, 2**31 - 1)
    for channel in range(2):
        samples = [int(sample) for sample in wide[:, channel]]
        n, s, q = len(samples), sum(samples), sum(sample * sample for sample in samples)
        variance = Fraction(q, n) - Fraction(s, n) ** 2
        print(f"  channel {channel}: mean square {float(Fraction(q, n * 2**62)).hex()}",
              f"mean {float(Fraction(s, n * 2**31)).hex()} variance {float(variance / 2**62).hex()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signal.wav"
        soundfile.write(path, frames, 48_000, subtype="PCM_16")
        print(subprocess.run(["sox", "--version"], capture_output=True, text=True).stdout.strip())
        print(subprocess.run(["sox", "-D", path, "-n", "stats"], capture_output=True, text=True).stderr)
        print(subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split("\n")[0])
        command = ["ffmpeg", "-hide_banner", "-i", path, "-af", "astats=measure_perchannel=all", "-f", "null", "-"]
        astats = subprocess.run(command, capture_output=True, text=True).stderr
        print("\n".join(re.findall(r"\] (.*)", astats)))
    print("librosa", librosa.__version__)
    for channel in range(2):
        y = frames[:, channel] / 32_768
        print(f"  channel {channel}: zero crossings", int(librosa.zero_crossings(y, pad=False).sum()))
    print("numpy", np.__version__)
    percents = [0, 1, 10, 33.3, 50, 66.7, 90, 99, 99.9, 100]
    for channel in range(2):
        print(f"  channel {channel}: percentiles", [float(np.percentile(frames[:, channel], p)) for p in percents])
        print(f"  channel {channel}: var, std", (frames[:, channel] / 32_768).var(), (frames[:, channel] / 32_768).std())
    windows = (frames[:, 0] / 32_768).reshape(-1, 100)
    levels = 10 * np.log10((windows**2).mean(axis=1))
    print("  L10, L50, L90 of windows of 100 frames", [float(np.percentile(levels, 100 - p)) for p in (10, 50, 90)])


if __name__ == "__main__":
    main()
