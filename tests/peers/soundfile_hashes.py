#!/usr/bin/env python3
"""Hashes of what libsndfile, through python-soundfile, decodes from each fixture.

    python3 tests/peers/soundfile_hashes.py           # write soundfile_hashes.tsv (needs numpy, soundfile)
    python3 tests/peers/soundfile_hashes.py --check   # the same, but compare with the file instead

Each hash is that of

    hashlib.sha256(soundfile.read(FILE, dtype=DTYPE, always_2d=True)[0].tobytes()).hexdigest()

which is frames × channels, interleaved, little-endian.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import soundfile

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = ROOT / "data"
TABLE = HERE / "soundfile_hashes.tsv"


def read(name, dtype):
    samples, rate = soundfile.read(DATA / name, dtype=dtype, always_2d=True)
    return np.ascontiguousarray(samples, dtype=samples.dtype.newbyteorder("<")), rate


def sha256(samples):
    return hashlib.sha256(samples.tobytes()).hexdigest()


def hashes(name, encoding, channels, rate, frames, expected):
    """The row for one file, or the reason why there is none; and remarks."""
    try:
        wide, got_rate = read(name, "float64")
    except soundfile.LibsndfileError as error:
        return None, [f"{name}: {error.error_string}"]
    if wide.shape != (frames, channels) or got_rate != rate:
        return None, [f"{name}: reads as {wide.shape[0]} × {wide.shape[1]} at {got_rate} Hz; it is {frames} × {channels} at {rate}"]
    if sha256(wide) != expected:
        return None, [f"{name}: reads as other samples than it was made from"]
    row, remarks = [sha256(wide)], []
    with np.errstate(invalid="ignore"):
        rules = {"float32": wide.astype("<f4")}
        if encoding not in ("f32", "f64"):
            # One rule for all integers: most significant bits stay; narrowing is an arithmetic shift right.
            full = np.ldexp(wide, 31).astype("<i8")
            rules |= {"int16": (full >> 16).astype("<i2"), "int32": full.astype("<i4")}
    for dtype in ("float32", "int16", "int32"):
        if dtype not in rules:
            row.append("-")
            continue
        samples = read(name, dtype)[0]
        if samples.tobytes() == rules[dtype].tobytes():
            row.append(sha256(samples))
        else:
            row.append("-")
            remarks.append(f"{name}: {dtype} is not what our rule gives")
    return row, remarks


def table():
    out, left_out, remarks = [], [], []
    for line in (DATA / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, _, encoding, channels, rate, frames, expected, _ = line.split("\t")
        row, said = hashes(name, encoding, int(channels), int(rate), int(frames), expected)
        if row is None:
            left_out += said
        else:
            out.append("\t".join([name, frames, channels, rate, *row]))
            remarks += said
    head = [
        "# SHA-256 of soundfile.read(FILE, dtype=…, always_2d=True)[0].tobytes(): frames × channels, interleaved,",
        f"# little-endian. Written by soundfile_hashes.py. libsndfile {soundfile.__libsndfile_version__}, soundfile {soundfile.__version__}, NumPy {np.__version__}.",
        "# Checked while writing: float64 is what the file was made from (data/MANIFEST.tsv), float32 is that, rounded to",
        "# nearest even, int32 is that × 2^31, and int16 is int32 >> 16, arithmetically.",
        "# `-`: the source is float. libsndfile does not scale float files read as integers (0.5 becomes 0); we do.",
        "# Left out, because libsndfile does not read them, or not as they were made:",
        *(f"#   {line}" for line in left_out),
        "# Columns that do not follow our rule: " + ("; ".join(remarks) or "none."),
        "# file\tframes\tchannels\tsample_rate\tfloat64\tfloat32\tint16\tint32",
    ]
    return "\n".join(head + out) + "\n", len(out), len(left_out), remarks


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="soundfile hashes of the fixtures.")
    parser.add_argument("--check", action="store_true", help="compare with the recorded hashes")
    check = parser.parse_args().check
    text, recorded, left_out, remarks = table()
    print(f"{recorded} files recorded, {left_out} left out, {len(remarks)} remarks")
    if check:
        def rows(text):
            return [line for line in text.splitlines() if not line.startswith("#")]

        equal = rows(text) == rows(TABLE.read_text(encoding="utf-8"))
        print("equal" if equal else "differs from soundfile_hashes.tsv")
        sys.exit(not equal)
    TABLE.write_text(text, encoding="utf-8", newline="\n")
