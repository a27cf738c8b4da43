"""The stubs are those of the module, and strict checkers find nothing to say."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "command",
    [
        ["mypy"],
        ["mypy.stubtest", "ndaudio"],
        ["pyright", "--pythonpath", sys.executable],
        ["mypy", "--strict", "tests/types/uses.py"],
        ["pyright", "--pythonpath", sys.executable, "tests/types/uses.py"],
    ],
    ids=lambda command: " ".join(part for part in command if part != sys.executable),
)
def test_a_checker_finds_nothing(command):
    pytest.importorskip(command[0].partition(".")[0])
    done = subprocess.run([sys.executable, "-m", *command], cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
