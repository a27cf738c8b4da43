"""Where the fixtures are, and a writer that shares no code with what is tested."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docstrings read `data/music.wav`."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def music() -> str:
    return os.fspath(DATA / "music.wav")


@pytest.fixture
def noise() -> np.ndarray:
    """2 s of 16-bit noise, stereo."""
    return np.random.default_rng(15).integers(-(2**15), 2**15, (32_000, 2), dtype="int16")


@pytest.fixture
def noise_wav(tmp_path: Path, noise: np.ndarray) -> str:
    """The noise, as Python's own `wave` module writes it."""
    path = tmp_path / "noise.wav"
    write_with_wave(path, noise, 16_000)
    return os.fspath(path)


def write_with_wave(path: Path, samples: np.ndarray, sample_rate: int) -> None:
    with wave.open(os.fspath(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(samples.dtype.itemsize)
        file.setframerate(sample_rate)
        file.writeframes(samples.astype(samples.dtype.newbyteorder("<")).tobytes())
