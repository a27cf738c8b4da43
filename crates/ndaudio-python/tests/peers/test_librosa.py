"""Framing as librosa's, of the same file."""

import ndaudio
import numpy as np
import pytest

librosa = pytest.importorskip("librosa")


@pytest.fixture(scope="module")
def music():
    return ndaudio.read("data/music.wav", start=1_000, frames=30_000)[0]


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
    np.testing.assert_allclose(ours, theirs[:, 0].T, rtol=1e-9)


def ndaudio_file(samples):
    import io

    file = io.BytesIO()
    ndaudio.write(file, samples, 44_100)
    return file.getvalue()


def test_librosa_load_gives_the_same_samples():
    theirs, _ = librosa.load("data/music.wav", sr=None, mono=False)
    ours, _ = ndaudio.read("data/music.wav", channels_first=True)
    np.testing.assert_array_equal(ours, theirs)
