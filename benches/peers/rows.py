"""The rows of the table: what is measured, against what, and how good it must be."""

import dataclasses
import os
import statistics

from measure import Failed, Program, ffmpeg_astats, json_of, say, sox_stats

RUST = ["hound", "wavers", "audio_samples_io", "symphonia", "waveadapter", "bwavfile"]
PYTHON = {"soundfile": "soundfile + NumPy", "wave": "CPython wave + NumPy", "scipy": "scipy mmap + NumPy"}


@dataclasses.dataclass
class Goal:
    row: str
    work: str
    found: str
    goal: str
    met: bool
    ours: Program | None = None
    reference: Program | None = None


@dataclasses.dataclass
class Results:
    goals: list = dataclasses.field(default_factory=list)
    peers: dict = dataclasses.field(default_factory=dict)  # row: programs, ndaudio first
    notes: list = dataclasses.field(default_factory=list)

    def add_place(self, other, theirs, ours):
        """Adds the goals of the same rows on another file system, and says of both which it was."""
        again = {goal.work for goal in other.goals}
        for goal in self.goals:
            goal.work += f", on {ours}" if goal.work in again and int(goal.row) in ON_DISK else ""
        for goal in other.goals:
            goal.work += f", on {theirs}"
        self.goals = sorted(self.goals + other.goals, key=lambda goal: int(goal.row))


ALL = set(range(1, 15))
# The rows that a file system decides.
ON_DISK = {1, 2, 5, 6, 8}
# The rows that have peers in row 7.
WORK = {
    "1": "RMS of blocks of 1024 frames",
    "4": "blocks of f32 from 24-bit",
    "5": "gain, file to file",
    "6": "all of a file into memory",
}


def run(bench, wanted, beyond):
    """Measures the wanted rows of this file and of `beyond`, a function for each."""
    results = Results()
    kept = {1, 2, 3, 5, 6, 8, 9} & wanted
    steps = [(1, rms), (2, levels), (3, windows), (5, gain), (6, read_all), (4, floats), (8, threads), (9, kinds)]
    stereo = bench.file("stereo-i16") if kept else None
    for row, step in [*steps, *beyond.items()]:
        if row in wanted:
            say(f"row {row}")
            step(bench, results, stereo)
    if bench.peers and wanted & {1, 4, 5, 6}:
        ahead(results)
    if 10 in wanted:
        say("row 10")
        memory(bench, results)
    results.goals.sort(key=lambda goal: int(goal.row))
    return results


def ndaudio(bench, work, file, *rest, name="ndaudio", **more):
    command = [bench.rust, "ndaudio", work, file["path"], *rest]
    return Program(name, command, "ndaudio", truth=file.get("truth", {}), bytes=file["bytes"], **more)


def bare(bench, work, file, *rest, name, program="bare", **more):
    command = [bench.rust, program, work, file["path"], *rest]
    return Program(name, command, "reference", bytes=file["bytes"], **more)


def peers(bench, work, file, *rest, without=(), **more):
    """The Rust and Python peers at one piece of work."""
    if not bench.peers:
        return []
    more = {"truth": file["truth"], "bytes": file["bytes"]} | more
    path = file["path"]
    rust = [Program(name, [bench.rust, name, work, path, *rest], **more) for name in RUST if name not in without]
    python = [
        Program(label, [*bench.python, name, work, path, *rest], "python", **more) for name, label in PYTHON.items()
    ]
    return rust + python


def commands(bench, file, sox, ffmpeg, **more):
    if not bench.peers:
        return []
    more = {"truth": file["truth"], "bytes": file["bytes"]} | more
    quiet = ["ffmpeg", "-nostdin", "-hide_banner", "-y", "-i", file["path"]]
    return [
        Program("sox", ["sox", "-D", file["path"], *sox["args"]], "command", **(more | sox.get("more", {}))),
        Program("ffmpeg", [*quiet, *ffmpeg["args"]], "command", **(more | ffmpeg.get("more", {}))),
    ]


def against(results, row, work, ours, reference, limit):
    """Records whether ours takes at most `limit` times as long as the reference."""
    failure = ours.failure or reference.failure
    ratio = None if failure else ours.median / reference.median
    found = failure or f"{ratio:.2f} ×"
    results.goals.append(Goal(row, work, found, f"≤ {limit} ×", not failure and ratio <= limit, ours, reference))


