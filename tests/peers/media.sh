#!/bin/sh
# FLAC files that the crate wrote, checked by the reference decoder (flac -t, and its samples), libsndfile and ffmpeg.
# Needs flac, ffmpeg, and a python3 with soundfile and numpy ($PYTHON). Prints one line a file; stops at the first difference.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
NDAUDIO_MEDIA_PEERS="$folder" cargo test -q --all-features --test media files_are_written_for_peers
exec "${PYTHON:-python3}" tests/peers/media.py "$folder"
