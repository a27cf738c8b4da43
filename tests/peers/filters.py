"""Designs 200 random filters with scipy.signal and records zeros, poles, gain, sections and what they do to noise.

    python tests/peers/filters.py

Writes filters.tsv, one line for each design, and filters.f64, their numbers as little-endian doubles in this order: zeros (re, im),
poles (re, im), gain, sections (n x 6), sosfilt_zi (n x 2), the response at 8 frequencies (re, im), every 40th of 2000 frames through
sosfilt, and every 25th of 500 through sosfiltfilt. Recorded with scipy 1.17.1, NumPy 2.4.6.

A design is drawn again where scipy itself, in double precision, differs from scipy in long double by more than 1e-12: such a cascade
multiplies the rounding of its first section by a million, and two correct programs differ as much. The script prints how many.
"""

import math
import pathlib
import random

import numpy as np
from scipy import signal

HERE = pathlib.Path(__file__).parent
FREQUENCIES = np.array([0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.49])


def noise(frames):
    """SplitMix64 from seed 12, as 24-bit integers over 2^23: from -1 to 1."""
    state, out = 12, []
    for _ in range(frames):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        z ^= z >> 31
        out.append(((z >> 40) - 2**23) / 2**23)
    return np.array(out)


def design(family, order, ripple, attenuation, wn, kind, rate, output):
    options = dict(btype=kind, fs=rate, output=output)
    if family == "butterworth":
        return signal.butter(order, wn, **options)
    if family == "chebyshev1":
        return signal.cheby1(order, ripple, wn, **options)
    if family == "chebyshev2":
        return signal.cheby2(order, attenuation, wn, **options)
    if family == "elliptic":
        return signal.ellip(order, ripple, attenuation, wn, **options)
    return signal.bessel(order, wn, norm=family.removeprefix("bessel-"), **options)


def main():
    random.seed(2026)
    lines, numbers = ["family\torder\tripple\tattenuation\tkind\tlow\thigh\trate\n"], []
    families = ["butterworth", "chebyshev1", "chebyshev2", "elliptic", "bessel"]
    index, again = 0, 0
    while index < 200:
        family = families[index % 5]
        if family == "bessel":
            family += "-" + ["phase", "delay", "mag"][index // 5 % 3]
        kind = ["lowpass", "highpass", "bandpass", "bandstop"][index // 5 % 4]
        rate = random.choice([8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
        pair = kind.startswith("band")
        order = random.randint(1, 8 if pair else 14)
        ripple = round(random.uniform(0.01, 3.0), 3)
        attenuation = round(random.uniform(20.0, 120.0), 2)
        low = round(rate * math.exp(random.uniform(math.log(0.001), math.log(0.4))), 2)
        high = round(random.uniform(min(low * 1.2, rate * 0.45), rate * 0.495), 2) if pair else low
        wn = [low, high] if pair else low
        arguments = (family, order, ripple, attenuation, wn, kind, rate)
        zeros, poles, gain = design(*arguments, "zpk")
        sos = design(*arguments, "sos")
        exact = signal.sosfilt(sos.astype(np.longdouble), noise(2000).astype(np.longdouble))
        if np.abs(signal.sosfilt(sos, noise(2000)) - exact).max() > 1e-12:
            again += 1
            continue
        index += 1
        response = signal.freqz_sos(sos, FREQUENCIES * rate, fs=rate)[1]
        lines.append("\t".join(map(str, (family, order, ripple, attenuation, kind, low, high, rate))) + "\n")
        for part in (
            np.asarray(zeros, complex).view(float),
            np.asarray(poles, complex).view(float),
            [gain],
            sos.ravel(),
            signal.sosfilt_zi(sos).ravel(),
            response.view(float),
            signal.sosfilt(sos, noise(2000))[39::40],
            signal.sosfiltfilt(sos, noise(500))[::25],
        ):
            numbers.append(np.asarray(part, "<f8"))
    (HERE / "filters.tsv").write_text("".join(lines))
    (HERE / "filters.f64").write_bytes(np.concatenate(numbers).tobytes())
    print(again, "designs drawn again")


main()
