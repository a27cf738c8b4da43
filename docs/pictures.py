#!/usr/bin/env python3
"""Makes the pictures in this directory: `python3 docs/pictures.py target/release/ndaudio`, with NumPy.

Two of data/music.wav; and of a made-up night: 18 minutes of every half hour from 18:00 to 08:00 (a minute, repeated), with crickets after dusk, a stream, rain at
three, birds at dawn, and a recorder that stopped from 00:30 to 01:30. (report.png is a screenshot: crates/ndaudio-cli/tests/report.py.)
"""
import pathlib, subprocess, sys, tempfile, wave
import numpy as np

RATE, SECONDS, REPEATED = 16_000, 60, 18


def part(minutes, rng):
    """A minute, so many minutes after 18:00."""
    t = np.arange(RATE * SECONDS) / RATE
    hour = 18 + minutes / 60
    noise = rng.standard_normal(t.size)
    spectrum = np.fft.rfft(noise)
    f = np.fft.rfftfreq(t.size, 1 / RATE)
    spectrum /= np.sqrt(1 + (f / 150) ** 2)
    sound = 0.004 * np.fft.irfft(spectrum, t.size)
    rain = np.exp(-((hour - 27) / 0.7) ** 2)
    sound += 0.02 * rain * rng.standard_normal(t.size)
    crickets = np.clip((hour - 19.5) / 1.5, 0, 1) * np.clip((28.5 - hour) / 2, 0, 1) * (1 - 0.8 * rain)
    sound += 0.012 * crickets * np.sin(2 * np.pi * 4300 * t) * (np.sin(2 * np.pi * 27 * t) > 0.2) * (0.6 + 0.4 * np.sin(2 * np.pi * t / 40))
    dawn = np.exp(-((hour - 29.2) / 0.9) ** 2)
    for _ in range(int(900 * dawn)):
        at, length = rng.integers(0, t.size - RATE), rng.integers(RATE // 20, RATE // 3)
        low = rng.uniform(1800, 5200)
        s = np.arange(length) / RATE
        chirp = np.sin(2 * np.pi * (low * s + rng.uniform(-2500, 3500) * s * s))
        sound[at:at + length] += rng.uniform(0.01, 0.06) * chirp * np.hanning(length)
    return sound


def main():
    program, here = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(__file__).parent.resolve()
    def run(*arguments, cwd=here.parent):
        subprocess.run([program, *map(str, arguments), "--overwrite", "-q"], check=True, stdout=subprocess.DEVNULL, cwd=cwd)

    run("levels", "data/music.wav", "--plot", here / "levels.png", "--threshold", "-30")
    run("spectrogram", "data/music.wav", "-o", here / "spectrogram.png", "--log")
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "night").mkdir()
        for minutes in range(0, 14 * 60, 30):
            if 390 <= minutes < 450:
                continue
            day, of_day = divmod(18 * 60 + minutes, 1440)
            name = f"{folder}/night/SITE_20230{'630' if day == 0 else '701'}_{of_day // 60:02}{of_day % 60:02}00.wav"
            with wave.open(name, "wb") as out:
                out.setnchannels(1), out.setsampwidth(2), out.setframerate(RATE)
                out.writeframes((np.clip(part(minutes, rng), -1, 1) * 32767).astype("<i2").tobytes() * REPEATED)
        run("ltsa", "night", "-o", here / "ltsa.png", "--colours", "inferno", cwd=folder)


main()
