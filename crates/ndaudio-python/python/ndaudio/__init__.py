"""Audio files as NumPy arrays: whole, block by block or window by window, in the memory of one window.

Arrays are frames × channels, always. Full scale is 2**15 of int16, 2**31 of int32 and 1.0 of floats; conversions keep it.

Examples
--------
>>> import ndaudio
>>> samples, sample_rate = ndaudio.read("data/music.wav")
>>> samples.shape, samples.dtype, sample_rate
((441000, 2), dtype('float32'), 44100)
>>> with ndaudio.open("data/music.wav") as reader:
...     levels = ndaudio.Levels(reader.channels)
...     for block in reader.blocks(4096, dtype="int16"):
...         levels.add(block)
>>> levels.rms().round(3)
array([0.08 , 0.065])
"""

from ._errors import (
    ArgumentError,
    ChannelMismatchError,
    DecoderError,
    Error,
    FormatError,
    SeekError,
    SpecMismatchError,
    TooLargeError,
    UnsupportedError,
    ViewError,
    WriteError,
)
from ._ndaudio import (
    Blocks,
    Filter,
    Histogram,
    Info,
    Level,
    Levels,
    Loudness,
    Ltsa,
    Psd,
    Reader,
    Spectrum,
    Windows,
    Writer,
    a_weighting,
    bessel,
    butterworth,
    c_weighting,
    chebyshev1,
    chebyshev2,
    create,
    crest_factor,
    elliptic,
    filter,
    filtfilt,
    gain,
    info,
    istft,
    levels,
    loudness,
    mean,
    mel,
    open,
    peak,
    read,
    resample,
    rms,
    segments,
    stft,
    welch,
    write,
    zero_crossing_rate,
)
from ._views import frombuffer, memmap

__all__ = [
    "ArgumentError",
    "Blocks",
    "ChannelMismatchError",
    "DecoderError",
    "Error",
    "Filter",
    "FormatError",
    "Histogram",
    "Info",
    "Level",
    "Levels",
    "Loudness",
    "Ltsa",
    "Psd",
    "Reader",
    "SeekError",
    "SpecMismatchError",
    "Spectrum",
    "TooLargeError",
    "UnsupportedError",
    "ViewError",
    "Windows",
    "WriteError",
    "Writer",
    "a_weighting",
    "bessel",
    "butterworth",
    "c_weighting",
    "chebyshev1",
    "chebyshev2",
    "create",
    "crest_factor",
    "elliptic",
    "filter",
    "filtfilt",
    "frombuffer",
    "gain",
    "info",
    "istft",
    "levels",
    "loudness",
    "mean",
    "mel",
    "memmap",
    "open",
    "peak",
    "read",
    "resample",
    "rms",
    "segments",
    "stft",
    "welch",
    "write",
    "zero_crossing_rate",
]
