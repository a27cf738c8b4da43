#!/usr/bin/env bash
# Builds and tests this crate from nothing but Rust, a C compiler and Python 3: about 15 minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TERM_COLOR=never

# The tests that need other programs' readers and servers find them here.
venv=${NDAUDIO_ARCHIVE_VENV:-$PWD/target/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
export NDAUDIO_ARCHIVE_PYTHON=$venv/bin/python

cargo fmt --check
# One build for everything: clippy as the compiler of this crate and its tests, where `cargo clippy` would check all 400 packages once more.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
cargo test --locked -- --include-ignored
