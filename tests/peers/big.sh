#!/usr/bin/env bash
# Writes 5 GiB, which becomes RF64 in place, and 3.9 GiB, which stays RIFF; reads every frame back with this crate, libsndfile and
# ffmpeg. Needs 9 GiB in the directory, python3 with numpy and soundfile (or $PYTHON), and ffmpeg.
#
#     tests/peers/big.sh /dev/shm
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d "${1:?a directory with 9 GiB of room}/ndaudio-big.XXXXXX")
trap 'rm -rf "$directory"' EXIT

NDAUDIO_BIG_DIR=$directory cargo test --quiet --release --test writing five_gib:: -- --nocapture

for name in 5_gib 3.9_gib; do
    file=$directory/$name.wav
    head -c 4 "$file"; echo " is what $name begins with"
    # The header is 80 bytes: 12, 36 for JUNK or ds64, 24 for fmt, 8 for data.
    "${PYTHON:-python3}" - "$file" <<'PYTHON'
import sys
import numpy as np, soundfile
raw = np.memmap(sys.argv[1], "<i2", "r", offset=80).reshape(-1, 2)
position = 0
for block in soundfile.blocks(sys.argv[1], 1 << 22, dtype="int16", always_2d=True):
    assert np.array_equal(block, raw[position : position + len(block)]), position
    position += len(block)
assert position == len(raw), (position, len(raw))
print(f"libsndfile {soundfile.__libsndfile_version__}: all {position} frames")
PYTHON
    ffmpeg -hide_banner -loglevel error -nostdin -i "$file" -f s16le -c copy - | cmp - <(tail -c +81 "$file")
    echo "ffmpeg: all $(($(stat -c %s "$file") / 4 - 20)) frames"
done
