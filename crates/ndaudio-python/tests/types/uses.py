"""What a user writes, for the type checkers; it is not run."""

import io
from pathlib import Path
from typing import assert_type

import ndaudio
import numpy as np
from numpy.typing import NDArray

samples, sample_rate = ndaudio.read(Path("a.wav"), dtype="int16", start=10, frames=20)
assert_type(sample_rate, int)
with ndaudio.open(b"bytes") as reader:
    assert_type(reader, ndaudio.Reader)
    assert_type(reader.frames, int | None)
    levels = ndaudio.Levels(reader.channels)
    for block in reader.blocks(4096, dtype=np.float32):
        levels.add(block)
        ndaudio.rms(block * 2)
    for batch in reader.windows(2048, 512, centered=True, pad_mode="reflect"):
        assert_type(ndaudio.rms(batch), NDArray[np.float64])
total: ndaudio.Levels = levels + levels
assert_type(total.clipped(), NDArray[np.uint64])
assert_type(total.overall().rms(), float)
with ndaudio.create(io.BytesIO(), 48_000, 2, "i24", container="rf64") as writer:
    writer.write([[0.0, 0.0]])
try:
    ndaudio.write("a.wav", samples, sample_rate)
except ndaudio.WriteError as error:
    assert_type(error.frames_safe, int)
    assert_type(error.path, str | None)
frequencies, density = ndaudio.welch("a.wav", len=1024, detrend="constant")
assert_type(density, NDArray[np.float64])
staged = ndaudio.open("a.flac").mono().resample(16_000)
assert_type(staged, ndaudio.Reader)
assert_type(ndaudio.segments(samples, -40.0), NDArray[np.int64])
sos = ndaudio.butterworth(4, (100.0, 1_000.0), 48_000, "bandpass")
ndaudio.Filter(sos, 2).filter(samples)
ndaudio.Spectrum(1024, taper=("kaiser", 8.6)).power(samples)
