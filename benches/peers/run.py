#!/usr/bin/env python3
"""Measures ndaudio beside `read(2)` and its peers, prints the table as Markdown, and fails if a goal is missed.

    PYTHON=/path/to/venv/bin/python python3 benches/peers/run.py [--quick] [--rows 1,4] [--runs N] [--keep]

A run of everything at full size also writes BENCHMARKS.md. See README.md beside this file.
"""

import argparse
import os
import shlex
import shutil
import sys
import tempfile

import measure
import report
import rows

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="files of 128 MiB instead of 1 GiB")
    parser.add_argument("--rows", help="only these rows, as 1,4 (7 comes with any of 1, 4, 5 and 6)")
    parser.add_argument("--runs", type=int, default=7, help="rounds of what is fast (default 7); slow peers take 3")
    parser.add_argument("--no-peers", action="store_true", help="ndaudio and the references alone")
    parser.add_argument("--keep", action="store_true", help="keep the files, for the next run with the same --dir")
    parser.add_argument("--dir", help="where the files go (default: a new directory in /dev/shm or $TMPDIR)")
    parser.add_argument("--disk", help="where the files go for the rows that are measured on a disk too (default: a new "
                        "directory in the temporary one, unless that is of the same file system); 'none' leaves them out")
    parser.add_argument("--write", help="where the report goes as well (default: BENCHMARKS.md if all is measured)")
    args = parser.parse_args()
    wanted = {int(row) for row in args.rows.split(",")} if args.rows else set(range(1, 11))

    measure.build(HERE)
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    directory = args.dir or tempfile.mkdtemp(prefix="ndaudio-bench-", dir=base)
    mib = 128 if args.quick else 1024
    bench = measure.Bench(HERE, directory, mib, args.runs, peers=not args.no_peers)
    try:
        results = rows.run(bench, wanted)
    finally:
        if not args.keep:
            shutil.rmtree(directory, ignore_errors=True)
    if args.disk != "none" and wanted & rows.ON_DISK:
        disk = args.disk or tempfile.mkdtemp(prefix="ndaudio-bench-")
        if measure.file_system(disk) != bench.file_system:
            measure.say(f"on {measure.file_system(disk)}")
            # Ours beside `read(2)` and a copy: what a peer does more than that is the same on any file system.
            other = measure.Bench(HERE, disk, mib, args.runs, peers=False)
            try:
                results.add_place(rows.run(other, wanted & rows.ON_DISK), other.file_system, bench.file_system)
            finally:
                if not args.keep:
                    shutil.rmtree(disk, ignore_errors=True)
        elif not args.disk:
            shutil.rmtree(disk, ignore_errors=True)

    command = "python3 benches/peers/run.py" + "".join(f" {shlex.quote(arg)}" for arg in sys.argv[1:])
    text = report.markdown(results, bench, command, ROOT)
    print(text)
    whole = wanted == set(range(1, 11)) and not args.quick and not args.no_peers
    target = args.write or (os.path.join(ROOT, "BENCHMARKS.md") if whole else None)
    if target:
        with open(target, "w") as file:
            file.write(text)
    return 0 if all(goal.met for goal in results.goals) else 1


if __name__ == "__main__":
    sys.exit(main())
