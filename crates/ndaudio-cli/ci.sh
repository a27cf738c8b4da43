#!/usr/bin/env bash
# Tests the program, and the page that `ndaudio report` writes in a real browser. Chromium is taken from the machine, or from apt where this
# runs as root; a machine that has neither is told what was not tested.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CARGO_TERM_COLOR=never

cargo test --locked --package ndaudio-cli

has_browser() { command -v chromium >/dev/null && command -v chromedriver >/dev/null; }
install_browser() {
    export DEBIAN_FRONTEND=noninteractive
    # Only what may take for ever is bounded: an installation cut short would leave the machine half-way.
    timeout 30 apt-get update -qq && timeout 60 apt-get install -y -qq --no-install-recommends --download-only chromium chromium-driver &&
        apt-get install -y -qq --no-install-recommends chromium chromium-driver
}
if ! has_browser && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_browser >/dev/null 2>&1 || true
fi
if has_browser; then
    timeout 110 python3 crates/ndaudio-cli/tests/report.py "${CARGO_TARGET_DIR:-target}/debug/ndaudio"
else
    cat >&2 <<'SKIPPED'
############################################################################################
SKIPPED: the page of `ndaudio report` was not tested in a browser (tests/report.py), since
this machine has no chromium and chromedriver, and they could not be installed with apt.
############################################################################################
SKIPPED
fi
