#!/bin/sh
# Runs one target for a time, on two cores, and stops at the first finding. Usage: fuzz/run.sh TARGET SECONDS
# The log ends with executions, coverage (edges and features) and corpus size; findings go to fuzz/artifacts/TARGET.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 append|carry|decode|doors|open|programs|roundtrip SECONDS" >&2; exit 2; }
cd "$(dirname "$0")/.."
target=$1 seconds=$2
mkdir -p "fuzz/corpus/$target"

# -malloc_limit_mb: no single allocation, -rss_limit_mb: no process may grow beyond, whatever a header says (a sanitizer's own
# memory included). -timeout: seconds that one input may take. -max_len: what the corpus is made of; more only slows it down.
cargo +nightly fuzz run "$target" -- \
    -fork=2 -max_total_time="$seconds" -timeout=10 -malloc_limit_mb=64 -rss_limit_mb=1024 -max_len=4096 \
    -dict=fuzz/wav.dict -print_final_stats=1
