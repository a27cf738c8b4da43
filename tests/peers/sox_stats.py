#!/usr/bin/env python3
"""What `sox FILE -n stats` says about each fixture, and whether our program says the same.

    python3 tests/peers/sox_stats.py             # ask sox, write sox_stats.tsv (needs sox, numpy, soundfile)
    python3 tests/peers/sox_stats.py --compare   # run the example `rms` on the files of sox_stats.tsv (needs cargo)

A file is recorded only if sox decodes it to the samples it was made from (data/MANIFEST.tsv), to within
the 32 bits that sox keeps of each; the others are listed in the comment, with the reason.
"""

import argparse
import csv
import hashlib
import io
import math
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = ROOT / "data"
TABLE = HERE / "sox_stats.tsv"
LINES = ["RMS lev dB", "Pk lev dB", "DC offset", "Min level", "Max level"]


def rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


# ---- record --------------------------------------------------------------------------------------


def sox(*arguments):
    done = subprocess.run(["sox", *arguments], cwd=DATA, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def misread(name, channels, frames, expected):
    """None if sox decodes the file right, otherwise what went wrong."""
    import numpy as np
    import soundfile

    status, raw, messages = sox(name, "-D", "-t", "raw", "-L", "-e", "float", "-b", "64", "-")
    failures = [line.split("sox FAIL ")[1] for line in messages.splitlines() if line.startswith("sox FAIL")]
    if status != 0 or failures:
        return "; ".join(failures)
    if hashlib.sha256(raw).hexdigest() == expected:
        return "no audio: sox prints no statistics" if frames == 0 else None
    got = np.frombuffer(raw, "<f8")
    if got.size != frames * channels:
        return f"sox decodes {got.size // channels} frames, there are {frames}"
    try:
        given = soundfile.read(DATA / name, dtype="float64", always_2d=True)[0]
    except soundfile.LibsndfileError:
        return "sox decodes other samples"
    if hashlib.sha256(given.tobytes()).hexdigest() != expected:
        return "sox decodes other samples"
    if not np.isfinite(given).all():
        return "sox has no NaN or infinity"
    worst = np.abs(given.reshape(-1) - got).max()
    return None if worst <= 2.0**-31 else f"sox decodes other samples, by up to {worst:g} (it clips at full scale)"


def stats(name, channels):
    """{channel: [value of each of LINES]}, the values as printed."""
    status, _, text = sox(name, "-n", "stats")
    assert status == 0, text
    columns = ["overall", *map(str, range(1, channels + 1))] if channels > 1 else ["1"]
    table = {column: [] for column in columns}
    for label in LINES:
        line = next(line for line in text.splitlines() if line.startswith(label))
        values = line[len(label) :].split()
        assert len(values) == len(columns), line
        for column, value in zip(columns, values):
            table[column].append(value)
    return table


def record():
    version = subprocess.run(["sox", "--version"], capture_output=True, check=True).stdout.decode().split("SoX v")[1].strip()
    out, left_out, files = [], [], 0
    for name, _, _, channels, _, frames, samples, _ in rows(DATA / "MANIFEST.tsv"):
        reason = misread(name, int(channels), int(frames), samples)
        if reason:
            left_out.append(f"#   {name}: {reason}")
            continue
        files += 1
        for channel, values in stats(name, int(channels)).items():
            out.append("\t".join([name, channel, *values]))
    head = [
        "# What `sox FILE -n stats` prints, digit for digit. Written by sox_stats.py.",
        f"# SoX {version}. sox's full scale is 2^(bits-1), its dB are 20·log10(x / full scale).",
        "# `overall` is sox's first column, which it prints for more than one channel: the pooled RMS and the extremes of all",
        "# channels; but its DC offset is that of the channel where it is largest.",
        "# Left out, because sox does not read them or not to the samples in data/MANIFEST.tsv:",
        *left_out,
        "# " + "\t".join(["file", "channel", *(label.lower().replace(" ", "_") for label in LINES)]),
    ]
    TABLE.write_text("\n".join(head + out) + "\n", encoding="utf-8", newline="\n")
    print(f"{files} files recorded, {len(left_out)} left out: {TABLE.relative_to(ROOT)}")


# ---- compare -------------------------------------------------------------------------------------


def ours(name):
    """{channel: (rms, peak)} of the whole file, from the program `ndaudio`."""
    command = ["cargo", "run", "--quiet", "--release", "--package", "ndaudio-cli", "--", "rms", str(Path("data") / name), "--csv"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return None
    found = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode("utf-8"))):
        if row["start_seconds"] == "total":
            channel = {"all": "overall"}.get(row["channel"], row["channel"])
            found[channel] = (row["rms_dbfs"], row["peak_dbfs"])
    return found


def same(mine, theirs):
    """Whether `mine` rounds to the digits that sox printed; `-0.00` is `0.00`."""
    mine, want = float(mine), float(theirs)
    if not math.isfinite(want) or not math.isfinite(mine):
        return mine == want
    digits = len(theirs.partition(".")[2])
    return float(f"{mine:.{digits}f}") == want


def compare():
    recorded = {}
    for name, channel, rms, peak, *_ in rows(TABLE):
        recorded.setdefault(name, {})[channel] = (rms, peak)
    bad = values = 0
    for name, channels in recorded.items():
        found = ours(name)
        if found is None:
            print(f"{name}: the program failed")
            bad += 1
            continue
        for channel, theirs in channels.items():
            if channel not in found:
                print(f"{name}: no row for channel {channel}")
                bad += 1
                continue
            for what, mine, sox_says in zip(("RMS", "peak"), found[channel], theirs):
                values += 1
                if not same(mine, sox_says):
                    print(f"{name}: channel {channel}: {what} {mine}, sox prints {sox_says}")
                    bad += 1
        extra = set(found) - set(channels) - ({"overall"} if len(channels) == 1 else set())
        for channel in sorted(extra):
            print(f"{name}: a row for channel {channel}, which sox does not have")
            bad += 1
    print(f"{len(recorded)} files, {values} values compared, {bad} differences")
    sys.exit(bool(bad or not values))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="sox stats on the fixtures.")
    parser.add_argument("--compare", action="store_true", help="compare the example `rms` with the recorded values")
    compare() if parser.parse_args().compare else record()