def rms(bench, results, file):
    ours, reference = ndaudio(bench, "rms", file), bare(bench, "read", file, name="read(2)")
    others = peers(bench, "rms", file)
    for name, label in PYTHON.items() if bench.peers else ():
        command = [*bench.python, name, "rms-batch", file["path"]]
        note = "262,144 frames at a time"
        others.append(
            Program(f"{label}, in batches", command, "python", file["truth"], file["bytes"], note=note)
        )
    others += commands(
        bench,
        file,
        {"args": ["-n", "stats"], "more": {"parse": sox_stats, "tolerance": 1.2e-3}},
        {
            "args": ["-af", "astats=measure_perchannel=none:measure_overall=RMS_level+Number_of_samples", "-f", "null", "-"],
            # astats divides 16-bit samples by 32767.
            "more": {"parse": ffmpeg_astats, "tolerance": 4e-5},
        },
    )
    bench.rounds([ours, reference, *others])
    against(results, "1", "`blocks::<i16>(1024)` + `rms_into`", ours, reference, 1.25)
    results.peers["1"] = [ours, *others]


def levels(bench, results, file):
    ours, reference = ndaudio(bench, "levels", file), bare(bench, "read", file, name="read(2)")
    bench.rounds([ours, reference])
    against(results, "2", "`blocks::<i16>(65536)` + `Levels`", ours, reference, 1.25)


def windows(bench, results, file):
    ours = ndaudio(bench, "windows", file)
    name = "the kernel four times in memory + read(2)"
    reference = bare(bench, "windows-in-memory", file, name=name, program="ndaudio")
    bench.rounds([ours, reference])
    against(results, "3", "`windows::<i16>(2048, 512)` + `rms_into`", ours, reference, 1.2)


def floats(bench, results, _):
    file = bench.file("stereo-i24")
    ours = ndaudio(bench, "f32", file)
    reference = bare(bench, "read-f32", file, name="read(2) + writing the f32 buffer")
    # audio_samples_io divides positive samples by 2^23 − 1.
    others = peers(bench, "f32", file, tolerance=1e-6)
    raw = os.path.join(bench.directory, "out.f32")
    sox = ["-t", "raw", "-e", "floating-point", "-b", "32"]
    ffmpeg = ["-c:a", "pcm_f32le", "-f", "f32le"]
    programs = commands(bench, file, {"args": [*sox, "/dev/null"]}, {"args": [*ffmpeg, "/dev/null"]})
    for program in programs:
        program.parse = lambda _: {}
        command = [*program.command[:-1], raw]
        program.check = lambda command=command: check_raw(bench, command, raw)
    others += programs
    bench.rounds([ours, reference, *others])
    against(results, "4", "`blocks::<f32>(4096)` from 24-bit", ours, reference, 1.5)
    results.peers["4"] = [ours, *others]
    bench.remove("stereo-i24")


def check_raw(bench, command, raw):
    from subprocess import run as run_command

    run_command(command, capture_output=True, check=True)
    try:
        return json_of([bench.rust, "bare", "check-raw-f32", raw])["answer"]
    finally:
        os.remove(raw)


def gain(bench, results, file):
    out = os.path.join(bench.directory, "out.wav")

    def check():
        return json_of([bench.rust, "bare", "check-i16", out])["answer"]

    truth = {"frames": file["truth"]["frames"], "rms": file["truth"]["gained_rms"]}
    writing = {"truth": truth, "out": out, "check": check}
    ours = ndaudio(bench, "gain", file, out, out=out, check=check)
    ours.truth = truth
    reference = bare(bench, "copy", file, out, name="a copy, 256 KiB at a time", out=out)
    others = peers(bench, "gain", file, out, without=("symphonia",), **writing)
    # sox and ffmpeg round halves up: 2 parts in 10^8 of the RMS.
    others += commands(
        bench,
        file,
        {"args": [out, "vol", "0.75"]},
        {"args": ["-af", "volume=0.75:precision=fixed", "-c:a", "pcm_s16le", out]},
        **writing | {"tolerance": 1e-6, "parse": lambda _: {}},
    )
    bench.rounds([ours, reference, *others])
    against(results, "5", "`gain::apply` i16 → i16, file to file", ours, reference, 1.2)
    results.peers["5"] = [ours, *others]


def read_all(bench, results, file):
    ours, reference = ndaudio(bench, "read-all", file), bare(bench, "read-all", file, name="`std::fs::read`")
    others = peers(bench, "read-all", file)
    bench.rounds([ours, reference, *others])
    against(results, "6", "`read_all::<i16>`", ours, reference, 1.1)
    results.peers["6"] = [ours, *others]


