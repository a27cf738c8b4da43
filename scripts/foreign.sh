#!/bin/sh
# Runs the tests of the library on machines that are not there: i686 (pointers of 32 bits) and s390x (the most significant byte first),
# under qemu-user, or, what needs no emulator, i686 on the kernel of an x86-64 machine. Needs rustup, and on Debian:
#   apt-get install qemu-user gcc-i686-linux-gnu libc6-dev-i386-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross
#
# Usage: scripts/foreign.sh [i686|s390x] [cargo test arguments…]        (by default both, and the library's own tests and tests/reading and /writing)
#
# Left out: tests that start other programs or processes of their own (qemu-user runs those only with binfmt_misc), that need more
# memory than 32 bits address, or that measure time.
set -eu
cd "$(dirname "$0")/.."
case "${1:-}" in
    i686 | s390x) machines=$1 && shift ;;
    *) machines="i686 s390x" ;;
esac
[ $# -gt 0 ] || set -- --lib --test reading --test writing

for machine in $machines; do
    target=$machine-unknown-linux-gnu
    rustup target add "$target" >/dev/null
    name=$(echo "$target" | tr 'a-z-' 'A-Z_')
    qemu=qemu-$machine
    [ "$machine" != i686 ] || qemu=qemu-i386
    root=/usr/$machine-linux-gnu
    runner="$qemu -L $root"
    # The dynamic linker is a program of 32 bits itself: where it runs, all others do.
    linker=$root/lib/ld-linux.so.2
    [ "$machine" != i686 ] || ! "$linker" --version >/dev/null 2>&1 || runner="$linker --library-path $root/lib"
    # qemu 7.2 takes the first factor of MDEBR, a product of two floats as a double, for a double: 1.0 × 1.0 is 2^-7.
    emulator=
    [ "$machine" != s390x ] || emulator="--skip float_kernels_are_their_definitions --skip nan_is_not_silent_for_silencedetect"
    printf '\n== %s by %s\n' "$machine" "${runner%% *}"
    env "CARGO_TARGET_${name}_LINKER=$machine-linux-gnu-gcc" "CARGO_TARGET_${name}_RUNNER=$runner" \
        cargo test --locked --no-fail-fast --target "$target" --all-features "$@" -- $emulator \
        --skip killed --skip as_nobody --skip traced --skip may_not_grow --skip cannot_be_read --skip cannot_be_kept --skip on_the_disk \
        --skip 4_gib --skip five_gib --skip long_sparse --skip many_anomalies
done
