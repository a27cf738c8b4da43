"""The tables as Markdown."""

import datetime
import os
import platform
import re
import subprocess

from measure import PYTHON


def markdown(results, bench, command, root):
    met = sum(goal.met for goal in results.goals)
    lines = [
        "# Benchmarks",
        "",
        f"The last output of `{command}`: {met} of {len(results.goals)} goals met. "
        "What was tried for each kernel, and what lost, is in [benches/notes.md](benches/notes.md); "
        "how this is measured, in [benches/peers/README.md](benches/peers/README.md).",
        "",
        *machine(bench, root),
        "",
        "## Goals",
        "",
        f"Files of {size(bench.mib)}, stereo i16 at 48 kHz unless said, in the page cache, on {bench.file_system} unless said. Medians, fastest to slowest "
        "in parentheses; GB/s are bytes of the file.",
        "",
        "| # | work | ndaudio | beside | | found | goal | met |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for goal in results.goals:
        reference = goal.reference
        cells = [goal.row, goal.work, timing(goal.ours), reference.name if reference else "–", timing(reference)]
        cells += [goal.found, goal.goal, "yes" if goal.met else "**no**"]
        lines.append(row(cells))
    if len(next(iter(results.peers.values()), [])) > 1:
        lines += ["", "## Peers", "", *peers(results)]
    return "\n".join(lines) + "\n"


def peers(results):
    titles = {
        "1": "Row 1: RMS of each block of 1024 frames",
        "4": "Row 4: blocks of 4096 frames of f32, from 24-bit",
        "5": "Row 5: gain, file to file",
        "6": "Row 6: all of it into memory",
    }
    lines = [
        "Seconds of the work alone for what runs in Rust and Python (starting Python and importing are not counted), of "
        "the process for sox and ffmpeg. Every program's answer is compared with NumPy's over what libsndfile reads; one that "
        "finds something else is listed, and not counted as a peer to be ahead of.",
    ]
    for name, programs in sorted(results.peers.items()):
        ours = programs[0]
        lines += ["", f"### {titles[name]}", "", "| program | time | ndaudio is | |", "|---|---|---|---|"]
        for program in sorted(programs, key=lambda program: program.median if program.seconds else float("inf")):
            comparable = program.seconds and ours.seconds and program is not ours
            ratio = f"{program.median / ours.median:.1f} × as fast" if comparable else ""
            lines.append(row([program.name, timing(program), ratio, program.failure or program.note]))
        absent = {"5": "symphonia (writes no files)", "6": "sox and ffmpeg (no arrays)"}.get(name)
        if absent:
            lines += ["", f"Not here: {absent}."]
    return lines


def row(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def timing(program):
    if program is None or not program.seconds:
        return "–"
    low, high = min(program.seconds), max(program.seconds)
    return f"{program.median:.3f} s ({low:.3f}–{high:.3f}), {program.rate:.2f} GB/s"


def size(mib):
    return f"{mib // 1024} GiB" if mib % 1024 == 0 else f"{mib} MiB"


def machine(bench, root):
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    pages = "/sys/kernel/mm/transparent_hugepage/enabled"
    huge = ""
    if os.path.exists(pages):
        with open(pages) as file:
            huge = ", transparent huge pages: " + re.search(r"\[(\w+)\]", file.read())[1]
    sox = version(["sox", "--version"], r"v(\S+)", "sox ")
    ffmpeg = version(["ffmpeg", "-version"], r"version (\S+)", "ffmpeg ")
    load = ", ".join(f"{value:.2f}" for value in bench.load)
    return [
        f"- Date: {datetime.date.today().isoformat()}",
        f"- Machine: {model[1] if model else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}{huge}; load before: {load}",
        f"- Rust: {version(['rustc', '--version'])}; release profile, baseline `{platform.machine()}`; {crates(bench.here)}",
        f"- Python: {python_versions()}",
        f"- Commands: {sox}, {ffmpeg}",
        f"- Commit: {version(['git', '-C', root, 'describe', '--always', '--dirty'])}",
    ]


def version(command, pattern=r"(.*)", prefix=""):
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return f"{prefix}not there"
    found = re.search(pattern, text)
    return prefix + (found[1] if found else "of unknown version")


def crates(here):
    wanted = ["hound", "wavers", "audio_samples_io", "symphonia", "waveadapter", "bwavfile", "ndarray"]
    with open(os.path.join(here, "Cargo.lock")) as file:
        locked = re.findall(r'name = "(\S+)"\nversion = "(\S+)"', file.read())
    return ", ".join(f"{name} {number}" for name, number in locked if name in wanted)


def python_versions():
    code = (
        "import sys, numpy, scipy, soundfile; "
        "print(f'CPython {sys.version.split()[0]}, NumPy {numpy.__version__}, scipy {scipy.__version__}, "
        "soundfile {soundfile.__version__} ({soundfile.__libsndfile_version__})')"
    )
    return version([PYTHON, "-c", code])
