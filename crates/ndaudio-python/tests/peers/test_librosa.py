"""Framing as librosa's, of the same file."""

import pathlib

import ndaudio
import numpy as np
import pytest

librosa = pytest.importorskip("librosa")
MUSIC = pathlib.Path(__file__).resolve().parents[4] / "data" / "music.wav"


@pytest.fixture(scope="module")
def music():
    return ndaudio.read(MUSIC, start=1_000, frames=30_000)[0]


def gathered(windows):
    return np.concatenate([np.array(batch) for batch in windows])


@pytest.mark.parametrize(("length", "hop"), [(2048, 512), (400, 160), (1_000, 1_000), (7, 3), (512, 700)])
def test_windows_are_librosas_frames(music, length, hop):
    frames = librosa.util.frame(music.T, frame_length=length, hop_length=hop)  # channels × length × k
    with ndaudio.open("data/music.wav") as reader:
        reader.seek(1_000)
        ours = gathered(reader.windows(length, hop))[: frames.shape[-1]]
    np.testing.assert_array_equal(ours, frames.transpose(2, 1, 0))
    with ndaudio.open("data/music.wav") as reader:
        reader.seek(1_000)
        first = gathered(reader.windows(length, hop, channels_first=True))[: frames.shape[-1]]
    np.testing.assert_array_equal(first, frames.transpose(2, 0, 1))


@pytest.mark.parametrize(("length", "hop"), [(2048, 512), (400, 160), (512, 512)])
@pytest.mark.parametrize("pad_mode", ["constant", "edge", "reflect"])
def test_centered_windows_give_librosas_rms(length, hop, pad_mode):
    audio, _ = ndaudio.read("data/music.wav", "float64", frames=30_000, channels_first=True)
    theirs = librosa.feature.rms(y=audio, frame_length=length, hop_length=hop, center=True, pad_mode=pad_mode)
    part = ndaudio_file(audio.T)
    with ndaudio.open(part) as reader:
        windows = reader.windows(length, hop, "float64", centered=True, pad_mode=pad_mode)
        ours = np.concatenate([ndaudio.rms(batch) for batch in windows])
    np.testing.assert_allclose(ours, theirs[:, 0].T, rtol=2e-5)  # librosa adds up in float32


def ndaudio_file(samples):
    import io

    file = io.BytesIO()
    ndaudio.write(file, samples, 44_100)
    return file.getvalue()


def test_librosa_load_gives_the_same_samples():
    theirs, _ = librosa.load("data/music.wav", sr=None, mono=False)
    ours, _ = ndaudio.read("data/music.wav", channels_first=True)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("length", "hop"), [(2048, 512), (400, 160)])
def test_stft_is_librosas(music, length, hop):
    theirs = librosa.stft(music.T, n_fft=length, hop_length=hop, center=False)  # channels × bins × windows
    ours = ndaudio.stft(music.T, length, hop, channels_first=True)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    padded = np.pad(music, ((length // 2, length // 2), (0, 0)))
    centered = librosa.stft(music.T, n_fft=length, hop_length=hop, center=True, pad_mode="constant")
    np.testing.assert_allclose(ndaudio.stft(padded, length, hop).T, centered, atol=2e-5)


def test_istft_is_librosas(music):
    spectra = librosa.stft(music.T.astype("float64"), n_fft=1024, hop_length=256, center=False, dtype="complex128")
    theirs = librosa.istft(spectra, n_fft=1024, hop_length=256, center=False)
    ours = ndaudio.istft(spectra, 1024, 256, channels_first=True)
    np.testing.assert_allclose(ours[:, 256:-256], theirs[:, 256 : ours.shape[1] - 256], atol=1e-9)


@pytest.mark.parametrize(("bands", "low", "high", "htk", "norm"), [(128, 0, None, False, "slaney"), (64, 50, 14_000, True, None), (40, 0, None, True, "slaney")])
def test_mel_bands_are_librosas(bands, low, high, htk, norm):
    theirs = librosa.filters.mel(
        sr=44_100, n_fft=2048, n_mels=bands, fmin=low, fmax=high, htk=htk, norm=norm, dtype="float64"
    )
    ours = ndaudio.mel(44_100, 2048, bands, low=low, high=high, scale="htk" if htk else "slaney", norm=norm)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_mel_spectrogram_is_librosas(music):
    theirs = librosa.feature.melspectrogram(y=music.T.astype("float64"), sr=44_100, n_fft=2048, hop_length=512, center=False)
    plan, mel = ndaudio.Spectrum(2048, dtype="float64"), ndaudio.mel(44_100, 2048)
    windows = np.lib.stride_tricks.sliding_window_view(music, 2048, axis=0)[::512].transpose(0, 2, 1)
    np.testing.assert_allclose(mel @ plan.power(windows), theirs.transpose(2, 1, 0), rtol=1e-6, atol=1e-9)
