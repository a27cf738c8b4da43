#!/usr/bin/env bash
# Kills 200 writing processes at random moments. No frame that was safe may be lost, to this crate (tests/writing/killed.rs) or to
# libsndfile, which reads the files up to the last checkpoint or further.
#
#     tests/peers/killed.sh [KILLS]        # python3 with numpy and soundfile, or $PYTHON
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

NDAUDIO_KILLS=${1:-200} NDAUDIO_KILLED_DIR=$directory \
    cargo test --quiet --release --test writing killed::killed_at -- --nocapture

"${PYTHON:-python3}" - "$directory" <<'PYTHON'
import re, sys
from pathlib import Path
import numpy as np, soundfile
FORMATS = [("PCM_U8", 1), ("PCM_16", 2), ("PCM_24", 1), ("ULAW", 3), ("PCM_32", 1)]
read = left_out = 0
for path in sorted(Path(sys.argv[1]).glob("*_case*")):
    case, safe = map(int, re.fullmatch(r"\d+_case(\d+)_safe(\d+)", path.stem).groups())
    if case // 5 == 2:
        left_out += 1  # BW64, which libsndfile does not read
        continue
    subtype, channels = FORMATS[case % 5]
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert (rate, samples.shape[1]) == (48000, channels), path
    assert len(samples) >= safe, f"{path}: {len(samples)} of {safe} frames"
    frame, channel = np.ogrid[:safe, :channels]
    value = ((frame * 31 + channel * 7) % 251 - 125) * 256 + 128
    if subtype == "PCM_U8":
        value = value >> 8 << 8
    difference = np.abs(samples[:safe].astype(int) - value)
    # µ-law keeps no more than 4 bits and a segment.
    assert difference.max(initial=0) <= (600 if subtype == "ULAW" else 0), path
    read += 1
print(f"libsndfile {soundfile.__libsndfile_version__}: every safe frame of {read} files, {left_out} left out")
PYTHON
