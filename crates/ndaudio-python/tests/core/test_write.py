"""Writing: what `wave` reads back, and what other writers would have written."""

import errno
import io
import os
import wave

import ndaudio
import numpy as np
import pytest


def test_wave_reads_what_is_written(tmp_path, noise):
    path = tmp_path / "out.wav"
    ndaudio.write(path, noise, 44_100)
    with wave.open(os.fspath(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (44_100, 2, 2)
        np.testing.assert_array_equal(np.frombuffer(file.readframes(-1), "<i2").reshape(-1, 2), noise)


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_what_is_written_is_read(tmp_path, noise, dtype):
    samples = noise.astype(dtype) if dtype.startswith("int") else (noise / 2**15).astype(dtype)
    for layout in (samples, np.asfortranarray(samples), samples[::-1], samples.astype(samples.dtype.newbyteorder(">"))):
        ndaudio.write(tmp_path / "out.wav", layout, 8_000)
        found, sample_rate = ndaudio.read(tmp_path / "out.wav", dtype)
        np.testing.assert_array_equal(found, layout)
        assert sample_rate == 8_000
        assert ndaudio.info(tmp_path / "out.wav").dtype == dtype


@pytest.mark.parametrize(
    ("encoding", "bits"), [("u8", 8), ("i16", 16), ("i24", 24), ("i32", 32), ("PCM_24", 24), ("pcm_16", 16), ("FLOAT", None)]
)
def test_encodings_have_our_names_and_soundfiles(tmp_path, encoding, bits):
    samples = np.linspace(-1, 1, 1_001)[:, None]
    ndaudio.write(tmp_path / "out.wav", samples, 48_000, encoding)
    found, _ = ndaudio.read(tmp_path / "out.wav", "float64")
    if bits:
        full = 2 ** (bits - 1)
        samples = np.clip(np.round(samples * full), -full, full - 1) / full
        np.testing.assert_array_equal(found, samples)
    else:
        np.testing.assert_array_equal(found, samples.astype("float32"))


def test_an_unknown_encoding_lists_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="i24"):
        ndaudio.write(tmp_path / "out.wav", np.zeros(3), 8_000, "int24")
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(("name", "kind"), [("a.wav", "riff"), ("a.w64", "wave64"), ("a.rf64", "rf64"), ("a.WAV", "riff")])
def test_the_suffix_says_the_container(tmp_path, name, kind):
    ndaudio.write(tmp_path / name, np.zeros((4, 2)), 8_000)
    assert ndaudio.info(tmp_path / name).format == kind


def test_a_suffix_that_cannot_be_honoured_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no \.mp3 file can be written"):
        ndaudio.write(tmp_path / "a.mp3", np.zeros(4), 8_000)


def test_a_failed_write_leaves_the_old_file(tmp_path, noise):
    """A limit on the size of files stands for a full disk."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "out.wav"
    ndaudio.write(path, noise[:100], 8_000)
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError) as error:
            ndaudio.write(path, noise, 8_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.value.errno == errno.EFBIG
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["out.wav"]


def test_block_by_block_is_the_same_as_at_once(tmp_path, noise, noise_wav):
    with ndaudio.create(tmp_path / "out.wav", 16_000, 2) as writer:
        for begin in range(0, len(noise), 999):
            writer.write(noise[begin : begin + 999])
        assert writer.frames_written == len(noise)
        assert "open" not in repr(writer)
    assert writer.closed
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "out.wav", "int16")[0], noise)


def test_a_file_object_gets_the_same_bytes_as_a_path(tmp_path, noise):
    ndaudio.write(tmp_path / "out.wav", noise, 8_000)
    file = io.BytesIO()
    ndaudio.write(file, noise, 8_000)
    assert file.getvalue() == (tmp_path / "out.wav").read_bytes()


def test_a_checkpoint_is_whole_without_a_close(tmp_path, noise):
    writer = ndaudio.create(tmp_path / "out.wav", 8_000, 2)
    writer.write(noise[:500])
    writer.checkpoint()
    info = ndaudio.info(tmp_path / "out.wav")
    assert (info.frames, info.anomalies) == (500, [])
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="the writer is closed"):
        writer.write(noise)


def test_channels_must_be_those_of_the_file(tmp_path, noise):
    with ndaudio.create(tmp_path / "out.wav", 8_000, 1) as writer, pytest.raises(ndaudio.ChannelMismatchError):
        writer.write(noise)
    with pytest.raises(ValueError, match="channels must be 1 to 65535, not 0"):
        ndaudio.create(tmp_path / "out.wav", 8_000, 0)


def test_channels_first(tmp_path, noise):
    ndaudio.write(tmp_path / "out.wav", noise.T, 8_000, channels_first=True)
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "out.wav", "int16")[0], noise)
    with ndaudio.create(tmp_path / "two.wav", 8_000, 2) as writer:
        writer.write(noise.T, channels_first=True)
    assert (tmp_path / "two.wav").read_bytes() == (tmp_path / "out.wav").read_bytes()


def test_the_articles_second_loop_in_constant_memory(tmp_path, music):
    """Read, process, write: the file is never in memory as a whole."""
    with ndaudio.open(music) as reader, ndaudio.create(tmp_path / "half.wav", reader.sample_rate, reader.channels) as writer:
        blocks = reader.blocks(1024, dtype="int16")
        for block in blocks:
            block //= 2
            writer.write(block)
    assert blocks.allocated == 2
    expected = ndaudio.read(music, "int16")[0] // 2
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "half.wav", "int16")[0], expected)


@pytest.mark.parametrize("encoding", [None, "i16", "i24"])
def test_flac_holds_the_same_integers(tmp_path, noise, encoding):
    ndaudio.write(tmp_path / "out.flac", noise, 44_100, encoding)
    info = ndaudio.info(tmp_path / "out.flac")
    assert (info.format, info.frames, info.anomalies) == ("flac", len(noise), [])
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "out.flac", "int16")[0], noise)
    with ndaudio.create(tmp_path / "blocks.flac", 44_100, 2, encoding or "i16") as writer:
        for begin in range(0, len(noise), 999):
            writer.write(noise[begin : begin + 999])
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "blocks.flac", "int16")[0], noise)
    file = io.BytesIO()
    ndaudio.write(file, noise, 44_100, encoding, container="flac")
    np.testing.assert_array_equal(ndaudio.read(file.getvalue(), "int16")[0], noise)


def test_floats_in_flac_have_24_bits(tmp_path, noise):
    ndaudio.write(tmp_path / "out.flac", noise / 2**15, 44_100)
    assert ndaudio.info(tmp_path / "out.flac").encoding == "i24"
    np.testing.assert_array_equal(ndaudio.read(tmp_path / "out.flac", "float64")[0], noise / 2**15)
    with pytest.raises(ndaudio.UnsupportedError):
        ndaudio.write(tmp_path / "no.flac", noise / 2**15, 44_100, "f32")
    assert not (tmp_path / "no.flac").exists()
