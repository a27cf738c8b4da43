#!/bin/sh
# Builds the seed corpora: the fixtures in data/, and the table of tests/reading/wild written out; whatever is small enough to mutate well.
# What a fuzzer found before stays. Usage: fuzz/seed.sh
set -eu
cd "$(dirname "$0")"
most=16384

files=$(mktemp -d)
trap 'rm -r "$files"' EXIT
(cd .. && WILD_FILES=$files cargo test --quiet --test reading -- --exact wild::written_to_disk_they_open_or_are_refused_by_name >/dev/null)

for target in append carry decode doors programs; do
    mkdir -p "corpus/$target"
    find ../data "$files" -type f -name '*.wav' -o -type f -name '*.w64' -o -type f -name '*.rf64' | while IFS= read -r file; do
        if [ "$(wc -c <"$file")" -le "$most" ]; then
            cp "$file" "corpus/$target/seed-$(basename "$file")"
        fi
    done
    echo "$target: $(find "corpus/$target" -type f | wc -l) inputs"
done

mkdir -p corpus/open
find ../data/media -type f ! -name '*.i16' ! -name '*.py' ! -name '*.tsv' -exec cp {} corpus/open/ \;
echo "open: $(find corpus/open -type f | wc -l) inputs"

# The other target's inputs are no files: a few header bytes and samples, of all lengths that matter.
mkdir -p corpus/roundtrip
for number in 0 1 2 3 4 5 6 7 8 9 10 11; do
    awk -v seed="$number" 'BEGIN { srand(seed); printf "%c", 32 + seed; for (i = 0; i < 40 + 20 * seed; i++) printf "%c", 1 + int(rand() * 126) }' \
        >"corpus/roundtrip/seed-$number"
done
echo "roundtrip: $(find corpus/roundtrip -type f | wc -l) inputs"
