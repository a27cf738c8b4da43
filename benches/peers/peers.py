"""The Python peers: does one piece of work on one file, and prints one line of JSON, as the Rust program does.

    python3 peers.py PROGRAM WORK FILE [OUT]

Starting Python and importing is outside the measured time. Each kernel is the fastest of the NumPy expressions that we
tried (`astype` and `vecdot`; squares and `mean`, as most would write, take four times as long).
"""

import json
import sys
import time
import wave

import numpy as np
import soundfile
from scipy.io import wavfile

GAIN = np.float32(0.75)
BATCH = 256  # blocks


class BlockRms:
    """RMS of each block: its sum over blocks and channels, and the RMS of all."""

    def __init__(self):
        self.frames, self.blocks, self.squares = 0, 0.0, 0.0

    def add(self, block):
        x = block.astype(np.float64)
        squares = np.linalg.vecdot(x, x, axis=0)
        rms = np.sqrt(squares / len(x))
        self.frames += len(x)
        self.blocks += float(rms[0] + rms[1])
        self.squares += float(squares[0] + squares[1])

    def batch(self, frames, length):
        """As `add`, for many blocks at once."""
        whole = len(frames) // length * length
        x = frames[:whole].reshape(-1, length, 2).astype(np.float64)
        squares = np.linalg.vecdot(x, x, axis=1)
        self.frames += whole
        self.blocks += float(np.sqrt(squares / length).sum())
        self.squares += float(squares.sum())
        if whole < len(frames):
            self.add(frames[whole:])

    def answer(self):
        rms = (self.squares / (2 * self.frames)) ** 0.5 / 32768
        return {"frames": self.frames, "block_rms": self.blocks / 32768, "rms": rms}


class Probe:
    """Looks at three samples of each block."""

    def __init__(self):
        self.frames, self.sum = 0, 0.0

    def add(self, block):
        n = len(block)
        self.frames += n
        self.sum += abs(float(block[0, 0])) + abs(float(block[n // 2, 1])) + abs(float(block[-1, 1]))

    def answer(self):
        return {"frames": self.frames, "probe": self.sum}


def wave_blocks(file, length, dtype="<i2"):
    while data := file.readframes(length):
        yield np.frombuffer(data, dtype).reshape(-1, 2)


def amplify(block):
    return np.rint(block * GAIN).astype(np.int16)


def soundfile_rms(path):
    rms = BlockRms()
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(out=np.empty((1024, 2), np.int16)):
            rms.add(block)
    return rms.answer


def soundfile_rms_batch(path):
    rms = BlockRms()
    with soundfile.SoundFile(path) as file:
        for frames in file.blocks(out=np.empty((1024 * BATCH, 2), np.int16)):
            rms.batch(frames, 1024)
    return rms.answer


def wave_rms(path):
    rms = BlockRms()
    with wave.open(path) as file:
        for block in wave_blocks(file, 1024):
            rms.add(block)
    return rms.answer


def wave_rms_batch(path):
    rms = BlockRms()
    with wave.open(path) as file:
        for frames in wave_blocks(file, 1024 * BATCH):
            rms.batch(frames, 1024)
    return rms.answer


def scipy_rms(path):
    rms = BlockRms()
    _, samples = wavfile.read(path, mmap=True)
    for start in range(0, len(samples), 1024):
        rms.add(samples[start : start + 1024])
    return rms.answer


def scipy_rms_batch(path):
    rms = BlockRms()
    _, samples = wavfile.read(path, mmap=True)
    for start in range(0, len(samples), 1024 * BATCH):
        rms.batch(samples[start : start + 1024 * BATCH], 1024)
    return rms.answer


def soundfile_f32(path):
    probe = Probe()
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(out=np.empty((4096, 2), np.float32)):
            probe.add(block)
    return probe.answer


def wave_f32(path):
    """`wave` gives the bytes: three of them go to the top of an int32 each."""
    probe = Probe()
    wide = np.zeros((4096 * 2, 4), np.uint8)
    with wave.open(path) as file:
        while data := file.readframes(4096):
            n = len(data) // 3
            wide[:n, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            block = wide[:n].view("<i4").reshape(-1, 2).astype(np.float32)
            block *= np.float32(2.0**-31)
            probe.add(block)
    return probe.answer


def scipy_f32(path):
    wavfile.read(path, mmap=True)  # refuses: no NumPy type has 24 bits
    raise NotImplementedError


def soundfile_gain(path, out):
    with soundfile.SoundFile(path) as file, soundfile.SoundFile(out, "w", 48_000, 2, "PCM_16") as written:
        for block in file.blocks(out=np.empty((4096, 2), np.int16)):
            written.write(amplify(block))
    return dict


def wave_gain(path, out):
    with wave.open(path) as file, wave.open(out, "wb") as written:
        written.setparams(file.getparams())
        for block in wave_blocks(file, 4096):
            written.writeframesraw(amplify(block))
    return dict


def scipy_gain(path, out):
    """Whole files only: scipy writes none in pieces."""
    rate, samples = wavfile.read(path, mmap=True)
    gained = np.empty(samples.shape, np.int16)
    for start in range(0, len(samples), 4096):
        gained[start : start + 4096] = amplify(samples[start : start + 4096])
    wavfile.write(out, rate, gained)
    return dict


def whole(samples):
    """Frames and RMS of all samples, found outside the measured time."""

    def answer():
        rms = BlockRms()
        for start in range(0, len(samples), 1 << 20):
            rms.add(samples[start : start + (1 << 20)])
        return {name: value for name, value in rms.answer().items() if name != "block_rms"}

    return answer


def soundfile_read_all(path):
    return whole(soundfile.read(path, dtype="int16")[0])


def wave_read_all(path):
    with wave.open(path) as file:
        return whole(np.frombuffer(file.readframes(-1), "<i2").reshape(-1, 2))


def scipy_read_all(path):
    """A map copied to memory: the map alone reads nothing."""
    return whole(np.array(wavfile.read(path, mmap=True)[1]))


def main(program, work, *paths):
    function = globals()[f"{program}_{work}".replace("-", "_")]
    start = time.perf_counter()
    answer = function(*paths)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "answer": answer()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
