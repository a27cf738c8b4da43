#!/usr/bin/env bash
# Runs the test `same_bits` and the kernels' unit tests as on processors with fewer instructions than this one, whose loops are other ones:
#
#     tests/peers/instruction_sets.sh
#
# Nehalem has no AVX (the code for any x86-64), Haswell has AVX2; the last run is native, which is AVX-512 where the machine has it, as
# qemu-user does not. It takes qemu-user (Debian's package of that name) and, being emulated, about six minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

executable() {
    cargo test --release --no-run --features flac,rayon,serde --message-format=json "$@" |
        python3 -c 'import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("executable") and message["profile"]["test"]:
        print(message["executable"])'
}

same_bits=$(executable --test same_bits)
kernels=$(executable --lib)
filters=(kernel scale:: powers:: clipping decode::tests flac::bits)
# What Haswell has and the emulator has not is none of this crate's business.
quiet() { grep -v "TCG doesn't support requested feature" >&2 || true; }
for cpu in Nehalem Haswell; do
    echo "== $cpu (emulated)"
    qemu-x86_64 -cpu "$cpu" "$same_bits" --test-threads 1 2> >(quiet)
    qemu-x86_64 -cpu "$cpu" "$kernels" "${filters[@]}" --test-threads 1 2> >(quiet)
done
echo "== native: $(grep -o -m1 -w 'avx512bw\|avx2' /proc/cpuinfo | sort | tail -1)"
"$same_bits"
"$kernels" "${filters[@]}"
