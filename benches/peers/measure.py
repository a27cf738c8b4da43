"""Runs programs in turn, and compares what they found."""

import dataclasses
import json
import os
import re
import statistics
import subprocess
import sys
import time

PYTHON = os.environ.get("PYTHON", "python3")
TIMEOUT = 900  # seconds: no program is that slow


def build(here):
    """Builds the Rust programs, as they would be shipped: release, baseline CPU."""
    environment = {name: value for name, value in os.environ.items() if name != "RUSTFLAGS"}
    command = ["cargo", "build", "--release", "--quiet"]
    subprocess.run(command, cwd=here, check=True, env=environment)


@dataclasses.dataclass
class Program:
    """One contestant of one row."""

    name: str
    command: list
    kind: str = "rust"  # ndaudio, reference, rust, python, command
    truth: dict = dataclasses.field(default_factory=dict)
    bytes: int = 0  # read from the file, for GB/s
    out: str | None = None  # removed before each run
    check: callable = None  # finds the answer after the first run, outside the measured time
    parse: callable = None  # finds the answer in what a command printed; its seconds are those of the process
    tolerance: float = 1e-9  # relative
    note: str = ""
    seconds: list = dataclasses.field(default_factory=list)
    failure: str = ""

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def rate(self):
        return self.bytes / self.median / 1e9


def file_system(directory):
    """The type of the file system that a directory is on: tmpfs, ext4, …"""
    done = subprocess.run(["findmnt", "-n", "-o", "FSTYPE", "-T", directory], capture_output=True, text=True, check=False)
    # The mount on top, of several at one place.
    return done.stdout.split()[-1] if done.stdout.split() else "an unknown file system"


class Bench:
    def __init__(self, here, directory, mib, runs, peers):
        self.file_system = file_system(directory)
        self.here, self.directory, self.mib, self.runs, self.peers = here, directory, mib, runs, peers
        self.rust = os.path.join(here, "target", "release", "peers")
        self.memory = os.path.join(here, "target", "release", "memory")
        self.python = [PYTHON, os.path.join(here, "peers.py")]
        self.load = os.getloadavg()

    def file(self, name):
        """Builds a file, unless it is there, and says what is in it."""
        script = os.path.join(self.here, "files.py")
        subprocess.run([PYTHON, script, self.directory, str(self.mib), name], check=True)
        with open(os.path.join(self.directory, "files.json")) as file:
            return json.load(file)[name]

    def remove(self, name):
        """Removes a file that no later row needs, to keep within memory."""
        index = os.path.join(self.directory, "files.json")
        with open(index) as file:
            known = json.load(file)
        path = known.pop(name)["path"]
        os.remove(path)
        with open(index, "w") as file:
            json.dump(known, file)

    def rounds(self, programs):
        """Runs all programs in turn, round after round, starting each round with another one."""
        for number in range(self.runs):
            shift = number % len(programs)
            for program in programs[shift:] + programs[:shift]:
                slow = program.kind not in ("ndaudio", "reference") and program.seconds and program.seconds[0] > 0.5
                if program.failure.startswith("fails") or (slow and len(program.seconds) >= 3):
                    continue
                self.once(program)
        return programs

    def once(self, program):
        say(f"  {program.name}")
        if program.out and os.path.exists(program.out):
            os.remove(program.out)
        try:
            seconds, answer = run(program)
        except Failed as failed:
            program.failure = f"fails: {failed}"
            return
        if not program.check:
            program.failure = program.failure or disagreement(answer, program)
        elif not program.seconds:
            program.failure = disagreement(program.check(), program)
        if program.out and os.path.exists(program.out):
            os.remove(program.out)
        program.seconds.append(seconds)


class Failed(Exception):
    pass


def run(program):
    start = time.perf_counter()
    try:
        done = subprocess.run(program.command, capture_output=True, text=True, errors="replace", timeout=TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(str(error)) from error
    seconds = time.perf_counter() - start
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Failed(lines[-1])
    if program.parse:
        return seconds, program.parse(done.stdout + done.stderr)
    line = json.loads(done.stdout)
    return line["seconds"], line["answer"]


def disagreement(answer, program):
    """What the program found that is not so. An answer that says nothing is no answer."""
    shared = [name for name in answer if name in program.truth]
    if program.truth and not shared:
        return "wrong: no answer"
    for name in shared:
        found, true = answer[name], program.truth[name]
        if not abs(found - true) <= program.tolerance * abs(true):
            return f"wrong: {name} {found:.9g}, not {true:.9g}"
    return ""


def json_of(command):
    """Runs a program that prints JSON and is not timed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise Failed(done.stderr.strip())
    return json.loads(done.stdout)


def sox_stats(text):
    """`RMS lev dB  -18.49 …`: two decimals are all that sox says."""
    found = re.search(r"^RMS lev dB\s+(\S+)", text, re.M)
    return {"rms": 10 ** (float(found[1]) / 20)} if found else {}


def ffmpeg_astats(text):
    rms = re.search(r"RMS level dB: (\S+)", text)
    frames = re.search(r"Number of samples: (\d+)", text)
    return {"rms": 10 ** (float(rms[1]) / 20), "frames": int(frames[1])} if rms and frames else {}


def say(text):
    print(text, file=sys.stderr, flush=True)
