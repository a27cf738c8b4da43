#!/usr/bin/env bash
# Sparse RF64 files of 5 and 20 GiB: what is in them, their last seconds, and the RMS of the whole, with the time and the memory that
# each takes, beside those of 1 MiB. The disk holds less than 1 MiB of each; the file system must know sparse files.
#
#     tests/peers/sparse.sh [DIRECTORY]        # GNU time or bash's own, cargo
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/ndaudio-sparse.XXXXXX")
trap 'rm -rf "$directory"' EXIT

cargo test --quiet --release --test long_sparse --no-run
cargo build --quiet --release --package ndaudio-cli
# The most memory of a program where GNU time is installed, the time everywhere.
measured() {
    if command -v /usr/bin/time >/dev/null; then
        /usr/bin/time -f '    %e s, %M KiB of memory at most' "$@"
    else
        local TIMEFORMAT='    %R s'
        time "$@"
    fi
}
for bytes in $((1 << 20)) $((5 << 30)) $((20 << 30)); do
    file=$directory/$bytes.wav
    NDAUDIO_SPARSE="$bytes $file" cargo test --quiet --release --test long_sparse -- --nocapture | grep bytes:
    echo "on the disk: $(du -k "$file" | cut -f 1) KiB"
    for command in info rms; do
        echo "$command:"
        measured target/release/ndaudio "$command" "$file" | tail -n 15
    done
    rm "$file"
done
