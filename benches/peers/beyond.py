"""The Python peers of rows 11 to 13: as peers.py, of which it is the same kind of program.

    python3 beyond.py PROGRAM WORK FILE [ARGUMENT…]
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import soundfile

LEN, HOP, BIN = 2048, 512, 100


def librosa_power(path):
    samples, _ = librosa.load(path, sr=None, mono=False, dtype=np.float32)
    total = 0.0
    for channel in samples:  # one at a time takes less memory, and no longer
        spectra = np.abs(librosa.stft(channel, n_fft=LEN, hop_length=HOP, center=False)) ** 2
        total += float(spectra[BIN].sum(dtype=np.float64))
    return {"power": total}


def scipy_power(path):
    samples, rate = soundfile.read(path, dtype="float32")
    total = 0.0
    for channel in samples.T:
        _, _, spectra = signal.spectrogram(channel, rate, "hann", LEN, LEN - HOP, detrend=False)
        total += float(spectra[BIN].sum(dtype=np.float64))
    # From a density on one side to the power that librosa has.
    return {"power": total * rate * float(np.square(signal.get_window("hann", LEN)).sum()) / 2}


def torch_power(path):
    samples, _ = soundfile.read(path, dtype="float32")
    window, total = torch.hann_window(LEN), 0.0
    for channel in samples.T:
        channel = torch.from_numpy(np.ascontiguousarray(channel))
        spectra = torch.stft(channel, LEN, HOP, window=window, center=False, return_complex=True)
        total += float((spectra.real**2 + spectra.imag**2)[BIN].sum(dtype=torch.float64))
    return {"power": total}


def scipy_welch(path):
    samples, rate = soundfile.read(path, dtype="float32")
    densities = [signal.welch(channel, rate, "hann", LEN, LEN - HOP, detrend=False)[1] for channel in samples.T]
    return {"density": float(sum(density[BIN] for density in densities))}


def soxr_resample(path, before, after, quality):
    before, after = int(before), int(after)
    samples = np.ascontiguousarray(soundfile.read(path, frames=100 * before, dtype="float32")[0][:, 0])

    def work():
        return {"frames": len(soxr.resample(samples, before, after, quality))}

    return work


def librosa_mono_16k(path):
    samples, _ = librosa.load(path, sr=16_000, mono=True, res_type="soxr_hq")
    return {"windows": len(np.lib.stride_tricks.sliding_window_view(samples, 400)[::160])}


def scipy_sosfilt(path, channels):
    channels = int(channels)
    samples = soundfile.read(path, frames=480_000 * channels, dtype="float32")[0].astype(np.float64)
    samples = samples.reshape(960_000, channels)

    def work():
        sos = signal.butter(8, 1_000, fs=48_000, output="sos")
        filtered = signal.sosfilt(sos, samples, axis=0)
        return lambda: {"squares": float(np.square(filtered).sum())}

    return work


def main(program, work, *arguments):
    function = globals()[f"{program}_{work}".replace("-", "_")]
    # What a program needs is imported outside the measured time, and what it works on in memory is read there too.
    if program == "scipy":
        globals()["signal"] = __import__("scipy.signal").signal
    else:
        globals()[program] = __import__(program)
    in_memory = function in (soxr_resample, scipy_sosfilt)
    work = function(*arguments) if in_memory else lambda: function(*arguments)
    if program == "librosa":
        librosa.stft(np.zeros(LEN, np.float32), n_fft=LEN, center=False)  # compiles, the first time
    start = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "answer": answer() if callable(answer) else answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
