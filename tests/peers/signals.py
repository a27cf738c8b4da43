"""The signals of src/ops/signals.rs, for the scripts that record what other tools make of them."""

import numpy as np

RATE = 8000

# (frames, channels, bursts); a burst is (first frame, frame after the last, channel, shift): noise >> shift there (0 from 16 on),
# noise >> 15 elsewhere.
SIGNALS = {
    "MONO": (48_000, 1, [(5_000, 12_000, 0, 2), (12_500, 13_000, 0, 6), (20_000, 31_000, 0, 3), (40_000, 40_100, 0, 0)]),
    "STEREO": (
        30_000, 2, [(6_001, 9_000, 0, 4), (8_500, 11_111, 1, 2), (20_000, 20_001, 1, 1), (23_456, 27_777, 0, 7)]
    ),
    "SILENT": (10_000, 1, []),
    "EDGE": (20_000, 1, [(0, 6_000, 0, 3), (9_000, 16_000, 0, 16)]),
    "SHORT": (700, 3, [(100, 200, 2, 3)]),
}


def noise(frames, channels):
    state, out = 12_345, np.empty(frames * channels, dtype=np.int16)
    for index in range(out.size):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
        out[index] = np.uint16(state >> 16).astype(np.int16)
    return out.reshape(frames, channels)


def signal(name):
    frames, channels, bursts = SIGNALS[name]
    x = noise(frames, channels)
    shift = np.full(x.shape, 15, dtype=np.int16)
    for first, last, channel, by in bursts:
        shift[first:last, channel] = by
    return (x.astype(np.int32) >> shift * (shift < 16)).astype(np.int16) * (shift < 16)


def declare():
    """Prints the signals as Rust constants."""
    print("/// Frames, channels, and bursts of first frame, frame after the last, channel, shift.")
    print("pub(super) type Signal = (usize, usize, &'static [(usize, usize, usize, u32)]);\n")
    for name, (frames, channels, bursts) in SIGNALS.items():
        print(f"pub(super) const {name}: Signal = ({frames}, {channels}, &{bursts});")
