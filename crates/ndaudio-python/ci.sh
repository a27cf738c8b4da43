#!/usr/bin/env bash
# Builds the wheel and tests it, from nothing but Rust, Python and the package index. Ends in pytest's own summary.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TERM_COLOR=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s\n' "$*"; "$@"; }

step cargo fmt --check
"$python" -m venv "$work/build"
step "$work/build/bin/pip" install -q 'maturin>=1.16,<2'
# A release without the link-time optimization of the published wheel, which takes minutes and changes no result.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
# Not `--locked`: the lock file follows the library at the root, which may have changed what it depends on.
step cargo clippy --release -- -D warnings
step "$work/build/bin/maturin" build --release --interpreter "$python" --out "$work/dist"
wheel=$(ls "$work"/dist/ndaudio-*-abi3-*.whl)
size=$(stat -c %s "$wheel")
printf '%s: %s bytes\n' "$(basename "$wheel")" "$size"
[ "$size" -lt 8000000 ] || { echo "the wheel is over 8 MB"; exit 1; }

# Fresh environments with nothing but NumPy and the test runner: the oldest Python and the newest that is here, with one wheel.
newest=$(ls -d "$HOME"/.pyenv/versions/3.*/bin/python /usr/bin/python3.* /usr/local/bin/python3.* 2>/dev/null |
    grep -E '/(3\.[0-9.]+/bin/python|python3\.[0-9]+)$' |
    while read -r each; do "$each" -c 'import sys, venv, ensurepip; v = sys.version_info; v >= (3, 11) and print(v.minor, sys.executable)' 2>/dev/null; done |
    sort -n | tail -1 | cut -d' ' -f2- || true)
for each in "$python" ${newest:+"$newest"}; do
    rm -rf "$work/core"
    "$each" -m venv "$work/core"
    step "$work/core/bin/pip" install -q "$wheel" pytest
    "$work/core/bin/python" -c 'import sys, numpy; print("Python", sys.version.split()[0], "NumPy", numpy.__version__)'
    step "$work/core/bin/python" -m pytest -q tests/core
done

# Everything that results are compared with, and what the work is spread with.
"$python" -m venv "$work/all"
step "$work/all/bin/pip" install -q "${wheel}[test,spread]"
step "$work/all/bin/python" -m pytest -q tests/types tests/peers tests/spread