def ahead(results):
    """Row 7: ahead of every peer that gives the right answer; row 1 by half, and five times the fastest Python at 1024 frames."""
    for row, (ours, *others) in results.peers.items():
        right = [program for program in others if not program.failure]
        if ours.failure or not right:
            results.goals.append(Goal("7", WORK[row], ours.failure or "no peer ran", "ahead", False))
            continue
        best = min(right, key=lambda program: program.median)
        ratio = best.median / ours.median
        work = WORK[row]
        goal, met = ("≥ 1.5 ×", ratio >= 1.5) if row == "1" else ("> 1 ×", ratio > 1)
        results.goals.append(Goal("7", work, f"{ratio:.2f} × as fast", goal, met, ours, best))
        python = [program for program in right if program.kind == "python" and not program.note]
        if row == "1" and python:
            best = min(python, key=lambda program: program.median)
            ratio = best.median / ours.median
            work = f"{WORK[row]}, Python at 1024 frames"
            results.goals.append(Goal("7", work, f"{ratio:.2f} × as fast", "≥ 5 ×", ratio >= 5, ours, best))


def threads(bench, results, stereo):
    many = bench.file("many")
    for file, what in ((stereo, "file"), (many, "files")):
        one = ndaudio(bench, f"levels-{what}", file, "1", name="one thread")
        two = ndaudio(bench, f"levels-{what}", file, "2", name="two threads")
        bench.rounds([one, two])
        failure = one.failure or two.failure
        ratio = None if failure else one.median / two.median
        work = "`Levels` of one file on two threads" if what == "file" else "`Levels` of 64 files on two threads"
        found = failure or f"{ratio:.2f} × as fast"
        results.goals.append(Goal("8", work, found, "≥ 1.8 ×", not failure and ratio >= 1.8, two, one))


def kinds(bench, results, stereo):
    names = {
        "mono-i16": "mono i16",
        "six-i16": "6 channels i16",
        "sixtyfour-i16": "64 channels i16",
        "stereo-f32": "f32",
        "stereo-f64": "f64",
        "stereo-u8": "u8 → i16",
        "stereo-alaw": "A-law → i16",
    }
    row1 = ndaudio(bench, "rms", stereo, name="row 1")
    programs = {name: ndaudio(bench, "rms", bench.file(name), name=label) for name, label in names.items()}
    bench.rounds([row1, *programs.values()])
    for program in programs.values():
        failure = program.failure or row1.failure
        ratio = None if failure else row1.rate / program.rate
        found = failure or f"{ratio:.2f} × per byte"
        results.goals.append(Goal("9", program.name, found, "≤ 2 ×", not failure and ratio <= 2, program, row1))


def same_addresses():
    """Without random addresses, which change how many pages of the program itself are resident: ± 100 KiB."""
    prefix = ["setarch", "--addr-no-randomize"]
    try:
        json_of([*prefix, "echo", "0"])
    except (Failed, OSError):
        return []
    return prefix


def memory(bench, results):
    small, large = bench.file("one-mib"), bench.file("sparse")
    for work in ("blocks", "windows", "f32"):
        try:
            peaks = {}
            for _ in range(3):
                for which, file in (("small", small), ("large", large)):
                    found = json_of([*same_addresses(), bench.memory, work, file["path"]])
                    for name in ("heap", "resident"):
                        peaks.setdefault((which, name), []).append(found[name])
            peaks = {key: statistics.median(values) / 1024 for key, values in peaks.items()}
            more = {name: peaks["large", name] - peaks["small", name] for name in ("heap", "resident")}
            found = (
                f"heap {peaks['small', 'heap']:.0f} → {peaks['large', 'heap']:.0f} KiB, "
                f"resident {peaks['small', 'resident']:.0f} → {peaks['large', 'resident']:.0f} KiB"
            )
            met = all(abs(kib) <= 64 for kib in more.values())
        except Failed as failed:
            found, met = f"fails: {failed}", False
        work = f"peak memory of `{work}`"
        results.goals.append(Goal("10", work, found, "the same, to 64 KiB", met))
    try:
        items = json_of([bench.memory, "per-item", small["path"], os.path.join(bench.directory, "out.wav")])
        for work, allocations in items.items():
            found = f"{allocations['allocations']} in {allocations['items']} items"
            met = allocations["allocations"] == 0 and allocations["items"] > 0
            results.goals.append(Goal("10", f"allocations: {work}", found, "0", met))
    except Failed as failed:
        results.goals.append(Goal("10", "allocations per item", f"fails: {failed}", "0", False))
