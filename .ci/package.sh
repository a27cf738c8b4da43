#!/usr/bin/env bash
# Unpacks the .crate into an empty folder and tests it there: its unit tests and the examples of its documentation, with nothing of the
# repository beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo package --locked --allow-dirty --no-verify --package ndaudio --target-dir "$folder/target"
tar -xzf "$folder"/target/package/ndaudio-*.crate -C "$folder"
cd "$folder"/ndaudio-*/
# What has been built for the repository is built from the same lock file.
CARGO_TARGET_DIR="$folder/target" cargo test --locked --all-features --lib
CARGO_TARGET_DIR="$folder/target" cargo test --locked --all-features --doc
