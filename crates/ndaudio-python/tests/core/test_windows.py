"""Windows against NumPy's sliding_window_view over the whole file."""

import ndaudio
import numpy as np
import pytest


def windows_of(samples, length, hop):
    if len(samples) < length:
        return np.empty((0, length, samples.shape[1]), samples.dtype)
    return np.lib.stride_tricks.sliding_window_view(samples, length, axis=0)[::hop].transpose(0, 2, 1)


def gathered(windows, length, channels=2):
    batches = [np.array(batch) for batch in windows]
    return np.concatenate(batches) if batches else np.empty((0, length, channels))


SHAPES = [(64, 16), (64, 64), (64, 100), (1, 1), (1, 5), (100, 99), (2048, 512), (31_999, 1), (32_000, 5), (40_000, 3)]


@pytest.mark.parametrize(("length", "hop"), SHAPES)
@pytest.mark.parametrize("batch", [None, 1, 2, 7])
def test_windows_are_those_of_the_whole_file(noise_wav, noise, length, hop, batch):
    frames = 2_000 if length <= 2 else len(noise)
    with ndaudio.open(noise_wav) as reader:
        reader.seek(len(noise) - frames)
        windows = reader.windows(length, hop, "int16", batch=batch)
        found = gathered(windows, length)
    np.testing.assert_array_equal(found, windows_of(noise[-frames:], length, hop))


@pytest.mark.parametrize(("length", "hop"), [(64, 16), (65, 16), (64, 100), (2048, 512)])
@pytest.mark.parametrize("pad_mode", ["constant", "edge", "reflect"])
def test_centered_windows_are_those_of_the_padded_file(noise_wav, noise, length, hop, pad_mode):
    padded = np.pad(noise, ((length // 2, length // 2), (0, 0)), mode=pad_mode)
    with ndaudio.open(noise_wav) as reader:
        found = gathered(reader.windows(length, hop, "int16", centered=True, pad_mode=pad_mode), length)
    np.testing.assert_array_equal(found, windows_of(padded, length, hop))


@pytest.mark.parametrize(("length", "hop", "pad"), [(64, 50, 0), (100, 100, -3), (7_000, 7_000, 5), (40_000, 1, 9)])
def test_the_last_window_is_filled_up(noise_wav, noise, length, hop, pad):
    count = 1 + -(-max(len(noise) - length, 0) // hop)
    padded = np.pad(noise, ((0, (count - 1) * hop + length - len(noise)), (0, 0)), constant_values=pad)
    with ndaudio.open(noise_wav) as reader:
        found = gathered(reader.windows(length, hop, "int16", pad=pad), length)
    np.testing.assert_array_equal(found, windows_of(padded, length, hop))


def test_windows_of_channels_first(noise_wav, noise):
    with ndaudio.open(noise_wav) as reader:
        found = np.concatenate([np.array(b) for b in reader.windows(64, 16, "int16", channels_first=True)])
    np.testing.assert_array_equal(found, windows_of(noise, 64, 16).transpose(0, 2, 1))


def test_batches_say_where_they_begin(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        reader.seek(8)
        windows = reader.windows(64, 100, batch=50)
        assert [windows.position for _ in windows][:3] == [8, 5_008, 10_008]
        assert windows.batch == 50


def test_a_window_larger_than_memory_is_a_memory_error(noise_wav):
    with ndaudio.open(noise_wav) as reader:
        with pytest.raises(MemoryError):
            reader.windows(2**62, 1)
        # A batch has no more windows than there are, whatever it is asked for.
        assert next(reader.windows(1_000, 1_000, batch=2**60)).shape == (32, 1_000, 2)


def test_integers_do_not_overflow_in_measures(tmp_path):
    """The article's trap: int16 squares wrap silently in NumPy."""
    loud = np.full((100, 1), -(2**15), "int16")
    assert np.sqrt((loud**2).mean()) == 0
    assert ndaudio.rms(loud) == [1.0]
    assert ndaudio.peak(loud) == [1.0]
