"""Loudness of a few signals, as libebur128 and pyloudnorm have it.

    apt install libebur128-1; pip install pyloudnorm soundfile
    python tests/peers/loudness.py > tests/peers/loudness.tsv

Recorded with libebur128 1.2.6, pyloudnorm 0.2.0 (filter_class "DeMan": its default, "K-weighting", differs from the standard by 0.04 LU),
NumPy 2.4.6. Peaks are linear, the largest of all channels.
"""

import ctypes

import numpy as np
import pyloudnorm
import soundfile

library = ctypes.CDLL("libebur128.so.1")
library.ebur128_init.restype = ctypes.c_void_p
MODE = 0b111111  # M, S, I, LRA, sample peak, true peak; no histogram


def noise(frames, channels, seed):
    """SplitMix64, as 24-bit integers over 2^23: from -1 to 1, frame after frame."""
    index = np.arange(1, frames * channels + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + index * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (((z >> np.uint64(40)).astype(float) - 2**23) / 2**23).reshape(frames, channels)


def steps(samples, rate, levels):
    """Each second at the next of the levels, in turn."""
    return samples * np.array(levels)[np.arange(len(samples)) // rate % len(levels)][:, None]


def signals():
    yield "music", *soundfile.read("data/music.wav", always_2d=True)
    yield "stereo", noise(480_000, 2, 1) * 0.1, 48_000
    yield "mono", steps(noise(720_000, 1, 2), 24_000, [0.5, 0.25, 0.03125, 0.001953125]), 24_000
    yield "five", steps(noise(960_000, 5, 3), 48_000, [0.125, 0.0625, 0.03125]), 48_000
    yield "quiet", noise(192_000, 2, 4) * 2.0**-14, 48_000
    yield "high", steps(noise(960_000, 2, 5), 96_000, [0.5, 0.0625]), 96_000


def libebur128(samples, rate):
    frames, channels = samples.shape
    state = ctypes.c_void_p(library.ebur128_init(channels, ctypes.c_ulong(rate), MODE))
    data = np.ascontiguousarray(samples, dtype=np.float64)
    library.ebur128_add_frames_double(state, data.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(frames))
    out = ctypes.c_double()

    def get(name, *arguments):
        assert getattr(library, name)(state, *arguments, ctypes.byref(out)) == 0
        return out.value

    loudness = [get("ebur128_loudness_" + name) for name in ("global", "momentary", "shortterm", "range")]
    peaks = [max(get("ebur128_" + name, channel) for channel in range(channels)) for name in ("true_peak", "sample_peak")]
    return loudness + peaks


print("signal\tpyloudnorm\tintegrated\tmomentary\tshort_term\trange\ttrue_peak\tsample_peak")
for name, samples, rate in signals():
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    values = [meter.integrated_loudness(samples), *libebur128(samples, rate)]
    print(name, *(repr(float(value)) for value in values), sep="\t")
