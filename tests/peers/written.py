#!/usr/bin/env python3
"""Reads what we write, in every container × encoding × {1, 2, 3, 6, 64} channels, with libsndfile, ffmpeg and sox.

    python3 tests/peers/written.py [DIRECTORY]   # needs cargo, numpy, soundfile, ffmpeg, sox

`cargo test --test writing written_for_peers` writes the files; what is in them follows from the number of each sample (`value`), and what
each encoding makes of that is calculated here, by NumPy. Each file is written finished, as a stream of unknown size, and as a process
leaves it that is killed after a checkpoint. Every peer must read the same samples, bit by bit, or be on the list of those
that refuse (`REFUSED`). Ends with 1 if anything differs, and prints a table.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import soundfile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

ROOT = Path(__file__).resolve().parents[2]
ENCODINGS = "U8 I12In16 I16 I20In24 I24 I24In32Lsb I24In32Msb I32 F32 F64 ALaw MuLaw".split()
BITS = dict(U8=8, I12In16=12, I16=16, I20In24=20, I24=24, I24In32Lsb=24, I24In32Msb=24, I32=32)
CONTAINERS = dict(riff="wav", rf64="wav", bw64="wav", wave64="w64")
CHANNELS = (1, 2, 3, 6, 64)
FRAMES, SAFE = 333, 200


def refused(peer, container, encoding, channels, kind):
    """Why a peer does not read such a file, if it does not."""
    if encoding == "I24In32Lsb":
        return "takes 24 bits at the bottom of 4 bytes for something else"
    if encoding == "I24In32Msb" and peer == "ffmpeg":
        return "takes the valid bits for the container's, and 24 in 32 bits for 24 in 24"
    if container == "bw64" and peer != "ffmpeg":
        return "has no BW64"
    if peer == "sox":
        if container == "wave64" and encoding in ("F32", "F64"):
            return "scales floats of Wave64, which it reads through libsndfile, by their maximum"
        if container in ("riff", "rf64") and encoding in ("I12In16", "I20In24", "I24In32Msb"):
            return "refuses valid bits that do not fill their bytes"
    return None


def expected(encoding, channels, frames):
    """Samples as 32-bit integers, or as floats."""
    numbers = np.arange(1, frames * channels + 1, dtype=np.uint64)
    values = (numbers * 2654435761 & 0xFFFFFFFF).astype(np.uint32).view(np.int32).reshape(frames, channels)
    if encoding in BITS:
        shift = 32 - BITS[encoding]
        return values >> shift << shift
    if encoding == "F32":
        return (values / 2.0**31).astype(np.float32)
    if encoding == "F64":
        return values / 2.0**31
    # The bytes are checked by tests/reading/g711.rs; here, how the peers expand what CPython compresses, or its neighbour for µ-law, since
    # CPython rounds the magnitude of negative samples up.
    high = (values >> 16).astype("<i2")
    if encoding == "ALaw":
        wide = audioop.alaw2lin(audioop.lin2alaw(high.tobytes(), 2), 2)
    else:
        wide = audioop.ulaw2lin(audioop.lin2ulaw(np.where(high < 0, high + 4, high).astype("<i2").tobytes(), 2), 2)
    return (np.frombuffer(wide, "<i2").astype(np.int32) << 16).reshape(frames, channels)


def dtype_of(encoding):
    return {"F32": "float32", "F64": "float64"}.get(encoding, "int32")


def libsndfile(path, encoding, channels):
    samples, rate = soundfile.read(path, dtype=dtype_of(encoding), always_2d=True)
    return samples, rate


def ffmpeg(path, encoding, channels):
    raw = {"F32": "f32le", "F64": "f64le"}.get(encoding, "s32le")
    command = ["ffmpeg", "-hide_banner", "-loglevel", "quiet", "-i", path, "-f", raw, "-c:a", "pcm_" + raw, "-"]
    data = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(data, "<" + {"f32le": "f4", "f64le": "f8", "s32le": "i4"}[raw]).reshape(-1, channels), 48000


def sox(path, encoding, channels):
    # sox works in 32-bit integers: floats come back rounded, and are compared as such.
    command = ["sox", "-D", path, "-t", "raw", "-e", "signed", "-b", "32", "-L", "-"]
    data = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout
    return np.frombuffer(data, "<i4").reshape(-1, channels), 48000


def same(peer, got, want):
    if got.shape != want.shape:
        return f"{got.shape[0]} frames for {want.shape[0]}"
    if peer == "sox" and want.dtype.kind == "f":
        scaled = want.astype(np.float64) * 2.0**31
        return None if np.abs(got - scaled).max() <= 0.5 else "differs"
    return None if np.array_equal(got.view(np.uint8), np.ascontiguousarray(want).view(np.uint8)) else "differs"


def main():
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    environment = dict(os.environ, NDAUDIO_PEERS_DIR=str(directory))
    subprocess.run("cargo test --quiet --test writing written_for_peers::".split(), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    failures = 0
    peers = (libsndfile, ffmpeg, sox)
    for kind, frames in (("", FRAMES), ("_stream", FRAMES), ("_killed", SAFE)):
        read = {peer.__name__: 0 for peer in peers}
        reasons = {}
        for container, extension in CONTAINERS.items():
            for encoding in ENCODINGS:
                for channels in CHANNELS:
                    path = directory / f"{container}_{encoding}_{channels}{kind}.{extension}"
                    want = expected(encoding, channels, frames)
                    for peer in peers:
                        name = peer.__name__
                        try:
                            got, rate = peer(str(path), encoding, channels)
                            problem = same(name, got, want) or (None if rate == 48000 else f"{rate} Hz")
                        except (RuntimeError, ValueError, subprocess.CalledProcessError) as error:
                            problem = "refuses"
                        reason = refused(name, container, encoding, channels, kind)
                        if problem is None:
                            read[name] += 1
                        elif reason:
                            key = f"{name} {reason}"
                            reasons[key] = reasons.get(key, 0) + 1
                        else:
                            failures += 1
                            print(f"FAIL {path.name}: {name} {problem}")
                        if problem is None and reason:
                            print(f"note {path.name}: {name} reads it after all")
        total = len(CONTAINERS) * len(ENCODINGS) * len(CHANNELS)
        print(f"{kind.strip('_') or 'finished'}: {total} files; read bit by bit: {read}")
        for reason, count in sorted(reasons.items()):
            print(f"    {count}: {reason}")
    sys.exit(failures > 0)


main()
