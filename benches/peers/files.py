"""Builds the files of the benchmark, and says what is in them.

    python3 files.py DIRECTORY MIB [NAME…]

writes the named files (all, if none is named) into DIRECTORY, the largest of MIB mebibytes, and DIRECTORY/files.json with
their true answers: NumPy's, over what libsndfile reads. libsndfile also writes the files, so that nothing measured here
reads what it wrote itself.
"""

import json
import os
import struct
import sys

import numpy as np
import soundfile

RATE = 48_000
GAIN = 0.75  # as in answer.rs
CHUNK = 1 << 18  # frames made and looked at together; a multiple of every block length
SMALL = 4  # the files of row 9 are this much smaller
SHORT = 8  # those of rows 11 to 14

# name: channels, libsndfile subtype, sample bytes, part of the size
FILES = {
    "stereo-i16": (2, "PCM_16", 2, 1),
    "stereo-i24": (2, "PCM_24", 3, 1),
    "mono-i16": (1, "PCM_16", 2, SMALL),
    "six-i16": (6, "PCM_16", 2, SMALL),
    "sixtyfour-i16": (64, "PCM_16", 2, SMALL),
    "stereo-f32": (2, "FLOAT", 4, SMALL),
    "stereo-f64": (2, "DOUBLE", 8, SMALL),
    "stereo-u8": (2, "PCM_U8", 1, SMALL),
    "stereo-alaw": (2, "ALAW", 1, SMALL),
    "stereo-short": (2, "PCM_16", 2, SHORT),
    "stereo-flac": (2, "PCM_16", 2, SHORT),
}
MANY = 64


def music(frames, channels, rng):
    """Yields chunks of a chord that swells and fades, with noise, below full scale: float32, frames × channels."""
    period = np.arange(CHUNK) * (2 * np.pi / CHUNK)
    tones = [
        sum(np.sin(period * int(1000 + 1700 * k + 137 * c + 977 * c * k) + k) / (k + 2) for k in range(6))
        for c in range(min(channels, 6))
    ]
    chord = np.stack([tones[c % 6] for c in range(channels)], axis=1).astype(np.float32)
    chord *= 0.6 / np.abs(chord).max()
    for start in range(0, frames, CHUNK):
        count = min(CHUNK, frames - start)
        noise = np.frombuffer(rng.bytes(2 * count * channels), np.int16).reshape(count, channels)
        yield chord[:count] * np.float32(rng.uniform(0.05, 1.0)) + noise * np.float32(0.05 / 32768)


def write(path, frames, channels, subtype, seed):
    rng = np.random.default_rng(seed)
    container = "FLAC" if path.endswith(".flac") else "WAVEX" if channels > 2 else "WAV"
    with soundfile.SoundFile(path, "w", RATE, channels, subtype, format=container) as file:
        for chunk in music(frames, channels, rng):
            file.write(chunk)


def blocks_of(squares, frames, unit, length, hop=None):
    """RMS of blocks (or windows), summed over channels, from the sums of squares of each `unit` frames."""
    hop = hop or length
    total = np.concatenate([np.zeros((1, squares.shape[1])), np.cumsum(squares, axis=0)])
    if hop == length:
        starts = np.arange(0, frames, hop)
    else:
        starts = np.arange(0, frames - length + 1, hop)
    ends = np.minimum(starts + length, frames)
    sums = total[-(-ends // unit)] - total[starts // unit]
    return float(np.sqrt(sums / (ends - starts)[:, None]).sum())


def truth(path, stereo16):
    """What every program must find. (Sums of squares of 16-bit samples are exact in float64: 2^-30 and up.)"""
    unit = 512
    squares, probe, gained, frames, peak = [], 0.0, 0, 0, 0.0
    with soundfile.SoundFile(path) as file:
        channels = file.channels
        for block in file.blocks(CHUNK, dtype="float64", always_2d=True):
            frames += len(block)
            starts = np.arange(0, len(block), unit)
            squares.append(np.add.reduceat(block * block, starts, axis=0))
            peak = max(peak, float(np.abs(block).max()))
            if channels == 2:
                for start in range(0, len(block), 4096):
                    b = block[start : start + 4096]
                    probe += abs(b[0, 0]) + abs(b[len(b) // 2, 1]) + abs(b[-1, 1])
            if stereo16:
                gained += int(np.square(np.rint(block * (32768 * GAIN)).astype(np.int64)).sum())
    squares = np.concatenate(squares)
    answer = {
        "frames": frames,
        "rms": float(np.sqrt(squares.sum() / frames / channels)),
        "peak": peak,
        "block_rms": blocks_of(squares, frames, unit, 1024),
        "probe": float(probe),
    }
    if stereo16:
        answer["window_rms"] = blocks_of(squares, frames, unit, 2048, 512)
        answer["gained_rms"] = float(np.sqrt(gained / frames / channels)) / 32768
    return answer


def sparse(path, gib):
    """An RF64 file of silence that takes no room: row 10's. EBU Tech 3306."""
    data = gib << 30
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, RATE, 4 * RATE, 4, 16)
    riff = 4 + 36 + len(fmt) + 8 + data
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, riff, data, data // 4, 0)
    with open(path, "wb") as file:
        file.write(struct.pack("<4sI4s", b"RF64", 0xFFFFFFFF, b"WAVE") + ds64 + fmt)
        file.write(struct.pack("<4sI", b"data", 0xFFFFFFFF))
        file.truncate(file.tell() + data)


def build(directory, mib, name):
    size = mib << 20
    if name == "sparse":
        path = os.path.join(directory, "sparse.wav")
        sparse(path, 20)
        return {"path": path, "bytes": os.path.getsize(path)}
    if name == "one-mib":
        path = os.path.join(directory, "one-mib.wav")
        write(path, (1 << 20) // 4, 2, "PCM_16", 1)
        return {"path": path, "bytes": os.path.getsize(path), "truth": truth(path, True)}
    if name == "many":
        folder = os.path.join(directory, "many")
        os.makedirs(folder, exist_ok=True)
        squares, frames, peak, total = 0.0, 0, 0.0, 0
        for i in range(MANY):
            path = os.path.join(folder, f"{i:02}.wav")
            write(path, size // MANY // 4, 2, "PCM_16", 100 + i)
            found = truth(path, False)
            squares += found["rms"] ** 2 * found["frames"]
            frames += found["frames"]
            peak = max(peak, found["peak"])
            total += os.path.getsize(path)
        return {"path": folder, "bytes": total, "truth": {"frames": frames, "rms": (squares / frames) ** 0.5, "peak": peak}}
    channels, subtype, width, part = FILES[name]
    path = os.path.join(directory, f"{name}.{'flac' if name == 'stereo-flac' else 'wav'}")
    write(path, size // part // (channels * width), channels, subtype, sum(map(ord, name)))
    return {"path": path, "bytes": os.path.getsize(path), "truth": truth(path, name == "stereo-i16")}


def main(directory, mib, *names):
    os.makedirs(directory, exist_ok=True)
    index = os.path.join(directory, "files.json")
    try:
        with open(index) as file:
            known = json.load(file)
    except FileNotFoundError:
        known = {}
    for name in names or [*FILES, "many", "one-mib", "sparse"]:
        if known.get(name, {}).get("mib") != int(mib):
            known[name] = build(directory, int(mib), name) | {"mib": int(mib)}
    with open(index, "w") as file:
        json.dump(known, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
