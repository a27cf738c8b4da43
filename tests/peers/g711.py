#!/usr/bin/env python3
"""The A-law and µ-law byte of every 16-bit sample, as ITU-T G.191, CPython, libsndfile, ffmpeg and sox have them.

    python3 tests/peers/g711.py        # needs CPython before 3.13 (audioop), numpy, soundfile, ffmpeg, sox

Prints the FNV-1a hash (64 bits) of the 65,536 bytes from -32768 up for each, of which `tests/reading/g711.rs` has G.191's, and, for each
that differs from G.191's, where.

They agree on the codes' values and on which samples are near them, and differ on samples that lie on a decision value or beside
it: G.191 puts one on the line above it, with either sign; CPython does with A-law, and with µ-law only positive ones (it shifts
down before it takes the magnitude, which rounds negative ones up in size); libsndfile indexes a table by the magnitude / 16 or / 4;
ffmpeg and sox look for the nearest code, and do not agree on what that is where two are as near.
"""

import io
import subprocess
import warnings

import numpy as np
import soundfile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

SAMPLES = np.arange(-32768, 32768, dtype="<i2")


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def g191(law):
    """The rule of `alaw_compress` and `ulaw_compress` in ITU-T G.191's reference programs, written from its description."""
    data = bytearray()
    for sample in SAMPLES.tolist():
        magnitude, sign = (~sample, 0) if sample < 0 else (sample, 0x80)
        if law == "alaw":
            value = magnitude >> 4
            segment = max(0, value.bit_length() - 4)
            mantissa = value >> max(0, segment - 1) & 15
            data.append((sign | segment << 4 | mantissa) ^ 0x55)
        else:
            value = min((magnitude >> 2) + 33, 0x1FFF)
            segment = value.bit_length() - 6
            mantissa = value >> segment + 1 & 15
            data.append(sign | 0x7F ^ (segment << 4 | mantissa))
    return bytes(data)


def cpython(law):
    return (audioop.lin2alaw if law == "alaw" else audioop.lin2ulaw)(SAMPLES.tobytes(), 2)


def libsndfile(law):
    file = io.BytesIO()
    soundfile.write(file, SAMPLES, 8000, subtype={"alaw": "ALAW", "mulaw": "ULAW"}[law], format="RAW")
    return file.getvalue()


def run(*command):
    return subprocess.run(command, input=SAMPLES.tobytes(), stdout=subprocess.PIPE, check=True).stdout


def ffmpeg(law):
    source = "-hide_banner -loglevel error -f s16le -ar 8000 -ac 1 -i -".split()
    return run("ffmpeg", *source, "-f", law, "-")


def sox(law):
    kind = {"alaw": "a-law", "mulaw": "mu-law"}[law]
    return run("sox", *"-D -t raw -r 8000 -c 1 -e signed -b 16 - -t raw -b 8 -e".split(), kind, "-")


def main():
    for law, expand in [("alaw", audioop.alaw2lin), ("mulaw", audioop.ulaw2lin)]:
        reference = g191(law)
        print(f"{law}: G.191 {fnv(reference)}")
        for peer in (cpython, libsndfile, ffmpeg, sox):
            data = peer(law)
            assert len(data) == 65536, (peer, len(data))
            print(f"{law}: {peer.__name__} {fnv(data)}")
            differ = [i for i in range(65536) if data[i] != reference[i]]
            if differ:
                values = lambda data: np.frombuffer(expand(data, 2), "<i2").astype(int)
                wide = SAMPLES.astype(int)
                ours, theirs = np.abs(values(reference) - wide), np.abs(values(data) - wide)
                first = ", ".join(
                    f"{SAMPLES[i]}: {values(reference)[i]} against {values(data)[i]}" for i in differ[:4] + differ[-3:]
                )
                print(f"    {len(differ)} of 65536 differ from G.191's ({first});")
                print(f"    the largest error is {theirs[differ].max()}, G.191's {ours[differ].max()}")


main()
