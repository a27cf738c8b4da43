"""memmap and frombuffer: no copy, and nothing that outlives its memory."""

import gc
import os

import ndaudio
import numpy as np
import pytest


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("music.wav", "<i2"),
        ("sox_pcm32_stereo_48000.wav", "<i4"),
        ("sox_f32_stereo_44100.wav", "<f4"),
        ("libsndfile_f64_mono_full_precision.wav", "<f8"),
        ("sox_rifx_pcm16_stereo_44100.wav", ">i2"),
        ("libsndfile_w64_pcm16_stereo.w64", "<i2"),
        ("ffmpeg_rf64_pcm16_stereo.wav", "<i2"),
        ("ffmpeg_pipe_unknown_sizes.wav", "<i2"),
        ("bytes_odd_list_and_ixml_padded_before_data.wav", "<i2"),
        ("wave_pcm16_stereo_no_frames.wav", "<i2"),
    ],
)
def test_a_map_holds_what_is_read(name, dtype):
    path = f"data/{name}"
    samples = ndaudio.memmap(path)
    assert samples.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(samples, ndaudio.read(path, samples.dtype.newbyteorder("="))[0])
    assert not samples.flags.owndata
    assert not samples.flags.writeable


def test_the_array_keeps_the_map_alive(noise_wav, noise):
    views = [ndaudio.memmap(noise_wav)[i::7, 1] for i in range(7)]
    os.unlink(noise_wav)
    gc.collect()
    for i, view in enumerate(views):
        np.testing.assert_array_equal(view, noise[i::7, 1])


def test_a_map_opens_no_descriptor_that_stays(noise_wav):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    maps = [ndaudio.memmap(noise_wav) for _ in range(50)]
    del maps
    gc.collect()
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_copy_on_write_leaves_the_file(noise_wav, noise):
    samples = ndaudio.memmap(noise_wav, "c")
    samples[:] = 0
    np.testing.assert_array_equal(ndaudio.read(noise_wav, "int16")[0], noise)


def test_changes_reach_the_file(noise_wav, noise):
    samples = ndaudio.memmap(noise_wav, "r+")
    samples[100:200] = 0
    samples.base.flush()
    expected = noise.copy()
    expected[100:200] = 0
    np.testing.assert_array_equal(ndaudio.read(noise_wav, "int16")[0], expected)


@pytest.mark.parametrize("name", ["sox_pcm24_mono_44100.wav", "wave_u8_all_values_mono_8000.wav", "sox_mulaw_stereo_8000.wav"])
def test_what_has_no_type_is_refused(name):
    with pytest.raises(ndaudio.ViewError, match="cannot be viewed as") as error:
        ndaudio.memmap(f"data/{name}")
    assert error.value.path == f"data/{name}"


def test_memmap_refuses_what_it_does_not_know(noise_wav):
    with pytest.raises(ValueError, match="mode must be"):
        ndaudio.memmap(noise_wav, "w+")
    with pytest.raises(FileNotFoundError):
        ndaudio.memmap("no such file.wav")


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, lambda data: np.frombuffer(data, "u1")])
@pytest.mark.parametrize("dtype", ["int16", "<i4", ">f4", "float64"])
def test_frombuffer_is_numpys_without_a_copy(noise, make, dtype):
    data = noise[:800].tobytes()
    buffer = make(data)
    view = ndaudio.frombuffer(buffer, 2, dtype)
    expected = np.frombuffer(data, dtype).reshape(-1, 2)
    assert view.dtype == expected.dtype
    assert view.tobytes() == expected.tobytes()
    assert np.shares_memory(view, np.frombuffer(buffer, "u1"))


def test_frombuffer_of_part_of_a_frame_is_refused():
    with pytest.raises(ndaudio.ViewError, match="6 bytes are not a whole number of frames of 4 bytes"):
        ndaudio.frombuffer(bytes(6), 2)
    with pytest.raises(ValueError, match="channels must be at least 1"):
        ndaudio.frombuffer(bytes(6), 0)
    assert ndaudio.frombuffer(b"", 2).shape == (0, 2)


def test_measures_take_maps(music):
    assert ndaudio.levels(ndaudio.memmap(music)) == ndaudio.levels(music)
    assert ndaudio.levels(ndaudio.memmap("data/sox_rifx_pcm16_stereo_44100.wav")).frames == 2000
