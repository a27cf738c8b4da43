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

import beyond_rows
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
    parser.add_argument("--dirs", metavar="DIR,…", help="where the files go: all rows are measured in the first directory, and "
                        "those that a file system decides in the others too (default: new ones in /dev/shm and $TMPDIR)")
    parser.add_argument("--keep", action="store_true", help="keep the files, for the next run with the same --dirs")
    parser.add_argument("--write", help="where the report goes as well (default: BENCHMARKS.md if all is measured)")
    args = parser.parse_args()
    wanted = {int(row) for row in args.rows.split(",")} if args.rows else rows.ALL

    measure.build(HERE)
    mib = 128 if args.quick else 1024
    bench, results = None, None
    for directory in directories(args.dirs):
        measure.say(f"on {measure.file_system(directory)}")
        # Elsewhere ours beside `read(2)` and a copy: what a peer does more than that is the same on any file system.
        here = measure.Bench(HERE, directory, mib, args.runs, peers=bench is None and not args.no_peers)
        try:
            found = rows.run(here, wanted if bench is None else wanted & rows.ON_DISK, beyond_rows.ROWS)
        finally:
            if not args.keep:
                shutil.rmtree(directory, ignore_errors=True)
        if bench is None:
            bench, results = here, found
        else:
            results.add_place(found, here.file_system, bench.file_system)

    command = "python3 benches/peers/run.py" + "".join(f" {shlex.quote(arg)}" for arg in sys.argv[1:])
    text = report.markdown(results, bench, command, ROOT)
    print(text)
    whole = wanted == rows.ALL and not args.quick and not args.no_peers
    target = args.write or (os.path.join(ROOT, "BENCHMARKS.md") if whole else None)
    if target:
        with open(target, "w") as file:
            file.write(text)
    return 0 if all(goal.met for goal in results.goals) else 1


def directories(given):
    """New directories on different file systems, or those that were asked for."""
    if given:
        return given.split(",")
    bases = [base for base in ("/dev/shm", tempfile.gettempdir()) if os.path.isdir(base)]
    systems = {measure.file_system(base): base for base in reversed(bases)}
    return [tempfile.mkdtemp(prefix="ndaudio-bench-", dir=base) for base in bases if base in systems.values()]


if __name__ == "__main__":
    sys.exit(main())
