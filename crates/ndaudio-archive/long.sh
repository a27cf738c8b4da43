#!/usr/bin/env bash
# The same ten queries over 2,000 recordings (or as many as the first argument says) by plain Rust, the engine on 1 and 2 threads, a
# cluster of 1 and 2 executors, and DuckDB over the Parquet files of four shards: integers equal, floats equal bits. `ci.sh` does it with 30.
# A release build, as that of bench/run.py.
set -euo pipefail
cd "$(dirname "$0")"
export NDAUDIO_ARCHIVE_PER_SITE=$((${1:-2000} / 2))
venv=${NDAUDIO_ARCHIVE_VENV:-$PWD/target/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
export NDAUDIO_ARCHIVE_PYTHON=$venv/bin/python
cargo test --release --locked --test answers --test cluster --test export -- --include-ignored answer
