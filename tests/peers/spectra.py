#!/usr/bin/env python3
"""Records what scipy.signal and librosa compute of the signals in tests/spectrum/signals.rs.

    python3 tests/peers/spectra.py            # writes tests/peers/spectra.tsv
    cargo test --all-features --test spectrum # compares

Needs numpy, scipy, librosa and soundfile.
"""

import pathlib

import librosa
import numpy as np
import scipy
import scipy.signal as ss
import soundfile

from signals import noise

HERE = pathlib.Path(__file__).resolve().parent
RATE = 22_050
TAPERS = {
    "boxcar": "boxcar",
    "hann": "hann",
    "hamming": "hamming",
    "blackman": "blackman",
    "blackmanharris": "blackmanharris",
    "flattop": "flattop",
    "kaiser 8.6": ("kaiser", 8.6),
    "tukey 0.25": ("tukey", 0.25),
}
DPSS = ((7, 2.5, 7), (64, 2.5, 4), (101, 4, 7), (512, 8, 2))
ROWS = []


def record(name, values):
    """One line: the name, the shape, and the numbers in C order; complex ones as pairs at the end of the shape."""
    values = np.asarray(values)
    if np.iscomplexobj(values):
        values = np.stack([values.real, values.imag], axis=-1)
    values = values.astype(np.float64)
    shape = ",".join(str(size) for size in values.shape)
    ROWS.append(f"{name}\t{shape}\t" + " ".join(repr(float(value)) for value in values.ravel()))


def time_first(spectra):
    """Channels × bins × windows, as SciPy and librosa have them, as windows × bins × channels: every third window."""
    return np.transpose(spectra, (2, 1, 0))[::3]


def tapers():
    for name, taper in TAPERS.items():
        for length in (16, 17):
            record(f"get_window {name} {length} periodic", ss.get_window(taper, length, fftbins=True))
            record(f"get_window {name} {length} symmetric", ss.get_window(taper, length, fftbins=False))
    for length, half_bandwidth, count in DPSS:
        record(f"dpss {length} {half_bandwidth} {count}", ss.windows.dpss(length, half_bandwidth, count))


def spectra(kind, x):
    """x is frames × channels."""
    for length in (64, 45):
        record(
            f"librosa.stft {kind} {length}",
            time_first(librosa.stft(x.T, n_fft=length, hop_length=24, center=False, dtype=np.complex128)),
        )
    record(
        f"librosa.stft centered {kind}",
        time_first(librosa.stft(x.T, n_fft=64, hop_length=24, center=True, pad_mode="constant", dtype=np.complex128)),
    )
    hann = ss.get_window("hann", 64)
    short_time = ss.ShortTimeFFT(hann, 24, RATE, scale_to="magnitude", phase_shift=None)
    # Its windows are centred on the frames 24·p; with this offset the first one begins at frame 0.
    stop = (len(x) - 64) // 24 + 1
    record(f"ShortTimeFFT {kind}", time_first(short_time.stft(x.T, p0=0, p1=stop, k_offset=32, axis=-1)))
    common = {"fs": RATE, "nperseg": 64, "noverlap": 40, "axis": 0}
    for scaling in ("spectrum", "density"):
        for detrend in (False, "constant", "linear"):
            for onesided in (True, False):
                name = f"spectrogram {kind} {scaling} {detrend} {'onesided' if onesided else 'twosided'}"
                _, _, s = ss.spectrogram(
                    x, window="hann", detrend=detrend, scaling=scaling, return_onesided=onesided, **common
                )  # bins × channels × windows
                s = s[:33] if not onesided else s
                record(name, np.transpose(s, (2, 0, 1))[::6])
    _, _, z = ss.stft(x, scaling="psd", window="hann", boundary=None, padded=False, detrend=False, **common)
    record(f"stft psd {kind}", np.transpose(z, (2, 0, 1))[::3])


def densities(kind, x):
    common = {"fs": RATE, "nperseg": 64, "noverlap": 40, "axis": 0}
    for name, taper in TAPERS.items():
        record(f"welch {kind} {name}", ss.welch(x, window=taper, detrend=False, **common)[1])
    record(f"welch {kind} spectrum", ss.welch(x, window="hann", detrend=False, scaling="spectrum", **common)[1])
    record(f"welch {kind} median", ss.welch(x, window="hann", detrend=False, average="median", **common)[1])
    record(f"welch {kind} constant", ss.welch(x, window="hann", detrend="constant", **common)[1])
    record(f"welch {kind} linear", ss.welch(x, window="hann", detrend="linear", **common)[1])
    record(f"welch {kind} padded", ss.welch(x, window="hann", detrend=False, nfft=101, **common)[1])
    record(f"periodogram {kind}", ss.periodogram(x, RATE, window="boxcar", detrend=False, axis=0)[1])
    a, b = x.T
    pair = {"fs": RATE, "nperseg": 64, "noverlap": 40, "detrend": False}
    record(f"csd {kind}", ss.csd(a, b, window="hann", **pair)[1])
    record(f"coherence {kind}", ss.coherence(a, b, window="hann", **pair)[1])


def mel(kind, x):
    mono = np.ascontiguousarray(x[:, 0])
    for htk in (False, True):
        for norm in ("slaney", None):
            name = f"librosa.filters.mel {'htk' if htk else 'slaney'} {norm or 'peak'}"
            if kind == "noise":
                record(name, librosa.filters.mel(sr=RATE, n_fft=256, n_mels=20, htk=htk, norm=norm, dtype=np.float64))
                record(
                    name + " band",
                    librosa.filters.mel(
                        sr=RATE, n_fft=256, n_mels=12, fmin=50, fmax=8000, htk=htk, norm=norm, dtype=np.float64
                    ),
                )
    s = librosa.feature.melspectrogram(
        y=mono, sr=RATE, n_fft=256, hop_length=64, center=False, n_mels=20, power=2.0, dtype=np.float64
    )
    record(f"librosa.feature.melspectrogram {kind}", s.T)
    # n_fft=256 has no bin in two of 20 bands; the logarithm's floor and top_db then show.
    record(f"librosa.feature.mfcc {kind}", librosa.feature.mfcc(S=librosa.power_to_db(s), n_mfcc=13).T)


def features(kind, x):
    mono = np.ascontiguousarray(x[:, 0])
    s = np.abs(librosa.stft(mono, n_fft=256, hop_length=64, center=False, dtype=np.complex128))
    record(f"librosa.feature.spectral_centroid {kind}", librosa.feature.spectral_centroid(S=s, sr=RATE)[0])
    record(f"librosa.feature.spectral_bandwidth {kind}", librosa.feature.spectral_bandwidth(S=s, sr=RATE)[0])
    record(f"librosa.feature.spectral_rolloff {kind}", librosa.feature.spectral_rolloff(S=s, sr=RATE)[0])
    record(f"librosa.feature.spectral_flatness {kind}", librosa.feature.spectral_flatness(S=s)[0])


def main():
    tapers()
    music, _ = soundfile.read(HERE.parent.parent / "data" / "music.wav", start=100_000, frames=500, dtype="float64")
    for kind, x in {"noise": noise(500, 2) / 32768, "music": music}.items():
        spectra(kind, x)
        densities(kind, x)
        mel(kind, x)
        features(kind, x)
    head = [
        f"# numpy {np.__version__}, scipy {scipy.__version__}, librosa {librosa.__version__}: tests/peers/spectra.py",
        "# name\tshape, a last 2 for complex\tnumbers",
    ]
    (HERE / "spectra.tsv").write_text("\n".join(head + ROWS) + "\n")


main()
