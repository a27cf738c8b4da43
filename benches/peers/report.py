"""The tables as Markdown."""

import datetime
import os
import platform
import re
import subprocess

from measure import PYTHON
from rows import WORK


def markdown(results, bench, command, root):
    met = sum(goal.met for goal in results.goals)
    beside = [goal for goal in results.goals if goal.reference and goal.reference.kind not in ("ndaudio", "reference")]
    kinds = [goal for goal in results.goals if goal.row == "9"]
    memory = [goal for goal in results.goals if goal.row == "10"]
    limits = [goal for goal in results.goals if goal not in beside + kinds + memory]
    lines = [
        "# Benchmarks",
        "",
        f"The last output of `{command}`, of {datetime.date.today().isoformat()} at commit "
        f"{version(['git', '-C', root, 'describe', '--always', '--dirty'])}: {met} of {len(results.goals)} goals met. "
        f"Files of {size(bench.mib)}, stereo i16 at 48 kHz unless said, in the page cache, on {bench.file_system} unless said; medians. How this is "
        "measured is in [benches/peers/README.md](benches/peers/README.md), single operations beside NumPy in "
        "[benches/numpy/results.md](benches/numpy/results.md), and what was tried for each kernel in [benches/notes.md](benches/notes.md).",
        "",
    ]
    if beside:
        lines += ["## Beside other libraries", "", "| work | ndaudio | beside | | ndaudio is | goal |", "|---|---|---|---|---|---|"]
        lines += [goal_row(goal) for goal in beside]
        lines += [""]
    if limits:
        lines += ["## Beside what the machine allows", "", "| work | ndaudio | beside | | found | goal |", "|---|---|---|---|---|---|"]
        lines += [goal_row(goal) for goal in limits]
        lines += [""]
    if kinds:
        found = "; ".join(f"{goal.work} {goal.found.removesuffix(' per byte')}{missed(goal)}" for goal in kinds)
        lines += [f"RMS of blocks of other files takes, per byte, beside stereo i16 (goal {kinds[0].goal}): {found}.", ""]
    if memory:
        lines += ["## Memory", ""]
        lines += [f"- {goal.work}: {goal.found}{missed(goal)}" for goal in memory if not goal.found.startswith("0 in ")]
        none = [goal.work.removeprefix("allocations: ") for goal in memory if goal.found.startswith("0 in ")]
        lines += [f"- no allocations per item: {', '.join(none)}", ""]
    if len(next(iter(results.peers.values()), [])) > 1:
        lines += ["## All programs", "", *peers(results), ""]
    lines += ["## Where", "", *machine(bench)]
    return "\n".join(lines) + "\n"


def goal_row(goal):
    reference = goal.reference
    show = short if reference and reference.kind in ("ndaudio", "reference") else timing
    cells = [goal.work, show(goal.ours), reference.name if reference else "–", show(reference)]
    return row([*cells, goal.found.removesuffix(" as fast"), goal.goal + missed(goal)])


def missed(goal):
    return "" if goal.met else " **missed**"


def peers(results):
    """One table: a line for each program, its time at each piece of work."""
    works = sorted(results.peers)
    lines = [
        "Medians, the fastest and the slowest run in parentheses. Seconds of the work alone for what runs in Rust and Python (starting Python and importing are not counted), of "
        "the process for sox and ffmpeg. Every program's answer is compared with NumPy's over what libsndfile reads; one that "
        "finds something else is not counted as a peer to be ahead of.",
        "",
        row(["program", *(WORK[work] for work in works)]),
        "|---" * (len(works) + 1) + "|",
    ]
    cells, notes = {}, []
    for work in works:
        for program in results.peers[work]:
            cells.setdefault(program.name, {})[work] = timing(program) + (" (wrong)" if program.seconds and program.failure else "")
            if program.failure:
                notes.append(f"- {program.name}, {WORK[work]}: {program.failure}")
    lines += [row([name, *(times.get(work, "–") for work in works)]) for name, times in cells.items()]
    return lines + (["", *notes] if notes else [])


def row(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def timing(program):
    if program is None or not program.seconds:
        return "–"
    low, high = min(program.seconds), max(program.seconds)
    return f"{program.median:.3f} s ({low:.3f}–{high:.3f})"


def short(program):
    if program is None or not program.seconds:
        return "–"
    return f"{program.median:.3f} s, {program.rate:.2f} GB/s"


def size(mib):
    return f"{mib // 1024} GiB" if mib % 1024 == 0 else f"{mib} MiB"


def machine(bench):
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
        f"- Machine: {model[1] if model else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}{huge}; load before: {load}",
        f"- Rust: {version(['rustc', '--version'])}; release profile, baseline `{platform.machine()}`; {crates(bench.here)}",
        f"- Python: {python_versions()}",
        f"- Commands: {sox}, {ffmpeg}",
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
        "import sys, numpy, scipy, soundfile, librosa, soxr; "
        "print(f'CPython {sys.version.split()[0]}, NumPy {numpy.__version__}, scipy {scipy.__version__}, "
        "soundfile {soundfile.__version__} ({soundfile.__libsndfile_version__}), librosa {librosa.__version__}, soxr {soxr.__version__}')"
    )
    return version([PYTHON, "-c", code])
