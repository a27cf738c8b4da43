#!/usr/bin/env bash
# Unpacks the .crate into an empty folder and tests it there: its unit tests and the examples of its documentation, with nothing of the
# repository beside it but what has been built of its dependencies.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo package --locked --allow-dirty --no-verify --package ndaudio
tar -xzf target/package/ndaudio-[0-9]*.crate -C "$folder"
export CARGO_TARGET_DIR=$PWD/target
cd "$folder"/ndaudio-*/
cargo test --locked --all-features --lib
cargo test --locked --all-features --doc
